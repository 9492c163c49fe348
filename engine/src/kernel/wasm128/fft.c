/* kernel/wasm128/fft.c: the encoder's FFT, two doubles at a time. Contract: kernel.h.  Twin: ref/fft.c.
 * f64x2 multiplies and adds are never fused. The last stage lies inside vectors. */
#include "kernel/wasm128/vec.h"

#define FFT_LANES 2
typedef jfi_w vec;
JFI_INLINE vec load(const double *a) { return wasm_v128_load(a); }
JFI_INLINE void store(double *r, vec a) { wasm_v128_store(r, a); }
JFI_INLINE vec splat(const double *a) { return wasm_v128_load64_splat(a); }
JFI_INLINE vec mul(vec a, vec b) { return wasm_f64x2_mul(a, b); }
JFI_INLINE vec add(vec a, vec b) { return wasm_f64x2_add(a, b); }
JFI_INLINE vec sub(vec a, vec b) { return wasm_f64x2_sub(a, b); }

#include "kernel/fft_wide.h"

JFI_INLINE void turn(cv *u, cv *v) {
  const cv a = *u, b = *v;
  *u = (cv){wasm_i64x2_shuffle(a.r, b.r, 0, 2), wasm_i64x2_shuffle(a.i, b.i, 0, 2)};
  *v = (cv){wasm_i64x2_shuffle(a.r, b.r, 1, 3), wasm_i64x2_shuffle(a.i, b.i, 1, 3)};
}

JFI_INLINE void narrow(double *re, double *im, const double *wr, const double *wi, size_t pair, size_t n, int inverse) {
  cv u = cload(re, im), v = cload(re + 2, im + 2);
  const cv c = cload(wr + n / 2 + 2 * pair, wi + n / 2 + 2 * pair);
  turn(&u, &v);
  if (inverse)
    inv2(&u, &v, c);
  else
    fwd2(&u, &v, c);
  turn(&u, &v);
  cstore(re, im, u);
  cstore(re + 2, im + 2, v);
}

void jfi_wasm128_fft_fwd(double *re, double *im, const double *roots_re, const double *roots_im, size_t n) {
  fft_fwd(re, im, roots_re, roots_im, n);
}

void jfi_wasm128_fft_inv(double *re, double *im, const double *roots_re, const double *roots_im, size_t n) {
  fft_inv(re, im, roots_re, roots_im, n);
}
