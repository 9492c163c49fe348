/* jfhe/secret.h: everything that touches a secret key or a plaintext on its way in or out. Only libjfhe_client has these;
 * libjfhe, which servers and kernels load, contains none of them (tools/check_symbols). Constant time in secrets; wiped on free. */
#ifndef JFHE_SECRET_H
#define JFHE_SECRET_H
#include "jfhe/ckks.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A secret key: uniform ternary, bound to one context. */
typedef struct jfhe_sk jfhe_sk;

JFHE_API JFHE_CHECK jfhe_status jfhe_sk_new(jfhe_sk **out, const jfhe_ctx *ctx);
JFHE_API void jfhe_sk_free(jfhe_sk *sk);
/** Public name of the key: random bytes, not derived from it. JFHE_ID_BYTES long. */
JFHE_API void jfhe_sk_id(const jfhe_sk *sk, uint8_t *id);
/** A key that 32 bytes determine: a recovery file is these bytes, and made again in a context of the same degree they give the same
 *  key under the same name. The coefficients are stream 1 of ChaCha20 keyed by the bytes, sampled as any ternary secret; the name is
 *  the first JFHE_ID_BYTES of stream 2. Noise of what is encrypted comes from the operating system, so it never repeats. The counters
 *  of releases are not in the bytes: a key made again starts at 0. Whoever holds the bytes holds the key. */
JFHE_API JFHE_CHECK jfhe_status jfhe_sk_from_entropy(jfhe_sk **out, const jfhe_ctx *ctx, const uint8_t *entropy32);

/* ---- published keys; each passes the security gate or is refused with JFHE_ERR_SECURITY ---- */
JFHE_API JFHE_CHECK jfhe_status jfhe_keygen_public(jfhe_pk **out, const jfhe_ctx *ctx, const jfhe_sk *sk);
/** level: highest level served; a lower one makes a smaller key. */
JFHE_API JFHE_CHECK jfhe_status jfhe_keygen_relin(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *sk,
                                                  uint32_t level);
JFHE_API JFHE_CHECK jfhe_status jfhe_keygen_galois(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *sk,
                                                   uint32_t galois, uint32_t level);
/** A Galois key from which servers may derive others (jfhe_evk_compose): finer digits, one special prime held back. */
JFHE_API JFHE_CHECK jfhe_status jfhe_keygen_parent(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *sk,
                                                   uint32_t galois);
/** Ciphertexts of `from` become ciphertexts of `to`. */
JFHE_API JFHE_CHECK jfhe_status jfhe_keygen_switch(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *from,
                                                   const jfhe_sk *to, uint32_t level);
/** small: a key of a context of smaller degree whose primes this context carries. */
JFHE_API JFHE_CHECK jfhe_status jfhe_keygen_lift(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *small,
                                                 const jfhe_sk *sk);
JFHE_API JFHE_CHECK jfhe_status jfhe_keygen_lower(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *sk,
                                                  const jfhe_sk *small);
/** The two keys of bootstrapping: s -> a fresh sparse secret of weight 32 over level 0's modulus and one special prime, and back to s at
 *  the top level. The sparse secret lives in this call alone; its name is random. Both keys go into the owner's keyring, and only a pair
 *  of one call fits together.
 *
 *  Returns JFHE_OK, else both are null: JFHE_ERR_SECURITY below degree 2^15 or above 128 bits; JFHE_ERR_MEMORY, JFHE_ERR_ENTROPY. */
JFHE_API JFHE_CHECK jfhe_status jfhe_keygen_bootstrap(jfhe_evk **down, jfhe_evk **up, const jfhe_ctx *ctx,
                                                      const jfhe_sk *sk);

/* ---- encryption ---- */
/** Seeded: c1 is expanded from 32 public bytes, so a fresh ciphertext is half as large on the wire. */
JFHE_API JFHE_CHECK jfhe_status jfhe_encrypt(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_pt *pt, const jfhe_sk *sk,
                                             void *scratch, size_t scratch_len);
JFHE_API JFHE_CHECK jfhe_status jfhe_encrypt_public(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_pt *pt,
                                                    const jfhe_pk *pk, void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_encrypt_scratch(const jfhe_ctx *ctx);

/* ---- decryption ---- */
/** For holders of the key; uses only the residues the bound needs (one or two). Never show its result to others: see jfhe_release. */
JFHE_API JFHE_CHECK jfhe_status jfhe_decrypt(const jfhe_ctx *ctx, jfhe_pt *out, const jfhe_ct *ct, const jfhe_sk *sk,
                                             void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_decrypt_scratch(const jfhe_ctx *ctx);
/** Numbers for someone who does not hold the key. What leaves the key holders is flooded first: each number gets discrete Gaussian
 *  noise of sigma = sqrt(12*releases) * 2^(strength_bits/2) * B, B = worst * sqrt(numbers kept), the bound on the error of what is
 *  shown, and lies on a grid, so that its low bits say nothing of the error it hides. [LMSS22]
 *
 *  Shapes  re, im: count numbers in slot order (coefficients for JFHE_PACK_COEFF); im may be null: then imaginary parts are not
 *          released. keep: count bytes, nonzero = released; null = all. Numbers not kept are 0 and cost nothing.
 *  Budget  at most `releases` calls under one key, the same figure in each; sk counts them and its container keeps the count.
 *  Error   *error: absolute bound of each number kept, noise included, but for a chance of 2^-64 a number.
 *  Returns JFHE_ERR_RANGE when the noise would drown the numbers (error over their magnitude): jfhe_last_error says how many bits
 *          are missing; JFHE_ERR_BUDGET when the releases are used up; JFHE_ERR_ARG for a strength other than 40 or 64. */
JFHE_API JFHE_CHECK jfhe_status jfhe_release(const jfhe_ctx *ctx, double *re, double *im, size_t count, double *error,
                                             const jfhe_ct *ct, jfhe_sk *sk, const uint8_t *keep,
                                             uint32_t strength_bits, uint32_t releases, void *scratch,
                                             size_t scratch_len);
JFHE_API size_t jfhe_release_scratch(const jfhe_ctx *ctx);
/** Releases counted so far under this key (kept in its container). */
JFHE_API uint32_t jfhe_sk_releases(const jfhe_sk *sk);

/* ---- the secret key's container; format: protocol/container.md ---- */
/** Bytes of the container: 2 bits a coefficient after 4 KiB of header, counters of releases included. */
JFHE_API size_t jfhe_sk_write_size(const jfhe_sk *sk);
/** Whoever holds these bytes holds the key: keep them in a file of mode 0600, wipe the buffer.
 *  Returns JFHE_OK, else what was written is undefined: JFHE_ERR_ARG for a null pointer or too little room. */
JFHE_API JFHE_CHECK jfhe_status jfhe_sk_write(uint8_t *bytes, size_t len, const jfhe_sk *sk);
/** bytes, len: one whole container. Checks and statuses are those of jfhe/codec.h; JFHE_ERR_VALUE for a coefficient that is not
 *  ternary, JFHE_ERR_BUDGET for counters that contradict each other, JFHE_ERR_ENTROPY when there is none for the key's noise.
 *  Time    independent of the coefficients. */
JFHE_API JFHE_CHECK jfhe_status jfhe_sk_read(const jfhe_ctx *ctx, jfhe_sk **out, const uint8_t *bytes, size_t len);

#ifdef __cplusplus
}
#endif
#endif
