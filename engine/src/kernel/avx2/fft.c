/* kernel/avx2/fft.c: the encoder's FFT, four doubles at a time. Contract: kernel.h.  Twin: ref/fft.c.
 * The last two stages lie inside vectors, with the lane orders of ntt.c. */
#include "kernel/avx2/vec.h"

#define FFT_LANES 4
typedef jfi_d vec;
JFI_INLINE vec load(const double *a) { return _mm256_loadu_pd(a); }
JFI_INLINE void store(double *r, vec a) { _mm256_storeu_pd(r, a); }
JFI_INLINE vec splat(const double *a) { return _mm256_broadcast_sd(a); }
JFI_INLINE vec mul(vec a, vec b) { return _mm256_mul_pd(a, b); }
JFI_INLINE vec add(vec a, vec b) { return _mm256_add_pd(a, b); }
JFI_INLINE vec sub(vec a, vec b) { return _mm256_sub_pd(a, b); }

#include "kernel/fft_wide.h"

JFI_INLINE cv halves(const double *re, const double *im) {
  return (cv){_mm256_permute4x64_pd(_mm256_castpd128_pd256(_mm_loadu_pd(re)), 0x50),
              _mm256_permute4x64_pd(_mm256_castpd128_pd256(_mm_loadu_pd(im)), 0x50)};
}
JFI_INLINE void swap128(cv *u, cv *v) {
  const cv a = *u, b = *v;
  *u = (cv){_mm256_permute2f128_pd(a.r, b.r, 0x20), _mm256_permute2f128_pd(a.i, b.i, 0x20)};
  *v = (cv){_mm256_permute2f128_pd(a.r, b.r, 0x31), _mm256_permute2f128_pd(a.i, b.i, 0x31)};
}
JFI_INLINE void swap64(cv *u, cv *v) {
  const cv a = *u, b = *v;
  *u = (cv){_mm256_unpacklo_pd(a.r, b.r), _mm256_unpacklo_pd(a.i, b.i)};
  *v = (cv){_mm256_unpackhi_pd(a.r, b.r), _mm256_unpackhi_pd(a.i, b.i)};
}

JFI_INLINE void narrow(double *re, double *im, const double *wr, const double *wi, size_t pair, size_t n, int inverse) {
  cv u = cload(re, im), v = cload(re + 4, im + 4);
  const cv c2 = halves(wr + n / 4 + 2 * pair, wi + n / 4 + 2 * pair),
           c1 = cload(wr + n / 2 + 4 * pair, wi + n / 2 + 4 * pair);
  swap128(&u, &v);
  if (inverse) {
    swap64(&u, &v);
    inv2(&u, &v, c1);
    swap64(&u, &v);
    inv2(&u, &v, c2);
  } else {
    fwd2(&u, &v, c2);
    swap64(&u, &v);
    fwd2(&u, &v, c1);
    swap64(&u, &v);
  }
  swap128(&u, &v);
  cstore(re, im, u);
  cstore(re + 4, im + 4, v);
}

void jfi_avx2_fft_fwd(double *re, double *im, const double *roots_re, const double *roots_im, size_t n) {
  fft_fwd(re, im, roots_re, roots_im, n);
}

void jfi_avx2_fft_inv(double *re, double *im, const double *roots_re, const double *roots_im, size_t n) {
  fft_inv(re, im, roots_re, roots_im, n);
}
