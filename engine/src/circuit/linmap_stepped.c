/* circuit/linmap_stepped.c: a stepped map: the sums of all giants first, then Horner's rule.
 *
 * A piece of every baby is copied aside and all giants' sums of it are made there: babies are read from memory once instead of once a giant, and
 * a plaintext once for all ciphertexts. Where all babies are there at once the sums take their place; a walk makes a window of
 * babies at a time, and the sums grow beside them. */
#include <string.h>

#include "base/status.h"
#include "ckks/round.h"
#include "circuit/linmap_run.h"

static size_t piece_of(const jfhe_ctx *ctx) {
  return ctx->ring->n < JFI_LINMAP_PIECE ? ctx->ring->n : JFI_LINMAP_PIECE;
}

/* Babies [from, to) of the map, the first of which lies at place 0. */
typedef struct sums_job {
  const jfi_linmap_run *x;
  jfi_set F;
  size_t from, to, window;
  uint64_t *worker; /* count x window pairs of pieces for each worker */
  size_t worker_words;
} sums_job;

/* Where the sum of a giant lies among the pairs. */
static size_t place_of(const jfhe_linmap *map, size_t giant) {
  size_t window = jfi_linmap_window(map);
  return window < map->n_babies ? window + giant : giant;
}

/* One limb's words [at, at + piece). */
typedef struct spot {
  size_t j, at, piece;
  const uint64_t *babies; /* the pairs aside: of ciphertext i, baby b at ((i * window + b) * 2) * piece */
} spot;

static const uint64_t *aside(const sums_job *t, const spot *p, size_t i, size_t baby) {
  return p->babies + (i * t->window + baby - t->from) * 2 * p->piece;
}

static uint64_t *sum_at(const sums_job *t, const spot *p, size_t i, size_t giant, int second) {
  const jfi_linmap_one *o = &t->x->of[i];
  return (second ? o->b1 : o->b0)[place_of(t->x->map, giant)] + p->j * t->x->h.n + p->at;
}

/* Products of the plaintexts p[] with the babies baby[] of every ciphertext, into the sums of a giant. */
static void multiply(const sums_job *t, const spot *s, size_t giant, const uint64_t *const *p, const uint32_t *baby,
                     size_t terms, int accumulate) {
  const jfi_ring *ring = t->x->h.ctx->ring;
  const uint64_t *k0[JFI_LINMAP_BATCH], *k1[JFI_LINMAP_BATCH];
  for (size_t i = 0; i < t->x->count; i++) {
    for (size_t k = 0; k < terms; k++) {
      k0[k] = aside(t, s, i, baby[k]);
      k1[k] = k0[k] + s->piece;
    }
    ring->k->dot2(sum_at(t, s, i, giant, 0), sum_at(t, s, i, giant, 1), p, k0, k1, terms, accumulate, s->piece,
                  &ring->mod[t->x->h.prime[s->j]]);
  }
}

static void multiply_const(const sums_job *t, const spot *s, const jfi_diag *d, int accumulate) {
  const jfi_ring *ring = t->x->h.ctx->ring;
  const jfi_mod *m = &ring->mod[t->x->h.prime[s->j]];
  const uint64_t w = jfi_mod_double_var(jfi_round_double(d->value * t->x->scale), m);
  for (size_t i = 0; i < t->x->count; i++)
    for (int q = 0; q < 2; q++)
      (accumulate ? ring->k->mul_const_acc : ring->k->mul_const)(
          sum_at(t, s, i, d->giant_at, q), aside(t, s, i, d->baby_at) + (size_t)q * s->piece, w, s->piece, m);
}

static int has(const sums_job *t, const jfi_diag *d) { return d->baby_at >= t->from && d->baby_at < t->to; }

