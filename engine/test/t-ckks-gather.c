/* every-isa */
/* t-ckks-gather.c: means of many ciphertexts' slots in one, against means of the plain vectors. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ckks-cases.h"

enum { MOST = 64 };

typedef struct batch {
  size_t count;
  jfi_vec v[MOST];
  jfhe_ct *ct[MOST];
  double mean[MOST];
} batch;

static batch open_batch(jfi_world *w, size_t count, uint32_t packing, uint32_t log_slots, uint32_t level) {
  batch b = {.count = count};
  for (size_t i = 0; i < count; i++) {
    b.v[i] = jfi_vec_random(w, (size_t)1 << log_slots, packing == JFHE_PACK_COMPLEX);
    b.ct[i] = jfi_world_encrypt(w, &b.v[i], packing, log_slots, level);
    for (size_t j = 0; j < b.v[i].n; j++) b.mean[i] += b.v[i].re[j] / (double)b.v[i].n;
  }
  return b;
}

static void close_batch(batch *b) {
  for (size_t i = 0; i < b->count; i++) {
    jfi_vec_free(&b->v[i]);
    jfhe_ct_free(b->ct[i]);
  }
}

static jfhe_status gather(jfi_world *w, jfhe_ct *out, const batch *b, uint32_t level) {
  size_t len = jfhe_ckks_gather_scratch(w->ctx, level, b->count);
  void *scratch = jfi_alloc(len);
  jfhe_status st = jfhe_ckks_gather(w->ctx, out, (const jfhe_ct *const *)b->ct, b->count, w->keys, scratch, len);
  jfi_free(scratch);
  return st;
}

/* Coefficient i*N/2^l is mean i, within the bound; the largest error. */
static double check_means(jfi_world *w, const jfhe_ct *out, const batch *b) {
  size_t n = w->ctx->ring->n, stride = n;
  while (n / stride < b->count) stride /= 2;
  double *x = calloc(n, sizeof *x), most = 0;
  jfhe_pt *pt = NULL;
  CHECK_OK(jfhe_pt_new(&pt, w->ctx, w->ctx->chain.top));
  CHECK_OK(jfhe_decrypt(w->ctx, pt, out, w->sk, w->scratch, w->scratch_len));
  CHECK_OK(jfhe_ckks_decode(w->ctx, x, NULL, n, pt, w->scratch, w->scratch_len));
  for (size_t i = 0; i < b->count; i++) {
    double off = fabs(x[i * stride] - b->mean[i]);
    CHECK(off <= jfhe_pt_error(pt));
    if (off > most) most = off;
  }
  CHECK(most > 0 && jfhe_pt_error(pt) < 0x1p-15); /* neither all zero nor a bound of no use */
  free(x);
  jfhe_pt_free(pt);
  return most;
}

static void counts(jfhe_ctx *ctx, uint32_t packing, uint32_t log_slots, uint32_t level, const size_t *count, size_t n) {
  jfi_world w = jfi_world_open(ctx);
  for (size_t c = 0; c < n; c++) {
    batch b = open_batch(&w, count[c], packing, log_slots, level);
    jfhe_ct *out = jfi_world_room(&w, 1);
    CHECK_OK(gather(&w, out, &b, level));
    check_means(&w, out, &b);
    CHECK_EQ(jfhe_ct_packing(out), JFHE_PACK_COEFF);
    CHECK_EQ(jfhe_ct_level(out), level);
    double factor = 1;
    while (factor < (double)count[c]) factor *= 2;
    CHECK(jfhe_ct_scale(out) == factor * jfhe_ct_scale(b.ct[0]));
    CHECK(jfhe_ct_error_worst(out) >= jfhe_ct_error_worst(b.ct[0]));
    jfhe_ct_free(out);
    close_batch(&b);
  }
  jfi_world_close(&w);
}

