/* cli/json.h: JSON of manifests: strict (RFC 8259), bounded in size and depth, no duplicate names; of \u escapes those below 128 alone,
 * since the writer makes no others. */
#ifndef JFI_CLI_JSON_H
#define JFI_CLI_JSON_H
#include <stddef.h>
#include <stdint.h>

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };
enum { JSON_DEPTH_MAX = 8, JSON_NODES_MAX = 1 << 20, JSON_MEMBERS_MAX = 32 /* of an object; arrays may be long */ };

typedef struct json {
  enum json_kind kind;
  double number;    /* also 0/1 of a bool */
  const char *text; /* of a string; decoded, ended by 0, without zero bytes inside */
  const char *name; /* inside an object */
  struct json *child, *next;
  size_t count;
} json;

typedef struct json_doc {
  json *nodes;
  size_t used, cap;
} json_doc;

/* Parses text (len bytes, then a zero byte; changed in place). 0, or CLI_BAD with a line that names `path` and the byte. */
int json_parse(json_doc *doc, const char *path, char *text, size_t len);
void json_free(json_doc *doc);
/* Member of an object, null when absent or of another kind. */
const json *json_get(const json *object, const char *name, enum json_kind kind);
/* A member that is a whole number in [0, most]; -1 otherwise. */
int64_t json_count(const json *object, const char *name, int64_t most);
/* The first member whose name is not in the list (ended by null), or null. */
const char *json_unknown(const json *object, const char *const *known);
#endif
