/* api/circuit_linmap.c: linear maps and sums of rotations. */
#include <string.h>

#include "api/check.h"
#include "circuit/linmap.h"
#include "circuit/rotate_sum.h"

static jfhe_status check_new(const jfhe_ctx *ctx, uint32_t log_slots, size_t count) {
  if (log_slots >= ctx->ring->log_n)
    return jfi_fail(JFHE_ERR_ARG, "2^%u slots in a ring of degree 2^%u", log_slots, ctx->ring->log_n);
  if (count == 0 || count > (size_t)1 << log_slots)
    return jfi_fail(JFHE_ERR_ARG, "%zu diagonals of 2^%u", count, log_slots);
  return JFHE_OK;
}

jfhe_status jfhe_linmap_new(jfhe_linmap **out, const jfhe_ctx *ctx, uint32_t log_slots, const int32_t *index,
                            size_t count, jfhe_diagonal_fn fn, void *self) {
  JFI_NEED(out, "linear map");
  *out = NULL;
  JFI_NEED(ctx && index && fn, "linear map");
  JFI_TRY(check_new(ctx, log_slots, count));
  return jfi_linmap_new(out, ctx, log_slots, index, count, fn, self, NULL, NULL, 0, NULL);
}

static void copy_in(double *own, uint32_t *own_index, const int32_t *index, size_t count, size_t slots,
                    const double *re, const double *im) {
  for (size_t t = 0; t < count; t++) {
    own_index[t] = (uint32_t)((index[t] + (int64_t)slots) % (int64_t)slots);
    memcpy(own + 2 * t * slots, re + t * slots, slots * sizeof(double));
    if (im)
      memcpy(own + (2 * t + 1) * slots, im + t * slots, slots * sizeof(double));
    else
      memset(own + (2 * t + 1) * slots, 0, slots * sizeof(double));
  }
}

jfhe_status jfhe_linmap_new_array(jfhe_linmap **out, const jfhe_ctx *ctx, uint32_t log_slots, const int32_t *index,
                                  size_t count, const double *re, const double *im) {
  JFI_NEED(out, "linear map");
  *out = NULL;
  JFI_NEED(ctx && index && re, "linear map");
  JFI_TRY(check_new(ctx, log_slots, count));
  size_t slots = (size_t)1 << log_slots;
  for (size_t t = 0; t < count; t++)
    if (index[t] <= -(int64_t)slots || index[t] >= (int64_t)slots)
      return jfi_fail(JFHE_ERR_ARG, "diagonal %d is outside %zu slots", index[t], slots);
  int fits = count <= SIZE_MAX / (2 * slots * sizeof(double)); /* in 32 bits it may not */
  double *own = fits ? jfi_alloc(2 * count * slots * sizeof(double)) : NULL;
  uint32_t *own_index = jfi_alloc(count * sizeof *own_index);
  int ok = own && own_index;
  jfhe_status st = ok ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory for %zu diagonals of %zu slots", count, slots);
  if (ok) {
    copy_in(own, own_index, index, count, slots, re, im);
    st = jfi_linmap_new(out, ctx, log_slots, index, count, NULL, NULL, own, own_index, count, NULL);
  }
  if (st != JFHE_OK) {
    jfi_free(own);
    jfi_free(own_index);
  }
  return st;
}

jfhe_status jfhe_linmap_set_cap(jfhe_linmap *map, size_t bytes) {
  JFI_NEED(map, "linear map");
  if (map->cached > bytes) jfi_linmap_cache_free(map);
  map->cap = bytes;
  return JFHE_OK;
}

jfhe_status jfhe_linmap_prepare(const jfhe_ctx *ctx, jfhe_linmap *map, uint32_t level) {
  JFI_NEED(ctx && map, "linear map");
  if (ctx != map->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the map is of another context");
  if (level < 1 || level > ctx->chain.top)
    return jfi_fail(JFHE_ERR_LEVEL, "a linear map needs a level from 1 to %u", ctx->chain.top);
  if (map->cap == 0) return JFHE_OK;
  jfi_linmap_cache *c;
  return jfi_linmap_cache_get(map, &c, level, jfi_linmap_scale(ctx, level, ctx->chain.scale[level]));
}

size_t jfhe_linmap_scratch(const jfhe_ctx *ctx, const jfhe_linmap *map, uint32_t level) {
  return ctx && map && level >= 1 && level <= ctx->chain.top ? jfi_linmap_scratch(ctx, map, level) : 0;
}

jfhe_status jfhe_linmap_apply(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, jfhe_linmap *map,
                              const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && map && keys, "linear map");
  if (ctx != map->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the map is of another context");
  if (a->level < 1 || a->level > ctx->chain.top)
    return jfi_fail(JFHE_ERR_LEVEL, "a linear map needs a level from 1 to %u", ctx->chain.top);
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfi_linmap_scratch(ctx, map, a->level)));
  return jfi_linmap_apply(ctx, out, a, map, keys, &s);
}

size_t jfhe_rotate_sum_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? jfi_rotate_sum_scratch(ctx, level) : 0;
}

static jfhe_status open_sum(const jfhe_ctx *ctx, jfi_scratch *s, const jfhe_ct *a, void *scratch, size_t len) {
  if (a->level > ctx->chain.top) return jfi_fail(JFHE_ERR_LEVEL, "no level %u", a->level);
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_ct_in_slots(a, "a sum of rotations"));
  JFI_TRY(jfi_ct_on_chain(ctx, a, 0));
  return jfi_scratch_open(s, scratch, len, jfi_rotate_sum_scratch(ctx, a->level));
}

jfhe_status jfhe_rotate_sum(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const int32_t *k, size_t count,
                            const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && k && keys, "sum of rotations");
  if (count == 0 || count > JFI_TURNS_MAX)
    return jfi_fail(JFHE_ERR_ARG, "%zu rotations are outside 1..%d", count, JFI_TURNS_MAX);
  JFI_TRY(open_sum(ctx, &s, a, scratch, scratch_len));
  return jfi_rotate_sum(ctx, out, a, k, count, keys, &s);
}

static int power_of_two(uint32_t x) { return x && !(x & (x - 1)); }

jfhe_status jfhe_inner_sum_hoisted(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t stride, uint32_t count,
                                   uint32_t radix, const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && a && keys, "inner sum");
  if (!power_of_two(count) || !power_of_two(radix) || radix < 2 || radix > JFI_RADIX_MAX)
    return jfi_fail(JFHE_ERR_ARG, "count %u and radix %u: powers of two, radix 2..%d", count, radix, JFI_RADIX_MAX);
  if (stride == 0 || (uint64_t)stride * count > (uint64_t)ctx->ring->n / 2)
    return jfi_fail(JFHE_ERR_ARG, "%u entries at stride %u are more than the slots", count, stride);
  JFI_TRY(open_sum(ctx, &s, a, scratch, scratch_len));
  return jfi_inner_sum_hoisted(ctx, out, a, stride, count, radix, keys, &s);
}

size_t jfhe_inner_sum_rotations(uint32_t stride, uint32_t count, uint32_t radix, int32_t *k, size_t cap) {
  size_t made = 0;
  if (!power_of_two(count) || !power_of_two(radix) || radix < 2 || radix > JFI_RADIX_MAX) return 0;
  for (uint32_t done = 1; done < count;) {
    uint32_t r = count / done < radix ? count / done : radix;
    for (uint32_t j = 1; j < r; j++, made++)
      if (made < cap) k[made] = (int32_t)(j * done * stride);
    done *= r;
  }
  return made;
}
