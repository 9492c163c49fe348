/* plan/sisters.c: sums of products that are made together, because they read the same factors: see circuit/acc_many.c. */
#include "plan/sisters.h"

#include <stdlib.h>

#include "base/status.h"

enum { TERMS_MIN = 8 }; /* in fewer the factors are in cache anyway */
/* Factors read over factors there are: n columns with each other read each n + 1 times. Where it is small, making sums together would
 * only hold more in memory at once: a matrix times a vector reads each entry once. */
#define SHARED_MIN 2.5

typedef struct candidate {
  uint32_t value, level, count, flags;
} candidate;

static int by_shape(const void *p, const void *q) {
  const candidate *a = p, *b = q;
  if (a->level != b->level) return a->level < b->level ? -1 : 1;
  if (a->count != b->count) return a->count < b->count ? -1 : 1;
  if (a->flags != b->flags) return a->flags < b->flags ? -1 : 1;
  return a->value < b->value ? -1 : a->value > b->value;
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

static uint32_t find_candidates(const jfi_graph *g, candidate *c) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < g->n_nodes; i++)
    if (g->node[i].op == JFI_OP_SUM && g->node[i].count >= TERMS_MIN && jfi_sum_is_plain(g, &g->node[i]))
      c[n++] = (candidate){i, g->node[i].level, g->node[i].count, g->node[i].flags};
  return n;
}

static void join(jfi_sisters *x, const candidate *c, uint32_t sums) {
  for (uint32_t o = 0; o < sums; o++) {
    x->first[c[o].value] = c[0].value;
    x->next[c[o].value] = o + 1 < sums ? c[o + 1].value : JFI_NONE;
  }
}

jfhe_status jfi_sisters_find(jfi_sisters *x, const jfi_graph *g) {
  uint32_t n = 0, group = 0, *mark = jfi_numbers_new(g->n_nodes);
  candidate *c = jfi_alloc((g->n_nodes + 1) * sizeof *c);
  x->first = jfi_numbers_new(g->n_nodes);
  x->next = jfi_numbers_new(g->n_nodes);
  jfhe_status st = JFHE_OK;
  if (!mark || !c || !x->first || !x->next)
    st = jfi_fail(JFHE_ERR_MEMORY, "no memory to schedule %u operations", g->n_nodes);
  if (st == JFHE_OK) n = find_candidates(g, c);
  if (n) qsort(c, n, sizeof *c, by_shape);
  for (uint32_t i = 0, sums; i < n; i += sums) {
    sums = 1;
    while (i + sums < n && sums < JFI_SUMS_MAX && c[i + sums].level == c[i].level && c[i + sums].count == c[i].count &&
           c[i + sums].flags == c[i].flags)
      sums++;
    if (sums > 1 && is_shared(g, c + i, sums, mark, group++)) join(x, c + i, sums);
  }
  jfi_free(mark);
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
