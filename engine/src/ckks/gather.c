/* ckks/gather.c: coefficient 0 of a slot polynomial is the mean of its slots' real parts. A tree puts coefficient 0 of input i at
 * coefficient i*N/2^l of one ciphertext: [CDKS21], with the generators that rotation keys exist for.
 *
 * A merge at step t (1 .. l) takes `even` and `odd`, whose wanted coefficients lie at multiples of N/2^(t-1), and an automorphism g
 * with X^(N/2^t) -> -X^(N/2^t), hence X^(N/2^(t-1)) fixed: g = -1 (conjugation) for t = 1, 5^(2^(t-2)) = 1 + 2^t mod 2^(t+1) above.
 *     r = (even + X^(N/2^t) odd) + g(even - X^(N/2^t) odd).
 * At a multiple p of N/2^(t-1) both halves have the same coefficient of X^(..) odd with opposite signs, so r[p] = 2 even[p], and at
 * p + N/2^t likewise 2 odd[p]: whatever the other coefficients are, even if they wrap. The factor 2^l goes into the scale. */
#include "ckks/gather.h"

#include <string.h>

#include "base/status.h"
#include "rlwe/room.h"
#include "rlwe/keyswitch.h"

enum { STEPS_MAX = 16 };

typedef struct gatherer {
  const jfhe_ctx *ctx;
  jfi_set S;
  size_t n, limbs, words; /* words of a pair of polynomials */
  uint32_t steps, prime[JFI_PRIMES_MAX];
  const jfhe_evk *key[STEPS_MAX + 1];
  uint32_t galois[STEPS_MAX + 1];
  uint64_t *node;            /* 2^steps pairs; missing ones are absent, not zero */
  uint64_t *monomial, *pair; /* X^(N/2^t) over S; one pair */
  uint32_t *perm;
} gatherer;

static uint32_t steps_for(size_t count) {
  uint32_t l = 0;
  while (((size_t)1 << l) < count) l++;
  return l;
}

size_t jfi_ckks_gather_bytes(const jfhe_ctx *ctx, uint32_t level, size_t count) {
  size_t n = ctx->ring->n, limbs = jfi_set_count(ctx->chain.level[level]),
         poly = jfi_round64(limbs * n * sizeof(uint64_t));
  jfi_set S = ctx->chain.level[level];
  return 2 * poly * count + poly + 2 * poly + jfi_round64(n * sizeof(uint32_t)) + jfi_switch_bytes(ctx, S) +
         4 * JFI_SCRATCH_SLACK;
}

static jfhe_status find_keys(gatherer *g, const jfhe_ct *in, const jfhe_keyring *keys) {
  for (uint32_t t = 1; t <= g->steps; t++) {
    g->galois[t] = t == 1 ? jfhe_galois_conjugate(g->ctx) : jfhe_galois_rotate(g->ctx, (int32_t)1 << (t - 2));
    g->key[t] = jfi_keyring_find(keys, JFHE_EVK_GALOIS, g->galois[t]);
    JFI_TRY(
        jfi_evk_serves(g->ctx, g->key[t], in->key_id, g->S, t == 1 ? "conjugation" : "a rotation by a power of two"));
  }
  return JFHE_OK;
}

static void set_monomial(const gatherer *g, uint32_t t) {
  const jfi_ring *ring = g->ctx->ring;
  memset(g->monomial, 0, g->limbs * g->n * sizeof(uint64_t));
  for (size_t j = 0; j < g->limbs; j++) {
    g->monomial[j * g->n + (g->n >> t)] = 1;
    ring->k->ntt_fwd(g->monomial + j * g->n, jfi_ring_ntt(ring, g->prime[j]));
  }
}

typedef struct merge_job {
  const gatherer *g;
  uint64_t *even, *odd;
} merge_job;

/* One limb of one polynomial: (even, odd) <- (even + X^k odd, even - X^k odd). */
static void butterfly_limb(void *arg, size_t task, size_t worker) {
  (void)worker;
  const merge_job *j = arg;
  const gatherer *g = j->g;
  const jfi_ring *ring = g->ctx->ring;
  size_t limb = task % g->limbs;
  const jfi_mod *m = &ring->mod[g->prime[limb]];
  uint64_t *e = j->even + task * g->n, *o = j->odd + task * g->n;
  ring->k->mul(o, o, g->monomial + limb * g->n, g->n, m);
  ring->k->neg(o, o, g->n, m);
  ring->k->add(o, o, e, g->n, m); /* even - X^k odd */
  ring->k->add(e, e, e, g->n, m);
  ring->k->sub(e, e, o, g->n, m); /* 2 even - (even - X^k odd) */
}

static void add_permuted_limb(void *arg, size_t task, size_t worker) {
  (void)worker;
  const merge_job *j = arg;
  const gatherer *g = j->g;
  const jfi_ring *ring = g->ctx->ring;
  uint64_t *t = j->odd + task * g->n, *e = j->even + task * g->n;
  ring->k->permute(t, g->pair + task * g->n, g->perm, g->n);
  ring->k->add(e, e, t, g->n, &ring->mod[g->prime[task % g->limbs]]);
}

static void double_limb(void *arg, size_t task, size_t worker) {
  (void)worker;
  const merge_job *j = arg;
  uint64_t *e = j->even + task * j->g->n;
  j->g->ctx->ring->k->add(e, e, e, j->g->n, &j->g->ctx->ring->mod[j->g->prime[task % j->g->limbs]]);
}

