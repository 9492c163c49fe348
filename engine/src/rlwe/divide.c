/* rlwe/divide.c: division of residue polynomials by primes, with rounding: rescale, level drop, ModDown, all of them at once. [CHKKS18]
 *
 * out = round(x*A / D), D = product of the primes that leave, A = of those that come. Per polynomial: the leaving limbs go to
 * coefficients and to digits; their centred value r = x*A mod D is converted to each staying or coming prime, transformed back, and
 * (x*A - r)/D is exact. A coming limb of x*A is zero, so there only -r/D remains. */
#include "rlwe/divide.h"

#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "rlwe/keyswitch.h"

enum { CHUNK = 4 }; /* target limbs converted in one pass over the digits: reads them a fourth as often */

/* ---- the steps ---- */
jfhe_status jfi_quotient_init(jfi_quotient *q, const jfhe_ctx *ctx, jfi_set X, jfi_set T) {
  *q = (jfi_quotient){.ctx = ctx, .X = X, .T = T, .n = ctx->ring->n};
  q->in = jfi_set_minus(T, X);
  q->gone = jfi_set_minus(X, T);
  q->n_gone = jfi_set_list(q->gone, q->gone_list);
  q->n_target = jfi_set_list(T, q->target_list);
  if (q->n_gone && !(q->entry = jfi_ctx_conv(ctx, q->gone, T)))
    return jfi_fail(JFHE_ERR_MEMORY, "no memory for conversion tables");
  return JFHE_OK;
}

/* A single leaving prime needs no digit constant: the inverse of an empty product is 1. */
void jfi_quotient_digit(const jfi_quotient *q, size_t k, uint64_t *y, const uint64_t *x) {
  const jfi_ring *ring = q->ctx->ring;
  size_t prime = q->gone_list[k];
  uint64_t a = jfi_ctx_product_mod(q->ctx, q->in, prime);
  uint64_t w = jfi_mod_mul(a, q->entry->conv->qhat_inv[k], &ring->mod[prime]);
  ring->k->ntt_inv_scaled(y, x, w, jfi_ring_ntt(ring, prime));
}

static void digit_limbs(const jfi_quotient *q, const uint64_t *digits, const uint64_t **y) {
  for (size_t k = 0; k < q->n_gone; k++) y[k] = digits + k * q->n;
}

void jfi_quotient_round(const jfi_quotient *q, uint64_t *round, const uint64_t *digits) {
  const uint64_t *y[JFI_PRIMES_MAX];
  digit_limbs(q, digits, y);
  jfi_conv_round(q->ctx->ring, q->entry->conv, round, y);
}

void jfi_quotient_remainders(const jfi_quotient *q, size_t first, size_t count, uint64_t *const *r,
                             const uint64_t *digits, const uint64_t *round) {
  const jfi_ring *ring = q->ctx->ring;
  if (q->n_gone == 1) {
    uint64_t d = ring->mod[q->gone_list[0]].q;
    for (size_t t = 0; t < count; t++)
      ring->k->reduce_centred(r[t], digits, d, q->n, &ring->mod[q->target_list[first + t]]);
    return;
  }
  const uint64_t *y[JFI_PRIMES_MAX];
  digit_limbs(q, digits, y);
  jfi_conv_apply(ring, q->entry->conv, first, count, r, y, round);
}

/* (x*A - r)/D = (x - r/A)*(A/D); a coming prime divides A and has no x: -r*(1/D). */
jfi_last_step jfi_quotient_last(const jfi_quotient *q, size_t t, jfi_set P) {
  const jfi_ring *ring = q->ctx->ring;
  size_t prime = q->target_list[t];
  const jfi_mod *m = &ring->mod[prime];
  uint64_t a = jfi_set_has(q->X, prime) ? jfi_ctx_product_mod(q->ctx, q->in, prime) : 1;
  uint64_t w = jfi_mod_mul(a, q->entry->from_inv[t], m);
  uint64_t w_add = jfi_mod_mul(w, jfi_ctx_product_mod(q->ctx, P, prime), m);
  return (jfi_last_step){ring->k, m, w, w_add, a == 1 ? 1 : jfi_mod_inv(a, m)};
}

void jfi_last_step_run(const jfi_last_step *l, uint64_t *out, const uint64_t *x, uint64_t *r, const uint64_t *add,
                       size_t count) {
  if (l->w_r != 1) l->k->mul_const(r, r, l->w_r, count, l->m);
  if (!x)
    l->k->mul_const(out, r, jfi_mod_neg(l->w, l->m->q), count, l->m);
  else if (!add)
    l->k->sub_mul_const(out, x, r, l->w, count, l->m);
  else
    l->k->sub_mul_const_add(out, x, r, l->w, add, l->w_add, count, l->m);
}

