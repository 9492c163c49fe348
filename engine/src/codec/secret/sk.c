/* codec/secret/sk.c: the secret key's container. 2 bits a coefficient: 0 is 00, 1 is 01, -1 is 11 (two's complement); 10 is refused.
 * Packing and unpacking take no branch on, and no index from, a coefficient; what is copied is wiped. */
#include <string.h>

#include "base/bytes.h"
#include "base/declassify.h"
#include "base/mem.h"
#include "base/status.h"
#include "codec/agree.h"
#include "codec/io.h"
#include "rlwe/secret/sk.h"

enum { SK_PIECE = 1024, AT_RELEASES = 0, AT_RELEASE_CAP = 4, AT_SK_ZERO = 8 };

static jfhe_status make_header(jfi_header *h, const jfhe_sk *sk) {
  jfi_header_begin(h, sk->ctx, JFHE_OBJECT_SK, JFHE_ENCODING_TERNARY);
  memcpy(h->key_id, sk->id, sizeof h->key_id);
  return jfi_header_finish(h, sk->ctx);
}

static void pack(uint8_t *out, const int8_t *s, size_t bytes) {
  for (size_t i = 0; i < bytes; i++, s += 4) {
    unsigned b =
        ((unsigned)s[0] & 3u) | ((unsigned)s[1] & 3u) << 2 | ((unsigned)s[2] & 3u) << 4 | ((unsigned)s[3] & 3u) << 6;
    out[i] = (uint8_t)b;
  }
}

/* Returns nonzero when a coefficient is 10. Sign extension of x = hi lo: lo - 2*hi. */
static unsigned unpack(int8_t *s, const uint8_t *in, size_t bytes) {
  unsigned bad = 0;
  for (size_t i = 0; i < bytes; i++) {
    unsigned b = in[i];
    bad |= (b >> 1) & ~b & 0x55u;
    for (unsigned k = 0; k < 4; k++) {
      int x = (int)(b >> (2 * k) & 3u);
      s[4 * i + k] = (int8_t)((x & 1) - (x & 2));
    }
  }
  return bad;
}

static jfhe_status payload(jfi_sink *sink, const jfi_header *h, const void *object) {
  const jfhe_sk *sk = object;
  (void)h;
  uint8_t piece[SK_PIECE] = {0};
  jfi_store32_le(piece + AT_RELEASES, sk->releases);
  jfi_store32_le(piece + AT_RELEASE_CAP, sk->release_cap);
  jfhe_status st = jfi_sink_bytes(sink, piece, JFI_SK_PREFIX_BYTES);
  size_t bytes = sk->ctx->ring->n / 4;
  for (size_t i = 0, run; i < bytes && st == JFHE_OK; i += run) {
    run = bytes - i < SK_PIECE ? bytes - i : SK_PIECE;
    pack(piece, sk->s + 4 * i, run);
    st = jfi_sink_bytes(sink, piece, run);
  }
  jfi_zeroize(piece, sizeof piece);
  return st;
}

size_t jfhe_sk_write_size(const jfhe_sk *sk) {
  jfi_header h;
  return sk && make_header(&h, sk) == JFHE_OK ? (size_t)h.total : 0;
}

jfhe_status jfhe_sk_write(uint8_t *bytes, size_t len, const jfhe_sk *sk) {
  jfi_header h;
  if (!sk) return jfi_fail(JFHE_ERR_ARG, "the key is null");
  JFI_TRY(make_header(&h, sk));
  return jfi_write_memory(bytes, len, &h, payload, sk);
}

/* ---- reading ---- */
static jfhe_status read_counters(jfhe_sk *sk, jfi_source *s) {
  uint8_t prefix[JFI_SK_PREFIX_BYTES];
  uint64_t at = s->offset;
  JFI_TRY(jfi_source_bytes(s, prefix, sizeof prefix));
  sk->releases = jfi_load32_le(prefix + AT_RELEASES);
  sk->release_cap = jfi_load32_le(prefix + AT_RELEASE_CAP);
  if (jfi_load64_le(prefix + AT_SK_ZERO))
    return JFI_BAD(JFHE_ERR_FORMAT, at + AT_SK_ZERO, "%s", "reserved bytes are set");
  if (sk->releases > sk->release_cap)
    return JFI_BAD(JFHE_ERR_BUDGET, at, "%u releases of a key that allows %u", sk->releases, sk->release_cap);
  return JFHE_OK;
}

static jfhe_status read_coefficients(jfhe_sk *sk, jfi_source *s, const jfi_header *h) {
  uint8_t piece[SK_PIECE];
  size_t bytes = sk->ctx->ring->n / 4;
  unsigned bad = 0;
  jfhe_status st = JFHE_OK;
  for (size_t i = 0, run; i < bytes && st == JFHE_OK; i += run) {
    run = bytes - i < SK_PIECE ? bytes - i : SK_PIECE;
    st = jfi_source_bytes(s, piece, run);
    if (st == JFHE_OK) bad |= unpack(sk->s + 4 * i, piece, run);
  }
  jfi_zeroize(piece, sizeof piece);
  /* Whether the checksum matches, and whether every coefficient is ternary, is what the caller is told: public. */
  JFI_DECLASSIFY(&s->sum, sizeof s->sum);
  JFI_DECLASSIFY(&bad, sizeof bad);
  if (st == JFHE_OK) st = jfi_source_end(s, h);
  if (st == JFHE_OK && bad)
    st = JFI_BAD(JFHE_ERR_VALUE, h->payload_at + JFI_SK_PREFIX_BYTES, "%s", "a coefficient is not -1, 0 or 1");
  return st;
}

jfhe_status jfhe_sk_read(const jfhe_ctx *ctx, jfhe_sk **out, const uint8_t *bytes, size_t len) {
  jfi_source s;
  jfi_header h;
  jfhe_sk *sk;
  if (out) *out = NULL;
  if (!ctx || !out || !bytes) return jfi_fail(JFHE_ERR_ARG, "a pointer is null");
  jfi_source_memory(&s, bytes, len);
  JFI_TRY(jfi_source_header(&s, &h, UINT64_MAX));
  JFI_TRY(jfi_header_agree(&h, ctx, JFHE_OBJECT_SK));
  JFI_TRY(jfi_sk_alloc(&sk, ctx));
  memcpy(sk->id, h.key_id, sizeof sk->id);
  jfhe_status st = read_counters(sk, &s);
  if (st == JFHE_OK) st = read_coefficients(sk, &s, &h);
  if (st == JFHE_OK) st = jfi_rng_init(&sk->rng);
  jfi_zeroize(&s, sizeof s); /* its sums saw the coefficients */
  if (st != JFHE_OK) {
    jfhe_sk_free(sk);
    return st;
  }
  *out = sk;
  return JFHE_OK;
}
