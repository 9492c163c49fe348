/* api/plan.c: plans and runs, with argument checks. */
#include "plan/plan.h"

#include "api/check.h"
#include "plan/run.h"

jfhe_status jfhe_costs_measure(const jfhe_ctx *ctx, jfhe_costs *out) {
  JFI_NEED(ctx && out, "jfhe_costs_measure");
  return jfi_costs_measure(out, ctx);
}

static jfhe_status check_options(const jfhe_plan_options *o) {
  if (o->opt_level > 3) return jfi_fail(JFHE_ERR_ARG, "optimisation level %u: 0 to 3", o->opt_level);
  if (o->stop_after >= JFHE_PASS_COUNT)
    return jfi_fail(JFHE_ERR_ARG, "pass %u: there are %d", o->stop_after, JFHE_PASS_COUNT);
  if (o->flags & ~(uint32_t)JFHE_PLAN_APART) return jfi_fail(JFHE_ERR_ARG, "unknown flags of a plan: %u", o->flags);
  return JFHE_OK;
}

jfhe_status jfhe_rung_new(jfhe_rung **out, const jfhe_ctx *ctx, const jfhe_ctx *small, const jfhe_evk *lift,
                          const jfhe_evk *lower) {
  JFI_NEED(out, "jfhe_rung_new");
  *out = NULL;
  JFI_NEED(ctx && small, "jfhe_rung_new");
  return jfi_rung_new(out, ctx, small, lift, lower);
}

jfhe_status jfhe_plan_new(jfhe_plan **out, const jfhe_ctx *ctx, const jfhe_keyring *keys, const jfhe_program *program,
                          const jfhe_info *inputs, const jfhe_plan_options *options) {
  return jfhe_plan_new_with(out, ctx, keys, NULL, program, inputs, options);
}

jfhe_status jfhe_plan_new_with(jfhe_plan **out, const jfhe_ctx *ctx, const jfhe_keyring *keys,
                               const jfhe_bootstrap *bootstrap, const jfhe_program *program, const jfhe_info *inputs,
                               const jfhe_plan_options *options) {
  return jfhe_plan_new_on(out, ctx, keys, bootstrap, NULL, program, inputs, options);
}

jfhe_status jfhe_plan_new_on(jfhe_plan **out, const jfhe_ctx *ctx, const jfhe_keyring *keys,
                             const jfhe_bootstrap *bootstrap, const jfhe_rung *rung, const jfhe_program *program,
                             const jfhe_info *inputs, const jfhe_plan_options *options) {
  JFI_NEED(out, "jfhe_plan_new");
  *out = NULL;
  JFI_NEED(ctx && program, "jfhe_plan_new");
  if (program->n_outputs == 0) return jfi_fail(JFHE_ERR_ARG, "the program has no output");
  jfhe_plan *plan = jfi_alloc_zero(sizeof *plan);
  if (!plan) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a plan");
  if (options)
    plan->options = *options;
  else
    jfhe_plan_options_init(&plan->options);
  jfhe_status st = check_options(&plan->options);
  if (st == JFHE_OK) st = jfi_plan_make(plan, ctx, keys, bootstrap, rung, program, inputs);
  if (st == JFHE_OK)
    *out = plan;
  else
    jfhe_plan_free(plan);
  return st;
}

void jfhe_plan_forecast(const jfhe_plan *plan, jfhe_forecast *out) {
  if (plan && out) *out = plan->forecast;
}

jfhe_status jfhe_plan_output(const jfhe_plan *plan, uint32_t output, uint32_t *level, double *magnitude,
                             double *error_worst, double *error_probable) {
  JFI_NEED(plan, "jfhe_plan_output");
  if (output >= plan->g.n_outputs) return jfi_fail(JFHE_ERR_ARG, "output %u of %u", output, plan->g.n_outputs);
  if (plan->pass < JFHE_PASS_BOUNDS) return jfi_fail(JFHE_ERR_ARG, "the plan was stopped before its bounds");
  const jfi_value *v = &plan->value[plan->g.output[output]];
  if (level) *level = v->level;
  if (magnitude) *magnitude = v->bound.mag;
  if (error_worst) *error_worst = v->bound.worst;
  if (error_probable) *error_probable = jfi_bound_probable(&v->bound, jfi_machine_spread(&plan->m, v->ring));
  return JFHE_OK;
}

size_t jfhe_plan_rotations(const jfhe_plan *plan, int32_t *k, size_t cap) {
  return plan ? jfi_plan_rotations(plan, k, k ? cap : 0) : 0;
}

size_t jfhe_plan_text(const jfhe_plan *plan, char *text, size_t cap) {
  return plan ? jfi_plan_print(plan, text, text ? cap : 0) : 0;
}

jfhe_status jfhe_plan_hash(const jfhe_plan *plan, uint8_t *hash) {
  JFI_NEED(plan && hash, "jfhe_plan_hash");
  if (plan->pass < JFHE_PASS_SCHEDULE) return jfi_fail(JFHE_ERR_ARG, "the plan was stopped before its end");
  jfi_plan_identity(plan, hash);
  return JFHE_OK;
}

/* ---- runs ---- */
jfhe_status jfhe_run_new(jfhe_run **out, const jfhe_plan *plan, const uint8_t *skip) {
  JFI_NEED(out, "jfhe_run_new");
  *out = NULL;
  JFI_NEED(plan, "jfhe_run_new");
  if (plan->pass < JFHE_PASS_SCHEDULE) return jfi_fail(JFHE_ERR_ARG, "the plan was stopped before its end");
  if (plan->m.typical) return jfi_fail(JFHE_ERR_KEY, "the plan was made without keys: it explains and does not run");
  jfhe_run *run = jfi_alloc_zero(sizeof *run);
  if (!run) return jfi_fail(JFHE_ERR_MEMORY, "no memory to run");
  jfhe_status st = jfi_run_open(run, plan, skip);
  if (st == JFHE_OK)
    *out = run;
  else
    jfhe_run_free(run);
  return st;
}

jfhe_status jfhe_run_advance(jfhe_run *run, double slice, jfhe_run_state *state) {
  JFI_NEED(run && state, "jfhe_run_advance");
  return jfi_run_advance(run, slice, state);
}

jfhe_status jfhe_run_give(jfhe_run *run, uint32_t input, jfhe_ct *ct) {
  JFI_NEED(run && ct, "jfhe_run_give");
  return jfi_run_give(run, input, ct);
}

jfhe_status jfhe_run_lend(jfhe_run *run, uint32_t input, const jfhe_ct *ct) {
  JFI_NEED(run && ct, "jfhe_run_lend");
  return jfi_run_lend(run, input, ct);
}

jfhe_status jfhe_run_take(jfhe_run *run, uint32_t output, jfhe_ct **ct) {
  JFI_NEED(run && ct, "jfhe_run_take");
  *ct = NULL;
  return jfi_run_take(run, output, ct);
}

void jfhe_run_cancel(jfhe_run *run) {
  if (run) atomic_store(&run->cancelled, 1);
}
