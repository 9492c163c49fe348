/* plan/slopes.c: a polynomial and a multiple of its argument as one polynomial.
 *
 * The error of x - p(x) is that of x times the slope of x - p(x). Two operations do not know that the x in both is one number, and add 1 and
 * the slope of p: an iteration that contracts has a bound that grows in every turn. So k x + p(x) becomes the polynomial that it is, and so does
 * k x + (p(x) + y), where its slope is less than the parts' together.
 *
 * Coefficients of what is merged are rounded. A multiplication by a constant c charges 2^-48 |c|, and makes two roundings itself, so that
 * 2^-49 |c| may be gone before; a sum that cancels magnifies what its parts have. Each polynomial carries, in units of 2^-53, by how much of themselves
 * its coefficients may be off (`count`), and beyond ROUNDINGS_MAX nothing is merged. docs/SOUNDNESS.md, "Programs". */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "circuit/poly_eval.h"
#include "plan/pass.h"

static const double ROUNDINGS_MAX = 14;
/* The slope that a merge must leave of the parts' sum: a bound of one polynomial grows faster off its interval. */
static const double LESS = 0.95;

typedef struct merger {
  jfi_machine *m;
  const jfi_graph *from;
  jfi_graph *to;
  const double *mag;
  uint32_t *map;
  const uint32_t *uses;
  uint32_t *changed;
} merger;

/* k times value x; k is off by so much of itself, in units of 2^-53. */
typedef struct multiple {
  uint32_t x;
  double k, off;
} multiple;

static const jfi_node *old(const merger *x, uint32_t v) { return &x->from->node[v]; }

static multiple multiple_of(const merger *x, uint32_t v) {
  const jfi_node *n = old(x, v);
  switch (n->op) {
  case JFI_OP_MUL_INT: return (multiple){n->a, n->k, 0};
  case JFI_OP_NEG: return (multiple){n->a, -1, 0};
  case JFI_OP_MUL_CONST:
    if (n->im == 0) return (multiple){n->a, n->re, n->count}; /* foldings (simplify.c) */
    break;
  default: break;
  }
  return (multiple){v, 1, 0};
}

/* The new value of v if it is a polynomial in powers that nothing else reads. */
static const jfi_node *poly_of(const merger *x, uint32_t v) {
  const jfi_node *n = &x->to->node[x->map[v]];
  if (x->uses[v] != 1 || n->op != JFI_OP_POLY) return NULL;
  const jfhe_poly *p = jfi_machine_poly(x->m, n);
  return p->basis == JFHE_BASIS_POWER && p->degree > 1 ? n : NULL;
}

/* Value v as a multiple of a polynomial; null where it is none, or something else reads it. */
static const jfi_node *poly_in(const merger *x, uint32_t v, multiple *f) {
  *f = (multiple){v, 1, 0};
  if (poly_of(x, v) || x->uses[v] != 1) return poly_of(x, v);
  *f = multiple_of(x, v);
  return f->x == v ? NULL : poly_of(x, f->x);
}

static double slope_of(const jfhe_poly *p, double mag) { return jfi_poly_bounds(p, mag, 0, 1).slope; }

/* Coefficients of f p(x) + k x; by how much of themselves they may be off, in units of 2^-53. */
static double add_line(double *c, const jfi_node *n, const jfhe_poly *p, const multiple *f, const multiple *l) {
  double inexact = 0, most = fmax(n->count + f->off, l->off);
  for (uint32_t i = 0; i <= p->degree; i++) {
    c[i] = f->k * p->c[i];
    if (fma(f->k, p->c[i], -c[i]) != 0) inexact = 1;
    if (p->c[i] != 0 && !(fabs(c[i]) > 0x1p-900)) return HUGE_VAL;
  }
  const double parts = fabs(c[1]) + fabs(l->k);
  most = fmax(most, n->count + f->off + inexact);
  c[1] += l->k;
  return (most > 0 ? most * fmax(1, parts / fabs(c[1])) : 0) + 1;
}

