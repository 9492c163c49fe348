/* t-codec-sum.c: the checksum of payloads against its definition in protocol/container.md, however the bytes arrive. */
#include <string.h>

#include "base/bytes.h"
#include "base/sha256.h"
#include "codec/sum.h"
#include "harness.h"

enum { LEN_MAX = 200 };

/* The definition, a byte at a time: words of 32 bits in rows of 8, zeros after the end. */
static uint64_t plainly(const uint8_t *p, size_t len) {
  uint64_t a[8] = {0}, b[8] = {0};
  size_t rows = (len + 31) / 32;
  for (size_t i = 0; i < len; i++) {
    uint64_t part = (uint64_t)p[i] << 8 * (i % 4);
    a[i / 4 % 8] += part;
    b[i / 4 % 8] += part * (rows - i / 32);
  }
  uint8_t state[17 * 8], digest[32];
  for (size_t j = 0; j < 8; j++) jfi_store64_le(state + 8 * j, a[j]), jfi_store64_le(state + 8 * (8 + j), b[j]);
  jfi_store64_le(state + 8 * 16, len);
  jfi_sha256 h;
  jfi_sha256_init(&h);
  jfi_sha256_update(&h, state, sizeof state);
  jfi_sha256_final(&h, digest);
  return jfi_load64_le(digest);
}

static uint64_t in_pieces(const uint8_t *p, size_t len, size_t piece) {
  jfi_sum s;
  jfi_sum_init(&s);
  for (size_t i = 0; i < len; i += piece) jfi_sum_update(&s, p + i, piece < len - i ? piece : len - i);
  jfi_sum_update(&s, p + len, 0);
  return jfi_sum_final(&s);
}

JFI_TEST(is_what_the_page_defines) {
  uint8_t p[LEN_MAX];
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  for (int k = 0; k < 3; k++) {
    jfi_test_rng_fill(&rng, p, sizeof p);
    if (k == 1) memset(p, 0xff, sizeof p); /* every lane's sum as large as it can be */
    if (k == 2) memset(p, 0, sizeof p);    /* only the lengths differ */
    for (size_t len = 0; len <= LEN_MAX; len++) {
      const uint64_t want = plainly(p, len);
      for (size_t piece = 1; piece <= 70; piece++) CHECK_EQ(in_pieces(p, len, piece), want);
    }
  }
}
