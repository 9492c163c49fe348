/* f-ct.c: any bytes to the readers of ciphertexts. */
#include "fuzz.h"

static void run(const uint8_t *bytes, size_t len) {
  const jfhe_ctx *ctx = fuzz_ctx();
  jfhe_ct *ct, *streamed;
  jfhe_status st = jfhe_ct_read(ctx, &ct, bytes, len);
  fuzz_stream s = {bytes, len};
  jfhe_status st2 = jfhe_ct_read_stream(ctx, &streamed, fuzz_read, &s, FUZZ_BYTES_MAX);
  FUZZ_REQUIRE((st == JFHE_OK) == (ct != NULL) && (st2 == JFHE_OK) == (streamed != NULL));
  /* A stream stops at the container's end; all else is the same. */
  FUZZ_REQUIRE((st == JFHE_OK) == (st2 == JFHE_OK && s.left == 0));
  jfhe_ct_free(streamed);
  if (!ct) return;
  for (size_t i = 0; i <= ct->degree; i++)
    fuzz_check_words(ctx, jfi_ct_limb(ct, i, 0, ctx->ring->n), ct->n_limbs, ct->primes);
  uint32_t encoding = bytes[JFI_AT_ENCODING];
  FUZZ_REQUIRE(jfhe_ct_write_size(ct, encoding) == len);
  uint8_t *again = malloc(len);
  FUZZ_REQUIRE(again && jfhe_ct_write(again, len, ct, encoding) == JFHE_OK && memcmp(again, bytes, len) == 0);
  free(again);
  jfhe_ct_free(ct);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) { return fuzz_container(run, data, len); }
