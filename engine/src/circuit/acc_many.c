/* circuit/acc_many.c: sums of products with all terms at once, and several sums whose factors are the same.
 *
 * A thousand ciphertexts are far more than any cache holds, and a covariance of 8 columns reads each of them nine times. So a block of
 * BLOCK words of every factor is copied side by side once, and all sums take their products from there: memory is read once. The copies also
 * lie at different places of the caches, which rows of 2^k bytes do not. Each block is an inner product with one reduction. */
#include <string.h>

#include "base/status.h"
#include "circuit/acc.h"

enum { BLOCK = 128 };    /* words */
enum { ROOM = 1 << 16 }; /* words of copies a worker: with the sums' blocks they fit a second-level cache of 1 MiB */
enum {
  ALONE_AT_ONCE = 8
}; /* terms at once of one sum, which is read where it lies: rows of 2^k bytes meet in few places of a cache */

typedef struct many {
  jfi_acc *acc;
  size_t sums, count, distinct, at_once, n;
  const jfhe_ct *const *const *in;
  const jfhe_ct **factor; /* count times `distinct`: the factors of the terms of one number, each once */
  uint32_t *n_factor;     /* count */
  uint16_t *at;           /* sums times 2 count: where in their list */
  uint64_t *room;         /* workers times ROOM */
  uint32_t prime[JFI_PRIMES_MAX];
} many;

static size_t most_distinct(size_t sums) { return 2 * sums; }

size_t jfi_acc_many_bytes(const jfhe_ctx *ctx, size_t sums, size_t count) {
  if (sums < 2) return 0;
  size_t lists = jfi_round64(count * most_distinct(sums) * sizeof(jfhe_ct *)) + jfi_round64(count * sizeof(uint32_t)) +
                 jfi_round64(sums * 2 * count * sizeof(uint16_t));
  return lists + jfi_pool_workers(ctx->pool) * ROOM * sizeof(uint64_t) + 4 * JFI_SCRATCH_SLACK;
}

static const uint64_t *limb_of(const jfhe_ct *ct, size_t poly, size_t prime) {
  return jfi_ct_limb(ct, poly, jfi_set_rank(ct->primes, prime), ct->ctx->ring->n);
}

/* ---- lists ---- */
static void list_term(many *x, size_t t) {
  const jfhe_ct **list = x->factor + t * most_distinct(x->sums);
  uint32_t n = 0;
  for (size_t o = 0; o < x->sums; o++)
    for (size_t f = 0; f < 2; f++) {
      const jfhe_ct *ct = x->in[o][2 * t + f];
      uint32_t i = 0;
      while (i < n && list[i] != ct) i++;
      if (i == n) list[n++] = ct;
      x->at[(o * x->count + t) * 2 + f] = (uint16_t)i;
    }
  x->n_factor[t] = n;
  if (n > x->distinct) x->distinct = n;
}

