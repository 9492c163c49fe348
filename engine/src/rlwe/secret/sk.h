/* rlwe/secret/sk.h: the secret key's inside. */
#ifndef JFI_RLWE_SECRET_SK_H
#define JFI_RLWE_SECRET_SK_H
#include "base/secret/rng.h"
#include "jfhe/secret.h"
#include "rlwe/ctx.h"
struct jfhe_sk {
  const struct jfhe_ctx *ctx;
  uint8_t id[JFHE_ID_BYTES];
  uint32_t releases;    /* decryptions given to non-holders */
  uint32_t release_cap; /* tau of the first release; later ones must not ask for another. 0 = none yet */
  jfi_rng
      rng; /* for noise of everything made under this key; guarded by the caller (a key is not shared between threads while it encrypts) */
  int8_t *s;      /* N coefficients in {-1, 0, 1}; the only form stored */
  uint64_t *lazy; /* n_primes limbs: s in evaluation form, derived when they are asked for: jfi_sk_eval */
  jfi_once *made;
};
/* s modulo prime i in evaluation form. Any thread may ask; which primes are used is public, and nothing else decides what is done. */
const uint64_t *jfi_sk_eval(const struct jfhe_sk *sk, size_t i);
/* The same modulo all primes, limb after limb. */
const uint64_t *jfi_sk_eval_all(const struct jfhe_sk *sk);
/* Tests and vectors: as jfhe_sk_from_entropy, but every later noise and seed follows from the entropy too. Never for data. */
jfhe_status jfi_sk_deterministic(struct jfhe_sk **out, const struct jfhe_ctx *ctx, const uint8_t entropy32[32]);
jfhe_status jfi_sk_alloc(struct jfhe_sk **out, const struct jfhe_ctx *ctx);
#endif
