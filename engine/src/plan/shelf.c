/* plan/shelf.c: which free buffer a new value takes. The forecast follows the same rule as the run, so it foresees its memory. */
#include "plan/plan.h"

uint32_t jfi_shelf_take(jfi_shelf *s, uint32_t limbs) {
  for (uint32_t i = limbs; i <= JFI_PRIMES_MAX; i++)
    if (s->free[i]) {
      s->free[i]--;
      return i;
    }
  return 0;
}

size_t jfi_value_bytes(const jfhe_ctx *ctx, uint32_t limbs) {
  return 2 * (size_t)limbs * ctx->ring->n * sizeof(uint64_t);
}
