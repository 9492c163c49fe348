/* every-isa */
/* t-rng.c: ChaCha20 against RFC 8439 and a model; the generator hands out one stream however it is asked. */
#include <string.h>

#include "base/secret/rng.h"
#include "harness.h"

static uint32_t rol(uint32_t x, int k) { return x << k | x >> (32 - k); }
static void model_quarter(uint32_t *s, int a, int b, int c, int d) {
  s[a] += s[b];
  s[d] = rol(s[d] ^ s[a], 16);
  s[c] += s[d];
  s[b] = rol(s[b] ^ s[c], 12);
  s[a] += s[b];
  s[d] = rol(s[d] ^ s[a], 8);
  s[c] += s[d];
  s[b] = rol(s[b] ^ s[c], 7);
}
static void model_block(uint8_t out[64], const uint8_t key[32], uint64_t counter, uint64_t stream) {
  uint32_t s[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, x[16];
  for (int i = 0; i < 8; i++)
    s[4 + i] = (uint32_t)key[4 * i] | (uint32_t)key[4 * i + 1] << 8 | (uint32_t)key[4 * i + 2] << 16 |
               (uint32_t)key[4 * i + 3] << 24;
  s[12] = (uint32_t)counter;
  s[13] = (uint32_t)(counter >> 32);
  s[14] = (uint32_t)stream;
  s[15] = (uint32_t)(stream >> 32);
  memcpy(x, s, sizeof x);
  for (int i = 0; i < 10; i++) {
    model_quarter(x, 0, 4, 8, 12);
    model_quarter(x, 1, 5, 9, 13);
    model_quarter(x, 2, 6, 10, 14);
    model_quarter(x, 3, 7, 11, 15);
    model_quarter(x, 0, 5, 10, 15);
    model_quarter(x, 1, 6, 11, 12);
    model_quarter(x, 2, 7, 8, 13);
    model_quarter(x, 3, 4, 9, 14);
  }
  for (int i = 0; i < 64; i++) out[i] = (uint8_t)((x[i / 4] + s[i / 4]) >> 8 * (i % 4));
}

/* RFC 8439, 2.3.2: key 00..1f, nonce 000000090000004a00000000, counter 1. Its nonce's first word is our counter's high one. */
JFI_TEST(rfc_8439) {
  static const uint8_t want[64] = {0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15, 0x50, 0x0f, 0xdd, 0x1f, 0xa3,
                                   0x20, 0x71, 0xc4, 0xc7, 0xd1, 0xf4, 0xc7, 0x33, 0xc0, 0x68, 0x03, 0x04, 0x22,
                                   0xaa, 0x9a, 0xc3, 0xd4, 0x6c, 0x4e, 0xd2, 0x82, 0x64, 0x46, 0x07, 0x9f, 0xaa,
                                   0x09, 0x14, 0xc2, 0xd7, 0x05, 0xd9, 0x8b, 0x02, 0xa2, 0xb5, 0x12, 0x9c, 0xd1,
                                   0xde, 0x16, 0x4e, 0xb9, 0xcb, 0xd0, 0x83, 0xe8, 0xa2, 0x50, 0x3c, 0x4e};
  uint8_t key[32], out[64];
  jfi_rng r;
  for (int i = 0; i < 32; i++) key[i] = (uint8_t)i;
  model_block(out, key, 1 | (uint64_t)0x09000000 << 32, 0x4a000000);
  CHECK_MEM(out, want, 64);
  jfi_rng_from_key(&r, key, 0x4a000000);
  r.counter = 1 | (uint64_t)0x09000000 << 32;
  jfi_rng_bytes(&r, out, 64);
  CHECK_MEM(out, want, 64);
}

/* The low word of the counter wraps inside a group of blocks. */
JFI_TEST(counter_carries) {
  uint8_t key[32] = {9}, got[4096], want[64];
  jfi_rng r;
  for (uint64_t back = 0; back < 20; back += 3) {
    jfi_rng_from_key(&r, key, 77);
    r.counter = ((uint64_t)5 << 32) - back;
    jfi_rng_bytes(&r, got, sizeof got);
    for (size_t b = 0; b < sizeof got / 64; b++) {
      model_block(want, key, ((uint64_t)5 << 32) - back + b, 77);
      CHECK_MEM(got + 64 * b, want, 64);
    }
  }
}

JFI_TEST(one_stream_in_any_pieces) {
  enum { LEN = 20000 };
  static uint8_t got[LEN], want[LEN + 64];
  uint8_t key[32] = {1, 2, 3};
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 2);
  for (size_t b = 0; b <= LEN / 64; b++) model_block(want + 64 * b, key, b, 4);
  for (int round = 0; round < 30; round++) {
    jfi_rng r;
    jfi_rng_from_key(&r, key, 4);
    for (size_t at = 0; at < LEN;) {
      size_t n = jfi_test_rng_below(&rng, round % 3 == 0 ? 5000 : round % 3 == 1 ? 100 : 2000);
      if (n > LEN - at) n = LEN - at;
      jfi_rng_bytes(&r, got + at, n);
      at += n;
    }
    CHECK_MEM(got, want, LEN);
  }
}

JFI_TEST(handed_out_bytes_are_forgotten) {
  uint8_t key[32] = {1}, out[10];
  jfi_rng r;
  jfi_rng_from_key(&r, key, 0);
  jfi_rng_bytes(&r, out, sizeof out);
  for (size_t i = 0; i < sizeof out; i++) CHECK_EQ(r.buf[i], 0);
  jfi_rng_wipe(&r);
  for (size_t i = 0; i < sizeof r.buf; i++) CHECK_EQ(r.buf[i], 0);
  for (int i = 0; i < 8; i++) CHECK_EQ(r.key[i], 0);
}

JFI_TEST(entropy_differs) {
  jfi_rng a, b;
  uint8_t x[32], y[32], big[1000] = {0}, none[1000] = {0};
  REQUIRE_OK(jfi_rng_init(&a));
  REQUIRE_OK(jfi_rng_init(&b));
  jfi_rng_bytes(&a, x, 32);
  jfi_rng_bytes(&b, y, 32);
  CHECK(memcmp(x, y, 32) != 0);
  CHECK_OK(jfi_entropy(big, sizeof big));
  for (size_t at = 0; at < sizeof big; at += 100) CHECK(memcmp(big + at, none, 100) != 0);
}
