/* codec/source.c: reading container bytes. Contract: io.h. */
#include <string.h>

#include "base/status.h"
#include "codec/io.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "raw words are the memory of a little-endian CPU");

static void begin(jfi_source *s) {
  memset(s, 0, sizeof *s);
  s->bad_at = UINT64_MAX;
  jfi_sum_init(&s->sum);
}

void jfi_source_memory(jfi_source *s, const uint8_t *bytes, size_t len) {
  begin(s);
  s->at = bytes;
  s->left = len;
}

void jfi_source_stream(jfi_source *s, jfhe_read_fn read, void *self) {
  begin(s);
  s->read = read;
  s->self = self;
}

static jfhe_status ended(uint64_t at) {
  return JFI_BAD(JFHE_ERR_TRUNCATED, at, "%s", "the bytes end inside the container");
}

jfhe_status jfi_source_take(jfi_source *s, void *out, size_t len) {
  if (s->at) {
    if (len > s->left) return ended(s->offset + s->left);
    memcpy(out, s->at, len);
    s->at += len;
    s->left -= len;
  } else {
    size_t got = s->read(s->self, out, len);
    if (got > len) return JFI_BAD(JFHE_ERR_IO, s->offset, "%s", "the read function failed");
    if (got < len) return ended(s->offset + got);
  }
  s->offset += len;
  return JFHE_OK;
}

/* The bytes between header and payload: zeros, like every byte that means nothing. */
static jfhe_status skip_gap(jfi_source *s, uint64_t to) {
  uint8_t gap[256] = {0};
  while (s->offset < to) {
    size_t len = to - s->offset < sizeof gap ? (size_t)(to - s->offset) : sizeof gap;
    uint64_t from = s->offset;
    JFI_TRY(jfi_source_take(s, gap, len));
    for (size_t i = 0; i < len; i++)
      if (gap[i]) return JFI_BAD(JFHE_ERR_FORMAT, from + i, "%s", "bytes before the payload are not 0");
  }
  return JFHE_OK;
}

jfhe_status jfi_source_header(jfi_source *s, jfi_header *h, uint64_t cap) {
  uint8_t bytes[JFHE_HEADER_BYTES_MAX];
  if (cap > SIZE_MAX) cap = SIZE_MAX; /* 32-bit machines: nothing longer can be held, whatever its header says */
  if (s->at) {
    JFI_TRY(jfi_header_decode(h, s->at, (size_t)s->left, s->left, cap));
    s->at += h->header_len;
    s->left -= h->header_len;
    s->offset = h->header_len;
  } else {
    size_t got = s->read(s->self, bytes, JFHE_HEADER_BYTES);
    uint32_t len;
    if (got > JFHE_HEADER_BYTES) return JFI_BAD(JFHE_ERR_IO, 0, "%s", "the read function failed");
    JFI_TRY(jfi_header_peek(&len, bytes, got));
    s->offset = JFHE_HEADER_BYTES;
    if (len > JFHE_HEADER_BYTES) JFI_TRY(jfi_source_take(s, bytes + JFHE_HEADER_BYTES, len - JFHE_HEADER_BYTES));
    JFI_TRY(jfi_header_decode(h, bytes, len, UINT64_MAX, cap));
  }
  /* The container may fit where its object, up to 8/3 as long, does not. No size below can then overflow a size_t. */
  if (jfi_header_memory(h) > SIZE_MAX / 2)
    return JFI_BAD(JFHE_ERR_MEMORY, JFI_AT_TOTAL, "its object takes %llu bytes, more than this machine can address",
                   (unsigned long long)jfi_header_memory(h));
  return skip_gap(s, h->payload_at);
}

jfhe_status jfi_source_bytes(jfi_source *s, void *out, size_t len) {
  JFI_TRY(jfi_source_take(s, out, len));
  jfi_sum_update(&s->sum, out, len);
  return JFHE_OK;
}

static void note_bad(jfi_source *s, uint64_t at, int bad) {
  if (bad && at < s->bad_at) s->bad_at = at;
}

jfhe_status jfi_source_words(jfi_source *s, const jfi_kernel *k, uint64_t *out, size_t n, uint64_t q, int raw) {
  _Alignas(64) uint8_t packed[6 * JFI_PIECE];
  for (size_t i = 0, run; i < n; i += run) {
    uint64_t at = s->offset;
    run = n - i < JFI_PIECE ? n - i : JFI_PIECE;
    if (raw) {
      JFI_TRY(jfi_source_bytes(s, out + i, run * sizeof *out));
    } else {
      JFI_TRY(jfi_source_bytes(s, packed, run * 6));
      k->unpack48(out + i, packed, run);
    }
    /* Go on after a bad residue: if the checksum is wrong as well, that is the better answer. */
    note_bad(s, at, k->any_ge(out + i, run, q));
  }
  return JFHE_OK;
}

jfhe_status jfi_source_map(jfi_source *s, const jfi_kernel *k, const uint64_t **out, size_t n, uint64_t q) {
  if (n > s->left / sizeof **out) return ended(s->offset + s->left);
  const uint64_t *words = (const uint64_t *)(const void *)s->at;
  *out = words;
  for (size_t i = 0, run; i < n; i += run) {
    run = n - i < JFI_PIECE ? n - i : JFI_PIECE;
    jfi_sum_update(&s->sum, words + i, run * sizeof *words);
    note_bad(s, s->offset + i * sizeof *words, k->any_ge(words + i, run, q));
  }
  s->at += n * sizeof *words;
  s->left -= n * sizeof *words;
  s->offset += n * sizeof *words;
  return JFHE_OK;
}

jfhe_status jfi_source_end(const jfi_source *s, const jfi_header *h) {
  jfi_sum sum = s->sum;
  if (jfi_sum_final(&sum) != h->payload_sum)
    return JFI_BAD(JFHE_ERR_CHECKSUM, JFI_AT_PAYLOAD_SUM, "%s", "payload checksum does not match");
  if (s->bad_at != UINT64_MAX)
    return JFI_BAD(JFHE_ERR_VALUE, s->bad_at, "a residue within %d is not below its prime", JFI_PIECE);
  if (s->at && s->left)
    return JFI_BAD(JFHE_ERR_TRUNCATED, h->total, "%llu bytes follow the container", (unsigned long long)s->left);
  return JFHE_OK;
}
