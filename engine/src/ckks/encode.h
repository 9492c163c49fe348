/* ckks/encode.h: vectors of numbers <-> integer polynomials. [CKKS17] [CHKKS18]
 *
 * n = 2^log_slots complex slots fill the subring of Y = X^stride, stride = N/(2n): coefficients at
 * multiples of stride. A real polynomial m of degree < 2n in Y folds to p_k = m_k + i m_{k+n} in
 * C[Y]/(Y^n - i) with the same values at the roots of Y^n - i; the FFT of size n gives them. */
#ifndef JFI_CKKS_ENCODE_H
#define JFI_CKKS_ENCODE_H
#include "base/mem.h"
#include "ckks/bound.h"

/* What to encode, checked by the caller: api/ckks_encode.c says how. */
typedef struct jfi_numbers {
  const double *re, *im; /* im may be null */
  size_t count;
  uint32_t packing, log_slots;
  double scale;
  double mag; /* bound on every modulus; scale * mag < 2^62 (1 - 2^-20) */
} jfi_numbers;

/* Largest |x| of a vector (with im: largest modulus, rounded up but for underflow below 2^-500), or
 * NaN when an entry is NaN or infinite. Looks at every entry in the same way. */
double jfi_numbers_max(const double *re, const double *im, size_t count);

/* Bytes for one encoding or decoding. */
size_t jfi_encode_bytes(const jfhe_ctx *ctx);
size_t jfi_decode_bytes(const jfhe_ctx *ctx, size_t n_limbs);

/* The integer polynomial of the numbers: N signed coefficients below 2^62. Leaves the numbers in the scratch: the
 * caller wipes it. */
void jfi_encode_coeffs(const jfhe_ctx *ctx, int64_t *coeffs, const jfi_numbers *x, jfi_scratch *s);
/* Residues of N signed coefficients below 2^62 over `primes` in a form, limbs at data + j*N. */
void jfi_encode_limbs(const jfhe_ctx *ctx, uint64_t *data, jfi_set primes, const int64_t *coeffs, uint32_t form);

/* Centred values of residues in coefficient form, as doubles: relative error below 3 n_limbs 2^-53.
 * Changes the limbs. n_limbs >= 1; primes[j] is the index of limb j's prime. */
void jfi_decode_limbs(const jfhe_ctx *ctx, double *x, uint64_t *const *limb, const uint32_t *primes, size_t n_limbs);
/* How many limbs of pt (from the first on) already carry its value. */
size_t jfi_decode_limbs_needed(const jfhe_ctx *ctx, const struct jfhe_pt *pt);
/* Slots or coefficients of a plaintext. re, im: count; im may be null. */
void jfi_decode(const jfhe_ctx *ctx, double *re, double *im, size_t count, const struct jfhe_pt *pt, jfi_scratch *s);
#endif
