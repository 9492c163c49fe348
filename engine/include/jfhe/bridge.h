/* jfhe/bridge.h: one number from exact integers to approximate numbers and back, without a key and without a rotation. [AP13] [BGGJ20]
 *
 * A ciphertext of jfhe/bgv.h whose slots all hold one integer c is, in its BFV reading, a ciphertext of jfhe/ckks.h of scale Q/t whose slots
 * all hold c. What wider integers have in several ciphertexts, residues modulo t_1 .. t_k, adds up to one of scale Q/T, T = t_1 .. t_k.
 * Both directions multiply by an integer and divide by primes. The integers' slots must all be equal: the caller says so, nothing can check it.
 *
 * Order of arguments, scratch, refusals: as in jfhe/bgv.h; no output may be an input. */
#ifndef JFHE_BRIDGE_H
#define JFHE_BRIDGE_H
#include "jfhe/bgv.h"
#include "jfhe/ckks.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What an integer is multiplied by when it becomes an approximate number of a level: the largest possible number that keeps it within [-1, 1], or
 *  the least possible one where none does.
 *
 *  b       count spaces of one context, their primes different: T is the product of these.
 *  most    bound on the integer's modulus, > 0, below T/2.
 *  level   of the result. A result has as much room above its numbers as T has above `most`: level l is of use where the level's modulus over
 *          its scale is at most about T/most, and beyond it numbers become larger than 1 in the same measure.
 *  Returns JFHE_OK, else *unit is unchanged: JFHE_ERR_RANGE for `most` at or beyond T/2, or where the number would exceed 2^900; JFHE_ERR_ARG for no
 *          space, more than JFHE_BGV_PARTS_MAX, or one prime twice; JFHE_ERR_CONTEXT, JFHE_ERR_LEVEL. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bridge_unit(double *unit, const jfhe_bgv *const *b, size_t count, uint32_t level,
                                                 double most);

/** One exact integer becomes an approximate number in all slots: out[i] = unit * c + e[i].
 *
 *  b, a    count spaces, and a ciphertext of each: every slot of a[p] holds c modulo the p-th prime, |c| <= most.
 *  out     real slots at the canonical scale of `level`, 2^log_slots of them; not one of a.
 *  unit    what jfhe_bridge_unit says of b, level and most.
 *  Shapes  a: all of one level and secret.  level: at most theirs; one below divides the noise of the integers away.
 *  Error   sum over p of |w| v / t, w < t/2 and v the noise of a[p], times unit T / Q, and one rounding of a division; docs/SOUNDNESS.md,
 *          "Between exact and approximate".
 *  Memory  allocates nothing; scratch >= jfhe_bridge_scratch(ctx, a's level) bytes.
 *  Time    independent of messages: a product with a constant a ciphertext, and one division.
 *
 *  Returns JFHE_OK, else out is unchanged: JFHE_ERR_RANGE as jfhe_bridge_unit, or when the noise leaves no room; JFHE_ERR_LEVEL when levels
 *          differ or `level` is above them; JFHE_ERR_KEY for different secrets; JFHE_ERR_ARG, JFHE_ERR_FORM, JFHE_ERR_CONTEXT, JFHE_ERR_SCRATCH. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bridge_to_ckks(const jfhe_bgv *const *b, jfhe_ct *out, const jfhe_ct *const *a,
                                                    size_t count, uint32_t log_slots, uint32_t level, double most,
                                                    void *scratch, size_t scratch_len);

/** An approximate number that is known to be an integer becomes exact: every slot of out is c modulo the prime of b.
 *
 *  a       degree 1, slots; every slot of the ring holds unit * c but for its error, and but for unit * off.
 *  unit    finite, not 0.
 *  most    bound on |c|, which becomes jfhe_ct_magnitude; finite, > 0. It may exceed t: then out is one of several residues.
 *  off     >= 0. The error of a over |unit|, off and most times the rounding of a factor must stay below 1/2 together.
 *  level   of out: at most a's, and of a modulus below 2^500. Low is good: the noise fills any modulus in the same measure.
 *  Error   none. jfhe_bgv_budget(out) is about log2 of 1 / (2 error): sums and small factors are left, products are not.
 *  Memory  allocates nothing; scratch >= jfhe_bridge_scratch(ctx, a's level) bytes.
 *  Time    independent of messages: a product with a constant, and a division unless primes suffice.
 *
 *  Returns JFHE_OK, else out is unchanged: JFHE_ERR_RANGE when c is not told from its neighbours; JFHE_ERR_LEVEL, JFHE_ERR_FORM, JFHE_ERR_ARG,
 *          JFHE_ERR_CONTEXT, JFHE_ERR_SCRATCH. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bridge_to_bgv(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, double unit,
                                                   double most, double off, uint32_t level, void *scratch,
                                                   size_t scratch_len);
/** For both directions; level: that of the inputs. 0 for a level off the chain. */
JFHE_API size_t jfhe_bridge_scratch(const jfhe_ctx *ctx, uint32_t level);

#ifdef __cplusplus
}
#endif
#endif
