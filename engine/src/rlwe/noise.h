/* rlwe/noise.h: tails of random polynomials at the slots. docs/SOUNDNESS.md, "Tails". */
#ifndef JFI_RLWE_NOISE_H
#define JFI_RLWE_NOISE_H
#include "rlwe/ctx.h"

/* Sub-Gaussian proxies of one coefficient. */
#define JFI_PROXY_TERNARY  (2.0 / 3.0)  /* uniform on {-1, 0, 1}: (1 + 2 cosh t)/3 <= exp(t^2/3) */
#define JFI_PROXY_NOISE    (21.0 / 2.0) /* centred binomial, 21 + 21 coins of proxy 1/4 */
#define JFI_PROXY_ROUNDING (1.0 / 12.0) /* uniform on [-1/2, 1/2]: sinh(t/2)/(t/2) <= exp(t^2/24) */

/* No slot of a polynomial with independent centred coefficients of this proxy exceeds this in modulus, but for a chance below 2^-129. */
double jfi_tail(const struct jfhe_ctx *ctx, double proxy);
/* Root mean square of a slot's modulus: sqrt(N * variance). */
double jfi_slot_sd(const struct jfhe_ctx *ctx, double variance);
#endif
