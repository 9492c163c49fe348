/* t-codec.c: containers of every object and encoding, read back, changed in every way, and starved of memory. */
/* every-isa */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "codec-cases.h"
#include "codec/header.h"

static jfhe_ctx *g_ctx; /* degree 16 */

static const jfhe_ctx *small(void) {
  jfhe_ctx_free(g_ctx); /* anew for each instruction set */
  return g_ctx = jfi_codec_ctx(4);
}

static void same_ct(const jfhe_ct *x, const jfhe_ct *y) {
  size_t n = x->ctx->ring->n;
  CHECK_EQ(x->degree, y->degree);
  CHECK_EQ(x->level, y->level);
  CHECK(jfi_set_equal(x->primes, y->primes));
  CHECK_EQ(x->n_limbs, y->n_limbs);
  CHECK_EQ(x->form, y->form);
  CHECK_EQ(x->packing, y->packing);
  CHECK_EQ(x->log_slots, y->log_slots);
  CHECK(x->scale == y->scale);
  CHECK_MEM(&x->bound, &y->bound, sizeof x->bound);
  CHECK_MEM(x->key_id, y->key_id, JFHE_ID_BYTES);
  for (size_t i = 0; i <= x->degree; i++)
    for (size_t j = 0; j < x->n_limbs; j++) CHECK_MEM(jfi_ct_limb(x, i, j, n), jfi_ct_limb(y, i, j, n), 8 * n);
}

/* A stream over memory that gives at most `piece` bytes before it ends, and a sink that checks against expected bytes. */
typedef struct stream {
  const uint8_t *at;
  size_t left, written;
  int fail;
} stream;

static size_t read_some(void *self, void *out, size_t len) {
  stream *s = self;
  if (s->fail && s->left < len) return SIZE_MAX;
  size_t run = len < s->left ? len : s->left;
  memcpy(out, s->at, run);
  s->at += run;
  s->left -= run;
  return run;
}

static int write_compare(void *self, const void *data, size_t len) {
  stream *s = self;
  CHECK(len <= 16384);
  if (s->fail || len > s->left) return 1;
  CHECK_MEM(data, s->at, len);
  s->at += len;
  s->left -= len;
  return 0;
}

static void ct_round_trip(const jfhe_ctx *ctx, uint32_t degree, uint32_t level, uint32_t encoding) {
  jfhe_ct *ct = jfi_codec_ct(ctx, degree, level, encoding == JFHE_ENCODING_SEEDED), *back = NULL;
  size_t len = jfhe_ct_write_size(ct, encoding);
  uint8_t *bytes = malloc(len + 1);
  CHECK_OK(jfhe_ct_write(bytes, len, ct, encoding));
  CHECK_OK(jfhe_ct_read(ctx, &back, bytes, len));
  if (back) same_ct(ct, back);
  if (back) CHECK_EQ(back->seeded, encoding == JFHE_ENCODING_SEEDED);
  jfhe_ct_free(back);
  memmove(bytes + 1, bytes, len); /* any alignment */
  CHECK_OK(jfhe_ct_read(ctx, &back, bytes + 1, len));
  if (back) same_ct(ct, back);
  jfhe_ct_free(back);
  stream in = {.at = bytes + 1, .left = len}, out = {.at = bytes + 1, .left = len};
  CHECK_OK(jfhe_ct_read_stream(ctx, &back, read_some, &in, len));
  if (back) same_ct(ct, back);
  jfhe_ct_free(back);
  CHECK_OK(jfhe_ct_write_stream(write_compare, &out, ct, encoding));
  CHECK_EQ(out.left, 0);
  free(bytes);
  jfhe_ct_free(ct);
}

