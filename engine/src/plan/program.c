/* plan/program.c: building programs. See program.h. */
#include "plan/program.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "base/status.h"

/* ---- what each operation is ---- */
typedef struct op_facts {
  const char *name;
  uint8_t arity, table;
} op_facts;

static const op_facts FACTS[JFI_OP_COUNT] = {
    [JFI_OP_INPUT] = {"input", 0, 0},
    [JFI_OP_ADD] = {"add", 2, 0},
    [JFI_OP_SUB] = {"sub", 2, 0},
    [JFI_OP_NEG] = {"neg", 1, 0},
    [JFI_OP_MUL] = {"mul", 2, 0},
    [JFI_OP_ADD_CONST] = {"add_const", 1, 0},
    [JFI_OP_MUL_CONST] = {"mul_const", 1, 0},
    [JFI_OP_ADD_VECTOR] = {"add_vector", 1, JFI_TABLE_VECTOR},
    [JFI_OP_MUL_VECTOR] = {"mul_vector", 1, JFI_TABLE_VECTOR},
    [JFI_OP_ROTATE] = {"rotate", 1, 0},
    [JFI_OP_CONJUGATE] = {"conjugate", 1, 0},
    [JFI_OP_INNER_SUM] = {"inner_sum", 1, 0},
    [JFI_OP_LINMAP] = {"linmap", 1, JFI_TABLE_LINMAP},
    [JFI_OP_POLY] = {"poly", 1, JFI_TABLE_POLY},
    [JFI_OP_LEVEL] = {"level", 1, 0},
    [JFI_OP_LOOKUP] = {"lookup", 1, JFI_TABLE_VECTOR},
    [JFI_OP_BOOTSTRAP] = {"bootstrap", 1, 0},
    [JFI_OP_SETTLE] = {"settle", 1, 0},
    [JFI_OP_SUM] = {"sum", 0, 0},
    [JFI_OP_MUL_INT] = {"mul_int", 1, 0},
    [JFI_OP_MUL_I] = {"mul_i", 1, 0},
    [JFI_OP_TO_LEVEL] = {"to_level", 1, 0},
    [JFI_OP_ROTATE_SUM] = {"rotate_sum", 1, 0},
    [JFI_OP_LIFT] = {"lift", 1, 0},
    [JFI_OP_LOWER] = {"lower", 1, 0},
};

static const op_facts *facts(uint32_t op) {
  static const op_facts unknown = {"unknown", 0, 0};
  return op < JFI_OP_COUNT && FACTS[op].name ? &FACTS[op] : &unknown;
}

const char *jfi_op_name(uint32_t op) { return facts(op)->name; }
uint32_t jfi_op_arity(uint32_t op) { return facts(op)->arity; }
uint32_t jfi_op_table(uint32_t op) { return facts(op)->table; }

/* ---- growing arrays ---- */
/* Room for one more; doubles. */
static jfhe_status grow(void **array, uint32_t *cap, uint32_t count, uint32_t most, size_t item, const char *what) {
  if (count < *cap) return JFHE_OK;
  if (count >= most) return jfi_fail(JFHE_ERR_ARG, "a program holds at most %u %s", most, what);
  uint32_t wanted = *cap ? *cap * 2 : 16;
  if (wanted > most) wanted = most;
  void *bigger = jfi_alloc_zero((size_t)wanted * item);
  if (!bigger) return jfi_fail(JFHE_ERR_MEMORY, "no memory for %u %s", wanted, what);
  if (count) memcpy(bigger, *array, (size_t)count * item);
  jfi_free(*array);
  *array = bigger;
  *cap = wanted;
  return JFHE_OK;
}

