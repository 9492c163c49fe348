/* t-bgv-preset.c: the presets for integers hold the products in a row that they promise, for extreme data; a weaker one refuses. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bgv-cases.h"

static void squares(const char *preset, uint32_t want, enum bgv_fill fill) {
  bgv_world w;
  jfhe_ctx *ctx = NULL;
  REQUIRE_OK(jfhe_ctx_new_preset(&ctx, preset));
  CHECK_EQ(jfhe_ctx_levels(ctx), want);
  REQUIRE(bgv_world_open(&w, ctx, 65537));
  CHECK_EQ(w.n, w.ctx->ring->n);
  int64_t *v = bgv_vec(&w, fill);
  jfhe_ct *ct = bgv_encrypt(&w, v, want);
  printf("%s: fresh 2^%.1f", preset, log2(ct->bound.worst));
  for (uint32_t level = want; level-- > 0;) {
    REQUIRE_OK(jfhe_bgv_mul(w.b, ct, ct, ct, level, w.keys, w.scratch, w.scratch_len));
    for (size_t i = 0; i < w.n; i++) v[i] = bgv_mul(&w, v[i], v[i]);
    printf(", %.1f", log2(ct->bound.worst));
  }
  printf("\n");
  CHECK(bgv_check(&w, ct, v, "squares"));
  CHECK(jfhe_bgv_budget(ct) > 6);
  jfhe_ct_free(ct);
  free(v);
  bgv_world_close(&w);
}

JFI_TEST(exact_squares_seven_times) {
  squares("exact", 7, BGV_UNIFORM);
  squares("exact", 7, BGV_BOTTOM);
}
JFI_TEST(exact_deep_squares_sixteen_times) { squares("exact-deep", 16, BGV_EXTREMES); }

/* The table's modulus again, steps of 30 bits: more of them, and fewer products, by refusal. */
JFI_TEST(weaker_steps_are_refused) {
  bgv_world w;
  jfhe_ctx *ctx = NULL;
  REQUIRE_OK(jfhe_ctx_new_custom(&ctx, 14, 9, 30, 44, 2, 128));
  REQUIRE(bgv_world_open(&w, ctx, 65537));
  int64_t *v = bgv_vec(&w, BGV_EXTREMES);
  jfhe_ct *ct = bgv_encrypt(&w, v, 9);
  uint32_t level = 9;
  jfhe_status st = JFHE_OK;
  while (level > 0 && (st = jfhe_bgv_mul(w.b, ct, ct, ct, level - 1, w.keys, w.scratch, w.scratch_len)) == JFHE_OK) {
    for (size_t i = 0; i < w.n; i++) v[i] = bgv_mul(&w, v[i], v[i]);
    level--;
  }
  CHECK_STATUS(st, JFHE_ERR_RANGE);
  CHECK(bgv_check(&w, ct, v, "what was refused"));
  jfhe_ct_free(ct);
  free(v);
  bgv_world_close(&w);
}
