/* kernel/avx512ifma/pack.c: 48-bit words in byte streams, eight at a time by byte permutes.
 * Contract: kernel.h.  Twin: ref/pack.c.  Masked loads and stores touch exactly 48 bytes. */
#include "kernel/avx512ifma/vec.h"

#define LOW_SIX ((__mmask64)(UINT64_MAX / 255 * 63)) /* six bits of every eight */
#define BYTES48 ((__mmask64)(((uint64_t)1 << 48) - 1))

/* Byte 8k + j of the words comes from stream byte 6k + j, j < 6; the two bytes above are zeroed by the mask. */
/* magic: spread = 6 * (i // 8) + i % 8 if i % 8 < 6 else 0 */
static const uint8_t spread[64] = {0,  1,  2,  3,  4,  5,  0, 0, 6,  7,  8,  9,  10, 11, 0, 0,
                                   12, 13, 14, 15, 16, 17, 0, 0, 18, 19, 20, 21, 22, 23, 0, 0,
                                   24, 25, 26, 27, 28, 29, 0, 0, 30, 31, 32, 33, 34, 35, 0, 0,
                                   36, 37, 38, 39, 40, 41, 0, 0, 42, 43, 44, 45, 46, 47, 0, 0};
/* Stream byte 6k + j comes from byte 8k + j of the words. */
/* magic: gather = i + 2 * (i // 6) if i < 48 else 0 */
static const uint8_t gather[64] = {0,  1,  2,  3,  4,  5,  8,  9,  10, 11, 12, 13, 16, 17, 18, 19,
                                   20, 21, 24, 25, 26, 27, 28, 29, 32, 33, 34, 35, 36, 37, 40, 41,
                                   42, 43, 44, 45, 48, 49, 50, 51, 52, 53, 56, 57, 58, 59, 60, 61,
                                   0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0};

JFI_INLINE jfi_v unpack(const uint8_t *p, jfi_v index) {
  return _mm512_maskz_permutexvar_epi8(LOW_SIX, index, _mm512_maskz_loadu_epi8(BYTES48, p));
}

size_t jfi_ifma_unpack48_masked(uint64_t *r, const uint8_t *stream, size_t n, const jfi_mod *m) {
  const jfi_v index = vload(spread), q = vset(m->q), mask = vset(((uint64_t)1 << m->bits) - 1);
  const jfi_v one = vset(1);
  jfi_v over = vzero();
  for (size_t i = 0; i < n; i += 8) {
    const jfi_v x = vand(unpack(stream + 6 * i, index), mask);
    vstore(r + i, x);
    over = _mm512_mask_add_epi64(over, _mm512_cmpge_epu64_mask(x, q), over, one);
  }
  return (size_t)_mm512_reduce_add_epi64(over);
}

void jfi_ifma_unpack48(uint64_t *r, const uint8_t *bytes, size_t n) {
  const jfi_v index = vload(spread);
  for (size_t i = 0; i < n; i += 8) vstore(r + i, unpack(bytes + 6 * i, index));
}

void jfi_ifma_pack48(uint8_t *bytes, const uint64_t *a, size_t n) {
  const jfi_v index = vload(gather);
  for (size_t i = 0; i < n; i += 8)
    _mm512_mask_storeu_epi8(bytes + 6 * i, BYTES48, _mm512_permutexvar_epi8(index, vload(a + i)));
}

int jfi_ifma_any_ge(const uint64_t *a, size_t n, uint64_t q) {
  const jfi_v vq = vset(q);
  __mmask8 any = 0;
  for (size_t i = 0; i < n; i += 8) any |= _mm512_cmpge_epu64_mask(vload(a + i), vq);
  return any != 0;
}
