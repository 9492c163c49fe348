/* t-set.c: subsets of the primes against arrays of flags. */
#include <string.h>

#include "harness.h"
#include "ring/set.h"

static jfi_set random_set(jfi_test_rng *rng, uint8_t flag[JFI_PRIMES_MAX]) {
  jfi_set s = jfi_set_empty();
  uint64_t dense = jfi_test_rng_below(rng, 8);
  for (size_t i = 0; i < JFI_PRIMES_MAX; i++) {
    flag[i] = jfi_test_rng_below(rng, 8) < dense;
    if (flag[i]) s = jfi_set_with(s, i);
  }
  return s;
}

static void check(jfi_set s, const uint8_t flag[JFI_PRIMES_MAX]) {
  uint32_t list[JFI_PRIMES_MAX];
  size_t count = 0, next = JFI_PRIMES_MAX, listed = jfi_set_list(s, list);
  for (size_t i = 0; i < JFI_PRIMES_MAX; i++) {
    CHECK_EQ(jfi_set_has(s, i), flag[i]);
    CHECK_EQ(jfi_set_rank(s, i), count);
    if (flag[i]) CHECK_EQ(list[count], i);
    count += flag[i];
  }
  CHECK_EQ(jfi_set_count(s), count);
  CHECK_EQ(listed, count);
  CHECK_EQ(jfi_set_next(s, JFI_PRIMES_MAX), JFI_PRIMES_MAX);
  for (size_t i = JFI_PRIMES_MAX; i-- > 0;) {
    if (flag[i]) next = i;
    CHECK_EQ(jfi_set_next(s, i), next);
  }
}

JFI_TEST(operations) {
  jfi_test_rng rng;
  uint8_t a[JFI_PRIMES_MAX], b[JFI_PRIMES_MAX], c[JFI_PRIMES_MAX];
  jfi_test_rng_init(&rng, 1);
  for (int round = 0; round < 300; round++) {
    jfi_set s = random_set(&rng, a), t = random_set(&rng, b);
    int within = 1;
    check(s, a);
    for (size_t i = 0; i < JFI_PRIMES_MAX; i++) c[i] = a[i] | b[i];
    check(jfi_set_or(s, t), c);
    for (size_t i = 0; i < JFI_PRIMES_MAX; i++) c[i] = a[i] & b[i];
    check(jfi_set_and(s, t), c);
    for (size_t i = 0; i < JFI_PRIMES_MAX; i++) {
      c[i] = a[i] & !b[i];
      within &= !c[i];
    }
    check(jfi_set_minus(s, t), c);
    CHECK_EQ(jfi_set_within(s, t), within);
    CHECK_EQ(jfi_set_within(jfi_set_and(s, t), t), 1);
    CHECK_EQ(jfi_set_equal(s, t), memcmp(a, b, sizeof a) == 0);
    CHECK_EQ(jfi_set_equal(jfi_set_or(jfi_set_minus(s, t), jfi_set_and(s, t)), s), 1);
    size_t i = jfi_test_rng_below(&rng, JFI_PRIMES_MAX);
    a[i] = 0;
    check(jfi_set_without(s, i), a);
  }
}

JFI_TEST(ranges) {
  for (size_t first = 0; first <= JFI_PRIMES_MAX; first += 3)
    for (size_t count = 0; first + count <= JFI_PRIMES_MAX; count += 5) {
      uint8_t flag[JFI_PRIMES_MAX] = {0};
      memset(flag + first, 1, count);
      check(jfi_set_range(first, count), flag);
    }
}
