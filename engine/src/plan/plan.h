/* plan/plan.h: a plan's inside: the lowered graph, what is proved of each value, the order of work. */
#ifndef JFI_PLAN_PLAN_H
#define JFI_PLAN_PLAN_H
#include "plan/machine.h"
#include "plan/pass.h"

/* Operations order[first .. first + count) are done together: one, or rotations of one value. */
typedef struct jfi_step {
  uint32_t first, count;
} jfi_step;

struct jfhe_plan {
  jfi_machine m;
  jfi_graph g;
  jfhe_plan_options options;
  uint32_t pass;     /* the last that was done */
  jfi_levels how;    /* levels were chosen */
  uint32_t keep;     /* levels that outputs keep in the program's ring */
  uint32_t need;     /* the level that inputs must have, for levels chosen late */
  int roomy;         /* numbers are scaled further below a bootstrap's bound */
  uint32_t rewrites; /* of enum jfi_rewrite: allowed */
  uint32_t changed;  /* those that found something to do */
  jfi_value *value;  /* by operation, from JFHE_PASS_BOUNDS on */
  uint32_t *order;   /* operations in the order of work */
  jfi_step *step;
  uint32_t n_steps;
  uint32_t *last_use; /* by operation: the step after which nothing reads it; JFI_NONE for outputs */
  size_t scratch;     /* bytes */
  size_t boot_bytes;  /* of the bootstrap's plaintexts, where there is one */
  jfhe_forecast forecast;
};

/* plan.c: the passes. On failure what was made so far is the caller's to free. */
jfhe_status jfi_plan_make(jfhe_plan *plan, const struct jfhe_ctx *ctx, const struct jfhe_keyring *keys,
                          const struct jfhe_bootstrap *boot, const jfhe_rung *rung, const jfhe_program *program,
                          const jfhe_info *inputs);
void jfi_plan_identity(const jfhe_plan *plan, uint8_t *hash);
/* explain.c: writes at most cap bytes, a zero at their end, and returns how many the whole has. */
size_t jfi_plan_print(const jfhe_plan *plan, char *text, size_t cap);

/* rotations.c: amounts that the plan rotates by, each once, ascending. */
size_t jfi_plan_rotations(const jfhe_plan *plan, int32_t *k, size_t cap);

/* bootstraps.c: bootstraps where levels end; g is the plan's. *changed gets its bit where cuts lie elsewhere since what is only lowered is free. */
jfhe_status jfi_pass_bootstraps(jfi_graph *g, const jfhe_plan *plan, uint32_t *changed);
/* How large what is bootstrapped may be, its error apart. */
double jfi_bootstrap_room(const jfhe_plan *plan);

/* bounds.c: value[] of every operation, by the operations themselves on shadows. */
jfhe_status jfi_plan_bounds(jfhe_plan *plan);
/* schedule.c: order, steps, last uses, forecast. */
jfhe_status jfi_plan_schedule(jfhe_plan *plan);

/* cost.c: seconds of one operation on one thread, and of a step. */
double jfi_cost_of(const jfhe_plan *plan, const jfi_node *n);
double jfi_cost_of_step(const jfhe_plan *plan, const jfi_step *s);
/* The library's own figures for a backend, where none are given. */
void jfi_costs_default(jfhe_costs *costs, const struct jfhe_ctx *ctx);
jfhe_status jfi_costs_measure(jfhe_costs *costs, const struct jfhe_ctx *ctx);

/* The level at which an operation reads: its own or above. */
uint32_t jfi_reads_level(const jfhe_plan *plan, const jfi_node *n);
/* Bytes of a value's residues. */
size_t jfi_value_bytes(const struct jfhe_ctx *ctx, uint32_t limbs);

/* shelf.h's rule of reuse, shared by the forecast and the run: buffers by how many residues a polynomial they hold. */
typedef struct jfi_shelf {
  uint32_t free[JFI_PRIMES_MAX + 1]; /* free buffers of each size */
} jfi_shelf;
/* Takes the smallest free buffer of at least `limbs`; 0: none, a new one of `limbs` is to be made. Returns its size. */
uint32_t jfi_shelf_take(jfi_shelf *s, uint32_t limbs);
#endif
