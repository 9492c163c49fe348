/* every-isa */
/* t-ckks-slots.c: rotations, conjugation, hoisting, inner sums and changes of secret against plain vectors. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "ckks-cases.h"
#include "ckks/bound.h"

static jfi_vec rotated(const jfi_vec *a, int64_t k) {
  jfi_vec r = jfi_vec_new(a->n);
  int64_t n = (int64_t)a->n;
  for (int64_t i = 0; i < n; i++) {
    r.re[i] = a->re[((i + k) % n + n) % n];
    r.im[i] = a->im[((i + k) % n + n) % n];
  }
  return r;
}

static jfi_vec conjugated(const jfi_vec *a) {
  jfi_vec r = rotated(a, 0);
  for (size_t i = 0; i < a->n; i++) r.im[i] = -r.im[i];
  return r;
}

static size_t bytes_of(const jfhe_ct *ct) { return ct->n_limbs * ct->ctx->ring->n * sizeof(uint64_t); }

static void rotations(jfi_world *w, uint32_t log_slots, uint32_t level) {
  const jfhe_ctx *ctx = w->ctx;
  const int32_t ks[] = {0, 1, -1, 3, 7, 2, -4, 64, -64};
  jfi_vec a = jfi_vec_random(w, (size_t)1 << log_slots, 1), c = conjugated(&a);
  jfhe_ct *x = jfi_world_encrypt(w, &a, JFHE_PACK_COMPLEX, log_slots, level), *many[9], *out = jfi_world_room(w, 1);
  for (size_t t = 0; t < 9; t++) many[t] = jfi_world_room(w, 1);
  CHECK_OK(jfhe_ckks_rotate_many(ctx, many, x, ks, 9, w->keys, w->scratch, jfhe_ckks_rotate_many_scratch(ctx, level)));
  for (size_t t = 0; t < 9; t++) {
    jfi_vec want = rotated(&a, ks[t]);
    CHECK_OK(jfhe_ckks_rotate(ctx, out, x, ks[t], w->keys, w->scratch, jfhe_ckks_rotate_scratch(ctx, level)));
    jfi_world_check(w, out, &want, "rotation");
    CHECK_EQ(jfhe_ct_level(out), level);
    CHECK(jfhe_ct_scale(out) == jfhe_ct_scale(x));
    jfi_world_check(w, many[t], &want, "hoisted rotation");
    /* hoisting changes the order of the work, not the result */
    CHECK_MEM(jfi_ct_limb(many[t], 0, 0, ctx->ring->n), jfi_ct_limb(out, 0, 0, ctx->ring->n), bytes_of(out));
    CHECK_MEM(jfi_ct_limb(many[t], 1, 0, ctx->ring->n), jfi_ct_limb(out, 1, 0, ctx->ring->n), bytes_of(out));
    CHECK(many[t]->bound.worst == out->bound.worst);
    jfi_vec_free(&want);
  }
  CHECK_OK(jfhe_ckks_conjugate(ctx, out, x, w->keys, w->scratch, w->scratch_len));
  jfi_world_check(w, out, &c, "conjugate");
  /* in place: the input is one of the outputs, and the first */
  jfhe_ct *outs[3] = {x, many[1], many[2]};
  const int32_t back[3] = {3, 1, 7};
  CHECK_OK(jfhe_ckks_rotate_many(ctx, outs, x, back, 3, w->keys, w->scratch, w->scratch_len));
  for (size_t t = 0; t < 3; t++) {
    jfi_vec want = rotated(&a, back[t]);
    jfi_world_check(w, outs[t], &want, "rotations in place");
    jfi_vec_free(&want);
  }
  for (size_t t = 0; t < 9; t++) jfhe_ct_free(many[t]);
  jfhe_ct_free(x);
  jfhe_ct_free(out);
  jfi_vec_free(&a);
  jfi_vec_free(&c);
}

static void all_rotations(jfhe_ctx *ctx) {
  jfi_world w = jfi_world_open(ctx);
  for (uint32_t level = 0; level <= ctx->chain.top; level += 2)
    for (uint32_t log_slots = 0; log_slots < ctx->ring->log_n; log_slots += 3) rotations(&w, log_slots, level);
  rotations(&w, ctx->ring->log_n - 1, ctx->chain.top);
  jfi_world_close(&w);
}

