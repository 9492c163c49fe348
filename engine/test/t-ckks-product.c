/* every-isa */
/* t-ckks-product.c: products by ciphertexts, plaintexts and constants against plain doubles, down whole chains; two ways to one result;
 * aliasing; refusals; no allocation once warm. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "ckks-cases.h"

static jfi_vec times(const jfi_vec *a, const jfi_vec *b) {
  size_t n = a->n > b->n ? a->n : b->n;
  jfi_vec r = jfi_vec_new(n);
  for (size_t i = 0; i < n; i++) {
    double ar = a->re[i % a->n], ai = a->im[i % a->n], br = b->re[i % b->n], bi = b->im[i % b->n];
    r.re[i] = ar * br - ai * bi;
    r.im[i] = ar * bi + ai * br;
  }
  return r;
}

static void replace(jfi_vec *v, jfi_vec with) {
  jfi_vec_free(v);
  *v = with;
}

/* One product at a level, in all the ways there are. */
static void products(jfi_world *w, uint32_t pa, uint32_t la, uint32_t pb, uint32_t lb, uint32_t level) {
  const jfhe_ctx *ctx = w->ctx;
  jfi_vec a = jfi_vec_random(w, (size_t)1 << la, pa), b = jfi_vec_random(w, (size_t)1 << lb, pb);
  jfi_vec ab = times(&a, &b), aa = times(&a, &a);
  jfhe_ct *x = jfi_world_encrypt(w, &a, pa, la, level), *y = jfi_world_encrypt(w, &b, pb, lb, level);
  jfhe_ct *out = jfi_world_room(w, 1), *lazy = jfi_world_room(w, 2), *flat = jfi_world_room(w, 1);
  size_t len = jfhe_ckks_mul_scratch(ctx, level);
  double bound = jfhe_ckks_bound_mul(ctx, x, y);
  CHECK_OK(jfhe_ckks_mul(ctx, out, x, y, w->keys, w->scratch, len));
  jfi_world_check(w, out, &ab, "product");
  CHECK_EQ(jfhe_ct_level(out), level - 1);
  CHECK_EQ(jfhe_ct_degree(out), 1);
  CHECK_EQ(jfhe_ct_packing(out), pa > pb ? pa : pb);
  CHECK_EQ(jfhe_ct_log_slots(out), la > lb ? la : lb);
  CHECK_CLOSE(bound, out->bound.worst, 1e-9 * bound);
  CHECK_CLOSE(jfhe_ct_scale(out), jfhe_ct_scale(x) * jfhe_ct_scale(y) / ctx->chain.step[level], 1);
  /* lazily: the same message at the old level, then down */
  CHECK_OK(jfhe_ckks_mul_lazy(ctx, lazy, x, y));
  CHECK_EQ(jfhe_ct_degree(lazy), 2);
  CHECK_EQ(jfhe_ct_level(lazy), level);
  jfi_world_check(w, lazy, &ab, "lazy product");
  CHECK_OK(jfhe_ckks_relin(ctx, flat, lazy, w->keys, w->scratch, len));
  jfi_world_check(w, flat, &ab, "relinearised");
  CHECK_OK(jfhe_ckks_rescale(ctx, flat, flat, w->scratch, jfhe_ckks_rescale_scratch(ctx, level)));
  jfi_world_check(w, flat, &ab, "rescaled");
  CHECK(flat->bound.worst >= out->bound.worst * 0.99);
  CHECK_OK(jfhe_ckks_relin_rescale(ctx, flat, lazy, w->keys, w->scratch, len));
  CHECK_MEM(flat->data, out->data, out->n_limbs * ctx->ring->n * sizeof(uint64_t)); /* the merged way, twice */
  CHECK_OK(jfhe_ckks_rescale(ctx, lazy, lazy, w->scratch, jfhe_ckks_rescale_scratch(ctx, level)));
  CHECK_EQ(jfhe_ct_degree(lazy), 2);
  jfi_world_check(w, lazy, &ab, "degree 2, rescaled");
  /* squares, and outputs that are inputs */
  CHECK_OK(jfhe_ckks_square(ctx, flat, x, w->keys, w->scratch, len));
  jfi_world_check(w, flat, &aa, "square");
  CHECK_OK(jfhe_ckks_mul(ctx, y, x, y, w->keys, w->scratch, len));
  CHECK_MEM(y->data, out->data, out->n_limbs * ctx->ring->n * sizeof(uint64_t));
  CHECK_OK(jfhe_ckks_square(ctx, x, x, w->keys, w->scratch, len));
  CHECK_MEM(x->data, flat->data, flat->n_limbs * ctx->ring->n * sizeof(uint64_t));
  jfhe_ct_free(x);
  jfhe_ct_free(y);
  jfhe_ct_free(out);
  jfhe_ct_free(lazy);
  jfhe_ct_free(flat);
  jfi_vec_free(&a);
  jfi_vec_free(&b);
  jfi_vec_free(&ab);
  jfi_vec_free(&aa);
}

