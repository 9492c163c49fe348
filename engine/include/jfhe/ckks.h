/* jfhe/ckks.h: approximate arithmetic on vectors of real or complex numbers. [CKKS17] [CHKKS18]
 *
 * Order of arguments: context, outputs, inputs, keys, scratch. Every operation that needs scratch has a sibling that says how much;
 * none allocates once the context is warm. Outputs may equal inputs unless a line says otherwise. On failure outputs are unchanged.
 * Every ciphertext carries a bound on its message and on its error; an operation that could push a message past its modulus
 * is refused with JFHE_ERR_RANGE. */
#ifndef JFHE_CKKS_H
#define JFHE_CKKS_H
#include "jfhe/keys.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- encode and decode ---- */
/** Encode numbers into a plaintext at a level.
 *  re, im      count numbers each; im may be null. Missing slots are 0.
 *  packing     JFHE_PACK_REAL, _COMPLEX: count <= 2^log_slots <= N/2; JFHE_PACK_COEFF: count <= N, im null.
 *  log_slots   log2 of the slots; ignored for COEFF. Sparse packing repeats the vector, so fewer slots cost less noise.
 *  scale       0 for the level's canonical scale.
 *  bound       declared bound on |value|, 0 to take the largest present (reveals it in metadata).
 *  Error       rounding to integers: <= jfhe_pt_error(pt) a slot.
 *  Returns JFHE_ERR_VALUE for NaN, infinity or a value beyond `bound`; JFHE_ERR_RANGE when scale*bound exceeds 2^62 or half the modulus. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_encode(const jfhe_ctx *ctx, jfhe_pt *out, const double *re, const double *im,
                                                 size_t count, uint32_t packing, uint32_t log_slots, uint32_t level,
                                                 double scale, double bound, void *scratch, size_t scratch_len);
/** As jfhe_ckks_encode, for numbers that are to be encrypted: the residues stay coefficients, and encryption transforms them together
 *  with its noise, so that both calls need half the transforms. The ciphertext is the same, bit for bit.
 *
 *  Shapes  out: for jfhe_encrypt, jfhe_encrypt_public and jfhe_ckks_decode; elsewhere it is refused with JFHE_ERR_FORM.
 *  Memory  scratch >= jfhe_ckks_encode_scratch(ctx) bytes.
 *  Returns as jfhe_ckks_encode. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_encode_fresh(const jfhe_ctx *ctx, jfhe_pt *out, const double *re,
                                                       const double *im, size_t count, uint32_t packing,
                                                       uint32_t log_slots, uint32_t level, double scale, double bound,
                                                       void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_ckks_encode_scratch(const jfhe_ctx *ctx);
/** Slots (or coefficients) of a plaintext; im may be null (the imaginary parts are dropped). count <= slots. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_decode(const jfhe_ctx *ctx, double *re, double *im, size_t count,
                                                 const jfhe_pt *pt, void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_ckks_decode_scratch(const jfhe_ctx *ctx);
JFHE_API double jfhe_pt_error(const jfhe_pt *pt);

/* ---- linear ---- */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_add(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *b);
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_sub(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *b);
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_neg(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a);
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_add_pt(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *b);
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_sub_pt(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *b);
/** Add re + i*im to every slot. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_add_const(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, double re,
                                                    double im);
/** Multiply by a small integer; no level, |k| < 2^31. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_mul_int(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, int32_t k);
/** Multiply by i: no level, no noise. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_mul_i(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a);

/* ---- products ---- */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_mul(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *b,
                                              const jfhe_keyring *keys, void *scratch, size_t scratch_len);
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_square(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a,
                                                 const jfhe_keyring *keys, void *scratch, size_t scratch_len);
/** Also for jfhe_ckks_relin and jfhe_ckks_relin_rescale; level: that of the inputs. 0 for a level off the chain. */
JFHE_API size_t jfhe_ckks_mul_scratch(const jfhe_ctx *ctx, uint32_t level);
/** The product without relinearisation or rescaling: degree 2, scale a.scale*b.scale, same level. out may not equal an input. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_mul_lazy(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a,
                                                   const jfhe_ct *b);
/** Degree 2 to degree 1 at the same level. scratch >= jfhe_ckks_mul_scratch(ctx, a's level) bytes. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_relin(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a,
                                                const jfhe_keyring *keys, void *scratch, size_t scratch_len);
/** Degree 2 to degree 1 and one level down in one division. scratch >= jfhe_ckks_mul_scratch(ctx, a's level) bytes. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_relin_rescale(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a,
                                                        const jfhe_keyring *keys, void *scratch, size_t scratch_len);
/** Multiply by a plaintext without rescaling; scale a.scale*b.scale. The plaintext's level is >= the ciphertext's. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_mul_pt(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *b);
/** Multiply every slot by a real constant and rescale: one level down, at the canonical scale of the new level.
 *  scratch >= jfhe_ckks_rescale_scratch(ctx, a's level) bytes. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_mul_const(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, double c,
                                                    void *scratch, size_t scratch_len);
/** Divide by the level's step: level l to l-1, scale / step. The step is a ratio of primes ("rational rescaling"). */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_rescale(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, void *scratch,
                                                  size_t scratch_len);
/** Also for jfhe_ckks_mul_const, jfhe_ckks_to_level and jfhe_ckks_drop_level; level: that of the input. 0 for a level off the chain. */
JFHE_API size_t jfhe_ckks_rescale_scratch(const jfhe_ctx *ctx, uint32_t level);

