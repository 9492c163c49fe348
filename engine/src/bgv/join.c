/* bgv/join.c: wider integers from residues modulo several primes. */
#include "arith/mod.h"
#include "base/declassify.h"
#include "base/status.h"
#include "jfhe/bgv.h"
#include "ring/primes.h"

/* 2^17 is the largest 2N that any preset for integers has twice over; more than 2^26 would crowd the primes of a chain. */
enum { T_MAX = 1 << 26 };

size_t jfhe_bgv_basis(uint32_t log_n, uint32_t bits, uint32_t *t, size_t cap) {
  if (log_n < 3 || log_n > 17) return 0;
  size_t found = 0;
  double left = (double)bits;
  uint64_t step = (uint64_t)2 << log_n;
  for (uint64_t q = step + 1; q < T_MAX && left > 0; q += step) {
    if (q < 65537 || !jfi_is_prime_var(q)) continue; /* smaller ones carry few bits for a ciphertext's price */
    if (found == JFHE_BGV_PARTS_MAX) return 0;
    if (t && found < cap) t[found] = (uint32_t)q;
    found++;
    double x = (double)q;
    while (x >= 2) { /* whole bits, then the fraction as if it were none: never too few primes */
      x /= 2;
      left -= 1;
    }
  }
  return left > 0 ? 0 : found;
}

typedef struct join {
  size_t parts;
  jfi_mod m[JFHE_BGV_PARTS_MAX];
  uint64_t below[JFHE_BGV_PARTS_MAX][JFHE_BGV_PARTS_MAX]; /* [p][j]: t_0 ... t_(j-1) modulo t_p */
  uint64_t inv[JFHE_BGV_PARTS_MAX];                       /* (t_0 ... t_(p-1))^-1 modulo t_p */
  jfi_i128 weight[JFHE_BGV_PARTS_MAX];                    /* t_0 ... t_(p-1) */
} join;

static jfhe_status prepare(join *j, const uint32_t *t, size_t parts, double bound) {
  double product = 1;
  if (parts == 0 || parts > JFHE_BGV_PARTS_MAX) return jfi_fail(JFHE_ERR_ARG, "%zu parts", parts);
  j->parts = parts;
  for (size_t p = 0; p < parts; p++) {
    if (t[p] < 3 || t[p] > T_MAX || !jfi_is_prime_var(t[p])) return jfi_fail(JFHE_ERR_ARG, "t = %u", t[p]);
    (void)jfi_mod_init(&j->m[p], t[p]);
    j->weight[p] = p ? j->weight[p - 1] * t[p - 1] : 1; /* below 2^104 */
    uint64_t w = 1;
    for (size_t k = 0; k < p; k++) {
      if (t[k] == t[p]) return jfi_fail(JFHE_ERR_ARG, "t = %u is there twice", t[p]);
      j->below[p][k] = w;
      w = jfi_mod_mul(w, t[k], &j->m[p]);
    }
    j->inv[p] = jfi_mod_inv(w, &j->m[p]);
    product *= (double)t[p];
  }
  if (!(bound >= 0 && bound <= 0x1p63 && 2 * bound * (1 + 0x1p-40) < product))
    return jfi_fail(JFHE_ERR_RANGE, "integers up to %g may have wrapped: residues tell them below %g", bound,
                    product / 2 < 0x1p63 ? product / 2 : 0x1p63);
  return JFHE_OK;
}

/* x modulo m, for any x; by masks, no branch on its sign. */
static uint64_t residue(int64_t x, const jfi_mod *m) {
  uint64_t sign = 0 - ((uint64_t)x >> 63), r = jfi_mod_reduce(((uint64_t)x ^ sign) - sign, m);
  return jfi_mod_once((r ^ ((r ^ (m->q - r)) & sign)), m->q);
}

static int64_t centred(uint64_t x, uint64_t q) { return (int64_t)x - (int64_t)(q & (0 - (((q - 1) / 2 - x) >> 63))); }

/* Digits of mixed radix, each centred: their sum lies in (-T/2, T/2), and there it is unique. [Knuth, 4.3.2] */
static jfi_i128 one(const join *j, const int64_t *parts, size_t count) {
  int64_t digit[JFHE_BGV_PARTS_MAX];
  jfi_i128 x = 0;
  for (size_t p = 0; p < j->parts; p++) {
    const jfi_mod *m = &j->m[p];
    uint64_t r = residue(parts[p * count], m);
    for (size_t k = 0; k < p; k++) r = jfi_mod_sub(r, jfi_mod_mul(residue(digit[k], m), j->below[p][k], m), m->q);
    digit[p] = centred(jfi_mod_mul(r, j->inv[p], m), m->q);
    x += (jfi_i128)digit[p] * j->weight[p];
  }
  return x;
}

jfhe_status jfhe_bgv_join(int64_t *values, size_t count, const int64_t *parts, const uint32_t *t, size_t n_parts,
                          double bound) {
  join j;
  if (!values || !parts || !t) return jfi_fail(JFHE_ERR_ARG, "a pointer is null");
  JFI_TRY(prepare(&j, t, n_parts, bound));
  const jfi_i128 most = (jfi_i128)bound;
  uint64_t over = 0;
  for (size_t i = 0; i < count; i++) {
    jfi_i128 x = one(&j, parts + i, count), sign = x >> 127, size = (x ^ sign) - sign;
    over |= (uint64_t)(((most - size) | (INT64_MAX - x)) >> 127) & 1;
    values[i] = (int64_t)x;
  }
  JFI_DECLASSIFY(&over, sizeof over);
  return over ? jfi_fail(JFHE_ERR_VALUE, "an integer exceeds its bound %g: parts of different vectors", bound)
              : JFHE_OK;
}
