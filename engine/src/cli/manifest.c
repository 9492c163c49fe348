/* cli/manifest.c: see manifest.h. */
#include "cli/manifest.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/say.h"

static const size_t MANIFEST_CAP = (size_t)64 << 20;
static const double ROWS_MAX = 1e15;

static const char *const ROOT_TABLE[] = {"format", "params", "key_id", "rows", "log_slots", "columns", NULL};
static const char *const ROOT_RESULT[] = {"format",    "params",  "key_id",  "rows",
                                          "log_slots", "columns", "numbers", NULL};
static const char *const COLUMN_TABLE[] = {"name", "centre", "half", "files", NULL}, *const COLUMN_RESULT[] = {
                                                                                         "name", "centre", "half",
                                                                                         NULL};
static const char *const FILE_TABLE[] = {"name", "sha256", NULL}, *const FILE_RESULT[] = {"what", "count", "name",
                                                                                          "sha256", NULL};

static int bad(const char *dir, const char *what) { return cli_fail("%s/%s: %s", dir, CLI_MANIFEST, what); }

static int known(const json *object, const char *const *names, const char *dir) {
  const char *other = json_unknown(object, names);
  return other ? cli_fail("%s/%s: unknown member '%.80s'", dir, CLI_MANIFEST, other) : 0;
}

static int is_hex(const char *s, size_t len) { return strlen(s) == len && strspn(s, "0123456789abcdef") == len; }

static int load_columns(cli_manifest *m, const char *dir, int is_result) {
  const json *list = json_get(m->root, "columns", JSON_ARRAY);
  if (!list || list->count == 0 || list->count > CLI_COLUMNS_MAX)
    return bad(dir, "'columns' is missing, empty or too long");
  m->column = jfi_alloc_zero(list->count * sizeof *m->column);
  if (!m->column) return bad(dir, "no memory to read it");
  for (const json *c = list->child; c; c = c->next) {
    if (c->kind != JSON_OBJECT) return bad(dir, "a column is no object");
    CLI_DO(known(c, is_result ? COLUMN_RESULT : COLUMN_TABLE, dir));
    const json *name = json_get(c, "name", JSON_STRING), *centre = json_get(c, "centre", JSON_NUMBER),
               *half = json_get(c, "half", JSON_NUMBER);
    if (!name || !centre || !half || !name->text[0]) return bad(dir, "a column lacks its name, centre or half range");
    if (!(half->number >= CLI_HALF_MIN && fabs(centre->number) + half->number <= CLI_RANGE_MAX))
      return bad(dir, "a column's range is out of range");
    m->column[m->n_columns++] =
        (cli_column){name->text, centre->number, half->number, json_get(c, "files", JSON_ARRAY)};
  }
  return 0;
}

static const char *text_of(const json *root, const char *name) {
  const json *j = json_get(root, name, JSON_STRING);
  return j ? j->text : "";
}

int cli_manifest_load(cli_manifest *m, const char *dir, const char *format, const jfhe_ctx *ctx) {
  char path[CLI_PATH_MAX], hex[2 * JFHE_HASH_BYTES + 1];
  uint8_t hash[JFHE_HASH_BYTES];
  size_t len;
  *m = (cli_manifest){0};
  CLI_DO(cli_join(path, dir, CLI_MANIFEST));
  CLI_DO(cli_read(path, MANIFEST_CAP, &m->text, &len));
  CLI_DO(json_parse(&m->doc, path, (char *)m->text, len));
  m->root = m->doc.nodes;
  int is_result = strcmp(format, CLI_FORMAT_RESULT) == 0;
  if (strcmp(text_of(m->root, "format"), format) != 0)
    return cli_fail("%s: is not %s (format %s)", path, is_result ? "a result of jfhe stats" : "a table of jfhe encrypt",
                    format);
  CLI_DO(known(m->root, is_result ? ROOT_RESULT : ROOT_TABLE, dir));
  m->params = text_of(m->root, "params");
  m->key_id = text_of(m->root, "key_id");
  if (!is_hex(m->key_id, 2 * JFHE_ID_BYTES)) return bad(dir, "'key_id' is missing or no key's");
  jfhe_ctx_hash(ctx, hash);
  cli_hex(hex, hash, sizeof hash);
  if (strcmp(m->params, hex) != 0) return cli_fail("%s: was made with other parameters than these keys", path);
  int64_t rows = json_count(m->root, "rows", (int64_t)ROWS_MAX),
          log_slots = json_count(m->root, "log_slots", jfhe_ctx_log_n(ctx) - 1);
  if (rows < (is_result ? 2 : 1) || log_slots < 0) return bad(dir, "'rows' or 'log_slots' is missing or out of range");
  m->rows = (uint64_t)rows;
  m->log_slots = (uint32_t)log_slots;
  return load_columns(m, dir, is_result);
}

void cli_manifest_free(cli_manifest *m) {
  jfi_free(m->column);
  json_free(&m->doc);
  jfi_free(m->text);
  *m = (cli_manifest){0};
}

void cli_manifest_head(FILE *out, const char *format, const jfhe_ctx *ctx, const char *key_id, uint64_t rows,
                       uint32_t log_slots) {
  uint8_t hash[JFHE_HASH_BYTES];
  char hex[2 * JFHE_HASH_BYTES + 1];
  jfhe_ctx_hash(ctx, hash);
  cli_hex(hex, hash, sizeof hash);
  fprintf(out, "{\"format\":\"%s\",\"params\":\"%s\",\"key_id\":\"%s\",\"rows\":%llu,\"log_slots\":%u", format, hex,
          key_id, (unsigned long long)rows, log_slots);
}

int cli_manifest_save(const char *dir, const char *text, size_t len) {
  return cli_write(dir, CLI_MANIFEST, text, len, 0);
}

int cli_manifest_file(const json *entry, const char *dir, int is_result, const char **name, const char **digest) {
  if (entry->kind != JSON_OBJECT) return bad(dir, "a file is no object");
  CLI_DO(known(entry, is_result ? FILE_RESULT : FILE_TABLE, dir));
  *name = text_of(entry, "name");
  *digest = text_of(entry, "sha256");
  if (!cli_plain_name(*name) || !is_hex(*digest, 64))
    return bad(dir, "an entry of 'files' is no plain name with its SHA-256");
  return 0;
}
