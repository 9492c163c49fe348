/* rlwe/secret/sk.c: making and wiping secret keys. */
#include "rlwe/secret/sk.h"

#include <string.h>

#include "base/declassify.h"
#include "base/mem.h"
#include "base/status.h"
#include "ring/secret/sample.h"

jfhe_status jfi_sk_alloc(jfhe_sk **out, const jfhe_ctx *ctx) {
  size_t n = ctx->ring->n;
  *out = jfi_alloc_zero(sizeof **out);
  if (*out) {
    (*out)->ctx = ctx;
    (*out)->s = jfi_alloc_zero(n);
    (*out)->lazy = jfi_alloc(ctx->chain.n * n * sizeof(uint64_t));
    (*out)->made = jfi_alloc_zero(ctx->chain.n * sizeof(jfi_once));
  }
  if (*out && (*out)->s && (*out)->lazy && (*out)->made) return JFHE_OK;
  jfhe_sk_free(*out);
  *out = NULL;
  return jfi_fail(JFHE_ERR_MEMORY, "no memory for a secret key");
}

void jfhe_sk_free(jfhe_sk *sk) {
  if (!sk) return;
  size_t n = sk->ctx->ring->n;
  jfi_rng_wipe(&sk->rng);
  if (sk->s) jfi_free_secret(sk->s, n);
  if (sk->lazy && sk->made) /* what was never written holds nothing, and takes no memory that a wipe would */
    for (size_t i = 0; i < sk->ctx->chain.n; i++)
      if (jfi_once_is_done(&sk->made[i])) jfi_zeroize(sk->lazy + i * n, n * sizeof(uint64_t));
  jfi_free(sk->lazy);
  jfi_free(sk->made);
  jfi_free_secret(sk, sizeof *sk);
}

const uint64_t *jfi_sk_eval(const jfhe_sk *sk, size_t i) {
  const jfi_ring *ring = sk->ctx->ring;
  uint64_t *x = sk->lazy + i * ring->n;
  if (jfi_once_begin(&sk->made[i])) {
    ring->k->from_i8(x, sk->s, ring->n, &ring->mod[i]);
    ring->k->ntt_fwd(x, jfi_ring_ntt(ring, i));
    jfi_once_done(&sk->made[i]);
  }
  return x;
}

static void eval_limb(void *arg, size_t i, size_t worker) {
  (void)worker;
  (void)jfi_sk_eval(arg, i);
}

const uint64_t *jfi_sk_eval_all(const jfhe_sk *sk) {
  jfi_parallel(sk->ctx->pool, sk->ctx->chain.n, eval_limb, (void *)(uintptr_t)sk);
  return sk->lazy;
}

/* Streams of the generator: the secret and its name come from the entropy alone, so a recovery file gives the same key; noise comes
 * from a stream that the operating system seeds anew, so it never repeats. */
enum { STREAM_KEY = 1, STREAM_NAME = 2, STREAM_NOISE = 3 };

static jfhe_status make(jfhe_sk **out, const jfhe_ctx *ctx, const uint8_t entropy[32], int fresh_noise) {
  jfhe_sk *sk;
  JFI_TRY(jfi_sk_alloc(&sk, ctx));
  jfi_rng rng;
  jfi_rng_from_key(&rng, entropy, STREAM_KEY);
  jfi_sample_ternary(&rng, sk->s, ctx->ring->n);
  jfi_rng_from_key(&rng, entropy, STREAM_NAME);
  jfi_rng_bytes(&rng, sk->id, JFHE_ID_BYTES);
  JFI_DECLASSIFY(sk->id, JFHE_ID_BYTES); /* the key's public name */
  jfi_rng_wipe(&rng);
  jfhe_status st = JFHE_OK;
  if (fresh_noise)
    st = jfi_rng_init(&sk->rng);
  else
    jfi_rng_from_key(&sk->rng, entropy, STREAM_NOISE);
  if (st != JFHE_OK) {
    jfhe_sk_free(sk);
    return st;
  }
  *out = sk;
  return JFHE_OK;
}

jfhe_status jfhe_sk_new(jfhe_sk **out, const jfhe_ctx *ctx) {
  if (!out || !ctx) return jfi_fail(JFHE_ERR_ARG, "a secret key has a context");
  *out = NULL;
  uint8_t entropy[32];
  JFI_TRY(jfi_entropy(entropy, sizeof entropy));
  jfhe_status st = make(out, ctx, entropy, 1);
  jfi_zeroize(entropy, sizeof entropy);
  return st;
}

jfhe_status jfhe_sk_from_entropy(jfhe_sk **out, const jfhe_ctx *ctx, const uint8_t *entropy32) {
  if (!out || !ctx || !entropy32) return jfi_fail(JFHE_ERR_ARG, "a secret key has a context and 32 bytes of entropy");
  *out = NULL;
  return make(out, ctx, entropy32, 1);
}

jfhe_status jfi_sk_deterministic(jfhe_sk **out, const jfhe_ctx *ctx, const uint8_t entropy32[32]) {
  *out = NULL;
  return make(out, ctx, entropy32, 0);
}

void jfhe_sk_id(const jfhe_sk *sk, uint8_t *id) { memcpy(id, sk->id, JFHE_ID_BYTES); }
uint32_t jfhe_sk_releases(const jfhe_sk *sk) { return sk->releases; }
