/* circuit/poly_plan.c: how to split a polynomial; see poly.h. Pure integer and double work on public data. */
#include <math.h>
#include <string.h>

#include "circuit/poly.h"

/* Costs relative to a relinearisation with its rescaling; measured ratios are near these. */
static const double COST_TENSOR = 0.12, COST_CONST = 0.03;

typedef struct splitter {
  jfi_poly_plan *p;
  uint32_t basis, log_leaf; /* leaves have degree < 2^log_leaf */
} splitter;

static uint32_t degree_of(const double *c, uint32_t degree) {
  while (degree > 0 && c[degree] == 0) degree--;
  return degree;
}

static void add_term(splitter *s, uint32_t node, uint32_t power, uint32_t child, double c) {
  uint32_t t = s->p->n_terms++;
  s->p->term[t] = (jfi_poly_term){power, child, c, s->p->node[node].terms};
  s->p->node[node].terms = t;
  s->p->node[node].products += child != JFI_POLY_NONE;
}

/* A leaf must be short, and its powers ready `avail` products after x. */
static int is_leaf(const splitter *s, const double *c, uint32_t degree, uint32_t avail) {
  if (degree >> s->log_leaf) return 0;
  for (uint32_t i = 1; i <= degree; i++)
    if (c[i] != 0 && jfi_poly_power_depth(i) > avail) return 0;
  return 1;
}

/* c = q*B_g + r, g <= degree < 2g; r overwrites c. T_{g+j} = 2 T_g T_j - T_{g-j}. */
static void divide(double *q, double *c, uint32_t degree, uint32_t g, uint32_t basis) {
  q[0] = c[g];
  for (uint32_t j = 1; j <= degree - g; j++) {
    q[j] = basis == JFHE_BASIS_CHEB ? 2 * c[g + j] : c[g + j];
    if (basis == JFHE_BASIS_CHEB) c[g - j] -= c[g + j];
  }
  for (uint32_t i = g; i <= degree; i++) c[i] = 0;
}

/* Node for c (overwritten), whose products are made `avail` levels below x: powers of depth up to avail are
 * there. Invariant degree < 2^(avail+1): q is shorter than B_g of depth <= avail, so its own node lies at
 * avail - 1 and satisfies it again. free: unused doubles behind c. */
static uint32_t split(splitter *s, double *c, uint32_t degree, uint32_t avail, double *free_room) {
  uint32_t node = s->p->n_nodes++;
  s->p->node[node] = (jfi_poly_node){.terms = JFI_POLY_NONE, .degree = degree};
  for (uint32_t i = 0; i <= degree; i++) s->p->node[node].abs += fabs(c[i]);
  degree = degree_of(c, degree);
  while (degree > 0 && !is_leaf(s, c, degree, avail)) {
    uint32_t g = 1;
    while (g * 2 <= degree) g *= 2;
    uint32_t dq = degree - g;
    divide(free_room, c, degree, g, s->basis);
    if (degree_of(free_room, dq) == 0) {
      add_term(s, node, g, JFI_POLY_NONE, free_room[0]);
    } else {
      uint32_t child = split(s, free_room, dq, avail - 1, free_room + dq + 1);
      add_term(s, node, g, child, 0);
    }
    degree = degree_of(c, g - 1);
  }
  for (uint32_t i = 1; i <= degree; i++)
    if (c[i] != 0) add_term(s, node, i, JFI_POLY_NONE, c[i]);
  s->p->node[node].c0 = c[0];
  return node;
}

/* Powers that terms name, and those their products need. */
static void mark_powers(jfi_poly_plan *p, uint32_t basis) {
  memset(p->need, 0, sizeof p->need);
  for (uint32_t t = 0; t < p->n_terms; t++) p->need[p->term[t].power] = 1;
  for (uint32_t n = JFHE_POLY_DEGREE_MAX; n > 1; n--) {
    if (!p->need[n]) continue;
    uint32_t a, b;
    jfi_poly_power_split(n, &a, &b);
    p->need[a] = p->need[b] = 1;
    if (basis == JFHE_BASIS_CHEB && a > b) p->need[a - b] = 1;
  }
}

static void weigh(jfi_poly_plan *p) {
  double tensors = 0, constants = 0;
  p->relins = 0;
  for (uint32_t n = 2; n <= JFHE_POLY_DEGREE_MAX; n++) p->relins += p->need[n];
  tensors += p->relins;
  for (uint32_t i = 0; i < p->n_nodes; i++) p->relins += p->node[i].products > 0;
  for (uint32_t t = 0; t < p->n_terms; t++) *(p->term[t].child == JFI_POLY_NONE ? &constants : &tensors) += 1;
  p->cost = p->relins + COST_TENSOR * tensors + COST_CONST * constants;
}

static void plan_with(jfi_poly_plan *p, const double *c, uint32_t degree, uint32_t basis, uint32_t log_leaf,
                      double *room) {
  splitter s = {p, basis, log_leaf};
  p->n_nodes = p->n_terms = 0;
  memcpy(room, c, (degree + 1) * sizeof *c);
  split(&s, room, degree, jfi_poly_power_depth(degree + 1) - 1, room + degree + 1);
  mark_powers(p, basis);
  weigh(p);
}

static void copy_plan(jfi_poly_plan *to, const jfi_poly_plan *from) {
  memcpy(to->node, from->node, from->n_nodes * sizeof *from->node);
  memcpy(to->term, from->term, from->n_terms * sizeof *from->term);
  memcpy(to->need, from->need, sizeof from->need);
  to->n_nodes = from->n_nodes;
  to->n_terms = from->n_terms;
  to->relins = from->relins;
  to->cost = from->cost;
}

void jfi_poly_plan_make(jfi_poly_plan *best, jfi_poly_plan *work, const double *c, uint32_t degree, uint32_t basis,
                        double *room) {
  plan_with(best, c, degree, basis, 1, room);
  for (uint32_t log_leaf = 2; log_leaf <= jfi_poly_power_depth(degree + 1); log_leaf++) {
    plan_with(work, c, degree, basis, log_leaf, room);
    if (work->cost < best->cost) copy_plan(best, work);
  }
}
