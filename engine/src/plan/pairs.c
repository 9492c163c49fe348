/* plan/pairs.c: parts of a program that do the same to different inputs, two and two in the halves of one ciphertext. docs/adr/0038.
 *
 * A part is what hangs together: a component of the graph. Two parts are alike where their values, in the order of the program, are made by the
 * same operations on the same public data. Then the one is computed, on inputs whose second half are the other's, and the outputs of both are
 * halves of its values. Operations must work number by number: a rotation of the whole is none of its halves. */
#include <math.h>

#include "base/mem.h"
#include "base/status.h"
#include "plan/pass.h"

enum { NEIGHBOURS = 64 }; /* parts among which a mate is looked for: those of one expression follow one another */

typedef struct pairing {
  jfi_machine *m;
  jfi_graph *g;
  uint32_t *part, *place;  /* by value: its part, and its number there */
  uint32_t *first, *value; /* values of part c: value[first[c]] .. value[first[c + 1]] */
  uint32_t *mate;          /* by part: itself where it has none */
  uint32_t n_parts;
} pairing;

static int by_numbers(const jfi_node *n) {
  switch (n->op) {
  case JFI_OP_ROTATE:
  case JFI_OP_INNER_SUM:
  case JFI_OP_LINMAP:
  case JFI_OP_LOOKUP:
  case JFI_OP_SETTLE: /* its claims are made for a sparse vector's repetitions */
  case JFI_OP_BOOTSTRAP: return 0;
  default: return 1;
  }
}

/* ---- parts ---- */
static uint32_t root_of(uint32_t *parent, uint32_t v) {
  while (parent[v] != v) v = parent[v] = parent[parent[v]];
  return v;
}

/* The least value of a part stands for it while parts grow; then they are numbered in its order. */
static void find_parts(pairing *x, uint32_t *parent) {
  uint32_t n = x->g->n_nodes;
  for (uint32_t v = 0; v < n; v++) {
    parent[v] = v;
    for (uint32_t r = 0; r < jfi_reads(&x->g->node[v]); r++) {
      uint32_t a = root_of(parent, jfi_read(x->g, &x->g->node[v], r)), b = root_of(parent, v);
      parent[a > b ? a : b] = a > b ? b : a;
    }
  }
  for (uint32_t v = 0; v < n; v++) {
    uint32_t root = root_of(parent, v);
    x->part[v] = root == v ? x->n_parts++ : x->part[root];
  }
}

static void list_parts(pairing *x, uint32_t *at) {
  uint32_t n = x->g->n_nodes;
  for (uint32_t c = 0; c <= x->n_parts; c++) x->first[c] = 0;
  for (uint32_t v = 0; v < n; v++) x->first[x->part[v] + 1]++;
  for (uint32_t c = 0; c < x->n_parts; c++) {
    x->first[c + 1] += x->first[c];
    at[c] = x->first[c];
    x->mate[c] = c;
  }
  for (uint32_t v = 0; v < n; v++) {
    x->place[v] = at[x->part[v]] - x->first[x->part[v]];
    x->value[at[x->part[v]]++] = v;
  }
}

/* ---- alike ---- */
static int same_inputs(const pairing *x, uint32_t a, uint32_t b) {
  const jfi_value *v = &x->m->given[a], *w = &x->m->given[b];
  return v->ring == w->ring && v->level == w->level && v->packing == w->packing && v->scale == w->scale;
}

static int alike(const pairing *x, const jfi_node *a, const jfi_node *b) {
  if (a->op != b->op || a->flags != b->flags || a->k != b->k || a->count != b->count || a->re != b->re ||
      a->im != b->im)
    return 0;
  if (a->op == JFI_OP_INPUT) return same_inputs(x, a->table, b->table);
  if (a->table != b->table) return 0;
  for (uint32_t r = 0; r < jfi_reads(a); r++)
    if (x->place[jfi_read(x->g, a, r)] != x->place[jfi_read(x->g, b, r)]) return 0;
  return 1;
}

