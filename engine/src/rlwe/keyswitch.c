/* rlwe/keyswitch.c: hybrid key switching over any subset of primes. [HK20] [BMTPH21]
 *
 * ModUp, transform and inner product are fused by output limb: a chunk of limbs of every digit is converted, transformed and
 * multiplied into the accumulator while it is in cache; no extended digit is ever stored whole, except for hoisting. */
#include "rlwe/keyswitch.h"

#include <string.h>

#include "base/mem.h"
#include "base/status.h"

enum { CHUNK = 2 }; /* output limbs a task converts together; digits x CHUNK limbs must fit the second-level cache */

/* What decomposition needs to know, for one set S and one key shape. */
typedef struct shape {
  const jfhe_ctx *ctx;
  size_t n, n_s, n_e, n_digits;
  jfi_set S, E;                                /* E = S and the specials */
  jfi_set D[JFI_DIGITS_MAX];                   /* digit sets cut to S, nonempty */
  uint32_t key_digit[JFI_DIGITS_MAX];          /* which digit of the key */
  const jfi_conv_entry *entry[JFI_DIGITS_MAX]; /* D -> E \ D */
  uint32_t s_list[JFI_PRIMES_MAX], e_list[JFI_PRIMES_MAX];
} shape;

static jfhe_status make_shape(shape *h, const jfhe_ctx *ctx, jfi_set S, const jfhe_evk *key) {
  h->ctx = ctx;
  h->n = ctx->ring->n;
  h->S = S;
  h->E = jfi_set_or(S, key->p);
  h->n_s = jfi_set_list(S, h->s_list);
  h->n_e = jfi_set_list(h->E, h->e_list);
  h->n_digits = 0;
  if (key->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the switching key is of other parameters");
  if (!jfi_set_within(S, key->q))
    return jfi_fail(JFHE_ERR_KEY, "the switching key was made for level %u at most", key->level);
  for (uint32_t d = 0; d < key->n_digits; d++) {
    jfi_set D = jfi_set_and(key->digit[d], S);
    if (jfi_set_count(D) == 0) continue;
    h->D[h->n_digits] = D;
    h->key_digit[h->n_digits] = d;
    h->entry[h->n_digits] = jfi_ctx_conv(ctx, D, jfi_set_minus(h->E, D));
    if (!h->entry[h->n_digits]) return jfi_fail(JFHE_ERR_MEMORY, "no memory for conversion tables");
    h->n_digits++;
  }
  return JFHE_OK;
}

/* ---- decomposition: coefficients, digit constants, rounding words ---- */
typedef struct decomposition {
  const shape *h;
  const uint64_t *c; /* over S, evaluation form */
  uint64_t *y;       /* over S: digits in coefficient form */
  uint64_t *round;   /* n_digits x n */
} decomposition;

static size_t decomposition_words(size_t n_s, size_t n_digits, size_t n) { return (n_s + n_digits) * n; }

static void to_digit(void *arg, size_t task, size_t worker) {
  (void)worker;
  const decomposition *x = arg;
  const shape *h = x->h;
  const jfi_ring *ring = h->ctx->ring;
  size_t prime = h->s_list[task], d = 0;
  while (!jfi_set_has(h->D[d], prime)) d++;
  uint64_t *y = x->y + task * h->n;
  memcpy(y, x->c + task * h->n, h->n * sizeof *y);
  ring->k->ntt_inv(y, &ring->ntt[prime]);
  uint64_t w = h->entry[d]->conv->qhat_inv[jfi_set_rank(h->D[d], prime)];
  if (w != 1) ring->k->mul_const(y, y, w, h->n, &ring->mod[prime]);
}

static void digit_sources(const decomposition *x, size_t d, const uint64_t **y) {
  const shape *h = x->h;
  size_t k = 0;
  for (size_t i = jfi_set_next(h->D[d], 0); i < JFI_PRIMES_MAX; i = jfi_set_next(h->D[d], i + 1))
    y[k++] = x->y + jfi_set_rank(h->S, i) * h->n;
}

static void to_rounding(void *arg, size_t task, size_t worker) {
  (void)worker;
  const decomposition *x = arg;
  const uint64_t *y[JFI_PRIMES_MAX];
  digit_sources(x, task, y);
  jfi_conv_round(x->h->ctx->ring, x->h->entry[task]->conv, x->round + task * x->h->n, y);
}

static void start_decomposition(const decomposition *x) {
  jfi_parallel(x->h->ctx->pool, x->h->n_s, to_digit, (void *)(uintptr_t)x);
  jfi_parallel(x->h->ctx->pool, x->h->n_digits, to_rounding, (void *)(uintptr_t)x);
}

/* Digit d at limbs [first, first+count) of E, evaluation form: out[i] points at the input where the prime is the digit's own (its
 * residue is c itself), else at room[i], filled. */
static void extend_digit(const decomposition *x, size_t d, size_t first, size_t count, uint64_t *const *room,
                         const uint64_t **out) {
  const shape *h = x->h;
  const jfi_ring *ring = h->ctx->ring;
  const uint64_t *y[JFI_PRIMES_MAX];
  uint64_t *r[JFI_PRIMES_MAX];
  digit_sources(x, d, y);
  size_t made = 0, from = 0;
  for (size_t i = 0; i < count; i++) {
    size_t prime = h->e_list[first + i];
    if (jfi_set_has(h->D[d], prime)) {
      out[i] = x->c + jfi_set_rank(h->S, prime) * h->n;
    } else {
      if (made == 0) from = first + i - jfi_set_rank(h->D[d], prime);
      r[made++] = room[i];
      out[i] = room[i];
    }
  }
  if (made == 0) return;
  jfi_conv_apply(ring, h->entry[d]->conv, from, made, r, y, x->round + d * h->n);
  for (size_t i = 0; i < count; i++)
    if (out[i] == room[i]) ring->k->ntt_fwd(room[i], &ring->ntt[h->e_list[first + i]]);
}

/* ---- inner product ---- */
/* Where the limb of prime i of digit d lies in either half of the key. */
static size_t key_at(const jfhe_evk *key, uint32_t d, size_t prime, size_t n) {
  return ((size_t)d * key->n_limbs + jfi_set_rank(jfi_set_or(key->q, key->p), prime)) * n;
}

/* Words a worker needs to expand the public half: one piece of every digit, with the expander's scratch. */
static size_t expand_words(const jfhe_ctx *ctx, size_t n_digits) {
  size_t n = ctx->ring->n;
  return jfi_round64(n_digits * jfi_uniform_piece(n) * sizeof(uint64_t) + jfi_uniform_scratch(n)) / sizeof(uint64_t);
}

/* The public half of a seeded key is expanded piece by piece in the first-level cache: it costs AES rounds instead of memory traffic, and
 * those hide part of the traffic of the other half. */
static void dot_seeded(const shape *h, const jfhe_evk *key, size_t prime, const uint64_t *const *x,
                       const uint64_t *const *b, uint64_t *acc0, uint64_t *acc1, int accumulate, uint64_t *room) {
  const jfi_ring *ring = h->ctx->ring;
  size_t piece = jfi_uniform_piece(h->n);
  void *scratch = room + h->n_digits * piece;
  const uint64_t *xs[JFI_DIGITS_MAX], *bs[JFI_DIGITS_MAX], *as[JFI_DIGITS_MAX];
  for (size_t at = 0; at < h->n; at += piece) {
    for (size_t d = 0; d < h->n_digits; d++) {
      jfi_uniform_range(ring, room + d * piece, prime, &key->aes, (uint32_t)(JFI_DOMAIN_EVK + h->key_digit[d]), at,
                        piece, scratch);
      xs[d] = x[d] + at;
      bs[d] = b[d] + at;
      as[d] = room + d * piece;
    }
    ring->k->dot2(acc0 + at, acc1 + at, xs, bs, as, h->n_digits, accumulate, piece, &ring->mod[prime]);
  }
}

/* acc0, acc1 of prime = sum over digits of x[d] * (b_d, a_d). */
static void dot_limb(const shape *h, const jfhe_evk *key, size_t prime, const uint64_t *const *x, uint64_t *acc0,
                     uint64_t *acc1, int accumulate, uint64_t *room) {
  const uint64_t *b[JFI_DIGITS_MAX], *a[JFI_DIGITS_MAX];
  for (size_t d = 0; d < h->n_digits; d++) {
    size_t at = key_at(key, h->key_digit[d], prime, h->n);
    b[d] = key->b + at;
    a[d] = key->a ? key->a + at : NULL;
  }
  if (key->a)
    h->ctx->ring->k->dot2(acc0, acc1, x, b, a, h->n_digits, accumulate, h->n, &h->ctx->ring->mod[prime]);
  else
    dot_seeded(h, key, prime, x, b, acc0, acc1, accumulate, room);
}

/* ---- the fused switch ---- */
typedef struct switch_job {
  decomposition x;
  const jfhe_evk *key;
  uint64_t *acc0, *acc1; /* over E */
  uint64_t *worker;      /* per worker: CHUNK*n_digits limbs, then expansion room */
  size_t worker_words;
} switch_job;

static void switch_chunk(void *arg, size_t task, size_t worker) {
  const switch_job *j = arg;
  const shape *h = j->x.h;
  size_t first = task * CHUNK, count = h->n_e - first < CHUNK ? h->n_e - first : CHUNK;
  uint64_t *base = j->worker + worker * j->worker_words, *expand = base + CHUNK * h->n_digits * h->n;
  const uint64_t *x[CHUNK][JFI_DIGITS_MAX];
  for (size_t d = 0; d < h->n_digits; d++) {
    uint64_t *room[CHUNK];
    const uint64_t *out[CHUNK];
    for (size_t i = 0; i < CHUNK; i++) room[i] = base + (d * CHUNK + i) * h->n;
    extend_digit(&j->x, d, first, count, room, out);
    for (size_t i = 0; i < count; i++) x[i][d] = out[i];
  }
  for (size_t i = 0; i < count; i++) {
    size_t prime = h->e_list[first + i];
    uint64_t *acc0 = j->acc0 + (first + i) * h->n, *acc1 = j->acc1 + (first + i) * h->n;
    dot_limb(h, j->key, prime, x[i], acc0, acc1, 0, expand);
  }
}

size_t jfi_keyswitch_scratch(const jfhe_ctx *ctx, jfi_set S, jfi_set T, jfi_set P, uint32_t n_digits) {
  size_t n = ctx->ring->n, n_s = jfi_set_count(S), n_e = n_s + jfi_set_count(P), workers = jfi_pool_workers(ctx->pool);
  size_t accumulators = 2 * n_e * n;
  size_t fused = decomposition_words(n_s, n_digits, n) + workers * (CHUNK * n_digits * n + expand_words(ctx, n_digits));
  size_t divide = jfi_divide_scratch(ctx, jfi_set_or(S, P), T, 2);
  size_t most = fused * sizeof(uint64_t) > divide ? fused * sizeof(uint64_t) : divide;
  return accumulators * sizeof(uint64_t) + most + 8 * JFI_SCRATCH_SLACK;
}

jfhe_status jfi_keyswitch(const jfhe_ctx *ctx, uint64_t *r0, uint64_t *r1, jfi_set T, const uint64_t *c,
                          const uint64_t *add0, const uint64_t *add1, jfi_set S, const jfhe_evk *key, jfi_scratch *s) {
  if (!key) return jfi_fail(JFHE_ERR_KEY, "a switching key is missing");
  shape h;
  JFI_TRY(make_shape(&h, ctx, S, key));
  jfi_scratch at = *s;
  switch_job j = {.x = {.h = &h, .c = c}, .key = key};
  j.acc0 = jfi_scratch_take(&at, h.n_e * h.n * sizeof(uint64_t));
  j.acc1 = jfi_scratch_take(&at, h.n_e * h.n * sizeof(uint64_t));
  jfi_scratch rest = at; /* the division may use what the fused part used */
  j.worker_words = CHUNK * h.n_digits * h.n + expand_words(ctx, h.n_digits);
  j.x.y = jfi_scratch_take(&at, h.n_s * h.n * sizeof(uint64_t));
  j.x.round = jfi_scratch_take(&at, h.n_digits * h.n * sizeof(uint64_t));
  j.worker = jfi_scratch_take(&at, jfi_pool_workers(ctx->pool) * j.worker_words * sizeof(uint64_t));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a key switch");
  start_decomposition(&j.x);
  jfi_parallel(ctx->pool, (h.n_e + CHUNK - 1) / CHUNK, switch_chunk, &j);
  uint64_t *out[2] = {r0, r1};
  const uint64_t *in[2] = {j.acc0, j.acc1};
  const jfi_lifted add = {{add0, add1}, S, key->p};
  return jfi_divide_lifted(ctx, out, T, in, h.E, 2, &add, &rest);
}

/* ---- in parts, for hoisting ---- */
size_t jfi_decompose_words(const jfhe_ctx *ctx, jfi_set S, jfi_set P, uint32_t n_digits) {
  return (size_t)n_digits * (jfi_set_count(S) + jfi_set_count(P)) * ctx->ring->n;
}

size_t jfi_decompose_scratch(const jfhe_ctx *ctx, jfi_set S) {
  return decomposition_words(jfi_set_count(S), jfi_set_count(S), ctx->ring->n) * sizeof(uint64_t) +
         2 * JFI_SCRATCH_SLACK;
}

typedef struct hoist_job {
  decomposition x;
  uint64_t *digits;
} hoist_job;

static void hoist_chunk(void *arg, size_t task, size_t worker) {
  (void)worker;
  const hoist_job *j = arg;
  const shape *h = j->x.h;
  size_t chunks = (h->n_e + CHUNK - 1) / CHUNK, d = task / chunks, first = task % chunks * CHUNK;
  size_t count = h->n_e - first < CHUNK ? h->n_e - first : CHUNK;
  uint64_t *room[CHUNK] = {0};
  const uint64_t *out[CHUNK] = {0};
  for (size_t i = 0; i < count; i++) room[i] = j->digits + (d * h->n_e + first + i) * h->n;
  extend_digit(&j->x, d, first, count, room, out);
  for (size_t i = 0; i < count; i++)
    if (out[i] != room[i]) memcpy(room[i], out[i], h->n * sizeof(uint64_t));
}

jfhe_status jfi_decompose(const jfhe_ctx *ctx, uint64_t *digits, const uint64_t *c, jfi_set S, const jfhe_evk *key,
                          jfi_scratch *s) {
  if (!key) return jfi_fail(JFHE_ERR_KEY, "a switching key is missing");
  shape h;
  JFI_TRY(make_shape(&h, ctx, S, key));
  jfi_scratch at = *s;
  hoist_job j = {.x = {.h = &h, .c = c}, .digits = digits};
  j.x.y = jfi_scratch_take(&at, h.n_s * h.n * sizeof(uint64_t));
  j.x.round = jfi_scratch_take(&at, h.n_digits * h.n * sizeof(uint64_t));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a decomposition");
  start_decomposition(&j.x);
  jfi_parallel(ctx->pool, h.n_digits * ((h.n_e + CHUNK - 1) / CHUNK), hoist_chunk, &j);
  return JFHE_OK;
}

typedef struct inner_job {
  const shape *h;
  const jfhe_evk *key;
  const uint64_t *digits;
  uint64_t *acc0, *acc1, *worker;
  size_t worker_words;
  int accumulate;
} inner_job;

static void inner_limb(void *arg, size_t task, size_t worker) {
  const inner_job *j = arg;
  const shape *h = j->h;
  const uint64_t *x[JFI_DIGITS_MAX];
  for (size_t d = 0; d < h->n_digits; d++) x[d] = j->digits + (d * h->n_e + task) * h->n;
  dot_limb(h, j->key, h->e_list[task], x, j->acc0 + task * h->n, j->acc1 + task * h->n, j->accumulate,
           j->worker + worker * j->worker_words);
}

size_t jfi_inner_scratch(const jfhe_ctx *ctx, const jfhe_evk *key) {
  return jfi_pool_workers(ctx->pool) * expand_words(ctx, key->n_digits) * sizeof(uint64_t) + 2 * JFI_SCRATCH_SLACK;
}

jfhe_status jfi_inner(const jfhe_ctx *ctx, uint64_t *acc0, uint64_t *acc1, const uint64_t *digits, jfi_set S,
                      const jfhe_evk *key, int accumulate, jfi_scratch *s) {
  if (!key) return jfi_fail(JFHE_ERR_KEY, "a switching key is missing");
  shape h;
  JFI_TRY(make_shape(&h, ctx, S, key));
  jfi_scratch at = *s;
  inner_job j = {.h = &h, .key = key, .digits = digits, .acc0 = acc0, .acc1 = acc1, .accumulate = accumulate};
  j.worker_words = expand_words(ctx, h.n_digits);
  j.worker = jfi_scratch_take(&at, jfi_pool_workers(ctx->pool) * j.worker_words * sizeof(uint64_t));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for an inner product");
  jfi_parallel(ctx->pool, h.n_e, inner_limb, &j);
  return JFHE_OK;
}

typedef struct permute_job {
  const jfi_ring *ring;
  uint64_t *r;
  const uint64_t *x;
  const uint32_t *perm;
} permute_job;

static void permute_limb(void *arg, size_t task, size_t worker) {
  (void)worker;
  const permute_job *j = arg;
  j->ring->k->permute(j->r + task * j->ring->n, j->x + task * j->ring->n, j->perm, j->ring->n);
}

void jfi_permute_limbs(const jfhe_ctx *ctx, uint64_t *r, const uint64_t *x, size_t n_limbs, const uint32_t *perm) {
  permute_job j = {ctx->ring, r, x, perm};
  jfi_parallel(ctx->pool, n_limbs, permute_limb, &j);
}

typedef struct lift_job {
  const jfhe_ctx *ctx;
  uint64_t *acc;
  const uint64_t *x;
  jfi_set E, P;
  uint32_t prime[JFI_PRIMES_MAX];
} lift_job;

static void add_lifted_limb(void *arg, size_t task, size_t worker) {
  (void)worker;
  const lift_job *j = arg;
  const jfi_ring *ring = j->ctx->ring;
  size_t prime = j->prime[task];
  ring->k->mul_const_acc(j->acc + jfi_set_rank(j->E, prime) * ring->n, j->x + task * ring->n,
                         jfi_ctx_product_mod(j->ctx, j->P, prime), ring->n, &ring->mod[prime]);
}

void jfi_add_lifted(const jfhe_ctx *ctx, uint64_t *acc, const uint64_t *x, jfi_set S, jfi_set P) {
  lift_job j = {.ctx = ctx, .acc = acc, .x = x, .E = jfi_set_or(S, P), .P = P};
  size_t limbs = jfi_set_list(S, j.prime);
  jfi_parallel(ctx->pool, limbs, add_lifted_limb, &j);
}
