/* ckks/sum.c: sums of rotations by doubling. */
#include <string.h>

#include "base/status.h"
#include "ckks/eval.h"
#include "ckks/limbs.h"
#include "rlwe/room.h"
#include "rlwe/keyswitch.h"

/* One doubling: acc += acc rotated by g. */
typedef struct doubling {
  const jfhe_ctx *ctx;
  jfi_set S;
  uint32_t primes[JFI_PRIMES_MAX];
  size_t n_limbs;
  uint64_t *acc, *r; /* two polynomials each */
  uint64_t *room;    /* a limb a worker */
  uint32_t *perm;
} doubling;

static void add_permuted(void *arg, size_t task, size_t worker) {
  const doubling *d = arg;
  const jfi_ring *ring = d->ctx->ring;
  uint64_t *t = d->room + worker * ring->n, *acc = d->acc + task * ring->n;
  ring->k->permute(t, d->r + task * ring->n, d->perm, ring->n);
  ring->k->add(acc, acc, t, ring->n, &ring->mod[d->primes[task % d->n_limbs]]);
}

static void add_doubled(void *arg, size_t task, size_t worker) {
  (void)worker;
  const doubling *d = arg;
  const jfi_ring *ring = d->ctx->ring;
  uint64_t *acc = d->acc + task * ring->n;
  ring->k->add(acc, acc, acc, ring->n, &ring->mod[d->primes[task % d->n_limbs]]);
}

size_t jfi_ckks_inner_sum_bytes(const jfhe_ctx *ctx, uint32_t level) {
  jfi_set S = ctx->chain.level[level];
  size_t n = ctx->ring->n, limb = n * sizeof(uint64_t);
  return 4 * jfi_set_count(S) * limb + jfi_pool_workers(ctx->pool) * limb + n * sizeof(uint32_t) +
         jfi_switch_bytes(ctx, S) + 6 * JFI_SCRATCH_SLACK;
}

/* Keys and bounds of all doublings; message and error grow by 2 and by one key switch each. */
static jfhe_status plan(const jfhe_ctx *ctx, jfi_meta *m, const jfhe_ct *a, uint32_t stride, uint32_t count,
                        const jfhe_keyring *keys) {
  uint32_t g;
  const jfhe_evk *key;
  for (uint32_t t = 1; t < count; t *= 2) {
    JFI_TRY(jfi_rotation_find(ctx, a, (int64_t)stride * t, keys, &g, &key));
    jfi_bound rotated = m->bound;
    if (key) {
      jfi_noise e;
      jfi_keyswitch_noise(ctx, a->primes, key, &e.worst, &e.sd);
      e.worst /= a->scale;
      e.sd /= a->scale;
      rotated = jfi_bound_noise(&rotated, e);
    }
    m->bound = jfi_bound_add(&m->bound, &rotated, 0, 1, key == NULL);
    JFI_TRY(jfi_bound_fits(ctx, &m->bound, m->scale, m->primes, "inner sum"));
  }
  return JFHE_OK;
}

static jfhe_status run(doubling *d, const jfhe_ct *a, uint32_t stride, uint32_t count, const jfhe_keyring *keys,
                       jfi_scratch *s) {
  uint32_t g;
  const jfhe_evk *key;
  size_t poly = d->n_limbs * d->ctx->ring->n;
  for (uint32_t t = 1; t < count; t *= 2) {
    JFI_TRY(jfi_rotation_find(d->ctx, a, (int64_t)stride * t, keys, &g, &key));
    if (key) {
      JFI_TRY(jfi_keyswitch(d->ctx, d->r, d->r + poly, d->S, d->acc + poly, d->acc, NULL, d->S, key, s));
      jfi_galois_perm(d->perm, d->ctx->ring->log_n, g);
    }
    jfi_parallel(d->ctx->pool, 2 * d->n_limbs, key ? add_permuted : add_doubled, d);
  }
  return JFHE_OK;
}

jfhe_status jfi_ckks_inner_sum(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t stride, uint32_t count,
                               const jfhe_keyring *keys, jfi_scratch *s) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_ct_in_slots(a, "inner sum"));
  if (a->degree != 1) return jfi_fail(JFHE_ERR_FORM, "inner sum needs degree 1: relinearise first");
  jfi_meta m = jfi_meta_of(a);
  JFI_TRY(plan(ctx, &m, a, stride, count, keys));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  if (count == 1) return jfi_ckks_copy(ctx, out, a);
  jfi_scratch at = *s;
  doubling d = {.ctx = ctx, .S = m.primes};
  d.n_limbs = jfi_set_list(m.primes, d.primes);
  size_t n = ctx->ring->n, bytes = d.n_limbs * n * sizeof(uint64_t);
  d.acc = jfi_scratch_take(&at, 2 * bytes);
  d.r = jfi_scratch_take(&at, 2 * bytes);
  d.room = jfi_scratch_take(&at, jfi_pool_workers(ctx->pool) * n * sizeof(uint64_t));
  d.perm = jfi_scratch_take(&at, n * sizeof(uint32_t));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for an inner sum");
  for (size_t i = 0; i < 2; i++) memcpy(d.acc + i * d.n_limbs * n, jfi_ct_poly(a, i), bytes);
  JFI_TRY(run(&d, a, stride, count, keys, &at));
  for (size_t i = 0; i < 2; i++) memcpy(jfi_ct_poly(out, i), d.acc + i * d.n_limbs * n, bytes);
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}
