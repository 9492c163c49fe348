/* base/secret/chacha20_avx512.c: sixteen blocks at a time, one word of the state a register. Twin: chacha20.c. */
#include "base/secret/chacha20.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "base/mem.h"

#define JFI_ISA __attribute__((target("avx512f")))

JFI_ISA static inline void quarter(__m512i *a, __m512i *b, __m512i *c, __m512i *d) {
  *a = _mm512_add_epi32(*a, *b);
  *d = _mm512_rol_epi32(_mm512_xor_si512(*d, *a), 16);
  *c = _mm512_add_epi32(*c, *d);
  *b = _mm512_rol_epi32(_mm512_xor_si512(*b, *c), 12);
  *a = _mm512_add_epi32(*a, *b);
  *d = _mm512_rol_epi32(_mm512_xor_si512(*d, *a), 8);
  *c = _mm512_add_epi32(*c, *d);
  *b = _mm512_rol_epi32(_mm512_xor_si512(*b, *c), 7);
}

JFI_ISA static inline void rounds(__m512i x[16]) {
  for (int i = 0; i < 10; i++) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) quarter(x + j, x + 4 + j, x + 8 + j, x + 12 + j);
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) quarter(x + j, x + 4 + (j + 1) % 4, x + 8 + (j + 2) % 4, x + 12 + (j + 3) % 4);
  }
}

/* x[0..3] hold words w..w+3 of 16 blocks; afterwards x[k] holds words w..w+3 of blocks k, 4+k, 8+k, 12+k. */
JFI_ISA static inline void transpose4(__m512i x[4]) {
  __m512i a = _mm512_unpacklo_epi32(x[0], x[1]), b = _mm512_unpacklo_epi32(x[2], x[3]);
  __m512i c = _mm512_unpackhi_epi32(x[0], x[1]), d = _mm512_unpackhi_epi32(x[2], x[3]);
  x[0] = _mm512_unpacklo_epi64(a, b);
  x[1] = _mm512_unpackhi_epi64(a, b);
  x[2] = _mm512_unpacklo_epi64(c, d);
  x[3] = _mm512_unpackhi_epi64(c, d);
}

/* a, b, c, d: words 0-3, 4-7, 8-11, 12-15 of blocks k, 4+k, 8+k, 12+k. */
JFI_ISA static inline void store4(uint8_t *out, __m512i a, __m512i b, __m512i c, __m512i d) {
  __m512i ab = _mm512_shuffle_i32x4(a, b, 0x44), AB = _mm512_shuffle_i32x4(a, b, 0xee);
  __m512i cd = _mm512_shuffle_i32x4(c, d, 0x44), CD = _mm512_shuffle_i32x4(c, d, 0xee);
  _mm512_storeu_si512(out, _mm512_shuffle_i32x4(ab, cd, 0x88));
  _mm512_storeu_si512(out + 256, _mm512_shuffle_i32x4(ab, cd, 0xdd));
  _mm512_storeu_si512(out + 512, _mm512_shuffle_i32x4(AB, CD, 0x88));
  _mm512_storeu_si512(out + 768, _mm512_shuffle_i32x4(AB, CD, 0xdd));
}

/* The counters of 16 blocks: low words in *low, high words in *high, with the carry between them. */
JFI_ISA static inline void counters(__m512i *low, __m512i *high, uint64_t counter) {
  const __m512i lane = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  __m512i base = _mm512_set1_epi32((int)(uint32_t)counter);
  *low = _mm512_add_epi32(base, lane);
  __mmask16 carry = _mm512_cmplt_epu32_mask(*low, base);
  *high = _mm512_set1_epi32((int)(uint32_t)(counter >> 32));
  *high = _mm512_mask_add_epi32(*high, carry, *high, _mm512_set1_epi32(1));
}

JFI_ISA void jfi_chacha20_avx512(uint8_t *out, const uint32_t state[16], size_t groups) {
  uint64_t counter = (uint64_t)state[12] | (uint64_t)state[13] << 32;
  __m512i x[16], low, high;
  for (; groups; groups--, counter += 16, out += JFI_CHACHA_GROUP) {
    counters(&low, &high, counter);
#pragma GCC unroll 16
    for (int w = 0; w < 16; w++) x[w] = _mm512_set1_epi32((int)state[w]);
    x[12] = low;
    x[13] = high;
    rounds(x);
#pragma GCC unroll 16
    for (int w = 0; w < 16; w++)
      x[w] = _mm512_add_epi32(x[w], w == 12 ? low : w == 13 ? high : _mm512_set1_epi32((int)state[w]));
#pragma GCC unroll 4
    for (int w = 0; w < 16; w += 4) transpose4(x + w);
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) store4(out + 64 * k, x[k], x[4 + k], x[8 + k], x[12 + k]);
  }
  jfi_zeroize(x, sizeof x);
}
#else
typedef int jfi_chacha20_avx512_absent; /* ISO C wants a declaration in every file */
#endif
