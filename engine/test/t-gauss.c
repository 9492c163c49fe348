/* every-isa */
/* t-gauss.c: Gaussians of every width against their distribution. Keys are fixed, so figures repeat; a chi-square of d
 * degrees has mean d and deviation sqrt(2d), and 6 deviations are allowed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arith/mod.h"
#include "sample-cases.h"

#define N 262144 /* a macro: it meets doubles, which enumerators may not */

JFI_TEST(gauss_range) {
  jfi_rng rng;
  int64_t out[4] = {7, 7, 7, 7};
  jfi_seeded(&rng, 8);
  CHECK_EQ(jfi_sample_gauss(&rng, out, 4, 0.99), -1);
  CHECK_EQ(jfi_sample_gauss(&rng, out, 4, 0x1p58 * 1.001), -1);
  CHECK_EQ(jfi_sample_gauss(&rng, out, 4, (double)NAN), -1);
  CHECK_EQ(jfi_sample_gauss(&rng, out, 4, (double)INFINITY), -1);
  for (int i = 0; i < 4; i++) CHECK_EQ(out[i], 7);
  CHECK_EQ(jfi_sample_gauss(&rng, out, 4, 1), 0);
  CHECK_EQ(jfi_sample_gauss(&rng, out, 4, 0x1p58), 0);
  CHECK(out[0] != out[1]);
}

/* Against exp(-k^2/(2 sigma^2)) over the integers, classes out to 4 deviations and the tails. */
static void gauss_small(double sigma, uint8_t id) {
  enum { SPAN = 700 };
  static double count[2 * SPAN + 1], want[2 * SPAN + 1];
  static int64_t out[N];
  jfi_rng rng;
  double total = 0;
  int reach = (int)(4 * sigma) < 2 ? 2 : (int)(4 * sigma);
  REQUIRE(reach < SPAN);
  jfi_seeded(&rng, id);
  REQUIRE(jfi_sample_gauss(&rng, out, N, sigma) == 0);
  memset(count, 0, sizeof count);
  memset(want, 0, sizeof want);
  for (int k = -20 * reach; k <= 20 * reach; k++) total += exp(-k * (double)k / (2 * sigma * sigma));
  for (int k = -20 * reach; k <= 20 * reach; k++) {
    int c = k < -reach ? -reach : k > reach ? reach : k;
    want[c + reach] += N * exp(-k * (double)k / (2 * sigma * sigma)) / total;
  }
  for (size_t i = 0; i < N; i++) {
    int64_t c = out[i] < -reach ? -reach : out[i] > reach ? reach : out[i];
    count[c + reach] += 1;
  }
  CHECK(jfi_plausible(jfi_chi_square(count, want, 2 * (size_t)reach + 1), 2 * reach));
}

JFI_TEST(gauss_small_sigma) {
  static const double sigma[] = {1, 1.37, 3.24, 10, 31.9, 45, 90.5, 150};
  for (size_t i = 0; i < sizeof sigma / sizeof *sigma; i++) gauss_small(sigma[i], (uint8_t)(20 + i));
}

/* Large sigma: standard deviations, the normal distribution function in 64 equal classes, and no residue favoured mod 16. */
static void gauss_large(double sigma, uint8_t id) {
#define COUNT 65536
  static int64_t out[COUNT];
  jfi_rng rng;
  double mean = 0, var = 0, cells[64] = {0}, residues[16] = {0}, want[64];
  jfi_seeded(&rng, id);
  REQUIRE(jfi_sample_gauss(&rng, out, COUNT, sigma) == 0);
  for (size_t i = 0; i < COUNT; i++) {
    double z = (double)out[i] / sigma;
    REQUIRE(llabs(out[i]) < INT64_C(1) << 62);
    mean += z;
    var += z * z;
    cells[(size_t)(63.999999 * 0.5 * erfc(-z / sqrt(2.0)))] += 1;
    residues[out[i] & 15] += 1;
  }
  CHECK_CLOSE(mean / COUNT, 0, 6 / 256.0);
  CHECK(var / COUNT > 1 - 6 * sqrt(2.0 / COUNT) && var / COUNT < 1.0201 + 6 * sqrt(2.0 / COUNT));
  for (int i = 0; i < 64; i++) want[i] = COUNT / 64.0;
  CHECK(jfi_plausible(jfi_chi_square(cells, want, 64), 63));
  for (int i = 0; i < 16; i++) want[i] = COUNT / 16.0;
  CHECK(jfi_plausible(jfi_chi_square(residues, want, 16), 15));
}

JFI_TEST(gauss_large_sigma) {
  static const double sigma[] = {5000, 54321.5, 0x1p20, 0x1.7p32, 0x1p41, 0x1p58};
  for (size_t i = 0; i < sizeof sigma / sizeof *sigma; i++) gauss_large(sigma[i], (uint8_t)(40 + i));
}

