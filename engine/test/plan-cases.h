/* plan-cases.h: programs of jfhe/plan.h beside the same in the clear. */
#ifndef JFI_TEST_PLAN_CASES_H
#define JFI_TEST_PLAN_CASES_H
#include "ckks-cases.h"
#include "jfhe/plan.h"

enum { MODEL_VALUES = 512, MODEL_INPUTS = 4 };

/* A program and the number that each of its values stands for. */
typedef struct model {
  jfi_world *w;
  const jfhe_rung *rung;      /* null: all is in w's ring */
  const jfi_world *high;      /* with a rung: where programs are computed */
  const jfhe_bootstrap *boot; /* null: inputs begin at the top, levels do not come back */
  uint32_t keep;              /* levels that outputs should have */
  uint32_t flags;             /* enum jfhe_plan_flag */
  jfhe_program *p;
  uint32_t log_slots;
  size_t slots;
  jfi_vec value[MODEL_VALUES];
  uint32_t depth[MODEL_VALUES]; /* products in a row */
  uint32_t n;                   /* values: numbers of the program's */
  uint32_t output[MODEL_VALUES];
  uint32_t n_outputs;
  jfhe_ct *input[MODEL_INPUTS];
  uint32_t n_inputs;
  int complex;                   /* an operation made complex numbers possible */
  unsigned long checks, above;   /* outputs; those whose error exceeds what is probable */
  double ratio_sum, ratio_least; /* log2 of probable bound / error */
} model;

void model_open(model *x, jfi_world *w, uint32_t log_slots);
void model_close(model *x);
/* Each appends to the program and to the clear values; returns the value's number. */
uint32_t model_input(model *x, int complex);
uint32_t model_add(model *x, uint32_t a, uint32_t b);
uint32_t model_sub(model *x, uint32_t a, uint32_t b);
uint32_t model_neg(model *x, uint32_t a);
uint32_t model_mul(model *x, uint32_t a, uint32_t b);
uint32_t model_add_const(model *x, uint32_t a, double re, double im);
uint32_t model_mul_const(model *x, uint32_t a, double re, double im);
/* by: 0 adds, 1 multiplies by a random vector; 2: a mask. */
uint32_t model_vector(model *x, uint32_t a, int by, int complex);
uint32_t model_rotate(model *x, uint32_t a, int32_t k);
uint32_t model_conjugate(model *x, uint32_t a);
uint32_t model_inner_sum(model *x, uint32_t a, uint32_t stride, uint32_t count);
uint32_t model_poly(model *x, uint32_t a);                     /* 0.5 - 0.25 x + 0.125 x^3 on [-1, 1] in powers */
uint32_t model_cubic(model *x, uint32_t a, const double c[4]); /* in powers */
uint32_t model_linmap(model *x, uint32_t a, int complex);      /* diagonals 0, 1 and -1 */
/* The values of the whole numbers 0, 1, .. of a. */
uint32_t model_lookup(model *x, uint32_t a, const double *values, size_t count);
void model_output(model *x, uint32_t a);
/* A random program of `steps` operations, at most `depth` products in a row, and its outputs. */
void model_random(model *x, size_t steps, uint32_t depth);

/* Headers of the inputs, as jfhe_plan_new wants them. */
void model_infos(const model *x, jfhe_info *info);
/* Options for plans of it: its levels and flags. */
jfhe_plan_options model_options(const model *x, uint32_t opt_level);
/* A plan on the keys of where it is computed, or the status with which it is refused, and null. */
jfhe_plan *model_plan(const model *x, const jfhe_plan_options *options, jfhe_status want);
/* Runs a plan; out: n_outputs ciphertexts, the caller's. Returns the status. */
jfhe_status model_run(model *x, const jfhe_plan *plan, jfhe_ct **out, uint64_t *peak);
/* Plans at a level, runs, compares bounds with the plan's to the bit and values with the clear. The SHA-256 of all outputs' residues. */
void model_check(model *x, uint32_t opt_level, uint8_t hash[32]);
#endif
