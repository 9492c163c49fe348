/* cli/say.c: see say.h. */
#include "cli/say.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int g_bar; /* a progress bar stands on the terminal's line */
static char *g_line;
static size_t g_line_len;

void cli_divert(char *line, size_t len) {
  g_line = line;
  g_line_len = len;
}

int(cli_fail)(const char *fmt, ...) {
  char line[1024];
  va_list args;
  va_start(args, fmt);
  vsnprintf(line, sizeof line, fmt, args);
  va_end(args);
  cli_harmless(line);
  if (g_line) {
    snprintf(g_line, g_line_len, "%s", line);
    return CLI_BAD;
  }
  if (g_bar) fprintf(stderr, "\r%*s\r", 78, "");
  g_bar = 0;
  fprintf(stderr, "jfhe: %s\n", line);
  return CLI_BAD;
}

int cli_status(jfhe_status st, const char *what) {
  const char *detail = jfhe_last_error();
  return cli_fail("%s: %s", what, detail[0] ? detail : jfhe_status_text(st));
}

const char *cli_bytes(char *buf, double bytes) {
  static const char *const unit[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  int u = 0;
  while (bytes >= 1024 && u < 4) {
    bytes /= 1024;
    u++;
  }
  snprintf(buf, 16, u == 0 || bytes >= 100 ? "%.0f %s" : "%.1f %s", bytes, unit[u]);
  return buf;
}

const char *cli_seconds(char *buf, double s) {
  if (s < 1)
    snprintf(buf, 16, "%.0f ms", s * 1e3);
  else if (s < 100)
    snprintf(buf, 16, "%.1f s", s);
  else
    snprintf(buf, 16, "%d:%02d min", (int)(s / 60) % 10000, (int)s % 60);
  return buf;
}

double cli_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void cli_progress_start(cli_progress *p, const char *what, uint64_t total) {
  *p = (cli_progress){.what = what, .start = cli_now(), .total = total ? total : 1, .tty = isatty(STDERR_FILENO)};
}

/* left < 0: not known yet. */
static void draw(cli_progress *p, double part, double left) {
  char bar[31], time[16];
  double now = cli_now();
  if (!p->tty || now - p->start < 1 || now - p->shown < 0.1) return;
  if (part > 1) part = 1;
  int full = (int)(part * 30);
  memset(bar, '#', (size_t)full);
  memset(bar + full, '.', (size_t)(30 - full));
  bar[30] = 0;
  fprintf(stderr, "\r%s [%s] %3.0f %%, %s left  ", p->what, bar, part * 100, left < 0 ? "?" : cli_seconds(time, left));
  p->shown = now;
  p->drawn = g_bar = 1;
}

void cli_progress_at(cli_progress *p, uint64_t done) {
  double spent = cli_now() - p->start, part = (double)done / (double)p->total;
  draw(p, part, part > 0 ? spent / part - spent : -1);
}

void cli_progress_left(cli_progress *p, double part, double left) { draw(p, part, left); }

void cli_progress_end(cli_progress *p) {
  if (p->drawn) fprintf(stderr, "\r%*s\r", 78, "");
  p->drawn = g_bar = 0;
}

/* ---- names ---- */
/* Length of the UTF-8 character at s, or 0: no overlong forms, surrogates or code points over 0x10ffff. */
static int char_len(const unsigned char *s) {
  int n = s[0] < 0x80                   ? 1
          : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
          : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
          : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                        : 0;
  for (int i = 1; i < n; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;
  if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)) return 0;
  if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)) return 0;
  return n;
}

int cli_utf8(const char *s) {
  for (int n; *s; s += n)
    if (!(n = char_len((const unsigned char *)s))) return 0;
  return 1;
}

void cli_harmless(char *s) {
  for (int n; *s; s += n) {
    n = char_len((const unsigned char *)s);
    int control = n == 0 || (n == 1 && ((unsigned char)*s < 0x20 || *s == 0x7f)) ||
                  (n == 2 && (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0);
    if (n == 0) n = 1;
    if (control) memset(s, '?', (size_t)n);
  }
}

void cli_print_name(FILE *out, const char *s, int width) {
  int left = width;
  while (*s && (width == 0 || left > 0)) {
    char one[5] = {0};
    int n = char_len((const unsigned char *)s);
    memcpy(one, s, (size_t)(n ? n : 1));
    cli_harmless(one);
    fputs(one, out);
    s += n ? n : 1;
    left--;
  }
  if (left > 0) fprintf(out, "%*s", left, "");
}

void cli_json_string(FILE *out, const char *s) {
  fputc('"', out);
  for (; *s; s++) {
    unsigned char c = (unsigned char)*s;
    if (c == '"' || c == '\\')
      fprintf(out, "\\%c", c);
    else if (c < 0x20 || c == 0x7f)
      fprintf(out, "\\u%04x", c);
    else
      fputc(c, out);
  }
  fputc('"', out);
}

void cli_json_number(FILE *out, double x) {
  if (isfinite(x))
    fprintf(out, "%.17g", x);
  else
    fputs("null", out);
}
