/* kernel/avx512ifma/conv.c: base conversion. Contract: kernel.h.  Twin: ref/conv.c.
 * A block is CONV_Z vectors of every input against CONV_OUT outputs: each y is read once for all of them,
 * each weight is broadcast once for CONV_Z vectors, and 2 * CONV_Z * CONV_OUT accumulators stay in
 * registers. Halves are accumulated apart as in product.c: 65 low halves below 2^52, high halves below 2^44.
 * Words of y and v are walked in chunks that stay in L1 while the outputs take turns. */
#include "kernel/avx512ifma/vec.h"

enum { CONV_Z = 2, CONV_OUT = 6, CONV_CHUNK = 256 };

JFI_INLINE void conv_block(uint64_t *const *r, size_t outs, const uint64_t *const *y, size_t n_in, const uint64_t *w,
                           const uint64_t *v, const uint64_t *wv, const jfi_mod *const *mods, size_t at, size_t z) {
  jfi_v l[CONV_OUT][CONV_Z], h[CONV_OUT][CONV_Z];
  for (size_t k = 0; k < outs; k++)
    for (size_t s = 0; s < z; s++) {
      const jfi_v x = v ? vload(v + at + 8 * s) : vzero(), c = v ? vset(wv[k]) : vzero();
      l[k][s] = v ? lo52(vzero(), x, c) : vzero();
      h[k][s] = v ? hi52(vzero(), x, c) : vzero();
    }
  for (size_t j = 0; j < n_in; j++) {
    const uint64_t *p = y[j] + at;
    jfi_v x[CONV_Z];
    for (size_t s = 0; s < z; s++) {
      ahead(p + 8 * s, CONV_CHUNK); /* the same words of the next chunk */
      x[s] = vload(p + 8 * s);
    }
    for (size_t k = 0; k < outs; k++) {
      const jfi_v c = vset(w[k * n_in + j]);
      for (size_t s = 0; s < z; s++) {
        l[k][s] = lo52(l[k][s], x[s], c);
        h[k][s] = hi52(h[k][s], x[s], c);
      }
    }
  }
  for (size_t k = 0; k < outs; k++) {
    const jfi_vmod c = vmod(mods[k]);
    for (size_t s = 0; s < z; s++) vstore(r[k] + at + 8 * s, fold_carry(h[k][s], l[k][s], &c));
  }
}

/* Words [at, at + len) of `outs` outputs; `outs` is a constant at each call, so the loops unroll. */
JFI_INLINE void conv_chunk(uint64_t *const *r, size_t outs, const uint64_t *const *y, size_t n_in, const uint64_t *w,
                           const uint64_t *v, const uint64_t *wv, const jfi_mod *const *mods, size_t at, size_t len) {
  size_t i = at;
  for (; i + 8 * CONV_Z <= at + len; i += 8 * CONV_Z) conv_block(r, outs, y, n_in, w, v, wv, mods, i, CONV_Z);
  for (; i < at + len; i += 8) conv_block(r, outs, y, n_in, w, v, wv, mods, i, 1);
}

/* How many outputs go together next: six, or what is left split evenly. */
static size_t group_of(size_t left) {
  const size_t groups = (left + CONV_OUT - 1) / CONV_OUT;
  return (left + groups - 1) / groups;
}

void jfi_ifma_conv(uint64_t *const *r, size_t n_out, const uint64_t *const *y, size_t n_in, const uint64_t *w,
                   const uint64_t *v, const uint64_t *wv, const jfi_mod *const *out, size_t n) {
  for (size_t at = 0; at < n; at += CONV_CHUNK) {
    const size_t len = n - at < CONV_CHUNK ? n - at : CONV_CHUNK;
    for (size_t k = 0, g; k < n_out; k += g) {
      uint64_t *const *rk = r + k;
      const uint64_t *wk = w + k * n_in, *vk = v ? wv + k : NULL;
      const jfi_mod *const *mk = out + k;
      g = group_of(n_out - k);
      switch (g) {
      case 1: conv_chunk(rk, 1, y, n_in, wk, v, vk, mk, at, len); break;
      case 2: conv_chunk(rk, 2, y, n_in, wk, v, vk, mk, at, len); break;
      case 3: conv_chunk(rk, 3, y, n_in, wk, v, vk, mk, at, len); break;
      case 4: conv_chunk(rk, 4, y, n_in, wk, v, vk, mk, at, len); break;
      case 5: conv_chunk(rk, 5, y, n_in, wk, v, vk, mk, at, len); break;
      default: conv_chunk(rk, CONV_OUT, y, n_in, wk, v, vk, mk, at, len); break;
      }
    }
  }
}

enum { SUM_Z = 4 };

/* One lane adds in the order of the contract; SUM_Z vectors side by side hide the latency. */
JFI_INLINE void overflow_block(uint64_t *v, const uint64_t *const *y, size_t n_in, const double *inv, double bias,
                               size_t at, size_t z) {
  __m512d s[SUM_Z];
  for (size_t k = 0; k < z; k++) s[k] = _mm512_set1_pd(bias);
  for (size_t j = 0; j < n_in; j++) {
    const __m512d f = _mm512_set1_pd(inv[j]);
    for (size_t k = 0; k < z; k++) {
      const __m512d p = _mm512_mul_pd(_mm512_cvtepu64_pd(vload(y[j] + at + 8 * k)), f);
      s[k] = _mm512_add_pd(s[k], p);
    }
  }
  for (size_t k = 0; k < z; k++) vstore(v + at + 8 * k, _mm512_cvttpd_epu64(s[k]));
}

void jfi_ifma_conv_overflow(uint64_t *v, const uint64_t *const *y, size_t n_in, const double *inv, double bias,
                            size_t n) {
  size_t i = 0;
  for (; i + 8 * SUM_Z <= n; i += 8 * SUM_Z) overflow_block(v, y, n_in, inv, bias, i, SUM_Z);
  for (; i < n; i += 8) overflow_block(v, y, n_in, inv, bias, i, 1);
}
