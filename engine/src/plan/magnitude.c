/* plan/magnitude.c: how large a value may be, before its level is known. A guide for choosing levels; what is proved comes from bounds.c. */
#include <math.h>

#include "circuit/linmap.h"
#include "circuit/poly_eval.h"
#include "plan/pass.h"

static double poly(const jfhe_poly *p, double x) {
  double y = p->basis == JFHE_BASIS_CHEB ? fabs(p->alpha) * x + fabs(p->beta) : x;
  double within = p->basis == JFHE_BASIS_CHEB && y > 1 ? 1 : y; /* beyond its interval a polynomial is refused anyway */
  return jfi_poly_bounds(p, within, 0, 1).mag;
}

static double sum(const jfi_machine *m, const jfi_graph *g, const jfi_node *n, const double *mag) {
  double s = fabs(n->re);
  for (uint32_t i = 0; i < n->count; i++) {
    const jfi_term *t = &g->term[(uint32_t)n->k + i];
    double f = fabs(t->c);
    if (t->b != JFI_NONE)
      f = mag[t->b];
    else if (t->table != JFI_NONE)
      f = m->program->table[t->table].max;
    s += f * mag[t->a];
  }
  return s;
}

static double of(const jfi_machine *m, const jfi_graph *g, const jfi_node *n, const double *mag) {
  double a = n->a == JFI_NONE ? 0 : mag[n->a], b = n->b == JFI_NONE ? 0 : mag[n->b];
  switch (n->op) {
  case JFI_OP_INPUT: return m->input[n->table].bound.mag;
  case JFI_OP_ADD:
  case JFI_OP_SUB: return a + b;
  case JFI_OP_MUL: return a * b;
  case JFI_OP_ADD_CONST: return a + fabs(n->re) + fabs(n->im);
  case JFI_OP_MUL_CONST: return a * (fabs(n->re) + fabs(n->im));
  case JFI_OP_ADD_VECTOR: return a + m->program->table[n->table].max;
  case JFI_OP_MUL_VECTOR: return a * m->program->table[n->table].max;
  case JFI_OP_INNER_SUM:
  case JFI_OP_ROTATE_SUM: return a * n->count;
  case JFI_OP_SETTLE: return n->re;
  case JFI_OP_LOOKUP: return m->program->table[n->table].max;
  case JFI_OP_LINMAP: return a * m->map[n->table]->norm;
  case JFI_OP_POLY: return poly(jfi_machine_poly(m, n), a);
  case JFI_OP_MUL_INT: return a * fabs((double)n->k);
  case JFI_OP_SUM: return sum(m, g, n, mag);
  default: return a;
  }
}

/* What a polynomial's evaluation holds on the way: every partial sum is at most the sum of its terms' moduli. */
static double inside(const jfhe_poly *p, double x) {
  double sum = 0, power = 1, r = p->basis == JFHE_BASIS_CHEB ? 1 : x;
  for (uint32_t i = 0; i <= p->degree; i++) {
    sum += fabs(p->c[i]) * power;
    power *= r;
  }
  return 2 * sum; /* the quotients of a division by T_g have twice the coefficients */
}

double jfi_magnitude_inside(const jfi_machine *m, const jfi_graph *g, const jfi_node *n, const double *mag) {
  switch (n->op) {
  case JFI_OP_POLY: return inside(jfi_machine_poly(m, n), mag[n->a]);
  case JFI_OP_MUL: /* products look at the promise before they end */
  case JFI_OP_MUL_CONST:
  case JFI_OP_MUL_VECTOR:
  case JFI_OP_SUM:
  case JFI_OP_INPUT: return 0;
  default: return of(m, g, n, mag); /* what was promised is looked at after they ended */
  }
}

void jfi_magnitudes(const jfi_machine *m, const jfi_graph *g, double *mag) {
  for (uint32_t i = 0; i < g->n_nodes; i++) mag[i] = fmin(of(m, g, &g->node[i], mag), g->node[i].promise);
}
