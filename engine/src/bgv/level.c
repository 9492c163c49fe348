/* bgv/level.c: to a lower level: less modulus, less noise, the canonical factor of the level. */
#include "base/status.h"
#include "bgv/eval.h"
#include "rlwe/keyswitch.h"

size_t jfi_bgv_to_level_bytes(const jfhe_ctx *ctx, uint32_t level) {
  jfi_set S = ctx->chain.level[level];
  size_t most = 0, n = ctx->ring->n * sizeof(uint64_t);
  for (uint32_t l = 0; l < level; l++) {
    size_t d = jfi_divide_scratch(ctx, S, ctx->chain.level[l], 2), t = jfi_set_count(ctx->chain.level[l]);
    if (d + 2 * jfi_round64(t * n) > most) most = d + 2 * jfi_round64(t * n);
  }
  return most + 2 * jfi_round64(jfi_set_count(S) * n) + JFI_SCRATCH_SLACK;
}

/* k*v, then (k*v*A + t*r)/D: the factor becomes k*factor*A/D, and k is chosen so that it is canonical. |k| < t/2, far below D. */
jfhe_status jfi_bgv_to_level(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, uint32_t level, jfi_scratch *s) {
  JFI_TRY(jfi_bgv_usable(b, a));
  if (level > a->level) return jfi_fail(JFHE_ERR_LEVEL, "level %u is not below level %u", level, a->level);
  jfi_set X = a->primes, T = b->ctx->chain.level[level];
  uint64_t r = jfi_bgv_ratio(b, jfi_set_minus(T, X), jfi_set_minus(X, T));
  uint64_t back = jfi_mod_inv(jfi_mod_mul(a->factor, r, &b->t), &b->t);
  int64_t k = jfi_bgv_centre(b, jfi_mod_mul(b->factor[level], back, &b->t));
  jfi_bgv_meta m = jfi_bgv_meta_of(a);
  m.bound = jfi_bgv_bound_scale(&a->bound, k < 0 ? -(double)k : (double)k, 1);
  JFI_TRY(jfi_bgv_fits(b, &m.bound, X, "change of level"));
  m.bound = jfi_bgv_bound_divide(b, &m.bound, X, T);
  m.level = level;
  m.primes = T;
  m.factor = b->factor[level];
  JFI_TRY(jfi_bgv_room(b, out, &m, "change of level"));
  jfi_scratch at = *s;
  size_t bytes = a->n_limbs * b->ctx->ring->n * sizeof(uint64_t);
  uint64_t *x[2] = {jfi_scratch_take(&at, bytes), jfi_scratch_take(&at, bytes)};
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a change of level");
  const uint64_t *from[2] = {x[0], x[1]};
  uint64_t *to[2] = {jfi_ct_poly(out, 0), jfi_ct_poly(out, 1)};
  if (level == a->level) {
    jfi_bgv_times(b, to, a, k);
  } else {
    jfi_bgv_times(b, x, a, k);
    JFI_TRY(jfi_divide(b->ctx, to, T, from, X, 2, &at));
  }
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}
