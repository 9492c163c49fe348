/* codec/ct.c: ciphertexts as containers. */
#include "rlwe/ct.h"

#include <string.h>

#include "base/aes.h"
#include "base/mem.h"
#include "base/status.h"
#include "codec/agree.h"
#include "codec/io.h"

/* ---- writing ---- */
static jfhe_status make_header(jfi_header *h, const jfhe_ct *ct, uint32_t encoding) {
  jfi_header_begin(h, ct->ctx, JFHE_OBJECT_CT, encoding);
  if (jfi_encoding_seeded(encoding) && !ct->seeded)
    return jfi_fail(JFHE_ERR_FORM, "the ciphertext is not fresh: it has no seed");
  const int integers = ct->packing == JFHE_PACK_INT;
  h->scheme = integers ? JFHE_SCHEME_BGV : JFHE_SCHEME_CKKS;
  h->modulus = integers ? ct->plain : 0;
  h->factor = integers ? ct->factor : 0;
  h->form = (uint8_t)ct->form;
  h->packing = (uint8_t)ct->packing;
  h->log_slots = (uint8_t)ct->log_slots;
  h->degree = (uint8_t)ct->degree;
  h->level = (uint8_t)ct->level;
  h->q = ct->primes;
  h->scale = integers ? 1 : ct->scale;
  h->bound = ct->bound;
  memcpy(h->key_id, ct->key_id, sizeof h->key_id);
  if (jfi_encoding_seeded(encoding)) memcpy(h->seed, ct->seed, sizeof h->seed);
  return jfi_header_finish(h, ct->ctx);
}

static jfhe_status payload(jfi_sink *s, const jfi_header *h, const void *object) {
  const jfhe_ct *ct = object;
  const jfi_ring *ring = ct->ctx->ring;
  size_t polys = jfi_encoding_seeded(h->encoding) ? 1 : ct->degree + (size_t)1;
  for (size_t i = 0; i < polys; i++)
    for (size_t j = 0; j < ct->n_limbs; j++)
      JFI_TRY(jfi_sink_words(s, ring->k, jfi_ct_limb(ct, i, j, ring->n), ring->n, jfi_encoding_raw(h->encoding)));
  return JFHE_OK;
}

size_t jfhe_ct_write_size(const jfhe_ct *ct, uint32_t encoding) {
  jfi_header h;
  return ct && make_header(&h, ct, encoding) == JFHE_OK && h.total <= SIZE_MAX ? (size_t)h.total : 0;
}

jfhe_status jfhe_ct_write(uint8_t *bytes, size_t len, const jfhe_ct *ct, uint32_t encoding) {
  jfi_header h;
  if (!ct) return jfi_fail(JFHE_ERR_ARG, "the ciphertext is null");
  JFI_TRY(make_header(&h, ct, encoding));
  return jfi_write_memory(bytes, len, &h, payload, ct);
}

jfhe_status jfhe_ct_write_stream(jfhe_write_fn write, void *self, const jfhe_ct *ct, uint32_t encoding) {
  jfi_header h;
  if (!ct) return jfi_fail(JFHE_ERR_ARG, "the ciphertext is null");
  JFI_TRY(make_header(&h, ct, encoding));
  return jfi_write_stream(write, self, &h, payload, ct);
}

jfhe_status jfhe_ct_inspect(const jfhe_ct *ct, jfhe_info *out) {
  jfi_header h;
  if (!ct || !out) return jfi_fail(JFHE_ERR_ARG, "a pointer is null");
  JFI_TRY(make_header(&h, ct, JFHE_ENCODING_PACKED));
  jfi_header_info(&h, out);
  return JFHE_OK;
}

/* ---- reading ---- */
static void fill_fields(jfhe_ct *ct, const jfi_header *h) {
  ct->degree = h->degree;
  ct->level = h->level;
  ct->primes = h->q;
  ct->n_limbs = (uint32_t)jfi_set_count(h->q);
  ct->form = h->form;
  ct->packing = h->packing;
  ct->log_slots = h->log_slots;
  ct->scale = h->scheme == JFHE_SCHEME_BGV ? 1 / (double)h->modulus : h->scale;
  ct->plain = h->modulus;
  ct->factor = h->factor;
  ct->bound = h->bound;
  memcpy(ct->key_id, h->key_id, sizeof ct->key_id);
  ct->seeded = jfi_encoding_seeded(h->encoding);
  memcpy(ct->seed, h->seed, sizeof ct->seed);
}

static jfhe_status read_polys(jfhe_ct *ct, jfi_source *s, const jfi_header *h) {
  const jfi_ring *ring = ct->ctx->ring;
  uint32_t prime[JFI_PRIMES_MAX] = {0};
  size_t limbs = jfi_set_list(ct->primes, prime), polys = ct->seeded ? 1 : ct->degree + (size_t)1;
  for (size_t i = 0; i < polys; i++)
    for (size_t j = 0; j < limbs; j++)
      JFI_TRY(jfi_source_words(s, ring->k, jfi_ct_limb(ct, i, j, ring->n), ring->n, ring->mod[prime[j]].q,
                               jfi_encoding_raw(h->encoding)));
  return jfi_source_end(s, h);
}

static jfhe_status expand_seed(jfhe_ct *ct) {
  const jfi_ring *ring = ct->ctx->ring;
  uint32_t prime[JFI_PRIMES_MAX] = {0};
  size_t limbs = jfi_set_list(ct->primes, prime);
  void *scratch = jfi_alloc(jfi_uniform_scratch(ring->n));
  if (!scratch) return jfi_fail(JFHE_ERR_MEMORY, "no memory to expand a seed");
  jfi_aes aes;
  jfi_aes_init(&aes, ct->seed);
  for (size_t j = 0; j < limbs; j++)
    jfi_uniform(ring, jfi_ct_limb(ct, 1, j, ring->n), prime[j], &aes, JFI_DOMAIN_CT, scratch);
  jfi_free(scratch);
  return JFHE_OK;
}

static jfhe_status read_ct(const jfhe_ctx *ctx, jfhe_ct **out, jfi_source *s, uint64_t cap) {
  jfi_header h;
  jfhe_ct *ct;
  JFI_TRY(jfi_source_header(s, &h, cap));
  JFI_TRY(jfi_header_agree(&h, ctx, JFHE_OBJECT_CT));
  JFI_TRY(jfi_ct_alloc(&ct, ctx, h.degree + 1u, (uint32_t)jfi_set_count(h.q)));
  fill_fields(ct, &h);
  jfhe_status st = read_polys(ct, s, &h);
  if (st == JFHE_OK && ct->seeded) st = expand_seed(ct);
  if (st != JFHE_OK) {
    jfhe_ct_free(ct);
    return st;
  }
  *out = ct;
  return JFHE_OK;
}

jfhe_status jfhe_ct_read(const jfhe_ctx *ctx, jfhe_ct **out, const uint8_t *bytes, size_t len) {
  jfi_source s;
  if (out) *out = NULL;
  if (!ctx || !out || !bytes) return jfi_fail(JFHE_ERR_ARG, "a pointer is null");
  jfi_source_memory(&s, bytes, len);
  return read_ct(ctx, out, &s, UINT64_MAX);
}

jfhe_status jfhe_ct_read_stream(const jfhe_ctx *ctx, jfhe_ct **out, jfhe_read_fn read, void *self, size_t cap) {
  jfi_source s;
  if (out) *out = NULL;
  if (!ctx || !out || !read) return jfi_fail(JFHE_ERR_ARG, "a pointer is null");
  jfi_source_stream(&s, read, self);
  return read_ct(ctx, out, &s, cap);
}
