/* codec/header.h: the header of a container: its fields, its bytes, and what can be said of it without a context.
 * The layout is written down in protocol/container.md; the offsets below are its other copy. */
#ifndef JFI_CODEC_HEADER_H
#define JFI_CODEC_HEADER_H
#include "jfhe/codec.h"
#include "ring/set.h"
#include "rlwe/ct.h"
#include "rlwe/params.h"

/* Byte offsets of the fields. */
enum jfi_header_at {
  JFI_AT_MAGIC = 0,
  JFI_AT_VERSION = 8,
  JFI_AT_HEADER_LEN = 12,
  JFI_AT_TOTAL = 16,
  JFI_AT_PAYLOAD = 24,
  JFI_AT_PAYLOAD_LEN = 32,
  JFI_AT_OBJECT = 40, /* from here to 52 one byte each */
  JFI_AT_ENCODING = 41,
  JFI_AT_SCHEME = 42,
  JFI_AT_LOG_N = 43,
  JFI_AT_FORM = 44,
  JFI_AT_PACKING = 45,
  JFI_AT_LOG_SLOTS = 46,
  JFI_AT_DEGREE = 47,
  JFI_AT_LEVEL = 48,
  JFI_AT_KIND = 49,
  JFI_AT_DIGITS = 50,
  JFI_AT_LOG_N_OTHER = 51,
  JFI_AT_GALOIS = 52,
  JFI_AT_FLAGS = 56, /* none defined: 0 */
  JFI_AT_HASH = 64,
  JFI_AT_Q = 96,
  JFI_AT_P = 112,
  JFI_AT_SCALE = 128,
  JFI_AT_MAG = 136,
  JFI_AT_WORST = 144,
  JFI_AT_SD = 152,
  JFI_AT_KEY_ID = 160,
  JFI_AT_FROM_ID = 176,
  JFI_AT_SEED = 192,
  JFI_AT_PAYLOAD_SUM = 224,
  JFI_AT_MODULUS = 232, /* and factor: integers; else 0 */
  JFI_AT_FACTOR = 240,
  JFI_AT_HEADER_SUM = 248,
  JFI_AT_DIGIT_TABLE = 256 /* 16 bytes a digit */
};

enum { JFI_CONTAINER_VERSION = 1, JFI_PAYLOAD_ALIGN = 64, JFI_KEY_ALIGN = 4096 };

/* Sizes of the fixed parts of payloads. */
enum { JFI_LITERAL_BYTES = 128, JFI_SK_PREFIX_BYTES = 16 };

typedef struct jfi_header {
  uint32_t header_len; /* the five lengths follow from the other fields: jfi_header_layout */
  uint64_t total, payload_at, payload_len;
  uint8_t object, encoding, scheme, log_n, form, packing, log_slots, degree, level, kind, digits, log_n_other;
  uint32_t galois;
  uint8_t hash[JFHE_HASH_BYTES];
  jfi_set q, p;
  double scale;
  jfi_bound bound;
  uint8_t key_id[JFHE_ID_BYTES], from_id[JFHE_ID_BYTES], seed[32];
  uint64_t payload_sum;
  uint64_t modulus, factor;
  jfi_set digit[JFI_DIGITS_MAX];
} jfi_header;

static inline int jfi_encoding_seeded(uint32_t e) { return e == JFHE_ENCODING_SEEDED || e == JFHE_ENCODING_RAW_SEEDED; }
static inline int jfi_encoding_raw(uint32_t e) { return e == JFHE_ENCODING_RAW || e == JFHE_ENCODING_RAW_SEEDED; }

/* Fills the lengths from the other fields. Never overflows: log_n <= 17, digits <= 64, at most 128 primes. */
void jfi_header_layout(jfi_header *h);
/* Bytes of the object's residues in memory. */
uint64_t jfi_header_memory(const jfi_header *h);
/* What a checked header says, for callers. */
void jfi_header_info(const jfi_header *h, jfhe_info *out);

/* Everything that a header must fulfil on its own: fields in range, none set that the object lacks. Bounds `log_n`, `digits` and the
 * like before anything is computed from them. Used by readers and, so that nothing unreadable is written, by writers. */
jfhe_status jfi_header_check(const jfi_header *h);

/* Magic, version and the header's own length from the first JFHE_HEADER_BYTES: what a stream needs to go on. */
jfhe_status jfi_header_peek(uint32_t *header_len, const uint8_t *bytes, size_t len);
/* All checks that need no context, in the order of protocol/container.md. len: bytes there are of the header and what follows;
 * available: bytes of the whole container that are there or allowed (UINT64_MAX: not known); cap: most that `total` may be. */
jfhe_status jfi_header_decode(jfi_header *h, const uint8_t *bytes, size_t len, uint64_t available, uint64_t cap);
/* Writes h->header_len bytes, checksum included. */
void jfi_header_encode(uint8_t *bytes, const jfi_header *h);
/* First 8 bytes of SHA-256 over a header with its checksum field left out. */
uint64_t jfi_header_sum(const uint8_t *bytes, size_t header_len);

/* Fails naming a field and its byte. */
#define JFI_BAD(status, at, fmt, ...)                                                                                  \
  jfi_fail(status, "container, byte %llu: " fmt, (unsigned long long)(at), __VA_ARGS__)
#endif
