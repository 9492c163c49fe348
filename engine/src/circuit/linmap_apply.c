/* circuit/linmap_apply.c: double hoisting, for one ciphertext or several in step. [BMTPH21]
 *
 * Baby rotations of a stay over E = S and P, times P. A giant step sums plaintexts times babies there, divides its second polynomial alone
 * by P, switches it and adds; the first polynomial and the sum of all giants wait for the one division at the end, by P and the
 * level's step together. */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "circuit/linmap_run.h"
#include "ckks/encode.h"
#include "ckks/round.h"

enum { SCALES_KEPT = 8 }; /* levels and scales a map caches; others stream */

static size_t words(const jfi_linmap_run *x) { return x->h.n_e * x->h.n; }

/* Pairs over E for babies and sums of giants. A stepped map that sees all babies at once puts the sums in their place. */
static size_t places_of(const jfhe_linmap *map) {
  size_t window = jfi_linmap_window(map);
  if (!map->stride.width) return map->n_babies;
  if (window < map->n_babies) return window + map->n_giants;
  return map->n_giants > window ? map->n_giants : window;
}

size_t jfi_linmap_scratch_many(const jfhe_ctx *ctx, const jfhe_linmap *map, uint32_t level, size_t count) {
  size_t n = ctx->ring->n, s = jfi_set_count(ctx->chain.level[level]), e = s + jfi_set_count(ctx->chain.special);
  size_t turns = (map->n_babies + map->n_giants) * (sizeof(jfi_turn) + sizeof(int32_t)) +
                 2 * count * places_of(map) * sizeof(uint64_t *);
  size_t pairs = count * (2 * places_of(map) + 4) * e + e + s;
  if (map->stride.width) turns += jfi_linmap_aside_bytes(ctx, map, count);
  size_t divide =
      jfi_divide_scratch(ctx, jfi_set_or(ctx->chain.level[level], ctx->chain.special), ctx->chain.level[level - 1], 2);
  return turns + pairs * n * sizeof(uint64_t) + jfi_hoist_room(ctx, level, count) + jfi_linmap_encode_bytes(map) +
         divide + (count * (2 * places_of(map) + 6) + 24) * JFI_SCRATCH_SLACK;
}

size_t jfi_linmap_scratch(const jfhe_ctx *ctx, const jfhe_linmap *map, uint32_t level) {
  return jfi_linmap_scratch_many(ctx, map, level, 1);
}

/* ---- one giant's sum of products ---- */
typedef struct dot_job {
  const jfi_linmap_run *x;
  size_t first, count;                     /* diagonals, at most JFI_LINMAP_BATCH */
  const uint64_t *plain[JFI_LINMAP_BATCH]; /* over F, or null: constant */
  uint32_t shift[JFI_LINMAP_BATCH];        /* of plain */
  double k[JFI_LINMAP_BATCH];
  jfi_set F;
  uint64_t *r0, *r1;
  int accumulate;
} dot_job;

/* The products of one limb, evaluations of diagonals spread as far as they are kept thin. */
typedef struct products {
  const uint64_t *p[JFI_LINMAP_BATCH], *k0[JFI_LINMAP_BATCH], *k1[JFI_LINMAP_BATCH];
  uint32_t shift[JFI_LINMAP_BATCH], thin;
  size_t terms;
} products;

static void multiply(const products *s, uint64_t *r0, uint64_t *r1, int accumulate, const jfi_ring *ring,
                     const jfi_mod *m) {
  uint64_t room[JFI_LINMAP_BATCH][JFI_LINMAP_PIECE];
  const uint64_t *p[JFI_LINMAP_BATCH], *k0[JFI_LINMAP_BATCH], *k1[JFI_LINMAP_BATCH];
  if (!s->thin || ring->n < JFI_LINMAP_PIECE) {
    ring->k->dot2(r0, r1, s->p, s->k0, s->k1, s->terms, accumulate, ring->n, m);
    return;
  }
  for (size_t at = 0; at < ring->n; at += JFI_LINMAP_PIECE) {
    for (size_t i = 0; i < s->terms; i++) {
      p[i] = s->shift[i] ? room[i] : s->p[i] + at;
      if (s->shift[i]) jfi_linmap_spread(room[i], s->p[i], at, s->shift[i], JFI_LINMAP_PIECE);
      k0[i] = s->k0[i] + at;
      k1[i] = s->k1[i] + at;
    }
    ring->k->dot2(r0 + at, r1 + at, p, k0, k1, s->terms, accumulate, JFI_LINMAP_PIECE, m);
  }
}