JFI_TEST(ciphertexts_come_back) {
  const uint32_t log_ns[] = {3, 4, 12, 13}; /* under, at and over one piece of 2048 */
  for (size_t i = 0; i < 4; i++) {
    jfhe_ctx *ctx = jfi_codec_ctx(log_ns[i]);
    for (uint32_t level = 0; level <= ctx->chain.top; level++) {
      ct_round_trip(ctx, 1, level, JFHE_ENCODING_RAW);
      ct_round_trip(ctx, 2, level, JFHE_ENCODING_RAW);
      ct_round_trip(ctx, 1, level, JFHE_ENCODING_PACKED);
      ct_round_trip(ctx, 2, level, JFHE_ENCODING_PACKED);
      ct_round_trip(ctx, 1, level, JFHE_ENCODING_SEEDED);
    }
    jfhe_ctx_free(ctx);
  }
}

static void same_evk(const jfhe_evk *x, const jfhe_evk *y) {
  size_t bytes = (size_t)x->n_digits * x->n_limbs * x->ctx->ring->n * 8;
  CHECK_EQ(x->kind, y->kind);
  CHECK_EQ(x->galois, y->galois);
  CHECK_EQ(x->level, y->level);
  CHECK(jfi_set_equal(x->q, y->q) && jfi_set_equal(x->p, y->p));
  CHECK_EQ(x->n_digits, y->n_digits);
  CHECK_MEM(x->digit, y->digit, x->n_digits * sizeof x->digit[0]);
  CHECK_EQ(x->n_limbs, y->n_limbs);
  CHECK_EQ(x->log_n_other, y->log_n_other);
  CHECK(x->noise_worst == y->noise_worst && x->noise_sd == y->noise_sd);
  CHECK_MEM(x->from_id, y->from_id, JFHE_ID_BYTES);
  CHECK_MEM(x->to_id, y->to_id, JFHE_ID_BYTES);
  CHECK_MEM(x->b, y->b, bytes);
  if (x->a && y->a) CHECK_MEM(x->a, y->a, bytes);
}

static void evk_round_trip(const jfhe_ctx *ctx, uint32_t kind, uint32_t encoding, int seeded) {
  jfhe_evk *k = jfi_codec_evk(ctx, kind, kind == JFHE_EVK_GALOIS ? 9 : 0, 2, seeded), *back = NULL;
  size_t len = jfhe_evk_write_size(k, encoding);
  uint8_t *bytes = jfi_alloc(len);
  CHECK_EQ(len % 64, 0);
  CHECK_OK(jfhe_evk_write(bytes, len, k, encoding));
  CHECK_EQ(jfi_load64_le(bytes + JFI_AT_PAYLOAD), 4096);
  CHECK_OK(jfhe_evk_expand(k)); /* what a raw file of a seeded key must hold */
  CHECK_OK(jfhe_evk_read(ctx, &back, bytes, len));
  if (back) same_evk(k, back);
  if (back && !back->a) CHECK_OK(jfhe_evk_expand(back));
  if (back) same_evk(k, back);
  jfhe_evk_free(back);
  int raw = encoding == JFHE_ENCODING_RAW || encoding == JFHE_ENCODING_RAW_SEEDED;
  CHECK_STATUS(jfhe_evk_map(ctx, &back, bytes, len), raw ? JFHE_OK : JFHE_ERR_FORM);
  if (back) {
    same_evk(k, back);
    CHECK((const uint8_t *)back->b == bytes + 4096 && !back->owns_b && !back->owns_a);
    if (!back->a) CHECK_OK(jfhe_evk_expand(back)); /* owned now, beside a mapped half */
    same_evk(k, back);
  }
  jfhe_evk_free(back);
  stream in = {.at = bytes, .left = len}, out = {.at = bytes, .left = len};
  CHECK_OK(jfhe_evk_read_stream(ctx, &back, read_some, &in, len));
  if (back) same_evk(k, back);
  jfhe_evk_free(back);
  CHECK_OK(jfhe_evk_write_stream(write_compare, &out, k, encoding));
  CHECK_EQ(out.left, 0);
  jfi_free(bytes);
  jfhe_evk_free(k);
}

