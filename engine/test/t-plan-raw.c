/* t-plan-raw.c: values that keep the inputs' scale: fewer changes of level, the same numbers, no error where there was none. */
#include <stdlib.h>
#include <string.h>

#include "plan-cases.h"
#include "plan/plan.h"
#include "plan/raw.h"

typedef struct counts {
  int changes, drops, raw; /* TO_LEVEL, those that keep the scale, SUMs at their own scale */
  uint32_t highest;        /* input */
} counts;

static counts counts_at(model *x, uint32_t opt) {
  jfhe_plan_options o;
  jfhe_plan *plan = NULL;
  counts c = {0};
  jfhe_plan_options_init(&o);
  o.opt_level = opt;
  CHECK_OK(jfhe_plan_new(&plan, x->w->ctx, x->w->keys, x->p, NULL, &o));
  for (uint32_t i = 0; plan && i < plan->g.n_nodes; i++) {
    const jfi_node *n = &plan->g.node[i];
    c.changes += n->op == JFI_OP_TO_LEVEL;
    c.drops += n->op == JFI_OP_TO_LEVEL && n->flags & JFI_LEVEL_KEEP_SCALE;
    c.raw += n->op == JFI_OP_SUM && n->flags & JFI_SUM_OWN_SCALE;
    if (n->op == JFI_OP_INPUT && n->level > c.highest) c.highest = n->level;
  }
  jfhe_plan_free(plan);
  return c;
}

/* Every level of optimisation gives numbers within its own bounds. */
static void check(model *x) {
  uint8_t hash[32];
  for (uint32_t opt = 0; opt <= 3; opt++) model_check(x, opt, hash);
}

typedef struct bed {
  jfi_world w;
  model x;
  uint32_t in[4];
} bed;

static void open_bed(bed *b) {
  b->w = jfi_world_open(jfi_test_ctx(10, 5, 40, 2));
  model_open(&b->x, &b->w, 9);
  for (int i = 0; i < 4; i++) b->in[i] = model_input(&b->x, 0);
}

static void close_bed(bed *b) {
  check(&b->x);
  model_close(&b->x);
  jfi_world_close(&b->w);
}

static uint32_t total(bed *b) {
  return model_add(&b->x, model_add(&b->x, b->in[0], b->in[1]), model_sub(&b->x, b->in[2], b->in[3]));
}

JFI_TEST(a_sum_of_inputs_changes_level_once) {
  bed b;
  open_bed(&b);
  model_output(&b.x, model_inner_sum(&b.x, total(&b), 1, 8));
  CHECK_EQ(counts_at(&b.x, 1).changes, 4);
  CHECK_EQ(counts_at(&b.x, 2).changes, 1);
  CHECK_EQ(counts_at(&b.x, 2).highest, 1); /* a prime to divide by, and no more */
  CHECK_EQ(counts_at(&b.x, 1).highest, b.w.ctx->chain.top);
  close_bed(&b);
}

JFI_TEST(constants_and_vectors_meet_any_scale) {
  bed b;
  open_bed(&b);
  uint32_t s = model_rotate(&b.x, total(&b), 3);
  model_output(&b.x, model_add(&b.x, model_mul_const(&b.x, s, 0.3, 0), model_vector(&b.x, b.in[1], 1, 0)));
  CHECK(counts_at(&b.x, 1).changes > 0);
  CHECK_EQ(counts_at(&b.x, 2).changes, 0);
  close_bed(&b);
}

JFI_TEST(a_sum_of_many_products_is_raw) {
  bed b;
  open_bed(&b);
  uint32_t s = model_mul(&b.x, b.in[0], b.in[2]);
  for (int i = 0; i < 4; i++) s = model_add(&b.x, s, model_mul(&b.x, b.in[i], b.in[(i + 1) % 4]));
  model_output(&b.x, model_inner_sum(&b.x, s, 1, 4));
  CHECK_EQ(counts_at(&b.x, 2).raw, 1);
  CHECK_EQ(counts_at(&b.x, 2).changes, 1);
  CHECK_EQ(counts_at(&b.x, 1).changes, 4);
  close_bed(&b);
}

JFI_TEST(few_products_bring_their_factors_down) {
  bed b;
  open_bed(&b);
  model_output(&b.x, model_mul(&b.x, b.in[0], b.in[1]));
  CHECK_EQ(counts_at(&b.x, 2).raw, 0);
  close_bed(&b);
}

/* Raw at one level, wanted by others at several and at their own scale. */
JFI_TEST(one_input_serves_many_levels) {
  bed b;
  open_bed(&b);
  uint32_t s = total(&b), p = model_mul(&b.x, s, s);
  p = model_mul(&b.x, p, model_sub(&b.x, p, b.in[1]));
  model_output(&b.x, model_mul(&b.x, p, b.in[0]));
  model_output(&b.x, model_vector(&b.x, b.in[0], 1, 0));
  model_output(&b.x, model_rotate(&b.x, b.in[0], 5));
  model_output(&b.x, b.in[0]);
  model_output(&b.x, s);
  CHECK(counts_at(&b.x, 2).drops > 0);
  close_bed(&b);
}

JFI_TEST(nothing_times_0_is_off) {
  bed b;
  open_bed(&b);
  model_output(&b.x, model_mul_const(&b.x, total(&b), 0, 0));
  for (uint32_t opt = 1; opt <= 3; opt++) {
    uint32_t level;
    double mag, worst, probable;
    jfhe_plan *plan = NULL;
    jfhe_plan_options o;
    jfhe_plan_options_init(&o);
    o.opt_level = opt;
    REQUIRE_OK(jfhe_plan_new(&plan, b.w.ctx, b.w.keys, b.x.p, NULL, &o));
    CHECK_OK(jfhe_plan_output(plan, 0, &level, &mag, &worst, &probable));
    CHECK(worst < 1e-100);
    jfhe_plan_free(plan);
  }
  close_bed(&b);
}

/* No room for a level more: as without. */
JFI_TEST(all_levels_kept_is_possible_too) {
  bed b;
  jfhe_plan *plan = NULL;
  jfhe_plan_options o;
  uint32_t level;
  double mag, worst, probable;
  open_bed(&b);
  model_output(&b.x, total(&b));
  jfhe_plan_options_init(&o);
  o.keep_levels = 99;
  REQUIRE_OK(jfhe_plan_new(&plan, b.w.ctx, b.w.keys, b.x.p, NULL, &o));
  CHECK_OK(jfhe_plan_output(plan, 0, &level, &mag, &worst, &probable));
  CHECK_EQ(level, b.w.ctx->chain.top);
  jfhe_plan_free(plan);
  close_bed(&b);
}