static void dot_limb(void *arg, size_t j, size_t worker) {
  (void)worker;
  const dot_job *t = arg;
  const jfi_linmap_run *x = t->x;
  const jfi_ring *ring = x->h.ctx->ring;
  size_t n = ring->n, prime = x->h.prime[j];
  const jfi_mod *m = &ring->mod[prime];
  products s = {.thin = 0};
  uint64_t *r0 = t->r0 + j * n, *r1 = t->r1 + j * n;
  for (size_t i = 0; i < t->count; i++) {
    if (!t->plain[i]) continue;
    size_t b = x->map->diag[t->first + i].baby_at;
    s.shift[s.terms] = t->shift[i];
    s.thin |= t->shift[i];
    s.p[s.terms] = t->plain[i] + jfi_set_rank(t->F, prime) * (n >> t->shift[i]);
    s.k0[s.terms] = x->of->b0[b] + j * n;
    s.k1[s.terms++] = x->of->b1[b] + j * n;
  }
  int acc = t->accumulate;
  if (s.terms) multiply(&s, r0, r1, acc, ring, m);
  acc |= s.terms > 0;
  for (size_t i = 0; i < t->count; i++) {
    if (t->plain[i]) continue;
    size_t b = x->map->diag[t->first + i].baby_at;
    uint64_t w = jfi_mod_double_var(t->k[i], m);
    if (acc) {
      ring->k->mul_const_acc(r0, x->of->b0[b] + j * n, w, n, m);
      ring->k->mul_const_acc(r1, x->of->b1[b] + j * n, w, n, m);
    } else {
      ring->k->mul_const(r0, x->of->b0[b] + j * n, w, n, m);
      ring->k->mul_const(r1, x->of->b1[b] + j * n, w, n, m);
    }
    acc = 1;
  }
}

/* Diagonals [first, last) into (r0, r1). Cached ones and constants in batches; one that must be encoded ends its batch. */
static jfhe_status sum_giant(const jfi_linmap_run *x, uint64_t *r0, uint64_t *r1, size_t first, size_t last, int add,
                             jfi_scratch s) {
  dot_job t = {.x = x, .F = jfi_set_or(x->h.S, x->h.ctx->chain.special), .r0 = r0, .r1 = r1, .accumulate = add};
  for (size_t i = first; i < last;) {
    t.first = i;
    t.count = 0;
    for (int streamed = 0; i < last && t.count < JFI_LINMAP_BATCH && !streamed; i++, t.count++) {
      const jfi_diag *d = &x->map->diag[i];
      t.plain[t.count] = x->cache ? x->cache->data[i] : NULL;
      t.shift[t.count] = jfi_linmap_shift(x->map, d);
      t.k[t.count] = jfi_round_double(d->value * x->scale);
      if (d->constant || t.plain[t.count]) continue;
      JFI_TRY(jfi_linmap_encode(x->map, x->plain, i, t.F, x->scale, s));
      t.plain[t.count] = x->plain;
      t.shift[t.count] = 0;
      streamed = 1;
    }
    jfi_parallel(x->h.ctx->pool, x->h.n_e, dot_limb, &t);
    t.accumulate = 1;
  }
  return JFHE_OK;
}

/* ---- steps ---- */
jfhe_status jfi_linmap_turn_sums(jfi_linmap_run *x, const jfi_turned *t, const uint64_t *const *u1, jfi_turn turn,
                                 jfi_scratch s) {
  uint64_t *c[1] = {x->c};
  for (size_t i = 0; i < x->count; i++) {
    JFI_TRY(jfi_divide(x->h.ctx, c, x->h.S, &u1[i], x->h.E, 1, &s));
    JFI_TRY(jfi_hoist_digits(&x->h, i, x->c, s));
  }
  return jfi_hoist_turn(&x->h, t, x->count, 0, turn);
}

void jfi_linmap_lift(jfi_linmap_run *x, size_t baby) {
  for (size_t i = 0; i < x->count; i++) {
    jfi_hoist_lift(&x->h, x->of[i].b0[baby], jfi_ct_poly(x->of[i].in, 0));
    jfi_hoist_lift(&x->h, x->of[i].b1[baby], jfi_ct_poly(x->of[i].in, 1));
  }
}

jfhe_status jfi_linmap_hoist_babies(jfi_linmap_run *x, jfi_scratch s) {
  jfi_turned t[JFI_MANY_MAX];
  for (size_t i = 0; i < x->count; i++) JFI_TRY(jfi_hoist_digits(&x->h, i, jfi_ct_poly(x->of[i].in, 1), s));
  for (size_t b = 0; b < x->map->n_babies; b++) {
    for (size_t i = 0; i < x->count; i++)
      t[i] = (jfi_turned){.r = {x->of[i].b0[b], x->of[i].b1[b]}, .add0 = jfi_ct_poly(x->of[i].in, 0)};
    if (x->baby[b].key)
      JFI_TRY(jfi_hoist_turn(&x->h, t, x->count, 1, x->baby[b]));
    else
      jfi_linmap_lift(x, b);
  }
  return JFHE_OK;
}

