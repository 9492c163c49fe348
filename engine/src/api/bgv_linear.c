/* api/bgv_linear.c: sums, products, levels of integers. */
#include "api/check.h"
#include "bgv/eval.h"
#include "rlwe/product.h"

jfhe_status jfhe_bgv_add(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *c) {
  JFI_NEED(b && out && a && c, "add");
  return jfi_bgv_add(b, out, a, c, 0);
}

jfhe_status jfhe_bgv_sub(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *c) {
  JFI_NEED(b && out && a && c, "subtract");
  return jfi_bgv_add(b, out, a, c, 1);
}

jfhe_status jfhe_bgv_neg(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a) {
  JFI_NEED(b && out && a, "negate");
  return jfi_bgv_neg(b, out, a);
}

jfhe_status jfhe_bgv_add_pt(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c) {
  JFI_NEED(b && out && a && c, "add a plaintext");
  return jfi_bgv_add_pt(b, out, a, c, 0);
}

jfhe_status jfhe_bgv_sub_pt(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c) {
  JFI_NEED(b && out && a && c, "subtract a plaintext");
  return jfi_bgv_add_pt(b, out, a, c, 1);
}

jfhe_status jfhe_bgv_add_const(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int32_t k) {
  JFI_NEED(b && out && a, "add a constant");
  return jfi_bgv_add_const(b, out, a, k);
}

jfhe_status jfhe_bgv_mul_const(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int32_t k) {
  JFI_NEED(b && out && a, "multiply by a constant");
  return jfi_bgv_mul_const(b, out, a, k);
}

jfhe_status jfhe_bgv_mul_pt(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c) {
  JFI_NEED(b && out && a && c, "multiply by a plaintext");
  return jfi_bgv_mul_pt(b, out, a, c);
}

jfhe_status jfhe_bgv_mul(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *c, uint32_t level,
                         const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(b && out && a && c && keys, "multiply");
  JFI_TRY(jfi_scratch_open_at(b->ctx, &s, scratch, scratch_len, a, jfi_product_bytes));
  return jfi_bgv_mul(b, out, a, c, level, jfi_keyring_find(keys, JFHE_EVK_RELIN, 0), &s);
}

size_t jfhe_bgv_mul_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? jfi_product_bytes(ctx, level) : 0;
}

jfhe_status jfhe_bgv_mul_sum(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *const *a, const jfhe_ct *const *c,
                             size_t count, uint32_t level, const jfhe_keyring *keys, void *scratch,
                             size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(b && out && a && c && count && a[0] && keys, "sum products");
  JFI_TRY(jfi_scratch_open_at(b->ctx, &s, scratch, scratch_len, a[0], jfi_bgv_mul_sum_bytes));
  return jfi_bgv_mul_sum(b, out, a, c, count, level, jfi_keyring_find(keys, JFHE_EVK_RELIN, 0), &s);
}

size_t jfhe_bgv_mul_sum_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? jfi_bgv_mul_sum_bytes(ctx, level) : 0;
}

jfhe_status jfhe_bgv_to_level(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, uint32_t level, void *scratch,
                              size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(b && out && a, "change the level");
  JFI_TRY(jfi_scratch_open_at(b->ctx, &s, scratch, scratch_len, a, jfi_bgv_to_level_bytes));
  return jfi_bgv_to_level(b, out, a, level, &s);
}

size_t jfhe_bgv_to_level_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? jfi_bgv_to_level_bytes(ctx, level) : 0;
}
