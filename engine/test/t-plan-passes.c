/* t-plan-passes.c: what each pass does to a graph, and what planning refuses. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan-cases.h"

static jfhe_plan *plan_at(model *x, uint32_t opt, uint32_t stop, jfhe_status want) {
  jfhe_plan_options o;
  jfhe_plan *plan = NULL;
  jfhe_plan_options_init(&o);
  o.opt_level = opt;
  o.stop_after = stop;
  CHECK_STATUS(jfhe_plan_new(&plan, x->w->ctx, x->w->keys, x->p, NULL, &o), want);
  CHECK((plan == NULL) == (want != JFHE_OK));
  return plan;
}

/* How often a word occurs in the text of a plan. */
static int occurs(const jfhe_plan *plan, const char *word) {
  size_t len = jfhe_plan_text(plan, NULL, 0);
  char *text = malloc(len);
  int count = 0;
  CHECK_EQ(jfhe_plan_text(plan, text, len), len);
  CHECK_EQ(strlen(text) + 1, len);
  for (const char *at = text; (at = strstr(at, word)); at += strlen(word)) count++;
  free(text);
  return count;
}

static int occurs_at(model *x, uint32_t opt, uint32_t stop, const char *word) {
  jfhe_plan *plan = plan_at(x, opt, stop, JFHE_OK);
  int count = plan ? occurs(plan, word) : -1;
  jfhe_plan_free(plan);
  return count;
}

static jfhe_forecast forecast_at(model *x, uint32_t opt) {
  jfhe_forecast f = {0};
  jfhe_plan *plan = plan_at(x, opt, JFHE_PASS_SCHEDULE, JFHE_OK);
  if (plan) jfhe_plan_forecast(plan, &f);
  jfhe_plan_free(plan);
  return f;
}

typedef struct place {
  jfi_world w;
  model x;
} place;

static place *open_place(void) {
  place *p = malloc(sizeof *p);
  p->w = jfi_world_open(jfi_test_ctx(10, 4, 40, 2));
  model_open(&p->x, &p->w, 9);
  return p;
}

static void close_place(place *p) {
  uint8_t hash[32];
  for (uint32_t opt = 0; opt <= 3 && p->x.n_outputs && p->x.n_inputs; opt++) model_check(&p->x, opt, hash);
  model_close(&p->x);
  jfi_world_close(&p->w);
  free(p);
}

JFI_TEST(simplify_folds_constants_and_neutral_operations) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0), b = a;
  b = model_mul_const(x, model_mul_const(x, a, 0.5, 0), 0.25, 0);
  b = model_add_const(x, model_add_const(x, b, 0.5, 0), 0.25, 0);
  b = model_neg(x, model_neg(x, b));
  b = model_rotate(x, model_rotate(x, b, 5), -5);
  b = model_conjugate(x, model_conjugate(x, b));
  b = model_mul_const(x, b, 1, 0);
  b = model_mul_const(x, b, 3, 0);
  model_output(x, b);
  CHECK_EQ(occurs_at(x, 0, JFHE_PASS_CSE, "mul_const"), 4);
  CHECK_EQ(occurs_at(x, 1, JFHE_PASS_CSE, "mul_const"), 1);
  CHECK_EQ(occurs_at(x, 1, JFHE_PASS_CSE, "mul_int"), 1);
  CHECK_EQ(occurs_at(x, 1, JFHE_PASS_CSE, "add_const"), 1);
  CHECK_EQ(occurs_at(x, 1, JFHE_PASS_CSE, "neg"), 0);
  CHECK_EQ(occurs_at(x, 1, JFHE_PASS_CSE, "rotate"), 0);
  CHECK_EQ(occurs_at(x, 1, JFHE_PASS_CSE, "conjugate"), 0);
  close_place(p);
}

JFI_TEST(sums_that_are_not_exact_stay) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0);
  a = model_add_const(&p->x, model_add_const(&p->x, a, 0.1, 0), 0x1p-60, 0);
  model_output(&p->x, a);
  CHECK_EQ(occurs_at(&p->x, 1, JFHE_PASS_CSE, "add_const"), 2);
  close_place(p);
}

