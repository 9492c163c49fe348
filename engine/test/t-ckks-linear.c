/* every-isa */
/* t-ckks-linear.c: sums, constants and integer multiples against plain doubles, within the bound; metadata, aliasing, refusals. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "ckks-cases.h"

typedef struct pair {
  jfi_vec a, b;
  jfhe_ct *x, *y, *out;
} pair;

static pair make(jfi_world *w, uint32_t pa, uint32_t la, uint32_t pb, uint32_t lb, uint32_t level) {
  pair p = {.a = jfi_vec_random(w, (size_t)1 << la, pa == JFHE_PACK_COMPLEX),
            .b = jfi_vec_random(w, (size_t)1 << lb, pb == JFHE_PACK_COMPLEX)};
  p.x = jfi_world_encrypt(w, &p.a, pa, la, level);
  p.y = jfi_world_encrypt(w, &p.b, pb, lb, level);
  p.out = jfi_world_room(w, 1);
  return p;
}

static void drop(pair *p) {
  jfi_vec_free(&p->a);
  jfi_vec_free(&p->b);
  jfhe_ct_free(p->x);
  jfhe_ct_free(p->y);
  jfhe_ct_free(p->out);
}

/* want = a + s*b, vectors repeated up to n entries */
static jfi_vec combine(const jfi_vec *a, const jfi_vec *b, double s, size_t n) {
  jfi_vec r = jfi_vec_new(n);
  for (size_t i = 0; i < n; i++) {
    r.re[i] = a->re[i % a->n] + s * b->re[i % b->n];
    r.im[i] = a->im[i % a->n] + s * b->im[i % b->n];
  }
  return r;
}

static void sums(jfi_world *w, uint32_t pa, uint32_t la, uint32_t pb, uint32_t lb, uint32_t level) {
  pair p = make(w, pa, la, pb, lb, level);
  size_t n = p.a.n > p.b.n ? p.a.n : p.b.n;
  jfi_vec plus = combine(&p.a, &p.b, 1, n), minus = combine(&p.a, &p.b, -1, n), twice = combine(&p.a, &p.a, 1, p.a.n);
  CHECK_OK(jfhe_ckks_add(w->ctx, p.out, p.x, p.y));
  jfi_world_check(w, p.out, &plus, "sum");
  CHECK_EQ(jfhe_ct_level(p.out), level);
  CHECK_EQ(jfhe_ct_packing(p.out), pa > pb ? pa : pb);
  CHECK_EQ(jfhe_ct_log_slots(p.out), la > lb ? la : lb);
  CHECK_CLOSE(jfhe_ct_magnitude(p.out), 2, 1e-9);
  CHECK(jfhe_ct_scale(p.out) == jfhe_ct_scale(p.x));
  CHECK(!p.out->seeded);
  CHECK_OK(jfhe_ckks_sub(w->ctx, p.out, p.x, p.y));
  jfi_world_check(w, p.out, &minus, "difference");
  CHECK_OK(jfhe_ckks_add(w->ctx, p.out, p.x, p.x));
  jfi_world_check(w, p.out, &twice, "double");
  CHECK_OK(jfhe_ckks_sub(w->ctx, p.y, p.x, p.y)); /* out is the second input */
  jfi_world_check(w, p.y, &minus, "difference in place");
  CHECK_OK(jfhe_ckks_sub(w->ctx, p.x, p.x, p.y)); /* a - (a - b) */
  jfi_vec b = combine(&p.b, &p.b, 0, n);
  jfi_world_check(w, p.x, &b, "second difference");
  jfi_vec_free(&plus);
  jfi_vec_free(&minus);
  jfi_vec_free(&twice);
  jfi_vec_free(&b);
  drop(&p);
}

