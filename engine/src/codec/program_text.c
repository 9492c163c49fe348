/* codec/program_text.c: reading the text form of a program, line by line, no recursion. The page is protocol/plan.md. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/mem.h"
#include "base/status.h"
#include "codec/program.h"

typedef struct reader {
  const char *at, *end; /* what is left of the current line */
  const char *next;     /* the line after it */
  const char *text_end;
  uint32_t line; /* number of the current line, from 1 */
  jfhe_program *p;
} reader;

#define BAD(r, ...)                   bad_line(r, JFHE_ERR_FORMAT, __VA_ARGS__)
#define bad_line(r, status, fmt, ...) jfi_fail(status, "program, line %u: " fmt, (r)->line, __VA_ARGS__)

static jfhe_status built(const reader *r, jfhe_status st) { return jfi_program_bad_build(st, "line", r->line); }

/* ---- lines and words ---- */
static int is_blank(char c) { return c == ' ' || c == '\t'; }
static int is_digit(char c) { return c >= '0' && c <= '9'; }
static int is_word(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
static int begins_number(char c) { return is_digit(c) || c == '-' || c == '+' || c == '.'; }

/* To the next line; 0 at the end of the text. A carriage return before the line's end is a blank. */
static int next_line(reader *r) {
  if (r->next == r->text_end) return 0;
  const char *end = memchr(r->next, '\n', (size_t)(r->text_end - r->next));
  r->at = r->next;
  r->end = end ? end : r->text_end;
  r->next = end ? end + 1 : r->text_end;
  if (r->end > r->at && r->end[-1] == '\r') r->end--;
  r->line++;
  return 1;
}

/* Over blanks; nonzero when something other than a comment follows. */
static int more(reader *r) {
  while (r->at < r->end && is_blank(*r->at)) r->at++;
  return r->at < r->end && *r->at != '#';
}

/* The next line that says something; 0 at the end of the text. */
static int next_statement(reader *r) {
  while (next_line(r))
    if (more(r)) return 1;
  return 0;
}

/* What stands at the cursor, for a message: up to 20 characters of ASCII. */
static const char *here(reader *r, char *text) {
  int n = 0;
  if (!more(r)) return "the end of the line";
  for (const char *c = r->at; c < r->end && n < 20 && *c >= ' ' && *c < 0x7f && (n == 0 || !is_blank(*c)); c++)
    text[++n] = *c;
  text[0] = text[n + 1] = '\'';
  text[n + 2] = 0;
  return n ? text : "a character that is none of ASCII's";
}
enum { HERE = 24 };

static jfhe_status expected(reader *r, const char *what) {
  char text[HERE];
  return BAD(r, "%s is expected, not %s", what, here(r, text));
}

/* Takes a word when the next one is it, and ends there. */
static int take_word(reader *r, const char *word) {
  size_t len = strlen(word);
  if (!more(r) || len > (size_t)(r->end - r->at) || memcmp(r->at, word, len) != 0) return 0;
  if (r->at + len < r->end && is_word(r->at[len])) return 0;
  r->at += len;
  return 1;
}

static jfhe_status take_char(reader *r, char c, const char *what) {
  if (!more(r) || *r->at != c) return expected(r, what);
  r->at++;
  return JFHE_OK;
}

static jfhe_status line_end(reader *r) { return more(r) ? expected(r, "the end of the line") : JFHE_OK; }

/* A number, a reference or a name ends where something else begins that is none of its own. */
static int apart(const reader *r) { return r->at == r->end || is_blank(*r->at) || *r->at == ':' || *r->at == '='; }

/* ---- numbers, references, names ---- */
/* Digits without leading zeros, at most `most`. */
static jfhe_status take_count(reader *r, uint32_t most, uint32_t *x, const char *what) {
  uint64_t n = 0;
  if (!more(r) || !is_digit(*r->at)) return expected(r, what);
  if (*r->at == '0' && r->at + 1 < r->end && is_digit(r->at[1])) return expected(r, "a number without leading zeros");
  for (; r->at < r->end && is_digit(*r->at); r->at++) {
    n = n * 10 + (uint64_t)(*r->at - '0');
    if (n > most) return BAD(r, "%s is more than %u", what, most);
  }
  *x = (uint32_t)n;
  return apart(r) ? JFHE_OK : expected(r, "a blank");
}

static jfhe_status take_signed(reader *r, int32_t *k, const char *what) {
  uint32_t n;
  int minus = more(r) && *r->at == '-' && r->end - r->at > 1 && is_digit(r->at[1]);
  if (minus) r->at++;
  JFI_TRY(take_count(r, minus ? (uint32_t)1 << 31 : INT32_MAX, &n, what));
  if (minus && n == 0) return BAD(r, "%s is -0", what);
  *k = minus ? (int32_t)(0 - (int64_t)n) : (int32_t)n;
  return JFHE_OK;
}

static jfhe_status take_reference(reader *r, char mark, uint32_t *x) {
  int value = mark == '%';
  JFI_TRY(take_char(r, mark, value ? "a value, like %0," : "a table, like @0,"));
  if (r->at < r->end && is_blank(*r->at)) return expected(r, value ? "a value's number" : "a table's number");
  return take_count(r, UINT32_MAX, x, value ? "a value's number" : "a table's number");
}

/* Decimal or hexadecimal. */
static jfhe_status take_real(reader *r, double *x) {
  char text[HERE];
  if (!more(r) || !begins_number(*r->at)) return expected(r, "a number");
  size_t len = jfi_hexfloat_read(r->at, r->end, x);
  if (len == 0) len = jfi_decimal_read(r->at, r->end, x);
  r->at += len;
  if (len == 0 || !apart(r)) {
    r->at -= len;
    return BAD(r, "%s is no number, or one that no double holds", here(r, text));
  }
  *x += 0.0; /* -0 is 0 */
  return JFHE_OK;
}

/* "..." with \" and \\ for the two. */
static jfhe_status take_name(reader *r, char name[JFHE_NAME_MAX + 1]) {
  size_t len = 0;
  JFI_TRY(take_char(r, '"', "a name in quotes"));
  for (;; r->at++) {
    if (r->at == r->end) return BAD(r, "%s", "a name without its closing quote");
    if (*r->at == '"') break;
    if (*r->at == '\\') {
      r->at++;
      if (r->at == r->end || (*r->at != '"' && *r->at != '\\'))
        return BAD(r, "%s", "in a name \\ stands before \" or \\ alone");
    }
    if (*r->at == 0) return BAD(r, "%s", "a zero byte in a name");
    if (len == JFHE_NAME_MAX) return BAD(r, "a name is longer than %d bytes", JFHE_NAME_MAX);
    name[len++] = *r->at;
  }
  r->at++;
  name[len] = 0;
  JFI_TRY(built(r, jfi_name_check(name)));
  return apart(r) ? JFHE_OK : expected(r, "a blank");
}

/* ---- tables ---- */
/* What the lines up to the next statement may hold: numbers, as words, and diagonals. An upper bound, so that one allocation will do. */
typedef struct census {
  size_t numbers, diagonals;
} census;

static census count_numbers(const reader *from) {
  reader r = *from;
  census c = {0, 0};
  for (int head = 1; head || next_line(&r); head = 0) {
    int said = more(&r), diagonal = !head && said && take_word(&r, "diagonal");
    if (said && !head && !diagonal && !begins_number(*r.at)) break;
    c.diagonals += diagonal;
    while (more(&r)) {
      c.numbers += begins_number(*r.at);
      while (r.at < r.end && !is_blank(*r.at)) r.at++;
    }
  }
  return c;
}

/* A table in the making. part 0: re, 1: im. */
typedef struct table {
  double *part[2];
  int32_t *index;
  size_t parts, numbers, room; /* numbers so far, in both parts; room for them */
  size_t diagonals;
} table;

static jfhe_status take_row(reader *r, table *t, size_t most) {
  while (more(r)) {
    if (t->numbers == most || t->numbers == t->room) return BAD(r, "more than %zu numbers", t->numbers);
    JFI_TRY(take_real(r, &t->part[t->numbers % t->parts][t->numbers / t->parts]));
    t->numbers++;
  }
  return JFHE_OK;
}

/* Numbers to the end of the line and on the lines that begin with one. most <= t->room. */
static jfhe_status take_rows(reader *r, table *t, size_t most) {
  reader back;
  do {
    JFI_TRY(take_row(r, t, most));
    back = *r;
  } while (next_line(r) && (!more(r) || begins_number(*r->at)));
  *r = back;
  return t->numbers % t->parts == 0 ? JFHE_OK : BAD(r, "%s", "a number without its imaginary part");
}

static jfhe_status take_diagonals(reader *r, table *t, size_t most) {
  const size_t slots = t->parts << r->p->log_slots;
  reader back = *r;
  JFI_TRY(line_end(r));
  for (; next_line(r); back = *r) {
    if (!more(r)) continue;
    if (!take_word(r, "diagonal")) break;
    if (t->diagonals == most) return BAD(r, "more than %zu diagonals", most);
    JFI_TRY(take_signed(r, &t->index[t->diagonals++], "a diagonal's number"));
    JFI_TRY(take_char(r, ':', "':'"));
    JFI_TRY(take_rows(r, t, t->diagonals * slots));
    if (t->numbers != t->diagonals * slots)
      return BAD(r, "a diagonal of %zu numbers, not %zu", t->numbers - (t->diagonals - 1) * slots, slots);
  }
  *r = back;
  return JFHE_OK;
}

typedef struct table_head {
  uint32_t kind, basis;
  double a, b;
} table_head;

static jfhe_status take_table_head(reader *r, table_head *h, table *t) {
  *h = (table_head){.kind = take_word(r, "vector")   ? JFI_TABLE_VECTOR
                            : take_word(r, "poly")   ? JFI_TABLE_POLY
                            : take_word(r, "linmap") ? JFI_TABLE_LINMAP
                                                     : 0};
  if (!h->kind) return expected(r, "vector, poly or linmap");
  if (h->kind == JFI_TABLE_POLY && take_word(r, "chebyshev")) {
    h->basis = JFHE_BASIS_CHEB;
    JFI_TRY(take_real(r, &h->a));
    JFI_TRY(take_real(r, &h->b));
  } else if (h->kind == JFI_TABLE_POLY && !take_word(r, "power")) {
    return expected(r, "power or chebyshev");
  }
  t->parts = h->kind != JFI_TABLE_POLY && take_word(r, "complex") ? 2 : 1;
  return take_char(r, ':', "':'");
}

static jfhe_status take_numbers(reader *r, const table_head *h, table *t, size_t diagonals, uint32_t *number) {
  const size_t slots = (size_t)1 << r->p->log_slots;
  if (h->kind == JFI_TABLE_LINMAP)
    JFI_TRY(take_diagonals(r, t, diagonals));
  else
    JFI_TRY(take_rows(r, t, t->room));
  double *im = t->parts == 2 ? t->part[1] : NULL;
  switch (h->kind) {
  case JFI_TABLE_VECTOR: return jfhe_program_vector(r->p, number, t->part[0], im, t->numbers / t->parts);
  case JFI_TABLE_POLY: return jfhe_program_poly(r->p, number, t->part[0], t->numbers, h->basis, h->a, h->b);
  default: return jfhe_program_linmap(r->p, number, t->index, t->numbers / t->parts / slots, t->part[0], im);
  }
}

static jfhe_status take_table(reader *r) {
  uint32_t number, wanted, line;
  table_head h;
  table t = {0};
  JFI_TRY(take_reference(r, '@', &number));
  if (number != r->p->n_tables) return BAD(r, "table @%u, the next is @%u", number, r->p->n_tables);
  JFI_TRY(take_char(r, '=', "'='"));
  JFI_TRY(take_table_head(r, &h, &t));
  census c = count_numbers(r);
  size_t slots = (size_t)1 << r->p->log_slots;
  size_t most = h.kind == JFI_TABLE_LINMAP ? c.numbers
                : h.kind == JFI_TABLE_POLY ? JFHE_POLY_DEGREE_MAX + 1
                                           : slots * t.parts;
  if (h.kind == JFI_TABLE_LINMAP && c.numbers / t.parts >> r->p->log_slots < c.diagonals)
    return BAD(r, "%zu diagonals have too few numbers", c.diagonals);
  t.room = c.numbers < most ? c.numbers : most;
  size_t each = (t.room + t.parts - 1) / t.parts;
  double *room = jfi_alloc(each * t.parts * sizeof *room + c.diagonals * sizeof *t.index);
  if (!room) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a table of %zu numbers", t.room);
  t.part[0] = room;
  t.part[1] = room + each;
  t.index = (int32_t *)(void *)(room + each * t.parts);
  line = r->line;
  wanted = number;
  jfhe_status st = take_numbers(r, &h, &t, c.diagonals, &number);
  jfi_free(room);
  if (st != JFHE_OK && st != JFHE_ERR_FORMAT) return jfi_program_bad_build(st, "line", line);
  JFI_TRY(st);
  if (number != wanted)
    return jfi_fail(JFHE_ERR_FORMAT, "program, line %u: table @%u equals @%u", line, wanted, number);
  return JFHE_OK;
}

/* ---- operations ---- */
static jfhe_status take_input(reader *r) {
  char name[JFHE_NAME_MAX + 1];
  double bound;
  uint32_t number, packing;
  JFI_TRY(take_name(r, name));
  if (take_word(r, "real"))
    packing = JFHE_PACK_REAL;
  else if (take_word(r, "complex"))
    packing = JFHE_PACK_COMPLEX;
  else
    return expected(r, "real or complex");
  JFI_TRY(take_real(r, &bound));
  JFI_TRY(line_end(r));
  return built(r, jfi_program_input(r->p, &number, name, packing, bound));
}

/* Behind the values and the table. */
static jfhe_status take_operands(reader *r, jfi_node *n) {
  switch (n->op) {
  case JFI_OP_ADD_CONST:
  case JFI_OP_MUL_CONST: JFI_TRY(take_real(r, &n->re)); return more(r) ? take_real(r, &n->im) : JFHE_OK;
  case JFI_OP_SETTLE: return take_real(r, &n->re);
  case JFI_OP_ROTATE: return take_signed(r, &n->k, "a rotation");
  case JFI_OP_INNER_SUM:
    JFI_TRY(take_signed(r, &n->k, "a stride"));
    return take_count(r, UINT32_MAX, &n->count, "a count");
  case JFI_OP_LEVEL:
    JFI_TRY(take_signed(r, &n->k, "a level"));
    return n->k < 0 ? BAD(r, "level %d is none", n->k) : JFHE_OK;
  case JFI_OP_POLY: n->flags = take_word(r, "promised") ? JFHE_POLY_PROMISED : 0; return JFHE_OK;
  default: return JFHE_OK;
  }
}

static jfhe_status take_node(reader *r) {
  uint32_t number, op = JFI_OP_INPUT;
  JFI_TRY(take_reference(r, '%', &number));
  if (number != r->p->n_nodes) return BAD(r, "value %%%u, the next is %%%u", number, r->p->n_nodes);
  JFI_TRY(take_char(r, '=', "'='"));
  while (op < JFI_OP_SOURCES && !take_word(r, jfi_op_name(op))) op++;
  if (op == JFI_OP_SOURCES) return expected(r, "an operation");
  if (op == JFI_OP_INPUT) return take_input(r);
  jfi_node n = {.op = (uint8_t)op};
  if (jfi_op_arity(op) > 0) JFI_TRY(take_reference(r, '%', &n.a));
  if (jfi_op_arity(op) > 1) JFI_TRY(take_reference(r, '%', &n.b));
  if (jfi_op_table(op)) JFI_TRY(take_reference(r, '@', &n.table));
  JFI_TRY(take_operands(r, &n));
  JFI_TRY(line_end(r));
  return built(r, jfi_program_append(r->p, &number, &n));
}

static jfhe_status take_promise(reader *r) {
  uint32_t value;
  double bound;
  JFI_TRY(take_reference(r, '%', &value));
  JFI_TRY(take_real(r, &bound));
  JFI_TRY(line_end(r));
  return built(r, jfi_program_promise(r->p, value, bound));
}

static jfhe_status take_output(reader *r) {
  char name[JFHE_NAME_MAX + 1];
  uint32_t value, number;
  JFI_TRY(take_name(r, name));
  JFI_TRY(take_reference(r, '%', &value));
  JFI_TRY(line_end(r));
  return built(r, jfi_program_output(r->p, &number, name, value));
}

/* ---- the whole ---- */
static jfhe_status take_head(reader *r, jfhe_program **out) {
  uint32_t version, log_slots;
  next_line(r);
  (void)take_word(r, "jfp"); /* it is why we are here */
  JFI_TRY(take_count(r, UINT32_MAX, &version, "the version"));
  if (version != JFI_PROGRAM_VERSION)
    return bad_line(r, JFHE_ERR_VERSION, "version %u, this library reads %d", version, JFI_PROGRAM_VERSION);
  JFI_TRY(line_end(r));
  if (!next_statement(r)) return bad_line(r, JFHE_ERR_TRUNCATED, "%s", "the text ends without 'end'");
  if (!take_word(r, "slots")) return expected(r, "slots");
  JFI_TRY(take_char(r, '2', "2^ and the logarithm of the slots"));
  JFI_TRY(take_char(r, '^', "2^ and the logarithm of the slots"));
  JFI_TRY(take_count(r, UINT32_MAX, &log_slots, "the logarithm of the slots"));
  JFI_TRY(line_end(r));
  JFI_TRY(built(r, jfi_program_new(out, log_slots)));
  r->p = *out;
  return JFHE_OK;
}

/* Lines that begin with a value are operations, and none is shorter than "%0=neg%0". */
static uint32_t count_nodes(const reader *from) {
  reader r = *from;
  size_t most = (size_t)(r.text_end - r.next) / 8 + 1;
  uint32_t n = 0;
  while (n < JFHE_PROGRAM_NODES_MAX && n < most && next_statement(&r)) n += *r.at == '%';
  return n;
}

jfhe_status jfi_program_get_text(jfhe_program **out, const char *text, size_t len) {
  reader r = {.next = text, .text_end = text + len};
  JFI_TRY(take_head(&r, out));
  JFI_TRY(jfi_program_reserve(r.p, count_nodes(&r)));
  for (int end = 0; !end;) {
    if (!next_statement(&r)) return bad_line(&r, JFHE_ERR_TRUNCATED, "%s", "the text ends without 'end'");
    if (*r.at == '@')
      JFI_TRY(take_table(&r));
    else if (*r.at == '%')
      JFI_TRY(take_node(&r));
    else if (take_word(&r, "promise"))
      JFI_TRY(take_promise(&r));
    else if (take_word(&r, "output"))
      JFI_TRY(take_output(&r));
    else if (take_word(&r, "end"))
      end = 1;
    else
      return expected(&r, "an operation, a table, promise, output or end");
  }
  JFI_TRY(line_end(&r));
  if (r.p->n_outputs == 0) return BAD(&r, "%s", "the program has no output");
  return next_statement(&r) ? expected(&r, "nothing") : JFHE_OK;
}