JFI_TEST(switching_keys_come_back) {
  const jfhe_ctx *ctx = small();
  for (uint32_t kind = JFHE_EVK_RELIN; kind <= JFHE_EVK_LOWER; kind++) {
    for (uint32_t e = JFHE_ENCODING_RAW; e <= JFHE_ENCODING_RAW_SEEDED; e++) evk_round_trip(ctx, kind, e, 1);
    evk_round_trip(ctx, kind, JFHE_ENCODING_RAW, 0);
    evk_round_trip(ctx, kind, JFHE_ENCODING_PACKED, 0);
  }
  jfhe_evk *derived = jfi_codec_evk(ctx, JFHE_EVK_GALOIS, 5, 1, 0);
  uint8_t none[8];
  CHECK_EQ(jfhe_evk_write_size(derived, JFHE_ENCODING_SEEDED), 0);
  CHECK_STATUS(jfhe_evk_write(none, sizeof none, derived, JFHE_ENCODING_SEEDED), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_evk_write(none, sizeof none, derived, JFHE_ENCODING_RAW), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_evk_write(none, sizeof none, derived, 7), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_evk_write(none, sizeof none, derived, 257), JFHE_ERR_FORM); /* not 1 */
  jfhe_evk_free(derived);
}

/* Every residue is held against its own prime; the first that is not below it is named by its piece, read or mapped. */
static void check_own_primes(const jfhe_ctx *ctx, size_t i) {
  size_t len, n = ctx->ring->n;
  const char *name;
  uint8_t *bytes = jfi_codec_container(ctx, i, &len, &name), *b = jfi_alloc(len);
  const int raw = bytes[JFI_AT_ENCODING] == JFHE_ENCODING_RAW || bytes[JFI_AT_ENCODING] == JFHE_ENCODING_RAW_SEEDED;
  const size_t word = raw ? 8 : 6, at = (size_t)jfi_load64_le(bytes + JFI_AT_PAYLOAD), limbs = (len - at) / word / n;
  jfi_set all = {{jfi_load64_le(bytes + JFI_AT_Q) | jfi_load64_le(bytes + JFI_AT_P), 0}};
  uint32_t prime[JFI_PRIMES_MAX];
  const size_t count = jfi_set_list(all, prime), piece = n < 2048 ? n : 2048;
  for (size_t t = 0; t < limbs; t++) {
    const uint64_t q = ctx->chain.prime[prime[t % count]];
    const size_t first = t * n + n - 1, last = limbs * n - 1;
    memcpy(b, bytes, len);
    for (size_t k = 0; k < word; k++) b[at + first * word + k] = b[at + last * word + k] = (uint8_t)(q >> (8 * k));
    if (last != first) /* above every prime */
      for (size_t k = 0; k < 6; k++) b[at + last * word + k] = 0xff;
    jfi_codec_fix(b, len);
    char want[64];
    snprintf(want, sizeof want, "container, byte %zu: a residue", at + first / piece * piece * word);
    CHECK_STATUS(jfi_codec_read_any(ctx, b[JFI_AT_OBJECT], b, len), JFHE_ERR_VALUE);
    CHECK(strncmp(jfhe_last_error(), want, strlen(want)) == 0);
    if (b[JFI_AT_OBJECT] != JFHE_OBJECT_EVK || !raw) continue;
    jfhe_evk *k = NULL;
    CHECK_STATUS(jfhe_evk_map(ctx, &k, b, len), JFHE_ERR_VALUE);
    CHECK(strncmp(jfhe_last_error(), want, strlen(want)) == 0);
  }
  jfi_free(b);
  free(bytes);
}

JFI_TEST(residues_and_their_primes) {
  for (uint32_t log_n = 4; log_n <= 12; log_n += 8) { /* one piece a limb, and two */
    jfhe_ctx *ctx = jfi_codec_ctx(log_n);
    for (size_t i = 1; i + 1 < jfi_codec_count(); i++) check_own_primes(ctx, i); /* not parameters nor the secret key */
    jfhe_ctx_free(ctx);
  }
}

