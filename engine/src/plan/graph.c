/* plan/graph.c: see graph.h. */
#include "plan/graph.h"

#include <string.h>

#include "base/mem.h"
#include "base/status.h"

static jfhe_status room(void **array, uint32_t *cap, uint32_t count, uint32_t more, size_t item) {
  if (more <= *cap - count) return JFHE_OK;
  uint64_t wanted = (uint64_t)count + more + count / 2 + 16;
  if (wanted > INT32_MAX) return jfi_fail(JFHE_ERR_MEMORY, "a plan of more than 2^31 entries");
  void *bigger = jfi_alloc((size_t)wanted * item);
  if (!bigger) return jfi_fail(JFHE_ERR_MEMORY, "no memory to plan %u operations", count);
  if (count) memcpy(bigger, *array, (size_t)count * item);
  jfi_free(*array);
  *array = bigger;
  *cap = (uint32_t)wanted;
  return JFHE_OK;
}

static jfhe_status open_graph(jfi_graph *g, uint32_t n_nodes, uint32_t n_outputs) {
  *g = (jfi_graph){.n_outputs = n_outputs};
  g->output = jfi_alloc((n_outputs ? n_outputs : 1) * sizeof *g->output);
  if (!g->output) return jfi_fail(JFHE_ERR_MEMORY, "no memory for %u outputs", n_outputs);
  g->node = jfi_alloc((n_nodes ? n_nodes : 1) * sizeof *g->node);
  g->cap_nodes = n_nodes;
  if (g->node) return JFHE_OK;
  jfi_graph_free(g);
  return jfi_fail(JFHE_ERR_MEMORY, "no memory to plan %u operations", n_nodes);
}

jfhe_status jfi_graph_of(jfi_graph *g, const jfhe_program *p) {
  JFI_TRY(open_graph(g, p->n_nodes, p->n_outputs));
  if (p->n_nodes) memcpy(g->node, p->node, p->n_nodes * sizeof *g->node);
  g->n_nodes = p->n_nodes;
  for (uint32_t i = 0; i < p->n_outputs; i++) g->output[i] = p->output[i].node;
  return JFHE_OK;
}

jfhe_status jfi_graph_like(jfi_graph *g, const jfi_graph *other) {
  JFI_TRY(open_graph(g, other->n_nodes, other->n_outputs));
  memcpy(g->output, other->output, other->n_outputs * sizeof *g->output);
  return JFHE_OK;
}

void jfi_graph_free(jfi_graph *g) {
  jfi_free(g->node);
  jfi_free(g->term);
  jfi_free(g->turn);
  jfi_free(g->output);
  *g = (jfi_graph){0};
}

jfhe_status jfi_graph_add(jfi_graph *g, uint32_t *at, const jfi_node *node, const jfi_term *terms,
                          const int32_t *turns) {
  jfi_node n = *node;
  JFI_TRY(room((void **)&g->node, &g->cap_nodes, g->n_nodes, 1, sizeof *g->node));
  if (n.op == JFI_OP_SUM && terms) {
    JFI_TRY(room((void **)&g->term, &g->cap_terms, g->n_terms, n.count, sizeof *g->term));
    memcpy(g->term + g->n_terms, terms, n.count * sizeof *terms);
    n.k = (int32_t)g->n_terms;
    g->n_terms += n.count;
  }
  if (n.op == JFI_OP_ROTATE_SUM && turns) {
    JFI_TRY(room((void **)&g->turn, &g->cap_turns, g->n_turns, n.count, sizeof *g->turn));
    memcpy(g->turn + g->n_turns, turns, n.count * sizeof *turns);
    n.k = (int32_t)g->n_turns;
    g->n_turns += n.count;
  }
  *at = g->n_nodes++;
  g->node[*at] = n;
  return JFHE_OK;
}

uint32_t *jfi_numbers_new(uint32_t count) {
  uint32_t *x = jfi_alloc((count ? count : 1) * sizeof *x);
  if (x) memset(x, 0xff, count * sizeof *x);
  return x;
}

int jfi_graph_has(const jfi_graph *g, uint32_t op) {
  for (uint32_t i = 0; i < g->n_nodes; i++)
    if (g->node[i].op == op) return 1;
  return 0;
}

jfhe_status jfi_graph_uses(const jfi_graph *g, uint32_t **uses) {
  uint32_t *u = jfi_alloc_zero((g->n_nodes ? g->n_nodes : 1) * sizeof *u);
  if (!u) return jfi_fail(JFHE_ERR_MEMORY, "no memory to plan %u operations", g->n_nodes);
  for (uint32_t i = 0; i < g->n_nodes; i++)
    for (uint32_t r = 0; r < jfi_reads(&g->node[i]); r++) {
      uint32_t a = jfi_read(g, &g->node[i], r);
      if (a != JFI_NONE) u[a]++;
    }
  for (uint32_t i = 0; i < g->n_outputs; i++) u[g->output[i]]++;
  *uses = u;
  return JFHE_OK;
}

jfhe_status jfi_graph_copy(jfi_graph *to, uint32_t *at, const jfi_graph *from, const jfi_node *n, const uint32_t *map) {
  jfi_node c = *n;
  if (n->op == JFI_OP_ROTATE_SUM) {
    c.a = map[n->a];
    return jfi_graph_add(to, at, &c, NULL, from->turn + n->k);
  }
  if (n->op != JFI_OP_SUM) {
    if (n->a != JFI_NONE) c.a = map[n->a];
    if (n->b != JFI_NONE) c.b = map[n->b];
    return jfi_graph_add(to, at, &c, NULL, NULL);
  }
  JFI_TRY(jfi_graph_add(to, at, &c, from->term + n->k, NULL));
  jfi_term *t = to->term + to->node[*at].k;
  for (uint32_t i = 0; i < n->count; i++) {
    t[i].a = map[t[i].a];
    if (t[i].b != JFI_NONE) t[i].b = map[t[i].b];
  }
  return JFHE_OK;
}

void jfi_graph_replace(jfi_graph *g, jfi_graph *to, const uint32_t *map) {
  for (uint32_t i = 0; i < g->n_outputs; i++) to->output[i] = map[g->output[i]];
  jfi_graph_free(g);
  *g = *to;
}

/* Marks backwards what is needed, then copies it. */
static jfhe_status sweep_into(jfi_graph *to, const jfi_graph *g, uint32_t *map) {
  enum { NEEDED = 1 };
  for (uint32_t i = 0; i < g->n_outputs; i++) map[g->output[i]] = NEEDED;
  for (uint32_t i = g->n_nodes; i-- > 0;)
    for (uint32_t r = 0; map[i] == NEEDED && r < jfi_reads(&g->node[i]); r++) {
      uint32_t a = jfi_read(g, &g->node[i], r);
      if (a != JFI_NONE) map[a] = NEEDED;
    }
  for (uint32_t i = 0; i < g->n_nodes; i++)
    if (map[i] == NEEDED) JFI_TRY(jfi_graph_copy(to, &map[i], g, &g->node[i], map));
  return JFHE_OK;
}

jfhe_status jfi_graph_sweep(jfi_graph *g) {
  jfi_graph to;
  uint32_t *map = jfi_numbers_new(g->n_nodes);
  jfhe_status st = map ? jfi_graph_like(&to, g) : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan");
  if (st == JFHE_OK) {
    st = sweep_into(&to, g, map);
    if (st == JFHE_OK)
      jfi_graph_replace(g, &to, map);
    else
      jfi_graph_free(&to);
  }
  jfi_free(map);
  return st;
}
