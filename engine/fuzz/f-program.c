/* f-program.c: any bytes to the reader of programs. What it accepts reads back from both forms as the same program; the binary form is
 * written again to the very bytes. Each input is tried as it is, and as a binary form with length and checksum made right. What is refused is
 * named in one line. */
#include "base/sha256.h"
#include "codec/program.h"
#include "fuzz.h"

static uint8_t *form(const jfhe_program *p, int text, size_t *len) {
  *len = jfhe_program_write_size(p, text);
  uint8_t *bytes = malloc(*len);
  FUZZ_REQUIRE(*len && bytes && jfhe_program_write(bytes, *len, p, text) == JFHE_OK);
  return bytes;
}

/* Both forms of p read back to programs of the same forms. */
static void check_forms(const jfhe_program *p, const uint8_t *binary, size_t binary_len) {
  for (int text = 0; text < 2; text++) {
    size_t len, again_len;
    jfhe_program *back;
    uint8_t *bytes = form(p, text, &len);
    FUZZ_REQUIRE(jfhe_program_read(&back, bytes, len) == JFHE_OK);
    uint8_t *again = form(back, text, &again_len);
    FUZZ_REQUIRE(len == again_len && memcmp(bytes, again, len) == 0);
    free(again);
    again = form(back, 0, &again_len);
    FUZZ_REQUIRE(!binary || (again_len == binary_len && memcmp(again, binary, binary_len) == 0));
    free(again);
    free(bytes);
    jfhe_program_free(back);
  }
}

static void check_program(const jfhe_program *p) {
  FUZZ_REQUIRE(p->n_outputs && p->n_nodes && p->log_slots <= 16);
  for (uint32_t i = 0; i < p->n_nodes; i++) {
    const jfi_node *n = &p->node[i];
    FUZZ_REQUIRE(n->op > 0 && n->op < JFI_OP_SOURCES && jfi_op_arity(n->op) <= 2);
    FUZZ_REQUIRE(jfi_op_arity(n->op) < 1 || n->a < i);
    FUZZ_REQUIRE(jfi_op_arity(n->op) < 2 || n->b < i);
    FUZZ_REQUIRE(!jfi_op_table(n->op) || (n->table < p->n_tables && p->table[n->table].kind == jfi_op_table(n->op)));
  }
  for (uint32_t i = 0; i < p->n_inputs; i++) FUZZ_REQUIRE(jfi_name_check(p->input[i].name) == JFHE_OK);
  for (uint32_t i = 0; i < p->n_outputs; i++) FUZZ_REQUIRE(jfi_name_check(p->output[i].name) == JFHE_OK);
}

static void run(const uint8_t *bytes, size_t len) {
  jfhe_program *p;
  int text = len >= 4 && memcmp(bytes, "jfp ", 4) == 0;
  jfhe_status st = jfhe_program_read(&p, bytes, len);
  FUZZ_REQUIRE((st == JFHE_OK) == (p != NULL));
  if (!p) {
    const char *place = text ? "program, line " : "program, byte ";
    FUZZ_REQUIRE(strncmp(jfhe_last_error(), place, strlen(place)) == 0 && !strchr(jfhe_last_error(), '\n'));
    return;
  }
  check_program(p);
  check_forms(p, text ? NULL : bytes, len);
  jfhe_program_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  static uint8_t room[FUZZ_BYTES_MAX];
  if (len > sizeof room) return 0;
  if (len) fuzz_once(run, data, len);
  if (len < JFI_PROGRAM_HEADER + JFI_PROGRAM_SUM || memcmp(data, "jfp ", 4) == 0) return 0;
  memcpy(room, data, len);
  memcpy(room, jfi_program_magic, sizeof jfi_program_magic);
  jfi_store32_le(room + JFI_PROGRAM_AT_VERSION, JFI_PROGRAM_VERSION);
  jfi_store64_le(room + JFI_PROGRAM_AT_TOTAL, len);
  jfi_sha256 sum;
  jfi_sha256_init(&sum);
  jfi_sha256_update(&sum, room, len - JFI_PROGRAM_SUM);
  jfi_sha256_final(&sum, room + len - JFI_PROGRAM_SUM);
  fuzz_once(run, room, len);
  return 0;
}
