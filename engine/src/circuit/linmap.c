/* circuit/linmap.c: making linear maps and asking about them. */
#include "circuit/linmap.h"

#include <math.h>
#include <string.h>

#include "base/status.h"

void jfi_linmap_read(const jfhe_linmap *map, uint32_t index, double *re, double *im) {
  size_t bytes = map->slots * sizeof(double);
  memset(im, 0, bytes);
  if (map->fn) {
    map->fn(map->self, index, re, im);
    return;
  }
  size_t t = 0;
  while (map->own_index[t] != index) t++;
  memcpy(re, map->own + 2 * t * map->slots, bytes);
  memcpy(im, map->own + (2 * t + 1) * map->slots, bytes);
}

/* One diagonal: what it is, and its share in the row sums. 0: not finite. */
static int survey(jfhe_linmap *map, jfi_diag *d, const double *re, const double *im, double *row, double *row2) {
  double bad = 0, imaginary = 0, most = 0;
  d->constant = 1;
  d->value = re[0];
  for (size_t i = 0; i < map->slots; i++) {
    double m2 = re[i] * re[i] + im[i] * im[i], m = sqrt(m2) * (1 + 0x1p-50);
    bad += (re[i] - re[i]) + (im[i] - im[i]);
    imaginary += fabs(im[i]);
    if (re[i] != re[0] || im[i] != 0) d->constant = 0;
    if (m > most) most = m;
    row[i] += m;
    row2[i] += m2;
  }
  if (imaginary != 0) map->real = 0;
  d->log_period = map->log_slots;
  for (size_t half = map->slots / 2;
       d->log_period > 1 && !memcmp(re, re + half, half * sizeof *re) && !memcmp(im, im + half, half * sizeof *im);
       half /= 2)
    d->log_period--;
  d->mag = most;
  return bad == 0;
}

static jfhe_status survey_all(jfhe_linmap *map, double *re, double *im, double *row, double *row2) {
  memset(row, 0, map->slots * sizeof *row);
  memset(row2, 0, map->slots * sizeof *row2);
  size_t kept = 0;
  map->real = 1;
  for (size_t t = 0; t < map->count; t++) {
    jfi_diag d = map->diag[t];
    jfi_linmap_read(map, d.index, re, im);
    if (!survey(map, &d, re, im, row, row2)) return jfi_fail(JFHE_ERR_VALUE, "diagonal %u is not finite", d.index);
    if (d.mag > 0) map->diag[kept++] = d;
  }
  map->count = kept;
  if (kept == 0) return jfi_fail(JFHE_ERR_VALUE, "the matrix is zero");
  for (size_t i = 0; i < map->slots; i++) {
    if (row[i] > map->norm) map->norm = row[i];
    if (row2[i] > map->norm2) map->norm2 = row2[i];
  }
  map->norm *= 1 + 0x1p-30; /* sums of at most 2^16 rounded terms */
  map->norm2 = sqrt(map->norm2) * (1 + 0x1p-30);
  return JFHE_OK;
}

static jfhe_status set_indices(jfhe_linmap *map, const int32_t *index, size_t count, uint8_t *seen) {
  int64_t n = (int64_t)map->slots;
  for (size_t t = 0; t < count; t++) {
    if (index[t] <= -n || index[t] >= n)
      return jfi_fail(JFHE_ERR_ARG, "diagonal %d is outside %zu slots", index[t], map->slots);
    uint32_t d = (uint32_t)((index[t] + n) % n);
    if (seen[d]) return jfi_fail(JFHE_ERR_ARG, "diagonal %d is there twice", index[t]);
    seen[d] = 1;
    map->diag[t] = (jfi_diag){.index = d};
  }
  return JFHE_OK;
}

size_t jfi_linmap_baby_turns(const jfhe_linmap *map) {
  return map->stride.walk && map->n_babies > 2 ? 2 : map->n_babies;
}

