/* ckks/linear.c: sums, differences, negation, copies. */
#include "base/status.h"
#include "ckks/eval.h"
#include "ckks/limbs.h"

/* The sum's scale is a's; b's message then reads off by the relative difference. */
static jfhe_status plan_sum(const jfhe_ctx *ctx, jfi_meta *m, double b_scale, const jfi_bound *b, uint32_t packing,
                            uint32_t log_slots, int same, const char *what) {
  double mismatch;
  JFI_TRY(jfi_meta_join(m, packing, log_slots));
  JFI_TRY(jfi_scale_mismatch(&mismatch, m->scale, b_scale));
  m->bound = jfi_bound_add(&m->bound, b, mismatch, jfi_spread(ctx->ring->log_n, m->packing, m->log_slots), same);
  return jfi_bound_fits(ctx, &m->bound, m->scale, m->primes, what);
}

jfhe_status jfi_ckks_add(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *b, int subtract) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_ct_usable(ctx, b));
  JFI_TRY(jfi_ct_agree(a, b));
  jfi_meta m = jfi_meta_of(a);
  if (b->degree > m.degree) m.degree = b->degree;
  JFI_TRY(plan_sum(ctx, &m, b->scale, &b->bound, b->packing, b->log_slots, a == b, "sum"));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  jfi_limbs job = jfi_limbs_of(ctx, out, m.primes, a, b, subtract ? jfi_limb_sub : jfi_limb_add);
  jfi_limbs_run(&job);
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

jfhe_status jfi_ckks_add_pt(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_pt *b, int subtract) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_pt_usable(ctx, b));
  JFI_TRY(jfi_pt_covers(a, b));
  jfi_meta m = jfi_meta_of(a);
  JFI_TRY(plan_sum(ctx, &m, b->scale, &b->bound, b->packing, b->log_slots, 0, "sum"));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  jfi_limbs job = jfi_limbs_of(ctx, out, m.primes, a, NULL, subtract ? jfi_limb_sub : jfi_limb_add);
  job.b[0] = b->data; /* c1 and c2 stay as they are */
  job.b_primes = b->primes;
  jfi_limbs_run(&job);
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

static jfhe_status unary(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, jfi_limb_op op) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  jfi_meta m = jfi_meta_of(a);
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  jfi_limbs job = jfi_limbs_of(ctx, out, m.primes, a, NULL, op);
  jfi_limbs_run(&job);
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

jfhe_status jfi_ckks_neg(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a) {
  return unary(ctx, out, a, jfi_limb_neg);
}

jfhe_status jfi_ckks_copy(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a) {
  return out == a ? JFHE_OK : unary(ctx, out, a, jfi_limb_copy);
}
