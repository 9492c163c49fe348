/* bgv/linmap.c: linear maps by baby steps, hoisted, and giant steps. [HS18]
 *
 * M a = sum over i of diag_i * rot_i(a) (+ the same of a with its rows exchanged). With i = g + d, g a multiple of the step:
 * rot_g(sum over d of rot_-g(diag_(g+d)) * rot_d(a)). */
#include "bgv/linmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "bgv/encode.h"

/* ---- making ---- */
static int before(const void *x, const void *y) {
  const jfi_bgv_diagonal *a = x, *c = y;
  if (a->swapped != c->swapped) return a->swapped < c->swapped ? -1 : 1;
  if (a->giant != c->giant) return a->giant < c->giant ? -1 : 1;
  return a->baby < c->baby ? -1 : a->baby > c->baby;
}

/* A step for which babies and giants are about as many. */
static uint32_t step_for(size_t count, uint32_t row) {
  uint32_t step = 1;
  while (step < row && (size_t)step * step < count) step *= 2;
  return step;
}

/* Largest |row| of the matrix; a diagonal has one entry in each. */
static double norm_of(const jfhe_bgv *b, const int64_t *values, size_t count) {
  size_t n = (size_t)1 << b->log_slots;
  double most = 0;
  for (size_t i = 0; i < n; i++) {
    double sum = 0;
    for (size_t d = 0; d < count; d++) {
      double x = (double)values[d * n + i];
      sum += x < 0 ? -x : x;
    }
    if (sum > most) most = sum;
  }
  return jfi_up(most) * (1 + 0x1p-30);
}

static jfhe_status encode_one(const jfhe_bgv_map *map, jfi_bgv_diagonal *d, const int64_t *values, int64_t *turned,
                              void *scratch, size_t bytes) {
  const jfhe_bgv *b = map->b;
  uint32_t h = (uint32_t)1 << (b->log_slots - 1);
  jfi_scratch s;
  jfi_scratch_init(&s, scratch, bytes);
  JFI_TRY(jfi_pt_alloc(&d->pt, b->ctx, (uint32_t)jfi_set_count(b->ctx->chain.level[map->level])));
  for (uint32_t row = 0; row < 2; row++)
    for (uint32_t i = 0; i < h; i++) turned[row * h + i] = values[row * h + (i + h - d->giant % h) % h];
  return jfi_bgv_encode(b, d->pt, turned, 2 * (size_t)h, 0x1p63, JFHE_BGV_FACTOR, map->level, &s);
}

static jfhe_status fill(jfhe_bgv_map *map, const uint32_t *index, const int64_t *values) {
  uint32_t h = (uint32_t)1 << (map->b->log_slots - 1);
  size_t n = 2 * (size_t)h, bytes = jfi_bgv_encode_bytes(map->b);
  int64_t *turned = jfi_alloc(n * sizeof *turned);
  void *scratch = jfi_alloc(bytes);
  jfhe_status st = turned && scratch ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory for a linear map");
  map->norm = norm_of(map->b, values, map->count);
  map->step = step_for(map->count, h);
  for (size_t i = 0; st == JFHE_OK && i < map->count; i++) {
    jfi_bgv_diagonal *d = &map->diagonal[i];
    *d = (jfi_bgv_diagonal){.swapped = index[i] >= h, .baby = index[i] % h % map->step};
    d->giant = index[i] % h - d->baby;
    st = encode_one(map, d, values + i * n, turned, scratch, bytes);
  }
  jfi_free(turned);
  jfi_free(scratch);
  qsort(map->diagonal, map->count, sizeof *map->diagonal, before);
  return st;
}

static jfhe_status check(const jfhe_bgv *b, const uint32_t *index, size_t count, uint32_t level) {
  uint32_t n = (uint32_t)1 << b->log_slots;
  if (count == 0 || count > n) return jfi_fail(JFHE_ERR_ARG, "%zu diagonals, not 1..%u", count, n);
  if (level > b->ctx->chain.top) return jfi_fail(JFHE_ERR_LEVEL, "no level %u", level);
  for (size_t i = 0; i < count; i++) {
    if (index[i] >= n) return jfi_fail(JFHE_ERR_ARG, "diagonal %u of %u", index[i], n);
    for (size_t j = 0; j < i; j++)
      if (index[j] == index[i]) return jfi_fail(JFHE_ERR_ARG, "diagonal %u is there twice", index[i]);
  }
  return JFHE_OK;
}

jfhe_status jfhe_bgv_map_new(jfhe_bgv_map **out, const jfhe_bgv *b, const uint32_t *index, size_t count,
                             const int64_t *values, uint32_t level) {
  if (!out) return jfi_fail(JFHE_ERR_ARG, "out is null");
  *out = NULL;
  if (!b || !index || !values) return jfi_fail(JFHE_ERR_ARG, "a pointer is null");
  JFI_TRY(check(b, index, count, level));
  jfhe_bgv_map *map = jfi_alloc_zero(sizeof *map);
  if (!map) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a linear map");
  map->b = b;
  map->level = level;
  map->count = count;
  map->diagonal = jfi_alloc_zero(count * sizeof *map->diagonal);
  jfhe_status st = map->diagonal ? fill(map, index, values) : jfi_fail(JFHE_ERR_MEMORY, "no memory for a linear map");
  if (st == JFHE_OK)
    *out = map;
  else
    jfhe_bgv_map_free(map);
  return st;
}

void jfhe_bgv_map_free(jfhe_bgv_map *map) {
  if (!map) return;
  for (size_t i = 0; map->diagonal && i < map->count; i++) jfhe_pt_free(map->diagonal[i].pt);
  jfi_free(map->diagonal);
  jfi_free(map);
}

