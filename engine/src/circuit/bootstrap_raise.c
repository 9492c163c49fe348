/* circuit/bootstrap_raise.c: a ciphertext of level 0 at the top, through the sparse secret. [BTPH22]
 *
 * Over q0 alone the sparse secret is safe. The residues of c0 + c1 s' modulo q0, taken as integers, are the phase q0 t: valid modulo any Q.
 * c1 is small beside P, so one digit switches it back: the key has a digit of all primes, and its noise is q0/P of an ordinary one. */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "circuit/bootstrap.h"
#include "rlwe/noise.h"

enum { CHUNK = 6 }; /* limbs converted in one pass over level 0's */

typedef struct raising {
  const jfhe_ctx *ctx;
  const jfi_conv_entry *entry; /* level 0 -> the others of E */
  jfi_set Q0, S, E, rest;
  size_t n, n_rest;
  uint32_t from[JFI_PRIMES_MAX], rest_list[JFI_PRIMES_MAX];
  uint64_t *digit, *round; /* of both polynomials: n_from limbs each; n words each */
  uint64_t *c[2];          /* both over E, evaluation form */
} raising;

static void start(void *arg, size_t task, size_t worker) {
  (void)worker;
  const raising *r = arg;
  size_t n_from = jfi_set_count(r->Q0), poly = task / n_from, j = task % n_from, prime = r->from[j];
  uint64_t *x = r->c[poly] + jfi_set_rank(r->E, prime) * r->n;
  r->ctx->ring->k->ntt_inv_scaled(r->digit + task * r->n, x, r->entry->conv->qhat_inv[j],
                                  jfi_ring_ntt(r->ctx->ring, prime));
}

static void round_poly(void *arg, size_t poly, size_t worker) {
  (void)worker;
  const raising *r = arg;
  const uint64_t *y[JFI_PRIMES_MAX];
  size_t n_from = jfi_set_count(r->Q0);
  for (size_t j = 0; j < n_from; j++) y[j] = r->digit + (poly * n_from + j) * r->n;
  jfi_conv_round(r->ctx->ring, r->entry->conv, r->round + poly * r->n, y);
}

static void extend(void *arg, size_t task, size_t worker) {
  (void)worker;
  const raising *r = arg;
  size_t chunks = (r->n_rest + CHUNK - 1) / CHUNK, n_from = jfi_set_count(r->Q0), poly = task / chunks;
  size_t first = task % chunks * CHUNK, count = r->n_rest - first < CHUNK ? r->n_rest - first : CHUNK;
  const uint64_t *y[JFI_PRIMES_MAX];
  uint64_t *out[CHUNK] = {0};
  for (size_t j = 0; j < n_from; j++) y[j] = r->digit + (poly * n_from + j) * r->n;
  for (size_t i = 0; i < count; i++) out[i] = r->c[poly] + jfi_set_rank(r->E, r->rest_list[first + i]) * r->n;
  jfi_conv_apply(r->ctx->ring, r->entry->conv, first, count, out, y, r->round + poly * r->n);
  for (size_t i = 0; i < count; i++)
    r->ctx->ring->k->ntt_fwd(out[i], jfi_ring_ntt(r->ctx->ring, r->rest_list[first + i]));
}

static size_t limbs_bytes(const jfhe_ctx *ctx, size_t limbs) { return limbs * ctx->ring->n * sizeof(uint64_t); }

size_t jfi_raise_scratch(const jfhe_ctx *ctx) {
  jfi_set Q0 = ctx->chain.level[0], S = ctx->chain.level[ctx->chain.top], E = jfi_set_or(S, ctx->chain.special);
  size_t e = jfi_set_count(E), from = jfi_set_count(Q0);
  jfhe_evk shape = {.n_digits = 1};
  size_t down = jfi_keyswitch_scratch(ctx, Q0, Q0, ctx->chain.special, 1);
  size_t inner = jfi_inner_scratch(ctx, &shape), divide = jfi_divide_scratch(ctx, E, S, 2), step = down;
  if (inner > step) step = inner;
  if (divide > step) step = divide;
  return limbs_bytes(ctx, 4 * e + 4 * from + 2) + step + 12 * JFI_SCRATCH_SLACK;
}

static jfhe_status check(const jfhe_ctx *ctx, const jfhe_ct *a, const jfhe_evk *down, const jfhe_evk *up) {
  JFI_TRY(jfi_evk_serves(ctx, down, a->key_id, ctx->chain.level[0], "the switch to the sparse secret"));
  if (!up || up->ctx != ctx || memcmp(up->from_id, down->to_id, JFHE_ID_BYTES) != 0)
    return jfi_fail(JFHE_ERR_KEY, "no key back from the sparse secret that the other key leads to");
  jfi_set S = ctx->chain.level[ctx->chain.top];
  if (!jfi_set_within(S, up->q) || up->n_digits != 1 || !jfi_set_equal(up->p, ctx->chain.special))
    return jfi_fail(JFHE_ERR_KEY, "the key back from the sparse secret serves level %u at most", up->level);
  return JFHE_OK;
}

