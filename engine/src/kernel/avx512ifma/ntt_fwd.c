/* kernel/avx512ifma/ntt_fwd.c: forward transform. Contract: kernel.h.  Twin: ref/ntt.c.
 * Source: [Harvey14] [LN16] [HEXL21] for Shoup products; the merged radix 4 below is ours.
 *
 * Radix 4, with c the root of the node (X^4h - c^4 splits into X^h -+ c, -+ ic):
 *     P = c^2 x2            A = x0 + P     A' = x0 - P
 *     B = c x1 + c^3 x3     y0 = A + B     y1 = A - B
 *     C = ic x1 - ic^3 x3   y2 = A' + C    y3 = A' - C
 * A sum of two products takes one subtraction of (qhat1 + qhat2)*q, so a radix-4 step is 13 multiplies and 6
 * additions, where four butterflies are 12 and 12. A difference comes from 2A - (A + B): no copy of B.
 *
 * Bounds. A Shoup product of Y < 2^52 lies in [0, q + qY/2^52), so P < 2q and B, C < 4q. Every y is x0 plus or
 * minus these, hence
 *   - x0 is first brought to [6q, 8q): Barrett with floor(2^52/q) leaves [0, 2q) for any x0 < 2^52, and
 *     the quotient starts at -6 instead of 0, which adds 6q for nothing;
 *   - then 0 <= y < 14q < 2^52 for q < 2^48: a valid input of the next pass, whatever its radix.
 * Only x0 needs it: x1, x2, x3 may be anything below 2^52. */
#include "kernel/avx512ifma/vec.h"
#include "kernel/avx512ifma/ntt_plan.h"

enum { TAIL_PAIRS = 8 };

typedef struct consts {
  jfi_v q, nq; /* q, and 2^52 - q, that is -q for an IFMA multiply */
  jfi_v mu;    /* floor(2^52 / q) */
} consts;

JFI_INLINE jfi_v bc(const uint64_t *p) { return vset(*p); }

/* x - floor(x*mu/2^52)*q + k*q, with minus_k = -k: [0, 2q) shifted up by k*q. */
JFI_INLINE jfi_v shrink(jfi_v x, int64_t minus_k, const consts *c) {
  return lo52(x, hi52(vset((uint64_t)minus_k), x, c->mu), c->nq);
}

/* One radix-4 step. x0 already carries its offset. The products stand alone, so a chain is a quotient,
 * two multiplies and two additions long, and the next step can begin early. */
JFI_INLINE void radix4(jfi_v *x0, jfi_v *x1, jfi_v *x2, jfi_v *x3, const uint64_t *t, const consts *c) {
  jfi_v hp = hi52(vzero(), *x2, bc(t + 1));
  jfi_v hb = hi52(hi52(vzero(), *x1, bc(t + 3)), *x3, bc(t + 5));
  jfi_v hc = hi52(hi52(vzero(), *x1, bc(t + 7)), *x3, bc(t + 9));
  jfi_v p = lo52(lo52(vzero(), *x2, bc(t)), hp, c->nq);
  jfi_v b = lo52(lo52(lo52(vzero(), *x1, bc(t + 2)), *x3, bc(t + 4)), hb, c->nq);
  jfi_v g = lo52(lo52(lo52(vzero(), *x1, bc(t + 6)), *x3, bc(t + 8)), hc, c->nq);
  jfi_v a = vadd(*x0, p), e = vsub(*x0, p);
  *x0 = vadd(a, b);
  *x1 = vsub(a, b);
  *x2 = vadd(e, g);
  *x3 = vsub(e, g);
}

JFI_INLINE void radix2(jfi_v *x, jfi_v *y, jfi_v w, jfi_v ws, const consts *c) {
  jfi_v p = lo52(lo52(vzero(), *y, w), hi52(vzero(), *y, ws), c->nq);
  *y = vsub(*x, p);
  *x = vadd(*x, p);
}

/* `first`: words are canonical, so x0 + 2q is enough of an offset for one stage and x0 + 4q for a radix
 * 4 (P + C < 3.2q); the result stays below 8.2q. */
JFI_INLINE jfi_v enter(jfi_v x, int first, int64_t k, const consts *c) {
  return first ? vadd(x, vset((uint64_t)k * (uint64_t)_mm_cvtsi128_si64(_mm512_castsi512_si128(c->q))))
               : shrink(x, -k, c);
}

JFI_INLINE void pass2(uint64_t *x, size_t h, const uint64_t *t, int first, const consts *c) {
  const jfi_v w = bc(t), ws = bc(t + 1);
  for (size_t i = 0; i < h; i += 8) {
    jfi_v a = enter(vload(x + i), first, 2, c), b = vload(x + h + i);
    radix2(&a, &b, w, ws, c);
    vstore(x + i, a);
    vstore(x + h + i, b);
  }
}

