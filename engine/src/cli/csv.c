/* cli/csv.c: see csv.h. */
#include "cli/csv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/say.h"

/* One character, CRLF folded to LF. */
static int next_char(csv_reader *r) {
  int c = getc_unlocked(r->file);
  if (c == '\r') {
    int d = getc_unlocked(r->file);
    if (d == '\n') c = '\n';
    else if (d != EOF) ungetc(d, r->file);
  }
  if (c == '\n') r->next_line++;
  return c;
}

static int too_long(const csv_reader *r) {
  return -cli_fail("%s:%zu: a row of more than %d bytes or %d columns", r->path, r->line, CSV_ROW_MAX, CSV_COLUMNS_MAX);
}

/* Rest of a quoted cell into buf at *at. Returns the character after the closing quote, or -2 when refused. */
static int quoted(csv_reader *r, size_t *at) {
  for (;;) {
    int c = next_char(r);
    if (c == EOF) {
      (void)cli_fail("%s:%zu: a quote that is never closed", r->path, r->line);
      return -2;
    }
    if (c == '"') {
      c = next_char(r);
      if (c != '"') return c;
    }
    if (c == 0 || *at + 2 >= CSV_ROW_MAX) {
      if (c == 0) (void)cli_fail("%s:%zu: a zero byte; this is no text file", r->path, r->line);
      else (void)too_long(r);
      return -2;
    }
    r->buf[(*at)++] = (char)c;
  }
}

/* One cell. Returns the separator that ended it (',' '\n' or EOF), or -2. */
static int read_cell(csv_reader *r, size_t *at, int c) {
  if (c == '"') {
    c = quoted(r, at);
    if (c != -2 && c != ',' && c != '\n' && c != EOF) {
      (void)cli_fail("%s:%zu: text after a closing quote", r->path, r->line);
      return -2;
    }
    return c;
  }
  for (; c != ',' && c != '\n' && c != EOF; c = next_char(r)) {
    if (c == 0) {
      (void)cli_fail("%s:%zu: a zero byte; this is no text file", r->path, r->line);
      return -2;
    }
    if (*at + 2 >= CSV_ROW_MAX) {
      (void)too_long(r);
      return -2;
    }
    r->buf[(*at)++] = (char)c;
  }
  return c;
}

int csv_next(csv_reader *r) {
  int c;
  do {
    r->line = r->next_line;
    c = next_char(r);
  } while (c == '\n');
  if (c == EOF) return ferror(r->file) ? -cli_fail("%s: cannot be read: %s", r->path, strerror(errno)) : 0;
  size_t at = 0;
  r->n_cells = 0;
  for (;;) {
    if (r->n_cells == CSV_COLUMNS_MAX) return too_long(r);
    r->cell[r->n_cells++] = r->buf + at;
    int end = read_cell(r, &at, c);
    if (end == -2) return -CLI_BAD;
    r->buf[at++] = 0;
    if (end != ',') return 1;
    c = next_char(r);
  }
}

int csv_open(csv_reader *r, const char *path) {
  *r = (csv_reader){.path = path, .next_line = 1};
  r->file = fopen(path, "rb");
  if (!r->file) return cli_fail("%s: cannot be opened: %s", path, strerror(errno));
  r->buf = jfi_alloc(CSV_ROW_MAX);
  r->cell = jfi_alloc(CSV_COLUMNS_MAX * sizeof *r->cell);
  if (!r->buf || !r->cell) return cli_fail("%s: no memory to read it", path);
  int c = getc(r->file);
  if (c == 0xef) { /* byte order mark of UTF-8 */
    if (getc(r->file) != 0xbb || getc(r->file) != 0xbf) return cli_fail("%s:1: is not UTF-8 text", path);
  } else if (c != EOF) {
    ungetc(c, r->file);
  }
  int got = csv_next(r);
  if (got < 0) return -got;
  return got ? 0 : cli_fail("%s: is empty; a header row is needed", path);
}

void csv_close(csv_reader *r) {
  if (r->file) fclose(r->file);
  if (r->buf) jfi_free_secret(r->buf, CSV_ROW_MAX);
  jfi_free(r->cell);
  *r = (csv_reader){0};
}

int csv_number(const char *s, double *x) {
  while (*s == ' ' || *s == '\t') s++;
  if (!*s || !strchr("+-.0123456789", *s)) return 0; /* no nan, inf; strtod would take them */
  if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) return 0;
  char *end;
  *x = strtod(s, &end);
  if (end == s || memchr(s, 'x', (size_t)(end - s)) || memchr(s, 'n', (size_t)(end - s)) || memchr(s, 'N', (size_t)(end - s))) return 0;
  while (*end == ' ' || *end == '\t') end++;
  return *end == 0 && isfinite(*x);
}
