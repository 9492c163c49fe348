/* plan/schedule.c: in which order, what dies when, how much memory and time it takes.
 *
 * The order is depth first from the outputs, so that a value is used soon after it is made. Rotations of one value are brought together,
 * HOIST_MAX at a time: they share one decomposition. Sums of the same factors are made together, and so are bootstraps (sisters.h). */
#include <string.h>

#include "base/status.h"
#include "circuit/bootstrap.h"
#include "circuit/table.h"
#include "ckks/eval.h"
#include "plan/plan.h"
#include "plan/sisters.h"
#include "rlwe/keyring.h"

enum { HOIST_MAX = 8, BOOTS_MAX = 4 }; /* more bootstraps at once gain nothing: docs/perf.md */
/* What bootstraps together may take with their plaintexts: 4 GiB and a half less for keys and values. */
static const size_t BOOTS_ROOM = (size_t)7 << 29;

typedef struct scheduler {
  jfhe_plan *plan;
  uint32_t *next; /* of each operation: the next place to read, while it is on the stack; JFI_NONE - 1: done */
  uint32_t *stack;
  uint32_t *
      turn; /* by operation: the first rotation of it; by rotation: the next one of the same value (linked through `link`) */
  uint32_t *link;
  uint32_t n_order, boots; /* bootstraps at once, at most */
  jfi_sisters sisters;
} scheduler;

#define DONE (JFI_NONE - 1)

/* ---- order ---- */
static void link_turns(scheduler *x) {
  const jfi_graph *g = &x->plan->g;
  for (uint32_t i = g->n_nodes; i-- > 0;) {
    const jfi_node *n = &g->node[i];
    if (n->op != JFI_OP_ROTATE) continue;
    x->link[i] = x->turn[n->a];
    x->turn[n->a] = i;
  }
}

static void put(scheduler *x, uint32_t value, int joins) {
  jfhe_plan *plan = x->plan;
  plan->order[x->n_order++] = value;
  x->next[value] = DONE;
  if (joins)
    plan->step[plan->n_steps - 1].count++;
  else
    plan->step[plan->n_steps++] = (jfi_step){x->n_order - 1, 1};
}

/* A rotation brings its sisters along. */
static void place(scheduler *x, uint32_t value) {
  const jfi_graph *g = &x->plan->g;
  if (x->sisters.first[value] != JFI_NONE) {
    value = x->sisters.first[value];
    put(x, value, 0);
    while ((value = x->sisters.next[value]) != JFI_NONE) put(x, value, 1);
    return;
  }
  put(x, value, 0);
  if (g->node[value].op != JFI_OP_ROTATE || x->plan->options.opt_level < 2) return;
  uint32_t count = 1;
  for (uint32_t t = x->turn[g->node[value].a]; t != JFI_NONE && count < HOIST_MAX; t = x->link[t])
    if (x->next[t] != DONE) {
      put(x, t, 1);
      count++;
    }
}

static void visit(scheduler *x, uint32_t root) {
  const jfi_graph *g = &x->plan->g;
  uint32_t depth = 0;
  if (x->next[root] == DONE) return;
  x->stack[depth++] = root;
  if (x->next[root] == JFI_NONE) x->next[root] = 0;
  while (depth) {
    uint32_t at = x->stack[depth - 1];
    if (x->next[at] == DONE) { /* a sister brought it along */
      depth--;
      continue;
    }
    uint32_t r = x->next[at];
    if (r == jfi_sisters_reads(&x->sisters, g, at)) {
      depth--;
      place(x, at);
      continue;
    }
    x->next[at]++;
    uint32_t a = jfi_sisters_read(&x->sisters, g, at, r);
    if (a == JFI_NONE || x->next[a] == DONE) continue;
    x->next[a] = 0;
    x->stack[depth++] = a;
  }
}

static jfhe_status find_sisters(scheduler *x) {
  if (x->plan->options.opt_level >= 2) return jfi_sisters_find(&x->sisters, &x->plan->m, &x->plan->g, x->boots);
  x->sisters.first = jfi_numbers_new(x->plan->g.n_nodes);
  return x->sisters.first ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory to schedule");
}

