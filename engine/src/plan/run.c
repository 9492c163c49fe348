/* plan/run.c: computing a plan, a step at a time.
 *
 * Operations run one after another and spread their residues over the context's threads. Buffers of dead values are used again by the
 * forecast's own rule, so a warm run allocates outputs alone. */
#include "plan/run.h"

#include <string.h>

#include "base/clock.h"
#include "base/status.h"
#include "circuit/acc.h"
#include "circuit/bootstrap.h"
#include "circuit/table.h"
#include "ckks/eval.h"

/* Encoded diagonals stay with the plan's maps and its bootstrap. */
static size_t map_bytes(const jfhe_plan *plan) {
  size_t bytes = plan->boot_bytes;
  for (uint32_t i = 0; i < plan->m.program->n_tables; i++)
    if (plan->m.map[i]) bytes += jfhe_linmap_cached(plan->m.map[i]);
  if (plan->m.apart) bytes += jfhe_linmap_cached(plan->m.apart) + jfhe_linmap_cached(plan->m.mix);
  return bytes;
}

/* ---- what is wanted ---- */
/* Marks the steps that wanted outputs need. */
static void mark(jfhe_run *run, const uint8_t *skip) {
  const jfhe_plan *plan = run->plan;
  const jfi_graph *g = &plan->g;
  for (uint32_t i = g->n_outputs; i-- > 0;) {
    run->next[i] = run->first[g->output[i]];
    run->first[g->output[i]] = i;
    run->output[i] = skip && skip[i] ? JFI_TAKEN : JFI_WAITING;
    if (run->output[i] == JFI_WAITING) {
      run->wanted[g->output[i]] = 1;
      run->holds[g->output[i]]++;
    }
  }
  for (uint32_t i = g->n_nodes; i-- > 0;)
    for (uint32_t r = 0; run->wanted[i] && r < jfi_reads(&g->node[i]); r++) {
      uint32_t a = jfi_read(g, &g->node[i], r);
      if (a == JFI_NONE) continue;
      run->wanted[a] = 1;
      run->holds[a]++;
    }
  for (uint32_t s = 0; s < plan->n_steps; s++)
    if (jfi_run_wants(run, s)) run->total += jfi_cost_of_step(plan, &plan->step[s]);
}

int jfi_run_wants(const jfhe_run *run, uint32_t step) {
  const jfi_step *s = &run->plan->step[step];
  for (uint32_t j = 0; j < s->count; j++)
    if (run->wanted[run->plan->order[s->first + j]]) return 1;
  return 0;
}

jfhe_status jfi_run_open(jfhe_run *run, const jfhe_plan *plan, const uint8_t *skip) {
  uint32_t n = plan->g.n_nodes + 1, outputs = plan->g.n_outputs + 1, most = 2;
  run->plan = plan;
  run->ct = jfi_alloc_zero(n * sizeof(jfhe_ct *));
  run->wanted = jfi_alloc_zero(n);
  run->holds = jfi_alloc_zero(n * sizeof *run->holds);
  run->output = jfi_alloc_zero(outputs);
  run->first = jfi_numbers_new(n);
  run->next = jfi_numbers_new(outputs);
  run->ready = JFI_NONE;
  run->scratch = plan->scratch ? jfi_alloc(plan->scratch) : NULL;
  for (uint32_t i = 0; i < plan->g.n_nodes; i++)
    if (jfi_reads(&plan->g.node[i]) > most) most = jfi_reads(&plan->g.node[i]);
  run->in = jfi_alloc(most * sizeof(jfhe_ct *));
  if (!run->ct || !run->wanted || !run->holds || !run->output || !run->in || !run->first || !run->next ||
      (plan->scratch && !run->scratch))
    return jfi_fail(JFHE_ERR_MEMORY, "no memory to run: %zu bytes of scratch", plan->scratch);
  run->maps = map_bytes(plan);
  run->held = plan->scratch + run->maps;
  run->peak = run->held;
  atomic_init(&run->cancelled, 0);
  mark(run, skip);
  return JFHE_OK;
}

