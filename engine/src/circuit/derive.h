/* circuit/derive.h: Galois keys made from Galois keys, without the secret. [LLKN22]
 *
 * A *parent* for g (jfhe_keygen_parent) is a Galois key whose chain part q' holds chain primes q and specials p, and whose own specials
 * p' are the rest: it switches polynomials over q and p. A *derived* key has chain primes q and specials p; its digits are runs of consecutive primes of
 * q with product at most that of p. Both switch s -> s(X^(1/g)) (rlwe/evk.h).
 *
 * Pair d of a derived key for g is (b, a) with b + a s(X^(1/g)) = P [D_d] s + e. Turned by X -> X^g it is P [D_d] s(X^g) under s; a parent for
 * h switches it to s(X^(1/h)); turned back by X -> X^(1/g) it is P [D_d] s under s(X^(1/gh)): pair d for g*h. The pair (0, P [D_d])
 * with e = 0 is the key for g = 1, from which every first step starts. */
#ifndef JFI_CIRCUIT_DERIVE_H
#define JFI_CIRCUIT_DERIVE_H
#include "rlwe/evk.h"
#include "rlwe/keyring.h"

/* A parent's q holds specials. */
int jfi_evk_is_parent(const struct jfhe_evk *key);
/* Key for first->galois * parent->galois (parent->galois alone when first is null) in the derived shape. first: derived, or a parent (brought
 * to the derived shape before). */
jfhe_status jfi_evk_derive(struct jfhe_evk **out, const struct jfhe_ctx *ctx, const struct jfhe_evk *first,
                           const struct jfhe_evk *parent);
jfhe_status jfi_keyring_derive(struct jfhe_keyring *ring, const struct jfhe_ctx *ctx,
                               const struct jfhe_keyring *parents, const int32_t *k, size_t count);
#endif
