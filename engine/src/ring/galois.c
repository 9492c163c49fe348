/* ring/galois.c: the automorphisms X -> X^g as numbers and as permutations of the evaluation form. */
#include "ring/ring.h"

/* The low `bits` bits of x, 1 <= bits <= 32, in reverse: neighbours, pairs, nibbles, bytes and halves change places. */
static uint32_t bit_reverse(uint32_t x, uint32_t bits) {
  x = (x & 0x55555555u) << 1 | (x >> 1 & 0x55555555u);
  x = (x & 0x33333333u) << 2 | (x >> 2 & 0x33333333u);
  x = (x & 0x0f0f0f0fu) << 4 | (x >> 4 & 0x0f0f0f0fu);
  return __builtin_bswap32(x) >> (32 - bits);
}

/* Entry j holds a(psi^(2 brv(j) + 1)), and a(X^g) there is a(psi^(g (2 brv(j) + 1))). */
void jfi_galois_perm(uint32_t *perm, uint32_t log_n, uint32_t g) {
  static const uint8_t brv3[8] = {0, 4, 2, 6, 1, 5, 3, 7};
  uint32_t n = (uint32_t)1 << log_n, mask = 2 * n - 1;
  for (uint32_t j = 0; j < n; j += 8) {
    uint32_t e = g * (2 * bit_reverse(j, log_n) + 1) & mask; /* odd; wraps mod 2^32, a multiple of 2n */
    /* j + i adds g*(n/4)*brv3(i) to e: only its top three bits change, the low three of the result. */
    uint32_t top = e >> (log_n - 2), block = bit_reverse(e >> 1, log_n) & ~(uint32_t)7;
    for (uint32_t i = 0; i < 8; i++) perm[j + i] = block | brv3[(top + g * brv3[i]) & 7];
  }
}

uint32_t jfi_galois_rotation(uint32_t log_n, int64_t k) {
  uint32_t n = (uint32_t)1 << log_n, mask = 2 * n - 1, g = 1, base = 5;
  /* 5 has order n/2 mod 2n, so the exponent counts mod n/2; the mask reduces negative k as well. */
  for (uint32_t e = (uint32_t)((uint64_t)k & (n / 2 - 1)); e; e >>= 1, base = base * base & mask)
    if (e & 1) g = g * base & mask;
  return g;
}

uint32_t jfi_galois_inverse(uint32_t log_n, uint32_t g) {
  uint32_t x = g; /* g*g == 1 mod 8: three bits right; each Newton step doubles them, four reach 48 > 32 */
  for (int i = 0; i < 4; i++) x *= 2 - g * x;
  return x & (((uint32_t)2 << log_n) - 1);
}
