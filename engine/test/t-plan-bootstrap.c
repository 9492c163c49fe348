/* t-plan-bootstrap.c: bootstraps placed by the planner, and run. What they compute is tested on every backend in t-circuit-bootstrap.c. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "place-cases.h"

/* ---- how many, and where ---- */
JFI_TEST(none_where_levels_suffice) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0);
  model_output(&p->x, row(&p->x, a, a, BETWEEN));
  check_all(p, 0);
  close_place(p);
}

JFI_TEST(a_row_of_products) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0);
  for (uint32_t i = 0; i < 3 * BETWEEN + 1; i++) a = mix(&p->x, a, a);
  model_output(&p->x, a);
  check_all(p, 3);
  close_place(p);
}

/* The input has its levels in every turn: only the state is bootstrapped. */
JFI_TEST(a_loop_that_reads_an_input) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0), b = model_input(&p->x, 0);
  model_output(&p->x, row(&p->x, a, b, 3 * BETWEEN));
  check_all(p, 2);
  close_place(p);
}

/* A value of the first segment that all later ones read is bootstrapped once, beside the state. */
JFI_TEST(a_value_read_in_many_segments) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0), b = row(&p->x, a, a, 4);
  model_output(&p->x, row(&p->x, b, b, 4 * BETWEEN - 4));
  check_all(p, 4);
  close_place(p);
}

/* Two rows that meet a level before levels end: the cut goes through the one value behind the meeting, not through both. */
JFI_TEST(a_cut_where_few_values_live) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0), b = model_input(&p->x, 0);
  uint32_t one = row(&p->x, a, a, BETWEEN - 2), two = row(&p->x, b, b, BETWEEN - 2), both = mix(&p->x, one, two);
  uint32_t left = mix(&p->x, both, a), right = mix(&p->x, both, b);
  model_output(&p->x, mix(&p->x, row(&p->x, left, left, 2), row(&p->x, right, right, 2)));
  check_all(p, 1);
  close_place(p);
}

/* One value is multiplied by many that have levels left. They are only lowered across a cut in front of the products, which counts as one
 * bootstrap; behind the products it is one for each of them. */
JFI_TEST(what_is_only_lowered_costs_nothing) {
  enum { MASKS = 5 };
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0), b = row(&p->x, a, a, BETWEEN - 1);
  for (uint32_t k = 0; k < MASKS; k++) {
    uint32_t mask = mix(&p->x, model_rotate(&p->x, a, 1 << k), a), product = mix(&p->x, b, mask);
    model_output(&p->x, mix(&p->x, product, product));
  }
  uint8_t hash[32];
  for (uint32_t opt = 1; opt <= 2; opt++) {
    CHECK_EQ(bootstraps(p, opt), 1); /* 5 where lowered masks count as bootstrapped */
    model_check(&p->x, opt, hash);
  }
  close_place(p);
}

/* Turns of one value across a cut: the value is bootstrapped, the turns are made behind. */
JFI_TEST(turns_move_behind_the_cut) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0), b = row(&p->x, a, a, BETWEEN), sum = 0;
  for (int32_t k = 0; k < 4; k++) {
    uint32_t turned = model_rotate(&p->x, b, 1 << k), m = mix(&p->x, turned, model_neg(&p->x, turned));
    sum = k ? model_add(&p->x, sum, m) : m;
  }
  CHECK_OK(jfhe_program_promise(p->x.p, sum, 4));
  model_output(&p->x, row(&p->x, model_mul_const(&p->x, sum, 0.25, 0), a, BETWEEN - 2)); /* no other cut will do */
  check_all(p, 1);
  close_place(p);
}

/* Of a row of products with a settled value in it, the cut lies before that one: a bootstrap's error is settled with the
 * rest. */
