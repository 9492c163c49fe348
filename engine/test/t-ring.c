/* every-isa */
/* t-ring.c: tables of every degree share one root; products are negacyclic; what does not fit is refused. */
#include <string.h>

#include "base/mem.h"
#include "base/pool.h"
#include "harness.h"
#include "ring/primes.h"
#include "ring/ring.h"

enum { N_MAX = 1 << 17 };
static _Alignas(64) uint64_t a[N_MAX], b[N_MAX], c[N_MAX];

static uint64_t pow_mod(uint64_t x, uint64_t e, uint64_t q) {
  uint64_t r = 1;
  for (; e; e >>= 1, x = (uint64_t)((jfi_u128)x * x % q))
    if (e & 1) r = (uint64_t)((jfi_u128)r * x % q);
  return r;
}
static uint32_t brv(uint32_t x, uint32_t bits) {
  uint32_t r = 0;
  for (uint32_t i = 0; i < bits; i++) r |= (x >> i & 1) << (bits - 1 - i);
  return r;
}

/* The transform of X lists psi^(2 brv(j) + 1) itself. */
JFI_TEST(one_root_for_all_degrees) {
  uint64_t q[2] = {jfi_prime_below_var(48, 0), jfi_prime_below_var(20, 0)};
  for (uint32_t log_n = 3; log_n <= 17; log_n++) {
    jfi_ring *r = jfi_ring_new(log_n, q, 2, jfi_kernel_select());
    REQUIRE(r);
    CHECK_EQ(r->n, (size_t)1 << log_n);
    for (size_t i = 0; i < 2; i++) {
      uint64_t psi = pow_mod(jfi_root_var(q[i]), (1u << 17) >> log_n, q[i]);
      memset(a, 0, r->n * sizeof *a);
      a[1] = 1;
      r->k->ntt_fwd(a, jfi_ring_ntt(r, i));
      for (uint32_t j = 0; j < r->n; j += (uint32_t)(r->n / 8 - (r->n > 64)))
        CHECK_EQ(a[j], pow_mod(psi, 2 * brv(j, log_n) + 1, q[i]));
    }
    jfi_ring_free(r);
  }
}

/* a(X^(N'/N)) in evaluation form copies each entry N'/N times. */
JFI_TEST(lifting_copies) {
  uint64_t q = jfi_prime_below_var(46, 1);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  jfi_ring *small = jfi_ring_new(5, &q, 1, jfi_kernel_select());
  REQUIRE(small);
  for (uint32_t log_n = 6; log_n <= 13; log_n++) {
    jfi_ring *large = jfi_ring_new(log_n, &q, 1, jfi_kernel_select());
    REQUIRE(large);
    uint32_t d = log_n - 5;
    memset(b, 0, large->n * sizeof *b);
    for (size_t i = 0; i < 32; i++) b[i << d] = a[i] = jfi_test_rng_below(&rng, q);
    small->k->ntt_fwd(a, jfi_ring_ntt(small, 0));
    large->k->ntt_fwd(b, jfi_ring_ntt(large, 0));
    for (size_t j = 0; j < large->n; j++) CHECK_EQ(b[j], a[j >> d]);
    jfi_ring_free(large);
  }
  jfi_ring_free(small);
}

/* Primes that are 1 mod 2N alone serve too; the product is checked against the definition with 128-bit integers. */
JFI_TEST(products_are_negacyclic) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 2);
  for (uint32_t log_n = 3; log_n <= 7; log_n++) {
    size_t n = (size_t)1 << log_n;
    uint64_t q = (UINT64_C(1) << 19) / (2 * n) * (2 * n) + 1; /* the smallest the ring admits */
    while (!jfi_is_prime_var(q)) q += 2 * n;
    jfi_ring *r = jfi_ring_new(log_n, &q, 1, jfi_kernel_select());
    REQUIRE(r);
    for (int round = 0; round < 50; round++) {
      for (size_t i = 0; i < n; i++) {
        a[i] = round == 0 ? q - 1 : jfi_test_rng_below(&rng, q);
        b[i] = round == 0 ? q - 1 : jfi_test_rng_below(&rng, q);
      }
      for (size_t k = 0; k < n; k++) {
        jfi_i128 s = 0;
        for (size_t i = 0; i < n; i++) {
          jfi_i128 p = (jfi_i128)a[i] * b[(k - i) & (n - 1)];
          s += i <= k ? p : -p;
        }
        s %= q;
        c[k] = (uint64_t)(s < 0 ? s + q : s);
      }
      r->k->ntt_fwd(a, jfi_ring_ntt(r, 0));
      r->k->ntt_fwd(b, jfi_ring_ntt(r, 0));
      r->k->mul(a, a, b, n, &r->mod[0]);
      r->k->ntt_inv(a, jfi_ring_ntt(r, 0));
      CHECK_MEM(a, c, n * sizeof *a);
    }
    jfi_ring_free(r);
  }
}