/* Those of babies, then those of giants that are not babies too. */
size_t jfhe_bgv_map_rotations(const jfhe_bgv_map *map, int32_t *k, size_t cap) {
  size_t found = 0;
  for (int giants = 0; map && giants < 2; giants++)
    for (size_t i = 0; i < map->count; i++) {
      uint32_t r = giants ? map->diagonal[i].giant : map->diagonal[i].baby;
      int seen = r == 0;
      for (size_t j = 0; j < i && !seen; j++) seen = (giants ? map->diagonal[j].giant : map->diagonal[j].baby) == r;
      for (size_t j = 0; giants && j < map->count && !seen; j++) seen = map->diagonal[j].baby == r;
      if (seen) continue;
      if (k && found < cap) k[found] = (int32_t)r;
      found++;
    }
  return found;
}

int jfhe_bgv_map_swaps(const jfhe_bgv_map *map) { return map && map->count && map->diagonal[map->count - 1].swapped; }

/* ---- applying ---- */
typedef struct work {
  const jfhe_bgv_map *map;
  const jfhe_keyring *keys;
  jfi_scratch *s;
  jfhe_ct *source, *sum, *total; /* a or a with its rows exchanged; one giant's sum; all */
  jfhe_ct **baby;                /* [step]: null where not needed */
  int any;
} work;

static jfhe_status make_babies(work *w, uint32_t swapped) {
  const jfhe_bgv_map *map = w->map;
  int64_t *k = jfi_alloc(map->step * sizeof *k);
  jfhe_ct **out = jfi_alloc(map->step * sizeof(jfhe_ct *));
  size_t count = 0;
  jfhe_status st = k && out ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory for a linear map");
  for (size_t i = 0; st == JFHE_OK && i < map->count; i++) {
    const jfi_bgv_diagonal *d = &map->diagonal[i];
    int seen = d->swapped != swapped;
    for (size_t j = 0; j < count && !seen; j++) seen = k[j] == d->baby;
    if (seen) continue;
    if (!w->baby[d->baby]) st = jfi_ct_alloc(&w->baby[d->baby], map->b->ctx, 2, w->source->n_limbs);
    k[count] = d->baby;
    out[count++] = w->baby[d->baby];
  }
  if (st == JFHE_OK) st = jfi_bgv_rotate_many(map->b, out, w->source, k, count, w->keys, w->s);
  jfi_free(k);
  jfi_free(out);
  return st;
}

/* Diagonals [first, last) share a giant. */
static jfhe_status one_giant(work *w, size_t first, size_t last) {
  const jfhe_bgv *b = w->map->b;
  const jfi_bgv_diagonal *d = w->map->diagonal;
  for (size_t i = first; i < last; i++)
    JFI_TRY(i == first ? jfi_bgv_mul_pt(b, w->sum, w->baby[d[i].baby], d[i].pt)
                       : jfi_bgv_mul_pt_add(b, w->sum, w->baby[d[i].baby], d[i].pt));
  if (d[first].giant) JFI_TRY(jfi_bgv_rotate(b, w->sum, w->sum, d[first].giant, w->keys, w->s));
  JFI_TRY(w->any ? jfi_bgv_add(b, w->total, w->total, w->sum, 0) : jfi_bgv_copy(b, w->total, w->sum));
  w->any = 1;
  return JFHE_OK;
}

static jfhe_status run(work *w, const jfhe_ct *a) {
  const jfhe_bgv_map *map = w->map;
  for (size_t first = 0, last; first < map->count; first = last) {
    const jfi_bgv_diagonal *d = map->diagonal;
    if (first == 0 || d[first].swapped != d[first - 1].swapped) {
      JFI_TRY(d[first].swapped ? jfi_bgv_swap(map->b, w->source, a, w->keys, w->s)
                               : jfi_bgv_copy(map->b, w->source, a));
      JFI_TRY(make_babies(w, d[first].swapped));
    }
    for (last = first; last < map->count; last++)
      if (d[last].swapped != d[first].swapped || d[last].giant != d[first].giant) break;
    JFI_TRY(one_giant(w, first, last));
  }
  return JFHE_OK;
}

jfhe_status jfi_bgv_map_apply(jfhe_ct *out, const jfhe_ct *a, const jfhe_bgv_map *map, const jfhe_keyring *keys,
                              jfi_scratch *s) {
  const jfhe_bgv *b = map->b;
  JFI_TRY(jfi_bgv_usable(b, a));
  if (a->level > map->level) return jfi_fail(JFHE_ERR_LEVEL, "the map was encoded for level %u", map->level);
  work w = {.map = map, .keys = keys, .s = s, .baby = jfi_alloc_zero(map->step * sizeof(jfhe_ct *))};
  jfhe_ct **room[3] = {&w.source, &w.sum, &w.total};
  jfhe_status st = w.baby ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory for a linear map");
  for (int i = 0; st == JFHE_OK && i < 3; i++) st = jfi_ct_alloc(room[i], b->ctx, 2, a->n_limbs);
  if (st == JFHE_OK) st = run(&w, a);
  if (st == JFHE_OK) {
    w.total->bound.mag = jfi_bgv_mag(a->bound.mag * map->norm);
    st = jfi_bgv_copy(b, out, w.total);
  }
  for (int i = 0; i < 3; i++) jfhe_ct_free(*room[i]);
  for (uint32_t i = 0; w.baby && i < map->step; i++) jfhe_ct_free(w.baby[i]);
  jfi_free(w.baby);
  return st;
}
