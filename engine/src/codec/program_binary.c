/* codec/program_binary.c: reading the binary form of a program. Every byte is checked, nothing is allocated that the length does not
 * account for, and there is one way to write a program: whatever is read here is written again to the same bytes. */
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/status.h"
#include "codec/program.h"

/* The shortest record of each kind: head and one value; head and one number; value, length and a letter. */
enum { TABLE_LEAST = 16, NODE_LEAST = 8, OUTPUT_LEAST = 7 };

typedef struct reader {
  const uint8_t *bytes;
  size_t at, end; /* of the records */
  jfhe_program *p;
  uint32_t tables, nodes, inputs, outputs;
} reader;

#define BAD(status, at, ...)         bad_at(status, at, __VA_ARGS__)
#define bad_at(status, at, fmt, ...) jfi_fail(status, "program, byte %llu: " fmt, (unsigned long long)(at), __VA_ARGS__)

/* The next len bytes, or null. */
static const uint8_t *take(reader *r, size_t len) {
  const uint8_t *b = r->bytes + r->at;
  if (len > r->end - r->at) {
    (void)BAD(JFHE_ERR_FORMAT, r->at, "%zu bytes more are needed, %zu are there", len, r->end - r->at);
    return NULL;
  }
  r->at += len;
  return b;
}

static jfhe_status take32(reader *r, uint32_t *x) {
  const uint8_t *b = take(r, 4);
  if (!b) return JFHE_ERR_FORMAT;
  *x = jfi_load32_le(b);
  return JFHE_OK;
}

/* Finite, and not -0: that would be a second way to write 0. */
static jfhe_status take_reals(reader *r, double *x, size_t count) {
  const uint8_t *b = take(r, 8 * count); /* count <= 2^33 was held against the length, or is 1 or 2 */
  if (!b) return JFHE_ERR_FORMAT;
  for (size_t i = 0; i < count; i++) {
    uint64_t bits = jfi_load64_le(b + 8 * i);
    memcpy(x + i, &bits, sizeof bits);
    if (!isfinite(x[i]) || (x[i] == 0 && bits))
      return BAD(JFHE_ERR_FORMAT, r->at - 8 * (count - i), "%s is no number here",
                 isfinite(x[i]) ? "-0"
                 : isnan(x[i])  ? "NaN"
                                : "infinity");
  }
  return JFHE_OK;
}

static jfhe_status take_name(reader *r, char name[JFHE_NAME_MAX + 1]) {
  const uint8_t *b = take(r, 2);
  if (!b) return JFHE_ERR_FORMAT;
  size_t len = b[0] | (size_t)b[1] << 8, at = r->at;
  if (len > JFHE_NAME_MAX) return BAD(JFHE_ERR_FORMAT, at - 2, "a name of %zu bytes", len);
  if (!(b = take(r, len))) return JFHE_ERR_FORMAT;
  memcpy(name, b, len);
  name[len] = 0;
  if (strlen(name) != len) return BAD(JFHE_ERR_FORMAT, at, "%s", "a zero byte in a name");
  return jfi_program_bad_build(jfi_name_check(name), "byte", at);
}

/* ---- tables ---- */
typedef struct table_head {
  uint32_t kind, complex, basis, count;
  size_t numbers, at;
} table_head;

