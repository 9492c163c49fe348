/* kernel/avx512ifma/automorph.c: X -> X^g. Contract: kernel.h.  Twin: ref/automorph.c.
 * Indices depend on g alone. */
#include "kernel/avx512ifma/vec.h"

void jfi_ifma_permute(uint64_t *r, const uint64_t *a, const uint32_t *perm, size_t n) {
  for (size_t j = 0; j < n; j += 8) {
    const jfi_v at = _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)(perm + j)));
    vstore(r + j,
           _mm512_permutexvar_epi64(at, vload(a + (perm[j] & ~(uint32_t)7)))); /* reads the low three bits of `at` */
  }
}

/* Inverse of odd g modulo 2^32: each Newton step doubles the right bits, from 3. */
static uint32_t inverse32(uint32_t g) {
  uint32_t x = g;
  for (int i = 0; i < 4; i++) x *= 2 - g * x;
  return x;
}

/* r[j] takes a[e] with e*g == j mod 2n; e in [n, 2n) stands for -a[e - n]. */
void jfi_ifma_automorph_coeff(uint64_t *r, const uint64_t *a, uint32_t g, size_t n, const jfi_mod *m) {
  const uint32_t inv = inverse32(g);
  const jfi_v q = vset(m->q);
  const __m256i mask = _mm256_set1_epi32((int)(n - 1)), step = _mm256_set1_epi32((int)(8 * inv));
  const __m256i sign = _mm256_set1_epi32((int)n);
  __m256i e = _mm256_mullo_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32((int)inv));
  for (size_t j = 0; j < n; j += 8) {
    const jfi_v x = _mm512_i32gather_epi64(_mm256_and_si256(e, mask), a, 8);
    const __mmask8 negate = _mm256_test_epi32_mask(e, sign);
    const jfi_v d = _mm512_mask_sub_epi64(x, negate, vzero(), x);
    vstore(r + j, vmin(d, vadd(d, q)));
    e = _mm256_add_epi32(e, step);
  }
}