static int are_mates(const pairing *x, uint32_t c, uint32_t d) {
  uint32_t count = x->first[c + 1] - x->first[c];
  if (x->mate[d] != d || x->first[d + 1] - x->first[d] != count) return 0;
  for (uint32_t i = 0; i < count; i++)
    if (!alike(x, &x->g->node[x->value[x->first[c] + i]], &x->g->node[x->value[x->first[d] + i]])) return 0;
  return 1;
}

/* ---- together ---- */
/* What is said of both: the larger bounds, and the larger promise. */
static jfhe_status join_inputs(jfi_machine *m, uint32_t a, uint32_t b) {
  jfi_bound *v = &m->given[a].bound, *w = &m->given[b].bound;
  *v = (jfi_bound){fmax(v->mag, w->mag), fmax(v->worst, w->worst), fmax(v->sd, w->sd)};
  *w = *v;
  m->mate[a] = b;
  return jfi_rung_lift(m, &m->input[a], &m->given[a]);
}

static jfhe_status join(pairing *x, uint32_t c, uint32_t d) {
  x->mate[c] = d;
  x->mate[d] = c;
  for (uint32_t i = 0; i < x->first[c + 1] - x->first[c]; i++) {
    jfi_node *a = &x->g->node[x->value[x->first[c] + i]], *b = &x->g->node[x->value[x->first[d] + i]];
    a->promise = fmax(a->promise, b->promise);
    if (a->op == JFI_OP_INPUT) JFI_TRY(join_inputs(x->m, a->table, b->table));
  }
  return JFHE_OK;
}

static void share_outputs(const pairing *x) {
  for (uint32_t i = 0; i < x->g->n_outputs; i++) {
    uint32_t v = x->g->output[i], c = x->part[v], d = x->mate[c];
    x->m->part[i] = d < c;
    if (d < c) x->g->output[i] = x->value[x->first[d] + x->place[v]];
  }
}

static jfhe_status run(pairing *x) {
  uint32_t pairs = 0;
  uint32_t *work = jfi_numbers_new(x->g->n_nodes);
  if (!work) return jfi_fail(JFHE_ERR_MEMORY, "no memory to plan %u operations", x->g->n_nodes);
  find_parts(x, work);
  list_parts(x, work);
  jfi_free(work);
  for (uint32_t c = 0; c < x->n_parts; c++)
    for (uint32_t d = c + 1; x->mate[c] == c && d < x->n_parts && d <= c + NEIGHBOURS; d++)
      if (are_mates(x, c, d)) {
        JFI_TRY(join(x, c, d));
        pairs++;
      }
  if (!pairs) return jfi_fail(JFHE_ERR_FORM, "no two parts of the program are alike: none can share a ciphertext");
  share_outputs(x);
  return jfi_graph_sweep(x->g);
}

jfhe_status jfi_pass_pairs(jfi_graph *g, jfi_machine *m) {
  if (!jfi_rung_packs(m)) return JFHE_OK;
  JFI_TRY(jfi_graph_sweep(g));
  for (uint32_t v = 0; v < g->n_nodes; v++)
    if (!by_numbers(&g->node[v]))
      return jfi_fail(JFHE_ERR_FORM,
                      "%s does not work number by number: parts of the program cannot share a ciphertext",
                      jfi_op_name(g->node[v].op));
  for (uint32_t i = 0; i < m->program->n_inputs; i++) m->mate[i] = JFI_NONE;
  pairing x = {.m = m, .g = g};
  uint32_t n = g->n_nodes + 2;
  x.part = jfi_numbers_new(n);
  x.place = jfi_numbers_new(n);
  x.first = jfi_numbers_new(n);
  x.value = jfi_numbers_new(n);
  x.mate = jfi_numbers_new(n);
  jfhe_status st = x.part && x.place && x.first && x.value && x.mate
                       ? run(&x)
                       : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan %u operations", g->n_nodes);
  jfi_free(x.part);
  jfi_free(x.place);
  jfi_free(x.first);
  jfi_free(x.value);
  jfi_free(x.mate);
  return st;
}
