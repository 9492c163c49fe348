/* t-codec-fields.c: the checks of a header's fields, one at a time and without bytes, where another check would hide them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "codec-cases.h"
#include "codec/header.h"

static jfi_header good_ct(void) {
  jfi_header h = {.object = JFHE_OBJECT_CT,
                  .encoding = JFHE_ENCODING_RAW,
                  .scheme = JFHE_SCHEME_CKKS,
                  .log_n = 10,
                  .form = JFHE_FORM_EVAL,
                  .log_slots = 9,
                  .degree = 1,
                  .level = 1,
                  .scale = 1,
                  .key_id = {1}};
  h.q = jfi_set_range(0, 2);
  return h;
}

static jfi_header good_evk(void) {
  jfi_header h = {.object = JFHE_OBJECT_EVK,
                  .encoding = JFHE_ENCODING_PACKED,
                  .log_n = 10,
                  .kind = JFHE_EVK_RELIN,
                  .digits = 2,
                  .level = 1,
                  .key_id = {1},
                  .from_id = {1}};
  h.q = jfi_set_range(0, 2);
  h.p = jfi_set_range(2, 1);
  h.digit[0] = jfi_set_range(0, 1);
  h.digit[1] = jfi_set_range(1, 1);
  return h;
}

/* Objects with few fields: what they lack must be 0. */
static jfi_header good_pk(void) {
  jfi_header h = {.object = JFHE_OBJECT_PK, .encoding = JFHE_ENCODING_SEEDED, .log_n = 10, .level = 1, .key_id = {1}};
  h.q = jfi_set_range(0, 2);
  return h;
}

static jfi_header good_sk(void) {
  return (jfi_header){.object = JFHE_OBJECT_SK, .encoding = JFHE_ENCODING_TERNARY, .log_n = 10, .key_id = {1}};
}

static jfi_header good_params(void) {
  jfi_header h = {.object = JFHE_OBJECT_PARAMS, .encoding = JFHE_ENCODING_LITERAL, .log_n = 10, .level = 1};
  h.q = jfi_set_range(0, 2);
  h.p = jfi_set_range(2, 1);
  return h;
}

#define REFUSED(make, change, want)                                                                                    \
  do {                                                                                                                 \
    jfi_header h = make();                                                                                             \
    CHECK_OK(jfi_header_check(&h));                                                                                    \
    change;                                                                                                            \
    CHECK_STATUS(jfi_header_check(&h), want);                                                                          \
  } while (0)

JFI_TEST(fields_of_ciphertexts) {
  REFUSED(good_ct, h.q = jfi_set_empty(), JFHE_ERR_FORMAT);
  REFUSED(good_ct, h.level = 64, JFHE_ERR_LEVEL);
  REFUSED(good_ct, h.level = 255, JFHE_ERR_LEVEL);
  REFUSED(good_ct, h.key_id[0] = 0, JFHE_ERR_KEY);
  REFUSED(good_ct, h.scale = -1, JFHE_ERR_SCALE);
  REFUSED(good_ct, h.scale = nextafter(1, 0), JFHE_ERR_SCALE);
  REFUSED(good_ct, h.bound.sd = -0.0, JFHE_ERR_VALUE);
  REFUSED(good_ct, h.bound.worst = (double)NAN, JFHE_ERR_VALUE);
  REFUSED(good_ct, h.log_n = 18, JFHE_ERR_FORMAT);
  REFUSED(good_ct, h.log_n = 2, JFHE_ERR_FORMAT);
  REFUSED(good_ct, h.seed[31] = 1, JFHE_ERR_FORMAT);
  REFUSED(good_ct, h.log_slots = 10, JFHE_ERR_FORM);
  REFUSED(good_ct, (h.packing = JFHE_PACK_COEFF, h.log_slots = 11), JFHE_ERR_FORM);
  jfi_header h = good_ct();
  h.packing = JFHE_PACK_COEFF;
  h.log_slots = 10;
  CHECK_OK(jfi_header_check(&h));
}

