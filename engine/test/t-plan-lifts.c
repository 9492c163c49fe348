/* t-plan-lifts.c: programs on ciphertexts of a small ring, computed in one that bootstraps. The steps between rings alone are tested in
 * t-circuit-ladder.c. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot-cases.h"
#include "plan-cases.h"

enum { BETWEEN = 6, LOG_BELOW = 8, LOG_N = 10, LOG_SLOTS = 7, GUESTS = 9 };

/* A world of small ciphertexts, one above it that bootstraps, and what joins them. */
typedef struct ladder {
  jfi_world below;
  jfi_boot_world above;
  jfhe_evk *lift, *lower;
  jfhe_rung *rung;
  model x;
} ladder;

/* As jfi_test_ctx_boot_far, with the primes of a chain of GUESTS levels of 44 bits. */
static jfhe_ctx *high_ctx(void) {
  jfi_params p = {.log_n = LOG_N,
                  .first_bits = 48,
                  .n_special = 6,
                  .special_bits = 48,
                  .guest_first_bits = 48,
                  .guest_steps = GUESTS,
                  .guest_bits = 44,
                  .name = "high"};
  const uint32_t count[] = {3 + BETWEEN, 8, 3}, bits[] = {42, 58, 48};
  jfhe_ctx *ctx = NULL;
  for (size_t i = 0; i < 3; i++)
    for (uint32_t k = 0; k < count[i]; k++) p.step_bits[p.n_steps++] = (uint8_t)bits[i];
  CHECK_OK(jfi_ctx_new(&ctx, &p));
  return ctx;
}

static void add_turn(jfi_world *w, int32_t k, uint32_t level) {
  jfhe_evk *key = NULL;
  CHECK_OK(jfhe_keygen_galois(&key, w->ctx, w->sk, jfhe_galois_rotate(w->ctx, k), level));
  CHECK_OK(jfhe_keyring_add(w->keys, key));
}

/* below: log2 of the smaller ring's degree; slots, boot: log2 of those of programs and of the bootstrap. */
static ladder *open_ladder_of(uint32_t below, uint32_t slots, uint32_t boot) {
  const jfi_boot_options options = {.keys = JFHE_BOOTSTRAP_FEW_KEYS, .late = 1};
  ladder *l = calloc(1, sizeof *l);
  l->below = jfi_world_open_with(jfi_test_ctx(below, GUESTS, 44, 2), NULL, 0);
  l->above = jfi_boot_open(high_ctx(), boot, 1 + 0x1p-4, &options);
  jfi_world *w = &l->above.w;
  for (int32_t k = 1; k < 1 << slots; k *= 2) add_turn(w, k, jfhe_bootstrap_level_out(l->above.b));
  add_turn(w, -1, jfhe_bootstrap_level_out(l->above.b));
  if (slots < boot) add_turn(w, 1 << slots, w->ctx->chain.top); /* of halves */
  CHECK_OK(jfhe_keygen_lift(&l->lift, w->ctx, l->below.sk, w->sk));
  CHECK_OK(jfhe_keygen_lower(&l->lower, w->ctx, w->sk, l->below.sk));
  CHECK_OK(jfhe_rung_new(&l->rung, w->ctx, l->below.ctx, l->lift, l->lower));
  model_open(&l->x, &l->below, slots);
  l->x.rung = l->rung;
  l->x.high = w;
  l->x.boot = l->above.b;
  l->x.keep = 64;
  return l;
}

static ladder *open_ladder(void) { return open_ladder_of(LOG_BELOW, LOG_SLOTS, LOG_SLOTS); }

/* Programs of all slots of a ring half as large, bootstraps of all slots above: two parts of a program are to share them. */
static ladder *open_pairs(void) {
  ladder *l = open_ladder_of(LOG_N - 1, LOG_N - 2, LOG_N - 1);
  l->x.keep = 0;
  return l;
}