static jfhe_status take_table_head(reader *r, table_head *h) {
  static const uint32_t most_poly = JFHE_POLY_DEGREE_MAX + 1;
  uint32_t slots = (uint32_t)1 << r->p->log_slots;
  size_t at = r->at;
  const uint8_t *b = take(r, 8);
  if (!b) return JFHE_ERR_FORMAT;
  *h = (table_head){.kind = b[0], .complex = b[1], .basis = b[2], .count = jfi_load32_le(b + 4), .at = at};
  if (h->kind < JFI_TABLE_VECTOR || h->kind > JFI_TABLE_LINMAP)
    return BAD(JFHE_ERR_FORMAT, h->at, "table kind %u is unknown", h->kind);
  int poly = h->kind == JFI_TABLE_POLY;
  if (h->complex > !poly) return BAD(JFHE_ERR_FORMAT, h->at + 1, "number kind %u is none of this table's", h->complex);
  if (h->basis > (poly ? JFHE_BASIS_CHEB : 0)) return BAD(JFHE_ERR_FORMAT, h->at + 2, "basis %u", h->basis);
  if (b[3]) return BAD(JFHE_ERR_FORMAT, h->at + 3, "%s", "a reserved byte is not 0");
  if (h->count == 0 || h->count > (poly ? most_poly : slots))
    return BAD(JFHE_ERR_FORMAT, h->at + 4, "a table of %u, not 1 to %u", h->count, poly ? most_poly : slots);
  uint64_t numbers = h->kind == JFI_TABLE_LINMAP ? (uint64_t)h->count * slots : h->count;
  if (numbers > (r->end - r->at) / (h->complex ? 16 : 8))
    return BAD(JFHE_ERR_FORMAT, h->at + 4, "%llu numbers do not fit", (unsigned long long)numbers);
  h->numbers = (size_t)numbers;
  return JFHE_OK;
}

/* room: the table's numbers, then its diagonals. */
static jfhe_status build_table(reader *r, const table_head *h, double *room, uint32_t *number) {
  double interval[2] = {0, 0}, *re = room, *im = h->complex ? room + h->numbers : NULL;
  int32_t *index = (int32_t *)(void *)(room + h->numbers * (h->complex ? 2 : 1));
  if (h->kind == JFI_TABLE_POLY) JFI_TRY(take_reals(r, interval, 2));
  for (uint32_t i = 0; h->kind == JFI_TABLE_LINMAP && i < h->count; i++) {
    uint32_t k = 0;
    JFI_TRY(take32(r, &k));
    index[i] = (int32_t)k;
  }
  JFI_TRY(take_reals(r, re, h->numbers));
  if (im) JFI_TRY(take_reals(r, im, h->numbers));
  jfhe_status st = h->kind == JFI_TABLE_POLY
                       ? jfhe_program_poly(r->p, number, re, h->numbers, h->basis, interval[0], interval[1])
                   : h->kind == JFI_TABLE_VECTOR ? jfhe_program_vector(r->p, number, re, im, h->numbers)
                                                 : jfhe_program_linmap(r->p, number, index, h->count, re, im);
  return jfi_program_bad_build(st, "byte", h->at);
}

static jfhe_status take_table(reader *r, uint32_t wanted) {
  table_head h = {0};
  uint32_t number = 0;
  JFI_TRY(take_table_head(r, &h));
  size_t parts = h.complex ? 2 : 1;
  double *room =
      jfi_alloc(h.numbers * parts * sizeof *room + (h.kind == JFI_TABLE_LINMAP ? h.count * sizeof(int32_t) : 0));
  if (!room) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a table of %zu numbers", h.numbers * parts);
  jfhe_status st = build_table(r, &h, room, &number);
  jfi_free(room);
  JFI_TRY(st);
  return number == wanted ? JFHE_OK : BAD(JFHE_ERR_FORMAT, h.at, "table %u equals table %u", wanted, number);
}

/* ---- operations ---- */
static jfhe_status take_input(reader *r, uint32_t packing, size_t at) {
  char name[JFHE_NAME_MAX + 1];
  double bound = 0;
  uint32_t number;
  JFI_TRY(take_reals(r, &bound, 1));
  JFI_TRY(take_name(r, name));
  return jfi_program_bad_build(jfi_program_input(r->p, &number, name, packing, bound), "byte", at);
}

