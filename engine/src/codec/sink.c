/* codec/sink.c: writing container bytes. Contract: io.h. */
#include <string.h>

#include "base/status.h"
#include "codec/io.h"

static const uint8_t ZEROS[256] = {0};

/* Not summed. */
static jfhe_status put(jfi_sink *s, const void *data, size_t len) {
  if (s->at) {
    memcpy(s->at, data, len);
    s->at += len;
  } else if (s->write && s->write(s->self, data, len) != 0) {
    return jfi_fail(JFHE_ERR_IO, "the write function failed");
  }
  return JFHE_OK;
}

jfhe_status jfi_sink_bytes(jfi_sink *s, const void *data, size_t len) {
  jfi_sum_update(&s->sum, data, len);
  return put(s, data, len);
}

jfhe_status jfi_sink_words(jfi_sink *s, const jfi_kernel *k, const uint64_t *a, size_t n, int raw) {
  _Alignas(64) uint8_t packed[6 * JFI_PIECE];
  for (size_t i = 0, run; i < n; i += run) {
    run = n - i < JFI_PIECE ? n - i : JFI_PIECE;
    if (!raw) k->pack48(packed, a + i, run);
    JFI_TRY(jfi_sink_bytes(s, raw ? (const void *)(a + i) : packed, run * (raw ? 8 : 6)));
  }
  return JFHE_OK;
}

static jfhe_status put_head(jfi_sink *s, const jfi_header *h) {
  uint8_t bytes[JFHE_HEADER_BYTES_MAX];
  jfi_header_encode(bytes, h);
  JFI_TRY(put(s, bytes, h->header_len));
  for (size_t gap = (size_t)(h->payload_at - h->header_len), run; gap > 0; gap -= run) {
    run = gap < sizeof ZEROS ? gap : sizeof ZEROS;
    JFI_TRY(put(s, ZEROS, run));
  }
  return JFHE_OK;
}

jfhe_status jfi_write_memory(uint8_t *bytes, size_t len, jfi_header *h, jfi_payload_fn payload, const void *object) {
  if (!bytes || len < h->total)
    return jfi_fail(JFHE_ERR_ARG, "a container of %llu bytes does not fit into %zu", (unsigned long long)h->total,
                    bytes ? len : 0);
  jfi_sink body = {.at = bytes + h->payload_at}, head = {.at = bytes};
  JFI_TRY(payload(&body, h, object));
  h->payload_sum = jfi_sum_final(&body.sum);
  return put_head(&head, h);
}

jfhe_status jfi_write_stream(jfhe_write_fn write, void *self, jfi_header *h, jfi_payload_fn payload,
                             const void *object) {
  if (!write) return jfi_fail(JFHE_ERR_ARG, "no write function");
  jfi_sink sums = {0}, out = {.write = write, .self = self};
  JFI_TRY(payload(&sums, h, object));
  h->payload_sum = jfi_sum_final(&sums.sum);
  JFI_TRY(put_head(&out, h));
  return payload(&out, h, object);
}
