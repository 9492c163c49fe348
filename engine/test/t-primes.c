/* t-primes.c: primality against trial division and known liars; the lists; the shared root. */
#include "arith/mod.h"
#include "harness.h"
#include "ring/primes.h"
#include "ring/root.h"

static int trial(uint64_t q) {
  if (q < 2) return 0;
  for (uint64_t d = 2; d * d <= q; d++)
    if (q % d == 0) return 0;
  return 1;
}

JFI_TEST(small_numbers) {
  for (uint64_t q = 0; q < 100000; q++)
    if (jfi_is_prime_var(q) != trial(q)) CHECK_EQ(q, ~q);
  for (uint64_t q = (UINT64_C(1) << 40) - 100; q < (UINT64_C(1) << 40) + 20; q++)
    CHECK_EQ(jfi_is_prime_var(q), trial(q));
}

/* Strong pseudoprimes to the first 4, 5, 7, 9 and 11 prime bases (OEIS A014233), and the ends of the range. */
JFI_TEST(liars) {
  static const uint64_t composite[] = {3215031751u,
                                       2152302898747u,
                                       341550071728321u,
                                       3825123056546413051u,
                                       561,
                                       1373653,
                                       25326001,
                                       UINT64_MAX,
                                       UINT64_C(4294967291) * UINT64_C(4294967279)};
  static const uint64_t prime[] = {UINT64_C(18446744073709551557), UINT64_C(9223372036854775783), 2, 3, 37, 41};
  for (size_t i = 0; i < sizeof composite / sizeof *composite; i++) CHECK_EQ(jfi_is_prime_var(composite[i]), 0);
  for (size_t i = 0; i < sizeof prime / sizeof *prime; i++) CHECK_EQ(jfi_is_prime_var(prime[i]), 1);
}

JFI_TEST(lists) {
  for (uint32_t bits = 20; bits <= 48; bits++) {
    uint64_t last = UINT64_C(1) << bits, step = UINT64_C(1) << 18;
    for (size_t i = 0; i < 40; i++) {
      uint64_t q = jfi_prime_below_var(bits, i), c;
      if (q == 0) { /* none left: so none between the last and 2^(bits-1) */
        for (c = (last - 1) / step * step + 1; c > UINT64_C(1) << (bits - 1); c -= step)
          if (c < last) CHECK_EQ(jfi_is_prime_var(c), 0);
        break;
      }
      CHECK(q < last && q > UINT64_C(1) << (bits - 1) && q % step == 1);
      CHECK(jfi_is_prime_var(q));
      for (c = q + step; c < last && c < UINT64_C(1) << bits; c += step) CHECK_EQ(jfi_is_prime_var(c), 0);
      last = q;
    }
  }
  for (uint32_t bits = 20; bits <= 48; bits += 7) CHECK_EQ(trial(jfi_prime_below_var(bits, 0)), 1);
  CHECK_EQ(jfi_prime_below_var(19, 0), 0);
  CHECK_EQ(jfi_prime_below_var(49, 0), 0);
  CHECK_EQ(jfi_prime_below_var(20, 0), 786433);
  CHECK_EQ(jfi_prime_below_var(20, 1), 0);
}

/* From an independent computation with sympy.isprime. */
JFI_TEST(known_lists) {
  CHECK_EQ(jfi_prime_below_var(26, 0), UINT64_C(64749569));
  CHECK_EQ(jfi_prime_below_var(26, 1), UINT64_C(63700993));
  CHECK_EQ(jfi_prime_below_var(26, 2), UINT64_C(52166657));
  CHECK_EQ(jfi_prime_below_var(36, 0), UINT64_C(68718428161));
  CHECK_EQ(jfi_prime_below_var(36, 1), UINT64_C(68712923137));
  CHECK_EQ(jfi_prime_below_var(36, 2), UINT64_C(68711350273));
  CHECK_EQ(jfi_prime_below_var(40, 0), UINT64_C(1099510054913));
  CHECK_EQ(jfi_prime_below_var(40, 1), UINT64_C(1099507695617));
  CHECK_EQ(jfi_prime_below_var(40, 2), UINT64_C(1099504549889));
  CHECK_EQ(jfi_prime_below_var(44, 0), UINT64_C(17592180539393));
  CHECK_EQ(jfi_prime_below_var(44, 1), UINT64_C(17592178180097));
  CHECK_EQ(jfi_prime_below_var(44, 2), UINT64_C(17592174247937));
  CHECK_EQ(jfi_prime_below_var(46, 0), UINT64_C(70368740769793));
  CHECK_EQ(jfi_prime_below_var(46, 1), UINT64_C(70368738410497));
  CHECK_EQ(jfi_prime_below_var(46, 2), UINT64_C(70368720322561));
  CHECK_EQ(jfi_prime_below_var(47, 0), UINT64_C(140737487306753));
  CHECK_EQ(jfi_prime_below_var(47, 1), UINT64_C(140737486520321));
  CHECK_EQ(jfi_prime_below_var(47, 2), UINT64_C(140737484685313));
  CHECK_EQ(jfi_prime_below_var(48, 0), UINT64_C(281474975662081));
  CHECK_EQ(jfi_prime_below_var(48, 1), UINT64_C(281474962554881));
  CHECK_EQ(jfi_prime_below_var(48, 2), UINT64_C(281474955476993));
}

static uint64_t square_times(uint64_t x, int times, uint64_t q) {
  while (times--) x = (uint64_t)((jfi_u128)x * x % q);
  return x;
}

JFI_TEST(roots) {
  for (uint32_t bits = 20; bits <= 48; bits++) {
    uint64_t q = jfi_prime_below_var(bits, 0), r = jfi_root_var(q);
    if (q == 0) continue;
    CHECK_EQ(square_times(r, 17, q), q - 1);
    for (uint32_t log = 4; log <= 18; log++) CHECK_EQ(jfi_root_order_var(q, log), square_times(r, 18 - (int)log, q));
  }
  /* 786433 = 3 * 2^18 + 1: 2, 3 and 4 are squares mod it (Euler), 5 is not, and 5^3 = 125. */
  CHECK_EQ(jfi_root_var(786433), 125);
  CHECK_EQ(jfi_root_var(12289), 0); /* 1 mod 2^12 only */
  CHECK_EQ(square_times(jfi_root_order_var(12289, 12), 11, 12289), 12288);
}
