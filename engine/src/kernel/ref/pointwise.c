/* kernel/ref/pointwise.c: one word at a time, modulo one prime. Contract: kernel.h. */
#include "kernel/ref/ref.h"

void jfi_ref_add(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  for (size_t i = 0; i < n; i++) r[i] = jfi_mod_add(a[i], b[i], m->q);
}

void jfi_ref_sub(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  for (size_t i = 0; i < n; i++) r[i] = jfi_mod_sub(a[i], b[i], m->q);
}

void jfi_ref_neg(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m) {
  for (size_t i = 0; i < n; i++) r[i] = jfi_mod_neg(a[i], m->q);
}

void jfi_ref_mul(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  for (size_t i = 0; i < n; i++) r[i] = jfi_mod_mul(a[i], b[i], m);
}

void jfi_ref_mul_acc(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  for (size_t i = 0; i < n; i++) r[i] = jfi_mod_reduce128((jfi_u128)a[i] * b[i] + r[i], m);
}

void jfi_ref_mul_const(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m) {
  const uint64_t ws = jfi_shoup64(w, m->q);
  for (size_t i = 0; i < n; i++) r[i] = jfi_mul_shoup(a[i], w, ws, m->q);
}

void jfi_ref_mul_const_acc(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m) {
  const uint64_t ws = jfi_shoup64(w, m->q);
  for (size_t i = 0; i < n; i++) r[i] = jfi_mod_add(r[i], jfi_mul_shoup(a[i], w, ws, m->q), m->q);
}

void jfi_ref_add_const(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m) {
  for (size_t i = 0; i < n; i++) r[i] = jfi_mod_add(a[i], w, m->q);
}

void jfi_ref_sub_mul_const(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, size_t n, const jfi_mod *m) {
  const uint64_t ws = jfi_shoup64(w, m->q);
  for (size_t i = 0; i < n; i++) r[i] = jfi_mul_shoup(a[i] + m->q - b[i], w, ws, m->q);
}

void jfi_ref_sub_mul_const_add(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, const uint64_t *c,
                               uint64_t wc, size_t n, const jfi_mod *m) {
  const uint64_t ws = jfi_shoup64(w, m->q), wcs = jfi_shoup64(wc, m->q);
  for (size_t i = 0; i < n; i++)
    r[i] = jfi_mod_add(jfi_mul_shoup(a[i] + m->q - b[i], w, ws, m->q), jfi_mul_shoup(c[i], wc, wcs, m->q), m->q);
}
