/* circuit/ladder.h: ciphertexts between rings of different degree. Primes are shared by value, so residues carry over as they are;
 * X -> X^(N/n) copies evaluations (ring/ring.h), and the secret changes by one key switch. [GHPS12] */
#ifndef JFI_CIRCUIT_LADDER_H
#define JFI_CIRCUIT_LADDER_H
#include "base/mem.h"
#include "ckks/agree.h"
#include "rlwe/keyswitch.h"

/* Indices in `to` of the primes `set` of `from`, by value: index[i] of the i-th member; the set they form, empty when one is missing. */
jfi_set jfi_ladder_primes(const struct jfhe_ctx *to, const struct jfhe_ctx *from, jfi_set set, uint32_t *index);

uint32_t jfi_lift_level(const struct jfhe_ctx *ctx, const struct jfhe_ctx *small, uint32_t level);
uint32_t jfi_lower_level(const struct jfhe_ctx *ctx, const struct jfhe_ctx *small, uint32_t level,
                         const struct jfhe_evk *key);

size_t jfi_lift_scratch(const struct jfhe_ctx *ctx, const struct jfhe_ctx *small, uint32_t level,
                        const struct jfhe_evk *key);
jfhe_status jfi_lift(const struct jfhe_ctx *ctx, struct jfhe_ct *out, const struct jfhe_ct *const *in, size_t count,
                     const struct jfhe_evk *key, jfi_scratch *s);
size_t jfi_lower_scratch(const struct jfhe_ctx *ctx, uint32_t level, const struct jfhe_evk *key);
jfhe_status jfi_lower(const struct jfhe_ctx *ctx, struct jfhe_ct *const *out, size_t count, const struct jfhe_ct *a,
                      const struct jfhe_evk *key, jfi_scratch *s);
#endif
