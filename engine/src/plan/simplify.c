/* plan/simplify.c: what changes no value, or changes it within what the bounds of constants allow for.
 *
 * Sums of constants are folded where the sum is exact. Products of constants are folded up to FOLDS_MAX times: each folding rounds once,
 * 2^-53 of the constant, and the bound of a multiplication by a constant charges 2^-48 of it for the two roundings it makes itself. */
#include <math.h>

#include "base/mem.h"
#include "base/status.h"
#include "plan/pass.h"

enum { FOLDS_MAX = 8 };

typedef struct simplifier {
  const jfi_graph *from;
  jfi_graph *to;
  const jfhe_program *p;
  uint32_t *map, *uses; /* old values: their new numbers, how often they are read */
} simplifier;

static const jfi_node *made(const simplifier *s, uint32_t value) { return &s->to->node[value]; }

static jfhe_status add(simplifier *s, uint32_t *at, jfi_node n) { return jfi_graph_add(s->to, at, &n, NULL, NULL); }

static int is_small_int(const jfi_node *n) { return n->im == 0 && n->re == floor(n->re) && fabs(n->re) < 0x1p31; }

/* a + b is a double exactly. [Knu98, 4.2.2] */
static int exact_sum(double a, double b) {
  double s = a + b, t = s - a;
  return (a - (s - t)) + (b - t) == 0;
}

/* Sums and differences of negated or equal values. */
static jfhe_status sum(simplifier *s, uint32_t *at, jfi_node n) {
  const jfi_node *a = made(s, n.a), *b = made(s, n.b);
  int minus = n.op == JFI_OP_SUB;
  if (b->op == JFI_OP_NEG) {
    n.b = b->a;
    minus = !minus;
  } else if (a->op == JFI_OP_NEG && !minus) {
    uint32_t x = a->a;
    n.a = n.b;
    n.b = x;
    minus = 1;
  }
  n.op = minus ? JFI_OP_SUB : JFI_OP_ADD;
  if (n.a != n.b || minus) return add(s, at, n);
  return add(
      s, at,
      (jfi_node){.op = JFI_OP_MUL_INT, .a = n.a, .b = JFI_NONE, .table = JFI_NONE, .k = 2, .promise = n.promise});
}

static jfhe_status add_const(simplifier *s, uint32_t *at, jfi_node n) {
  const jfi_node *a = made(s, n.a);
  if (a->op == JFI_OP_ADD_CONST && exact_sum(a->re, n.re) && exact_sum(a->im, n.im)) {
    n.re += a->re;
    n.im += a->im;
    n.a = a->a;
  }
  if (n.re != 0 || n.im != 0) return add(s, at, n);
  *at = n.a;
  return JFHE_OK;
}

static jfhe_status mul_const(simplifier *s, uint32_t *at, jfi_node n) {
  const jfi_node *a = made(s, n.a);
  uint32_t folds = a->count + 1;
  if (a->op == JFI_OP_MUL_CONST && a->im == 0 && n.im == 0 && folds <= FOLDS_MAX && isfinite(a->re * n.re) &&
      fabs(a->re * n.re) > 0x1p-900) {
    n.re *= a->re;
    n.count = folds;
    n.a = a->a;
  }
  if (n.re == 1 && n.im == 0) {
    *at = n.a;
    return JFHE_OK;
  }
  jfi_node r = {.a = n.a, .b = JFI_NONE, .table = JFI_NONE, .promise = n.promise};
  if (n.re == -1 && n.im == 0) {
    r.op = JFI_OP_NEG;
  } else if (is_small_int(&n)) {
    r.op = JFI_OP_MUL_INT;
    r.k = (int32_t)n.re;
  } else if (n.re == 0 && n.im == 1) {
    r.op = JFI_OP_MUL_I;
  } else {
    r = n;
  }
  return add(s, at, r);
}

