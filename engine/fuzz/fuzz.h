/* fuzz.h: what the fuzz targets of container readers share.
 *
 * A random change of a container nearly always stops at a checksum. So each input is tried three times: as it is; with both checksums
 * made right; and with the lengths made right too, the payload cut or filled with zeros. What a reader accepts must be written again to
 * the very same bytes, and every residue must be below its prime: else the target aborts. */
#ifndef JFI_FUZZ_H
#define JFI_FUZZ_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "codec/agree.h"
#include "codec/io.h"
#include "codec/sum.h"
#include "rlwe/ctx.h"

enum { FUZZ_BYTES_MAX = 1 << 16 };

/* Says which, since compilers merge traps. */
static inline void fuzz_require(int ok, const char *file, int line, const char *text) {
  if (ok) return;
  fprintf(stderr, "%s:%d: %s\n", file, line, text);
  abort();
}
#define FUZZ_REQUIRE(cond) fuzz_require(!!(cond), __FILE__, __LINE__, #cond)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Degree 16; levels of 1, 2, 3 primes, then five of 58 bits whose sets do not nest; 2 specials. */
static inline jfhe_ctx *fuzz_ctx(void) {
  static jfhe_ctx *ctx;
  jfi_params p = {.name = "fuzz", .log_n = 4, .first_bits = 48, .n_special = 2, .special_bits = 48, .n_steps = 7};
  const uint8_t steps[7] = {40, 40, 58, 58, 58, 58, 58};
  memcpy(p.step_bits, steps, sizeof steps);
  if (!ctx) FUZZ_REQUIRE(jfi_ctx_new(&ctx, &p) == JFHE_OK);
  return ctx;
}

static inline void fuzz_check_words(const jfhe_ctx *ctx, const uint64_t *x, size_t limbs, jfi_set primes) {
  uint32_t prime[JFI_PRIMES_MAX];
  size_t count = jfi_set_list(primes, prime), n = ctx->ring->n;
  for (size_t t = 0; t < limbs; t++)
    for (size_t i = 0; i < n; i++) FUZZ_REQUIRE(x[t * n + i] < ctx->ring->mod[prime[t % count]].q);
}

/* One try: bytes of exactly len, 64-byte aligned, on the heap. */
typedef void (*fuzz_try)(const uint8_t *bytes, size_t len);

static inline void fuzz_once(fuzz_try run, const uint8_t *bytes, size_t len) {
  uint8_t *copy = jfi_alloc(len);
  FUZZ_REQUIRE(copy);
  memcpy(copy, bytes, len);
  run(copy, len);
  jfi_free(copy);
}

static inline void fuzz_fix_sums(uint8_t *b, size_t len) {
  uint32_t header_len = jfi_load32_le(b + JFI_AT_HEADER_LEN);
  uint64_t at = jfi_load64_le(b + JFI_AT_PAYLOAD);
  if (header_len < JFHE_HEADER_BYTES || header_len > len || at > len) return;
  uint64_t bytes = jfi_load64_le(b + JFI_AT_PAYLOAD_LEN);
  jfi_sum s;
  jfi_sum_init(&s);
  jfi_sum_update(&s, b + at, bytes < len - at ? (size_t)bytes : len - at);
  jfi_store64_le(b + JFI_AT_PAYLOAD_SUM, jfi_sum_final(&s));
  jfi_store64_le(b + JFI_AT_HEADER_SUM, jfi_header_sum(b, header_len));
}

/* Lengths as the fields want them; the new length, 0 when it would be too long. room: bytes at b. */
static inline size_t fuzz_fix_lengths(uint8_t *b, size_t len, size_t room) {
  jfi_header h = {.object = b[JFI_AT_OBJECT],
                  .encoding = b[JFI_AT_ENCODING],
                  .log_n = b[JFI_AT_LOG_N],
                  .degree = b[JFI_AT_DEGREE],
                  .level = b[JFI_AT_LEVEL],
                  .digits = b[JFI_AT_DIGITS],
                  .q = {{jfi_load64_le(b + JFI_AT_Q), jfi_load64_le(b + JFI_AT_Q + 8)}},
                  .p = {{jfi_load64_le(b + JFI_AT_P), jfi_load64_le(b + JFI_AT_P + 8)}}};
  if (h.log_n > JFI_PARAMS_LOG_N_MAX || h.digits > JFI_DIGITS_MAX) return 0;
  jfi_header_layout(&h);
  if (h.total > room) return 0;
  if (h.total > len) memset(b + len, 0, (size_t)h.total - len);
  if (h.payload_at > h.header_len) memset(b + h.header_len, 0, (size_t)(h.payload_at - h.header_len));
  jfi_store32_le(b + JFI_AT_HEADER_LEN, h.header_len);
  jfi_store64_le(b + JFI_AT_TOTAL, h.total);
  jfi_store64_le(b + JFI_AT_PAYLOAD, h.payload_at);
  jfi_store64_le(b + JFI_AT_PAYLOAD_LEN, h.payload_len);
  return (size_t)h.total;
}

static inline int fuzz_container(fuzz_try run, const uint8_t *data, size_t len) {
  static uint8_t room[FUZZ_BYTES_MAX];
  if (len > sizeof room) return 0;
  fuzz_once(run, data, len);
  if (len < JFHE_HEADER_BYTES) return 0;
  memcpy(room, data, len);
  fuzz_fix_sums(room, len);
  fuzz_once(run, room, len);
  size_t fixed = fuzz_fix_lengths(room, len, sizeof room);
  if (fixed) {
    fuzz_fix_sums(room, fixed);
    fuzz_once(run, room, fixed);
  }
  return 0;
}

/* A reader's stream over memory, in pieces as asked for. */
typedef struct fuzz_stream {
  const uint8_t *at;
  size_t left;
} fuzz_stream;

static inline size_t fuzz_read(void *self, void *out, size_t len) {
  fuzz_stream *s = self;
  size_t run = len < s->left ? len : s->left;
  if (run) memcpy(out, s->at, run);
  s->at += run;
  s->left -= run;
  return run;
}
#endif