JFI_TEST(every_small_count) {
  const size_t count[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  counts(jfi_test_ctx(8, 3, 45, 2), JFHE_PACK_COMPLEX, 7, 2, count, 9);
  counts(jfi_test_ctx(8, 3, 45, 2), JFHE_PACK_REAL, 7, 3, count, 9);
}

JFI_TEST(many_sparse_and_low) {
  const size_t count[] = {33, 64};
  counts(jfi_test_ctx(9, 3, 45, 2), JFHE_PACK_COMPLEX, 8, 1, count, 2);
  counts(jfi_test_ctx(9, 3, 45, 2), JFHE_PACK_COMPLEX, 3, 1, count, 2); /* repeated vectors: the same means */
  counts(jfi_test_ctx(7, 3, 45, 1), JFHE_PACK_REAL, 0, 2, count, 2);    /* as many as slots */
  counts(jfi_test_ctx_rational(8, 2, 3), JFHE_PACK_COMPLEX, 7, 3, count, 2);
}

JFI_TEST(out_may_be_an_input) {
  jfi_world w = jfi_world_open(jfi_test_ctx(8, 3, 45, 2));
  for (size_t which = 0; which < 5; which++) {
    batch b = open_batch(&w, 5, JFHE_PACK_COMPLEX, 7, 2);
    jfhe_ct *out = jfi_world_room(&w, 1);
    size_t bytes;
    CHECK_OK(gather(&w, out, &b, 2));
    CHECK_OK(gather(&w, b.ct[which], &b, 2));
    bytes = out->n_limbs * w.ctx->ring->n * sizeof(uint64_t);
    for (size_t p = 0; p < 2; p++)
      CHECK_MEM(jfi_ct_limb(b.ct[which], p, 0, w.ctx->ring->n), jfi_ct_limb(out, p, 0, w.ctx->ring->n), bytes);
    CHECK_EQ(jfhe_ct_packing(b.ct[which]), JFHE_PACK_COEFF);
    jfhe_ct_free(out);
    close_batch(&b);
  }
  jfi_world_close(&w);
}

JFI_TEST(the_same_input_twice) {
  jfi_world w = jfi_world_open(jfi_test_ctx(8, 3, 45, 2));
  batch b = open_batch(&w, 3, JFHE_PACK_COMPLEX, 7, 2);
  jfhe_ct *out = jfi_world_room(&w, 1), *third = b.ct[2];
  b.ct[2] = b.ct[0];
  b.mean[2] = b.mean[0];
  CHECK_OK(gather(&w, out, &b, 2));
  check_means(&w, out, &b);
  b.ct[2] = third;
  jfhe_ct_free(out);
  close_batch(&b);
  jfi_world_close(&w);
}

/* Odd sums of many switches: after inputs of degree 1 that are products already. */
JFI_TEST(of_products) {
  jfi_world w = jfi_world_open(jfi_test_ctx(8, 3, 45, 2));
  batch b = open_batch(&w, 6, JFHE_PACK_REAL, 7, 2);
  jfhe_ct *out = jfi_world_room(&w, 1);
  for (size_t i = 0; i < 6; i++) {
    CHECK_OK(jfhe_ckks_square(w.ctx, b.ct[i], b.ct[i], w.keys, w.scratch, w.scratch_len));
    b.mean[i] = 0;
    for (size_t j = 0; j < b.v[i].n; j++) b.mean[i] += b.v[i].re[j] * b.v[i].re[j] / (double)b.v[i].n;
  }
  CHECK_OK(gather(&w, out, &b, 1));
  check_means(&w, out, &b);
  jfhe_ct_free(out);
  close_batch(&b);
  jfi_world_close(&w);
}

static jfhe_status with(jfi_world *w, jfhe_ct *out, const batch *b, size_t count, const jfhe_keyring *keys,
                        size_t less) {
  size_t len = jfhe_ckks_gather_scratch(w->ctx, 2, b->count);
  void *scratch = jfi_alloc(len);
  jfhe_status st = jfhe_ckks_gather(w->ctx, out, (const jfhe_ct *const *)b->ct, count, keys, scratch, len - less);
  jfi_free(scratch);
  return st;
}

/* Conjugation and the rotation by 1 alone. */
static jfhe_keyring *without_two(jfi_world *w) {
  static jfhe_keyring *ring;
  jfhe_evk *key;
  jfhe_keyring_free(ring);
  ring = NULL;
  if (!w) return NULL;
  CHECK_OK(jfhe_keyring_new(&ring, w->ctx));
  CHECK_OK(jfhe_keygen_galois(&key, w->ctx, w->sk, jfhe_galois_conjugate(w->ctx), 3));
  CHECK_OK(jfhe_keyring_add(ring, key));
  CHECK_OK(jfhe_keygen_galois(&key, w->ctx, w->sk, jfhe_galois_rotate(w->ctx, 1), 3));
  CHECK_OK(jfhe_keyring_add(ring, key));
  return ring;
}

/* Each refusal leaves the output as it was. */
JFI_TEST(refusals) {
  const int32_t one = 1;
  jfi_world w = jfi_world_open(jfi_test_ctx(8, 3, 45, 2)),
            few = jfi_world_open_with(jfi_test_ctx(8, 3, 45, 2), &one, 1);
  batch b = open_batch(&w, 5, JFHE_PACK_COMPLEX, 7, 2);
  jfhe_ct *out = jfi_world_room(&w, 1), *keep = b.ct[4], *odd = jfi_world_encrypt(&w, &b.v[0], JFHE_PACK_COMPLEX, 7, 1),
          *wide = jfi_world_room(&w, 2), *low = NULL;
  const jfhe_keyring *keys = w.keys;
  uint8_t id[JFHE_ID_BYTES], zero[JFHE_ID_BYTES] = {0};
  CHECK_STATUS(with(&w, out, &b, 0, keys, 0), JFHE_ERR_ARG);
  CHECK_STATUS(with(&w, out, &b, 4097, keys, 0), JFHE_ERR_ARG);
  CHECK_STATUS(with(&w, NULL, &b, 5, keys, 0), JFHE_ERR_ARG);
  CHECK_STATUS(with(&w, out, &b, 5, NULL, 0), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_gather(w.ctx, out, NULL, 5, keys, w.scratch, w.scratch_len), JFHE_ERR_ARG);
  CHECK_STATUS(with(&w, out, &b, 5, keys, 4096), JFHE_ERR_SCRATCH);
  CHECK_STATUS(with(&w, out, &b, 5, few.keys, 0), JFHE_ERR_CONTEXT);
  CHECK_STATUS(with(&w, out, &b, 5, without_two(&w), 0), JFHE_ERR_KEY);
  b.ct[4] = NULL;
  CHECK_STATUS(with(&w, out, &b, 5, keys, 0), JFHE_ERR_ARG);
  b.ct[4] = odd; /* another level */
  CHECK_STATUS(with(&w, out, &b, 5, keys, 0), JFHE_ERR_LEVEL);
  CHECK_OK(jfhe_ckks_mul_lazy(w.ctx, wide, b.ct[0], b.ct[1]));
  b.ct[4] = wide; /* degree 2 */
  CHECK_STATUS(with(&w, out, &b, 5, keys, 0), JFHE_ERR_FORM);
  b.ct[4] = out; /* never filled */
  CHECK(with(&w, out, &b, 5, keys, 0) != JFHE_OK);
  b.ct[4] = keep;
  CHECK_OK(jfhe_ct_new(&low, w.ctx, 1, 0)); /* too little room */
  CHECK_STATUS(with(&w, low, &b, 5, keys, 0), JFHE_ERR_FORM);
  jfhe_ct_key_id(out, id);
  CHECK_MEM(id, zero, sizeof id);
  b.ct[4]->key_id[0] ^= 1; /* another secret */
  CHECK_STATUS(with(&w, out, &b, 5, keys, 0), JFHE_ERR_KEY);
  b.ct[4]->key_id[0] ^= 1;
  b.ct[4]->scale *= 1.5;
  CHECK_STATUS(with(&w, out, &b, 5, keys, 0), JFHE_ERR_SCALE);
  b.ct[4]->scale /= 1.5;
  for (size_t i = 0; i < 5; i++) b.ct[i]->scale *= 0x1p90; /* 2^l of it would pass the modulus */
  CHECK_STATUS(with(&w, out, &b, 5, keys, 0), JFHE_ERR_RANGE);
  CHECK_EQ(jfhe_ckks_gather_scratch(w.ctx, 99, 5), 0);
  CHECK_EQ(jfhe_ckks_gather_scratch(w.ctx, 2, 4097), 0);
  jfhe_ct_free(out);
  jfhe_ct_free(odd);
  jfhe_ct_free(wide);
  jfhe_ct_free(low);
  close_batch(&b);
  (void)without_two(NULL);
  jfi_world_close(&few);
  jfi_world_close(&w);
}

JFI_TEST(allocates_nothing) {
  jfi_world w = jfi_world_open(jfi_test_ctx(8, 3, 45, 2));
  batch b = open_batch(&w, 9, JFHE_PACK_COMPLEX, 7, 2);
  jfhe_ct *out = jfi_world_room(&w, 1);
  size_t len = jfhe_ckks_gather_scratch(w.ctx, 2, 9);
  void *scratch = jfi_alloc(len);
  CHECK_OK(jfhe_ckks_gather(w.ctx, out, (const jfhe_ct *const *)b.ct, 9, w.keys, scratch, len));
  unsigned long before = jfi_alloc_count();
  CHECK_OK(jfhe_ckks_gather(w.ctx, out, (const jfhe_ct *const *)b.ct, 9, w.keys, scratch, len));
  CHECK_EQ(jfi_alloc_count(), before);
  jfi_free(scratch);
  jfhe_ct_free(out);
  close_batch(&b);
  jfi_world_close(&w);
}
