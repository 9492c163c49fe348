/* circuit/linmap_plan.c: which rotations are baby steps and which giant steps. */
#include <stdlib.h>
#include <string.h>

#include "circuit/linmap.h"

/* Costs in transforms of one limb at the top level: a pointwise pass is about a tenth of a transform. */
static const double PASS = 0.1;

typedef struct steps {
  int32_t width, low; /* babies in [low, low + width), giants multiples of width */
  size_t babies, giants;
} steps;

static int32_t signed_index(uint32_t index, size_t slots) {
  return index > slots / 2 ? (int32_t)index - (int32_t)slots : (int32_t)index;
}

static int32_t baby_of(int32_t d, const steps *w) {
  int32_t m = (d - w->low) % w->width;
  return w->low + (m < 0 ? m + w->width : m);
}

/* Rotations other than 0. seen: 2*slots marks, babies and giants, cleared again on return. */
static void count_steps(const struct jfhe_linmap *map, steps *w, uint8_t *seen) {
  size_t half = map->slots;
  w->babies = w->giants = 0;
  for (int clear = 0; clear < 2; clear++)
    for (size_t t = 0; t < map->count; t++) {
      int32_t d = signed_index(map->diag[t].index, map->slots), baby = baby_of(d, w);
      size_t b = (size_t)(baby - w->low),
             g = (size_t)((d - baby) / w->width + (int32_t)(map->slots / (size_t)w->width)) % half;
      if (!clear && baby != 0 && !seen[b]) w->babies++;
      if (!clear && d != baby && !seen[half + g]) w->giants++;
      seen[b] = seen[half + g] = (uint8_t)!clear;
    }
}

/* A baby: one inner product and one permutation of a pair. A giant: one polynomial divided by P, decomposed, and the same. */
static double cost(const struct jfhe_linmap *map, const steps *w) {
  const jfi_chain *c = &map->ctx->chain;
  double s = (double)jfi_set_count(c->level[c->top]), e = s + (double)jfi_set_count(c->special), digits = c->n_digits;
  double baby = PASS * e * (2 * digits + 2), giant = e + s + digits * e + baby;
  return (double)w->babies * baby + (double)w->giants * giant;
}

static int by_step(const void *x, const void *y) {
  const jfi_diag *a = x, *b = y;
  if (a->giant != b->giant) return a->giant < b->giant ? -1 : 1;
  return (a->baby > b->baby) - (a->baby < b->baby);
}

static uint32_t find(int32_t *list, size_t *n, int32_t k) {
  for (size_t i = 0; i < *n; i++)
    if (list[i] == k) return (uint32_t)i;
  list[*n] = k;
  return (uint32_t)(*n)++;
}

size_t jfi_linmap_babies_max(const struct jfhe_linmap *map, size_t count) {
  const jfi_stride *w = &map->stride;
  return w->walk ? (size_t)(w->width / abs(w->walk)) : count;
}

/* A walk passes all babies on its way to the farthest, so all are listed, in its order. */
static void list_walk(struct jfhe_linmap *map, int32_t walk) {
  map->n_babies = 1;
  for (size_t t = 0; t < map->count; t++) {
    jfi_diag *d = &map->diag[t];
    d->baby_at = (uint32_t)(d->baby / walk);
    if (d->baby_at >= map->n_babies) map->n_babies = d->baby_at + 1;
  }
  for (size_t i = 0; i < map->n_babies; i++) map->baby[i] = (int32_t)i * walk;
}

/* Of a map that walks no giant goes all the way round; and where all multiples of its unit are diagonals, giants go one way, for which one key does. */
static int32_t round_the_slots(const struct jfhe_linmap *map, int32_t giant) {
  const int32_t slots = (int32_t)map->slots;
  if (!map->stride.walk) return giant;
  if (map->count * (size_t)abs(map->stride.walk) >= map->slots && giant < 0) giant += slots;
  return abs(giant) == slots ? 0 : giant;
}

/* The steps that a maker asked for. */
static steps steps_of(const jfi_stride *w) {
  return (steps){.width = w->width, .low = w->walk < 0 ? -w->width - w->walk : 0};
}

void jfi_linmap_plan(struct jfhe_linmap *map, uint8_t *seen) {
  const int32_t walk = map->stride.walk;
  steps best = {.width = 1};
  double least = -1;
  for (int32_t width = 1; (size_t)width <= map->slots; width *= 2)
    for (int centred = 0; centred < 2; centred++) {
      steps w = {.width = width, .low = centred ? -(width / 2) : 0};
      count_steps(map, &w, seen);
      double c = cost(map, &w);
      if (least >= 0 && c >= least) continue;
      least = c;
      best = w;
    }
  if (map->stride.width) best = steps_of(&map->stride);
  for (size_t t = 0; t < map->count; t++) {
    int32_t d = signed_index(map->diag[t].index, map->slots);
    map->diag[t].baby = baby_of(d, &best);
    map->diag[t].giant = round_the_slots(map, d - map->diag[t].baby);
  }
  qsort(map->diag, map->count, sizeof *map->diag, by_step);
  map->n_giants = map->n_babies = 0;
  for (size_t t = 0; t < map->count; t++) {
    map->diag[t].giant_at = find(map->giant, &map->n_giants, map->diag[t].giant);
    if (!walk) map->diag[t].baby_at = find(map->baby, &map->n_babies, map->diag[t].baby);
  }
  if (walk) list_walk(map, walk);
}
