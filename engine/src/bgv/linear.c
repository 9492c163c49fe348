/* bgv/linear.c: sums, and products with what is public. */
#include <string.h>

#include "base/status.h"
#include "bgv/eval.h"

/* ---- one limb at a time, over the pool ---- */
typedef struct job {
  const jfi_ring *ring;
  uint64_t *out[2];
  const uint64_t *a[2], *c[2];   /* c[1] null: nothing meets a[1] */
  int64_t ka, kc;                /* out = ka*a + kc*c */
  size_t c_limb[JFI_PRIMES_MAX]; /* where c keeps the limb */
  uint32_t prime[JFI_PRIMES_MAX];
  size_t limbs;
} job;

static uint64_t word_of(int64_t k, const jfi_mod *m) {
  uint64_t w = jfi_mod_reduce((uint64_t)(k < 0 ? -k : k), m);
  return k < 0 ? jfi_mod_neg(w, m->q) : w;
}

static void sum_limb(void *arg, size_t task, size_t worker) {
  (void)worker;
  const job *j = arg;
  const jfi_kernel *k = j->ring->k;
  size_t p = task / j->limbs, i = task % j->limbs, n = j->ring->n;
  const jfi_mod *m = &j->ring->mod[j->prime[i]];
  uint64_t *out = j->out[p] + i * n;
  const uint64_t *a = j->a[p] + i * n, *c = j->c[p] ? j->c[p] + j->c_limb[i] * n : NULL;
  if (j->ka == 1 && c && j->kc == 1)
    k->add(out, a, c, n, m);
  else if (j->ka == 1 && c && j->kc == -1)
    k->sub(out, a, c, n, m);
  else if (c && out == c) { /* c is read before it is written */
    k->mul_const(out, c, word_of(j->kc, m), n, m);
    k->mul_const_acc(out, a, word_of(j->ka, m), n, m);
  } else {
    if (j->ka == -1)
      k->neg(out, a, n, m);
    else if (j->ka != 1)
      k->mul_const(out, a, word_of(j->ka, m), n, m);
    else if (out != a)
      memcpy(out, a, n * sizeof *out);
    if (c) k->mul_const_acc(out, c, word_of(j->kc, m), n, m);
  }
}

static void product_limb(void *arg, size_t task, size_t worker) {
  (void)worker;
  const job *j = arg;
  size_t p = task / j->limbs, i = task % j->limbs, n = j->ring->n;
  j->ring->k->mul(j->out[p] + i * n, j->a[p] + i * n, j->c[0] + j->c_limb[i] * n, n, &j->ring->mod[j->prime[i]]);
}

static void product_add_limb(void *arg, size_t task, size_t worker) {
  (void)worker;
  const job *j = arg;
  size_t p = task / j->limbs, i = task % j->limbs, n = j->ring->n;
  j->ring->k->mul_acc(j->out[p] + i * n, j->a[p] + i * n, j->c[0] + j->c_limb[i] * n, n, &j->ring->mod[j->prime[i]]);
}

static job job_of(const jfhe_bgv *b, const jfhe_ct *out, const jfhe_ct *a) {
  job j = {.ring = b->ctx->ring, .ka = 1, .kc = 1};
  j.limbs = jfi_set_list(a->primes, j.prime);
  for (size_t p = 0; p < 2; p++) {
    j.out[p] = jfi_ct_poly(out, p);
    j.a[p] = jfi_ct_poly(a, p);
  }
  for (size_t i = 0; i < j.limbs; i++) j.c_limb[i] = i;
  return j;
}

static void run(const jfhe_bgv *b, job *j, void (*op)(void *, size_t, size_t)) {
  jfi_parallel(b->ctx->pool, 2 * j->limbs, op, j);
}

void jfi_bgv_times(const jfhe_bgv *b, uint64_t *const *out, const jfhe_ct *a, int64_t k) {
  job j = job_of(b, a, a);
  for (size_t p = 0; p < 2; p++) j.out[p] = out[p];
  j.ka = k;
  run(b, &j, sum_limb);
}

/* ---- sums ---- */
static double magnitude(int64_t k) { return (double)(k < 0 ? -k : k); }

/* Small ka, kc with ka*fa == kc*fc modulo t: then ka*v_a and kc*v_c have one factor. Euclid's algorithm on (t, fa/fc), stopped halfway: it
 * keeps |r| |s| < t, so neither exceeds about sqrt(t). `steps` stops it earlier or later: 0 leaves a as it is. */
