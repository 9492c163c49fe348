/* t-circuit-bootstrap-maps.c: what a bootstrap's linear maps claim of their encoding errors, and of what random errors at their slots come to, against
 * matrices. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "boot-cases.h"
#include "rlwe/noise.h"

enum { LOG_SLOTS = 8, SLOTS = 1 << LOG_SLOTS };

/* Diagonals, all slots each; out[k] = sum over t of (re + i im)[t][k] in[k + index[t]]. */
typedef struct matrix {
  size_t count;
  uint32_t *index;
  jfi_vec *diag;
} matrix;

static matrix matrix_new(size_t count) {
  matrix m = {count, malloc(count * sizeof *m.index), malloc(count * sizeof *m.diag)};
  for (size_t t = 0; t < count; t++) m.diag[t] = jfi_vec_new(SLOTS);
  return m;
}

static void matrix_free(matrix *m) {
  for (size_t t = 0; t < m->count; t++) jfi_vec_free(&m->diag[t]);
  free(m->diag);
  free(m->index);
}

static matrix exact(const jfhe_linmap *map) {
  matrix m = matrix_new(map->count);
  for (size_t t = 0; t < map->count; t++) {
    m.index[t] = map->diag[t].index;
    jfi_linmap_read(map, m.index[t], m.diag[t].re, m.diag[t].im);
  }
  return m;
}

/* What encoding a map's diagonals at a scale, turned back by their giants, makes of it, less the map. */
static matrix encoding_error(const jfi_boot_world *w, const jfhe_linmap *map, uint32_t level, double scale) {
  matrix m = exact(map);
  jfhe_pt *pt = NULL;
  CHECK_OK(jfhe_pt_new(&pt, w->w.ctx, level));
  jfi_vec turned = jfi_vec_new(SLOTS), got = jfi_vec_new(SLOTS);
  for (size_t t = 0; t < m.count; t++) {
    const jfi_diag *d = &map->diag[t];
    for (size_t k = 0; k < SLOTS; k++) {
      size_t to = (k + (size_t)(int64_t)d->giant) % SLOTS;
      turned.re[to] = m.diag[t].re[k];
      turned.im[to] = m.diag[t].im[k];
    }
    CHECK_OK(jfhe_ckks_encode(w->w.ctx, pt, turned.re, turned.im, SLOTS, JFHE_PACK_COMPLEX, LOG_SLOTS, level, scale,
                              d->mag, w->w.scratch, w->w.scratch_len));
    CHECK_OK(jfhe_ckks_decode(w->w.ctx, got.re, got.im, SLOTS, pt, w->w.scratch, w->w.scratch_len));
    for (size_t k = 0; k < SLOTS; k++) {
      size_t to = (k + (size_t)(int64_t)d->giant) % SLOTS;
      m.diag[t].re[k] = d->constant ? 0 : got.re[to] - turned.re[to];
      m.diag[t].im[k] = d->constant ? 0 : got.im[to] - turned.im[to];
    }
  }
  jfi_vec_free(&turned);
  jfi_vec_free(&got);
  jfhe_pt_free(pt);
  return m;
}

static void apply(const matrix *m, jfi_vec *x) {
  jfi_vec y = jfi_vec_new(SLOTS);
  for (size_t k = 0; k < SLOTS; k++) y.re[k] = y.im[k] = 0;
  for (size_t t = 0; t < m->count; t++)
    for (size_t k = 0; k < SLOTS; k++) {
      const size_t from = (k + m->index[t]) % SLOTS;
      y.re[k] += m->diag[t].re[k] * x->re[from] - m->diag[t].im[k] * x->im[from];
      y.im[k] += m->diag[t].re[k] * x->im[from] + m->diag[t].im[k] * x->re[from];
    }
  for (size_t k = 0; k < SLOTS; k++) {
    x->re[k] = y.re[k];
    x->im[k] = y.im[k];
  }
  jfi_vec_free(&y);
}

/* Largest sum of a row's moduli, and root of the sum of their squares, of a product of matrices, the first one applied first. */
static void norms(const matrix *const *product, size_t count, double *l1, double *l2) {
  static double sum[SLOTS], squares[SLOTS];
  jfi_vec x = jfi_vec_new(SLOTS);
  for (size_t k = 0; k < SLOTS; k++) sum[k] = squares[k] = 0;
  for (size_t j = 0; j < SLOTS; j++) {
    for (size_t k = 0; k < SLOTS; k++) x.re[k] = x.im[k] = 0;
    x.re[j] = 1;
    for (size_t i = 0; i < count; i++) apply(product[i], &x);
    for (size_t k = 0; k < SLOTS; k++) {
      const double m = x.re[k] * x.re[k] + x.im[k] * x.im[k];
      sum[k] += sqrt(m);
      squares[k] += m;
    }
  }
  *l1 = *l2 = 0;
  for (size_t k = 0; k < SLOTS; k++) {
    *l1 = fmax(*l1, sum[k]);
    *l2 = fmax(*l2, sqrt(squares[k]));
  }
  jfi_vec_free(&x);
}

