/* kernel/avx512ifma/ntt_inv.c: inverse transform. Contract: kernel.h.  Twin: ref/ntt.c.
 * Source: [Harvey14] [LN16] [HEXL21] for Shoup products; the merged radix 4 below is ours.
 *
 * Radix 4, with c the inverse root of the node:
 *     e0 = y0 - y1, s0 = y0 + y1, e1 = y2 - y3, s1 = y2 + y3
 *     x0 = s0 + s1                  x2 = c^2 (s0 - s1)
 *     x1 = c e0 + ic e1             x3 = c^3 e0 - ic^3 e1
 * A sum of two products takes one subtraction of the sum of the two quotients, as in ntt_fwd.c.
 *
 * Bounds. Every pass takes words below 4q and leaves words below 4q: x0 because it is shrunk to [0, 2q);
 * x2 < 2q and x1, x3 < 4q because they are Shoup products of operands below 2^52. The operands:
 * e + 4q < 8q, s0 - s1 + 8q < 16q <= 2^52, x0 < 16q. The factor 1/n sits in the twiddles of the
 * top node; x0 of that node is multiplied by 1/n instead of being shrunk. A constant that multiplies the result goes
 * the same way, into a copy of that node's twiddles. */
#include "kernel/avx512ifma/vec.h"
#include "kernel/avx512ifma/ntt_plan.h"

enum { TAIL_PAIRS = 8, IFMA_TOP_WORDS = 50 };

typedef struct consts {
  jfi_v q, nq; /* q, and 2^52 - q, that is -q for an IFMA multiply */
  jfi_v mu;    /* floor(2^52 / q) */
  jfi_v q2, q4, q8;
  const uint64_t *scale; /* 1/n and its companion */
} consts;

JFI_INLINE jfi_v bc(const uint64_t *p) { return vset(*p); }

/* Any V < 2^52 to [0, 2q). */
JFI_INLINE jfi_v shrink(jfi_v x, const consts *c) { return lo52(x, hi52(vzero(), x, c->mu), c->nq); }

/* x*w in [0, 2q), for V < 2^52. */
JFI_INLINE jfi_v mul(jfi_v x, jfi_v w, jfi_v ws, const consts *c) {
  return lo52(lo52(vzero(), x, w), hi52(vzero(), x, ws), c->nq);
}

/* Garbage-free [0, q) from [0, 2q) and from [0, 4q). */
JFI_INLINE jfi_v finish2(jfi_v v, const consts *c) { return once(vand(v, vset(JFI_MASK52)), c->q); }
JFI_INLINE jfi_v finish4(jfi_v v, const consts *c) { return once(once(vand(v, vset(JFI_MASK52)), c->q2), c->q); }

JFI_INLINE void radix4(jfi_v *v0, jfi_v *v1, jfi_v *v2, jfi_v *v3, const uint64_t *t, int last, const consts *c) {
  jfi_v e0 = vsub(vadd(*v0, c->q4), *v1), s0 = vadd(*v0, *v1);
  jfi_v e1 = vsub(vadd(*v2, c->q4), *v3), s1 = vadd(*v2, *v3);
  jfi_v x0 = vadd(s0, s1), d = vsub(vadd(s0, c->q8), s1);
  jfi_v hb = hi52(hi52(vzero(), e0, bc(t + 3)), e1, bc(t + 7));
  jfi_v hd = hi52(hi52(vzero(), e0, bc(t + 5)), e1, bc(t + 9));
  *v0 = last ? mul(x0, bc(c->scale), bc(c->scale + 1), c) : shrink(x0, c);
  *v2 = mul(d, bc(t), bc(t + 1), c);
  *v1 = lo52(lo52(lo52(vzero(), e0, bc(t + 2)), e1, bc(t + 6)), hb, c->nq);
  *v3 = lo52(lo52(lo52(vzero(), e0, bc(t + 4)), e1, bc(t + 8)), hd, c->nq);
  if (last) {
    *v0 = finish2(*v0, c);
    *v1 = finish4(*v1, c);
    *v2 = finish2(*v2, c);
    *v3 = finish4(*v3, c);
  }
}

