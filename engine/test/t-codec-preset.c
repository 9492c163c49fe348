/* t-codec-preset.c: real parameters: what one side encrypts, a context that travelled as bytes reads, uses and decrypts. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec-cases.h"
#include "rlwe-cases.h"

typedef struct blob {
  uint8_t *bytes;
  size_t len;
} blob;

static blob blob_new(size_t len) {
  CHECK(len > 0);
  return (blob){jfi_alloc(len), len};
}

/* Owner's side: encrypt -> bytes; other side: bytes -> decrypt, in a context and with a key that came as bytes too. */
JFI_TEST(a_ciphertext_travels) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  jfhe_ctx *ctx = NULL, *there = NULL;
  jfhe_sk *sk = NULL, *sk_there = NULL;
  REQUIRE_OK(jfhe_ctx_new_preset(&ctx, "stats-lite"));
  REQUIRE_OK(jfhe_sk_new(&sk, ctx));
  uint32_t top = jfhe_ctx_levels(ctx);
  size_t n = ctx->ring->n, scratch_len = jfhe_encrypt_scratch(ctx);
  int64_t *coeffs = malloc(n * sizeof *coeffs);
  jfhe_pt *pt = jfi_test_pt(ctx, top, 20, coeffs, &rng);
  jfhe_ct *ct = NULL, *ct_there = NULL;
  void *scratch = jfi_alloc(scratch_len);
  REQUIRE_OK(jfhe_ct_new(&ct, ctx, 1, top));
  REQUIRE_OK(jfhe_encrypt(ctx, ct, pt, sk, scratch, scratch_len));
  blob b_ctx = blob_new(jfhe_ctx_write_size(ctx)), b_sk = blob_new(jfhe_sk_write_size(sk));
  blob b_ct = blob_new(jfhe_ct_write_size(ct, JFHE_ENCODING_SEEDED));
  CHECK_OK(jfhe_ctx_write(b_ctx.bytes, b_ctx.len, ctx));
  CHECK_OK(jfhe_sk_write(b_sk.bytes, b_sk.len, sk));
  CHECK_OK(jfhe_ct_write(b_ct.bytes, b_ct.len, ct, JFHE_ENCODING_SEEDED));
  REQUIRE_OK(jfhe_ctx_new_from_container(&there, b_ctx.bytes, b_ctx.len, 13));
  REQUIRE_OK(jfhe_sk_read(there, &sk_there, b_sk.bytes, b_sk.len));
  REQUIRE_OK(jfhe_ct_read(there, &ct_there, b_ct.bytes, b_ct.len));
  CHECK(jfi_test_phase_error(there, ct_there, sk_there, coeffs) <= ct_there->bound.worst);
  CHECK(ct_there->seeded);
  for (size_t i = 0; i < 2; i++)
    for (size_t j = 0; j < ct->n_limbs; j++)
      CHECK_MEM(jfi_ct_limb(ct, i, j, n), jfi_ct_limb(ct_there, i, j, n), n * sizeof(uint64_t));
  jfhe_ct_free(ct);
  jfhe_ct_free(ct_there);
  jfhe_pt_free(pt);
  jfhe_sk_free(sk);
  jfhe_sk_free(sk_there);
  jfhe_ctx_free(ctx);
  jfhe_ctx_free(there);
  jfi_free_secret(b_sk.bytes, b_sk.len);
  jfi_free(b_ctx.bytes);
  jfi_free(b_ct.bytes);
  jfi_free(scratch);
  free(coeffs);
}

