/* bgv/eval.h: the operations of jfhe/bgv.h without the argument checks of src/api. Each plans its result first, which makes all checks,
 * then computes, then settles what the result says of itself: outputs may be inputs, and a refusal leaves them unchanged. */
#ifndef JFI_BGV_EVAL_H
#define JFI_BGV_EVAL_H
#include "base/mem.h"
#include "bgv/bound.h"
#include "rlwe/keyring.h"

/* What a result will say: all of struct jfhe_ct but its room and data. */
typedef struct jfi_bgv_meta {
  uint32_t degree, level;
  jfi_set primes;
  uint64_t factor;
  jfi_bound bound;
  const uint8_t *key_id;
} jfi_bgv_meta;

/* ---- meta.c ---- */
/* ct holds integers modulo this t, of this context, in evaluation form, at a level of the chain. */
jfhe_status jfi_bgv_usable(const jfhe_bgv *b, const jfhe_ct *ct);
/* Same secret, same level. */
jfhe_status jfi_bgv_agree(const jfhe_ct *a, const jfhe_ct *c);
jfi_bgv_meta jfi_bgv_meta_of(const jfhe_ct *a);
/* out has room, and the planned bound fits. */
jfhe_status jfi_bgv_room(const jfhe_bgv *b, const jfhe_ct *out, const jfi_bgv_meta *m, const char *what);
void jfi_bgv_settle(const jfhe_bgv *b, jfhe_ct *out, const jfi_bgv_meta *m);
jfhe_status jfi_bgv_serves(const jfhe_bgv *b, const jfhe_evk *key, const jfhe_ct *a, const char *what);

/* ---- linear.c ---- */
jfhe_status jfi_bgv_copy(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a);
/* out += a*c, out at a's level and factor. */
jfhe_status jfi_bgv_mul_pt_add(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c);
jfhe_status jfi_bgv_add(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *c, int subtract);
jfhe_status jfi_bgv_add_pt(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c, int subtract);
jfhe_status jfi_bgv_neg(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a);
jfhe_status jfi_bgv_mul_const(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int64_t k);
jfhe_status jfi_bgv_add_const(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int64_t k);
jfhe_status jfi_bgv_mul_pt(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *c);
/* out = a with every residue multiplied by the integer k; meta as given. Polynomials of `out` may be those of `a`. */
void jfi_bgv_times(const jfhe_bgv *b, uint64_t *const *out, const jfhe_ct *a, int64_t k);

/* ---- product.c ---- */
/* out over `level`'s primes: a's level or the one below. c == a squares. Scratch: jfi_product_bytes. */
jfhe_status jfi_bgv_mul(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *c, uint32_t level,
                        const jfhe_evk *rlk, jfi_scratch *s);

/* ---- rotate.c ---- */
/* Galois element and key of a rotation of the rows by k; g = 1 and no key where nothing turns. */
jfhe_status jfi_bgv_rotation_find(const jfhe_bgv *b, int64_t k, const jfhe_keyring *keys, uint32_t *g,
                                  const jfhe_evk **key);
jfhe_status jfi_bgv_rotate(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int64_t k, const jfhe_keyring *keys,
                           jfi_scratch *s);
jfhe_status jfi_bgv_swap(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_keyring *keys, jfi_scratch *s);
size_t jfi_bgv_rotate_bytes(const jfhe_ctx *ctx, uint32_t level);
/* No out is a. */
jfhe_status jfi_bgv_rotate_many(const jfhe_bgv *b, jfhe_ct *const *out, const jfhe_ct *a, const int64_t *k,
                                size_t count, const jfhe_keyring *keys, jfi_scratch *s);
size_t jfi_bgv_hoist_bytes(const jfhe_ctx *ctx, uint32_t level);
/* rows: the two rows are added as well. */
jfhe_status jfi_bgv_inner_sum(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, uint32_t stride, uint32_t count,
                              int rows, const jfhe_keyring *keys, jfi_scratch *s);
size_t jfi_bgv_sum_bytes(const jfhe_ctx *ctx, uint32_t level);
jfhe_status jfi_bgv_rotate_all(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int64_t k, const jfhe_keyring *keys,
                               jfi_scratch *s);
size_t jfi_bgv_rotate_all_bytes(const jfhe_bgv *b, uint32_t level);

/* ---- products.c ---- */
jfhe_status jfi_bgv_mul_sum(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *const *a, const jfhe_ct *const *c,
                            size_t count, uint32_t level, const jfhe_evk *rlk, jfi_scratch *s);
size_t jfi_bgv_mul_sum_bytes(const jfhe_ctx *ctx, uint32_t level);

/* ---- level.c ---- */
jfhe_status jfi_bgv_to_level(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, uint32_t level, jfi_scratch *s);
size_t jfi_bgv_to_level_bytes(const jfhe_ctx *ctx, uint32_t level);
#endif
