/* f-inspect.c: any bytes to jfhe_inspect. */
#include "fuzz.h"

static void run(const uint8_t *bytes, size_t len) {
  jfhe_info info;
  jfi_header h;
  if (jfhe_inspect(bytes, len, &info) != JFHE_OK) {
    FUZZ_REQUIRE(jfhe_last_error()[0]);
    return;
  }
  FUZZ_REQUIRE(info.header_bytes <= len && info.header_bytes <= info.total_bytes && info.log_n <= 17);
  /* An accepted header has one form: encoding its fields gives its bytes. */
  uint8_t again[JFHE_HEADER_BYTES_MAX];
  FUZZ_REQUIRE(jfi_header_decode(&h, bytes, len, UINT64_MAX, UINT64_MAX) == JFHE_OK);
  jfi_header_encode(again, &h);
  FUZZ_REQUIRE(memcmp(again, bytes, h.header_len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) { return fuzz_container(run, data, len); }
