/* jfhe/table.h: any function of whole numbers from a declared range, in the middle of a bootstrap. [AKP24] [BKSS24] */
#ifndef JFHE_TABLE_H
#define JFHE_TABLE_H
#include "jfhe/bootstrap.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JFHE_TABLE_MAX = 4096 }; /**< numbers of a table */

/** A table made ready: its coefficients. Public; read by any number of threads. */
typedef struct jfhe_table jfhe_table;

/** Make one. The whole number first + m has the value values[m].
 *
 *  b       gives levels, linear maps and keys; outlives the table.
 *  values  count finite numbers, 2 to JFHE_TABLE_MAX. Up to 128 cost one bootstrap, more cost two.
 *  first   a whole number, at most 2^40 in modulus.
 *  Memory  at most 200 KB.
 *  Time    count^2 products: 0.2 s for 4096.
 *
 *  Returns JFHE_OK, else *out is null: JFHE_ERR_PARAMS where bootstrapping leaves too few levels; JFHE_ERR_VALUE for NaN or infinity;
 *          JFHE_ERR_ARG for the limits above; JFHE_ERR_MEMORY. */
JFHE_API JFHE_CHECK jfhe_status jfhe_table_new(jfhe_table **out, const jfhe_bootstrap *b, const double *values,
                                               size_t count, double first);
JFHE_API void jfhe_table_free(jfhe_table *t);
JFHE_API uint32_t jfhe_table_level_in(const jfhe_table *t);  /**< least level of an input */
JFHE_API uint32_t jfhe_table_level_out(const jfhe_table *t); /**< level of the result */
JFHE_API uint32_t jfhe_table_digits(const jfhe_table *t);    /**< bootstraps that a look-up costs: 1 or 2 */

/** Look every slot up. Levels come back, as from a bootstrap.
 *
 *  out[i] = values[a[i] - first] + e[i].   The number in a root of unity, and a trigonometric polynomial of that.
 *
 *  The caller vouches that all numbers are whole ones of the table's range. Errors of a, up to a half, do not make them less so: they are taken
 *  away as far as out's bound says. A number that is not one of the range has a mean of the table's values for a result.
 *
 *  Shapes  a: degree 1, real packing, log_slots of the bootstrap, level >= jfhe_table_level_in (what is above is dropped).
 *          out: degree 1, real packing, level jfhe_table_level_out.
 *  Scale   out is canonical.
 *  Error   out's bounds; the worst case holds but for a chance of 2^-128 a digit that a coefficient overflows.
 *  Alias   out may be a if it has room.
 *  Memory  allocates nothing; scratch >= jfhe_table_scratch(ctx, t) bytes.
 *  Time    independent of messages.
 *
 *  Returns JFHE_OK, else out is unchanged: JFHE_ERR_LEVEL below jfhe_table_level_in; JFHE_ERR_KEY as jfhe_ckks_bootstrap;
 *          JFHE_ERR_RANGE for a magnitude that reaches beyond the table's range by more than a half, or an error after which values could not be
 *          told apart; JFHE_ERR_FORM, JFHE_ERR_SCALE, JFHE_ERR_SCRATCH. */
JFHE_API JFHE_CHECK jfhe_status jfhe_ckks_lookup(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a,
                                                 const jfhe_table *t, const jfhe_keyring *keys, void *scratch,
                                                 size_t scratch_len);
JFHE_API size_t jfhe_table_scratch(const jfhe_ctx *ctx, const jfhe_table *t);

#ifdef __cplusplus
}
#endif
#endif
