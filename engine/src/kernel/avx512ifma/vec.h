/* kernel/avx512ifma/vec.h: the vector operations that the files of this backend share.
 *
 * Notation: V(v) is a lane's value modulo 2^52. The IFMA multiplies read 52 bits of each factor, so a lane
 * may carry garbage above bit 52 as long as it is masked before it is stored. An operand of a multiply
 * must satisfy 0 <= V < 2^52 as an integer; with q < 2^48 that is any value below 16q. */
#ifndef JFI_KERNEL_AVX512IFMA_VEC_H
#define JFI_KERNEL_AVX512IFMA_VEC_H

#include <immintrin.h>

#include "kernel/avx512ifma/ifma.h"

#define JFI_INLINE static inline __attribute__((always_inline))

typedef __m512i jfi_v;

/* acc + bits 0..51, and acc + bits 52..103, of the product of two 52-bit factors. */
JFI_INLINE jfi_v lo52(jfi_v acc, jfi_v a, jfi_v b) { return _mm512_madd52lo_epu64(acc, a, b); }
JFI_INLINE jfi_v hi52(jfi_v acc, jfi_v a, jfi_v b) { return _mm512_madd52hi_epu64(acc, a, b); }
JFI_INLINE jfi_v vadd(jfi_v a, jfi_v b) { return _mm512_add_epi64(a, b); }
JFI_INLINE jfi_v vsub(jfi_v a, jfi_v b) { return _mm512_sub_epi64(a, b); }
JFI_INLINE jfi_v vmin(jfi_v a, jfi_v b) { return _mm512_min_epu64(a, b); }
JFI_INLINE jfi_v vand(jfi_v a, jfi_v b) { return _mm512_and_si512(a, b); }
JFI_INLINE jfi_v vset(uint64_t a) { return _mm512_set1_epi64((long long)a); }
JFI_INLINE jfi_v vload(const void *p) { return _mm512_loadu_si512(p); }
JFI_INLINE void vstore(void *p, jfi_v a) { _mm512_storeu_si512(p, a); }
JFI_INLINE jfi_v vzero(void) { return _mm512_setzero_si512(); }

#define JFI_MASK52 (((uint64_t)1 << 52) - 1)

/* [0, 2q) to [0, q), no garbage: where v < q the difference wraps to a huge number. */
JFI_INLINE jfi_v once(jfi_v v, jfi_v q) { return vmin(v, vsub(v, q)); }

#endif
