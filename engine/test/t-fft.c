/* every-isa */
/* t-fft.c: every root is the nearest double, the tree's relations hold, and the transform meets the exponents. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "harness.h"
#include "ring/ring.h"

enum { N_MAX = 1 << 16 };
static _Alignas(64) double re[N_MAX], im[N_MAX], x[N_MAX], y[N_MAX], re2[N_MAX], im2[N_MAX];

/* Digest of re[1..n-1] then im[1..n-1] as little-endian doubles, n = 2^16, from an independent model (Python, 220-bit
 * sines and cosines, rounded to nearest). The closest of all values to a rounding tie lies 2^-16.2 ulp away. */
JFI_TEST(roots_are_the_nearest_doubles) {
  jfi_sha256 s;
  uint8_t d[32];
  char hex[65];
  jfi_fft_roots(re, im, N_MAX);
  jfi_sha256_init(&s);
  jfi_sha256_update(&s, re + 1, (N_MAX - 1) * sizeof *re);
  jfi_sha256_update(&s, im + 1, (N_MAX - 1) * sizeof *im);
  jfi_sha256_final(&s, d);
  for (int i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", d[i]);
  CHECK(strcmp(hex, "d7525e18eb5ac1c9315bcbc1e33d24c3f36835260e03bde7f43e8be15094b1f8") == 0);
}

/* A second way: libm's long double, which is right to well under an ulp of a double. */
JFI_TEST(roots_against_libm) {
  const long double pi = 3.14159265358979323846264338327950288L;
  for (size_t m = 1; m < N_MAX; m *= 2)
    for (size_t b = 0; b < m; b++) {
      long double arg = 2 * pi * jfi_fft_exponent(m, b) / (8 * (long double)m);
      long double er = fabsl(cosl(arg) - re[m + b]), ei = fabsl(sinl(arg) - im[m + b]);
      if (er > 0x1p-53L * fabsl(cosl(arg)) * 1.01L + 0x1p-62L || ei > 0x1p-53L * fabsl(sinl(arg)) * 1.01L + 0x1p-62L)
        CHECK_EQ(m + b, 0);
    }
  CHECK(re[1] == im[1] && re[1] == sqrt(0.5));
}

/* Smaller sizes are prefixes; a child's square is its parent, and its sibling is a quarter turn on. */
JFI_TEST(tree) {
  for (size_t n = 1; n <= N_MAX; n *= 2) {
    memset(re2, 0, sizeof re2);
    jfi_fft_roots(re2, im2, n);
    CHECK(n < 2 ||
          (memcmp(re + 1, re2 + 1, (n - 1) * sizeof *re) == 0 && memcmp(im + 1, im2 + 1, (n - 1) * sizeof *re) == 0));
    CHECK(n == N_MAX || re2[n] == 0); /* writes nothing past n */
  }
  for (size_t k = 1; 2 * k + 1 < N_MAX; k++) {
    double a = re[2 * k], b = im[2 * k];
    if (fabs(a * a - b * b - re[k]) > 1e-15 || fabs(2 * a * b - im[k]) > 1e-15) CHECK_EQ(k, 0);
    if (re[2 * k + 1] != -b || im[2 * k + 1] != a) CHECK_EQ(k, 0);
  }
}

JFI_TEST(exponents) {
  for (size_t n = 1; n <= N_MAX; n *= 2) {
    uint8_t *seen = calloc(n, 1);
    REQUIRE(seen);
    for (size_t j = 0; j < n; j++) {
      uint32_t e = jfi_fft_exponent(n, j);
      CHECK(e % 4 == 1 && e < 4 * n);
      seen[e / 4]++;
    }
    for (size_t j = 0; j < n; j++) CHECK_EQ(seen[j], 1);
    free(seen);
  }
}

/* Output j is the polynomial at e^(2 pi i e(j) / 4n), by Horner in long double; and the inverse returns n times the input. */
JFI_TEST(transform_meets_exponents) {
  const jfi_kernel *k = jfi_kernel_select();
  const long double pi = 3.14159265358979323846264338327950288L;
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  REQUIRE(k);
  for (size_t n = 2; n <= 256; n *= 2) {
    for (size_t i = 0; i < n; i++) {
      x[i] = re2[i] = jfi_test_rng_unit(&rng) - 0.5;
      y[i] = im2[i] = jfi_test_rng_unit(&rng) - 0.5;
    }
    k->fft_fwd(re2, im2, re, im, n);
    for (size_t j = 0; j < n; j++) {
      long double arg = 2 * pi * jfi_fft_exponent(n, j) / (4 * (long double)n), c = cosl(arg), s = sinl(arg), a = 0,
                  b = 0;
      for (size_t i = n; i-- > 0;) {
        long double t = a * c - b * s + x[i];
        b = a * s + b * c + y[i];
        a = t;
      }
      CHECK_CLOSE(re2[j], a, 1e-13 * (double)n);
      CHECK_CLOSE(im2[j], b, 1e-13 * (double)n);
    }
    k->fft_inv(re2, im2, re, im, n);
    for (size_t i = 0; i < n; i++) {
      CHECK_CLOSE(re2[i] / (double)n, x[i], 1e-14);
      CHECK_CLOSE(im2[i] / (double)n, y[i], 1e-14);
    }
  }
}
