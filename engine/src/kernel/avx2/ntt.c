/* kernel/avx2/ntt.c: transforms in doubles. Contract: kernel.h.  Twin: ref/ntt.c.  Source: [Harvey14] [LN16].
 *
 * Between passes the array holds doubles (integers). Forward: a stage adds at most 3q/4 + 1 to the magnitude,
 * so after 17 stages |x| < 14q < 16q and no stage corrects. Inverse: sums double, so the sum of a radix-4 step is
 * shrunk; with |x| < 3q/2 + 2 on entry it is below 6q + 8 and the operands of products below 6q + 8.
 *
 * Table: rows of n doubles w, wq for psi^brv(k), then for its inverse, as in ref; w is in [-q/2, q/2]. In the
 * inverse entry 0 is 1/n and entry 1 is multiplied by it. */
#include "kernel/avx2/vec.h"

#include <string.h>

enum { LEAF_LOG = 11 };

size_t jfi_avx2_ntt_table_bytes(uint32_t log_n) { return ((size_t)4 << log_n) * sizeof(double); }

static size_t brv(size_t k, uint32_t bits) {
  size_t r = 0;
  for (uint32_t i = 0; i < bits; i++) r |= (k >> i & 1) << (bits - 1 - i);
  return r;
}

static void put(double *row, size_t n, size_t k, uint64_t w, const jfi_mod *m) {
  row[k] = w > m->q / 2 ? -(double)(m->q - w) : (double)w;
  row[n + k] = row[k] / m->qd;
}

void jfi_avx2_ntt_table_init(void *table, const jfi_mod *m, uint32_t log_n, uint64_t psi) {
  const size_t n = (size_t)1 << log_n;
  double *fwd = table, *inv = fwd + 2 * n;
  const uint64_t back = jfi_mod_inv(psi, m), scale = jfi_mod_inv((uint64_t)n, m);
  uint64_t p = 1, r = 1;
  for (size_t i = 0; i < n; i++) {
    const size_t k = brv(i, log_n);
    put(fwd, n, k, p, m);
    put(inv, n, k, k == 0 ? scale : k == 1 ? jfi_mod_mul(r, scale, m) : r, m);
    p = jfi_mod_mul(p, psi, m);
    r = jfi_mod_mul(r, back, m);
  }
}

typedef struct tw {
  jfi_d w, q;
} tw;

typedef struct rows {
  const double *w, *wq;
} rows;

JFI_INLINE tw at(rows t, size_t k) { return (tw){_mm256_broadcast_sd(t.w + k), _mm256_broadcast_sd(t.wq + k)}; }
JFI_INLINE jfi_d by(jfi_d a, tw t, const jfi_dmod *c) { return mul_by(a, t.w, t.q, c); }

JFI_INLINE void fwd2(jfi_d *x, jfi_d *y, tw t, const jfi_dmod *c) {
  const jfi_d p = by(*y, t, c);
  *y = dsub(*x, p);
  *x = dadd(*x, p);
}

JFI_INLINE void inv2(jfi_d *x, jfi_d *y, tw t, const jfi_dmod *c) {
  const jfi_d d = dsub(*x, *y);
  *x = dadd(*x, *y);
  *y = by(d, t, c);
}

/* Reads words in the pass that begins a transform, doubles afterwards. */
JFI_INLINE jfi_d get(const uint64_t *p, int words, const jfi_dmod *c) { return words ? wload(p, c) : dload(p); }

JFI_INLINE void fwd_pass2(uint64_t *x, size_t h, rows t, size_t k, int first, const jfi_dmod *c) {
  const tw w = at(t, k);
  for (size_t i = 0; i < h; i += 4) {
    jfi_d a = get(x + i, first, c), b = get(x + h + i, first, c);
    fwd2(&a, &b, w, c);
    dstore(x + i, a);
    dstore(x + h + i, b);
  }
}

JFI_INLINE void fwd_pass4(uint64_t *x, size_t h, rows t, size_t k, int first, const jfi_dmod *c) {
  const tw w = at(t, k), w0 = at(t, 2 * k), w1 = at(t, 2 * k + 1);
  for (size_t i = 0; i < h; i += 4) {
    jfi_d v[4];
    for (size_t j = 0; j < 4; j++) v[j] = get(x + j * h + i, first, c);
    fwd2(&v[0], &v[2], w, c);
    fwd2(&v[1], &v[3], w, c);
    fwd2(&v[0], &v[1], w0, c);
    fwd2(&v[2], &v[3], w1, c);
    for (size_t j = 0; j < 4; j++) dstore(x + j * h + i, v[j]);
  }
}

