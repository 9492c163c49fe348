/* codec/header.c: the header's bytes. What its fields may hold: fields.c. */
#include "codec/header.h"

#include <string.h>

#include "base/bytes.h"
#include "base/sha256.h"
#include "base/status.h"

/* "JFHE", then a line end of each kind and an end-of-file mark, so that a transfer as text shows. */
static const uint8_t MAGIC[8] = {'J', 'F', 'H', 'E', '\r', '\n', 0x1a, '\n'};

static uint64_t bits_of(double x) {
  uint64_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}

static double load_double(const uint8_t *p) {
  uint64_t u = jfi_load64_le(p);
  double x;
  memcpy(&x, &u, sizeof x);
  return x;
}

static jfi_set load_set(const uint8_t *p) { return (jfi_set){{jfi_load64_le(p), jfi_load64_le(p + 8)}}; }

static void store_set(uint8_t *p, jfi_set s) {
  jfi_store64_le(p, s.w[0]);
  jfi_store64_le(p + 8, s.w[1]);
}

/* ---- lengths ---- */
static uint64_t ring_words(const jfi_header *h) {
  uint64_t limbs = jfi_set_count(jfi_set_or(h->q, h->p)), polys = 1;
  if (h->object == JFHE_OBJECT_CT) polys = h->degree + 1u;
  if (h->object == JFHE_OBJECT_EVK) polys = h->digits * (uint64_t)2;
  if (h->object == JFHE_OBJECT_PK) polys = 2;
  return (polys * limbs) << h->log_n;
}

static uint64_t payload_len(const jfi_header *h) {
  uint64_t limbs = jfi_set_count(jfi_set_or(h->q, h->p));
  if (h->object == JFHE_OBJECT_PARAMS) return JFI_LITERAL_BYTES + 8 * limbs + 16 * (h->level + (uint64_t)1);
  if (h->object == JFHE_OBJECT_SK) return JFI_SK_PREFIX_BYTES + ((uint64_t)1 << h->log_n) / 4;
  uint64_t words = ring_words(h);
  if (jfi_encoding_seeded(h->encoding)) words /= 2; /* degree 1 and keys: two halves */
  return words * (jfi_encoding_raw(h->encoding) ? 8 : 6);
}

uint64_t jfi_header_memory(const jfi_header *h) {
  if (h->object == JFHE_OBJECT_PARAMS) return 0;
  if (h->object == JFHE_OBJECT_SK) return (uint64_t)1 << h->log_n;
  int half = h->object == JFHE_OBJECT_EVK && jfi_encoding_seeded(h->encoding);
  return ring_words(h) * 8 / (half ? 2 : 1);
}

void jfi_header_layout(jfi_header *h) {
  uint64_t align = h->object == JFHE_OBJECT_EVK || h->object == JFHE_OBJECT_PK || h->object == JFHE_OBJECT_SK
                       ? JFI_KEY_ALIGN
                       : JFI_PAYLOAD_ALIGN;
  h->header_len = JFHE_HEADER_BYTES + 16u * h->digits;
  h->payload_at = (h->header_len + align - 1) & ~(align - 1);
  h->payload_len = payload_len(h);
  h->total = h->payload_at + h->payload_len;
}

/* ---- bytes out ---- */
uint64_t jfi_header_sum(const uint8_t *bytes, size_t header_len) {
  uint8_t digest[32];
  jfi_sha256 s;
  jfi_sha256_init(&s);
  jfi_sha256_update(&s, bytes, JFI_AT_HEADER_SUM);
  jfi_sha256_update(&s, bytes + JFI_AT_HEADER_SUM + 8, header_len - JFI_AT_HEADER_SUM - 8);
  jfi_sha256_final(&s, digest);
  return jfi_load64_le(digest);
}

