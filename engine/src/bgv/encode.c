/* bgv/encode.c: see encode.h. Exact: the interpolation modulo t, and residues of centred coefficients. Time depends on counts alone, but
 * for factors, which are public: of these the size of the polynomial is measured. */
#include "bgv/encode.h"

#include <math.h>
#include <string.h>

#include "base/status.h"

size_t jfi_bgv_encode_bytes(const jfhe_bgv *b) { return 2 * jfi_bgv_coeffs_bytes(b) + JFI_SCRATCH_SLACK; }

/* ---- encode ---- */
typedef struct encode_job {
  const jfhe_bgv *b;
  jfhe_pt *out;
  const uint64_t *y;
  uint32_t prime[JFI_PRIMES_MAX];
  int term;
} encode_job;

/* Coefficient i of the n is that of X^(i N/n). */
static void encode_limb(void *arg, size_t i, size_t worker) {
  (void)worker;
  const encode_job *j = arg;
  const jfi_ring *ring = j->b->ctx->ring;
  const jfi_mod *m = &ring->mod[j->prime[i]];
  size_t n = (size_t)1 << j->b->log_slots, stride = ring->n / n;
  uint64_t *r = j->out->data + i * ring->n;
  ring->k->reduce_centred(r, j->y, j->b->t.q, n, m);
  if (stride > 1)
    for (size_t k = n; k-- > 0;) {
      uint64_t x = r[k];
      memset(r + k * stride, 0, stride * sizeof *r);
      r[k * stride] = x;
    }
  if (j->term) ring->k->mul_const(r, r, j->b->t_inv[j->prime[i]], ring->n, m);
  if (j->out->form == JFHE_FORM_EVAL) ring->k->ntt_fwd(r, jfi_ring_ntt(ring, j->prime[i]));
}

/* A term is at most n coefficients of (t-1)/2, whatever the values are; a factor is what it is. */
static jfi_bound bound_of(const jfhe_bgv *b, double mag, int term, const uint64_t *y, double *fft) {
  double n = (double)((size_t)1 << b->log_slots), half = (double)(b->t.q - 1) / 2;
  if (term) return (jfi_bound){mag, n * half, sqrt(n / 3) * half};
  double norm = jfi_bgv_norm(b, y, fft);
  return (jfi_bound){mag, norm, norm};
}

jfhe_status jfi_bgv_encode(const jfhe_bgv *b, jfhe_pt *out, const int64_t *values, size_t count, double mag,
                           uint32_t use, uint32_t level, jfi_scratch *s) {
  jfi_scratch at = *s;
  size_t bytes = jfi_bgv_coeffs_bytes(b);
  uint64_t *y = jfi_scratch_take(&at, bytes);
  double *fft = jfi_scratch_take(&at, bytes);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small to encode");
  int term = use != JFHE_BGV_FACTOR;
  encode_job j = {.b = b, .out = out, .y = y, .term = term};
  out->level = level;
  out->primes = b->ctx->chain.level[level];
  out->n_limbs = (uint32_t)jfi_set_list(out->primes, j.prime);
  out->form = use == JFHE_BGV_FRESH ? JFHE_FORM_COEFF : JFHE_FORM_EVAL;
  out->packing = JFHE_PACK_INT;
  out->log_slots = b->log_slots;
  out->scale = term ? 1 / (double)b->t.q : 1; /* v = phase / scale: encryption adds its noise in these units */
  out->plain = b->t.q;
  out->factor = term ? b->factor[level] : 1;
  jfi_bgv_to_coeffs(b, y, values, count, out->factor);
  out->bound = bound_of(b, mag, term, y, fft);
  jfi_parallel(b->ctx->pool, out->n_limbs, encode_limb, &j);
  jfi_zeroize(y, bytes);
  return JFHE_OK;
}

/* ---- decode ---- */
size_t jfi_bgv_decode_bytes(const jfhe_bgv *b) {
  return (b->ctx->chain.n + 2) * jfi_round64(b->ctx->ring->n * sizeof(uint64_t)) + JFI_SCRATCH_SLACK;
}

/* r = v modulo t, coefficients, from the residues of the phase x: v == t*x modulo each prime, |v| below half their product. More than one:
 * the digits y_i = v*(Q/q_i)^-1 mod q_i add up to v + round*Q over Q ("Base conversion", ring/ring.h), so do they modulo t. */
static void reduce(const jfhe_bgv *b, uint64_t *r, uint64_t *round, uint64_t *digits, const jfhe_pt *pt) {
  const jfi_ring *ring = b->ctx->ring;
  uint32_t prime[JFI_PRIMES_MAX];
  size_t n = ring->n, limbs = jfi_set_list(pt->primes, prime);
  if (limbs == 1) {
    const jfi_mod *m = &ring->mod[prime[0]];
    ring->k->mul_const(round, pt->data, b->t.q, n, m);
    ring->k->reduce_centred(r, round, m->q, n, &b->t);
    return;
  }
  const uint64_t *y[JFI_PRIMES_MAX];
  const jfi_mod *t = &b->t;
  uint64_t w[JFI_PRIMES_MAX], wv = jfi_mod_neg(jfi_bgv_ratio(b, pt->primes, jfi_set_empty()), b->t.q);
  double inv[JFI_PRIMES_MAX];
  for (size_t i = 0; i < limbs; i++) {
    const jfi_mod *m = &ring->mod[prime[i]];
    jfi_set others = jfi_set_minus(pt->primes, jfi_set_with(jfi_set_empty(), prime[i]));
    uint64_t qhat_inv = jfi_mod_inv(jfi_ctx_product_mod(b->ctx, others, prime[i]), m);
    ring->k->mul_const(digits + i * n, pt->data + i * n, jfi_mod_mul(b->t.q, qhat_inv, m), n, m);
    y[i] = digits + i * n;
    w[i] = jfi_bgv_ratio(b, others, jfi_set_empty());
    inv[i] = 1.0 / (double)m->q;
  }
  ring->k->conv_overflow(round, y, limbs, inv, 0.5, n);
  ring->k->conv(&r, 1, y, limbs, w, round, &wv, &t, n);
}

jfhe_status jfi_bgv_decode(const jfhe_bgv *b, int64_t *values, size_t count, const jfhe_pt *pt, jfi_scratch *s) {
  jfi_scratch at = *s;
  size_t bytes = b->ctx->ring->n * sizeof(uint64_t), n = (size_t)1 << b->log_slots, stride = b->ctx->ring->n / n;
  uint64_t *r = jfi_scratch_take(&at, bytes), *round = jfi_scratch_take(&at, bytes);
  uint64_t *digits = jfi_scratch_take(&at, pt->n_limbs * bytes);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small to decode");
  reduce(b, r, round, digits, pt);
  for (size_t i = 0; stride > 1 && i < n; i++) r[i] = r[i * stride];
  b->ctx->ring->k->mul_const(r, r, jfi_mod_inv(pt->factor, &b->t), n, &b->t);
  jfi_bgv_from_coeffs(b, values, count, r);
  jfi_zeroize(r, 2 * bytes);
  jfi_zeroize(digits, pt->n_limbs * bytes);
  return JFHE_OK;
}
