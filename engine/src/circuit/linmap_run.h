/* circuit/linmap_run.h: one application of a linear map, shared by the general way (linmap_apply.c) and the stepped one (linmap_stepped.c). */
#ifndef JFI_CIRCUIT_LINMAP_RUN_H
#define JFI_CIRCUIT_LINMAP_RUN_H
#include "circuit/linmap.h"

enum {
  JFI_LINMAP_BATCH = 16, /* diagonals summed in one pass, at most JFI_DOT_MAX */
  JFI_LINMAP_PIECE =
      256 /* words that repeated evaluations are spread to at a time: a batch of them stays in the first-level cache */
};

typedef struct jfi_linmap_run {
  jfi_hoist h;
  jfhe_linmap *map;
  const jfi_linmap_cache *cache; /* or null: stream all */
  const jfi_turn *baby, *giant;
  double scale;        /* of the plaintexts */
  uint64_t **b0, **b1; /* baby pairs */
  uint64_t *u0, *u1, *acc0, *acc1, *c, *plain;
} jfi_linmap_run;

/* (r0, r1) = a sum (u0, u1), turned, + plus (or null); they may be the same. */
jfhe_status jfi_linmap_turn_sum(jfi_linmap_run *x, uint64_t *r0, uint64_t *r1, const uint64_t *u0, const uint64_t *u1,
                                jfi_turn turn, const uint64_t *const *plus, jfi_scratch s);

/* to[i] = from[(at + i) >> shift], a piece of them. */
static inline void jfi_linmap_spread(uint64_t *to, const uint64_t *from, size_t at, uint32_t shift, size_t piece) {
  size_t run = (size_t)1 << shift < piece ? (size_t)1 << shift : piece;
  for (size_t i = 0; i < piece; i += run) {
    uint64_t w = from[(at + i) >> shift];
    for (size_t k = 0; k < run; k++) to[i + k] = w;
  }
}

/* linmap_stepped.c */
size_t jfi_linmap_aside_bytes(const struct jfhe_ctx *ctx, const struct jfhe_linmap *map);
/* (acc0, acc1) = the map of the babies, which it overwrites. Scratch: jfi_linmap_aside_bytes, then what a turn needs. */
jfhe_status jfi_linmap_run_stepped(jfi_linmap_run *x, jfi_scratch s);
#endif
