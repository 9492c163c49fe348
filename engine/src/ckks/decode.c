/* ckks/decode.c: residues to numbers. Time depends on counts and public metadata only. */
#include <string.h>

#include "ckks/encode.h"
#include "ckks/slots.h"

/* Residue a in [0, q), q odd, as the centred integer it stands for. */
static inline int64_t centre(uint64_t a, uint64_t q) { return (int64_t)(a - (q & (0 - ((q / 2 - a) >> 63)))); }

/* Balanced mixed radix: x = v0 + q0 v1 + q0 q1 v2 + ..., |v_j| <= (q_j - 1)/2, which represents each
 * x of [-(Q-1)/2, (Q-1)/2] once. limb j becomes v_j mod q_j. x_j' = (x_j - v_i)/q_i for all j > i. */
static void mixed_radix_step(const jfi_ring *r, uint64_t *const *limb, const uint32_t *primes, size_t i,
                             size_t n_limbs) {
  const uint64_t q = r->mod[primes[i]].q;
  for (size_t j = i + 1; j < n_limbs; j++) {
    const jfi_mod *m = &r->mod[primes[j]];
    const uint64_t w = jfi_mod_inv(jfi_mod_reduce(q, m), m), ws = jfi_shoup64(w, m->q);
    /* off: a multiple of m->q above q/2, so that the difference is a positive word */
    const uint64_t off = (q / m->q + 1) * m->q;
    for (size_t k = 0; k < r->n; k++) {
      uint64_t d = limb[j][k] + off - (uint64_t)centre(limb[i][k], q);
      limb[j][k] = jfi_mul_shoup(d, w, ws, m->q);
    }
  }
}

/* Horner from the top digit. The first nonzero digit is exact; from there on |x q + v| >= |x| q / 2,
 * with near equality only while x is that digit, so the roundings of product and sum are 3u of the
 * result a limb, u = 2^-53. */
void jfi_decode_limbs(const jfhe_ctx *ctx, double *x, uint64_t *const *limb, const uint32_t *primes, size_t n_limbs) {
  const jfi_ring *r = ctx->ring;
  for (size_t i = 0; i + 1 < n_limbs; i++) mixed_radix_step(r, limb, primes, i, n_limbs);
  const uint64_t top = r->mod[primes[n_limbs - 1]].q;
  for (size_t k = 0; k < r->n; k++) x[k] = (double)centre(limb[n_limbs - 1][k], top);
  for (size_t i = n_limbs - 1; i-- > 0;) {
    const uint64_t q = r->mod[primes[i]].q;
    for (size_t k = 0; k < r->n; k++) {
      double t = x[k] * (double)q;
      x[k] = t + (double)centre(limb[i][k], q);
    }
  }
}

size_t jfi_decode_limbs_needed(const jfhe_ctx *ctx, const struct jfhe_pt *pt) {
  double need = pt->scale * (pt->bound.mag + pt->bound.worst) * (2 * (1 + 0x1p-40)), have = 1;
  size_t limbs = 0;
  for (size_t i = jfi_set_next(pt->primes, 0); i < JFI_PRIMES_MAX && !(need < have);
       i = jfi_set_next(pt->primes, i + 1)) {
    have *= ctx->ring->mod[i].qd;
    limbs++;
  }
  return limbs ? limbs : 1;
}

size_t jfi_decode_bytes(const jfhe_ctx *ctx, size_t n_limbs) {
  return (1 + n_limbs) * jfi_round64(ctx->ring->n * sizeof(uint64_t)) + JFI_SCRATCH_SLACK;
}

typedef struct copy_task {
  const jfi_ring *ring;
  const struct jfhe_pt *pt;
  uint32_t primes[JFI_PRIMES_MAX];
  uint64_t *limb[JFI_PRIMES_MAX];
} copy_task;

static void copy_limb(void *arg, size_t j, size_t worker) {
  (void)worker;
  const copy_task *t = arg;
  memcpy(t->limb[j], t->pt->data + j * t->ring->n, t->ring->n * sizeof(uint64_t));
  if (t->pt->form == JFHE_FORM_EVAL) t->ring->k->ntt_inv(t->limb[j], jfi_ring_ntt(t->ring, t->primes[j]));
}

/* Coefficients of the subring's polynomial, folded and divided by the scale, then its values. */
static void coeffs_to_slots(const jfhe_ctx *ctx, double *re, double *im, size_t count, const struct jfhe_pt *pt,
                            double *x) {
  size_t half = ctx->ring->n / 2, n = (size_t)1 << pt->log_slots, stride = half / n;
  const double inv = 1.0 / pt->scale;
  for (size_t k = 0; k < n; k++) x[k] = x[k * stride] * inv;
  for (size_t k = 0; k < n; k++) x[half + k] = x[half + k * stride] * inv;
  if (n > 1) ctx->ring->k->fft_fwd(x, x + half, ctx->fft_re, ctx->fft_im, n);
  jfi_slots_gather(re, count, x, pt->log_slots);
  if (im) jfi_slots_gather(im, count, x + half, pt->log_slots);
}

void jfi_decode(const jfhe_ctx *ctx, double *re, double *im, size_t count, const struct jfhe_pt *pt, jfi_scratch *s) {
  size_t n = ctx->ring->n, limbs = jfi_decode_limbs_needed(ctx, pt);
  copy_task t = {.ring = ctx->ring, .pt = pt};
  jfi_set_list(pt->primes, t.primes);
  double *x = jfi_scratch_take(s, n * sizeof(double));
  for (size_t j = 0; j < limbs; j++) t.limb[j] = jfi_scratch_take(s, n * sizeof(uint64_t));
  jfi_parallel(ctx->pool, limbs, copy_limb, &t);
  jfi_decode_limbs(ctx, x, t.limb, t.primes, limbs);
  if (pt->packing == JFHE_PACK_COEFF) {
    const double inv = 1.0 / pt->scale;
    for (size_t k = 0; k < count; k++) re[k] = x[k] * inv;
  } else {
    coeffs_to_slots(ctx, re, im, count, pt, x);
  }
  jfi_zeroize(x, n * sizeof(double));
  for (size_t j = 0; j < limbs; j++) jfi_zeroize(t.limb[j], n * sizeof(uint64_t));
}
