/* codec/program.c: what both forms of a program share. See program.h. */
#include "codec/program.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"

const uint8_t jfi_program_magic[8] = {'J', 'F', 'H', 'P', '\r', '\n', 0x1a, '\n'};

void jfi_out_bytes(jfi_out *o, const void *bytes, size_t len) {
  if (o->at) memcpy(o->at + o->len, bytes, len);
  if (o->sum) jfi_sha256_update(o->sum, bytes, len);
  o->len += len;
}

static void put(jfi_out *o, jfi_sha256 *sum, const jfhe_program *p, int text, uint64_t total) {
  jfi_sha256_init(sum);
  o->sum = text ? NULL : sum;
  if (text)
    jfi_program_put_text(o, p);
  else
    jfi_program_put_binary(o, p, total);
}

uint64_t jfi_program_write_size(const jfhe_program *p, int text) {
  jfi_out o = {NULL, 0, NULL};
  jfi_sha256 sum;
  if (p->n_outputs == 0) return 0;
  put(&o, &sum, p, text, 0);
  return o.len;
}

void jfi_program_write(uint8_t *bytes, const jfhe_program *p, int text) {
  jfi_out o = {bytes, 0, NULL};
  jfi_sha256 sum;
  put(&o, &sum, p, text, text ? 0 : jfi_program_write_size(p, 0));
}

void jfi_program_hash(const jfhe_program *p, uint8_t hash[JFHE_HASH_BYTES]) {
  jfi_out o = {NULL, 0, NULL};
  jfi_sha256 sum;
  put(&o, &sum, p, 0, jfi_program_write_size(p, 0));
  jfi_sha256_final(&sum, hash);
}

jfhe_status jfi_program_reserve(jfhe_program *p, uint32_t nodes) {
  if (nodes == 0) return JFHE_OK;
  p->node = jfi_alloc_zero((size_t)nodes * sizeof *p->node);
  if (!p->node) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a program of %u operations", nodes);
  p->cap_nodes = nodes;
  return JFHE_OK;
}

jfhe_status jfi_program_bad_build(jfhe_status built, const char *place, uint64_t at) {
  char why[256];
  if (built == JFHE_OK || built == JFHE_ERR_MEMORY) return built;
  snprintf(why, sizeof why, "%s", jfhe_last_error()); /* the detail is overwritten while it is read otherwise */
  return jfi_fail(JFHE_ERR_FORMAT, "program, %s %llu: %s", place, (unsigned long long)at, why);
}

jfhe_status jfi_program_read(jfhe_program **out, const uint8_t *bytes, size_t len) {
  jfhe_program *p = NULL;
  int text = len >= 4 && memcmp(bytes, "jfp ", 4) == 0;
  jfhe_status st = text ? jfi_program_get_text(&p, (const char *)bytes, len) : jfi_program_get_binary(&p, bytes, len);
  if (st == JFHE_OK)
    *out = p;
  else
    jfhe_program_free(p);
  return st;
}
