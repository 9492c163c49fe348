/* t-circuit-periodic.c: the series of cosine and exponential, against the functions. */
#include <math.h>
#include <stdio.h>

#include "circuit/cheb.h"
#include "circuit/periodic.h"
#include "harness.h"

JFI_TEST(cosine_is_within_its_error) {
  const double overflow[] = {16.254, 5.25, 12};
  for (size_t t = 0; t < 3; t++) {
    jfhe_poly *p = NULL;
    double error = 0, most = 0;
    CHECK_OK(jfi_cosine_new(&p, &error, overflow[t], 2, 62));
    for (int i = -2000; i <= 2000; i++) {
      double x = i / 2000.0, want = (double)cosl(2 * acosl(-1.0L) * (long double)overflow[t] / 4 * (long double)x);
      most = fmax(most, fabs(jfhe_poly_value(p, x) - want));
    }
    printf("overflow %g: degree %u, error 2^%.1f, bound 2^%.1f\n", overflow[t], jfhe_poly_degree(p), log2(most),
           log2(error));
    CHECK(most <= error && error < 0x1p-40);
    jfhe_poly_free(p);
  }
}

JFI_TEST(exponential_is_within_its_error) {
  jfhe_poly *p = NULL;
  double error = 0, most = 0, a = 2 * acos(-1) * 16.254 / 4;
  CHECK_OK(jfi_exponential_new(&p, &error, 16.254, 2, 62));
  double even[256] = {0}, odd[256] = {0};
  for (uint32_t k = 0; k <= p->degree; k++) *(k % 2 ? &odd[k] : &even[k]) = p->c[k];
  for (double x = -1; x <= 1; x += 0.001) {
    double re, im;
    jfi_cheb_values(&re, &x, 1, even, p->degree + 1);
    jfi_cheb_values(&im, &x, 1, odd, p->degree + 1);
    most = fmax(most, hypot(re - cos(a * x), im - sin(a * x)));
  }
  printf("degree %u, error 2^%.1f, bound 2^%.1f\n", p->degree, log2(most), log2(error));
  CHECK(most <= error && error < 0x1p-40 && jfhe_poly_depth(p) == 6);
  jfhe_poly_free(p);
}