static void all_products(jfhe_ctx *ctx) {
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  uint32_t full = ctx->ring->log_n - 1;
  for (uint32_t level = 1; level <= ctx->chain.top; level++) {
    /* the product must fit before the division */
    if (jfhe_ctx_log_q(ctx, level) < 2 * log2(jfhe_ctx_scale(ctx, level)) + 1.5) continue;
    products(&w, JFHE_PACK_REAL, full, JFHE_PACK_REAL, full, level);
    products(&w, JFHE_PACK_COMPLEX, full, JFHE_PACK_REAL, 1, level);
    products(&w, JFHE_PACK_COMPLEX, 2, JFHE_PACK_COMPLEX, 3, level);
  }
  jfi_world_close(&w);
}

JFI_TEST(products) {
  all_products(jfi_test_ctx(4, 3, 40, 1));
  all_products(jfi_test_ctx(10, 5, 46, 2));
  all_products(jfi_test_ctx_rational(9, 2, 2));
}

/* Down the whole chain, multiplying numbers of modulus 1, so that nothing hides the error. */
static void down(jfhe_ctx *ctx, double *ratio) {
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  uint32_t full = ctx->ring->log_n - 1, top = ctx->chain.top;
  jfi_vec v = jfi_vec_new((size_t)1 << full);
  for (size_t i = 0; i < v.n; i++) {
    double t = 6.28 * jfi_test_rng_unit(&w.rng);
    v.re[i] = cos(t);
    v.im[i] = sin(t);
  }
  jfhe_ct *x = jfi_world_encrypt(&w, &v, JFHE_PACK_COMPLEX, full, top);
  double error = 0;
  for (uint32_t level = top; level > 0; level--) {
    jfi_vec b = jfi_vec_new(v.n), c;
    for (size_t i = 0; i < v.n; i++) {
      double t = 6.28 * jfi_test_rng_unit(&w.rng);
      b.re[i] = cos(t);
      b.im[i] = sin(t);
    }
    jfhe_ct *y = jfi_world_encrypt(&w, &b, JFHE_PACK_COMPLEX, full, level);
    y->scale = x->scale; /* equal to within the tolerance; tested below */
    CHECK_CLOSE(jfhe_ctx_scale(ctx, level) / x->scale, 1, 0x1p-40);
    CHECK_OK(jfhe_ckks_mul(ctx, x, x, y, w.keys, w.scratch, w.scratch_len));
    c = times(&v, &b);
    replace(&v, c);
    error = jfi_world_check(&w, x, &v, "deep product");
    jfhe_ct_free(y);
    jfi_vec_free(&b);
  }
  *ratio = x->bound.worst / error;
  jfhe_ct_free(x);
  jfi_vec_free(&v);
  jfi_world_close(&w);
}

JFI_TEST(products_down_the_chain) {
  double ratio;
  down(jfi_test_ctx(4, 6, 40, 1), &ratio);
  down(jfi_test_ctx(11, 5, 46, 2), &ratio);
  CHECK(ratio > 1 && ratio < 0x1p10); /* the bound is not more than 2^10 above the error */
  printf("depth 5, N = 2^11: worst bound / error = %.1f\n", ratio);
}