void jfhe_run_free(jfhe_run *run) {
  if (!run) return;
  for (uint32_t i = 0; run->ct && i < run->plan->g.n_nodes; i++) jfhe_ct_free(run->ct[i]);
  while (run->shelf) {
    jfi_shelved *s = run->shelf;
    run->shelf = s->next;
    jfhe_ct_free(s->ct);
    jfi_free(s);
  }
  jfi_free(run->ct);
  jfi_free(run->wanted);
  jfi_free(run->holds);
  jfi_free(run->output);
  jfi_free(run->first);
  jfi_free(run->next);
  jfi_free((void *)(uintptr_t)run->in);
  jfi_free(run->scratch);
  jfi_free(run);
}

/* ---- buffers ---- */
static int is_output(const jfhe_run *run, uint32_t value) { return run->plan->last_use[value] == JFI_NONE; }

static void hold(jfhe_run *run, size_t bytes) {
  run->held += bytes;
  if (run->held > run->peak) run->peak = run->held;
}

/* Outputs leave the run, so they get buffers of their own; all else takes the smallest free one that serves. */
static jfhe_status take_buffer(jfhe_run *run, uint32_t value) {
  const jfi_node *n = &run->plan->g.node[value];
  const jfhe_ctx *ctx = jfi_machine_ctx(&run->plan->m, n->ring);
  uint32_t limbs = (uint32_t)jfi_set_count(ctx->chain.level[n->level]);
  jfi_shelved **best = NULL;
  for (jfi_shelved **s = &run->shelf; *s && !is_output(run, value); s = &(*s)->next)
    if ((*s)->ct->cap_limbs >= limbs && (!best || (*s)->ct->cap_limbs < (*best)->ct->cap_limbs)) best = s;
  if (best) {
    jfi_shelved *s = *best;
    run->ct[value] = s->ct;
    *best = s->next;
    jfi_free(s);
    return JFHE_OK;
  }
  JFI_TRY(jfi_ct_alloc(&run->ct[value], ctx, 2, limbs));
  hold(run, jfi_value_bytes(ctx, limbs));
  return JFHE_OK;
}

/* A lent one holds residues of somebody else. */
static int is_lent(const jfhe_ct *ct) {
  return (const uint8_t *)ct->data != (const uint8_t *)ct + jfi_round64(sizeof *ct);
}

static size_t input_bytes(const jfhe_ct *ct) {
  return jfi_value_bytes(ct->ctx, is_lent(ct) ? ct->n_limbs : ct->cap_limbs);
}

static jfhe_status let_go(jfhe_run *run, uint32_t value) {
  jfhe_ct *ct = run->ct[value];
  if (--run->holds[value] || !ct) return JFHE_OK;
  run->ct[value] = NULL;
  if (run->plan->g.node[value].op == JFI_OP_INPUT) {
    run->held -= input_bytes(ct);
    jfhe_ct_free(ct);
    return JFHE_OK;
  }
  jfi_shelved *s = jfi_alloc(sizeof *s);
  if (!s) {
    jfhe_ct_free(ct);
    return jfi_fail(JFHE_ERR_MEMORY, "no memory to run");
  }
  *s = (jfi_shelved){run->shelf, ct};
  run->shelf = s;
  return JFHE_OK;
}

