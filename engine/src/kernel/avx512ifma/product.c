/* kernel/avx512ifma/product.c: sums of products with one reduction. Contract: kernel.h.
 * Twin: ref/product.c.  Halves are accumulated apart: JFI_DOT_MAX low halves below 2^52 and an old word stay
 * below 2^59, as many high halves below 2^44 stay below 2^50, and with the carries below 2^51. */
#include "kernel/avx512ifma/vec.h"

void jfi_ifma_tensor(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1,
                     const uint64_t *b0, const uint64_t *b1, size_t n, const jfi_mod *m) {
  const jfi_vmod c = vmod(m);
  for (size_t i = 0; i < n; i += 8) {
    const jfi_v x0 = vload(a0 + i), x1 = vload(a1 + i), y0 = vload(b0 + i), y1 = vload(b1 + i);
    vstore(d0 + i, fold(hi52(vzero(), x0, y0), lo52(vzero(), x0, y0), &c));
    vstore(d1 + i, fold_carry(hi52(hi52(vzero(), x0, y1), x1, y0), lo52(lo52(vzero(), x0, y1), x1, y0), &c));
    vstore(d2 + i, fold(hi52(vzero(), x1, y1), lo52(vzero(), x1, y1), &c));
  }
}

void jfi_ifma_tensor_sqr(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1, size_t n,
                         const jfi_mod *m) {
  const jfi_vmod c = vmod(m);
  for (size_t i = 0; i < n; i += 8) {
    const jfi_v x0 = vload(a0 + i), x1 = vload(a1 + i), xx = vadd(x0, x0);
    vstore(d0 + i, fold(hi52(vzero(), x0, x0), lo52(vzero(), x0, x0), &c));
    vstore(d1 + i, fold(hi52(vzero(), xx, x1), lo52(vzero(), xx, x1), &c));
    vstore(d2 + i, fold(hi52(vzero(), x1, x1), lo52(vzero(), x1, x1), &c));
  }
}

/* `z` vectors side by side, to cover the latency of the multiplies and to read each pointer once. */
enum { DOT_WIDE = 4, DOT_AHEAD = 256 };

JFI_INLINE void dot_block(uint64_t *r, const uint64_t *const *x, const uint64_t *const *k, size_t terms, int acc,
                          size_t at, size_t z, const jfi_vmod *c) {
  jfi_v l[DOT_WIDE], h[DOT_WIDE];
  for (size_t j = 0; j < z; j++) {
    l[j] = acc ? vload(r + at + 8 * j) : vzero();
    h[j] = vzero();
  }
  for (size_t t = 0; t < terms; t++) {
    const uint64_t *px = x[t] + at, *pk = k[t] + at;
    for (size_t j = 0; j < z; j++) {
      const jfi_v vx = vload(px + 8 * j), vk = vload(pk + 8 * j);
      l[j] = lo52(l[j], vx, vk);
      h[j] = hi52(h[j], vx, vk);
    }
  }
  for (size_t j = 0; j < z; j++) vstore(r + at + 8 * j, fold_carry(h[j], l[j], c));
}

void jfi_ifma_dot(uint64_t *r, const uint64_t *const *x, const uint64_t *const *k, size_t terms, int acc, size_t n,
                  const jfi_mod *m) {
  const jfi_vmod c = vmod(m);
  size_t i = 0;
  for (; i + 8 * DOT_WIDE <= n; i += 8 * DOT_WIDE) dot_block(r, x, k, terms, acc, i, DOT_WIDE, &c);
  for (; i < n; i += 8) dot_block(r, x, k, terms, acc, i, 1, &c);
}

JFI_INLINE void dot2_block(uint64_t *r0, uint64_t *r1, const uint64_t *const *x, const uint64_t *const *k0,
                           const uint64_t *const *k1, size_t terms, int acc, size_t at, size_t z, const jfi_vmod *c) {
  jfi_v l0[DOT_WIDE], h0[DOT_WIDE], l1[DOT_WIDE], h1[DOT_WIDE];
  for (size_t j = 0; j < z; j++) {
    l0[j] = acc ? vload(r0 + at + 8 * j) : vzero();
    l1[j] = acc ? vload(r1 + at + 8 * j) : vzero();
    h0[j] = h1[j] = vzero();
  }
  for (size_t t = 0; t < terms; t++) {
    const uint64_t *px = x[t] + at, *p0 = k0[t] + at, *p1 = k1[t] + at;
    for (size_t j = 0; j < z; j++) {
      ahead(px + 8 * j, DOT_AHEAD);
      ahead(p0 + 8 * j, DOT_AHEAD);
      ahead(p1 + 8 * j, DOT_AHEAD);
      const jfi_v vx = vload(px + 8 * j), v0 = vload(p0 + 8 * j), v1 = vload(p1 + 8 * j);
      l0[j] = lo52(l0[j], vx, v0);
      h0[j] = hi52(h0[j], vx, v0);
      l1[j] = lo52(l1[j], vx, v1);
      h1[j] = hi52(h1[j], vx, v1);
    }
  }
  for (size_t j = 0; j < z; j++) {
    vstore(r0 + at + 8 * j, fold_carry(h0[j], l0[j], c));
    vstore(r1 + at + 8 * j, fold_carry(h1[j], l1[j], c));
  }
}

void jfi_ifma_dot2(uint64_t *r0, uint64_t *r1, const uint64_t *const *x, const uint64_t *const *k0,
                   const uint64_t *const *k1, size_t terms, int acc, size_t n, const jfi_mod *m) {
  const jfi_vmod c = vmod(m);
  size_t i = 0;
  for (; i + 8 * DOT_WIDE <= n; i += 8 * DOT_WIDE) dot2_block(r0, r1, x, k0, k1, terms, acc, i, DOT_WIDE, &c);
  for (; i < n; i += 8) dot2_block(r0, r1, x, k0, k1, terms, acc, i, 1, &c);
}
