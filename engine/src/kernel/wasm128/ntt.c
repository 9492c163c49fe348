/* kernel/wasm128/ntt.c: transforms with quotients in doubles, two lanes. Contract: kernel.h.  Twin: ref/ntt.c.
 * Source: [Harvey14] [LN16], arithmetic in vec.h. Radix 2: with sixteen registers wider steps only spill.
 *
 * Residues are signed and must stay below 8q <= 2^51 to become doubles. Forward: a stage takes |x| = s*q to at most
 * (s + 1/2 + s/32) q + 1, because twiddles are at most q/2 in magnitude. From 1 that is below 8q for 11 stages; a
 * longer transform has at most 6 stages (4.6q) before its leaves of 11, and the first stage of a leaf shrinks what
 * it does not multiply to q/2. Inverse: every third sum is shrunk (as are those of the two stages that begin). From
 * 0.67q three doublings give 5.4q, and a product of that is below (1/2 + 5.4/32) q + 1.
 *
 * Table: rows of n: w (signed words), wq (doubles) for psi^brv(k), then for its inverse, as in ref. In the inverse
 * entry 0 is 1/n and entry 1 is multiplied by it. */
#include "kernel/wasm128/vec.h"

#include <string.h>

enum { LEAF_LOG = 11 };

size_t jfi_wasm128_ntt_table_bytes(uint32_t log_n) { return ((size_t)4 << log_n) * sizeof(uint64_t); }

static size_t brv(size_t k, uint32_t bits) {
  size_t r = 0;
  for (uint32_t i = 0; i < bits; i++) r |= (k >> i & 1) << (bits - 1 - i);
  return r;
}

static void put(int64_t *row, size_t n, size_t k, uint64_t w, const jfi_mod *m) {
  double *quotients = (double *)(void *)(row + n);
  row[k] = w > m->q / 2 ? -(int64_t)(m->q - w) : (int64_t)w;
  quotients[k] = (double)row[k] / m->qd;
}

void jfi_wasm128_ntt_table_init(void *table, const jfi_mod *m, uint32_t log_n, uint64_t psi) {
  const size_t n = (size_t)1 << log_n;
  int64_t *fwd = table, *inv = fwd + 2 * n;
  const uint64_t back = jfi_mod_inv(psi, m), scale = jfi_mod_inv((uint64_t)n, m);
  const uint64_t ps = jfi_shoup64(psi, m->q), bs = jfi_shoup64(back, m->q);
  uint64_t p = 1, r = 1;
  for (size_t i = 0; i < n; i++) {
    const size_t k = brv(i, log_n);
    put(fwd, n, k, p, m);
    put(inv, n, k, k == 0 ? scale : k == 1 ? jfi_mod_mul(r, scale, m) : r, m);
    p = jfi_mul_shoup(p, psi, ps, m->q);
    r = jfi_mul_shoup(r, back, bs, m->q);
  }
}

typedef struct rows {
  const int64_t *w;
  const double *wq;
} rows;

typedef struct tw {
  jfi_w w, q;
} tw;

JFI_INLINE tw at(rows t, size_t k) { return (tw){wasm_v128_load64_splat(t.w + k), wasm_v128_load64_splat(t.wq + k)}; }
JFI_INLINE tw pair_at(rows t, size_t k) { return (tw){wasm_v128_load(t.w + k), wasm_v128_load(t.wq + k)}; }
JFI_INLINE jfi_w by(jfi_w a, tw t, const jfi_wmod *c) { return mul_by(a, t.w, t.q, c); }

JFI_INLINE void fwd2(jfi_w *x, jfi_w *y, tw t, const jfi_wmod *c) {
  const jfi_w p = by(*y, t, c);
  *y = wsub(*x, p);
  *x = wadd(*x, p);
}

JFI_INLINE void inv2(jfi_w *x, jfi_w *y, tw t, const jfi_wmod *c) {
  const jfi_w d = wsub(*x, *y);
  *x = wadd(*x, *y);
  *y = by(d, t, c);
}

JFI_INLINE jfi_w evens(jfi_w a, jfi_w b) { return wasm_i64x2_shuffle(a, b, 0, 2); }
JFI_INLINE jfi_w odds(jfi_w a, jfi_w b) { return wasm_i64x2_shuffle(a, b, 1, 3); }

JFI_INLINE void fwd_pass(uint64_t *x, size_t h, tw w, int shrunk, const jfi_mod *m) {
  const jfi_wmod k = wmod(m), *c = &k;
  for (size_t i = 0; i < h; i += 2) {
    jfi_w a = wasm_v128_load(x + i), b = wasm_v128_load(x + h + i);
    if (shrunk) a = shrink(a, c);
    fwd2(&a, &b, w, c);
    wasm_v128_store(x + i, a);
    wasm_v128_store(x + h + i, b);
  }
}

enum { INV_PLAIN, INV_SHRINK, INV_TOP };

/* The top multiplies by 1/n (entry 0) and gives words. */
JFI_INLINE void inv_pass(uint64_t *x, size_t h, rows t, size_t k, int kind, const jfi_mod *m) {
  const jfi_wmod cm = wmod(m), *c = &cm;
  const tw w = at(t, k), scale = at(t, 0);
  for (size_t i = 0; i < h; i += 2) {
    jfi_w a = wasm_v128_load(x + i), b = wasm_v128_load(x + h + i);
    inv2(&a, &b, w, c);
    if (kind == INV_SHRINK) a = shrink(a, c);
    if (kind == INV_TOP) {
      a = lift(by(a, scale, c), c);
      b = lift(b, c);
    }
    wasm_v128_store(x + i, a);
    wasm_v128_store(x + h + i, b);
  }
}

