/* codec/params.c: parameters as containers: the literal, and the primes and levels it stands for, which a reader derives again. */
#include "rlwe/params.h"

#include <string.h>

#include "base/bytes.h"
#include "base/status.h"
#include "codec/agree.h"
#include "codec/io.h"

/* Offsets in the literal; from AT_FIELDS on, 32-bit words in the order of `fields` below. */
enum { AT_NAME = 0, AT_FIELDS = JFI_NAME_MAX, N_FIELDS = 10, AT_STEPS = 64 };
_Static_assert(AT_FIELDS + 4 * N_FIELDS == AT_STEPS, "the fields end where the steps begin");
_Static_assert(AT_STEPS + JFI_LEVELS_MAX == JFI_LITERAL_BYTES, "the steps end the literal");

/* primes, then level sets */
enum { LISTS_MAX = 8 * JFI_PRIMES_MAX + 16 * (JFI_LEVELS_MAX + 1) };

/* ---- writing ---- */
static void encode_literal(uint8_t b[JFI_LITERAL_BYTES], const jfi_params *p, uint32_t n_primes) {
  const uint32_t fields[N_FIELDS] = {p->log_n,        p->security,         p->first_bits,  p->n_steps,    p->n_special,
                                     p->special_bits, p->guest_first_bits, p->guest_steps, p->guest_bits, n_primes};
  memset(b, 0, JFI_LITERAL_BYTES);
  for (size_t i = 0; i + 1 < JFI_NAME_MAX && p->name[i]; i++) b[AT_NAME + i] = (uint8_t)p->name[i];
  for (size_t i = 0; i < N_FIELDS; i++) jfi_store32_le(b + AT_FIELDS + 4 * i, fields[i]);
  memcpy(b + AT_STEPS, p->step_bits, p->n_steps);
}

/* Primes and level sets; the bytes used. */
static size_t encode_lists(uint8_t b[LISTS_MAX], const jfi_chain *c) {
  uint8_t *at = b;
  for (size_t i = 0; i < c->n; i++, at += 8) jfi_store64_le(at, c->prime[i]);
  for (uint32_t l = 0; l <= c->top; l++, at += 16) {
    jfi_store64_le(at, c->level[l].w[0]);
    jfi_store64_le(at + 8, c->level[l].w[1]);
  }
  return (size_t)(at - b);
}

static jfhe_status make_header(jfi_header *h, const jfhe_ctx *ctx) {
  jfi_header_begin(h, ctx, JFHE_OBJECT_PARAMS, JFHE_ENCODING_LITERAL);
  h->level = (uint8_t)ctx->chain.top;
  h->q = ctx->chain.chain;
  h->p = ctx->chain.special;
  return jfi_header_finish(h, ctx);
}

static jfhe_status payload(jfi_sink *s, const jfi_header *h, const void *object) {
  const jfhe_ctx *ctx = object;
  uint8_t literal[JFI_LITERAL_BYTES], lists[LISTS_MAX];
  encode_literal(literal, &ctx->params, (uint32_t)ctx->chain.n);
  size_t len = encode_lists(lists, &ctx->chain);
  if (JFI_LITERAL_BYTES + len != h->payload_len) return jfi_fail(JFHE_ERR_PARAMS, "the chain is not what its sets say");
  JFI_TRY(jfi_sink_bytes(s, literal, sizeof literal));
  return jfi_sink_bytes(s, lists, len);
}

size_t jfhe_ctx_write_size(const jfhe_ctx *ctx) {
  jfi_header h;
  return ctx && make_header(&h, ctx) == JFHE_OK ? (size_t)h.total : 0;
}

jfhe_status jfhe_ctx_write(uint8_t *bytes, size_t len, const jfhe_ctx *ctx) {
  jfi_header h;
  if (!ctx) return jfi_fail(JFHE_ERR_ARG, "the context is null");
  JFI_TRY(make_header(&h, ctx));
  return jfi_write_memory(bytes, len, &h, payload, ctx);
}

/* ---- reading ---- */
/* Names are shown to people: a-z, 0-9, - and _, then zeros. */
static int name_ok(const uint8_t *b) {
  size_t len = 0;
  while (len < JFI_NAME_MAX && b[len]) len++;
  for (size_t i = 0; i < len; i++) {
    int c = b[i];
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) return 0;
  }
  for (size_t i = len; i < JFI_NAME_MAX; i++)
    if (b[i]) return 0;
  return len > 0 && len < JFI_NAME_MAX;
}