JFI_TEST(misfits_are_refused) {
  const jfi_kernel *k = jfi_kernel_select();
  uint64_t good = jfi_prime_below_var(48, 0), q[129], twice[2] = {good, good};
  static const uint64_t bad[] = {0, 1, 786433 * UINT64_C(16777259), 7681, 1 << 19, (UINT64_C(1) << 48) + 1, UINT64_MAX};
  for (size_t i = 0; i < 129; i++) q[i] = jfi_prime_below_var(40, i);
  CHECK(jfi_ring_new(2, &good, 1, k) == NULL);
  CHECK(jfi_ring_new(18, &good, 1, k) == NULL);
  CHECK(jfi_ring_new(10, &good, 0, k) == NULL);
  CHECK(jfi_ring_new(10, twice, 2, k) == NULL);
  CHECK(jfi_ring_new(3, q, 129, k) == NULL);
  CHECK(jfi_ring_new(10, &good, 1, NULL) == NULL);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK(jfi_ring_new(3, bad + i, 1, k) == NULL);
  uint64_t narrow = 557057; /* 17 * 2^15 + 1, prime: serves N <= 2^14 */
  CHECK(jfi_is_prime_var(narrow));
  jfi_ring *r = jfi_ring_new(14, &narrow, 1, k);
  CHECK(r != NULL);
  jfi_ring_free(r);
  CHECK(jfi_ring_new(15, &narrow, 1, k) == NULL);
  r = jfi_ring_new(3, q, 128, k);
  CHECK(r != NULL);
  jfi_ring_free(r);
  jfi_ring_free(NULL);
}

enum { ASKERS = 64, PRIMES = 3 };
typedef struct asked {
  const jfi_ring *ring;
  uint64_t x[ASKERS][1 << 10];
} asked;
static asked ask_all;

static void ask(void *arg, size_t task, size_t worker) {
  (void)worker;
  asked *all = arg;
  memset(all->x[task], 0, sizeof all->x[task]);
  all->x[task][1] = 1;
  all->ring->k->ntt_fwd(all->x[task], jfi_ring_ntt(all->ring, 1 + task % (PRIMES - 1)));
}

/* A table is made when it is first asked for, by one of all who ask, and the others find it whole. */
JFI_TEST(tables_are_made_when_they_are_asked_for) {
  uint64_t q[PRIMES];
  for (size_t i = 0; i < PRIMES; i++) q[i] = jfi_prime_below_var(48, (uint32_t)i);
  jfi_pool *pool = jfi_pool_new(4);
  REQUIRE(pool);
  for (int round = 0; round < 50; round++) {
    jfi_ring *r = jfi_ring_new(10, q, PRIMES, jfi_kernel_select());
    REQUIRE(r);
    for (size_t i = 0; i < PRIMES; i++) CHECK(!jfi_once_is_done(&r->made[i]));
    ask_all.ring = r;
    jfi_parallel(pool, ASKERS, ask, &ask_all);
    CHECK(!jfi_once_is_done(&r->made[0]));
    CHECK(jfi_once_is_done(&r->made[1]) && jfi_once_is_done(&r->made[2]));
    for (size_t t = 0; t < ASKERS; t++) { /* output 0 of X is psi itself */
      CHECK_EQ(ask_all.x[t][0],
               pow_mod(jfi_root_var(q[1 + t % (PRIMES - 1)]), (1u << 17) >> 10, q[1 + t % (PRIMES - 1)]));
      CHECK_MEM(ask_all.x[t], ask_all.x[t % (PRIMES - 1)], sizeof ask_all.x[t]);
    }
    jfi_ring_free(r);
  }
  jfi_pool_free(pool);
}

JFI_TEST(failing_memory) {
  uint64_t q = jfi_prime_below_var(48, 0);
  for (long k = 0; k < 5; k++) {
    jfi_alloc_fail_after(k);
    CHECK(jfi_ring_new(4, &q, 1, jfi_kernel_select()) == NULL);
  }
  jfi_alloc_fail_after(-1);
  jfi_ring *r = jfi_ring_new(4, &q, 1, jfi_kernel_select());
  CHECK(r != NULL);
  jfi_ring_free(r);
}
