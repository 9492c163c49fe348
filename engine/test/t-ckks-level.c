/* every-isa */
/* t-ckks-level.c: changes of level, over chains that nest and chains that do not: the message stays, the scale is what it must be. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "ckks-cases.h"
#include "ckks/eval.h"
#include "rlwe/keyswitch.h"

static void descend(jfhe_ctx *ctx) {
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  uint32_t full = ctx->ring->log_n - 1, top = ctx->chain.top;
  jfi_vec a = jfi_vec_random(&w, (size_t)1 << full, 1);
  for (uint32_t from = 0; from <= top; from++)
    for (uint32_t to = 0; to <= from; to++) {
      jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_COMPLEX, full, from), *out = jfi_world_room(&w, 1);
      size_t len = jfhe_ckks_rescale_scratch(ctx, from);
      CHECK_OK(jfhe_ckks_to_level(ctx, out, x, to, w.scratch, len));
      CHECK_EQ(jfhe_ct_level(out), to);
      CHECK(jfhe_ct_scale(out) == jfhe_ctx_scale(ctx, to));
      CHECK(jfi_set_equal(out->primes, ctx->chain.level[to]));
      jfi_world_check(&w, out, &a, "to level");
      /* one division's rounding, and a factor of 40 bits at least: no more is lost */
      double worst, sd;
      jfi_divide_noise(ctx, &worst, &sd);
      CHECK(out->bound.worst <= x->bound.worst + 1.01 * worst / out->scale + 0x1p-40);
      /* keeping the scale: only where the message still fits */
      double bits = log2(jfhe_ct_scale(x)) + 1.01, room = jfhe_ctx_log_q(ctx, to);
      jfhe_status st = jfhe_ckks_drop_level(ctx, out, x, to, w.scratch, len);
      CHECK_STATUS(st, bits < room ? JFHE_OK : JFHE_ERR_RANGE);
      if (st == JFHE_OK) {
        CHECK_EQ(jfhe_ct_level(out), to);
        CHECK(jfhe_ct_scale(out) == jfhe_ct_scale(x));
        jfi_world_check(&w, out, &a, "dropped");
        if (jfi_set_within(ctx->chain.level[to], ctx->chain.level[from])) CHECK(out->bound.worst == x->bound.worst);
        CHECK_OK(jfhe_ckks_drop_level(ctx, x, x, to, w.scratch, len)); /* in place */
        for (size_t p = 0; p < 2; p++)
          CHECK_MEM(jfi_ct_limb(x, p, 0, ctx->ring->n), jfi_ct_limb(out, p, 0, ctx->ring->n),
                    out->n_limbs * ctx->ring->n * sizeof(uint64_t));
      }
      jfhe_ct_free(x);
      jfhe_ct_free(out);
    }
  jfi_vec_free(&a);
  jfi_world_close(&w);
}

JFI_TEST(to_every_level_from_every_level) {
  descend(jfi_test_ctx(4, 4, 40, 1));
  descend(jfi_test_ctx(9, 5, 46, 1));
  descend(jfi_test_ctx_rational(8, 3, 1));
}

/* A sum of a fresh ciphertext and one that came down lands on one scale, so it is allowed. */
JFI_TEST(paths_meet_on_the_canonical_scale) {
  jfhe_ctx *ctx = jfi_test_ctx(9, 5, 45, 1);
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  jfi_vec a = jfi_vec_random(&w, 256, 0), want = jfi_vec_new(256);
  jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_REAL, 8, 5), *y = jfi_world_room(&w, 1), *z = jfi_world_room(&w, 1);
  CHECK_OK(jfhe_ckks_square(ctx, y, x, w.keys, w.scratch, w.scratch_len)); /* x^2, level 4 */
  CHECK_OK(jfhe_ckks_square(ctx, y, y, w.keys, w.scratch, w.scratch_len)); /* x^4, level 3 */
  CHECK_OK(jfhe_ckks_to_level(ctx, z, x, 3, w.scratch, w.scratch_len));
  CHECK_OK(jfhe_ckks_add(ctx, y, y, z));
  for (size_t i = 0; i < 256; i++) want.re[i] = pow(a.re[i], 4) + a.re[i];
  jfi_world_check(&w, y, &want, "x^4 + x");
  jfhe_ct_free(x);
  jfhe_ct_free(y);
  jfhe_ct_free(z);
  jfi_vec_free(&a);
  jfi_vec_free(&want);
  jfi_world_close(&w);
}

