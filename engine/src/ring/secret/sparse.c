/* ring/secret/sparse.c: ternary vectors of a fixed weight, by a shuffle that touches every entry at every step.
 *
 * `weight` signs lie at the front; entry i, from the last sign to the first, is exchanged with a uniform one of
 * [i, n). That is a uniform ordered choice of places (Fisher-Yates run backwards). Which entry it was shows nowhere: the
 * exchange reads and writes all of them under a mask. */
#include "ring/secret/sample.h"

#include <string.h>

#include "arith/mod.h"
#include "base/mem.h"

/* Uniform in [0, bound), bound <= 2^17: floor(u*bound / 2^128) of 128 random bits, biased by less than 2^-111. */
static uint32_t below(jfi_rng *rng, uint64_t bound) {
  uint64_t u[2];
  jfi_rng_bytes(rng, u, sizeof u);
  jfi_u128 high = (jfi_u128)u[1] * bound + (uint64_t)((jfi_u128)u[0] * bound >> 64);
  jfi_zeroize(u, sizeof u);
  return (uint32_t)(high >> 64);
}

/* Exchanges out[i] and out[j], i <= j < n: i is public, j secret. */
static void exchange(int8_t *out, size_t n, size_t i, uint32_t j) {
  const uint8_t mine = (uint8_t)out[i];
  uint8_t theirs = 0, *p = (uint8_t *)out;
  for (size_t k = i; k < n; k++) {
    uint32_t differ = (uint32_t)k ^ j; /* < 2^31, so that differ - 1 has bit 31 only for 0 */
    uint8_t hit = (uint8_t)(0u - ((differ - 1) >> 31));
    theirs |= hit & p[k];
    p[k] = (uint8_t)(p[k] ^ (hit & (p[k] ^ mine)));
  }
  p[i] = theirs; /* for j == i this writes back `mine` */
}

void jfi_sample_sparse(jfi_rng *rng, int8_t *out, size_t n, size_t weight) {
  memset(out, 0, n);
  if (weight > n) weight = n;
  jfi_rng_bytes(rng, out, weight);
  for (size_t i = 0; i < weight; i++) out[i] = (int8_t)(2 * (out[i] & 1) - 1);
  for (size_t i = weight; i-- > 0;) exchange(out, n, i, (uint32_t)i + below(rng, n - i));
}
