/* t-plan-units.c: values in units in which they are about 1. */
#include <math.h>
#include <stdio.h>

#include "place-cases.h"

static size_t in_units(const place *p) {
  jfhe_plan *plan = plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  size_t count = plan ? times_said(plan, "in units") : 0;
  jfhe_plan_free(plan);
  return count;
}

/* At -O0 a program keeps its own units.
 * Within bounds at every level of optimisation; the bound at -O2 is below that at -O0 by `less`. */
static void check_less(place *p, double less) {
  uint8_t hash[32];
  double plain = bound_at(p, 0, 0), best = bound_at(p, 2, 0);
  printf("bound %.2g, in units %.2g\n", plain, best);
  CHECK(best * less <= plain);
  CHECK(bootstraps(p, 2) <= bootstraps(p, 0));
  for (uint32_t opt = 0; opt <= 2; opt++) model_check(&p->x, opt, hash);
}

/* 97 x - 2 x' + x'', and a cubic of that which gives numbers up to about 1 again. */
static uint32_t layer(model *x, uint32_t a, double shift) {
  const double c[4] = {shift, 0.0092, 0, -4e-8};
  uint32_t sum = model_mul_const(x, a, 97, 0);
  sum = model_sub(x, sum, model_mul_const(x, model_rotate(x, a, 1), 2, 0));
  return model_cubic(x, model_add(x, sum, model_rotate(x, a, 2)), c);
}

/* Arguments of 100: a cubic's products are held at numbers up to 1. The input is divided, which takes a level. */
JFI_TEST(sums_by_integers) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0);
  for (int i = 0; i < 8; i++) a = layer(&p->x, a, i % 3 ? 0 : 0.0625);
  model_output(&p->x, a);
  check_less(p, 20);
  CHECK_EQ(in_units(p), 8);
  close_place(p);
}

/* Numbers of 2^-12, from a polynomial to a polynomial through bootstraps. */
JFI_TEST(small_numbers) {
  const double first[4] = {0, 0x1p-12, 0, 0}, next[4] = {0, 0.75, 0, 0x1p20}, last[4] = {0, 0x1p11, 0, 0};
  place *p = open_place();
  uint32_t a = model_cubic(&p->x, model_input(&p->x, 0), first);
  for (uint32_t i = 0; i < BETWEEN; i++) a = model_cubic(&p->x, a, next);
  model_output(&p->x, model_cubic(&p->x, a, last));
  check_less(p, 100);
  close_place(p);
}

/* Small numbers that are multiplied by constants on both sides of a cut. */
JFI_TEST(small_numbers_between_constants) {
  place *p = open_place();
  uint32_t a = model_mul_const(&p->x, model_input(&p->x, 0), 0x1.8p-11, 0);
  for (uint32_t i = 0; i < 2 * BETWEEN; i++) a = model_mul_const(&p->x, model_neg(&p->x, a), i % 2 ? 0.75 : 1.25, 0);
  model_output(&p->x, model_mul_const(&p->x, model_add_const(&p->x, a, 0x1p-13, 0), 500.5, 0));
  check_less(p, 100);
  close_place(p);
}

/* Sums by weights, of which more is promised than follows; the last has a product among its terms, whose factors keep their units. */
JFI_TEST(weighted_sums) {
  const double first[4] = {0, 0x1p-9, 0, 0}, next[4] = {0, 0.9, 0, 0x1p14};
  place *p = open_place();
  model *x = &p->x;
  uint32_t in = model_input(x, 0), a = model_cubic(x, in, first);
  for (int i = 0; i < 4; i++) {
    uint32_t sum = model_add(x, model_mul_const(x, a, 0.61, 0), model_mul_const(x, model_rotate(x, a, 1), -0.37, 0));
    CHECK_OK(jfhe_program_promise(x->p, sum, 0x1p-9));
    a = model_cubic(x, model_add_const(x, sum, 0x1p-14, 0), next);
  }
  uint32_t last = model_cubic(x, model_mul_const(x, a, 0.7, 0), next);
  last = model_add(x, model_mul_const(x, model_rotate(x, last, 1), 0.3, 0), model_mul(x, last, in));
  model_output(x, model_add(x, last, model_mul_const(x, a, 0.59, 0)));
  check_less(p, 20);
  CHECK(in_units(p) >= 5);
  close_place(p);
}

/* A bootstrap of the program's own, of numbers that something else reads as they are. */
JFI_TEST(behind_a_bootstrap) {
  const double last[4] = {0.25, 0x1p8, 0, 0x1p20};
  place *p = open_place();
  model *x = &p->x;
  uint32_t id = 0, a = model_input(x, 0), b = model_mul_const(x, a, 0x1.8p-10, 0);
  CHECK_OK(jfhe_program_bootstrap(x->p, &id, b));
  x->value[x->n] = jfi_vec_new(x->slots);
  for (size_t i = 0; i < x->slots; i++) x->value[x->n].re[i] = x->value[b].re[i];
  CHECK_EQ(id, x->n);
  x->n++;
  model_output(x, model_cubic(x, model_rotate(x, id, 1), last));
  model_output(x, model_mul(x, b, a));
  check_less(p, 20);
  close_place(p);
}