static jfhe_status find_order(scheduler *x) {
  jfhe_plan *plan = x->plan;
  uint32_t n = plan->g.n_nodes;
  x->next = jfi_numbers_new(n);
  x->turn = jfi_numbers_new(n);
  x->link = jfi_numbers_new(n);
  x->stack = jfi_numbers_new(n + 1);
  plan->order = jfi_numbers_new(n);
  plan->last_use = jfi_numbers_new(n);
  plan->step = jfi_alloc((n + 1) * sizeof *plan->step);
  if (!x->next || !x->turn || !x->link || !x->stack || !plan->order || !plan->last_use || !plan->step)
    return jfi_fail(JFHE_ERR_MEMORY, "no memory to schedule %u operations", n);
  link_turns(x);
  JFI_TRY(find_sisters(x));
  for (uint32_t i = 0; i < plan->g.n_outputs; i++) visit(x, plan->g.output[i]);
  for (uint32_t s = 0; s < plan->n_steps; s++)
    for (uint32_t j = 0; j < plan->step[s].count; j++) {
      uint32_t value = plan->order[plan->step[s].first + j];
      const jfi_node *node = &plan->g.node[value];
      plan->last_use[value] = s;
      for (uint32_t r = 0; r < jfi_reads(node); r++) {
        uint32_t a = jfi_read(&plan->g, node, r);
        if (a != JFI_NONE) plan->last_use[a] = s;
      }
    }
  for (uint32_t i = 0; i < plan->g.n_outputs; i++) plan->last_use[plan->g.output[i]] = JFI_NONE;
  return JFHE_OK;
}

/* ---- memory ---- */
static uint32_t limbs_of(const jfhe_plan *plan, uint32_t value) {
  const jfi_node *n = &plan->g.node[value];
  return (uint32_t)jfi_set_count(jfi_machine_ctx(&plan->m, n->ring)->chain.level[n->level]);
}

static size_t step_scratch(const jfhe_plan *plan, const jfi_step *s) {
  const jfi_node *n = &plan->g.node[plan->order[s->first]];
  uint32_t level = jfi_reads_level(plan, n);
  if (s->count > 1 && n->op == JFI_OP_SUM) return jfi_apply_sums_scratch(&plan->m, n, s->count, level);
  if (s->count > 1 && n->op == JFI_OP_BOOTSTRAP) return jfi_bootstrap_many_scratch(plan->m.ctx, plan->m.boot, s->count);
  if (s->count > 1 && n->op == JFI_OP_LOOKUP)
    return jfi_table_many_scratch(plan->m.ctx, plan->m.look[n->table], s->count);
  if (s->count > 1) return jfi_ckks_rotate_many_bytes(plan->m.ctx, level);
  return jfi_apply_scratch(&plan->m, &plan->g, n, level);
}

/* Encoded diagonals stay with the plan: each map counts once a level. */
static const jfhe_linmap *map_of(const jfhe_plan *plan, const jfi_node *n) {
  switch (n->op) {
  case JFI_OP_LINMAP: return plan->m.map[n->table];
  case JFI_OP_LIFT: return plan->m.apart;
  case JFI_OP_LOWER: return plan->m.mix;
  default: return NULL;
  }
}

static uint32_t map_level(const jfhe_plan *plan, const jfi_node *n) {
  return n->op == JFI_OP_LOWER ? plan->g.node[n->a].level : n->level + 1;
}

static size_t map_bytes(const jfhe_plan *plan, const jfi_node *n) {
  const jfhe_linmap *map = map_of(plan, n);
  const jfi_chain *c = &plan->m.ctx->chain;
  size_t limbs = jfi_set_count(c->level[map_level(plan, n)]) + jfi_set_count(c->special), plain = 0;
  for (size_t i = 0; i < map->count; i++) plain += !map->diag[i].constant;
  return plain * limbs * plan->m.ctx->ring->n * sizeof(uint64_t);
}

/* Whether an earlier operation uses the same map at the same level. */
static int map_was_met(const jfhe_plan *plan, uint32_t step, const jfi_node *n) {
  for (uint32_t s = 0; s < step; s++) {
    const jfi_node *o = &plan->g.node[plan->order[plan->step[s].first]];
    if (map_of(plan, o) == map_of(plan, n) && map_level(plan, o) == map_level(plan, n)) return 1;
  }
  return 0;
}

