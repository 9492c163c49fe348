/* f-csv.c: any bytes to the reader of tables. What it accepts, written again with quotes, reads as the same cells; numbers are those of
 * strtod; what it refuses, it names in one line. */
#include "cli/csv.h"
#include "cli/say.h"
#include "fuzz.h"

typedef struct text {
  char *at;
  size_t len, cap;
} text;

static void put(text *t, char c) {
  if (t->len == t->cap) {
    t->cap = t->cap ? 2 * t->cap : 4096;
    t->at = realloc(t->at, t->cap);
    FUZZ_REQUIRE(t->at);
  }
  t->at[t->len++] = c;
}

/* A line's end goes out as CRLF, which the reader folds: a lone CR before it would fold with a bare LF. */
static void put_cell(text *t, const char *s) {
  put(t, '"');
  for (; *s; s++) {
    if (*s == '"') put(t, '"');
    if (*s == '\n') put(t, '\r');
    put(t, *s);
  }
  put(t, '"');
}

/* A number begins with no blank or word, has no 'x' and is no longer than a thousand characters: else strtod would take more. */
static void check_number(const char *cell) {
  double x = 0;
  if (!csv_number(cell, &x)) return;
  char *end;
  double want = strtod(cell, &end);
  while (*end == ' ' || *end == '\t') end++;
  FUZZ_REQUIRE(*end == 0 && memcmp(&x, &want, sizeof x) == 0);
}

/* Reads all rows; copies them, quoted, into out. 1: accepted. */
static int read_all(text *out, const uint8_t *bytes, size_t len) {
  csv_reader r;
  char line[2048] = "";
  int got = 1;
  cli_divert(line, sizeof line);
  if (csv_open_bytes(&r, "fuzz", bytes, len) != 0) got = -1;
  while (got > 0) {
    FUZZ_REQUIRE(r.n_cells > 0 && r.n_cells <= CSV_COLUMNS_MAX);
    for (size_t i = 0; i < r.n_cells; i++) {
      FUZZ_REQUIRE(r.cell[i] >= r.buf && r.cell[i] + strlen(r.cell[i]) < r.buf + CSV_ROW_MAX);
      check_number(r.cell[i]);
      if (i) put(out, ',');
      put_cell(out, r.cell[i]);
    }
    put(out, '\n');
    got = csv_next(&r);
  }
  FUZZ_REQUIRE((got == 0) == (line[0] == 0) && strncmp(line, got ? "fuzz:" : "", got ? 5 : 0) == 0 &&
               !strchr(line, '\n'));
  csv_close(&r);
  return got == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  text once = {0}, twice = {0};
  if (len <= FUZZ_BYTES_MAX && read_all(&once, data, len)) {
    FUZZ_REQUIRE(read_all(&twice, (const uint8_t *)once.at, once.len));
    FUZZ_REQUIRE(once.len == twice.len && memcmp(once.at, twice.at, once.len) == 0);
  }
  free(once.at);
  free(twice.at);
  return 0;
}