/* Stages h = 2, 1 of blocks k .. k + count, to words. */
static void fwd_last(uint64_t *x, rows t, size_t k, size_t count, const jfi_mod *m) {
  const jfi_wmod cm = wmod(m), *c = &cm;
  for (size_t b = k; b < k + count; b++, x += 4) {
    jfi_w u = wasm_v128_load(x), v = wasm_v128_load(x + 2);
    fwd2(&u, &v, at(t, b), c);
    jfi_w y = evens(u, v), z = odds(u, v);
    fwd2(&y, &z, pair_at(t, 2 * b), c);
    y = lift(shrink(y, c), c);
    z = lift(shrink(z, c), c);
    wasm_v128_store(x, evens(y, z));
    wasm_v128_store(x + 2, odds(y, z));
  }
}

static void inv_first(uint64_t *x, rows t, size_t k, size_t count, const jfi_mod *m) {
  const jfi_wmod cm = wmod(m), *c = &cm;
  for (size_t b = k; b < k + count; b++, x += 4) {
    const jfi_w u = wasm_v128_load(x), v = wasm_v128_load(x + 2);
    jfi_w y = evens(u, v), z = odds(u, v);
    inv2(&y, &z, pair_at(t, 2 * b), c);
    jfi_w s = evens(y, z), d = odds(y, z);
    inv2(&s, &d, at(t, b), c);
    wasm_v128_store(x, shrink(s, c));
    wasm_v128_store(x + 2, d);
  }
}

/* Stages from blocks of 2^log_len words (node k) down to blocks of 2^stop. */
static void fwd_block(uint64_t *x, rows t, uint32_t log_len, uint32_t stop, size_t k, int shrunk, const jfi_mod *m) {
  size_t nodes = 1;
  for (uint32_t left = log_len; left > stop; left--, nodes *= 2, shrunk = 0) {
    const size_t h = (size_t)1 << (left - 1);
    for (size_t b = 0; b < nodes; b++) {
      const tw w = at(t, k * nodes + b);
      if (shrunk)
        fwd_pass(x + (b << left), h, w, 1, m);
      else
        fwd_pass(x + (b << left), h, w, 0, m);
    }
  }
}

static void inv_block(uint64_t *x, rows t, uint32_t log_len, uint32_t start, size_t k, const jfi_mod *m) {
  for (uint32_t left = start; left < log_len; left++) {
    const size_t h = (size_t)1 << left, nodes = (size_t)1 << (log_len - left - 1);
    for (size_t b = 0; b < nodes; b++) {
      uint64_t *y = x + (b << (left + 1));
      if (k * nodes + b == 1)
        inv_pass(y, h, t, 1, INV_TOP, m);
      else if ((left - 2) % 3 == 2)
        inv_pass(y, h, t, k * nodes + b, INV_SHRINK, m);
      else
        inv_pass(y, h, t, k * nodes + b, INV_PLAIN, m);
    }
  }
}

void jfi_wasm128_ntt_fwd(uint64_t *x, const jfi_ntt *t) {
  const uint32_t log_n = t->log_n, leaf = log_n > LEAF_LOG ? LEAF_LOG : log_n;
  const size_t n = (size_t)1 << log_n, leaves = n >> leaf, quads = ((size_t)1 << leaf) / 4;
  const rows w = {t->w, (const double *)t->w + n};
  fwd_block(x, w, log_n, leaf, 1, 0, t->mod);
  for (size_t b = 0; b < leaves; b++) {
    uint64_t *y = x + (b << leaf);
    fwd_block(y, w, leaf, 2, leaves + b, leaves > 1, t->mod);
    fwd_last(y, w, n / 4 + b * quads, quads, t->mod);
  }
}

void jfi_wasm128_ntt_inv(uint64_t *x, const jfi_ntt *t) {
  const uint32_t log_n = t->log_n, leaf = log_n > LEAF_LOG ? LEAF_LOG : log_n;
  const size_t n = (size_t)1 << log_n, leaves = n >> leaf, quads = ((size_t)1 << leaf) / 4;
  const int64_t *base = (const int64_t *)t->w + 2 * n;
  const rows w = {base, (const double *)(const void *)(base + n)};
  for (size_t b = 0; b < leaves; b++) {
    uint64_t *y = x + (b << leaf);
    inv_first(y, w, n / 4 + b * quads, quads, t->mod);
    inv_block(y, w, leaf, 2, leaves + b, t->mod);
  }
  inv_block(x, w, log_n, leaf, 1, t->mod);
}

void jfi_wasm128_ntt_inv_scaled(uint64_t *r, const uint64_t *x, uint64_t w, const jfi_ntt *t) {
  const size_t n = (size_t)1 << t->log_n;
  if (r != x) memcpy(r, x, n * sizeof *r);
  jfi_wasm128_ntt_inv(r, t);
  if (w != 1) jfi_wasm128_mul_const(r, r, w, n, t->mod);
}
