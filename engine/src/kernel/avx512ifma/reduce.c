/* kernel/avx512ifma/reduce.c: entering a modulus. Contract: kernel.h.  Twin: ref/reduce.c. */
#include "kernel/avx512ifma/vec.h"

/* The offset is a multiple of q in (2^62 - q, 2^62 + q], so the sum is positive and below 2^63 + q: its bits
 * from 52 up are the high half of fold. */
void jfi_ifma_from_i64(uint64_t *r, const int64_t *x, size_t n, const jfi_mod *m) {
  const jfi_vmod c = vmod(m);
  const jfi_v off = vset(((m->mu64 >> 2) + 1) * m->q);
  for (size_t i = 0; i < n; i += 8) {
    const jfi_v u = vadd(vload(x + i), off);
    vstore(r + i, fold(_mm512_srli_epi64(u, 52), u, &c));
  }
}

/* q > 128, so one q lifts every negative byte. */
void jfi_ifma_from_i8(uint64_t *r, const int8_t *x, size_t n, const jfi_mod *m) {
  const jfi_v q = vset(m->q);
  for (size_t i = 0; i < n; i += 8) {
    const jfi_v u = _mm512_cvtepi8_epi64(_mm_loadl_epi64((const __m128i *)(x + i)));
    vstore(r + i, vmin(u, vadd(u, q)));
  }
}

void jfi_ifma_reduce(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m) {
  const jfi_vmod c = vmod(m);
  for (size_t i = 0; i < n; i += 8) vstore(r + i, exact(vload(a + i), &c));
}

/* Where a > (from-1)/2 add k*q - from, k = ceil(from/q): positive, congruent, and below 2^48 + q < 2^51. */
void jfi_ifma_reduce_centred(uint64_t *r, const uint64_t *a, uint64_t from, size_t n, const jfi_mod *m) {
  const jfi_vmod c = vmod(m);
  const jfi_v half = vset((from - 1) / 2), add = vset((from + m->q - 1) / m->q * m->q - from);
  for (size_t i = 0; i < n; i += 8) {
    const jfi_v x = vload(a + i);
    const __mmask8 high = _mm512_cmpgt_epu64_mask(x, half);
    vstore(r + i, exact(_mm512_mask_add_epi64(x, high, x, add), &c));
  }
}
