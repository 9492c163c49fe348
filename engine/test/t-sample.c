/* every-isa */
/* t-sample.c: samplers against models that read the same key stream, and against their distributions. Keys are fixed, so
 * every figure repeats; a chi-square of d degrees has mean d and deviation sqrt(2d), and 6 deviations are allowed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arith/mod.h"
#include "sample-cases.h"

#define N 262144 /* a macro: it meets doubles, which enumerators may not */
static int8_t got[N + 8];

JFI_TEST(ternary_by_definition) {
  jfi_rng a, b;
  static const size_t sizes[] = {1, 7, 511, 512, 513, 5000};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    jfi_seeded(&a, 1);
    jfi_seeded(&b, 1);
    memset(got, 99, sizeof got);
    jfi_sample_ternary(&a, got, sizes[s]);
    CHECK_EQ(got[sizes[s]], 99);
    for (size_t i = 0; i < sizes[s]; i++) {
      uint64_t u;
      jfi_rng_bytes(&b, &u, 8);
      CHECK_EQ(got[i], (int64_t)((jfi_u128)u * 3 >> 64) - 1);
    }
  }
}

/* The words on either side of 2^64/3 and 2^65/3, put where the generator hands them out next. */
JFI_TEST(ternary_at_the_edges) {
  static const uint64_t third = UINT64_C(0x5555555555555555);
  const uint64_t u[8] = {0, third, third + 1, 2 * third, 2 * third + 1, UINT64_MAX, third + (UINT64_C(1) << 32), 1};
  static const int8_t want[8] = {-1, -1, 0, 0, 1, 1, 0, -1};
  jfi_rng rng;
  jfi_seeded(&rng, 1);
  memcpy(rng.buf, u, sizeof u);
  rng.used = 0;
  jfi_sample_ternary(&rng, got, 8);
  CHECK_MEM(got, want, 8);
}

JFI_TEST(ternary_is_uniform) {
  jfi_rng rng;
  double count[9] = {0}, want[9];
  jfi_seeded(&rng, 2);
  jfi_sample_ternary(&rng, got, N);
  for (size_t i = 0; i < N; i += 2) { /* pairs: sees dependence of neighbours as well */
    REQUIRE(got[i] >= -1 && got[i] <= 1 && got[i + 1] >= -1 && got[i + 1] <= 1);
    count[3 * (got[i] + 1) + got[i + 1] + 1] += 1;
  }
  for (int i = 0; i < 9; i++) want[i] = N / 2 / 9.0;
  CHECK(jfi_plausible(jfi_chi_square(count, want, 9), 8));
}

static int weight(uint32_t x) {
  int w = 0;
  for (; x; x &= x - 1) w++;
  return w;
}

JFI_TEST(binomial_by_definition) {
  jfi_rng a, b;
  static const size_t sizes[] = {1, 8, 13, 512, 520, 3000};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    jfi_seeded(&a, 3);
    jfi_seeded(&b, 3);
    memset(got, 99, sizeof got);
    jfi_sample_cbd(&a, got, sizes[s]);
    CHECK_EQ(got[sizes[s]], 99);
    for (size_t at = 0; at < sizes[s]; at += 512) {
      static uint8_t plane[6 * 512];
      size_t len = sizes[s] - at < 512 ? sizes[s] - at : 512, stride = (len + 7) / 8 * 8;
      jfi_rng_bytes(&b, plane, 6 * stride);
      for (size_t i = 0; i < len; i++) {
        uint64_t w = 0;
        for (size_t p = 0; p < 6; p++) w |= (uint64_t)plane[p * stride + i] << 8 * p;
        int want = weight((uint32_t)w & 0x1fffff) - weight((uint32_t)(w >> 21) & 0x1fffff);
        CHECK_EQ(got[at + i], want);
      }
    }
  }
}

JFI_TEST(binomial_distribution) {
  jfi_rng rng;
  double count[27] = {0}, want[27] = {0}, mean = 0, var = 0, p = N;
  jfi_seeded(&rng, 4);
  jfi_sample_cbd(&rng, got, N);
  /* P(k) = C(42, 21 + k) / 2^42; classes -13..13, the tails folded in. */
  for (int i = 0; i < 42; i++) p /= 2;
  for (int k = 0; k <= 42; k++) {
    int c = k - 21 < -13 ? -13 : k - 21 > 13 ? 13 : k - 21;
    want[c + 13] += p;
    p = p * (42 - k) / (k + 1);
  }
  for (size_t i = 0; i < N; i++) {
    int c = got[i] < -13 ? -13 : got[i] > 13 ? 13 : got[i];
    REQUIRE(abs(got[i]) <= JFI_NOISE_MAX);
    count[c + 13] += 1;
    mean += got[i];
    var += got[i] * got[i];
  }
  CHECK(jfi_plausible(jfi_chi_square(count, want, 27), 26));
  CHECK_CLOSE(mean / N, 0, 6 * 3.24 / 512); /* deviation of a mean of 2^18 */
  CHECK_CLOSE(var / N, 10.5, 6 * 10.5 * sqrt(2.0 / N));
}

JFI_TEST(consecutive_calls_go_on) {
  jfi_rng a;
  int8_t x[1024], y[1024];
  jfi_seeded(&a, 5);
  jfi_sample_ternary(&a, x, 1024);
  jfi_sample_ternary(&a, y, 1024);
  CHECK(memcmp(x, y, 1024) != 0);
}
