/* jfhe/params.h: parameters and the context that everything else is made in. */
#ifndef JFHE_PARAMS_H
#define JFHE_PARAMS_H
#include "jfhe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Checked parameters with all tables: degree, primes, levels, scales. Immutable, shareable between threads. */
typedef struct jfhe_ctx jfhe_ctx;

enum {
  JFHE_HASH_BYTES = 32, /**< parameter hashes */
  JFHE_ID_BYTES = 16    /**< key ids */
};

/** Make the context of a preset: "stats-lite", "stats" (the default), "ml", "deep", "deep-lean" or "deep-small" for numbers, "exact" or "exact-deep" for integers.
 *
 *  Memory  16 to 80 MB of tables by ring degree.
 *  Time    10 to 500 ms.
 *  Returns JFHE_OK, else *out is null: JFHE_ERR_ARG for an unknown name (jfhe_last_error lists the names),
 *          JFHE_ERR_MEMORY. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ctx_new_preset(jfhe_ctx **out, const char *name);

/** Build parameters for a depth and a precision.
 *
 *  log_n       10 to 17, or 0 for the smallest ring that meets `security`.
 *  depth       multiplications in a row, 0 to 60.
 *  scale_bits  30 to 58: bits of the scale; the slots keep about scale_bits - log_n - 5 bits after a multiplication. Above 48 each
 *              level is a ratio of primes.
 *  first_bits  bits of the last modulus, >= scale_bits + 2 (at most 48 + ...); 0 for scale_bits + 2 where it fits, else two primes.
 *  specials    key switching primes of 48 bits, 1 to 16; 0 lets the library weigh key size against speed.
 *  security    128, 192 or 256.
 *
 *  Returns JFHE_ERR_PARAMS for values out of these ranges, JFHE_ERR_SECURITY when no ring, or not the ring asked for, carries the
 *          modulus; jfhe_last_error names the limit and the bits wanted. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ctx_new_custom(jfhe_ctx **out, uint32_t log_n, uint32_t depth, uint32_t scale_bits,
                                                    uint32_t first_bits, uint32_t specials, uint32_t security);
JFHE_API void jfhe_ctx_free(jfhe_ctx *ctx);

/** Give the context's operations threads >= 1 of its own (1 at first). Not while operations run. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ctx_set_threads(jfhe_ctx *ctx, uint32_t threads);
JFHE_API uint32_t jfhe_ctx_threads(const jfhe_ctx *ctx);

/** A caller's thread pool: `run` must call task(arg, i, worker) once for every i < tasks with worker < workers and return when all
 *  are done. Replaces the context's own. */
typedef void (*jfhe_task)(void *arg, size_t task, size_t worker);
typedef void (*jfhe_pool_run)(void *self, jfhe_task task, void *arg, size_t tasks);
JFHE_API JFHE_CHECK jfhe_status jfhe_ctx_set_pool(jfhe_ctx *ctx, jfhe_pool_run run, void *self, uint32_t workers);

JFHE_API const char *jfhe_ctx_name(const jfhe_ctx *ctx);    /**< preset name, or "custom" */
JFHE_API const char *jfhe_ctx_backend(const jfhe_ctx *ctx); /**< "ref", "avx2", "avx512ifma", "wasm128" */
JFHE_API uint32_t jfhe_ctx_log_n(const jfhe_ctx *ctx);
JFHE_API uint32_t jfhe_ctx_slots(const jfhe_ctx *ctx);  /**< complex slots: N/2 */
JFHE_API uint32_t jfhe_ctx_levels(const jfhe_ctx *ctx); /**< top level L: multiplications in a row */
JFHE_API uint32_t jfhe_ctx_primes(const jfhe_ctx *ctx); /**< all primes, specials included */
JFHE_API uint32_t jfhe_ctx_specials(const jfhe_ctx *ctx);
JFHE_API uint32_t jfhe_ctx_dnum(const jfhe_ctx *ctx);                  /**< digits of a key switch at the top level */
JFHE_API uint32_t jfhe_ctx_limbs(const jfhe_ctx *ctx, uint32_t level); /**< residues of a ciphertext at a level */
JFHE_API double jfhe_ctx_log_q(const jfhe_ctx *ctx, uint32_t level);   /**< log2 of the modulus at a level */
JFHE_API double jfhe_ctx_log_qp(const jfhe_ctx *ctx);                  /**< log2 of the largest published modulus */
JFHE_API uint32_t jfhe_ctx_security(const jfhe_ctx *ctx);            /**< bits: 128, 192, 256; 0 for test parameters */
JFHE_API double jfhe_ctx_scale(const jfhe_ctx *ctx, uint32_t level); /**< canonical scale at a level */
JFHE_API double jfhe_ctx_step(const jfhe_ctx *ctx,
                              uint32_t level); /**< what rescaling from a level divides by; 0 at level 0 */
/** SHA-256 over the canonical literal (degree, primes, levels); JFHE_HASH_BYTES long. */
JFHE_API void jfhe_ctx_hash(const jfhe_ctx *ctx, uint8_t *hash);

/** Largest log2(QP) allowed for a degree, ternary secret; 0 when the table has none. log_n in [10, 17]. */
JFHE_API uint32_t jfhe_security_limit(uint32_t log_n, uint32_t security);

#ifdef __cplusplus
}
#endif
#endif
