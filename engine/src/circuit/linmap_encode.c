/* circuit/linmap_encode.c: diagonals to plaintexts, when they are needed. */
#include <string.h>

#include "base/status.h"
#include "circuit/linmap.h"
#include "ckks/encode.h"

double jfi_linmap_scale(const jfhe_ctx *ctx, uint32_t level, double ct_scale) {
  return ctx->chain.scale[level - 1] * ctx->chain.step[level] / ct_scale;
}

size_t jfi_linmap_encode_bytes(const jfhe_linmap *map) {
  return 4 * jfi_round64(map->slots * sizeof(double)) + jfi_round64(map->ctx->ring->n * sizeof(int64_t)) +
         jfi_encode_bytes(map->ctx) + JFI_SCRATCH_SLACK;
}

/* to[i] = from[(i - k) mod n] */
static void turn_back(double *to, const double *from, int32_t k, size_t n) {
  size_t shift = (size_t)(((int64_t)k % (int64_t)n + (int64_t)n) % (int64_t)n);
  memcpy(to + shift, from, (n - shift) * sizeof *to);
  memcpy(to, from + (n - shift), shift * sizeof *to);
}

jfhe_status jfi_linmap_encode(const jfhe_linmap *map, uint64_t *data, size_t t, jfi_set primes, double scale,
                              jfi_scratch s) {
  const jfi_diag *d = &map->diag[t];
  size_t bytes = map->slots * sizeof(double);
  double *re = jfi_scratch_take(&s, bytes), *im = jfi_scratch_take(&s, bytes);
  double *turned_re = jfi_scratch_take(&s, bytes), *turned_im = jfi_scratch_take(&s, bytes);
  int64_t *coeffs = jfi_scratch_take(&s, map->ctx->ring->n * sizeof *coeffs);
  if (s.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small to encode a diagonal");
  if (!(scale * d->mag < 0x1p62 * (1 - 0x1p-20)))
    return jfi_fail(JFHE_ERR_RANGE, "diagonal %u, up to %g, does not fit at scale %g", d->index, d->mag, scale);
  jfi_linmap_read(map, d->index, re, im);
  turn_back(turned_re, re, d->giant, map->slots);
  turn_back(turned_im, im, d->giant, map->slots);
  jfi_numbers x = {.re = turned_re,
                   .im = turned_im,
                   .count = (size_t)1 << d->log_period,
                   .packing = JFHE_PACK_COMPLEX,
                   .log_slots = d->log_period,
                   .scale = scale,
                   .mag = d->mag};
  jfi_encode_coeffs(map->ctx, coeffs, &x, &s);
  jfi_encode_limbs(map->ctx, data, primes, coeffs, JFHE_FORM_EVAL);
  return JFHE_OK;
}

static void free_cache(jfhe_linmap *map, jfi_linmap_cache *c) {
  for (size_t t = 0; c->data && t < map->count; t++) jfi_free(c->data[t]);
  jfi_free(c->data);
  jfi_free(c);
}

void jfi_linmap_cache_free(jfhe_linmap *map) {
  while (map->cache) {
    jfi_linmap_cache *c = map->cache;
    map->cache = c->next;
    free_cache(map, c);
  }
  map->cached = 0;
}

/* One of each run of equal evaluations. */
static void thin(uint64_t *to, const uint64_t *from, size_t words, uint32_t shift) {
  for (size_t i = 0; i < words; i++) to[i] = from[i << shift];
}

static jfhe_status fill_cache(jfhe_linmap *map, jfi_linmap_cache *c, size_t *bytes) {
  jfi_set primes = jfi_set_or(map->ctx->chain.level[c->level], map->ctx->chain.special);
  size_t words = jfi_set_count(primes) * map->ctx->ring->n, len = jfi_linmap_encode_bytes(map);
  void *room = jfi_alloc(len);
  uint64_t *whole = jfi_alloc(words * sizeof *whole);
  jfhe_status st = room && whole ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory to encode a linear map");
  for (size_t t = 0; st == JFHE_OK && t < map->count; t++) {
    if (map->diag[t].constant) continue;
    uint32_t shift = jfi_linmap_shift(map, &map->diag[t]);
    size_t each = (words >> shift) * sizeof(uint64_t);
    if (map->cap - map->cached < *bytes + each) break;
    c->data[t] = jfi_alloc(each);
    if (!c->data[t]) {
      st = jfi_fail(JFHE_ERR_MEMORY, "no memory for an encoded diagonal; set a cap");
      break;
    }
    jfi_scratch s;
    jfi_scratch_init(&s, room, len);
    st = jfi_linmap_encode(map, whole, t, primes, c->scale, s);
    thin(c->data[t], whole, words >> shift, shift);
    *bytes += each;
  }
  jfi_free(whole);
  jfi_free(room);
  return st;
}

jfhe_status jfi_linmap_cache_get(jfhe_linmap *map, jfi_linmap_cache **out, uint32_t level, double scale) {
  for (jfi_linmap_cache *c = map->cache; c; c = c->next)
    if (c->level == level && c->scale == scale) {
      *out = c;
      return JFHE_OK;
    }
  size_t bytes = 0;
  jfi_linmap_cache *c = jfi_alloc_zero(sizeof *c);
  if (c) c->data = jfi_alloc_zero(map->count * sizeof *c->data);
  if (!c || !c->data) {
    jfi_free(c);
    return jfi_fail(JFHE_ERR_MEMORY, "no memory to encode a linear map");
  }
  c->level = level;
  c->scale = scale;
  jfhe_status st = fill_cache(map, c, &bytes);
  if (st != JFHE_OK) {
    free_cache(map, c);
    return st;
  }
  c->next = map->cache;
  map->cache = c;
  map->cached += bytes;
  *out = c;
  return JFHE_OK;
}
