/* jfhe/ciphertext.h: handles of ciphertexts and encoded plaintexts. */
#ifndef JFHE_CIPHERTEXT_H
#define JFHE_CIPHERTEXT_H
#include "jfhe/params.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jfhe_ct jfhe_ct;
typedef struct jfhe_pt jfhe_pt;

enum jfhe_form { JFHE_FORM_COEFF = 0, JFHE_FORM_EVAL = 1 };

/** How numbers lie in the ring. */
enum jfhe_packing {
  JFHE_PACK_REAL = 0,    /**< N/2 (or fewer) real slots */
  JFHE_PACK_COMPLEX = 1, /**< N/2 (or fewer) complex slots */
  JFHE_PACK_COEFF = 2,   /**< N real coefficients */
  JFHE_PACK_INT = 3      /**< exact integers modulo a prime t (jfhe/bgv.h) */
};

/** An empty ciphertext with room for `degree` (1 or 2) at `level`, to be filled as an output. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ct_new(jfhe_ct **out, const jfhe_ctx *ctx, uint32_t degree, uint32_t level);
JFHE_API void jfhe_ct_free(jfhe_ct *ct);
/** out = a, limbs and metadata. JFHE_ERR_FORM when out has too little room. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ct_copy(jfhe_ct *out, const jfhe_ct *a);

JFHE_API uint32_t jfhe_ct_degree(const jfhe_ct *ct);
JFHE_API uint32_t jfhe_ct_level(const jfhe_ct *ct);
JFHE_API uint32_t jfhe_ct_packing(const jfhe_ct *ct);
JFHE_API uint32_t jfhe_ct_log_slots(const jfhe_ct *ct);
JFHE_API double jfhe_ct_scale(const jfhe_ct *ct);
JFHE_API double jfhe_ct_magnitude(const jfhe_ct *ct); /**< bound on |message slot| */
JFHE_API double
jfhe_ct_error_worst(const jfhe_ct *ct); /**< bound on the absolute error of a slot, proved; 0 for integers */
JFHE_API double
jfhe_ct_error_probable(const jfhe_ct *ct);        /**< bound that holds for all slots with about 99.99 % chance */
JFHE_API size_t jfhe_ct_bytes(const jfhe_ct *ct); /**< bytes of its limbs in memory */
JFHE_API void jfhe_ct_key_id(const jfhe_ct *ct, uint8_t *id);

JFHE_API JFHE_CHECK jfhe_status jfhe_pt_new(jfhe_pt **out, const jfhe_ctx *ctx, uint32_t level);
JFHE_API void jfhe_pt_free(jfhe_pt *pt);
JFHE_API uint32_t jfhe_pt_level(const jfhe_pt *pt);
JFHE_API double jfhe_pt_scale(const jfhe_pt *pt);

#ifdef __cplusplus
}
#endif
#endif