/* Inputs below 4q. */
JFI_INLINE void radix2(jfi_v *x, jfi_v *y, const uint64_t *t, int last, const consts *c) {
  jfi_v s = vadd(*x, *y), d = vsub(vadd(*x, c->q4), *y);
  *x = last ? mul(s, bc(c->scale), bc(c->scale + 1), c) : shrink(s, c);
  *y = mul(d, bc(t), bc(t + 1), c);
  if (last) {
    *x = finish2(*x, c);
    *y = finish2(*y, c);
  }
}

JFI_INLINE void pass2(uint64_t *x, size_t h, const uint64_t *t, int last, const consts *c) {
  for (size_t i = 0; i < h; i += 8) {
    jfi_v a = vload(x + i), b = vload(x + h + i);
    radix2(&a, &b, t, last, c);
    vstore(x + i, a);
    vstore(x + h + i, b);
  }
}

JFI_INLINE void pass4(uint64_t *x, size_t h, const uint64_t *t, int last, const consts *c) {
  for (size_t i = 0; i < h; i += 8) {
    jfi_v v[4];
    for (size_t k = 0; k < 4; k++) v[k] = vload(x + k * h + i);
    radix4(&v[0], &v[1], &v[2], &v[3], t, last, c);
    for (size_t k = 0; k < 4; k++) vstore(x + k * h + i, v[k]);
  }
}

JFI_INLINE void pass8(uint64_t *x, size_t h, const uint64_t *t, int last, const consts *c) {
  for (size_t i = 0; i < h; i += 8) {
    jfi_v v[8];
    for (size_t k = 0; k < 8; k++) v[k] = vload(x + k * h + i);
    for (size_t k = 0; k < 8; k += 4) radix4(&v[k], &v[k + 1], &v[k + 2], &v[k + 3], t + 2 + 10 * (k / 4), 0, c);
    for (size_t k = 0; k < 4; k++) {
      radix2(&v[k], &v[k + 4], t, last, c);
      vstore(x + k * h + i, v[k]);
      vstore(x + (k + 4) * h + i, v[k + 4]);
    }
  }
}

JFI_INLINE void pass16(uint64_t *x, size_t h, const uint64_t *t, int last, const consts *c) {
  for (size_t i = 0; i < h; i += 8) {
    jfi_v v[16];
    for (size_t k = 0; k < 4; k++) {
      jfi_v *u = v + 4 * k;
      for (size_t j = 0; j < 4; j++) u[j] = vload(x + (4 * k + j) * h + i);
      radix4(&u[0], &u[1], &u[2], &u[3], t + 10 + 10 * k, 0, c);
    }
    for (size_t k = 0; k < 4; k++) {
      radix4(&v[k], &v[k + 4], &v[k + 8], &v[k + 12], t, last, c);
      for (size_t j = 0; j < 4; j++) vstore(x + (k + 4 * j) * h + i, v[k + 4 * j]);
    }
  }
}

/* The lane orders of ntt_fwd.c, backwards. Canonical words double in each stage: sums < 2q, 4q, 8q with
 * differences lifted by q, 2q, 4q; at the end word i of a block is multiplied by G^-i, so all leave below 2q. With n == 8
 * the tail is the whole transform (`last`). */
typedef struct scales {
  jfi_v xw, xs, yw, ys; /* G^0..G^-3 and G^-4..G^-7, each in both halves, with companions */
} scales;

JFI_INLINE jfi_v twice(const uint64_t *p) { return _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)p)); }

JFI_INLINE scales scales_of(const uint64_t *p) { return (scales){twice(p), twice(p + 8), twice(p + 4), twice(p + 12)}; }

JFI_INLINE void store_halves(uint64_t *a, uint64_t *b, jfi_v x) {
  _mm256_storeu_si256((__m256i *)a, _mm512_castsi512_si256(x));
  _mm256_storeu_si256((__m256i *)b, _mm512_extracti64x4_epi64(x, 1));
}

