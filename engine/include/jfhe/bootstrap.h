/* jfhe/bootstrap.h: levels back, without the secret. [CHKKS18b] [BMTPH21] [BTPH22] */
#ifndef JFHE_BOOTSTRAP_H
#define JFHE_BOOTSTRAP_H
#include "jfhe/circuit.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A bootstrap made ready: linear maps, their plaintexts, the polynomial. Public; read by any number of threads. */
typedef struct jfhe_bootstrap jfhe_bootstrap;

/** Which keys a bootstrap asks for, jfhe_bootstrap_rotations. */
enum jfhe_bootstrap_keys {
  JFHE_BOOTSTRAP_MANY_KEYS = 0, /**< a key a rotation: least work; 27 rotations for 2^15 slots of `deep` */
  JFHE_BOOTSTRAP_FEW_KEYS =
      1, /**< a key a stage of the transforms and one more, 4 at full packing: other rotations are walked to */
  JFHE_BOOTSTRAP_WHEN_NEEDED =
      4 /**< added to one of the two: plaintexts are made by jfhe_bootstrap_prepare or the first bootstrap */
};

/** Make one for numbers of modulus up to `mag` in 2^log_slots slots.
 *
 *  ctx        preset "deep", "deep-lean" or "deep-small", or other parameters whose top steps suit: 2 or 3 equal steps above 8 equal ones.
 *  log_slots  1 to log2(N) - 1: as of the ciphertexts it will meet, sparse packing included; one of all slots meets sparse ones too.
 *  mag        declared bound on every number, errors included; the error grows in proportion.
 *  keys       enum jfhe_bootstrap_keys. With JFHE_BOOTSTRAP_WHEN_NEEDED the first bootstrap has b to itself.
 *  Memory     the plaintexts: about 0.8 GB for 2^15 slots of `deep`.
 *  Time       seconds: hundreds of encodings.
 *
 *  Returns JFHE_OK, else *out is null: JFHE_ERR_PARAMS where the levels do not suit or no overflow bound meets 2^-128; JFHE_ERR_ARG for
 *          other limits; JFHE_ERR_MEMORY. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bootstrap_new(jfhe_bootstrap **out, const jfhe_ctx *ctx, uint32_t log_slots,
                                                   double mag, uint32_t keys);
JFHE_API void jfhe_bootstrap_free(jfhe_bootstrap *b);
JFHE_API uint32_t jfhe_bootstrap_level_in(const jfhe_bootstrap *b); /**< least level of an input */
JFHE_API uint32_t jfhe_bootstrap_level_sine(
    const jfhe_bootstrap *b); /**< up to which the keys of conjugation, relinearisation must serve */
JFHE_API uint32_t jfhe_bootstrap_level_out(const jfhe_bootstrap *b); /**< level of the result */
JFHE_API double jfhe_bootstrap_magnitude(const jfhe_bootstrap *b);   /**< bound on numbers, errors included */
JFHE_API size_t jfhe_bootstrap_bytes(const jfhe_bootstrap *b);       /**< of the plaintexts kept */
JFHE_API size_t jfhe_bootstrap_bytes_whole(const jfhe_bootstrap *b); /**< of all plaintexts, made or not */
/** The three levels of every bootstrap of these parameters: of its input at least, of its sine, of its result. Fresh numbers for programs that
 *  bootstrap are encrypted at the last. JFHE_ERR_PARAMS as jfhe_bootstrap_new. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bootstrap_levels(const jfhe_ctx *ctx, uint32_t *in, uint32_t *sine, uint32_t *out);
/** Make what JFHE_BOOTSTRAP_WHEN_NEEDED left out, unless it is there. No other thread may use b meanwhile.
 *
 *  Memory   jfhe_bootstrap_bytes_whole.
 *  Time     seconds.
 *  Returns  JFHE_OK, JFHE_ERR_MEMORY. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bootstrap_prepare(jfhe_bootstrap *b);
/** The rotations whose Galois keys it needs, without conjugation (which it needs too) and relinearisation. level: room for as many, or
 *  null; the level up to which each must serve. Writes at most `cap`, returns how many. */
JFHE_API size_t jfhe_bootstrap_rotations(const jfhe_bootstrap *b, int32_t *k, uint32_t *level, size_t cap);

/** The same, and the level of jfhe_bootstrap_level_sine, for a client that makes the keys and never bootstraps: no plaintexts are made.
 *
 *  k, level   room for `cap` rotations and their levels; *count: how many there are.
 *  sine       up to which the keys of conjugation and relinearisation must serve.
 *  Memory     allocates less than 100 MB while it runs.
 *  Returns    as jfhe_bootstrap_new. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bootstrap_wants(const jfhe_ctx *ctx, int32_t *k, uint32_t *level, size_t cap,
                                                     size_t *count, uint32_t *sine, uint32_t log_slots, uint32_t keys);

/** Add to a keyring light forms of its rotation keys, for slots to coefficients: those keys divided by the special primes which the lowest levels
 *  have no use for. Bootstraps with this keyring take less time afterwards, and give other bits within the same bounds. Without them they
 *  take the keys themselves. No other thread may use `keys` meanwhile; keys that are not there are left out, light ones are made once.
 *
 *  Memory   kept in `keys`: 8 MB for each rotation of `deep-lean`.
 *  Time     milliseconds for each.
 *  Returns  JFHE_OK; JFHE_ERR_CONTEXT for keys of another context; JFHE_ERR_MEMORY. */
