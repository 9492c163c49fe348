/* bgv/product.c: products of ciphertexts. t*x1*x2, relinearised and divided in one go: the factor t joins constants that the key switch
 * multiplies by anyway (jfi_switch.times). */
#include <string.h>

#include "base/status.h"
#include "bgv/eval.h"
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

size_t jfi_bgv_mul_bytes(const jfhe_ctx *ctx, uint32_t level) {
  jfi_set S = ctx->chain.level[level], T = level ? ctx->chain.level[level - 1] : S;
  size_t aside = limbs_stay(S, T) ? 0 : pair_bytes(ctx, T);
  size_t down = jfi_keyswitch_scratch(ctx, S, T, ctx->chain.special, ctx->chain.n_digits);
  size_t flat = jfi_keyswitch_scratch(ctx, S, S, ctx->chain.special, ctx->chain.n_digits);
  return aside + (down > flat ? down : flat) + JFI_SCRATCH_SLACK;
}

static jfhe_status multiply(const jfhe_bgv *b, jfhe_ct *out, jfi_set T, const jfhe_ct *a, const jfhe_ct *c,
                            const jfhe_evk *rlk, jfi_scratch s) {
  const jfi_switch w = {.S = a->primes,
                        .T = T,
                        .key = rlk,
                        .a = {jfi_bgv_limbs(a, 0), jfi_bgv_limbs(a, 1)},
                        .b = {jfi_bgv_limbs(c, 0), jfi_bgv_limbs(c, 1)},
                        .times = b->t.q};
  if ((out != a && out != c) || limbs_stay(w.S, T))
    return jfi_switch_run(b->ctx, jfi_bgv_limbs(out, 0), jfi_bgv_limbs(out, 1), &w, &s);
  size_t words = jfi_set_count(T) * b->ctx->ring->n;
  uint64_t *r = jfi_scratch_take(&s, pair_bytes(b->ctx, T));
  if (!r) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a product");
  JFI_TRY(jfi_switch_run(b->ctx, r, r + words, &w, &s));
  for (size_t p = 0; p < 2; p++) memcpy(jfi_bgv_limbs(out, p), r + p * words, words * sizeof *r);
  return JFHE_OK;
}

jfhe_status jfi_bgv_mul(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *c, uint32_t level,
                        const jfhe_evk *rlk, jfi_scratch *s) {
  JFI_TRY(jfi_bgv_usable(b, a));
  JFI_TRY(jfi_bgv_usable(b, c));
  JFI_TRY(jfi_bgv_agree(a, c));
  if (level != a->level && level + 1 != a->level)
    return jfi_fail(JFHE_ERR_LEVEL, "a product of level %u is at that level or one below, not at %u", a->level, level);
  JFI_TRY(jfi_bgv_serves(b, rlk, a, "relinearisation"));
  jfi_bgv_meta m = jfi_bgv_meta_of(a);
  jfi_set S = a->primes, T = b->ctx->chain.level[level];
  m.bound = jfi_bgv_bound_mul(&a->bound, &c->bound, a == c);
  jfi_bound whole = jfi_bgv_bound_switch(b, &m.bound, rlk, S, S);
  JFI_TRY(jfi_bgv_fits(b, &whole, S, "product")); /* before the division, where it is largest */
  m.bound = jfi_bgv_bound_switch(b, &m.bound, rlk, S, T);
  m.level = level;
  m.primes = T;
  m.factor = jfi_mod_mul(jfi_mod_mul(a->factor, c->factor, &b->t),
                         jfi_bgv_ratio(b, jfi_set_minus(T, S), jfi_set_minus(S, T)), &b->t);
  JFI_TRY(jfi_bgv_room(b, out, &m, "product"));
  JFI_TRY(multiply(b, out, T, a, c, rlk, *s));
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}