static jfhe_status make_lists(many *x, const jfhe_ctx *ctx, jfi_scratch *s) {
  x->factor = jfi_scratch_take(s, x->count * most_distinct(x->sums) * sizeof *x->factor);
  x->n_factor = jfi_scratch_take(s, x->count * sizeof *x->n_factor);
  x->at = jfi_scratch_take(s, x->sums * 2 * x->count * sizeof *x->at);
  x->room = jfi_scratch_take(s, jfi_pool_workers(ctx->pool) * ROOM * sizeof *x->room);
  if (s->failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for %zu sums of products", x->sums);
  for (size_t t = 0; t < x->count; t++) list_term(x, t);
  x->at_once = ROOM / (x->distinct * 2 * BLOCK);
  if (x->at_once > JFI_DOT_MAX) x->at_once = JFI_DOT_MAX;
  return x->at_once ? JFHE_OK : jfi_fail(JFHE_ERR_ARG, "%zu sums are too many to be made at once", x->sums);
}

/* ---- work ---- */
typedef struct rows {
  const uint64_t *a0[JFI_DOT_MAX], *a1[JFI_DOT_MAX], *b0[JFI_DOT_MAX], *b1[JFI_DOT_MAX];
} rows;

/* The words [w, w + n) of one limb of a sum, += `terms` products. */
static void add_rows(const many *x, const jfi_acc *acc, size_t j, size_t w, size_t n, const rows *r, size_t terms,
                     int first) {
  const jfi_ring *ring = acc->ctx->ring;
  const jfi_mod *m = &ring->mod[x->prime[j]];
  uint64_t *d0 = acc->d[0] + j * ring->n + w, *d1 = acc->d[1] + j * ring->n + w, *d2 = acc->d[2] + j * ring->n + w;
  if (first && !acc->has2) memset(d2, 0, n * sizeof *d2);
  ring->k->dot2(d0, d1, r->a0, r->b0, r->b1, terms, !first || acc->used, n, m);
  ring->k->dot2(d1, d2, r->a1, r->b0, r->b1, terms, 1, n, m);
}

static void alone_limb(void *arg, size_t j, size_t worker) {
  (void)worker;
  const many *x = arg;
  rows r;
  for (size_t t = 0; t < x->count; t += ALONE_AT_ONCE) {
    size_t terms = x->count - t < ALONE_AT_ONCE ? x->count - t : ALONE_AT_ONCE;
    for (size_t i = 0; i < terms; i++) {
      const jfhe_ct *a = x->in[0][2 * (t + i)], *b = x->in[0][2 * (t + i) + 1];
      r.a0[i] = limb_of(a, 0, x->prime[j]);
      r.a1[i] = limb_of(a, 1, x->prime[j]);
      r.b0[i] = limb_of(b, 0, x->prime[j]);
      r.b1[i] = limb_of(b, 1, x->prime[j]);
    }
    add_rows(x, x->acc, j, 0, x->n, &r, terms, t == 0);
  }
}

static void copy_block(const many *x, uint64_t *room, size_t j, size_t w, size_t n, size_t t, size_t terms) {
  for (size_t i = 0; i < terms; i++)
    for (size_t d = 0; d < x->n_factor[t + i]; d++)
      for (size_t p = 0; p < 2; p++)
        memcpy(room + ((i * x->distinct + d) * 2 + p) * BLOCK,
               limb_of(x->factor[(t + i) * most_distinct(x->sums) + d], p, x->prime[j]) + w, n * sizeof *room);
}

static void add_block(const many *x, const uint64_t *room, size_t j, size_t w, size_t n, size_t t, size_t terms) {
  rows r;
  for (size_t o = 0; o < x->sums; o++) {
    for (size_t i = 0; i < terms; i++) {
      const uint16_t *at = x->at + (o * x->count + t + i) * 2;
      const uint64_t *a = room + (i * x->distinct + at[0]) * 2 * BLOCK,
                     *b = room + (i * x->distinct + at[1]) * 2 * BLOCK;
      r.a0[i] = a;
      r.a1[i] = a + BLOCK;
      r.b0[i] = b;
      r.b1[i] = b + BLOCK;
    }
    add_rows(x, &x->acc[o], j, w, n, &r, terms, t == 0);
  }
}

static void together_limb(void *arg, size_t j, size_t worker) {
  const many *x = arg;
  uint64_t *room = x->room + worker * ROOM;
  for (size_t w = 0; w < x->n; w += BLOCK) {
    size_t n = x->n - w < BLOCK ? x->n - w : BLOCK;
    for (size_t t = 0; t < x->count; t += x->at_once) {
      size_t terms = x->count - t < x->at_once ? x->count - t : x->at_once;
      copy_block(x, room, j, w, n, t, terms);
      add_block(x, room, j, w, n, t, terms);
    }
  }
}

jfhe_status jfi_acc_mul_many(jfi_acc *acc, size_t sums, const jfhe_ct *const *const *in, size_t count, jfi_scratch *s) {
  const jfhe_ctx *ctx = acc->ctx;
  many x = {.acc = acc, .sums = sums, .count = count, .n = ctx->ring->n, .in = in};
  jfi_scratch at = *s;
  if (count == 0) return JFHE_OK;
  for (size_t o = 0; o < sums; o++) {
    if (acc[o].level != acc->level) return jfi_fail(JFHE_ERR_LEVEL, "sums of different levels");
    for (size_t t = 0; t < count; t++) JFI_TRY(jfi_acc_join_product(&acc[o], in[o][2 * t], in[o][2 * t + 1]));
  }
  jfi_set_list(acc->primes, x.prime);
  if (sums > 1) JFI_TRY(make_lists(&x, ctx, &at));
  jfi_parallel(ctx->pool, acc->n_limbs, sums > 1 ? together_limb : alone_limb, &x);
  for (size_t o = 0; o < sums; o++) acc[o].used = acc[o].has2 = 1;
  return JFHE_OK;
}