/* What a product reads, what goes out, and what a series on [-1, 1] reads, is in the unit that it is in. */
JFI_TEST(units_that_are_fixed) {
  const double small[4] = {0, 0x1p-8, 0, 0}, large[4] = {0, 0x1p7, 0, 0};
  for (int how = 0; how < 3; how++) {
    place *p = open_place();
    uint8_t hash[32];
    uint32_t table = 0, id = 0, a = model_input(&p->x, 0), b = model_cubic(&p->x, a, small);
    if (how == 0) model_output(&p->x, model_mul(&p->x, b, a));
    if (how == 1) model_output(&p->x, b);
    if (how == 2) {
      const double c[4] = {0, 0.5, 0, 0.25};
      CHECK_OK(jfhe_program_poly(p->x.p, &table, c, 4, JFHE_BASIS_CHEB, -1, 1));
      CHECK_OK(jfhe_program_apply_poly(p->x.p, &id, b, table, 0));
      CHECK_OK(jfhe_program_output(p->x.p, &table, "series", id));
      CHECK_EQ(in_units(p), 0);
      close_place(p);
      continue;
    }
    model_output(&p->x, model_cubic(&p->x, b, large));
    CHECK_EQ(in_units(p), 0);
    model_check(&p->x, 2, hash);
    close_place(p);
  }
}

/* A series on an interval is one on an interval 2^k times as long. */
JFI_TEST(series_in_units) {
  const double small[4] = {0, 0x1p-9, 0, 0}, c[4] = {0.25, 0.5, 0, 0.125};
  place *p = open_place();
  model *x = &p->x;
  uint32_t table = 0, id = 0, a = model_cubic(x, model_input(x, 0), small);
  CHECK_OK(jfhe_program_poly(x->p, &table, c, 4, JFHE_BASIS_CHEB, -0x1.8p-9, 0x1.8p-9));
  CHECK_OK(jfhe_program_apply_poly(x->p, &id, a, table, 0));
  x->value[x->n] = jfi_vec_new(x->slots);
  for (size_t i = 0; i < x->slots; i++) {
    double y = x->value[a].re[i] / 0x1.8p-9;
    x->value[x->n].re[i] = 0.25 + 0.5 * y + 0.125 * (4 * y * y * y - 3 * y);
  }
  x->n++;
  model_output(x, id);
  check_less(p, 50);
  CHECK_EQ(in_units(p), 2);
  close_place(p);
}

/* One output would be better in another unit, the other one worse: units stay, and nothing of the other plan is left. */
JFI_TEST(no_bound_is_larger) {
  const double c[4] = {0, 0.7, 0, 0.1}, much[4] = {0, 0.0092, 0, -4e-8};
  for (int both = 0; both < 2; both++) {
    place *p = open_place();
    model *x = &p->x;
    uint32_t a = model_input(x, 0);
    for (uint32_t i = 0; i <= BETWEEN / 2; i++) a = model_cubic(x, a, c);
    model_output(x, model_cubic(x, model_mul_const(x, a, 100, 0), much));
    if (both) model_output(x, model_mul_const(x, a, 0.3, 0));
    jfhe_plan *plan = plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
    CHECK_EQ(times_said(plan, "in units") > 0, !both);
    CHECK_EQ(times_said(plan, " = bootstrap"), bootstraps(p, 2));
    CHECK(bootstraps(p, 2) > 0);
    jfhe_plan_free(plan);
    close_place(p);
  }
}

/* Coefficients that no other unit has as doubles: the program is planned as it is. */
JFI_TEST(coefficients_at_the_end_of_doubles) {
  const double small[4] = {0, 0x1p-9, 0, 0x1p-899}, last[4] = {0, 1, 0, 0};
  place *p = open_place();
  model_output(&p->x, model_cubic(&p->x, model_cubic(&p->x, model_input(&p->x, 0), last), small));
  CHECK_EQ(in_units(p), 0);
  close_place(p);
}

/* A plan that stops before bounds is the one that goes on to them. */
JFI_TEST(plans_that_stop_early) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0);
  for (int i = 0; i < 4; i++) a = layer(&p->x, a, 0);
  model_output(&p->x, a);
  jfhe_plan *early = plan_at(p, 2, JFHE_PASS_BOOTSTRAPS, JFHE_OK), *whole = plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  CHECK_EQ(times_said(early, "in units"), times_said(whole, "in units"));
  CHECK(times_said(early, "in units") == 4);
  jfhe_plan_free(early);
  jfhe_plan_free(whole);
  close_place(p);
}