JFI_TEST(constant_vectors_are_constants) {
  place *p = open_place();
  model *x = &p->x;
  double ones[512];
  uint32_t table, id, a = model_input(x, 0);
  for (int i = 0; i < 512; i++) ones[i] = 1;
  CHECK_OK(jfhe_program_vector(x->p, &table, ones, NULL, 512));
  CHECK_OK(jfhe_program_mul_vector(x->p, &id, a, table));
  CHECK_OK(jfhe_program_output(x->p, &id, "y", id));
  CHECK_EQ(occurs_at(x, 0, JFHE_PASS_CSE, "mul_vector"), 1);
  CHECK_EQ(occurs_at(x, 1, JFHE_PASS_CSE, "mul_vector"), 0);
  x->n_outputs = 0;
  close_place(p);
}

JFI_TEST(equal_operations_are_made_once) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0), b = model_input(x, 0);
  uint32_t c = model_mul(x, a, b), d = model_mul(x, b, a);
  model_output(x, model_mul(x, model_rotate(x, c, 1), model_rotate(x, d, 1)));
  CHECK_EQ(occurs_at(x, 0, JFHE_PASS_CSE, " = mul"), 3);
  CHECK_EQ(occurs_at(x, 1, JFHE_PASS_CSE, " = mul"), 2);
  CHECK_EQ(occurs_at(x, 1, JFHE_PASS_CSE, " = rotate"), 1);
  close_place(p);
}

JFI_TEST(what_no_output_needs_is_dropped) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0);
  (void)model_mul(&p->x, a, a);
  model_output(&p->x, model_neg(&p->x, a));
  CHECK_EQ(occurs_at(&p->x, 1, JFHE_PASS_SIMPLIFY, "mul"), 0);
  close_place(p);
}

JFI_TEST(sums_of_products_share_a_relinearisation) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0), b = model_input(x, 1), c = model_input(x, 0);
  uint32_t s = model_sub(x, model_mul(x, a, b), model_mul(x, b, c));
  s = model_add(x, model_neg(x, model_mul_const(x, c, 0.3, 0)), s);
  s = model_sub(x, s, model_vector(x, a, 1, 1));
  s = model_add(x, s, c);
  model_output(x, s);
  CHECK_EQ(forecast_at(x, 0).products, 2);
  CHECK_EQ(forecast_at(x, 1).products, 2);
  CHECK_EQ(forecast_at(x, 2).products, 1);
  CHECK(forecast_at(x, 2).seconds < forecast_at(x, 1).seconds);
  close_place(p);
}

JFI_TEST(a_product_used_twice_is_made_once) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0), b = model_input(x, 0), m = model_mul(x, a, b);
  model_output(x, model_add(x, m, model_mul(x, a, a)));
  model_output(x, m);
  CHECK_EQ(forecast_at(x, 2).products, 2);
  close_place(p);
}

JFI_TEST(values_lie_as_low_as_their_uses_allow) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0);
  model_output(x, model_rotate(x, a, 4));
  jfhe_plan *early = plan_at(x, 0, JFHE_PASS_SCHEDULE, JFHE_OK), *late = plan_at(x, 1, JFHE_PASS_SCHEDULE, JFHE_OK);
  uint32_t level = 99;
  CHECK_OK(jfhe_plan_output(early, 0, &level, NULL, NULL, NULL));
  CHECK_EQ(level, 4);
  CHECK_OK(jfhe_plan_output(late, 0, &level, NULL, NULL, NULL));
  CHECK_EQ(level, 0);
  CHECK_EQ(occurs(late, "to_level"), 1);
  CHECK_EQ(occurs(early, "to_level"), 0);
  jfhe_plan_free(early);
  jfhe_plan_free(late);
  close_place(p);
}

