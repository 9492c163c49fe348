/* codec/evk.c: switching keys as containers; raw ones can be used where they lie. */
#include "rlwe/evk.h"

#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "codec/agree.h"
#include "codec/io.h"

/* ---- writing ---- */
static jfhe_status make_header(jfi_header *h, const jfhe_evk *k, uint32_t encoding) {
  jfi_header_begin(h, k->ctx, JFHE_OBJECT_EVK, encoding);
  if (jfi_encoding_seeded(encoding) && !k->seeded) return jfi_fail(JFHE_ERR_FORM, "the key is derived: it has no seed");
  h->level = (uint8_t)k->level;
  h->kind = (uint8_t)k->kind;
  h->digits = (uint8_t)k->n_digits;
  h->log_n_other = (uint8_t)k->log_n_other;
  h->galois = k->galois;
  h->q = k->q;
  h->p = k->p;
  h->bound.worst = k->noise_worst;
  h->bound.sd = k->noise_sd;
  memcpy(h->key_id, k->to_id, sizeof h->key_id);
  memcpy(h->from_id, k->from_id, sizeof h->from_id);
  if (jfi_encoding_seeded(encoding)) memcpy(h->seed, k->seed, sizeof h->seed);
  memcpy(h->digit, k->digit, k->n_digits * sizeof h->digit[0]);
  return jfi_header_finish(h, k->ctx);
}

/* The uniform half of a key that keeps only its seed, one limb at a time. */
static jfhe_status put_expanded(jfi_sink *s, const jfhe_evk *k, int raw) {
  const jfi_ring *ring = k->ctx->ring;
  size_t words = jfi_round64(ring->n * sizeof(uint64_t));
  uint32_t prime[JFI_PRIMES_MAX] = {0};
  jfi_set_list(jfi_set_or(k->q, k->p), prime);
  uint8_t *limb = jfi_alloc(words + jfi_uniform_scratch(ring->n));
  if (!limb) return jfi_fail(JFHE_ERR_MEMORY, "no memory to expand a seed");
  jfhe_status st = JFHE_OK;
  for (size_t t = 0; t < (size_t)k->n_digits * k->n_limbs && st == JFHE_OK; t++) {
    uint64_t *a = (uint64_t *)(void *)limb;
    jfi_uniform(ring, a, prime[t % k->n_limbs], &k->aes, (uint32_t)(JFI_DOMAIN_EVK + t / k->n_limbs), limb + words);
    st = jfi_sink_words(s, ring->k, a, ring->n, raw);
  }
  jfi_free(limb);
  return st;
}

static jfhe_status payload(jfi_sink *s, const jfi_header *h, const void *object) {
  const jfhe_evk *k = object;
  const jfi_kernel *kernel = k->ctx->ring->k;
  size_t words = (size_t)k->n_digits * k->n_limbs * k->ctx->ring->n;
  int raw = jfi_encoding_raw(h->encoding);
  JFI_TRY(jfi_sink_words(s, kernel, k->b, words, raw));
  if (jfi_encoding_seeded(h->encoding)) return JFHE_OK;
  return k->a ? jfi_sink_words(s, kernel, k->a, words, raw) : put_expanded(s, k, raw);
}

size_t jfhe_evk_write_size(const jfhe_evk *k, uint32_t encoding) {
  jfi_header h;
  return k && make_header(&h, k, encoding) == JFHE_OK && h.total <= SIZE_MAX ? (size_t)h.total : 0;
}

jfhe_status jfhe_evk_write(uint8_t *bytes, size_t len, const jfhe_evk *k, uint32_t encoding) {
  jfi_header h;
  if (!k) return jfi_fail(JFHE_ERR_ARG, "the key is null");
  JFI_TRY(make_header(&h, k, encoding));
  return jfi_write_memory(bytes, len, &h, payload, k);
}

jfhe_status jfhe_evk_write_stream(jfhe_write_fn write, void *self, const jfhe_evk *k, uint32_t encoding) {
  jfi_header h;
  if (!k) return jfi_fail(JFHE_ERR_ARG, "the key is null");
  JFI_TRY(make_header(&h, k, encoding));
  return jfi_write_stream(write, self, &h, payload, k);
}

/* ---- reading ---- */
/* A handle without residues. */
static jfhe_status make_handle(jfhe_evk **out, const jfhe_ctx *ctx, const jfi_header *h) {
  jfhe_evk *k = jfi_alloc_zero(sizeof *k);
  *out = k;
  if (!k) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a switching key");
  JFI_TRY(jfi_evk_shape(k, ctx, h->q, h->p, h->digit, h->digits));
  k->kind = h->kind;
  k->galois = h->galois;
  k->level = h->level;
  k->log_n_other = h->log_n_other;
  k->noise_worst = h->bound.worst;
  k->noise_sd = h->bound.sd;
  memcpy(k->from_id, h->from_id, sizeof k->from_id);
  memcpy(k->to_id, h->key_id, sizeof k->to_id);
  k->seeded = jfi_encoding_seeded(h->encoding);
  memcpy(k->seed, h->seed, sizeof k->seed);
  if (k->seeded) jfi_aes_init(&k->aes, k->seed);
  return JFHE_OK;
}

