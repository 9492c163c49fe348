/* api/circuit_keys.c: derived keys. */
#include "api/check.h"
#include "circuit/derive.h"
#include "jfhe/circuit.h"
#include "rlwe/ctx.h"

jfhe_status jfhe_evk_compose(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_evk *parent_a, const jfhe_evk *parent_b) {
  JFI_NEED(out, "derive a key");
  *out = NULL;
  JFI_NEED(ctx && parent_b, "derive a key");
  return jfi_evk_derive(out, ctx, parent_a, parent_b);
}

jfhe_status jfhe_keyring_derive(jfhe_keyring *ring, const jfhe_ctx *ctx, const jfhe_keyring *parents, const int32_t *k,
                                size_t count) {
  JFI_NEED(ring && ctx && parents && (k || !count), "derive keys");
  if (ring->ctx != ctx || parents->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "a keyring of another context");
  return jfi_keyring_derive(ring, ctx, parents, k, count);
}