JFI_TEST(outputs_keep_the_levels_asked_for) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0);
  model_output(&p->x, model_mul(&p->x, a, a));
  for (uint32_t keep = 0; keep <= 5; keep++) {
    jfhe_plan_options o;
    jfhe_plan *plan = NULL;
    uint32_t level = 99;
    jfhe_plan_options_init(&o);
    o.keep_levels = keep;
    CHECK_OK(jfhe_plan_new(&plan, p->w.ctx, p->w.keys, p->x.p, NULL, &o));
    CHECK_OK(jfhe_plan_output(plan, 0, &level, NULL, NULL, NULL));
    CHECK_EQ(level, keep < 3 ? keep : 3);
    jfhe_plan_free(plan);
  }
  close_place(p);
}

JFI_TEST(large_values_go_to_levels_that_hold_them) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0);
  model_output(x, model_inner_sum(x, a, 1, 512)); /* 512 * 2^40 does not fit the 48 bits of level 0 */
  uint32_t level = 0;
  jfhe_plan *plan = plan_at(x, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  CHECK_OK(jfhe_plan_output(plan, 0, &level, NULL, NULL, NULL));
  CHECK_EQ(level, 1);
  jfhe_plan_free(plan);
  close_place(p);
}

JFI_TEST(large_values_come_down_after_they_became_small) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0), b = model_input(x, 0), level = 9;
  uint32_t s = model_inner_sum(x, a, 1, 512), t = model_inner_sum(x, b, 1, 512), d, z;
  CHECK_OK(jfhe_program_sub(x->p, &d, s, t));
  CHECK_OK(
      jfhe_program_promise(x->p, d, 1.0)); /* the difference alone would fit level 0, what it is made of does not */
  CHECK_OK(jfhe_program_output(x->p, &z, "difference", d));
  CHECK_OK(jfhe_program_mul_const(x->p, &d, s, 0, 0));
  CHECK_OK(jfhe_program_output(x->p, &z, "nothing", d));
  CHECK_OK(jfhe_program_inner_sum(x->p, &d, a, 1, 256));
  CHECK_OK(jfhe_program_promise(x->p, d, 0.5));
  CHECK_OK(jfhe_program_output(x->p, &z, "promised", d));
  x->n_outputs = 0;
  jfhe_plan *plan = plan_at(x, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  if (plan) CHECK_OK(jfhe_plan_output(plan, 0, &level, NULL, NULL, NULL));
  CHECK_EQ(level, 1);
  jfhe_plan_free(plan);
  model_close(x);
  jfi_world_close(&p->w);
  free(p);
}

JFI_TEST(polynomials_get_room_for_what_they_hold_on_the_way) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0), b = model_add(x, a, model_rotate(x, a, 37));
  model_output(x, model_poly(x, model_mul_const(x, b, 0.5, 0)));
  jfhe_plan_free(plan_at(x, 2, JFHE_PASS_SCHEDULE, JFHE_OK));
  jfi_world w = jfi_world_open(jfi_test_ctx(10, 6, 46, 2)); /* 46 of 48 bits: level 0 holds numbers below 2 */
  model y;
  model_open(&y, &w, 9);
  a = model_input(&y, 0);
  b = model_add(&y, a, model_rotate(&y, a, 37));
  uint32_t table, id;
  static const double c[4] = {0, 1, 0, -0.125};
  CHECK_OK(jfhe_program_poly(y.p, &table, c, 4, JFHE_BASIS_POWER, 0, 0));
  CHECK_OK(jfhe_program_apply_poly(y.p, &id, b, table, 0));
  CHECK_OK(jfhe_program_output(y.p, &id, "y", id));
  jfhe_plan_free(plan_at(&y, 2, JFHE_PASS_SCHEDULE, JFHE_OK)); /* the value is at most 1.1, what is summed up 3 */
  y.n_outputs = 0;
  model_close(&y);
  jfi_world_close(&w);
  close_place(p);
}

