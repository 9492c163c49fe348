/* jfhe/codec.h: containers, the bytes in which objects are stored and sent. Format: protocol/container.md.
 *
 * Every reader takes bytes from anybody: it answers with a status and a line of detail (jfhe_last_error names the field and its
 * byte), never aborts, never reads outside of what it was given, and allocates only what the checked header accounts for.
 * A checksum finds accidents, not forgery: who may send what is decided above, by signatures.
 * The secret key's container is in jfhe/secret.h. */
#ifndef JFHE_CODEC_H
#define JFHE_CODEC_H
#include "jfhe/keys.h"

#ifdef __cplusplus
extern "C" {
#endif

enum jfhe_object {
  JFHE_OBJECT_PARAMS = 1, /**< a parameter literal with its primes and levels */
  JFHE_OBJECT_CT = 2,     /**< a ciphertext of degree 1 or 2 */
  JFHE_OBJECT_PK = 3,     /**< a public encryption key */
  JFHE_OBJECT_EVK = 4,    /**< one switching key */
  JFHE_OBJECT_SK = 5      /**< a secret key: never leaves its holder's machine */
};

enum jfhe_encoding {
  JFHE_ENCODING_RAW = 1,        /**< 64-bit words; a switching key can be mapped */
  JFHE_ENCODING_PACKED = 2,     /**< 48-bit words */
  JFHE_ENCODING_SEEDED = 3,     /**< 48-bit words, the uniform half as a seed: fresh ciphertexts and keys */
  JFHE_ENCODING_RAW_SEEDED = 4, /**< 64-bit words, the uniform half as a seed; keys only, can be mapped */
  JFHE_ENCODING_TERNARY = 5,    /**< secret keys: 2 bits a coefficient */
  JFHE_ENCODING_LITERAL = 6     /**< parameters */
};

enum jfhe_scheme { JFHE_SCHEME_NONE = 0, JFHE_SCHEME_CKKS = 1, JFHE_SCHEME_BGV = 2 /**< and BFV: exact integers */ };

enum {
  JFHE_HEADER_BYTES = 256,     /**< fixed part of a header */
  JFHE_HEADER_BYTES_MAX = 1280 /**< with the longest table of digits */
};

/** What a header says. Fields that an object does not have are 0. */
typedef struct jfhe_info {
  uint32_t version;
  uint32_t object;   /**< enum jfhe_object */
  uint32_t encoding; /**< enum jfhe_encoding */
  uint32_t scheme;   /**< enum jfhe_scheme */
  uint32_t log_n;
  uint32_t level;
  uint32_t limbs;   /**< primes of the subset, specials included */
  uint32_t form;    /**< enum jfhe_form */
  uint32_t packing; /**< enum jfhe_packing */
  uint32_t log_slots;
  uint32_t degree;
  uint32_t kind; /**< enum jfhe_evk_kind */
  uint32_t galois;
  uint32_t digits;
  uint32_t log_n_other; /**< lift and lower: the smaller ring */
  uint32_t modulus;     /**< of integers: t */
  uint64_t header_bytes;
  uint64_t total_bytes;  /**< of the whole container */
  uint64_t memory_bytes; /**< of the object's residues once read */
  double scale;
  double magnitude;
  double error_worst; /**< 0 for integers */
  double error_sd;
  double error_probable; /**< as jfhe_ct_error_probable */
  uint8_t params_hash[JFHE_HASH_BYTES];
  uint8_t key_id[JFHE_ID_BYTES];  /**< the secret it opens under, or switches to */
  uint8_t from_id[JFHE_ID_BYTES]; /**< switching keys: the secret switched from */
} jfhe_info;

/** Caller's functions for streams. Write: 0 when all `len` bytes were taken. Read: how many bytes it delivered; less than `len`
 *  means that the stream has ended, more than `len` that it failed. */
typedef int (*jfhe_write_fn)(void *self, const void *data, size_t len);
typedef size_t (*jfhe_read_fn)(void *self, void *data, size_t len);

/** Read a header alone: no context, no allocation, no look at the payload, of which nothing need be there.
 *
 *  bytes, len  the beginning of a container: all of it, or JFHE_HEADER_BYTES_MAX bytes.
 *
 *  Returns JFHE_OK, else *out is unchanged: JFHE_ERR_FORMAT, _VERSION, _CHECKSUM, _TRUNCATED as status.h says, JFHE_ERR_KEY,
 *          _SCALE, _VALUE or _FORM for a field that no object of this kind can have. */
JFHE_API JFHE_CHECK jfhe_status jfhe_inspect(const uint8_t *bytes, size_t len, jfhe_info *out);
/** What jfhe_inspect would say of a ciphertext's packed container, without writing one: what jfhe_plan_new asks of an input.
 *  Returns JFHE_OK, else *out is unchanged: JFHE_ERR_ARG for a null pointer, JFHE_ERR_KEY and the like for one that was never filled. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ct_inspect(const jfhe_ct *ct, jfhe_info *out);
/** "ciphertext", "public key" and so on; "unknown" for other numbers. Never null. */
JFHE_API const char *jfhe_object_text(uint32_t object);
JFHE_API const char *jfhe_encoding_text(uint32_t encoding);

/* ---- writing ----
 * A `_size` is 0 when the object cannot be written so: SEEDED needs a fresh object, and public keys are always seeded.
 *
 * `_write`         bytes: room for at least `_size` bytes, which it fills.
 * `_write_stream`  the same bytes to `write`, in pieces of at most 16 KiB; works through the object twice, because the header holds
 *                  the payload's checksum. The object must not change meanwhile.
 *
 *  Memory  allocates nothing, but for RAW and PACKED of a seeded key: one limb.
 *  Returns JFHE_OK, else what was written is undefined: JFHE_ERR_ARG for a null pointer or too little room, JFHE_ERR_FORM for an
 *          encoding that the object does not have, JFHE_ERR_KEY and the like for an object that was never filled,
 *          JFHE_ERR_IO when `write` failed, JFHE_ERR_MEMORY. */
JFHE_API size_t jfhe_ct_write_size(const jfhe_ct *ct, uint32_t encoding);
JFHE_API JFHE_CHECK jfhe_status jfhe_ct_write(uint8_t *bytes, size_t len, const jfhe_ct *ct, uint32_t encoding);
JFHE_API JFHE_CHECK jfhe_status jfhe_ct_write_stream(jfhe_write_fn write, void *self, const jfhe_ct *ct,
                                                     uint32_t encoding);

JFHE_API size_t jfhe_pk_write_size(const jfhe_pk *key, uint32_t encoding);
JFHE_API JFHE_CHECK jfhe_status jfhe_pk_write(uint8_t *bytes, size_t len, const jfhe_pk *key, uint32_t encoding);
JFHE_API JFHE_CHECK jfhe_status jfhe_pk_write_stream(jfhe_write_fn write, void *self, const jfhe_pk *key,
                                                     uint32_t encoding);

JFHE_API size_t jfhe_evk_write_size(const jfhe_evk *key, uint32_t encoding);
JFHE_API JFHE_CHECK jfhe_status jfhe_evk_write(uint8_t *bytes, size_t len, const jfhe_evk *key, uint32_t encoding);
JFHE_API JFHE_CHECK jfhe_status jfhe_evk_write_stream(jfhe_write_fn write, void *self, const jfhe_evk *key,
                                                      uint32_t encoding);

JFHE_API size_t jfhe_ctx_write_size(const jfhe_ctx *ctx);
JFHE_API JFHE_CHECK jfhe_status jfhe_ctx_write(uint8_t *bytes, size_t len, const jfhe_ctx *ctx);

/* ---- reading ----
 * `_read`         bytes, len: one whole container, at any alignment.
 * `_read_stream`  takes exactly one container from `read` and nothing after it. cap: the most bytes it may declare.
 * Checks run in this order, and the first that fails names the status: magic, version, lengths (cap), header checksum, fields and
 * degree, parameters and primes, level and scale, key id, payload checksum, every residue below its prime, no trailing bytes.
 *
 *  Memory  the object, as jfhe_info.memory_bytes says: at most 4/3 of the container, 8/3 of it when seeded (the other half is
 *          expanded), and under 32 KiB of stack.
 *  Time    linear in the length.
 *  Returns JFHE_OK, else *out is null: JFHE_ERR_ARG for a null pointer; those of jfhe_inspect;
 *          JFHE_ERR_FORMAT    a container of another object;
 *          JFHE_ERR_MEMORY    more than the cap, or than there is;
 *          JFHE_ERR_CONTEXT   other parameters, or primes that they do not have there;
 *          JFHE_ERR_LEVEL, _SCALE, _RANGE, _FORM, _KEY  a field that these parameters do not allow;
 *          JFHE_ERR_VALUE     a residue not below its prime;
 *          JFHE_ERR_IO        `read` failed. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ct_read(const jfhe_ctx *ctx, jfhe_ct **out, const uint8_t *bytes, size_t len);
JFHE_API JFHE_CHECK jfhe_status jfhe_ct_read_stream(const jfhe_ctx *ctx, jfhe_ct **out, jfhe_read_fn read, void *self,
                                                    size_t cap);

JFHE_API JFHE_CHECK jfhe_status jfhe_pk_read(const jfhe_ctx *ctx, jfhe_pk **out, const uint8_t *bytes, size_t len);
JFHE_API JFHE_CHECK jfhe_status jfhe_pk_read_stream(const jfhe_ctx *ctx, jfhe_pk **out, jfhe_read_fn read, void *self,
                                                    size_t cap);

JFHE_API JFHE_CHECK jfhe_status jfhe_evk_read(const jfhe_ctx *ctx, jfhe_evk **out, const uint8_t *bytes, size_t len);
JFHE_API JFHE_CHECK jfhe_status jfhe_evk_read_stream(const jfhe_ctx *ctx, jfhe_evk **out, jfhe_read_fn read, void *self,
                                                     size_t cap);
/** A switching key whose residues stay where they are: RAW or RAW_SEEDED, bytes 64-byte aligned (a mapped file is).
 *  The bytes are checked like any others, must not change, and must outlive the key. Allocates the handle alone. */
JFHE_API JFHE_CHECK jfhe_status jfhe_evk_map(const jfhe_ctx *ctx, jfhe_evk **out, const uint8_t *bytes, size_t len);

/** The context of a parameter container.
 *  max_log_n  refuse a larger ring (JFHE_ERR_MEMORY) before its tables are made: they dwarf the container.
 *  Returns also JFHE_ERR_PARAMS and _SECURITY, as jfhe_ctx_new_custom. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ctx_new_from_container(jfhe_ctx **out, const uint8_t *bytes, size_t len,
                                                            uint32_t max_log_n);

#ifdef __cplusplus
}
#endif
#endif
