/* kernel/ref/product.c: sums of products with one reduction. Contract: kernel.h.
 * JFI_DOT_MAX products below 2^96 and one old word sum to less than 2^103, so a 128-bit sum is exact. */
#include "kernel/ref/ref.h"

void jfi_ref_tensor(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1,
                    const uint64_t *b0, const uint64_t *b1, size_t n, const jfi_mod *m) {
  for (size_t i = 0; i < n; i++) {
    d0[i] = jfi_mod_mul(a0[i], b0[i], m);
    d1[i] = jfi_mod_reduce128((jfi_u128)a0[i] * b1[i] + (jfi_u128)a1[i] * b0[i], m);
    d2[i] = jfi_mod_mul(a1[i], b1[i], m);
  }
}

void jfi_ref_tensor_sqr(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1, size_t n,
                        const jfi_mod *m) {
  for (size_t i = 0; i < n; i++) {
    d0[i] = jfi_mod_mul(a0[i], a0[i], m);
    d1[i] = jfi_mod_mul(2 * a0[i], a1[i], m);
    d2[i] = jfi_mod_mul(a1[i], a1[i], m);
  }
}

void jfi_ref_dot(uint64_t *r, const uint64_t *const *x, const uint64_t *const *k, size_t terms, int acc, size_t n,
                 const jfi_mod *m) {
  for (size_t i = 0; i < n; i++) {
    jfi_u128 s = acc ? r[i] : 0;
    for (size_t t = 0; t < terms; t++) s += (jfi_u128)x[t][i] * k[t][i];
    r[i] = jfi_mod_reduce128(s, m);
  }
}

/* Not two calls of dot: r0 may be one of the inputs, which the second sum still has to read. */
void jfi_ref_dot2(uint64_t *r0, uint64_t *r1, const uint64_t *const *x, const uint64_t *const *k0,
                  const uint64_t *const *k1, size_t terms, int acc, size_t n, const jfi_mod *m) {
  for (size_t i = 0; i < n; i++) {
    jfi_u128 s0 = acc ? r0[i] : 0, s1 = acc ? r1[i] : 0;
    for (size_t t = 0; t < terms; t++) {
      s0 += (jfi_u128)x[t][i] * k0[t][i];
      s1 += (jfi_u128)x[t][i] * k1[t][i];
    }
    r0[i] = jfi_mod_reduce128(s0, m);
    r1[i] = jfi_mod_reduce128(s1, m);
  }
}