static void close_ladder(ladder *l) {
  model_close(&l->x);
  jfhe_rung_free(l->rung);
  jfhe_evk_free(l->lift);
  jfhe_evk_free(l->lower);
  jfi_boot_close(&l->above);
  jfi_world_close(&l->below);
  free(l);
}

static jfhe_plan *plan_at(const ladder *l, uint32_t opt, jfhe_status want) {
  const jfhe_plan_options o = model_options(&l->x, opt);
  return model_plan(&l->x, &o, want);
}

/* Runs at every level of optimisation: within bounds, and those of the plan to the last bit. */
static void check_all(ladder *l, uint32_t boots, uint32_t lifts, uint32_t lowers) {
  uint8_t hash[32];
  for (uint32_t opt = 0; opt <= 2; opt++) {
    jfhe_forecast f = {0};
    jfhe_plan *plan = plan_at(l, opt, JFHE_OK);
    if (plan) jfhe_plan_forecast(plan, &f);
    jfhe_plan_free(plan);
    CHECK(f.bootstraps == boots && f.lifts == lifts && f.lowers == lowers);
    model_check(&l->x, opt, hash);
  }
}

static uint32_t row(model *x, uint32_t a, uint32_t b, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    a = model_mul(x, a, b);
    CHECK_OK(jfhe_program_promise(x->p, a, 1));
  }
  return a;
}

/* ---- up and down ---- */
JFI_TEST(inputs_are_lifted_outputs_lowered) {
  ladder *l = open_ladder();
  uint32_t a = model_input(&l->x, 0), b = model_input(&l->x, 0), m = model_mul(&l->x, a, b);
  model_output(&l->x, m);
  model_output(&l->x, model_rotate(&l->x, model_add(&l->x, m, a), 3));
  check_all(l, 0, 2, 2);
  close_ladder(l);
}

/* Deeper than the small ring, and than the levels to which it is lifted. */
JFI_TEST(levels_come_back_above) {
  ladder *l = open_ladder();
  uint32_t a = model_input(&l->x, 0), b = model_input(&l->x, 0);
  model_output(&l->x, row(&l->x, a, b, 2 * GUESTS));
  check_all(l, 3, 2, 1);
  close_ladder(l);
}

/* A bootstrap of all slots above brings vectors of half of them, or fewer, back as well, and what was settled. */
static void come_back_apart(uint32_t below) {
  ladder *l = open_ladder_of(below, below - 1, LOG_N - 1);
  model *x = &l->x;
  x->flags = JFHE_PLAN_APART;
  uint32_t settled, number, a = model_input(x, 0), b = model_input(x, 0);
  model_output(x, row(x, a, model_rotate(x, b, 3), 2 * GUESTS));
  check_all(l, 3, 2, 1);
  CHECK_OK(jfhe_program_mul_const(x->p, &settled, a, 0.4, 0));
  CHECK_OK(jfhe_program_settle(x->p, &settled, settled, 1));
  for (int i = 0; i < 2 * GUESTS; i++) {
    CHECK_OK(jfhe_program_mul(x->p, &settled, settled, settled));
    CHECK_OK(jfhe_program_promise(x->p, settled, 1));
  }
  CHECK_OK(jfhe_program_output(x->p, &number, "settled", settled));
  jfhe_plan_free(plan_at(l, 2, JFHE_OK));
  close_ladder(l);
}

JFI_TEST(levels_come_back_to_each_repetition) { come_back_apart(LOG_N - 1); }
JFI_TEST(levels_come_back_to_each_of_four) { come_back_apart(LOG_BELOW); }

JFI_TEST(complex_numbers_and_maps) {
  ladder *l = open_ladder();
  uint32_t a = model_input(&l->x, 1);
  model_output(&l->x, model_linmap(&l->x, model_mul_const(&l->x, a, 0.3, 0.4), 1));
  check_all(l, 0, 1, 1);
  close_ladder(l);
}

