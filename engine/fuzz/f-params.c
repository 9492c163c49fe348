/* f-params.c: any bytes to the reader of parameters. Rings stay at or below degree 64: larger ones differ in their tables alone. */
#include "fuzz.h"

static void run(const uint8_t *bytes, size_t len) {
  jfhe_ctx *ctx;
  jfhe_status st = jfhe_ctx_new_from_container(&ctx, bytes, len, 6);
  FUZZ_REQUIRE((st == JFHE_OK) == (ctx != NULL));
  if (!ctx) return;
  FUZZ_REQUIRE(jfhe_ctx_write_size(ctx) == len);
  uint8_t *again = malloc(len);
  FUZZ_REQUIRE(again && jfhe_ctx_write(again, len, ctx) == JFHE_OK && memcmp(again, bytes, len) == 0);
  free(again);
  jfhe_ctx_free(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) { return fuzz_container(run, data, len); }
