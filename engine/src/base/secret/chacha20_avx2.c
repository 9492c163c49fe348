/* base/secret/chacha20_avx2.c: eight blocks at a time, one word of the state a register. Twin: chacha20.c. */
#include "base/secret/chacha20.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "base/mem.h"

#define JFI_ISA __attribute__((target("avx2")))

JFI_ISA static inline __m256i rol(__m256i x, int k) {
  return _mm256_or_si256(_mm256_slli_epi32(x, k), _mm256_srli_epi32(x, 32 - k));
}
/* Rotations by whole bytes are one shuffle. */
JFI_ISA static inline __m256i rol16(__m256i x) {
  return _mm256_shuffle_epi8(
      x, _mm256_broadcastsi128_si256(_mm_set_epi8(13, 12, 15, 14, 9, 8, 11, 10, 5, 4, 7, 6, 1, 0, 3, 2)));
}
JFI_ISA static inline __m256i rol8(__m256i x) {
  return _mm256_shuffle_epi8(
      x, _mm256_broadcastsi128_si256(_mm_set_epi8(14, 13, 12, 15, 10, 9, 8, 11, 6, 5, 4, 7, 2, 1, 0, 3)));
}

JFI_ISA static inline void quarter(__m256i *a, __m256i *b, __m256i *c, __m256i *d) {
  *a = _mm256_add_epi32(*a, *b);
  *d = rol16(_mm256_xor_si256(*d, *a));
  *c = _mm256_add_epi32(*c, *d);
  *b = rol(_mm256_xor_si256(*b, *c), 12);
  *a = _mm256_add_epi32(*a, *b);
  *d = rol8(_mm256_xor_si256(*d, *a));
  *c = _mm256_add_epi32(*c, *d);
  *b = rol(_mm256_xor_si256(*b, *c), 7);
}

JFI_ISA static inline void rounds(__m256i x[16]) {
  for (int i = 0; i < 10; i++) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) quarter(x + j, x + 4 + j, x + 8 + j, x + 12 + j);
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) quarter(x + j, x + 4 + (j + 1) % 4, x + 8 + (j + 2) % 4, x + 12 + (j + 3) % 4);
  }
}

/* x[0..3] hold words w..w+3 of 8 blocks; afterwards x[k] holds words w..w+3 of blocks k and 4+k. */
JFI_ISA static inline void transpose4(__m256i x[4]) {
  __m256i a = _mm256_unpacklo_epi32(x[0], x[1]), b = _mm256_unpacklo_epi32(x[2], x[3]);
  __m256i c = _mm256_unpackhi_epi32(x[0], x[1]), d = _mm256_unpackhi_epi32(x[2], x[3]);
  x[0] = _mm256_unpacklo_epi64(a, b);
  x[1] = _mm256_unpackhi_epi64(a, b);
  x[2] = _mm256_unpacklo_epi64(c, d);
  x[3] = _mm256_unpackhi_epi64(c, d);
}

/* a, b: words w..w+3 and w+4..w+7 of blocks k and 4+k. */
JFI_ISA static inline void store2(uint8_t *out, __m256i a, __m256i b) {
  _mm256_storeu_si256((__m256i *)out, _mm256_permute2x128_si256(a, b, 0x20));
  _mm256_storeu_si256((__m256i *)(out + 256), _mm256_permute2x128_si256(a, b, 0x31));
}

JFI_ISA static inline void counters(__m256i *low, __m256i *high, uint64_t counter) {
  uint32_t lo[8], hi[8];
  for (unsigned i = 0; i < 8; i++) {
    lo[i] = (uint32_t)(counter + i);
    hi[i] = (uint32_t)((counter + i) >> 32);
  }
  *low = _mm256_loadu_si256((const __m256i *)lo);
  *high = _mm256_loadu_si256((const __m256i *)hi);
}

JFI_ISA void jfi_chacha20_avx2(uint8_t *out, const uint32_t state[16], size_t groups) {
  uint64_t counter = (uint64_t)state[12] | (uint64_t)state[13] << 32;
  __m256i x[16], low, high;
  for (size_t g = 0; g < 2 * groups; g++, counter += 8, out += JFI_CHACHA_GROUP / 2) {
    counters(&low, &high, counter);
    for (int w = 0; w < 16; w++) x[w] = _mm256_set1_epi32((int)state[w]);
    x[12] = low;
    x[13] = high;
    rounds(x);
    for (int w = 0; w < 16; w++)
      x[w] = _mm256_add_epi32(x[w], w == 12 ? low : w == 13 ? high : _mm256_set1_epi32((int)state[w]));
    for (int w = 0; w < 16; w += 4) transpose4(x + w);
    for (int k = 0; k < 4; k++) {
      store2(out + 64 * k, x[k], x[4 + k]);
      store2(out + 64 * k + 32, x[8 + k], x[12 + k]);
    }
  }
  jfi_zeroize(x, sizeof x);
}
#else
typedef int jfi_chacha20_avx2_absent; /* ISO C wants a declaration in every file */
#endif
