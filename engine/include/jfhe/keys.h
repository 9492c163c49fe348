/* jfhe/keys.h: published keys. None of them opens anything. */
#ifndef JFHE_KEYS_H
#define JFHE_KEYS_H
#include "jfhe/ciphertext.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One switching key: relinearisation, one Galois element, old -> new, or lift into a larger ring. */
typedef struct jfhe_evk jfhe_evk;
/** A public encryption key. */
typedef struct jfhe_pk jfhe_pk;
/** A set of switching keys of one secret, looked up by what they do. Owns what is added. Safe to read from many threads. */
typedef struct jfhe_keyring jfhe_keyring;

enum jfhe_evk_kind {
  JFHE_EVK_RELIN = 1,  /**< s^2 -> s */
  JFHE_EVK_GALOIS = 2, /**< s -> s(X^(1/g)): rotations and conjugation */
  JFHE_EVK_SWITCH = 3, /**< old secret -> new secret */
  JFHE_EVK_LIFT = 4,   /**< secret of a smaller ring, embedded -> s */
  JFHE_EVK_LOWER = 5,  /**< s -> secret of a smaller ring, embedded */
  JFHE_EVK_SPARSE = 6, /**< s -> the sparse secret of bootstrapping, at level 0 */
  JFHE_EVK_DENSE = 7   /**< the sparse secret -> s, from level 0's modulus to the top's */
};

JFHE_API void jfhe_evk_free(jfhe_evk *key);
JFHE_API void jfhe_pk_free(jfhe_pk *key);
JFHE_API uint32_t jfhe_evk_kind_of(const jfhe_evk *key);
JFHE_API uint32_t jfhe_evk_galois(const jfhe_evk *key); /**< g, or 0 */
JFHE_API uint32_t jfhe_evk_level(const jfhe_evk *key);  /**< highest level it serves */
JFHE_API uint32_t jfhe_evk_digits(const jfhe_evk *key);
JFHE_API size_t jfhe_evk_bytes(const jfhe_evk *key); /**< resident bytes */
/** Keep the public half in memory too, instead of expanding it at each use: faster where memory is, twice the bytes. */
JFHE_API JFHE_CHECK jfhe_status jfhe_evk_expand(jfhe_evk *key);

JFHE_API JFHE_CHECK jfhe_status jfhe_keyring_new(jfhe_keyring **out, const jfhe_ctx *ctx);
JFHE_API void jfhe_keyring_free(jfhe_keyring *ring);
/** Takes ownership on success. A second key of the same purpose replaces the first when it serves a higher level. */
JFHE_API JFHE_CHECK jfhe_status jfhe_keyring_add(jfhe_keyring *ring, jfhe_evk *key);
/** Null when absent. */
JFHE_API const jfhe_evk *jfhe_keyring_relin(const jfhe_keyring *ring);
JFHE_API const jfhe_evk *jfhe_keyring_galois(const jfhe_keyring *ring, uint32_t galois);
JFHE_API size_t jfhe_keyring_count(const jfhe_keyring *ring);
/** The Galois element of a rotation to the left by k slots (k may be negative); conjugation is jfhe_galois_conjugate. */
JFHE_API uint32_t jfhe_galois_rotate(const jfhe_ctx *ctx, int32_t k);
JFHE_API uint32_t jfhe_galois_conjugate(const jfhe_ctx *ctx);

/** Derive the key of rotation a+b from the keys of a and b; of Galois elements, the product. Needs no secret. [LLKN22]
 *
 *  parent_a  a key of jfhe_keygen_parent, or one derived by this function with such a parent; null for the identity: the result is
 *            then the key of b itself in the form of a derived one, from which others can start.
 *  parent_b  a key of jfhe_keygen_parent.
 *  Error     that of a key's pair grows by one key switch a derivation; rotations with the key say so in their bounds.
 *  Memory    allocates the key, both halves of it, and while it runs four polynomials and a key switch's scratch.
 *
 *  Returns JFHE_OK, else *out is null: JFHE_ERR_ARG for another null pointer; JFHE_ERR_CONTEXT; JFHE_ERR_KEY when parent_b is no
 *          parent, parent_a neither a parent nor derived, or the two are of different secrets; JFHE_ERR_MEMORY. */
JFHE_API JFHE_CHECK jfhe_status jfhe_evk_compose(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_evk *parent_a,
                                                 const jfhe_evk *parent_b);

#ifdef __cplusplus
}
#endif
#endif