JFI_TEST(absent_rotations_are_made_of_present_ones) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0);
  model_output(x, model_rotate(x, a, 37)); /* keys: powers of two both ways, 3 and 7 */
  CHECK_EQ(occurs_at(x, 2, JFHE_PASS_RING, " = rotate"), 1);
  int steps = occurs_at(x, 2, JFHE_PASS_ROTATIONS, " = rotate");
  CHECK(steps >= 2 && steps <= 3);
  close_place(p);
}

JFI_TEST(rotations_of_one_value_are_hoisted) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0), s = model_mul(x, a, model_rotate(x, a, 1));
  for (int32_t k = 2; k <= 16; k *= 2) s = model_mul(x, model_rotate(x, a, k), k == 2 ? s : model_rotate(x, a, -k));
  model_output(x, s);
  (void)s;
  CHECK_EQ(occurs_at(x, 1, JFHE_PASS_SCHEDULE, "(hoisted)"), 0);
  CHECK(occurs_at(x, 2, JFHE_PASS_SCHEDULE, "(hoisted)") >= 1);
  close_place(p);
}

JFI_TEST(sums_of_rotations_share_a_division) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0), s = a;
  for (int32_t k = 1; k <= 8; k *= 2) s = model_add(x, s, model_rotate(x, a, k));
  model_output(x, s);
  CHECK_EQ(occurs_at(x, 1, JFHE_PASS_SCHEDULE, "rotate_sum"), 0);
  CHECK_EQ(occurs_at(x, 2, JFHE_PASS_SCHEDULE, "rotate_sum"), 1);
  CHECK_EQ(occurs_at(x, 2, JFHE_PASS_SCHEDULE, "by 5 rotations"), 1); /* itself is one of them */
  CHECK_EQ(occurs_at(x, 2, JFHE_PASS_SCHEDULE, " = add"), 0);
  close_place(p);
}

JFI_TEST(what_is_subtracted_is_no_turn) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0), b = model_input(x, 0);
  uint32_t s = model_sub(x, model_add(x, model_rotate(x, a, 1), model_rotate(x, a, 2)), b);
  model_output(x, model_sub(x, model_sub(x, s, model_rotate(x, a, 4)), a));
  CHECK_EQ(occurs_at(x, 2, JFHE_PASS_SCHEDULE, "by 2 rotations"), 1);
  close_place(p);
}

JFI_TEST(a_product_with_a_vector_alone) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0);
  for (int i = 0; i < 4; i++) a = model_vector(&p->x, a, 1, 0);
  model_output(&p->x, a);
  close_place(p);
  p = open_place();
  model_output(&p->x, model_vector(&p->x, model_input(&p->x, 0), 0, 1));
  close_place(p);
}

JFI_TEST(equal_rotations_are_not_one_sum) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0);
  /* -O2 makes the two one; what is left is a sum of itself, and no sum of two equal turns */
  model_output(x, model_add(x, model_rotate(x, a, 2), model_rotate(x, a, 2)));
  CHECK_EQ(occurs_at(x, 2, JFHE_PASS_SCHEDULE, "rotate_sum"), 0);
  close_place(p);
}

JFI_TEST(inner_sums_without_keys_are_made_of_rotations) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0);
  model_output(x, model_inner_sum(x, a, 37, 8));
  model_output(x, model_inner_sum(x, a, 4, 64));
  CHECK_EQ(occurs_at(x, 2, JFHE_PASS_RING, " = inner_sum"), 2);
  CHECK_EQ(occurs_at(x, 2, JFHE_PASS_ROTATIONS, " = inner_sum"), 1);
  CHECK_EQ(occurs_at(x, 2, JFHE_PASS_ROTATIONS, " = add"), 3);
  close_place(p);
}

