/* circuit/table_eval.h: half of a table's polynomial at roots of unity. */
#ifndef JFI_CIRCUIT_TABLE_EVAL_H
#define JFI_CIRCUIT_TABLE_EVAL_H
#include "circuit/table.h"

/* out[i] = sum over k, j of (re + i im)[k][j] baby_j(w) giant_k of table t[i], at its level_out, canonical; all tables share what is made of the roots. root: w,
 * and v where there are two digits, both at the bootstrap's level_out; their bounds are taken for magnitudes. off: how far powers of w and of v may be from
 * those of numbers' roots. out's bounds are the errors of the evaluation, magnitudes by the triangle inequality. */
size_t jfi_table_eval_scratch(const jfhe_ctx *ctx, const struct jfhe_table *t);
jfhe_status jfi_table_eval(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *root, const double off[2],
                           const struct jfhe_table *const *t, size_t count, const struct jfhe_keyring *keys,
                           jfi_scratch *s);
#endif
