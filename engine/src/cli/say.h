/* cli/say.h: what the tool says: one line for each failure, progress, human units, JSON. */
#ifndef JFI_CLI_SAY_H
#define JFI_CLI_SAY_H
#include <stdint.h>
#include <stdio.h>

#include "jfhe/status.h"

enum { CLI_BAD = 2 }; /* exit status of everything that was refused */

/* Prints "jfhe: ..." to standard error, control characters made visible, over a bar that stands there, and returns CLI_BAD. */
__attribute__((format(printf, 1, 2))) int cli_fail(const char *fmt, ...);
#ifdef __clang_analyzer__ /* it cannot look into say.c */
static inline int cli_failed(int told) { return told ? told : CLI_BAD; }
#define cli_fail(...) cli_failed(cli_fail(__VA_ARGS__))
#endif
/* Failures go into line (len bytes, the last one kept) instead of standard error; null: back. For tests of readers. */
void cli_divert(char *line, size_t len);
/* cli_fail with a library status: "what: detail". */
int cli_status(jfhe_status st, const char *what);
#define CLI_TRY(expr, what)                                                                                            \
  do {                                                                                                                 \
    jfhe_status cli_st_ = (expr);                                                                                      \
    if (cli_st_ != JFHE_OK) return cli_status(cli_st_, what);                                                          \
  } while (0)
#define CLI_DO(expr)                                                                                                   \
  do {                                                                                                                 \
    int cli_rc_ = (expr);                                                                                              \
    if (cli_rc_ != 0) return cli_rc_;                                                                                  \
  } while (0)

/* "3.4 MiB" in a buffer of the caller's (at least 16 bytes). */
const char *cli_bytes(char *buf, double bytes);
const char *cli_seconds(char *buf, double seconds);
double cli_now(void); /* seconds, monotonic */

/* Progress on standard error: a bar on a terminal once a second has passed, nothing elsewhere. */
typedef struct cli_progress {
  const char *what;
  double start, shown;
  uint64_t total;
  int tty, drawn;
} cli_progress;
void cli_progress_start(cli_progress *p, const char *what, uint64_t total);
void cli_progress_at(cli_progress *p, uint64_t done);
/* The same from a share, 0 to 1, and the seconds left as somebody knows them better than by the clock. */
void cli_progress_left(cli_progress *p, double part, double left);
void cli_progress_end(cli_progress *p);

/* Zero when s is not UTF-8. */
int cli_utf8(const char *s);
/* Makes control characters visible as '?', those beyond ASCII too: names come from files, and no escape sequence reaches a terminal. */
void cli_harmless(char *s);
/* A name for people: harmless, cut to `width` characters and padded to it (0: neither). */
void cli_print_name(FILE *out, const char *s, int width);

/* A JSON string with quotes and escapes. */
void cli_json_string(FILE *out, const char *s);
/* A number that reads back to the same double. */
void cli_json_number(FILE *out, double x);
#endif
