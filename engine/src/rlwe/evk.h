/* rlwe/evk.h: switching keys and public keys, as types.
 *
 * A switching key for `from` -> `to` over chain primes q and specials p, digits D_0.. (a partition of q):
 *     b_d = -a_d*to + e_d + P*[prime in D_d]*from   (mod every prime of q and p),  P = product of p.
 * A Galois key for g is the switching key s -> s(X^(g^-1)): the automorphism is applied after the switch, so that digits are
 * never permuted and hoisting shares them. [HS18] [BMTPH21]. Limbs are in evaluation form. */
#ifndef JFI_RLWE_EVK_H
#define JFI_RLWE_EVK_H
#include "base/aes.h"
#include "jfhe/keys.h"
#include "rlwe/params.h"

struct jfhe_evk {
  const struct jfhe_ctx *ctx;
  uint32_t kind, galois, level;
  jfi_set q, p; /* chain primes served; specials */
  uint32_t n_digits;
  jfi_set digit[JFI_DIGITS_MAX]; /* nonempty, partition of q */
  uint32_t n_limbs;              /* count(q) + count(p) */
  uint32_t log_n_other;          /* lift and lower: log2 degree of the smaller ring */
  double noise_worst,
      noise_sd; /* of e_d at any slot (canonical embedding): bound and deviation; fresh: jfi_fresh_noise */
  uint8_t from_id[JFHE_ID_BYTES], to_id[JFHE_ID_BYTES];
  int seeded; /* a_d, limb of prime i = jfi_uniform(seed, JFI_DOMAIN_EVK + d, i) */
  uint8_t seed[32];
  jfi_aes aes;
  const uint64_t *b;  /* digit d, limb j (ascending prime, specials last) at b + (d*n_limbs + j)*N */
  const uint64_t *a;  /* the same, or null when only the seed is kept */
  int owns_b, owns_a; /* 0: memory mapped by the caller */
};

struct jfhe_pk {
  const struct jfhe_ctx *ctx;
  jfi_set primes;
  uint32_t level, n_limbs;
  uint8_t key_id[JFHE_ID_BYTES];
  uint8_t seed[32];
  uint64_t *b; /* -a*s + e, evaluation form */
  uint64_t *a; /* expanded from seed */
};

/* Fills the shape fields: q, p, digits cut to q. */
jfhe_status jfi_evk_shape(struct jfhe_evk *k, const struct jfhe_ctx *ctx, jfi_set q, jfi_set p, const jfi_set *digits,
                          uint32_t n_digits);
/* Allocates an empty key over q at the digits of the context (intersected with q) or those given. */
jfhe_status jfi_evk_alloc(struct jfhe_evk **out, const struct jfhe_ctx *ctx, jfi_set q, jfi_set p,
                          const jfi_set *digits, uint32_t n_digits);
#endif
