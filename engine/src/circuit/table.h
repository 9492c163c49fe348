/* circuit/table.h: a table of whole numbers, looked up in the middle of a bootstrap. [AKP24] [BKSS24]
 *
 * m' = m - first, m' in [0, n), n = 2^log_n. As in a bootstrap (circuit/bootstrap.h) a number goes to the coefficients, here as (m' - n/2)/n
 * of q0, and comes back as t = (m' - n/2)/n + an integer. Then, instead of a sine:
 *   1. w = exp(2 pi i t), which knows no integers (exponential.c);
 *   2. the table, a trigonometric polynomial in w, at the levels that are left (table_run.c).
 * Up to JFI_TABLE_ONE numbers: F(w) = sum over |q| < n of c_q w^q. More: two digits, m' = a n_low + b. The coefficients times n_high, taken modulo q0,
 * hold (b - ..)/n_low, and a second raise and exponential give v = w^(n_high) without the errors of a power: a table in two variables,
 * F(w, v) = sum over |j| < n_high, |k| < n_low of c_jk w^j v^k, with as many products as two small tables.
 *
 * c_q is the table's Fourier coefficient times Fejer's weight (1 - |q|/n): F is then a mean of the table's values with weights >= 0, which is the
 * value itself at a number, and flat there, so that errors of t count by their square. docs/SOUNDNESS.md, "Tables". */
#ifndef JFI_CIRCUIT_TABLE_H
#define JFI_CIRCUIT_TABLE_H
#include "circuit/acc.h"
#include "circuit/bootstrap.h"
#include "jfhe/table.h"

enum {
  JFI_TABLE_ONE = 7,      /* log2 of the largest table of one digit */
  JFI_TABLE_LOG_MAX = 12, /* of the largest */
  JFI_TABLES_MAX = 16,    /* looked up in at once */
  JFI_TABLE_ROWS = 16     /* sums made at once: with their constants they fit a second-level cache */
};

/* What multiplies an error of a power: at roots of unity of numbers, and anywhere. */
typedef struct jfi_reach {
  double at_numbers, sum;
} jfi_reach;

/* Sums over `babies` (powers of w and their conjugates, 1 in front) for each of `giants` powers of v, or of w^babies. Row 0 is halved in the
 * middle: the table is twice the real part of the whole. */
struct jfhe_table {
  const struct jfhe_bootstrap *b;
  uint32_t log_n, log_high, log_low; /* log_low: of the second digit, 0 where there is one */
  uint32_t babies, giants, powers;   /* powers: of w among the babies, 1 included */
  uint32_t depth, level_out;
  double first, last, low, high; /* numbers; values */
  double finer[2], coarser;      /* scales of w and v over the canonical one; that one over the giants' (table.c) */
  struct jfhe_poly *exponential;
  double exponential_error; /* |polynomial - exponential| on [-1, 1] */
  double *re, *im;          /* giants x babies */
  jfi_reach *of_baby;       /* babies */
  double *of_giant;         /* giants, at numbers; anywhere the sum of the row's moduli */
  double flat[2], steep[2]; /* table_bound.c: what errors of angles cost by their square, of moduli in proportion */
};

jfhe_status jfi_table_new(struct jfhe_table **out, const struct jfhe_bootstrap *b, const double *values, size_t count,
                          double first);

/* Products of two ciphertexts, behind the exponentials. */
uint32_t jfi_table_products(const struct jfhe_table *t);

/* table_bound.c: errors of a digit's root of unity, times how many values the digit has: of its angle in turns, of its modulus' logarithm. */
typedef struct jfi_root_error {
  jfi_noise angle, modulus;
} jfi_root_error;
/* flat and steep of a table of n values. cosine: jfi_cheb_cosines of n. */
jfhe_status jfi_table_slopes(struct jfhe_table *t, const double *values, const double *cosine);
/* Adds what such errors of w and v make of a value. */
void jfi_table_add_roots(const struct jfhe_table *t, const jfi_root_error e[2], double spread, jfi_bound *b);

/* table_reach.c: of_baby and of_giant. cosine: jfi_cheb_cosines of n. */
jfhe_status jfi_table_reaches(jfhe_table *t, const double *cosine);

/* table_sums.c: sum[r] += sum over i of (re[r][i] + i im[r][i]) baby[i], all sums at one level, babies over supersets of its primes; baby[0] is 1.
 * Bounds as jfi_acc_mul_const, but the babies are taken as they are: their errors count as magnitude. s: jfi_table_sums_scratch. */
size_t jfi_table_sums_scratch(const jfhe_ctx *ctx, size_t rows, size_t babies);
jfhe_status jfi_table_sums(jfi_acc *sum, size_t rows, const jfhe_ct *const *baby, size_t babies, const double *re,
                           const double *im, jfi_scratch *s);

/* exponential.c: out = exp(2 pi i overflow u) at level_out, `finer` times the canonical scale, from u at level_sine. Takes u's error as 0; out's bound is the error of the evaluation. */
size_t jfi_exponential_scratch(const jfhe_ctx *ctx, const struct jfhe_table *t);
jfhe_status jfi_exponential(const jfhe_ctx *ctx, const struct jfhe_table *t, jfhe_ct *out, jfhe_ct *u, double finer,
                            const struct jfhe_keyring *keys, jfi_scratch *s);

/* table_run.c */
size_t jfi_table_scratch(const jfhe_ctx *ctx, const struct jfhe_table *t);
jfhe_status jfi_table_run(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const struct jfhe_table *t,
                          const struct jfhe_keyring *keys, jfi_scratch *s);
/* Several tables of the same numbers: one bootstrap, and one set of powers. To the last bit what each makes alone. */
int jfi_table_shares(const struct jfhe_table *t, const struct jfhe_table *other);
size_t jfi_table_many_scratch(const jfhe_ctx *ctx, const struct jfhe_table *t, size_t count);
jfhe_status jfi_table_run_many(const jfhe_ctx *ctx, jfhe_ct *const *out, const jfhe_ct *a,
                               const struct jfhe_table *const *t, size_t count, const struct jfhe_keyring *keys,
                               jfi_scratch *s);
#endif