JFI_TEST(a_plan_names_the_rotations_it_uses) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0);
  int32_t k[16] = {0};
  static const int32_t want[] = {1, 2, 3, 4, 8, -64, -1};
  a = model_add(x, model_inner_sum(x, a, 2, 8), model_rotate(x, a, 3));
  model_output(x, model_add(x, model_linmap(x, a, 0), model_rotate(x, model_conjugate(x, a), -64)));
  jfhe_plan *plan = plan_at(x, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  CHECK_EQ(jfhe_plan_rotations(plan, NULL, 0), 7);
  CHECK_EQ(jfhe_plan_rotations(plan, k, 16), 7);
  CHECK_MEM(k, want, sizeof want);
  CHECK_EQ(jfhe_plan_rotations(plan, k, 2), 7);
  jfhe_forecast f;
  jfhe_plan_forecast(plan, &f);
  CHECK_EQ(f.rotations, 3 + 1 + 2 + 1 + 1); /* inner sum, rotation, map, conjugation, rotation */
  CHECK_EQ(f.products, 0);
  jfhe_plan_free(plan);
  close_place(p);
}

JFI_TEST(dead_values_leave_their_room_to_others) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0);
  jfhe_forecast few, many;
  for (int i = 0; i < 4; i++) a = model_rotate(x, model_add_const(x, a, 0.25, 0), 1);
  model_output(x, a);
  few = forecast_at(x, 2);
  for (int i = 0; i < 40; i++) a = model_rotate(x, model_add_const(x, a, 0.01, 0), 1);
  x->n_outputs = 0;
  jfhe_program *grown = x->p;
  uint32_t id;
  CHECK_OK(jfhe_program_output(grown, &id, "last", a));
  many = forecast_at(x, 2);
  CHECK(many.memory_bytes <= few.memory_bytes + 2 * 2 * 1024 * 8 * 2);
  x->n_outputs = 0;
  close_place(p);
}

JFI_TEST(a_sum_takes_products_from_either_side) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0), b = model_input(x, 0), c = model_input(x, 0);
  uint32_t left = model_add(x, model_add(x, model_mul(x, a, b), model_mul(x, b, c)), model_mul(x, a, c));
  uint32_t right = model_sub(x, model_mul(x, a, a), model_sub(x, model_mul(x, b, b), model_mul(x, c, c)));
  model_output(x, left);
  model_output(x, right);
  CHECK_EQ(forecast_at(x, 2).products, 2);
  close_place(p);
}

JFI_TEST(complex_maps) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 1);
  model_output(&p->x, model_linmap(&p->x, a, 1));
  close_place(p);
}

JFI_TEST(promises_tighten_and_stay) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0), s = model_inner_sum(x, a, 1, 64);
  double mag = 0, most = 0;
  for (size_t i = 0; i < x->slots; i++) most = fmax(most, fabs(x->value[s].re[i]));
  CHECK_OK(jfhe_program_promise(x->p, s, most));
  model_output(x, s);
  jfhe_plan *plan = plan_at(x, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  CHECK_OK(jfhe_plan_output(plan, 0, NULL, &mag, NULL, NULL));
  CHECK(mag == most);
  jfhe_plan_free(plan);
  close_place(p);
}

/* ---- refusals ---- */
JFI_TEST(too_deep_is_refused_with_both_numbers) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0);
  for (int i = 0; i < 5; i++) a = model_mul(&p->x, a, a);
  model_output(&p->x, a);
  for (uint32_t opt = 0; opt <= 3; opt++) {
    jfhe_plan_free(plan_at(&p->x, opt, JFHE_PASS_SCHEDULE, JFHE_ERR_LEVEL));
    if (opt) CHECK(strstr(jfhe_last_error(), "'x0' has 4 levels") && strstr(jfhe_last_error(), "5 times in a row"));
  }
  p->x.n_outputs = 0;
  close_place(p);
}

JFI_TEST(too_large_is_refused_by_name) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0);
  a = model_mul_const(&p->x, a, 1e60, 0);
  model_output(&p->x, a);
  jfhe_plan_free(plan_at(&p->x, 2, JFHE_PASS_SCHEDULE, JFHE_ERR_RANGE));
  CHECK(strncmp(jfhe_last_error(), "%", 1) == 0 && strstr(jfhe_last_error(), "do not fit"));
  p->x.n_outputs = 0;
  close_place(p);
}

