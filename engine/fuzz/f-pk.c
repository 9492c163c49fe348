/* f-pk.c: any bytes to the readers of public keys. */
#include "fuzz.h"

#include "rlwe/evk.h"

static void run(const uint8_t *bytes, size_t len) {
  const jfhe_ctx *ctx = fuzz_ctx();
  jfhe_pk *pk, *streamed;
  jfhe_status st = jfhe_pk_read(ctx, &pk, bytes, len);
  fuzz_stream s = {bytes, len};
  jfhe_status st2 = jfhe_pk_read_stream(ctx, &streamed, fuzz_read, &s, FUZZ_BYTES_MAX);
  FUZZ_REQUIRE((st == JFHE_OK) == (pk != NULL) && (st2 == JFHE_OK) == (streamed != NULL));
  FUZZ_REQUIRE((st == JFHE_OK) == (st2 == JFHE_OK && s.left == 0));
  jfhe_pk_free(streamed);
  if (!pk) return;
  fuzz_check_words(ctx, pk->b, pk->n_limbs, pk->primes);
  fuzz_check_words(ctx, pk->a, pk->n_limbs, pk->primes);
  uint32_t encoding = bytes[JFI_AT_ENCODING];
  FUZZ_REQUIRE(jfhe_pk_write_size(pk, encoding) == len);
  uint8_t *again = malloc(len);
  FUZZ_REQUIRE(again && jfhe_pk_write(again, len, pk, encoding) == JFHE_OK && memcmp(again, bytes, len) == 0);
  free(again);
  jfhe_pk_free(pk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) { return fuzz_container(run, data, len); }
