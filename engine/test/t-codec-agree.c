/* t-codec-agree.c: headers that are right in themselves, against a context that they may not fit. */
#include <math.h>
#include <string.h>

#include "codec-cases.h"
#include "codec/agree.h"

static jfi_header ct_of(const jfhe_ctx *ctx, uint32_t level) {
  jfi_header h;
  jfi_header_begin(&h, ctx, JFHE_OBJECT_CT, JFHE_ENCODING_RAW);
  h.scheme = JFHE_SCHEME_CKKS;
  h.form = JFHE_FORM_EVAL;
  h.degree = 1;
  h.level = (uint8_t)level;
  h.q = ctx->chain.level[level];
  h.scale = 1;
  h.key_id[0] = 1;
  return h;
}

static jfi_header key_of(const jfhe_ctx *ctx, uint32_t kind, uint32_t level) {
  jfi_header h;
  jfi_header_begin(&h, ctx, JFHE_OBJECT_EVK, JFHE_ENCODING_RAW);
  h.kind = (uint8_t)kind;
  h.level = (uint8_t)level;
  for (uint32_t l = 0; l <= level && l <= ctx->chain.top; l++) h.q = jfi_set_or(h.q, ctx->chain.level[l]);
  h.p = ctx->chain.special;
  h.digits = 1;
  h.digit[0] = h.q;
  h.key_id[0] = h.from_id[0] = 1;
  if (kind == JFHE_EVK_LIFT || kind == JFHE_EVK_LOWER) h.log_n_other = 3;
  return h;
}

static jfhe_status judged(const jfi_header *h, const jfhe_ctx *ctx) {
  CHECK_OK(jfi_header_check(h));
  return jfi_header_agree(h, ctx, h->object);
}

JFI_TEST(scale_and_bounds_up_to_the_modulus) {
  jfhe_ctx *ctx = jfi_codec_ctx(4);
  const uint32_t level = 2;
  const double modulus = jfi_ctx_product(ctx, ctx->chain.level[level]);
  jfi_header h = ct_of(ctx, level);
  h.scale = modulus;
  CHECK_OK(judged(&h, ctx));
  h.scale = nextafter(modulus, HUGE_VAL);
  CHECK_STATUS(judged(&h, ctx), JFHE_ERR_SCALE);
  for (int part = 0; part < 3; part++) { /* the message alone, the error alone, and both together */
    h = ct_of(ctx, level);
    h.scale = 4;
    double reach = modulus / 4;
    h.bound.mag = part == 0 ? reach : part == 1 ? 0 : reach / 2;
    h.bound.worst = part == 0 ? 0 : part == 1 ? reach : reach / 2;
    CHECK_OK(judged(&h, ctx));
    h.bound.mag *= 1 + 0x1p-51;
    h.bound.worst *= 1 + 0x1p-51;
    CHECK_STATUS(judged(&h, ctx), JFHE_ERR_RANGE);
  }
  jfhe_ctx_free(ctx);
}

/* Above 2^1024 the modulus is infinite as a double, and a reach that overflows as well still tells nothing. */
JFI_TEST(a_modulus_beyond_doubles) {
  jfhe_ctx *ctx = NULL;
  jfi_params p = {.name = "long", .log_n = 4, .first_bits = 48, .n_special = 2, .special_bits = 48, .n_steps = 24};
  memset(p.step_bits, 44, p.n_steps);
  REQUIRE_OK(jfi_ctx_new(&ctx, &p));
  CHECK(isinf(jfi_ctx_product(ctx, ctx->chain.level[24])));
  jfi_header h = ct_of(ctx, 24);
  h.scale = 0x1p600;
  h.bound.mag = 0x1p400;
  CHECK_OK(judged(&h, ctx));
  h.bound.mag = 0x1p500;
  CHECK_STATUS(judged(&h, ctx), JFHE_ERR_RANGE);
  jfhe_ctx_free(ctx);
}

/* Nothing indexes beyond the context's primes, not even by one, whether as a prime or as a special. */
JFI_TEST(primes_beyond_the_context) {
  jfhe_ctx *ctx = jfi_codec_ctx(4);
  for (uint32_t kind = JFHE_EVK_RELIN; kind <= JFHE_EVK_LOWER; kind++) {
    jfi_header h = key_of(ctx, kind, 1);
    if (kind == JFHE_EVK_GALOIS) h.galois = 5;
    CHECK_OK(judged(&h, ctx));
    h.p = jfi_set_with(h.p, ctx->chain.n);
    CHECK_STATUS(judged(&h, ctx), JFHE_ERR_CONTEXT);
    h.p = jfi_set_range(ctx->chain.n + 1, 1);
    h.q = h.digit[0] = jfi_set_with(h.q, ctx->chain.n);
    CHECK_STATUS(judged(&h, ctx), JFHE_ERR_CONTEXT);
  }
  jfhe_ctx_free(ctx);
}

/* A key for all levels and one more is refused, also when it has every prime; a ladder key's level is the smaller ring's. */
JFI_TEST(levels_beyond_the_top) {
  jfhe_ctx *ctx = jfi_codec_ctx(4);
  const uint32_t top = ctx->chain.top;
  jfi_header h = key_of(ctx, JFHE_EVK_RELIN, top);
  CHECK_OK(judged(&h, ctx));
  h.level = (uint8_t)(top + 1);
  CHECK_STATUS(judged(&h, ctx), JFHE_ERR_LEVEL);
  for (uint32_t kind = JFHE_EVK_LIFT; kind <= JFHE_EVK_LOWER; kind++) {
    h = key_of(ctx, kind, top + 5);
    CHECK_OK(judged(&h, ctx));
  }
  jfhe_ctx_free(ctx);
}

/* The hash of the right parameters does not excuse another degree: residues are counted by the context's. */
JFI_TEST(another_degree_under_the_right_hash) {
  jfhe_ctx *ctx = jfi_codec_ctx(4);
  jfi_header h = ct_of(ctx, 1);
  CHECK_OK(judged(&h, ctx));
  for (uint8_t log_n = 3; log_n <= 5; log_n++) {
    h.log_n = log_n;
    CHECK_STATUS(judged(&h, ctx), log_n == 4 ? JFHE_OK : JFHE_ERR_CONTEXT);
  }
  jfhe_ctx_free(ctx);
}
