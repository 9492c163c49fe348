/* f-sk.c: any bytes to the reader of secret keys. */
#include "fuzz.h"

#include "rlwe/secret/sk.h"

static void run(const uint8_t *bytes, size_t len) {
  const jfhe_ctx *ctx = fuzz_ctx();
  jfhe_sk *sk;
  jfhe_status st = jfhe_sk_read(ctx, &sk, bytes, len);
  FUZZ_REQUIRE((st == JFHE_OK) == (sk != NULL));
  if (!sk) return;
  for (size_t i = 0; i < ctx->ring->n; i++) FUZZ_REQUIRE(sk->s[i] >= -1 && sk->s[i] <= 1);
  FUZZ_REQUIRE(jfhe_sk_write_size(sk) == len);
  uint8_t *again = malloc(len);
  FUZZ_REQUIRE(again && jfhe_sk_write(again, len, sk) == JFHE_OK && memcmp(again, bytes, len) == 0);
  free(again);
  jfhe_sk_free(sk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) { return fuzz_container(run, data, len); }
