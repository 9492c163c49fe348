/* bgv/bound.h: how the noise v and the range of the integers grow. Why each line holds: docs/SOUNDNESS.md, "BGV".
 *
 * jfi_bound of integers: mag bounds |integer| over the slots, as exact integers before any reduction modulo t, as far as JFI_BGV_MAG_MAX, which
 * stands for anything larger; worst bounds |v| over the
 * complex embedding, in units of 1, but for a chance below 2^-128; sd predicts the root mean square of v there. */
#ifndef JFI_BGV_BOUND_H
#define JFI_BGV_BOUND_H
#include "bgv/space.h"
#include "rlwe/ct.h"
#include "rlwe/evk.h"

#define JFI_BGV_MAG_MAX 0x1p500
static inline double jfi_bgv_mag(double mag) { return mag < JFI_BGV_MAG_MAX ? jfi_up(mag) : JFI_BGV_MAG_MAX; }

/* JFHE_ERR_RANGE unless |v| < Q/2 for the product Q of `primes`, and every bound is finite. */
jfhe_status jfi_bgv_fits(const jfhe_bgv *b, const jfi_bound *v, jfi_set primes, const char *what);
/* What log2 of Q / (2 |v|) leaves. */
double jfi_bgv_budget(const jfhe_ctx *ctx, const jfi_bound *v, jfi_set primes);

jfi_bound jfi_bgv_bound_add(const jfi_bound *a, const jfi_bound *c, int same);
jfi_bound jfi_bgv_bound_mul(const jfi_bound *a, const jfi_bound *c, int same);
/* k*v, |k| = by, where the integers grow by `mag`. */
jfi_bound jfi_bgv_bound_scale(const jfi_bound *a, double by, double mag);
/* A/D, rounded up: what a division from X to T does to what is divided. */
double jfi_bgv_step(const jfhe_ctx *ctx, jfi_set X, jfi_set T);
/* (v*A + t*r)/D for a degree-1 ciphertext; X: the primes before, T: after. The same primes: no change. */
jfi_bound jfi_bgv_bound_divide(const jfhe_bgv *b, const jfi_bound *a, jfi_set X, jfi_set T);
/* One key switch over X that ends in T. */
jfi_bound jfi_bgv_bound_switch(const jfhe_bgv *b, const jfi_bound *a, const jfhe_evk *key, jfi_set X, jfi_set T);
#endif
