/* t-codec-params.c: what a parameter literal may say; each refusal names the byte, so that the check meant is the one that answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "codec-cases.h"
#include "codec/header.h"

enum { LITERAL = JFHE_HEADER_BYTES, FIELDS = LITERAL + JFI_NAME_MAX, STEPS = LITERAL + 64, N_FIELDS = 10 };
enum { GUEST_FIRST = 6, GUEST_STEPS = 7, GUEST_BITS = 8 };

/* The context's parameters with `count` changes: 32-bit words put at bytes. */
static jfhe_status read_changed(const jfhe_ctx *ctx, const uint32_t (*change)[2], size_t count) {
  size_t len;
  uint8_t *b = jfi_codec_container(ctx, 0, &len, NULL);
  for (size_t i = 0; i < count; i++) jfi_store32_le(b + change[i][0], change[i][1]);
  jfi_codec_fix(b, len);
  jfhe_status st = jfi_codec_read_any(ctx, JFHE_OBJECT_PARAMS, b, len);
  free(b);
  return st;
}

static int says(const char *what, uint32_t byte) {
  char want[64];
  snprintf(want, sizeof want, "container, byte %u: ", byte);
  return strncmp(jfhe_last_error(), want, strlen(want)) == 0 && strstr(jfhe_last_error(), what);
}

JFI_TEST(ranges_of_fields) {
  static const uint32_t least[N_FIELDS] = {3, 0, 20, 0, 1, 20, 0, 0, 0, 1};
  static const uint32_t most[N_FIELDS] = {17, 256, 96, 63, 32, 48, 96, 64, 48, 128};
  jfhe_ctx *ctx = jfi_codec_ctx(4);
  for (uint32_t i = 0; i < N_FIELDS; i++) {
    const uint32_t at = FIELDS + 4 * i, bad[3] = {least[i] - 1, most[i] + 1, UINT32_MAX};
    for (size_t k = least[i] ? 0 : 1; k < 3; k++) {
      CHECK_STATUS(read_changed(ctx, &(const uint32_t[2]){at, bad[k]}, 1), JFHE_ERR_PARAMS);
      CHECK(says("is outside", at));
    }
    for (size_t k = 0; k < 2; k++) { /* the ends themselves are refused for other reasons, or not at all */
      jfhe_status st = read_changed(ctx, &(const uint32_t[2]){at, k ? most[i] : least[i]}, 1);
      CHECK(st == JFHE_OK || !says("is outside", at));
    }
  }
  jfhe_ctx_free(ctx);
}

JFI_TEST(steps) {
  jfhe_ctx *ctx = jfi_codec_ctx(4);
  for (uint32_t bits = 0; bits < 256; bits++) {
    const uint32_t word = 0x3a280000 | 40u << 8 | bits; /* the last three of four steps stay near what they were */
    jfhe_status st = read_changed(ctx, &(const uint32_t[2]){STEPS, word}, 1);
    CHECK(st != JFHE_OK); /* not these primes */
    CHECK_EQ(says("step of", STEPS), bits < 20 || bits > 60);
  }
  jfhe_ctx_free(ctx);
}

JFI_TEST(guests_have_primes_of_20_bits_at_least) {
  jfhe_ctx *ctx = jfi_codec_ctx(4);
  for (uint32_t first = 19; first <= 20; first++)
    for (uint32_t bits = 19; bits <= 20; bits++) {
      const uint32_t change[3][2] = {
          {FIELDS + 4 * GUEST_FIRST, first}, {FIELDS + 4 * GUEST_STEPS, 1}, {FIELDS + 4 * GUEST_BITS, bits}};
      CHECK(read_changed(ctx, change, 3) != JFHE_OK);
      CHECK_EQ(says("guests of", FIELDS + 4 * GUEST_BITS), first < 20 || bits < 20);
    }
  jfhe_ctx_free(ctx);
}

JFI_TEST(names) {
  jfhe_ctx *ctx = jfi_codec_ctx(4);
  for (uint32_t c = 0; c < 256; c++) { /* 24 of one character: the last must be 0 */
    size_t len;
    uint8_t *b = jfi_codec_container(ctx, 0, &len, NULL);
    int fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    for (uint32_t length = 23; length <= 24; length++) {
      memset(b + LITERAL, (int)c, length);
      jfi_codec_fix(b, len);
      CHECK_STATUS(jfi_codec_read_any(ctx, JFHE_OBJECT_PARAMS, b, len),
                   fine && length < 24 ? JFHE_OK : JFHE_ERR_FORMAT);
    }
    free(b);
  }
  jfhe_ctx_free(ctx);
}
