/* rlwe/product.h: the product of two ciphertexts of degree 1, relinearised and divided in one go; what the schemes share of it. */
#ifndef JFI_RLWE_PRODUCT_H
#define JFI_RLWE_PRODUCT_H
#include "base/mem.h"
#include "rlwe/ct.h"
#include "rlwe/evk.h"

/* Scratch of jfi_product_run from a level to that level or the one below, with keys as keygen makes them. */
size_t jfi_product_bytes(const struct jfhe_ctx *ctx, uint32_t level);
/* Polynomials 0 and 1 of out, over T, = times * a * b, relinearised with rlk and multiplied by prod(T \ S) / prod(S \ T), S the primes of a and
 * b. times: as in jfi_switch, 0 for none. out may be a or b; nothing but its residues is written. */
jfhe_status jfi_product_run(const struct jfhe_ctx *ctx, struct jfhe_ct *out, jfi_set T, const struct jfhe_ct *a,
                            const struct jfhe_ct *b, uint64_t times, const struct jfhe_evk *rlk, jfi_scratch s);
#endif