JFI_TEST(fields_of_switching_keys) {
  REFUSED(good_evk, h.p = jfi_set_empty(), JFHE_ERR_FORMAT);
  REFUSED(good_evk, h.p = jfi_set_range(1, 2), JFHE_ERR_FORMAT);
  REFUSED(good_evk, h.digits = 0, JFHE_ERR_KEY);
  REFUSED(good_evk, h.digits = 65, JFHE_ERR_KEY);
  REFUSED(good_evk, h.digits = 1, JFHE_ERR_KEY);
  REFUSED(good_evk, h.digit[1] = jfi_set_range(0, 2), JFHE_ERR_KEY);
  REFUSED(good_evk, h.p = jfi_set_range(2, 65), JFHE_ERR_KEY);
  REFUSED(good_evk, (h.q = h.digit[0] = jfi_set_range(0, 65), h.p = jfi_set_range(65, 1), h.digits = 1), JFHE_ERR_KEY);
  REFUSED(good_evk, (h.from_id[0] = h.key_id[0] = 0), JFHE_ERR_KEY);
  REFUSED(good_evk, (h.kind = JFHE_EVK_SWITCH, h.from_id[0] = 0), JFHE_ERR_KEY);
  REFUSED(good_evk, (h.kind = JFHE_EVK_LIFT, h.log_n_other = 10), JFHE_ERR_KEY);
  REFUSED(good_evk, (h.kind = JFHE_EVK_GALOIS, h.galois = 2049), JFHE_ERR_KEY);
  REFUSED(good_evk, (h.kind = JFHE_EVK_LIFT, h.log_n_other = 2), JFHE_ERR_KEY);
  REFUSED(good_evk, h.log_n_other = 3, JFHE_ERR_KEY);
  REFUSED(good_evk, (h.kind = JFHE_EVK_GALOIS, h.galois = 5, h.from_id[0] = 2), JFHE_ERR_KEY);
  REFUSED(good_evk, (h.digits = 3, h.digit[2] = jfi_set_empty()), JFHE_ERR_KEY);
  jfi_header h = good_evk();
  h.digits = 65; /* the table ends at 64: refused by the count, before anything is looked up */
  CHECK_STATUS(jfi_header_check(&h), JFHE_ERR_KEY);
  CHECK(strstr(jfhe_last_error(), "65 digits"));
  h = good_evk();
  h.kind = JFHE_EVK_GALOIS;
  h.galois = 2047;
  CHECK_OK(jfi_header_check(&h));
}

/* Every field that an object lacks, set to something, -0 included. */
JFI_TEST(fields_that_an_object_lacks) {
  jfi_header (*const none[])(void) = {good_evk, good_pk, good_sk, good_params};
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
    REFUSED(none[i], h.scheme = 1, JFHE_ERR_FORMAT);
    REFUSED(none[i], h.form = 1, JFHE_ERR_FORMAT);
    REFUSED(none[i], h.packing = 1, JFHE_ERR_FORMAT);
    REFUSED(none[i], h.log_slots = 1, JFHE_ERR_FORMAT);
    REFUSED(none[i], h.degree = 1, JFHE_ERR_FORMAT);
    REFUSED(none[i], h.scale = 1, JFHE_ERR_FORMAT);
    REFUSED(none[i], h.scale = -0.0, JFHE_ERR_FORMAT);
    REFUSED(none[i], h.bound.mag = 1, JFHE_ERR_FORMAT);
    REFUSED(none[i], h.bound.mag = -0.0, JFHE_ERR_FORMAT);
    if (i == 0) continue; /* switching keys have the rest */
    REFUSED(none[i], h.bound.worst = 1, JFHE_ERR_FORMAT);
    REFUSED(none[i], h.bound.sd = -0.0, JFHE_ERR_FORMAT);
  }
  jfi_header (*const no_key[])(void) = {good_ct, good_pk, good_sk, good_params};
  for (size_t i = 0; i < sizeof no_key / sizeof no_key[0]; i++) {
    REFUSED(no_key[i], h.kind = 1, JFHE_ERR_FORMAT);
    REFUSED(no_key[i], h.digits = 1, JFHE_ERR_FORMAT);
    REFUSED(no_key[i], h.log_n_other = 3, JFHE_ERR_FORMAT);
    REFUSED(no_key[i], h.galois = 5, JFHE_ERR_FORMAT);
    REFUSED(no_key[i], h.from_id[15] = 1, JFHE_ERR_FORMAT);
    if (i < 3) REFUSED(no_key[i], (h.q = jfi_set_range(0, 2), h.p = jfi_set_range(2, 1)), JFHE_ERR_FORMAT);
  }
  REFUSED(good_sk, h.level = 1, JFHE_ERR_FORMAT);
  REFUSED(good_sk, h.q = jfi_set_range(0, 1), JFHE_ERR_FORMAT);
  REFUSED(good_sk, h.seed[16] = 1, JFHE_ERR_FORMAT);
  REFUSED(good_params, h.key_id[15] = 1, JFHE_ERR_FORMAT);
}

