/* rlwe/room.c: see room.h. */
#include "rlwe/room.h"

#include "base/mem.h"
#include "rlwe/keyswitch.h"

static size_t most(size_t a, size_t b) { return a > b ? a : b; }

/* How many digits keygen and jfhe_keyring_derive make for specials p, over the whole chain: no fewer than meet the primes of any level. */
static uint32_t count_digits(const jfhe_ctx *ctx, jfi_set p) {
  jfi_set digit[JFI_DIGITS_MAX];
  uint32_t count = jfi_digits_group(ctx->chain.prime, ctx->chain.chain, p, digit);
  return count ? count : JFI_DIGITS_MAX;
}

uint32_t jfi_galois_shapes(const jfhe_ctx *ctx, jfi_shape shape[JFI_SHAPES_MAX]) {
  size_t specials = jfi_set_count(ctx->chain.special), held = specials / 2;
  shape[0] = (jfi_shape){ctx->chain.special, ctx->chain.n_digits};
  if (held == 0) return 1;
  shape[1].p = jfi_set_minus(ctx->chain.special, jfi_set_range(ctx->chain.n - held, held));
  shape[1].n_digits = count_digits(ctx, shape[1].p);
  shape[2].p = jfi_set_minus(ctx->chain.special, shape[1].p);
  shape[2].n_digits = count_digits(ctx, shape[2].p);
  return 3;
}

size_t jfi_switch_bytes(const jfhe_ctx *ctx, jfi_set S) {
  jfi_shape shape[JFI_SHAPES_MAX];
  size_t need = 0;
  for (uint32_t i = jfi_galois_shapes(ctx, shape); i-- > 0;)
    need = most(need, jfi_keyswitch_scratch(ctx, S, S, shape[i].p, shape[i].n_digits));
  return need;
}

static size_t hoist_bytes(const jfhe_ctx *ctx, jfi_set S, const jfi_shape *shape) {
  size_t digits = jfi_decompose_words(ctx, S, shape->p, shape->n_digits);
  size_t work = most(jfi_decompose_scratch(ctx, S), jfi_keyswitch_scratch(ctx, S, S, shape->p, shape->n_digits));
  return digits * sizeof(uint64_t) + work + 3 * JFI_SCRATCH_SLACK;
}

size_t jfi_hoist_bytes(const jfhe_ctx *ctx, jfi_set S) {
  jfi_shape shape[JFI_SHAPES_MAX];
  size_t need = 0;
  for (uint32_t i = jfi_galois_shapes(ctx, shape); i-- > 0;) need = most(need, hoist_bytes(ctx, S, &shape[i]));
  return need;
}