/* The top of the inverse multiplies by 1/n (entry 0) and gives words. */
JFI_INLINE void inv_pass2(uint64_t *x, size_t h, rows t, size_t k, int last, const jfi_dmod *c) {
  const tw w = at(t, k), scale = at(t, 0);
  for (size_t i = 0; i < h; i += 4) {
    jfi_d a = dload(x + i), b = dload(x + h + i);
    inv2(&a, &b, w, c);
    if (last) {
      finish_near(x + i, by(a, scale, c), c);
      finish_near(x + h + i, b, c);
    } else {
      dstore(x + i, shrink(a, c));
      dstore(x + h + i, b);
    }
  }
}

JFI_INLINE void inv_pass4(uint64_t *x, size_t h, rows t, size_t k, int last, const jfi_dmod *c) {
  const tw w = at(t, k), w0 = at(t, 2 * k), w1 = at(t, 2 * k + 1), scale = at(t, 0);
  for (size_t i = 0; i < h; i += 4) {
    jfi_d v[4];
    for (size_t j = 0; j < 4; j++) v[j] = dload(x + j * h + i);
    inv2(&v[0], &v[1], w0, c);
    inv2(&v[2], &v[3], w1, c);
    inv2(&v[0], &v[2], w, c);
    inv2(&v[1], &v[3], w, c);
    if (last) {
      v[0] = by(v[0], scale, c);
      v[1] = by(v[1], scale, c);
      for (size_t j = 0; j < 4; j++) finish_near(x + j * h + i, v[j], c);
    } else {
      v[0] = shrink(v[0], c);
      for (size_t j = 0; j < 4; j++) dstore(x + j * h + i, v[j]);
    }
  }
}

/* Twiddles of the two 4-word blocks 2p, 2p + 1 at h = 2, one per half vector, and of their four pairs. */
JFI_INLINE tw halves(rows t, size_t k) {
  return (tw){_mm256_permute4x64_pd(_mm256_castpd128_pd256(_mm_loadu_pd(t.w + k)), 0x50),
              _mm256_permute4x64_pd(_mm256_castpd128_pd256(_mm_loadu_pd(t.wq + k)), 0x50)};
}
JFI_INLINE tw quads(rows t, size_t k) { return (tw){_mm256_loadu_pd(t.w + k), _mm256_loadu_pd(t.wq + k)}; }

/* Lanes: h = 2: a0 a1 b0 b1 | a2 a3 b2 b3;  h = 1: a0 a2 b0 b2 | a1 a3 b1 b3. */
static void fwd_tail(uint64_t *x, rows t, size_t n, size_t first, size_t pairs, const jfi_dmod *cm) {
  const jfi_dmod k = *cm, *c = &k;
  for (size_t p = first; p < first + pairs; p++, x += 8) {
    const jfi_d a = dload(x), b = dload(x + 4);
    jfi_d u = _mm256_permute2f128_pd(a, b, 0x20), v = _mm256_permute2f128_pd(a, b, 0x31);
    fwd2(&u, &v, halves(t, n / 4 + 2 * p), c);
    jfi_d y = _mm256_unpacklo_pd(u, v), z = _mm256_unpackhi_pd(u, v);
    fwd2(&y, &z, quads(t, n / 2 + 4 * p), c);
    u = _mm256_unpacklo_pd(y, z);
    v = _mm256_unpackhi_pd(y, z);
    finish(x, _mm256_permute2f128_pd(u, v, 0x20), c);
    finish(x + 4, _mm256_permute2f128_pd(u, v, 0x31), c);
  }
}

/* Canonical words: sums below 2q, then 4q, which is shrunk. */
static void inv_tail(uint64_t *x, rows t, size_t n, size_t first, size_t pairs, const jfi_dmod *cm) {
  const jfi_dmod k = *cm, *c = &k;
  for (size_t p = first; p < first + pairs; p++, x += 8) {
    const jfi_d a = wload(x, c), b = wload(x + 4, c);
    jfi_d u = _mm256_permute2f128_pd(a, b, 0x20), v = _mm256_permute2f128_pd(a, b, 0x31);
    jfi_d y = _mm256_unpacklo_pd(u, v), z = _mm256_unpackhi_pd(u, v);
    inv2(&y, &z, quads(t, n / 2 + 4 * p), c);
    u = _mm256_unpacklo_pd(y, z);
    v = _mm256_unpackhi_pd(y, z);
    inv2(&u, &v, halves(t, n / 4 + 2 * p), c);
    u = shrink(u, c);
    dstore(x, _mm256_permute2f128_pd(u, v, 0x20));
    dstore(x + 4, _mm256_permute2f128_pd(u, v, 0x31));
  }
}

