/* codec/io.h: where container bytes come from and go to: memory or a caller's functions, summed on the way. */
#ifndef JFI_CODEC_IO_H
#define JFI_CODEC_IO_H
#include "codec/header.h"
#include "codec/sum.h"
#include "rlwe/ctx.h"

/* Coefficients worked on at once: 12 KiB packed and 16 KiB of words stay in the first-level cache. */
enum { JFI_PIECE = 2048, JFI_PIECE_BYTES = 8 * JFI_PIECE };

/* ---- in ---- */
typedef struct jfi_source {
  const uint8_t *at; /* memory; null for a stream */
  uint64_t left;     /* memory: bytes from `at` on */
  jfhe_read_fn read;
  void *self;
  uint64_t offset; /* of the next byte in the container */
  uint64_t bad_at; /* of the first piece with a residue too large; UINT64_MAX: none */
  jfi_sum sum;     /* of what was read through the functions below */
} jfi_source;

void jfi_source_memory(jfi_source *s, const uint8_t *bytes, size_t len);
void jfi_source_stream(jfi_source *s, jfhe_read_fn read, void *self);
/* Copies the next len bytes; not summed. JFHE_ERR_TRUNCATED, JFHE_ERR_IO. */
jfhe_status jfi_source_take(jfi_source *s, void *out, size_t len);
/* Reads and checks a header, refuses what exceeds the cap, and skips to the payload (the gap must be zeros). */
jfhe_status jfi_source_header(jfi_source *s, jfi_header *h, uint64_t cap);
/* The next len payload bytes into out. */
jfhe_status jfi_source_bytes(jfi_source *s, void *out, size_t len);
/* The next n words, raw (8 bytes) or packed (6), each below q or noted in bad_at. out is 64-byte aligned. */
jfhe_status jfi_source_words(jfi_source *s, const jfi_kernel *k, uint64_t *out, size_t n, uint64_t q, int raw);
/* The next n raw words where they lie; memory sources only, at 64-byte alignment. */
jfhe_status jfi_source_map(jfi_source *s, const jfi_kernel *k, const uint64_t **out, size_t n, uint64_t q);
/* After the payload: checksum, residues, trailing bytes. */
jfhe_status jfi_source_end(const jfi_source *s, const jfi_header *h);

/* ---- out ---- */
typedef struct jfi_sink {
  uint8_t *at; /* memory; null for a stream or when only the sum is wanted */
  jfhe_write_fn write;
  void *self;
  jfi_sum sum;
} jfi_sink;

jfhe_status jfi_sink_bytes(jfi_sink *s, const void *data, size_t len);
jfhe_status jfi_sink_words(jfi_sink *s, const jfi_kernel *k, const uint64_t *a, size_t n, int raw);

/* Writes an object's payload to a sink; called once or twice, and must give the same bytes. */
typedef jfhe_status (*jfi_payload_fn)(jfi_sink *s, const jfi_header *h, const void *object);
/* A whole container into memory or to a stream. h is finished but for payload_sum. */
jfhe_status jfi_write_memory(uint8_t *bytes, size_t len, jfi_header *h, jfi_payload_fn payload, const void *object);
jfhe_status jfi_write_stream(jfhe_write_fn write, void *self, jfi_header *h, jfi_payload_fn payload,
                             const void *object);
#endif