/* What stands behind the head of an operation, but for the promise. */
static jfhe_status take_operands(reader *r, jfi_node *n) {
  uint32_t k = 0;
  double c[2] = {0, 0};
  size_t at = r->at;
  if (jfi_op_arity(n->op) > 0) JFI_TRY(take32(r, &n->a));
  if (jfi_op_arity(n->op) > 1) JFI_TRY(take32(r, &n->b));
  if (jfi_op_table(n->op)) JFI_TRY(take32(r, &n->table));
  if (n->op == JFI_OP_ADD_CONST || n->op == JFI_OP_MUL_CONST) {
    JFI_TRY(take_reals(r, c, 2));
    n->re = c[0];
    n->im = c[1];
  }
  if (n->op == JFI_OP_SETTLE) JFI_TRY(take_reals(r, &n->re, 1));
  if (n->op == JFI_OP_ROTATE || n->op == JFI_OP_INNER_SUM || n->op == JFI_OP_LEVEL) {
    JFI_TRY(take32(r, &k));
    n->k = (int32_t)k;
    if (n->op == JFI_OP_LEVEL && n->k < 0) return BAD(JFHE_ERR_FORMAT, r->at - 4, "level %u is none", k);
  }
  if (n->op == JFI_OP_INNER_SUM) JFI_TRY(take32(r, &n->count));
  return jfi_program_bad_build(jfi_program_append(r->p, &k, n), "byte", at - 4);
}

static jfhe_status take_node(reader *r) {
  size_t at = r->at;
  double promise = 0;
  const uint8_t *b = take(r, 4);
  if (!b) return JFHE_ERR_FORMAT;
  jfi_node n = {.op = b[0], .flags = b[2]};
  if (n.op == 0 || n.op >= JFI_OP_SOURCES) return BAD(JFHE_ERR_FORMAT, at, "operation %u is unknown", n.op);
  if (b[1] > 1) return BAD(JFHE_ERR_FORMAT, at + 1, "%u is no answer to whether there is a promise", b[1]);
  if (n.flags > (n.op == JFI_OP_INPUT || n.op == JFI_OP_POLY ? 1 : 0))
    return BAD(JFHE_ERR_FORMAT, at + 2, "flags %u of %s are unknown", n.flags, jfi_op_name(n.op));
  if (b[3]) return BAD(JFHE_ERR_FORMAT, at + 3, "%s", "a reserved byte is not 0");
  JFI_TRY(n.op == JFI_OP_INPUT ? take_input(r, n.flags, at) : take_operands(r, &n));
  if (!b[1]) return JFHE_OK;
  JFI_TRY(take_reals(r, &promise, 1));
  return jfi_program_bad_build(jfi_program_promise(r->p, r->p->n_nodes - 1, promise), "byte", r->at - 8);
}

static jfhe_status take_output(reader *r) {
  char name[JFHE_NAME_MAX + 1];
  uint32_t node = 0, number;
  size_t at = r->at;
  JFI_TRY(take32(r, &node));
  JFI_TRY(take_name(r, name));
  return jfi_program_bad_build(jfi_program_output(r->p, &number, name, node), "byte", at);
}

/* ---- the whole ---- */
static jfhe_status check_lengths(const uint8_t *b, size_t len) {
  size_t magic = len < sizeof jfi_program_magic ? len : sizeof jfi_program_magic;
  if (memcmp(b, jfi_program_magic, magic) != 0)
    return BAD(JFHE_ERR_FORMAT, 0, "%s", "this is a program neither in text nor in binary form");
  if (len < 12) return BAD(JFHE_ERR_TRUNCATED, len, "%s", "the bytes end inside the header");
  uint32_t version = jfi_load32_le(b + JFI_PROGRAM_AT_VERSION);
  if (version != JFI_PROGRAM_VERSION)
    return BAD(JFHE_ERR_VERSION, JFI_PROGRAM_AT_VERSION, "version %u, this library reads %d", version,
               JFI_PROGRAM_VERSION);
  if (len < JFI_PROGRAM_HEADER) return BAD(JFHE_ERR_TRUNCATED, len, "%s", "the bytes end inside the header");
  uint64_t total = jfi_load64_le(b + JFI_PROGRAM_AT_TOTAL);
  if (total < JFI_PROGRAM_HEADER + JFI_PROGRAM_SUM)
    return BAD(JFHE_ERR_FORMAT, JFI_PROGRAM_AT_TOTAL, "a length of %llu", (unsigned long long)total);
  if (total > len) return BAD(JFHE_ERR_TRUNCATED, len, "%s", "the bytes end inside the program");
  if (total < len) return BAD(JFHE_ERR_TRUNCATED, total, "%zu bytes follow the program", (size_t)(len - total));
  return JFHE_OK;
}

