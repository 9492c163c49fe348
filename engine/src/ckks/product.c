/* ckks/product.c: products of ciphertexts, relinearisation, products with plaintexts. */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "ckks/eval.h"
#include "ckks/limbs.h"
#include "rlwe/keyswitch.h"
#include "rlwe/product.h"

/* ---- bounds ---- */
/* Noise of a key switch over S and the division that ends it, at a result whose scale is `scale`,
 * after a division by `step` (1: none). The switch's noise shrinks with the step; the rounding that
 * jfi_keyswitch_noise includes then comes once more, which is harmless. */
static jfi_noise switch_noise(const jfhe_ctx *ctx, jfi_set S, const jfhe_evk *key, double step, double scale) {
  jfi_noise k, d = {0, 0};
  jfi_keyswitch_noise(ctx, S, key, &k.worst, &k.sd);
  if (step > 1) jfi_divide_noise(ctx, &d.worst, &d.sd);
  return (jfi_noise){jfi_up((k.worst / step + d.worst) / scale), jfi_up((k.sd / step + d.sd) / scale)};
}

/* In coefficient packing each coefficient of a product is a sum of N products. */
static double terms_of(const jfhe_ctx *ctx, uint32_t packing) {
  return packing == JFHE_PACK_COEFF ? (double)ctx->ring->n : 1;
}

static jfi_bound product_bound(const jfhe_ctx *ctx, const jfhe_ct *a, const jfhe_ct *b) {
  return jfi_bound_mul(&a->bound, &b->bound, terms_of(ctx, a->packing), a == b);
}

/* A switching key as keygen makes them: for bounds before a key is at hand. */
static jfhe_evk typical_key(const jfhe_ctx *ctx, jfi_set S) {
  jfhe_evk k;
  const jfi_chain *c = &ctx->chain;
  if (jfi_evk_shape(&k, ctx, S, c->special, c->digit, c->n_digits) != JFHE_OK)
    memset(&k, 0, sizeof k); /* S is empty: no noise */
  jfi_fresh_noise(ctx, 0, &k.noise_worst, &k.noise_sd);
  return k;
}

jfi_bound jfi_ckks_mul_bound(const jfhe_ctx *ctx, const jfhe_ct *a, const jfhe_ct *b, const jfhe_evk *rlk,
                             double *scale) {
  jfhe_evk typical = typical_key(ctx, a->primes);
  double step = ctx->chain.step[a->level];
  *scale = a->scale * b->scale / step;
  jfi_bound p = product_bound(ctx, a, b);
  p = jfi_bound_drift(&p, jfi_spread(ctx->ring->log_n, a->packing, a->log_slots));
  return jfi_bound_noise(&p, switch_noise(ctx, a->primes, rlk ? rlk : &typical, step, *scale));
}

/* ---- the product of two ciphertexts ---- */
/* Everything that can be refused before the data is touched. The range is checked where it is
 * tightest: the product before the division, and the result after it. */
static jfhe_status plan_product(const jfhe_ctx *ctx, jfi_meta *m, const jfhe_ct *a, const jfhe_ct *b) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_ct_usable(ctx, b));
  if (a->degree != 1 || b->degree != 1) return jfi_fail(JFHE_ERR_FORM, "factors must have degree 1: relinearise first");
  JFI_TRY(jfi_ct_agree(a, b));
  *m = jfi_meta_of(a);
  JFI_TRY(jfi_meta_join(m, b->packing, b->log_slots));
  m->degree = 2;
  m->scale = a->scale * b->scale;
  m->bound = product_bound(ctx, a, b);
  m->bound = jfi_bound_drift(&m->bound, jfi_spread(ctx->ring->log_n, m->packing, m->log_slots));
  return jfi_bound_fits(ctx, &m->bound, m->scale, m->primes, "product");
}

typedef struct tensor_job {
  const jfhe_ctx *ctx;
  const jfhe_ct *a, *b;
  uint64_t *d[3];
  uint32_t primes[JFI_PRIMES_MAX];
} tensor_job;

