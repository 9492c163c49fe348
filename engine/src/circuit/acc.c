/* circuit/acc.c: see acc.h. Bounds: docs/SOUNDNESS.md, "Circuits". */
#include "circuit/acc.h"

#include <math.h>
#include <string.h>

#include "base/status.h"
#include "ckks/round.h"
#include "ring/root.h"

static size_t limb_words(const jfhe_ctx *ctx, uint32_t level) {
  return jfi_set_count(ctx->chain.level[level]) * ctx->ring->n;
}

size_t jfi_acc_bytes(const jfhe_ctx *ctx, uint32_t level) { return 3 * limb_words(ctx, level) * sizeof(uint64_t); }

void jfi_acc_init(jfi_acc *acc, const jfhe_ctx *ctx, uint32_t level, double scale, double spread, jfi_scratch *s) {
  jfi_set primes = ctx->chain.level[level];
  *acc = (jfi_acc){.ctx = ctx, .level = level, .primes = primes, .scale = scale, .spread = spread};
  acc->n_limbs = (uint32_t)jfi_set_count(primes);
  if (!s) return;
  size_t words = limb_words(ctx, level);
  acc->d[0] = jfi_scratch_take(s, 3 * words * sizeof(uint64_t));
  if (!acc->d[0]) return;
  acc->d[1] = acc->d[0] + words;
  acc->d[2] = acc->d[1] + words;
}

static const uint64_t *limb_of(const jfhe_ct *ct, size_t poly, size_t prime) {
  return jfi_ct_limb(ct, poly, jfi_set_rank(ct->primes, prime), ct->ctx->ring->n);
}

typedef struct acc_job {
  jfi_acc *acc;
  const jfhe_ct *a, *b;
  const jfhe_pt *pt;
  int twice;
  double k; /* an integer */
  int turn; /* times i */
  uint32_t prime[JFI_PRIMES_MAX];
} acc_job;

static void mul_limb(void *arg, size_t j, size_t worker) {
  (void)worker;
  const acc_job *t = arg;
  jfi_acc *acc = t->acc;
  const jfi_ring *r = acc->ctx->ring;
  const jfi_kernel *k = r->k;
  const jfi_mod *m = &r->mod[t->prime[j]];
  const uint64_t *a0 = limb_of(t->a, 0, t->prime[j]), *a1 = limb_of(t->a, 1, t->prime[j]);
  const uint64_t *b0 = limb_of(t->b, 0, t->prime[j]), *b1 = limb_of(t->b, 1, t->prime[j]);
  uint64_t *d0 = acc->d[0] + j * r->n, *d1 = acc->d[1] + j * r->n, *d2 = acc->d[2] + j * r->n;
  if (!acc->used) {
    if (t->a == t->b)
      k->tensor_sqr(d0, d1, d2, a0, a1, r->n, m);
    else
      k->tensor(d0, d1, d2, a0, a1, b0, b1, r->n, m);
  } else {
    k->mul_acc(d0, a0, b0, r->n, m);
    k->mul_acc(d1, a0, b1, r->n, m);
    k->mul_acc(d1, a1, b0, r->n, m);
    if (acc->has2)
      k->mul_acc(d2, a1, b1, r->n, m);
    else
      k->mul(d2, a1, b1, r->n, m);
  }
  if (!t->twice) return;
  k->add(d0, d0, d0, r->n, m);
  k->add(d1, d1, d1, r->n, m);
  k->add(d2, d2, d2, r->n, m);
}

/* Not for the shadow of a sum. */
static void each_limb(const acc_job *t, jfi_task task) {
  if (t->acc->d[0]) jfi_parallel(t->acc->ctx->pool, t->acc->n_limbs, task, (void *)(uintptr_t)t);
}

static void join(jfi_acc *acc, const jfi_bound *b) { acc->bound = jfi_bound_add(&acc->bound, b, 0, 1, 0); }

static jfhe_status join_product(jfi_acc *acc, const jfhe_ct *a, const jfhe_ct *b, int twice) {
  double mismatch;
  JFI_TRY(jfi_scale_mismatch(&mismatch, acc->scale, a->scale * b->scale));
  jfi_bound p = jfi_bound_mul(&a->bound, &b->bound, 1, a == b);
  p = jfi_bound_scale(&p, twice ? 2 : 1);
  p.worst = jfi_up(p.worst + mismatch * (p.mag + p.worst));
  join(acc, &p);
  return JFHE_OK;
}

jfhe_status jfi_acc_join_product(jfi_acc *acc, const jfhe_ct *a, const jfhe_ct *b) {
  return join_product(acc, a, b, 0);
}

