/* kernel/avx2/vec.h: arithmetic modulo q < 2^48 in doubles, four lanes at a time.
 *
 * Every double here is an integer below 2^53 in magnitude, so sums, products by fused multiply-add and the values
 * below are exact; residues are signed and usually lie near [-q/2, q/2]. ROUND = 1.5 * 2^52: adding it rounds to
 * the nearest integer as long as the value is below 2^51 in magnitude.        [HLQ16]
 *
 * Product a*w with wq ~ w/q: the fused sum rounds once, so n = round(a*wq) is off the true quotient by at most 1/2 plus
 * |a*w/q| times the relative error of wq: 2^-53 for a quotient, 2^-52 for w times a rounded 1/q. h + l == a*w exactly;
 * h - n*q is an integer below 2^53 in magnitude, so it is exact; and so is the sum with l. For |a| < 16q and
 * |w| <= q/2 the quotient is below 8q < 2^51, and with a true wq the result is below (1/2 + 1/4) q + 1. */
#ifndef JFI_KERNEL_AVX2_VEC_H
#define JFI_KERNEL_AVX2_VEC_H

#include <immintrin.h>

#include "kernel/avx2/avx2.h"

#define JFI_INLINE static inline __attribute__((always_inline))

typedef __m256d jfi_d;
typedef __m256i jfi_i;

#define JFI_ROUND 6755399441055744.0 /* magic: JFI_ROUND = 3 * 2**51 */
#define JFI_TWO52 4503599627370496.0 /* magic: JFI_TWO52 = 2**52 */

typedef struct jfi_dmod {
  jfi_d q, qinv, round, two52;
} jfi_dmod;

JFI_INLINE jfi_d dset(double a) { return _mm256_set1_pd(a); }
JFI_INLINE jfi_dmod dmod(const jfi_mod *m) {
  return (jfi_dmod){dset(m->qd), dset(m->qinv), dset(JFI_ROUND), dset(JFI_TWO52)};
}

JFI_INLINE jfi_d dadd(jfi_d a, jfi_d b) { return _mm256_add_pd(a, b); }
JFI_INLINE jfi_d dsub(jfi_d a, jfi_d b) { return _mm256_sub_pd(a, b); }
JFI_INLINE jfi_d dmul(jfi_d a, jfi_d b) { return _mm256_mul_pd(a, b); }
JFI_INLINE jfi_i iload(const void *p) { return _mm256_loadu_si256(p); }
JFI_INLINE void istore(void *p, jfi_i a) { _mm256_storeu_si256(p, a); }
JFI_INLINE jfi_i iset(uint64_t a) { return _mm256_set1_epi64x((long long)a); }
/* Doubles that live in an array of words between two passes. */
JFI_INLINE jfi_d dload(const void *p) { return _mm256_castsi256_pd(iload(p)); }
JFI_INLINE void dstore(void *p, jfi_d a) { istore(p, _mm256_castpd_si256(a)); }

/* Words below 2^52: as the significand of 2^52 + x. */
JFI_INLINE jfi_d to_double(jfi_i x, const jfi_dmod *c) {
  const jfi_d tagged = _mm256_or_pd(_mm256_castsi256_pd(x), c->two52);
  return dsub(tagged, c->two52);
}
JFI_INLINE jfi_d wload(const uint64_t *p, const jfi_dmod *c) { return to_double(iload(p), c); }

/* Integers in [0, 2^52) back to words. */
JFI_INLINE jfi_i to_word(jfi_d x, const jfi_dmod *c) {
  return _mm256_castpd_si256(_mm256_xor_pd(dadd(x, c->two52), c->two52));
}

/* round(x/q) for |x/q| < 2^51, and x minus that many q: |result| <= q/2 + 1 when |x| < 2^53: then 1/q's rounding moves the quotient
 * by at most 2^53/q * 2^-53, the result by 1. */
JFI_INLINE jfi_d shrink(jfi_d x, const jfi_dmod *c) {
  const jfi_d n = dsub(_mm256_fmadd_pd(x, c->qinv, c->round), c->round);
  return _mm256_fnmadd_pd(n, c->q, x);
}

/* (-q, q) to [0, q). */
JFI_INLINE jfi_d lift(jfi_d x, const jfi_dmod *c) {
  return dadd(x, _mm256_and_pd(c->q, _mm256_cmp_pd(x, _mm256_setzero_pd(), _CMP_LT_OQ)));
}
/* |x| < 2^52 to a canonical word. shrink may land on a multiple of q/2 + 1 either side, never beyond (-q, q). */
JFI_INLINE void finish(uint64_t *r, jfi_d x, const jfi_dmod *c) { istore(r, to_word(lift(shrink(x, c), c), c)); }
JFI_INLINE void finish_near(uint64_t *r, jfi_d x, const jfi_dmod *c) { istore(r, to_word(lift(x, c), c)); }

/* a*w with wq ~ w/q: see the head of this file. */
JFI_INLINE jfi_d mul_by(jfi_d a, jfi_d w, jfi_d wq, const jfi_dmod *c) {
  const jfi_d n = dsub(_mm256_fmadd_pd(a, wq, c->round), c->round);
  const jfi_d h = dmul(a, w), l = _mm256_fmsub_pd(a, w, h);
  return dadd(_mm256_fnmadd_pd(n, c->q, h), l);
}

/* a*b for 0 <= a < 2^48, 0 <= b < q: |result| <= q/2 + 3 * 2^42 + 1. h is off by half a unit in the last place of a number below 2^96, 2^42;
 * 1/q, relatively by 2^-53, moves a*b by at most 2^43 more; the fused sum rounds to the nearest integer quotient. mul_by with
 * wq = w * qinv rounded does as well: a < 2^48 times half a unit of a number below 1, 2^-6, moves q times that: below 2^42. */
JFI_INLINE jfi_d mul_any(jfi_d a, jfi_d b, const jfi_dmod *c) {
  const jfi_d h = dmul(a, b), l = _mm256_fmsub_pd(a, b, h);
  const jfi_d n = dsub(_mm256_fmadd_pd(h, c->qinv, c->round), c->round);
  return dadd(_mm256_fnmadd_pd(n, c->q, h), l);
}

/* w/q for a constant. */
JFI_INLINE double quotient(uint64_t w, const jfi_mod *m) { return (double)w / m->qd; }

#endif