/* ---- steps ---- */
static jfhe_status run_one(jfhe_run *run, uint32_t value) {
  const jfhe_plan *plan = run->plan;
  const jfi_node *n = &plan->g.node[value];
  jfi_scratch s;
  JFI_TRY(take_buffer(run, value));
  for (uint32_t r = 0; r < jfi_reads(n); r++) {
    uint32_t a = jfi_read(&plan->g, n, r);
    run->in[r] = a == JFI_NONE ? NULL : run->ct[a];
  }
  jfi_scratch_init(&s, run->scratch, plan->scratch);
  JFI_TRY(jfi_apply(&plan->m, &plan->g, n, run->ct[value], run->in, &s));
  if (n->op != JFI_OP_LINMAP && n->op != JFI_OP_LIFT && n->op != JFI_OP_LOWER) return JFHE_OK;
  size_t maps = map_bytes(plan);
  hold(run, maps - run->maps);
  run->maps = maps;
  return JFHE_OK;
}

/* What a caller vouches for is known of a value from here on. */
static void promised(jfhe_ct *ct, const jfi_node *n) {
  if (n->promise < ct->bound.mag) ct->bound.mag = n->promise;
}

/* Rotations of one value. Unwanted ones are left out. */
static jfhe_status run_turns(jfhe_run *run, const jfi_step *step) {
  enum { TURNS = 64 };
  const jfhe_plan *plan = run->plan;
  jfhe_ct *out[TURNS];
  int32_t k[TURNS];
  uint32_t value[TURNS], count = 0;
  jfi_scratch s;
  for (uint32_t j = 0; j < step->count; j++) {
    uint32_t v = plan->order[step->first + j];
    if (!run->wanted[v] || count == TURNS) continue;
    JFI_TRY(take_buffer(run, v));
    value[count] = v;
    out[count] = run->ct[v];
    k[count++] = plan->g.node[v].k;
  }
  if (count == 0) return JFHE_OK; /* jfi_run_wants saw one; the analyser does not */
  jfi_scratch_init(&s, run->scratch, plan->scratch);
  const jfhe_ct *a = run->ct[plan->g.node[value[0]].a];
  JFI_TRY(jfi_ckks_rotate_many(plan->m.ctx, out, a, k, count, plan->m.keys, &s));
  for (uint32_t i = 0; i < count; i++) promised(out[i], &plan->g.node[value[i]]);
  return JFHE_OK;
}

/* Sums of the same factors. Unwanted ones are left out. */
static jfhe_status run_sums(jfhe_run *run, const jfi_step *step) {
  const jfhe_plan *plan = run->plan;
  const jfi_node *n[JFI_SUMS_MAX];
  const jfhe_ct *const *in[JFI_SUMS_MAX];
  jfhe_ct *out[JFI_SUMS_MAX];
  uint32_t sums = 0, reads = jfi_reads(&plan->g.node[plan->order[step->first]]);
  const jfhe_ct **read = jfi_alloc((size_t)step->count * reads * sizeof *read);
  jfhe_status st = read ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory to run");
  for (uint32_t j = 0; j < step->count && st == JFHE_OK; j++) {
    uint32_t v = plan->order[step->first + j];
    if (!run->wanted[v] || sums == JFI_SUMS_MAX) continue;
    n[sums] = &plan->g.node[v];
    for (uint32_t r = 0; r < reads; r++) read[sums * reads + r] = run->ct[jfi_read(&plan->g, n[sums], r)];
    in[sums] = read + (size_t)sums * reads;
    st = take_buffer(run, v);
    out[sums++] = run->ct[v];
  }
  jfi_scratch s;
  jfi_scratch_init(&s, run->scratch, plan->scratch);
  if (st == JFHE_OK && sums) st = jfi_apply_sums(&plan->m, n, sums, out, in, &s);
  jfi_free((void *)(uintptr_t)read);
  return st;
}

