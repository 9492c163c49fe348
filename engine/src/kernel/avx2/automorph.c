/* kernel/avx2/automorph.c: X -> X^g by gathers. Contract: kernel.h.  Twin: ref/automorph.c.
 * Indices depend on g alone. */
#include "kernel/avx2/vec.h"

JFI_INLINE jfi_i gather(const uint64_t *a, __m128i at) {
  return _mm256_i32gather_epi64((const long long *)(const void *)a, at, 8);
}

void jfi_avx2_permute(uint64_t *r, const uint64_t *a, const uint32_t *perm, size_t n) {
  for (size_t j = 0; j < n; j += 4) istore(r + j, gather(a, _mm_loadu_si128((const __m128i *)(perm + j))));
}

/* Inverse of odd g modulo 2^32: each Newton step doubles the right bits, from 3. */
static uint32_t inverse32(uint32_t g) {
  uint32_t x = g;
  for (int i = 0; i < 4; i++) x *= 2 - g * x;
  return x;
}

/* r[j] takes a[e] with e*g == j mod 2n; e in [n, 2n) stands for -a[e - n]. */
void jfi_avx2_automorph_coeff(uint64_t *r, const uint64_t *a, uint32_t g, size_t n, const jfi_mod *m) {
  const uint32_t inv = inverse32(g);
  const jfi_i q = iset(m->q), zero = _mm256_setzero_si256();
  const __m128i mask = _mm_set1_epi32((int)(n - 1)), sign = _mm_set1_epi32((int)n);
  const __m128i step = _mm_set1_epi32((int)(4 * inv));
  __m128i e = _mm_mullo_epi32(_mm_setr_epi32(0, 1, 2, 3), _mm_set1_epi32((int)inv));
  for (size_t j = 0; j < n; j += 4) {
    const jfi_i x = gather(a, _mm_and_si128(e, mask));
    const jfi_i negate = _mm256_cvtepi32_epi64(_mm_cmpeq_epi32(_mm_and_si128(e, sign), sign));
    /* x or -x, then one q for what is negative. */
    const jfi_i d = _mm256_sub_epi64(_mm256_xor_si256(x, negate), negate);
    istore(r + j, _mm256_add_epi64(d, _mm256_and_si256(_mm256_cmpgt_epi64(zero, d), q)));
    e = _mm_add_epi32(e, step);
  }
}
