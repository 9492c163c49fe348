/* ckks/bound.h: the algebra of bounds, in slot units. Why each line holds: docs/SOUNDNESS.md, "CKKS".
 *
 * Every function returns |message| and error bounds of a result from those of its inputs. `worst`
 * combines by the triangle inequality alone, so it holds whenever the input bounds hold; `sd` adds
 * squares, which takes the errors of different ciphertexts as independent. All results are finite
 * or +infinity, never NaN, for finite inputs: a bound that overflowed fails the range check. */
#ifndef JFI_CKKS_BOUND_H
#define JFI_CKKS_BOUND_H
#include "rlwe/ctx.h"
#include "rlwe/ct.h"

/* A scale is the rounded double of a real number: a.scale * b.scale / step, step itself within
 * 2^-50 (at most 5 roundings). 2^-48 relative covers one operation. */
#define JFI_SCALE_DRIFT 0x1p-48
/* Scales that may meet in a sum: the difference is charged to the error. */
#define JFI_SCALE_TOLERANCE 0x1p-40

/* Error of an operation that comes on top of the inputs' errors, slot units. */
typedef struct jfi_noise {
  double worst, sd;
} jfi_noise;

/* a + b or a - b; `same`: the two are one ciphertext, so their errors are not independent.
 * mismatch: relative difference of the scales, times the result's jfi_spread where it enters sd. */
jfi_bound jfi_bound_add(const jfi_bound *a, const jfi_bound *b, double mismatch, double spread, int same);
/* a * b slot by slot, spread = 1; for coefficient packing spread = N (a negacyclic product adds N
 * terms). */
jfi_bound jfi_bound_mul(const jfi_bound *a, const jfi_bound *b, double spread, int same);
/* k * a for a factor that is applied exactly, |k| = abs_k. */
jfi_bound jfi_bound_scale(const jfi_bound *a, double abs_k);
/* The message stays, `n` is added to the error. */
jfi_bound jfi_bound_noise(const jfi_bound *a, jfi_noise n);
/* The message of a vector with this jfi_spread is off by at most `off`, alike in all repetitions. */
jfi_bound jfi_bound_shift(const jfi_bound *a, double off, double spread);
/* The scale was recomputed in doubles: the message is off by JFI_SCALE_DRIFT of itself. */
jfi_bound jfi_bound_drift(const jfi_bound *a, double spread);

/* Error of the FFT of n complex numbers of modulus at most mag, slot units: proved, and typical. */
jfi_noise jfi_fft_noise(size_t n, double mag);
/* Error of encoding: rounding to integers at `scale` plus the FFT. log_slots: of the packing; log_n: of the ring, for jfi_spread. */
jfi_noise jfi_encode_noise(uint32_t log_n, uint32_t packing, uint32_t log_slots, double scale, double mag);
/* Error that decoding from n_limbs residues to doubles adds; mag bounds message and error together. */
jfi_noise jfi_decode_noise(uint32_t packing, uint32_t log_slots, size_t n_limbs, double mag);

/* JFHE_ERR_RANGE unless scale * (mag + worst) stays below half the product of `primes`. */
jfhe_status jfi_bound_fits(const jfhe_ctx *ctx, const jfi_bound *b, double scale, jfi_set primes, const char *what);
#endif