static jfhe_status check_sum(const uint8_t *b, size_t len) {
  uint8_t digest[JFI_PROGRAM_SUM];
  jfi_sha256 sum;
  jfi_sha256_init(&sum);
  jfi_sha256_update(&sum, b, len - sizeof digest);
  jfi_sha256_final(&sum, digest);
  return memcmp(digest, b + len - sizeof digest, sizeof digest) == 0
             ? JFHE_OK
             : BAD(JFHE_ERR_CHECKSUM, len - sizeof digest, "%s", "the checksum does not match");
}

static jfhe_status check_header(reader *r, const uint8_t *b) {
  const struct {
    uint32_t *field, at, least, most, bytes;
    const char *what;
  } row[] = {{&r->tables, JFI_PROGRAM_AT_TABLES, 0, JFHE_PROGRAM_TABLES_MAX, TABLE_LEAST, "tables"},
             {&r->nodes, JFI_PROGRAM_AT_NODES, 1, JFHE_PROGRAM_NODES_MAX, NODE_LEAST, "operations"},
             {&r->inputs, JFI_PROGRAM_AT_INPUTS, 0, JFHE_PROGRAM_NODES_MAX, NODE_LEAST, "inputs"},
             {&r->outputs, JFI_PROGRAM_AT_OUTPUTS, 1, JFHE_PROGRAM_NODES_MAX, OUTPUT_LEAST, "outputs"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    uint32_t n = *row[i].field = jfi_load32_le(b + row[i].at);
    if (n < row[i].least || n > row[i].most || n > (r->end - r->at) / row[i].bytes)
      return BAD(JFHE_ERR_FORMAT, row[i].at, "%u %s in %zu bytes", n, row[i].what, r->end - r->at);
  }
  for (uint32_t i = JFI_PROGRAM_AT_ZERO; i < JFI_PROGRAM_HEADER; i++)
    if (b[i]) return BAD(JFHE_ERR_FORMAT, i, "%s", "a reserved byte is not 0");
  return JFHE_OK;
}

jfhe_status jfi_program_get_binary(jfhe_program **out, const uint8_t *bytes, size_t len) {
  JFI_TRY(check_lengths(bytes, len));
  JFI_TRY(check_sum(bytes, len));
  reader r = {.bytes = bytes, .at = JFI_PROGRAM_HEADER, .end = len - JFI_PROGRAM_SUM};
  JFI_TRY(check_header(&r, bytes));
  JFI_TRY(jfi_program_bad_build(jfi_program_new(out, jfi_load32_le(bytes + JFI_PROGRAM_AT_LOG_SLOTS)), "byte",
                                JFI_PROGRAM_AT_LOG_SLOTS));
  r.p = *out;
  JFI_TRY(jfi_program_reserve(r.p, r.nodes));
  for (uint32_t i = 0; i < r.tables; i++) JFI_TRY(take_table(&r, i));
  for (uint32_t i = 0; i < r.nodes; i++) JFI_TRY(take_node(&r));
  if (r.p->n_inputs != r.inputs)
    return BAD(JFHE_ERR_FORMAT, JFI_PROGRAM_AT_INPUTS, "%u inputs are declared, %u are there", r.inputs, r.p->n_inputs);
  for (uint32_t i = 0; i < r.outputs; i++) JFI_TRY(take_output(&r));
  return r.at == r.end ? JFHE_OK : BAD(JFHE_ERR_FORMAT, r.at, "%zu bytes mean nothing", r.end - r.at);
}