/* Butterflies of a stage: its rows have 2 to this power of entries. */
static uint32_t stage_count(const jfhe_linmap *map) {
  uint32_t count = 0;
  matrix m = exact(map);
  size_t entries = 0;
  for (size_t t = 0; t < m.count; t++) entries += m.diag[t].re[0] != 0 || m.diag[t].im[0] != 0;
  while ((size_t)1 << count < entries) count++;
  matrix_free(&m);
  return count;
}

/* `count` butterflies from 2^low on, undone, without factors. */
static matrix undone(const jfi_boot_world *w, uint32_t low, uint32_t count) {
  jfhe_linmap *map = NULL;
  const jfi_stage s = {.low = low, .count = count, .inverse = 1, .factor = 1};
  CHECK_OK(jfi_stage_map(&map, w->w.ctx, LOG_SLOTS, &s));
  matrix m = exact(map);
  jfi_stage_map_free(map);
  return m;
}

/* ---- random errors ---- */
/* A map's diagonals that the key switch of a baby has a part in: those of the baby; on a walk those of all that come after, too. */
static matrix of_switch(const jfhe_linmap *map, size_t baby) {
  matrix m = exact(map);
  for (size_t t = 0; t < m.count; t++)
    if (map->stride.walk ? map->diag[t].baby_at < baby : map->diag[t].baby_at != baby)
      for (size_t k = 0; k < SLOTS; k++) m.diag[t].re[k] = m.diag[t].im[k] = 0;
  return m;
}

/* += squares of the moduli of a product's entries, row by row. */
static void add_squares(double squares[SLOTS], const matrix *const *product, size_t count) {
  jfi_vec x = jfi_vec_new(SLOTS);
  for (size_t j = 0; j < SLOTS; j++) {
    for (size_t k = 0; k < SLOTS; k++) x.re[k] = x.im[k] = 0;
    x.re[j] = 1;
    for (size_t i = 0; i < count; i++) apply(product[i], &x);
    for (size_t k = 0; k < SLOTS; k++) squares[k] += x.re[k] * x.re[k] + x.im[k] * x.im[k];
  }
  jfi_vec_free(&x);
}

static double largest(const double squares[SLOTS]) {
  double most = 0;
  for (size_t k = 0; k < SLOTS; k++) most = fmax(most, squares[k]);
  return sqrt(most);
}

/* One stage, and what makes of its slots that which is bounded: errors of one size at each slot, of its babies' switches and of its result. */
static void try_random(const jfhe_linmap *map, const jfi_stage *stage, const matrix *const *after, size_t n,
                       const char *what) {
  const matrix *all[8];
  double babies[SLOTS] = {0}, own[SLOTS] = {0};
  for (size_t i = 0; i < n; i++) all[i + 1] = after[i];
  for (size_t j = 0; j < map->n_babies; j++) {
    if (map->baby[j] == 0) continue;
    matrix m = of_switch(map, j);
    all[0] = &m;
    add_squares(babies, all, n + 1);
    matrix_free(&m);
  }
  if (n)
    add_squares(own, after, n);
  else
    own[0] = 1;
  const double of_babies = map->claim.babies * map->claim.factor;
  printf("%s: babies %.2f of what is claimed, result %.2f\n", what, largest(babies) / of_babies,
         largest(own) / map->claim.factor);
  CHECK_CLOSE(largest(babies) / of_babies, 1, 1e-6);
  CHECK(map->claim.babies <= jfi_stage_babies_most(map, stage) * (1 + 1e-9));
  CHECK_CLOSE(largest(own) / map->claim.factor, 1, 1e-9);
}

static void try_stages(jfhe_ctx *ctx, const jfi_boot_options *options) {
  jfi_boot_world w = jfi_boot_open(ctx, LOG_SLOTS, 1, options);
  const uint32_t stages = w.b->stages;
  matrix back[3];
  const matrix *after[3];
  jfi_stage down[3] = {{0}};
  for (uint32_t i = 0; i < stages; i++) {
    down[i].count = stage_count(w.b->down[i]);
    down[i].low = i ? down[i - 1].low + down[i - 1].count : 0;
    back[i] = undone(&w, down[i].low, down[i].count);
    for (uint32_t j = 0; j <= i; j++) after[j] = &back[i - j];
    try_random(w.b->down[i], &down[i], after, i + 1, "down");
  }
  for (uint32_t i = 0; i < stages; i++) { /* without factors, as what follows a stage is claimed */
    jfi_stage up = down[stages - 1 - i];
    up.inverse = 1;
    for (uint32_t j = i + 1; j < stages; j++) after[j - i - 1] = &back[stages - 1 - j];
    try_random(w.b->up[i], &up, after, stages - 1 - i, "up");
  }
  for (uint32_t i = 0; i < stages; i++) matrix_free(&back[i]);
  jfi_boot_close(&w);
}