jfhe_status jfi_acc_mul(jfi_acc *acc, const jfhe_ct *a, const jfhe_ct *b, int twice) {
  if (twice && acc->used) return jfi_fail(JFHE_ERR_ARG, "only the first product can be doubled");
  JFI_TRY(join_product(acc, a, b, twice));
  acc_job t = {.acc = acc, .a = a, .b = b, .twice = twice};
  jfi_set_list(acc->primes, t.prime);
  each_limb(&t, mul_limb);
  acc->used = acc->has2 = 1;
  return JFHE_OK;
}

static void neg_limb(void *arg, size_t j, size_t worker) {
  (void)worker;
  const acc_job *t = arg;
  const jfi_ring *r = t->acc->ctx->ring;
  for (size_t i = 0; i < (t->acc->has2 ? 3u : 2u); i++) {
    uint64_t *d = t->acc->d[i] + j * r->n;
    r->k->neg(d, d, r->n, &r->mod[t->prime[j]]);
  }
}

void jfi_acc_neg(jfi_acc *acc) {
  acc_job t = {.acc = acc};
  jfi_set_list(acc->primes, t.prime);
  if (acc->used) each_limb(&t, neg_limb);
}

static void plain_limb(void *arg, size_t j, size_t worker) {
  (void)worker;
  const acc_job *t = arg;
  const jfi_ring *r = t->acc->ctx->ring;
  const jfi_mod *m = &r->mod[t->prime[j]];
  const uint64_t *p = t->pt->data + jfi_set_rank(t->pt->primes, t->prime[j]) * r->n;
  for (size_t i = 0; i < 2; i++) {
    uint64_t *d = t->acc->d[i] + j * r->n;
    const uint64_t *a = limb_of(t->a, i, t->prime[j]);
    if (t->acc->used)
      r->k->mul_acc(d, a, p, r->n, m);
    else
      r->k->mul(d, a, p, r->n, m);
  }
}

jfhe_status jfi_acc_mul_pt(jfi_acc *acc, const jfhe_ct *a, const jfhe_pt *pt) {
  double mismatch;
  JFI_TRY(jfi_scale_mismatch(&mismatch, acc->scale, a->scale * pt->scale));
  acc_job t = {.acc = acc, .a = a, .pt = pt};
  jfi_set_list(acc->primes, t.prime);
  each_limb(&t, plain_limb);
  acc->used = 1;
  jfi_bound p = jfi_bound_mul(&a->bound, &pt->bound, 1, 0);
  p.worst = jfi_up(p.worst + mismatch * (p.mag + p.worst));
  join(acc, &p);
  return JFHE_OK;
}

static void const_limb(void *arg, size_t j, size_t worker) {
  (void)worker;
  const acc_job *t = arg;
  const jfi_ring *r = t->acc->ctx->ring;
  const jfi_mod *m = &r->mod[t->prime[j]];
  uint64_t w = jfi_mod_double_var(t->k, m), w2 = w;
  size_t h = r->n / 2;
  if (t->turn) { /* i is one root at the first half of the evaluations, its negative at the second (ckks/limbs.c) */
    w = jfi_mod_mul(w, jfi_root_order_var(m->q, 2), m);
    w2 = jfi_mod_neg(w, m->q);
  }
  for (size_t i = 0; i < 2; i++) {
    uint64_t *d = t->acc->d[i] + j * r->n;
    const uint64_t *a = limb_of(t->a, i, t->prime[j]);
    if (t->acc->used) {
      r->k->mul_const_acc(d, a, w, h, m);
      r->k->mul_const_acc(d + h, a + h, w2, h, m);
    } else {
      r->k->mul_const(d, a, w, h, m);
      r->k->mul_const(d + h, a + h, w2, h, m);
    }
  }
}

double jfi_acc_join_const(jfi_acc *acc, const jfhe_ct *a, double modulus, int parts) {
  double f = acc->scale / a->scale;
  jfi_bound p = jfi_bound_scale(&a->bound, modulus);
  /* |c - k/f|: half a unit of k in each part, and the roundings of f and c*f */
  double off = (0.5 * parts / f + modulus * 0x1p-48) * (a->bound.mag + a->bound.worst);
  p = jfi_bound_shift(&p, off, acc->spread);
  join(acc, &p);
  return f;
}

static void mul_const(jfi_acc *acc, const jfhe_ct *a, double c, int turn) {
  double f = jfi_acc_join_const(acc, a, fabs(c), 1);
  acc_job t = {.acc = acc, .a = a, .k = jfi_round_double(c * f), .turn = turn};
  jfi_set_list(acc->primes, t.prime);
  each_limb(&t, const_limb);
  acc->used = 1;
}

void jfi_acc_mul_const(jfi_acc *acc, const jfhe_ct *a, double c) { mul_const(acc, a, c, 0); }
void jfi_acc_mul_const_i(jfi_acc *acc, const jfhe_ct *a, double c) { mul_const(acc, a, c, 1); }