#define GROW(p, array, most, what)                                                                                     \
  grow((void **)&(p)->array, &(p)->cap_##array##s, (p)->n_##array##s, most, sizeof *(p)->array, what)

jfhe_status jfi_program_new(jfhe_program **out, uint32_t log_slots) {
  enum { LOG_SLOTS_MAX = 16 };
  if (log_slots > LOG_SLOTS_MAX)
    return jfi_fail(JFHE_ERR_ARG, "vectors of 2^%u slots: at most 2^%d", log_slots, LOG_SLOTS_MAX);
  jfhe_program *p = jfi_alloc_zero(sizeof *p);
  if (!p) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a program");
  p->log_slots = log_slots;
  *out = p;
  return JFHE_OK;
}

static void free_table(jfi_table *t) {
  jfi_free(t->re);
  jfi_free(t->im);
  jfi_free(t->index);
}

void jfhe_program_free(jfhe_program *p) {
  if (!p) return;
  for (uint32_t i = 0; i < p->n_tables; i++) free_table(&p->table[i]);
  for (uint32_t i = 0; i < p->n_inputs; i++) jfi_free(p->input[i].name);
  for (uint32_t i = 0; i < p->n_outputs; i++) jfi_free(p->output[i].name);
  jfi_free(p->node);
  jfi_free(p->table);
  jfi_free(p->input);
  jfi_free(p->output);
  jfi_index_free(&p->tables);
  jfi_index_free(&p->input_names);
  jfi_index_free(&p->output_names);
  jfi_free(p);
}

/* ---- names ---- */
/* Length of the UTF-8 sequence at s, 0 when it is none (overlong, surrogate, beyond U+10FFFF, a control character). */
static size_t sequence(const uint8_t *s) {
  if (s[0] < 0x80) return s[0] >= 0x20 && s[0] != 0x7f;
  size_t more = s[0] >= 0xf0 ? 3 : s[0] >= 0xe0 ? 2 : 1;
  if (s[0] < 0xc2 || s[0] > 0xf4) return 0;
  uint32_t code = s[0] & (0x3fu >> more);
  for (size_t i = 1; i <= more; i++) {
    if ((s[i] & 0xc0) != 0x80) return 0;
    code = code << 6 | (s[i] & 0x3f);
  }
  static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
  if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) || code < 0xa0) return 0;
  return more + 1;
}

jfhe_status jfi_name_check(const char *name) {
  const uint8_t *s = (const uint8_t *)name;
  size_t len = 0;
  while (s[len]) {
    size_t step = sequence(s + len);
    if (step == 0) return jfi_fail(JFHE_ERR_ARG, "a name has a control character or broken UTF-8 at byte %zu", len);
    len += step;
    if (len > JFHE_NAME_MAX) return jfi_fail(JFHE_ERR_ARG, "a name is longer than %d bytes", JFHE_NAME_MAX);
  }
  return len ? JFHE_OK : jfi_fail(JFHE_ERR_ARG, "a name is empty");
}

static jfhe_status copy_name(char **out, const char *name) {
  JFI_TRY(jfi_name_check(name));
  size_t bytes = strlen(name) + 1;
  *out = jfi_alloc(bytes);
  if (!*out) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a name");
  memcpy(*out, name, bytes);
  return JFHE_OK;
}

/* ---- operations ---- */
static jfhe_status check_node(const jfhe_program *p, const jfi_node *node) {
  uint32_t arity = jfi_op_arity(node->op), kind = jfi_op_table(node->op);
  if (node->op == 0 || node->op >= JFI_OP_SOURCES || node->op == JFI_OP_INPUT)
    return jfi_fail(JFHE_ERR_ARG, "operation %u is none of a program's", node->op);
  if (node->a >= p->n_nodes || (arity == 2 && node->b >= p->n_nodes))
    return jfi_fail(JFHE_ERR_ARG, "%s reads value %u, which is not made yet", jfi_op_name(node->op),
                    node->a >= p->n_nodes ? node->a : node->b);
  if (kind && (node->table >= p->n_tables || p->table[node->table].kind != kind))
    return jfi_fail(JFHE_ERR_ARG, "%s reads table %u, which is none of its kind", jfi_op_name(node->op), node->table);
  if (!isfinite(node->re) || !isfinite(node->im))
    return jfi_fail(JFHE_ERR_VALUE, "the constant of %s is not a finite number", jfi_op_name(node->op));
  if (node->op == JFI_OP_INNER_SUM) {
    uint32_t slots = (uint32_t)1 << p->log_slots, stride = (uint32_t)node->k, count = node->count;
    if (count == 0 || (count & (count - 1)) || stride == 0 || count > slots || stride > slots / count)
      return jfi_fail(JFHE_ERR_ARG, "an inner sum of %u numbers %u apart does not fit %u slots", count, stride, slots);
  }
  if (node->op == JFI_OP_SETTLE && !(node->re > 0))
    return jfi_fail(JFHE_ERR_VALUE, "the limit of a settled value is above 0");
  if (node->op == JFI_OP_POLY && node->flags > JFHE_POLY_PROMISED)
    return jfi_fail(JFHE_ERR_ARG, "flags %u of a polynomial are unknown", node->flags);
  return JFHE_OK;
}