/* Operations come in few kinds and levels; what each needs is asked for once. */
typedef struct kinds {
  size_t scratch[JFI_OP_COUNT][JFI_LEVELS_MAX + 1];
} kinds;

static size_t scratch_of(const jfhe_plan *plan, kinds *k, const jfi_step *s) {
  const jfi_node *n = &plan->g.node[plan->order[s->first]];
  int own = n->op == JFI_OP_SUM || n->op == JFI_OP_LINMAP || n->op == JFI_OP_POLY || s->count > 1;
  size_t *known = &k->scratch[n->op][jfi_reads_level(plan, n)];
  if (own) return step_scratch(plan, s);
  if (!*known) *known = step_scratch(plan, s) + 1;
  return *known - 1;
}

/* What is in memory while the steps run: values in buffers that are handed on, and maps' diagonals. */
typedef struct memory {
  jfhe_plan *plan;
  kinds *scratch;
  jfi_shelf shelf;
  uint8_t *size;       /* of each live value's buffer */
  uint64_t held, maps; /* bytes now: of values, of diagonals */
  uint64_t peak;       /* of both */
} memory;

static uint64_t buffer_bytes(const jfhe_plan *plan, uint32_t value, uint32_t limbs) {
  return jfi_value_bytes(jfi_machine_ctx(&plan->m, plan->g.node[value].ring), limbs);
}

/* A step's scratch, results and diagonals. */
static void enter_step(memory *m, uint32_t s) {
  jfhe_plan *plan = m->plan;
  const jfi_step *step = &plan->step[s];
  size_t scratch = scratch_of(plan, m->scratch, step);
  if (scratch > plan->scratch) plan->scratch = scratch;
  for (uint32_t j = 0; j < step->count; j++) {
    uint32_t value = plan->order[step->first + j];
    const jfi_node *n = &plan->g.node[value];
    uint32_t limbs = limbs_of(plan, value), taken = 0;
    if (n->op != JFI_OP_INPUT && plan->last_use[value] != JFI_NONE) taken = jfi_shelf_take(&m->shelf, limbs);
    m->size[value] = (uint8_t)(taken ? taken : limbs);
    if (!taken) m->held += buffer_bytes(plan, value, limbs);
    if (map_of(plan, n) && !map_was_met(plan, s, n)) m->maps += map_bytes(plan, n);
  }
  if (m->held + m->maps > m->peak) m->peak = m->held + m->maps;
}

/* What it was the last to read. */
static void leave_step(memory *m, uint32_t s) {
  const jfhe_plan *plan = m->plan;
  const jfi_step *step = &plan->step[s];
  for (uint32_t j = 0; j < step->count; j++) {
    const jfi_node *n = &plan->g.node[plan->order[step->first + j]];
    for (uint32_t r = 0; r < jfi_reads(n); r++) {
      uint32_t a = jfi_read(&plan->g, n, r);
      if (a == JFI_NONE || plan->last_use[a] != s || m->size[a] == 0) continue;
      if (plan->g.node[a].op == JFI_OP_INPUT)
        m->held -= buffer_bytes(plan, a, m->size[a]); /* goes back outside */
      else
        m->shelf.free[m->size[a]]++;
      m->size[a] = 0;
    }
  }
}

static jfhe_status find_memory(jfhe_plan *plan) {
  memory m = {.plan = plan, .scratch = jfi_alloc_zero(sizeof *m.scratch), .size = jfi_alloc_zero(plan->g.n_nodes + 1)};
  jfhe_status st = m.scratch && m.size ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory to schedule");
  for (uint32_t s = 0; st == JFHE_OK && s < plan->n_steps; s++) {
    enter_step(&m, s);
    leave_step(&m, s);
  }
  plan->forecast.memory_bytes = m.peak + plan->scratch + plan->boot_bytes;
  jfi_free(m.scratch);
  jfi_free(m.size);
  return st;
}

/* ---- the rest of the forecast ---- */
/* A turn by 0 needs no key switch. */
static uint32_t turns_of(const jfhe_linmap *map) {
  uint32_t count = 0;
  for (size_t i = 0; i < map->n_babies; i++) count += map->baby[i] != 0;
  for (size_t i = 0; i < map->n_giants; i++) count += map->giant[i] != 0;
  return count;
}