static void all_sums(jfhe_ctx *ctx) {
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  uint32_t full = ctx->ring->log_n - 1;
  for (uint32_t level = 0; level <= ctx->chain.top; level += 2) {
    /* two numbers up to 1 need 2*2^scale below half the modulus: level 0 holds less than 2 */
    if (jfhe_ctx_log_q(ctx, level) < log2(jfhe_ctx_scale(ctx, level)) + 2.5) continue;
    sums(&w, JFHE_PACK_REAL, full, JFHE_PACK_REAL, full, level);
    sums(&w, JFHE_PACK_COMPLEX, full, JFHE_PACK_REAL, full, level);
    sums(&w, JFHE_PACK_REAL, full, JFHE_PACK_COMPLEX, 2, level);
    sums(&w, JFHE_PACK_COMPLEX, 1, JFHE_PACK_COMPLEX, 2, level);
    sums(&w, JFHE_PACK_COEFF, full + 1, JFHE_PACK_COEFF, full + 1, level);
  }
  jfi_world_close(&w);
}

JFI_TEST(sums_and_differences) {
  all_sums(jfi_test_ctx(4, 4, 40, 1));
  all_sums(jfi_test_ctx(11, 4, 46, 2));
  all_sums(jfi_test_ctx_rational(9, 2, 2));
}

static void constants(jfhe_ctx *ctx) {
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  uint32_t full = ctx->ring->log_n - 1, top = ctx->chain.top;
  pair p = make(&w, JFHE_PACK_REAL, full, JFHE_PACK_COMPLEX, 2, top);
  const double c[][2] = {{0.3, 0}, {-1.7, 0.25}, {0, -3}, {12345.678, 0}, {0x1p70, 0}};
  for (size_t t = 0; t < 5; t++) {
    if (c[t][0] > 1e9 && jfhe_ctx_log_q(ctx, top) < 140) continue;
    jfi_vec want = jfi_vec_new(p.a.n), neg = jfi_vec_new(p.a.n);
    for (size_t i = 0; i < p.a.n; i++) {
      want.re[i] = p.a.re[i] + c[t][0];
      want.im[i] = c[t][1];
      neg.re[i] = -want.re[i];
      neg.im[i] = -want.im[i];
    }
    CHECK_OK(jfhe_ckks_add_const(ctx, p.out, p.x, c[t][0], c[t][1]));
    jfi_world_check(&w, p.out, &want, "constant");
    CHECK_EQ(jfhe_ct_packing(p.out), c[t][1] != 0 ? JFHE_PACK_COMPLEX : JFHE_PACK_REAL);
    CHECK_OK(jfhe_ckks_neg(ctx, p.out, p.out));
    jfi_world_check(&w, p.out, &neg, "negation");
    jfi_vec_free(&want);
    jfi_vec_free(&neg);
  }
  const int32_t k[] = {0, 1, -1, 7, -1000003, INT32_MAX};
  for (size_t t = 0; t < 6; t++) {
    jfi_vec want = jfi_vec_new(p.b.n), turned = jfi_vec_new(p.b.n);
    for (size_t i = 0; i < p.b.n; i++) {
      want.re[i] = p.b.re[i] * k[t];
      want.im[i] = p.b.im[i] * k[t];
      turned.re[i] = -want.im[i];
      turned.im[i] = want.re[i];
    }
    CHECK_OK(jfhe_ckks_mul_int(ctx, p.out, p.y, k[t]));
    jfi_world_check(&w, p.out, &want, "integer multiple");
    CHECK_OK(jfhe_ckks_mul_i(ctx, p.out, p.out));
    jfi_world_check(&w, p.out, &turned, "times i");
    CHECK(p.out->bound.worst >= fabs((double)k[t]) * p.y->bound.worst);
    jfi_vec_free(&want);
    jfi_vec_free(&turned);
  }
  drop(&p);
  jfi_world_close(&w);
}

JFI_TEST(constants_and_integers) {
  constants(jfi_test_ctx(5, 3, 40, 1));
  constants(jfi_test_ctx(11, 4, 46, 1));
  constants(jfi_test_ctx_rational(9, 2, 2));
}

