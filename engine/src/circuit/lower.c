/* circuit/lower.c: down the ladder; see jfhe/circuit.h for the layout. The secret of the smaller ring lies in the subring of X^(N/n), so
 * part j of c0 + c1 s, the coefficients at j mod N/n, is (part j of c0) + (part j of c1) s: each part is a ciphertext. */
#include <string.h>

#include "base/status.h"
#include "circuit/ladder.h"
#include "circuit/move.h"

typedef struct lowering {
  const jfhe_ctx *ctx, *small;
  jfhe_ct *const *out;
  size_t count, ratio, n_limbs;
  uint32_t index[JFI_PRIMES_MAX], theirs[JFI_PRIMES_MAX];
  jfi_set T;      /* here */
  uint64_t *x[2]; /* switched, over T */
  uint64_t *room; /* a polynomial a worker */
} lowering;

/* Part 0 is the mean over the `ratio` evaluations that lie above one of the smaller ring. */
static void mean_limb(const lowering *t, size_t poly, size_t limb, const uint64_t *x) {
  size_t n = t->small->ring->n;
  const jfi_mod *m = &t->ctx->ring->mod[t->index[limb]];
  uint64_t *r = jfi_ct_limb(t->out[0], poly, limb, n), w = jfi_mod_inv(t->ratio, m);
  for (size_t i = 0; i < n; i++) {
    uint64_t sum = 0; /* at most 2^14 words below 2^48 */
    for (size_t j = 0; j < t->ratio; j++) sum += x[i * t->ratio + j];
    r[i] = jfi_mod_reduce(sum, m);
  }
  t->ctx->ring->k->mul_const(r, r, w, n, m);
}

static void part_limb(void *arg, size_t task, size_t worker) {
  const lowering *t = arg;
  size_t poly = task / t->n_limbs, limb = task % t->n_limbs, prime = t->index[limb];
  size_t n = t->small->ring->n, big = t->ctx->ring->n;
  const uint64_t *x = t->x[poly] + jfi_set_rank(t->T, prime) * big;
  if (t->count == 1) {
    mean_limb(t, poly, limb, x);
    return;
  }
  uint64_t *c = t->room + worker * big;
  memcpy(c, x, big * sizeof *c);
  t->ctx->ring->k->ntt_inv(c, jfi_ring_ntt(t->ctx->ring, prime));
  for (size_t j = 0; j < t->count; j++) {
    uint64_t *r = jfi_ct_limb(t->out[j], poly, limb, n);
    for (size_t i = 0; i < n; i++) r[i] = c[i * t->ratio + j];
    t->small->ring->k->ntt_fwd(r, jfi_ring_ntt(t->small->ring, t->theirs[limb]));
  }
}

size_t jfi_lower_scratch(const jfhe_ctx *ctx, uint32_t level, const jfhe_evk *key) {
  jfi_set S = ctx->chain.level[level], T = key->q;
  size_t ks = jfi_keyswitch_scratch(ctx, T, T, key->p, key->n_digits), move = jfi_move_scratch(ctx, S, T);
  size_t polys = 4 * jfi_set_count(T) + jfi_pool_workers(ctx->pool);
  return polys * ctx->ring->n * sizeof(uint64_t) + (ks > move ? ks : move) + 8 * JFI_SCRATCH_SLACK;
}

static jfhe_status check(const lowering *t, const jfhe_ct *a, const jfhe_evk *key) {
  JFI_TRY(jfi_ct_usable(t->ctx, a));
  JFI_TRY(jfi_ct_on_chain(t->ctx, a, 0));
  if (a->degree != 1) return jfi_fail(JFHE_ERR_FORM, "lowering needs degree 1: relinearise first");
  for (size_t j = 0; j < t->count; j++)
    if (!t->out[j] || t->out[j]->ctx != t->small)
      return jfi_fail(JFHE_ERR_CONTEXT, "outputs of one smaller context are needed");
  if (t->small->ring->log_n >= t->ctx->ring->log_n)
    return jfi_fail(JFHE_ERR_CONTEXT, "degree 2^%u is not below 2^%u", t->small->ring->log_n, t->ctx->ring->log_n);
  if (t->count > t->ctx->ring->n / t->small->ring->n)
    return jfi_fail(JFHE_ERR_ARG, "%zu parts are over %zu", t->count, t->ctx->ring->n / t->small->ring->n);
  if (a->packing != JFHE_PACK_COEFF && a->log_slots < t->small->ring->log_n && t->count > 1)
    return jfi_fail(JFHE_ERR_ARG, "a sparse packing of 2^%u slots is one part", a->log_slots);
  if (key->kind != JFHE_EVK_LOWER || key->log_n_other != t->small->ring->log_n)
    return jfi_fail(JFHE_ERR_KEY, "not a lowering key to degree 2^%u", t->small->ring->log_n);
  return JFHE_OK;
}