static void align(const jfhe_bgv *b, uint64_t fa, uint64_t fc, int steps, int64_t *ka, int64_t *kc) {
  uint64_t t = b->t.q, x = jfi_mod_mul(fa, jfi_mod_inv(fc, &b->t), &b->t);
  int64_t r0 = (int64_t)t, r1 = (int64_t)x, s0 = 0, s1 = 1; /* r == s*x modulo t */
  while (steps < 0 ? (uint64_t)(r1 * r1) > t : steps-- > 0 && r1 > 1) {
    int64_t q = r0 / r1, r = r0 - q * r1, s = s0 - q * s1;
    r0 = r1;
    r1 = r;
    s0 = s1;
    s1 = s;
  }
  *ka = s1;
  *kc = r1; /* s1*fa == r1*fc; r1 is not 0: t is prime, and its remainders end with 1, whose square is not above t */
}

static jfi_bound aligned(const jfhe_ct *a, const jfhe_ct *c, int64_t ka, int64_t kc) {
  jfi_bound va = jfi_bgv_bound_scale(&a->bound, magnitude(ka), 1),
            vc = jfi_bgv_bound_scale(&c->bound, magnitude(kc), 1);
  return jfi_bgv_bound_add(&va, &vc, a == c);
}

/* Equal shares unless one of the two has no room for it, as what came over from approximate numbers has not: then those of the least noise. */
static void choose_factors(const jfhe_bgv *b, const jfhe_ct *a, const jfhe_ct *c, int64_t *ka, int64_t *kc) {
  if (a->factor == c->factor) return;
  align(b, a->factor, c->factor, -1, ka, kc);
  double q = jfi_ctx_product(b->ctx, a->primes), least = aligned(a, c, *ka, *kc).worst;
  for (int steps = 0, last = 0; 2 * least >= q && !last; steps++) {
    int64_t i, j;
    align(b, a->factor, c->factor, steps, &i, &j);
    double worst = aligned(a, c, i, j).worst;
    last = j == 1;
    if (worst >= least) continue;
    least = worst;
    *ka = i;
    *kc = j;
  }
}

jfhe_status jfi_bgv_add(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *c, int subtract) {
  JFI_TRY(jfi_bgv_usable(b, a));
  JFI_TRY(jfi_bgv_usable(b, c));
  JFI_TRY(jfi_bgv_agree(a, c));
  jfi_bgv_meta m = jfi_bgv_meta_of(a);
  int64_t ka = 1, kc = 1;
  choose_factors(b, a, c, &ka, &kc);
  m.factor = jfi_mod_mul(a->factor, jfi_bgv_mod(b, ka), &b->t);
  m.bound = aligned(a, c, ka, kc);
  JFI_TRY(jfi_bgv_room(b, out, &m, "sum"));
  job j = job_of(b, out, a);
  for (size_t p = 0; p < 2; p++) j.c[p] = jfi_ct_poly(c, p);
  j.ka = ka;
  j.kc = subtract ? -kc : kc;
  run(b, &j, sum_limb);
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}

/* The plaintext is in evaluation form, of this t, and has the ciphertext's primes. */
static jfhe_status covers(const jfhe_bgv *b, const jfhe_ct *a, const jfhe_pt *c, int factor) {
  JFI_TRY(jfi_bgv_usable(b, a));
  if (c->ctx != b->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "plaintext of another context");
  if (c->n_limbs == 0 || c->packing != JFHE_PACK_INT || c->plain != b->t.q)
    return jfi_fail(JFHE_ERR_FORM, "the plaintext holds no integers modulo %llu", (unsigned long long)b->t.q);
  if (c->form != JFHE_FORM_EVAL || (c->scale == 1) != factor)
    return jfi_fail(JFHE_ERR_FORM, "the plaintext was not encoded as a %s", factor ? "factor" : "term");
  if (!jfi_set_within(a->primes, c->primes))
    return jfi_fail(JFHE_ERR_LEVEL, "the plaintext was encoded for level %u", c->level);
  if (!factor && c->factor != a->factor)
    return jfi_fail(JFHE_ERR_SCALE, "a term for level %u's plaintext factor", c->level);
  return JFHE_OK;
}

static job with_pt(const jfhe_bgv *b, const jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c) {
  job j = job_of(b, out, a);
  j.c[0] = c->data;
  for (size_t i = 0; i < j.limbs; i++) j.c_limb[i] = jfi_set_rank(c->primes, j.prime[i]);
  return j;
}

