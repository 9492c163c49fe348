/* kernel/fft_wide.h: the encoder's FFT over vectors of doubles, written once for all backends that have them, operation for operation
 * that of ref/fft.c: no fused multiply-add, so the bits agree. Contract: kernel.h.
 *
 * The including fft.c first defines FFT_LANES, the type `vec` and load, store, splat, add, sub, mul on it, and after the inclusion
 * narrow(): the stages that lie inside vectors, log2 FFT_LANES of them. Two wide stages go through registers at once. */
#ifndef JFI_KERNEL_FFT_WIDE_H
#define JFI_KERNEL_FFT_WIDE_H

#include "kernel/ref/ref.h"

typedef struct cv {
  vec r, i;
} cv;

JFI_INLINE cv cload(const double *re, const double *im) { return (cv){load(re), load(im)}; }
JFI_INLINE void cstore(double *re, double *im, cv a) {
  store(re, a.r);
  store(im, a.i);
}
JFI_INLINE cv csplat(const double *re, const double *im) { return (cv){splat(re), splat(im)}; }

JFI_INLINE void fwd2(cv *u, cv *v, cv c) {
  const vec pr = sub(mul(c.r, v->r), mul(c.i, v->i)), pi = add(mul(c.r, v->i), mul(c.i, v->r));
  *v = (cv){sub(u->r, pr), sub(u->i, pi)};
  *u = (cv){add(u->r, pr), add(u->i, pi)};
}

JFI_INLINE void inv2(cv *u, cv *v, cv c) {
  const vec dr = sub(u->r, v->r), di = sub(u->i, v->i);
  *u = (cv){add(u->r, v->r), add(u->i, v->i)};
  v->r = add(mul(c.r, dr), mul(c.i, di));
  v->i = sub(mul(c.r, di), mul(c.i, dr));
}

/* The pairs of blocks of FFT_LANES words: stages h = FFT_LANES/2 to 1 of pair p at re, im. The roots of stage h are those of nodes
 * n/(2h) on, in order of the blocks. */
JFI_INLINE void narrow(double *re, double *im, const double *wr, const double *wi, size_t pair, size_t n, int inverse);

/* One stage of the block of 2h words that belongs to `node`. */
JFI_INLINE void wide2(double *re, double *im, const double *wr, const double *wi, size_t node, size_t h, int inverse) {
  const cv c = csplat(wr + node, wi + node);
  for (size_t i = 0; i < h; i += FFT_LANES) {
    cv u = cload(re + i, im + i), v = cload(re + h + i, im + h + i);
    if (inverse)
      inv2(&u, &v, c);
    else
      fwd2(&u, &v, c);
    cstore(re + i, im + i, u);
    cstore(re + h + i, im + h + i, v);
  }
}

/* Two stages of the block of 4h words that belongs to `node` in the upper one. */
JFI_INLINE void wide4(double *re, double *im, const double *wr, const double *wi, size_t node, size_t h, int inverse) {
  const cv c = csplat(wr + node, wi + node);
  const cv c0 = csplat(wr + 2 * node, wi + 2 * node), c1 = csplat(wr + 2 * node + 1, wi + 2 * node + 1);
  for (size_t i = 0; i < h; i += FFT_LANES) {
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

JFI_INLINE void fft_fwd(double *re, double *im, const double *wr, const double *wi, size_t n) {
  if (n < 2 * FFT_LANES) {
    jfi_ref_fft_fwd(re, im, wr, wi, n);
    return;
  }
  size_t m = 1, left = n; /* left: words of a block of stage m */
  for (; left >= 4 * FFT_LANES; m *= 4, left /= 4)
    for (size_t b = 0; b < m; b++) wide4(re + b * left, im + b * left, wr, wi, m + b, left / 4, 0);
  if (left == 2 * FFT_LANES)
    for (size_t b = 0; b < m; b++) wide2(re + b * left, im + b * left, wr, wi, m + b, FFT_LANES, 0);
  for (size_t p = 0; p < n / (2 * FFT_LANES); p++)
    narrow(re + 2 * FFT_LANES * p, im + 2 * FFT_LANES * p, wr, wi, p, n, 0);
}

JFI_INLINE void fft_inv(double *re, double *im, const double *wr, const double *wi, size_t n) {
  if (n < 2 * FFT_LANES) {
    jfi_ref_fft_inv(re, im, wr, wi, n);
    return;
  }
  for (size_t p = 0; p < n / (2 * FFT_LANES); p++)
    narrow(re + 2 * FFT_LANES * p, im + 2 * FFT_LANES * p, wr, wi, p, n, 1);
  size_t m = n / FFT_LANES, left = FFT_LANES; /* left: words of a block of stage m */
  if (__builtin_ctzl(m) & 1) {
    m /= 2, left *= 2;
    for (size_t b = 0; b < m; b++) wide2(re + b * left, im + b * left, wr, wi, m + b, FFT_LANES, 1);
  }
  while (m > 1) {
    m /= 4, left *= 4;
    for (size_t b = 0; b < m; b++) wide4(re + b * left, im + b * left, wr, wi, m + b, left / 4, 1);
  }
}

#endif
