/* kernel/wasm128/product.c: sums of products and base conversion. Contract: kernel.h.  Twins: ref/product.c, ref/conv.c.
 * Every product is reduced to at most q/2 + 2^44 + 1 (vec.h), so EVERY of them beside an old word or a shrunk sum stay below 2^51,
 * where shrink is exact. */
#include "kernel/wasm128/vec.h"

/* magic: EVERY = floor((2**51 - 2**48) / (2**47 + 2**44 + 1)) */
enum { EVERY = 12 };

void jfi_wasm128_tensor(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1,
                        const uint64_t *b0, const uint64_t *b1, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  for (size_t i = 0; i < n; i += 2) {
    const jfi_w x0 = wasm_v128_load(a0 + i), x1 = wasm_v128_load(a1 + i);
    const jfi_w y0 = wasm_v128_load(b0 + i), y1 = wasm_v128_load(b1 + i);
    const jfi_w s = wadd(lift(mul_any(x0, y1, &c), &c), lift(mul_any(x1, y0, &c), &c));
    wasm_v128_store(d0 + i, lift(mul_any(x0, y0, &c), &c));
    wasm_v128_store(d1 + i, lift(wsub(s, c.q), &c));
    wasm_v128_store(d2 + i, lift(mul_any(x1, y1, &c), &c));
  }
}

void jfi_wasm128_tensor_sqr(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1, size_t n,
                            const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  for (size_t i = 0; i < n; i += 2) {
    const jfi_w x0 = wasm_v128_load(a0 + i), x1 = wasm_v128_load(a1 + i);
    const jfi_w p = lift(mul_any(x0, x1, &c), &c);
    wasm_v128_store(d0 + i, lift(mul_any(x0, x0, &c), &c));
    wasm_v128_store(d1 + i, lift(wsub(wadd(p, p), c.q), &c));
    wasm_v128_store(d2 + i, lift(mul_any(x1, x1, &c), &c));
  }
}

void jfi_wasm128_dot(uint64_t *r, const uint64_t *const *x, const uint64_t *const *k, size_t terms, int acc, size_t n,
                     const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  for (size_t i = 0; i < n; i += 2) {
    jfi_w s = acc ? wasm_v128_load(r + i) : wset(0);
    for (size_t t = 0, stop; t < terms;) {
      for (stop = t + EVERY < terms ? t + EVERY : terms; t < stop; t++)
        s = wadd(s, mul_any(wasm_v128_load(x[t] + i), wasm_v128_load(k[t] + i), &c));
      s = shrink(s, &c);
    }
    wasm_v128_store(r + i, lift(s, &c));
  }
}

void jfi_wasm128_dot2(uint64_t *r0, uint64_t *r1, const uint64_t *const *x, const uint64_t *const *k0,
                      const uint64_t *const *k1, size_t terms, int acc, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  for (size_t i = 0; i < n; i += 2) {
    jfi_w s0 = acc ? wasm_v128_load(r0 + i) : wset(0), s1 = acc ? wasm_v128_load(r1 + i) : wset(0);
    for (size_t t = 0, stop; t < terms;) {
      for (stop = t + EVERY < terms ? t + EVERY : terms; t < stop; t++) {
        const jfi_w v = wasm_v128_load(x[t] + i);
        s0 = wadd(s0, mul_any(v, wasm_v128_load(k0[t] + i), &c));
        s1 = wadd(s1, mul_any(v, wasm_v128_load(k1[t] + i), &c));
      }
      s0 = shrink(s0, &c);
      s1 = shrink(s1, &c);
    }
    wasm_v128_store(r0 + i, lift(s0, &c));
    wasm_v128_store(r1 + i, lift(s1, &c));
  }
}

void jfi_wasm128_conv(uint64_t *const *r, size_t n_out, const uint64_t *const *y, size_t n_in, const uint64_t *w,
                      const uint64_t *v, const uint64_t *wv, const jfi_mod *const *out, size_t n) {
  double wq[JFI_CONV_MAX];
  for (size_t k = 0; k < n_out; k++) {
    const jfi_wmod c = wmod(out[k]);
    const uint64_t *row = w + k * n_in;
    for (size_t j = 0; j < n_in; j++) wq[j] = (double)row[j] / out[k]->qd;
    const jfi_w vw = wset(v ? wv[k] : 0), vq = wasm_f64x2_splat(v ? (double)wv[k] / out[k]->qd : 0.0);
    for (size_t i = 0; i < n; i += 2) {
      jfi_w s = v ? mul_by(wasm_v128_load(v + i), vw, vq, &c) : wset(0);
      for (size_t j = 0, stop; j < n_in;) {
        for (stop = j + EVERY < n_in ? j + EVERY : n_in; j < stop; j++)
          s = wadd(
              s, mul_by(wasm_v128_load(y[j] + i), wasm_v128_load64_splat(row + j), wasm_v128_load64_splat(wq + j), &c));
        s = shrink(s, &c);
      }
      wasm_v128_store(r[k] + i, lift(s, &c));
    }
  }
}

void jfi_wasm128_conv_overflow(uint64_t *v, const uint64_t *const *y, size_t n_in, const double *inv, double bias,
                               size_t n) {
  const jfi_w round = wasm_f64x2_splat(JFI_ROUND);
  const jfi_wmod c = {round, round, round}; /* only `round` is read by to_double */
  for (size_t i = 0; i < n; i += 2) {
    jfi_w s = wasm_f64x2_splat(bias);
    for (size_t j = 0; j < n_in; j++) {
      const jfi_w p = wasm_f64x2_mul(to_double(wasm_v128_load(y[j] + i), &c), wasm_v128_load64_splat(inv + j));
      s = wasm_f64x2_add(s, p);
    }
    wasm_v128_store(v + i, wasm_u64x2_extend_low_u32x4(wasm_u32x4_trunc_sat_f64x2_zero(s)));
  }
}
