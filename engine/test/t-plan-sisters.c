/* t-plan-sisters.c: sums of the same factors are made together: the same bytes, no more memory where little is shared. */
#include <stdlib.h>
#include <string.h>

#include "plan-cases.h"
#include "plan/plan.h"

enum { TERMS = 9 };

typedef struct bed {
  jfi_world w;
  model x;
  uint32_t column[3][TERMS];
} bed;

/* Columns of TERMS different vectors. */
static void open_bed(bed *b, int columns) {
  b->w = jfi_world_open(jfi_test_ctx(10, 4, 40, 2));
  model_open(&b->x, &b->w, 9);
  for (int c = 0; c < columns; c++) {
    uint32_t in = model_input(&b->x, 0);
    for (int t = 0; t < TERMS; t++) b->column[c][t] = t ? model_rotate(&b->x, in, t) : in;
  }
}

static void close_bed(bed *b) {
  model_close(&b->x);
  jfi_world_close(&b->w);
}

static void add_sum(bed *b, int c, int d) {
  uint32_t s = model_mul(&b->x, b->column[c][0], b->column[d][0]);
  for (int t = 1; t < TERMS; t++) s = model_add(&b->x, s, model_mul(&b->x, b->column[c][t], b->column[d][t]));
  model_output(&b->x, s);
}

static jfhe_plan *plan_of(bed *b, uint32_t opt) {
  jfhe_plan_options o;
  jfhe_plan *plan = NULL;
  jfhe_plan_options_init(&o);
  o.opt_level = opt;
  CHECK_OK(jfhe_plan_new(&plan, b->w.ctx, b->w.keys, b->x.p, NULL, &o));
  return plan;
}

/* The most sums that one step makes. */
static uint32_t together(bed *b, uint32_t opt) {
  jfhe_plan *plan = plan_of(b, opt);
  uint32_t most = 0;
  for (uint32_t s = 0; plan && s < plan->n_steps; s++)
    if (plan->g.node[plan->order[plan->step[s].first]].op == JFI_OP_SUM && plan->step[s].count > most)
      most = plan->step[s].count;
  jfhe_plan_free(plan);
  return most;
}

JFI_TEST(products_of_columns_are_summed_together) {
  for (uint32_t threads = 1; threads <= 3; threads++) {
    bed b;
    uint8_t hash[32];
    open_bed(&b, 3);
    CHECK_OK(jfhe_ctx_set_threads(b.w.ctx, threads));
    for (int c = 0; c < 3; c++)
      for (int d = 0; d <= c; d++) add_sum(&b, c, d);
    CHECK_EQ(together(&b, 2), 6);
    CHECK_EQ(together(&b, 1), 1);
    for (uint32_t opt = 0; opt <= 3; opt++) model_check(&b.x, opt, hash); /* values, bounds, memory as foreseen */
    close_bed(&b);
  }
}

JFI_TEST(what_shares_little_is_not) {
  bed b;
  open_bed(&b, 3);
  add_sum(&b, 0, 2); /* rows of a matrix times a vector */
  add_sum(&b, 1, 2);
  CHECK_EQ(together(&b, 2), 1);
  close_bed(&b);
}

/* Together, alone, and with one left out, each output has the same bytes. */
JFI_TEST(bytes_do_not_depend_on_company) {
  bed b;
  jfhe_ct *all[6] = {0}, *some[6] = {0};
  uint8_t skip[6] = {0, 1, 0, 1, 1, 0};
  jfhe_run *run = NULL;
  jfhe_run_state state = {0};
  open_bed(&b, 3);
  for (int c = 0; c < 3; c++)
    for (int d = 0; d <= c; d++) add_sum(&b, c, d);
  jfhe_plan *plan = plan_of(&b, 2);
  REQUIRE_OK(model_run(&b.x, plan, all, NULL));
  REQUIRE_OK(jfhe_run_new(&run, plan, skip));
  while (state.event != JFHE_RUN_DONE) {
    REQUIRE_OK(jfhe_run_advance(run, 0, &state));
    if (state.event == JFHE_RUN_WANTS) REQUIRE_OK(jfhe_run_lend(run, state.number, b.x.input[state.number]));
    if (state.event == JFHE_RUN_OUTPUT) REQUIRE_OK(jfhe_run_take(run, state.number, &some[state.number]));
  }
  for (int i = 0; i < 6; i++) {
    CHECK((some[i] == NULL) == skip[i]);
    if (some[i]) {
      CHECK_EQ(some[i]->n_limbs, all[i]->n_limbs);
      for (uint32_t p = 0; p < 2; p++)
        CHECK_MEM(jfi_ct_limb(some[i], p, 0, 1024), jfi_ct_limb(all[i], p, 0, 1024), some[i]->n_limbs * 8192u);
    }
    jfhe_ct_free(all[i]);
    jfhe_ct_free(some[i]);
  }
  jfhe_run_free(run);
  jfhe_plan_free(plan);
  close_bed(&b);
}
