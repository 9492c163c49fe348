/* ckks/limbs.c: see limbs.h. */
#include "ckks/limbs.h"

#include <string.h>

#include "ckks/round.h"
#include "ring/root.h"

static const uint64_t *limb_of(const uint64_t *poly, jfi_set primes, size_t prime, size_t n) {
  return poly ? poly + jfi_set_rank(primes, prime) * n : NULL;
}

typedef struct run {
  const jfi_limbs *job;
  size_t n_limbs;
  uint32_t primes[JFI_PRIMES_MAX];
} run;

static void run_limb(void *arg, size_t task, size_t worker) {
  (void)worker;
  const run *t = arg;
  const jfi_limbs *job = t->job;
  const jfi_ring *ring = job->ctx->ring;
  size_t poly = task / t->n_limbs, j = task % t->n_limbs, prime = t->primes[j];
  jfi_limb l = {.k = ring->k, .m = &ring->mod[prime], .n = ring->n};
  l.r = job->out[poly] + j * ring->n;
  l.a = limb_of(job->a[poly], job->a_primes, prime, ring->n);
  l.b = limb_of(job->b[poly], job->b_primes, prime, ring->n);
  if (job->use_k) {
    l.w = jfi_mod_double_var(job->k, l.m);
    if (job->ik != 0) l.iw = jfi_mod_mul(jfi_mod_double_var(job->ik, l.m), jfi_root_order_var(l.m->q, 2), l.m);
  }
  job->op(&l);
}

void jfi_limbs_run(const jfi_limbs *job) {
  run t = {.job = job};
  t.n_limbs = jfi_set_list(job->primes, t.primes);
  jfi_parallel(job->ctx->pool, job->polys * t.n_limbs, run_limb, &t);
}

jfi_limbs jfi_limbs_of(const jfhe_ctx *ctx, jfhe_ct *out, jfi_set primes, const jfhe_ct *a, const jfhe_ct *b,
                       jfi_limb_op op) {
  jfi_limbs job = {.ctx = ctx, .op = op, .primes = primes, .a_primes = a->primes};
  job.polys = a->degree + 1;
  if (b) {
    job.b_primes = b->primes;
    if (b->degree > a->degree) job.polys = b->degree + 1;
  }
  for (size_t i = 0; i < job.polys; i++) {
    job.out[i] = jfi_ct_poly(out, i);
    job.a[i] = i <= a->degree ? jfi_ct_poly(a, i) : NULL;
    job.b[i] = b && i <= b->degree ? jfi_ct_poly(b, i) : NULL;
  }
  return job;
}

void jfi_limb_copy(const jfi_limb *l) {
  if (l->r != l->a) memcpy(l->r, l->a, l->n * sizeof *l->r);
}

void jfi_limb_add(const jfi_limb *l) {
  if (l->a && l->b)
    l->k->add(l->r, l->a, l->b, l->n, l->m);
  else if (l->r != (l->a ? l->a : l->b))
    memcpy(l->r, l->a ? l->a : l->b, l->n * sizeof *l->r);
}

void jfi_limb_sub(const jfi_limb *l) {
  if (l->a && l->b)
    l->k->sub(l->r, l->a, l->b, l->n, l->m);
  else if (l->a)
    jfi_limb_copy(l);
  else
    l->k->neg(l->r, l->b, l->n, l->m);
}

void jfi_limb_neg(const jfi_limb *l) { l->k->neg(l->r, l->a, l->n, l->m); }

void jfi_limb_mul(const jfi_limb *l) { l->k->mul(l->r, l->a, l->b, l->n, l->m); }

void jfi_limb_mul_const(const jfi_limb *l) { l->k->mul_const(l->r, l->a, l->w, l->n, l->m); }

void jfi_limb_add_complex(const jfi_limb *l) {
  size_t h = l->n / 2;
  uint64_t q = l->m->q;
  l->k->add_const(l->r, l->a, jfi_mod_add(l->w, l->iw, q), h, l->m);
  l->k->add_const(l->r + h, l->a + h, jfi_mod_sub(l->w, l->iw, q), h, l->m);
}

void jfi_limb_mul_i(const jfi_limb *l) {
  size_t h = l->n / 2;
  l->k->mul_const(l->r, l->a, l->iw, h, l->m);
  l->k->mul_const(l->r + h, l->a + h, jfi_mod_neg(l->iw, l->m->q), h, l->m);
}
