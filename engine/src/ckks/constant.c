/* ckks/constant.c: constants that cost no level. */
#include <math.h>

#include "base/status.h"
#include "ckks/eval.h"
#include "ckks/limbs.h"
#include "ckks/round.h"

/* The constant polynomial k + ik X^(N/2) has the value k + ik i in every slot. Each part is off by
 * 1/2 for rounding and by 2^-53 of itself for the product. */
jfhe_status jfi_ckks_add_const(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, double re, double im) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_ct_in_slots(a, "adding a constant"));
  double abs_c = fabs(re) + fabs(im);
  if (!(abs_c < 0x1p900)) return jfi_fail(JFHE_ERR_VALUE, "the constant is not a finite number");
  jfi_meta m = jfi_meta_of(a);
  double off = jfi_up(1.0 / m.scale + 0x1p-53 * abs_c);
  double spread = jfi_spread(ctx->ring->log_n, m.packing, m.log_slots);
  jfi_bound c = {jfi_up(abs_c), off, 0.41 * off * spread}; /* two parts, variance 1/12 each */
  m.bound = jfi_bound_add(&m.bound, &c, 0, 1, 0);
  if (im != 0) m.packing = JFHE_PACK_COMPLEX;
  JFI_TRY(jfi_bound_fits(ctx, &m.bound, m.scale, m.primes, "sum with a constant"));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  jfi_limbs job = jfi_limbs_of(ctx, out, m.primes, a, NULL, jfi_limb_add_complex);
  job.use_k = 1;
  job.k = jfi_round_double(re * m.scale);
  job.ik = jfi_round_double(im * m.scale);
  job.polys = 1;
  jfi_limbs_run(&job);
  if (out != a) {
    jfi_limbs rest = jfi_limbs_of(ctx, out, m.primes, a, NULL, jfi_limb_copy);
    rest.polys = m.degree;
    for (uint32_t i = 0; i < m.degree; i++) {
      rest.out[i] = jfi_ct_poly(out, i + 1);
      rest.a[i] = jfi_ct_poly(a, i + 1);
    }
    jfi_limbs_run(&rest);
  }
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

static jfhe_status times(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfi_meta *m, double k, double ik,
                         jfi_limb_op op) {
  JFI_TRY(jfi_bound_fits(ctx, &m->bound, m->scale, m->primes, "multiple"));
  JFI_TRY(jfi_ct_room(ctx, out, m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, m);
  jfi_limbs job = jfi_limbs_of(ctx, out, m->primes, a, NULL, op);
  job.use_k = 1;
  job.k = k;
  job.ik = ik;
  jfi_limbs_run(&job);
  jfi_ct_settle(ctx, out, m);
  return JFHE_OK;
}

jfhe_status jfi_ckks_mul_int(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, int32_t k) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  jfi_meta m = jfi_meta_of(a);
  m.bound = jfi_bound_scale(&m.bound, fabs((double)k));
  return times(ctx, out, a, &m, k, 0, jfi_limb_mul_const);
}

jfhe_status jfi_ckks_mul_i(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_ct_in_slots(a, "multiplication by i"));
  jfi_meta m = jfi_meta_of(a);
  m.packing = JFHE_PACK_COMPLEX;
  return times(ctx, out, a, &m, 0, 1, jfi_limb_mul_i);
}