/* A constant is its own value at every root. */
static void add_limb(void *arg, size_t j, size_t worker) {
  (void)worker;
  const acc_job *t = arg;
  const jfi_ring *r = t->acc->ctx->ring;
  const jfi_mod *m = &r->mod[t->prime[j]];
  uint64_t *d = t->acc->d[0] + j * r->n;
  if (!t->acc->used) {
    memset(d, 0, r->n * sizeof *d);
    memset(t->acc->d[1] + j * r->n, 0, r->n * sizeof *d);
  }
  r->k->add_const(d, d, jfi_mod_double_var(t->k, m), r->n, m);
}

void jfi_acc_add_const(jfi_acc *acc, double c) {
  acc_job t = {.acc = acc, .k = jfi_round_double(c * acc->scale)};
  jfi_set_list(acc->primes, t.prime);
  each_limb(&t, add_limb);
  acc->used = 1;
  double off = 0.5 / acc->scale + fabs(c) * 0x1p-50;
  join(acc, &(jfi_bound){fabs(c), off, off * acc->spread});
}

size_t jfi_acc_finish_scratch(const jfhe_ctx *ctx, uint32_t level) {
  jfi_set S = ctx->chain.level[level], T = ctx->chain.level[level - 1];
  size_t divide = jfi_divide_scratch(ctx, S, T, 2);
  size_t ks = jfi_keyswitch_scratch(ctx, S, T, ctx->chain.special, ctx->chain.n_digits);
  return ks > divide ? ks : divide;
}

/* What the finished sum will say of itself. */
static jfhe_status finished(const jfi_acc *acc, jfhe_ct *head, double mag, const jfhe_evk *rlk) {
  const jfhe_ctx *ctx = acc->ctx;
  jfi_bound b = acc->bound;
  if (mag < b.mag) b.mag = mag;
  JFI_TRY(jfi_bound_fits(ctx, &b, acc->scale, acc->primes, "a product before rescaling"));
  head->scale = acc->scale / ctx->chain.step[acc->level];
  jfi_noise n;
  if (acc->has2) {
    jfi_keyswitch_noise(ctx, acc->primes, rlk, &n.worst, &n.sd);
    b = jfi_bound_noise(&b, (jfi_noise){n.worst / acc->scale, n.sd / acc->scale});
  }
  jfi_divide_noise(ctx, &n.worst, &n.sd);
  b = jfi_bound_noise(&b, (jfi_noise){n.worst / head->scale, n.sd / head->scale});
  head->bound = jfi_bound_drift(&b, acc->spread);
  head->level = acc->level - 1;
  head->primes = ctx->chain.level[head->level];
  head->n_limbs = (uint32_t)jfi_set_count(head->primes);
  head->degree = 1;
  head->form = JFHE_FORM_EVAL;
  head->seeded = 0;
  return jfi_bound_fits(ctx, &head->bound, head->scale, head->primes, "a result");
}

jfhe_status jfi_acc_finish(jfi_acc *acc, jfhe_ct *out, double mag, const jfhe_evk *rlk, jfi_scratch *s) {
  const jfhe_ctx *ctx = acc->ctx;
  jfhe_ct head = *out;
  JFI_TRY(finished(acc, &head, mag, rlk));
  if (jfi_ct_is_shadow(out)) {
    *out = head;
    return JFHE_OK;
  }
  uint64_t *r[2] = {jfi_ct_poly(out, 0), jfi_ct_poly(out, 1)};
  const uint64_t *x[2] = {acc->d[0], acc->d[1]};
  if (acc->has2)
    JFI_TRY(jfi_keyswitch(ctx, r[0], r[1], head.primes, acc->d[2], x[0], x[1], acc->primes, rlk, s));
  else
    JFI_TRY(jfi_divide(ctx, r, head.primes, x, acc->primes, 2, s));
  *out = head;
  return JFHE_OK;
}

size_t jfi_ct_temp_bytes(const jfhe_ctx *ctx, uint32_t level) { return 2 * limb_words(ctx, level) * sizeof(uint64_t); }

void jfi_ct_shadow(jfhe_ct *ct, const jfhe_ctx *ctx, uint32_t level) {
  memset(ct, 0, sizeof *ct);
  ct->ctx = ctx;
  ct->degree = 1;
  ct->level = level;
  ct->primes = ctx->chain.level[level];
  ct->n_limbs = ct->cap_limbs = (uint32_t)jfi_set_count(ct->primes);
  ct->cap_polys = 2;
}

void jfi_ct_temp(jfhe_ct *ct, const jfhe_ctx *ctx, uint32_t level, jfi_scratch *s) {
  jfi_ct_shadow(ct, ctx, level);
  ct->data = jfi_scratch_take(s, jfi_ct_temp_bytes(ctx, level));
}

void jfi_ct_piece(jfhe_ct *ct, const jfhe_ctx *ctx, uint32_t level, int shadow, jfi_scratch *s) {
  if (shadow)
    jfi_ct_shadow(ct, ctx, level);
  else
    jfi_ct_temp(ct, ctx, level, s);
}