JFI_TEST(rotations_and_conjugation) {
  all_rotations(jfi_test_ctx(4, 2, 40, 1));
  all_rotations(jfi_test_ctx(9, 4, 45, 2));
  all_rotations(jfi_test_ctx_rational(8, 2, 3));
}

static void inner_sums(jfhe_ctx *ctx, uint32_t log_slots, uint32_t level) {
  jfi_world w = jfi_world_open(ctx);
  size_t n = (size_t)1 << log_slots;
  jfi_vec a = jfi_vec_random(&w, n, 1);
  jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_COMPLEX, log_slots, level), *out = jfi_world_room(&w, 1);
  const uint32_t shape[][2] = {{1, 1}, {1, 2}, {1, 8}, {4, 4}, {2, 1u << (log_slots - 1)}, {1, 2u << log_slots}};
  for (size_t t = 0; t < 6; t++) {
    uint32_t stride = shape[t][0], count = shape[t][1];
    jfi_vec want = jfi_vec_new(n);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < count; j++) {
        want.re[i] += a.re[(i + j * stride) % n];
        want.im[i] += a.im[(i + j * stride) % n];
      }
    CHECK_OK(
        jfhe_ckks_inner_sum(ctx, out, x, stride, count, w.keys, w.scratch, jfhe_ckks_inner_sum_scratch(ctx, level)));
    jfi_world_check(&w, out, &want, "inner sum");
    CHECK(jfhe_ct_magnitude(out) >= count);
    jfi_vec_free(&want);
  }
  jfi_vec all = jfi_vec_new(n);
  for (size_t i = 0; i < n * n; i++) {
    all.re[i / n] += a.re[i % n];
    all.im[i / n] += a.im[i % n];
  }
  CHECK_OK(jfhe_ckks_inner_sum(ctx, x, x, 1, (uint32_t)n, w.keys, w.scratch, w.scratch_len));
  jfi_world_check(&w, x, &all, "sum in place");
  jfi_vec_free(&all);
  jfi_vec_free(&a);
  jfhe_ct_free(x);
  jfhe_ct_free(out);
  jfi_world_close(&w);
}

JFI_TEST(inner_sums_of_slots) {
  inner_sums(jfi_test_ctx(5, 3, 40, 1), 4, 2);
  inner_sums(jfi_test_ctx(9, 4, 45, 2), 8, 4);
  inner_sums(jfi_test_ctx(9, 4, 45, 2), 3, 1);
  inner_sums(jfi_test_ctx_rational(8, 2, 3), 7, 9);
}

JFI_TEST(a_change_of_secret) {
  jfhe_ctx *ctx = jfi_test_ctx(9, 3, 45, 1);
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  jfi_vec a = jfi_vec_random(&w, 256, 0);
  jfhe_evk *key = NULL;
  CHECK_OK(jfhe_keygen_switch(&key, ctx, w.sk, w.other, 3));
  jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_REAL, 8, 2);
  CHECK_OK(jfhe_ckks_switch_key(ctx, x, x, key, w.scratch, w.scratch_len));
  uint8_t id[JFHE_ID_BYTES];
  jfhe_sk_id(w.other, id);
  CHECK_MEM(x->key_id, id, JFHE_ID_BYTES);
  jfhe_sk *first = w.sk;
  w.sk = w.other;
  jfi_world_check(&w, x, &a, "under the new secret");
  w.sk = first;
  /* no longer the old secret's: the key refuses it, and so does an old relinearisation key */
  CHECK_STATUS(jfhe_ckks_switch_key(ctx, x, x, key, w.scratch, w.scratch_len), JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_ckks_square(ctx, x, x, w.keys, w.scratch, w.scratch_len), JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_ckks_switch_key(ctx, x, x, jfhe_keyring_relin(w.keys), w.scratch, w.scratch_len), JFHE_ERR_KEY);
  jfhe_evk_free(key);
  jfhe_ct_free(x);
  jfi_vec_free(&a);
  jfi_world_close(&w);
}

