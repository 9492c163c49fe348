/* kernel/avx512ifma/fft.c: the encoder's FFT, eight doubles at a time. Contract: kernel.h.  Twin: ref/fft.c.
 * The last three stages lie inside vectors and use the lane orders of ntt_fwd.c. */
#include "kernel/avx512ifma/vec.h"

#define FFT_LANES 8
typedef __m512d vec;
JFI_INLINE vec load(const double *a) { return _mm512_loadu_pd(a); }
JFI_INLINE void store(double *r, vec a) { _mm512_storeu_pd(r, a); }
JFI_INLINE vec splat(const double *a) { return _mm512_set1_pd(*a); }
JFI_INLINE vec mul(vec a, vec b) { return _mm512_mul_pd(a, b); }
JFI_INLINE vec add(vec a, vec b) { return _mm512_add_pd(a, b); }
JFI_INLINE vec sub(vec a, vec b) { return _mm512_sub_pd(a, b); }

#include "kernel/fft_wide.h"

JFI_INLINE cv pick(cv a, cv b, __m512i at) {
  return (cv){_mm512_permutex2var_pd(a.r, at, b.r), _mm512_permutex2var_pd(a.i, at, b.i)};
}

/* Roots of `count` consecutive nodes in the lane order `at`. */
JFI_INLINE cv roots(const double *wr, const double *wi, size_t node, size_t count, __m512i at) {
  const __mmask8 k = (__mmask8)((1u << count) - 1);
  return (cv){_mm512_permutexvar_pd(at, _mm512_maskz_loadu_pd(k, wr + node)),
              _mm512_permutexvar_pd(at, _mm512_maskz_loadu_pd(k, wi + node))};
}

JFI_INLINE void narrow(double *re, double *im, const double *wr, const double *wi, size_t pair, size_t n, int inverse) {
  const cv a = cload(re, im), b = cload(re + 8, im + 8);
  const cv c4 = roots(wr, wi, n / 8 + 2 * pair, 2, _mm512_setr_epi64(0, 1, 0, 1, 0, 1, 0, 1));
  const cv c2 = roots(wr, wi, n / 4 + 4 * pair, 4, _mm512_setr_epi64(0, 2, 1, 3, 0, 2, 1, 3));
  const cv c1 = roots(wr, wi, n / 2 + 8 * pair, 8, _mm512_setr_epi64(0, 4, 2, 6, 1, 5, 3, 7));
  cv x, y, u, v;
  if (inverse) {
    u = pick(a, b, _mm512_setr_epi64(0, 8, 4, 12, 2, 10, 6, 14));
    v = pick(a, b, _mm512_setr_epi64(1, 9, 5, 13, 3, 11, 7, 15));
    inv2(&u, &v, c1);
    x = pick(u, v, _mm512_setr_epi64(0, 1, 2, 3, 8, 9, 10, 11));
    y = pick(u, v, _mm512_setr_epi64(4, 5, 6, 7, 12, 13, 14, 15));
    inv2(&x, &y, c2);
    u = pick(x, y, _mm512_setr_epi64(0, 1, 4, 5, 8, 9, 12, 13));
    v = pick(x, y, _mm512_setr_epi64(2, 3, 6, 7, 10, 11, 14, 15));
    inv2(&u, &v, c4);
    cstore(re, im, pick(u, v, _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14)));
    cstore(re + 8, im + 8, pick(u, v, _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15)));
    return;
  }
  x = pick(a, b, _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11));
  y = pick(a, b, _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15));
  fwd2(&x, &y, c4);
  u = pick(x, y, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11));
  v = pick(x, y, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15));
  fwd2(&u, &v, c2);
  x = pick(u, v, _mm512_setr_epi64(0, 1, 2, 3, 8, 9, 10, 11));
  y = pick(u, v, _mm512_setr_epi64(4, 5, 6, 7, 12, 13, 14, 15));
  fwd2(&x, &y, c1);
  cstore(re, im, pick(x, y, _mm512_setr_epi64(0, 8, 4, 12, 2, 10, 6, 14)));
  cstore(re + 8, im + 8, pick(x, y, _mm512_setr_epi64(1, 9, 5, 13, 3, 11, 7, 15)));
}

void jfi_ifma_fft_fwd(double *re, double *im, const double *roots_re, const double *roots_im, size_t n) {
  fft_fwd(re, im, roots_re, roots_im, n);
}

void jfi_ifma_fft_inv(double *re, double *im, const double *roots_re, const double *roots_im, size_t n) {
  fft_inv(re, im, roots_re, roots_im, n);
}
