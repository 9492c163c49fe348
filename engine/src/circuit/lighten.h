/* circuit/lighten.h: light forms of Galois keys for low levels, made by who has the keys. docs/adr/0041
 *
 * A key over q and p is b = -a s + e + P g s' modulo q p. Over the few primes q' of a low level its digits are far below P, and most of the
 * specials only make work. So b and a are divided by the product D of those that are not needed, with rounding: b' = -a' s + e' + (P/D) g s'
 * modulo q' p', e' = e/D and what rounding b and a leaves. That is a key for the same turn with |p'| specials. It says nothing that the key did not. */
#ifndef JFI_CIRCUIT_LIGHTEN_H
#define JFI_CIRCUIT_LIGHTEN_H
#include "circuit/bootstrap.h"
#include "rlwe/keyring.h"

/* The light form of a key for levels up to `level`; null where no special is spared. */
jfhe_status jfi_evk_lighten(struct jfhe_evk **out, const struct jfhe_ctx *ctx, const struct jfhe_evk *key,
                            uint32_t level);
/* Adds the light forms that a bootstrap's stages down have use for, of the keys that are there. */
jfhe_status jfi_bootstrap_lighten(const struct jfhe_bootstrap *b, struct jfhe_keyring *keys);
#endif
