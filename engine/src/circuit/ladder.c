/* circuit/ladder.c: which primes and levels meet. */
#include "circuit/ladder.h"

/* A ciphertext over S is brought to the modulus of a level by an integer factor k ~ scale ratio * Q_S/Q_level. k is rounded, so k of 34 bits
 * costs 2^-35 of the message; a larger demand would cost levels instead. */
static const double LEAST = 0x1p34;

jfi_set jfi_ladder_primes(const jfhe_ctx *to, const jfhe_ctx *from, jfi_set set, uint32_t *index) {
  jfi_set found = jfi_set_empty();
  size_t k = 0;
  for (size_t i = jfi_set_next(set, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(set, i + 1), k++) {
    size_t at = jfi_set_next(to->chain.chain, 0);
    while (at < JFI_PRIMES_MAX && to->chain.prime[at] != from->chain.prime[i])
      at = jfi_set_next(to->chain.chain, at + 1);
    if (at == JFI_PRIMES_MAX) return jfi_set_empty();
    index[k] = (uint32_t)at;
    found = jfi_set_with(found, at);
  }
  return found;
}

/* k for S to T; sets of one context, `to` and `from` the scales. */
static double factor(const jfhe_ctx *ctx, jfi_set S, double from, jfi_set T, double to) {
  return to / from * jfi_ctx_product(ctx, jfi_set_minus(S, T)) / jfi_ctx_product(ctx, jfi_set_minus(T, S));
}

uint32_t jfi_lift_level(const jfhe_ctx *ctx, const jfhe_ctx *small, uint32_t level) {
  uint32_t index[JFI_PRIMES_MAX];
  jfi_set S = jfi_ladder_primes(ctx, small, small->chain.level[level], index);
  if (jfi_set_count(S) == 0) return UINT32_MAX;
  for (uint32_t l = ctx->chain.top + 1; l-- > 0;)
    if (factor(ctx, S, small->chain.scale[level], ctx->chain.level[l], ctx->chain.scale[l]) >= LEAST) return l;
  return UINT32_MAX;
}

uint32_t jfi_lower_level(const jfhe_ctx *ctx, const jfhe_ctx *small, uint32_t level, const jfhe_evk *key) {
  uint32_t index[JFI_PRIMES_MAX];
  jfi_set S = ctx->chain.level[level];
  for (uint32_t l = small->chain.top + 1; l-- > 0;) {
    jfi_set T = jfi_ladder_primes(ctx, small, small->chain.level[l], index);
    if (jfi_set_count(T) == 0 || !jfi_set_within(T, key->q)) continue;
    if (factor(ctx, S, ctx->chain.scale[level], T, small->chain.scale[l]) >= LEAST) return l;
  }
  return UINT32_MAX;
}