static jfhe_status push(jfhe_program *p, uint32_t *out, const jfi_node *node) {
  JFI_TRY(GROW(p, node, JFHE_PROGRAM_NODES_MAX, "operations"));
  *out = p->n_nodes++;
  p->node[*out] = *node;
  p->node[*out].promise = HUGE_VAL;
  return JFHE_OK;
}

jfhe_status jfi_program_append(jfhe_program *p, uint32_t *out, const jfi_node *node) {
  JFI_TRY(check_node(p, node));
  jfi_node n = *node;
  uint32_t arity = jfi_op_arity(n.op);
  if (arity < 2) n.b = JFI_NONE;
  if (!jfi_op_table(n.op)) n.table = JFI_NONE;
  return push(p, out, &n);
}

jfhe_status jfi_program_input(jfhe_program *p, uint32_t *out, const char *name, uint32_t packing, double bound) {
  if (packing != JFHE_PACK_REAL && packing != JFHE_PACK_COMPLEX)
    return jfi_fail(JFHE_ERR_ARG, "an input's packing is real or complex slots");
  if (!(bound > 0) || !isfinite(bound)) return jfi_fail(JFHE_ERR_VALUE, "an input's bound must be positive and finite");
  uint32_t tag = jfi_tag(name, strlen(name)), cursor = tag;
  for (uint32_t i; (i = jfi_index_next(&p->input_names, tag, &cursor)) != JFI_NONE;)
    if (strcmp(p->input[i].name, name) == 0) return jfi_fail(JFHE_ERR_ARG, "two inputs are called '%s'", name);
  JFI_TRY(GROW(p, input, JFHE_PROGRAM_NODES_MAX, "inputs"));
  JFI_TRY(jfi_index_reserve(&p->input_names));
  char *copy;
  JFI_TRY(copy_name(&copy, name));
  jfi_node node = {.op = JFI_OP_INPUT, .a = JFI_NONE, .b = JFI_NONE, .table = p->n_inputs};
  jfhe_status status = push(p, out, &node);
  if (status != JFHE_OK) {
    jfi_free(copy);
    return status;
  }
  jfi_index_put(&p->input_names, tag, p->n_inputs);
  p->input[p->n_inputs++] = (jfi_input){copy, *out, packing, bound};
  return JFHE_OK;
}

jfhe_status jfi_program_output(jfhe_program *p, uint32_t *out, const char *name, uint32_t node) {
  if (node >= p->n_nodes) return jfi_fail(JFHE_ERR_ARG, "output '%s' is value %u, which is not made yet", name, node);
  uint32_t tag = jfi_tag(name, strlen(name)), cursor = tag;
  for (uint32_t i; (i = jfi_index_next(&p->output_names, tag, &cursor)) != JFI_NONE;)
    if (strcmp(p->output[i].name, name) == 0) return jfi_fail(JFHE_ERR_ARG, "two outputs are called '%s'", name);
  JFI_TRY(GROW(p, output, JFHE_PROGRAM_NODES_MAX, "outputs"));
  JFI_TRY(jfi_index_reserve(&p->output_names));
  char *copy;
  JFI_TRY(copy_name(&copy, name));
  jfi_index_put(&p->output_names, tag, p->n_outputs);
  *out = p->n_outputs++;
  p->output[*out] = (jfi_output){copy, node};
  return JFHE_OK;
}

