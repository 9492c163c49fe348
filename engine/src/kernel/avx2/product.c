/* kernel/avx2/product.c: sums of products. Contract: kernel.h.  Twin: ref/product.c.
 * Every product is reduced to at most q/2 + 3 * 2^42 + 1 (vec.h), so EVERY of them beside a word or a shrunk sum stay below 2^53, up to
 * which doubles count by ones; t-kernel-edge.c has inputs for which one more does not. */
#include "kernel/avx2/vec.h"

/* magic: EVERY = floor((2**53 - 2**48) / (2**47 + 3 * 2**42 + 1)) */
enum { EVERY = 56 };
enum { WIDE = 2 };

void jfi_avx2_tensor(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1,
                     const uint64_t *b0, const uint64_t *b1, size_t n, const jfi_mod *m) {
  const jfi_dmod c = dmod(m);
  for (size_t i = 0; i < n; i += 4) {
    const jfi_d x0 = wload(a0 + i, &c), x1 = wload(a1 + i, &c);
    const jfi_d y0 = wload(b0 + i, &c), y1 = wload(b1 + i, &c);
    finish_near(d0 + i, mul_any(x0, y0, &c), &c);
    finish(d1 + i, dadd(mul_any(x0, y1, &c), mul_any(x1, y0, &c)), &c);
    finish_near(d2 + i, mul_any(x1, y1, &c), &c);
  }
}

void jfi_avx2_tensor_sqr(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1, size_t n,
                         const jfi_mod *m) {
  const jfi_dmod c = dmod(m);
  for (size_t i = 0; i < n; i += 4) {
    const jfi_d x0 = wload(a0 + i, &c), x1 = wload(a1 + i, &c), p = mul_any(x0, x1, &c);
    finish_near(d0 + i, mul_any(x0, x0, &c), &c);
    finish(d1 + i, dadd(p, p), &c);
    finish_near(d2 + i, mul_any(x1, x1, &c), &c);
  }
}

void jfi_avx2_dot(uint64_t *r, const uint64_t *const *x, const uint64_t *const *k, size_t terms, int acc, size_t n,
                  const jfi_mod *m) {
  const jfi_dmod c = dmod(m);
  for (size_t i = 0; i < n; i += 4 * WIDE) {
    jfi_d s[WIDE];
    for (size_t j = 0; j < WIDE; j++) s[j] = acc ? wload(r + i + 4 * j, &c) : _mm256_setzero_pd();
    for (size_t t = 0, stop; t < terms;) {
      for (stop = t + EVERY < terms ? t + EVERY : terms; t < stop; t++)
        for (size_t j = 0; j < WIDE; j++)
          s[j] = dadd(s[j], mul_any(wload(x[t] + i + 4 * j, &c), wload(k[t] + i + 4 * j, &c), &c));
      for (size_t j = 0; j < WIDE; j++) s[j] = shrink(s[j], &c);
    }
    for (size_t j = 0; j < WIDE; j++) finish_near(r + i + 4 * j, s[j], &c);
  }
}

void jfi_avx2_dot2(uint64_t *r0, uint64_t *r1, const uint64_t *const *x, const uint64_t *const *k0,
                   const uint64_t *const *k1, size_t terms, int acc, size_t n, const jfi_mod *m) {
  const jfi_dmod c = dmod(m);
  for (size_t i = 0; i < n; i += 4) {
    jfi_d s0 = acc ? wload(r0 + i, &c) : _mm256_setzero_pd();
    jfi_d s1 = acc ? wload(r1 + i, &c) : _mm256_setzero_pd();
    for (size_t t = 0, stop; t < terms;) {
      for (stop = t + EVERY < terms ? t + EVERY : terms; t < stop; t++) {
        const jfi_d v = wload(x[t] + i, &c);
        s0 = dadd(s0, mul_any(v, wload(k0[t] + i, &c), &c));
        s1 = dadd(s1, mul_any(v, wload(k1[t] + i, &c), &c));
      }
      s0 = shrink(s0, &c);
      s1 = shrink(s1, &c);
    }
    finish_near(r0 + i, s0, &c);
    finish_near(r1 + i, s1, &c);
  }
}
