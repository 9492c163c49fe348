/* bgv/products.c: sums of products with one relinearisation. A product is quadratic in the secret before it is relinearised, and such polynomials
 * add: so many products cost one key switch and one division, and their noise comes once. */
#include "base/status.h"
#include "bgv/eval.h"
#include "rlwe/keyswitch.h"

typedef struct job {
  const jfhe_bgv *b;
  uint64_t *d[3]; /* d0 + d1 s + d2 s^2, limbs in the order of `prime` */
  const jfhe_ct *const *a, *const *c;
  size_t count;
  uint32_t prime[JFI_PRIMES_MAX];
} job;

/* One limb of all three, over all products: what is added to stays in the cache. Times t, as in every product (bgv/space.h). */
static void sum_limb(void *arg, size_t i, size_t worker) {
  (void)worker;
  const job *j = arg;
  const jfi_ring *ring = j->b->ctx->ring;
  const jfi_kernel *k = ring->k;
  const jfi_mod *m = &ring->mod[j->prime[i]];
  size_t n = ring->n;
  uint64_t *d[3] = {j->d[0] + i * n, j->d[1] + i * n, j->d[2] + i * n};
  for (size_t p = 0; p < j->count; p++) {
    const uint64_t *a0 = jfi_ct_poly(j->a[p], 0) + i * n, *a1 = jfi_ct_poly(j->a[p], 1) + i * n;
    const uint64_t *c0 = jfi_ct_poly(j->c[p], 0) + i * n, *c1 = jfi_ct_poly(j->c[p], 1) + i * n;
    (p ? k->mul_acc : k->mul)(d[0], a0, c0, n, m);
    (p ? k->mul_acc : k->mul)(d[1], a0, c1, n, m);
    k->mul_acc(d[1], a1, c0, n, m);
    (p ? k->mul_acc : k->mul)(d[2], a1, c1, n, m);
  }
  for (size_t p = 0; p < 3; p++) k->mul_const(d[p], d[p], j->b->t.q, n, m);
}

static size_t limb_bytes(const jfhe_ctx *ctx, jfi_set S) {
  return jfi_round64(jfi_set_count(S) * ctx->ring->n * sizeof(uint64_t));
}

size_t jfi_bgv_mul_sum_bytes(const jfhe_ctx *ctx, uint32_t level) {
  jfi_set S = ctx->chain.level[level], T = level ? ctx->chain.level[level - 1] : S;
  size_t down = jfi_keyswitch_scratch(ctx, S, T, ctx->chain.special, ctx->chain.n_digits);
  size_t flat = jfi_keyswitch_scratch(ctx, S, S, ctx->chain.special, ctx->chain.n_digits);
  return 3 * limb_bytes(ctx, S) + (down > flat ? down : flat) + JFI_SCRATCH_SLACK;
}

/* Every factor usable, of one level and secret; all products of one plaintext factor. The bound of the sum, before it is relinearised. */
static jfhe_status plan(const jfhe_bgv *b, jfi_bgv_meta *m, const jfhe_ct *const *a, const jfhe_ct *const *c,
                        size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (!a[i] || !c[i]) return jfi_fail(JFHE_ERR_ARG, "factor %zu is null", i);
    JFI_TRY(jfi_bgv_usable(b, a[i]));
    JFI_TRY(jfi_bgv_usable(b, c[i]));
    JFI_TRY(jfi_bgv_agree(a[0], a[i]));
    JFI_TRY(jfi_bgv_agree(a[0], c[i]));
    uint64_t factor = jfi_mod_mul(a[i]->factor, c[i]->factor, &b->t);
    jfi_bound v = jfi_bgv_bound_mul(&a[i]->bound, &c[i]->bound, a[i] == c[i]);
    if (i == 0) {
      *m = jfi_bgv_meta_of(a[0]);
      m->factor = factor;
      m->bound = v;
      continue;
    }
    if (factor != m->factor) return jfi_fail(JFHE_ERR_SCALE, "product %zu has another plaintext factor", i);
    m->bound = jfi_bgv_bound_add(&m->bound, &v, 1); /* products may share factors: deviations add */
  }
  return JFHE_OK;
}

jfhe_status jfi_bgv_mul_sum(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *const *a, const jfhe_ct *const *c,
                            size_t count, uint32_t level, const jfhe_evk *rlk, jfi_scratch *s) {
  jfi_bgv_meta m = {0};
  JFI_TRY(plan(b, &m, a, c, count));
  if (level != m.level && level + 1 != m.level)
    return jfi_fail(JFHE_ERR_LEVEL, "products of level %u are at that level or one below, not at %u", m.level, level);
  JFI_TRY(jfi_bgv_serves(b, rlk, a[0], "relinearisation"));
  jfi_set S = m.primes, T = b->ctx->chain.level[level];
  jfi_bound whole = jfi_bgv_bound_switch(b, &m.bound, rlk, S, S);
  JFI_TRY(jfi_bgv_fits(b, &whole, S, "sum of products"));
  m.bound = jfi_bgv_bound_switch(b, &m.bound, rlk, S, T);
  m.level = level;
  m.primes = T;
  m.factor = jfi_mod_mul(m.factor, jfi_bgv_ratio(b, jfi_set_minus(T, S), jfi_set_minus(S, T)), &b->t);
  JFI_TRY(jfi_bgv_room(b, out, &m, "sum of products"));
  jfi_scratch at = *s;
  job j = {.b = b, .a = a, .c = c, .count = count};
  size_t limbs = jfi_set_list(S, j.prime);
  for (size_t p = 0; p < 3; p++) j.d[p] = jfi_scratch_take(&at, limb_bytes(b->ctx, S));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a sum of products");
  jfi_parallel(b->ctx->pool, limbs, sum_limb, &j);
  JFI_TRY(jfi_keyswitch(b->ctx, jfi_ct_poly(out, 0), jfi_ct_poly(out, 1), T, j.d[2], j.d[0], j.d[1], S, rlk, &at));
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}