/* a moved to the primes and scale of the smaller ring's level, and the metadata of all parts. */
static jfhe_status move_down(lowering *t, jfi_meta *m, jfhe_ct *moved, const jfhe_ct *a, const jfhe_evk *key,
                             jfi_scratch *s) {
  uint32_t level = jfi_lower_level(t->ctx, t->small, a->level, key);
  if (level == UINT32_MAX) return jfi_fail(JFHE_ERR_LEVEL, "level %u reaches no level of the smaller ring", a->level);
  t->T = jfi_ladder_primes(t->ctx, t->small, t->small->chain.level[level], t->index);
  t->n_limbs = jfi_set_list(t->small->chain.level[level], t->theirs);
  JFI_TRY(jfi_evk_serves(t->ctx, key, a->key_id, t->T, "lowering"));
  int coeff = a->packing == JFHE_PACK_COEFF, sparse = !coeff && a->log_slots < t->small->ring->log_n;
  *m = (jfi_meta){.degree = 1, .level = level, .key_id = key->to_id, .scale = t->small->chain.scale[level]};
  m->packing = coeff || sparse ? a->packing : JFHE_PACK_COMPLEX;
  m->log_slots = coeff ? t->small->ring->log_n : sparse ? a->log_slots : t->small->ring->log_n - 1;
  m->primes = t->small->chain.level[level];
  for (size_t j = 0; j < t->count; j++) JFI_TRY(jfi_ct_room(t->small, t->out[j], m));
  *moved = (jfhe_ct){.ctx = t->ctx, .cap_polys = 2, .cap_limbs = (uint32_t)t->n_limbs};
  if (!jfi_ct_is_shadow(t->out[0]))
    moved->data = jfi_scratch_take(s, 2 * t->n_limbs * t->ctx->ring->n * sizeof(uint64_t));
  if (s->failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small to lower");
  JFI_TRY(jfi_move(t->ctx, moved, t->T, m->scale, a, 30, s));
  jfi_noise e;
  jfi_keyswitch_noise(t->ctx, t->T, key, &e.worst, &e.sd);
  m->bound = jfi_bound_noise(&moved->bound, (jfi_noise){e.worst / m->scale, e.sd / m->scale});
  return jfi_bound_fits(t->small, &m->bound, m->scale, m->primes, "lowering");
}

jfhe_status jfi_lower(const jfhe_ctx *ctx, jfhe_ct *const *out, size_t count, const jfhe_ct *a, const jfhe_evk *key,
                      jfi_scratch *s) {
  jfi_meta m;
  jfhe_ct moved = {.ctx = ctx};
  lowering t = {.ctx = ctx, .small = out[0]->ctx, .out = out, .count = count};
  JFI_TRY(check(&t, a, key));
  t.ratio = ctx->ring->n / t.small->ring->n;
  jfi_scratch at = *s;
  JFI_TRY(move_down(&t, &m, &moved, a, key, &at));
  if (jfi_ct_is_shadow(out[0])) {
    for (size_t j = 0; j < count; j++) jfi_ct_settle(t.small, out[j], &m);
    return JFHE_OK;
  }
  for (size_t i = 0; i < 2; i++) t.x[i] = jfi_scratch_take(&at, t.n_limbs * ctx->ring->n * sizeof(uint64_t));
  t.room = jfi_scratch_take(&at, jfi_pool_workers(ctx->pool) * ctx->ring->n * sizeof(uint64_t));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small to lower");
  JFI_TRY(jfi_keyswitch(ctx, t.x[0], t.x[1], t.T, jfi_ct_poly(&moved, 1), jfi_ct_poly(&moved, 0), NULL, t.T, key, &at));
  jfi_parallel(ctx->pool, 2 * t.n_limbs, part_limb, &t);
  for (size_t j = 0; j < count; j++) jfi_ct_settle(t.small, out[j], &m);
  return JFHE_OK;
}