/* An input that is an output, and one value that is two: each is lowered once. */
JFI_TEST(outputs_that_nothing_makes) {
  ladder *l = open_ladder();
  uint32_t a = model_input(&l->x, 0);
  model_output(&l->x, a);
  model_output(&l->x, a);
  model_output(&l->x, model_neg(&l->x, a));
  check_all(l, 0, 1, 2);
  close_ladder(l);
}

/* Inputs of both rings meet; what is of the upper one already is not lifted. */
JFI_TEST(inputs_of_both_rings) {
  ladder *l = open_ladder();
  model *x = &l->x;
  uint32_t a = model_input(x, 0), b = model_input(x, 0);
  jfhe_ct_free(x->input[1]);
  x->input[1] = jfi_world_encrypt(&l->above.w, &x->value[b], JFHE_PACK_REAL, LOG_SLOTS, 5);
  model_output(x, row(x, model_add(x, model_mul_const(x, a, 0.5, 0), model_mul_const(x, b, 0.5, 0)), b, 5));
  check_all(l, 2, 1, 1);
  close_ladder(l);
}

/* ---- levels ---- */
/* What comes down goes up again: a state that leaves after every few turns. */
JFI_TEST(outputs_can_go_on) {
  ladder *l = open_ladder();
  uint32_t level, a = model_input(&l->x, 0);
  model_output(&l->x, row(&l->x, a, a, 2 * BETWEEN));
  jfhe_plan *plan = plan_at(l, 2, JFHE_OK);
  CHECK_OK(jfhe_plan_output(plan, 0, &level, NULL, NULL, NULL));
  CHECK(jfhe_lift_level(l->above.w.ctx, l->below.ctx, level) >= jfhe_bootstrap_level_in(l->x.boot));
  jfhe_plan_free(plan);
  const uint32_t keep[] = {0, 1, 2, 3};
  for (size_t i = 0; i < 4; i++) {
    l->x.keep = keep[i];
    plan = plan_at(l, 2, JFHE_OK);
    CHECK_OK(jfhe_plan_output(plan, 0, &level, NULL, NULL, NULL));
    CHECK(level >= keep[i] && level <= keep[i] + 1);
    jfhe_plan_free(plan);
  }
  close_ladder(l);
}

/* No more residues are lifted than are used. */
JFI_TEST(inputs_come_up_no_higher_than_wanted) {
  ladder *l = open_ladder();
  model *x = &l->x;
  uint32_t a = model_input(x, 0);
  model_output(x, model_mul(x, a, a));
  x->keep = 0;
  jfhe_plan *plan = plan_at(l, 2, JFHE_OK);
  char text[4096] = "";
  CHECK(jfhe_plan_text(plan, text, sizeof text) <= sizeof text);
  CHECK(strstr(text, "= input 'x0'   level 3 of test") && strstr(text, "%1 = lift %0   level 2") &&
        strstr(text, "%2 = sum %1*%1   level 1") && strstr(text, "%3 = lower %2   level 0 of test"));
  CHECK(strstr(text, "1 lifted, 1 lowered") && strstr(text, "inputs at level 3 or above"));
  jfhe_plan_free(plan);
  check_all(l, 0, 1, 1);
  close_ladder(l);
}

/* Between rings without bootstraps: outputs end where there is something to lower. */
JFI_TEST(a_ladder_without_bootstraps) {
  ladder *l = open_ladder();
  l->x.boot = NULL;
  l->x.keep = 0;
  uint32_t a = model_input(&l->x, 0);
  model_output(&l->x, row(&l->x, a, a, 3));
  check_all(l, 0, 1, 1);
  close_ladder(l);
}