JFI_TEST_SLOW(products_down_the_chain_of_a_real_ring) {
  double ratio;
  down(jfi_test_ctx(14, 5, 46, 2), &ratio);
  CHECK(ratio > 1 && ratio < 0x1p10);
  printf("depth 5, N = 2^14: worst bound / error = %.1f\n", ratio);
}

/* A coefficient of a negacyclic product is a sum of N terms. */
JFI_TEST(products_of_coefficients) {
  jfhe_ctx *ctx = jfi_test_ctx(5, 4, 40, 1);
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  size_t n = 32;
  jfi_vec a = jfi_vec_random(&w, n, 0), b = jfi_vec_random(&w, n, 0), c = jfi_vec_new(n);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) c.re[(i + j) % n] += (i + j >= n ? -1 : 1) * a.re[i] * b.re[j];
  jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_COEFF, 0, 4), *y = jfi_world_encrypt(&w, &b, JFHE_PACK_COEFF, 0, 4);
  CHECK_OK(jfhe_ckks_mul(ctx, x, x, y, w.keys, w.scratch, w.scratch_len));
  CHECK_EQ(jfhe_ct_packing(x), JFHE_PACK_COEFF);
  CHECK(jfhe_ct_magnitude(x) >= 32);
  jfi_world_check(&w, x, &c, "negacyclic product");
  jfhe_ct_free(x);
  jfhe_ct_free(y);
  jfi_vec_free(&a);
  jfi_vec_free(&b);
  jfi_vec_free(&c);
  jfi_world_close(&w);
}

static void with_plaintexts(jfhe_ctx *ctx, uint32_t level) {
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  uint32_t full = ctx->ring->log_n - 1;
  jfi_vec a = jfi_vec_random(&w, (size_t)1 << full, 1), b = jfi_vec_random(&w, (size_t)1 << full, 1),
          ab = times(&a, &b);
  jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_COMPLEX, full, level), *out = jfi_world_room(&w, 1);
  jfhe_pt *pt = NULL;
  CHECK_OK(jfhe_pt_new(&pt, ctx, ctx->chain.top));
  CHECK_OK(jfhe_ckks_encode(ctx, pt, b.re, b.im, b.n, JFHE_PACK_COMPLEX, full, level, ctx->chain.step[level], 1,
                            w.scratch, w.scratch_len));
  CHECK_OK(jfhe_ckks_mul_pt(ctx, out, x, pt));
  CHECK_EQ(jfhe_ct_level(out), level);
  jfi_world_check(&w, out, &ab, "product with a plaintext");
  CHECK_OK(jfhe_ckks_rescale(ctx, out, out, w.scratch, w.scratch_len));
  CHECK_CLOSE(jfhe_ct_scale(out), jfhe_ct_scale(x), 1);
  jfi_world_check(&w, out, &ab, "and rescaled");
  jfhe_pt_free(pt);
  jfhe_ct_free(x);
  jfhe_ct_free(out);
  jfi_vec_free(&a);
  jfi_vec_free(&b);
  jfi_vec_free(&ab);
  jfi_world_close(&w);
}

JFI_TEST(products_with_plaintexts) {
  with_plaintexts(jfi_test_ctx(4, 3, 40, 1), 2);
  with_plaintexts(jfi_test_ctx(11, 4, 46, 1), 4);
  with_plaintexts(jfi_test_ctx_rational(9, 2, 2), 7);
}

