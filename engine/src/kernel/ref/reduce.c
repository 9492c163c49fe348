/* kernel/ref/reduce.c: entering a modulus. Contract: kernel.h. */
#include "kernel/ref/ref.h"

/* x + off mod q, where off is the least multiple of q above 2^62: it makes every |x| < 2^62
 * positive, and the sum stays below 2^63 + q. mu64 >> 2 == floor(2^62 / q). */
static uint64_t reduce_signed(int64_t x, uint64_t off, const jfi_mod *m) {
  return jfi_mod_reduce((uint64_t)x + off, m);
}

static uint64_t signed_offset(const jfi_mod *m) { return ((m->mu64 >> 2) + 1) * m->q; }

void jfi_ref_from_i64(uint64_t *r, const int64_t *x, size_t n, const jfi_mod *m) {
  const uint64_t off = signed_offset(m);
  for (size_t i = 0; i < n; i++) r[i] = reduce_signed(x[i], off, m);
}

void jfi_ref_from_i8(uint64_t *r, const int8_t *x, size_t n, const jfi_mod *m) {
  const uint64_t off = signed_offset(m);
  for (size_t i = 0; i < n; i++) r[i] = reduce_signed(x[i], off, m);
}

void jfi_ref_reduce(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m) {
  for (size_t i = 0; i < n; i++) r[i] = jfi_mod_reduce(a[i], m);
}

void jfi_ref_reduce_centred(uint64_t *r, const uint64_t *a, uint64_t from, size_t n, const jfi_mod *m) {
  const uint64_t off = signed_offset(m), half = (from - 1) / 2;
  for (size_t i = 0; i < n; i++) {
    uint64_t c = a[i] - (from & (0 - ((half - a[i]) >> 63))); /* no comparison: mod.h, jfi_mod_once */
    r[i] = reduce_signed((int64_t)c, off, m);
  }
}
