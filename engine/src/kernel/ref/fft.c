/* kernel/ref/fft.c: the double-precision transform of the encoder. Contract: kernel.h.
 * Every product is a statement of its own, so no compiler may fuse it into the sum that follows
 * (the build says -ffp-contract=off as well): the bits are the same on every machine. */
#include "kernel/ref/ref.h"

void jfi_ref_fft_fwd(double *re, double *im, const double *roots_re, const double *roots_im, size_t n) {
  for (size_t m = 1, h = n / 2; h > 0; m *= 2, h /= 2) {
    for (size_t b = 0; b < m; b++) {
      const double cr = roots_re[m + b], ci = roots_im[m + b];
      double *ur = re + 2 * h * b, *ui = im + 2 * h * b, *vr = ur + h, *vi = ui + h;
      for (size_t i = 0; i < h; i++) {
        double rr = cr * vr[i], ii = ci * vi[i], ri = cr * vi[i], ir = ci * vr[i];
        double pr = rr - ii, pi = ri + ir;
        vr[i] = ur[i] - pr;
        vi[i] = ui[i] - pi;
        ur[i] = ur[i] + pr;
        ui[i] = ui[i] + pi;
      }
    }
  }
}

/* (d)*conj(c) = (cr*dr + ci*di, cr*di - ci*dr): c*v of the contract with ci negated, which changes
 * no rounding. */
void jfi_ref_fft_inv(double *re, double *im, const double *roots_re, const double *roots_im, size_t n) {
  for (size_t m = n / 2, h = 1; m > 0; m /= 2, h *= 2) {
    for (size_t b = 0; b < m; b++) {
      const double cr = roots_re[m + b], ci = roots_im[m + b];
      double *ur = re + 2 * h * b, *ui = im + 2 * h * b, *vr = ur + h, *vi = ui + h;
      for (size_t i = 0; i < h; i++) {
        double dr = ur[i] - vr[i], di = ui[i] - vi[i];
        double rr = cr * dr, ii = ci * di, ri = cr * di, ir = ci * dr;
        ur[i] = ur[i] + vr[i];
        ui[i] = ui[i] + vi[i];
        vr[i] = rr + ii;
        vi[i] = ri - ir;
      }
    }
  }
}
