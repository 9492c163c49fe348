/* base/aes_ni.c: the stream with AES-NI, eight blocks in flight to cover the latency of a round. Twin: aes.c. */
#include "base/aes_block.h"

#include <immintrin.h>

enum { WIDE = 8 };

/* WIDE blocks from `first`; c is the counter block of t = 0 with the first round key already added. */
static inline void wide(const __m128i k[11], __m128i c, uint64_t first, __m128i x[WIDE]) {
  for (uint64_t i = 0; i < WIDE; i++) {
    const uint64_t block = first + i;
    x[i] = _mm_xor_si128(c, _mm_cvtsi64_si128((long long)block));
  }
  for (int r = 1; r < 10; r++)
    for (int i = 0; i < WIDE; i++) x[i] = _mm_aesenc_si128(x[i], k[r]);
  for (int i = 0; i < WIDE; i++) x[i] = _mm_aesenclast_si128(x[i], k[10]);
}

void jfi_aes_stream_ni(const jfi_aes *a, uint8_t *out, uint64_t high, uint64_t first, size_t blocks) {
  __m128i k[11], x[WIDE], c = _mm_loadu_si128((const __m128i *)a->iv);
  for (int r = 0; r < 11; r++) k[r] = _mm_loadu_si128((const __m128i *)a->round_keys[r]);
  c = _mm_xor_si128(_mm_xor_si128(c, _mm_set_epi64x((long long)high, 0)), k[0]);
  for (; blocks >= WIDE; blocks -= WIDE, first += WIDE, out += 16 * WIDE) {
    wide(k, c, first, x);
    for (int i = 0; i < WIDE; i++) _mm_storeu_si128((__m128i *)out + i, x[i]);
  }
  if (blocks == 0) return;
  wide(k, c, first, x);
  for (size_t i = 0; i < blocks; i++) _mm_storeu_si128((__m128i *)out + i, x[i]);
}
