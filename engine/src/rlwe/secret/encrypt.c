/* rlwe/secret/encrypt.c: encryption of an encoded plaintext, seeded by the secret key or by the public key. */
#include <string.h>

#include "base/declassify.h"
#include "base/mem.h"
#include "base/status.h"
#include "ring/secret/sample.h"
#include "rlwe/ct.h"
#include "rlwe/evk.h"
#include "rlwe/keyswitch.h"
#include "rlwe/noise.h"
#include "rlwe/secret/sk.h"

enum { SMALL_POLYS = 3 }; /* u, e0, e1 of public-key encryption; symmetric uses one */

static size_t worker_bytes(const jfhe_ctx *ctx) {
  return jfi_round64(ctx->ring->n * sizeof(uint64_t)) + jfi_round64(jfi_uniform_scratch(ctx->ring->n));
}

size_t jfhe_encrypt_scratch(const jfhe_ctx *ctx) {
  return SMALL_POLYS * jfi_round64(ctx->ring->n) + jfi_pool_workers(ctx->pool) * worker_bytes(ctx) +
         2 * JFI_SCRATCH_SLACK;
}

typedef struct job {
  jfhe_ct *out;
  const jfhe_pt *pt;
  const jfhe_sk *sk;
  const jfhe_pk *pk;
  const int8_t *small[SMALL_POLYS];
  jfi_aes aes;
  uint32_t prime[JFI_PRIMES_MAX];
  uint8_t *scratch;
} job;

/* r = NTT(e) + m: in coefficient form the two are added before one transform. */
static void add_message(const job *j, uint64_t *r, const int8_t *e, size_t limb) {
  const jfi_ring *ring = j->out->ctx->ring;
  size_t prime = j->prime[limb], n = ring->n;
  const jfi_mod *m = &ring->mod[prime];
  const uint64_t *pt = j->pt->data + jfi_set_rank(j->pt->primes, prime) * n;
  ring->k->from_i8(r, e, n, m);
  if (j->pt->form == JFHE_FORM_COEFF) ring->k->add(r, r, pt, n, m);
  ring->k->ntt_fwd(r, jfi_ring_ntt(ring, prime));
  if (j->pt->form == JFHE_FORM_EVAL) ring->k->add(r, r, pt, n, m);
}

/* c1 = a from the seed, c0 = e + m - a*s. */
static void symmetric_limb(void *arg, size_t limb, size_t worker) {
  const job *j = arg;
  const jfi_ring *ring = j->out->ctx->ring;
  size_t n = ring->n, prime = j->prime[limb];
  uint64_t *c0 = jfi_ct_limb(j->out, 0, limb, n), *c1 = jfi_ct_limb(j->out, 1, limb, n);
  uint64_t *t = (uint64_t *)(void *)(j->scratch + worker * worker_bytes(j->out->ctx));
  jfi_uniform(ring, c1, prime, &j->aes, JFI_DOMAIN_CT, t + n);
  ring->k->mul(t, c1, jfi_sk_eval(j->sk, prime), n, &ring->mod[prime]);
  add_message(j, c0, j->small[0], limb);
  ring->k->sub(c0, c0, t, n, &ring->mod[prime]);
}

/* c0 = b*u + e0 + m, c1 = a*u + e1. */
static void public_limb(void *arg, size_t limb, size_t worker) {
  const job *j = arg;
  const jfi_ring *ring = j->out->ctx->ring;
  size_t n = ring->n, prime = j->prime[limb], at = jfi_set_rank(j->pk->primes, prime);
  const jfi_mod *m = &ring->mod[prime];
  uint64_t *c0 = jfi_ct_limb(j->out, 0, limb, n), *c1 = jfi_ct_limb(j->out, 1, limb, n);
  uint64_t *u = (uint64_t *)(void *)(j->scratch + worker * worker_bytes(j->out->ctx));
  ring->k->from_i8(u, j->small[2], n, m);
  ring->k->ntt_fwd(u, jfi_ring_ntt(ring, prime));
  add_message(j, c0, j->small[0], limb);
  ring->k->mul_acc(c0, u, j->pk->b + at * n, n, m);
  ring->k->from_i8(c1, j->small[1], n, m);
  ring->k->ntt_fwd(c1, jfi_ring_ntt(ring, prime));
  ring->k->mul_acc(c1, u, j->pk->a + at * n, n, m);
}

