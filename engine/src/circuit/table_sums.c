/* circuit/table_sums.c: a table's constants times the powers: thousands of products by constants.
 *
 * Sum after sum, each product would read a power and a sum from memory and write the sum. So a block of BLOCK words of all powers is copied side
 * by side, into a second-level cache, and meets all rows before the next block is looked at. The copies also lie at different places of the cache,
 * which rows of 2^k bytes do not. */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "circuit/table.h"
#include "ckks/round.h"
#include "ring/root.h"

enum { BLOCK = 128 }; /* words */

typedef struct sums {
  jfi_acc *sum;
  size_t rows, babies, n;
  const jfhe_ct *const *baby;
  const double *re, *im;
  const double *factor; /* rows x babies: makes integers of constants */
  uint64_t *room;       /* workers times worker_words */
  uint32_t prime[JFI_PRIMES_MAX];
} sums;

static size_t worker_words(size_t rows, size_t babies) { return 2 * rows * babies + babies * BLOCK; }

/* Residues of all constants at one prime, as they act on the first and on the second half of the evaluations, where i is a root and its negative. */
static void residues(const sums *x, uint64_t *w, const jfi_mod *m) {
  const uint64_t root = jfi_root_order_var(m->q, 2);
  const size_t count = x->rows * x->babies;
  for (size_t t = 0; t < count; t++) {
    uint64_t re = jfi_mod_double_var(jfi_round_double(x->re[t] * x->factor[t]), m);
    uint64_t im = jfi_mod_mul(jfi_mod_double_var(jfi_round_double(x->im[t] * x->factor[t]), m), root, m);
    w[t] = jfi_mod_add(re, im, m->q);
    w[count + t] = jfi_mod_sub(re, im, m->q);
  }
}

static void gather(const sums *x, uint64_t *block, size_t prime, size_t poly, size_t at) {
  for (size_t i = 1; i < x->babies; i++) {
    const jfhe_ct *b = x->baby[i];
    memcpy(block + i * BLOCK, jfi_ct_limb(b, poly, jfi_set_rank(b->primes, prime), x->n) + at, BLOCK * sizeof *block);
  }
}

static void sum_limb(void *arg, size_t j, size_t worker) {
  const sums *x = arg;
  const jfi_ring *r = x->sum->ctx->ring;
  const jfi_mod *m = &r->mod[x->prime[j]];
  uint64_t *w = x->room + worker * worker_words(x->rows, x->babies), *block = w + 2 * x->rows * x->babies;
  residues(x, w, m);
  for (size_t at = 0; at < x->n; at += BLOCK)
    for (size_t p = 0; p < 2; p++) {
      const uint64_t *c = at < x->n / 2 ? w : w + x->rows * x->babies;
      gather(x, block, x->prime[j], p, at);
      for (size_t row = 0; row < x->rows; row++, c += x->babies) {
        uint64_t *d = x->sum[row].d[p] + j * x->n + at;
        for (size_t i = 0; i < BLOCK; i++) d[i] = p ? 0 : c[0];
        for (size_t i = 1; i < x->babies; i++)
          if (c[i]) r->k->mul_const_acc(d, block + i * BLOCK, c[i], BLOCK, m);
      }
    }
}

size_t jfi_table_sums_scratch(const jfhe_ctx *ctx, size_t rows, size_t babies) {
  return jfi_round64(rows * babies * sizeof(double)) +
         jfi_round64(jfi_pool_workers(ctx->pool) * worker_words(rows, babies) * sizeof(uint64_t)) +
         2 * JFI_SCRATCH_SLACK;
}

/* Bounds, and the factors where somebody asks for them: of a shadow bounds alone. */
static void join(jfi_acc *sum, const jfhe_ct *const *baby, size_t babies, const double *re, const double *im,
                 double *factor) {
  const double off = 1 / sum->scale + (fabs(re[0]) + fabs(im[0])) * 0x1p-50;
  const jfi_bound c = {jfi_hypot(re[0], im[0]), off, off * sum->spread};
  sum->bound = jfi_bound_add(&sum->bound, &c, 0, 1, 0);
  if (factor) factor[0] = sum->scale;
  for (size_t i = 1; i < babies; i++) {
    double f = 0;
    jfhe_ct as_is = *baby[i];
    as_is.bound.mag += as_is.bound.worst;
    as_is.bound.worst = 0;
    if (re[i] != 0 || im[i] != 0) f = jfi_acc_join_const(sum, &as_is, jfi_up(jfi_hypot(re[i], im[i])), 2);
    if (factor) factor[i] = f;
  }
}

jfhe_status jfi_table_sums(jfi_acc *sum, size_t rows, const jfhe_ct *const *baby, size_t babies, const double *re,
                           const double *im, jfi_scratch *s) {
  const jfhe_ctx *ctx = sum->ctx;
  jfi_scratch at = *s;
  const int shadow = sum->d[0] == NULL;
  double *factor = shadow ? NULL : jfi_scratch_take(&at, rows * babies * sizeof *factor);
  sums x = {.sum = sum, .rows = rows, .babies = babies, .n = ctx->ring->n, .baby = baby, .re = re, .im = im};
  if (!shadow)
    x.room = jfi_scratch_take(&at, jfi_pool_workers(ctx->pool) * worker_words(rows, babies) * sizeof *x.room);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a table");
  for (size_t r = 0; r < rows; r++) {
    join(&sum[r], baby, babies, re + r * babies, im + r * babies, shadow ? NULL : factor + r * babies);
    sum[r].used = 1;
  }
  if (shadow) return JFHE_OK;
  x.factor = factor;
  jfi_set_list(sum->primes, x.prime);
  jfi_parallel(ctx->pool, sum->n_limbs, sum_limb, &x);
  return JFHE_OK;
}
