/* codec/program_write.c: the binary form of a program, and its text. Numbers have one way to be written, so equal programs have equal
 * bytes. */
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "base/decimal.h"
#include "codec/program.h"

/* ---- binary ---- */
static void put32(jfi_out *o, uint32_t x) {
  uint8_t b[4];
  jfi_store32_le(b, x);
  jfi_out_bytes(o, b, sizeof b);
}

static void put_real(jfi_out *o, double x) {
  uint8_t b[8];
  uint64_t bits;
  x += 0.0; /* -0 is written as 0 */
  memcpy(&bits, &x, sizeof bits);
  jfi_store64_le(b, bits);
  jfi_out_bytes(o, b, sizeof b);
}

static void put_reals(jfi_out *o, const double *x, size_t count) {
  for (size_t i = 0; x && i < count; i++) put_real(o, x[i]);
}

static void put_name(jfi_out *o, const char *name) {
  size_t len = strlen(name);
  const uint8_t b[2] = {(uint8_t)len, (uint8_t)(len >> 8)};
  jfi_out_bytes(o, b, sizeof b);
  jfi_out_bytes(o, name, len);
}

static void put_table(jfi_out *o, const jfi_table *t) {
  const uint8_t head[4] = {(uint8_t)t->kind, t->im != NULL, (uint8_t)t->basis, 0};
  jfi_out_bytes(o, head, sizeof head);
  put32(o, (uint32_t)(t->kind == JFI_TABLE_LINMAP ? t->n_index : t->count));
  if (t->kind == JFI_TABLE_POLY) {
    put_real(o, t->a);
    put_real(o, t->b);
  }
  for (size_t i = 0; t->kind == JFI_TABLE_LINMAP && i < t->n_index; i++) put32(o, (uint32_t)t->index[i]);
  put_reals(o, t->re, t->count);
  put_reals(o, t->im, t->count);
}

static void put_node(jfi_out *o, const jfhe_program *p, const jfi_node *n) {
  const jfi_input *in = n->op == JFI_OP_INPUT ? &p->input[n->table] : NULL;
  int promised = isfinite(n->promise);
  const uint8_t head[4] = {n->op, (uint8_t)promised, in ? (uint8_t)in->packing : n->flags, 0};
  jfi_out_bytes(o, head, sizeof head);
  if (jfi_op_arity(n->op) > 0) put32(o, n->a);
  if (jfi_op_arity(n->op) > 1) put32(o, n->b);
  if (jfi_op_table(n->op)) put32(o, n->table);
  if (in) {
    put_real(o, in->bound);
    put_name(o, in->name);
  }
  if (n->op == JFI_OP_ADD_CONST || n->op == JFI_OP_MUL_CONST) {
    put_real(o, n->re);
    put_real(o, n->im);
  }
  if (n->op == JFI_OP_SETTLE) put_real(o, n->re);
  if (n->op == JFI_OP_ROTATE || n->op == JFI_OP_INNER_SUM || n->op == JFI_OP_LEVEL) put32(o, (uint32_t)n->k);
  if (n->op == JFI_OP_INNER_SUM) put32(o, n->count);
  if (promised) put_real(o, n->promise);
}

void jfi_program_put_binary(jfi_out *o, const jfhe_program *p, uint64_t total) {
  uint8_t head[JFI_PROGRAM_HEADER] = {0}, digest[JFI_PROGRAM_SUM];
  memcpy(head, jfi_program_magic, sizeof jfi_program_magic);
  jfi_store32_le(head + JFI_PROGRAM_AT_VERSION, JFI_PROGRAM_VERSION);
  jfi_store32_le(head + JFI_PROGRAM_AT_LOG_SLOTS, p->log_slots);
  jfi_store64_le(head + JFI_PROGRAM_AT_TOTAL, total);
  jfi_store32_le(head + JFI_PROGRAM_AT_TABLES, p->n_tables);
  jfi_store32_le(head + JFI_PROGRAM_AT_NODES, p->n_nodes);
  jfi_store32_le(head + JFI_PROGRAM_AT_INPUTS, p->n_inputs);
  jfi_store32_le(head + JFI_PROGRAM_AT_OUTPUTS, p->n_outputs);
  jfi_out_bytes(o, head, sizeof head);
  for (uint32_t i = 0; i < p->n_tables; i++) put_table(o, &p->table[i]);
  for (uint32_t i = 0; i < p->n_nodes; i++) put_node(o, p, &p->node[i]);
  for (uint32_t i = 0; i < p->n_outputs; i++) {
    put32(o, p->output[i].node);
    put_name(o, p->output[i].name);
  }
  jfi_sha256 sum = *o->sum; /* of all before; the whole hash goes on */
  jfi_sha256_final(&sum, digest);
  jfi_out_bytes(o, digest, sizeof digest);
}

/* ---- text ---- */
static void say(jfi_out *o, const char *text) { jfi_out_bytes(o, text, strlen(text)); }

