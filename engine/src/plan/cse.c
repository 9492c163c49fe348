/* plan/cse.c: equal operations on equal values are made once. */
#include "base/mem.h"
#include "base/status.h"
#include "plan/pass.h"

/* What makes two operations equal; no padding, so bytes compare. */
typedef struct signature {
  uint32_t op, flags, a, b, table, count;
  int64_t k;
  double re, im;
} signature;

static signature signature_of(const jfi_node *n) {
  int swap = (n->op == JFI_OP_ADD || n->op == JFI_OP_MUL) && n->b < n->a;
  uint32_t count = n->op == JFI_OP_MUL_CONST ? 0 : n->count; /* there it counts foldings */
  return (signature){n->op, n->flags, swap ? n->b : n->a, swap ? n->a : n->b, n->table, count, n->k, n->re, n->im};
}

static int same(const signature *x, const signature *y) {
  return x->op == y->op && x->flags == y->flags && x->a == y->a && x->b == y->b && x->table == y->table &&
         x->count == y->count && x->k == y->k && x->re == y->re && x->im == y->im;
}

static jfhe_status visit_all(const jfi_graph *g, jfi_graph *to, uint32_t *map, jfi_index *index) {
  for (uint32_t i = 0; i < g->n_nodes; i++) {
    const jfi_node *old = &g->node[i];
    jfi_node n = *old;
    if (n.a != JFI_NONE) n.a = map[n.a];
    if (n.b != JFI_NONE) n.b = map[n.b];
    signature s = signature_of(&n);
    uint32_t tag = jfi_tag(&s, sizeof s), cursor = tag, found;
    JFI_TRY(jfi_index_reserve(index));
    while ((found = jfi_index_next(index, tag, &cursor)) != JFI_NONE) {
      signature t = signature_of(&to->node[found]);
      if (same(&s, &t)) break;
    }
    if (found == JFI_NONE) {
      JFI_TRY(jfi_graph_add(to, &found, &n, NULL, NULL));
      jfi_index_put(index, tag, found);
    }
    map[i] = found;
    if (n.promise < to->node[found].promise) to->node[found].promise = n.promise;
  }
  return JFHE_OK;
}

jfhe_status jfi_pass_cse(jfi_graph *g) {
  jfi_graph to = {0};
  jfi_index index = {0};
  uint32_t *map = jfi_numbers_new(g->n_nodes);
  jfhe_status st = map ? jfi_graph_like(&to, g) : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan");
  if (st == JFHE_OK) st = visit_all(g, &to, map, &index);
  if (st == JFHE_OK)
    jfi_graph_replace(g, &to, map);
  else
    jfi_graph_free(&to);
  jfi_index_free(&index);
  jfi_free(map);
  return st;
}