/* A fresh ciphertext in an encoding without seed: the seed stays behind. */
JFI_TEST(fresh_ciphertexts_in_every_encoding) {
  const jfhe_ctx *ctx = small();
  jfhe_ct *ct = jfi_codec_ct(ctx, 1, 2, 1);
  for (uint32_t e = JFHE_ENCODING_RAW; e <= JFHE_ENCODING_SEEDED; e++) {
    jfhe_ct *back = NULL;
    size_t len = jfhe_ct_write_size(ct, e);
    CHECK(len > 0);
    uint8_t *bytes = malloc(len);
    CHECK_OK(jfhe_ct_write(bytes, len, ct, e));
    CHECK_STATUS(jfhe_ct_write(bytes, len - 1, ct, e), JFHE_ERR_ARG); /* room for all but one byte */
    CHECK_OK(jfhe_ct_read(ctx, &back, bytes, len));
    if (back) same_ct(ct, back);
    if (back) CHECK_EQ(back->seeded, e == JFHE_ENCODING_SEEDED);
    if (back && back->seeded) CHECK_MEM(back->seed, ct->seed, sizeof ct->seed);
    jfhe_ct_free(back);
    free(bytes);
  }
  jfhe_ct_free(ct);
}

JFI_TEST(mapping_needs_alignment) {
  const jfhe_ctx *ctx = small();
  size_t len;
  uint8_t *bytes = jfi_codec_container(ctx, 8, &len, NULL), *at = jfi_alloc(len + 8);
  jfhe_evk *k = NULL;
  memcpy(at + 8, bytes, len);
  CHECK_STATUS(jfhe_evk_map(ctx, &k, at + 8, len), JFHE_ERR_ARG);
  CHECK(!k);
  jfi_free(at);
  free(bytes);
}

JFI_TEST(public_and_secret_keys_come_back) {
  const jfhe_ctx *ctx = small();
  jfhe_pk *pk = jfi_codec_pk(ctx), *pk_back = NULL;
  size_t half = pk->n_limbs * ctx->ring->n * 8;
  for (uint32_t e = JFHE_ENCODING_RAW; e <= JFHE_ENCODING_RAW_SEEDED; e++) {
    size_t len = jfhe_pk_write_size(pk, e);
    CHECK_EQ(len != 0, e >= JFHE_ENCODING_SEEDED);
    if (!len) continue;
    uint8_t *bytes = malloc(len);
    CHECK_OK(jfhe_pk_write(bytes, len, pk, e));
    for (int streamed = 0; streamed < 2; streamed++) {
      stream in = {.at = bytes, .left = len}, out = {.at = bytes, .left = len};
      CHECK_OK(streamed ? jfhe_pk_read_stream(ctx, &pk_back, read_some, &in, len)
                        : jfhe_pk_read(ctx, &pk_back, bytes, len));
      CHECK_OK(jfhe_pk_write_stream(write_compare, &out, pk, e));
      if (!pk_back) continue;
      CHECK_MEM(pk_back->b, pk->b, half);
      CHECK_MEM(pk_back->a, pk->a, half);
      CHECK_MEM(pk_back->seed, pk->seed, sizeof pk->seed);
      CHECK_MEM(pk_back->key_id, pk->key_id, sizeof pk->key_id);
      CHECK(jfi_set_equal(pk_back->primes, pk->primes) && pk_back->level == pk->level);
      jfhe_pk_free(pk_back);
    }
    free(bytes);
  }
  jfhe_pk_free(pk);
  jfhe_sk *sk = jfi_codec_sk(ctx), *sk_back = NULL;
  size_t len = jfhe_sk_write_size(sk);
  uint8_t *bytes = malloc(len);
  CHECK_OK(jfhe_sk_write(bytes, len, sk));
  CHECK_OK(jfhe_sk_read(ctx, &sk_back, bytes, len));
  if (sk_back) {
    CHECK_MEM(sk_back->s, sk->s, ctx->ring->n);
    CHECK_MEM(jfi_sk_eval_all(sk_back), jfi_sk_eval_all(sk), ctx->chain.n * ctx->ring->n * 8);
    CHECK_MEM(sk_back->id, sk->id, sizeof sk->id);
    CHECK_EQ(sk_back->releases, 3);
    CHECK_EQ(sk_back->release_cap, 1000);
  }
  jfhe_sk_free(sk_back);
  jfhe_sk_free(sk);
  free(bytes);
}

