/* api/ckks_slots.c: rotations, sums of slots, changes of secret. */
#include <math.h>

#include "api/check.h"
#include "ckks/eval.h"
#include "jfhe/ckks.h"

jfhe_status jfhe_ckks_rotate(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, int32_t k, const jfhe_keyring *keys,
                             void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && keys, "rotate");
  JFI_TRY(jfi_scratch_open_at(ctx, &s, scratch, scratch_len, a, jfhe_ckks_rotate_scratch));
  return jfi_ckks_rotate(ctx, out, a, k, keys, &s);
}

jfhe_status jfhe_ckks_conjugate(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_keyring *keys,
                                void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && keys, "conjugate");
  JFI_TRY(jfi_scratch_open_at(ctx, &s, scratch, scratch_len, a, jfhe_ckks_rotate_scratch));
  return jfi_ckks_conjugate(ctx, out, a, keys, &s);
}

jfhe_status jfhe_ckks_settle(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, double limit,
                             const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && keys, "settle");
  if (out == a) return jfi_fail(JFHE_ERR_ARG, "a value is not settled in place");
  if (!(limit > 0 && isfinite(limit)))
    return jfi_fail(JFHE_ERR_ARG, "the limit of a settled value is above 0 and finite");
  JFI_TRY(jfi_scratch_open_at(ctx, &s, scratch, scratch_len, a, jfhe_ckks_rotate_scratch));
  return jfi_ckks_settle(ctx, out, a, limit, keys, &s);
}

size_t jfhe_ckks_rotate_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? jfi_ckks_rotate_bytes(ctx, level) : 0;
}

jfhe_status jfhe_ckks_rotate_many(const jfhe_ctx *ctx, jfhe_ct *const *out, const jfhe_ct *a, const int32_t *k,
                                  size_t count, const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && k && keys, "rotate");
  for (size_t i = 0; i < count; i++) JFI_NEED(out[i], "rotate");
  JFI_TRY(jfi_scratch_open_at(ctx, &s, scratch, scratch_len, a, jfhe_ckks_rotate_many_scratch));
  return jfi_ckks_rotate_many(ctx, out, a, k, count, keys, &s);
}

size_t jfhe_ckks_rotate_many_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? jfi_ckks_rotate_many_bytes(ctx, level) : 0;
}

jfhe_status jfhe_ckks_inner_sum(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t stride, uint32_t count,
                                const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && keys, "inner sum");
  if (count == 0 || (count & (count - 1)) != 0 || count > (uint32_t)1 << 30)
    return jfi_fail(JFHE_ERR_ARG, "inner sum over %u slots: not a power of two", count);
  JFI_TRY(jfi_scratch_open_at(ctx, &s, scratch, scratch_len, a, jfhe_ckks_inner_sum_scratch));
  return jfi_ckks_inner_sum(ctx, out, a, stride, count, keys, &s);
}

size_t jfhe_ckks_inner_sum_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? jfi_ckks_inner_sum_bytes(ctx, level) : 0;
}

jfhe_status jfhe_ckks_switch_key(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_evk *key,
                                 void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && key, "change the secret");
  JFI_TRY(jfi_scratch_open_at(ctx, &s, scratch, scratch_len, a, jfhe_ckks_rotate_scratch));
  return jfi_ckks_switch_key(ctx, out, a, key, &s);
}
