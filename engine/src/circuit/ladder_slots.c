/* circuit/ladder_slots.c: lift and separate, mix and lower. Done together because the bounds know more then: separating undoes mixing, so
 * messages and errors that come from the parts return to their own size, where each step alone must allow for their sum. */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "circuit/acc.h"
#include "circuit/ladder.h"
#include "circuit/ladder_map.h"

static size_t most(size_t a, size_t b) { return a > b ? a : b; }

size_t jfi_lift_slots_scratch(const jfhe_ctx *ctx, const jfhe_ctx *small, uint32_t level, const jfhe_evk *key,
                              const jfhe_linmap *map) {
  uint32_t to = jfi_lift_level(ctx, small, level);
  if (to == UINT32_MAX || to == 0) return 0;
  return jfi_ct_temp_bytes(ctx, to) + most(jfi_lift_scratch(ctx, small, level, key), jfi_linmap_scratch(ctx, map, to)) +
         JFI_SCRATCH_SLACK;
}

jfhe_status jfi_lift_slots(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *const *in, size_t count,
                           const jfhe_evk *key, jfhe_linmap *map, const jfhe_keyring *keys, jfi_scratch *s) {
  const jfhe_ctx *small = in[0]->ctx;
  uint32_t to = jfi_lift_level(ctx, small, in[0]->level);
  if (!jfi_linmap_is_ladder(map, small->ring->log_n, 0))
    return jfi_fail(JFHE_ERR_ARG, "the map is not the one that separates these");
  if (to == UINT32_MAX || to == 0)
    return jfi_fail(JFHE_ERR_LEVEL, "nothing of level %u would be left after lifting", in[0]->level);
  if (in[0]->packing == JFHE_PACK_COEFF) return jfi_fail(JFHE_ERR_FORM, "coefficients are lifted side by side already");
  jfi_scratch at = *s;
  jfhe_ct mixed;
  jfi_ct_piece(&mixed, ctx, to, jfi_ct_is_shadow(out), &at);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small to lift");
  JFI_TRY(jfi_lift(ctx, &mixed, in, count, key, &at));
  if (count == 1) { /* a sparse packing is a full one that repeats */
    mixed.packing = JFHE_PACK_COMPLEX;
    mixed.log_slots = ctx->ring->log_n - 1;
    size_t repeats = ctx->ring->n / small->ring->n;
    double own = in[0]->bound.sd, inherited = own * sqrt((double)repeats);
    mixed.bound.sd =
        jfi_up(jfi_hypot(sqrt(fmax(mixed.bound.sd * mixed.bound.sd - inherited * inherited * (1 - 0x1p-20), 0)), own));
  }
  double mag = 0, worst = 0, sum = 0;
  for (size_t j = 0; j < count; j++) {
    mag = fmax(mag, in[j]->bound.mag);
    worst = fmax(worst, in[j]->bound.worst);
    sum += in[j]->bound.worst;
  }
  JFI_TRY(jfi_linmap_apply(ctx, out, &mixed, map, keys, &at));
  /* the map charged norm >= 1 times the sum of the parts' errors; each part only gets its own back */
  out->bound.worst = jfi_up(out->bound.worst - (sum - worst) * (1 - 0x1p-20));
  out->bound.mag = fmin(out->bound.mag, mag * (1 + 0x1p-40));
  out->packing = in[0]->packing; /* the parts' own numbers again, real where they are */
  return JFHE_OK;
}

size_t jfi_lower_slots_scratch(const jfhe_ctx *ctx, uint32_t level, const jfhe_evk *key, const jfhe_linmap *map) {
  return jfi_ct_temp_bytes(ctx, level - 1) +
         most(jfi_lower_scratch(ctx, level - 1, key), jfi_linmap_scratch(ctx, map, level)) + JFI_SCRATCH_SLACK;
}

jfhe_status jfi_lower_slots(const jfhe_ctx *ctx, jfhe_ct *const *out, size_t count, const jfhe_ct *a,
                            const jfhe_evk *key, jfhe_linmap *map, const jfhe_keyring *keys, jfi_scratch *s) {
  if (!jfi_linmap_is_ladder(map, out[0]->ctx->ring->log_n, 1))
    return jfi_fail(JFHE_ERR_ARG, "the map is not the one that mixes these");
  jfi_scratch at = *s;
  jfhe_ct mixed;
  jfi_ct_piece(&mixed, ctx, a->level - 1, jfi_ct_is_shadow(out[0]), &at);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small to lower");
  JFI_TRY(jfi_linmap_apply(ctx, &mixed, a, map, keys, &at));
  /* From here on the bounds speak of the parts, whose coefficients are the mixed polynomial's: they return a's own message
   * and error; what the map itself added stays charged in full. */
  mixed.bound.worst = jfi_up(mixed.bound.worst - a->bound.worst * (map->norm * (1 - 0x1p-20) - 1));
  mixed.bound.sd = jfi_up(sqrt(
      fmax(mixed.bound.sd * mixed.bound.sd - a->bound.sd * a->bound.sd * map->norm2 * map->norm2 * (1 - 0x1p-20), 0) +
      a->bound.sd * a->bound.sd));
  mixed.bound.mag = a->bound.mag;
  JFI_TRY(jfi_lower(ctx, out, count, &mixed, key, &at));
  for (size_t j = 0; j < count; j++) out[j]->packing = a->packing;
  return JFHE_OK;
}