/* Generators whose every bit is the same: the least and the greatest magnitude that any key can give. */
static void all_zeros(uint8_t *out, const uint32_t state[16], size_t groups) {
  (void)state;
  memset(out, 0, 1024 * groups);
}
static void all_ones(uint8_t *out, const uint32_t state[16], size_t groups) {
  (void)state;
  memset(out, 0xff, 1024 * groups);
}
/* Words whose lowest bit, the sign, alternates with the rest all ones: high words end in 0. */
static void all_but_sign(uint8_t *out, const uint32_t state[16], size_t groups) {
  all_ones(out, state, groups);
  for (size_t i = 0; i < 1024 * groups; i += 8) out[i] = 0xfe;
}
JFI_TEST(gauss_extremes) {
  for (double sigma = 1; sigma <= 0x1p58; sigma *= 1.19) {
    int64_t low[8], high[8], zero[8];
    jfi_rng rng;
    jfi_seeded(&rng, 1);
    rng.blocks = all_zeros;
    REQUIRE(jfi_sample_gauss(&rng, zero, 8, sigma) == 0);
    jfi_seeded(&rng, 1);
    rng.blocks = all_ones;
    REQUIRE(jfi_sample_gauss(&rng, low, 8, sigma) == 0);
    jfi_seeded(&rng, 1);
    rng.blocks = all_but_sign;
    REQUIRE(jfi_sample_gauss(&rng, high, 8, sigma) == 0);
    for (int i = 0; i < 8; i++) {
      CHECK_EQ(zero[i], 0);
      CHECK_EQ(low[i], -high[i]);
      CHECK_EQ(high[i], high[0]);
    }
    /* 12.7 deviations and more of every term; and the range that the kernels take. */
    CHECK((double)high[0] >= 12.7 * sigma - 1 && (double)high[0] < 13.3 * 1.74 * sigma + 1 &&
          high[0] < INT64_C(1) << 62);
  }
}

/* A generator of one 126-bit number u, positive: the sample is then the count of table entries that are at most u. */
static uint64_t g_high, g_low;
static void one_number(uint8_t *out, const uint32_t state[16], size_t groups) {
  (void)state;
  for (size_t i = 0; i < 128 * groups; i++) { /* eight high words, then eight low ones */
    uint64_t w = (i & 8 ? g_low : g_high) << 1;
    memcpy(out + 8 * i, &w, 8);
  }
}
static int64_t sample_at(jfi_u128 u, double sigma) {
  int64_t x[8];
  jfi_rng rng;
  jfi_seeded(&rng, 1);
  rng.blocks = one_number;
  g_high = (uint64_t)(u >> 63);
  g_low = (uint64_t)u & INT64_MAX;
  return jfi_sample_gauss(&rng, x, 8, sigma) == 0 ? x[0] : -1;
}

/* The table itself, entry by entry: the least u whose sample exceeds k is 2^126 * P(|x| <= k), here from an independent model
 * (Python, 300-bit numbers), for the sigma that the engine takes: rounded up to a multiple of 2^-40. */
JFI_TEST(gauss_table) {
  static const struct {
    double sigma;
    int k;
    uint64_t high, low;
  } want[] = {
      {1.0, 0, UINT64_C(0x33108a6312bb6847), UINT64_C(0x27f4a9aa1b5c8073)},
      {1.0, 1, UINT64_C(0x71025579e9650bdf), UINT64_C(0x0208f83f7b156dd4)},
      {1.0, 5, UINT64_C(0x7fffffe5dd72686a), UINT64_C(0x02050a818b3416b3)},
      {3.2, 0, UINT64_C(0x0ff52b40649df50d), UINT64_C(0x2ce2ef1a61fa63b3)},
      {3.2, 5, UINT64_C(0x7532d898e9c790aa), UINT64_C(0x1a90797238735418)},
      {3.2, 20, UINT64_C(0x7fffffffba9fd472), UINT64_C(0x26247c8daba797e7)},
      {11.0, 0, UINT64_C(0x04a469ac5520b9e1), UINT64_C(0x3f6bb28a76cfa60b)},
      {11.0, 30, UINT64_C(0x7f4a617b6441a1ee), UINT64_C(0x4a941a03373bdfa1)},
      {11.0, 100, UINT64_C(0x7fffffffffffffff), UINT64_C(0x35ec6fd25ddedb57)},
  };
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
    jfi_u128 low = 0, high = (jfi_u128)1 << 126, expected = (jfi_u128)want[i].high << 63 | want[i].low;
    while (low < high) {
      jfi_u128 middle = low + (high - low) / 2;
      if (sample_at(middle, want[i].sigma) > want[i].k)
        high = middle;
      else
        low = middle + 1;
    }
    jfi_u128 off = low > expected ? low - expected : expected - low;
    CHECK(off < (jfi_u128)1 << 12); /* 2^-114 */
    /* One less must not exceed k even where only the lower half of the number tells. */
    CHECK(sample_at(low - 1, want[i].sigma) <= want[i].k);
  }
}

/* Bits do not depend on the machine: the sum of a thousand samples, each times its place. */
JFI_TEST(gauss_same_everywhere) {
  static int64_t out[1000];
  uint64_t sum = 0;
  jfi_rng rng;
  jfi_seeded(&rng, 61);
  REQUIRE(jfi_sample_gauss(&rng, out, 1000, 123456.789) == 0);
  for (size_t i = 0; i < 1000; i++) sum += (uint64_t)out[i] * (i + 1);
  CHECK_EQ(sum, UINT64_C(1423095704));
}

JFI_TEST(gauss_repeats) {
  int64_t a[100], b[100];
  jfi_rng rng;
  jfi_seeded(&rng, 60);
  jfi_sample_gauss(&rng, a, 100, 1e6);
  jfi_seeded(&rng, 60);
  jfi_sample_gauss(&rng, b, 100, 1e6);
  CHECK_MEM(a, b, sizeof a);
}
