/* bgv/bound.c: see bound.h. */
#include "bgv/bound.h"

#include <math.h>

#include "base/status.h"
#include "rlwe/keyswitch.h"

/* A coefficient is at most the largest slot in modulus. 2^-40: Q as a double. */
jfhe_status jfi_bgv_fits(const jfhe_bgv *b, const jfi_bound *v, jfi_set primes, const char *what) {
  double q = jfi_ctx_product(b->ctx, primes);
  if (2 * v->worst * (1 + 0x1p-40) < q && v->sd < INFINITY) return JFHE_OK;
  return jfi_fail(JFHE_ERR_RANGE, "%s: noise up to 2^%.1f leaves no room under a modulus of %.1f bits", what,
                  log2(v->worst), jfi_ctx_log2(b->ctx, primes));
}

double jfi_bgv_budget(const jfhe_ctx *ctx, const jfi_bound *v, jfi_set primes) {
  return jfi_ctx_log2(ctx, primes) - 1 - log2(v->worst); /* libm: shown, decides nothing */
}

jfi_bound jfi_bgv_bound_add(const jfi_bound *a, const jfi_bound *c, int same) {
  double sd = same ? 2 * a->sd : jfi_hypot(a->sd, c->sd);
  return (jfi_bound){jfi_bgv_mag(a->mag + c->mag), jfi_up(a->worst + c->worst), jfi_up(sd)};
}

/* Slots of independent polynomials multiply; of one polynomial squared, E|v|^4 <= 2 (E|v|^2)^2 for what is nearly a complex Gaussian. */
jfi_bound jfi_bgv_bound_mul(const jfi_bound *a, const jfi_bound *c, int same) {
  double sd = same ? 1.5 * a->sd * a->sd : a->sd * c->sd;
  return (jfi_bound){jfi_bgv_mag(a->mag * c->mag), jfi_up(a->worst * c->worst), jfi_up(sd)};
}

jfi_bound jfi_bgv_bound_scale(const jfi_bound *a, double by, double mag) {
  return (jfi_bound){jfi_bgv_mag(a->mag * mag), jfi_up(a->worst * by), jfi_up(a->sd * by)};
}

/* Without overflow: sets of one level differ by a few primes, but a descent may drop dozens. */
double jfi_bgv_step(const jfhe_ctx *ctx, jfi_set X, jfi_set T) {
  jfi_set gone = jfi_set_minus(X, T), in = jfi_set_minus(T, X);
  double r = 1;
  size_t g = jfi_set_next(gone, 0);
  for (size_t i = jfi_set_next(in, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(in, i + 1)) {
    r *= (double)ctx->chain.prime[i];
    for (; g < JFI_PRIMES_MAX && r > 1; g = jfi_set_next(gone, g + 1)) r /= (double)ctx->chain.prime[g];
  }
  for (; g < JFI_PRIMES_MAX; g = jfi_set_next(gone, g + 1)) r /= (double)ctx->chain.prime[g];
  return r * (1 + 0x1p-44); /* at most 128 roundings of 2^-53 */
}

jfi_bound jfi_bgv_bound_divide(const jfhe_bgv *b, const jfi_bound *a, jfi_set X, jfi_set T) {
  if (jfi_set_equal(X, T)) return *a;
  double t = (double)b->t.q, r = jfi_bgv_step(b->ctx, X, T), worst, sd;
  jfi_divide_noise(b->ctx, &worst, &sd);
  return (jfi_bound){a->mag, jfi_up(a->worst * r + t * worst), jfi_up(jfi_hypot(a->sd * r, t * sd))};
}

/* jfi_keyswitch_noise counts the rounding of its own division by P; where one division by P and D serves both, that comes a second time in
 * jfi_bgv_bound_divide, divided by D: harmless. */
jfi_bound jfi_bgv_bound_switch(const jfhe_bgv *b, const jfi_bound *a, const jfhe_evk *key, jfi_set X, jfi_set T) {
  double t = (double)b->t.q, worst, sd;
  jfi_keyswitch_noise(b->ctx, X, key, &worst, &sd);
  jfi_bound v = {a->mag, jfi_up(a->worst + t * worst), jfi_up(jfi_hypot(a->sd, t * sd))};
  return jfi_bgv_bound_divide(b, &v, X, T);
}
