/* api/bootstrap.c: bootstrapping. */
#include "circuit/bootstrap.h"

#include "api/check.h"
#include "circuit/lighten.h"

_Static_assert((int)JFHE_BOOTSTRAP_MANY_MAX == (int)JFI_MANY_MAX, "as many bootstraps at once as turns");

jfhe_status jfhe_bootstrap_new(jfhe_bootstrap **out, const jfhe_ctx *ctx, uint32_t log_slots, double mag,
                               uint32_t keys) {
  JFI_NEED(out, "bootstrap");
  *out = NULL;
  JFI_NEED(ctx, "bootstrap");
  int late = (keys & JFHE_BOOTSTRAP_WHEN_NEEDED) != 0;
  keys &= ~(uint32_t)JFHE_BOOTSTRAP_WHEN_NEEDED;
  return jfi_bootstrap_new(out, ctx, log_slots, mag, &(jfi_boot_options){.keys = keys, .late = late});
}

jfhe_status jfhe_bootstrap_levels(const jfhe_ctx *ctx, uint32_t *in, uint32_t *sine, uint32_t *out) {
  JFI_NEED(ctx && in && sine && out, "bootstrap");
  jfhe_bootstrap b = {.ctx = ctx};
  JFI_TRY(jfi_bootstrap_levels(&b));
  *in = b.level_in;
  *sine = b.level_sine;
  *out = b.level_out;
  return JFHE_OK;
}

jfhe_status jfhe_bootstrap_prepare(jfhe_bootstrap *b) {
  JFI_NEED(b, "bootstrap");
  return jfi_bootstrap_prepare(b);
}

jfhe_status jfhe_bootstrap_wants(const jfhe_ctx *ctx, int32_t *k, uint32_t *level, size_t cap, size_t *count,
                                 uint32_t *sine, uint32_t log_slots, uint32_t keys) {
  jfhe_bootstrap *b = NULL;
  JFI_NEED(ctx && count && sine && ((k && level) || cap == 0), "bootstrap");
  JFI_TRY(jfi_bootstrap_new(&b, ctx, log_slots, 1, &(jfi_boot_options){.keys = keys, .bare = 1}));
  *count = jfhe_bootstrap_rotations(b, k, level, cap);
  *sine = b->level_sine;
  jfhe_bootstrap_free(b);
  return JFHE_OK;
}

jfhe_status jfhe_bootstrap_lighten(const jfhe_bootstrap *b, jfhe_keyring *keys) {
  JFI_NEED(b && keys, "bootstrap");
  if (keys->ctx != b->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the keys are of another context than the bootstrap");
  return jfi_bootstrap_lighten(b, keys);
}

size_t jfhe_bootstrap_scratch(const jfhe_ctx *ctx, const jfhe_bootstrap *b) {
  return ctx && b && b->ctx == ctx ? jfi_bootstrap_scratch(ctx, b) : 0;
}

jfhe_status jfhe_ckks_bootstrap(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_bootstrap *b,
                                const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  JFI_NEED(ctx && out && a && b && keys, "bootstrapping");
  if (b->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the bootstrap is of another context");
  jfi_scratch s;
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfi_bootstrap_scratch(ctx, b)));
  return jfi_bootstrap(ctx, out, a, b, keys, &s);
}

size_t jfhe_bootstrap_many_scratch(const jfhe_ctx *ctx, const jfhe_bootstrap *b, size_t count) {
  int can = ctx && b && b->ctx == ctx && count > 0 && count <= JFHE_BOOTSTRAP_MANY_MAX;
  return can ? jfi_bootstrap_many_scratch(ctx, b, count) : 0;
}

jfhe_status jfhe_ckks_bootstrap_many(const jfhe_ctx *ctx, jfhe_ct *const *out, const jfhe_ct *const *a, size_t count,
                                     const jfhe_bootstrap *b, const jfhe_keyring *keys, void *scratch,
                                     size_t scratch_len) {
  JFI_NEED(ctx && out && a && b && keys, "bootstrapping");
  if (b->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the bootstrap is of another context");
  if (count == 0 || count > JFHE_BOOTSTRAP_MANY_MAX)
    return jfi_fail(JFHE_ERR_ARG, "%zu bootstraps at once, not 1 to %d", count, JFHE_BOOTSTRAP_MANY_MAX);
  for (size_t i = 0; i < count; i++) JFI_NEED(out[i] && a[i], "bootstrapping");
  jfi_scratch s;
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfi_bootstrap_many_scratch(ctx, b, count)));
  return jfi_bootstrap_many(ctx, out, a, count, b, keys, &s);
}

size_t jfhe_bootstrap_precise_scratch(const jfhe_ctx *ctx, const jfhe_bootstrap *b) {
  return ctx && b && b->ctx == ctx ? jfi_bootstrap_precise_scratch(ctx, b) : 0;
}

jfhe_status jfhe_ckks_bootstrap_precise(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_bootstrap *b,
                                        const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  JFI_NEED(ctx && out && a && b && keys, "bootstrapping");
  if (b->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the bootstrap is of another context");
  jfi_scratch s;
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfi_bootstrap_precise_scratch(ctx, b)));
  return jfi_bootstrap_precise(ctx, out, a, b, keys, &s);
}
