/* circuit/exponential.c: exp(2 pi i t), for which t and t + 1 are one. [CHKKS18b] */
#include "base/status.h"
#include "circuit/poly_eval.h"
#include "circuit/table.h"

size_t jfi_exponential_scratch(const jfhe_ctx *ctx, const struct jfhe_table *t) {
  uint32_t top = t->b->level_out + JFI_SINE_DOUBLINGS;
  size_t poly = jfi_poly_eval_scratch(ctx, t->exponential, t->b->level_sine);
  size_t doubling = jfi_doublings_scratch(ctx, t->b->level_out);
  return jfi_ct_temp_bytes(ctx, jfi_boot_roomiest(ctx, top)) + (poly > doubling ? poly : doubling) +
         4 * JFI_SCRATCH_SLACK;
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
                           jfi_doublings_scale(ctx, end, finer), keys, &at));
  w.packing = JFHE_PACK_COMPLEX;
  w.bound.mag = 1;
  w.bound.worst += t->exponential_error;
  JFI_TRY(jfi_doublings(ctx, &w, JFI_EXPONENTIAL, keys, at));
  w.scale = ctx->chain.scale[end] * finer; /* to the last bit; the square roots left it within 2^-50 */
  w.bound.worst = jfi_up(w.bound.worst + 0x1p-50);
  return jfi_ckks_copy(ctx, out, &w);
}