/* ---- without keys, and which ---- */
JFI_TEST(plans_without_keys_explain) {
  ladder *l = open_ladder();
  model *x = &l->x;
  uint32_t a = model_input(x, 0);
  model_output(x, row(x, a, a, 2 * BETWEEN));
  jfhe_plan_options o;
  jfhe_plan *plan = NULL, *real = plan_at(l, 2, JFHE_OK);
  jfhe_forecast f, g;
  jfhe_rung *rung = NULL;
  CHECK_OK(jfhe_rung_new(&rung, l->above.w.ctx, l->below.ctx, NULL, NULL));
  jfhe_plan_options_init(&o);
  o.keep_levels = x->keep;
  REQUIRE_OK(jfhe_plan_new_on(&plan, l->above.w.ctx, NULL, x->boot, rung, x->p, NULL, &o));
  jfhe_plan_forecast(plan, &f);
  jfhe_plan_forecast(real, &g);
  CHECK(f.lifts == 1 && f.bootstraps == g.bootstraps && f.seconds == g.seconds && f.memory_bytes == g.memory_bytes);
  jfhe_plan_free(plan);
  CHECK_STATUS(jfhe_plan_new_on(&plan, l->above.w.ctx, l->above.w.keys, x->boot, rung, x->p, NULL, &o), JFHE_ERR_KEY);
  jfhe_rung_free(rung);
  jfhe_plan_free(real);
  close_ladder(l);
}

/* Another lift key is another plan: its results have other bytes. */
JFI_TEST(plans_are_told_apart_by_the_rung) {
  ladder *l = open_ladder();
  model *x = &l->x;
  uint8_t hash[3][JFHE_HASH_BYTES];
  uint32_t a = model_input(x, 0);
  model_output(x, model_mul(x, a, a));
  jfhe_evk *other = NULL;
  jfhe_rung *second = NULL;
  CHECK_OK(jfhe_keygen_lift(&other, l->above.w.ctx, l->below.sk, l->above.w.sk));
  CHECK_OK(jfhe_rung_new(&second, l->above.w.ctx, l->below.ctx, other, l->lower));
  for (int i = 0; i < 3; i++) {
    x->rung = i == 1 ? second : l->rung;
    jfhe_plan *plan = plan_at(l, 2, JFHE_OK);
    CHECK_OK(jfhe_plan_hash(plan, hash[i]));
    jfhe_plan_free(plan);
  }
  x->rung = l->rung;
  jfhe_rung_free(second);
  CHECK(memcmp(hash[0], hash[1], JFHE_HASH_BYTES) != 0);
  CHECK_MEM(hash[0], hash[2], JFHE_HASH_BYTES);
  jfhe_evk_free(other);
  close_ladder(l);
}

/* A rung of other keys or rings, refused when it is made. */
static void no_rung(const ladder *l, const jfhe_ctx *small, const jfhe_evk *lift, const jfhe_evk *lower,
                    jfhe_status want, const char *why) {
  jfhe_rung *rung = NULL;
  CHECK_STATUS(jfhe_rung_new(&rung, l->above.w.ctx, small, lift, lower), want);
  CHECK(rung == NULL && strstr(jfhe_last_error(), why));
}

JFI_TEST(rungs_that_are_none) {
  ladder *l = open_ladder();
  jfhe_evk *wrong = NULL;
  no_rung(l, l->below.ctx, NULL, l->lower, JFHE_ERR_KEY, "no key for lifting");
  no_rung(l, l->below.ctx, l->lift, NULL, JFHE_ERR_KEY, "no key for lowering");
  no_rung(l, l->below.ctx, l->lower, l->lift, JFHE_ERR_KEY, "no key for it");
  no_rung(l, l->above.w.ctx, l->lift, l->lower, JFHE_ERR_CONTEXT, "not on the ladder");
  CHECK_OK(jfhe_keygen_lift(&wrong, l->above.w.ctx, l->below.other, l->above.w.sk));
  no_rung(l, l->below.ctx, wrong, l->lower, JFHE_ERR_KEY, "different secrets");
  jfhe_evk_free(wrong);
  jfhe_ctx *foreign = jfi_test_ctx(LOG_BELOW, 5, 40, 2), *high = high_ctx();
  no_rung(l, foreign, NULL, NULL, JFHE_ERR_CONTEXT, "not on the ladder");
  jfhe_rung *rung = NULL;
  CHECK_STATUS(jfhe_rung_new(&rung, high, l->below.ctx, l->lift, l->lower), JFHE_ERR_CONTEXT);
  jfhe_ctx_free(foreign);
  jfhe_ctx_free(high);
  close_ladder(l);
}

