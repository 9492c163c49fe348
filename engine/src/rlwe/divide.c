/* rlwe/divide.c: division of residue polynomials by primes, with rounding: rescale, level drop, ModDown, all of them at once. [CHKKS18]
 *
 * out = round(x*A / D), D = product of the primes that leave, A = of those that come. Per polynomial: the leaving limbs go to
 * coefficients and to digits; their centred value r = x*A mod D is converted to each staying or coming prime, transformed back, and
 * (x*A - r)/D is exact. A coming limb of x*A is zero, so there only -r/D remains. */
#include "base/mem.h"
#include "base/status.h"
#include "rlwe/keyswitch.h"

#include <string.h>

enum { CHUNK = 4 }; /* target limbs converted in one pass over the digits: reads them a fourth as often */

typedef struct divide_job {
  const jfhe_ctx *ctx;
  const jfi_conv_entry *entry;
  uint64_t *const *out;
  const uint64_t *const *x;
  const jfi_lifted *add;  /* null, or what else is divided */
  jfi_set X, T, in, gone; /* in = T \ X, gone = X \ T */
  size_t n, n_gone, n_target, count;
  uint32_t gone_list[JFI_PRIMES_MAX], target_list[JFI_PRIMES_MAX];
  uint64_t *digits; /* count x n_gone limbs */
  uint64_t *round;  /* count x n words */
  uint64_t *chunk;  /* workers x CHUNK limbs */
} divide_job;

static uint64_t *digit_limb(const divide_job *j, size_t poly, size_t k) {
  return j->digits + (poly * j->n_gone + k) * j->n;
}

/* Leaving limb k of polynomial i: to coefficients, times A/(D/d_k) mod d_k. A single leaving prime needs no digit constant. */
static void to_digits(void *arg, size_t task, size_t worker) {
  (void)worker;
  const divide_job *j = arg;
  const jfi_ring *ring = j->ctx->ring;
  size_t i = task / j->n_gone, k = task % j->n_gone, prime = j->gone_list[k];
  const jfi_mod *m = &ring->mod[prime];
  uint64_t *y = digit_limb(j, i, k);
  memcpy(y, j->x[i] + jfi_set_rank(j->X, prime) * j->n, j->n * sizeof *y);
  if (j->add && j->add->x[i] && jfi_set_has(j->add->S, prime))
    ring->k->mul_const_acc(y, j->add->x[i] + jfi_set_rank(j->add->S, prime) * j->n,
                           jfi_ctx_product_mod(j->ctx, j->add->P, prime), j->n, m);
  ring->k->ntt_inv(y, &ring->ntt[prime]);
  uint64_t a = jfi_ctx_product_mod(j->ctx, j->in, prime);
  uint64_t w = jfi_mod_mul(a, j->entry->conv->qhat_inv[k], m);
  if (w != 1) ring->k->mul_const(y, y, w, j->n, m);
}

static void to_round(void *arg, size_t task, size_t worker) {
  (void)worker;
  const divide_job *j = arg;
  const uint64_t *y[JFI_PRIMES_MAX];
  for (size_t k = 0; k < j->n_gone; k++) y[k] = digit_limb(j, task, k);
  jfi_conv_round(j->ctx->ring, j->entry->conv, j->round + task * j->n, y);
}

/* Remainders for targets [first, first+count) of polynomial i into r[]. */
static void remainders(const divide_job *j, size_t i, size_t first, size_t count, uint64_t *const *r) {
  const jfi_ring *ring = j->ctx->ring;
  if (j->n_gone == 1) {
    uint64_t d = ring->mod[j->gone_list[0]].q;
    for (size_t t = 0; t < count; t++)
      ring->k->reduce_centred(r[t], digit_limb(j, i, 0), d, j->n, &ring->mod[j->target_list[first + t]]);
    return;
  }
  const uint64_t *y[JFI_PRIMES_MAX];
  for (size_t k = 0; k < j->n_gone; k++) y[k] = digit_limb(j, i, k);
  jfi_conv_apply(ring, j->entry->conv, first, count, r, y, j->round + i * j->n);
}

/* out = (x*A - r)/D at target t, r in evaluation form; with an addend, + P*add*A/D. */
static void finish_limb(const divide_job *j, size_t i, size_t t, uint64_t *r) {
  const jfi_ring *ring = j->ctx->ring;
  size_t prime = j->target_list[t];
  const jfi_mod *m = &ring->mod[prime];
  uint64_t *out = j->out[i] + t * j->n;
  uint64_t w = j->entry->from_inv[t];
  if (!jfi_set_has(j->X, prime)) {
    ring->k->mul_const(out, r, jfi_mod_neg(w, m->q), j->n, m);
    return;
  }
  const uint64_t *x = j->x[i] + jfi_set_rank(j->X, prime) * j->n;
  uint64_t a = jfi_ctx_product_mod(j->ctx, j->in, prime);
  if (a != 1) { /* (x*A - r)/D = (x - r/A)*(A/D) */
    ring->k->mul_const(r, r, jfi_mod_inv(a, m), j->n, m);
    w = jfi_mod_mul(a, w, m);
  }
  if (!j->add || !j->add->x[i] || !jfi_set_has(j->add->S, prime)) {
    ring->k->sub_mul_const(out, x, r, w, j->n, m);
    return;
  }
  uint64_t wc = jfi_mod_mul(w, jfi_ctx_product_mod(j->ctx, j->add->P, prime), m);
  ring->k->sub_mul_const_add(out, x, r, w, j->add->x[i] + jfi_set_rank(j->add->S, prime) * j->n, wc, j->n, m);
}

