/* ring/primes.c: primality, the descending lists of primes, and the root of unity all rings share. */
#include "ring/primes.h"

#include "arith/mod.h"
#include "ring/root.h"

static uint64_t mul_var(uint64_t a, uint64_t b, uint64_t q) { return (uint64_t)((jfi_u128)a * b % q); }

static uint64_t pow_var(uint64_t a, uint64_t e, uint64_t q) {
  uint64_t r = 1;
  for (a %= q; e; e >>= 1, a = mul_var(a, a, q))
    if (e & 1) r = mul_var(r, a, q);
  return r;
}

/* One round of Miller-Rabin, q - 1 = d*2^s: true when q passes as a prime to base a. */
static int passes_var(uint64_t a, uint64_t q, uint64_t d, int s) {
  uint64_t x = pow_var(a, d, q);
  if (x <= 1 || x == q - 1) return x != 0;
  for (int i = 1; i < s; i++) {
    x = mul_var(x, x, q);
    if (x == q - 1) return 1;
  }
  return 0;
}

int jfi_is_prime_var(uint64_t q) {
  /* The first 12 primes as bases decide every q < 3.18 * 10^23. [SW17] */
  static const uint64_t bases[12] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  if (q < 2) return 0;
  for (int i = 0; i < 12; i++)
    if (q % bases[i] == 0) return q == bases[i];
  int s = __builtin_ctzll(q - 1);
  for (int i = 0; i < 12; i++)
    if (!passes_var(bases[i], q, (q - 1) >> s, s)) return 0;
  return 1;
}

uint64_t jfi_prime_below_var(uint32_t bits, size_t index) {
  if (bits < 20 || bits > 48) return 0;
  uint64_t step = (uint64_t)1 << JFI_PRIME_STEP_LOG, low = (uint64_t)1 << (bits - 1);
  for (uint64_t q = ((uint64_t)1 << bits) + 1 - step; q > low; q -= step)
    if (jfi_is_prime_var(q) && index-- == 0) return q;
  return 0;
}

uint64_t jfi_root_order_var(uint64_t q, uint32_t log_order) {
  if ((q - 1) & (((uint64_t)1 << log_order) - 1)) return 0;
  uint64_t x = 2;
  while (pow_var(x, (q - 1) / 2, q) != q - 1) x++; /* Euler: half of all x are non-residues of a prime */
  return pow_var(x, (q - 1) >> log_order, q);
}

uint64_t jfi_root_var(uint64_t q) { return jfi_root_order_var(q, JFI_PRIME_STEP_LOG); }