JFHE_API JFHE_CHECK jfhe_status jfhe_bootstrap_lighten(const jfhe_bootstrap *b, jfhe_keyring *keys);

/** The same numbers at a higher level.
 *
 *  out[i] = a[i] + e[i].   Slots to coefficients, modulus raised under a sparse secret, coefficients to slots, sine.
 *
 *  Shapes  a: degree 1, real or complex packing, log_slots of b, level >= jfhe_bootstrap_level_in (what is above is dropped), magnitude and
 *          error together at most b's mag. Or of fewer slots, where b is of all N/2: repetitions are then brought back each by itself, and
 *          stay as far apart as they were, instead of becoming their mean.  out: degree 1, level jfhe_bootstrap_level_out.
 *  Scale   out is canonical.
 *  Error   out's bounds; the worst case holds but for a chance of 2^-128 that a coefficient overflows. Complex numbers cost a second
 *          sine.
 *  Alias   out may be a if it has room.
 *  Memory  allocates nothing; scratch >= jfhe_bootstrap_scratch(ctx, b) bytes.
 *  Time    independent of messages.
 *
 *  Returns JFHE_OK, else out is unchanged: JFHE_ERR_LEVEL below level_in; JFHE_ERR_KEY for an absent key (it is named) or a pair of
 *          jfhe_keygen_bootstrap that does not fit together; JFHE_ERR_RANGE for numbers beyond b's mag, or an error that would drown
 *          them; JFHE_ERR_FORM, JFHE_ERR_SCALE, JFHE_ERR_SCRATCH. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_bootstrap(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a,
                                                    const jfhe_bootstrap *b, const jfhe_keyring *keys, void *scratch,
                                                    size_t scratch_len);
JFHE_API size_t jfhe_bootstrap_scratch(const jfhe_ctx *ctx, const jfhe_bootstrap *b);

/** Ciphertexts that jfhe_ckks_bootstrap_many takes at once, at most. */
enum { JFHE_BOOTSTRAP_MANY_MAX = 8 };
/** Several ciphertexts in step: each key of the transforms is read, and expanded from its seed, once for all of them, and so is each plaintext.
 *
 *  out[i] = what jfhe_ckks_bootstrap makes of a[i], bit for bit.
 *
 *  Shapes  a, out: `count` ciphertexts, 1 to JFHE_BOOTSTRAP_MANY_MAX, each as for jfhe_ckks_bootstrap; all under one secret.
 *  Error   as jfhe_ckks_bootstrap.
 *  Alias   out[i] may be a[i] if it has room; no two outputs are one, and none is another's input.
 *  Memory  allocates nothing; scratch >= jfhe_bootstrap_many_scratch(ctx, b, count) bytes, which grows with count.
 *  Time    less than `count` bootstraps. Independent of messages.
 *
 *  Returns as jfhe_ckks_bootstrap, for the first that is refused; then no output is changed. JFHE_ERR_ARG for another count. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_bootstrap_many(const jfhe_ctx *ctx, jfhe_ct *const *out,
                                                         const jfhe_ct *const *a, size_t count, const jfhe_bootstrap *b,
                                                         const jfhe_keyring *keys, void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_bootstrap_many_scratch(const jfhe_ctx *ctx, const jfhe_bootstrap *b, size_t count);

/** The same with more bits: what one bootstrap leaves is bootstrapped too. [BCCKK22]
 *
 *  out[i] = a[i] + e[i].
 *
 *  Shapes  as jfhe_ckks_bootstrap, but out: level jfhe_bootstrap_level_out - 1.
 *  Scale   out is canonical.
 *  Error   out's bounds: a's own, roundings at level_in and at the result's level, and jfhe_ckks_bootstrap's by as much smaller as
 *          its worst case is below b's mag.
 *  Alias   out may be a if it has room.
 *  Memory  allocates nothing; scratch >= jfhe_bootstrap_precise_scratch(ctx, b) bytes.
 *  Time    two of jfhe_ckks_bootstrap. Independent of messages.
 *
 *  Returns as jfhe_ckks_bootstrap; JFHE_ERR_LEVEL too where no level would be left; JFHE_ERR_RANGE too where a second one adds nothing. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_bootstrap_precise(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a,
                                                            const jfhe_bootstrap *b, const jfhe_keyring *keys,
                                                            void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_bootstrap_precise_scratch(const jfhe_ctx *ctx, const jfhe_bootstrap *b);

#ifdef __cplusplus
}
#endif
#endif