/* Bootstraps in step. Unwanted ones are left out. */
static jfhe_status run_boots(jfhe_run *run, const jfi_step *step) {
  const jfhe_plan *plan = run->plan;
  const jfhe_ct *in[JFI_MANY_MAX];
  jfhe_ct *out[JFI_MANY_MAX];
  uint32_t value[JFI_MANY_MAX], count = 0;
  jfi_scratch s;
  for (uint32_t j = 0; j < step->count; j++) {
    uint32_t v = plan->order[step->first + j];
    if (!run->wanted[v] || count == JFI_MANY_MAX) continue;
    JFI_TRY(take_buffer(run, v));
    value[count] = v;
    in[count] = run->ct[plan->g.node[v].a];
    out[count++] = run->ct[v];
  }
  if (count == 0) return JFHE_OK; /* as in run_turns */
  jfi_scratch_init(&s, run->scratch, plan->scratch);
  JFI_TRY(jfi_bootstrap_many(plan->m.ctx, out, in, count, plan->m.boot, plan->m.keys, &s));
  for (uint32_t i = 0; i < count; i++) promised(out[i], &plan->g.node[value[i]]);
  return JFHE_OK;
}

/* Tables that one value is looked up in. */
static jfhe_status run_looks(jfhe_run *run, const jfi_step *step) {
  const jfhe_plan *plan = run->plan;
  const jfhe_table *table[JFI_TABLES_MAX];
  jfhe_ct *out[JFI_TABLES_MAX];
  const jfhe_ct *in = NULL;
  uint32_t count = 0;
  jfi_scratch s;
  for (uint32_t j = 0; j < step->count; j++) {
    uint32_t v = plan->order[step->first + j];
    const jfi_node *n = &plan->g.node[v];
    if (!run->wanted[v] || count == JFI_TABLES_MAX) continue;
    JFI_TRY(take_buffer(run, v));
    in = run->ct[n->a];
    table[count] = plan->m.look[n->table];
    out[count++] = run->ct[v];
  }
  if (count == 0) return JFHE_OK; /* as in run_turns */
  jfi_scratch_init(&s, run->scratch, plan->scratch);
  JFI_TRY(jfi_table_run_many(plan->m.ctx, out, in, table, count, plan->m.keys, &s));
  for (uint32_t j = 0, i = 0; j < step->count; j++) {
    uint32_t v = plan->order[step->first + j];
    if (run->wanted[v]) promised(out[i++], &plan->g.node[v]);
  }
  return JFHE_OK;
}

static jfhe_status run_many(jfhe_run *run, const jfi_step *step) {
  const jfi_node *n = &run->plan->g.node[run->plan->order[step->first]];
  if (n->op == JFI_OP_BOOTSTRAP) return run_boots(run, step);
  if (n->op == JFI_OP_LOOKUP) return run_looks(run, step);
  return n->op == JFI_OP_SUM ? run_sums(run, step) : run_turns(run, step);
}

static jfhe_status free_reads(jfhe_run *run, const jfi_step *step) {
  const jfi_graph *g = &run->plan->g;
  for (uint32_t j = 0; j < step->count; j++) {
    uint32_t value = run->plan->order[step->first + j];
    for (uint32_t r = 0; run->wanted[value] && r < jfi_reads(&g->node[value]); r++) {
      uint32_t a = jfi_read(g, &g->node[value], r);
      if (a != JFI_NONE) JFI_TRY(let_go(run, a));
    }
  }
  return JFHE_OK;
}

/* Puts the outputs of a value before those that wait to be reported. */
static void make_ready(jfhe_run *run, uint32_t first) {
  uint32_t last = first;
  while (run->next[last] != JFI_NONE) last = run->next[last];
  run->next[last] = run->ready;
  run->ready = first;
}

jfhe_status jfi_run_step(jfhe_run *run) {
  const jfi_step *step = &run->plan->step[run->at];
  const jfi_node *n = &run->plan->g.node[run->plan->order[step->first]];
  if (n->op != JFI_OP_INPUT) {
    JFI_TRY(step->count > 1 ? run_many(run, step) : run_one(run, run->plan->order[step->first]));
    JFI_TRY(free_reads(run, step));
  }
  for (uint32_t j = 0; j < step->count; j++) {
    uint32_t value = run->plan->order[step->first + j];
    if (run->first[value] != JFI_NONE) make_ready(run, run->first[value]);
  }
  run->done += jfi_cost_of_step(run->plan, step);
  run->at++;
  return JFHE_OK;
}

