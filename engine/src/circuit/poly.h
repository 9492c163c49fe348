/* circuit/poly.h: a polynomial made ready for evaluation.
 *
 * p is split in a binary tree: p = q*B_g + r with g the largest power of two in the degree (B_i = T_i or x^i),
 * r split on until it is short enough to be a sum of constants times low powers; q is a node of its own. All
 * products and constants of a node meet at one level and scale, so a node costs one relinearisation
 * and one rescaling whatever its products. [PS73] [BMTPH21] */
#ifndef JFI_CIRCUIT_POLY_H
#define JFI_CIRCUIT_POLY_H
#include "circuit/cheb.h"

#define JFI_POLY_NONE UINT32_MAX

/* c*B_power, or (node child)*B_power. */
typedef struct jfi_poly_term {
  uint32_t power, child; /* child = JFI_POLY_NONE: constant */
  double c;
  uint32_t next; /* term of the same node, or JFI_POLY_NONE */
} jfi_poly_term;

typedef struct jfi_poly_node {
  uint32_t terms, products, degree;
  double c0;
  double abs; /* sum of |coefficients| of the whole node in its basis */
} jfi_poly_node;

typedef struct jfi_poly_plan {
  jfi_poly_node *node; /* node[0] is the root */
  jfi_poly_term *term;
  uint32_t n_nodes, n_terms, relins;
  double cost;
  uint8_t need[JFHE_POLY_DEGREE_MAX + 1]; /* powers to compute; 1 is given */
} jfi_poly_plan;

struct jfhe_poly {
  uint32_t basis, degree;
  uint32_t depth;  /* of the tree: ceil(log2(degree + 1)) */
  uint32_t scaled; /* 1: the interval's scaling costs a level of its own */
  double a, b;
  double alpha, beta; /* y = alpha*x + beta */
  double *c;          /* degree + 1 */
  double *y;          /* n_y nodes of jfi_sup */
  size_t n_y;
  double sup, dsup; /* of |p|, |dp/dy| over y in [-1, 1] */
  jfi_poly_plan plan;
};

/* ceil(log2(i)): products in a row behind B_i. */
static inline uint32_t jfi_poly_power_depth(uint32_t i) {
  uint32_t d = 0;
  while ((uint32_t)1 << d < i) d++;
  return d;
}
/* B_n = B_a*B_b (Chebyshev: 2 B_a B_b - B_{a-b}), a >= b, a the largest power of two below n. */
static inline void jfi_poly_power_split(uint32_t n, uint32_t *a, uint32_t *b) {
  *a = 1;
  while (*a * 2 < n) *a *= 2;
  *b = n - *a;
}

/* The cheapest tree of the least depth. room: 2*(degree + 1) doubles. plan->node and term have room for
 * degree + 1 and 2*(degree + 1); `best` keeps the result, `work` is the other buffer. */
void jfi_poly_plan_make(jfi_poly_plan *best, jfi_poly_plan *work, const double *c, uint32_t degree, uint32_t basis,
                        double *room);

jfhe_status jfi_poly_new(struct jfhe_poly **out, const double *coeff, size_t count, uint32_t basis, double a, double b);
#endif