static jfhe_status check(const jfhe_ctx *ctx, const jfhe_ct *out, const jfhe_pt *pt) {
  if (!ctx || !out || !pt) return jfi_fail(JFHE_ERR_ARG, "encryption needs a context, an output and a plaintext");
  if (out->ctx != ctx || pt->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "objects of different contexts");
  if (out->cap_polys < 2 || out->cap_limbs < pt->n_limbs)
    return jfi_fail(JFHE_ERR_FORM, "output has room for %u limbs, not %u", out->cap_limbs, pt->n_limbs);
  if (pt->n_limbs == 0) return jfi_fail(JFHE_ERR_FORM, "the plaintext is empty");
  if (pt->packing == JFHE_PACK_INT && pt->scale == 1)
    return jfi_fail(JFHE_ERR_FORM, "the plaintext was encoded as a factor");
  return JFHE_OK;
}

/* Small secrets live in the caller's scratch and are wiped there. */
static jfhe_status take_scratch(const jfhe_ctx *ctx, job *j, int8_t **small, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  jfi_scratch_init(&s, scratch, scratch_len);
  for (int i = 0; i < SMALL_POLYS; i++) j->small[i] = small[i] = jfi_scratch_take(&s, ctx->ring->n);
  j->scratch = jfi_scratch_take(&s, jfi_pool_workers(ctx->pool) * worker_bytes(ctx));
  return s.failed ? jfi_fail(JFHE_ERR_SCRATCH, "encryption needs %zu bytes of scratch, not %zu",
                             jfhe_encrypt_scratch(ctx), scratch_len)
                  : JFHE_OK;
}

static void wipe(const jfhe_ctx *ctx, job *j) {
  for (int i = 0; i < SMALL_POLYS; i++) jfi_zeroize((void *)(uintptr_t)j->small[i], ctx->ring->n);
  jfi_zeroize(j->scratch, jfi_pool_workers(ctx->pool) * worker_bytes(ctx));
}

static void finish(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_pt *pt, const uint8_t *key_id, int public_key) {
  double worst, sd;
  jfi_fresh_noise(ctx, public_key, &worst, &sd);
  out->degree = 1;
  out->level = pt->level;
  out->primes = pt->primes;
  out->n_limbs = pt->n_limbs;
  out->form = JFHE_FORM_EVAL;
  out->packing = pt->packing;
  out->log_slots = pt->log_slots;
  out->scale = pt->scale;
  out->plain = pt->plain;
  out->factor = pt->factor;
  out->bound.mag = pt->bound.mag;
  out->bound.worst = jfi_up(pt->bound.worst + jfi_up(worst / pt->scale));
  out->bound.sd = jfi_up(jfi_hypot(pt->bound.sd, sd / pt->scale));
  memcpy(out->key_id, key_id, JFHE_ID_BYTES);
  out->seeded = !public_key;
}

