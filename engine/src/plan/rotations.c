/* plan/rotations.c: rotations by steps whose keys are present.
 *
 * Steps: the shortest row of present rotations that add up to the wanted one, found once for all amounts by a search from 0 over the
 * slots. An inner sum some of whose doublings have no key becomes doublings of its own. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "circuit/linmap.h"
#include "plan/plan.h"
#include "rlwe/keyring.h"

typedef struct turner {
  jfi_machine *m;
  const jfi_graph *from;
  jfi_graph *to;
  uint32_t *map;
  int32_t *last; /* last step to each amount, 0: unreached; null until it is needed */
} turner;

static jfhe_status emit(turner *x, uint32_t *at, jfi_node n, uint32_t level) {
  n.level = (uint8_t)level;
  return jfi_graph_add(x->to, at, &n, NULL, NULL);
}

/* ---- which rotations there are ---- */
/* Amounts in [1, slots) that some key makes at the levels that the graph rotates at; returns how many. */
static size_t present(turner *x, int32_t *k) {
  int64_t half = (int64_t)1 << (x->m->ctx->ring->log_n - 1), slots = (int64_t)1 << x->m->program->log_slots;
  size_t count = 0;
  uint32_t g = 1, two_n = (uint32_t)(4 * half);
  for (int64_t j = 1; j < half; j++) {
    g = (uint32_t)((uint64_t)g * 5 % two_n); /* 5 generates the rotations */
    const jfhe_evk *key = jfi_keyring_find(x->m->keys, JFHE_EVK_GALOIS, g);
    if (key && j % slots) k[count++] = (int32_t)(j % slots);
  }
  return count;
}

static jfhe_status search(turner *x) {
  size_t slots = (size_t)1 << x->m->program->log_slots, count, first = 0, last = 0;
  int32_t *step = jfi_alloc(((size_t)1 << (x->m->ctx->ring->log_n - 1)) * sizeof *step);
  int32_t *queue = jfi_alloc(slots * sizeof *queue);
  x->last = jfi_alloc_zero(slots * sizeof *x->last);
  int ok = step && queue && x->last;
  jfhe_status st = ok ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan rotations");
  if (ok) {
    count = present(x, step);
    queue[last++] = 0;
    while (first < last) {
      int32_t at = queue[first++];
      for (size_t i = 0; i < count; i++) {
        size_t to = ((size_t)at + (size_t)step[i]) & (slots - 1);
        if (to == 0 || x->last[to]) continue;
        x->last[to] = step[i];
        queue[last++] = (int32_t)to;
      }
    }
  }
  jfi_free(step);
  jfi_free(queue);
  return st;
}

/* ---- rewriting ---- */
static jfhe_status rotate(turner *x, uint32_t *at, uint32_t a, int64_t k, uint32_t level, double promise) {
  int64_t slots = (int64_t)1 << x->m->program->log_slots, left = ((k % slots) + slots) % slots;
  int have;
  jfi_node n = {.op = JFI_OP_ROTATE, .a = a, .b = JFI_NONE, .table = JFI_NONE, .promise = promise};
  *at = a;
  while (left) {
    JFI_TRY(jfi_machine_turns(x->m, &have, left, level));
    if (!have && !x->last) JFI_TRY(search(x));
    if (!have && !x->last[left])
      return jfi_fail(JFHE_ERR_KEY, "no key rotates by %lld at level %u, nor do several in a row", (long long)k, level);
    int64_t step = have ? left : x->last[left];
    if (!have) {
      JFI_TRY(jfi_machine_turns(x->m, &have, step, level));
      if (!have)
        return jfi_fail(JFHE_ERR_KEY, "the key of rotation %lld does not serve level %u", (long long)step, level);
    }
    n.k = (int32_t)(step > slots / 2 ? step - slots : step);
    JFI_TRY(emit(x, at, n, level));
    n.a = *at;
    left = (left - step + slots) % slots;
  }
  return JFHE_OK;
}

