/* kernel/avx512ifma/ntt_table.c: twiddles in the order in which the passes read them (ntt_plan.h).
 * Two halves of the same shape, forward and inverse, then one line with the factor 1/n and its companion. */
#include "kernel/avx512ifma/ifma.h"
#include "kernel/avx512ifma/ntt_plan.h"

typedef struct builder {
  const jfi_mod *m;
  uint32_t log_n;
  uint64_t root;    /* psi or its inverse */
  uint64_t fold;    /* multiplies what the top stage of the inverse multiplies by; else 1 */
  uint64_t pow[17]; /* root^(2^i) */
} builder;

size_t jfi_ifma_ntt_table_bytes(uint32_t log_n) {
  ifma_plan p;
  ifma_plan_init(&p, log_n);
  return (2 * p.words + 8) * sizeof(uint64_t);
}

/* root^brv(k): bit i of k is bit log_n - 1 - i of the exponent. */
static uint64_t node_root(const builder *b, size_t k) {
  uint64_t r = 1;
  for (uint32_t i = 0; i < b->log_n; i++)
    if (k >> i & 1) r = jfi_mod_mul(r, b->pow[b->log_n - 1 - i], b->m);
  return r;
}

static void put(const builder *b, uint64_t *at, uint64_t w) {
  at[0] = w;
  at[1] = jfi_shoup52(w, b->m->q);
}

static void put_radix2(const builder *b, uint64_t *at, size_t k) {
  uint64_t w = node_root(b, k);
  put(b, at, k == 1 ? jfi_mod_mul(w, b->fold, b->m) : w);
}

static void put_radix4(const builder *b, uint64_t *at, size_t k) {
  const jfi_mod *m = b->m;
  const uint64_t fold = k == 1 ? b->fold : 1;
  uint64_t c2 = node_root(b, k), c = node_root(b, 2 * k), ic = node_root(b, 2 * k + 1);
  put(b, at + 0, jfi_mod_mul(c2, fold, m));
  put(b, at + 2, jfi_mod_mul(c, fold, m));
  put(b, at + 4, jfi_mod_mul(jfi_mod_mul(c, c2, m), fold, m));
  put(b, at + 6, jfi_mod_mul(ic, fold, m));
  put(b, at + 8, jfi_mod_neg(jfi_mod_mul(jfi_mod_mul(ic, c2, m), fold, m), m->q));
}

static void put_node(const builder *b, uint64_t *at, size_t k, uint32_t radix) {
  switch (radix) {
  case 1: put_radix2(b, at, k); break;
  case 2: put_radix4(b, at, k); break;
  case 3:
    put_radix2(b, at, k);
    for (size_t i = 0; i < 2; i++) put_radix4(b, at + 2 + 10 * i, 2 * k + i);
    break;
  default:
    put_radix4(b, at, k);
    for (size_t i = 0; i < 4; i++) put_radix4(b, at + 10 + 10 * i, 4 * k + i);
    break;
  }
}

/* Lanes of the tail for one pair (a, b) of 8-word blocks of a group: h = 4: a a a a b b b b; h = 2: a0 a0 b0 b0 a1 a1 b1 b1;
 * h = 1: a0 a1 b0 b1 a2 a3 b2 b3 (the index is the block inside a or b). The root of block k at h = 4 is z_k^4 = psi^brv(k). */
static void put_tail(const builder *b, uint64_t *half, const ifma_plan *p, size_t pair) {
  uint64_t *t4 = half + p->tail4 + 16 * pair, *t2 = half + p->tail2 + 16 * pair, *t1 = half + p->tail1 + 16 * pair;
  for (size_t lane = 0; lane < 8; lane++) {
    /* With n == 8 there is no b: its lanes repeat a. */
    const size_t block = b->log_n > 3 ? 2 * pair : 0, one = b->log_n > 3;
    const size_t k4 = block + one * (lane >> 2), k = block + one * (lane >> 1 & 1);
    uint64_t w[2];
    put(b, w, node_root(b, k4));
    t4[lane] = w[0], t4[8 + lane] = w[1];
    put(b, w, node_root(b, 2 * k + (lane >> 2)));
    t2[lane] = w[0], t2[8 + lane] = w[1];
    put(b, w, node_root(b, 4 * k + (lane >> 2) * 2 + (lane & 1)));
    t1[lane] = w[0], t1[8 + lane] = w[1];
  }
}

/* G^i for group g; block k of the transform has the root psi^brv(n/2 + 4k), and k = 32g + s splits it. When the tail is the
 * whole transform the factor 1/n of the inverse goes here. */
static void put_scale(const builder *b, uint64_t *at, size_t g) {
  const size_t half_n = (size_t)1 << (b->log_n - 1);
  const uint64_t root = node_root(b, half_n + 8 * IFMA_GROUP * g);
  uint64_t power = b->log_n == 3 ? b->fold : 1;
  for (size_t i = 0; i < 8; i++) {
    at[i] = power;
    at[8 + i] = jfi_shoup52(power, b->m->q);
    power = jfi_mod_mul(power, root, b->m);
  }
}

static void put_half(builder *b, uint64_t *half, const ifma_plan *p) {
  b->pow[0] = b->root;
  for (int i = 1; i < 17; i++) b->pow[i] = jfi_mod_mul(b->pow[i - 1], b->pow[i - 1], b->m);
  for (uint32_t i = 0; i < p->passes; i++) {
    const ifma_pass *s = &p->pass[i];
    const size_t nodes = (size_t)1 << s->nodes;
    for (size_t k = 0; k < nodes; k++) put_node(b, half + s->at + k * ifma_node_words[s->radix], nodes + k, s->radix);
  }
  for (size_t i = 0; i < p->group; i++) put_tail(b, half, p, i);
  for (size_t g = 0; g < (p->words - p->scale) / 16; g++) put_scale(b, half + p->scale + 16 * g, g);
}

void jfi_ifma_ntt_table_init(void *w, const jfi_mod *m, uint32_t log_n, uint64_t psi) {
  ifma_plan p;
  ifma_plan_init(&p, log_n);
  uint64_t *half = w;
  for (size_t i = 0; i < 2 * p.words + 8; i++) half[i] = 0;
  builder b = {.m = m, .log_n = log_n, .root = psi, .fold = 1};
  put_half(&b, half, &p);
  b.root = jfi_mod_inv(psi, m);
  b.fold = jfi_mod_inv((uint64_t)1 << log_n, m);
  put_half(&b, half + p.words, &p);
  put(&b, half + 2 * p.words, b.fold);
}
