/* kernel/ref/ntt.c: negacyclic transform with lazy 64-bit butterflies.
 * Contract: kernel.h.  Source: [Harvey14] [LN16]
 *
 * Table: four rows of n words. Row 0: psi^brv(k); row 1: its Shoup companions; rows 2, 3: the same
 * for psi^-brv(k). Stage m = 1, 2, .. n/2 uses entry m + b for block b, so entry 0 is free: in row 2
 * it holds 1/n. Entry 1 of row 2 is multiplied by 1/n as well, since only the last stage of the inverse
 * uses it; there every word is multiplied by one of the two. */
#include "kernel/ref/ref.h"

#include <string.h>

static size_t brv(size_t k, uint32_t bits) {
  size_t r = 0;
  for (uint32_t i = 0; i < bits; i++) r |= (k >> i & 1) << (bits - 1 - i);
  return r;
}

size_t jfi_ref_ntt_table_bytes(uint32_t log_n) { return ((size_t)4 << log_n) * sizeof(uint64_t); }

static void fill_row(uint64_t *row, const jfi_mod *m, uint32_t log_n, uint64_t psi) {
  uint64_t p = 1;
  for (size_t i = 0; i < (size_t)1 << log_n; i++) {
    row[brv(i, log_n)] = p;
    p = jfi_mod_mul(p, psi, m);
  }
}

void jfi_ref_ntt_table_init(void *table, const jfi_mod *m, uint32_t log_n, uint64_t psi) {
  const size_t n = (size_t)1 << log_n;
  uint64_t *w = table, *inv = w + 2 * n;
  fill_row(w, m, log_n, psi);
  fill_row(inv, m, log_n, jfi_mod_inv(psi, m));
  inv[0] = jfi_mod_inv((uint64_t)n, m);
  inv[1] = jfi_mod_mul(inv[1], inv[0], m);
  for (size_t i = 0; i < n; i++) {
    w[n + i] = jfi_shoup64(w[i], m->q);
    inv[n + i] = jfi_shoup64(inv[i], m->q);
  }
}

/* A product is below 2q for any 64-bit operand, so a butterfly adds at most 2q to the range: after
 * all 17 stages words are below 35q < 2^54, and no stage needs a correction. */
void jfi_ref_ntt_fwd(uint64_t *x, const jfi_ntt *t) {
  const size_t n = (size_t)1 << t->log_n;
  const uint64_t q = t->mod->q, *w = t->w, *ws = w + n;
  for (size_t m = 1, h = n / 2; h > 0; m *= 2, h /= 2) {
    for (size_t b = 0; b < m; b++) {
      uint64_t *u = x + 2 * h * b, *v = u + h;
      for (size_t i = 0; i < h; i++) {
        uint64_t p = jfi_mul_shoup_lazy(v[i], w[m + b], ws[m + b], q);
        v[i] = u[i] + 2 * q - p;
        u[i] = u[i] + p;
      }
    }
  }
  for (size_t i = 0; i < n; i++) x[i] = jfi_mod_reduce(x[i], t->mod);
}

/* Words stay below 2q: the sum by a correction, the product by itself. */
void jfi_ref_ntt_inv(uint64_t *x, const jfi_ntt *t) {
  const size_t n = (size_t)1 << t->log_n;
  const uint64_t q = t->mod->q, *w = (const uint64_t *)t->w + 2 * n, *ws = w + n;
  for (size_t m = n / 2, h = 1; m > 1; m /= 2, h *= 2) {
    for (size_t b = 0; b < m; b++) {
      uint64_t *u = x + 2 * h * b, *v = u + h;
      for (size_t i = 0; i < h; i++) {
        uint64_t s = u[i] + v[i], d = u[i] + 2 * q - v[i];
        u[i] = jfi_mod_once(s, 2 * q);
        v[i] = jfi_mul_shoup_lazy(d, w[m + b], ws[m + b], q);
      }
    }
  }
  for (size_t i = 0; i < n / 2; i++) {
    uint64_t s = x[i] + x[n / 2 + i], d = x[i] + 2 * q - x[n / 2 + i];
    x[i] = jfi_mul_shoup(s, w[0], ws[0], q);
    x[n / 2 + i] = jfi_mul_shoup(d, w[1], ws[1], q);
  }
}

void jfi_ref_ntt_inv_scaled(uint64_t *r, const uint64_t *x, uint64_t w, const jfi_ntt *t) {
  const size_t n = (size_t)1 << t->log_n;
  if (r != x) memcpy(r, x, n * sizeof *r);
  jfi_ref_ntt_inv(r, t);
  if (w != 1) jfi_ref_mul_const(r, r, w, n, t->mod);
}