JFI_TEST(parameters_come_back) {
  const jfhe_ctx *ctx = small();
  size_t len = jfhe_ctx_write_size(ctx);
  uint8_t *bytes = malloc(len);
  jfhe_ctx *back = NULL;
  CHECK_OK(jfhe_ctx_write(bytes, len, ctx));
  CHECK_OK(jfhe_ctx_new_from_container(&back, bytes, len, 4));
  if (back) {
    CHECK_MEM(back->hash, ctx->hash, JFHE_HASH_BYTES);
    CHECK_MEM(&back->params, &ctx->params, offsetof(jfi_params, guest_bits) + 1); /* without the padding */
    CHECK_MEM(back->chain.scale, ctx->chain.scale, sizeof ctx->chain.scale);
  }
  jfhe_ctx_free(back);
  CHECK_STATUS(jfhe_ctx_new_from_container(&back, bytes, len, 3), JFHE_ERR_MEMORY);
  CHECK(!back);
  free(bytes);
}

/* Every bit of every container matters. */
JFI_TEST(a_flipped_bit_is_refused) {
  const jfhe_ctx *ctx = small();
  for (size_t i = 0; i < jfi_codec_count(); i++) {
    size_t len;
    uint8_t *bytes = jfi_codec_container(ctx, i, &len, NULL);
    uint32_t object = bytes[JFI_AT_OBJECT];
    CHECK_OK(jfi_codec_read_any(ctx, object, bytes, len));
    size_t gap = jfi_load32_le(bytes + JFI_AT_HEADER_LEN), payload = (size_t)jfi_load64_le(bytes + JFI_AT_PAYLOAD);
    for (size_t bit = 0; bit < 8 * len; bit++) {
      /* Of the zeros before a key's payload, one bit a byte will do. */
      if (bit / 8 >= gap && bit / 8 < payload && bit % 8 != bit / 8 % 8) continue;
      bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
      CHECK(jfi_codec_read_any(ctx, object, bytes, len) != JFHE_OK);
      bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    free(bytes);
  }
}

/* Also when whoever flipped it made the checksums right: what is then accepted is a container of its own, and says the same when it is
 * written again. (The fuzz targets check that.) Here: nothing crashes, and no header bit that means nothing is accepted. */
JFI_TEST(a_flipped_header_bit_with_right_sums) {
  const jfhe_ctx *ctx = small();
  for (size_t i = 0; i < jfi_codec_count(); i++) {
    size_t len;
    uint8_t *bytes = jfi_codec_container(ctx, i, &len, NULL), *copy = malloc(len);
    uint32_t object = bytes[JFI_AT_OBJECT];
    for (size_t bit = 0; bit < 8 * JFHE_HEADER_BYTES; bit++) {
      size_t at = bit / 8;
      memcpy(copy, bytes, len);
      copy[at] ^= (uint8_t)(1u << bit % 8);
      jfi_codec_fix(copy, len);
      jfhe_status st = jfi_codec_read_any(ctx, object, copy, len);
      int sums = (at >= JFI_AT_PAYLOAD_SUM && at < JFI_AT_MODULUS) || at >= JFI_AT_HEADER_SUM;
      int free_field = at >= JFI_AT_SCALE && at < JFI_AT_PAYLOAD_SUM; /* numbers, ids, seed */
      int choice = at == JFI_AT_FORM || at == JFI_AT_PACKING || at == JFI_AT_LOG_SLOTS || at == JFI_AT_LEVEL ||
                   at == JFI_AT_KIND || at == JFI_AT_LOG_N_OTHER || (at >= JFI_AT_GALOIS && at < JFI_AT_FLAGS) ||
                   (at >= JFI_AT_MODULUS && at < JFI_AT_HEADER_SUM && copy[JFI_AT_SCHEME] == JFHE_SCHEME_BGV);
      if (!sums && !free_field && !choice) CHECK(st != JFHE_OK);
    }
    free(copy);
    free(bytes);
  }
}

/* A million containers with up to 8 random changes each, two in three with right checksums: a status each. */
JFI_TEST_SLOW(a_million_mutations) {
  const jfhe_ctx *ctx = small();
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 7);
  for (size_t i = 0; i < jfi_codec_count(); i++) {
    size_t len;
    uint8_t *bytes = jfi_codec_container(ctx, i, &len, NULL), *copy = malloc(len);
    size_t payload = (size_t)jfi_load64_le(bytes + JFI_AT_PAYLOAD),
           header_len = jfi_load32_le(bytes + JFI_AT_HEADER_LEN);
    for (size_t k = 0; k < 1000000 / jfi_codec_count() + 1; k++) {
      memcpy(copy, bytes, len);
      for (uint64_t changes = 1 + jfi_test_rng_below(&rng, 8); changes > 0; changes--) {
        size_t at = (size_t)jfi_test_rng_below(&rng, header_len + (len - payload)); /* not the gap */
        copy[at < header_len ? at : at - header_len + payload] = (uint8_t)jfi_test_rng_u64(&rng);
      }
      if (k % 3) jfi_codec_fix(copy, len);
      jfhe_status st = jfi_codec_read_any(ctx, bytes[JFI_AT_OBJECT], copy, len);
      CHECK(st == JFHE_OK || jfhe_last_error()[0]);
      if (k % 3 == 0) CHECK((st == JFHE_OK) == (memcmp(copy, bytes, len) == 0));
    }
    free(copy);
    free(bytes);
  }
}

