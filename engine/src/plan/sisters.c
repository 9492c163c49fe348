/* plan/sisters.c: sums of products that are made together, because they read the same factors (circuit/acc_many.c), bootstraps
 * (circuit/bootstrap_run.c), and look-ups of one value (circuit/table_run.c). */
#include "plan/sisters.h"

#include <stdlib.h>

#include "base/status.h"
#include "circuit/table.h"

enum { TERMS_MIN = 8 }; /* in fewer the factors are in cache anyway */
/* Factors read over factors there are: n columns with each other read each n + 1 times. Where it is small, making sums together would
 * only hold more in memory at once: a matrix times a vector reads each entry once. */
#define SHARED_MIN 2.5

typedef struct candidate {
  uint32_t op, age, level, count, flags, value; /* age: bootstraps before it */
} candidate;

/* All fields are unsigned words, the value last: a group is a run of equal ones but for the value. */
enum { KEYS = 5 };
static int differ(const candidate *a, const candidate *b) {
  const uint32_t x[KEYS] = {a->op, a->age, a->level, a->count, a->flags},
                 y[KEYS] = {b->op, b->age, b->level, b->count, b->flags};
  for (int k = 0; k < KEYS; k++)
    if (x[k] != y[k]) return x[k] < y[k] ? -1 : 1;
  return 0;
}

static int by_shape(const void *p, const void *q) {
  const candidate *a = p, *b = q;
  int d = differ(a, b);
  return d ? d : a->value < b->value ? -1 : a->value > b->value;
}

static int brings_levels(const jfi_node *n) { return n->op == JFI_OP_BOOTSTRAP || n->op == JFI_OP_LOOKUP; }

/* Most bootstraps on a way to each value, its own left out. */
static void find_ages(const jfi_graph *g, uint32_t *age) {
  for (uint32_t i = 0; i < g->n_nodes; i++) {
    age[i] = 0;
    for (uint32_t r = 0; r < jfi_reads(&g->node[i]); r++) {
      uint32_t a = jfi_read(g, &g->node[i], r);
      uint32_t before = a == JFI_NONE ? 0 : age[a] + (uint32_t)brings_levels(&g->node[a]);
      if (before > age[i]) age[i] = before;
    }
  }
}

/* Whether sums read their factors often enough; mark: by value, the last group that read it. */
static int is_shared(const jfi_graph *g, const candidate *c, uint32_t sums, uint32_t *mark, uint32_t group) {
  uint32_t distinct = 0;
  for (uint32_t o = 0; o < sums; o++)
    for (uint32_t r = 0; r < 2 * c->count; r++) {
      uint32_t a = jfi_read(g, &g->node[c[o].value], r);
      distinct += mark[a] != group;
      mark[a] = group;
    }
  return (double)sums * 2 * c->count >= SHARED_MIN * distinct;
}

static int is_candidate(const jfi_graph *g, const jfi_node *n) {
  return n->op == JFI_OP_BOOTSTRAP || n->op == JFI_OP_LOOKUP ||
         (n->op == JFI_OP_SUM && n->count >= TERMS_MIN && jfi_sum_is_plain(g, n));
}

/* Tables are sisters where they read one value and are of one length: that stands for terms and flags, which they lack. */
static candidate table_candidate(const jfi_machine *m, const jfi_node *n, uint32_t age, uint32_t value) {
  return (candidate){n->op, age, n->level, n->a, m->look[n->table]->log_n, value};
}

static uint32_t find_candidates(const jfi_machine *m, const jfi_graph *g, candidate *c, const uint32_t *age) {
  uint32_t found = 0;
  for (uint32_t i = 0; i < g->n_nodes; i++) {
    const jfi_node *n = &g->node[i];
    if (!is_candidate(g, n)) continue;
    c[found++] = n->op == JFI_OP_LOOKUP ? table_candidate(m, n, age[i], i)
                                        : (candidate){n->op, age[i], n->level, n->count, n->flags, i};
  }
  return found;
}

static void join(jfi_sisters *x, const candidate *c, uint32_t sums) {
  for (uint32_t o = 0; o < sums; o++) {
    x->first[c[o].value] = c[0].value;
    x->next[c[o].value] = o + 1 < sums ? c[o + 1].value : JFI_NONE;
  }
}

/* How many of a kind are done at once, at most. */
static uint32_t most_of(uint32_t op, uint32_t boots) {
  return op == JFI_OP_BOOTSTRAP ? boots : op == JFI_OP_LOOKUP ? JFI_TABLES_MAX : JFI_SUMS_MAX;
}

jfhe_status jfi_sisters_find(jfi_sisters *x, const jfi_machine *m, const jfi_graph *g, uint32_t boots) {
  uint32_t n = 0, group = 0, *mark = jfi_numbers_new(g->n_nodes), *age = jfi_numbers_new(g->n_nodes);
  candidate *c = jfi_alloc((g->n_nodes + 1) * sizeof *c);
  x->first = jfi_numbers_new(g->n_nodes);
  x->next = jfi_numbers_new(g->n_nodes);
  jfhe_status st = JFHE_OK;
  if (!mark || !age || !c || !x->first || !x->next)
    st = jfi_fail(JFHE_ERR_MEMORY, "no memory to schedule %u operations", g->n_nodes);
  if (st == JFHE_OK) {
    find_ages(g, age);
    n = find_candidates(m, g, c, age);
  }
  if (n) qsort(c, n, sizeof *c, by_shape);
  for (uint32_t i = 0, count; i < n; i += count) {
    const uint32_t most = most_of(c[i].op, boots);
    count = 1;
    while (i + count < n && count < most && !differ(&c[i + count], &c[i])) count++;
    if (count > 1 && (c[i].op != JFI_OP_SUM || is_shared(g, c + i, count, mark, group++))) join(x, c + i, count);
  }
  jfi_free(mark);
  jfi_free(age);
  jfi_free(c);
  return st;
}

void jfi_sisters_free(jfi_sisters *x) {
  jfi_free(x->first);
  jfi_free(x->next);
  *x = (jfi_sisters){0};
}

uint32_t jfi_sisters_reads(const jfi_sisters *x, const jfi_graph *g, uint32_t value) {
  uint32_t reads = 0;
  if (x->first[value] == JFI_NONE) return jfi_reads(&g->node[value]);
  for (uint32_t v = x->first[value]; v != JFI_NONE; v = x->next[v]) reads += jfi_reads(&g->node[v]);
  return reads;
}

uint32_t jfi_sisters_read(const jfi_sisters *x, const jfi_graph *g, uint32_t value, uint32_t i) {
  if (x->first[value] == JFI_NONE) return jfi_read(g, &g->node[value], i);
  uint32_t v = x->first[value], each = jfi_reads(&g->node[v]); /* the same of all */
  for (; i >= each; i -= each) v = x->next[v];
  return jfi_read(g, &g->node[v], i);
}
