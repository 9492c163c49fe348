/* rlwe/product.c: see product.h. */
#include "rlwe/product.h"

#include <string.h>

#include "base/status.h"
#include "rlwe/keyswitch.h"

static size_t pair_bytes(const jfhe_ctx *ctx, jfi_set T) {
  return jfi_round64(2 * jfi_set_count(T) * ctx->ring->n * sizeof(uint64_t));
}

/* An output that is a factor may be written limb by limb only where no limb moves to another place. */
static int limbs_stay(jfi_set S, jfi_set T) {
  for (size_t i = jfi_set_next(T, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(T, i + 1))
    if (!jfi_set_has(S, i) || jfi_set_rank(S, i) != jfi_set_rank(T, i)) return 0;
  return 1;
}

size_t jfi_product_bytes(const jfhe_ctx *ctx, uint32_t level) {
  jfi_set S = ctx->chain.level[level], T = level ? ctx->chain.level[level - 1] : S;
  size_t aside = limbs_stay(S, T) ? 0 : pair_bytes(ctx, T);
  size_t down = jfi_keyswitch_scratch(ctx, S, T, ctx->chain.special, ctx->chain.n_digits);
  size_t flat = jfi_keyswitch_scratch(ctx, S, S, ctx->chain.special, ctx->chain.n_digits);
  return aside + (down > flat ? down : flat) + JFI_SCRATCH_SLACK;
}

jfhe_status jfi_product_run(const jfhe_ctx *ctx, jfhe_ct *out, jfi_set T, const jfhe_ct *a, const jfhe_ct *b,
                            uint64_t times, const jfhe_evk *rlk, jfi_scratch s) {
  const jfi_switch w = {.S = a->primes,
                        .T = T,
                        .key = rlk,
                        .a = {jfi_ct_poly(a, 0), jfi_ct_poly(a, 1)},
                        .b = {jfi_ct_poly(b, 0), jfi_ct_poly(b, 1)},
                        .times = times};
  if ((out != a && out != b) || limbs_stay(w.S, T))
    return jfi_switch_run(ctx, jfi_ct_poly(out, 0), jfi_ct_poly(out, 1), &w, &s);
  size_t words = jfi_set_count(T) * ctx->ring->n;
  uint64_t *r = jfi_scratch_take(&s, pair_bytes(ctx, T));
  if (!r) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a product");
  JFI_TRY(jfi_switch_run(ctx, r, r + words, &w, &s));
  for (size_t p = 0; p < 2; p++) memcpy(jfi_ct_poly(out, p), r + p * words, words * sizeof *r);
  return JFHE_OK;
}
