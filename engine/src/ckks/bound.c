/* ckks/bound.c: see bound.h. Bounds of public data only: no secret enters. */
#include "ckks/bound.h"

#include <math.h>

#include "base/status.h"

/* Covers the underflow of squares: any error below it is below every scale's unit. */
#define TINY 0x1p-500

static double hypot3(double a, double b, double c) { return jfi_up(sqrt(a * a + b * b + c * c)); }

jfi_bound jfi_bound_add(const jfi_bound *a, const jfi_bound *b, double mismatch, double spread, int same) {
  double off = mismatch * (b->mag + b->worst);
  jfi_bound r = {.mag = jfi_up(a->mag + b->mag),
                 .worst = jfi_up(a->worst + b->worst + off),
                 .sd = same ? jfi_up(a->sd + b->sd) : hypot3(a->sd, b->sd, 0)};
  r.sd = jfi_up(r.sd + off * spread);
  return r;
}

/* (ma + ea)(mb + eb) - ma mb = ma eb + mb ea + ea eb. */
jfi_bound jfi_bound_mul(const jfi_bound *a, const jfi_bound *b, double spread, int same) {
  double ab = a->mag * b->sd, ba = b->mag * a->sd, ee = a->sd * b->sd;
  double worst = a->mag * b->worst + b->mag * a->worst + a->worst * b->worst;
  jfi_bound r = {.mag = jfi_up(a->mag * b->mag * spread), .worst = jfi_up(jfi_up(worst) * spread)};
  r.sd = same ? jfi_up(ab + ba + ee) : hypot3(ab, ba, ee);
  r.sd = jfi_up(r.sd * (spread > 1 ? sqrt(spread) : 1));
  return r;
}

jfi_bound jfi_bound_scale(const jfi_bound *a, double abs_k) {
  return (jfi_bound){jfi_up(a->mag * abs_k), jfi_up(a->worst * abs_k), jfi_up(a->sd * abs_k)};
}

jfi_bound jfi_bound_noise(const jfi_bound *a, jfi_noise n) {
  return (jfi_bound){a->mag, jfi_up(a->worst + n.worst), hypot3(a->sd, n.sd, 0)};
}

jfi_bound jfi_bound_shift(const jfi_bound *a, double off, double spread) {
  return (jfi_bound){a->mag, jfi_up(a->worst + off), jfi_up(a->sd + off * spread)};
}

jfi_bound jfi_bound_drift(const jfi_bound *a, double spread) {
  return jfi_bound_shift(a, JFI_SCALE_DRIFT * (a->mag + a->worst), spread);
}

/* One stage is sqrt(2) times a unitary map. Computed with u = 2^-53, each of its outputs is off by
 * at most u (sum) + 2 sqrt(2) u (complex product) + u/sqrt(2) (root) < 5u of its operands' norm, so
 * log2 n stages and one scaling stay within 6u (log2 n + 1) in the 2-norm; and
 * |slot| <= 2-norm <= sqrt(n) mag. [Hig02, 24.1] */
jfi_noise jfi_fft_noise(size_t n, double mag) {
  double stages = 1;
  for (size_t k = n; k > 1; k /= 2) stages += 1;
  jfi_noise e = {6 * 0x1p-53 * stages * sqrt((double)n) * mag + TINY, 0x1p-53 * sqrt(2 * stages) * mag};
  return e;
}

/* 2n coefficients within 1/2 of a real polynomial move a slot by at most n; as independent uniform
 * numbers they have variance 1/12 each. All repetitions share the error, hence the factor of sd. */
jfi_noise jfi_encode_noise(uint32_t log_n, uint32_t packing, uint32_t log_slots, double scale, double mag) {
  if (packing == JFHE_PACK_COEFF) {
    double u = 0x1p-53 * mag;
    return (jfi_noise){jfi_up(0.5 / scale + u), jfi_up(0.29 / scale + u)};
  }
  double n = (double)((size_t)1 << log_slots);
  jfi_noise f = jfi_fft_noise((size_t)1 << log_slots, mag);
  return (jfi_noise){jfi_up(n / scale + f.worst),
                     hypot3(sqrt(n / 6) / scale, f.sd, 0) * jfi_spread(log_n, packing, log_slots)};
}

/* Residues to a double are off by 3 n_limbs u relative (jfi_decode_limbs), the division by the scale
 * by 2u more, each coefficient for itself: sqrt(n) mag times that in the slots. */
jfi_noise jfi_decode_noise(uint32_t packing, uint32_t log_slots, size_t n_limbs, double mag) {
  double rel = (3 * (double)n_limbs + 2) * 0x1p-53;
  if (packing == JFHE_PACK_COEFF) return (jfi_noise){jfi_up(rel * mag) + TINY, 0x1p-52 * mag};
  size_t n = (size_t)1 << log_slots;
  jfi_noise f = jfi_fft_noise(n, mag);
  f.worst = jfi_up(f.worst + jfi_up(rel * sqrt((double)n) * mag));
  f.sd = jfi_up(f.sd + 0x1p-52 * mag);
  return f;
}

jfhe_status jfi_bound_fits(const jfhe_ctx *ctx, const jfi_bound *b, double scale, jfi_set primes, const char *what) {
  /* The product is off by less than 2^-45 relative; the sum below by less than 2^-50. */
  double need = scale * (b->mag + b->worst) * (2 * (1 + 0x1p-40));
  if (need < jfi_ctx_product(ctx, primes)) return JFHE_OK;
  return jfi_fail(JFHE_ERR_RANGE,
                  "%s: values up to %.4g (error %.3g) at scale 2^%.2f do not fit under a modulus "
                  "of 2^%.2f",
                  what, b->mag, b->worst, log2(scale), jfi_ctx_log2(ctx, primes));
}