JFI_TEST(what_is_settled_is_bootstrapped_first) {
  place *p = open_place();
  uint32_t settled, number, a = model_input(&p->x, 0);
  for (int i = 0; i < 2; i++) a = mix(&p->x, a, a);
  uint32_t b = model_mul_const(&p->x, a, 0.4, 0);
  CHECK_OK(jfhe_program_promise(p->x.p, b, 0.4));
  CHECK_OK(jfhe_program_settle(p->x.p, &settled, b, 1));
  for (int i = 0; i < 5; i++) {
    CHECK_OK(jfhe_program_mul(p->x.p, &settled, settled, settled));
    CHECK_OK(jfhe_program_promise(p->x.p, settled, 1));
  }
  CHECK_OK(jfhe_program_output(p->x.p, &number, "y", settled));
  char text[1 << 14] = "";
  double worst = 0, boot = 0;
  jfhe_plan *plan = plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  CHECK_OK(jfhe_plan_output(plan, 0, NULL, NULL, &worst, NULL));
  CHECK(jfhe_plan_text(plan, text, sizeof text) < sizeof text);
  const char *at = strstr(text, "bootstrap %"), *then = at ? strstr(at, "settle %") : NULL;
  CHECK(then != NULL && sscanf(strstr(at, "error <= "), "error <= %lf", &boot) == 1);
  CHECK(worst < boot); /* else the five squares would have made it 32 times as large */
  jfhe_plan_free(plan);
  close_place(p);
}

/* Repetitions of a sparse vector are different numbers once they are settled: a bootstrap of its slots would give all their mean, one of all slots
 * does not. */
static void settle_and_go_on(uint32_t boot, jfhe_status want) {
  place *p = open_of(BETWEEN, LOG_SLOTS - 2, boot);
  uint32_t settled, number, a = model_mul_const(&p->x, model_input(&p->x, 0), 0.4, 0);
  CHECK_OK(jfhe_program_promise(p->x.p, a, 0.4));
  CHECK_OK(jfhe_program_settle(p->x.p, &settled, a, 1));
  for (int i = 0; i < 3 * BETWEEN; i++) { /* more than one segment holds */
    CHECK_OK(jfhe_program_mul(p->x.p, &settled, settled, settled));
    CHECK_OK(jfhe_program_promise(p->x.p, settled, 1));
  }
  CHECK_OK(jfhe_program_output(p->x.p, &number, "y", settled));
  jfhe_plan_free(plan_at(p, 2, JFHE_PASS_SCHEDULE, want));
  CHECK(want == JFHE_OK || strstr(jfhe_last_error(), "what was settled") != NULL);
  close_place(p);
}

JFI_TEST(settled_repetitions_are_not_joined) { settle_and_go_on(LOG_SLOTS - 2, JFHE_ERR_FORM); }
JFI_TEST(settled_repetitions_go_on_apart) { settle_and_go_on(LOG_SLOTS, JFHE_OK); }

JFI_TEST(sparse_vectors_and_a_bootstrap_of_all_slots) {
  place *p = open_of(BETWEEN, LOG_SLOTS - 2, LOG_SLOTS);
  uint32_t a = model_input(&p->x, 0), b = row(&p->x, a, a, BETWEEN);
  model_output(&p->x, row(&p->x, model_rotate(&p->x, b, 3), a, BETWEEN - 1));
  check_all(p, 1);
  close_place(p);
}

/* Neither the program's nor all. */
JFI_TEST(a_bootstrap_of_other_slots) {
  place *p = open_of(BETWEEN, LOG_SLOTS - 2, LOG_SLOTS - 1);
  uint32_t a = model_input(&p->x, 0);
  model_output(&p->x, a);
  plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_ERR_FORM);
  CHECK(strstr(jfhe_last_error(), "the bootstrap is for 2^8 slots, the program has 2^7"));
  close_place(p);
}

/* An operation of several levels does not lie across a cut. */
JFI_TEST(polynomials_lie_between_cuts) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0);
  for (int i = 0; i < 7; i++) {
    a = model_poly(&p->x, model_mul_const(&p->x, a, 0.9, 0));
    CHECK_OK(jfhe_program_promise(p->x.p, a, 0.95));
  }
  model_output(&p->x, a);
  check_all(p, 3);
  close_place(p);
}

/* ---- sizes ---- */
JFI_TEST(large_numbers_are_scaled) {
  place *p = open_place();
  uint32_t a = model_input(&p->x, 0), b = model_mul_const(&p->x, row(&p->x, a, a, BETWEEN - 2), 99.5, 0);
  model_output(&p->x, model_mul(&p->x, model_mul(&p->x, b, a), a));
  check_all(p, 1);
  jfhe_plan *plan = plan_at(p, 2, JFHE_PASS_BOOTSTRAPS, JFHE_OK);
  char text[4096] = "";
  CHECK(jfhe_plan_text(plan, text, sizeof text) <= sizeof text);
  CHECK(strstr(text, "after pass 'bootstraps'") && strstr(text, " = bootstrap %") && strstr(text, "mul_const"));
  jfhe_plan_free(plan);
  close_place(p);
}

