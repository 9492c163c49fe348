/* codec/inspect.c: what a header says, without a context. */
#include <string.h>

#include "base/status.h"
#include "codec/header.h"
#include "rlwe/ct.h"

const char *jfhe_object_text(uint32_t object) {
  static const char *const text[] = {"unknown",    "parameter literal", "ciphertext",
                                     "public key", "switching key",     "secret key"};
  return text[object < sizeof text / sizeof text[0] ? object : 0];
}

const char *jfhe_encoding_text(uint32_t encoding) {
  static const char *const text[] = {"unknown", "raw", "packed", "seeded", "raw seeded", "ternary", "literal"};
  return text[encoding < sizeof text / sizeof text[0] ? encoding : 0];
}

void jfi_header_info(const jfi_header *h, jfhe_info *out) {
  memset(out, 0, sizeof *out);
  out->version = JFI_CONTAINER_VERSION;
  out->object = h->object;
  out->encoding = h->encoding;
  out->scheme = h->scheme;
  out->log_n = h->log_n;
  out->level = h->level;
  out->limbs = (uint32_t)jfi_set_count(jfi_set_or(h->q, h->p));
  out->form = h->form;
  out->packing = h->packing;
  out->log_slots = h->log_slots;
  out->degree = h->degree;
  out->kind = h->kind;
  out->galois = h->galois;
  out->digits = h->digits;
  out->log_n_other = h->log_n_other;
  out->header_bytes = h->header_len;
  out->total_bytes = h->total;
  out->memory_bytes = jfi_header_memory(h);
  out->scale = h->scale;
  out->magnitude = h->bound.mag;
  out->modulus = (uint32_t)h->modulus;
  if (h->scheme != JFHE_SCHEME_BGV) { /* of integers the bounds are noise, and the error is none */
    out->error_worst = h->bound.worst;
    out->error_sd = h->bound.sd;
    out->error_probable = jfi_bound_probable(&h->bound, jfi_spread(h->log_n, h->packing, h->log_slots));
  }
  memcpy(out->params_hash, h->hash, sizeof h->hash);
  memcpy(out->key_id, h->key_id, sizeof h->key_id);
  memcpy(out->from_id, h->from_id, sizeof h->from_id);
}

jfhe_status jfhe_inspect(const uint8_t *bytes, size_t len, jfhe_info *out) {
  jfi_header h;
  if (!bytes || !out) return jfi_fail(JFHE_ERR_ARG, "a pointer is null");
  JFI_TRY(jfi_header_decode(&h, bytes, len, UINT64_MAX, UINT64_MAX));
  jfi_header_info(&h, out);
  return JFHE_OK;
}
