/* api/circuit_ladder.c: ciphertexts between rings. */
#include "api/check.h"
#include "circuit/ladder.h"
#include "circuit/ladder_map.h"

static int is_rung(const jfhe_ctx *ctx, const jfhe_ctx *small) {
  return ctx && small && small->ring->log_n < ctx->ring->log_n;
}

uint32_t jfhe_lift_level(const jfhe_ctx *ctx, const jfhe_ctx *small, uint32_t level) {
  return is_rung(ctx, small) && level <= small->chain.top ? jfi_lift_level(ctx, small, level) : UINT32_MAX;
}

uint32_t jfhe_lower_level(const jfhe_ctx *ctx, const jfhe_ctx *small, uint32_t level, const jfhe_evk *key) {
  return is_rung(ctx, small) && key && level <= ctx->chain.top ? jfi_lower_level(ctx, small, level, key) : UINT32_MAX;
}

size_t jfhe_lift_scratch(const jfhe_ctx *ctx, const jfhe_ctx *small, uint32_t level, size_t count,
                         const jfhe_evk *key) {
  (void)count; /* the interleaved polynomial is as long for one as for all */
  return is_rung(ctx, small) && key && level <= small->chain.top ? jfi_lift_scratch(ctx, small, level, key) : 0;
}

jfhe_status jfhe_lift(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *const *in, size_t count, const jfhe_evk *key,
                      void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && in && key, "lift");
  if (count == 0) return jfi_fail(JFHE_ERR_ARG, "nothing to lift");
  for (size_t j = 0; j < count; j++) JFI_NEED(in[j], "lift");
  if (!is_rung(ctx, in[0]->ctx)) return jfi_fail(JFHE_ERR_CONTEXT, "the ciphertexts are not of a smaller ring");
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfhe_lift_scratch(ctx, in[0]->ctx, in[0]->level, count, key)));
  return jfi_lift(ctx, out, in, count, key, &s);
}

static jfhe_status check_outputs(jfhe_ct *const *out, size_t count) {
  if (count == 0) return jfi_fail(JFHE_ERR_ARG, "no output to lower into");
  for (size_t j = 0; j < count; j++) {
    JFI_NEED(out[j], "lower");
    for (size_t i = 0; i < j; i++)
      if (out[i] == out[j]) return jfi_fail(JFHE_ERR_ARG, "one output for two parts");
  }
  return JFHE_OK;
}

size_t jfhe_lower_scratch(const jfhe_ctx *ctx, uint32_t level, const jfhe_evk *key) {
  return ctx && key && level <= ctx->chain.top ? jfi_lower_scratch(ctx, level, key) : 0;
}

jfhe_status jfhe_lower(const jfhe_ctx *ctx, jfhe_ct *const *out, size_t count, const jfhe_ct *a, const jfhe_evk *key,
                       void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && key, "lower");
  JFI_TRY(check_outputs(out, count));
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfhe_lower_scratch(ctx, a->level, key)));
  return jfi_lower(ctx, out, count, a, key, &s);
}

size_t jfhe_lift_slots_scratch(const jfhe_ctx *ctx, const jfhe_ctx *small, uint32_t level, const jfhe_evk *key,
                               const jfhe_linmap *map) {
  return is_rung(ctx, small) && key && map && level <= small->chain.top
             ? jfi_lift_slots_scratch(ctx, small, level, key, map)
             : 0;
}

jfhe_status jfhe_lift_slots(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *const *in, size_t count,
                            const jfhe_evk *key, jfhe_linmap *map, const jfhe_keyring *keys, void *scratch,
                            size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && in && key && map && keys, "lift");
  if (count == 0) return jfi_fail(JFHE_ERR_ARG, "nothing to lift");
  for (size_t j = 0; j < count; j++) JFI_NEED(in[j], "lift");
  if (!is_rung(ctx, in[0]->ctx)) return jfi_fail(JFHE_ERR_CONTEXT, "the ciphertexts are not of a smaller ring");
  if (map->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the map is of another context");
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfhe_lift_slots_scratch(ctx, in[0]->ctx, in[0]->level, key, map)));
  return jfi_lift_slots(ctx, out, in, count, key, map, keys, &s);
}

size_t jfhe_lower_slots_scratch(const jfhe_ctx *ctx, uint32_t level, const jfhe_evk *key, const jfhe_linmap *map) {
  return ctx && key && map && level >= 1 && level <= ctx->chain.top ? jfi_lower_slots_scratch(ctx, level, key, map) : 0;
}

jfhe_status jfhe_lower_slots(const jfhe_ctx *ctx, jfhe_ct *const *out, size_t count, const jfhe_ct *a,
                             const jfhe_evk *key, jfhe_linmap *map, const jfhe_keyring *keys, void *scratch,
                             size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && key && map && keys, "lower");
  JFI_TRY(check_outputs(out, count));
  if (map->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the map is of another context");
  if (a->level < 1 || a->level > ctx->chain.top) return jfi_fail(JFHE_ERR_LEVEL, "lowering slots costs a level");
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfi_lower_slots_scratch(ctx, a->level, key, map)));
  return jfi_lower_slots(ctx, out, count, a, key, map, keys, &s);
}

jfhe_status jfhe_linmap_new_ladder(jfhe_linmap **out, const jfhe_ctx *ctx, uint32_t log_n_small, int mix) {
  JFI_NEED(out, "ladder map");
  *out = NULL;
  JFI_NEED(ctx, "ladder map");
  if (log_n_small < 3 || log_n_small >= ctx->ring->log_n)
    return jfi_fail(JFHE_ERR_ARG, "degree 2^%u is not below 2^%u", log_n_small, ctx->ring->log_n);
  return jfi_linmap_new_ladder(out, ctx, log_n_small, mix);
}