/* In place division where the target is no prefix of the source. */
JFI_TEST(rescaling_in_place_over_sets_that_do_not_nest) {
  jfhe_ctx *ctx = jfi_test_ctx_rational(8, 2, 1);
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  jfi_vec a = jfi_vec_random(&w, 128, 0);
  jfhe_pt *one = NULL;
  int crossed = 0;
  CHECK_OK(jfhe_pt_new(&one, ctx, ctx->chain.top));
  for (uint32_t level = 3; level <= ctx->chain.top; level++) {
    jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_REAL, 7, level), *out = jfi_world_room(&w, 1);
    double ones[128];
    for (size_t i = 0; i < 128; i++) ones[i] = 1;
    CHECK_OK(jfhe_ckks_encode(ctx, one, ones, NULL, 128, JFHE_PACK_REAL, 7, level, ctx->chain.step[level], 1, w.scratch,
                              w.scratch_len));
    CHECK_OK(jfhe_ckks_mul_pt(ctx, x, x, one));
    CHECK_OK(jfhe_ckks_rescale(ctx, out, x, w.scratch, jfhe_ckks_rescale_scratch(ctx, level)));
    CHECK_OK(jfhe_ckks_rescale(ctx, x, x, w.scratch, jfhe_ckks_rescale_scratch(ctx, level)));
    crossed += !jfi_set_within(ctx->chain.level[level - 1], ctx->chain.level[level]);
    for (size_t p = 0; p < 2; p++)
      CHECK_MEM(jfi_ct_limb(x, p, 0, ctx->ring->n), jfi_ct_limb(out, p, 0, ctx->ring->n),
                out->n_limbs * ctx->ring->n * sizeof(uint64_t));
    jfi_world_check(&w, x, &a, "rescaled");
    jfhe_ct_free(x);
    jfhe_ct_free(out);
  }
  CHECK(crossed > 0); /* the chain is of the kind that this test is about */
  jfhe_pt_free(one);
  jfi_vec_free(&a);
  jfi_world_close(&w);
}

JFI_TEST(what_has_no_such_level_is_refused) {
  jfhe_ctx *ctx = jfi_test_ctx(6, 3, 45, 1);
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  jfi_vec a = jfi_vec_random(&w, 32, 0);
  jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_REAL, 5, 2), *out = jfi_world_room(&w, 1);
  size_t len = jfhe_ckks_rescale_scratch(ctx, 2);
  CHECK_STATUS(jfhe_ckks_to_level(ctx, out, x, 3, w.scratch, len), JFHE_ERR_LEVEL);
  CHECK_STATUS(jfhe_ckks_drop_level(ctx, out, x, 3, w.scratch, len), JFHE_ERR_LEVEL);
  CHECK_STATUS(jfhe_ckks_to_level(ctx, out, NULL, 1, w.scratch, len), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_to_level(ctx, out, x, 1, w.scratch, len - 1), JFHE_ERR_SCRATCH);
  CHECK_STATUS(jfhe_ckks_drop_level(ctx, out, x, 1, NULL, 0), JFHE_ERR_SCRATCH);
  x->scale *= 1.5;
  CHECK_STATUS(jfhe_ckks_to_level(ctx, out, x, 2, w.scratch, len), JFHE_ERR_LEVEL); /* another scale, same level */
  CHECK_OK(jfhe_ckks_to_level(ctx, out, x, 1, w.scratch, len));
  CHECK(jfhe_ct_scale(out) == jfhe_ctx_scale(ctx, 1));
  x->level = 40;
  CHECK_STATUS(jfhe_ckks_to_level(ctx, out, x, 1, w.scratch, len), JFHE_ERR_LEVEL);
  CHECK_STATUS(jfhe_ckks_rescale(ctx, out, x, w.scratch, len), JFHE_ERR_LEVEL);
  jfhe_ct_free(x);
  jfhe_ct_free(out);
  jfi_vec_free(&a);
  jfi_world_close(&w);
}