/* Diagonals [first, last), those of one giant. */
static void sum_piece(const sums_job *t, const spot *s, size_t first, size_t last) {
  const jfhe_linmap *map = t->x->map;
  const size_t n = t->x->h.n, rank = jfi_set_rank(t->F, t->x->h.prime[s->j]), giant = map->diag[first].giant_at;
  uint64_t room[JFI_LINMAP_BATCH][JFI_LINMAP_PIECE];
  const uint64_t *p[JFI_LINMAP_BATCH];
  uint32_t baby[JFI_LINMAP_BATCH];
  size_t terms = 0;
  int any = 0;
  for (size_t i = first; i < last; i++) any |= map->diag[i].baby_at < t->from; /* earlier windows began the sum */
  for (size_t i = first; i < last; i++) {
    const jfi_diag *d = &map->diag[i];
    if (!has(t, d) || d->constant) continue;
    uint32_t shift = jfi_linmap_shift(map, d);
    const uint64_t *plain = t->x->cache->data[i] + rank * (n >> shift);
    if (shift) jfi_linmap_spread(room[terms], plain, s->at, shift, s->piece);
    p[terms] = shift ? room[terms] : plain + s->at;
    baby[terms++] = d->baby_at;
    if (terms < JFI_LINMAP_BATCH) continue;
    multiply(t, s, giant, p, baby, terms, any);
    terms = 0;
    any = 1;
  }
  if (terms) multiply(t, s, giant, p, baby, terms, any);
  any |= terms > 0;
  for (size_t i = first; i < last; i++)
    if (has(t, &map->diag[i]) && map->diag[i].constant) {
      multiply_const(t, s, &map->diag[i], any);
      any = 1;
    }
}

static void sums_limb(void *arg, size_t j, size_t worker) {
  const sums_job *t = arg;
  const jfi_linmap_run *x = t->x;
  const jfhe_linmap *map = x->map;
  uint64_t *to = t->worker + worker * t->worker_words;
  spot s = {.j = j, .piece = piece_of(x->h.ctx), .babies = to};
  for (; s.at < x->h.n; s.at += s.piece) {
    for (size_t i = 0; i < x->count; i++)
      for (size_t b = 0; b < t->to - t->from; b++) {
        uint64_t *pair = to + (i * t->window + b) * 2 * s.piece;
        memcpy(pair, x->of[i].b0[b] + j * x->h.n + s.at, s.piece * sizeof(uint64_t));
        memcpy(pair + s.piece, x->of[i].b1[b] + j * x->h.n + s.at, s.piece * sizeof(uint64_t));
      }
    for (size_t first = 0, last; first < map->count; first = last) {
      uint32_t giant = map->diag[first].giant_at;
      for (last = first + 1; last < map->count && map->diag[last].giant_at == giant;) last++;
      sum_piece(t, &s, first, last);
    }
  }
}

static size_t aside_words(const jfhe_ctx *ctx, const jfhe_linmap *map, size_t count) {
  return count * jfi_linmap_window(map) * 2 * piece_of(ctx);
}

size_t jfi_linmap_aside_bytes(const jfhe_ctx *ctx, const jfhe_linmap *map, size_t count) {
  return jfi_pool_workers(ctx->pool) * aside_words(ctx, map, count) * sizeof(uint64_t);
}

static jfhe_status check_cache(const jfi_linmap_run *x) {
  if (!x->cache) return jfi_fail(JFHE_ERR_MEMORY, "a stepped map keeps its diagonals, and has no room for them");
  for (size_t i = 0; i < x->map->count; i++)
    if (!x->cache->data[i] && !x->map->diag[i].constant)
      return jfi_fail(JFHE_ERR_MEMORY, "a stepped map keeps its diagonals, and its cap is too small for them");
  return JFHE_OK;
}