jfhe_status jfi_program_promise(jfhe_program *p, uint32_t node, double bound) {
  if (node >= p->n_nodes) return jfi_fail(JFHE_ERR_ARG, "a promise on value %u, which is not made yet", node);
  if (!(bound >= 0) || !isfinite(bound)) return jfi_fail(JFHE_ERR_VALUE, "a promised bound must be a finite number");
  if (bound < p->node[node].promise) p->node[node].promise = bound;
  return JFHE_OK;
}

/* ---- tables ---- */
static void set_digest(jfi_table *t) {
  jfi_sha256 s;
  const uint64_t head[5] = {t->kind, t->basis, t->count, t->n_index, t->im != NULL};
  const double interval[2] = {t->a, t->b};
  jfi_sha256_init(&s);
  jfi_sha256_update(&s, head, sizeof head);
  jfi_sha256_update(&s, interval, sizeof interval);
  jfi_sha256_update(&s, t->re, t->count * sizeof *t->re);
  if (t->im) jfi_sha256_update(&s, t->im, t->count * sizeof *t->im);
  if (t->index) jfi_sha256_update(&s, t->index, t->n_index * sizeof *t->index);
  jfi_sha256_final(&s, t->digest);
}

static void *copy_of(const void *from, size_t bytes) {
  void *to = jfi_alloc(bytes ? bytes : 1);
  if (to && bytes) memcpy(to, from, bytes);
  return to;
}

/* Negative zeros would make equal tables differ. */
static void positive_zeros(double *x, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] += 0.0;
}

static jfhe_status check_finite(const jfi_table *t) {
  for (size_t i = 0; i < t->count; i++)
    if (!isfinite(t->re[i]) || (t->im && !isfinite(t->im[i])))
      return jfi_fail(JFHE_ERR_VALUE, "number %zu of a table is not finite", i);
  return JFHE_OK;
}

static double largest(const jfi_table *t) {
  double most = 0;
  for (size_t i = 0; i < t->count; i++) {
    double x = fabs(t->re[i]);
    if (t->im) x = sqrt(x * x + t->im[i] * t->im[i]) * (1 + 0x1p-50);
    if (x > most) most = x;
  }
  return most;
}

static jfhe_status copy_table(jfi_table *t, const jfi_table *from) {
  *t = *from;
  t->re = copy_of(from->re, from->count * sizeof *t->re);
  t->im = from->im ? copy_of(from->im, from->count * sizeof *t->im) : NULL;
  t->index = from->index ? copy_of(from->index, from->n_index * sizeof *t->index) : NULL;
  if (!t->re || (from->im && !t->im) || (from->index && !t->index)) {
    free_table(t);
    return jfi_fail(JFHE_ERR_MEMORY, "no memory for a table of %zu numbers", from->count);
  }
  positive_zeros(&t->a, 1);
  positive_zeros(&t->b, 1);
  positive_zeros(t->re, t->count);
  if (t->im) positive_zeros(t->im, t->count);
  t->max = t->kind == JFI_TABLE_VECTOR ? largest(t) : 0;
  set_digest(t);
  return JFHE_OK;
}

jfhe_status jfi_program_table(jfhe_program *p, uint32_t *out, const jfi_table *content) {
  jfi_table t;
  JFI_TRY(check_finite(content));
  JFI_TRY(GROW(p, table, JFHE_PROGRAM_TABLES_MAX, "tables"));
  JFI_TRY(jfi_index_reserve(&p->tables));
  JFI_TRY(copy_table(&t, content));
  uint32_t tag = jfi_tag(t.digest, sizeof t.digest), cursor = tag;
  for (uint32_t i; (i = jfi_index_next(&p->tables, tag, &cursor)) != JFI_NONE;)
    if (memcmp(p->table[i].digest, t.digest, sizeof t.digest) == 0) {
      free_table(&t);
      *out = i;
      return JFHE_OK;
    }
  jfi_index_put(&p->tables, tag, p->n_tables);
  p->table[p->n_tables] = t;
  *out = p->n_tables++;
  return JFHE_OK;
}
