/* kernel/avx2/pack.c: 48-bit words in byte streams. Contract: kernel.h.  Twin: ref/pack.c.
 * Four words are 24 bytes; they are read as bytes 0..15 and 8..23, so nothing past them is touched. */
#include "kernel/avx2/vec.h"

JFI_INLINE jfi_i unpack(const uint8_t *p) {
  const jfi_i at = _mm256_setr_epi8(0, 1, 2, 3, 4, 5, -1, -1, 6, 7, 8, 9, 10, 11, -1, -1, 4, 5, 6, 7, 8, 9, -1, -1, 10,
                                    11, 12, 13, 14, 15, -1, -1);
  const __m128i a = _mm_loadu_si128((const __m128i *)p), b = _mm_loadu_si128((const __m128i *)(p + 8));
  return _mm256_shuffle_epi8(_mm256_set_m128i(b, a), at);
}

size_t jfi_avx2_unpack48_masked(uint64_t *r, const uint8_t *stream, size_t n, const jfi_mod *m) {
  const jfi_i mask = iset(((uint64_t)1 << m->bits) - 1), last = iset(m->q - 1);
  jfi_i over = _mm256_setzero_si256();
  for (size_t i = 0; i < n; i += 4) {
    const jfi_i x = _mm256_and_si256(unpack(stream + 6 * i), mask);
    istore(r + i, x);
    over = _mm256_sub_epi64(over, _mm256_cmpgt_epi64(x, last));
  }
  uint64_t lane[4];
  istore(lane, over);
  return (size_t)(lane[0] + lane[1] + lane[2] + lane[3]);
}

void jfi_avx2_unpack48(uint64_t *r, const uint8_t *bytes, size_t n) {
  for (size_t i = 0; i < n; i += 4) istore(r + i, unpack(bytes + 6 * i));
}

/* Twelve bytes a half, brought together as six of eight 32-bit lanes. */
void jfi_avx2_pack48(uint8_t *bytes, const uint64_t *a, size_t n) {
  const jfi_i at = _mm256_setr_epi8(0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, -1, -1, -1, -1, 0, 1, 2, 3, 4, 5, 8, 9, 10,
                                    11, 12, 13, -1, -1, -1, -1);
  const jfi_i join = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
  const jfi_i six = _mm256_setr_epi32(-1, -1, -1, -1, -1, -1, 0, 0);
  for (size_t i = 0; i < n; i += 4) {
    const jfi_i x = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(iload(a + i), at), join);
    _mm256_maskstore_epi32((int *)(void *)(bytes + 6 * i), six, x);
  }
}

/* Unsigned comparison: both sides with the sign bit flipped. */
int jfi_avx2_any_ge(const uint64_t *a, size_t n, uint64_t q) {
  const jfi_i flip = iset((uint64_t)1 << 63), limit = _mm256_xor_si256(iset(q), flip);
  jfi_i any = _mm256_setzero_si256();
  for (size_t i = 0; i < n; i += 4) {
    const jfi_i below = _mm256_cmpgt_epi64(limit, _mm256_xor_si256(iload(a + i), flip));
    any = _mm256_or_si256(any, _mm256_xor_si256(below, iset(UINT64_MAX)));
  }
  return !_mm256_testz_si256(any, any);
}
