/* ckks/round.c: see round.h. */
#include "ckks/round.h"

#include <math.h>
#include <string.h>

/* For |x| < 2^51, x + MAGIC lies in [2^52, 2^53), where doubles are the integers: the addition
 * rounds x to nearest even, and the significand's bits differ from MAGIC's by that integer. */
#define MAGIC 0x1.8p52

static inline int64_t round_small(double x) {
  double y = x + MAGIC, magic = MAGIC;
  int64_t a, b;
  memcpy(&a, &y, sizeof a);
  memcpy(&b, &magic, sizeof b);
  return a - b;
}

/* x = 2^32 h + l exactly: h is x 2^-32 rounded, |h| <= 2^30, |l| <= 2^31, and l keeps the parity. */
static inline int64_t round_big(double x) {
  double s = x * 0x1p-32, h = (s + MAGIC) - MAGIC, hi = h * 0x1p32, l = x - hi;
  return (int64_t)((uint64_t)round_small(h) << 32) + round_small(l);
}

void jfi_round_i64(int64_t *out, size_t stride, const double *x, size_t n, double factor, int big) {
  if (!big && stride == 1)
    for (size_t i = 0; i < n; i++) out[i] = round_small(x[i] * factor);
  else if (!big)
    for (size_t i = 0; i < n; i++) out[i * stride] = round_small(x[i] * factor);
  else
    for (size_t i = 0; i < n; i++) out[i * stride] = round_big(x[i] * factor);
}

/* rint is exact, hence the same everywhere. */
double jfi_round_double(double x) { return rint(x); }

uint64_t jfi_mod_double_var(double k, const jfi_mod *m) {
  int e;
  double f = frexp(fabs(k), &e);       /* |k| = f 2^e, exact */
  uint64_t r = (uint64_t)ldexp(f, 53); /* < 2^53 */
  if (e >= 53)
    r = jfi_mod_mul(jfi_mod_reduce(r, m), jfi_mod_pow_var(2, (uint64_t)(e - 53), m), m);
  else
    r = jfi_mod_reduce((uint64_t)fabs(k), m);
  return k < 0 ? jfi_mod_neg(r, m->q) : r;
}