/* One half into memory of its own. *half is set as soon as there is something to free. */
static jfhe_status read_half(const jfhe_evk *k, const uint64_t **half, jfi_source *s, int raw) {
  const jfi_ring *ring = k->ctx->ring;
  size_t limbs = (size_t)k->n_digits * k->n_limbs;
  uint32_t prime[JFI_PRIMES_MAX] = {0};
  jfi_set_list(jfi_set_or(k->q, k->p), prime);
  uint64_t *x = jfi_alloc(limbs * ring->n * sizeof *x);
  *half = x;
  if (!x) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a switching key");
  for (size_t t = 0; t < limbs; t++)
    JFI_TRY(jfi_source_words(s, ring->k, x + t * ring->n, ring->n, ring->mod[prime[t % k->n_limbs]].q, raw));
  return JFHE_OK;
}

static jfhe_status map_half(const jfhe_evk *k, const uint64_t **half, jfi_source *s) {
  const jfi_ring *ring = k->ctx->ring;
  uint32_t prime[JFI_PRIMES_MAX] = {0};
  const uint64_t *limb;
  jfi_set_list(jfi_set_or(k->q, k->p), prime);
  *half = (const uint64_t *)(const void *)s->at;
  for (size_t t = 0; t < (size_t)k->n_digits * k->n_limbs; t++)
    JFI_TRY(jfi_source_map(s, ring->k, &limb, ring->n, ring->mod[prime[t % k->n_limbs]].q));
  return JFHE_OK;
}

static jfhe_status fill(jfhe_evk *k, jfi_source *s, const jfi_header *h, int map) {
  int raw = jfi_encoding_raw(h->encoding);
  if (map && !raw)
    return JFI_BAD(JFHE_ERR_FORM, JFI_AT_ENCODING, "encoding %s cannot be mapped", jfhe_encoding_text(h->encoding));
  k->owns_b = k->owns_a = !map;
  JFI_TRY(map ? map_half(k, &k->b, s) : read_half(k, &k->b, s, raw));
  if (!k->seeded) JFI_TRY(map ? map_half(k, &k->a, s) : read_half(k, &k->a, s, raw));
  return jfi_source_end(s, h);
}

static jfhe_status read_evk(const jfhe_ctx *ctx, jfhe_evk **out, jfi_source *s, uint64_t cap, int map) {
  jfi_header h;
  jfhe_evk *k;
  JFI_TRY(jfi_source_header(s, &h, cap));
  JFI_TRY(jfi_header_agree(&h, ctx, JFHE_OBJECT_EVK));
  jfhe_status st = make_handle(&k, ctx, &h);
  if (st == JFHE_OK) st = fill(k, s, &h, map);
  if (st != JFHE_OK) {
    jfhe_evk_free(k);
    return st;
  }
  *out = k;
  return JFHE_OK;
}

jfhe_status jfhe_evk_read(const jfhe_ctx *ctx, jfhe_evk **out, const uint8_t *bytes, size_t len) {
  jfi_source s;
  if (out) *out = NULL;
  if (!ctx || !out || !bytes) return jfi_fail(JFHE_ERR_ARG, "a pointer is null");
  jfi_source_memory(&s, bytes, len);
  return read_evk(ctx, out, &s, UINT64_MAX, 0);
}

jfhe_status jfhe_evk_map(const jfhe_ctx *ctx, jfhe_evk **out, const uint8_t *bytes, size_t len) {
  jfi_source s;
  if (out) *out = NULL;
  if (!ctx || !out || !bytes) return jfi_fail(JFHE_ERR_ARG, "a pointer is null");
  if ((uintptr_t)bytes % JFI_PAYLOAD_ALIGN)
    return jfi_fail(JFHE_ERR_ARG, "a mapped container is %d-byte aligned", JFI_PAYLOAD_ALIGN);
  jfi_source_memory(&s, bytes, len);
  return read_evk(ctx, out, &s, UINT64_MAX, 1);
}

jfhe_status jfhe_evk_read_stream(const jfhe_ctx *ctx, jfhe_evk **out, jfhe_read_fn read, void *self, size_t cap) {
  jfi_source s;
  if (out) *out = NULL;
  if (!ctx || !out || !read) return jfi_fail(JFHE_ERR_ARG, "a pointer is null");
  jfi_source_stream(&s, read, self);
  return read_evk(ctx, out, &s, cap, 0);
}
