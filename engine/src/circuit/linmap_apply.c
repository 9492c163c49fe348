/* circuit/linmap_apply.c: double hoisting. [BMTPH21]
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

/* Pairs over E for babies, and for the sums that take their place in a stepped map. */
static size_t places_of(const jfhe_linmap *map) {
  return map->stride.width && map->n_giants > map->n_babies ? map->n_giants : map->n_babies;
}

size_t jfi_linmap_scratch(const jfhe_ctx *ctx, const jfhe_linmap *map, uint32_t level) {
  size_t n = ctx->ring->n, s = jfi_set_count(ctx->chain.level[level]), e = s + jfi_set_count(ctx->chain.special);
  size_t turns = (map->n_babies + map->n_giants) * (sizeof(jfi_turn) + 2 * sizeof(uint64_t *));
  size_t pairs = (2 * places_of(map) + 4 + 1) * e + s;
  if (map->stride.width) turns += jfi_linmap_aside_bytes(ctx, map);
  size_t divide =
      jfi_divide_scratch(ctx, jfi_set_or(ctx->chain.level[level], ctx->chain.special), ctx->chain.level[level - 1], 2);
  return turns + pairs * n * sizeof(uint64_t) + jfi_hoist_room(ctx, level) + jfi_linmap_encode_bytes(map) + divide +
         (2 * places_of(map) + 24) * JFI_SCRATCH_SLACK;
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
    s.k0[s.terms] = x->b0[b] + j * n;
    s.k1[s.terms++] = x->b1[b] + j * n;
  }
  int acc = t->accumulate;
  if (s.terms) multiply(&s, r0, r1, acc, ring, m);
  acc |= s.terms > 0;
  for (size_t i = 0; i < t->count; i++) {
    if (t->plain[i]) continue;
    size_t b = x->map->diag[t->first + i].baby_at;
    uint64_t w = jfi_mod_double_var(t->k[i], m);
    if (acc) {
      ring->k->mul_const_acc(r0, x->b0[b] + j * n, w, n, m);
      ring->k->mul_const_acc(r1, x->b1[b] + j * n, w, n, m);
    } else {
      ring->k->mul_const(r0, x->b0[b] + j * n, w, n, m);
      ring->k->mul_const(r1, x->b1[b] + j * n, w, n, m);
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
jfhe_status jfi_linmap_turn_sum(jfi_linmap_run *x, uint64_t *r0, uint64_t *r1, const uint64_t *u0, const uint64_t *u1,
                                jfi_turn turn, const uint64_t *const *plus, jfi_scratch s) {
  uint64_t *c[1] = {x->c};
  const uint64_t *in[1] = {u1};
  JFI_TRY(jfi_divide(x->h.ctx, c, x->h.S, in, x->h.E, 1, &s));
  JFI_TRY(jfi_hoist_digits(&x->h, x->c, s));
  return jfi_hoist_turn(&x->h, r0, r1, u0, 0, turn, plus);
}

/* Each baby from the one before, over E. */
static jfhe_status walk_babies(jfi_linmap_run *x, const jfhe_ct *a, jfi_scratch s) {
  jfi_hoist_lift(&x->h, x->b0[0], jfi_ct_poly(a, 0));
  jfi_hoist_lift(&x->h, x->b1[0], jfi_ct_poly(a, 1));
  for (size_t i = 1; i < x->map->n_babies; i++)
    JFI_TRY(jfi_linmap_turn_sum(x, x->b0[i], x->b1[i], x->b0[i - 1], x->b1[i - 1], x->baby[1], NULL, s));
  return JFHE_OK;
}

static jfhe_status make_babies(jfi_linmap_run *x, const jfhe_ct *a, jfi_scratch s) {
  if (x->map->stride.walk) return walk_babies(x, a, s);
  JFI_TRY(jfi_hoist_digits(&x->h, jfi_ct_poly(a, 1), s));
  for (size_t i = 0; i < x->map->n_babies; i++) {
    if (x->baby[i].key) {
      JFI_TRY(jfi_hoist_turn(&x->h, x->b0[i], x->b1[i], jfi_ct_poly(a, 0), 1, x->baby[i], NULL));
    } else {
      jfi_hoist_lift(&x->h, x->b0[i], jfi_ct_poly(a, 0));
      jfi_hoist_lift(&x->h, x->b1[i], jfi_ct_poly(a, 1));
    }
  }
  return JFHE_OK;
}

static jfhe_status add_giant(jfi_linmap_run *x, size_t first, size_t last, int empty, jfi_scratch s) {
  const jfi_turn *turn = &x->giant[x->map->diag[first].giant_at];
  uint64_t *to0 = empty ? x->acc0 : x->u0, *to1 = empty ? x->acc1 : x->u1;
  if (!turn->key) {
    JFI_TRY(sum_giant(x, to0, to1, first, last, 0, s));
  } else {
    JFI_TRY(sum_giant(x, x->u0, x->u1, first, last, 0, s));
    JFI_TRY(jfi_linmap_turn_sum(x, to0, to1, x->u0, x->u1, *turn, NULL, s));
  }
  if (empty) return JFHE_OK;
  jfi_hoist_add(&x->h, x->acc0, x->u0);
  jfi_hoist_add(&x->h, x->acc1, x->u1);
  return JFHE_OK;
}

static jfhe_status run(jfi_linmap_run *x, const jfhe_ct *a, jfi_scratch s) {
  JFI_TRY(make_babies(x, a, s));
  if (x->map->stride.width) return jfi_linmap_run_stepped(x, s);
  for (size_t first = 0, last; first < x->map->count; first = last) {
    last = first + 1;
    while (last < x->map->count && x->map->diag[last].giant_at == x->map->diag[first].giant_at) last++;
    JFI_TRY(add_giant(x, first, last, first == 0, s));
  }
  return JFHE_OK;
}

/* ---- bounds. docs/SOUNDNESS.md, "Linear maps" ---- */
/* Noise of a baby at scale 1. Hoisted ones have one key switch each; the farthest that is walked to has all those on the way, independent of
 * each other: their proxies add. */
static jfi_noise baby_noise(const jfi_linmap_run *x) {
  int keyed = 0;
  for (size_t i = 0; i < jfi_linmap_baby_turns(x->map); i++) keyed |= x->baby[i].key != NULL;
  double root = !keyed ? 0 : x->map->stride.walk ? sqrt((double)(x->map->n_babies - 1)) : 1;
  return (jfi_noise){x->h.noise.worst * root, x->h.noise.sd * root};
}

static jfi_bound bound(const jfi_linmap_run *x, const jfhe_ct *a, double scale_out) {
  const jfhe_linmap *map = x->map;
  jfi_noise baby = baby_noise(x);
  double giants = 0;
  for (size_t i = 0; !map->stride.width && i < map->n_giants; i++) giants += x->giant[i].key != NULL;
  if (map->stride.width) giants = jfi_linmap_steps(map, 1) + jfi_linmap_steps(map, -1);
  jfi_bound b = a->bound;
  if (baby.worst > 0) b = jfi_bound_noise(&b, (jfi_noise){baby.worst / a->scale, baby.sd / a->scale});
  double seen = b.mag + b.worst; /* what a plaintext's error meets */
  double spread = jfi_spread(x->h.ctx->ring->log_n, JFHE_PACK_COMPLEX, map->log_slots);
  jfi_bound r = {jfi_up(b.mag * map->norm), jfi_up(b.worst * map->norm), jfi_up(b.sd * map->norm2)};
  double worst = 0, var = 0;
  for (size_t t = 0; t < map->count; t++) {
    const jfi_diag *d = &map->diag[t];
    jfi_noise e = jfi_encode_noise(x->h.ctx->ring->log_n, JFHE_PACK_COMPLEX, map->log_slots, x->scale, d->mag);
    if (d->constant) {
      e.worst = fabs(jfi_round_double(d->value * x->scale) / x->scale - d->value) + d->mag * 0x1p-50;
      e.sd = e.worst * spread;
    }
    worst += e.worst;
    var += e.sd * e.sd;
  }
  r = jfi_bound_noise(&r, (jfi_noise){jfi_up(worst * seen), jfi_up(sqrt(var) * seen)});
  double product = a->scale * x->scale;
  r = jfi_bound_noise(
      &r, (jfi_noise){jfi_up(giants * x->h.noise.worst / product), jfi_up(sqrt(giants) * x->h.noise.sd / product)});
  jfi_noise n;
  jfi_divide_noise(x->h.ctx, &n.worst, &n.sd);
  r = jfi_bound_noise(&r, (jfi_noise){n.worst / scale_out, n.sd / scale_out});
  return jfi_bound_drift(&r, spread);
}

/* The same by the maker's claim. What babies add meets the rows' entries at slots of its own: it adds in squares (norm2). */
static jfi_bound claimed(const jfi_linmap_run *x, const jfhe_ct *a, double scale_out) {
  const jfi_linmap_claim *c = &x->map->claim;
  double giants = jfi_linmap_steps(x->map, 1) + jfi_linmap_steps(x->map, -1), product = a->scale * x->scale;
  jfi_bound r = {jfi_up(a->bound.mag * c->norm), jfi_up(a->bound.worst * c->norm), jfi_up(a->bound.sd * c->sd_norm)};
  jfi_noise n, b = baby_noise(x);
  jfi_divide_noise(x->h.ctx, &n.worst, &n.sd);
  double baby = b.sd / a->scale * x->map->norm2, giant = x->h.noise.sd / product, last = n.sd / scale_out;
  double worst = b.worst / a->scale * x->map->norm2 + giants * x->h.noise.worst / product + n.worst / scale_out;
  double sd = sqrt(baby * baby + giants * giant * giant + last * last) * c->sd_factor;
  r = jfi_bound_noise(&r, (jfi_noise){jfi_up(worst), jfi_up(sd)});
  r = jfi_bound_noise(&r, (jfi_noise){c->encode_worst, c->encode_sd});
  return jfi_bound_drift(&r, 1); /* deviations of a claim are those after the mean: bootstrap_run.c */
}

static jfhe_status plan(const jfi_linmap_run *x, jfi_meta *m, const jfhe_ct *a) {
  const jfhe_ctx *ctx = x->h.ctx;
  *m = jfi_meta_of(a);
  m->level = a->level - 1;
  m->primes = ctx->chain.level[m->level];
  m->scale = ctx->chain.scale[m->level];
  if (!x->map->real) m->packing = JFHE_PACK_COMPLEX;
  if (x->h.shape) m->key_id = x->h.shape->to_id;
  if (x->map->claim.norm > 0) {
    m->bound = claimed(x, a, m->scale);
    return JFHE_OK;
  }
  m->bound = bound(x, a, m->scale);
  JFI_TRY(jfi_bound_fits(ctx, &m->bound, a->scale * x->scale, x->h.S, "a linear map before rescaling"));
  return jfi_bound_fits(ctx, &m->bound, m->scale, m->primes, "a linear map");
}

static jfhe_status take_room(jfi_linmap_run *x, jfi_scratch *s) {
  size_t pair = words(x) * sizeof(uint64_t), places = places_of(x->map);
  x->b0 = jfi_scratch_take(s, places * sizeof *x->b0);
  x->b1 = jfi_scratch_take(s, places * sizeof *x->b1);
  if (s->failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a linear map");
  for (size_t i = 0; i < places; i++) {
    x->b0[i] = jfi_scratch_take(s, pair);
    x->b1[i] = jfi_scratch_take(s, pair);
  }
  x->u0 = jfi_scratch_take(s, pair);
  x->u1 = jfi_scratch_take(s, pair);
  x->acc0 = jfi_scratch_take(s, pair);
  x->acc1 = jfi_scratch_take(s, pair);
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

jfhe_status jfi_linmap_apply(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, jfhe_linmap *map,
                             const jfhe_keyring *keys, jfi_scratch *s) {
  jfi_meta m;
  jfi_linmap_run x = {.map = map};
  jfi_scratch at = *s;
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_ct_in_slots(a, "a linear map"));
  JFI_TRY(jfi_ct_on_chain(ctx, a, 1));
  if (a->degree != 1) return jfi_fail(JFHE_ERR_FORM, "a linear map needs degree 1: relinearise first");
  if (a->log_slots != map->log_slots)
    return jfi_fail(JFHE_ERR_FORM, "the map is for 2^%u slots, the ciphertext has 2^%u", map->log_slots, a->log_slots);
  x.h.ctx = ctx;
  x.scale = jfi_linmap_scale(ctx, a->level, a->scale);
  JFI_TRY(find_turns(&x, a, keys, &at));
  JFI_TRY(plan(&x, &m, a));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  JFI_TRY(jfi_hoist_take(&x.h, &at));
  JFI_TRY(take_room(&x, &at));
  JFI_TRY(find_cache(&x, a->level));
  JFI_TRY(run(&x, a, at));
  uint64_t *r[2] = {jfi_ct_poly(out, 0), jfi_ct_poly(out, 1)};
  const uint64_t *in[2] = {x.acc0, x.acc1};
  JFI_TRY(jfi_divide(ctx, r, m.primes, in, x.h.E, 2, &at));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}
