/* circuit/table_eval.h: half of a table's polynomial at roots of unity. */
#ifndef JFI_CIRCUIT_TABLE_EVAL_H
#define JFI_CIRCUIT_TABLE_EVAL_H
#include "circuit/table.h"

/* out = sum over k, i of (re + i im)[k][i] baby_i(w) giant_k, at t->level_out, canonical. root: w, and v where there are two digits, both at the
 * bootstrap's level_out; their bounds are taken for magnitudes. off: how far powers of w and of v may be from those of numbers' roots. out's bound is
 * the error of the evaluation, its magnitude one by the triangle inequality. */
size_t jfi_table_eval_scratch(const jfhe_ctx *ctx, const struct jfhe_table *t);
jfhe_status jfi_table_eval(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *root, const double off[2],
                           const struct jfhe_table *t, const struct jfhe_keyring *keys, jfi_scratch *s);
#endif