/* sign value v + times line, where v is a multiple of p(x) and line one of x. merged->op: 0 where they are not, or that brings nothing. */
static jfhe_status merge(merger *x, jfi_node *merged, uint32_t v, double sign, uint32_t line, double times) {
  multiple f, l = multiple_of(x, line);
  const jfi_node *n = poly_in(x, v, &f);
  merged->op = 0;
  if (n && n->a == x->map[line])
    l = (multiple){line, 1, 0}; /* of a value that is a multiple itself */
  else if (!n || n->a != x->map[l.x])
    return JFHE_OK;
  f.k *= sign;
  l.k *= times;
  const jfhe_poly *p = jfi_machine_poly(x->m, n);
  jfi_node sum = *n;
  double c[JFHE_POLY_DEGREE_MAX + 1], parts = fabs(f.k) * slope_of(p, x->mag[l.x]) + fabs(l.k);
  double off = add_line(c, n, p, &f, &l);
  if (!(off <= ROUNDINGS_MAX)) return JFHE_OK;
  JFI_TRY(jfi_machine_poly_with(x->m, &sum, c));
  if (!(slope_of(jfi_machine_poly(x->m, &sum), x->mag[l.x]) < LESS * parts)) return JFHE_OK;
  sum.count = (uint32_t)ceil(off);
  sum.promise = HUGE_VAL;
  *merged = sum;
  *x->changed |= JFI_REWRITE_SLOPES;
  return JFHE_OK;
}

/* The same where v may be a sum of such a multiple and something else, which is the rest. */
static jfhe_status merge_either(merger *x, jfi_node *merged, jfi_node *rest, uint32_t v, double sign, uint32_t line,
                                double times) {
  const jfi_node *n = old(x, v);
  rest->op = 0;
  JFI_TRY(merge(x, merged, v, sign, line, times));
  if (merged->op || x->uses[v] != 1 || (n->op != JFI_OP_ADD && n->op != JFI_OP_SUB)) return JFHE_OK;
  double second = n->op == JFI_OP_SUB ? -sign : sign;
  JFI_TRY(merge(x, merged, n->a, sign, line, times));
  *rest = (jfi_node){.op = second < 0 ? JFI_OP_SUB : JFI_OP_ADD, .b = x->map[n->b], .table = JFI_NONE};
  if (merged->op) return JFHE_OK;
  JFI_TRY(merge(x, merged, n->b, second, line, times));
  *rest = (jfi_node){.op = sign < 0 ? JFI_OP_SUB : JFI_OP_ADD, .b = x->map[n->a], .table = JFI_NONE};
  return JFHE_OK;
}

static jfhe_status visit(merger *x, uint32_t v) {
  const jfi_node *n = old(x, v);
  jfi_node merged = {0}, rest = {0};
  const double second = n->op == JFI_OP_SUB ? -1 : 1;
  if (n->op == JFI_OP_ADD || n->op == JFI_OP_SUB) {
    JFI_TRY(merge_either(x, &merged, &rest, n->b, second, n->a, 1));
    if (!merged.op) JFI_TRY(merge_either(x, &merged, &rest, n->a, 1, n->b, second));
  }
  if (!merged.op) return jfi_graph_copy(x->to, &x->map[v], x->from, n, x->map);
  if (!rest.op) merged.promise = n->promise;
  JFI_TRY(jfi_graph_add(x->to, &x->map[v], &merged, NULL, NULL));
  if (!rest.op) return JFHE_OK;
  rest.a = x->map[v];
  rest.promise = n->promise;
  return jfi_graph_add(x->to, &x->map[v], &rest, NULL, NULL);
}

static jfhe_status visit_all(merger *x) {
  for (uint32_t v = 0; v < x->from->n_nodes; v++) JFI_TRY(visit(x, v));
  return JFHE_OK;
}

jfhe_status jfi_pass_slopes(jfi_graph *g, jfi_machine *m, uint32_t *changed) {
  jfi_graph to = {0};
  uint32_t *uses = NULL;
  double *mag = jfi_alloc_zero((g->n_nodes + 1) * sizeof *mag);
  merger x = {.m = m, .from = g, .to = &to, .mag = mag, .map = jfi_numbers_new(g->n_nodes), .changed = changed};
  jfhe_status st = mag && x.map ? jfi_graph_uses(g, &uses) : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan");
  x.uses = uses;
  if (st == JFHE_OK) st = jfi_graph_like(&to, g);
  if (st == JFHE_OK) {
    jfi_magnitudes(m, g, mag);
    st = visit_all(&x);
  }
  if (st == JFHE_OK)
    jfi_graph_replace(g, &to, x.map);
  else
    jfi_graph_free(&to);
  jfi_free(mag);
  jfi_free(x.map);
  jfi_free(uses);
  return st == JFHE_OK ? jfi_graph_sweep(g) : st;
}