JFI_INLINE void tail_pairs(uint64_t *d, const uint64_t *from, int g, const uint64_t *t4, const uint64_t *t2,
                           const uint64_t *t1, const scales *sc, int last, const consts *c) {
  jfi_v x[TAIL_PAIRS], y[TAIL_PAIRS], s[TAIL_PAIRS];
  for (int k = 0; k < g; k++) {
    const jfi_v a = vload(from + 16 * k), b = vload(from + 16 * k + 8);
    x[k] = _mm512_permutex2var_epi64(a, _mm512_setr_epi64(0, 2, 8, 10, 4, 6, 12, 14), b);
    y[k] = _mm512_permutex2var_epi64(a, _mm512_setr_epi64(1, 3, 9, 11, 5, 7, 13, 15), b);
  }
  for (int k = 0; k < g; k++) {
    s[k] = vadd(x[k], y[k]);
    y[k] = mul(vsub(vadd(x[k], c->q), y[k]), vload(t1 + 16 * k), vload(t1 + 16 * k + 8), c);
  }
  for (int k = 0; k < g; k++) {
    x[k] = _mm512_unpacklo_epi64(s[k], y[k]);
    y[k] = _mm512_unpackhi_epi64(s[k], y[k]);
  }
  for (int k = 0; k < g; k++) {
    s[k] = vadd(x[k], y[k]);
    y[k] = mul(vsub(vadd(x[k], c->q2), y[k]), vload(t2 + 16 * k), vload(t2 + 16 * k + 8), c);
  }
  for (int k = 0; k < g; k++) {
    x[k] = _mm512_permutex2var_epi64(s[k], _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), y[k]);
    y[k] = _mm512_permutex2var_epi64(s[k], _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), y[k]);
  }
  for (int k = 0; k < g; k++) {
    s[k] = mul(vadd(x[k], y[k]), sc->xw, sc->xs, c);
    y[k] = mul(vsub(vadd(x[k], c->q4), y[k]), vload(t4 + 16 * k), vload(t4 + 16 * k + 8), c);
    y[k] = mul(y[k], sc->yw, sc->ys, c);
    if (last) {
      s[k] = finish2(s[k], c);
      y[k] = finish2(y[k], c);
    }
  }
  for (int k = 0; k < g; k++) {
    store_halves(d + 16 * k, d + 16 * k + 8, s[k]);
    store_halves(d + 16 * k + 4, d + 16 * k + 12, y[k]);
  }
}

static void tail(uint64_t *x, const uint64_t *from, size_t pairs, const uint64_t *w, const ifma_plan *p, size_t first,
                 const consts *c) {
  const consts k = *c;
  const size_t group = p->group;
  const uint64_t *t4 = w + p->tail4, *t2 = w + p->tail2, *t1 = w + p->tail1;
  const uint64_t *scale = w + p->scale + first / group * 16;
  for (size_t at = 0; at < pairs; at += group, x += 16 * group, from += 16 * group, scale += 16) {
    const scales s = scales_of(scale);
    size_t i = 0;
    for (; i + TAIL_PAIRS <= group; i += TAIL_PAIRS)
      tail_pairs(x + 16 * i, from + 16 * i, TAIL_PAIRS, t4 + 16 * i, t2 + 16 * i, t1 + 16 * i, &s, 0, &k);
    for (; i < group; i++) tail_pairs(x + 16 * i, from + 16 * i, 1, t4 + 16 * i, t2 + 16 * i, t1 + 16 * i, &s, 0, &k);
  }
}

/* One pass over `nodes` consecutive blocks of radix*h words; `last` is the top node. */
static void run_pass(uint64_t *x, uint32_t radix, size_t h, const uint64_t *t, size_t nodes, int last,
                     const consts *c) {
  const consts k = *c;
  const size_t step = h << radix;
  if (last) {
    switch (radix) {
    case 1: pass2(x, h, t, 1, &k); break;
    case 2: pass4(x, h, t, 1, &k); break;
    case 3: pass8(x, h, t, 1, &k); break;
    default: pass16(x, h, t, 1, &k); break;
    }
    return;
  }
  for (size_t b = 0; b < nodes; b++, x += step) {
    switch (radix) {
    case 1: pass2(x, h, t + 2 * b, 0, &k); break;
    case 2: pass4(x, h, t + 10 * b, 0, &k); break;
    case 3: pass8(x, h, t + 22 * b, 0, &k); break;
    default: pass16(x, h, t + 50 * b, 0, &k); break;
    }
  }
}

/* Twiddles of the top node, all times a constant: what the whole transform is multiplied by beside 1/n. */
typedef struct top {
  uint64_t w[IFMA_TOP_WORDS];
  uint64_t scale[2];
} top;

static void put_scaled(uint64_t *to, const uint64_t *from, uint64_t w, const jfi_mod *m) {
  to[0] = jfi_mod_mul(from[0], w, m);
  to[1] = jfi_shoup52(to[0], m->q);
}

