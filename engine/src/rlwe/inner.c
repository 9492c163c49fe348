/* rlwe/inner.c: key switching in parts, for those who keep the digits of one polynomial for many keys: see keyswitch.h. */
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "rlwe/digits.h"
#include "rlwe/keyswitch.h"

enum { CHUNK = 6 }; /* limbs converted in one pass over a digit */

size_t jfi_decompose_words(const jfhe_ctx *ctx, jfi_set S, jfi_set P, uint32_t n_digits) {
  return (size_t)n_digits * (jfi_set_count(S) + jfi_set_count(P)) * ctx->ring->n;
}

size_t jfi_decompose_scratch(const jfhe_ctx *ctx, jfi_set S) {
  return jfi_digits_words(jfi_set_count(S), jfi_set_count(S), ctx->ring->n) * sizeof(uint64_t) + 2 * JFI_SCRATCH_SLACK;
}

typedef struct hoist_job {
  jfi_digits x;
  uint64_t *digits;
} hoist_job;

static void hoist_chunk(void *arg, size_t task, size_t worker) {
  (void)worker;
  const hoist_job *j = arg;
  const jfi_shape_of *h = j->x.h;
  size_t chunks = (h->n_e + CHUNK - 1) / CHUNK, d = task / chunks, first = task % chunks * CHUNK;
  size_t count = h->n_e - first < CHUNK ? h->n_e - first : CHUNK;
  uint64_t *room[CHUNK] = {0};
  const uint64_t *out[CHUNK] = {0};
  for (size_t i = 0; i < count; i++) room[i] = j->digits + (d * h->n_e + first + i) * h->n;
  jfi_digits_extend(&j->x, d, h->e_list + first, count, room, out);
  for (size_t i = 0; i < count; i++)
    if (out[i] != room[i]) memcpy(room[i], out[i], h->n * sizeof(uint64_t));
}

jfhe_status jfi_decompose(const jfhe_ctx *ctx, uint64_t *digits, const uint64_t *c, jfi_set S, const jfhe_evk *key,
                          jfi_scratch *s) {
  jfi_shape_of h;
  JFI_TRY(jfi_shape_make(&h, ctx, S, key));
  jfi_scratch at = *s;
  hoist_job j = {.x = {.h = &h, .x = c}, .digits = digits};
  j.x.y = jfi_scratch_take(&at, h.n_s * h.n * sizeof(uint64_t));
  j.x.round = jfi_scratch_take(&at, h.n_digits * h.n * sizeof(uint64_t));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a decomposition");
  jfi_digits_start(&j.x);
  jfi_parallel(ctx->pool, h.n_digits * ((h.n_e + CHUNK - 1) / CHUNK), hoist_chunk, &j);
  return JFHE_OK;
}

typedef struct inner_job {
  const jfi_shape_of *h;
  const jfhe_evk *key;
  const uint64_t *digits;
  uint64_t *acc0, *acc1, *worker;
  size_t worker_words;
  int accumulate;
} inner_job;

static void inner_limb(void *arg, size_t task, size_t worker) {
  const inner_job *j = arg;
  const jfi_shape_of *h = j->h;
  jfi_dots dot = {.acc0 = j->acc0 + task * h->n, .acc1 = j->acc1 + task * h->n};
  for (size_t d = 0; d < h->n_digits; d++) dot.x[d] = j->digits + (d * h->n_e + task) * h->n;
  jfi_digits_dot(h, j->key, h->e_list[task], &dot, 1, j->accumulate, j->worker + worker * j->worker_words);
}

size_t jfi_inner_scratch(const jfhe_ctx *ctx, const jfhe_evk *key) {
  return jfi_pool_workers(ctx->pool) * jfi_digits_dot_words(ctx, key->n_digits) * sizeof(uint64_t) +
         2 * JFI_SCRATCH_SLACK;
}

jfhe_status jfi_inner(const jfhe_ctx *ctx, uint64_t *acc0, uint64_t *acc1, const uint64_t *digits, jfi_set S,
                      const jfhe_evk *key, int accumulate, jfi_scratch *s) {
  jfi_shape_of h;
  JFI_TRY(jfi_shape_make(&h, ctx, S, key));
  jfi_scratch at = *s;
  inner_job j = {.h = &h, .key = key, .digits = digits, .acc0 = acc0, .acc1 = acc1, .accumulate = accumulate};
  j.worker_words = jfi_digits_dot_words(ctx, h.n_digits);
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
