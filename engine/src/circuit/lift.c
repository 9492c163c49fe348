/* circuit/lift.c: up the ladder; see jfhe/circuit.h for the layout. */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "circuit/ladder.h"
#include "ckks/round.h"

typedef struct lifting {
  const jfhe_ctx *ctx, *small;
  const jfhe_ct *const *in;
  size_t count, ratio, n_limbs;
  uint32_t index[JFI_PRIMES_MAX];  /* here, of small limb i */
  uint32_t theirs[JFI_PRIMES_MAX]; /* there */
  jfi_set S;
  double k;       /* integer factor */
  uint64_t *x[2]; /* embedded, over S */
  uint64_t *room; /* a small polynomial a worker */
} lifting;

/* sum over j of X^j a_j(X^ratio) in one limb of one polynomial, times k. One input: its evaluations repeated. */
static void embed_limb(void *arg, size_t task, size_t worker) {
  const lifting *t = arg;
  size_t poly = task / t->n_limbs, limb = task % t->n_limbs, prime = t->index[limb];
  size_t n = t->small->ring->n, big = t->ctx->ring->n;
  const jfi_ring *ring = t->ctx->ring;
  uint64_t *r = t->x[poly] + jfi_set_rank(t->S, prime) * big, *room = t->room + worker * n;
  const jfi_mod *m = &ring->mod[prime];
  uint64_t w = jfi_mod_double_var(t->k, m);
  if (t->count == 1) {
    ring->k->mul_const(room, jfi_ct_limb(t->in[0], poly, limb, n), w, n, m);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < t->ratio; j++) r[i * t->ratio + j] = room[i];
    return;
  }
  memset(r, 0, big * sizeof *r);
  for (size_t j = 0; j < t->count; j++) {
    ring->k->mul_const(room, jfi_ct_limb(t->in[j], poly, limb, n), w, n, m);
    t->small->ring->k->ntt_inv(room, jfi_ring_ntt(t->small->ring, t->theirs[limb]));
    for (size_t i = 0; i < n; i++) r[i * t->ratio + j] = room[i];
  }
  ring->k->ntt_fwd(r, jfi_ring_ntt(ring, prime));
}

size_t jfi_lift_scratch(const jfhe_ctx *ctx, const jfhe_ctx *small, uint32_t level, const jfhe_evk *key) {
  uint32_t index[JFI_PRIMES_MAX], to = jfi_lift_level(ctx, small, level);
  if (to == UINT32_MAX) return 0;
  jfi_set S = jfi_ladder_primes(ctx, small, small->chain.level[level], index);
  return 2 * jfi_set_count(S) * ctx->ring->n * sizeof(uint64_t) +
         jfi_pool_workers(ctx->pool) * small->ring->n * sizeof(uint64_t) +
         jfi_keyswitch_scratch(ctx, S, ctx->chain.level[to], key->p, key->n_digits) + 6 * JFI_SCRATCH_SLACK;
}

static jfhe_status check_inputs(const jfhe_ctx *ctx, const jfhe_ct *const *in, size_t count, const jfhe_evk *key) {
  const jfhe_ct *a = in[0];
  const jfhe_ctx *small = a->ctx;
  double mismatch;
  if (small->ring->log_n >= ctx->ring->log_n)
    return jfi_fail(JFHE_ERR_CONTEXT, "degree 2^%u is not below 2^%u", small->ring->log_n, ctx->ring->log_n);
  if (count > ctx->ring->n / small->ring->n)
    return jfi_fail(JFHE_ERR_ARG, "%zu ciphertexts are over %zu", count, ctx->ring->n / small->ring->n);
  for (size_t j = 0; j < count; j++) {
    if (in[j]->ctx != small) return jfi_fail(JFHE_ERR_CONTEXT, "ciphertexts of different contexts");
    JFI_TRY(jfi_ct_usable(small, in[j]));
    JFI_TRY(jfi_ct_on_chain(small, in[j], 0));
    JFI_TRY(jfi_ct_agree(a, in[j]));
    JFI_TRY(jfi_scale_mismatch(&mismatch, a->scale, in[j]->scale));
    if (in[j]->degree != 1 || in[j]->packing != a->packing || in[j]->log_slots != a->log_slots)
      return jfi_fail(JFHE_ERR_FORM, "ciphertexts lifted together have degree 1 and one packing");
  }
  if (key->kind != JFHE_EVK_LIFT || key->log_n_other != small->ring->log_n)
    return jfi_fail(JFHE_ERR_KEY, "not a lifting key from degree 2^%u", small->ring->log_n);
  return JFHE_OK;
}