/* Two levels of scaling, and more than all of them together. */
JFI_TEST(very_large_numbers) {
  for (int times = 2; times <= 5; times += 3) {
    place *p = open_place();
    uint32_t a = model_input(&p->x, 0), b = row(&p->x, a, a, 2);
    p->x.keep = 3;
    for (int i = 0; i < times; i++) b = model_mul_const(&p->x, b, 0x1.81p16, 0);
    for (int i = 0; i < BETWEEN; i++) b = model_mul(&p->x, b, a);
    model_output(&p->x, b);
    if (times == 2) check_all(p, 1);
    if (times == 5) plan_at(p, 0, JFHE_PASS_SCHEDULE, JFHE_ERR_RANGE);
    close_place(p);
  }
}

/* ---- levels ---- */
JFI_TEST(outputs_can_go_on) {
  place *p = open_place();
  uint32_t level, a = model_input(&p->x, 0);
  model_output(&p->x, row(&p->x, a, a, BETWEEN + 2));
  const uint32_t keep[] = {0, 2, 3, 64}, expect[] = {0, 1, 1, 1}, least[] = {0, 2, 3, 3};
  for (size_t i = 0; i < 4; i++) {
    p->x.keep = keep[i];
    jfhe_plan *plan = plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
    jfhe_forecast f;
    jfhe_plan_forecast(plan, &f);
    CHECK_OK(jfhe_plan_output(plan, 0, &level, NULL, NULL, NULL));
    CHECK(f.bootstraps == expect[i] && level >= least[i] && (keep[i] == 64 || level <= keep[i] + 1));
    jfhe_plan_free(plan);
  }
  close_place(p);
}

/* Outputs that are scaled before they are bootstrapped keep the level for it; the next program has them as inputs. */
JFI_TEST(large_outputs_can_go_on) {
  place *p = open_place();
  uint32_t level, a = model_input(&p->x, 0), b = model_mul_const(&p->x, row(&p->x, a, a, BETWEEN), 50, 0);
  model_output(&p->x, b);
  check_all(p, 1);
  p->x.keep = 3;
  jfhe_plan *plan = plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  CHECK_OK(jfhe_plan_output(plan, 0, &level, NULL, NULL, NULL));
  CHECK_EQ(level, 3); /* asked for */
  jfhe_plan_free(plan);
  p->x.keep = 64;
  plan = plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  CHECK_OK(jfhe_plan_output(plan, 0, &level, NULL, NULL, NULL));
  CHECK(level >= 4);
  jfhe_plan_free(plan);
  close_place(p);
}

/* Inputs that have spent levels: bootstrapped where they are wanted higher, from the level on that a bootstrap takes. */
JFI_TEST(inputs_of_low_levels) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0), low = jfhe_bootstrap_level_in(x->boot);
  jfhe_ct_free(x->input[0]);
  x->input[0] = jfi_world_encrypt(x->w, &x->value[a], JFHE_PACK_REAL, LOG_SLOTS, low);
  model_output(x, row(x, a, a, 2));
  check_all(p, 1);
  jfhe_ct_free(x->input[0]);
  x->input[0] = jfi_world_encrypt(x->w, &x->value[a], JFHE_PACK_REAL, LOG_SLOTS, low - 1);
  check_all(p, 0); /* two products are what it has */
  model_output(x, row(x, a, a, 3));
  plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_ERR_LEVEL);
  CHECK(strstr(jfhe_last_error(), "input 'x0' has 2 levels; bootstrapping begins at level 3 with"));
  close_place(p);
}

/* ---- a program's own ---- */
JFI_TEST(a_bootstrap_of_the_programs_own) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0), id = 0, b = model_mul_const(x, row(x, a, a, 2), 3, 0);
  CHECK_OK(jfhe_program_bootstrap(x->p, &id, b));
  x->value[x->n] = jfi_vec_new(x->slots);
  memcpy(x->value[x->n].re, x->value[b].re, x->slots * sizeof(double));
  CHECK_EQ(id, x->n);
  x->n++;
  model_output(x, row(x, model_mul_const(x, id, 0.3125, 0), a, BETWEEN - 1));
  check_all(p, 1);
  const jfhe_bootstrap *boot = x->boot;
  x->boot = NULL;
  plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_ERR_ARG);
  x->boot = boot;
  close_place(p);
}

