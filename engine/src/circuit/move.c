/* circuit/move.c: see move.h. */
#include "circuit/move.h"

#include <math.h>
#include <string.h>

#include "base/status.h"
#include "ckks/round.h"

#define ENOUGH 0x1p44 /* |1 - round(k)/k| <= 2^-45: below every rounding error of a 48-bit scale */

/* k for source primes S. */
static double factor(const jfhe_ctx *ctx, jfi_set S, jfi_set T, double ratio) {
  return ratio * jfi_ctx_product(ctx, jfi_set_minus(S, T)) / jfi_ctx_product(ctx, jfi_set_minus(T, S));
}

/* Residues modulo fewer primes are the same message as long as it fits. */
static jfi_set cut(const jfhe_ctx *ctx, const jfhe_ct *a, jfi_set T, double ratio) {
  jfi_set S = jfi_set_and(a->primes, T), rest = jfi_set_minus(a->primes, T);
  for (size_t i = jfi_set_next(rest, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(rest, i + 1)) {
    double need = 4 * a->scale * (a->bound.mag + a->bound.worst);
    if (factor(ctx, S, T, ratio) >= ENOUGH && jfi_ctx_product(ctx, S) > need) break;
    S = jfi_set_with(S, i);
  }
  return S;
}

typedef struct move_job {
  const jfhe_ct *a;
  uint64_t *x;
  double k;
  size_t n_limbs;
  uint32_t prime[JFI_PRIMES_MAX];
} move_job;

static void scale_limb(void *arg, size_t task, size_t worker) {
  (void)worker;
  const move_job *j = arg;
  const jfi_ring *r = j->a->ctx->ring;
  size_t poly = task / j->n_limbs, limb = task % j->n_limbs, prime = j->prime[limb];
  const uint64_t *a = jfi_ct_limb(j->a, poly, jfi_set_rank(j->a->primes, prime), r->n);
  r->k->mul_const(j->x + task * r->n, a, jfi_mod_double_var(j->k, &r->mod[prime]), r->n, &r->mod[prime]);
}

size_t jfi_move_scratch(const jfhe_ctx *ctx, jfi_set S, jfi_set T) {
  return 2 * jfi_set_count(S) * ctx->ring->n * sizeof(uint64_t) + jfi_divide_scratch(ctx, S, T, 2) + JFI_SCRATCH_SLACK;
}

static jfhe_status run(const jfhe_ctx *ctx, const jfhe_ct *out, jfi_set T, const jfhe_ct *a, jfi_set S, double k,
                       jfi_scratch *s) {
  move_job j = {.a = a, .k = k};
  j.n_limbs = jfi_set_list(S, j.prime);
  size_t words = j.n_limbs * ctx->ring->n;
  jfi_scratch at = *s;
  j.x = jfi_scratch_take(&at, 2 * words * sizeof(uint64_t));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small to change level");
  jfi_parallel(ctx->pool, 2 * j.n_limbs, scale_limb, &j);
  const uint64_t *x[2] = {j.x, j.x + words};
  uint64_t *r[2] = {jfi_ct_poly(out, 0), jfi_ct_poly(out, 1)};
  return jfi_divide(ctx, r, T, x, S, 2, &at);
}

jfhe_status jfi_move(const jfhe_ctx *ctx, jfhe_ct *out, jfi_set T, double scale, const jfhe_ct *a, uint32_t least,
                     jfi_scratch *s) {
  double ratio = scale / a->scale;
  jfi_set S = cut(ctx, a, T, ratio);
  double exact = factor(ctx, S, T, ratio);
  if (!(exact >= ldexp(1, (int)least)) || exact > 0x1p900)
    return jfi_fail(JFHE_ERR_SCALE, "no room to bring scale 2^%.1f to 2^%.1f", log2(a->scale), log2(scale));
  jfi_noise n;
  jfi_divide_noise(ctx, &n.worst, &n.sd);
  /* |1 - round(k)/k|, and the products' roundings */
  double off = (0.5 / exact + 0x1p-46) * (a->bound.mag + a->bound.worst);
  double spread = jfi_spread(ctx->ring->log_n, a->packing, a->log_slots);
  jfi_bound b = jfi_bound_noise(&a->bound, (jfi_noise){n.worst / scale, n.sd / scale});
  b = jfi_bound_shift(&b, off, spread);
  b = jfi_bound_drift(&b, spread);
  JFI_TRY(jfi_bound_fits(ctx, &b, scale, T, "a change of level"));
  if (!jfi_ct_is_shadow(out)) JFI_TRY(run(ctx, out, T, a, S, jfi_round_double(exact), s));
  out->bound = b;
  out->scale = scale;
  out->primes = T;
  out->n_limbs = (uint32_t)jfi_set_count(T);
  out->degree = 1;
  out->form = JFHE_FORM_EVAL;
  out->seeded = 0;
  return JFHE_OK;
}

int jfi_move_operand_moves(const jfhe_ctx *ctx, uint32_t from, uint32_t level) {
  const jfi_chain *c = &ctx->chain;
  for (uint32_t l = level; l <= from; l++) {
    double ratio = c->scale[l] / c->scale[level];
    if (!jfi_set_within(c->level[level], c->level[l]) || ratio < 0.6 || ratio > 1.7) return 1;
  }
  return 0;
}

size_t jfi_move_operand_bytes(const jfhe_ctx *ctx, uint32_t level) {
  return jfi_round64(sizeof(jfhe_ct)) + jfi_ct_temp_bytes(ctx, level);
}

jfhe_status jfi_move_operand(const jfhe_ctx *ctx, const jfhe_ct **out, const jfhe_ct *a, uint32_t level,
                             jfi_scratch *s) {
  jfi_set T = ctx->chain.level[level];
  double ratio = a->scale / ctx->chain.scale[level];
  *out = a;
  if (jfi_set_within(T, a->primes) && ratio > 0.5 && ratio < 2) return JFHE_OK;
  jfhe_ct *moved = jfi_scratch_take(s, sizeof *moved);
  if (moved) jfi_ct_piece(moved, ctx, level, jfi_ct_is_shadow(a), s);
  if (!moved || s->failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small to change level");
  moved->packing = a->packing; /* for jfi_spread */
  moved->log_slots = a->log_slots;
  memcpy(moved->key_id, a->key_id, sizeof moved->key_id);
  JFI_TRY(jfi_move(ctx, moved, T, ctx->chain.scale[level], a, 20, s));
  *out = moved;
  return JFHE_OK;
}