void jfi_header_encode(uint8_t *b, const jfi_header *h) {
  memset(b, 0, h->header_len);
  memcpy(b, MAGIC, sizeof MAGIC);
  jfi_store32_le(b + JFI_AT_VERSION, JFI_CONTAINER_VERSION);
  jfi_store32_le(b + JFI_AT_HEADER_LEN, h->header_len);
  jfi_store64_le(b + JFI_AT_TOTAL, h->total);
  jfi_store64_le(b + JFI_AT_PAYLOAD, h->payload_at);
  jfi_store64_le(b + JFI_AT_PAYLOAD_LEN, h->payload_len);
  const uint8_t small[12] = {h->object,    h->encoding, h->scheme, h->log_n, h->form,   h->packing,
                             h->log_slots, h->degree,   h->level,  h->kind,  h->digits, h->log_n_other};
  memcpy(b + JFI_AT_OBJECT, small, sizeof small);
  jfi_store32_le(b + JFI_AT_GALOIS, h->galois);
  memcpy(b + JFI_AT_HASH, h->hash, sizeof h->hash);
  store_set(b + JFI_AT_Q, h->q);
  store_set(b + JFI_AT_P, h->p);
  jfi_store64_le(b + JFI_AT_SCALE, bits_of(h->scale));
  jfi_store64_le(b + JFI_AT_MAG, bits_of(h->bound.mag));
  jfi_store64_le(b + JFI_AT_WORST, bits_of(h->bound.worst));
  jfi_store64_le(b + JFI_AT_SD, bits_of(h->bound.sd));
  memcpy(b + JFI_AT_KEY_ID, h->key_id, sizeof h->key_id);
  memcpy(b + JFI_AT_FROM_ID, h->from_id, sizeof h->from_id);
  memcpy(b + JFI_AT_SEED, h->seed, sizeof h->seed);
  jfi_store64_le(b + JFI_AT_PAYLOAD_SUM, h->payload_sum);
  jfi_store64_le(b + JFI_AT_MODULUS, h->modulus);
  jfi_store64_le(b + JFI_AT_FACTOR, h->factor);
  for (uint32_t d = 0; d < h->digits; d++) store_set(b + JFI_AT_DIGIT_TABLE + 16 * d, h->digit[d]);
  jfi_store64_le(b + JFI_AT_HEADER_SUM, jfi_header_sum(b, h->header_len));
}

/* ---- bytes in ---- */
jfhe_status jfi_header_peek(uint32_t *header_len, const uint8_t *b, size_t len) {
  size_t seen = len < sizeof MAGIC ? len : sizeof MAGIC;
  if (seen && memcmp(b, MAGIC, seen) != 0)
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_MAGIC, "%s", "no container of ours (magic)");
  if (len < JFI_AT_HEADER_LEN) return JFI_BAD(JFHE_ERR_TRUNCATED, len, "%s", "the bytes end inside the header");
  uint32_t version = jfi_load32_le(b + JFI_AT_VERSION);
  if (version != JFI_CONTAINER_VERSION)
    return JFI_BAD(JFHE_ERR_VERSION, JFI_AT_VERSION, "version %u; this library reads %d", version,
                   JFI_CONTAINER_VERSION);
  if (len < JFHE_HEADER_BYTES)
    return JFI_BAD(JFHE_ERR_TRUNCATED, len, "the bytes end inside the header of %d", JFHE_HEADER_BYTES);
  *header_len = jfi_load32_le(b + JFI_AT_HEADER_LEN);
  if (*header_len < JFHE_HEADER_BYTES || *header_len > JFHE_HEADER_BYTES_MAX || *header_len % 16)
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_HEADER_LEN, "header length %u is no multiple of 16 in %d..%d", *header_len,
                   JFHE_HEADER_BYTES, JFHE_HEADER_BYTES_MAX);
  return JFHE_OK;
}

/* The declared lengths against each other, the cap, and what is there; in this order. */
static jfhe_status check_lengths(const jfi_header *h, uint64_t available, uint64_t cap) {
  if (h->payload_at < h->header_len || h->payload_at > h->header_len + (uint64_t)JFI_KEY_ALIGN)
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_PAYLOAD, "payload at %llu, header of %u", (unsigned long long)h->payload_at,
                   h->header_len);
  if (h->total < h->payload_at || h->total - h->payload_at != h->payload_len)
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_TOTAL, "total %llu is not payload offset + length",
                   (unsigned long long)h->total);
  if (h->total > cap)
    return JFI_BAD(JFHE_ERR_MEMORY, JFI_AT_TOTAL, "declares %llu bytes, over the cap", (unsigned long long)h->total);
  if (h->total > available)
    return JFI_BAD(JFHE_ERR_TRUNCATED, JFI_AT_TOTAL, "declares %llu bytes, there are %llu",
                   (unsigned long long)h->total, (unsigned long long)available);
  return JFHE_OK;
}

