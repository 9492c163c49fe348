/* t-release.c: what leaves the key holders is the value, within the bound it names, under noise of the deviation the theorem asks for, on a
 * grid; nothing that was not asked for; counted. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "jfhe/ckks.h"
#include "rlwe-cases.h"

enum { LOG_N = 11, SLOTS = 1 << (LOG_N - 1), BUDGET = 400 };

typedef struct world {
  jfhe_ctx *ctx;
  jfhe_sk *sk;
  jfhe_pt *pt;
  jfhe_ct *ct;
  double x[SLOTS], re[SLOTS], im[SLOTS];
  uint8_t keep[SLOTS];
  void *scratch;
  size_t len;
} world;

static void open_world(world *w) {
  static const uint8_t entropy[32] = {11};
  memset(w, 0, sizeof *w);
  w->ctx = jfi_test_ctx(LOG_N, 2, 46, 1);
  CHECK_OK(jfi_sk_deterministic(&w->sk, w->ctx, entropy));
  CHECK_OK(jfhe_pt_new(&w->pt, w->ctx, 2));
  CHECK_OK(jfhe_ct_new(&w->ct, w->ctx, 1, 2));
  w->len = jfhe_release_scratch(w->ctx) + jfhe_ckks_encode_scratch(w->ctx) + jfhe_encrypt_scratch(w->ctx);
  w->scratch = jfi_alloc(w->len);
  for (size_t i = 0; i < SLOTS; i++) w->x[i] = sin((double)i);
  CHECK_OK(
      jfhe_ckks_encode(w->ctx, w->pt, w->x, NULL, SLOTS, JFHE_PACK_REAL, LOG_N - 1, 2, 0x1p46, 1, w->scratch, w->len));
  CHECK_OK(jfhe_encrypt(w->ctx, w->ct, w->pt, w->sk, w->scratch, w->len));
}

static void close_world(world *w) {
  jfi_free(w->scratch);
  jfhe_ct_free(w->ct);
  jfhe_pt_free(w->pt);
  jfhe_sk_free(w->sk);
  jfhe_ctx_free(w->ctx);
}

static double sigma_for(const world *w, double numbers) {
  return sqrt(12.0 * BUDGET) * 0x1p20 * w->ct->bound.worst * sqrt(numbers);
}

JFI_TEST(released_numbers_carry_the_noise_and_no_more) {
  static world w;
  open_world(&w);
  w.keep[3] = w.keep[7] = 1;
  double sum = 0, squares = 0, error = 0, sigma = sigma_for(&w, 2);
  int fraction = 0, e;
  (void)frexp(sigma, &e);
  double grid = ldexp(1.0, e - 17);
  for (int t = 0; t < BUDGET; t++) {
    CHECK_EQ(jfhe_sk_releases(w.sk), t);
    CHECK_OK(jfhe_release(w.ctx, w.re, NULL, SLOTS, &error, w.ct, w.sk, w.keep, 40, BUDGET, w.scratch, w.len));
    for (size_t i = 0; i < SLOTS; i++)
      if (i != 3 && i != 7) CHECK(w.re[i] == 0);
    for (size_t i = 3; i <= 7; i += 4) {
      double d = (w.re[i] - w.x[i]) / sigma;
      CHECK(fabs(w.re[i] - w.x[i]) <= error);
      fraction |= w.re[i] / grid != rint(w.re[i] / grid);
      sum += d;
      squares += d * d;
    }
  }
  /* 800 draws: mean within 5/sqrt(800), variance within 5*sqrt(2/800) of 1 and up to 2 % above */
  CHECK(fabs(sum / (2 * BUDGET)) < 0.18);
  CHECK(squares / (2 * BUDGET) > 0.75 && squares / (2 * BUDGET) < 1.28);
  CHECK(!fraction);
  CHECK(error > 10 * sigma && error < 10.5 * sigma);
  CHECK_STATUS(jfhe_release(w.ctx, w.re, NULL, SLOTS, &error, w.ct, w.sk, w.keep, 40, BUDGET, w.scratch, w.len),
               JFHE_ERR_BUDGET);
  close_world(&w);
}

JFI_TEST(more_numbers_more_noise_until_it_is_refused) {
  static world w;
  open_world(&w);
  double one, all, both;
  w.keep[0] = 1;
  CHECK_OK(jfhe_release(w.ctx, w.re, NULL, SLOTS, &one, w.ct, w.sk, w.keep, 40, 1000, w.scratch, w.len));
  CHECK_OK(jfhe_release(w.ctx, w.re, w.im, SLOTS, &both, w.ct, w.sk, w.keep, 40, 1000, w.scratch, w.len));
  CHECK(fabs(both / one - sqrt(2)) < 0.01);
  CHECK(w.im[0] != 0 && w.im[1] == 0);
  w.ct->bound.mag = 0x1p30; /* so that many numbers are not drowned by the checks here */
  CHECK_OK(jfhe_release(w.ctx, w.re, NULL, SLOTS, &all, w.ct, w.sk, NULL, 40, 1000, w.scratch, w.len));
  CHECK(fabs(all / one - sqrt(SLOTS)) < 0.1 * sqrt(SLOTS));
  w.ct->bound.mag = 1;
  double before = w.re[0] = 42;
  uint32_t count = jfhe_sk_releases(w.sk);
  CHECK_STATUS(jfhe_release(w.ctx, w.re, NULL, SLOTS, &all, w.ct, w.sk, NULL, 64, 1000, w.scratch, w.len),
               JFHE_ERR_RANGE);
  CHECK(strstr(jfhe_last_error(), "bits") != NULL);
  CHECK(w.re[0] == before && jfhe_sk_releases(w.sk) == count);
  close_world(&w);
}

JFI_TEST(refused_releases_change_nothing) {
  static world w;
  open_world(&w);
  double error;
  CHECK_STATUS(jfhe_release(w.ctx, w.re, NULL, SLOTS, &error, w.ct, w.sk, w.keep, 40, 10, w.scratch, w.len),
               JFHE_ERR_ARG); /* keeps none */
  w.keep[1] = 1;
  CHECK_STATUS(jfhe_release(w.ctx, w.re, NULL, SLOTS, &error, w.ct, w.sk, w.keep, 41, 10, w.scratch, w.len),
               JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_release(w.ctx, w.re, NULL, SLOTS, &error, w.ct, w.sk, w.keep, 40, 0, w.scratch, w.len),
               JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_release(w.ctx, w.re, NULL, SLOTS + 1, &error, w.ct, w.sk, w.keep, 40, 10, w.scratch, w.len),
               JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_release(w.ctx, w.re, NULL, SLOTS, &error, w.ct, w.sk, w.keep, 40, 10, w.scratch, 100),
               JFHE_ERR_SCRATCH);
  CHECK_EQ(jfhe_sk_releases(w.sk), 0);
  CHECK_OK(jfhe_release(w.ctx, w.re, NULL, SLOTS, &error, w.ct, w.sk, w.keep, 40, 10, w.scratch, w.len));
  CHECK_STATUS(jfhe_release(w.ctx, w.re, NULL, SLOTS, &error, w.ct, w.sk, w.keep, 40, 11, w.scratch, w.len),
               JFHE_ERR_BUDGET);
  CHECK_EQ(jfhe_sk_releases(w.sk), 1);
  close_world(&w);
}
