/* circuit/linmap_run.h: one application of a linear map, shared by the general way (linmap_apply.c) and the stepped one (linmap_stepped.c). */
#ifndef JFI_CIRCUIT_LINMAP_RUN_H
#define JFI_CIRCUIT_LINMAP_RUN_H
#include "circuit/linmap.h"

enum {
  JFI_LINMAP_BATCH = 16, /* diagonals summed in one pass, at most JFI_DOT_MAX */
  JFI_LINMAP_PIECE =
      256, /* words that repeated evaluations are spread to at a time: a batch of them stays in the first-level cache */
  JFI_LINMAP_WINDOW = 8 /* babies of a walk that are there at once: 40 MB each in the largest ring */
};

/* What one ciphertext has of its own. */
typedef struct jfi_linmap_one {
  const struct jfhe_ct *in;
  uint64_t **b0, **b1; /* pairs of babies, and of giants' sums */
  uint64_t *u0, *u1, *acc0, *acc1;
} jfi_linmap_one;

typedef struct jfi_linmap_run {
  jfi_hoist h;
  jfhe_linmap *map;
  const jfi_linmap_cache *cache; /* or null: stream all */
  const jfi_turn *baby, *giant;
  double scale; /* of the plaintexts */
  size_t count; /* ciphertexts: 1 unless the map is stepped */
  jfi_linmap_one *of;
  uint64_t *c, *plain;
} jfi_linmap_run;

/* Babies that a map has at once: all, unless it walks to them. */
static inline size_t jfi_linmap_window(const jfhe_linmap *map) {
  return map->stride.walk && map->n_babies > JFI_LINMAP_WINDOW ? JFI_LINMAP_WINDOW : map->n_babies;
}

/* Of each ciphertext i, t[i].r = a sum (t[i].add0, u1[i]), turned, + t[i].plus; they may be the same. */
jfhe_status jfi_linmap_turn_sums(jfi_linmap_run *x, const jfi_turned *t, const uint64_t *const *u1, jfi_turn turn,
                                 jfi_scratch s);
/* The ciphertexts themselves, over E, at a place of the babies. */
void jfi_linmap_lift(jfi_linmap_run *x, size_t baby);
/* All babies, from one decomposition. */
jfhe_status jfi_linmap_hoist_babies(jfi_linmap_run *x, jfi_scratch s);

/* to[i] = from[(at + i) >> shift], a piece of them. */
static inline void jfi_linmap_spread(uint64_t *to, const uint64_t *from, size_t at, uint32_t shift, size_t piece) {
  size_t run = (size_t)1 << shift < piece ? (size_t)1 << shift : piece;
  for (size_t i = 0; i < piece; i += run) {
    uint64_t w = from[(at + i) >> shift];
    for (size_t k = 0; k < run; k++) to[i + k] = w;
  }
}

/* linmap_stepped.c */
size_t jfi_linmap_aside_bytes(const struct jfhe_ctx *ctx, const struct jfhe_linmap *map, size_t count);
/* (acc0, acc1) of each ciphertext = the map of it. Scratch: jfi_linmap_aside_bytes, then what a turn needs. */
jfhe_status jfi_linmap_run_stepped(jfi_linmap_run *x, jfi_scratch s);

/* linmap_bound.c: what the map of a will say of itself. */
jfhe_status jfi_linmap_plan_result(const jfi_linmap_run *x, jfi_meta *m, const struct jfhe_ct *a);
#endif
