/* api/ckks_product.c: products, rescaling, levels. */
#include <math.h>

#include "api/check.h"
#include "ckks/eval.h"
#include "jfhe/ckks.h"
#include "rlwe/product.h"

static const jfhe_evk *relin_key(const jfhe_keyring *keys) { return jfi_keyring_find(keys, JFHE_EVK_RELIN, 0); }

jfhe_status jfhe_ckks_mul(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *b,
                          const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && b && keys, "multiply");
  JFI_TRY(jfi_scratch_open_at(ctx, &s, scratch, scratch_len, a, jfhe_ckks_mul_scratch));
  return jfi_ckks_mul(ctx, out, a, b, relin_key(keys), &s);
}

jfhe_status jfhe_ckks_square(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_keyring *keys,
                             void *scratch, size_t scratch_len) {
  return jfhe_ckks_mul(ctx, out, a, a, keys, scratch, scratch_len);
}

size_t jfhe_ckks_mul_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? jfi_product_bytes(ctx, level) : 0;
}

jfhe_status jfhe_ckks_mul_lazy(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *b) {
  JFI_NEED(ctx && out && a && b, "multiply");
  if (out == a || out == b) return jfi_fail(JFHE_ERR_ARG, "the output may not be a factor");
  return jfi_ckks_mul_lazy(ctx, out, a, b);
}

jfhe_status jfhe_ckks_relin(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_keyring *keys,
                            void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && keys, "relinearise");
  JFI_TRY(jfi_scratch_open_at(ctx, &s, scratch, scratch_len, a, jfhe_ckks_mul_scratch));
  return jfi_ckks_relin(ctx, out, a, relin_key(keys), 0, &s);
}

jfhe_status jfhe_ckks_relin_rescale(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_keyring *keys,
                                    void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && keys, "relinearise");
  JFI_TRY(jfi_scratch_open_at(ctx, &s, scratch, scratch_len, a, jfhe_ckks_mul_scratch));
  return jfi_ckks_relin(ctx, out, a, relin_key(keys), 1, &s);
}

jfhe_status jfhe_ckks_mul_pt(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *b) {
  JFI_NEED(ctx && out && a && b, "multiply by a plaintext");
  return jfi_ckks_mul_pt(ctx, out, a, b);
}

jfhe_status jfhe_ckks_mul_const(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, double c, void *scratch,
                                size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a, "multiply by a constant");
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_ct_on_chain(ctx, a, 1));
  JFI_TRY(jfi_scratch_open_at(ctx, &s, scratch, scratch_len, a, jfhe_ckks_rescale_scratch));
  return jfi_ckks_mul_const(ctx, out, a, c, a->level - 1, ctx->chain.scale[a->level - 1], &s);
}

jfhe_status jfhe_ckks_rescale(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a, "rescale");
  JFI_TRY(jfi_scratch_open_at(ctx, &s, scratch, scratch_len, a, jfhe_ckks_rescale_scratch));
  return jfi_ckks_rescale(ctx, out, a, &s);
}

size_t jfhe_ckks_rescale_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? jfi_ckks_rescale_bytes(ctx, level) : 0;
}

jfhe_status jfhe_ckks_to_level(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t level, void *scratch,
                               size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a, "change the level");
  JFI_TRY(jfi_scratch_open_at(ctx, &s, scratch, scratch_len, a, jfhe_ckks_rescale_scratch));
  return jfi_ckks_to_level(ctx, out, a, level, &s);
}

jfhe_status jfhe_ckks_drop_level(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t level, void *scratch,
                                 size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a, "change the level");
  JFI_TRY(jfi_scratch_open_at(ctx, &s, scratch, scratch_len, a, jfhe_ckks_rescale_scratch));
  return jfi_ckks_drop_level(ctx, out, a, level, &s);
}

double jfhe_ckks_bound_mul(const jfhe_ctx *ctx, const jfhe_ct *a, const jfhe_ct *b) {
  double scale;
  if (!ctx || !a || !b || a->level == 0 || a->level > ctx->chain.top) return HUGE_VAL;
  return jfi_ckks_mul_bound(ctx, a, b, NULL, &scale).worst;
}