static void say_count(jfi_out *o, const char *before, uint32_t x) {
  char digit[10];
  size_t at = sizeof digit;
  say(o, before);
  do digit[--at] = (char)('0' + x % 10);
  while (x /= 10);
  jfi_out_bytes(o, digit + at, sizeof digit - at);
}

static void say_signed(jfi_out *o, const char *before, int32_t k) {
  say(o, before);
  say_count(o, k < 0 ? "-" : "", k < 0 ? 0 - (uint32_t)k : (uint32_t)k);
}

static void say_real(jfi_out *o, const char *before, double x) {
  char text[JFI_DECIMAL_CHARS];
  say(o, before);
  jfi_out_bytes(o, text, jfi_decimal_write(text, x));
}

static void say_name(jfi_out *o, const char *before, const char *name) {
  say(o, before);
  for (; *name; name++) {
    if (*name == '"' || *name == '\\') say(o, "\\");
    jfi_out_bytes(o, name, 1);
  }
  say(o, "\"");
}

/* Eight numbers a line, real and imaginary parts in turn. The first line is begun, the others begin with `indent`. */
static void say_reals(jfi_out *o, const double *re, const double *im, size_t count, const char *indent) {
  enum { NUMBERS_A_LINE = 8 };
  size_t parts = im ? 2 : 1;
  for (size_t i = 0; i < count * parts; i++) {
    if (i && i % NUMBERS_A_LINE == 0) {
      say(o, "\n");
      say(o, indent);
    }
    say_real(o, " ", parts == 1 ? re[i] : i % 2 ? im[i / 2] : re[i / 2]);
  }
  say(o, "\n");
}

static void say_table(jfi_out *o, const jfhe_program *p, uint32_t number) {
  static const char *const kind[] = {"", " = vector", " = poly", " = linmap"};
  const jfi_table *t = &p->table[number];
  size_t slots = (size_t)1 << p->log_slots;
  say_count(o, "@", number);
  say(o, kind[t->kind]);
  if (t->kind == JFI_TABLE_POLY) {
    say(o, t->basis == JFHE_BASIS_POWER ? " power" : " chebyshev");
    if (t->basis == JFHE_BASIS_CHEB) {
      say_real(o, " ", t->a);
      say_real(o, " ", t->b);
    }
  }
  say(o, t->im ? " complex:" : ":");
  if (t->kind != JFI_TABLE_LINMAP) {
    say_reals(o, t->re, t->im, t->count, " ");
    return;
  }
  say(o, "\n");
  for (size_t i = 0; i < t->n_index; i++) {
    say_signed(o, "  diagonal ", t->index[i]);
    say(o, ":");
    say_reals(o, t->re + i * slots, t->im ? t->im + i * slots : NULL, slots, "   ");
  }
}

static void say_node(jfi_out *o, const jfhe_program *p, uint32_t number) {
  const jfi_node *n = &p->node[number];
  say_count(o, "%", number);
  say(o, " = ");
  say(o, jfi_op_name(n->op));
  if (jfi_op_arity(n->op) > 0) say_count(o, " %", n->a);
  if (jfi_op_arity(n->op) > 1) say_count(o, " %", n->b);
  if (jfi_op_table(n->op)) say_count(o, " @", n->table);
  switch (n->op) {
  case JFI_OP_INPUT:
    say_name(o, " \"", p->input[n->table].name);
    say_real(o, p->input[n->table].packing == JFHE_PACK_REAL ? " real " : " complex ", p->input[n->table].bound);
    break;
  case JFI_OP_ADD_CONST:
  case JFI_OP_MUL_CONST:
    say_real(o, " ", n->re);
    if (n->im != 0) say_real(o, " ", n->im);
    break;
  case JFI_OP_SETTLE: say_real(o, " ", n->re); break;
  case JFI_OP_INNER_SUM:
    say_signed(o, " ", n->k);
    say_count(o, " ", n->count);
    break;
  case JFI_OP_ROTATE:
  case JFI_OP_LEVEL: say_signed(o, " ", n->k); break;
  default:
    if (n->flags & JFHE_POLY_PROMISED) say(o, " promised");
  }
  say(o, "\n");
  if (isfinite(n->promise)) {
    say_count(o, "promise %", number);
    say_real(o, " ", n->promise);
    say(o, "\n");
  }
}

void jfi_program_put_text(jfi_out *o, const jfhe_program *p) {
  say(o, "jfp 1\n");
  say_count(o, "slots 2^", p->log_slots);
  say(o, p->n_tables ? "\n\n" : "\n");
  for (uint32_t i = 0; i < p->n_tables; i++) say_table(o, p, i);
  say(o, "\n");
  for (uint32_t i = 0; i < p->n_nodes; i++) say_node(o, p, i);
  say(o, "\n");
  for (uint32_t i = 0; i < p->n_outputs; i++) {
    say_name(o, "output \"", p->output[i].name);
    say_count(o, " %", p->output[i].node);
    say(o, "\n");
  }
  say(o, "end\n");
}
