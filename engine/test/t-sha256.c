/* every-isa */
/* t-sha256.c: published vectors, every length around a block, every cut, and both block functions. */
#include <stdio.h>
#include <string.h>

#include "base/sha256.h"
#include "harness.h"

static void hex(char out[65], const uint8_t d[32]) {
  for (int i = 0; i < 32; i++) snprintf(out + 2 * i, 3, "%02x", d[i]);
}
static int digest_is(const void *data, size_t len, const char *want) {
  jfi_sha256 s;
  uint8_t d[32];
  char got[65];
  jfi_sha256_init(&s);
  jfi_sha256_update(&s, data, len);
  jfi_sha256_final(&s, d);
  hex(got, d);
  return strcmp(got, want) == 0;
}

/* FIPS 180-4 examples: one block, two blocks, empty, a million times 'a'. */
JFI_TEST(known_answers) {
  static const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  CHECK(digest_is("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
  CHECK(digest_is("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  CHECK(digest_is(two, strlen(two), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
  jfi_sha256 s;
  uint8_t d[32], block[100];
  char got[65];
  memset(block, 'a', sizeof block);
  jfi_sha256_init(&s);
  for (int i = 0; i < 10000; i++) jfi_sha256_update(&s, block, sizeof block);
  jfi_sha256_final(&s, d);
  hex(got, d);
  CHECK(strcmp(got, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0") == 0);
}

/* Digest of the digests of 0^0, 0^1, ..., 0^300 (from Python's hashlib): every padding case. */
JFI_TEST(every_length) {
  static const uint8_t zeros[301];
  jfi_sha256 all, one;
  uint8_t d[32];
  char got[65];
  jfi_sha256_init(&all);
  for (size_t n = 0; n <= 300; n++) {
    jfi_sha256_init(&one);
    jfi_sha256_update(&one, zeros, n);
    jfi_sha256_final(&one, d);
    jfi_sha256_update(&all, d, 32);
  }
  jfi_sha256_final(&all, d);
  hex(got, d);
  CHECK(strcmp(got, "21ca6b0414077d01ad81ff2cd5ac9dfceaa3dd757d8d93e865935929b573c501") == 0);
}

JFI_TEST(any_cut) {
  uint8_t data[1000], want[32], got[32];
  jfi_test_rng rng;
  jfi_sha256 s;
  jfi_test_rng_init(&rng, 1);
  jfi_test_rng_fill(&rng, data, sizeof data);
  jfi_sha256_init(&s);
  jfi_sha256_update(&s, data, sizeof data);
  jfi_sha256_final(&s, want);
  for (int round = 0; round < 200; round++) {
    size_t at = 0;
    jfi_sha256_init(&s);
    while (at < sizeof data) {
      size_t n = jfi_test_rng_below(&rng, round % 2 ? 5 : 200);
      if (n > sizeof data - at) n = sizeof data - at;
      jfi_sha256_update(&s, data + at, n);
      at += n;
    }
    jfi_sha256_final(&s, got);
    CHECK_MEM(got, want, 32);
  }
}