static jfhe_status fill(jfhe_linmap *map, const int32_t *index, size_t count) {
  size_t n = map->slots;
  map->diag = jfi_alloc(count * sizeof *map->diag);
  map->giant = jfi_alloc(count * sizeof *map->giant);
  map->baby = jfi_alloc(jfi_linmap_babies_max(map, count) * sizeof *map->baby);
  double *room = jfi_alloc(4 * n * sizeof(double));
  uint8_t *seen = jfi_alloc_zero(2 * n);
  map->count = count;
  int ok = map->diag && map->giant && map->baby && room && seen;
  jfhe_status st = ok ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory for a linear map");
  if (ok) {
    st = set_indices(map, index, count, seen);
    if (st == JFHE_OK) st = survey_all(map, room, room + n, room + 2 * n, room + 3 * n);
    memset(seen, 0, 2 * n);
    if (st == JFHE_OK) jfi_linmap_plan(map, seen);
  }
  jfi_free(room);
  jfi_free(seen);
  return st;
}

jfhe_status jfi_linmap_new(jfhe_linmap **out, const jfhe_ctx *ctx, uint32_t log_slots, const int32_t *index,
                           size_t count, jfhe_diagonal_fn fn, void *self, double *own, uint32_t *own_index,
                           size_t n_own, const jfi_stride *stride) {
  jfhe_linmap *map = jfi_alloc_zero(sizeof *map);
  if (!map) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a linear map");
  map->ctx = ctx;
  map->log_slots = log_slots;
  map->slots = (size_t)1 << log_slots;
  map->fn = fn;
  map->self = self;
  map->own = own;
  map->own_index = own_index;
  map->n_own = n_own;
  if (stride) map->stride = *stride;
  map->cap = SIZE_MAX;
  jfhe_status st = fill(map, index, count);
  if (st != JFHE_OK) {
    map->own = NULL; /* the caller's until this succeeds */
    map->own_index = NULL;
    jfhe_linmap_free(map);
    return st;
  }
  *out = map;
  return JFHE_OK;
}

void jfhe_linmap_free(jfhe_linmap *map) {
  if (!map) return;
  jfi_linmap_cache_free(map);
  jfi_free(map->diag);
  jfi_free(map->giant);
  jfi_free(map->baby);
  jfi_free(map->own);
  jfi_free(map->own_index);
  jfi_free(map);
}

size_t jfhe_linmap_cached(const jfhe_linmap *map) { return map->cached; }
size_t jfhe_linmap_diagonals(const jfhe_linmap *map) { return map->count; }
double jfhe_linmap_norm(const jfhe_linmap *map) { return map->norm; }

/* Appends k unless it does nothing or is there already, modulo the slots. */
static size_t add_rotation(const jfhe_linmap *map, int32_t k, size_t before, int32_t *list, size_t count, size_t cap) {
  int64_t n = (int64_t)map->slots;
  if (k % n == 0) return count;
  for (size_t i = 0; i < map->n_babies && i < before; i++)
    if ((map->baby[i] - (int64_t)k) % n == 0) return count;
  for (size_t i = map->n_babies; i < before; i++)
    if ((map->giant[i - map->n_babies] - (int64_t)k) % n == 0) return count;
  if (count < cap) list[count] = k;
  return count + 1;
}

int32_t jfi_linmap_steps(const jfhe_linmap *map, int sign) {
  int32_t most = 0;
  for (size_t i = 0; i < map->n_giants; i++)
    if (sign * map->giant[i] > most) most = sign * map->giant[i];
  return map->stride.width ? most / map->stride.width : 0;
}

size_t jfhe_linmap_rotations(const jfhe_linmap *map, int32_t *k, size_t cap) {
  size_t count = 0, babies = jfi_linmap_baby_turns(map);
  for (size_t i = 0; i < babies; i++) count = add_rotation(map, map->baby[i], i, k, count, cap);
  for (int sign = 1; map->stride.width && sign >= -1; sign -= 2)
    if (jfi_linmap_steps(map, sign)) count = add_rotation(map, sign * map->stride.width, babies, k, count, cap);
  if (map->stride.width) return count;
  for (size_t i = 0; i < map->n_giants; i++) count = add_rotation(map, map->giant[i], map->n_babies + i, k, count, cap);
  return count;
}