JFI_TEST(length_of_the_header_itself) {
  uint8_t b[JFHE_HEADER_BYTES];
  jfi_header h = good_ct();
  jfi_header_layout(&h);
  jfi_header_encode(b, &h);
  uint32_t got;
  for (uint32_t len = 0; len < 1400; len++) {
    jfi_store32_le(b + JFI_AT_HEADER_LEN, len);
    CHECK_STATUS(jfi_header_peek(&got, b, sizeof b),
                 len >= 256 && len <= 1280 && len % 16 == 0 ? JFHE_OK : JFHE_ERR_FORMAT);
  }
}

/* Lengths that would wrap, and payloads that lie inside the header, in headers whose checksum is right. */
JFI_TEST(lengths_that_contradict) {
  uint8_t b[JFHE_HEADER_BYTES_MAX];
  jfhe_info info;
  const uint64_t payloads[] = {0, 255, 257, 320, 256 + 4097, UINT64_MAX, UINT64_MAX - 63};
  for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
    jfi_header h = good_ct();
    jfi_header_layout(&h);
    jfi_header_encode(b, &h);
    CHECK_OK(jfhe_inspect(b, h.header_len, &info));
    h.payload_at = payloads[i];
    h.total = h.payload_at + h.payload_len; /* wraps for the last two */
    jfi_header_encode(b, &h);
    CHECK_STATUS(jfhe_inspect(b, h.header_len, &info), JFHE_ERR_FORMAT);
  }
  for (int more = -1; more <= 1;
       more += 2) { /* a payload that is not as long as the fields make it, lengths agreeing */
    jfi_header h = good_ct();
    jfi_header_layout(&h);
    h.payload_len += 8 * (uint64_t)(int64_t)more;
    h.total = h.payload_at + h.payload_len;
    jfi_header_encode(b, &h);
    CHECK_STATUS(jfhe_inspect(b, h.header_len, &info), JFHE_ERR_FORMAT);
  }
}

JFI_TEST(null_pointers_are_refused) {
  jfhe_ctx *ctx = jfi_codec_ctx(3);
  uint8_t b[16] = {0};
  jfhe_ctx *c;
  jfhe_ct *ct;
  jfhe_pk *pk;
  jfhe_evk *evk;
  jfhe_sk *sk;
  CHECK_STATUS(jfhe_ct_read(NULL, &ct, b, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ct_read(ctx, NULL, b, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ct_read(ctx, &ct, NULL, 0), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ct_read_stream(ctx, &ct, NULL, NULL, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_pk_read(NULL, &pk, b, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_pk_read(ctx, NULL, b, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_pk_read_stream(ctx, &pk, NULL, NULL, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_evk_read(NULL, &evk, b, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_evk_map(ctx, &evk, NULL, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_evk_read_stream(ctx, &evk, NULL, NULL, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_sk_read(NULL, &sk, b, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_sk_read(ctx, &sk, NULL, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ctx_new_from_container(NULL, b, 1, 17), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ctx_new_from_container(&c, NULL, 1, 17), JFHE_ERR_ARG);
  CHECK(!ct && !pk && !evk && !sk && !c);
  CHECK_STATUS(jfhe_ctx_write(b, sizeof b, NULL), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ct_write_stream(NULL, NULL, NULL, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_pk_write(b, sizeof b, NULL, 3), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_pk_write_stream(NULL, NULL, NULL, 3), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_evk_write(b, sizeof b, NULL, 3), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_evk_write_stream(NULL, NULL, NULL, 3), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_sk_write(b, sizeof b, NULL), JFHE_ERR_ARG);
  CHECK_EQ(jfhe_ct_write_size(NULL, 1) + jfhe_pk_write_size(NULL, 3) + jfhe_evk_write_size(NULL, 1) +
               jfhe_sk_write_size(NULL) + jfhe_ctx_write_size(NULL),
           0);
  jfhe_ctx_free(ctx);
}
