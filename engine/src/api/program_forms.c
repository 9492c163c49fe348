/* api/program_forms.c: programs as text and bytes. */
#include "api/check.h"
#include "codec/program.h"

size_t jfhe_program_write_size(const jfhe_program *p, int text) {
  uint64_t len = p ? jfi_program_write_size(p, text) : 0;
  return len <= SIZE_MAX ? (size_t)len : 0;
}

jfhe_status jfhe_program_write(uint8_t *bytes, size_t len, const jfhe_program *p, int text) {
  JFI_NEED(bytes && p, "jfhe_program_write");
  size_t needed = jfhe_program_write_size(p, text);
  if (needed == 0) return jfi_fail(JFHE_ERR_ARG, "a program without output");
  if (len < needed) return jfi_fail(JFHE_ERR_ARG, "room for %zu bytes, the program has %zu", len, needed);
  jfi_program_write(bytes, p, text);
  return JFHE_OK;
}

jfhe_status jfhe_program_read(jfhe_program **out, const uint8_t *bytes, size_t len) {
  JFI_NEED(out, "jfhe_program_read");
  *out = NULL;
  JFI_NEED(bytes, "jfhe_program_read");
  return jfi_program_read(out, bytes, len);
}

jfhe_status jfhe_program_hash(const jfhe_program *p, uint8_t *hash) {
  JFI_NEED(p && hash, "jfhe_program_hash");
  if (p->n_outputs == 0) return jfi_fail(JFHE_ERR_ARG, "a program without output");
  jfi_program_hash(p, hash);
  return JFHE_OK;
}
