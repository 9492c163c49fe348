/* circuit/rotate_sum.h: sums of rotations with one division. */
#ifndef JFI_CIRCUIT_ROTATE_SUM_H
#define JFI_CIRCUIT_ROTATE_SUM_H
#include "circuit/hoist.h"

enum { JFI_RADIX_MAX = 16, JFI_TURNS_MAX = 1024 };

size_t jfi_rotate_sum_scratch(const struct jfhe_ctx *ctx, uint32_t level);
jfhe_status jfi_rotate_sum(const struct jfhe_ctx *ctx, struct jfhe_ct *out, const struct jfhe_ct *a, const int32_t *k,
                           size_t count, const struct jfhe_keyring *keys, jfi_scratch *s);
jfhe_status jfi_inner_sum_hoisted(const struct jfhe_ctx *ctx, struct jfhe_ct *out, const struct jfhe_ct *a,
                                  uint32_t stride, uint32_t count, uint32_t radix, const struct jfhe_keyring *keys,
                                  jfi_scratch *s);
#endif
