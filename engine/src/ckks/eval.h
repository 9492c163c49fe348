/* ckks/eval.h: the operations of jfhe/ckks.h without the argument checks of src/api: pointers are
 * not null and scratch is what its sibling says (less gives JFHE_ERR_SCRATCH all the same). */
#ifndef JFI_CKKS_EVAL_H
#define JFI_CKKS_EVAL_H
#include "base/mem.h"
#include "ckks/agree.h"

/* linear.c */
jfhe_status jfi_ckks_add(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *b, int subtract);
jfhe_status jfi_ckks_add_pt(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *b, int subtract);
jfhe_status jfi_ckks_neg(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a);
jfhe_status jfi_ckks_copy(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a);

/* constant.c */
jfhe_status jfi_ckks_add_const(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, double re, double im);
jfhe_status jfi_ckks_mul_int(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, int32_t k);
jfhe_status jfi_ckks_mul_i(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a);

/* product.c */
/* out over T = a*b, relinearised: T a's own primes (level `level`) or the next level's. b == a squares. */
jfhe_status jfi_ckks_mul(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *b, const jfhe_evk *rlk,
                         jfi_scratch *s);
jfhe_status jfi_ckks_mul_lazy(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *b);
jfhe_status jfi_ckks_relin(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_evk *rlk, int rescale,
                           jfi_scratch *s);
jfhe_status jfi_ckks_mul_pt(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *b);
/* Bounds of the product before (at a's level) and after the rescaling, noise of the switch included. */
jfi_bound jfi_ckks_mul_bound(const jfhe_ctx *ctx, const jfhe_ct *a, const jfhe_ct *b, const jfhe_evk *rlk,
                             double *scale);

/* level.c */
jfhe_status jfi_ckks_rescale(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, jfi_scratch *s);
/* c * a, over `level`'s primes at `scale`: a multiplication by an integer and one division. */
jfhe_status jfi_ckks_mul_const(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, double c, uint32_t level,
                               double scale, jfi_scratch *s);
jfhe_status jfi_ckks_to_level(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t level, jfi_scratch *s);
jfhe_status jfi_ckks_drop_level(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t level, jfi_scratch *s);
size_t jfi_ckks_rescale_bytes(const jfhe_ctx *ctx, uint32_t level);

/* rotate.c */
/* Galois element and key of a rotation by k that a's secret, primes and packing allow; g = 1 and no
 * key where the rotation does nothing. */
jfhe_status jfi_rotation_find(const jfhe_ctx *ctx, const jfhe_ct *a, int64_t k, const jfhe_keyring *keys, uint32_t *g,
                              const jfhe_evk **key);
/* X -> X^g; key null when g = 1. */
jfhe_status jfi_ckks_automorphism(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t g, const jfhe_evk *key,
                                  jfi_scratch *s);
jfhe_status jfi_ckks_conjugate(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_keyring *keys,
                               jfi_scratch *s);
/* jfhe_ckks_settle; out is not a. */
jfhe_status jfi_ckks_settle(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, double limit, const jfhe_keyring *keys,
                            jfi_scratch *s);
jfhe_status jfi_ckks_rotate(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, int64_t k, const jfhe_keyring *keys,
                            jfi_scratch *s);
jfhe_status jfi_ckks_rotate_many(const jfhe_ctx *ctx, jfhe_ct *const *out, const jfhe_ct *a, const int32_t *k,
                                 size_t count, const jfhe_keyring *keys, jfi_scratch *s);
/* sum.c */
jfhe_status jfi_ckks_inner_sum(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t stride, uint32_t count,
                               const jfhe_keyring *keys, jfi_scratch *s);
jfhe_status jfi_ckks_switch_key(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_evk *key,
                                jfi_scratch *s);

size_t jfi_ckks_rotate_bytes(const jfhe_ctx *ctx, uint32_t level);
size_t jfi_ckks_rotate_many_bytes(const jfhe_ctx *ctx, uint32_t level);
size_t jfi_ckks_inner_sum_bytes(const jfhe_ctx *ctx, uint32_t level);
#endif
