/* rlwe/secret/decrypt.c: the phase c0 + c1*s [+ c2*s^2], from as few residues as the bound allows. */
#include "rlwe/secret/decrypt.h"

#include <string.h>

#include "base/mem.h"
#include "base/status.h"

size_t jfhe_decrypt_scratch(const jfhe_ctx *ctx) {
  return jfi_pool_workers(ctx->pool) * jfi_round64(ctx->ring->n * sizeof(uint64_t)) + JFI_SCRATCH_SLACK;
}

/* First primes of the ciphertext whose product exceeds 2*reach; the empty set when all together do not. Dropping residues is exact:
 * the phase is the same integer, and it is below half of what is kept. */
static jfi_set enough_primes(const jfhe_ctx *ctx, jfi_set have, double reach) {
  jfi_set s = jfi_set_empty();
  double product = 1;
  for (size_t i = jfi_set_next(have, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(have, i + 1)) {
    s = jfi_set_with(s, i);
    product *= (double)ctx->chain.prime[i];
    if (product > 2 * reach * (1 + 0x1p-40)) return s;
  }
  return jfi_set_empty();
}

typedef struct job {
  jfhe_pt *out;
  const jfhe_ct *ct;
  const jfhe_sk *sk;
  uint32_t prime[JFI_PRIMES_MAX];
  uint8_t *scratch;
} job;

static void phase_limb(void *arg, size_t limb, size_t worker) {
  const job *j = arg;
  const jfi_ring *ring = j->ct->ctx->ring;
  size_t n = ring->n, prime = j->prime[limb], at = jfi_set_rank(j->ct->primes, prime);
  const jfi_mod *m = &ring->mod[prime];
  const uint64_t *s = jfi_sk_eval(j->sk, prime), *c1 = jfi_ct_limb(j->ct, 1, at, n);
  uint64_t *r = j->out->data + limb * n;
  uint64_t *t = (uint64_t *)(void *)(j->scratch + worker * jfi_round64(n * sizeof(uint64_t)));
  if (j->ct->degree == 2) {
    ring->k->mul(t, jfi_ct_limb(j->ct, 2, at, n), s, n, m);
    ring->k->add(t, t, c1, n, m);
    c1 = t;
  }
  ring->k->mul(t, c1, s, n, m);
  ring->k->add(r, t, jfi_ct_limb(j->ct, 0, at, n), n, m);
  ring->k->ntt_inv(r, jfi_ring_ntt(ring, prime));
}

jfhe_status jfi_decrypt(const jfhe_ctx *ctx, jfhe_pt *out, const jfhe_ct *ct, const jfhe_sk *sk, double reach,
                        void *scratch, size_t scratch_len) {
  jfi_set keep = enough_primes(ctx, ct->primes, reach);
  size_t limbs = jfi_set_count(keep);
  if (limbs == 0) return jfi_fail(JFHE_ERR_RANGE, "the value's bound no longer fits under the modulus");
  if (out->cap_limbs < limbs)
    return jfi_fail(JFHE_ERR_FORM, "output has room for %u limbs, not %zu", out->cap_limbs, limbs);
  jfi_scratch s;
  jfi_scratch_init(&s, scratch, scratch_len);
  size_t bytes = jfi_pool_workers(ctx->pool) * jfi_round64(ctx->ring->n * sizeof(uint64_t));
  job j = {.out = out, .ct = ct, .sk = sk, .scratch = jfi_scratch_take(&s, bytes)};
  if (s.failed)
    return jfi_fail(JFHE_ERR_SCRATCH, "decryption needs %zu bytes of scratch, not %zu", jfhe_decrypt_scratch(ctx),
                    scratch_len);
  jfi_set_list(keep, j.prime);
  jfi_parallel(ctx->pool, limbs, phase_limb, &j);
  jfi_zeroize(j.scratch, bytes);
  out->level = ct->level;
  out->primes = keep;
  out->n_limbs = (uint32_t)limbs;
  out->form = JFHE_FORM_COEFF;
  out->packing = ct->packing;
  out->log_slots = ct->log_slots;
  out->scale = ct->scale;
  out->plain = ct->plain;
  out->factor = ct->factor;
  out->bound = ct->bound;
  return JFHE_OK;
}

jfhe_status jfi_decrypt_check(const jfhe_ctx *ctx, const jfhe_pt *out, const jfhe_ct *ct, const jfhe_sk *sk) {
  if (!ctx || !out || !ct || !sk)
    return jfi_fail(JFHE_ERR_ARG, "decryption needs a context, an output, a ciphertext and a key");
  if (out->ctx != ctx || ct->ctx != ctx || sk->ctx != ctx)
    return jfi_fail(JFHE_ERR_CONTEXT, "objects of different contexts");
  if (ct->form != JFHE_FORM_EVAL || ct->n_limbs == 0)
    return jfi_fail(JFHE_ERR_FORM, "the ciphertext is empty or not in evaluation form");
  if (memcmp(ct->key_id, sk->id, JFHE_ID_BYTES) != 0)
    return jfi_fail(JFHE_ERR_KEY, "the ciphertext is under another key");
  return JFHE_OK;
}

jfhe_status jfhe_decrypt(const jfhe_ctx *ctx, jfhe_pt *out, const jfhe_ct *ct, const jfhe_sk *sk, void *scratch,
                         size_t scratch_len) {
  JFI_TRY(jfi_decrypt_check(ctx, out, ct, sk));
  /* Integers: t times the phase is what is small (bgv/space.h), and t is a unit, so residues may be dropped as well. */
  double reach = ct->packing == JFHE_PACK_INT ? ct->bound.worst : ct->scale * (ct->bound.mag + ct->bound.worst);
  return jfi_decrypt(ctx, out, ct, sk, reach, scratch, scratch_len);
}