/* ---- refusals ---- */
JFI_TEST(refusals) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0);
  model_output(x, row(x, a, a, BETWEEN + 1));
  jfhe_keyring *none = NULL, *keys = x->w->keys;
  jfhe_evk *key = NULL;
  CHECK_OK(jfhe_keyring_new(&none, x->w->ctx));
  CHECK_OK(jfhe_keygen_relin(&key, x->w->ctx, x->w->sk, jfhe_bootstrap_level_sine(x->boot)));
  CHECK_OK(jfhe_keyring_add(none, key));
  p->w.w.keys = none;
  plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_ERR_KEY);
  CHECK(strstr(jfhe_last_error(), "bootstrap: "));
  p->w.w.keys = keys;
  jfhe_keyring_free(none);
  /* of another ring, of other slots */
  jfhe_ctx *ctx = jfi_test_ctx_boot_far(LOG_N, 3, BETWEEN);
  jfhe_bootstrap *other = NULL;
  const jfhe_bootstrap *boot = x->boot;
  CHECK_OK(jfhe_bootstrap_new(&other, ctx, LOG_SLOTS, 1, JFHE_BOOTSTRAP_FEW_KEYS | JFHE_BOOTSTRAP_WHEN_NEEDED));
  x->boot = other;
  plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_ERR_CONTEXT);
  jfhe_bootstrap_free(other);
  CHECK_OK(jfhe_bootstrap_new(&other, x->w->ctx, 5, 1, JFHE_BOOTSTRAP_FEW_KEYS | JFHE_BOOTSTRAP_WHEN_NEEDED));
  x->boot = other;
  plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_ERR_FORM);
  jfhe_bootstrap_free(other);
  x->boot = boot;
  jfhe_ctx_free(ctx);
  /* a polynomial of more levels than there are */
  double c[1000] = {0};
  uint32_t table, id;
  c[999] = 1;
  CHECK_OK(jfhe_program_poly(x->p, &table, c, 1000, JFHE_BASIS_CHEB, -2, 2));
  CHECK_OK(jfhe_program_apply_poly(x->p, &id, a, table, 0));
  CHECK_OK(jfhe_program_output(x->p, &id, "deep", id));
  plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_ERR_LEVEL);
  CHECK(strstr(jfhe_last_error(), "poly needs") && strstr(jfhe_last_error(), "bootstrapping gives 6"));
  close_place(p);
}

/* ---- together ---- */
static double foreseen(const jfhe_plan *plan, uint64_t *memory) {
  jfhe_forecast f;
  jfhe_plan_forecast(plan, &f);
  *memory = f.memory_bytes;
  return f.seconds;
}

/* Rows of their own, eleven bootstraps: those with as many before them go together, at most four. The same bytes as one by one; where memory
 * is short, fewer at once. */
JFI_TEST(bootstraps_go_together) {
  place *p = open_place();
  uint8_t one[32], many[32];
  uint64_t all, less;
  const uint32_t a = model_input(&p->x, 0), b = model_input(&p->x, 0);
  const uint32_t start[5] = {a, b, mix(&p->x, a, b), mix(&p->x, a, a), mix(&p->x, b, b)};
  for (uint32_t i = 0; i < 5; i++) model_output(&p->x, row(&p->x, start[i], start[i], 2 * BETWEEN + 1));
  model_check(&p->x, 1, one);
  model_check(&p->x, 2, many);
  CHECK_MEM(one, many, sizeof one);
  jfhe_plan *single = plan_at(p, 1, JFHE_PASS_SCHEDULE, JFHE_OK), *plan = plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  CHECK_EQ(times_said(single, "together"), 0);
  CHECK_EQ(times_said(plan, "(4 bootstraps together)"), 4);
  CHECK_EQ(times_said(plan, "(3 bootstraps together)"), 6);
  CHECK(foreseen(plan, &all) < foreseen(single, &less) && all > less);
  jfhe_plan_free(single);
  jfhe_plan_free(plan);
  for (uint32_t want = 2; want >= 1; want--) {
    jfhe_plan_options o = model_options(&p->x, 2);
    o.memory_limit = all - 1;
    plan = model_plan(&p->x, &o, JFHE_OK);
    CHECK_EQ(times_said(plan, "(2 bootstraps together)"), want == 2 ? 8 : 0);
    (void)foreseen(plan, &less);
    CHECK(less < all);
    all = less;
    jfhe_plan_free(plan);
  }
  close_place(p);
}

