/* codec/pk.c: public encryption keys as containers. The uniform half is always a seed. */
#include <string.h>

#include "base/aes.h"
#include "base/mem.h"
#include "base/status.h"
#include "codec/agree.h"
#include "codec/io.h"
#include "rlwe/evk.h"

static jfhe_status make_header(jfi_header *h, const jfhe_pk *pk, uint32_t encoding) {
  jfi_header_begin(h, pk->ctx, JFHE_OBJECT_PK, encoding);
  h->level = (uint8_t)pk->level;
  h->q = pk->primes;
  memcpy(h->key_id, pk->key_id, sizeof h->key_id);
  memcpy(h->seed, pk->seed, sizeof h->seed);
  return jfi_header_finish(h, pk->ctx);
}

static jfhe_status payload(jfi_sink *s, const jfi_header *h, const void *object) {
  const jfhe_pk *pk = object;
  const jfi_ring *ring = pk->ctx->ring;
  return jfi_sink_words(s, ring->k, pk->b, pk->n_limbs * ring->n, jfi_encoding_raw(h->encoding));
}

size_t jfhe_pk_write_size(const jfhe_pk *pk, uint32_t encoding) {
  jfi_header h;
  return pk && make_header(&h, pk, encoding) == JFHE_OK && h.total <= SIZE_MAX ? (size_t)h.total : 0;
}

jfhe_status jfhe_pk_write(uint8_t *bytes, size_t len, const jfhe_pk *pk, uint32_t encoding) {
  jfi_header h;
  if (!pk) return jfi_fail(JFHE_ERR_ARG, "the key is null");
  JFI_TRY(make_header(&h, pk, encoding));
  return jfi_write_memory(bytes, len, &h, payload, pk);
}

jfhe_status jfhe_pk_write_stream(jfhe_write_fn write, void *self, const jfhe_pk *pk, uint32_t encoding) {
  jfi_header h;
  if (!pk) return jfi_fail(JFHE_ERR_ARG, "the key is null");
  JFI_TRY(make_header(&h, pk, encoding));
  return jfi_write_stream(write, self, &h, payload, pk);
}

/* ---- reading ---- */
/* Null when memory runs out. */
static jfhe_pk *alloc_pk(const jfhe_ctx *ctx, const jfi_header *h) {
  jfhe_pk *pk = jfi_alloc_zero(sizeof *pk);
  if (!pk) return NULL;
  pk->ctx = ctx;
  pk->primes = h->q;
  pk->level = h->level;
  pk->n_limbs = (uint32_t)jfi_set_count(h->q);
  memcpy(pk->key_id, h->key_id, sizeof pk->key_id);
  memcpy(pk->seed, h->seed, sizeof pk->seed);
  pk->b = jfi_alloc(pk->n_limbs * ctx->ring->n * sizeof(uint64_t));
  pk->a = jfi_alloc(pk->n_limbs * ctx->ring->n * sizeof(uint64_t));
  if (pk->a && pk->b) return pk;
  jfhe_pk_free(pk);
  return NULL;
}

static jfhe_status fill_pk(jfhe_pk *pk, jfi_source *s, const jfi_header *h) {
  const jfi_ring *ring = pk->ctx->ring;
  uint32_t prime[JFI_PRIMES_MAX] = {0};
  jfi_set_list(pk->primes, prime);
  for (size_t j = 0; j < pk->n_limbs; j++)
    JFI_TRY(jfi_source_words(s, ring->k, pk->b + j * ring->n, ring->n, ring->mod[prime[j]].q,
                             jfi_encoding_raw(h->encoding)));
  JFI_TRY(jfi_source_end(s, h));
  void *scratch = jfi_alloc(jfi_uniform_scratch(ring->n));
  if (!scratch) return jfi_fail(JFHE_ERR_MEMORY, "no memory to expand a seed");
  jfi_aes aes;
  jfi_aes_init(&aes, pk->seed);
  for (size_t j = 0; j < pk->n_limbs; j++)
    jfi_uniform(ring, pk->a + j * ring->n, prime[j], &aes, JFI_DOMAIN_PK, scratch);
  jfi_free(scratch);
  return JFHE_OK;
}

static jfhe_status read_pk(const jfhe_ctx *ctx, jfhe_pk **out, jfi_source *s, uint64_t cap) {
  jfi_header h;
  JFI_TRY(jfi_source_header(s, &h, cap));
  JFI_TRY(jfi_header_agree(&h, ctx, JFHE_OBJECT_PK));
  jfhe_pk *pk = alloc_pk(ctx, &h);
  if (!pk) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a public key");
  jfhe_status st = fill_pk(pk, s, &h);
  if (st != JFHE_OK) {
    jfhe_pk_free(pk);
    return st;
  }
  *out = pk;
  return JFHE_OK;
}

jfhe_status jfhe_pk_read(const jfhe_ctx *ctx, jfhe_pk **out, const uint8_t *bytes, size_t len) {
  jfi_source s;
  if (out) *out = NULL;
  if (!ctx || !out || !bytes) return jfi_fail(JFHE_ERR_ARG, "a pointer is null");
  jfi_source_memory(&s, bytes, len);
  return read_pk(ctx, out, &s, UINT64_MAX);
}

jfhe_status jfhe_pk_read_stream(const jfhe_ctx *ctx, jfhe_pk **out, jfhe_read_fn read, void *self, size_t cap) {
  jfi_source s;
  if (out) *out = NULL;
  if (!ctx || !out || !read) return jfi_fail(JFHE_ERR_ARG, "a pointer is null");
  jfi_source_stream(&s, read, self);
  return read_pk(ctx, out, &s, cap);
}