static jfhe_status merge(gatherer *g, uint32_t t, uint64_t *even, uint64_t *odd, jfi_scratch *s) {
  merge_job j = {g, even, odd};
  size_t tasks = 2 * g->limbs, poly = g->limbs * g->n;
  if (!odd) {
    jfi_parallel(g->ctx->pool, tasks, double_limb, &j);
    return JFHE_OK;
  }
  jfi_parallel(g->ctx->pool, tasks, butterfly_limb, &j);
  jfi_scratch at = *s;
  JFI_TRY(jfi_keyswitch(g->ctx, g->pair, g->pair + poly, g->S, odd + poly, odd, NULL, g->S, g->key[t], &at));
  jfi_parallel(g->ctx->pool, tasks, add_permuted_limb, &j);
  return JFHE_OK;
}

/* Step t merges nodes that differ in bit l - t of their index: at t = 1 the first half is even, the second odd, so at the end input i
 * lies at i*N/2^l (its low bit is the last to be merged, by the smallest shift). */
static jfhe_status tree(gatherer *g, size_t count, jfi_scratch *s) {
  for (uint32_t t = 1; t <= g->steps; t++) {
    size_t half = (size_t)1 << (g->steps - t);
    set_monomial(g, t);
    jfi_galois_perm(g->perm, g->ctx->ring->log_n, g->galois[t]);
    for (size_t i = 0; i < half && i < count; i++)
      JFI_TRY(merge(g, t, g->node + i * g->words, i + half < count ? g->node + (i + half) * g->words : NULL, s));
    if (count > half) count = half;
  }
  return JFHE_OK;
}

/* count >= 1 */
static jfhe_status plan(const jfhe_ctx *ctx, jfi_meta *m, const jfhe_ct *const *in, size_t count) {
  JFI_TRY(jfi_ct_usable(ctx, in[0]));
  *m = jfi_meta_of(in[0]);
  m->bound = (jfi_bound){0, 0, 0};
  for (size_t i = 0; i < count; i++) {
    double mismatch;
    JFI_TRY(jfi_ct_usable(ctx, in[i]));
    JFI_TRY(jfi_ct_in_slots(in[i], "gathering"));
    if (in[i]->degree != 1) return jfi_fail(JFHE_ERR_FORM, "gathering takes ciphertexts of degree 1");
    JFI_TRY(jfi_ct_agree(in[0], in[i]));
    JFI_TRY(jfi_scale_mismatch(&mismatch, in[0]->scale, in[i]->scale));
    const jfi_bound *b = &in[i]->bound;
    double worst = jfi_up(b->worst + b->mag * mismatch);
    if (b->mag > m->bound.mag) m->bound.mag = b->mag;
    if (worst > m->bound.worst) m->bound.worst = worst;
    if (b->sd > m->bound.sd) m->bound.sd = b->sd;
  }
  m->packing = JFHE_PACK_COEFF;
  m->log_slots = ctx->ring->log_n;
  return JFHE_OK;
}

/* A wanted coefficient's error doubles with its value and takes in the switch's; a coefficient is at most the largest slot. In units of
 * the input scale, step t of l adds e/2^t * 2^0 .. at most e/2. */
static void add_noise(const gatherer *g, jfi_meta *m) {
  for (uint32_t t = 1; t <= g->steps; t++) {
    double worst, sd;
    jfi_keyswitch_noise(g->ctx, g->S, g->key[t], &worst, &sd);
    m->bound.worst = jfi_up(m->bound.worst + jfi_up(worst / 2 / m->scale));
    m->bound.sd = jfi_up(jfi_hypot(m->bound.sd, sd / 2 / m->scale));
  }
}

static jfhe_status take_room(gatherer *g, const jfhe_ct *const *in, size_t count, jfi_scratch *s) {
  size_t bytes = g->words * sizeof(uint64_t);
  g->node = jfi_scratch_take(s, count * bytes);
  g->pair = jfi_scratch_take(s, bytes);
  g->monomial = jfi_scratch_take(s, bytes / 2);
  g->perm = jfi_scratch_take(s, g->n * sizeof *g->perm);
  if (s->failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for gathering");
  for (size_t i = 0; i < count; i++)
    for (size_t p = 0; p < 2; p++) memcpy(g->node + i * g->words + p * g->words / 2, jfi_ct_poly(in[i], p), bytes / 2);
  return JFHE_OK;
}

jfhe_status jfi_ckks_gather(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *const *in, size_t count,
                            const jfhe_keyring *keys, jfi_scratch *s) {
  jfi_meta m;
  JFI_TRY(plan(ctx, &m, in, count));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  gatherer g = {
      .ctx = ctx, .S = m.primes, .n = ctx->ring->n, .limbs = jfi_set_count(m.primes), .steps = steps_for(count)};
  g.words = 2 * g.limbs * g.n;
  jfi_set_list(g.S, g.prime);
  JFI_TRY(find_keys(&g, in[0], keys));
  add_noise(&g, &m);
  for (uint32_t t = 0; t < g.steps; t++) m.scale *= 2;
  JFI_TRY(jfi_bound_fits(ctx, &m.bound, m.scale, m.primes, "gathering"));
  JFI_TRY(take_room(&g, in, count, s));
  JFI_TRY(tree(&g, count, s));
  for (size_t p = 0; p < 2; p++) memcpy(jfi_ct_poly(out, p), g.node + p * g.words / 2, g.words / 2 * sizeof(uint64_t));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}
