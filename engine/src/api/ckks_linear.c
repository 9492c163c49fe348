/* api/ckks_linear.c: sums and constants without a level. */
#include "api/check.h"
#include "ckks/eval.h"
#include "jfhe/ckks.h"

jfhe_status jfhe_ckks_add(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *b) {
  JFI_NEED(ctx && out && a && b, "add");
  return jfi_ckks_add(ctx, out, a, b, 0);
}

jfhe_status jfhe_ckks_sub(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *b) {
  JFI_NEED(ctx && out && a && b, "subtract");
  return jfi_ckks_add(ctx, out, a, b, 1);
}

jfhe_status jfhe_ckks_neg(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a) {
  JFI_NEED(ctx && out && a, "negate");
  return jfi_ckks_neg(ctx, out, a);
}

jfhe_status jfhe_ckks_add_pt(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *b) {
  JFI_NEED(ctx && out && a && b, "add a plaintext");
  return jfi_ckks_add_pt(ctx, out, a, b, 0);
}

jfhe_status jfhe_ckks_sub_pt(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *b) {
  JFI_NEED(ctx && out && a && b, "subtract a plaintext");
  return jfi_ckks_add_pt(ctx, out, a, b, 1);
}

jfhe_status jfhe_ckks_add_const(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, double re, double im) {
  JFI_NEED(ctx && out && a, "add a constant");
  return jfi_ckks_add_const(ctx, out, a, re, im);
}

jfhe_status jfhe_ckks_mul_int(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, int32_t k) {
  JFI_NEED(ctx && out && a, "multiply by an integer");
  if (k == INT32_MIN) return jfi_fail(JFHE_ERR_ARG, "the integer must lie within 2^31");
  return jfi_ckks_mul_int(ctx, out, a, k);
}

jfhe_status jfhe_ckks_mul_i(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a) {
  JFI_NEED(ctx && out && a, "multiply by i");
  return jfi_ckks_mul_i(ctx, out, a);
}
