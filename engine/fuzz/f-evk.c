/* f-evk.c: any bytes to the readers of switching keys, mapped reading among them. */
#include "fuzz.h"

#include "rlwe/evk.h"

static void check_key(const jfhe_evk *k, const uint8_t *bytes, size_t len) {
  const jfhe_ctx *ctx = fuzz_ctx();
  size_t limbs = (size_t)k->n_digits * k->n_limbs;
  fuzz_check_words(ctx, k->b, limbs, jfi_set_or(k->q, k->p));
  if (k->a) fuzz_check_words(ctx, k->a, limbs, jfi_set_or(k->q, k->p));
  FUZZ_REQUIRE(k->a || k->seeded);
  uint32_t encoding = bytes[JFI_AT_ENCODING];
  FUZZ_REQUIRE(jfhe_evk_write_size(k, encoding) == len);
  uint8_t *again = malloc(len);
  FUZZ_REQUIRE(again && jfhe_evk_write(again, len, k, encoding) == JFHE_OK && memcmp(again, bytes, len) == 0);
  free(again);
}

static void run(const uint8_t *bytes, size_t len) {
  const jfhe_ctx *ctx = fuzz_ctx();
  jfhe_evk *key, *streamed, *mapped;
  jfhe_status st = jfhe_evk_read(ctx, &key, bytes, len);
  fuzz_stream s = {bytes, len};
  jfhe_status st2 = jfhe_evk_read_stream(ctx, &streamed, fuzz_read, &s, FUZZ_BYTES_MAX);
  FUZZ_REQUIRE((st == JFHE_OK) == (key != NULL) && (st2 == JFHE_OK) == (streamed != NULL));
  FUZZ_REQUIRE((st == JFHE_OK) == (st2 == JFHE_OK && s.left == 0));
  jfhe_status st3 = jfhe_evk_map(ctx, &mapped, bytes, len);
  FUZZ_REQUIRE((st3 == JFHE_OK) == (st == JFHE_OK && jfi_encoding_raw(bytes[JFI_AT_ENCODING])));
  if (key) check_key(key, bytes, len);
  if (mapped) check_key(mapped, bytes, len);
  jfhe_evk_free(key);
  jfhe_evk_free(streamed);
  jfhe_evk_free(mapped);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) { return fuzz_container(run, data, len); }