JFI_TEST(every_truncation_and_every_tail) {
  const jfhe_ctx *ctx = small();
  for (size_t i = 0; i < jfi_codec_count(); i++) {
    size_t len;
    uint8_t *bytes = jfi_codec_container(ctx, i, &len, NULL);
    uint32_t object = bytes[JFI_AT_OBJECT];
    for (size_t cut = 0; cut < len; cut++) {
      uint8_t *copy = malloc(cut ? cut : 1); /* exactly: a sanitizer sees a byte too many */
      memcpy(copy, bytes, cut);
      unsigned long before = jfi_alloc_count();
      CHECK_STATUS(jfi_codec_read_any(ctx, object, copy, cut), JFHE_ERR_TRUNCATED);
      CHECK_EQ(jfi_alloc_count(), before); /* nothing is allocated for bytes that are not there */
      free(copy);
    }
    bytes[len] = 0;
    CHECK_STATUS(jfi_codec_read_any(ctx, object, bytes, len + 1), JFHE_ERR_TRUNCATED);
    free(bytes);
  }
}

JFI_TEST(streams_that_end_fail_or_exceed_the_cap) {
  const jfhe_ctx *ctx = small();
  size_t len;
  jfhe_ct *ct = NULL;
  uint8_t *bytes = jfi_codec_container(ctx, 1, &len, NULL);
  for (size_t cut = 0; cut < len; cut++) {
    stream in = {.at = bytes, .left = cut};
    CHECK_STATUS(jfhe_ct_read_stream(ctx, &ct, read_some, &in, len), JFHE_ERR_TRUNCATED);
    CHECK(!ct);
    stream fails = {.at = bytes, .left = cut, .fail = 1};
    CHECK_STATUS(jfhe_ct_read_stream(ctx, &ct, read_some, &fails, len), JFHE_ERR_IO);
    CHECK(!ct);
  }
  stream in = {.at = bytes, .left = len};
  CHECK_STATUS(jfhe_ct_read_stream(ctx, &ct, read_some, &in, len - 1), JFHE_ERR_MEMORY);
  for (size_t i = 0; i < jfi_codec_count(); i++) { /* the caps of public and switching keys */
    size_t key_len;
    uint8_t *key = jfi_codec_container(ctx, i, &key_len, NULL);
    int is_key = key[JFI_AT_OBJECT] == JFHE_OBJECT_PK || key[JFI_AT_OBJECT] == JFHE_OBJECT_EVK;
    for (size_t short_by = 0; is_key && short_by < 2; short_by++) {
      jfhe_pk *pk = NULL;
      jfhe_evk *evk = NULL;
      stream s = {.at = key, .left = key_len};
      CHECK_STATUS(key[JFI_AT_OBJECT] == JFHE_OBJECT_PK
                       ? jfhe_pk_read_stream(ctx, &pk, read_some, &s, key_len - short_by)
                       : jfhe_evk_read_stream(ctx, &evk, read_some, &s, key_len - short_by),
                   short_by ? JFHE_ERR_MEMORY : JFHE_OK);
      CHECK((pk || evk) == !short_by);
      jfhe_pk_free(pk);
      jfhe_evk_free(evk);
    }
    free(key);
  }
  stream two = {.at = bytes, .left = len};
  CHECK_OK(jfhe_ct_read_stream(ctx, &ct, read_some, &two, len));
  stream full = {.fail = 1};
  CHECK_STATUS(jfhe_ct_write_stream(write_compare, &full, ct, JFHE_ENCODING_RAW), JFHE_ERR_IO);
  CHECK_STATUS(jfhe_ct_write_stream(NULL, NULL, ct, JFHE_ENCODING_RAW), JFHE_ERR_ARG);
  jfhe_ct_free(ct);
  free(bytes);
}

