/* every-isa */
/* t-galois.c: automorphisms as permutations against automorphisms of coefficients, in every tiny ring for every g. */
#include <stdlib.h>

#include "harness.h"
#include "ring/primes.h"
#include "ring/ring.h"

enum { N_MAX = 1 << 14 };
static _Alignas(64) uint64_t a[N_MAX], b[N_MAX], c[N_MAX];
static uint32_t perm[N_MAX];

static void compare(const jfi_ring *r, uint32_t g, jfi_test_rng *rng) {
  for (size_t i = 0; i < r->n; i++) a[i] = jfi_test_rng_below(rng, r->mod[0].q);
  r->k->automorph_coeff(b, a, g, r->n, &r->mod[0]);
  r->k->ntt_fwd(b, jfi_ring_ntt(r, 0));
  r->k->ntt_fwd(a, jfi_ring_ntt(r, 0));
  jfi_galois_perm(perm, r->log_n, g);
  r->k->permute(c, a, perm, r->n);
  CHECK_MEM(c, b, r->n * sizeof *b);
}

JFI_TEST(permutation_is_the_automorphism) {
  uint64_t q = jfi_prime_below_var(40, 0);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  for (uint32_t log_n = 3; log_n <= 7; log_n++) {
    jfi_ring *r = jfi_ring_new(log_n, &q, 1, jfi_kernel_select());
    REQUIRE(r);
    for (uint32_t g = 1; g < 2u << log_n; g += 2) compare(r, g, &rng);
    jfi_ring_free(r);
  }
  jfi_ring *r = jfi_ring_new(14, &q, 1, jfi_kernel_select());
  REQUIRE(r);
  compare(r, 5, &rng);
  compare(r, 2 * N_MAX - 1, &rng);
  compare(r, jfi_galois_rotation(14, -1), &rng);
  jfi_ring_free(r);
}

/* The permutation's definition, spelt out: entry j holds the exponent 2 brv(j) + 1. */
JFI_TEST(permutation_by_definition) {
  for (uint32_t log_n = 3; log_n <= 17; log_n += 7) {
    uint32_t n = 1u << log_n;
    uint32_t *p = malloc(n * sizeof *p);
    REQUIRE(p);
    for (uint32_t g = 1; g < 2 * n; g += n / 4 + 2) {
      jfi_galois_perm(p, log_n, g | 1);
      for (uint32_t j = 0; j < n; j++) {
        uint32_t e = 0, want = 0;
        for (uint32_t i = 0; i < log_n; i++) e |= (j >> i & 1) << (log_n - 1 - i);
        e = (uint32_t)((uint64_t)(g | 1) * (2 * e + 1) % (2 * n));
        for (uint32_t i = 0; i < log_n; i++) want |= (e >> 1 >> i & 1) << (log_n - 1 - i);
        if (p[j] != want) CHECK_EQ(p[j], want);
      }
    }
    free(p);
  }
}

JFI_TEST(rotations) {
  for (uint32_t log_n = 3; log_n <= 17; log_n++) {
    uint64_t two_n = UINT64_C(2) << log_n, g = 1;
    int64_t half = (int64_t)(two_n / 4);
    for (int64_t k = 0; k < (half < 300 ? half : 300); k++, g = g * 5 % two_n) {
      CHECK_EQ(jfi_galois_rotation(log_n, k), g);
      CHECK_EQ(jfi_galois_rotation(log_n, k - half), g);
      CHECK_EQ(jfi_galois_rotation(log_n, k + 3 * half), g);
      CHECK_EQ((uint64_t)jfi_galois_rotation(log_n, -k) * g % two_n, 1);
    }
    CHECK_EQ(jfi_galois_rotation(log_n, INT64_MIN), 1);
  }
}

JFI_TEST(inverses) {
  for (uint32_t log_n = 3; log_n <= 17; log_n++) {
    uint64_t two_n = UINT64_C(2) << log_n, bad = 0;
    for (uint64_t g = 1; g < two_n; g += 2) {
      uint64_t x = jfi_galois_inverse(log_n, (uint32_t)g);
      bad += x >= two_n || x * g % two_n != 1;
    }
    CHECK_EQ(bad, 0);
  }
}
