/* circuit/exponential.c: exp(2 pi i t), for which t and t + 1 are one. [CHKKS18b]
 *
 * One polynomial for cosine and sine together: exp(i a x) = J_0(a) + 2 sum over k of i^k J_k(a) T_k(x), whose odd coefficients are imaginary. A product by
 * i is free, so the exponential costs the products of one series, not of two. */
#include <math.h>

#include "base/status.h"
#include "circuit/poly_eval.h"
#include "circuit/table.h"

static const double TWO_PI = 6.283185307179586; /* magic: TWO_PI = 2*pi */

/* The cut's error is the sum of what is left out; 2^-44 covers the coefficients' roundings and those of a, as for the cosine. */
jfhe_status jfi_exponential_new(jfhe_poly **out, double *error, double overflow, uint32_t doublings, uint32_t most) {
  double j[JFI_BESSEL_MAX + 1], c[JFI_BESSEL_MAX + 1], a = TWO_PI * overflow / (double)(1u << doublings), tail = 0;
  if (!(a > 1 && a < JFI_BESSEL_MAX / 4.0) || most >= JFI_BESSEL_MAX)
    return jfi_fail(JFHE_ERR_PARAMS, "an overflow of %g is beyond the exponential's reach", overflow);
  jfi_bessel(j, a);
  uint32_t degree = JFI_BESSEL_MAX - 1;
  while (degree > most / 2 + 1 && (degree > most || tail + 2 * fabs(j[degree]) < 0x1p-46))
    tail += 2 * fabs(j[degree--]);
  for (uint32_t k = 0; k <= degree; k++) c[k] = (k ? 2 : 1) * (k % 4 > 1 ? -j[k] : j[k]);
  *error = tail + 0x1p-44;
  return jfi_poly_new(out, c, degree + 1, JFHE_BASIS_CHEB, -1, 1);
}

/* x = x^2, a level down. */
static jfhe_status square(const jfhe_ctx *ctx, jfhe_ct *x, const jfhe_evk *rlk, jfi_scratch s) {
  jfi_acc acc;
  jfhe_ct head = *x;
  jfi_acc_init(&acc, ctx, x->level, x->scale * x->scale, jfi_spread(ctx->ring->log_n, x->packing, x->log_slots),
               jfi_ct_is_shadow(x) ? NULL : &s);
  if (s.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a table");
  JFI_TRY(jfi_acc_mul(&acc, x, x, 0));
  JFI_TRY(jfi_acc_finish(&acc, &head, 1, rlk, &s));
  *x = head;
  return JFHE_OK;
}

size_t jfi_exponential_scratch(const jfhe_ctx *ctx, const struct jfhe_table *t) {
  uint32_t top = t->b->level_out + JFI_SINE_DOUBLINGS;
  size_t most = jfi_poly_eval_scratch(ctx, t->exponential, t->b->level_sine);
  for (uint32_t l = top; l > t->b->level_out; l--) {
    size_t step = jfi_acc_bytes(ctx, l) + jfi_acc_finish_scratch(ctx, l);
    if (step > most) most = step;
  }
  return jfi_ct_temp_bytes(ctx, jfi_boot_roomiest(ctx, top)) + most + 4 * JFI_SCRATCH_SLACK;
}

/* Scale from which the squarings lead to `finer` times the canonical one of level_out. */
static double start_scale(const jfhe_ctx *ctx, uint32_t level_out, double finer) {
  double s = ctx->chain.scale[level_out] * finer;
  for (uint32_t l = level_out + 1; l <= level_out + JFI_SINE_DOUBLINGS; l++) s = sqrt(s * ctx->chain.step[l]);
  return s;
}

jfhe_status jfi_exponential(const jfhe_ctx *ctx, const struct jfhe_table *t, jfhe_ct *out, jfhe_ct *u, double finer,
                            const jfhe_keyring *keys, jfi_scratch *s) {
  jfhe_ct w;
  jfi_scratch at = *s;
  const uint32_t end = t->b->level_out;
  jfi_ct_piece(&w, ctx, jfi_boot_roomiest(ctx, end + JFI_SINE_DOUBLINGS), jfi_ct_is_shadow(u), &at);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a table");
  u->bound = (jfi_bound){1, 0, 0};
  u->packing = JFHE_PACK_REAL;
  JFI_TRY(jfi_poly_eval_at(ctx, &w, u, t->exponential, JFHE_POLY_PROMISED | JFI_POLY_ODD_IMAGINARY,
                           start_scale(ctx, end, finer), keys, &at));
  w.packing = JFHE_PACK_COMPLEX;
  w.bound.mag = 1;
  w.bound.worst += t->exponential_error;
  for (uint32_t i = 0; i < JFI_SINE_DOUBLINGS; i++)
    JFI_TRY(square(ctx, &w, jfi_keyring_find(keys, JFHE_EVK_RELIN, 0), at));
  w.scale = ctx->chain.scale[end] * finer; /* to the last bit; the square roots left it within 2^-50 */
  w.bound.worst = jfi_up(w.bound.worst + 0x1p-50);
  return jfi_ckks_copy(ctx, out, &w);
}
