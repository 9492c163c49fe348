/* circuit/bootstrap_sine.c: the reduction modulo 1 near integers, as a sine. [CHKKS18b] [HK20] */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "circuit/acc.h"
#include "circuit/bootstrap.h"
#include "circuit/poly_eval.h"

static const double TWO_PI = 6.283185307179586; /* magic: TWO_PI = 2*pi */

/* With x = weight/2 - (K - 1/2) <= 1 the sum of `weight` uniform numbers on [-1/2, 1/2] exceeds K - 1/2 in modulus with chance
 * 2 x^weight/weight!. docs/SOUNDNESS.md, "Bootstrapping: overflow". */
double jfi_overflow(uint32_t log_n, uint32_t weight) {
  double k = (weight + 1) / 2.0; /* never exceeded */
  for (int quarters = 1; quarters <= 4; quarters++) {
    double x = quarters / 4.0;
    double p = 2 * (double)((size_t)1 << log_n);
    for (uint32_t i = 1; i <= weight; i++) p *= x / i;
    if (p > 0x1p-128) break;
    k = (weight + 1) / 2.0 - x;
  }
  return k;
}

/* J_0 .. J_(JFI_BESSEL_MAX)(a) by Miller's recurrence from above, where it is stable: J_(n-1) = 2n/a J_n - J_(n+1), scaled by
 * J_0 + 2 sum J_2k = 1. Four operations alone: the same bits on every build. [Olv64] */
void jfi_bessel(double *j, double a) {
  double sum = 0;
  j[JFI_BESSEL_MAX] = 0;
  j[JFI_BESSEL_MAX - 1] = 0x1p-1000;
  for (int n = JFI_BESSEL_MAX - 1; n > 0; n--) {
    j[n - 1] = (double)(2 * n) / a * j[n] - j[n + 1];
    if (fabs(j[n - 1]) > 0x1p500)
      for (int i = n - 1; i < JFI_BESSEL_MAX; i++) j[i] *= 0x1p-700;
  }
  for (int n = JFI_BESSEL_MAX; n > 0; n--) sum += n % 2 ? 0 : 2 * j[n];
  sum += j[0];
  for (int n = 0; n <= JFI_BESSEL_MAX; n++) j[n] /= sum;
}

/* cos(a x) = J_0(a) + 2 sum (-1)^k J_2k(a) T_2k(x). The cut's error is the sum of what is left out; 2^-44 covers the coefficients'
 * roundings and those of a (measured against long doubles). The degree is over most/2, so that the depth is always one. */
jfhe_status jfi_cosine_new(jfhe_poly **out, double *error, double overflow, uint32_t doublings, uint32_t most) {
  double j[JFI_BESSEL_MAX + 1], c[JFI_BESSEL_MAX + 1] = {0}, a = TWO_PI * overflow / (double)(1u << doublings),
                                                   tail = 0;
  if (!(a > 1 && a < JFI_BESSEL_MAX / 4.0) || most >= JFI_BESSEL_MAX)
    return jfi_fail(JFHE_ERR_PARAMS, "an overflow of %g is beyond the sine's reach", overflow);
  jfi_bessel(j, a);
  uint32_t degree = JFI_BESSEL_MAX - 2;
  while (degree > most / 2 + 1 && (degree > most || tail + 2 * fabs(j[degree]) < 0x1p-46)) {
    tail += 2 * fabs(j[degree]);
    degree -= 2;
  }
  for (uint32_t k = 0; k <= degree; k += 2) c[k] = (k ? 2 : 1) * (k % 4 ? -j[k] : j[k]);
  *error = tail + 0x1p-44;
  return jfi_poly_new(out, c, degree + 1, JFHE_BASIS_CHEB, -1, 1);
}

/* x = 2 x^2 - 1, a level down. */
static jfhe_status twice(const jfhe_ctx *ctx, jfhe_ct *x, const jfhe_evk *rlk, jfi_scratch s) {
  jfi_acc acc;
  jfhe_ct head = *x;
  jfi_acc_init(&acc, ctx, x->level, x->scale * x->scale, jfi_spread(ctx->ring->log_n, x->packing, x->log_slots),
               jfi_ct_is_shadow(x) ? NULL : &s);
  if (s.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a bootstrap");
  JFI_TRY(jfi_acc_mul(&acc, x, x, 1));
  jfi_acc_add_const(&acc, -1);
  JFI_TRY(jfi_acc_finish(&acc, &head, 1, rlk, &s));
  *x = head;
  return JFHE_OK;
}

size_t jfi_sine_scratch(const jfhe_ctx *ctx, const jfhe_bootstrap *b) {
  uint32_t top = b->level_out + JFI_SINE_DOUBLINGS;
  size_t poly = jfi_poly_eval_scratch(ctx, b->cosine, b->level_sine);
  size_t doubling = jfi_acc_bytes(ctx, top) + jfi_acc_finish_scratch(ctx, top);
  size_t next = jfi_acc_bytes(ctx, top - 1) + jfi_acc_finish_scratch(ctx, top - 1);
  if (next > doubling) doubling = next;
  return jfi_ct_temp_bytes(ctx, top) + (poly > doubling ? poly : doubling) + 4 * JFI_SCRATCH_SLACK;
}

/* What the sine is multiplied by: mag/theta, raised so that the cubic term is a quarter. */
static double gain_of(const jfhe_bootstrap *b) {
  double theta = TWO_PI * b->eps;
  return b->mag / theta * (1 + theta * theta / 8);
}

double jfi_sine_scale(const jfhe_ctx *ctx, const jfhe_bootstrap *b) {
  double s = ctx->chain.scale[b->level_out] * gain_of(b);
  for (uint32_t l = b->level_out + 1; l <= b->level_out + JFI_SINE_DOUBLINGS; l++) s = sqrt(s * ctx->chain.step[l]);
  return s;
}

jfhe_status jfi_sine(const jfhe_ctx *ctx, const jfhe_bootstrap *b, jfhe_ct *out, jfhe_ct *u, const jfhe_keyring *keys,
                     jfi_scratch *s) {
  jfhe_ct c;
  jfi_scratch at = *s;
  const jfhe_evk *rlk = jfi_keyring_find(keys, JFHE_EVK_RELIN, 0);
  const double gain = gain_of(b), own = jfi_sine_worst(ctx, b, u->scale, keys);
  jfi_ct_piece(&c, ctx, b->level_out + JFI_SINE_DOUBLINGS, jfi_ct_is_shadow(u), &at);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a bootstrap");
  JFI_TRY(jfi_ckks_add_const(ctx, u, u, -0.25 / b->overflow, 0));
  u->bound = (jfi_bound){1, 0, 0};
  u->packing = JFHE_PACK_REAL;
  JFI_TRY(jfi_poly_eval_at(ctx, &c, u, b->cosine, JFHE_POLY_PROMISED, jfi_sine_scale(ctx, b), keys, &at));
  c.bound.mag = 1;
  c.bound.worst += b->cosine_error;
  for (int i = 0; i < JFI_SINE_DOUBLINGS; i++) JFI_TRY(twice(ctx, &c, rlk, at));
  jfi_meta m = jfi_meta_of(&c);
  m.scale = ctx->chain.scale[b->level_out];
  m.bound = (jfi_bound){b->mag, jfi_up(fmin(c.bound.worst, own) * gain), jfi_up(b->sine.sd * gain)};
  for (size_t i = 0; i < 2 && !jfi_ct_is_shadow(out); i++)
    memcpy(jfi_ct_poly(out, i), jfi_ct_poly(&c, i), c.n_limbs * ctx->ring->n * sizeof(uint64_t));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}
