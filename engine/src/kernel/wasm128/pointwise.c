/* kernel/wasm128/pointwise.c: two words at a time. Contract: kernel.h.  Twin: ref/pointwise.c. */
#include "kernel/wasm128/vec.h"

void jfi_wasm128_add(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  for (size_t i = 0; i < n; i += 2) {
    const jfi_w s = wadd(wasm_v128_load(a + i), wasm_v128_load(b + i));
    wasm_v128_store(r + i, lift(wsub(s, c.q), &c));
  }
}

void jfi_wasm128_sub(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  for (size_t i = 0; i < n; i += 2)
    wasm_v128_store(r + i, lift(wsub(wasm_v128_load(a + i), wasm_v128_load(b + i)), &c));
}

void jfi_wasm128_neg(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  for (size_t i = 0; i < n; i += 2) wasm_v128_store(r + i, lift(wsub(wset(0), wasm_v128_load(a + i)), &c));
}

void jfi_wasm128_add_const(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  const jfi_w d = wset(w - m->q);
  for (size_t i = 0; i < n; i += 2) wasm_v128_store(r + i, lift(wadd(wasm_v128_load(a + i), d), &c));
}

void jfi_wasm128_mul(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  for (size_t i = 0; i < n; i += 2)
    wasm_v128_store(r + i, lift(mul_any(wasm_v128_load(a + i), wasm_v128_load(b + i), &c), &c));
}

void jfi_wasm128_mul_acc(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  for (size_t i = 0; i < n; i += 2) {
    const jfi_w p = lift(mul_any(wasm_v128_load(a + i), wasm_v128_load(b + i), &c), &c);
    wasm_v128_store(r + i, lift(wsub(wadd(p, wasm_v128_load(r + i)), c.q), &c));
  }
}

void jfi_wasm128_mul_const(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  const jfi_w vw = wset(w), vq = wasm_f64x2_splat((double)w / m->qd);
  for (size_t i = 0; i < n; i += 2) wasm_v128_store(r + i, lift(mul_by(wasm_v128_load(a + i), vw, vq, &c), &c));
}

void jfi_wasm128_mul_const_acc(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  const jfi_w vw = wset(w), vq = wasm_f64x2_splat((double)w / m->qd);
  for (size_t i = 0; i < n; i += 2) {
    const jfi_w p = lift(mul_by(wasm_v128_load(a + i), vw, vq, &c), &c);
    wasm_v128_store(r + i, lift(wsub(wadd(p, wasm_v128_load(r + i)), c.q), &c));
  }
}

void jfi_wasm128_sub_mul_const(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, size_t n,
                               const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  const jfi_w vw = wset(w), vq = wasm_f64x2_splat((double)w / m->qd);
  for (size_t i = 0; i < n; i += 2) {
    const jfi_w d = wsub(wasm_v128_load(a + i), wasm_v128_load(b + i));
    wasm_v128_store(r + i, lift(mul_by(d, vw, vq, &c), &c));
  }
}

void jfi_wasm128_sub_mul_const_add(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, const uint64_t *c,
                                   uint64_t wc, size_t n, const jfi_mod *m) {
  const jfi_wmod k = wmod(m);
  const jfi_w vw = wset(w), vq = wasm_f64x2_splat((double)w / m->qd);
  const jfi_w uw = wset(wc), uq = wasm_f64x2_splat((double)wc / m->qd);
  for (size_t i = 0; i < n; i += 2) {
    const jfi_w p = lift(mul_by(wsub(wasm_v128_load(a + i), wasm_v128_load(b + i)), vw, vq, &k), &k);
    const jfi_w s = lift(mul_by(wasm_v128_load(c + i), uw, uq, &k), &k);
    wasm_v128_store(r + i, lift(wsub(wadd(p, s), k.q), &k));
  }
}
