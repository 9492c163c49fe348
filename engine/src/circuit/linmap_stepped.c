/* circuit/linmap_stepped.c: a stepped map: the sums of all giants first, then Horner's rule.
 *
 * A piece of every baby is copied aside, all giants' sums of it are made there, and they take the babies' place: babies are read from memory
 * once instead of once a giant, and the sums need no room of their own. */
#include <string.h>

#include "base/status.h"
#include "ckks/round.h"
#include "circuit/linmap_run.h"

static size_t piece_of(const jfhe_ctx *ctx) {
  return ctx->ring->n < JFI_LINMAP_PIECE ? ctx->ring->n : JFI_LINMAP_PIECE;
}

typedef struct sums_job {
  const jfi_linmap_run *x;
  jfi_set F;
  uint64_t *worker; /* 2 * n_babies pieces for each worker */
} sums_job;

/* Diagonals [first, last) of one giant at words [at, at + JFI_LINMAP_PIECE) of limb j into r[]. */
static void sum_piece(const sums_job *t, uint64_t *const r[2], const uint64_t *babies, size_t first, size_t last,
                      size_t j, size_t at) {
  const jfi_linmap_run *x = t->x;
  const jfhe_linmap *map = x->map;
  const jfi_ring *ring = x->h.ctx->ring;
  size_t n = ring->n, piece = piece_of(x->h.ctx), prime = x->h.prime[j], terms = 0;
  const jfi_mod *m = &ring->mod[prime];
  uint64_t room[JFI_LINMAP_BATCH][JFI_LINMAP_PIECE];
  const uint64_t *p[JFI_LINMAP_BATCH], *k0[JFI_LINMAP_BATCH], *k1[JFI_LINMAP_BATCH];
  int any = 0;
  for (size_t i = first; i < last; i++) {
    const jfi_diag *d = &map->diag[i];
    const uint64_t *plain = x->cache->data[i], *b = babies + 2 * d->baby_at * piece;
    uint32_t shift = jfi_linmap_shift(map, d);
    if (d->constant) continue;
    plain += jfi_set_rank(t->F, prime) * (n >> shift);
    if (shift) jfi_linmap_spread(room[terms], plain, at, shift, piece);
    p[terms] = shift ? room[terms] : plain + at;
    k0[terms] = b;
    k1[terms++] = b + piece;
    if (terms < JFI_LINMAP_BATCH) continue;
    ring->k->dot2(r[0], r[1], p, k0, k1, terms, any, piece, m);
    terms = 0;
    any = 1;
  }
  if (terms) ring->k->dot2(r[0], r[1], p, k0, k1, terms, any, piece, m);
  any |= terms > 0;
  for (size_t i = first; i < last; i++) {
    const jfi_diag *d = &map->diag[i];
    if (!d->constant) continue;
    uint64_t w = jfi_mod_double_var(jfi_round_double(d->value * x->scale), m);
    for (size_t q = 0; q < 2; q++)
      (any ? ring->k->mul_const_acc : ring->k->mul_const)(r[q], babies + (2 * d->baby_at + q) * piece, w, piece, m);
    any = 1;
  }
}

static void sums_limb(void *arg, size_t j, size_t worker) {
  const sums_job *t = arg;
  const jfi_linmap_run *x = t->x;
  const jfhe_linmap *map = x->map;
  size_t n = x->h.n, piece = piece_of(x->h.ctx);
  uint64_t *babies = t->worker + worker * 2 * map->n_babies * piece;
  for (size_t at = 0; at < n; at += piece) {
    for (size_t b = 0; b < map->n_babies; b++) {
      memcpy(babies + 2 * b * piece, x->b0[b] + j * n + at, piece * sizeof(uint64_t));
      memcpy(babies + (2 * b + 1) * piece, x->b1[b] + j * n + at, piece * sizeof(uint64_t));
    }
    for (size_t first = 0, last; first < map->count; first = last) {
      uint32_t giant = map->diag[first].giant_at;
      uint64_t *const r[2] = {x->b0[giant] + j * n + at, x->b1[giant] + j * n + at};
      for (last = first + 1; last < map->count && map->diag[last].giant_at == giant;) last++;
      sum_piece(t, r, babies, first, last, j, at);
    }
  }
}