/* Readers and writers under an allocator that fails at each allocation in turn: a status each time, nothing leaked, and success in the
 * end. */
JFI_TEST(every_allocation_may_fail) {
  const jfhe_ctx *ctx = small();
  for (size_t i = 0; i < jfi_codec_count(); i++) {
    size_t len;
    uint8_t *bytes = jfi_codec_container(ctx, i, &len, NULL);
    jfhe_status st = JFHE_ERR_MEMORY;
    int tries = 0;
    for (long k = 0; st == JFHE_ERR_MEMORY && k < 100000; k++, tries++) {
      jfi_alloc_fail_after(k);
      st = jfi_codec_read_any(ctx, bytes[JFI_AT_OBJECT], bytes, len);
      jfi_alloc_fail_after(-1);
    }
    CHECK_OK(st);
    CHECK(tries > 1);
    free(bytes);
  }
  jfhe_evk *k = jfi_codec_evk(ctx, JFHE_EVK_RELIN, 0, 1, 1);
  size_t len = jfhe_evk_write_size(k, JFHE_ENCODING_RAW);
  uint8_t *bytes = malloc(len);
  jfi_alloc_fail_after(0);
  CHECK_STATUS(jfhe_evk_write(bytes, len, k, JFHE_ENCODING_RAW), JFHE_ERR_MEMORY);
  jfi_alloc_fail_after(-1);
  free(bytes);
  jfhe_evk_free(k);
}

JFI_TEST(objects_that_were_never_filled_are_not_written) {
  const jfhe_ctx *ctx = small();
  jfhe_ct *ct = NULL;
  uint8_t bytes[4096];
  CHECK_OK(jfhe_ct_new(&ct, ctx, 1, 1));
  CHECK_EQ(jfhe_ct_write_size(ct, JFHE_ENCODING_RAW), 0);
  CHECK(jfhe_ct_write(bytes, sizeof bytes, ct, JFHE_ENCODING_RAW) != JFHE_OK);
  jfhe_ct_free(ct);
  ct = jfi_codec_ct(ctx, 1, 1, 0);
  CHECK_STATUS(jfhe_ct_write(bytes, sizeof bytes, ct, JFHE_ENCODING_SEEDED), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_ct_write(NULL, 0, ct, JFHE_ENCODING_RAW), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ct_write(bytes, 10, ct, JFHE_ENCODING_RAW), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ct_write(bytes, sizeof bytes, NULL, JFHE_ENCODING_RAW), JFHE_ERR_ARG);
  jfhe_ct_free(ct);
  jfhe_ctx_free(g_ctx);
  g_ctx = NULL;
}
