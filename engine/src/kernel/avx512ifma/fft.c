/* kernel/avx512ifma/fft.c: the encoder's FFT, eight doubles at a time, operation for operation that of
 * ref/fft.c: no fused multiply-add, so the bits agree. Contract: kernel.h.
 * Two stages go through registers at once while blocks are wide; the last three lie inside vectors and use the
 * lane orders of ntt_fwd.c. */
#include "kernel/avx512ifma/vec.h"
#include "kernel/ref/ref.h"

typedef struct cv {
  __m512d r, i;
} cv;

JFI_INLINE __m512d mulp(__m512d a, __m512d b) { return _mm512_mul_pd(a, b); }
JFI_INLINE __m512d addp(__m512d a, __m512d b) { return _mm512_add_pd(a, b); }
JFI_INLINE __m512d subp(__m512d a, __m512d b) { return _mm512_sub_pd(a, b); }

JFI_INLINE cv cload(const double *re, const double *im) { return (cv){_mm512_loadu_pd(re), _mm512_loadu_pd(im)}; }
JFI_INLINE void cstore(double *re, double *im, cv a) {
  _mm512_storeu_pd(re, a.r);
  _mm512_storeu_pd(im, a.i);
}
JFI_INLINE cv cset(const double *re, const double *im) { return (cv){_mm512_set1_pd(*re), _mm512_set1_pd(*im)}; }

JFI_INLINE void fwd2(cv *u, cv *v, cv c) {
  const __m512d pr = subp(mulp(c.r, v->r), mulp(c.i, v->i));
  const __m512d pi = addp(mulp(c.r, v->i), mulp(c.i, v->r));
  *v = (cv){subp(u->r, pr), subp(u->i, pi)};
  *u = (cv){addp(u->r, pr), addp(u->i, pi)};
}

JFI_INLINE void inv2(cv *u, cv *v, cv c) {
  const __m512d dr = subp(u->r, v->r), di = subp(u->i, v->i);
  *u = (cv){addp(u->r, v->r), addp(u->i, v->i)};
  v->r = addp(mulp(c.r, dr), mulp(c.i, di));
  v->i = subp(mulp(c.r, di), mulp(c.i, dr));
}

/* Stages m and 2m (four quarters of h words) of block b; one stage when `single`. */
JFI_INLINE void wide(double *re, double *im, const double *wr, const double *wi, size_t node, size_t h, int single,
                     int inverse) {
  const cv c = cset(wr + node, wi + node);
  if (single) {
    for (size_t i = 0; i < h; i += 8) {
      cv u = cload(re + i, im + i), v = cload(re + h + i, im + h + i);
      if (inverse)
        inv2(&u, &v, c);
      else
        fwd2(&u, &v, c);
      cstore(re + i, im + i, u);
      cstore(re + h + i, im + h + i, v);
    }
    return;
  }
  const cv c0 = cset(wr + 2 * node, wi + 2 * node), c1 = cset(wr + 2 * node + 1, wi + 2 * node + 1);
  for (size_t i = 0; i < h; i += 8) {
    cv x[4];
    for (size_t k = 0; k < 4; k++) x[k] = cload(re + k * h + i, im + k * h + i);
    if (inverse) {
      inv2(&x[0], &x[1], c0);
      inv2(&x[2], &x[3], c1);
      inv2(&x[0], &x[2], c);
      inv2(&x[1], &x[3], c);
    } else {
      fwd2(&x[0], &x[2], c);
      fwd2(&x[1], &x[3], c);
      fwd2(&x[0], &x[1], c0);
      fwd2(&x[2], &x[3], c1);
    }
    for (size_t k = 0; k < 4; k++) cstore(re + k * h + i, im + k * h + i, x[k]);
  }
}

JFI_INLINE cv pick(cv a, cv b, __m512i at) {
  return (cv){_mm512_permutex2var_pd(a.r, at, b.r), _mm512_permutex2var_pd(a.i, at, b.i)};
}

/* Roots of `count` consecutive nodes in the lane order `at`. */
JFI_INLINE cv roots(const double *wr, const double *wi, size_t node, size_t count, __m512i at) {
  const __mmask8 k = (__mmask8)((1u << count) - 1);
  return (cv){_mm512_permutexvar_pd(at, _mm512_maskz_loadu_pd(k, wr + node)),
              _mm512_permutexvar_pd(at, _mm512_maskz_loadu_pd(k, wi + node))};
}

/* Stages h = 4, 2, 1 of the two blocks of eight at re, im; n >= 16. Lanes as in ntt_fwd.c. */
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
  if (n < 16) {
    jfi_ref_fft_fwd(re, im, roots_re, roots_im, n);
    return;
  }
  size_t m = 1, left = n; /* left: words of a block of stage m */
  for (; left >= 32; m *= 4, left /= 4)
    for (size_t b = 0; b < m; b++) wide(re + b * left, im + b * left, roots_re, roots_im, m + b, left / 4, 0, 0);
  if (left == 16)
    for (size_t b = 0; b < m; b++) wide(re + b * left, im + b * left, roots_re, roots_im, m + b, 8, 1, 0);
  for (size_t p = 0; p < n / 16; p++) narrow(re + 16 * p, im + 16 * p, roots_re, roots_im, p, n, 0);
}

void jfi_ifma_fft_inv(double *re, double *im, const double *roots_re, const double *roots_im, size_t n) {
  if (n < 16) {
    jfi_ref_fft_inv(re, im, roots_re, roots_im, n);
    return;
  }
  for (size_t p = 0; p < n / 16; p++) narrow(re + 16 * p, im + 16 * p, roots_re, roots_im, p, n, 1);
  size_t m = n / 8, left = 8; /* left: words of a block of stage m */
  while (m > 1) {
    const int single = left == 8 && (__builtin_ctzl(m) & 1);
    const size_t f = single ? 2 : 4;
    m /= f;
    left *= f;
    for (size_t b = 0; b < m; b++) wide(re + b * left, im + b * left, roots_re, roots_im, m + b, left / f, single, 1);
  }
}
