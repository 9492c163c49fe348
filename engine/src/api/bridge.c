/* api/bridge.c: between exact integers and approximate numbers. */
#include "api/check.h"
#include "circuit/bridge.h"
#include "jfhe/bridge.h"

static jfhe_status check_spaces(const jfhe_bgv *const *b, size_t count) {
  JFI_NEED(b, "bridge");
  if (count == 0 || count > JFHE_BGV_PARTS_MAX) return jfi_fail(JFHE_ERR_ARG, "%zu parts", count);
  for (size_t p = 0; p < count; p++) JFI_NEED(b[p], "bridge");
  return JFHE_OK;
}

jfhe_status jfhe_bridge_unit(double *unit, const jfhe_bgv *const *b, size_t count, uint32_t level, double most) {
  JFI_NEED(unit, "bridge");
  JFI_TRY(check_spaces(b, count));
  return jfi_bridge_unit(unit, b, count, level, most);
}

jfhe_status jfhe_bridge_to_ckks(const jfhe_bgv *const *b, jfhe_ct *out, const jfhe_ct *const *a, size_t count,
                                uint32_t log_slots, uint32_t level, double most, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(out && a, "bridge");
  JFI_TRY(check_spaces(b, count));
  for (size_t p = 0; p < count; p++) JFI_NEED(a[p], "bridge");
  JFI_TRY(jfi_scratch_open_at(b[0]->ctx, &s, scratch, scratch_len, a[0], jfi_bridge_bytes));
  return jfi_bridge_to_ckks(b, out, a, count, log_slots, level, most, &s);
}

jfhe_status jfhe_bridge_to_bgv(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, double unit, double most, double off,
                               uint32_t level, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(b && out && a, "bridge");
  JFI_TRY(jfi_scratch_open_at(b->ctx, &s, scratch, scratch_len, a, jfi_bridge_bytes));
  return jfi_bridge_to_bgv(b, out, a, unit, most, off, level, &s);
}

size_t jfhe_bridge_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? jfi_bridge_bytes(ctx, level) : 0;
}