static uint32_t turns_of_boot(const jfhe_bootstrap *b) {
  uint32_t count = 1; /* the conjugation */
  for (uint32_t i = 0; i < b->stages; i++) count += turns_of(b->down[i]) + turns_of(b->up[i]);
  return count;
}

/* Down once; for each digit up, and the conjugations. */
static uint32_t turns_of_look(const jfhe_table *t) {
  uint32_t digits = jfhe_table_digits(t), down = 0;
  for (uint32_t i = 0; i < t->b->stages; i++) down += turns_of(t->b->down[i]);
  return digits * (turns_of_boot(t->b) - down) + down + 1 + t->babies - t->powers;
}

static uint32_t rotations_of(const jfhe_plan *plan, const jfi_node *n) {
  switch (n->op) {
  case JFI_OP_ROTATE:
  case JFI_OP_SETTLE:
  case JFI_OP_CONJUGATE: return 1;
  case JFI_OP_ROTATE_SUM: return n->count;
  case JFI_OP_INNER_SUM: {
    uint32_t c = 0;
    for (uint32_t t = 1; t < n->count; t *= 2) c++;
    return c;
  }
  case JFI_OP_LINMAP: return turns_of(plan->m.map[n->table]);
  case JFI_OP_BOOTSTRAP: return turns_of_boot(plan->m.boot);
  case JFI_OP_LOOKUP: return turns_of_look(plan->m.look[n->table]);
  default: return 0;
  }
}

static uint32_t products_of(const jfhe_plan *plan, const jfi_node *n) {
  if (n->op == JFI_OP_POLY) return jfi_machine_poly(&plan->m, n)->plan.relins;
  if (n->op == JFI_OP_LOOKUP) return jfi_table_products(plan->m.look[n->table]);
  if (n->op != JFI_OP_SUM) return 0;
  for (uint32_t i = 0; i < n->count; i++)
    if (plan->g.term[(uint32_t)n->k + i].b != JFI_NONE) return 1;
  return 0;
}

/* Most products in a row, through bootstraps: the highest of what each value has behind it, from the outputs. */
static uint32_t levels_spent(const jfhe_plan *plan) {
  const jfi_graph *g = &plan->g;
  uint32_t *behind = jfi_alloc_zero((g->n_nodes + 1) * sizeof *behind), most = 0;
  for (uint32_t i = g->n_nodes; behind && i-- > 0;) {
    uint32_t spent = behind[i] + jfi_machine_depth(&plan->m, &g->node[i]);
    if (spent > most) most = spent;
    for (uint32_t r = 0; r < jfi_reads(&g->node[i]); r++) {
      uint32_t a = jfi_read(g, &g->node[i], r);
      if (a != JFI_NONE && spent > behind[a]) behind[a] = spent;
    }
  }
  jfi_free(behind);
  return most;
}

/* What inputs of the ring below must have; where none reaches the level, a bootstrap gave it, and all that they have is used. */
static uint32_t level_below(const jfhe_plan *plan, uint32_t level) {
  uint32_t below = jfi_rung_below(&plan->m, level);
  return below == UINT32_MAX ? plan->m.rung->small->chain.top : below;
}

/* Of several tables of one value all but the first need but their sums, a relinearisation and a conjugation. */
static void take_shared_off(const jfhe_plan *plan, const jfi_step *step, jfhe_forecast *f) {
  const jfi_node *n = &plan->g.node[plan->order[step->first]];
  if (n->op != JFI_OP_LOOKUP) return;
  const jfhe_table *t = plan->m.look[n->table];
  const uint32_t more = step->count - 1;
  f->bootstraps -= more * jfhe_table_digits(t);
  f->rotations -= more * (turns_of_look(t) - 1);
  f->products -= more * (jfi_table_products(t) - 1);
}

