/* ckks/round.h: from doubles to integers, to nearest, ties to even, with additions alone: the same
 * bits on every build in the default rounding mode, no branch on a value. */
#ifndef JFI_CKKS_ROUND_H
#define JFI_CKKS_ROUND_H
#include <stddef.h>
#include <stdint.h>

#include "arith/mod.h"

/* out[i * stride] = round(x[i] * factor). big = 0: |x[i] * factor| < 2^51; big = 1: < 2^62. */
void jfi_round_i64(int64_t *out, size_t stride, const double *x, size_t n, double factor, int big);
/* The integer nearest to x, as a double; |x| < 2^1000. */
double jfi_round_double(double x);
/* k mod q of an integer-valued double, |k| < 2^1000. Variable time: public constants. */
uint64_t jfi_mod_double_var(double k, const jfi_mod *m);
#endif
