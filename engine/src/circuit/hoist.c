/* circuit/hoist.c: see hoist.h. */
#include "circuit/hoist.h"

#include <string.h>

#include "base/status.h"
#include "rlwe/digits.h"
#include "rlwe/keyring.h"
#include "rlwe/room.h"

/* The digits of two keys, cut to S, are the same. */
static int same_shape(const jfhe_evk *a, const jfhe_evk *b, jfi_set S) {
  if (!jfi_set_equal(a->p, b->p)) return 0;
  for (size_t i = jfi_set_next(S, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(S, i + 1)) {
    uint32_t d = 0, e = 0;
    while (d < a->n_digits && !jfi_set_has(a->digit[d], i)) d++;
    while (e < b->n_digits && !jfi_set_has(b->digit[e], i)) e++;
    if (d == a->n_digits || e == b->n_digits) return 0;
    if (!jfi_set_equal(jfi_set_and(a->digit[d], S), jfi_set_and(b->digit[e], S))) return 0;
  }
  return 1;
}

/* Light keys for these primes in their place, where all have one of the same shape. */
static void lighten(jfi_turn *turn, size_t count, jfi_set S, const jfhe_keyring *keys) {
  const jfhe_evk *shape = NULL;
  for (int take = 0; take < 2; take++)
    for (size_t i = 0; i < count; i++) {
      if (!turn[i].key) continue;
      const jfhe_evk *light = jfi_keyring_serving(keys, JFHE_EVK_GALOIS, turn[i].g, S);
      if (!shape) shape = light;
      if (!light || !same_shape(shape, light, S)) return;
      if (take) turn[i].key = light;
    }
}

jfhe_status jfi_turns_find(const jfhe_ctx *ctx, jfi_turn *turn, const jfhe_ct *a, const int32_t *k, size_t count,
                           const jfhe_keyring *keys) {
  const jfhe_evk *shape = NULL;
  for (size_t i = 0; i < count; i++) JFI_TRY(jfi_rotation_find(ctx, a, k[i], keys, &turn[i].g, &turn[i].key));
  lighten(turn, count, a->primes, keys);
  for (size_t i = 0; i < count; i++) {
    if (!turn[i].key) continue;
    if (!shape) shape = turn[i].key;
    if (!same_shape(shape, turn[i].key, a->primes))
      return jfi_fail(JFHE_ERR_KEY,
                      "the keys of rotations %d and another have different digits; derive or make both alike", k[i]);
  }
  return JFHE_OK;
}

/* One limb of each pair, and what expands the key. */
static size_t turn_words(const jfhe_ctx *ctx, size_t n_digits, size_t count) {
  return 2 * count * ctx->ring->n + jfi_digits_dot_words(ctx, n_digits);
}

/* Digits and expansions of the keys whose shape needs most: derived ones have fewer specials, hence more digits. */
size_t jfi_hoist_room(const jfhe_ctx *ctx, uint32_t level, size_t count) {
  jfi_set S = ctx->chain.level[level], P = ctx->chain.special;
  jfi_shape shape[JFI_SHAPES_MAX];
  size_t keep = 0, n_s = jfi_set_count(S);
  for (uint32_t i = jfi_galois_shapes(ctx, shape); i-- > 0;) {
    size_t digits = shape[i].n_digits < n_s ? shape[i].n_digits : n_s;
    size_t words = count * jfi_decompose_words(ctx, S, shape[i].p, (uint32_t)digits) +
                   jfi_pool_workers(ctx->pool) * turn_words(ctx, digits, count);
    if (words > keep) keep = words;
  }
  size_t steps = jfi_decompose_scratch(ctx, S), divide = jfi_divide_scratch(ctx, jfi_set_or(S, P), S, 2);
  steps = steps > divide ? steps : divide;
  return jfi_round64(ctx->ring->n * sizeof(uint32_t)) + keep * sizeof(uint64_t) + steps +
         (count + 1) * JFI_SCRATCH_SLACK;
}

void jfi_hoist_open(jfi_hoist *h, const jfhe_ctx *ctx, jfi_set S, const jfi_turn *turn, size_t count) {
  memset(h, 0, sizeof *h);
  h->ctx = ctx;
  h->S = S;
  for (size_t i = 0; i < count; i++) {
    if (!turn[i].key) continue;
    jfi_noise e;
    jfi_keyswitch_noise(ctx, S, turn[i].key, &e.worst, &e.sd);
    if (e.worst > h->noise.worst) h->noise.worst = e.worst;
    if (e.sd > h->noise.sd) h->noise.sd = e.sd;
    h->shape = turn[i].key;
  }
  if (h->shape) h->P = h->shape->p;
  h->E = jfi_set_or(S, h->P);
  h->n = ctx->ring->n;
  h->n_s = jfi_set_count(S);
  h->n_e = jfi_set_list(h->E, h->prime);
  for (uint32_t d = 0; h->shape && d < h->shape->n_digits; d++)
    h->n_digits += jfi_set_count(jfi_set_and(h->shape->digit[d], S)) > 0;
}

jfhe_status jfi_hoist_take(jfi_hoist *h, size_t count, jfi_scratch *s) {
  h->perm = jfi_scratch_take(s, h->n * sizeof(uint32_t));
  for (size_t i = 0; i < count; i++) h->digits[i] = jfi_scratch_take(s, h->n_digits * h->n_e * h->n * sizeof(uint64_t));
  h->worker_words = turn_words(h->ctx, h->n_digits, count);
  h->worker = jfi_scratch_take(s, jfi_pool_workers(h->ctx->pool) * h->worker_words * sizeof(uint64_t));
  return s->failed ? jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for these rotations") : JFHE_OK;
}

jfhe_status jfi_hoist_digits(jfi_hoist *h, size_t i, const uint64_t *c, jfi_scratch s) {
  return h->shape ? jfi_decompose(h->ctx, h->digits[i], c, h->S, h->shape, &s) : JFHE_OK;
}

typedef struct ext_job {
  const jfi_hoist *h;
  uint64_t *r;
  const uint64_t *x;
} ext_job;

static void lift_limb(void *arg, size_t j, size_t worker) {
  (void)worker;
  const ext_job *t = arg;
  const jfi_hoist *h = t->h;
  const jfi_ring *ring = h->ctx->ring;
  size_t prime = h->prime[j];
  uint64_t *r = t->r + j * h->n;
  if (!jfi_set_has(h->S, prime)) {
    memset(r, 0, h->n * sizeof *r);
    return;
  }
  uint64_t p = jfi_ctx_product_mod(h->ctx, h->P, prime);
  ring->k->mul_const(r, t->x + jfi_set_rank(h->S, prime) * h->n, p, h->n, &ring->mod[prime]);
}

void jfi_hoist_lift(const jfi_hoist *h, uint64_t *r, const uint64_t *x) {
  ext_job t = {h, r, x};
  jfi_parallel(h->ctx->pool, h->n_e, lift_limb, &t);
}

static void add_limb(void *arg, size_t j, size_t worker) {
  (void)worker;
  const ext_job *t = arg;
  const jfi_ring *ring = t->h->ctx->ring;
  uint64_t *r = t->r + j * t->h->n;
  ring->k->add(r, r, t->x + j * t->h->n, t->h->n, &ring->mod[t->h->prime[j]]);
}

void jfi_hoist_add(const jfi_hoist *h, uint64_t *r, const uint64_t *x) {
  ext_job t = {h, r, x};
  jfi_parallel(h->ctx->pool, h->n_e, add_limb, &t);
}

/* A turn goes limb by limb: a limb stays in the cache from the inner product to its place. */
typedef struct turn_job {
  const jfi_hoist *h;
  const jfi_shape_of *shape;
  const jfhe_evk *key;
  const jfi_turned *x;
  size_t count;
  int lift;
} turn_job;

static void add_first(const turn_job *t, const jfi_turned *x, uint64_t *sum, size_t j) {
  const jfi_hoist *h = t->h;
  const jfi_ring *ring = h->ctx->ring;
  size_t prime = h->prime[j];
  const jfi_mod *m = &ring->mod[prime];
  if (!t->lift)
    ring->k->add(sum, sum, x->add0 + j * h->n, h->n, m);
  else if (jfi_set_has(h->S, prime))
    ring->k->mul_const_acc(sum, x->add0 + jfi_set_rank(h->S, prime) * h->n, jfi_ctx_product_mod(h->ctx, h->P, prime),
                           h->n, m);
}

static void turn_limb(void *arg, size_t j, size_t worker) {
  const turn_job *t = arg;
  const jfi_hoist *h = t->h;
  const jfi_ring *ring = h->ctx->ring;
  uint64_t *sums = h->worker + worker * h->worker_words;
  jfi_dots dot[JFI_MANY_MAX];
  for (size_t i = 0; i < t->count; i++) {
    for (size_t d = 0; d < h->n_digits; d++) dot[i].x[d] = h->digits[i] + (d * h->n_e + j) * h->n;
    dot[i].acc0 = sums + 2 * i * h->n;
    dot[i].acc1 = dot[i].acc0 + h->n;
  }
  jfi_digits_dot(t->shape, t->key, h->prime[j], dot, t->count, 0, sums + 2 * t->count * h->n);
  for (size_t i = 0; i < t->count; i++) {
    const jfi_turned *x = &t->x[i];
    add_first(t, x, dot[i].acc0, j);
    for (size_t p = 0; p < 2; p++) {
      uint64_t *r = x->r[p] + j * h->n;
      ring->k->permute(r, p ? dot[i].acc1 : dot[i].acc0, h->perm, h->n);
      if (x->plus[p]) ring->k->add(r, r, x->plus[p] + j * h->n, h->n, &ring->mod[h->prime[j]]);
    }
  }
}

jfhe_status jfi_hoist_turn(jfi_hoist *h, const jfi_turned *x, size_t count, int lift, jfi_turn turn) {
  jfi_shape_of shape;
  JFI_TRY(jfi_shape_make(&shape, h->ctx, h->S, turn.key));
  turn_job t = {.h = h, .shape = &shape, .key = turn.key, .x = x, .count = count, .lift = lift};
  jfi_galois_perm(h->perm, h->ctx->ring->log_n, turn.g);
  jfi_parallel(h->ctx->pool, h->n_e, turn_limb, &t);
  return JFHE_OK;
}