/* Every kind of key that the generator makes has a container in every encoding it can have. */
static void key_travels(const jfhe_ctx *ctx, jfhe_evk *key) {
  jfhe_evk *back = NULL;
  REQUIRE(key);
  for (uint32_t e = JFHE_ENCODING_RAW; e <= JFHE_ENCODING_RAW_SEEDED; e++) {
    blob b = blob_new(jfhe_evk_write_size(key, e));
    CHECK_OK(jfhe_evk_write(b.bytes, b.len, key, e));
    CHECK_OK(jfhe_evk_read(ctx, &back, b.bytes, b.len));
    size_t bytes = (size_t)key->n_digits * key->n_limbs * ctx->ring->n * sizeof(uint64_t);
    if (back) CHECK_MEM(back->b, key->b, bytes);
    jfhe_evk_free(back);
    jfi_free(b.bytes);
  }
  jfhe_evk_free(key);
}

JFI_TEST(generated_keys_travel) {
  jfhe_ctx *ctx = jfi_codec_ctx(5), *low = NULL;
  jfhe_sk *sk = NULL, *other = NULL;
  jfhe_evk *key = NULL;
  REQUIRE_OK(jfhe_sk_new(&sk, ctx));
  REQUIRE_OK(jfhe_sk_new(&other, ctx));
  for (uint32_t level = 0; level <= ctx->chain.top; level++) {
    CHECK_OK(jfhe_keygen_relin(&key, ctx, sk, level));
    key_travels(ctx, key);
    CHECK_OK(jfhe_keygen_galois(&key, ctx, sk, 5, level));
    key_travels(ctx, key);
    CHECK_OK(jfhe_keygen_switch(&key, ctx, sk, other, level));
    key_travels(ctx, key);
  }
  CHECK_OK(jfhe_keygen_parent(&key, ctx, sk, 25));
  key_travels(ctx, key);
  jfhe_pk *pk = NULL, *pk_back = NULL;
  CHECK_OK(jfhe_keygen_public(&pk, ctx, sk));
  blob b = blob_new(jfhe_pk_write_size(pk, JFHE_ENCODING_SEEDED));
  CHECK_OK(jfhe_pk_write(b.bytes, b.len, pk, JFHE_ENCODING_SEEDED));
  CHECK_OK(jfhe_pk_read(ctx, &pk_back, b.bytes, b.len));
  if (pk_back) CHECK_MEM(pk_back->a, pk->a, pk->n_limbs * ctx->ring->n * sizeof(uint64_t));
  jfi_free(b.bytes);
  jfhe_pk_free(pk);
  jfhe_pk_free(pk_back);
  /* A smaller ring whose primes this one carries: the same literal at a smaller degree. */
  low = jfi_codec_ctx(4);
  jfhe_sk *small = NULL;
  REQUIRE_OK(jfhe_sk_new(&small, low));
  CHECK_OK(jfhe_keygen_lift(&key, ctx, small, sk));
  key_travels(ctx, key);
  CHECK_OK(jfhe_keygen_lower(&key, ctx, sk, small));
  key_travels(ctx, key);
  jfhe_sk_free(small);
  jfhe_sk_free(sk);
  jfhe_sk_free(other);
  jfhe_ctx_free(low);
  jfhe_ctx_free(ctx);
}

/* The design's figure: a fresh upload of depth 6 takes 42 bytes for each of 16,384 numbers, and 256 bytes of header. */
JFI_TEST(a_fresh_upload_has_the_designed_size) {
  jfhe_ctx *ctx = NULL;
  REQUIRE_OK(jfhe_ctx_new_preset(&ctx, "stats"));
  jfhe_ct *ct = jfi_codec_ct(ctx, 1, jfhe_ctx_levels(ctx), 1);
  CHECK_EQ(ct->n_limbs, 7);
  CHECK_EQ(jfhe_ct_write_size(ct, JFHE_ENCODING_SEEDED), 256 + 42 * 16384);
  jfhe_ct_free(ct);
  ct = jfi_codec_ct(ctx, 1, 0, 1);
  CHECK_EQ(jfhe_ct_write_size(ct, JFHE_ENCODING_SEEDED), 256 + 6 * 16384);
  jfhe_ct_free(ct);
  jfhe_ctx_free(ctx);
}
