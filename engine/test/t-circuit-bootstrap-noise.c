/* t-circuit-bootstrap-noise.c: what roundings do to a sine, by following errors forwards, where circuit/bootstrap_noise.c goes backwards. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "boot-cases.h"
#include "rlwe/noise.h"

enum { POWERS = 64, DEPTHS = 16 };

/* A sine of numbers to which an error is added at every rounding: `size` over the scale, times a random sign. */
typedef struct sloppy {
  const jfhe_ctx *ctx;
  const jfhe_bootstrap *b;
  jfi_test_rng *rng;
  double size;
  double power[POWERS], moved[POWERS][DEPTHS]; /* NAN: not there yet */
} sloppy;

static double off(sloppy *e, double scale) { return (jfi_test_rng_u64(e->rng) & 1 ? 1 : -1) * e->size / scale; }

/* T_n at a level: moved there once, for all that read it. */
static double at(sloppy *e, uint32_t n, uint32_t level) {
  const jfi_chain *c = &e->ctx->chain;
  const uint32_t from = e->b->level_sine - jfi_poly_power_depth(n);
  double *moved = &e->moved[n][from - level];
  if (jfi_set_within(c->level[level], c->level[from])) return e->power[n];
  if (isnan(*moved)) *moved = e->power[n] + off(e, c->scale[level]);
  return *moved;
}

static double node(sloppy *e, uint32_t index, uint32_t level, double scale) {
  const jfi_poly_plan *p = &e->b->cosine->plan;
  const jfi_chain *c = &e->ctx->chain;
  double sum = p->node[index].c0;
  for (uint32_t t = p->node[index].terms; t != JFI_POLY_NONE; t = p->term[t].next) {
    const jfi_poly_term *term = &p->term[t];
    const double x = at(e, term->power, level + 1);
    sum += x * (term->child == JFI_POLY_NONE
                    ? term->c
                    : node(e, term->child, level + 1, scale * c->step[level + 1] / c->scale[level + 1]));
  }
  return sum + off(e, scale);
}

static double sine(sloppy *e, double u) {
  const jfi_chain *c = &e->ctx->chain;
  const jfhe_poly *p = e->b->cosine;
  double scale = jfi_sine_scale(e->ctx, e->b);
  for (size_t n = 0; n < POWERS; n++)
    for (size_t d = 0; d < DEPTHS; d++) e->moved[n][d] = NAN;
  e->power[0] = 1;
  e->power[1] = u;
  for (uint32_t n = 2; n <= p->degree; n++) {
    uint32_t a, b, level = e->b->level_sine - jfi_poly_power_depth(n);
    if (!p->plan.need[n]) continue;
    jfi_poly_power_split(n, &a, &b);
    e->power[n] = 2 * at(e, a, level + 1) * at(e, b, level + 1) - (a == b ? 1 : at(e, a - b, level + 1));
    e->power[n] += off(e, c->scale[level]);
  }
  uint32_t level = e->b->level_out + JFI_SINE_DOUBLINGS;
  double x = node(e, 0, level, scale);
  for (; level > e->b->level_out; level--) {
    scale *= scale / c->step[level];
    x = 2 * x * x - 1 + off(e, scale);
  }
  return x;
}

/* Root mean square of what errors of the worst case's size do at one argument. */
static double scatter(sloppy *e, double u) {
  enum { RUNS = 300 };
  const double size = e->size;
  double sum = 0;
  e->size = 0;
  const double exact = sine(e, u);
  e->size = size;
  for (int i = 0; i < RUNS; i++) sum += pow(sine(e, u) - exact, 2) / RUNS;
  return sqrt(sum);
}

/* The bound is that of the argument where errors of random sign do most, and little more than what they do there. */
static void try_worst(jfhe_ctx *ctx) {
  jfhe_bootstrap *b = NULL;
  jfi_test_rng rng;
  double sd, most = 0;
  jfi_test_rng_init(&rng, 41);
  CHECK_OK(jfi_bootstrap_new(&b, ctx, ctx->ring->log_n - 1, 1, &(jfi_boot_options){.bare = 1}));
  sloppy e = {.ctx = ctx, .b = b, .rng = &rng};
  jfi_divide_noise(ctx, &e.size, &sd);
  for (int k = 0; k < 33; k++)
    for (int side = -1; side <= 1; side++)
      most = fmax(most, scatter(&e, fmax(-1, fmin(1, (k - 16 - 0.25 + side * 0x1p-8) / b->overflow))));
  printf("errors of random signs %.2f of the bound 2^%.1f; steady ones 2^%.1f\n", most / b->sine.worst,
         log2(b->sine.worst), log2(b->sine.drift));
  CHECK(most < 1.1 * b->sine.worst && most > 0.7 * b->sine.worst && b->sine.drift < 0.3 * b->sine.worst);
  jfhe_bootstrap_free(b);
  jfhe_ctx_free(ctx);
}

JFI_TEST(sine_is_within_its_worst_case) {
  try_worst(jfi_test_ctx_boot(10, 3));
  try_worst(jfi_test_ctx_boot_small(10));
}
