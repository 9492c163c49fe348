/* cli/options.c: see options.h. */
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "cli/say.h"

static const cli_option *find(const cli_option *table, size_t n, const char *word, size_t len) {
  for (size_t i = 0; i < n; i++)
    if (strlen(table[i].name) == len && memcmp(table[i].name, word, len) == 0) return &table[i];
  return NULL;
}

static int take_count(const char *command, const cli_option *o, const char *value) {
  char *end;
  if (value[0] < '0' || value[0] > '9') return cli_fail("%s: %s wants a number, not '%s'", command, o->name, value);
  unsigned long x = strtoul(value, &end, 10);
  if (*end || x > o->most)
    return cli_fail("%s: %s wants a number up to %u, not '%s'", command, o->name, o->most, value);
  *o->count = (uint32_t)x;
  return 0;
}

static int take(const char *command, const cli_option *o, const char *value) {
  if (o->count) return take_count(command, o, value);
  if (o->list) {
    if (*o->list_len == CLI_REPEAT_MAX) return cli_fail("%s: more than %d times %s", command, CLI_REPEAT_MAX, o->name);
    o->list[(*o->list_len)++] = value;
    return 0;
  }
  *o->text = value;
  return 0;
}

int cli_options(const char *command, int argc, char **argv, const cli_option *table, size_t n, const char **rest,
                size_t *rest_len) {
  uint32_t seen = 0; /* tables are shorter than 32 */
  for (int i = 0; i < argc; i++) {
    const char *word = argv[i];
    if (strncmp(word, "--", 2) != 0) {
      if (!rest || *rest_len == CLI_REPEAT_MAX)
        return cli_fail("%s: '%s' is not expected here; see jfhe help %s", command, word, command);
      rest[(*rest_len)++] = word;
      continue;
    }
    const char *equals = strchr(word, '=');
    const cli_option *o = find(table, n, word, equals ? (size_t)(equals - word) : strlen(word));
    if (!o) return cli_fail("%s: unknown option '%s'; see jfhe help %s", command, word, command);
    uint32_t bit = (uint32_t)1 << (o - table);
    if ((seen & bit) && !o->list) return cli_fail("%s: %s is given twice", command, o->name);
    seen |= bit;
    if (o->flag) {
      if (equals) return cli_fail("%s: %s takes no value", command, o->name);
      *o->flag = 1;
      continue;
    }
    const char *value = equals ? equals + 1 : i + 1 < argc ? argv[++i] : NULL;
    if (!value) return cli_fail("%s: %s needs a value", command, o->name);
    CLI_DO(take(command, o, value));
  }
  return 0;
}

int cli_require(const char *command, const char *option, const char *value) {
  return value && value[0] ? 0 : cli_fail("%s: %s is missing; see jfhe help %s", command, option, command);
}