/* A plan on a rung between these two secrets. */
static void refused_on(ladder *l, const jfhe_sk *below, const jfhe_sk *above, const char *why) {
  jfhe_evk *lift = NULL, *lower = NULL;
  jfhe_rung *rung = NULL;
  CHECK_OK(jfhe_keygen_lift(&lift, l->above.w.ctx, below, above));
  CHECK_OK(jfhe_keygen_lower(&lower, l->above.w.ctx, above, below));
  CHECK_OK(jfhe_rung_new(&rung, l->above.w.ctx, l->below.ctx, lift, lower));
  l->x.rung = rung;
  plan_at(l, 2, JFHE_ERR_KEY);
  CHECK(strstr(jfhe_last_error(), why));
  l->x.rung = l->rung;
  jfhe_rung_free(rung);
  jfhe_evk_free(lift);
  jfhe_evk_free(lower);
}

static void refused_input(ladder *l, jfhe_ct *ct, jfhe_status want, const char *why) {
  jfhe_ct *own = l->x.input[0];
  l->x.input[0] = ct;
  plan_at(l, 2, want);
  CHECK(strstr(jfhe_last_error(), why));
  l->x.input[0] = own;
  jfhe_ct_free(ct);
}

JFI_TEST(refusals) {
  ladder *l = open_ladder();
  model *x = &l->x;
  uint32_t a = model_input(x, 0);
  model_output(x, row(x, a, a, 3));
  refused_on(l, l->below.sk, l->above.w.other, "another secret than that of the other keys");
  refused_on(l, l->below.other, l->above.w.sk, "input 'x0' is under another secret than the keys");
  jfi_world foreign = jfi_world_open_with(jfi_test_ctx(LOG_BELOW, 5, 40, 2), NULL, 0);
  refused_input(l, jfi_world_encrypt(&foreign, &x->value[a], JFHE_PACK_REAL, LOG_SLOTS, 5), JFHE_ERR_CONTEXT,
                "input 'x0' is of other parameters");
  jfi_world_close(&foreign);
  refused_input(l, jfi_world_encrypt(&l->below, &x->value[a], JFHE_PACK_REAL, LOG_SLOTS, 0), JFHE_ERR_LEVEL,
                "nothing is left of it when it is lifted");
  refused_input(l, jfi_world_encrypt(&l->below, &x->value[a], JFHE_PACK_REAL, LOG_SLOTS, 3), JFHE_ERR_LEVEL,
                "has 2 levels when it is lifted; bootstrapping begins at level 3");
  close_ladder(l);
}

/* ---- two in one ---- */
/* What chunks of an array go through: half of the bootstraps, and vectors stand in both halves. */
JFI_TEST(two_parts_share_ciphertexts) {
  ladder *l = open_pairs();
  model *x = &l->x;
  for (int i = 0; i < 2; i++) {
    uint32_t a = model_input(x, 0), b = row(x, a, a, 8);
    model_output(x, model_poly(x, model_mul_const(x, b, 0.5, 0)));
  }
  check_all(l, 2, 2, 2);
  jfhe_plan *plan = plan_at(l, 2, JFHE_OK);
  char text[8192] = "";
  CHECK(jfhe_plan_text(plan, text, sizeof text) <= sizeof text);
  CHECK(strstr(text, "= lift %0 %1") && strstr(text, "lower half") && strstr(text, "upper half") &&
        strstr(text, ", 512 slots, parameters high"));
  jfhe_plan_free(plan);
  close_ladder(l);
}

/* A vector of random numbers that both parts are multiplied by. */
static uint32_t times_vector(model *x, uint32_t a, uint32_t table, const double *v) {
  uint32_t id = 0;
  CHECK_OK(jfhe_program_mul_vector(x->p, &id, a, table));
  CHECK_EQ(id, x->n);
  x->value[x->n] = jfi_vec_new(x->slots);
  for (size_t t = 0; t < x->slots; t++) x->value[x->n].re[t] = x->value[a].re[t] * v[t];
  return x->n++;
}