static void sum_up(jfhe_plan *plan) {
  jfhe_forecast *f = &plan->forecast;
  uint32_t low = UINT32_MAX, high = 0;
  f->operations = plan->g.n_nodes;
  for (uint32_t i = 0; i < plan->g.n_nodes; i++) {
    const jfi_node *n = &plan->g.node[i];
    f->rotations += rotations_of(plan, n);
    f->products += products_of(plan, n);
    f->bootstraps += n->op == JFI_OP_BOOTSTRAP;
    if (n->op == JFI_OP_LOOKUP) f->bootstraps += jfhe_table_digits(plan->m.look[n->table]);
    f->lifts += n->op == JFI_OP_LIFT ? jfi_reads(n) : 0;
    f->lowers += n->op == JFI_OP_LOWER;
    if (n->op == JFI_OP_INPUT || n->op == JFI_OP_LIFT || n->op == JFI_OP_LOWER) continue;
    uint32_t level = n->op == JFI_OP_TO_LEVEL ? n->level : jfi_reads_level(plan, n);
    if (level > high) high = level;
  }
  for (uint32_t i = 0; i < plan->g.n_outputs; i++) {
    const jfi_node *n = &plan->g.node[plan->g.output[i]];
    uint32_t level = n->op == JFI_OP_LOWER ? plan->g.node[n->a].level : n->level;
    if (level < low) low = level;
  }
  /* raw values use a level more where there is one; bootstraps give levels that no input has */
  if (plan->how == JFI_LEVELS_RAW || f->bootstraps) high = plan->need;
  f->level_in = f->lifts ? level_below(plan, high) : high;
  f->depth = f->bootstraps ? levels_spent(plan) : low <= high ? high - low : 0;
  for (uint32_t s = 0; s < plan->n_steps; s++) take_shared_off(plan, &plan->step[s], f);
  for (uint32_t s = 0; s < plan->n_steps; s++) f->seconds += jfi_cost_of_step(plan, &plan->step[s]);
  for (size_t i = 0; i < plan->m.keys->count && !plan->m.typical; i++)
    f->key_bytes += jfhe_evk_bytes(plan->m.keys->key[i]);
  f->plan_bytes =
      sizeof *plan + (uint64_t)plan->g.n_nodes * (sizeof(jfi_node) + sizeof(jfi_value) + 2 * sizeof(uint32_t)) +
      plan->g.n_terms * sizeof(jfi_term) + plan->g.n_turns * sizeof(int32_t) + plan->n_steps * sizeof(jfi_step);
}

/* As many bootstraps at once as there is room for, at least one. */
static uint32_t boots_that_fit(const jfhe_plan *plan) {
  uint32_t boots = 1;
  if (!plan->boot_bytes) return boots;
  while (boots < BOOTS_MAX &&
         plan->boot_bytes + jfi_bootstrap_many_scratch(plan->m.ctx, plan->m.boot, 2 * boots) <= BOOTS_ROOM)
    boots *= 2;
  return boots;
}

static void forget(jfhe_plan *plan) {
  jfi_free(plan->order);
  jfi_free(plan->last_use);
  jfi_free(plan->step);
  plan->order = plan->last_use = NULL;
  plan->step = NULL;
  plan->n_steps = 0;
  plan->scratch = 0;
}

static jfhe_status order_with(jfhe_plan *plan, uint32_t boots) {
  scheduler x = {.plan = plan, .boots = boots};
  forget(plan);
  jfhe_status st = find_order(&x);
  jfi_free(x.next);
  jfi_free(x.turn);
  jfi_free(x.link);
  jfi_free(x.stack);
  jfi_sisters_free(&x.sisters);
  return st == JFHE_OK ? find_memory(plan) : st;
}

jfhe_status jfi_plan_schedule(jfhe_plan *plan) {
  const uint64_t limit = plan->options.memory_limit;
  if (jfi_graph_has(&plan->g, JFI_OP_BOOTSTRAP)) plan->boot_bytes = jfhe_bootstrap_bytes_whole(plan->m.boot);
  for (uint32_t boots = boots_that_fit(plan); boots; boots /= 2) {
    JFI_TRY(order_with(plan, boots));
    if (!limit || plan->forecast.memory_bytes <= limit) break;
  }
  sum_up(plan);
  if (limit && plan->forecast.memory_bytes > limit)
    return jfi_fail(JFHE_ERR_MEMORY, "the program needs %.1f MiB, the limit is %.1f MiB",
                    (double)plan->forecast.memory_bytes / 0x1p20, (double)limit / 0x1p20);
  return JFHE_OK;
}
