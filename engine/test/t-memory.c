/* t-memory.c: the memory of an operation is what its caller gave it: no allocation once the context is warm, under an allocator that would
 * fail, and a multiplication at N = 2^16 within 2.5 times the bytes of its inputs, output and key. */
#include <string.h>

#include "base/mem.h"
#include "jfhe/ckks.h"
#include "rlwe-cases.h"
#include "rlwe/keyswitch.h"

enum { LOG_N = 11, STEPS = 4 };

typedef struct world {
  jfhe_ctx *ctx;
  jfhe_sk *sk;
  jfhe_keyring *keys;
  jfhe_ct *a, *b, *out, *lazy, *many[2];
  jfhe_pt *pt;
  void *scratch;
  size_t len;
} world;

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

static void open_world(world *w, jfhe_ctx *ctx) {
  static const uint8_t entropy[32] = {3};
  uint32_t top = ctx->chain.top;
  jfhe_evk *key;
  *w = (world){.ctx = ctx};
  CHECK_OK(jfi_sk_deterministic(&w->sk, ctx, entropy));
  CHECK_OK(jfhe_keyring_new(&w->keys, ctx));
  CHECK_OK(jfhe_keygen_relin(&key, ctx, w->sk, top));
  CHECK_OK(jfhe_keyring_add(w->keys, key));
  for (int32_t k = 1; k <= 2; k++) {
    CHECK_OK(jfhe_keygen_galois(&key, ctx, w->sk, jfhe_galois_rotate(ctx, k), top));
    CHECK_OK(jfhe_keyring_add(w->keys, key));
  }
  CHECK_OK(jfhe_pt_new(&w->pt, ctx, top));
  CHECK_OK(jfhe_ct_new(&w->a, ctx, 1, top));
  CHECK_OK(jfhe_ct_new(&w->b, ctx, 1, top));
  CHECK_OK(jfhe_ct_new(&w->out, ctx, 1, top));
  CHECK_OK(jfhe_ct_new(&w->lazy, ctx, 2, top));
  for (int i = 0; i < 2; i++) CHECK_OK(jfhe_ct_new(&w->many[i], ctx, 1, top));
  w->len = larger(larger(jfhe_ckks_mul_scratch(ctx, top), jfhe_ckks_rotate_many_scratch(ctx, top)),
                  larger(jfhe_ckks_rescale_scratch(ctx, top),
                         larger(jfhe_ckks_inner_sum_scratch(ctx, top), jfhe_encrypt_scratch(ctx))));
  w->len = larger(w->len, larger(jfhe_ckks_encode_scratch(ctx), jfhe_decrypt_scratch(ctx)));
  w->scratch = jfi_alloc(w->len);
}

static void close_world(world *w) {
  jfi_free(w->scratch);
  for (int i = 0; i < 2; i++) jfhe_ct_free(w->many[i]);
  jfhe_ct_free(w->a);
  jfhe_ct_free(w->b);
  jfhe_ct_free(w->out);
  jfhe_ct_free(w->lazy);
  jfhe_pt_free(w->pt);
  jfhe_keyring_free(w->keys);
  jfhe_sk_free(w->sk);
  jfhe_ctx_free(w->ctx);
}

#define SCRATCH w->scratch, w->len

