/* cli/manifest.h: what a folder of ciphertexts holds: manifest.json of a sealed table or of a result. Names and bounds are public. */
#ifndef JFI_CLI_MANIFEST_H
#define JFI_CLI_MANIFEST_H
#include <stdio.h>

#include "cli/json.h"
#include "jfhe/jfhe.h"

#define CLI_MANIFEST      "manifest.json"
#define CLI_FORMAT_TABLE  "jfhe-table-1"
#define CLI_FORMAT_RESULT "jfhe-stats-1"

enum {
  CLI_FILES_MAX = 1 << 18 /* a manifest of more would have too many values to be read again */,
  CLI_COLUMNS_MAX = 4096
};
/* Beyond these a product of two columns leaves the range of doubles. */
static const double CLI_RANGE_MAX = 1e140, CLI_HALF_MIN = 1e-140;

/* Column value x = centre + half*u with |u| <= 1. */
typedef struct cli_column {
  const char *name;
  double centre, half;
  const json *files; /* sealed tables: array of {name, sha256} */
} cli_column;

typedef struct cli_manifest {
  json_doc doc;
  uint8_t *text;
  const json *root;
  const char *params, *key_id; /* hex */
  uint64_t rows;
  uint32_t log_slots;
  cli_column *column;
  size_t n_columns;
} cli_manifest;

/* Reads dir/manifest.json of the wanted format and checks it against the context. */
int cli_manifest_load(cli_manifest *m, const char *dir, const char *format, const jfhe_ctx *ctx);
void cli_manifest_free(cli_manifest *m);
/* Opens the JSON text with what both formats share, up to and without the list of columns. */
void cli_manifest_head(FILE *out, const char *format, const jfhe_ctx *ctx, const char *key_id, uint64_t rows,
                       uint32_t log_slots);
/* Text of a memory stream into dir/manifest.json. */
int cli_manifest_save(const char *dir, const char *text, size_t len);
/* {"name":..,"sha256":..} of an entry; those of a result have "what" and "count" too. Refuses other members, and names that are no plain
 * file names. */
int cli_manifest_file(const json *entry, const char *dir, int is_result, const char **name, const char **digest);
#endif
