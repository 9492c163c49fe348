/* cli/csv.c: see csv.h. */
#include "cli/csv.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/files.h"
#include "cli/number.h"
#include "cli/say.h"
#include "cli/stop.h"

enum { IN_BYTES = 1 << 18, END = -1, REFUSED = -2, UNREADABLE = -3 };

/* ---- characters ---- */
static int refill(csv_reader *r) {
  ssize_t n;
  if (r->fd < 0) return END;
  do n = read(r->fd, r->in, IN_BYTES);
  while (n < 0 && errno == EINTR && !cli_stopped());
  if (n < 0) return UNREADABLE;
  r->at = 0;
  r->end = (size_t)n;
  if (r->end > r->in_used) r->in_used = r->end;
  return n == 0 ? END : 0;
}

static inline int raw_char(csv_reader *r) {
  if (r->at == r->end) {
    int rc = refill(r);
    if (rc != 0) return rc;
  }
  return r->in[r->at++];
}

/* One character, CRLF folded to LF. */
static inline int next_char(csv_reader *r) {
  int c = raw_char(r);
  if (c == '\r') {
    int d = raw_char(r);
    if (d == '\n')
      c = '\n';
    else if (d >= 0)
      r->at--; /* it lies in this very buffer: refill starts at 0 and at has moved since */
  }
  if (c == '\n') r->next_line++;
  return c;
}

/* ---- rows ---- */
static int refuse(const csv_reader *r, const char *why) {
  (void)cli_fail("%s:%zu: %s", r->path, r->next_line > r->line ? r->next_line - 1 : r->line, why);
  return REFUSED;
}

static int put(csv_reader *r, size_t *at, int c) {
  if (c == 0) return refuse(r, "a zero byte; this is no text file");
  if (*at + 2 >= CSV_ROW_MAX) return refuse(r, "a row longer than 1 MiB");
  r->buf[(*at)++] = (char)c;
  return 0;
}

/* Rest of a quoted cell into buf at *at. Returns the character after the closing quote, or a refusal. */
static int quoted(csv_reader *r, size_t *at) {
  for (;;) {
    int c = next_char(r);
    if (c == END) return refuse(r, "a quote that is never closed");
    if (c == '"') {
      c = next_char(r);
      if (c == ',' || c == '\n' || c < 0) return c;
      if (c != '"') return refuse(r, "text after a closing quote");
    }
    if (c < 0) return c;
    if (put(r, at, c) != 0) return REFUSED;
  }
}

/* One cell that begins with c. Returns the separator that ended it (',' '\n' or END), or a refusal. */
static int read_cell(csv_reader *r, size_t *at, int c) {
  if (c == '"') return quoted(r, at);
  for (; c != ',' && c != '\n' && c >= 0; c = next_char(r)) {
    if (c == '"') return refuse(r, "a quote inside a cell that does not begin with one");
    if (put(r, at, c) != 0) return REFUSED;
  }
  return c;
}

static int read_row(csv_reader *r, int c) {
  size_t at = 0;
  for (;;) {
    if (r->n_cells == CSV_COLUMNS_MAX) return refuse(r, "more than 4096 columns");
    r->cell[r->n_cells++] = r->buf + at;
    int end = read_cell(r, &at, c);
    if (end >= END) r->buf[at++] = 0;
    if (at > r->buf_used) r->buf_used = at;
    if (end < END) return end;
    if (end != ',') return 1;
    c = next_char(r);
  }
}

int csv_next(csv_reader *r) {
  r->line = r->next_line;
  r->n_cells = 0;
  int c = next_char(r), blank = c == '\n', rc = 0;
  while (c == '\n') c = next_char(r);
  if (c >= 0) rc = blank ? refuse(r, "a blank line between rows") : read_row(r, c);
  if (c == UNREADABLE || rc == UNREADABLE) return -cli_fail("%s: cannot be read: %s", r->path, strerror(errno));
  return rc < 0 ? -CLI_BAD : rc;
}

/* ---- opening ---- */
static int skip_mark(csv_reader *r) {
  static const uint8_t mark[3] = {0xef, 0xbb, 0xbf}; /* byte order mark of UTF-8 */
  int rc = r->at == r->end ? refill(r) : 0;
  if (rc == UNREADABLE) return cli_fail("%s: cannot be read: %s", r->path, strerror(errno));
  if (r->end - r->at >= 3 && memcmp(r->in + r->at, mark, 3) == 0) r->at += 3;
  return 0;
}

static int start(csv_reader *r) {
  r->buf = jfi_alloc(CSV_ROW_MAX);
  r->cell = jfi_alloc(CSV_COLUMNS_MAX * sizeof *r->cell);
  if (!r->buf || !r->cell) return cli_fail("%s: no memory to read it", r->path);
  CLI_DO(skip_mark(r));
  int got = csv_next(r);
  if (got < 0) return -got;
  if (!got) return cli_fail("%s: is empty; a header row is needed", r->path);
  for (size_t i = 0; i < r->n_cells; i++)
    if (!cli_utf8(r->cell[i])) return cli_fail("%s:1: the name of column %zu is no UTF-8 text", r->path, i + 1);
  return 0;
}

int csv_open(csv_reader *r, const char *path) {
  size_t len;
  *r = (csv_reader){.path = path, .next_line = 1, .fd = -1};
  CLI_DO(cli_open(path, &r->fd, &len));
  r->in = jfi_alloc(IN_BYTES);
  return r->in ? start(r) : cli_fail("%s: no memory to read it", path);
}

int csv_open_bytes(csv_reader *r, const char *path, const uint8_t *bytes, size_t len) {
  *r = (csv_reader){.path = path,
                    .next_line = 1,
                    .fd = -1,
                    .in = jfi_alloc(len < IN_BYTES ? IN_BYTES : len),
                    .end = len,
                    .in_used = len};
  if (!r->in) return cli_fail("%s: no memory to read it", path);
  if (len) memcpy(r->in, bytes, len);
  return start(r);
}

void csv_close(csv_reader *r) {
  if (r->fd >= 0) close(r->fd);
  if (r->in) jfi_free_secret(r->in, r->in_used);
  if (r->buf) jfi_free_secret(r->buf, r->buf_used);
  jfi_free(r->cell);
  *r = (csv_reader){.fd = -1};
}

int csv_number(const char *s, double *x) {
  while (*s == ' ' || *s == '\t') s++;
  size_t len = cli_number(s, CLI_NUMBER_CSV, x);
  if (len == 0) return 0;
  s += len;
  while (*s == ' ' || *s == '\t') s++;
  return *s == 0;
}
