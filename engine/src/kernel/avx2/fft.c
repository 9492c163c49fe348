/* kernel/avx2/fft.c: the encoder's FFT, four doubles at a time, operation for operation that of ref/fft.c: no
 * fused multiply-add, so the bits agree. Contract: kernel.h.
 * Two stages go through registers at once while blocks are wide; the last two lie inside vectors, with the lane orders
 * of ntt.c. */
#include "kernel/avx2/vec.h"
#include "kernel/ref/ref.h"

typedef struct cv {
  jfi_d r, i;
} cv;

JFI_INLINE cv cload(const double *re, const double *im) { return (cv){_mm256_loadu_pd(re), _mm256_loadu_pd(im)}; }
JFI_INLINE void cstore(double *re, double *im, cv a) {
  _mm256_storeu_pd(re, a.r);
  _mm256_storeu_pd(im, a.i);
}
JFI_INLINE cv cset(const double *re, const double *im) {
  return (cv){_mm256_broadcast_sd(re), _mm256_broadcast_sd(im)};
}

JFI_INLINE void fwd2(cv *u, cv *v, cv c) {
  const jfi_d pr = dsub(dmul(c.r, v->r), dmul(c.i, v->i)), pi = dadd(dmul(c.r, v->i), dmul(c.i, v->r));
  *v = (cv){dsub(u->r, pr), dsub(u->i, pi)};
  *u = (cv){dadd(u->r, pr), dadd(u->i, pi)};
}

JFI_INLINE void inv2(cv *u, cv *v, cv c) {
  const jfi_d dr = dsub(u->r, v->r), di = dsub(u->i, v->i);
  *u = (cv){dadd(u->r, v->r), dadd(u->i, v->i)};
  v->r = dadd(dmul(c.r, dr), dmul(c.i, di));
  v->i = dsub(dmul(c.r, di), dmul(c.i, dr));
}

JFI_INLINE void wide2(double *re, double *im, const double *wr, const double *wi, size_t node, size_t h, int inverse) {
  const cv c = cset(wr + node, wi + node);
  for (size_t i = 0; i < h; i += 4) {
    cv u = cload(re + i, im + i), v = cload(re + h + i, im + h + i);
    if (inverse)
      inv2(&u, &v, c);
    else
      fwd2(&u, &v, c);
    cstore(re + i, im + i, u);
    cstore(re + h + i, im + h + i, v);
  }
}

JFI_INLINE void wide4(double *re, double *im, const double *wr, const double *wi, size_t node, size_t h, int inverse) {
  const cv c = cset(wr + node, wi + node);
  const cv c0 = cset(wr + 2 * node, wi + 2 * node), c1 = cset(wr + 2 * node + 1, wi + 2 * node + 1);
  for (size_t i = 0; i < h; i += 4) {
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

/* Stages h = 2, 1 of the two blocks of four at re, im. */
JFI_INLINE void narrow(double *re, double *im, const double *wr, const double *wi, size_t p, size_t n, int inverse) {
  cv u = cload(re, im), v = cload(re + 4, im + 4);
  const cv c2 = halves(wr + n / 4 + 2 * p, wi + n / 4 + 2 * p), c1 = cload(wr + n / 2 + 4 * p, wi + n / 2 + 4 * p);
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
  if (n < 8) {
    jfi_ref_fft_fwd(re, im, roots_re, roots_im, n);
    return;
  }
  size_t m = 1, left = n; /* left: words of a block of stage m */
  for (; left >= 16; m *= 4, left /= 4)
    for (size_t b = 0; b < m; b++) wide4(re + b * left, im + b * left, roots_re, roots_im, m + b, left / 4, 0);
  if (left == 8)
    for (size_t b = 0; b < m; b++) wide2(re + b * 8, im + b * 8, roots_re, roots_im, m + b, 4, 0);
  for (size_t p = 0; p < n / 8; p++) narrow(re + 8 * p, im + 8 * p, roots_re, roots_im, p, n, 0);
}

void jfi_avx2_fft_inv(double *re, double *im, const double *roots_re, const double *roots_im, size_t n) {
  if (n < 8) {
    jfi_ref_fft_inv(re, im, roots_re, roots_im, n);
    return;
  }
  for (size_t p = 0; p < n / 8; p++) narrow(re + 8 * p, im + 8 * p, roots_re, roots_im, p, n, 1);
  size_t m = n / 4, left = 4; /* left: words of a block of stage m */
  if (__builtin_ctzl(m) & 1) {
    m /= 2, left *= 2;
    for (size_t b = 0; b < m; b++) wide2(re + b * 8, im + b * 8, roots_re, roots_im, m + b, 4, 1);
  }
  while (m > 1) {
    m /= 4, left *= 4;
    for (size_t b = 0; b < m; b++) wide4(re + b * left, im + b * left, roots_re, roots_im, m + b, left / 4, 1);
  }
}