/* ---- what the caller sees ---- */
static void report(const jfhe_run *run, jfhe_run_state *state, uint32_t event, uint32_t number) {
  double share = run->total > 0 ? run->done / run->total : 1;
  double left = run->total - run->done;
  if (run->done > 0 && run->busy > 0) left *= run->busy / run->done;
  if (event == JFHE_RUN_DONE) {
    share = 1;
    left = 0;
  }
  *state = (jfhe_run_state){event, number, share < 1 ? share : 1, left > 0 ? left : 0, run->held, run->peak};
}

/* The next output that is made and not reported, or JFI_NONE. */
static uint32_t ready_output(jfhe_run *run) {
  while (run->ready != JFI_NONE) {
    uint32_t i = run->ready;
    run->ready = run->next[i];
    if (run->output[i] == JFI_WAITING) return i;
  }
  return JFI_NONE;
}

jfhe_status jfi_run_advance(jfhe_run *run, double slice, jfhe_run_state *state) {
  double begin = jfi_now();
  for (;;) {
    if (atomic_load(&run->cancelled)) return jfi_fail(JFHE_ERR_CANCELLED, "the run was cancelled");
    uint32_t output = ready_output(run);
    if (output != JFI_NONE) {
      run->output[output] = JFI_READY;
      report(run, state, JFHE_RUN_OUTPUT, output);
      return JFHE_OK;
    }
    if (run->at == run->plan->n_steps) {
      report(run, state, JFHE_RUN_DONE, 0);
      return JFHE_OK;
    }
    uint32_t value = run->plan->order[run->plan->step[run->at].first];
    if (!jfi_run_wants(run, run->at)) {
      run->at++;
      continue;
    }
    if (run->plan->g.node[value].op == JFI_OP_INPUT && !run->ct[value]) {
      report(run, state, JFHE_RUN_WANTS, run->plan->g.node[value].table);
      return JFHE_OK;
    }
    double start = jfi_now();
    JFI_TRY(jfi_run_step(run));
    double end = jfi_now();
    if (end > start) run->busy += end - start;
    if (slice > 0 && end - begin >= slice) {
      report(run, state, JFHE_RUN_PAUSE, 0);
      return JFHE_OK;
    }
  }
}

/* The value that an input is, or JFI_NONE where no output needs it. */
static uint32_t input_value(const jfhe_run *run, uint32_t input) {
  for (uint32_t i = 0; i < run->plan->g.n_nodes; i++)
    if (run->plan->g.node[i].op == JFI_OP_INPUT && run->plan->g.node[i].table == input) return i;
  return JFI_NONE;
}

/* Leaves out the residues that nothing reads: of a lent one by not looking at them. Frees `ct` where it makes another. */
static jfhe_status shorten(jfhe_ct **ct, uint32_t level) {
  jfhe_ct *less = NULL, *old = *ct;
  const jfhe_ctx *ctx = old->ctx;
  if (old->level == level) return JFHE_OK;
  if (is_lent(old)) {
    old->level = level;
    old->primes = ctx->chain.level[level];
    old->n_limbs = (uint32_t)jfi_set_count(old->primes);
    return JFHE_OK;
  }
  jfi_scratch none = {0};
  JFI_TRY(jfi_ct_alloc(&less, ctx, 2, (uint32_t)jfi_set_count(ctx->chain.level[level])));
  jfhe_status st = jfi_ckks_drop_level(ctx, less, old, level, &none);
  jfhe_ct_free(st == JFHE_OK ? old : less);
  if (st == JFHE_OK) *ct = less;
  return st;
}

