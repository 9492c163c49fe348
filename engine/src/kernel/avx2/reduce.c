/* kernel/avx2/reduce.c: entering a modulus. Contract: kernel.h.  Twin: ref/reduce.c. */
#include "kernel/avx2/vec.h"

/* A multiple of q in (2^62 - q, 2^62 + q] makes x positive and below 2^63 + q; its high word below 2^32 times
 * 2^32 mod q, plus its low word, is below 0.6q + 1 + 2^32 in magnitude. */
void jfi_avx2_from_i64(uint64_t *r, const int64_t *x, size_t n, const jfi_mod *m) {
  const jfi_dmod c = dmod(m);
  const uint64_t w = ((uint64_t)1 << 32) % m->q;
  const jfi_i off = iset(((m->mu64 >> 2) + 1) * m->q), low = iset(0xffffffff);
  const jfi_d vw = dset((double)w), vq = dset(quotient(w, m));
  for (size_t i = 0; i < n; i += 4) {
    const jfi_i u = _mm256_add_epi64(iload(x + i), off);
    const jfi_d h = to_double(_mm256_srli_epi64(u, 32), &c), l = to_double(_mm256_and_si256(u, low), &c);
    finish(r + i, dadd(mul_by(h, vw, vq, &c), l), &c);
  }
}

/* q > 128, so one q lifts every negative byte. */
void jfi_avx2_from_i8(uint64_t *r, const int8_t *x, size_t n, const jfi_mod *m) {
  const jfi_i q = iset(m->q), zero = _mm256_setzero_si256();
  for (size_t i = 0; i < n; i += 8) {
    const __m128i b = _mm_loadl_epi64((const __m128i *)(x + i));
    const jfi_i u = _mm256_cvtepi8_epi64(b), v = _mm256_cvtepi8_epi64(_mm_srli_si128(b, 4));
    istore(r + i, _mm256_add_epi64(u, _mm256_and_si256(_mm256_cmpgt_epi64(zero, u), q)));
    istore(r + i + 4, _mm256_add_epi64(v, _mm256_and_si256(_mm256_cmpgt_epi64(zero, v), q)));
  }
}

void jfi_avx2_reduce(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m) {
  const jfi_dmod c = dmod(m);
  for (size_t i = 0; i < n; i += 4) finish(r + i, wload(a + i, &c), &c);
}

void jfi_avx2_reduce_centred(uint64_t *r, const uint64_t *a, uint64_t from, size_t n, const jfi_mod *m) {
  const jfi_dmod c = dmod(m);
  const uint64_t largest = (from - 1) / 2; /* of the centred residues */
  const jfi_d half = dset((double)largest), whole = dset((double)from);
  for (size_t i = 0; i < n; i += 4) {
    const jfi_d x = wload(a + i, &c);
    finish(r + i, dsub(x, _mm256_and_pd(whole, _mm256_cmp_pd(x, half, _CMP_GT_OQ))), &c);
  }
}