jfhe_status jfhe_encrypt(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_pt *pt, const jfhe_sk *sk, void *scratch,
                         size_t scratch_len) {
  JFI_TRY(check(ctx, out, pt));
  if (!sk || sk->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the secret key is absent or of other parameters");
  job j = {.out = out, .pt = pt, .sk = sk};
  int8_t *small[SMALL_POLYS];
  JFI_TRY(take_scratch(ctx, &j, small, scratch, scratch_len));
  jfi_rng *rng = (jfi_rng *)(uintptr_t)&sk->rng;
  uint8_t seed[JFI_SEED_BYTES];
  jfi_rng_bytes(rng, seed, sizeof seed);
  JFI_DECLASSIFY(seed, sizeof seed); /* travels with the ciphertext */
  jfi_sample_cbd(rng, small[0], ctx->ring->n);
  jfi_aes_init(&j.aes, seed);
  size_t limbs = jfi_set_list(pt->primes, j.prime);
  jfi_parallel(ctx->pool, limbs, symmetric_limb, &j);
  finish(ctx, out, pt, sk->id, 0);
  memcpy(out->seed, seed, sizeof seed);
  wipe(ctx, &j);
  return JFHE_OK;
}

jfhe_status jfhe_encrypt_public(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_pt *pt, const jfhe_pk *pk, void *scratch,
                                size_t scratch_len) {
  JFI_TRY(check(ctx, out, pt));
  if (!pk || pk->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the public key is absent or of other parameters");
  if (!jfi_set_within(pt->primes, pk->primes))
    return jfi_fail(JFHE_ERR_KEY, "the public key was made for level %u at most", pk->level);
  job j = {.out = out, .pt = pt, .pk = pk};
  int8_t *small[SMALL_POLYS];
  jfi_rng rng;
  JFI_TRY(take_scratch(ctx, &j, small, scratch, scratch_len));
  JFI_TRY(jfi_rng_init(&rng));
  jfi_sample_cbd(&rng, small[0], ctx->ring->n);
  jfi_sample_cbd(&rng, small[1], ctx->ring->n);
  jfi_sample_ternary(&rng, small[2], ctx->ring->n);
  jfi_rng_wipe(&rng);
  size_t limbs = jfi_set_list(pt->primes, j.prime);
  jfi_parallel(ctx->pool, limbs, public_limb, &j);
  finish(ctx, out, pt, pk->key_id, 1);
  wipe(ctx, &j);
  return JFHE_OK;
}

/* ---- the public key: an encryption of zero at the top level ---- */
jfhe_status jfhe_keygen_public(jfhe_pk **out, const jfhe_ctx *ctx, const jfhe_sk *sk) {
  if (!out) return jfi_fail(JFHE_ERR_ARG, "out is null");
  *out = NULL;
  if (!ctx || !sk || sk->ctx != ctx)
    return jfi_fail(JFHE_ERR_CONTEXT, "the secret key is absent or of other parameters");
  jfi_set q = jfi_set_empty();
  for (uint32_t l = 0; l <= ctx->chain.top; l++) q = jfi_set_or(q, ctx->chain.level[l]);
  JFI_TRY(jfi_gate(ctx->params.log_n, ctx->params.security, ctx->chain.prime, ctx->chain.n, q, "public key"));
  size_t n = ctx->ring->n, limbs = jfi_set_count(q),
         t_bytes = jfi_round64(n * sizeof(uint64_t)) + jfi_round64(jfi_uniform_scratch(n));
  jfhe_pk *pk = jfi_alloc_zero(sizeof *pk);
  int8_t *e = jfi_alloc(n);
  uint64_t *t = jfi_alloc(t_bytes);
  if (pk) {
    pk->b = jfi_alloc(limbs * n * sizeof(uint64_t));
    pk->a = jfi_alloc(limbs * n * sizeof(uint64_t));
  }
  jfhe_status st = pk && e && t && pk->a && pk->b ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory for a public key");
  if (st == JFHE_OK) {
    jfi_rng *rng = (jfi_rng *)(uintptr_t)&sk->rng;
    pk->ctx = ctx;
    pk->primes = q;
    pk->level = ctx->chain.top;
    pk->n_limbs = (uint32_t)limbs;
    memcpy(pk->key_id, sk->id, JFHE_ID_BYTES);
    jfi_rng_bytes(rng, pk->seed, sizeof pk->seed);
    JFI_DECLASSIFY(pk->seed, sizeof pk->seed);
    jfi_sample_cbd(rng, e, n);
    jfi_aes aes;
    jfi_aes_init(&aes, pk->seed);
    const jfi_kernel *k = ctx->ring->k;
    size_t j = 0;
    for (size_t i = jfi_set_next(q, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(q, i + 1), j++) {
      const jfi_mod *m = &ctx->ring->mod[i];
      uint64_t *a = pk->a + j * n, *b = pk->b + j * n;
      jfi_uniform(ctx->ring, a, i, &aes, JFI_DOMAIN_PK, t + n);
      k->mul(t, a, jfi_sk_eval(sk, i), n, m);
      k->from_i8(b, e, n, m);
      k->ntt_fwd(b, jfi_ring_ntt(ctx->ring, i));
      k->sub(b, b, t, n, m);
    }
    *out = pk;
  } else {
    jfhe_pk_free(pk);
  }
  if (e) jfi_free_secret(e, n);
  if (t) jfi_free_secret(t, t_bytes);
  return st;
}