JFI_INLINE void pass4(uint64_t *x, size_t h, const uint64_t *t, int first, const consts *c) {
  for (size_t i = 0; i < h; i += 8) {
    jfi_v v[4];
    for (size_t k = 0; k < 4; k++) v[k] = vload(x + k * h + i);
    v[0] = enter(v[0], first, first ? 4 : 6, c);
    radix4(&v[0], &v[1], &v[2], &v[3], t, c);
    for (size_t k = 0; k < 4; k++) vstore(x + k * h + i, v[k]);
  }
}

/* After the first stage x < 6q (3.1q when first), so P + C < (1 + 6/16 + 2 + 12/16) q < 5q. The 5q come in with the 2q of
 * the first stage's x0, from which both radix-4 steps descend; the result stays below 6 + 5 + 4.2 < 16q. */
JFI_INLINE void pass8(uint64_t *x, size_t h, const uint64_t *t, int first, const consts *c) {
  for (size_t i = 0; i < h; i += 8) {
    jfi_v v[8];
    for (size_t k = 0; k < 8; k++) v[k] = vload(x + k * h + i);
    for (size_t k = 0; k < 4; k++) {
      v[k] = enter(v[k], first, k == 0 ? 7 : 2, c);
      radix2(&v[k], &v[k + 4], bc(t), bc(t + 1), c);
    }
    for (size_t k = 0; k < 8; k += 4) radix4(&v[k], &v[k + 1], &v[k + 2], &v[k + 3], t + 2 + 10 * (k / 4), c);
    for (size_t k = 0; k < 8; k++) vstore(x + k * h + i, v[k]);
  }
}

JFI_INLINE void pass16(uint64_t *x, size_t h, const uint64_t *t, int first, const consts *c) {
  for (size_t i = 0; i < h; i += 8) {
    jfi_v v[16];
    for (size_t k = 0; k < 4; k++) {
      for (size_t j = 0; j < 4; j++) v[k + 4 * j] = vload(x + (k + 4 * j) * h + i);
      v[k] = enter(v[k], first, first ? 4 : 6, c);
      radix4(&v[k], &v[k + 4], &v[k + 8], &v[k + 12], t, c);
    }
    for (size_t k = 0; k < 4; k++) {
      jfi_v *u = v + 4 * k;
      u[0] = shrink(u[0], -6, c);
      radix4(&u[0], &u[1], &u[2], &u[3], t + 10 + 10 * k, c);
      for (size_t j = 0; j < 4; j++) vstore(x + (4 * k + j) * h + i, u[j]);
    }
  }
}

/* [0, 2^52) to [0, q). */
JFI_INLINE jfi_v finish(jfi_v v, const consts *c) { return once(vand(shrink(v, 0, c), vset(JFI_MASK52)), c->q); }

/* Lane choreography; a = first block of eight, b = second (ntt_table.c, put_tail):
 *   h = 4: a0 a1 a2 a3 b0 b1 b2 b3 | a4 a5 a6 a7 b4 b5 b6 b7      h = 2: a0 a1 b0 b1 a4 a5 b4 b5 | a2 a3 b2 b3 a6 a7 b6 b7
 *   h = 1: a0 a2 b0 b2 a4 a6 b4 b6 | a1 a3 b1 b3 a5 a7 b5 b7
 * The first is two half loads: six shuffles are left, which all need the one port that shuffles.
 * Scaling leaves x in [5q, 7q) (the 5q is where its sum starts) and y below 2q. The three products are then below
 * 1.2q, 1.6q and 1.7q, so words stay between 0 and 12q.
 *
 * `g` pairs go through each stage side by side: a pair alone is one long chain, and the scheduler is too
 * small to see the next pair behind it. */
JFI_INLINE jfi_v times(jfi_v start, jfi_v x, jfi_v w, jfi_v ws, const consts *c) {
  return lo52(lo52(start, x, w), hi52(vzero(), x, ws), c->nq);
}

typedef struct scales {
  jfi_v xw, xs, yw, ys, start; /* G^0..G^3 and G^4..G^7, each in both halves, with companions; 5q */
} scales;

JFI_INLINE jfi_v twice(const uint64_t *p) { return _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)p)); }

JFI_INLINE scales scales_of(const uint64_t *p, const consts *c) {
  const jfi_v q2 = vadd(c->q, c->q);
  return (scales){twice(p), twice(p + 8), twice(p + 4), twice(p + 12), vadd(vadd(q2, q2), c->q)};
}

JFI_INLINE jfi_v halves(const uint64_t *a, const uint64_t *b) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)a)),
                            _mm256_loadu_si256((const __m256i *)b), 1);
}