/* A sum of products before a bootstrap and one of the same factors behind it are not made together: the second needs the first. */
JFI_TEST(sums_on_both_sides_of_a_bootstrap) {
  place *p = open_place();
  uint32_t in[MODEL_INPUTS], state = 0;
  for (uint32_t i = 0; i < MODEL_INPUTS; i++) in[i] = model_input(&p->x, 0);
  state = in[0];
  for (uint32_t turn = 0; turn < 2 * BETWEEN; turn++) {
    uint32_t sum = model_mul(&p->x, state, in[0]);
    for (uint32_t i = 0; i < MODEL_INPUTS; i++)
      for (uint32_t j = 0; j <= i; j++) sum = model_add(&p->x, sum, model_mul(&p->x, in[i], in[j]));
    CHECK_OK(jfhe_program_promise(p->x.p, sum, 1));
    state = mix(&p->x, sum, in[1]);
  }
  model_output(&p->x, state);
  jfhe_plan_free(plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_OK));
  close_place(p);
}

/* ---- as explained, prepared, hashed ---- */
JFI_TEST(plans_without_keys_explain) {
  place *p = open_place();
  model *x = &p->x;
  uint32_t a = model_input(x, 0);
  model_output(x, row(x, a, a, 2 * BETWEEN));
  jfhe_plan_options o;
  jfhe_plan *plan = NULL, *real = plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  jfhe_forecast f, g;
  uint8_t one[JFHE_HASH_BYTES], two[JFHE_HASH_BYTES];
  jfhe_plan_options_init(&o);
  o.keep_levels = x->keep;
  REQUIRE_OK(jfhe_plan_new_with(&plan, x->w->ctx, NULL, x->boot, x->p, NULL, &o));
  jfhe_plan_forecast(plan, &f);
  jfhe_plan_forecast(real, &g);
  CHECK(f.bootstraps == 1 && g.bootstraps == 1 && f.seconds == g.seconds && f.memory_bytes == g.memory_bytes);
  CHECK_EQ(f.depth, 2 * BETWEEN);
  CHECK(f.memory_bytes > jfhe_bootstrap_bytes_whole(x->boot) + jfhe_bootstrap_scratch(x->w->ctx, x->boot));
  CHECK_OK(jfhe_plan_hash(real, one));
  CHECK_EQ(jfhe_bootstrap_bytes(x->boot), 0);
  CHECK_OK(jfhe_bootstrap_prepare(p->w.b));
  CHECK_EQ(jfhe_bootstrap_bytes(x->boot), jfhe_bootstrap_bytes_whole(x->boot));
  CHECK_OK(jfhe_plan_hash(real, two));
  CHECK_MEM(one, two, sizeof one);
  jfhe_plan_free(plan);
  jfhe_plan_free(real);
  uint8_t hash[2][32];
  model_check(x, 2, hash[0]);
  CHECK_OK(jfhe_ctx_set_threads(x->w->ctx, 3));
  model_check(x, 2, hash[1]);
  CHECK_MEM(hash[0], hash[1], 32);
  CHECK_EQ(jfhe_bootstrap_bytes(x->boot),
           jfhe_bootstrap_bytes_whole(x->boot)); /* none was made again at other scales */
  close_place(p);
}

/* ---- deep programs ---- */
static void check_deep(place *p, uint32_t expect) {
  uint8_t hash[32];
  double mag = 0, worst = 0;
  jfhe_plan *plan = plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  CHECK_OK(jfhe_plan_output(plan, 0, NULL, &mag, &worst, NULL));
  printf("%u bootstraps, |x| <= %.3g, error <= %.2g\n", bootstraps(p, 2), mag, worst);
  CHECK(worst < 0x1p-5);
  CHECK_EQ(bootstraps(p, 2), expect);
  jfhe_plan_free(plan);
  model_check(&p->x, 2, hash);
}

/* Convolutions of three taps, cubics between them: three levels a layer, two layers a bootstrap. */
JFI_TEST_MANY(a_network_of_thirty_layers) {
  place *p = open_place();
  uint32_t x = model_input(&p->x, 0);
  for (int i = 0; i < 30; i++) {
    uint32_t sum = model_mul_const(&p->x, x, i % 2 ? -0.85 : 0.8, 0);
    sum = model_add(&p->x, sum, model_mul_const(&p->x, model_rotate(&p->x, x, 1), 0.1, 0));
    sum = model_add(&p->x, sum, model_mul_const(&p->x, model_rotate(&p->x, x, 2), -0.05, 0));
    x = model_poly(&p->x, sum);
  }
  model_output(&p->x, x);
  check_deep(p, 14);
  close_place(p);
}

