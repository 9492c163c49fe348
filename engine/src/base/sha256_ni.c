/* base/sha256_ni.c: the block function with the SHA extensions. Twin: blocks_ref in sha256.c. [FIPS 180-4] */
#include "base/sha256_block.h"

#include <immintrin.h>

/* The instructions keep the state as (a,b,e,f) and (c,d,g,h), high word first. */
static void load_state(__m128i *abef, __m128i *cdgh, const uint32_t h[8]) {
  __m128i dcba = _mm_loadu_si128((const __m128i *)h), hgfe = _mm_loadu_si128((const __m128i *)(h + 4));
  __m128i cdab = _mm_shuffle_epi32(dcba, 0xb1), efgh = _mm_shuffle_epi32(hgfe, 0x1b);
  *abef = _mm_alignr_epi8(cdab, efgh, 8);
  *cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
}

static void store_state(uint32_t h[8], __m128i abef, __m128i cdgh) {
  __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128((__m128i *)h, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128((__m128i *)(h + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/* Message words 4t..4t+3 from the sixteen before them, oldest first: w0 .. w3. */
static __m128i next_words(__m128i w0, __m128i w1, __m128i w2, __m128i w3) {
  __m128i x = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
  return _mm_sha256msg2_epu32(x, w3);
}

void jfi_sha256_blocks_ni(uint32_t h[8], const uint8_t *p, size_t count) {
  const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  __m128i abef, cdgh, w[4];
  load_state(&abef, &cdgh, h);
  for (; count; count--, p += 64) {
    __m128i abef0 = abef, cdgh0 = cdgh;
#pragma GCC unroll 16
    for (int t = 0; t < 16; t++) { /* four rounds each */
      if (t < 4)
        w[t] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(p + 16 * t)), big_endian);
      else
        w[t & 3] = next_words(w[t & 3], w[(t + 1) & 3], w[(t + 2) & 3], w[(t + 3) & 3]);
      __m128i wk = _mm_add_epi32(w[t & 3], _mm_load_si128((const __m128i *)(jfi_sha256_k + 4 * t)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, wk);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(wk, 0x0e));
    }
    abef = _mm_add_epi32(abef, abef0);
    cdgh = _mm_add_epi32(cdgh, cdgh0);
  }
  store_state(h, abef, cdgh);
}