static void with_constants(jfhe_ctx *ctx) {
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  uint32_t full = ctx->ring->log_n - 1;
  const double c[] = {1, -0.3, 1e-6, 0, 1.75};
  jfi_vec a = jfi_vec_random(&w, (size_t)1 << full, 1);
  for (uint32_t level = 1; level <= ctx->chain.top; level++) {
    jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_COMPLEX, full, level), *out = jfi_world_room(&w, 1);
    for (size_t t = 0; t < 5; t++) {
      if (fabs(c[t]) > 1 && level == 1) continue; /* level 0 holds less than 2 with its error */
      jfi_vec want = jfi_vec_new(a.n);
      for (size_t i = 0; i < a.n; i++) {
        want.re[i] = c[t] * a.re[i];
        want.im[i] = c[t] * a.im[i];
      }
      CHECK_OK(jfhe_ckks_mul_const(ctx, out, x, c[t], w.scratch, jfhe_ckks_rescale_scratch(ctx, level)));
      CHECK_EQ(jfhe_ct_level(out), level - 1);
      CHECK(jfhe_ct_scale(out) == jfhe_ctx_scale(ctx, level - 1)); /* exactly canonical */
      jfi_world_check(&w, out, &want, "product with a constant");
      if (t == 1) {
        CHECK_OK(jfhe_ckks_mul_const(ctx, x, x, c[t], w.scratch, w.scratch_len)); /* in place */
        CHECK_MEM(x->data, out->data, out->n_limbs * ctx->ring->n * sizeof(uint64_t));
        jfhe_ct_free(x);
        x = jfi_world_encrypt(&w, &a, JFHE_PACK_COMPLEX, full, level);
      }
      jfi_vec_free(&want);
    }
    jfhe_ct_free(x);
    jfhe_ct_free(out);
  }
  jfi_vec_free(&a);
  jfi_world_close(&w);
}

JFI_TEST(products_with_constants) {
  with_constants(jfi_test_ctx(4, 3, 40, 1));
  with_constants(jfi_test_ctx(11, 3, 46, 1));
  with_constants(jfi_test_ctx_rational(9, 2, 2));
}

JFI_TEST(what_cannot_be_multiplied_is_refused) {
  jfhe_ctx *ctx = jfi_test_ctx(6, 3, 45, 1);
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  jfi_vec a = jfi_vec_random(&w, 32, 0);
  jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_REAL, 5, 3), *low = jfi_world_encrypt(&w, &a, JFHE_PACK_REAL, 5, 0);
  jfhe_ct *two = jfi_world_encrypt(&w, &a, JFHE_PACK_REAL, 5, 2), *out = jfi_world_room(&w, 1),
          *lazy = jfi_world_room(&w, 2);
  jfhe_keyring *none = NULL;
  size_t len = jfhe_ckks_mul_scratch(ctx, 3);
  CHECK_OK(jfhe_keyring_new(&none, ctx));
  CHECK_OK(jfhe_ckks_mul_lazy(ctx, lazy, x, x));
  CHECK_STATUS(jfhe_ckks_mul(ctx, out, x, NULL, w.keys, w.scratch, len), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_mul(ctx, out, x, x, NULL, w.scratch, len), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_mul(ctx, out, x, x, w.keys, NULL, len), JFHE_ERR_SCRATCH);
  CHECK_STATUS(jfhe_ckks_mul(ctx, out, x, x, w.keys, w.scratch, len - 1), JFHE_ERR_SCRATCH);
  CHECK_STATUS(jfhe_ckks_mul(ctx, out, x, x, none, w.scratch, len), JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_ckks_mul(ctx, out, x, two, w.keys, w.scratch, len), JFHE_ERR_LEVEL);
  CHECK_STATUS(jfhe_ckks_mul(ctx, out, low, low, w.keys, w.scratch, len), JFHE_ERR_RANGE); /* 90 bits of scale in 48 */
  CHECK_STATUS(jfhe_ckks_mul(ctx, out, lazy, x, w.keys, w.scratch, len), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_ckks_mul_lazy(ctx, out, x, x), JFHE_ERR_FORM); /* no third polynomial */
  CHECK_STATUS(jfhe_ckks_mul_lazy(ctx, x, x, x), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_relin(ctx, out, x, w.keys, w.scratch, len), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_ckks_relin_rescale(ctx, out, lazy, none, w.scratch, len), JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_ckks_rescale(ctx, out, low, w.scratch, len), JFHE_ERR_LEVEL);
  CHECK_STATUS(jfhe_ckks_mul_const(ctx, out, low, 1, w.scratch, len), JFHE_ERR_LEVEL);
  CHECK_STATUS(jfhe_ckks_mul_const(ctx, out, x, NAN, w.scratch, len), JFHE_ERR_VALUE);
  CHECK_STATUS(jfhe_ckks_mul_const(ctx, out, x, 1e30, w.scratch, len), JFHE_ERR_RANGE);
  /* a ciphertext of another secret */
  jfhe_sk_id(w.other, x->key_id);
  CHECK_STATUS(jfhe_ckks_square(ctx, out, x, w.keys, w.scratch, len), JFHE_ERR_KEY);
  jfhe_sk_id(w.sk, x->key_id);
  /* a key of a lower level */
  jfhe_evk *key = NULL;
  CHECK_OK(jfhe_keygen_relin(&key, ctx, w.sk, 2));
  CHECK_OK(jfhe_keyring_add(none, key));
  CHECK_STATUS(jfhe_ckks_square(ctx, out, x, none, w.scratch, len), JFHE_ERR_KEY);
  CHECK_OK(jfhe_ckks_square(ctx, out, two, none, w.scratch, len));
  CHECK(jfhe_ckks_bound_mul(ctx, low, low) == HUGE_VAL);
  CHECK(jfhe_ckks_bound_mul(NULL, low, low) == HUGE_VAL);
  jfhe_keyring_free(none);
  jfhe_ct_free(x);
  jfhe_ct_free(two);
  jfhe_ct_free(low);
  jfhe_ct_free(out);
  jfhe_ct_free(lazy);
  jfi_vec_free(&a);
  jfi_world_close(&w);
}

