/* bgv/product.c: products of ciphertexts. t*x1*x2, relinearised and divided in one go: the factor t joins constants that the key switch
 * multiplies by anyway (jfi_switch.times). */
#include "base/status.h"
#include "bgv/eval.h"
#include "rlwe/product.h"

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
  JFI_TRY(jfi_product_run(b->ctx, out, T, a, c, b->t.q, rlk, *s));
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}