JFI_TEST(what_cannot_be_evaluated_is_refused) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0), id;
  CHECK_OK(jfhe_program_bootstrap(p->x.p, &id, a));
  CHECK_OK(jfhe_program_output(p->x.p, &id, "y", id));
  jfhe_plan_free(plan_at(&p->x, 2, JFHE_PASS_SCHEDULE, JFHE_ERR_ARG));
  CHECK(strstr(jfhe_last_error(), "bootstrap") != NULL);
  close_place(p);
}

JFI_TEST(keys_that_are_missing_are_named) {
  jfi_world w = jfi_world_open_with(jfi_test_ctx(10, 3, 40, 2), NULL, 0);
  model x;
  model_open(&x, &w, 9);
  model_output(&x, model_rotate(&x, model_input(&x, 0), 5));
  jfhe_plan_free(plan_at(&x, 2, JFHE_PASS_SCHEDULE, JFHE_ERR_KEY));
  CHECK(strstr(jfhe_last_error(), "rotates by 5") != NULL);
  model_close(&x);
  jfi_world_close(&w);
}

JFI_TEST(a_plan_without_keys_explains_and_does_not_run) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0);
  jfhe_plan *typical = NULL, *real = plan_at(&p->x, 0, 0, JFHE_ERR_ARG);
  model_output(&p->x, model_rotate(&p->x, model_mul(&p->x, a, a), 300));
  CHECK_OK(jfhe_plan_new(&typical, p->w.ctx, NULL, p->x.p, NULL, NULL));
  real = plan_at(&p->x, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  double worst = 0, also = 0;
  CHECK_OK(jfhe_plan_output(typical, 0, NULL, NULL, &worst, NULL));
  CHECK_OK(jfhe_plan_output(real, 0, NULL, NULL, &also, NULL));
  CHECK(worst > 0 && worst <= also && also < 4 * worst); /* real keys make 300 in steps */
  jfhe_run *run = NULL;
  CHECK_STATUS(jfhe_run_new(&run, typical, NULL), JFHE_ERR_KEY);
  jfhe_plan_free(typical);
  jfhe_plan_free(real);
  close_place(p);
}

JFI_TEST(memory_above_the_limit_is_refused_with_the_number) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0);
  model_output(&p->x, model_mul(&p->x, a, a));
  jfhe_plan_options o;
  jfhe_plan *plan = NULL;
  uint64_t need = forecast_at(&p->x, 2).memory_bytes;
  jfhe_plan_options_init(&o);
  o.memory_limit = need - 1;
  CHECK_STATUS(jfhe_plan_new(&plan, p->w.ctx, p->w.keys, p->x.p, NULL, &o), JFHE_ERR_MEMORY);
  CHECK(strstr(jfhe_last_error(), "MiB, the limit is") != NULL);
  o.memory_limit = need;
  CHECK_OK(jfhe_plan_new(&plan, p->w.ctx, p->w.keys, p->x.p, NULL, &o));
  jfhe_plan_free(plan);
  close_place(p);
}