JFI_TEST(what_cannot_be_rotated_is_refused) {
  jfhe_ctx *ctx = jfi_test_ctx(6, 3, 45, 1);
  const int32_t one[] = {1};
  jfi_world w = jfi_world_open_with(ctx, one, 1);
  jfi_vec a = jfi_vec_random(&w, 32, 0);
  jfi_vec c = jfi_vec_random(&w, 64, 0);
  jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_REAL, 5, 3), *out = jfi_world_room(&w, 1),
          *lazy = jfi_world_room(&w, 2);
  jfhe_ct *coeff = jfi_world_encrypt(&w, &c, JFHE_PACK_COEFF, 0, 3), *pair[2] = {out, out};
  const int32_t ks[2] = {1, 1}, bad[2] = {1, 2};
  size_t len = jfhe_ckks_rotate_scratch(ctx, 3), most = w.scratch_len;
  CHECK_OK(jfhe_ckks_mul_lazy(ctx, lazy, x, x));
  CHECK_STATUS(jfhe_ckks_rotate(ctx, out, x, 2, w.keys, w.scratch, len), JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_ckks_rotate(ctx, out, x, 1, NULL, w.scratch, len), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_rotate(ctx, out, x, 1, w.keys, w.scratch, len - 1), JFHE_ERR_SCRATCH);
  CHECK_STATUS(jfhe_ckks_rotate(ctx, out, lazy, 1, w.keys, w.scratch, len), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_ckks_rotate(ctx, out, coeff, 1, w.keys, w.scratch, len), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_ckks_conjugate(ctx, out, coeff, w.keys, w.scratch, len), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_ckks_inner_sum(ctx, out, coeff, 1, 2, w.keys, w.scratch, most), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_ckks_inner_sum(ctx, out, x, 1, 3, w.keys, w.scratch, most), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_inner_sum(ctx, out, x, 1, 0, w.keys, w.scratch, most), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_inner_sum(ctx, out, x, 1, 4, w.keys, w.scratch, most), JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_ckks_rotate_many(ctx, pair, x, ks, 2, w.keys, w.scratch, most), JFHE_ERR_ARG);
  pair[1] = lazy;
  CHECK_STATUS(jfhe_ckks_rotate_many(ctx, pair, x, bad, 2, w.keys, w.scratch, most), JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_ckks_rotate_many(ctx, pair, x, NULL, 2, w.keys, w.scratch, most), JFHE_ERR_ARG);
  pair[1] = NULL;
  CHECK_STATUS(jfhe_ckks_rotate_many(ctx, pair, x, ks, 2, w.keys, w.scratch, most), JFHE_ERR_ARG);
  CHECK_EQ(out->n_limbs, 0); /* unchanged all along */
  /* a sparse vector repeats: the key of 1 serves 1 - 8 among 8 slots */
  jfi_vec b = jfi_vec_random(&w, 8, 0), want = rotated(&b, 1);
  jfhe_ct *y = jfi_world_encrypt(&w, &b, JFHE_PACK_REAL, 3, 3);
  CHECK_OK(jfhe_ckks_rotate(ctx, out, y, -7, w.keys, w.scratch, len));
  jfi_world_check(&w, out, &want, "sparse rotation");
  CHECK_OK(jfhe_ckks_rotate(ctx, out, y, 16, w.keys, w.scratch, len)); /* nothing to do, no key needed */
  jfi_world_check(&w, out, &b, "whole turn");
  jfhe_ct_free(x);
  jfhe_ct_free(y);
  jfhe_ct_free(out);
  jfhe_ct_free(lazy);
  jfhe_ct_free(coeff);
  jfi_vec_free(&a);
  jfi_vec_free(&b);
  jfi_vec_free(&c);
  jfi_vec_free(&want);
  jfi_world_close(&w);
}

/* Keys of another shape (lower level, so other digits) still serve in one call. */
JFI_TEST(hoisting_with_keys_of_different_levels) {
  jfhe_ctx *ctx = jfi_test_ctx(8, 4, 45, 2);
  const int32_t ks[] = {1, 2, 4};
  jfi_world w = jfi_world_open_with(ctx, ks, 2);
  jfhe_evk *key = NULL;
  jfi_vec a = jfi_vec_random(&w, 128, 1);
  CHECK_OK(jfhe_keygen_galois(&key, ctx, w.sk, jfhe_galois_rotate(ctx, 4), 2));
  CHECK_OK(jfhe_keyring_add(w.keys, key));
  jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_COMPLEX, 7, 2), *out[3];
  for (size_t t = 0; t < 3; t++) out[t] = jfi_world_room(&w, 1);
  CHECK_OK(jfhe_ckks_rotate_many(ctx, out, x, ks, 3, w.keys, w.scratch, jfhe_ckks_rotate_many_scratch(ctx, 2)));
  for (size_t t = 0; t < 3; t++) {
    jfi_vec want = rotated(&a, ks[t]);
    jfi_world_check(&w, out[t], &want, "hoisted");
    jfi_vec_free(&want);
    jfhe_ct_free(out[t]);
  }
  jfhe_ct_free(x);
  jfi_vec_free(&a);
  jfi_world_close(&w);
}