/* g(x) = y by Newton's method with the slope of one place, x - (g(x) - y)/8 = p(x) + y/8: two levels a turn, three turns a bootstrap, and y
 * keeps its levels. */
JFI_TEST_MANY(fifty_iterations_of_newtons_method) {
  place *p = open_place();
  uint32_t y = model_mul_const(&p->x, model_input(&p->x, 0), 0.125, 0), x = y;
  for (int i = 0; i < 50; i++) x = model_add(&p->x, model_poly(&p->x, x), y);
  model_output(&p->x, x);
  check_deep(p, 16);
  close_place(p);
}

/* ---- any program ---- */
JFI_TEST_MANY(random_programs) {
  enum { PROGRAMS = 6 };
  uint32_t found = 0;
  place *p = open_with(3, LOG_SLOTS);
  for (int t = 0; t < PROGRAMS; t++) {
    uint8_t hash[32];
    model_random(&p->x, 150, 12);
    found += bootstraps(p, 2);
    model_check(&p->x, t % 3, hash);
    model_close(&p->x);
    jfi_test_rng rng = p->w.w.rng;
    model_open(&p->x, &p->w.w, LOG_SLOTS);
    p->w.w.rng = rng;
    p->x.boot = p->w.b;
    p->x.keep = 64;
  }
  printf("%d programs, %u bootstraps\n", PROGRAMS, found);
  CHECK(found >= PROGRAMS / 3);
  close_place(p);
}

/* ---- tables ---- */
enum { COUNT = 16 };

/* Whole numbers below COUNT, from an input of their sixteenths. */
static uint32_t whole_numbers(model *x) {
  uint32_t a = model_input(x, 0);
  for (size_t i = 0; i < x->slots; i++) x->value[a].re[i] = (double)jfi_test_rng_below(&x->w->rng, COUNT) / COUNT;
  jfhe_ct_free(x->input[x->n_inputs - 1]);
  x->input[x->n_inputs - 1] =
      jfi_world_encrypt(x->w, &x->value[a], JFHE_PACK_REAL, x->log_slots, jfhe_bootstrap_level_out(x->boot));
  return model_mul_const(x, a, COUNT, 0);
}

static void make_table(double *values, size_t count, double most) {
  for (size_t i = 0; i < count; i++) values[i] = (double)(i * 7 % count) * most / (double)(count - 1);
}

/* A table is an output and an input of the level graph: what is before it needs no bootstrap for it, what is behind it has its levels. */
JFI_TEST(a_table_brings_levels_back) {
  double values[COUNT];
  make_table(values, COUNT, 1);
  for (uint32_t before = 0; before < 2; before++) {
    place *p = open_place();
    uint32_t a = whole_numbers(&p->x), b = model_input(&p->x, 0);
    if (before) { /* four products more than there are levels in front of a table */
      uint32_t c = b;
      for (int i = 0; i < 9; i++) c = mix(&p->x, c, b);
      model_output(&p->x, c);
      a = model_add(&p->x, a, model_mul_const(&p->x, model_sub(&p->x, c, c), 1, 0));
    }
    uint32_t y = model_lookup(&p->x, a, values, COUNT);
    model_output(&p->x, y);
    uint32_t z = mix(&p->x, y, b);
    model_output(&p->x, z);
    for (int i = 0; i < 7; i++) z = mix(&p->x, z, b);
    model_output(&p->x, z);
    jfhe_forecast f = {0};
    jfhe_plan *plan = plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
    if (plan) jfhe_plan_forecast(plan, &f);
    printf("%u bootstraps, %.3g s foreseen\n", f.bootstraps, f.seconds);
    check_all(p, before ? 4 : 3);
    jfhe_plan_free(plan);
    close_place(p);
  }
}

JFI_TEST(a_table_of_sparse_vectors_and_a_bootstrap_of_all_slots) {
  double values[COUNT];
  place *p = open_of(BETWEEN, LOG_SLOTS - 2, LOG_SLOTS);
  make_table(values, COUNT, 1);
  model_output(&p->x, model_lookup(&p->x, whole_numbers(&p->x), values, COUNT));
  check_all(p, 1);
  close_place(p);
}

