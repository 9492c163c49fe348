/* plan/lifts.c: what comes from the ring below is lifted, what goes there is lowered. docs/adr/0038.
 *
 * Passes before this one see inputs as they are when they were lifted. An input that is wanted at no higher level than one below its own
 * comes up from a lower level of its ring: fewer residues are switched, and no change of level follows. */
#include <math.h>

#include "base/mem.h"
#include "base/status.h"
#include "plan/plan.h"

typedef struct lifter {
  const jfi_machine *m;
  const jfi_graph *from;
  jfi_graph *to;
  uint32_t *map, *low[2]; /* by value: its new number, and as it is lowered, by half */
  uint32_t *want;         /* the highest level at which it is read; JFI_NONE: nowhere yet */
} lifter;

/* Whether a node only changes the level of what may be lifted there at once. */
static int only_moves(const jfi_node *n) { return n->op == JFI_OP_TO_LEVEL && n->flags == 0; }

static void find_wants(lifter *x) {
  const jfi_graph *g = x->from;
  for (uint32_t i = 0; i < g->n_nodes; i++) {
    const jfi_node *n = &g->node[i];
    for (uint32_t r = 0; r < jfi_reads(n); r++) {
      uint32_t a = jfi_read(g, n, r);
      if (a == JFI_NONE) continue;
      uint32_t level = only_moves(n) ? n->level : g->node[a].level;
      if (x->want[a] == JFI_NONE || x->want[a] < level) x->want[a] = level;
    }
  }
  for (uint32_t i = 0; i < g->n_outputs; i++) x->want[g->output[i]] = g->node[g->output[i]].level;
}

static jfhe_status lift(lifter *x, uint32_t i) {
  jfi_node in = x->from->node[i], up = {.op = JFI_OP_LIFT, .b = JFI_NONE, .table = JFI_NONE, .promise = HUGE_VAL};
  jfi_value from = x->m->given[in.table], to = x->m->input[in.table];
  if (x->want[i] < to.level) {
    from.level = (uint8_t)jfi_rung_below(x->m, x->want[i]);
    to.level = (uint8_t)jfi_rung_lifted(x->m, from.level);
  }
  in.ring = JFI_BELOW;
  in.level = from.level;
  JFI_TRY(jfi_graph_add(x->to, &up.a, &in, NULL, NULL));
  if (jfi_rung_packs(x->m) && x->m->mate[in.table] != JFI_NONE) {
    in.table = x->m->mate[in.table];
    JFI_TRY(jfi_graph_add(x->to, &up.b, &in, NULL, NULL));
  }
  up.level = to.level;
  return jfi_graph_add(x->to, &x->map[i], &up, NULL, NULL);
}

static jfhe_status visit(lifter *x, uint32_t i) {
  const jfi_node *n = &x->from->node[i];
  if (n->op == JFI_OP_INPUT && x->m->given[n->table].ring == JFI_BELOW) return lift(x, i);
  if (only_moves(n) && x->to->node[x->map[n->a]].level == n->level) { /* it is there already */
    x->map[i] = x->map[n->a];
    if (n->promise < x->to->node[x->map[i]].promise) x->to->node[x->map[i]].promise = n->promise;
    return JFHE_OK;
  }
  return jfi_graph_copy(x->to, &x->map[i], x->from, n, x->map);
}

/* An output at the level that the lowered one has. */
static jfhe_status lower(lifter *x, uint32_t *at, uint32_t old, uint32_t half) {
  jfi_node down = {.op = JFI_OP_LOWER,
                   .a = x->map[old],
                   .b = JFI_NONE,
                   .table = JFI_NONE,
                   .k = (int32_t)half,
                   .ring = JFI_BELOW,
                   .promise = HUGE_VAL};
  uint32_t level = x->from->node[old].level, below = jfi_rung_lowered(x->m, level);
  if (below == UINT32_MAX)
    return jfi_fail(JFHE_ERR_LEVEL, "a result at level %u reaches no level of '%s'", level,
                    x->m->rung->small->params.name);
  down.level = (uint8_t)below;
  uint32_t *low = &x->low[half][old];
  if (*low == JFI_NONE) JFI_TRY(jfi_graph_add(x->to, low, &down, NULL, NULL));
  *at = *low;
  return JFHE_OK;
}

static jfhe_status run(lifter *x) {
  find_wants(x);
  JFI_TRY(jfi_graph_like(x->to, x->from));
  for (uint32_t i = 0; i < x->from->n_nodes; i++) JFI_TRY(visit(x, i));
  for (uint32_t i = 0; i < x->from->n_outputs; i++)
    JFI_TRY(lower(x, &x->to->output[i], x->from->output[i], jfi_rung_packs(x->m) ? x->m->part[i] : 0));
  return JFHE_OK;
}

jfhe_status jfi_pass_lifts(jfi_graph *g, const jfi_machine *m) {
  jfi_graph to = {0};
  lifter x = {.m = m, .from = g, .to = &to};
  if (!m->rung) return JFHE_OK;
  x.map = jfi_numbers_new(g->n_nodes);
  for (int half = 0; half < 2; half++) x.low[half] = jfi_numbers_new(g->n_nodes);
  x.want = jfi_numbers_new(g->n_nodes);
  jfhe_status st = x.map && x.low[0] && x.low[1] && x.want ? run(&x) : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan");
  jfi_graph_free(st == JFHE_OK ? g : &to);
  if (st == JFHE_OK) *g = to;
  jfi_free(x.map);
  jfi_free(x.low[0]);
  jfi_free(x.low[1]);
  jfi_free(x.want);
  return st;
}
