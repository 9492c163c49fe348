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
/** A sum of products for one relinearisation: out[i] = sum over p < count of a[p][i] * c[p][i] modulo t, exactly.
 *
 *  Shapes  a, c: count >= 1 ciphertexts each, all of one level l and with their level's plaintext factor. out: level `level`, l or l-1;
 *          it may be a factor.
 *  Memory  scratch >= jfhe_bgv_mul_sum_scratch(ctx, l) bytes.
 *  Time    independent of messages.
 *  Returns JFHE_OK, else out is unchanged: as jfhe_bgv_mul; JFHE_ERR_SCALE when products have different plaintext factors
 *          (jfhe_bgv_to_level mends that); JFHE_ERR_ARG for count 0 or a null factor. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_mul_sum(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *const *a,
                                                 const jfhe_ct *const *c, size_t count, uint32_t level,
                                                 const jfhe_keyring *keys, void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_bgv_mul_sum_scratch(const jfhe_ctx *ctx, uint32_t level);
/** c: a JFHE_BGV_FACTOR of a's level or higher. No level; the noise grows by the factor's size, about t*sqrt(N), at most t*N/2. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_mul_pt(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c);

/* ---- levels ---- */
/** Lower to a level: noise and modulus are divided by the primes that leave. a's own level only restores the level's plaintext factor. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_to_level(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, uint32_t level,
                                                  void *scratch, size_t scratch_len);
/** level: that of the input. */
JFHE_API size_t jfhe_bgv_to_level_scratch(const jfhe_ctx *ctx, uint32_t level);

/* ---- slots ---- */
/** Rotate both rows to the left: out[i] = a[(i + k) mod n/2] in each. The keys are those of jfhe_galois_rotate(ctx, k).
 *  Memory  scratch >= jfhe_bgv_rotate_scratch(ctx, a's level) bytes.
 *  Returns JFHE_OK, else out is unchanged: JFHE_ERR_KEY without the key; JFHE_ERR_FORM, JFHE_ERR_RANGE, JFHE_ERR_SCRATCH. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_rotate(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int32_t k,
                                                const jfhe_keyring *keys, void *scratch, size_t scratch_len);
/** Exchange the rows. The key is that of jfhe_galois_conjugate(ctx). Scratch and refusals as jfhe_bgv_rotate. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_swap(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a,
                                              const jfhe_keyring *keys, void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_bgv_rotate_scratch(const jfhe_ctx *ctx, uint32_t level);
/** Rotate all n slots as one line, the second row after the first: out[i] = a[(i + k) mod n]. Keys of the rotation by k mod n/2 and of the
 *  exchange of rows. The noise grows as in a product with a plaintext, unless k is a multiple of n/2.
 *  Memory  scratch >= jfhe_bgv_rotate_all_scratch(b, a's level) bytes. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_rotate_all(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int32_t k,
                                                    const jfhe_keyring *keys, void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_bgv_rotate_all_scratch(const jfhe_bgv *b, uint32_t level);
/** out[i] = sum over j < count of a[i + j*stride] in each row, around its end; `rows` nonzero: and of the other row. count a power of two,
 *  stride*count <= n/2. Keys of the rotations by stride*2^j, and of the exchange of rows. count = n/2, stride 1, rows: every slot
 *  holds the sum of all.
 *  Memory  scratch >= jfhe_bgv_sum_scratch(ctx, a's level) bytes. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_inner_sum(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, uint32_t stride,
                                                   uint32_t count, int rows, const jfhe_keyring *keys, void *scratch,
                                                   size_t scratch_len);
JFHE_API size_t jfhe_bgv_sum_scratch(const jfhe_ctx *ctx, uint32_t level);

/* ---- linear maps ---- */
/** A square matrix on the slots, as diagonals, encoded for a level and those below it. */
typedef struct jfhe_bgv_map jfhe_bgv_map;
/** out[r] = sum over diagonals i of values_i[r] * turned_i[r], where turned_i is a with its rows rotated by i, for i < n/2, and a with its rows
 *  exchanged and then rotated by i - n/2 for the others. All n diagonals together make any matrix.
 *
 *  index   count distinct numbers below n;  values: count*n integers, taken modulo t.
 *  Memory  one plaintext a diagonal.
 *  Returns JFHE_OK, else *out is null: JFHE_ERR_ARG, JFHE_ERR_LEVEL, JFHE_ERR_MEMORY. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_map_new(jfhe_bgv_map **out, const jfhe_bgv *b, const uint32_t *index,
                                                 size_t count, const int64_t *values, uint32_t level);
JFHE_API void jfhe_bgv_map_free(jfhe_bgv_map *map);
/** The rotations whose keys an application needs. Writes at most `cap` of them to `k` and returns how many there are. */
JFHE_API size_t jfhe_bgv_map_rotations(const jfhe_bgv_map *map, int32_t *k, size_t cap);
/** Nonzero when it needs the exchange of rows. */
JFHE_API int jfhe_bgv_map_swaps(const jfhe_bgv_map *map);
/** Apply a map: hoisted baby steps, giant steps; no level. The noise grows by the sum of the diagonals' sizes.
 *  Memory  scratch >= jfhe_bgv_map_scratch(ctx, a's level) bytes; allocates as many ciphertexts as there are baby steps, and three. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_map_apply(const jfhe_bgv_map *map, jfhe_ct *out, const jfhe_ct *a,
                                                   const jfhe_keyring *keys, void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_bgv_map_scratch(const jfhe_ctx *ctx, uint32_t level);

/* ---- polynomials and equality ---- */
enum { JFHE_BGV_DOMAIN_MAX = 1024 };