size_t jfi_linmap_aside_bytes(const jfhe_ctx *ctx, const jfhe_linmap *map) {
  return jfi_pool_workers(ctx->pool) * 2 * map->n_babies * piece_of(ctx) * sizeof(uint64_t);
}

static jfhe_status sum_giants(jfi_linmap_run *x, jfi_scratch s) {
  sums_job t = {.x = x, .F = jfi_set_or(x->h.S, x->h.ctx->chain.special)};
  if (!x->cache) return jfi_fail(JFHE_ERR_MEMORY, "a stepped map keeps its diagonals, and has no room for them");
  for (size_t i = 0; i < x->map->count; i++)
    if (!x->cache->data[i] && !x->map->diag[i].constant)
      return jfi_fail(JFHE_ERR_MEMORY, "a stepped map keeps its diagonals, and its cap is too small for them");
  t.worker = jfi_scratch_take(&s, jfi_linmap_aside_bytes(x->h.ctx, x->map));
  if (s.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a linear map");
  jfi_parallel(x->h.ctx->pool, x->h.n_e, sums_limb, &t);
  return JFHE_OK;
}

/* Where the sum of a giant lies, or n_giants. */
static size_t giant_at(const jfhe_linmap *map, int32_t giant) {
  size_t i = 0;
  while (i < map->n_giants && map->giant[i] != giant) i++;
  return i;
}

/* (r0, r1) = the sums of one side, each turned as often as it is steps away; the last turn adds `plus`. */
static jfhe_status run_side(jfi_linmap_run *x, uint64_t *r0, uint64_t *r1, int sign, const uint64_t *const *plus,
                            jfi_scratch s) {
  const jfhe_linmap *map = x->map;
  int32_t steps = jfi_linmap_steps(map, sign);
  size_t far = giant_at(map, sign * steps * map->stride.width);
  const uint64_t *u0 = x->b0[far], *u1 = x->b1[far];
  for (int32_t g = steps - 1; g >= 0; g--) {
    size_t at = giant_at(map, sign * g * map->stride.width);
    const uint64_t *next[2] = {at < map->n_giants ? x->b0[at] : NULL, at < map->n_giants ? x->b1[at] : NULL};
    JFI_TRY(jfi_linmap_turn_sum(x, r0, r1, u0, u1, x->giant[sign < 0], g == 0 ? plus : next[0] ? next : NULL, s));
    u0 = r0;
    u1 = r1;
  }
  return JFHE_OK;
}

jfhe_status jfi_linmap_run_stepped(jfi_linmap_run *x, jfi_scratch s) {
  size_t own = giant_at(x->map, 0);
  uint64_t *zero[2] = {own < x->map->n_giants ? x->b0[own] : NULL, own < x->map->n_giants ? x->b1[own] : NULL};
  const uint64_t *const plus[2] = {zero[0], zero[1]};
  int forth = jfi_linmap_steps(x->map, 1) > 0, back = jfi_linmap_steps(x->map, -1) > 0;
  JFI_TRY(sum_giants(x, s));
  if (!forth && !back) {
    x->acc0 = zero[0];
    x->acc1 = zero[1];
    return JFHE_OK;
  }
  JFI_TRY(run_side(x, x->acc0, x->acc1, forth ? 1 : -1, zero[0] ? plus : NULL, s));
  if (!forth || !back) return JFHE_OK;
  const uint64_t *const so_far[2] = {x->acc0, x->acc1};
  JFI_TRY(run_side(x, x->u0, x->u1, -1, so_far, s));
  x->acc0 = x->u0;
  x->acc1 = x->u1;
  return JFHE_OK;
}