/* Babies [from, to) into all giants' sums. */
static jfhe_status add_babies(jfi_linmap_run *x, size_t from, size_t to, jfi_scratch s) {
  sums_job t = {.x = x, .from = from, .to = to, .window = jfi_linmap_window(x->map)};
  t.F = jfi_set_or(x->h.S, x->h.ctx->chain.special);
  t.worker_words = aside_words(x->h.ctx, x->map, x->count);
  t.worker = jfi_scratch_take(&s, jfi_linmap_aside_bytes(x->h.ctx, x->map, x->count));
  if (s.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a linear map");
  jfi_parallel(x->h.ctx->pool, x->h.n_e, sums_limb, &t);
  return JFHE_OK;
}

/* Baby `baby` from the one before; places go round in the window. */
static jfhe_status walk(jfi_linmap_run *x, size_t baby, jfi_scratch s) {
  const size_t window = jfi_linmap_window(x->map), at = baby % window, before = (baby + window - 1) % window;
  jfi_turned t[JFI_MANY_MAX];
  const uint64_t *u1[JFI_MANY_MAX] = {0};
  for (size_t i = 0; i < x->count; i++) {
    const jfi_linmap_one *o = &x->of[i];
    t[i] = (jfi_turned){.r = {o->b0[at], o->b1[at]}, .add0 = o->b0[before]};
    u1[i] = o->b1[before];
  }
  return jfi_linmap_turn_sums(x, t, u1, x->baby[1], s);
}

static jfhe_status sum_giants(jfi_linmap_run *x, jfi_scratch s) {
  const size_t babies = x->map->n_babies, window = jfi_linmap_window(x->map);
  JFI_TRY(check_cache(x));
  if (!x->map->stride.walk) {
    JFI_TRY(jfi_linmap_hoist_babies(x, s));
    return add_babies(x, 0, babies, s);
  }
  jfi_linmap_lift(x, 0);
  for (size_t b = 0; b < babies; b++) {
    if (b) JFI_TRY(walk(x, b, s));
    if (b + 1 == babies || (b + 1) % window == 0) JFI_TRY(add_babies(x, b - b % window, b + 1, s));
  }
  return JFHE_OK;
}

/* Where the sum of a giant lies, or SIZE_MAX. */
static size_t giant_at(const jfhe_linmap *map, int32_t giant) {
  for (size_t i = 0; i < map->n_giants; i++)
    if (map->giant[i] == giant) return place_of(map, i);
  return SIZE_MAX;
}

/* Where a ciphertext's side is summed up, and what is added in the end. */
typedef struct side {
  uint64_t *r[2];
  const uint64_t *plus[2];
} side;

/* Of each ciphertext, r = the sums of one side, each turned as often as it is steps away; the last turn adds `plus`. */
static jfhe_status run_side(jfi_linmap_run *x, const side *to, int sign, jfi_scratch s) {
  const jfhe_linmap *map = x->map;
  const int32_t steps = jfi_linmap_steps(map, sign), width = sign * map->stride.width;
  const size_t far = giant_at(map, steps * width);
  jfi_turned t[JFI_MANY_MAX];
  const uint64_t *u1[JFI_MANY_MAX] = {0};
  for (int32_t g = steps - 1; g >= 0; g--) {
    const size_t at = giant_at(map, g * width);
    for (size_t i = 0; i < x->count; i++) {
      const jfi_linmap_one *o = &x->of[i];
      t[i] = (jfi_turned){.r = {to[i].r[0], to[i].r[1]}, .add0 = g == steps - 1 ? o->b0[far] : to[i].r[0]};
      u1[i] = g == steps - 1 ? o->b1[far] : to[i].r[1];
      for (int p = 0; p < 2; p++)
        t[i].plus[p] = g == 0 ? to[i].plus[p] : at == SIZE_MAX ? NULL : (p ? o->b1 : o->b0)[at];
    }
    JFI_TRY(jfi_linmap_turn_sums(x, t, u1, x->giant[sign < 0], s));
  }
  return JFHE_OK;
}

jfhe_status jfi_linmap_run_stepped(jfi_linmap_run *x, jfi_scratch s) {
  const size_t own = giant_at(x->map, 0);
  const int forth = jfi_linmap_steps(x->map, 1) > 0, back = jfi_linmap_steps(x->map, -1) > 0;
  side to[JFI_MANY_MAX];
  JFI_TRY(sum_giants(x, s));
  for (size_t i = 0; i < x->count; i++) {
    jfi_linmap_one *o = &x->of[i];
    uint64_t *zero[2] = {own == SIZE_MAX ? NULL : o->b0[own], own == SIZE_MAX ? NULL : o->b1[own]};
    to[i] = (side){.r = {o->acc0, o->acc1}, .plus = {zero[0], zero[1]}};
    if (forth || back) continue;
    o->acc0 = zero[0];
    o->acc1 = zero[1];
  }
  if (forth || back) JFI_TRY(run_side(x, to, forth ? 1 : -1, s));
  if (!forth || !back) return JFHE_OK;
  for (size_t i = 0; i < x->count; i++) {
    jfi_linmap_one *o = &x->of[i];
    to[i] = (side){.r = {o->u0, o->u1}, .plus = {o->acc0, o->acc1}};
    o->acc0 = o->u0;
    o->acc1 = o->u1;
  }
  return run_side(x, to, -1, s);
}