JFI_INLINE void tail_pairs(uint64_t *d, int g, const uint64_t *t4, const uint64_t *t2, const uint64_t *t1,
                           const scales *s, const consts *c) {
  jfi_v x[TAIL_PAIRS], y[TAIL_PAIRS];
  for (int k = 0; k < g; k++) {
    x[k] = times(s->start, halves(d + 16 * k, d + 16 * k + 8), s->xw, s->xs, c);
    y[k] = times(vzero(), halves(d + 16 * k + 4, d + 16 * k + 12), s->yw, s->ys, c);
  }
  for (int k = 0; k < g; k++) radix2(&x[k], &y[k], vload(t4 + 16 * k), vload(t4 + 16 * k + 8), c);
  for (int k = 0; k < g; k++) {
    jfi_v u = _mm512_shuffle_i64x2(x[k], y[k], 0x88);
    y[k] = _mm512_shuffle_i64x2(x[k], y[k], 0xdd);
    x[k] = u;
  }
  for (int k = 0; k < g; k++) radix2(&x[k], &y[k], vload(t2 + 16 * k), vload(t2 + 16 * k + 8), c);
  for (int k = 0; k < g; k++) {
    jfi_v u = _mm512_unpacklo_epi64(x[k], y[k]);
    y[k] = _mm512_unpackhi_epi64(x[k], y[k]);
    x[k] = u;
  }
  for (int k = 0; k < g; k++) radix2(&x[k], &y[k], vload(t1 + 16 * k), vload(t1 + 16 * k + 8), c);
  for (int k = 0; k < g; k++) {
    x[k] = finish(x[k], c);
    y[k] = finish(y[k], c);
  }
  for (int k = 0; k < g; k++) {
    vstore(d + 16 * k, _mm512_permutex2var_epi64(x[k], _mm512_setr_epi64(0, 8, 1, 9, 4, 12, 5, 13), y[k]));
    vstore(d + 16 * k + 8, _mm512_permutex2var_epi64(x[k], _mm512_setr_epi64(2, 10, 3, 11, 6, 14, 7, 15), y[k]));
  }
}

static void tail(uint64_t *x, size_t pairs, const uint64_t *w, const ifma_plan *p, size_t first, const consts *c) {
  const consts k = *c;
  const size_t group = p->group;
  const uint64_t *t4 = w + p->tail4, *t2 = w + p->tail2, *t1 = w + p->tail1;
  const uint64_t *scale = w + p->scale + first / group * 16;
  for (size_t at = 0; at < pairs; at += group, x += 16 * group, scale += 16) {
    const scales s = scales_of(scale, &k);
    size_t i = 0;
    for (; i + TAIL_PAIRS <= group; i += TAIL_PAIRS)
      tail_pairs(x + 16 * i, TAIL_PAIRS, t4 + 16 * i, t2 + 16 * i, t1 + 16 * i, &s, &k);
    for (; i < group; i++) tail_pairs(x + 16 * i, 1, t4 + 16 * i, t2 + 16 * i, t1 + 16 * i, &s, &k);
  }
}

/* One pass over `nodes` consecutive blocks of radix*h words. */
static void run_pass(uint64_t *x, uint32_t radix, size_t h, const uint64_t *t, size_t nodes, int first,
                     const consts *c) {
  const consts k = *c;
  const size_t step = h << radix;
  if (first) {
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

/* The passes that work in L1 and the tail, for one leaf. */
static void leaf_block(uint64_t *x, const uint64_t *w, uint32_t log_n, const ifma_plan *p, size_t leaf,
                       const consts *c) {
  for (uint32_t i = p->outer; i < p->passes; i++) {
    const ifma_pass *a = &p->pass[i];
    const uint32_t sub = a->nodes - p->leaves;
    run_pass(x, a->radix, (size_t)1 << (log_n - a->nodes - a->radix),
             w + a->at + (leaf << sub) * ifma_node_words[a->radix], (size_t)1 << sub, i == 0, c);
  }
  const size_t pairs = ((size_t)1 << log_n) >> (p->leaves + 4);
  tail(x, pairs, w, p, leaf * pairs, c);
}

void jfi_ifma_ntt_fwd(uint64_t *x, const jfi_ntt *t) {
  const jfi_mod *m = t->mod;
  const consts c = {vset(m->q), vset(((uint64_t)1 << 52) - m->q), vset(m->mu52)};
  const uint64_t *w = t->w;
  ifma_plan p;
  ifma_plan_init(&p, t->log_n);
  if (t->log_n == 3) {
    uint64_t pair[16];
    vstore(pair, vload(x));
    vstore(pair + 8, vload(x));
    tail(pair, 1, w, &p, 0, &c);
    vstore(x, vload(pair));
    return;
  }
  for (size_t leaf = 0; leaf < (size_t)1 << p.leaves; leaf++) {
    uint64_t *at = x + (leaf << (t->log_n - p.leaves));
    for (uint32_t s = 0; s < p.outer; s++) { /* the outer blocks that begin here, largest first */
      const ifma_pass *a = &p.pass[s];
      const size_t node = leaf >> (p.leaves - a->nodes);
      if (leaf != node << (p.leaves - a->nodes)) continue;
      run_pass(at, a->radix, (size_t)1 << (t->log_n - a->nodes - a->radix),
               w + a->at + node * ifma_node_words[a->radix], 1, s == 0, &c);
    }
    leaf_block(at, w, t->log_n, &p, leaf, &c);
  }
}
