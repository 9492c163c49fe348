/* kernel/ref/conv.c: base conversion as a matrix of words. Contract: kernel.h.
 * JFI_CONV_MAX products below 2^96 and one below 2^64 sum to less than 2^103. */
#include "kernel/ref/ref.h"

void jfi_ref_conv(uint64_t *const *r, size_t n_out, const uint64_t *const *y, size_t n_in, const uint64_t *w,
                  const uint64_t *v, const uint64_t *wv, const jfi_mod *const *out, size_t n) {
  for (size_t k = 0; k < n_out; k++) {
    const uint64_t *row = w + k * n_in;
    for (size_t i = 0; i < n; i++) {
      jfi_u128 s = v ? (jfi_u128)v[i] * wv[k] : 0;
      for (size_t j = 0; j < n_in; j++) s += (jfi_u128)y[j][i] * row[j];
      r[k][i] = jfi_mod_reduce128(s, out[k]);
    }
  }
}

void jfi_ref_conv_overflow(uint64_t *v, const uint64_t *const *y, size_t n_in, const double *inv, double bias,
                           size_t n) {
  for (size_t i = 0; i < n; i++) {
    double s = bias;
    for (size_t j = 0; j < n_in; j++) {
      double p = (double)y[j][i] * inv[j]; /* y < 2^48 is exact in a double */
      s = s + p;
    }
    v[i] = (uint64_t)s; /* s >= 0, so truncation is floor */
  }
}