jfhe_status jfi_run_give(jfhe_run *run, uint32_t input, jfhe_ct *ct) {
  const jfi_machine *m = &run->plan->m;
  uint32_t value = input_value(run, input);
  if (value == JFI_NONE || !run->wanted[value] || run->ct[value])
    return jfi_fail(JFHE_ERR_ARG, "input %u is not wanted, or was given", input);
  const jfi_value *v = &m->given[input];
  const jfhe_ctx *ctx = jfi_machine_ctx(m, v->ring);
  JFI_TRY(jfi_ct_usable(ctx, ct));
  if (memcmp(ct->key_id, m->key_id[v->ring], JFHE_ID_BYTES) != 0)
    return jfi_fail(JFHE_ERR_KEY, "input '%s' is under another secret than planned", m->program->input[input].name);
  if (ct->level != v->level || ct->degree != 1 || !jfi_set_equal(ct->primes, ctx->chain.level[v->level]))
    return jfi_fail(JFHE_ERR_LEVEL, "input '%s' is at level %u, planned was %u", m->program->input[input].name,
                    ct->level, v->level);
  if (ct->packing > v->packing || ct->log_slots != m->program->log_slots)
    return jfi_fail(JFHE_ERR_FORM, "input '%s' is packed otherwise than planned", m->program->input[input].name);
  if (ct->scale != v->scale)
    return jfi_fail(JFHE_ERR_SCALE, "input '%s' has another scale than planned", m->program->input[input].name);
  if (!(ct->bound.mag <= v->bound.mag && ct->bound.worst <= v->bound.worst && ct->bound.sd <= v->bound.sd))
    return jfi_fail(JFHE_ERR_RANGE, "input '%s' has wider bounds than planned", m->program->input[input].name);
  JFI_TRY(shorten(&ct, run->plan->g.node[value].level));
  ct->bound = v->bound; /* what was proved holds for what was planned */
  ct->packing = v->packing;
  const double promise = run->plan->g.node[value].promise;
  if (promise < ct->bound.mag) ct->bound.mag = promise;
  run->ct[value] = ct;
  hold(run, input_bytes(ct));
  return JFHE_OK;
}

/* A head of its own over the lender's residues: inputs are read, freed and never shelved, so nobody writes there. */
jfhe_status jfi_run_lend(jfhe_run *run, uint32_t input, const jfhe_ct *ct) {
  jfhe_ct *head = jfi_alloc(sizeof *head);
  if (!head) return jfi_fail(JFHE_ERR_MEMORY, "no memory to run");
  *head = *ct;
  jfhe_status st = jfi_run_give(run, input, head);
  if (st != JFHE_OK) jfhe_ct_free(head);
  return st;
}

jfhe_status jfi_run_take(jfhe_run *run, uint32_t output, jfhe_ct **ct) {
  if (output >= run->plan->g.n_outputs || run->output[output] != JFI_READY)
    return jfi_fail(JFHE_ERR_ARG, "output %u is not ready, or was taken", output);
  uint32_t value = run->plan->g.output[output];
  const jfhe_ctx *ctx = jfi_machine_ctx(&run->plan->m, run->plan->g.node[value].ring);
  if (run->holds[value] > 1 || run->plan->g.node[value].op == JFI_OP_INPUT) {
    /* others still read it, or it is another output too */
    JFI_TRY(jfi_ct_alloc(ct, ctx, 2, run->ct[value]->n_limbs));
    jfhe_status st = jfi_ckks_copy(ctx, *ct, run->ct[value]);
    if (st != JFHE_OK) {
      jfhe_ct_free(*ct);
      *ct = NULL;
      return st;
    }
    run->output[output] = JFI_TAKEN;
    return let_go(run, value);
  }
  *ct = run->ct[value];
  run->ct[value] = NULL;
  run->holds[value] = 0;
  run->held -= jfi_value_bytes(ctx, (*ct)->cap_limbs);
  run->output[output] = JFI_TAKEN;
  return JFHE_OK;
}