/* The message may not wrap around: repeated squaring of 1.9 is refused before it is wrong. */
JFI_TEST(growth_is_refused_before_it_wraps) {
  jfhe_ctx *ctx = jfi_test_ctx(8, 6, 44, 1);
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  jfhe_pt *pt = NULL;
  jfi_vec v = jfi_vec_new(128);
  for (size_t i = 0; i < 128; i++) v.re[i] = 1.9;
  jfhe_ct *x = jfi_world_room(&w, 1);
  CHECK_OK(jfhe_pt_new(&pt, ctx, 6));
  CHECK_OK(jfhe_ckks_encode(ctx, pt, v.re, NULL, 128, JFHE_PACK_REAL, 7, 6, 0, 0, w.scratch, w.scratch_len));
  CHECK_OK(jfhe_encrypt(ctx, x, pt, w.sk, w.scratch, w.scratch_len));
  int squarings = 0;
  jfhe_status st;
  while ((st = jfhe_ckks_square(ctx, x, x, w.keys, w.scratch, w.scratch_len)) == JFHE_OK) {
    for (size_t i = 0; i < 128; i++) v.re[i] *= v.re[i];
    squarings++;
    jfi_world_check(&w, x, &v, "power");
  }
  CHECK_STATUS(st, JFHE_ERR_RANGE);
  /* 1.9^(2^6) = 2^59 does not fit under a modulus of 48 bits at scale 2^44; 1.9^32 = 2^29.6 needs level 1 */
  CHECK_EQ(squarings, 5);
  jfhe_pt_free(pt);
  jfhe_ct_free(x);
  jfi_vec_free(&v);
  jfi_world_close(&w);
}

JFI_TEST(a_warm_product_allocates_nothing) {
  jfhe_ctx *ctx = jfi_test_ctx(10, 3, 46, 2);
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  jfi_vec a = jfi_vec_random(&w, 512, 0);
  jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_REAL, 9, 3), *out = jfi_world_room(&w, 1);
  CHECK_OK(jfhe_ckks_square(ctx, out, x, w.keys, w.scratch, w.scratch_len));
  unsigned long before = jfi_alloc_count();
  jfi_alloc_fail_after(0);
  CHECK_OK(jfhe_ckks_square(ctx, out, x, w.keys, w.scratch, w.scratch_len));
  CHECK_OK(jfhe_ckks_mul_const(ctx, out, x, 0.5, w.scratch, w.scratch_len));
  CHECK_OK(jfhe_ckks_add(ctx, out, out, out));
  CHECK_EQ(jfi_alloc_count(), before);
  jfi_alloc_fail_after(-1);
  jfhe_ct_free(x);
  jfhe_ct_free(out);
  jfi_vec_free(&a);
  jfi_world_close(&w);
}