static void tensor_limb(void *arg, size_t j, size_t worker) {
  (void)worker;
  const tensor_job *t = arg;
  const jfi_ring *r = t->ctx->ring;
  const jfi_mod *m = &r->mod[t->primes[j]];
  size_t at = j * r->n;
  const uint64_t *a0 = jfi_ct_poly(t->a, 0) + at, *a1 = jfi_ct_poly(t->a, 1) + at;
  const uint64_t *b0 = jfi_ct_poly(t->b, 0) + at, *b1 = jfi_ct_poly(t->b, 1) + at;
  uint64_t *d0 = t->d[0] + at, *d1 = t->d[1] + at, *d2 = t->d[2] + at;
  if (t->a == t->b)
    r->k->tensor_sqr(d0, d1, d2, a0, a1, r->n, m);
  else
    r->k->tensor(d0, d1, d2, a0, a1, b0, b1, r->n, m);
}

static void tensor(const jfhe_ctx *ctx, uint64_t *d0, uint64_t *d1, uint64_t *d2, const jfhe_ct *a, const jfhe_ct *b) {
  tensor_job t = {.ctx = ctx, .a = a, .b = b, .d = {d0, d1, d2}};
  jfi_parallel(ctx->pool, jfi_set_list(a->primes, t.primes), tensor_limb, &t);
}

jfhe_status jfi_ckks_mul(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *b, const jfhe_evk *rlk,
                         jfi_scratch *s) {
  jfi_meta m;
  JFI_TRY(plan_product(ctx, &m, a, b));
  JFI_TRY(jfi_ct_on_chain(ctx, a, 1));
  JFI_TRY(jfi_evk_serves(ctx, rlk, a->key_id, a->primes, "relinearisation"));
  m.degree = 1;
  m.level = a->level - 1;
  m.primes = ctx->chain.level[m.level];
  m.bound = jfi_ckks_mul_bound(ctx, a, b, rlk, &m.scale);
  JFI_TRY(jfi_bound_fits(ctx, &m.bound, m.scale, m.primes, "product"));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  JFI_TRY(jfi_product_run(ctx, out, m.primes, a, b, 0, rlk, *s));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

jfhe_status jfi_ckks_mul_lazy(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *b) {
  jfi_meta m;
  JFI_TRY(plan_product(ctx, &m, a, b));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  tensor(ctx, jfi_ct_poly(out, 0), jfi_ct_poly(out, 1), jfi_ct_poly(out, 2), a, b);
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

jfhe_status jfi_ckks_relin(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_evk *rlk, int rescale,
                           jfi_scratch *s) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  if (a->degree != 2) return jfi_fail(JFHE_ERR_FORM, "relinearisation needs degree 2");
  if (rescale) JFI_TRY(jfi_ct_on_chain(ctx, a, 1));
  JFI_TRY(jfi_evk_serves(ctx, rlk, a->key_id, a->primes, "relinearisation"));
  jfi_meta m = jfi_meta_of(a);
  double step = 1;
  m.degree = 1;
  if (rescale) {
    step = ctx->chain.step[a->level];
    m.level = a->level - 1;
    m.primes = ctx->chain.level[m.level];
    m.scale = a->scale / step;
    m.bound = jfi_bound_drift(&m.bound, jfi_spread(ctx->ring->log_n, m.packing, m.log_slots));
  }
  m.bound = jfi_bound_noise(&m.bound, switch_noise(ctx, a->primes, rlk, step, m.scale));
  JFI_TRY(jfi_bound_fits(ctx, &m.bound, m.scale, m.primes, "relinearisation"));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  uint64_t *r0 = jfi_ct_poly(out, 0), *r1 = jfi_ct_poly(out, 1);
  JFI_TRY(
      jfi_keyswitch(ctx, r0, r1, m.primes, jfi_ct_poly(a, 2), jfi_ct_poly(a, 0), jfi_ct_poly(a, 1), a->primes, rlk, s));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

jfhe_status jfi_ckks_mul_pt(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *b) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_pt_usable(ctx, b));
  JFI_TRY(jfi_pt_covers(a, b));
  jfi_meta m = jfi_meta_of(a);
  JFI_TRY(jfi_meta_join(&m, b->packing, b->log_slots));
  m.scale = a->scale * b->scale;
  m.bound = jfi_bound_mul(&a->bound, &b->bound, terms_of(ctx, a->packing), 0);
  m.bound = jfi_bound_drift(&m.bound, jfi_spread(ctx->ring->log_n, m.packing, m.log_slots));
  JFI_TRY(jfi_bound_fits(ctx, &m.bound, m.scale, m.primes, "product"));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  jfi_limbs job = jfi_limbs_of(ctx, out, m.primes, a, NULL, jfi_limb_mul);
  for (size_t i = 0; i < job.polys; i++) job.b[i] = b->data;
  job.b_primes = b->primes;
  jfi_limbs_run(&job);
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}
