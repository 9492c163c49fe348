/* cli/json.c: see json.h. */
#include "cli/json.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "cli/number.h"
#include "cli/say.h"

typedef struct parser {
  json_doc *doc;
  char *text, *at, *end;
  const char *why;
} parser;

static json *fail(parser *p, const char *why) {
  if (!p->why) p->why = why;
  return NULL;
}

static void blanks(parser *p) {
  while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r')) p->at++;
}

/* Steps over the next byte if it is c. */
static int take(parser *p, char c) {
  int there = p->at < p->end && *p->at == c;
  p->at += there;
  return there;
}

static json *node(parser *p, enum json_kind kind) {
  if (p->doc->used == p->doc->cap) return fail(p, "too many values");
  json *j = &p->doc->nodes[p->doc->used++];
  *j = (json){.kind = kind};
  return j;
}

static int hex4(const char *s) {
  int x = 0;
  for (int i = 0; i < 4; i++) {
    char c = s[i];
    int d = c >= '0' && c <= '9'   ? c - '0'
            : c >= 'a' && c <= 'f' ? c - 'a' + 10
            : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                   : -1;
    if (d < 0) return -1;
    x = x * 16 + d;
  }
  return x;
}

/* One escape after the backslash at p->at; writes to *to. Only \u00XX is taken of the \u forms: the writer makes no others. */
static int escape(parser *p, char **to) {
  static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
  char c = *p->at++;
  const char *f = strchr(from, c);
  if (c && f) {
    *(*to)++ = into[f - from];
    return 1;
  }
  int x = c == 'u' && p->end - p->at >= 4 ? hex4(p->at) : -1;
  if (x <= 0 || x > 0x7f) return 0;
  p->at += 4;
  *(*to)++ = (char)x;
  return 1;
}

/* p->at behind the opening quote. Decodes in place. */
static const char *string(parser *p) {
  char *start = p->at, *to = p->at;
  while (p->at < p->end && *p->at != '"') {
    if ((unsigned char)*p->at < 0x20) return (const char *)fail(p, "control character in a string");
    if (*p->at == '\\') {
      p->at++;
      if (p->at >= p->end || !escape(p, &to)) return (const char *)fail(p, "bad escape");
    } else {
      *to++ = *p->at++;
    }
  }
  if (p->at >= p->end) return (const char *)fail(p, "string without an end");
  p->at++;
  *to = 0;
  return cli_utf8(start) ? start : (const char *)fail(p, "a string is no UTF-8");
}

static json *value(parser *p, int depth);

static json *members(parser *p, int depth, int object) {
  json *self = node(p, object ? JSON_OBJECT : JSON_ARRAY), **tail = self ? &self->child : NULL;
  char close = object ? '}' : ']';
  blanks(p);
  if (self && take(p, close)) return self;
  while (self) {
    const char *name = NULL;
    blanks(p);
    if (object) {
      if (!take(p, '"')) return fail(p, "a name is expected");
      if (!(name = string(p))) return NULL;
      blanks(p);
      if (!take(p, ':')) return fail(p, "':' is expected");
      if (self->count == JSON_MEMBERS_MAX) return fail(p, "an object of too many members");
      for (json *j = self->child; j; j = j->next)
        if (strcmp(j->name, name) == 0) return fail(p, "a name occurs twice");
    }
    json *v = value(p, depth + 1);
    if (!v) return NULL;
    v->name = name;
    *tail = v;
    tail = &v->next;
    self->count++;
    blanks(p);
    if (p->at >= p->end) return fail(p, "the text ends too early");
    char c = *p->at++;
    if (c == close) return self;
    if (c != ',') return fail(p, "',' is expected");
  }
  return NULL;
}

static json *number(parser *p) {
  double x;
  size_t len = cli_number(p->at, CLI_NUMBER_JSON, &x); /* the zero byte behind the text ends it */
  if (len == 0) return fail(p, "a value is expected");
  json *j = node(p, JSON_NUMBER);
  if (j) j->number = x;
  p->at += len;
  return j;
}

static json *word(parser *p, const char *w, enum json_kind kind, double x) {
  size_t len = strlen(w);
  if ((size_t)(p->end - p->at) < len || memcmp(p->at, w, len) != 0) return fail(p, "a value is expected");
  p->at += len;
  json *j = node(p, kind);
  if (j) j->number = x;
  return j;
}

static json *value(parser *p, int depth) {
  if (depth > JSON_DEPTH_MAX) return fail(p, "nested too deeply");
  blanks(p);
  if (p->at >= p->end) return fail(p, "the text ends too early");
  switch (*p->at) {
  case '{': p->at++; return members(p, depth, 1);
  case '[': p->at++; return members(p, depth, 0);
  case '"': {
    p->at++;
    const char *s = string(p);
    json *j = s ? node(p, JSON_STRING) : NULL;
    if (j) j->text = s;
    return j;
  }
  case 't': return word(p, "true", JSON_BOOL, 1);
  case 'f': return word(p, "false", JSON_BOOL, 0);
  case 'n': return word(p, "null", JSON_NULL, 0);
  default: return number(p);
  }
}

int json_parse(json_doc *doc, const char *path, char *text, size_t len) {
  parser p = {.doc = doc, .text = text, .at = text, .end = text + len};
  size_t nodes = len / 2 + 1; /* a value takes two bytes with its separator */
  doc->cap = nodes < JSON_NODES_MAX ? nodes : JSON_NODES_MAX;
  doc->used = 0;
  doc->nodes = jfi_alloc(doc->cap * sizeof *doc->nodes);
  if (!doc->nodes) return cli_fail("%s: no memory to read it", path);
  json *root = value(&p, 0);
  blanks(&p);
  if (root && p.at != p.end) fail(&p, "text after the end");
  if (root && root->kind != JSON_OBJECT) fail(&p, "an object is expected");
  if (!p.why) return 0;
  json_free(doc);
  return cli_fail("%s: byte %zu: %s", path, (size_t)(p.at - p.text), p.why);
}

void json_free(json_doc *doc) {
  jfi_free(doc->nodes);
  *doc = (json_doc){0};
}

const json *json_get(const json *object, const char *name, enum json_kind kind) {
  for (const json *j = object ? object->child : NULL; j; j = j->next)
    if (j->name && strcmp(j->name, name) == 0) return j->kind == kind ? j : NULL;
  return NULL;
}

int64_t json_count(const json *object, const char *name, int64_t most) {
  const json *j = json_get(object, name, JSON_NUMBER);
  if (!j || !(j->number >= 0 && j->number <= (double)most) || j->number != floor(j->number)) return -1;
  return (int64_t)j->number;
}

const char *json_unknown(const json *object, const char *const *known) {
  for (const json *j = object->child; j; j = j->next) {
    size_t i = 0;
    while (known[i] && strcmp(known[i], j->name) != 0) i++;
    if (!known[i]) return j->name;
  }
  return NULL;
}