/* ---- levels ---- */
/** Go down to `level` at its canonical scale. From a canonical scale this costs one multiplication by a constant; same level and
 *  scale: a copy. JFHE_ERR_LEVEL when level is above a's, or equal with another scale.
 *  scratch >= jfhe_ckks_rescale_scratch(ctx, a's level) bytes. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_to_level(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t level,
                                                   void *scratch, size_t scratch_len);
/** Go down to `level` keeping the scale: residues are dropped, nothing is rounded where the sets nest.
 *  scratch >= jfhe_ckks_rescale_scratch(ctx, a's level) bytes. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_drop_level(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a,
                                                     uint32_t level, void *scratch, size_t scratch_len);

/* ---- slots ---- */
/** Rotate slots to the left by k: out[i] = a[(i+k) mod slots]. Needs the Galois key of k. out may not equal a. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_rotate(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, int32_t k,
                                                 const jfhe_keyring *keys, void *scratch, size_t scratch_len);
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_conjugate(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a,
                                                    const jfhe_keyring *keys, void *scratch, size_t scratch_len);
/** Twice the real part of what the slots hold, errors and all: from here on that is the value.
 *
 *  out[i] = x[i] + conj(x[i]) + e[i], x[i] = a[i] and a's error. For compositions whose later parts forgive what the earlier ones left, such
 *  as a sign; and for real numbers that were halved, whose error's imaginary part is dropped.
 *
 *  limit   finite, above 0: a's magnitude and error bound must come to limit/2 at the most, so that |out[i]| <= limit.
 *  Shapes  a: degree 1, real or complex packing.  out: as a, real packing, all N/2 slots (repetitions of a sparse vector are numbers of
 *          their own, as far apart as their errors were); it may not be a.
 *  Error   |e[i]| is a key switch's alone. What a's error was is a part of the value: who uses it must know what that does.
 *  Memory  allocates nothing; scratch >= jfhe_ckks_rotate_scratch(ctx, a's level) bytes.
 *  Time    of a conjugation; independent of messages.
 *
 *  Returns JFHE_OK, else out is unchanged: JFHE_ERR_RANGE beyond the limit; JFHE_ERR_KEY without the key of the conjugation;
 *          JFHE_ERR_FORM, JFHE_ERR_ARG, JFHE_ERR_SCRATCH as jfhe_ckks_conjugate. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_settle(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, double limit,
                                                 const jfhe_keyring *keys, void *scratch, size_t scratch_len);
/** Also for jfhe_ckks_conjugate, jfhe_ckks_settle and jfhe_ckks_switch_key; level: that of the input. 0 for a level off the chain. */
JFHE_API size_t jfhe_ckks_rotate_scratch(const jfhe_ctx *ctx, uint32_t level);
/** Many rotations of one ciphertext for one decomposition ("hoisted"). out[i] = a rotated by k[i]; k[i] = 0 copies. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_rotate_many(const jfhe_ctx *ctx, jfhe_ct *const *out, const jfhe_ct *a,
                                                      const int32_t *k, size_t count, const jfhe_keyring *keys,
                                                      void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_ckks_rotate_many_scratch(const jfhe_ctx *ctx, uint32_t level);
/** out[i] = sum over j < count of a[i + j*stride]; count a power of two; log2(count) rotations by stride*2^t. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_inner_sum(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a,
                                                    uint32_t stride, uint32_t count, const jfhe_keyring *keys,
                                                    void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_ckks_inner_sum_scratch(const jfhe_ctx *ctx, uint32_t level);

/** The means of many ciphertexts' slots, as coefficients of one. [CDKS21]
 *
 *  Shapes  in: count ciphertexts of degree 1 at one level, scale and secret, slots real or complex. out: packing JFHE_PACK_COEFF at their
 *          level; coefficient i*N/2^l, l = ceil(log2 count), is the mean of the real parts of the slots of in[i]; the other coefficients are
 *          unspecified. out may be an input.
 *  Scale   in's times 2^l.
 *  Error   the largest of the inputs', plus half a key switch for each of l steps. No level.
 *  Keys    conjugation and rotations by 1, 2, .., 2^(l-2). count - 1 key switches.
 *  Memory  allocates nothing; scratch >= jfhe_ckks_gather_scratch(ctx, level, count) bytes: it holds all inputs. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_gather(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *const *in,
                                                 size_t count, const jfhe_keyring *keys, void *scratch,
                                                 size_t scratch_len);
JFHE_API size_t jfhe_ckks_gather_scratch(const jfhe_ctx *ctx, uint32_t level, size_t count);

/* ---- a change of secret, without decrypting ---- */
/** Re-encrypt under a new secret by a JFHE_EVK_SWITCH key. scratch >= jfhe_ckks_rotate_scratch(ctx, a's level) bytes. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_switch_key(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a,
                                                     const jfhe_evk *key, void *scratch, size_t scratch_len);

/* ---- bounds, before anything runs ---- */
/** Worst-case error of a slot of the product of two ciphertexts, after rescaling. */
JFHE_API double jfhe_ckks_bound_mul(const jfhe_ctx *ctx, const jfhe_ct *a, const jfhe_ct *b);

#ifdef __cplusplus
}
#endif
#endif
