/* place-cases.c: see place-cases.h. */
#include "place-cases.h"

#include <stdlib.h>
#include <string.h>

#define MAG (1 + 0x1p-4)

static void add_turn(jfi_world *w, int32_t k, uint32_t level) {
  jfhe_evk *key = NULL;
  CHECK_OK(jfhe_keygen_galois(&key, w->ctx, w->sk, jfhe_galois_rotate(w->ctx, k), level));
  CHECK_OK(jfhe_keyring_add(w->keys, key));
}

place *open_of(uint32_t between, uint32_t log_slots, uint32_t boot) {
  const jfi_boot_options options = {.keys = JFHE_BOOTSTRAP_FEW_KEYS, .late = 1};
  place *p = malloc(sizeof *p);
  p->w = jfi_boot_open(jfi_test_ctx_boot_far(LOG_N, 3, between), boot, MAG, &options);
  for (int32_t k = 1; k < 1 << log_slots; k *= 2) add_turn(&p->w.w, k, jfhe_bootstrap_level_out(p->w.b));
  add_turn(&p->w.w, -1, jfhe_bootstrap_level_out(p->w.b)); /* of linear maps */
  model_open(&p->x, &p->w.w, log_slots);
  p->x.boot = p->w.b;
  p->x.keep = 64;
  return p;
}

place *open_with(uint32_t between, uint32_t log_slots) { return open_of(between, log_slots, log_slots); }

place *open_place(void) { return open_with(BETWEEN, LOG_SLOTS); }

void close_place(place *p) {
  model_close(&p->x);
  jfi_boot_close(&p->w);
  free(p);
}

jfhe_plan *plan_at(const place *p, uint32_t opt, uint32_t stop, jfhe_status want) {
  jfhe_plan_options o = model_options(&p->x, opt);
  o.stop_after = stop;
  return model_plan(&p->x, &o, want);
}

uint32_t bootstraps(const place *p, uint32_t opt) {
  jfhe_forecast f = {0};
  jfhe_plan *plan = plan_at(p, opt, JFHE_PASS_SCHEDULE, JFHE_OK);
  if (plan) jfhe_plan_forecast(plan, &f);
  jfhe_plan_free(plan);
  return f.bootstraps;
}

double bound_at(const place *p, uint32_t opt, uint32_t output) {
  double worst = 0;
  jfhe_plan *plan = plan_at(p, opt, JFHE_PASS_SCHEDULE, JFHE_OK);
  if (plan) CHECK_OK(jfhe_plan_output(plan, output, NULL, NULL, &worst, NULL));
  jfhe_plan_free(plan);
  return worst;
}

void check_all(place *p, uint32_t expect) {
  uint8_t hash[32];
  for (uint32_t opt = 0; opt <= 2; opt++) {
    CHECK_EQ(bootstraps(p, opt), expect);
    model_check(&p->x, opt, hash);
  }
}

uint32_t mix(model *x, uint32_t a, uint32_t b) {
  uint32_t m = model_mul(x, a, b);
  CHECK_OK(jfhe_program_promise(x->p, m, 1));
  return m;
}

uint32_t row(model *x, uint32_t a, uint32_t b, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) a = mix(x, a, b);
  return a;
}

size_t times_said(const jfhe_plan *plan, const char *what) {
  static char text[1 << 16];
  size_t count = 0;
  CHECK(jfhe_plan_text(plan, text, sizeof text) <= sizeof text);
  for (const char *at = text; (at = strstr(at, what)) != NULL; at++) count++;
  return count;
}