/* The one number that fills every slot; 0 where there is none. */
static int is_constant(const simplifier *s, const jfi_table *t) {
  if (t->count != (size_t)1 << s->p->log_slots) return 0;
  for (size_t i = 1; i < t->count; i++)
    if (t->re[i] != t->re[0] || (t->im && t->im[i] != t->im[0])) return 0;
  return 1;
}

static jfhe_status with_vector(simplifier *s, uint32_t *at, jfi_node n) {
  const jfi_table *t = &s->p->table[n.table];
  if (!is_constant(s, t)) return add(s, at, n);
  n.re = t->re[0];
  n.im = t->im ? t->im[0] : 0;
  n.table = JFI_NONE;
  if (n.op == JFI_OP_ADD_VECTOR) {
    n.op = JFI_OP_ADD_CONST;
    return add_const(s, at, n);
  }
  n.op = JFI_OP_MUL_CONST;
  return mul_const(s, at, n);
}

static jfhe_status rotate(simplifier *s, uint32_t *at, jfi_node n, uint32_t old_a) {
  const jfi_node *a = made(s, n.a);
  int64_t slots = (int64_t)1 << s->p->log_slots, k = n.k;
  if (a->op == JFI_OP_ROTATE && s->uses[old_a] == 1) {
    k += a->k;
    n.a = a->a;
  }
  k = ((k % slots) + slots) % slots;
  n.k = (int32_t)(k > slots / 2 ? k - slots : k);
  if (k != 0) return add(s, at, n);
  *at = n.a;
  return JFHE_OK;
}

/* X of X of a: a. */
static jfhe_status involution(simplifier *s, uint32_t *at, jfi_node n) {
  const jfi_node *a = made(s, n.a);
  if (a->op != n.op) return add(s, at, n);
  *at = a->a;
  return JFHE_OK;
}

static jfhe_status visit(simplifier *s, uint32_t *at, const jfi_node *old) {
  jfi_node n = *old;
  if (n.a != JFI_NONE) n.a = s->map[n.a];
  if (n.b != JFI_NONE) n.b = s->map[n.b];
  switch (n.op) {
  case JFI_OP_ADD:
  case JFI_OP_SUB: return sum(s, at, n);
  case JFI_OP_NEG:
  case JFI_OP_CONJUGATE: return involution(s, at, n);
  case JFI_OP_ADD_CONST: return add_const(s, at, n);
  case JFI_OP_MUL_CONST: return mul_const(s, at, n);
  case JFI_OP_ADD_VECTOR:
  case JFI_OP_MUL_VECTOR: return with_vector(s, at, n);
  case JFI_OP_ROTATE: return rotate(s, at, n, old->a);
  case JFI_OP_INNER_SUM:
    if (n.count != 1) return add(s, at, n);
    *at = n.a;
    return JFHE_OK;
  default: return add(s, at, n);
  }
}

static jfhe_status visit_all(simplifier *s) {
  for (uint32_t i = 0; i < s->from->n_nodes; i++) {
    const jfi_node *old = &s->from->node[i];
    JFI_TRY(visit(s, &s->map[i], old));
    jfi_node *n = &s->to->node[s->map[i]];
    if (old->promise < n->promise) n->promise = old->promise; /* the value is the same */
  }
  return JFHE_OK;
}

jfhe_status jfi_pass_simplify(jfi_graph *g, const jfhe_program *p) {
  jfi_graph to = {0};
  simplifier s = {.from = g, .to = &to, .p = p, .map = jfi_numbers_new(g->n_nodes)};
  jfhe_status st = s.map ? jfi_graph_uses(g, &s.uses) : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan");
  if (st == JFHE_OK) st = jfi_graph_like(&to, g);
  if (st == JFHE_OK) st = visit_all(&s);
  if (st == JFHE_OK)
    jfi_graph_replace(g, &to, s.map);
  else
    jfi_graph_free(&to);
  jfi_free(s.map);
  jfi_free(s.uses);
  return st == JFHE_OK ? jfi_graph_sweep(g) : st;
}