JFI_TEST(parts_of_two_inputs_and_two_outputs) {
  enum { SLOTS = 1 << (LOG_N - 2) };
  ladder *l = open_pairs();
  model *x = &l->x;
  jfi_vec v = jfi_vec_random(&l->below, SLOTS, 0);
  uint32_t table = 0;
  CHECK_OK(jfhe_program_vector(x->p, &table, v.re, NULL, SLOTS));
  for (int i = 0; i < 2; i++) {
    uint32_t a = model_input(x, 0), b = model_input(x, 0), half = model_mul_const(x, a, 0.5, 0);
    uint32_t m = row(x, model_sub(x, half, model_mul_const(x, b, 0.5, 0)), b, 3);
    model_output(x, times_vector(x, m, table, v.re));
    model_output(x, m);
  }
  jfi_vec_free(&v);
  check_all(l, 0, 4, 4);
  close_ladder(l);
}

JFI_TEST(a_part_without_a_mate) {
  ladder *l = open_pairs();
  for (int i = 0; i < 3; i++) {
    uint32_t a = model_input(&l->x, 0);
    model_output(&l->x, row(&l->x, a, a, 9));
  }
  check_all(l, 2, 3, 3); /* one for the two, one for the third */
  close_ladder(l);
}

JFI_TEST(what_cannot_share) {
  ladder *l = open_pairs();
  model *x = &l->x;
  uint32_t a = model_input(x, 0), b = model_input(x, 0);
  model_output(x, model_mul_const(x, a, 0.5, 0));
  model_output(x, model_mul_const(x, b, 0.25, 0));
  plan_at(l, 2, JFHE_ERR_FORM);
  CHECK(strstr(jfhe_last_error(), "no two parts of the program are alike"));
  a = model_input(x, 0); /* other vectors */
  b = model_input(x, 0);
  model_output(x, model_vector(x, a, 1, 0));
  model_output(x, model_vector(x, b, 1, 0));
  plan_at(l, 2, JFHE_ERR_FORM);
  model_output(x, model_rotate(x, a, 1));
  plan_at(l, 2, JFHE_ERR_FORM);
  CHECK(strstr(jfhe_last_error(), "rotate does not work number by number"));
  close_ladder(l);
  l = open_ladder_of(LOG_BELOW, LOG_SLOTS, LOG_N - 1); /* four would fit: not two halves */
  a = model_input(&l->x, 0);
  model_output(&l->x, model_mul(&l->x, a, a));
  plan_at(l, 2, JFHE_ERR_FORM);
  CHECK(strstr(jfhe_last_error(), "the bootstrap is for 2^9 slots, the program has 2^7"));
  close_ladder(l);
}

/* ---- any program ---- */
JFI_TEST_MANY(random_programs) {
  enum { PROGRAMS = 6 };
  ladder *l = open_ladder();
  uint32_t boots = 0;
  for (int t = 0; t < PROGRAMS; t++) {
    uint8_t hash[32];
    jfhe_forecast f = {0};
    model_random(&l->x, 150, 12);
    jfhe_plan *plan = plan_at(l, 2, JFHE_OK);
    jfhe_plan_forecast(plan, &f);
    boots += f.bootstraps;
    jfhe_plan_free(plan);
    model_check(&l->x, t % 3, hash);
    const model was = l->x;
    model_close(&l->x);
    jfi_test_rng rng = l->below.rng;
    model_open(&l->x, &l->below, LOG_SLOTS);
    l->below.rng = rng;
    l->x.rung = was.rung;
    l->x.high = was.high;
    l->x.boot = was.boot;
    l->x.keep = 64;
  }
  printf("%d programs, %u bootstraps\n", PROGRAMS, boots);
  CHECK(boots >= PROGRAMS / 3);
  close_ladder(l);
}
