/* plan/explain.c: a plan as text, a line an operation. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plan/plan.h"

/* Text that is counted even where it no longer fits. */
typedef struct sink {
  char *text;
  size_t cap, len;
} sink;

__attribute__((format(printf, 2, 3))) static void say(sink *s, const char *fmt, ...) {
  char piece[512];
  va_list args;
  va_start(args, fmt);
  int n = vsnprintf(piece, sizeof piece, fmt, args);
  va_end(args);
  if (n < 0) return;
  size_t len = (size_t)n < sizeof piece ? (size_t)n : sizeof piece - 1;
  for (size_t i = 0; i < len; i++)
    if (s->len + i + 1 < s->cap) s->text[s->len + i] = piece[i];
  s->len += len;
}

static void say_constant(sink *s, const jfi_node *n) {
  if (n->im == 0)
    say(s, " %.9g", n->re);
  else
    say(s, " (%.9g%+.9gi)", n->re, n->im);
}

static void say_terms(sink *s, const jfhe_plan *plan, const jfi_node *n) {
  enum { SHOWN = 4 };
  for (uint32_t i = 0; i < n->count && i < SHOWN; i++) {
    const jfi_term *t = &plan->g.term[(uint32_t)n->k + i];
    say(s, t->sign < 0 ? " -" : i ? " +" : "");
    if (t->b != JFI_NONE)
      say(s, " %%%u*%%%u", t->a, t->b);
    else if (t->table != JFI_NONE)
      say(s, " v%u*%%%u", t->table, t->a);
    else
      say(s, " %.9g*%%%u", t->c, t->a);
  }
  if (n->count > SHOWN) say(s, " and %u more", n->count - SHOWN);
}

static void say_reads(sink *s, const jfhe_plan *plan, const jfi_node *n) {
  if (n->op == JFI_OP_SUM) {
    say_terms(s, plan, n);
    return;
  }
  if (n->a != JFI_NONE) say(s, " %%%u", n->a);
  if (n->b != JFI_NONE) say(s, " %%%u", n->b);
  switch (n->op) {
  case JFI_OP_INPUT: say(s, " '%s'", plan->m.program->input[n->table].name); break;
  case JFI_OP_ADD_CONST:
  case JFI_OP_SETTLE:
  case JFI_OP_MUL_CONST: say_constant(s, n); break;
  case JFI_OP_ADD_VECTOR:
  case JFI_OP_MUL_VECTOR: say(s, " v%u", n->table); break;
  case JFI_OP_ROTATE:
  case JFI_OP_MUL_INT:
  case JFI_OP_LEVEL: say(s, " %d", n->k); break;
  case JFI_OP_INNER_SUM: say(s, " of %u, %d apart", n->count, n->k); break;
  case JFI_OP_LINMAP: say(s, " m%u", n->table); break;
  case JFI_OP_POLY:
    say(s, " p%u", n->table);
    if (n->count) say(s, " and multiples of its argument");
    if (n->re != 0 || n->im != 0) say(s, " in units 2^%d, 2^%d", (int)n->re, -(int)n->im);
    break;
  case JFI_OP_LOWER:
    if (jfi_rung_packs(&plan->m)) say(s, n->k ? " upper half" : " lower half");
    break;
  case JFI_OP_ROTATE_SUM: say(s, " by %u rotations", n->count); break;
  default: break;
  }
}

static void say_value(sink *s, const jfhe_plan *plan, uint32_t i) {
  const jfi_node *n = &plan->g.node[i];
  if (plan->pass >= JFHE_PASS_LEVELS) say(s, "   level %u", n->level);
  if (n->ring == JFI_BELOW) say(s, " of %s", plan->m.rung->small->params.name);
  if (plan->pass >= JFHE_PASS_BOUNDS) {
    const jfi_bound *b = &plan->value[i].bound;
    say(s, "   |x| <= %.4g, error <= %.2g (likely %.2g)", b->mag, b->worst,
        jfi_bound_probable(b, jfi_machine_spread(&plan->m, n->ring)));
  } else if (!isinf(n->promise)) {
    say(s, "   |x| <= %.4g promised", n->promise);
  }
}

static void say_node(sink *s, const jfhe_plan *plan, uint32_t i) {
  const jfi_node *n = &plan->g.node[i];
  say(s, "%%%u = %s", i, jfi_op_name(n->op));
  say_reads(s, plan, n);
  say_value(s, plan, i);
}

static void say_steps(sink *s, const jfhe_plan *plan) {
  for (uint32_t i = 0; i < plan->n_steps; i++) {
    const jfi_step *step = &plan->step[i];
    double ms = 1000 * jfi_cost_of_step(plan, step);
    const uint32_t op = plan->g.node[plan->order[step->first]].op;
    const int boots = op == JFI_OP_BOOTSTRAP, tables = op == JFI_OP_LOOKUP;
    for (uint32_t j = 0; j < step->count; j++) {
      say_node(s, plan, plan->order[step->first + j]);
      if (j == 0) say(s, "   %.3g ms", ms);
      if (boots && step->count > 1) say(s, "   (%u bootstraps together)", step->count);
      if (tables && step->count > 1) say(s, "   (%u tables of one number)", step->count);
      say(s, j && !boots && !tables ? "   (hoisted)\n" : "\n");
    }
  }
}

static void say_forecast(sink *s, const jfhe_plan *plan) {
  const jfhe_forecast *f = &plan->forecast;
  say(s, "%u operations: %u relinearisations, %u rotations", f->operations, f->products, f->rotations);
  if (f->bootstraps) say(s, ", %u bootstraps", f->bootstraps);
  if (f->lifts) say(s, ", %u lifted, %u lowered", f->lifts, f->lowers);
  say(s, "; %u levels, inputs at level %u or above\n", f->depth, f->level_in);
  say(s, "about %.3g s on one thread, %.1f MiB at most", f->seconds, (double)f->memory_bytes / 0x1p20);
  if (f->key_bytes) say(s, ", keys %.1f MiB", (double)f->key_bytes / 0x1p20);
  say(s, "\n");
}

size_t jfi_plan_print(const jfhe_plan *plan, char *text, size_t cap) {
  sink s = {text, cap, 0};
  say(&s, "after pass '%s' at -O%u, %u slots, parameters %s\n", jfhe_pass_name(plan->pass), plan->options.opt_level,
      1u << plan->m.log_slots, plan->m.ctx->params.name);
  if (plan->pass >= JFHE_PASS_SCHEDULE)
    say_steps(&s, plan);
  else
    for (uint32_t i = 0; i < plan->g.n_nodes; i++) {
      say_node(&s, plan, i);
      say(&s, "\n");
    }
  for (uint32_t i = 0; i < plan->g.n_outputs; i++)
    say(&s, "output '%s' = %%%u\n", plan->m.program->output[i].name, plan->g.output[i]);
  if (plan->pass >= JFHE_PASS_SCHEDULE) say_forecast(&s, plan);
  if (cap) text[s.len < cap ? s.len : cap - 1] = 0;
  return s.len + 1;
}