JFI_TEST(what_maps_claim_of_random_errors_holds) {
  try_stages(jfi_test_ctx_boot(LOG_SLOTS + 1, 3), NULL);
  try_stages(jfi_test_ctx_boot(LOG_SLOTS + 1, 3), &(jfi_boot_options){.keys = JFHE_BOOTSTRAP_FEW_KEYS});
  try_stages(jfi_test_ctx_boot_small(LOG_SLOTS + 1), NULL);
  try_stages(jfi_test_ctx_boot_small(LOG_SLOTS + 1),
             &(jfi_boot_options){.keys = JFHE_BOOTSTRAP_FEW_KEYS, .walk_most = 2});
}

/* ---- encoding ---- */
/* The largest error that any numbers up to `mag` have in coefficients by one stage's encoding, beside what its map claims. */
JFI_TEST(what_maps_down_claim_of_their_encoding_holds) {
  jfi_boot_world w = jfi_boot_open(jfi_test_ctx_boot_far(LOG_SLOTS + 1, 3, 2), LOG_SLOTS, 1, NULL);
  const jfhe_bootstrap *b = w.b;
  const uint32_t counts[3] = {2, 3, 3}; /* checked below: forward and back is the number itself */
  matrix down[3], back[3];
  uint32_t low = 0;
  for (uint32_t i = 0; i < 3; low += counts[i++]) {
    down[i] = exact(b->down[i]);
    back[i] = undone(&w, low, counts[i]);
    double l1, l2;
    norms((const matrix *[]){&down[i], &back[i]}, 2, &l1, &l2);
    CHECK_CLOSE(l1 / b->down[i]->claim.norm, 1, 1e-9);
  }
  for (uint32_t i = 0; i < 3; i++) {
    const uint32_t level = b->level_in - i;
    const double scale = jfi_linmap_scale(w.w.ctx, level, w.w.ctx->chain.scale[level]);
    matrix error = encoding_error(&w, b->down[i], level, scale);
    const matrix *all[7];
    size_t n = 0;
    double l1, l2;
    for (uint32_t j = 0; j < i; j++) all[n++] = &down[j];
    all[n++] = &error;
    for (uint32_t j = i + 1; j-- > 0;) all[n++] = &back[j];
    norms(all, n, &l1, &l2);
    printf("down %u: %.2f of what is claimed\n", i, l1 / b->down[i]->claim.encode_worst);
    CHECK(l1 <= b->down[i]->claim.encode_worst && l1 > 0.02 * b->down[i]->claim.encode_worst);
    matrix_free(&error);
  }
  for (uint32_t i = 0; i < 3; i++) {
    matrix_free(&down[i]);
    matrix_free(&back[i]);
  }
  jfi_boot_close(&w);
}

/* The way up: slots of uniform coefficients have no largest size, but a deviation; so rows are measured by their squares. */
JFI_TEST(what_maps_up_claim_of_their_encoding_holds) {
  jfi_boot_world w = jfi_boot_open(jfi_test_ctx_boot_far(LOG_SLOTS + 1, 3, 2), LOG_SLOTS, 1, NULL);
  const jfhe_bootstrap *b = w.b;
  const jfi_chain *c = &w.w.ctx->chain;
  const double slots = jfi_tail(w.w.ctx, JFI_PROXY_ROUNDING) * 33;
  matrix up[3];
  for (uint32_t i = 0; i < 3; i++) up[i] = exact(b->up[i]);
  for (uint32_t i = 0; i < 3; i++) {
    const uint32_t level = c->top - i;
    const double at = i ? c->scale[level] : jfi_ctx_product(w.w.ctx, c->level[0]);
    matrix error = encoding_error(&w, b->up[i], level, jfi_linmap_scale(w.w.ctx, level, at));
    const matrix *all[3] = {&up[0], &up[1], &up[2]};
    double l1, l2, claim = b->up[i]->claim.encode_worst / slots;
    all[i] = &error;
    for (uint32_t j = i + 1; j < 3; j++) claim *= b->up[j]->claim.norm;
    norms(all, 3, &l1, &l2);
    printf("up %u: %.2f of what is claimed\n", i, l2 / claim);
    CHECK(l2 <= claim && l2 > 0.2 * claim);
    matrix_free(&error);
  }
  for (uint32_t i = 0; i < 3; i++) matrix_free(&up[i]);
  jfi_boot_close(&w);
}
