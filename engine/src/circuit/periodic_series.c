/* circuit/periodic_series.c: cosine and exponential as one Chebyshev series. [CHKKS18b] [HK20] */
#include <math.h>

#include "base/status.h"
#include "circuit/periodic.h"

enum { BESSEL_MAX = 256 };
static const double TWO_PI = 6.283185307179586; /* magic: TWO_PI = 2*pi */

/* J_0 .. J_BESSEL_MAX(a), 1 < a < BESSEL_MAX/4, by Miller's recurrence from above, where it is stable: J_(n-1) = 2n/a J_n - J_(n+1), scaled by
 * J_0 + 2 sum J_2k = 1. Four operations alone: the same bits on every build. [Olv64] */
static void bessel(double j[BESSEL_MAX + 1], double a) {
  double sum = 0;
  j[BESSEL_MAX] = 0;
  j[BESSEL_MAX - 1] = 0x1p-1000;
  for (int n = BESSEL_MAX - 1; n > 0; n--) {
    j[n - 1] = (double)(2 * n) / a * j[n] - j[n + 1];
    if (fabs(j[n - 1]) > 0x1p500)
      for (int i = n - 1; i < BESSEL_MAX; i++) j[i] *= 0x1p-700;
  }
  for (int n = BESSEL_MAX; n > 0; n--) sum += n % 2 ? 0 : 2 * j[n];
  sum += j[0];
  for (int n = 0; n <= BESSEL_MAX; n++) j[n] /= sum;
}

/* exp(i a x) = J_0(a) + 2 sum over k of i^k J_k(a) T_k(x), a = 2 pi overflow / 2^doublings, of which every `step`-th term: cos(a x) is the
 * even ones, step 2. Odd coefficients stand without their i. The cut's error is the sum of what is left out; 2^-44 covers the coefficients'
 * roundings and those of a (measured against long doubles). The degree is over most/2, so that the depth is always one. */
static jfhe_status series(jfhe_poly **out, double *error, double overflow, uint32_t doublings, uint32_t most,
                          uint32_t step) {
  double j[BESSEL_MAX + 1], c[BESSEL_MAX + 1] = {0}, a = TWO_PI * overflow / (double)(1u << doublings), tail = 0;
  if (!(a > 1 && a < (double)BESSEL_MAX / 4) || most >= BESSEL_MAX)
    return jfi_fail(JFHE_ERR_PARAMS, "an overflow of %g is beyond the reach of cosine and exponential", overflow);
  bessel(j, a);
  uint32_t degree = BESSEL_MAX - step;
  for (; degree > most / 2 + 1 && (degree > most || tail + 2 * fabs(j[degree]) < 0x1p-46); degree -= step)
    tail += 2 * fabs(j[degree]);
  for (uint32_t k = 0; k <= degree; k += step) c[k] = (k ? 2 : 1) * (k % 4 > 1 ? -j[k] : j[k]);
  *error = tail + 0x1p-44;
  return jfi_poly_new(out, c, degree + 1, JFHE_BASIS_CHEB, -1, 1);
}

jfhe_status jfi_cosine_new(jfhe_poly **out, double *error, double overflow, uint32_t doublings, uint32_t most) {
  return series(out, error, overflow, doublings, most, 2);
}

/* One polynomial for cosine and sine together: a product by i is free, so the exponential costs the products of one series, not of two. */
jfhe_status jfi_exponential_new(jfhe_poly **out, double *error, double overflow, uint32_t doublings, uint32_t most) {
  return series(out, error, overflow, doublings, most, 1);
}