/* Two rows that meet in one value, from which two rows go on: the only place for a cut of one bootstrap. */
static uint32_t waist(model *x, uint32_t a, uint32_t b, uint32_t before, uint32_t behind) {
  uint32_t both = mix(x, row(x, a, a, before), row(x, b, b, before)), left = mix(x, both, a), right = mix(x, both, b);
  return mix(x, row(x, left, left, behind), row(x, right, right, behind));
}

/* Where a cut lies before a table says nothing about what is behind it. */
JFI_TEST(cuts_before_a_table_are_not_those_behind) {
  uint8_t hash[32];
  double values[COUNT];
  make_table(values, COUNT, 1);
  place *p = open_place();
  uint32_t a = whole_numbers(&p->x), b = model_input(&p->x, 0), c = model_input(&p->x, 0);
  uint32_t first = waist(&p->x, b, c, BETWEEN - 3, BETWEEN - 3);
  a = model_add(&p->x, a, model_mul_const(&p->x, model_sub(&p->x, first, first), 1, 0));
  model_output(&p->x, first);
  model_output(&p->x, waist(&p->x, model_lookup(&p->x, a, values, COUNT), c, 2, 2));
  CHECK_EQ(bootstraps(p, 2), 4); /* 6 where a cut before the table lay across what is behind it */
  model_check(&p->x, 2, hash);
  close_place(p);
}

/* The second reads what the first gives, at the level that it gives; of two digits it is two bootstraps. */
JFI_TEST(tables_of_tables) {
  double values[COUNT], more[200];
  place *p = open_place();
  make_table(values, COUNT, COUNT - 1);
  uint32_t a = whole_numbers(&p->x), y = model_lookup(&p->x, model_lookup(&p->x, a, values, COUNT), values, COUNT);
  make_table(more, 200, 1);
  model_output(&p->x, y);
  model_output(&p->x, model_lookup(&p->x, a, more, 200));
  check_all(p, 4);
  close_place(p);
}

/* One bootstrap and one set of powers for all tables of a length, and the same bytes as one by one. Of another number, or another length, a table is alone. */
JFI_TEST(tables_of_one_number_go_together) {
  double values[5][200];
  uint8_t one[32], many[32];
  uint64_t memory;
  place *p = open_place();
  uint32_t a = whole_numbers(&p->x), b = whole_numbers(&p->x);
  for (uint32_t i = 0; i < 5; i++) {
    make_table(values[i], i < 3 ? COUNT : 200, i + 1);
    model_output(&p->x, model_lookup(&p->x, a, values[i], i < 3 ? COUNT : 200));
  }
  model_output(&p->x, model_lookup(&p->x, b, values[0], COUNT));
  CHECK_EQ(bootstraps(p, 1), 3 + 2 * 2 + 1);
  CHECK_EQ(bootstraps(p, 2), 1 + 2 + 1);
  model_check(&p->x, 1, one);
  model_check(&p->x, 2, many);
  CHECK_MEM(one, many, sizeof one);
  jfhe_plan *single = plan_at(p, 1, JFHE_PASS_SCHEDULE, JFHE_OK), *plan = plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_OK);
  CHECK_EQ(times_said(plan, "(3 tables of one number)"), 3);
  CHECK_EQ(times_said(plan, "(2 tables of one number)"), 2);
  CHECK_EQ(times_said(single, "tables of one"), 0);
  CHECK(foreseen(plan, &memory) < 0.7 * foreseen(single, &memory));
  jfhe_plan_free(single);
  jfhe_plan_free(plan);
  close_place(p);
}

JFI_TEST(tables_are_refused_where_they_cannot_be) {
  double values[COUNT];
  place *p = open_place();
  make_table(values, COUNT, 1);
  uint32_t table, y, a = whole_numbers(&p->x);
  CHECK_OK(jfhe_program_vector(p->x.p, &table, values, NULL, COUNT));
  CHECK_OK(jfhe_program_lookup(p->x.p, &y, a, table)); /* of numbers up to 16.0016, as far as anybody knows */
  CHECK_OK(jfhe_program_output(p->x.p, &table, "y", y));
  CHECK(plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_ERR_RANGE) == NULL);
  p->x.boot = NULL;
  CHECK(plan_at(p, 2, JFHE_PASS_SCHEDULE, JFHE_ERR_ARG) == NULL);
  close_place(p);
}