static jfhe_status plan(lifting *t, jfi_meta *m, const jfhe_evk *key) {
  const jfhe_ct *a = t->in[0];
  uint32_t level = jfi_lift_level(t->ctx, t->small, a->level);
  t->S = jfi_ladder_primes(t->ctx, t->small, a->primes, t->index);
  t->n_limbs = jfi_set_count(t->S);
  jfi_set_list(a->primes, t->theirs);
  if (t->n_limbs == 0) return jfi_fail(JFHE_ERR_CONTEXT, "this ring does not carry the primes of the smaller one");
  if (level == UINT32_MAX) return jfi_fail(JFHE_ERR_LEVEL, "nothing of level %u would be left after lifting", a->level);
  JFI_TRY(jfi_evk_serves(t->ctx, key, a->key_id, t->S, "lifting"));
  int mixed = t->count > 1 && a->packing != JFHE_PACK_COEFF;
  *m = (jfi_meta){.degree = 1, .level = level, .packing = mixed ? JFHE_PACK_COMPLEX : a->packing, .key_id = key->to_id};
  m->log_slots = mixed ? t->ctx->ring->log_n - 1 : a->packing == JFHE_PACK_COEFF ? t->ctx->ring->log_n : a->log_slots;
  m->primes = t->ctx->chain.level[level];
  m->scale = t->ctx->chain.scale[level];
  double exact = m->scale / a->scale * jfi_ctx_product(t->ctx, jfi_set_minus(t->S, m->primes)) /
                 jfi_ctx_product(t->ctx, jfi_set_minus(m->primes, t->S));
  if (!(exact >= 0x1p30))
    return jfi_fail(JFHE_ERR_SCALE, "the scale 2^%.2f is too far above its level's", log2(a->scale));
  t->k = jfi_round_double(exact);
  jfi_bound b = a->bound;
  for (size_t j = 1; j < t->count; j++) {
    const jfi_bound *c = &t->in[j]->bound;
    if (mixed)
      b = jfi_bound_add(&b, c, JFI_SCALE_TOLERANCE, 1, 0);
    else
      b = (jfi_bound){fmax(b.mag, c->mag), fmax(b.worst, c->worst) + JFI_SCALE_TOLERANCE * c->mag, fmax(b.sd, c->sd)};
  }
  double spread = jfi_spread(t->ctx->ring->log_n, m->packing, m->log_slots);
  /* noise of the smaller ring is in all repetitions that lifting adds */
  if (!mixed) b.sd = jfi_up(b.sd * spread / jfi_spread(t->small->ring->log_n, a->packing, a->log_slots));
  double off = (0.5 / exact + 0x1p-46) * (b.mag + b.worst), scaled = a->scale * t->k;
  jfi_noise ks, d;
  jfi_keyswitch_noise(t->ctx, t->S, key, &ks.worst, &ks.sd);
  jfi_divide_noise(t->ctx, &d.worst, &d.sd);
  b = jfi_bound_noise(&b, (jfi_noise){ks.worst / scaled, ks.sd / scaled});
  b = jfi_bound_noise(&b, (jfi_noise){d.worst / m->scale, d.sd / m->scale});
  b = jfi_bound_shift(&b, off, spread);
  m->bound = jfi_bound_drift(&b, spread);
  return jfi_bound_fits(t->ctx, &m->bound, m->scale, m->primes, "lifting");
}

jfhe_status jfi_lift(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *const *in, size_t count, const jfhe_evk *key,
                     jfi_scratch *s) {
  jfi_meta m;
  lifting t = {.ctx = ctx, .small = in[0]->ctx, .in = in, .count = count};
  JFI_TRY(check_inputs(ctx, in, count, key));
  t.ratio = ctx->ring->n / t.small->ring->n;
  JFI_TRY(plan(&t, &m, key));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  jfi_scratch at = *s;
  for (size_t i = 0; i < 2; i++) t.x[i] = jfi_scratch_take(&at, t.n_limbs * ctx->ring->n * sizeof(uint64_t));
  t.room = jfi_scratch_take(&at, jfi_pool_workers(ctx->pool) * t.small->ring->n * sizeof(uint64_t));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small to lift");
  jfi_parallel(ctx->pool, 2 * t.n_limbs, embed_limb, &t);
  JFI_TRY(jfi_keyswitch(ctx, jfi_ct_poly(out, 0), jfi_ct_poly(out, 1), m.primes, t.x[1], t.x[0], NULL, t.S, key, &at));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}