JFI_TEST(inputs_must_be_what_the_program_declares) {
  place *p = open_place();
  jfhe_info info[MODEL_INPUTS], odd;
  jfhe_plan *plan = NULL;
  uint32_t a = model_input(&p->x, 0);
  model_output(&p->x, model_neg(&p->x, a));
  model_infos(&p->x, info);
#define REFUSED(change, status)                                                                                        \
  odd = info[0];                                                                                                       \
  change;                                                                                                              \
  CHECK_STATUS(jfhe_plan_new(&plan, p->w.ctx, p->w.keys, p->x.p, &odd, NULL), status);                                 \
  CHECK(strstr(jfhe_last_error(), "'x0'") || status == JFHE_ERR_KEY)
  REFUSED(odd.log_slots = 8, JFHE_ERR_FORM);
  REFUSED(odd.packing = JFHE_PACK_COMPLEX, JFHE_ERR_FORM);
  REFUSED(odd.packing = JFHE_PACK_COEFF, JFHE_ERR_FORM);
  REFUSED(odd.degree = 2, JFHE_ERR_FORM);
  REFUSED(odd.object = JFHE_OBJECT_PK, JFHE_ERR_FORM);
  REFUSED(odd.magnitude = 1.1, JFHE_ERR_RANGE);
  REFUSED(odd.magnitude = NAN, JFHE_ERR_RANGE);
  REFUSED(odd.magnitude = -1, JFHE_ERR_RANGE);
  REFUSED(odd.scale = 0, JFHE_ERR_VALUE);
  REFUSED(odd.scale = NAN, JFHE_ERR_VALUE);
  REFUSED(odd.error_worst = NAN, JFHE_ERR_VALUE);
  REFUSED(odd.error_worst = -1, JFHE_ERR_VALUE);
  REFUSED(odd.error_sd = INFINITY, JFHE_ERR_VALUE);
  REFUSED(odd.level = 60, JFHE_ERR_LEVEL);
  REFUSED(odd.params_hash[0] ^= 1, JFHE_ERR_CONTEXT);
  close_place(p);
}

JFI_TEST(programs_refuse_what_is_not_there) {
  jfhe_program *p = NULL;
  uint32_t id, table;
  double x[4] = {1, 2, 3, NAN};
  CHECK_STATUS(jfhe_program_new(&p, 17), JFHE_ERR_ARG);
  REQUIRE_OK(jfhe_program_new(&p, 3));
  CHECK_STATUS(jfhe_program_add(p, &id, 0, 0), JFHE_ERR_ARG);
  CHECK_OK(jfhe_program_input(p, &id, "x", JFHE_PACK_REAL, 1));
  CHECK_STATUS(jfhe_program_input(p, &id, "x", JFHE_PACK_REAL, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_input(p, &id, "", JFHE_PACK_REAL, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_input(p, &id, "a\nb", JFHE_PACK_REAL, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_input(p, &id, "\xc0\x80", JFHE_PACK_REAL, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_input(p, &id, "y", JFHE_PACK_COEFF, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_input(p, &id, "y", JFHE_PACK_REAL, 0), JFHE_ERR_VALUE);
  CHECK_STATUS(jfhe_program_input(p, &id, "y", JFHE_PACK_REAL, INFINITY), JFHE_ERR_VALUE);
  CHECK_STATUS(jfhe_program_mul(p, &id, 0, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_mul_const(p, &id, 0, NAN, 0), JFHE_ERR_VALUE);
  CHECK_STATUS(jfhe_program_vector(p, &table, x, NULL, 4), JFHE_ERR_VALUE);
  CHECK_STATUS(jfhe_program_vector(p, &table, x, NULL, 9), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_mul_vector(p, &id, 0, 0), JFHE_ERR_ARG);
  CHECK_OK(jfhe_program_vector(p, &table, x, NULL, 3));
  CHECK_STATUS(jfhe_program_apply_poly(p, &id, 0, table, 0), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_inner_sum(p, &id, 0, 1, 3), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_inner_sum(p, &id, 0, 4, 4), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_inner_sum(p, &id, 0, 0, 2), JFHE_ERR_ARG);
  double map[16] = {1};
  CHECK_STATUS(jfhe_program_linmap(p, &table, (const int32_t[]){1, -7}, 2, map, NULL), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_linmap(p, &table, (const int32_t[]){1, 8}, 2, map, NULL), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_promise(p, 9, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_promise(p, 0, -1), JFHE_ERR_VALUE);
  CHECK_STATUS(jfhe_program_output(p, &id, "y", 9), JFHE_ERR_ARG);
  CHECK_EQ(jfhe_program_nodes(p), 1);
  uint32_t again;
  CHECK_OK(jfhe_program_vector(p, &again, x, NULL, 3));
  CHECK_EQ(again, table);
  CHECK(strcmp(jfhe_program_input_name(p, 0), "x") == 0 && jfhe_program_input_name(p, 1) == NULL);
  jfhe_program_free(p);
}
