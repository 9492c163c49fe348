/* kernel/avx2/pointwise.c: four words at a time. Contract: kernel.h.  Twin: ref/pointwise.c.
 * Sums stay in integers; products go through doubles (vec.h). */
#include "kernel/avx2/vec.h"

/* [0, 2q) to [0, q), words below 2^63. */
JFI_INLINE jfi_i once(jfi_i s, jfi_i q) {
  return _mm256_sub_epi64(s, _mm256_andnot_si256(_mm256_cmpgt_epi64(q, s), q));
}
/* [-q, q) to [0, q). */
JFI_INLINE jfi_i wrap(jfi_i d, jfi_i q) {
  return _mm256_add_epi64(d, _mm256_and_si256(_mm256_cmpgt_epi64(_mm256_setzero_si256(), d), q));
}

void jfi_avx2_add(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  const jfi_i q = iset(m->q);
  for (size_t i = 0; i < n; i += 4) istore(r + i, once(_mm256_add_epi64(iload(a + i), iload(b + i)), q));
}

void jfi_avx2_sub(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  const jfi_i q = iset(m->q);
  for (size_t i = 0; i < n; i += 4) istore(r + i, wrap(_mm256_sub_epi64(iload(a + i), iload(b + i)), q));
}

void jfi_avx2_neg(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m) {
  const jfi_i q = iset(m->q);
  for (size_t i = 0; i < n; i += 4) istore(r + i, wrap(_mm256_sub_epi64(_mm256_setzero_si256(), iload(a + i)), q));
}

void jfi_avx2_add_const(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m) {
  const jfi_i q = iset(m->q), vw = iset(w);
  for (size_t i = 0; i < n; i += 4) istore(r + i, once(_mm256_add_epi64(iload(a + i), vw), q));
}

void jfi_avx2_mul(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  const jfi_dmod c = dmod(m);
  for (size_t i = 0; i < n; i += 4) finish_near(r + i, mul_any(wload(a + i, &c), wload(b + i, &c), &c), &c);
}

void jfi_avx2_mul_acc(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  const jfi_dmod c = dmod(m);
  for (size_t i = 0; i < n; i += 4) {
    const jfi_d p = mul_any(wload(a + i, &c), wload(b + i, &c), &c);
    finish(r + i, dadd(p, wload(r + i, &c)), &c);
  }
}

void jfi_avx2_mul_const(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m) {
  const jfi_dmod c = dmod(m);
  const jfi_d vw = dset((double)w), vq = dset(quotient(w, m));
  for (size_t i = 0; i < n; i += 4) finish_near(r + i, mul_by(wload(a + i, &c), vw, vq, &c), &c);
}

void jfi_avx2_mul_const_acc(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m) {
  const jfi_dmod c = dmod(m);
  const jfi_d vw = dset((double)w), vq = dset(quotient(w, m));
  for (size_t i = 0; i < n; i += 4) finish(r + i, dadd(mul_by(wload(a + i, &c), vw, vq, &c), wload(r + i, &c)), &c);
}

void jfi_avx2_sub_mul_const(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, size_t n, const jfi_mod *m) {
  const jfi_dmod c = dmod(m);
  const jfi_d vw = dset((double)w), vq = dset(quotient(w, m));
  for (size_t i = 0; i < n; i += 4)
    finish_near(r + i, mul_by(dsub(wload(a + i, &c), wload(b + i, &c)), vw, vq, &c), &c);
}

/* Each product is within q of zero (vec.h), their sum within 2q. */
void jfi_avx2_sub_mul_const_add(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, const uint64_t *c,
                                uint64_t wc, size_t n, const jfi_mod *m) {
  const jfi_dmod d = dmod(m);
  const jfi_d vw = dset((double)w), vq = dset(quotient(w, m)), uw = dset((double)wc), uq = dset(quotient(wc, m));
  for (size_t i = 0; i < n; i += 4) {
    const jfi_d p = mul_by(dsub(wload(a + i, &d), wload(b + i, &d)), vw, vq, &d);
    finish(r + i, dadd(p, mul_by(wload(c + i, &d), uw, uq, &d)), &d);
  }
}
