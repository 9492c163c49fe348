/* t-plan-slopes.c: polynomials and multiples of their arguments as one polynomial. */
#include <stdio.h>

#include "place-cases.h"

static const double CUBIC[4] = {0.0625, 0.5, 0, 0.125};

static size_t merged(const place *p, uint32_t opt) {
  jfhe_plan *plan = plan_at(p, opt, JFHE_PASS_SCHEDULE, JFHE_OK);
  size_t count = plan ? times_said(plan, "multiples of its argument") : 0;
  jfhe_plan_free(plan);
  return count;
}

/* x - (p(x) - y): a contraction by 1/2, whose parts would double the error in every turn. */
JFI_TEST(iterations_that_contract) {
  place *p = open_place();
  model *x = &p->x;
  uint8_t hash[32];
  uint32_t y = model_mul_const(x, model_input(x, 0), 0.4, 0), s = y;
  for (int turn = 0; turn < 30; turn++) {
    s = model_sub(x, s, model_sub(x, model_cubic(x, s, CUBIC), y));
    CHECK_OK(jfhe_program_promise(x->p, s, 1));
  }
  model_output(x, s);
  printf("%u bootstraps, bound %.2g\n", bootstraps(p, 2), bound_at(p, 2, 0));
  CHECK(bound_at(p, 2, 0) < 1e-4);
  CHECK(merged(p, 2) >= 29);                         /* in the first turn the argument is y too */
  plan_at(p, 0, JFHE_PASS_SCHEDULE, JFHE_ERR_RANGE); /* as it stands */
  for (uint32_t opt = 1; opt <= 2; opt++) model_check(x, opt, hash);
  close_place(p);
}

/* Every way to write it, each read by what does not merge. */
JFI_TEST(all_forms) {
  enum { FORMS = 11 };
  for (int form = 0; form < FORMS; form++) {
    place *p = open_place();
    model *x = &p->x;
    uint8_t hash[32];
    uint32_t a = model_input(x, 0), y = model_mul_const(x, a, 0.3, 0), poly = model_cubic(x, a, CUBIC), r = 0;
    switch (form) {
    case 0: r = model_sub(x, a, poly); break;
    case 1: r = model_sub(x, poly, a); break;
    case 2: r = model_add(x, model_neg(x, a), poly); break;
    case 3: r = model_sub(x, poly, model_mul_const(x, a, 0.37, 0)); break;
    case 4: r = model_sub(x, model_mul_const(x, a, 0.37, 0), model_add(x, y, poly)); break;
    case 5: r = model_add(x, model_sub(x, y, poly), a); break;
    case 6: r = model_sub(x, model_sub(x, poly, y), a); break;
    case 7: r = model_sub(x, a, model_sub(x, y, model_cubic(x, a, (double[]){0, -0.5, 0, -0.1}))); break;
    case 8: r = model_sub(x, model_sub(x, poly, model_mul_const(x, a, 0.2, 0)), model_mul_const(x, a, 0.1, 0)); break;
    case 9: r = model_add(x, a, model_mul_const(x, model_cubic(x, a, CUBIC), -1.5, 0)); break;
    case 10: r = model_sub(x, model_neg(x, poly), model_mul_const(x, a, -2, 0)); break;
    }
    model_output(x, r);
    CHECK_EQ(merged(p, 0), 0);
    printf("form %d: %zu\n", form, merged(p, 2));
    CHECK_EQ(merged(p, 2), 1);
    CHECK(bound_at(p, 2, 0) < bound_at(p, 0, 0));
    for (uint32_t opt = 1; opt <= 2; opt++) model_check(x, opt, hash);
    close_place(p);
  }
}

/* Slopes of one sign add up as parts do; a polynomial that something else reads is there anyway; a series has other coefficients. */
JFI_TEST(what_stays) {
  for (int form = 0; form < 3; form++) {
    place *p = open_place();
    model *x = &p->x;
    const double c[4] = {0, 0.5, 0, 0.25};
    uint32_t table = 0, id = 0, a = model_input(x, 0), poly = model_cubic(x, a, CUBIC);
    if (form == 2) {
      CHECK_OK(jfhe_program_poly(x->p, &table, c, 4, JFHE_BASIS_CHEB, -1, 1));
      CHECK_OK(jfhe_program_apply_poly(x->p, &poly, a, table, 0));
      CHECK_OK(jfhe_program_sub(x->p, &id, a, poly));
      CHECK_OK(jfhe_program_output(x->p, &table, "series", id));
    } else {
      model_output(x, form ? model_sub(x, a, poly) : model_add(x, a, poly));
      if (form == 1) model_output(x, poly);
    }
    CHECK_EQ(merged(p, 2), 0);
    close_place(p);
  }
}

/* Coefficients that were rounded are not taken for exact: where they cancel, what is left of them says nothing. */
JFI_TEST(what_cancels) {
  for (int form = 0; form < 3; form++) {
    const double most[] = {0.3, 1 - 0x1p-20, 1 - 0x1p-20}, c[4] = {0, form == 2 ? 1 : 0.9, 0, -0.3};
    place *p = open_place();
    model *x = &p->x;
    uint8_t hash[32];
    uint32_t a = model_input(x, 0), poly = model_cubic(x, a, c);
    if (form < 2) poly = model_mul_const(x, poly, 10.0 / 9, 0); /* rounds */
    model_output(x, model_sub(x, poly, model_mul_const(x, a, most[form], 0)));
    CHECK_EQ(merged(p, 2), form != 1);
    model_check(x, 2, hash);
    close_place(p);
  }
}

/* No more roundings than a multiplication by a constant has room for. */
JFI_TEST(many_multiples) {
  place *p = open_place();
  model *x = &p->x;
  uint8_t hash[32];
  uint32_t a = model_input(x, 0), r = model_cubic(x, a, CUBIC);
  for (int i = 0; i < 12; i++) r = model_sub(x, r, model_mul_const(x, a, 0.1 / (1 + i), 0));
  model_output(x, r);
  model_check(x, 2, hash);
  close_place(p);
}
