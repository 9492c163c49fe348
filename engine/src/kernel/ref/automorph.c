/* kernel/ref/automorph.c: X -> X^g in both forms. Contract: kernel.h. Indices depend on g alone. */
#include "kernel/ref/ref.h"

void jfi_ref_permute(uint64_t *r, const uint64_t *a, const uint32_t *perm, size_t n) {
  for (size_t j = 0; j < n; j++) r[j] = a[perm[j]];
}

/* X^(i*g) = (-1)^floor(i*g/n) * X^(i*g mod n): e runs over i*g mod 2n, and e >= n means "negated". */
void jfi_ref_automorph_coeff(uint64_t *r, const uint64_t *a, uint32_t g, size_t n, const jfi_mod *m) {
  size_t e = 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t negate = 0 - (uint64_t)(e >= n);
    r[e & (n - 1)] = (jfi_mod_neg(a[i], m->q) & negate) | (a[i] & ~negate);
    e = (e + g) & (2 * n - 1);
  }
}
