/* kernel/wasm128/fft.c: the encoder's FFT, two doubles at a time, operation for operation that of ref/fft.c.
 * Contract: kernel.h.  f64x2 multiplies and adds are never fused. The last stage lies inside vectors. */
#include "kernel/ref/ref.h"
#include "kernel/wasm128/vec.h"

typedef struct cv {
  jfi_w r, i;
} cv;

JFI_INLINE cv cload(const double *re, const double *im) { return (cv){wasm_v128_load(re), wasm_v128_load(im)}; }
JFI_INLINE void cstore(double *re, double *im, cv a) {
  wasm_v128_store(re, a.r);
  wasm_v128_store(im, a.i);
}
JFI_INLINE cv cset(const double *re, const double *im) {
  return (cv){wasm_v128_load64_splat(re), wasm_v128_load64_splat(im)};
}
JFI_INLINE jfi_w fmul(jfi_w a, jfi_w b) { return wasm_f64x2_mul(a, b); }
JFI_INLINE jfi_w fadd(jfi_w a, jfi_w b) { return wasm_f64x2_add(a, b); }
JFI_INLINE jfi_w fsub(jfi_w a, jfi_w b) { return wasm_f64x2_sub(a, b); }

JFI_INLINE void fwd2(cv *u, cv *v, cv c) {
  const jfi_w pr = fsub(fmul(c.r, v->r), fmul(c.i, v->i)), pi = fadd(fmul(c.r, v->i), fmul(c.i, v->r));
  *v = (cv){fsub(u->r, pr), fsub(u->i, pi)};
  *u = (cv){fadd(u->r, pr), fadd(u->i, pi)};
}

JFI_INLINE void inv2(cv *u, cv *v, cv c) {
  const jfi_w dr = fsub(u->r, v->r), di = fsub(u->i, v->i);
  *u = (cv){fadd(u->r, v->r), fadd(u->i, v->i)};
  v->r = fadd(fmul(c.r, dr), fmul(c.i, di));
  v->i = fsub(fmul(c.r, di), fmul(c.i, dr));
}

JFI_INLINE void wide(double *re, double *im, cv c, size_t h, int inverse) {
  for (size_t i = 0; i < h; i += 2) {
    cv u = cload(re + i, im + i), v = cload(re + h + i, im + h + i);
    if (inverse)
      inv2(&u, &v, c);
    else
      fwd2(&u, &v, c);
    cstore(re + i, im + i, u);
    cstore(re + h + i, im + h + i, v);
  }
}

JFI_INLINE void turn(cv *u, cv *v) {
  const cv a = *u, b = *v;
  *u = (cv){wasm_i64x2_shuffle(a.r, b.r, 0, 2), wasm_i64x2_shuffle(a.i, b.i, 0, 2)};
  *v = (cv){wasm_i64x2_shuffle(a.r, b.r, 1, 3), wasm_i64x2_shuffle(a.i, b.i, 1, 3)};
}

/* Stages h = 2, 1 of the block of four at re, im. */
JFI_INLINE void narrow(double *re, double *im, cv c2, cv c1, int inverse) {
  cv u = cload(re, im), v = cload(re + 2, im + 2);
  if (inverse) {
    turn(&u, &v);
    inv2(&u, &v, c1);
    turn(&u, &v);
    inv2(&u, &v, c2);
  } else {
    fwd2(&u, &v, c2);
    turn(&u, &v);
    fwd2(&u, &v, c1);
    turn(&u, &v);
  }
  cstore(re, im, u);
  cstore(re + 2, im + 2, v);
}

void jfi_wasm128_fft_fwd(double *re, double *im, const double *wr, const double *wi, size_t n) {
  if (n < 4) {
    jfi_ref_fft_fwd(re, im, wr, wi, n);
    return;
  }
  for (size_t m = 1, h = n / 2; h > 2; m *= 2, h /= 2)
    for (size_t b = 0; b < m; b++) wide(re + 2 * h * b, im + 2 * h * b, cset(wr + m + b, wi + m + b), h, 0);
  for (size_t b = 0, k = n / 4; b < n / 4; b++, k++)
    narrow(re + 4 * b, im + 4 * b, cset(wr + k, wi + k), cload(wr + 2 * k, wi + 2 * k), 0);
}

void jfi_wasm128_fft_inv(double *re, double *im, const double *wr, const double *wi, size_t n) {
  if (n < 4) {
    jfi_ref_fft_inv(re, im, wr, wi, n);
    return;
  }
  for (size_t b = 0, k = n / 4; b < n / 4; b++, k++)
    narrow(re + 4 * b, im + 4 * b, cset(wr + k, wi + k), cload(wr + 2 * k, wi + 2 * k), 1);
  for (size_t m = n / 8, h = 4; m > 0; m /= 2, h *= 2)
    for (size_t b = 0; b < m; b++) wide(re + 2 * h * b, im + 2 * h * b, cset(wr + m + b, wi + m + b), h, 1);
}