/* Stages of blocks of 2^log_len words from node k on, as radix 4 with one radix 2 at the top when their number
 * is odd. Depth first below 2^LEAF_LOG words, so that what follows finds its words in L1. */
static void fwd_block(uint64_t *x, rows t, uint32_t log_n, uint32_t log_len, size_t k, const jfi_dmod *cm) {
  const jfi_dmod kc = *cm, *c = &kc;
  const uint32_t stop = log_len > LEAF_LOG ? LEAF_LOG : 2;
  const size_t n = (size_t)1 << log_n, len = (size_t)1 << log_len;
  uint32_t left = log_len;
  size_t nodes = 1;
  while (left > stop) {
    const uint32_t r = ((left - stop) & 1) ? 1 : 2;
    const size_t h = (size_t)1 << (left - r), step = (size_t)1 << left;
    for (size_t b = 0; b < nodes; b++) {
      uint64_t *y = x + b * step;
      const size_t node = k * nodes + b;
      if (r == 1) {
        if (node == 1)
          fwd_pass2(y, h, t, node, 1, c);
        else
          fwd_pass2(y, h, t, node, 0, c);
      } else {
        if (node == 1)
          fwd_pass4(y, h, t, node, 1, c);
        else
          fwd_pass4(y, h, t, node, 0, c);
      }
    }
    nodes <<= r;
    left -= r;
  }
  if (stop == 2) fwd_tail(x, t, n, (k * len - n) / 8, len / 8, c);
}

static void inv_block(uint64_t *x, rows t, uint32_t log_n, uint32_t log_len, size_t k, const jfi_dmod *cm) {
  const jfi_dmod kc = *cm, *c = &kc;
  const uint32_t start = log_len > LEAF_LOG ? LEAF_LOG : 2;
  const size_t n = (size_t)1 << log_n, len = (size_t)1 << log_len;
  if (start == 2) inv_tail(x, t, n, (k * len - n) / 8, len / 8, c);
  for (uint32_t left = start; left < log_len;) {
    const uint32_t r = log_len - left == 1 ? 1 : 2;
    const size_t h = (size_t)1 << left, step = h << r, nodes = len / step;
    for (size_t b = 0; b < nodes; b++) {
      uint64_t *y = x + b * step;
      const size_t node = k * nodes + b;
      if (r == 1) {
        if (node == 1)
          inv_pass2(y, h, t, node, 1, c);
        else
          inv_pass2(y, h, t, node, 0, c);
      } else {
        if (node == 1)
          inv_pass4(y, h, t, node, 1, c);
        else
          inv_pass4(y, h, t, node, 0, c);
      }
    }
    left += r;
  }
}

void jfi_avx2_ntt_fwd(uint64_t *x, const jfi_ntt *t) {
  const jfi_dmod c = dmod(t->mod);
  const uint32_t log_n = t->log_n, leaf = log_n > LEAF_LOG ? LEAF_LOG : log_n;
  const size_t n = (size_t)1 << log_n;
  const rows w = {t->w, (const double *)t->w + n};
  if (log_n > leaf) fwd_block(x, w, log_n, log_n, 1, &c);
  for (size_t b = 0; b < n >> leaf; b++) fwd_block(x + (b << leaf), w, log_n, leaf, (n >> leaf) + b, &c);
}

void jfi_avx2_ntt_inv(uint64_t *x, const jfi_ntt *t) {
  const jfi_dmod c = dmod(t->mod);
  const uint32_t log_n = t->log_n, leaf = log_n > LEAF_LOG ? LEAF_LOG : log_n;
  const size_t n = (size_t)1 << log_n;
  const double *base = (const double *)t->w + 2 * n;
  const rows w = {base, base + n};
  for (size_t b = 0; b < n >> leaf; b++) inv_block(x + (b << leaf), w, log_n, leaf, (n >> leaf) + b, &c);
  if (log_n > leaf) inv_block(x, w, log_n, log_n, 1, &c);
}

void jfi_avx2_ntt_inv_scaled(uint64_t *r, const uint64_t *x, uint64_t w, const jfi_ntt *t) {
  const size_t n = (size_t)1 << t->log_n;
  if (r != x) memcpy(r, x, n * sizeof *r);
  jfi_avx2_ntt_inv(r, t);
  if (w != 1) jfi_avx2_mul_const(r, r, w, n, t->mod);
}