static jfhe_status add_giant(jfi_linmap_run *x, size_t first, size_t last, int empty, jfi_scratch s) {
  jfi_linmap_one *o = &x->of[0];
  const jfi_turn *turn = &x->giant[x->map->diag[first].giant_at];
  uint64_t *to0 = empty ? o->acc0 : o->u0, *to1 = empty ? o->acc1 : o->u1;
  if (!turn->key) {
    JFI_TRY(sum_giant(x, to0, to1, first, last, 0, s));
  } else {
    const jfi_turned t = {.r = {to0, to1}, .add0 = o->u0};
    const uint64_t *const u1[1] = {o->u1};
    JFI_TRY(sum_giant(x, o->u0, o->u1, first, last, 0, s));
    JFI_TRY(jfi_linmap_turn_sums(x, &t, u1, *turn, s));
  }
  if (empty) return JFHE_OK;
  jfi_hoist_add(&x->h, o->acc0, o->u0);
  jfi_hoist_add(&x->h, o->acc1, o->u1);
  return JFHE_OK;
}

static jfhe_status run(jfi_linmap_run *x, jfi_scratch s) {
  if (x->map->stride.width) return jfi_linmap_run_stepped(x, s);
  JFI_TRY(jfi_linmap_hoist_babies(x, s));
  for (size_t first = 0, last; first < x->map->count; first = last) {
    last = first + 1;
    while (last < x->map->count && x->map->diag[last].giant_at == x->map->diag[first].giant_at) last++;
    JFI_TRY(add_giant(x, first, last, first == 0, s));
  }
  return JFHE_OK;
}

static void take_one(const jfi_linmap_run *x, jfi_linmap_one *o, jfi_scratch *s) {
  size_t pair = words(x) * sizeof(uint64_t), places = places_of(x->map);
  o->b0 = jfi_scratch_take(s, places * sizeof *o->b0);
  o->b1 = jfi_scratch_take(s, places * sizeof *o->b1);
  for (size_t b = 0; b < places && !s->failed; b++) {
    o->b0[b] = jfi_scratch_take(s, pair);
    o->b1[b] = jfi_scratch_take(s, pair);
  }
  o->u0 = jfi_scratch_take(s, pair);
  o->u1 = jfi_scratch_take(s, pair);
  o->acc0 = jfi_scratch_take(s, pair);
  o->acc1 = jfi_scratch_take(s, pair);
}

static jfhe_status take_room(jfi_linmap_run *x, jfi_scratch *s) {
  for (size_t i = 0; i < x->count; i++) take_one(x, &x->of[i], s);
  x->c = jfi_scratch_take(s, x->h.n_s * x->h.n * sizeof(uint64_t));
  x->plain = jfi_scratch_take(s, (x->h.n_s + jfi_set_count(x->h.ctx->chain.special)) * x->h.n * sizeof(uint64_t));
  return s->failed ? jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a linear map") : JFHE_OK;
}

static jfhe_status find_turns(jfi_linmap_run *x, const jfhe_ct *a, const jfhe_keyring *keys, jfi_scratch *s) {
  size_t babies = jfi_linmap_baby_turns(x->map), giants = x->map->stride.width ? 2 : x->map->n_giants;
  jfi_turn *turn = jfi_scratch_take(s, (babies + giants) * sizeof *turn);
  int32_t *k = jfi_scratch_take(s, (babies + giants) * sizeof *k);
  if (s->failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a linear map");
  memcpy(k, x->map->baby, babies * sizeof *k);
  for (size_t i = 0; x->map->stride.width && i < 2; i++) {
    int sign = i ? -1 : 1;
    k[babies + i] = jfi_linmap_steps(x->map, sign) ? sign * x->map->stride.width : 0;
  }
  if (!x->map->stride.width) memcpy(k + babies, x->map->giant, giants * sizeof *k);
  JFI_TRY(jfi_turns_find(x->h.ctx, turn, a, k, babies + giants, keys));
  x->baby = turn;
  x->giant = turn + babies;
  jfi_hoist_open(&x->h, x->h.ctx, a->primes, turn, babies + giants);
  return JFHE_OK;
}

/* Odd scales would each leave a set of plaintexts behind: only the first few are kept. */
static jfhe_status find_cache(jfi_linmap_run *x, uint32_t level) {
  size_t kept = 0;
  for (const jfi_linmap_cache *c = x->map->cache; c; c = c->next, kept++)
    if (c->level == level && c->scale == x->scale) x->cache = c;
  if (x->cache || kept >= SCALES_KEPT || x->map->cap == 0) return JFHE_OK;
  jfi_linmap_cache *made;
  JFI_TRY(jfi_linmap_cache_get(x->map, &made, level, x->scale));
  x->cache = made;
  return JFHE_OK;
}

static jfhe_status check(const jfi_linmap_run *x, const jfhe_ct *a) {
  const jfhe_ctx *ctx = x->h.ctx;
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_ct_in_slots(a, "a linear map"));
  JFI_TRY(jfi_ct_on_chain(ctx, a, 1));
  if (a->degree != 1) return jfi_fail(JFHE_ERR_FORM, "a linear map needs degree 1: relinearise first");
  if (a->log_slots != x->map->log_slots)
    return jfi_fail(JFHE_ERR_FORM, "the map is for 2^%u slots, the ciphertext has 2^%u", x->map->log_slots,
                    a->log_slots);
  return JFHE_OK;
}

