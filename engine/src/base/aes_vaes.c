/* base/aes_vaes.c: the stream with VAES-512: four blocks a register, eight registers in flight. Twin: aes.c.
 * Floor: 10 rounds of one instruction for 64 bytes, one instruction a cycle: 10/64 = 0.16 cycles a byte. */
#include "base/aes_block.h"

#include <immintrin.h>

enum { REGS = 8 };

/* REGS x 4 blocks from `first`; c is the counter block of t = 0, 1, 2, 3 with the first round key already added,
 * but for t itself, which enters by exclusive or. */
static inline void wide(const __m512i k[11], __m512i c, uint64_t first, __m512i x[REGS]) {
  __m512i t =
      _mm512_add_epi64(_mm512_maskz_set1_epi64(0x55, (long long)first), _mm512_set_epi64(0, 3, 0, 2, 0, 1, 0, 0));
  const __m512i four = _mm512_maskz_set1_epi64(0x55, 4);
#pragma GCC unroll 8
  for (int i = 0; i < REGS; i++) {
    x[i] = _mm512_xor_si512(c, t);
    t = _mm512_add_epi64(t, four);
  }
#pragma GCC unroll 9
  for (int r = 1; r < 10; r++)
#pragma GCC unroll 8
    for (int i = 0; i < REGS; i++) x[i] = _mm512_aesenc_epi128(x[i], k[r]);
#pragma GCC unroll 8
  for (int i = 0; i < REGS; i++) x[i] = _mm512_aesenclast_epi128(x[i], k[10]);
}

void jfi_aes_stream_vaes(const jfi_aes *a, uint8_t *out, uint64_t high, uint64_t first, size_t blocks) {
  __m512i k[11], x[REGS];
  for (int r = 0; r < 11; r++) k[r] = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)a->round_keys[r]));
  __m128i iv = _mm_xor_si128(_mm_loadu_si128((const __m128i *)a->iv), _mm_set_epi64x((long long)high, 0));
  __m512i c = _mm512_xor_si512(_mm512_broadcast_i32x4(iv), k[0]);
  for (; blocks >= 4 * REGS; blocks -= 4 * REGS, first += 4 * REGS, out += 64 * REGS) {
    wide(k, c, first, x);
#pragma GCC unroll 8
    for (int i = 0; i < REGS; i++) _mm512_storeu_si512(out + 64 * i, x[i]);
  }
  if (blocks == 0) return;
  wide(k, c, first, x);
#pragma GCC unroll 8
  for (size_t i = 0; i < REGS; i++) {
    size_t left = blocks > 4 * i ? blocks - 4 * i : 0;
    __mmask8 m = (__mmask8)((1u << 2 * (left < 4 ? left : 4)) - 1);
    if (m) _mm512_mask_storeu_epi64(out + 64 * i, m, x[i]);
  }
}
