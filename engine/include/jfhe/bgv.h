/* jfhe/bgv.h: exact arithmetic on vectors of integers modulo a prime t. [BGV12] [Bra12] [FV12]
 *
 * One kind of ciphertext is BGV's and BFV's at once: noise is removed by lowering the level, as in BGV, and what the phase holds is BFV's. The
 * slots are t's: two rows of n/2 integers, n the largest power of two at most N with t == 1 mod 2n (65537: all N slots up to N = 2^15).
 *
 * Order of arguments: integers' space, outputs, inputs, keys, scratch. Every operation that needs scratch has a sibling that says how much;
 * none allocates once the context is warm. Outputs may equal inputs. On failure outputs are unchanged. Every ciphertext carries
 * a bound on its noise; an operation after which it could no longer be decrypted, but for a chance of 2^-128, is refused with
 * JFHE_ERR_RANGE. Every ciphertext carries a bound on its integers as well (jfhe_ct_magnitude): while that is at most (t-1)/2 what decrypts is
 * the integer itself, and beyond it the integer modulo t, centred. */
#ifndef JFHE_BGV_H
#define JFHE_BGV_H
#include "jfhe/keys.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Integers modulo one prime in a context: tables, constants. Immutable, shareable between threads; the context must outlive it. */
typedef struct jfhe_bgv jfhe_bgv;

/** What an encoded plaintext is for. */
enum jfhe_bgv_use {
  JFHE_BGV_FRESH = 0, /**< to be encrypted; residues stay coefficients, so that encryption transforms once */
  JFHE_BGV_TERM = 1,  /**< to be added to ciphertexts of its level, or encrypted */
  JFHE_BGV_FACTOR = 2 /**< to be multiplied with; public: its size enters the noise bound */
};

/** The space of integers modulo t.
 *
 *  t       a prime, 1 modulo 16, below every prime of the context.
 *  Memory  about 16 bytes a slot.
 *  Returns JFHE_OK, else *out is null: JFHE_ERR_ARG for a null pointer; JFHE_ERR_PARAMS for another t; JFHE_ERR_MEMORY. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_new(jfhe_bgv **out, const jfhe_ctx *ctx, uint32_t t);
JFHE_API void jfhe_bgv_free(jfhe_bgv *b);
JFHE_API uint32_t jfhe_bgv_modulus(const jfhe_bgv *b);
JFHE_API uint32_t jfhe_bgv_slots(const jfhe_bgv *b); /**< n; rows of n/2 */

/* ---- encode and decode ---- */
/** Encode integers into a plaintext at a level; missing slots are 0.
 *
 *  values  count <= n integers; slots 0 .. n/2-1 are the first row. They are taken modulo t.
 *  bound   declared bound on |values|, 0 for (t-1)/2.
 *  use     enum jfhe_bgv_use.
 *  Memory  scratch >= jfhe_bgv_encode_scratch(b) bytes.
 *  Time    independent of the values, but for JFHE_BGV_FACTOR.
 *  Returns JFHE_OK, else out is unchanged: JFHE_ERR_VALUE for a value beyond the bound; JFHE_ERR_ARG for a negative bound, more values
 *          than slots, or another use; JFHE_ERR_LEVEL, JFHE_ERR_FORM, JFHE_ERR_CONTEXT, JFHE_ERR_SCRATCH. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_encode(const jfhe_bgv *b, jfhe_pt *out, const int64_t *values, size_t count,
                                                double bound, uint32_t use, uint32_t level, void *scratch,
                                                size_t scratch_len);
JFHE_API size_t jfhe_bgv_encode_scratch(const jfhe_bgv *b);
/** Integers of a decrypted plaintext, centred modulo t, exactly. count <= n.
 *  Returns JFHE_ERR_FORM for a plaintext that is not a decrypted one of this t. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_decode(const jfhe_bgv *b, int64_t *values, size_t count, const jfhe_pt *pt,
                                                void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_bgv_decode_scratch(const jfhe_bgv *b);

/** Bits of noise that a ciphertext can still take: log2 of half its modulus over the bound on its noise. */
JFHE_API double jfhe_bgv_budget(const jfhe_ct *ct);

/* ---- linear ---- */
/** Ciphertexts of one level always meet; where their plaintext factors differ (a product that kept its level), both are multiplied by numbers
 *  below about sqrt(t), and so is their noise. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_add(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *c);
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_sub(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *c);
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_neg(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a);
/** c: a JFHE_BGV_TERM of a's level. JFHE_ERR_SCALE when a's plaintext factor is not its level's (jfhe_bgv_to_level mends that). */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_add_pt(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c);
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_sub_pt(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c);
/** Add k to every slot. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_add_const(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int32_t k);
/** Multiply every slot by k: the noise grows by |k| modulo t, centred; no level. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_mul_const(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int32_t k);

/* ---- products ---- */
/** Multiply slot by slot, relinearise, and drop a level unless told otherwise.
 *
 *  out[i] = a[i] * c[i] modulo t, exactly.
 *  Shapes  a, c: one level l; c may be a.  out: level `level`, l or l-1. At l the noise is not divided.
 *  Memory  scratch >= jfhe_bgv_mul_scratch(ctx, l) bytes.
 *  Time    independent of messages.
 *  Returns JFHE_OK, else out is unchanged: JFHE_ERR_LEVEL, JFHE_ERR_KEY, JFHE_ERR_FORM, JFHE_ERR_RANGE, JFHE_ERR_SCRATCH. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_mul(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *c,
                                             uint32_t level, const jfhe_keyring *keys, void *scratch,
                                             size_t scratch_len);
JFHE_API size_t jfhe_bgv_mul_scratch(const jfhe_ctx *ctx, uint32_t level);
/** c: a JFHE_BGV_FACTOR of a's level or higher. No level; the noise grows by the factor's size, about t*sqrt(N), at most t*N/2. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_mul_pt(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c);

/* ---- levels ---- */
/** Lower to a level: noise and modulus are divided by the primes that leave. a's own level only restores the level's plaintext factor. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_to_level(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, uint32_t level,
                                                  void *scratch, size_t scratch_len);
/** level: that of the input. */
JFHE_API size_t jfhe_bgv_to_level_scratch(const jfhe_ctx *ctx, uint32_t level);

#ifdef __cplusplus
}
#endif
#endif
