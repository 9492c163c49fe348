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
/* Asks for the line `words` ahead of p; beyond an array's end that is harmless. The hardware's own prefetching ends with each page of 4 KiB,
 * and a limb has dozens of pages, mostly in the third-level cache: sums and conversions that read many limbs wait there. */
JFI_INLINE void ahead(const uint64_t *p, size_t words) {
  _mm_prefetch((const char *)((uintptr_t)p + 8 * words), _MM_HINT_T0);
}
JFI_INLINE jfi_v vzero(void) { return _mm512_setzero_si512(); }

#define JFI_MASK52 (((uint64_t)1 << 52) - 1)

/* [0, 2q) to [0, q), no garbage: where v < q the difference wraps to a huge number. */
JFI_INLINE jfi_v once(jfi_v v, jfi_v q) { return vmin(v, vsub(v, q)); }

/* The constants that the operations outside the transforms need. */
typedef struct jfi_vmod {
  jfi_v q, nq;     /* q, and 2^52 - q, that is -q for an IFMA multiply */
  jfi_v mu;        /* floor(2^52/q) */
  jfi_v r52, r52s; /* 2^52 mod q and its Shoup companion */
  jfi_v mux, mask; /* mod.h; 2^52 - 1 */
  __m128i shift;   /* bits - 1 */
} jfi_vmod;

JFI_INLINE jfi_vmod vmod(const jfi_mod *m) {
  return (jfi_vmod){
      vset(m->q),       vset(((uint64_t)1 << 52) - m->q),   vset(m->mu52), vset(m->r52), vset(m->r52s), vset(m->mux),
      vset(JFI_MASK52), _mm_cvtsi32_si128((int)m->bits - 1)};
}

/* V(x) < 2^51 to [0, q), no garbage. hi52 gives floor(x*mux / 2^52); mod.h proves the quotient exact. */
JFI_INLINE jfi_v exact(jfi_v x, const jfi_vmod *c) {
  jfi_v quot = _mm512_srl_epi64(hi52(vzero(), x, c->mux), c->shift);
  return vand(lo52(x, quot, c->nq), c->mask);
}

/* h*2^52 + V(l) to [0, q), for h < 2^52. Shoup leaves h*r52 in [0, 2q), Barrett leaves l in [0, 2q). */
JFI_INLINE jfi_v fold(jfi_v h, jfi_v l, const jfi_vmod *c) {
  jfi_v quot = hi52(hi52(vzero(), h, c->r52s), l, c->mu);
  return exact(lo52(lo52(l, h, c->r52), quot, c->nq), c);
}

/* The same for a sum of low halves l < 2^64: its carries join the high half. */
JFI_INLINE jfi_v fold_carry(jfi_v h, jfi_v l, const jfi_vmod *c) {
  return fold(vadd(h, _mm512_srli_epi64(l, 52)), l, c);
}

/* x*w to [0, q) with ws = floor(w*2^52/q), for V(x) < 2^52. */
JFI_INLINE jfi_v shoup(jfi_v x, jfi_v w, jfi_v ws, const jfi_vmod *c) {
  jfi_v p = lo52(lo52(vzero(), x, w), hi52(vzero(), x, ws), c->nq);
  return once(vand(p, c->mask), c->q);
}

#endif
