/* circuit/bootstrap_sine.c: the reduction modulo 1 near integers, as a sine. [CHKKS18b] [HK20] */
#include <math.h>
#include <string.h>

#include "base/status.h"
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

size_t jfi_sine_scratch(const jfhe_ctx *ctx, const jfhe_bootstrap *b) {
  uint32_t top = b->level_out + JFI_SINE_DOUBLINGS;
  size_t poly = jfi_poly_eval_scratch(ctx, b->cosine, b->level_sine);
  size_t doubling = jfi_doublings_scratch(ctx, b->level_out);
  return jfi_ct_temp_bytes(ctx, top) + (poly > doubling ? poly : doubling) + 4 * JFI_SCRATCH_SLACK;
}

/* What the sine is multiplied by: mag/theta, raised so that the cubic term is a quarter. */
static double gain_of(const jfhe_bootstrap *b) {
  double theta = TWO_PI * b->eps;
  return b->mag / theta * (1 + theta * theta / 8);
}

double jfi_sine_scale(const jfhe_ctx *ctx, const jfhe_bootstrap *b) {
  return jfi_doublings_scale(ctx, b->level_out, gain_of(b));
}

jfhe_status jfi_sine(const jfhe_ctx *ctx, const jfhe_bootstrap *b, jfhe_ct *out, jfhe_ct *u, const jfhe_keyring *keys,
                     jfi_scratch *s) {
  jfhe_ct c;
  jfi_scratch at = *s;
  const double gain = gain_of(b), own = jfi_sine_worst(ctx, b, u->scale, keys);
  jfi_ct_piece(&c, ctx, b->level_out + JFI_SINE_DOUBLINGS, jfi_ct_is_shadow(u), &at);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a bootstrap");
  JFI_TRY(jfi_ckks_add_const(ctx, u, u, -0.25 / b->overflow, 0));
  u->bound = (jfi_bound){1, 0, 0};
  u->packing = JFHE_PACK_REAL;
  JFI_TRY(jfi_poly_eval_at(ctx, &c, u, b->cosine, JFHE_POLY_PROMISED, jfi_sine_scale(ctx, b), keys, &at));
  c.bound.mag = 1;
  c.bound.worst += b->cosine_error;
  JFI_TRY(jfi_doublings(ctx, &c, JFI_COSINE, keys, at));
  jfi_meta m = jfi_meta_of(&c);
  m.scale = ctx->chain.scale[b->level_out];
  m.bound = (jfi_bound){b->mag, jfi_up(fmin(c.bound.worst, own) * gain), jfi_up(b->sine.sd * gain)};
  for (size_t i = 0; i < 2 && !jfi_ct_is_shadow(out); i++)
    memcpy(jfi_ct_poly(out, i), jfi_ct_poly(&c, i), c.n_limbs * ctx->ring->n * sizeof(uint64_t));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}