/* The last stage belongs to node 1: one radix 2 in a radix 2 or 8, one radix 4 of five pairs in a radix 4 or 16. */
static void scale_top(top *t, const uint64_t *from, const uint64_t *scale, uint32_t radix, uint64_t w,
                      const jfi_mod *m) {
  const size_t scaled = radix & 1 ? 2 : 10;
  for (size_t i = 0; i < scaled; i += 2) put_scaled(t->w + i, from + i, w, m);
  for (size_t i = scaled; i < ifma_node_words[radix]; i++) t->w[i] = from[i];
  put_scaled(t->scale, scale, w, m);
}

/* The tail and the passes that work in L1, for one leaf: the mirror of ntt_fwd.c. `first`: twiddles of the top node. */
static void leaf_block(uint64_t *x, const uint64_t *from, const uint64_t *w, const uint64_t *first, uint32_t log_n,
                       const ifma_plan *p, size_t leaf, const consts *c) {
  const size_t pairs = ((size_t)1 << log_n) >> (p->leaves + 4);
  tail(x, from, pairs, w, p, leaf * pairs, c);
  for (uint32_t i = p->passes; i-- > p->outer;) {
    const ifma_pass *a = &p->pass[i];
    const uint32_t sub = a->nodes - p->leaves;
    run_pass(x, a->radix, (size_t)1 << (log_n - a->nodes - a->radix),
             i == 0 ? first : w + a->at + (leaf << sub) * ifma_node_words[a->radix], (size_t)1 << sub, i == 0, c);
  }
}

/* n = 8: the tail is the whole transform; both blocks of the pair are the same. */
static void only_tail(uint64_t *r, const uint64_t *x, const uint64_t *w, const ifma_plan *p, const consts *c) {
  uint64_t pair[16];
  vstore(pair, vload(x));
  vstore(pair + 8, vload(x));
  const scales s = scales_of(w + p->scale);
  tail_pairs(pair, pair, 1, w + p->tail4, w + p->tail2, w + p->tail1, &s, 1, c);
  vstore(r, vload(pair));
}

/* r = the inverse transform of x, the top node's twiddles being `first`. */
static void inverse(uint64_t *r, const uint64_t *x, const uint64_t *w, const uint64_t *first, uint32_t log_n,
                    const ifma_plan *p, const consts *c) {
  for (size_t leaf = 0; leaf < (size_t)1 << p->leaves; leaf++) {
    const size_t at = leaf << (log_n - p->leaves);
    leaf_block(r + at, x + at, w, first, log_n, p, leaf, c);
    for (uint32_t s = p->outer; s-- > 0;) { /* the outer blocks that end here, smallest first */
      const ifma_pass *a = &p->pass[s];
      const uint32_t sub = p->leaves - a->nodes;
      const size_t node = leaf >> sub;
      if (leaf + 1 != (node + 1) << sub) continue;
      run_pass(r + (node << (log_n - a->nodes)), a->radix, (size_t)1 << (log_n - a->nodes - a->radix),
               s == 0 ? first : w + a->at + node * ifma_node_words[a->radix], 1, s == 0, c);
    }
  }
}

void jfi_ifma_ntt_inv_scaled(uint64_t *r, const uint64_t *x, uint64_t w, const jfi_ntt *t) {
  const jfi_mod *m = t->mod;
  ifma_plan p;
  ifma_plan_init(&p, t->log_n);
  const uint64_t *half = (const uint64_t *)t->w + p.words;
  consts c = {
      vset(m->q),    vset(((uint64_t)1 << 52) - m->q), vset(m->mu52), vset(2 * m->q), vset(4 * m->q), vset(8 * m->q),
      half + p.words};
  if (t->log_n == 3) {
    only_tail(r, x, half, &p, &c);
    if (w != 1) jfi_ifma_mul_const(r, r, w, 8, m);
    return;
  }
  const uint64_t *first = half + p.pass[0].at;
  top scaled;
  if (w != 1) {
    scale_top(&scaled, first, c.scale, p.pass[0].radix, w, m);
    first = scaled.w;
    c.scale = scaled.scale;
  }
  inverse(r, x, half, first, t->log_n, &p, &c);
}

void jfi_ifma_ntt_inv(uint64_t *x, const jfi_ntt *t) { jfi_ifma_ntt_inv_scaled(x, x, 1, t); }