/* ---- the whole ---- */
typedef struct divide_job {
  jfi_quotient q;
  uint64_t *const *out;
  const uint64_t *const *x;
  size_t count;
  uint64_t *digits; /* count x n_gone limbs */
  uint64_t *round;  /* count x n words */
  uint64_t *chunk;  /* workers x CHUNK limbs */
} divide_job;

static uint64_t *digits_of(const divide_job *j, size_t poly) { return j->digits + poly * j->q.n_gone * j->q.n; }

static void to_digits(void *arg, size_t task, size_t worker) {
  (void)worker;
  const divide_job *j = arg;
  const jfi_quotient *q = &j->q;
  size_t i = task / q->n_gone, k = task % q->n_gone;
  jfi_quotient_digit(q, k, digits_of(j, i) + k * q->n, j->x[i] + jfi_set_rank(q->X, q->gone_list[k]) * q->n);
}

static void to_round(void *arg, size_t task, size_t worker) {
  (void)worker;
  const divide_job *j = arg;
  jfi_quotient_round(&j->q, j->round + task * j->q.n, digits_of(j, task));
}

static void to_targets(void *arg, size_t task, size_t worker) {
  const divide_job *j = arg;
  const jfi_quotient *q = &j->q;
  const jfi_ring *ring = q->ctx->ring;
  size_t chunks = (q->n_target + CHUNK - 1) / CHUNK;
  size_t i = task / chunks, first = task % chunks * CHUNK;
  size_t count = q->n_target - first < CHUNK ? q->n_target - first : CHUNK;
  uint64_t *r[CHUNK] = {0};
  for (size_t t = 0; t < count; t++) r[t] = j->chunk + (worker * CHUNK + t) * q->n;
  jfi_quotient_remainders(q, first, count, r, digits_of(j, i), j->round + i * q->n);
  for (size_t t = 0; t < count; t++) {
    size_t prime = q->target_list[first + t];
    const uint64_t *x = jfi_set_has(q->X, prime) ? j->x[i] + jfi_set_rank(q->X, prime) * q->n : NULL;
    ring->k->ntt_fwd(r[t], jfi_ring_ntt(ring, prime));
    const jfi_last_step last = jfi_quotient_last(q, first + t, q->in);
    jfi_last_step_run(&last, j->out[i] + (first + t) * q->n, x, r[t], NULL, q->n);
  }
}

/* Nothing leaves: multiply by A, coming limbs are zero. Descending, so that out may equal x. */
static void only_multiply(const divide_job *j) {
  const jfi_quotient *q = &j->q;
  const jfi_ring *ring = q->ctx->ring;
  for (size_t i = 0; i < j->count; i++)
    for (size_t t = q->n_target; t-- > 0;) {
      size_t prime = q->target_list[t];
      uint64_t *out = j->out[i] + t * q->n;
      if (!jfi_set_has(q->X, prime)) {
        memset(out, 0, q->n * sizeof *out);
        continue;
      }
      const uint64_t *x = j->x[i] + jfi_set_rank(q->X, prime) * q->n;
      uint64_t a = jfi_ctx_product_mod(q->ctx, q->in, prime);
      if (a != 1)
        ring->k->mul_const(out, x, a, q->n, &ring->mod[prime]);
      else if (out != x)
        memmove(out, x, q->n * sizeof *out);
    }
}

size_t jfi_divide_scratch(const jfhe_ctx *ctx, jfi_set X, jfi_set T, size_t count) {
  size_t gone = jfi_set_count(jfi_set_minus(X, T)), n = ctx->ring->n;
  return (count * gone + count + jfi_pool_workers(ctx->pool) * CHUNK) * n * sizeof(uint64_t) + 4 * JFI_SCRATCH_SLACK;
}

jfhe_status jfi_divide(const jfhe_ctx *ctx, uint64_t *const *out, jfi_set T, const uint64_t *const *x, jfi_set X,
                       size_t count, jfi_scratch *s) {
  divide_job j = {.out = out, .x = x, .count = count};
  JFI_TRY(jfi_quotient_init(&j.q, ctx, X, T));
  size_t n = j.q.n, gone = j.q.n_gone;
  if (gone == 0) {
    only_multiply(&j);
    return JFHE_OK;
  }
  jfi_scratch at = *s;
  j.digits = jfi_scratch_take(&at, count * gone * n * sizeof(uint64_t));
  j.round = jfi_scratch_take(&at, count * n * sizeof(uint64_t));
  j.chunk = jfi_scratch_take(&at, jfi_pool_workers(ctx->pool) * CHUNK * n * sizeof(uint64_t));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a division");
  jfi_parallel(ctx->pool, count * gone, to_digits, &j);
  if (gone > 1) jfi_parallel(ctx->pool, count, to_round, &j);
  jfi_parallel(ctx->pool, count * ((j.q.n_target + CHUNK - 1) / CHUNK), to_targets, &j);
  return JFHE_OK;
}