static void load_fields(jfi_header *h, const uint8_t *b) {
  uint8_t *small[12] = {&h->object,    &h->encoding, &h->scheme, &h->log_n, &h->form,   &h->packing,
                        &h->log_slots, &h->degree,   &h->level,  &h->kind,  &h->digits, &h->log_n_other};
  for (size_t i = 0; i < 12; i++) *small[i] = b[JFI_AT_OBJECT + i];
  h->galois = jfi_load32_le(b + JFI_AT_GALOIS);
  memcpy(h->hash, b + JFI_AT_HASH, sizeof h->hash);
  h->q = load_set(b + JFI_AT_Q);
  h->p = load_set(b + JFI_AT_P);
  h->scale = load_double(b + JFI_AT_SCALE);
  h->bound = (jfi_bound){load_double(b + JFI_AT_MAG), load_double(b + JFI_AT_WORST), load_double(b + JFI_AT_SD)};
  memcpy(h->key_id, b + JFI_AT_KEY_ID, sizeof h->key_id);
  memcpy(h->from_id, b + JFI_AT_FROM_ID, sizeof h->from_id);
  memcpy(h->seed, b + JFI_AT_SEED, sizeof h->seed);
  h->payload_sum = jfi_load64_le(b + JFI_AT_PAYLOAD_SUM);
  h->modulus = jfi_load64_le(b + JFI_AT_MODULUS);
  h->factor = jfi_load64_le(b + JFI_AT_FACTOR);
}

/* The lengths once more, now as the other fields want them: a header has one valid form. */
static jfhe_status check_layout(const jfi_header *h) {
  jfi_header want = *h;
  jfi_header_layout(&want);
  if (want.payload_at != h->payload_at)
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_PAYLOAD, "payload at %llu, belongs at %llu",
                   (unsigned long long)h->payload_at, (unsigned long long)want.payload_at);
  if (want.payload_len != h->payload_len)
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_PAYLOAD_LEN, "payload of %llu bytes, the fields make it %llu",
                   (unsigned long long)h->payload_len, (unsigned long long)want.payload_len);
  return JFHE_OK;
}

jfhe_status jfi_header_decode(jfi_header *h, const uint8_t *b, size_t len, uint64_t available, uint64_t cap) {
  memset(h, 0, sizeof *h);
  JFI_TRY(jfi_header_peek(&h->header_len, b, len));
  h->total = jfi_load64_le(b + JFI_AT_TOTAL);
  h->payload_at = jfi_load64_le(b + JFI_AT_PAYLOAD);
  h->payload_len = jfi_load64_le(b + JFI_AT_PAYLOAD_LEN);
  JFI_TRY(check_lengths(h, available, cap));
  if (len < h->header_len)
    return JFI_BAD(JFHE_ERR_TRUNCATED, len, "the bytes end inside the header of %u", h->header_len);
  if (jfi_header_sum(b, h->header_len) != jfi_load64_le(b + JFI_AT_HEADER_SUM))
    return JFI_BAD(JFHE_ERR_CHECKSUM, JFI_AT_HEADER_SUM, "%s", "header checksum does not match");
  load_fields(h, b);
  if (h->header_len != JFHE_HEADER_BYTES + 16u * h->digits)
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_DIGITS, "%u digits in a header of %u bytes", h->digits, h->header_len);
  for (uint32_t d = 0; d < h->digits; d++) h->digit[d] = load_set(b + JFI_AT_DIGIT_TABLE + 16 * d);
  int integers = h->object == JFHE_OBJECT_CT && h->scheme == JFHE_SCHEME_BGV;
  if (jfi_load64_le(b + JFI_AT_FLAGS) || (!integers && (h->modulus | h->factor)))
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_FLAGS, "%s", "flags or reserved bytes are set");
  JFI_TRY(jfi_header_check(h));
  return check_layout(h);
}