static jfhe_pt *encode(jfi_world *w, const jfi_vec *v, uint32_t log_slots, uint32_t level, double scale) {
  jfhe_pt *pt = NULL;
  CHECK_OK(jfhe_pt_new(&pt, w->ctx, level));
  CHECK_OK(jfhe_ckks_encode(w->ctx, pt, v->re, v->im, v->n, JFHE_PACK_COMPLEX, log_slots, level, scale, 1, w->scratch,
                            w->scratch_len));
  return pt;
}

JFI_TEST(plaintexts_of_the_same_or_a_higher_level) {
  jfhe_ctx *ctx = jfi_test_ctx(10, 4, 45, 1);
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  pair p = make(&w, JFHE_PACK_COMPLEX, 9, JFHE_PACK_COMPLEX, 9, 2);
  jfi_vec plus = combine(&p.a, &p.b, 1, 512), minus = combine(&p.a, &p.b, -1, 512);
  for (uint32_t level = 2; level <= 4; level++) {
    jfhe_pt *pt = encode(&w, &p.b, 9, level, jfhe_ctx_scale(ctx, 2));
    CHECK_OK(jfhe_ckks_add_pt(ctx, p.out, p.x, pt));
    jfi_world_check(&w, p.out, &plus, "plus plaintext");
    CHECK_OK(jfhe_ct_copy(p.out, p.x));
    CHECK_OK(jfhe_ckks_sub_pt(ctx, p.out, p.out, pt));
    jfi_world_check(&w, p.out, &minus, "minus plaintext");
    jfhe_pt_free(pt);
  }
  jfhe_pt *low = encode(&w, &p.b, 9, 1, jfhe_ctx_scale(ctx, 2)), *off = encode(&w, &p.b, 9, 2, 0x1p44);
  CHECK_STATUS(jfhe_ckks_add_pt(ctx, p.out, p.x, low), JFHE_ERR_LEVEL);
  CHECK_STATUS(jfhe_ckks_add_pt(ctx, p.out, p.x, off), JFHE_ERR_SCALE);
  jfhe_pt_free(low);
  jfhe_pt_free(off);
  jfi_vec_free(&plus);
  jfi_vec_free(&minus);
  drop(&p);
  jfi_world_close(&w);
}

/* Scales a hair apart may meet, and the difference is charged. */
JFI_TEST(scales_within_the_tolerance) {
  jfhe_ctx *ctx = jfi_test_ctx(6, 2, 45, 1);
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  pair p = make(&w, JFHE_PACK_REAL, 5, JFHE_PACK_REAL, 5, 2);
  jfi_vec plus = combine(&p.a, &p.b, 1, 32);
  double before = p.x->bound.worst + p.y->bound.worst;
  p.y->scale *= 1 + 0x1p-41;
  for (size_t i = 0; i < 32; i++) plus.re[i] -= p.b.re[i] * 0x1p-41; /* what y's data says at its new scale */
  CHECK_OK(jfhe_ckks_add(ctx, p.out, p.x, p.y));
  CHECK(p.out->bound.worst >= before + 0x1p-41 && p.out->bound.worst <= before * 1.001 + 0x1p-40);
  jfi_world_check(&w, p.out, &plus, "sum of near scales");
  p.y->scale *= 1 + 0x1p-39;
  CHECK_STATUS(jfhe_ckks_add(ctx, p.out, p.x, p.y), JFHE_ERR_SCALE);
  jfi_vec_free(&plus);
  drop(&p);
  jfi_world_close(&w);
}