static void to_targets(void *arg, size_t task, size_t worker) {
  const divide_job *j = arg;
  const jfi_ring *ring = j->ctx->ring;
  size_t chunks = (j->n_target + CHUNK - 1) / CHUNK;
  size_t i = task / chunks, first = task % chunks * CHUNK;
  size_t count = j->n_target - first < CHUNK ? j->n_target - first : CHUNK;
  uint64_t *r[CHUNK] = {0};
  for (size_t t = 0; t < count; t++) r[t] = j->chunk + (worker * CHUNK + t) * j->n;
  remainders(j, i, first, count, r);
  for (size_t t = 0; t < count; t++) {
    ring->k->ntt_fwd(r[t], &ring->ntt[j->target_list[first + t]]);
    finish_limb(j, i, first + t, r[t]);
  }
}

/* Nothing leaves: multiply by A, coming limbs are zero. Descending, so that out may equal x. */
static void only_multiply(const divide_job *j) {
  const jfi_ring *ring = j->ctx->ring;
  for (size_t i = 0; i < j->count; i++)
    for (size_t t = j->n_target; t-- > 0;) {
      size_t prime = j->target_list[t];
      uint64_t *out = j->out[i] + t * j->n;
      if (!jfi_set_has(j->X, prime)) {
        memset(out, 0, j->n * sizeof *out);
        continue;
      }
      const uint64_t *x = j->x[i] + jfi_set_rank(j->X, prime) * j->n;
      uint64_t a = jfi_ctx_product_mod(j->ctx, j->in, prime);
      if (a != 1)
        ring->k->mul_const(out, x, a, j->n, &ring->mod[prime]);
      else if (out != x)
        memmove(out, x, j->n * sizeof *out);
    }
}

size_t jfi_divide_scratch(const jfhe_ctx *ctx, jfi_set X, jfi_set T, size_t count) {
  size_t gone = jfi_set_count(jfi_set_minus(X, T)), n = ctx->ring->n;
  return (count * gone + count + jfi_pool_workers(ctx->pool) * CHUNK) * n * sizeof(uint64_t) + 4 * JFI_SCRATCH_SLACK;
}

jfhe_status jfi_divide(const jfhe_ctx *ctx, uint64_t *const *out, jfi_set T, const uint64_t *const *x, jfi_set X,
                       size_t count, jfi_scratch *s) {
  return jfi_divide_lifted(ctx, out, T, x, X, count, NULL, s);
}

jfhe_status jfi_divide_lifted(const jfhe_ctx *ctx, uint64_t *const *out, jfi_set T, const uint64_t *const *x, jfi_set X,
                              size_t count, const jfi_lifted *add, jfi_scratch *s) {
  divide_job j = {.ctx = ctx, .out = out, .x = x, .X = X, .T = T, .n = ctx->ring->n, .count = count, .add = add};
  j.in = jfi_set_minus(T, X);
  j.gone = jfi_set_minus(X, T);
  j.n_gone = jfi_set_list(j.gone, j.gone_list);
  j.n_target = jfi_set_list(T, j.target_list);
  if (j.n_gone == 0) {
    if (add) return jfi_fail(JFHE_ERR_ARG, "a lifted addend needs specials to divide by");
    only_multiply(&j);
    return JFHE_OK;
  }
  jfi_scratch at = *s;
  j.digits = jfi_scratch_take(&at, count * j.n_gone * j.n * sizeof(uint64_t));
  j.round = jfi_scratch_take(&at, count * j.n * sizeof(uint64_t));
  j.chunk = jfi_scratch_take(&at, jfi_pool_workers(ctx->pool) * CHUNK * j.n * sizeof(uint64_t));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a division");
  j.entry = jfi_ctx_conv(ctx, j.gone, T);
  if (!j.entry) return jfi_fail(JFHE_ERR_MEMORY, "no memory for conversion tables");
  jfi_parallel(ctx->pool, count * j.n_gone, to_digits, &j);
  if (j.n_gone > 1) jfi_parallel(ctx->pool, count, to_round, &j);
  jfi_parallel(ctx->pool, count * ((j.n_target + CHUNK - 1) / CHUNK), to_targets, &j);
  return JFHE_OK;
}
