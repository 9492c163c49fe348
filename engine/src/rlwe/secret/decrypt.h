/* rlwe/secret/decrypt.h: the phase of a ciphertext. */
#ifndef JFI_RLWE_SECRET_DECRYPT_H
#define JFI_RLWE_SECRET_DECRYPT_H
#include "rlwe/ct.h"
#include "rlwe/secret/sk.h"

/* Null objects, contexts, form, key. */
jfhe_status jfi_decrypt_check(const struct jfhe_ctx *ctx, const struct jfhe_pt *out, const struct jfhe_ct *ct,
                              const struct jfhe_sk *sk);
/* out = the phase, coefficient form, over the first primes whose product exceeds twice `reach`, a bound on its coefficients. */
jfhe_status jfi_decrypt(const struct jfhe_ctx *ctx, struct jfhe_pt *out, const struct jfhe_ct *ct,
                        const struct jfhe_sk *sk, double reach, void *scratch, size_t scratch_len);
#endif