static jfhe_status inner_sum(turner *x, uint32_t *at, const jfi_node *old, uint32_t level) {
  int have = 1;
  jfi_node n = *old;
  n.a = x->map[old->a];
  for (uint32_t t = 1; t < n.count && have; t *= 2) JFI_TRY(jfi_machine_turns(x->m, &have, (int64_t)n.k * t, level));
  if (have) return emit(x, at, n, level);
  *at = n.a;
  for (uint32_t t = 1; t < n.count; t *= 2) {
    uint32_t turned;
    JFI_TRY(rotate(x, &turned, *at, (int64_t)n.k * t, level, HUGE_VAL));
    jfi_node add = {.op = JFI_OP_ADD, .a = *at, .b = turned, .table = JFI_NONE, .promise = HUGE_VAL};
    JFI_TRY(emit(x, at, add, level));
  }
  if (n.promise < x->to->node[*at].promise) x->to->node[*at].promise = n.promise;
  return JFHE_OK;
}

/* Every rotation of a map needs its own key: it would cost more steps than it saves. */
static jfhe_status check_map(turner *x, const jfi_node *n, uint32_t level) {
  const jfhe_linmap *map = x->m->map[n->table];
  for (size_t i = 0; i < map->n_babies + map->n_giants; i++) {
    int32_t k = i < map->n_babies ? map->baby[i] : map->giant[i - map->n_babies];
    int have;
    JFI_TRY(jfi_machine_turns(x->m, &have, k, level));
    if (!have) return jfi_fail(JFHE_ERR_KEY, "a linear map needs the key of rotation %d at level %u", k, level);
  }
  return JFHE_OK;
}

static jfhe_status visit(turner *x, uint32_t old) {
  const jfi_node *n = &x->from->node[old];
  uint32_t level = n->level, *at = &x->map[old];
  if (n->op == JFI_OP_ROTATE) return rotate(x, at, x->map[n->a], n->k, level, n->promise);
  if (n->op == JFI_OP_INNER_SUM) return inner_sum(x, at, n, level);
  if (n->op == JFI_OP_LINMAP) JFI_TRY(check_map(x, n, level + 1));
  return jfi_graph_copy(x->to, at, x->from, n, x->map);
}

jfhe_status jfi_pass_rotations(jfi_graph *g, jfi_machine *m) {
  jfi_graph to = {0};
  turner x = {.m = m, .from = g, .to = &to, .map = jfi_numbers_new(g->n_nodes)};
  jfhe_status st = x.map ? jfi_graph_like(&to, g) : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan");
  for (uint32_t i = 0; i < g->n_nodes && st == JFHE_OK; i++) st = visit(&x, i);
  if (st == JFHE_OK)
    jfi_graph_replace(g, &to, x.map);
  else
    jfi_graph_free(&to);
  jfi_free(x.map);
  jfi_free(x.last);
  return st;
}

/* ---- which keys a plan uses ---- */
typedef struct amounts {
  uint8_t *used; /* by amount, centred modulo the slots */
  int64_t slots;
} amounts;

static void use(amounts *x, int64_t k) { x->used[((k % x->slots) + x->slots) % x->slots] = 1; }

static void use_all(amounts *x, const jfhe_plan *plan, const jfi_node *n) {
  if (n->op == JFI_OP_ROTATE) use(x, n->k);
  for (uint32_t t = 1; n->op == JFI_OP_INNER_SUM && t < n->count; t *= 2) use(x, (int64_t)n->k * t);
  for (uint32_t i = 0; n->op == JFI_OP_ROTATE_SUM && i < n->count; i++) use(x, plan->g.turn[(uint32_t)n->k + i]);
  if (n->op != JFI_OP_LINMAP) return;
  const jfhe_linmap *map = plan->m.map[n->table];
  for (size_t i = 0; i < map->n_babies; i++) use(x, map->baby[i]);
  for (size_t i = 0; i < map->n_giants; i++) use(x, map->giant[i]);
}

size_t jfi_plan_rotations(const jfhe_plan *plan, int32_t *k, size_t cap) {
  amounts x = {.slots = (int64_t)1 << plan->m.program->log_slots};
  size_t count = 0;
  x.used = jfi_alloc_zero((size_t)x.slots);
  for (uint32_t i = 0; x.used && i < plan->g.n_nodes; i++) use_all(&x, plan, &plan->g.node[i]);
  for (int64_t i = 1; x.used && i < x.slots; i++) {
    if (!x.used[i]) continue;
    if (count < cap) k[count] = (int32_t)(i > x.slots / 2 ? i - x.slots : i);
    count++;
  }
  jfi_free(x.used);
  return count;
}
