/* rlwe/divide.h: the steps of a rounding division, limb by limb, for those who make the dividend on the way. The whole: keyswitch.h. */
#ifndef JFI_RLWE_DIVIDE_H
#define JFI_RLWE_DIVIDE_H
#include "rlwe/ctx.h"

/* From residues over X to residues over T: D = product of `gone`, A = product of `in`. */
typedef struct jfi_quotient {
  const jfhe_ctx *ctx;
  const jfi_conv_entry *entry; /* gone -> T */
  jfi_set X, T, in, gone;      /* in = T \ X, gone = X \ T */
  size_t n, n_gone, n_target;
  uint32_t gone_list[JFI_PRIMES_MAX], target_list[JFI_PRIMES_MAX];
} jfi_quotient;

/* Fails for want of memory (conversion tables). n_gone may be 0: then none of the steps below applies. */
jfhe_status jfi_quotient_init(jfi_quotient *q, const jfhe_ctx *ctx, jfi_set X, jfi_set T);

/* y = the k-th leaving limb x (evaluation form) as a digit: coefficients times A/(D/d_k) mod d_k. y may equal x. */
void jfi_quotient_digit(const jfi_quotient *q, size_t k, uint64_t *y, const uint64_t *x);
/* round (n words) = the rounding words of the n_gone digits at `digits`; not needed for one leaving prime. */
void jfi_quotient_round(const jfi_quotient *q, uint64_t *round, const uint64_t *digits);
/* r[i] = x*A mod D, centred, modulo target first + i: coefficients. */
void jfi_quotient_remainders(const jfi_quotient *q, size_t first, size_t count, uint64_t *const *r,
                             const uint64_t *digits, const uint64_t *round);
/* The last step at one target: out = (x*A - r)/D, plus add*P*A/D unless add is null. */
typedef struct jfi_last_step {
  const jfi_kernel *k;
  const jfi_mod *m;
  uint64_t w, w_add, w_r; /* of x - r*w_r, and of add */
} jfi_last_step;
jfi_last_step jfi_quotient_last(const jfi_quotient *q, size_t t, jfi_set P);
/* `count` words of it. r: evaluation form, spoilt. x is null where the target is a coming prime (its limb of x*A is zero, and nothing
 * is added). out may equal any input. */
void jfi_last_step_run(const jfi_last_step *l, uint64_t *out, const uint64_t *x, uint64_t *r, const uint64_t *add,
                       size_t count);
#endif