static void run_all(world *w) {
  double x[4] = {0.5, -0.25, 0.125, 1}, y[4];
  uint32_t top = w->ctx->chain.top;
  const int32_t k[2] = {1, 2};
  CHECK_OK(jfhe_ckks_encode(w->ctx, w->pt, x, NULL, 4, JFHE_PACK_REAL, LOG_N - 1, top, 0, 1, SCRATCH));
  CHECK_OK(jfhe_encrypt(w->ctx, w->a, w->pt, w->sk, SCRATCH));
  CHECK_OK(jfhe_encrypt(w->ctx, w->b, w->pt, w->sk, SCRATCH));
  CHECK_OK(jfhe_ckks_add(w->ctx, w->out, w->a, w->b));
  CHECK_OK(jfhe_ckks_mul(w->ctx, w->out, w->a, w->b, w->keys, SCRATCH));
  CHECK_OK(jfhe_ckks_square(w->ctx, w->out, w->a, w->keys, SCRATCH));
  CHECK_OK(jfhe_ckks_mul_lazy(w->ctx, w->lazy, w->a, w->b));
  CHECK_OK(jfhe_ckks_relin_rescale(w->ctx, w->out, w->lazy, w->keys, SCRATCH));
  CHECK_OK(jfhe_ckks_mul_pt(w->ctx, w->out, w->a, w->pt));
  CHECK_OK(jfhe_ckks_rescale(w->ctx, w->out, w->out, SCRATCH));
  CHECK_OK(jfhe_ckks_mul_const(w->ctx, w->out, w->a, 0.75, SCRATCH));
  CHECK_OK(jfhe_ckks_to_level(w->ctx, w->out, w->a, 1, SCRATCH));
  CHECK_OK(jfhe_ckks_rotate(w->ctx, w->out, w->a, 1, w->keys, SCRATCH));
  CHECK_OK(jfhe_ckks_rotate_many(w->ctx, w->many, w->a, k, 2, w->keys, SCRATCH));
  CHECK_OK(jfhe_ckks_inner_sum(w->ctx, w->out, w->a, 1, 4, w->keys, SCRATCH));
  CHECK_OK(jfhe_decrypt(w->ctx, w->pt, w->out, w->sk, SCRATCH));
  CHECK_OK(jfhe_ckks_decode(w->ctx, y, NULL, 4, w->pt, SCRATCH));
}

static void check_no_allocation(jfhe_ctx *ctx) {
  world w;
  open_world(&w, ctx);
  for (uint32_t threads = 1; threads <= 2; threads++) {
    CHECK_OK(jfhe_ctx_set_threads(ctx, threads));
    jfi_free(w.scratch);
    w.len *= threads; /* more workers, more scratch */
    w.scratch = jfi_alloc(w.len);
    run_all(&w); /* the first encoding and the first level changes fill the context's caches */
    unsigned long before = jfi_alloc_count();
    jfi_alloc_fail_after(0);
    run_all(&w);
    jfi_alloc_fail_after(-1);
    CHECK_EQ(jfi_alloc_count(), before);
  }
  close_world(&w);
}

JFI_TEST(warm_operations_do_not_allocate) {
  check_no_allocation(jfi_test_ctx(LOG_N, STEPS, 46, 2));
  check_no_allocation(jfi_test_ctx_rational(LOG_N, 2, 3));
}

/* Scratch, inputs, output and the key as it lies in memory (the public half expanded), against 2.5 times all but the scratch. */
static void check_multiply(uint32_t log_n, uint32_t depth, uint32_t bits, uint32_t first, uint32_t specials,
                           int expanded) {
  jfhe_ctx *ctx = NULL;
  CHECK_OK(jfhe_ctx_new_custom(&ctx, log_n, depth, bits, first, specials, 128));
  if (!ctx) return;
  size_t n = ctx->ring->n, limbs = jfhe_ctx_limbs(ctx, depth);
  size_t inputs = 2 * 2 * limbs * n * 8, output = 2 * (limbs - 1) * n * 8;
  size_t key = jfhe_ctx_dnum(ctx) * (limbs + jfhe_ctx_specials(ctx)) * n * 8 * (expanded ? 2 : 1);
  double used = (double)(jfhe_ckks_mul_scratch(ctx, depth) + inputs + output + key);
  CHECK(used <= 2.5 * (double)(inputs + output + key));
  jfhe_ctx_free(ctx);
}

JFI_TEST(a_multiplication_uses_little_more_than_its_operands) {
  check_multiply(16, 24, 48, 50, 9, 1);
  check_multiply(16, 24, 48, 50, 9, 0);
  check_multiply(15, 12, 47, 49, 5, 0);
}