/* What a map does to all of them alike: keys, plaintexts, primes. */
static int alike(const jfhe_ct *a, const jfhe_ct *b) {
  return a->level == b->level && a->scale == b->scale && jfi_set_equal(a->primes, b->primes) &&
         memcmp(a->key_id, b->key_id, JFHE_ID_BYTES) == 0;
}

/* Ciphertexts that are alike, all shadows or none. */
static jfhe_status apply_alike(jfi_linmap_run *x, jfhe_ct *const *out, const jfhe_ct *const *a,
                               const jfhe_keyring *keys, jfi_scratch at) {
  const jfhe_ctx *ctx = x->h.ctx;
  jfi_meta m[JFI_MANY_MAX];
  x->scale = jfi_linmap_scale(ctx, a[0]->level, a[0]->scale);
  JFI_TRY(find_turns(x, a[0], keys, &at));
  for (size_t i = 0; i < x->count; i++) {
    JFI_TRY(jfi_linmap_plan_result(x, &m[i], a[i]));
    JFI_TRY(jfi_ct_room(ctx, out[i], &m[i]));
  }
  if (!jfi_ct_is_shadow(out[0])) {
    JFI_TRY(jfi_hoist_take(&x->h, x->count, &at));
    JFI_TRY(take_room(x, &at));
    JFI_TRY(find_cache(x, a[0]->level));
    JFI_TRY(run(x, at));
  }
  for (size_t i = 0; i < x->count; i++) {
    if (!jfi_ct_is_shadow(out[i])) {
      uint64_t *r[2] = {jfi_ct_poly(out[i], 0), jfi_ct_poly(out[i], 1)};
      const uint64_t *in[2] = {x->of[i].acc0, x->of[i].acc1};
      JFI_TRY(jfi_divide(ctx, r, m[i].primes, in, x->h.E, 2, &at));
    }
    jfi_ct_settle(ctx, out[i], &m[i]);
  }
  return JFHE_OK;
}

jfhe_status jfi_linmap_apply_many(const jfhe_ctx *ctx, jfhe_ct *const *out, const jfhe_ct *const *a, size_t count,
                                  jfhe_linmap *map, const jfhe_keyring *keys, jfi_scratch *s) {
  jfi_linmap_one of[JFI_MANY_MAX] = {{0}};
  jfi_linmap_run x = {.map = map, .count = count, .of = of};
  if (count == 0 || count > JFI_MANY_MAX)
    return jfi_fail(JFHE_ERR_ARG, "%zu ciphertexts at once, not 1 to %d", count, JFI_MANY_MAX);
  x.h.ctx = ctx;
  for (size_t i = 0; i < count; i++) {
    JFI_TRY(check(&x, a[i]));
    if (!alike(a[i], a[0]) || jfi_ct_is_shadow(out[i]) != jfi_ct_is_shadow(out[0]))
      return jfi_fail(JFHE_ERR_LEVEL, "ciphertexts of different levels, scales or keys do not share a linear map");
    of[i].in = a[i];
  }
  if (map->stride.width) return apply_alike(&x, out, a, keys, *s);
  for (x.count = 1; x.of < of + count; x.of++, out++, a++) JFI_TRY(apply_alike(&x, out, a, keys, *s));
  return JFHE_OK;
}

jfhe_status jfi_linmap_apply(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, jfhe_linmap *map,
                             const jfhe_keyring *keys, jfi_scratch *s) {
  return jfi_linmap_apply_many(ctx, &out, &a, 1, map, keys, s);
}
