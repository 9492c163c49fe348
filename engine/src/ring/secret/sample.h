/* ring/secret/sample.h: secret distributions, constant time, as small signed integers. */
#ifndef JFI_RING_SECRET_SAMPLE_H
#define JFI_RING_SECRET_SAMPLE_H
#include <stddef.h>
#include <stdint.h>
#include "base/secret/rng.h"

enum { JFI_CBD_BITS = 21, JFI_NOISE_MAX = 21 }; /* sigma = sqrt(21/2) = 3.24 */

/* Uniform in {-1, 0, 1}: floor(3u/2^64) - 1 of a 64-bit word u; bias below 2^-62 a coefficient. */
void jfi_sample_ternary(jfi_rng *rng, int8_t *out, size_t n);
/* popcount(21 bits) - popcount(21 bits). */
void jfi_sample_cbd(jfi_rng *rng, int8_t *out, size_t n);
/* Exactly `weight` nonzero entries of +-1 at random places (ephemeral keys of bootstrapping). Constant time. */
void jfi_sample_sparse(jfi_rng *rng, int8_t *out, size_t n, size_t weight);
/* Discrete Gaussian of parameter sigma, 1 <= sigma <= 2^58, by constant-time table look-up and convolution [MW17];
 * actual deviation in [sigma, 1.01 sigma]. Returns -1 (out untouched) when sigma is out of range. scratch-free. */
int jfi_sample_gauss(jfi_rng *rng, int64_t *out, size_t n, double sigma);
#endif
