/* plan/bounds.c: what is proved of each value before anything runs: the operations themselves, on shadows. */
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "circuit/acc.h"
#include "circuit/bootstrap.h"
#include "ckks/eval.h"
#include "plan/plan.h"

typedef struct shadows {
  const jfhe_plan *plan;
  jfhe_ct *ct;        /* of one operation's reads */
  const jfhe_ct **in; /* null for unused places */
  jfi_scratch scratch;
} shadows;

static void cast(const shadows *x, jfhe_ct *ct, uint32_t value) {
  const jfi_machine *m = &x->plan->m;
  const jfi_value *v = &x->plan->value[value];
  jfi_ct_shadow(ct, jfi_machine_ctx(m, v->ring), v->level);
  ct->form = JFHE_FORM_EVAL;
  ct->packing = v->packing;
  ct->log_slots = jfi_machine_slots(m, v->ring);
  ct->scale = v->scale;
  ct->bound = v->bound;
  memcpy(ct->key_id, m->key_id[v->ring], JFHE_ID_BYTES);
}

static void cast_reads(shadows *x, const jfi_node *n) {
  for (uint32_t r = 0; r < jfi_reads(n); r++) {
    uint32_t a = jfi_read(&x->plan->g, n, r);
    x->in[r] = a == JFI_NONE ? NULL : &x->ct[r];
    if (a == JFI_NONE) continue;
    if (r % 2 && a == jfi_read(&x->plan->g, n, r - 1))
      x->in[r] = x->in[r - 1]; /* a square: one ciphertext, not two */
    else
      cast(x, &x->ct[r], a);
  }
}

/* The failure of an operation, with the operation's name. */
static jfhe_status named(const jfhe_plan *plan, uint32_t i, jfhe_status st) {
  char why[200];
  (void)snprintf(why, sizeof why, "%s", jfhe_last_error());
  return jfi_fail(st, "%%%u = %s: %s", i, jfi_op_name(plan->g.node[i].op), why);
}

/* An input, without the residues that nothing reads. */
static jfhe_status take_input(shadows *x, jfhe_plan *plan, uint32_t i) {
  const jfi_node *n = &plan->g.node[i];
  jfi_value *v = &plan->value[i];
  jfi_scratch s = x->scratch;
  *v = n->ring == JFI_BELOW ? plan->m.given[n->table] : plan->m.input[n->table];
  if (v->level != n->level) {
    cast(x, &x->ct[0], i);
    jfhe_status st = jfi_ckks_drop_level(x->ct[0].ctx, &x->ct[0], &x->ct[0], n->level, &s);
    if (st != JFHE_OK) return named(plan, i, st);
    v->level = n->level;
    v->bound = x->ct[0].bound;
  }
  if (n->promise < v->bound.mag) v->bound.mag = n->promise;
  return JFHE_OK;
}

/* Whether a value's repetitions may be different numbers: settled, each has taken its own error in. */
static uint8_t comes_apart(const shadows *x, const jfi_node *n) {
  const jfhe_plan *plan = x->plan;
  if (plan->m.program->log_slots + 1 == plan->m.ctx->ring->log_n) return 0;
  if (n->op == JFI_OP_SETTLE) return 1;
  for (uint32_t r = 0; r < jfi_reads(n); r++) {
    uint32_t a = jfi_read(&plan->g, n, r);
    if (a != JFI_NONE && plan->value[a].apart) return 1;
  }
  return 0;
}

/* A bootstrap of the program's slots gives every repetition the mean of all, another number than the one that the value's other readers see; one
 * of all slots gives each its own. */
static jfhe_status check_joined(const jfhe_plan *plan, uint32_t i) {
  const jfi_node *n = &plan->g.node[i];
  const uint32_t all = plan->m.ctx->ring->log_n - 1;
  if ((n->op != JFI_OP_BOOTSTRAP && n->op != JFI_OP_LOOKUP) || !plan->value[i].apart) return JFHE_OK;
  if (plan->m.boot && plan->m.boot->log_slots == all) return JFHE_OK;
  jfhe_status st =
      jfi_fail(JFHE_ERR_FORM, "what was settled is brought back by a bootstrap of all 2^%u slots alone", all);
  return named(plan, i, st);
}

static jfhe_status visit_all(shadows *x, jfhe_plan *plan) {
  const jfi_machine *m = &plan->m;
  for (uint32_t i = 0; i < plan->g.n_nodes; i++) {
    const jfi_node *n = &plan->g.node[i];
    if (n->op == JFI_OP_INPUT) {
      JFI_TRY(take_input(x, plan, i));
      continue;
    }
    jfhe_ct out;
    jfi_scratch s = x->scratch;
    const jfhe_ctx *ctx = jfi_machine_ctx(m, n->ring);
    jfi_ct_shadow(&out, ctx, ctx->chain.top);
    cast_reads(x, n);
    jfhe_status st = jfi_apply(m, &plan->g, n, &out, x->in, &s);
    if (st != JFHE_OK) return named(plan, i, st);
    plan->value[i] =
        (jfi_value){out.scale, out.bound, (uint8_t)out.level, (uint8_t)out.packing, n->ring, comes_apart(x, n)};
    JFI_TRY(check_joined(plan, i));
  }
  return JFHE_OK;
}

jfhe_status jfi_plan_bounds(jfhe_plan *plan) {
  uint32_t most = 2;
  for (uint32_t i = 0; i < plan->g.n_nodes; i++)
    if (jfi_reads(&plan->g.node[i]) > most) most = jfi_reads(&plan->g.node[i]);
  shadows x = {.plan = plan, .ct = jfi_alloc(most * sizeof *x.ct), .in = jfi_alloc(most * sizeof *x.in)};
  void *room = jfi_alloc(JFI_SHADOW_SCRATCH);
  plan->value = jfi_alloc((plan->g.n_nodes + 1) * sizeof *plan->value);
  jfi_scratch_init(&x.scratch, room, JFI_SHADOW_SCRATCH);
  jfhe_status st =
      x.ct && x.in && room && plan->value ? visit_all(&x, plan) : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan bounds");
  jfi_free(room);
  jfi_free(x.ct);
  jfi_free((void *)(uintptr_t)x.in);
  return st;
}
