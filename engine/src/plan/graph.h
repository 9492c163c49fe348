/* plan/graph.h: the graph that passes rewrite: operations in an order in which everything is made before it is read. */
#ifndef JFI_PLAN_GRAPH_H
#define JFI_PLAN_GRAPH_H
#include "plan/program.h"

/* One term of a sum of products: sign times a*b, c*a, or vector*a. */
typedef struct jfi_term {
  uint32_t a, b; /* b: JFI_NONE where there is no second factor */
  uint32_t table;
  int32_t sign; /* 1 or -1 */
  double c;     /* where b and table are JFI_NONE */
} jfi_term;

typedef struct jfi_graph {
  jfi_node *node;
  jfi_term *term;
  int32_t *turn;
  uint32_t *output; /* the value of each output of the program */
  uint32_t n_nodes, n_terms, n_turns, n_outputs;
  uint32_t cap_nodes, cap_terms, cap_turns;
} jfi_graph;

jfhe_status jfi_graph_of(jfi_graph *g, const jfhe_program *p);
/* An empty graph with the outputs of another, to be filled; room for as many operations. */
jfhe_status jfi_graph_like(jfi_graph *g, const jfi_graph *other);
void jfi_graph_free(jfi_graph *g);
/* Appends; *at is the new value. `terms`, `turns`: node->count of them for SUM and ROTATE_SUM, else null. */
jfhe_status jfi_graph_add(jfi_graph *g, uint32_t *at, const jfi_node *node, const jfi_term *terms,
                          const int32_t *turns);

/* How many places an operation reads from, and the value there; JFI_NONE for an unused place. */
static inline uint32_t jfi_reads(const jfi_node *n) {
  return n->op == JFI_OP_SUM ? 2 * n->count : (n->a != JFI_NONE) + (uint32_t)(n->b != JFI_NONE);
}
static inline uint32_t jfi_read(const jfi_graph *g, const jfi_node *n, uint32_t i) {
  if (n->op != JFI_OP_SUM) return i ? n->b : n->a;
  const jfi_term *t = &g->term[(uint32_t)n->k + i / 2];
  return i % 2 ? t->b : t->a;
}

/* Whether an operation is there. */
int jfi_graph_has(const jfi_graph *g, uint32_t op);
/* How often each value is read, outputs included: n_nodes counts, to be freed by jfi_free. */
jfhe_status jfi_graph_uses(const jfi_graph *g, uint32_t **uses);
/* A copy without what no output needs. Takes the place of g. */
jfhe_status jfi_graph_sweep(jfi_graph *g);
/* An operation as it is in `from`, its reads renamed by map, appended to `to`. */
jfhe_status jfi_graph_copy(jfi_graph *to, uint32_t *at, const jfi_graph *from, const jfi_node *n, const uint32_t *map);
/* to takes g's place; outputs renamed by map. */
void jfi_graph_replace(jfi_graph *g, jfi_graph *to, const uint32_t *map);
/* One array of `count` numbers, all JFI_NONE; null: no memory. */
uint32_t *jfi_numbers_new(uint32_t count);
#endif
