/* codec/program.h: the two forms of a program on disk: text for people, binary for machines. The page is protocol/plan.md. */
#ifndef JFI_CODEC_PROGRAM_H
#define JFI_CODEC_PROGRAM_H
#include "base/sha256.h"
#include "plan/program.h"

/* Where the fields of a binary program's header lie. */
enum jfi_program_at {
  JFI_PROGRAM_AT_VERSION = 8,
  JFI_PROGRAM_AT_LOG_SLOTS = 12,
  JFI_PROGRAM_AT_TOTAL = 16,
  JFI_PROGRAM_AT_TABLES = 24,
  JFI_PROGRAM_AT_NODES = 28,
  JFI_PROGRAM_AT_INPUTS = 32,
  JFI_PROGRAM_AT_OUTPUTS = 36,
  JFI_PROGRAM_AT_ZERO = 40,
  JFI_PROGRAM_HEADER = 64,
  JFI_PROGRAM_SUM = 32 /* bytes of the checksum that ends it */
};
enum { JFI_PROGRAM_VERSION = 1 };
extern const uint8_t jfi_program_magic[8];

/* ---- writing ---- */
/* Where bytes go: memory (at; null: nowhere), a hash (sum; null: none). len counts them in any case. */
typedef struct jfi_out {
  uint8_t *at;
  uint64_t len;
  jfi_sha256 *sum;
} jfi_out;

void jfi_out_bytes(jfi_out *o, const void *bytes, size_t len);

/* The program has an output. total: what the binary form is long; anything while that is being counted. o->sum is not null. */
void jfi_program_put_binary(jfi_out *o, const jfhe_program *p, uint64_t total);
void jfi_program_put_text(jfi_out *o, const jfhe_program *p);

/* Bytes of a form; 0 without an output. */
uint64_t jfi_program_write_size(const jfhe_program *p, int text);
/* bytes: room for all of them. */
void jfi_program_write(uint8_t *bytes, const jfhe_program *p, int text);
void jfi_program_hash(const jfhe_program *p, uint8_t hash[JFHE_HASH_BYTES]);

/* ---- reading ---- */
/* Either form. *out is untouched on failure. */
jfhe_status jfi_program_read(jfhe_program **out, const uint8_t *bytes, size_t len);
/* One of them, into a program that the caller frees, on failure too. */
jfhe_status jfi_program_get_binary(jfhe_program **out, const uint8_t *bytes, size_t len);
jfhe_status jfi_program_get_text(jfhe_program **out, const char *text, size_t len);
/* Room for exactly so many operations, so that memory is what the length accounts for and not twice it. */
jfhe_status jfi_program_reserve(jfhe_program *p, uint32_t nodes);
/* What the builder said, as a format error at a place of the input: "program, line 7: ". */
jfhe_status jfi_program_bad_build(jfhe_status built, const char *place, uint64_t at);
#endif
