/* every-isa */
/* t-uniform.c: every coefficient against its definition, block by block, for primes that miss never, rarely and half the
 * time; and the spread of the residues. */
#include <string.h>

#include "base/aes.h"
#include "base/mem.h"
#include "harness.h"
#include "ring/primes.h"
#include "ring/ring.h"

enum { N_MAX = 1 << 14 };
static _Alignas(64) uint64_t got[N_MAX];
static _Alignas(64) uint8_t scratch[8192];

static uint64_t word_at(const jfi_aes *aes, uint32_t domain, uint32_t index, uint64_t byte, uint64_t mask) {
  uint64_t x = 0;
  for (int i = 0; i < 6; i++) {
    uint8_t block[16];
    jfi_aes_stream(aes, block, domain, index, (byte + (uint64_t)i) / 16, 1);
    x |= (uint64_t)block[(byte + (uint64_t)i) % 16] << 8 * i;
  }
  return x & mask;
}

static uint64_t model(const jfi_ring *r, size_t i, const jfi_aes *aes, uint32_t domain, uint64_t j, uint64_t *misses) {
  uint64_t mask = (UINT64_C(1) << r->mod[i].bits) - 1, x = word_at(aes, domain, (uint32_t)i, 6 * j, mask);
  for (uint64_t t = 0; x >= r->mod[i].q; t++) {
    ++*misses;
    x = word_at(aes, domain | UINT32_C(1) << 31, (uint32_t)i, 16 * (t / 2 << 32 | j) + 6 * (t & 1), mask);
  }
  return x;
}

static uint64_t prime_above(uint64_t q) {
  for (q = (q >> 18 << 18) + 1; !jfi_is_prime_var(q); q += 1 << 18) {
  }
  return q;
}

JFI_TEST(every_coefficient_by_definition) {
  uint64_t q[4] = {jfi_prime_below_var(48, 0), prime_above(UINT64_C(1) << 46), jfi_prime_below_var(20, 0),
                   prime_above(UINT64_C(3) << 45)};
  uint8_t seed[32];
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  for (uint32_t log_n = 3; log_n <= 12; log_n += 3) {
    jfi_ring *r = jfi_ring_new(log_n, q, 4, jfi_kernel_select());
    REQUIRE(r);
    REQUIRE(jfi_uniform_scratch(r->n) <= sizeof scratch);
    for (size_t i = 0; i < 4; i++) {
      jfi_aes aes;
      uint64_t misses = 0;
      uint32_t domain = (uint32_t)jfi_test_rng_u64(&rng) >> 1;
      jfi_test_rng_fill(&rng, seed, 32);
      jfi_aes_init(&aes, seed);
      memset(scratch, 0xa5, sizeof scratch);
      jfi_uniform(r, got, i, &aes, domain, scratch);
      for (size_t k = jfi_uniform_scratch(r->n); k < sizeof scratch; k++) CHECK_EQ(scratch[k], 0xa5);
      for (size_t j = 0; j < r->n; j++) CHECK_EQ(got[j], model(r, i, &aes, domain, j, &misses));
      if (log_n == 12) { /* misses a coefficient: about 0, 1, 1/3, 1/3 */
        if (i == 0) CHECK_EQ(misses, 0);
        if (i == 1) CHECK(misses > 3500 && misses < 4700);
        if (i > 1) CHECK(misses > 1000 && misses < 1700);
      }
    }
    jfi_ring_free(r);
  }
}

/* Chi-square over 64 equal ranges of [0, q): mean 63, deviation 11.2; 140 is seven deviations away. */
JFI_TEST(spread) {
  uint64_t q[3] = {jfi_prime_below_var(48, 0), prime_above(UINT64_C(1) << 46), jfi_prime_below_var(20, 0)};
  uint8_t seed[32] = {42};
  jfi_aes aes;
  jfi_aes_init(&aes, seed);
  jfi_ring *r = jfi_ring_new(14, q, 3, jfi_kernel_select());
  REQUIRE(r);
  for (size_t i = 0; i < 3; i++) {
    double count[64] = {0}, chi = 0, want = N_MAX / 64;
    jfi_uniform(r, got, i, &aes, 1, scratch);
    for (size_t j = 0; j < r->n; j++) {
      REQUIRE(got[j] < q[i]);
      count[(jfi_u128)got[j] * 64 / q[i]] += 1;
    }
    for (int b = 0; b < 64; b++) chi += (count[b] - want) * (count[b] - want) / want;
    CHECK(chi > 20 && chi < 140);
  }
  jfi_ring_free(r);
}

JFI_TEST(streams_differ) {
  static _Alignas(64) uint64_t other[N_MAX];
  uint64_t q[2] = {jfi_prime_below_var(48, 0), jfi_prime_below_var(48, 1)};
  uint8_t seed[32] = {1};
  jfi_aes aes;
  jfi_aes_init(&aes, seed);
  jfi_ring *r = jfi_ring_new(10, q, 2, jfi_kernel_select());
  REQUIRE(r);
  jfi_uniform(r, got, 0, &aes, 1, scratch);
  jfi_uniform(r, other, 0, &aes, 2, scratch);
  CHECK(memcmp(got, other, 64) != 0);
  jfi_uniform(r, other, 1, &aes, 1, scratch);
  CHECK(memcmp(got, other, 64) != 0);
  jfi_uniform(r, other, 0, &aes, 1, scratch);
  CHECK_MEM(got, other, r->n * sizeof *got);
  jfi_ring_free(r);
}