/* Whether jfi_chain_build may be called at all; what makes sense is its answer, and jfi_ctx_new's. */
static jfhe_status check_ranges(const jfi_params *p, const jfi_header *h, const uint32_t *f) {
  static const uint32_t least[N_FIELDS] = {3, 0, 20, 0, 1, 20, 0, 0, 0, 1};
  static const uint32_t most[N_FIELDS] = {
      JFI_PARAMS_LOG_N_MAX, 256, 96, JFI_LEVELS_MAX - 1, 32, 48, 96, JFI_LEVELS_MAX, 48, JFI_PRIMES_MAX};
  for (size_t i = 0; i < N_FIELDS; i++)
    if (f[i] < least[i] || f[i] > most[i])
      return JFI_BAD(JFHE_ERR_PARAMS, h->payload_at + AT_FIELDS + 4 * i, "%u is outside %u..%u", f[i], least[i],
                     most[i]);
  if (f[0] != h->log_n || f[3] != h->level || f[9] != jfi_set_count(jfi_set_or(h->q, h->p)))
    return JFI_BAD(JFHE_ERR_FORMAT, h->payload_at + AT_FIELDS, "%s",
                   "degree, levels or primes differ from the header's");
  if (f[7] && (f[8] < 20 || f[6] < 20))
    return JFI_BAD(JFHE_ERR_PARAMS, h->payload_at + AT_FIELDS + 4 * 8, "guests of %u bits", f[8]);
  for (size_t i = 0; i < JFI_LEVELS_MAX; i++) {
    uint32_t bits = p->step_bits[i];
    if (i < p->n_steps ? bits < 20 || bits > 60 : bits != 0)
      return JFI_BAD(JFHE_ERR_PARAMS, h->payload_at + AT_STEPS + i, "step of %u bits", bits);
  }
  return JFHE_OK;
}

static jfhe_status decode_literal(jfi_params *p, const jfi_header *h, const uint8_t b[JFI_LITERAL_BYTES]) {
  uint32_t f[N_FIELDS];
  memset(p, 0, sizeof *p);
  if (!name_ok(b + AT_NAME)) return JFI_BAD(JFHE_ERR_FORMAT, h->payload_at + AT_NAME, "%s", "the name is no name");
  memcpy(p->name, b + AT_NAME, JFI_NAME_MAX);
  for (size_t i = 0; i < N_FIELDS; i++) f[i] = jfi_load32_le(b + AT_FIELDS + 4 * i);
  memcpy(p->step_bits, b + AT_STEPS, JFI_LEVELS_MAX);
  p->n_steps = f[3];
  JFI_TRY(check_ranges(p, h, f));
  p->log_n = f[0];
  p->security = f[1];
  p->first_bits = f[2];
  p->n_special = f[4];
  p->special_bits = f[5];
  p->guest_first_bits = f[6];
  p->guest_steps = f[7];
  p->guest_bits = (uint8_t)f[8];
  return JFHE_OK;
}

/* Derives the chain from the literal and compares: primes come from the one list that all builds share, or not at all. */
static jfhe_status check_lists(const jfi_params *p, const jfi_header *h, const uint8_t *lists, size_t len) {
  jfi_chain c;
  uint8_t want[LISTS_MAX];
  JFI_TRY(jfi_chain_build(&c, p));
  size_t want_len = encode_lists(want, &c), i = 0;
  while (i < len && i < want_len && want[i] == lists[i]) i++;
  if (i < len || len != want_len || !jfi_set_equal(c.chain, h->q) || !jfi_set_equal(c.special, h->p))
    return JFI_BAD(JFHE_ERR_CONTEXT, h->payload_at + JFI_LITERAL_BYTES + i, "%s",
                   "primes or levels are not those of the literal");
  return JFHE_OK;
}

jfhe_status jfhe_ctx_new_from_container(jfhe_ctx **out, const uint8_t *bytes, size_t len, uint32_t max_log_n) {
  jfi_source s;
  jfi_header h;
  jfi_params p;
  uint8_t literal[JFI_LITERAL_BYTES], lists[LISTS_MAX];
  if (out) *out = NULL;
  if (!out || !bytes) return jfi_fail(JFHE_ERR_ARG, "a pointer is null");
  jfi_source_memory(&s, bytes, len);
  JFI_TRY(jfi_source_header(&s, &h, UINT64_MAX));
  if (h.object != JFHE_OBJECT_PARAMS)
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_OBJECT, "a %s, not parameters", jfhe_object_text(h.object));
  if (h.log_n > max_log_n)
    return JFI_BAD(JFHE_ERR_MEMORY, JFI_AT_LOG_N, "degree 2^%u is over the cap of 2^%u", h.log_n, max_log_n);
  /* payload_len is at most both buffers: it follows from at most 128 primes and 64 levels */
  JFI_TRY(jfi_source_bytes(&s, literal, sizeof literal));
  JFI_TRY(jfi_source_bytes(&s, lists, (size_t)h.payload_len - sizeof literal));
  JFI_TRY(jfi_source_end(&s, &h));
  JFI_TRY(decode_literal(&p, &h, literal));
  JFI_TRY(check_lists(&p, &h, lists, (size_t)h.payload_len - sizeof literal));
  jfhe_ctx *ctx;
  JFI_TRY(jfi_ctx_new(&ctx, &p));
  if (memcmp(ctx->hash, h.hash, sizeof h.hash) != 0) {
    jfhe_ctx_free(ctx);
    return JFI_BAD(JFHE_ERR_CONTEXT, JFI_AT_HASH, "%s", "the hash is of other parameters");
  }
  *out = ctx;
  return JFHE_OK;
}