/* Parents are Galois keys with half of the specials: they serve, and the sizes that are asked for suffice, for them too. */
JFI_TEST(keys_with_fewer_specials) {
  jfhe_ctx *ctx = jfi_test_ctx(8, 5, 45, 3);
  const int32_t ks[] = {2, 1, 4}, ordinary[] = {2};
  for (size_t first = 0; first < 2; first++) {
    jfi_world w = jfi_world_open_with(ctx, ordinary, first);
    jfi_vec a = jfi_vec_random(&w, 128, 1), sum = jfi_vec_new(128);
    for (size_t t = 0; t < 3; t++) {
      jfhe_evk *key = NULL;
      if (first && ks[t] == 2) continue;
      CHECK_OK(jfhe_keygen_parent(&key, ctx, w.sk, jfhe_galois_rotate(ctx, ks[t])));
      CHECK(jfhe_evk_digits(key) > jfhe_ctx_dnum(ctx));
      CHECK_OK(jfhe_keyring_add(w.keys, key));
    }
    jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_COMPLEX, 7, 5), *out[3], *s = jfi_world_room(&w, 1);
    for (size_t t = 0; t < 3; t++) out[t] = jfi_world_room(&w, 1);
    CHECK_OK(jfhe_ckks_rotate_many(ctx, out, x, ks, 3, w.keys, w.scratch, jfhe_ckks_rotate_many_scratch(ctx, 5)));
    for (size_t t = 0; t < 3; t++) {
      jfi_vec want = rotated(&a, ks[t]);
      jfi_world_check(&w, out[t], &want, "by parents, hoisted");
      CHECK_OK(jfhe_ckks_rotate(ctx, out[t], x, ks[t], w.keys, w.scratch, jfhe_ckks_rotate_scratch(ctx, 5)));
      jfi_world_check(&w, out[t], &want, "by parents");
      jfi_vec_free(&want);
      jfhe_ct_free(out[t]);
    }
    for (size_t i = 0; i < 128; i++)
      for (size_t j = 0; j < 8; j++) {
        sum.re[i] += a.re[(i + j) % 128];
        sum.im[i] += a.im[(i + j) % 128];
      }
    CHECK_OK(jfhe_ckks_inner_sum(ctx, s, x, 1, 8, w.keys, w.scratch, jfhe_ckks_inner_sum_scratch(ctx, 5)));
    jfi_world_check(&w, s, &sum, "sum by parents");
    jfhe_ct_free(x);
    jfhe_ct_free(s);
    jfi_vec_free(&a);
    jfi_vec_free(&sum);
    if (first == 0) w.ctx = NULL; /* the context serves both rounds */
    jfi_world_close(&w);
  }
}

/* The same bytes on any number of threads. */
JFI_TEST(threads_change_nothing) {
  jfhe_ctx *ctx = jfi_test_ctx(10, 4, 45, 2);
  jfi_world w = jfi_world_open(ctx);
  jfi_vec a = jfi_vec_random(&w, 512, 1);
  jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_COMPLEX, 9, 4), *one = jfi_world_room(&w, 1),
          *two = jfi_world_room(&w, 1);
  CHECK_OK(jfhe_ckks_inner_sum(ctx, one, x, 1, 16, w.keys, w.scratch, w.scratch_len));
  CHECK_OK(jfhe_ckks_mul(ctx, one, x, one, w.keys, w.scratch, w.scratch_len));
  CHECK_OK(jfhe_ctx_set_threads(ctx, 3));
  size_t len = jfhe_ckks_inner_sum_scratch(ctx, 4), mul = jfhe_ckks_mul_scratch(ctx, 4);
  void *scratch = jfi_alloc(len > mul ? len : mul);
  CHECK_OK(jfhe_ckks_inner_sum(ctx, two, x, 1, 16, w.keys, scratch, len));
  CHECK_OK(jfhe_ckks_mul(ctx, two, x, two, w.keys, scratch, mul));
  CHECK_MEM(one->data, two->data, bytes_of(one));
  jfi_free(scratch);
  CHECK_OK(jfhe_ctx_set_threads(ctx, 1));
  jfhe_ct_free(x);
  jfhe_ct_free(one);
  jfhe_ct_free(two);
  jfi_vec_free(&a);
  jfi_world_close(&w);
}
