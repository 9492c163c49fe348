/* cli/options.h: options of a command, from a table. */
#ifndef JFI_CLI_OPTIONS_H
#define JFI_CLI_OPTIONS_H
#include <stddef.h>
#include <stdint.h>

enum { CLI_REPEAT_MAX = 1024 };

/* One option: a flag (`flag`), a text (`text`), a count (`count`, decimal, at most `most`), or a text that may be repeated. */
typedef struct cli_option {
  const char *name; /* "--in" */
  int *flag;
  const char **text;
  uint32_t *count;
  uint32_t most;
  const char **list; /* CLI_REPEAT_MAX entries */
  size_t *list_len;
} cli_option;

/* Parses arguments after the command's name. Words that are no option go to rest (null: refused). 0 or CLI_BAD. */
int cli_options(const char *command, int argc, char **argv, const cli_option *table, size_t n, const char **rest,
                size_t *rest_len);
/* Refuses a missing text option. */
int cli_require(const char *command, const char *option, const char *value);
#endif