JFI_TEST(what_does_not_fit_together_is_refused) {
  jfhe_ctx *ctx = jfi_test_ctx(6, 2, 45, 1);
  jfi_world w = jfi_world_open_with(ctx, NULL, 0), v = jfi_world_open_with(jfi_test_ctx(6, 3, 45, 1), NULL, 0);
  pair p = make(&w, JFHE_PACK_REAL, 5, JFHE_PACK_REAL, 5, 2), low = make(&w, JFHE_PACK_REAL, 5, JFHE_PACK_COEFF, 6, 1);
  pair far = make(&v, JFHE_PACK_REAL, 5, JFHE_PACK_REAL, 5, 2);
  jfhe_ct *small = NULL, *before = jfi_world_room(&w, 1);
  CHECK_OK(jfhe_ct_new(&small, ctx, 1, 0));
  CHECK_OK(jfhe_ckks_add(ctx, p.out, p.x, p.y));
  CHECK_OK(jfhe_ct_copy(before, p.out));
  CHECK_STATUS(jfhe_ckks_add(NULL, p.out, p.x, p.y), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_add(ctx, NULL, p.x, p.y), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_sub(ctx, p.out, NULL, p.y), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_neg(ctx, p.out, NULL), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_mul_i(ctx, NULL, p.x), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_add_pt(ctx, p.out, p.x, NULL), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_mul_int(ctx, p.out, p.x, INT32_MIN), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_add(ctx, p.out, p.x, far.x), JFHE_ERR_CONTEXT);
  CHECK_STATUS(jfhe_ckks_add(ctx, far.out, p.x, p.y), JFHE_ERR_CONTEXT);
  CHECK_STATUS(jfhe_ckks_add(ctx, p.out, p.x, low.x), JFHE_ERR_LEVEL);
  CHECK_STATUS(jfhe_ckks_add(ctx, p.out, low.x, low.y), JFHE_ERR_FORM); /* slots and coefficients */
  CHECK_STATUS(jfhe_ckks_add(ctx, small, p.x, p.y), JFHE_ERR_FORM);     /* no room */
  CHECK_STATUS(jfhe_ckks_neg(ctx, p.out, small), JFHE_ERR_FORM);        /* empty */
  CHECK_STATUS(jfhe_ckks_mul_i(ctx, p.out, low.y), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_ckks_add_const(ctx, p.out, low.y, 1, 0), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_ckks_add_const(ctx, p.out, p.x, NAN, 0), JFHE_ERR_VALUE);
  CHECK_STATUS(jfhe_ckks_add_const(ctx, p.out, p.x, 0, INFINITY), JFHE_ERR_VALUE);
  CHECK_STATUS(jfhe_ckks_add_const(ctx, p.out, p.x, 0x1p100, 0), JFHE_ERR_RANGE);
  p.y->key_id[0] ^= 1;
  CHECK_STATUS(jfhe_ckks_add(ctx, p.out, p.x, p.y), JFHE_ERR_KEY);
  p.y->key_id[0] ^= 1;
  p.x->form = JFHE_FORM_COEFF;
  CHECK_STATUS(jfhe_ckks_neg(ctx, p.out, p.x), JFHE_ERR_FORM);
  p.x->form = JFHE_FORM_EVAL;
  /* a message that would pass half the modulus: 48 bits at level 0, scale 45: |m| < 4 */
  jfhe_ct *zero = jfi_world_encrypt(&w, &p.a, JFHE_PACK_REAL, 5, 0);
  CHECK_OK(jfhe_ckks_mul_int(ctx, p.out, zero, 3));
  CHECK_STATUS(jfhe_ckks_mul_int(ctx, p.out, zero, 5), JFHE_ERR_RANGE);
  CHECK_OK(jfhe_ckks_add(ctx, p.out, p.x, p.y));
  CHECK_MEM(p.out->data, before->data, 2 * 3 * 64 * sizeof(uint64_t));
  jfhe_ct_free(zero);
  jfhe_ct_free(small);
  jfhe_ct_free(before);
  drop(&p);
  drop(&low);
  drop(&far);
  jfi_world_close(&w);
  jfi_world_close(&v);
}
