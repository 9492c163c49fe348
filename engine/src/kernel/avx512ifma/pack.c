/* kernel/avx512ifma/pack.c: 48-bit words in byte streams, eight at a time by byte permutes.
 * Contract: kernel.h.  Twin: ref/pack.c.  Masked loads and stores touch exactly 48 bytes. */
#include "kernel/avx512ifma/vec.h"

#define BYTES48 ((__mmask64)0x0000ffffffffffff)

/* Byte 8k + j of a word comes from stream byte 6k + j, j < 6; the two bytes above are zeroed. */
JFI_INLINE jfi_v spread_index(void)
{
    return _mm512_setr_epi64(0x0000050403020100, 0x00000b0a09080706, 0x000011100f0e0d0c, 0x0000171615141312,
                             0x00001d1c1b1a1918, 0x0000232221201f1e, 0x0000292827262524, 0x00002f2e2d2c2b2a);
}

JFI_INLINE jfi_v unpack(const uint8_t *p, jfi_v index)
{
    return _mm512_maskz_permutexvar_epi8(0x3f3f3f3f3f3f3f3f, index, _mm512_maskz_loadu_epi8(BYTES48, p));
}

size_t jfi_ifma_unpack48_masked(uint64_t *r, const uint8_t *stream, size_t n, const jfi_mod *m)
{
    const jfi_v index = spread_index(), q = vset(m->q), mask = vset(((uint64_t)1 << m->bits) - 1);
    const jfi_v one = vset(1);
    jfi_v over = vzero();
    for (size_t i = 0; i < n; i += 8) {
        const jfi_v x = vand(unpack(stream + 6 * i, index), mask);
        vstore(r + i, x);
        over = _mm512_mask_add_epi64(over, _mm512_cmpge_epu64_mask(x, q), over, one);
    }
    return (size_t)_mm512_reduce_add_epi64(over);
}

void jfi_ifma_unpack48(uint64_t *r, const uint8_t *bytes, size_t n)
{
    const jfi_v index = spread_index();
    for (size_t i = 0; i < n; i += 8) vstore(r + i, unpack(bytes + 6 * i, index));
}

void jfi_ifma_pack48(uint8_t *bytes, const uint64_t *a, size_t n)
{
    /* Stream byte 6k + j comes from byte 8k + j. */
    const jfi_v index = _mm512_setr_epi64(0x0908050403020100, 0x131211100d0c0b0a, 0x1d1c1b1a19181514,
                                          0x2928252423222120, 0x333231302d2c2b2a, 0x3d3c3b3a39383534, 0, 0);
    for (size_t i = 0; i < n; i += 8)
        _mm512_mask_storeu_epi8(bytes + 6 * i, BYTES48, _mm512_permutexvar_epi8(index, vload(a + i)));
}

int jfi_ifma_any_ge(const uint64_t *a, size_t n, uint64_t q)
{
    const jfi_v vq = vset(q);
    __mmask8 any = 0;
    for (size_t i = 0; i < n; i += 8) any |= _mm512_cmpge_epu64_mask(vload(a + i), vq);
    return any != 0;
}
