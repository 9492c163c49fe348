/* t-bgv-products.c: sums of products against plain integers, and against products that are added. */
/* every-isa */
#include <stdlib.h>

#include "base/mem.h"
#include "bgv-cases.h"

enum { MOST = 9 };

typedef struct room {
  bgv_world w;
  int64_t *v[MOST];
  jfhe_ct *a[MOST], *c[MOST], *out, *term;
  void *scratch;
  size_t len;
} room;

static int open_in(room *r, jfhe_ctx *ctx, uint32_t t, uint32_t level) {
  if (!bgv_world_open(&r->w, ctx, t)) return 0;
  size_t sum = jfhe_bgv_mul_sum_scratch(r->w.ctx, 3), one = jfhe_bgv_mul_scratch(r->w.ctx, 3);
  r->len = sum > one ? sum : one;
  r->scratch = jfi_alloc(r->len);
  r->out = bgv_room(&r->w);
  r->term = bgv_room(&r->w);
  for (int i = 0; i < MOST; i++) {
    r->v[i] = bgv_vec(&r->w, (enum bgv_fill)(i % BGV_FILLS));
    r->a[i] = bgv_encrypt(&r->w, r->v[i], level);
    r->c[i] = r->a[i];
  }
  return r->scratch && r->out && r->term;
}

static int open_room(room *r, uint32_t log_n, uint32_t t, uint32_t level) {
  return open_in(r, jfi_test_ctx(log_n, 3, 44, 2), t, level);
}

static void close_room(room *r) {
  for (int i = 0; i < MOST; i++) {
    free(r->v[i]);
    jfhe_ct_free(r->a[i]);
  }
  jfhe_ct_free(r->out);
  jfhe_ct_free(r->term);
  jfi_free(r->scratch);
  bgv_world_close(&r->w);
}

/* c[p] = a[(p + turn) mod MOST]: with turn 0 squares. */
static void pair_up(room *r, size_t turn) {
  for (size_t p = 0; p < MOST; p++) r->c[p] = r->a[(p + turn) % MOST];
}

static jfhe_status sum(room *r, jfhe_ct *out, size_t count, uint32_t level) {
  return jfhe_bgv_mul_sum(r->w.b, out, (const jfhe_ct *const *)r->a, (const jfhe_ct *const *)r->c, count, level,
                          r->w.keys, r->scratch, r->len);
}

static void sums(jfhe_ctx *ctx, uint32_t t, uint32_t level) {
  room r = {0};
  if (!open_in(&r, ctx, t, level)) return;
  int64_t *want = calloc(r.w.n, sizeof *want);
  for (size_t turn = 0; turn < 3; turn++) {
    pair_up(&r, turn);
    for (size_t count = 1; count <= MOST; count += 4)
      for (uint32_t down = 0; down < 2; down++) {
        for (size_t i = 0; i < r.w.n; i++) {
          want[i] = 0;
          for (size_t p = 0; p < count; p++)
            want[i] = bgv_centre(&r.w, want[i] + bgv_mul(&r.w, r.v[p][i], r.v[(p + turn) % MOST][i]));
        }
        CHECK_OK(sum(&r, r.out, count, level - down));
        bgv_check(&r.w, r.out, want, "sum of products");
      }
  }
  free(want);
  close_room(&r);
}

JFI_TEST(sums_of_products) {
  sums(jfi_test_ctx(6, 3, 44, 2), 257, 3);
  sums(jfi_test_ctx(7, 3, 44, 2), 65537, 2);
  sums(jfi_test_ctx(8, 3, 44, 2), 7681, 1);
  sums(jfi_test_ctx_rational(8, 3, 3), 12289, 3); /* sets that do not nest */
}

/* The same integers, and no more noise than products that are relinearised one by one. */
JFI_TEST(as_products_that_are_added) {
  room r = {0};
  if (!open_room(&r, 7, 65537, 3)) return;
  pair_up(&r, 1);
  jfhe_ct *total = bgv_room(&r.w);
  for (size_t p = 0; p < MOST; p++) {
    jfhe_ct *to = p ? r.term : total;
    CHECK_OK(jfhe_bgv_mul(r.w.b, to, r.a[p], r.c[p], 2, r.w.keys, r.scratch, r.len));
    if (p) CHECK_OK(jfhe_bgv_add(r.w.b, total, total, r.term));
  }
  CHECK_OK(sum(&r, r.out, MOST, 2));
  CHECK(jfhe_bgv_budget(r.out) >= jfhe_bgv_budget(total));
  CHECK_OK(jfhe_bgv_sub(r.w.b, total, total, r.out));
  int64_t *none = calloc(r.w.n, sizeof *none);
  bgv_check(&r.w, total, none, "difference of the two ways");
  free(none);
  jfhe_ct_free(total);
  close_room(&r);
}

JFI_TEST(an_output_may_be_a_factor) {
  room r = {0};
  if (!open_room(&r, 6, 257, 3)) return;
  pair_up(&r, 1);
  int64_t *want = calloc(r.w.n, sizeof *want);
  for (size_t i = 0; i < r.w.n; i++)
    want[i] = bgv_centre(&r.w, bgv_mul(&r.w, r.v[0][i], r.v[1][i]) + bgv_mul(&r.w, r.v[1][i], r.v[2][i]));
  CHECK_OK(sum(&r, r.a[0], 2, 2));
  bgv_check(&r.w, r.a[0], want, "into a factor");
  free(want);
  close_room(&r);
}

JFI_TEST(refusals) {
  room r = {0};
  if (!open_room(&r, 6, 257, 2)) return;
  pair_up(&r, 1);
  CHECK_STATUS(sum(&r, r.out, 0, 1), JFHE_ERR_ARG);
  CHECK_STATUS(sum(&r, r.out, 3, 0), JFHE_ERR_LEVEL);
  r.len = 64;
  CHECK_STATUS(sum(&r, r.out, 3, 1), JFHE_ERR_SCRATCH);
  r.len = jfhe_bgv_mul_sum_scratch(r.w.ctx, 3);
  jfhe_ct *kept = r.c[1];
  r.c[1] = NULL;
  CHECK_STATUS(sum(&r, r.out, 3, 1), JFHE_ERR_ARG);
  CHECK_OK(
      jfhe_bgv_mul(r.w.b, r.term, r.a[0], r.a[1], 2, r.w.keys, r.scratch, r.len)); /* keeps its level: another factor */
  r.c[1] = r.term;
  CHECK_STATUS(sum(&r, r.out, 3, 1), JFHE_ERR_SCALE);
  CHECK_OK(jfhe_bgv_mul(r.w.b, r.term, r.a[0], r.a[1], 1, r.w.keys, r.scratch, r.len));
  CHECK_STATUS(sum(&r, r.out, 3, 1), JFHE_ERR_LEVEL);
  r.c[1] = kept;
  jfhe_keyring *none = NULL;
  CHECK_OK(jfhe_keyring_new(&none, r.w.ctx));
  CHECK_STATUS(jfhe_bgv_mul_sum(r.w.b, r.out, (const jfhe_ct *const *)r.a, (const jfhe_ct *const *)r.c, 2, 1, none,
                                r.scratch, r.len),
               JFHE_ERR_KEY);
  jfhe_keyring_free(none);
  close_room(&r);
}