/* c[0], c[1]: limbs of level 0 to all of E. */
static jfhe_status lift_residues(raising *r) {
  size_t n_from = jfi_set_list(r->Q0, r->from);
  r->rest = jfi_set_minus(r->E, r->Q0);
  r->n_rest = jfi_set_list(r->rest, r->rest_list);
  r->entry = jfi_ctx_conv(r->ctx, r->Q0, r->rest);
  if (!r->entry) return jfi_fail(JFHE_ERR_MEMORY, "no memory for conversion tables");
  jfi_parallel(r->ctx->pool, 2 * n_from, start, r);
  jfi_parallel(r->ctx->pool, 2, round_poly, r);
  jfi_parallel(r->ctx->pool, 2 * ((r->n_rest + CHUNK - 1) / CHUNK), extend, r);
  return JFHE_OK;
}

jfhe_status jfi_raise(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_evk *down, const jfhe_evk *up,
                      jfi_scratch *s) {
  raising r = {.ctx = ctx, .Q0 = ctx->chain.level[0], .S = ctx->chain.level[ctx->chain.top], .n = ctx->ring->n};
  r.E = jfi_set_or(r.S, ctx->chain.special);
  size_t e = jfi_set_count(r.E), n_from = jfi_set_count(r.Q0);
  jfi_scratch at = *s;
  JFI_TRY(check(ctx, a, down, up));
  jfi_meta m = jfi_meta_of(a);
  m.level = ctx->chain.top;
  m.primes = r.S;
  m.key_id = up->to_id;
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  for (size_t p = 0; p < 2; p++) r.c[p] = jfi_scratch_take(&at, limbs_bytes(ctx, e));
  uint64_t *sum[2] = {jfi_scratch_take(&at, limbs_bytes(ctx, e)), jfi_scratch_take(&at, limbs_bytes(ctx, e))};
  uint64_t *low[2] = {jfi_scratch_take(&at, limbs_bytes(ctx, n_from)), jfi_scratch_take(&at, limbs_bytes(ctx, n_from))};
  r.digit = jfi_scratch_take(&at, limbs_bytes(ctx, 2 * n_from));
  r.round = jfi_scratch_take(&at, limbs_bytes(ctx, 2));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a bootstrap");
  JFI_TRY(jfi_keyswitch(ctx, low[0], low[1], r.Q0, jfi_ct_poly(a, 1), jfi_ct_poly(a, 0), NULL, r.Q0, down, &at));
  for (size_t p = 0; p < 2; p++)
    for (size_t j = 0, i = jfi_set_next(r.Q0, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(r.Q0, i + 1), j++)
      memcpy(r.c[p] + jfi_set_rank(r.E, i) * r.n, low[p] + j * r.n, limbs_bytes(ctx, 1));
  JFI_TRY(lift_residues(&r));
  JFI_TRY(jfi_inner(ctx, sum[0], sum[1], r.c[1], r.S, up, 0, &at));
  /* specials come last, so the limbs of c0 over S are the first of those over E */
  jfi_add_lifted(ctx, sum[0], r.c[0], r.S, ctx->chain.special);
  uint64_t *to[2] = {jfi_ct_poly(out, 0), jfi_ct_poly(out, 1)};
  const uint64_t *in[2] = {sum[0], sum[1]};
  JFI_TRY(jfi_divide(ctx, to, r.S, in, r.E, 2, &at));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

/* sqrt(2 v ln2 (130 + log2 N)): what no coefficient of sub-Gaussian proxy v exceeds, but for 2^-129. */
static double coefficient_tail(const jfhe_ctx *ctx, double v) { return jfi_tail(ctx, v) / sqrt((double)ctx->ring->n); }

/* One rounding r0 + r1 s: sum of 1 + |s|^2 uniform numbers. One switch: sum_i x_i e_(k-i), |e|^2 <= 10.5 N + 441 sqrt(65 ln2 N) but for
 * 2^-130 [Hoe63], x uniform modulo q0. */
static const double LN2 = 0.6931471805599453; /* magic: LN2 = log(2) */

jfi_noise jfi_raise_noise(const jfhe_ctx *ctx, const jfhe_evk *down, const jfhe_evk *up) {
  double n = (double)ctx->ring->n, e2 = JFI_PROXY_NOISE * n + 441 * sqrt(65 * LN2 * n);
  double q0 = jfi_ctx_product(ctx, ctx->chain.level[0]);
  double d = q0 / jfi_ctx_product(ctx, down->p), u = q0 / jfi_ctx_product(ctx, up->p);
  jfi_noise r = {0, 0};
  r.worst = coefficient_tail(ctx, e2 * d * d / 12) + coefficient_tail(ctx, (1.0 + JFI_SPARSE_WEIGHT) / 12);
  r.worst += coefficient_tail(ctx, e2 * u * u / 12) + coefficient_tail(ctx, (1 + n) / 12);
  r.sd = sqrt(JFI_PROXY_NOISE * n * (d * d + u * u) / 12 + (2.0 + JFI_SPARSE_WEIGHT + n * 2 / 3) / 12);
  r.worst *= 1 + 0x1p-30;
  return r;
}