/** out[i] = sum over k < count of coeff[k] * x[i]^k modulo t, exactly; count <= 65536, degree below t. [PS73]
 *
 *  Levels  about log2(count) + 1; where noise is large, more. The result's level says what was spent.
 *  Memory  scratch >= jfhe_bgv_poly_scratch(ctx, x's level) bytes; allocates about 2 sqrt(count) ciphertexts, 64 babies at most.
 *  Returns JFHE_OK, else out is unchanged: JFHE_ERR_LEVEL when levels run out; JFHE_ERR_RANGE, JFHE_ERR_KEY, JFHE_ERR_FORM, JFHE_ERR_ARG,
 *          JFHE_ERR_MEMORY, JFHE_ERR_SCRATCH. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_poly(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *x, const int64_t *coeff,
                                              size_t count, const jfhe_keyring *keys, void *scratch,
                                              size_t scratch_len);
/** out[i] = x[i]^exponent modulo t, exponent >= 1. As jfhe_bgv_poly. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_pow(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *x, uint32_t exponent,
                                             const jfhe_keyring *keys, void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_bgv_poly_scratch(const jfhe_ctx *ctx, uint32_t level);
/** out[i] = 1 where x[i] == value, else 0.
 *
 *  domain  the integers of x are promised to lie in [0, domain), value too, domain <= JFHE_BGV_DOMAIN_MAX: a polynomial of degree
 *          domain - 1. 0: any integers, 1 - (x - value)^(t-1) [Fermat]: 16 levels for 65537.
 *  As jfhe_bgv_poly. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_equal_const(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *x, int32_t value,
                                                     uint32_t domain, const jfhe_keyring *keys, void *scratch,
                                                     size_t scratch_len);
/** out[i] = 1 where x[i] == y[i], else 0; one level. domain: both lie in [0, domain), 2*domain <= t; 0: any integers. As jfhe_bgv_poly. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_equal(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *x, const jfhe_ct *y,
                                               uint32_t domain, const jfhe_keyring *keys, void *scratch,
                                               size_t scratch_len);

/* ---- wider integers ---- */
enum { JFHE_BGV_PARTS_MAX = 5 };

/** The smallest primes that fill every slot of a ring of degree 2^log_n and whose product exceeds 2^bits: signed integers of `bits` bits, as
 *  residues in one ciphertext a prime. Writes at most `cap` of them to t and returns how many are needed; 0 when more than
 *  JFHE_BGV_PARTS_MAX were. */
JFHE_API size_t jfhe_bgv_basis(uint32_t log_n, uint32_t bits, uint32_t *t, size_t cap);
/** Integers from their residues: values[i] is the one in (-T/2, T/2), T the product, that is parts[p*count + i] modulo t[p].
 *
 *  bound   on |integer|, as jfhe_ct_magnitude of the parts says.
 *  Time    independent of the integers.
 *  Returns JFHE_OK, else values are unspecified: JFHE_ERR_RANGE when the bound reaches T/2 or exceeds 2^63: the integers may have wrapped;
 *          JFHE_ERR_VALUE when one exceeds the bound or an int64_t: the parts are of different vectors, or it wrapped; JFHE_ERR_ARG for parts that are 0 or over the
 *          limit, or equal primes. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bgv_join(int64_t *values, size_t count, const int64_t *parts, const uint32_t *t,
                                              size_t n_parts, double bound);

#ifdef __cplusplus
}
#endif
#endif