jfhe_status jfi_bgv_add_pt(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c, int subtract) {
  JFI_TRY(covers(b, a, c, 0));
  jfi_bgv_meta m = jfi_bgv_meta_of(a);
  m.bound = jfi_bgv_bound_add(&a->bound, &c->bound, 0);
  JFI_TRY(jfi_bgv_room(b, out, &m, "sum"));
  job j = with_pt(b, out, a, c);
  j.kc = subtract ? -1 : 1;
  run(b, &j, sum_limb);
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}

jfhe_status jfi_bgv_copy(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a) {
  JFI_TRY(jfi_bgv_usable(b, a));
  jfi_bgv_meta m = jfi_bgv_meta_of(a);
  JFI_TRY(jfi_bgv_room(b, out, &m, "copy"));
  if (out == a) return JFHE_OK;
  job j = job_of(b, out, a);
  run(b, &j, sum_limb);
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}

jfhe_status jfi_bgv_neg(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a) {
  JFI_TRY(jfi_bgv_usable(b, a));
  jfi_bgv_meta m = jfi_bgv_meta_of(a);
  JFI_TRY(jfi_bgv_room(b, out, &m, "negation"));
  job j = job_of(b, out, a);
  j.ka = -1;
  run(b, &j, sum_limb);
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}

/* ---- constants ---- */
jfhe_status jfi_bgv_mul_const(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int64_t k) {
  JFI_TRY(jfi_bgv_usable(b, a));
  int64_t small = jfi_bgv_centre(b, jfi_bgv_mod(b, k));
  jfi_bgv_meta m = jfi_bgv_meta_of(a);
  m.bound = jfi_bgv_bound_scale(&a->bound, magnitude(small), k < 0 ? -(double)k : (double)k);
  JFI_TRY(jfi_bgv_room(b, out, &m, "product with a constant"));
  uint64_t *to[2] = {jfi_ct_poly(out, 0), jfi_ct_poly(out, 1)};
  jfi_bgv_times(b, to, a, small);
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}

/* A constant polynomial has its constant at every root. */
jfhe_status jfi_bgv_add_const(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int64_t k) {
  JFI_TRY(jfi_bgv_usable(b, a));
  int64_t small = jfi_bgv_centre(b, jfi_mod_mul(jfi_bgv_mod(b, k), a->factor, &b->t));
  double size = k < 0 ? -(double)k : (double)k;
  jfi_bgv_meta m = jfi_bgv_meta_of(a);
  m.bound.mag = jfi_bgv_mag(m.bound.mag + size);
  m.bound.worst = jfi_up(m.bound.worst + magnitude(small));
  m.bound.sd = jfi_up(jfi_hypot(m.bound.sd, magnitude(small)));
  JFI_TRY(jfi_bgv_room(b, out, &m, "sum"));
  job j = job_of(b, out, a);
  run(b, &j, sum_limb);
  for (size_t i = 0; i < j.limbs; i++) {
    const jfi_mod *mod = &j.ring->mod[j.prime[i]];
    uint64_t w = jfi_mod_mul(word_of(small, mod), b->t_inv[j.prime[i]], mod);
    j.ring->k->add_const(j.out[0] + i * j.ring->n, j.out[0] + i * j.ring->n, w, j.ring->n, mod);
  }
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}

jfhe_status jfi_bgv_mul_pt(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c) {
  JFI_TRY(covers(b, a, c, 1));
  jfi_bgv_meta m = jfi_bgv_meta_of(a);
  m.bound = jfi_bgv_bound_mul(&a->bound, &c->bound, 0);
  JFI_TRY(jfi_bgv_room(b, out, &m, "product with a plaintext"));
  job j = with_pt(b, out, a, c);
  run(b, &j, product_limb);
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}

jfhe_status jfi_bgv_mul_pt_add(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c) {
  JFI_TRY(covers(b, a, c, 1));
  JFI_TRY(jfi_bgv_usable(b, out));
  JFI_TRY(jfi_bgv_agree(out, a));
  if (out->factor != a->factor) return jfi_fail(JFHE_ERR_SCALE, "a sum of products with different plaintext factors");
  jfi_bgv_meta m = jfi_bgv_meta_of(out);
  jfi_bound v = jfi_bgv_bound_mul(&a->bound, &c->bound, 0);
  m.bound = jfi_bgv_bound_add(&out->bound, &v, 0);
  JFI_TRY(jfi_bgv_room(b, out, &m, "sum of products"));
  job j = with_pt(b, out, a, c);
  run(b, &j, product_add_limb);
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}
