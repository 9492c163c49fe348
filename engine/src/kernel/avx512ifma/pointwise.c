/* kernel/avx512ifma/pointwise.c: eight words at a time, modulo one prime. Contract: kernel.h.
 * Twin: ref/pointwise.c.  n is a multiple of 8. */
#include "kernel/avx512ifma/vec.h"

enum { AHEAD = 128 };

/* [-q, q) to [0, q): a negative lane is huge when read as unsigned. */
JFI_INLINE jfi_v lift(jfi_v d, jfi_v q) { return vmin(d, vadd(d, q)); }

void jfi_ifma_add(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  const jfi_v q = vset(m->q);
  for (size_t i = 0; i < n; i += 8) vstore(r + i, once(vadd(vload(a + i), vload(b + i)), q));
}

void jfi_ifma_sub(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  const jfi_v q = vset(m->q);
  for (size_t i = 0; i < n; i += 8) vstore(r + i, lift(vsub(vload(a + i), vload(b + i)), q));
}

void jfi_ifma_neg(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m) {
  const jfi_v q = vset(m->q);
  for (size_t i = 0; i < n; i += 8) vstore(r + i, lift(vsub(vzero(), vload(a + i)), q));
}

void jfi_ifma_add_const(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m) {
  const jfi_v q = vset(m->q), vw = vset(w);
  for (size_t i = 0; i < n; i += 8) vstore(r + i, once(vadd(vload(a + i), vw), q));
}

void jfi_ifma_mul(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  const jfi_vmod c = vmod(m);
  for (size_t i = 0; i < n; i += 8) {
    ahead(a + i, AHEAD);
    ahead(b + i, AHEAD);
    const jfi_v x = vload(a + i), y = vload(b + i);
    vstore(r + i, fold(hi52(vzero(), x, y), lo52(vzero(), x, y), &c));
  }
}

void jfi_ifma_mul_acc(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  const jfi_vmod c = vmod(m);
  for (size_t i = 0; i < n; i += 8) {
    const jfi_v x = vload(a + i), y = vload(b + i);
    vstore(r + i, fold_carry(hi52(vzero(), x, y), lo52(vload(r + i), x, y), &c));
  }
}

void jfi_ifma_mul_const(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m) {
  const jfi_vmod c = vmod(m);
  const jfi_v vw = vset(w), vs = vset(jfi_shoup52(w, m->q));
  for (size_t i = 0; i < n; i += 8) vstore(r + i, shoup(vload(a + i), vw, vs, &c));
}

/* The old word enters as the start of the low product: [0, 3q), so the quotient is taken exactly. */
void jfi_ifma_mul_const_acc(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m) {
  const jfi_vmod c = vmod(m);
  const jfi_v vw = vset(w), vs = vset(jfi_shoup52(w, m->q));
  for (size_t i = 0; i < n; i += 8) {
    const jfi_v x = vload(a + i);
    vstore(r + i, exact(lo52(lo52(vload(r + i), x, vw), hi52(vzero(), x, vs), c.nq), &c));
  }
}

void jfi_ifma_sub_mul_const(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, size_t n, const jfi_mod *m) {
  const jfi_vmod c = vmod(m);
  const jfi_v vw = vset(w), vs = vset(jfi_shoup52(w, m->q));
  for (size_t i = 0; i < n; i += 8) vstore(r + i, shoup(vsub(vadd(vload(a + i), c.q), vload(b + i)), vw, vs, &c));
}

/* Two lazy Shoup products in one chain, each in [0, 2q): their sum is below 4q < 2^50, which `exact` takes. */
void jfi_ifma_sub_mul_const_add(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, const uint64_t *c,
                                uint64_t wc, size_t n, const jfi_mod *m) {
  const jfi_vmod k = vmod(m);
  const jfi_v vw = vset(w), vs = vset(jfi_shoup52(w, m->q)), uw = vset(wc), us = vset(jfi_shoup52(wc, m->q));
  for (size_t i = 0; i < n; i += 8) {
    ahead(a + i, AHEAD);
    ahead(b + i, AHEAD);
    ahead(c + i, AHEAD);
    const jfi_v x = vsub(vadd(vload(a + i), k.q), vload(b + i)), y = vload(c + i);
    const jfi_v quot = hi52(hi52(vzero(), x, vs), y, us);
    vstore(r + i, exact(lo52(lo52(lo52(vzero(), x, vw), y, uw), quot, k.nq), &k));
  }
}
