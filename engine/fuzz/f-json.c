/* f-json.c: any bytes to the reader of manifests. What it accepts, written again, reads as the same tree; numbers are those of strtod;
 * what it refuses, it names in one line. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>

#include "cli/json.h"
#include "cli/say.h"
#include "fuzz.h"

static void check_tree(const json *j, int depth) {
  FUZZ_REQUIRE(depth <= JSON_DEPTH_MAX && j->kind <= JSON_OBJECT);
  FUZZ_REQUIRE(j->kind != JSON_NUMBER || isfinite(j->number));
  FUZZ_REQUIRE(j->kind != JSON_STRING || cli_utf8(j->text));
  size_t count = 0;
  for (const json *c = j->child; c; c = c->next, count++) {
    FUZZ_REQUIRE((j->kind == JSON_OBJECT) == (c->name != NULL));
    check_tree(c, depth + 1);
  }
  FUZZ_REQUIRE(count == j->count && (j->kind != JSON_OBJECT || count <= JSON_MEMBERS_MAX));
}

static void print(FILE *out, const json *j) {
  if (j->name) {
    cli_json_string(out, j->name);
    fputc(':', out);
  }
  switch (j->kind) {
  case JSON_NULL: fputs("null", out); break;
  case JSON_BOOL: fputs(j->number != 0 ? "true" : "false", out); break;
  case JSON_NUMBER: cli_json_number(out, j->number); break;
  case JSON_STRING: cli_json_string(out, j->text); break;
  default:
    fputc(j->kind == JSON_OBJECT ? '{' : '[', out);
    for (const json *c = j->child; c; c = c->next) {
      if (c != j->child) fputc(',', out);
      print(out, c);
    }
    fputc(j->kind == JSON_OBJECT ? '}' : ']', out);
  }
}

/* Parses a copy that ends with its block, prints what was read into *text. 1: accepted. */
static int round_trip(const uint8_t *data, size_t len, char **text, size_t *text_len) {
  char *copy = malloc(len + 1), line[2048] = "";
  json_doc doc = {0};
  FUZZ_REQUIRE(copy);
  if (len) memcpy(copy, data, len);
  copy[len] = 0;
  cli_divert(line, sizeof line);
  int rc = json_parse(&doc, "fuzz", copy, len);
  FUZZ_REQUIRE((rc == 0) == (line[0] == 0) && (rc == 0 || strncmp(line, "fuzz: byte ", 11) == 0) &&
               !strchr(line, '\n'));
  if (rc == 0) {
    FILE *out = open_memstream(text, text_len);
    FUZZ_REQUIRE(out && doc.nodes->kind == JSON_OBJECT);
    check_tree(doc.nodes, 0);
    print(out, doc.nodes);
    fclose(out);
  }
  json_free(&doc);
  free(copy);
  return rc == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  char *once = NULL, *twice = NULL;
  size_t once_len = 0, twice_len = 0;
  if (len <= FUZZ_BYTES_MAX && round_trip(data, len, &once, &once_len)) {
    FUZZ_REQUIRE(round_trip((const uint8_t *)once, once_len, &twice, &twice_len));
    FUZZ_REQUIRE(once_len == twice_len && memcmp(once, twice, once_len) == 0);
  }
  free(once);
  free(twice);
  return 0;
}
