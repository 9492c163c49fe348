/* circuit/periodic_double.c: from a cosine or exponential to that of twice the angle, a level a doubling. */
#include <math.h>

#include "base/status.h"
#include "circuit/periodic.h"
#include "rlwe/keyring.h"

size_t jfi_doublings_scratch(const jfhe_ctx *ctx, uint32_t level_out) {
  size_t most = 0;
  for (uint32_t l = level_out + JFI_SINE_DOUBLINGS; l > level_out; l--) {
    size_t step = jfi_acc_bytes(ctx, l) + jfi_acc_finish_scratch(ctx, l);
    if (step > most) most = step;
  }
  return most;
}

double jfi_doublings_scale(const jfhe_ctx *ctx, uint32_t level_out, double finer) {
  double s = ctx->chain.scale[level_out] * finer;
  for (uint32_t l = level_out + 1; l <= level_out + JFI_SINE_DOUBLINGS; l++) s = sqrt(s * ctx->chain.step[l]);
  return s;
}

/* exp(2 i x) = exp(i x)^2, cos(2 x) = 2 cos(x)^2 - 1. */
static jfhe_status twice(const jfhe_ctx *ctx, jfhe_ct *x, jfi_periodic of, const jfhe_evk *rlk, jfi_scratch s) {
  jfi_acc acc;
  jfhe_ct head = *x;
  jfi_acc_init(&acc, ctx, x->level, x->scale * x->scale, jfi_spread(ctx->ring->log_n, x->packing, x->log_slots),
               jfi_ct_is_shadow(x) ? NULL : &s);
  if (s.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a cosine or exponential");
  JFI_TRY(jfi_acc_mul(&acc, x, x, of == JFI_COSINE));
  if (of == JFI_COSINE) jfi_acc_add_const(&acc, -1);
  JFI_TRY(jfi_acc_finish(&acc, &head, 1, rlk, &s));
  *x = head;
  return JFHE_OK;
}

jfhe_status jfi_doublings(const jfhe_ctx *ctx, jfhe_ct *x, jfi_periodic of, const jfhe_keyring *keys, jfi_scratch s) {
  const jfhe_evk *rlk = jfi_keyring_find(keys, JFHE_EVK_RELIN, 0);
  for (uint32_t i = 0; i < JFI_SINE_DOUBLINGS; i++) JFI_TRY(twice(ctx, x, of, rlk, s));
  return JFHE_OK;
}
