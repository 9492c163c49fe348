/* plan-cases.c: see plan-cases.h. */
#include "plan-cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "jfhe/codec.h"

void model_open(model *x, jfi_world *w, uint32_t log_slots) {
  memset(x, 0, sizeof *x);
  x->w = w;
  x->log_slots = log_slots;
  x->slots = (size_t)1 << log_slots;
  x->ratio_least = 1e9;
  CHECK_OK(jfhe_program_new(&x->p, log_slots));
}

void model_close(model *x) {
  for (uint32_t i = 0; i < x->n; i++) jfi_vec_free(&x->value[i]);
  for (uint32_t i = 0; i < x->n_inputs; i++) jfhe_ct_free(x->input[i]);
  jfhe_program_free(x->p);
}

/* The clear value of the operation that was just appended. */
static uint32_t value(model *x, jfhe_status st, uint32_t id, uint32_t depth) {
  CHECK_OK(st);
  CHECK_EQ(id, x->n);
  x->value[x->n] = jfi_vec_new(x->slots);
  x->depth[x->n] = depth;
  return x->n++;
}

static uint32_t deeper(const model *x, uint32_t a, uint32_t b) {
  return x->depth[a] > x->depth[b] ? x->depth[a] : x->depth[b];
}

uint32_t model_input(model *x, int complex) {
  x->complex |= complex;
  char name[16];
  uint32_t id = 0;
  (void)snprintf(name, sizeof name, "x%u", x->n_inputs);
  id = value(x, jfhe_program_input(x->p, &id, name, complex ? JFHE_PACK_COMPLEX : JFHE_PACK_REAL, 1.0001), x->n, 0);
  jfi_vec_free(&x->value[id]);
  x->value[id] = jfi_vec_random(x->w, x->slots, complex);
  x->input[x->n_inputs++] =
      jfi_world_encrypt(x->w, &x->value[id], complex ? JFHE_PACK_COMPLEX : JFHE_PACK_REAL, x->log_slots,
                        x->boot && !x->rung ? jfhe_bootstrap_level_out(x->boot) : x->w->ctx->chain.top);
  return id;
}

static uint32_t sum(model *x, uint32_t a, uint32_t b, double sign) {
  uint32_t id = 0;
  jfhe_status st = sign > 0 ? jfhe_program_add(x->p, &id, a, b) : jfhe_program_sub(x->p, &id, a, b);
  value(x, st, id, deeper(x, a, b));
  for (size_t i = 0; i < x->slots; i++) {
    x->value[id].re[i] = x->value[a].re[i] + sign * x->value[b].re[i];
    x->value[id].im[i] = x->value[a].im[i] + sign * x->value[b].im[i];
  }
  return id;
}
uint32_t model_add(model *x, uint32_t a, uint32_t b) { return sum(x, a, b, 1); }
uint32_t model_sub(model *x, uint32_t a, uint32_t b) { return sum(x, a, b, -1); }

static void times(model *x, uint32_t id, uint32_t a, size_t i, double re, double im) {
  double ar = x->value[a].re[i], ai = x->value[a].im[i];
  x->value[id].re[i] = ar * re - ai * im;
  x->value[id].im[i] = ar * im + ai * re;
}

uint32_t model_neg(model *x, uint32_t a) {
  uint32_t id = 0;
  jfhe_status st = jfhe_program_neg(x->p, &id, a);
  value(x, st, id, x->depth[a]);
  for (size_t i = 0; i < x->slots; i++) times(x, id, a, i, -1, 0);
  return id;
}

uint32_t model_mul(model *x, uint32_t a, uint32_t b) {
  uint32_t id = 0;
  jfhe_status st = jfhe_program_mul(x->p, &id, a, b);
  value(x, st, id, deeper(x, a, b) + 1);
  for (size_t i = 0; i < x->slots; i++) times(x, id, a, i, x->value[b].re[i], x->value[b].im[i]);
  return id;
}

uint32_t model_add_const(model *x, uint32_t a, double re, double im) {
  x->complex |= im != 0;
  uint32_t id = 0;
  jfhe_status st = jfhe_program_add_const(x->p, &id, a, re, im);
  value(x, st, id, x->depth[a]);
  for (size_t i = 0; i < x->slots; i++) {
    x->value[id].re[i] = x->value[a].re[i] + re;
    x->value[id].im[i] = x->value[a].im[i] + im;
  }
  return id;
}

uint32_t model_mul_const(model *x, uint32_t a, double re, double im) {
  x->complex |= im != 0;
  uint32_t id = 0;
  jfhe_status st = jfhe_program_mul_const(x->p, &id, a, re, im);
  value(x, st, id, x->depth[a] + 1);
  for (size_t i = 0; i < x->slots; i++) times(x, id, a, i, re, im);
  return id;
}

uint32_t model_vector(model *x, uint32_t a, int by, int complex) {
  x->complex |= complex;
  uint32_t table = 0, id = 0;
  jfi_vec v = jfi_vec_random(x->w, x->slots, complex);
  if (by == 2)
    for (size_t i = 0; i < x->slots; i++) {
      v.re[i] = v.re[i] > 0;
      v.im[i] = 0;
    }
  CHECK_OK(jfhe_program_vector(x->p, &table, v.re, complex ? v.im : NULL, x->slots));
  jfhe_status st = by ? jfhe_program_mul_vector(x->p, &id, a, table) : jfhe_program_add_vector(x->p, &id, a, table);
  value(x, st, id, x->depth[a] + (by != 0));
  for (size_t i = 0; i < x->slots; i++) {
    if (by) {
      times(x, id, a, i, v.re[i], v.im[i]);
    } else {
      x->value[id].re[i] = x->value[a].re[i] + v.re[i];
      x->value[id].im[i] = x->value[a].im[i] + v.im[i];
    }
  }
  jfi_vec_free(&v);
  return id;
}

static size_t wrap(const model *x, int64_t i) { return (size_t)(i & (int64_t)(x->slots - 1)); }

uint32_t model_rotate(model *x, uint32_t a, int32_t k) {
  uint32_t id = 0;
  jfhe_status st = jfhe_program_rotate(x->p, &id, a, k);
  value(x, st, id, x->depth[a]);
  for (size_t i = 0; i < x->slots; i++) {
    x->value[id].re[i] = x->value[a].re[wrap(x, (int64_t)i + k)];
    x->value[id].im[i] = x->value[a].im[wrap(x, (int64_t)i + k)];
  }
  return id;
}

uint32_t model_conjugate(model *x, uint32_t a) {
  uint32_t id = 0;
  jfhe_status st = jfhe_program_conjugate(x->p, &id, a);
  value(x, st, id, x->depth[a]);
  for (size_t i = 0; i < x->slots; i++) {
    x->value[id].re[i] = x->value[a].re[i];
    x->value[id].im[i] = -x->value[a].im[i];
  }
  return id;
}

uint32_t model_inner_sum(model *x, uint32_t a, uint32_t stride, uint32_t count) {
  uint32_t id = 0;
  jfhe_status st = jfhe_program_inner_sum(x->p, &id, a, stride, count);
  value(x, st, id, x->depth[a]);
  for (size_t i = 0; i < x->slots; i++)
    for (uint32_t j = 0; j < count; j++) {
      x->value[id].re[i] += x->value[a].re[wrap(x, (int64_t)(i + (size_t)j * stride))];
      x->value[id].im[i] += x->value[a].im[wrap(x, (int64_t)(i + (size_t)j * stride))];
    }
  return id;
}

uint32_t model_poly(model *x, uint32_t a) {
  static const double c[4] = {0.5, -0.25, 0, 0.125};
  return model_cubic(x, a, c);
}

uint32_t model_cubic(model *x, uint32_t a, const double c[4]) {
  uint32_t table = 0, id = 0;
  CHECK_OK(jfhe_program_poly(x->p, &table, c, 4, JFHE_BASIS_POWER, 0, 0));
  jfhe_status st = jfhe_program_apply_poly(x->p, &id, a, table, 0);
  value(x, st, id, x->depth[a] + 2);
  for (size_t i = 0; i < x->slots; i++) {
    double re = x->value[a].re[i], im = x->value[a].im[i], r2 = re * re - im * im, i2 = 2 * re * im;
    x->value[id].re[i] = c[0] + c[1] * re + c[2] * r2 + c[3] * (r2 * re - i2 * im);
    x->value[id].im[i] = c[1] * im + c[2] * i2 + c[3] * (r2 * im + i2 * re);
  }
  return id;
}

uint32_t model_lookup(model *x, uint32_t a, const double *values, size_t count) {
  uint32_t table = 0, id = 0;
  CHECK_OK(jfhe_program_promise(x->p, a, (double)count - 1));
  CHECK_OK(jfhe_program_vector(x->p, &table, values, NULL, count));
  jfhe_status st = jfhe_program_lookup(x->p, &id, a, table);
  value(x, st, id, 0);
  for (size_t i = 0; i < x->slots; i++) x->value[id].re[i] = values[(size_t)(x->value[a].re[i] + 0.5)];
  return id;
}

uint32_t model_linmap(model *x, uint32_t a, int complex) {
  x->complex |= complex;
  static const int32_t index[3] = {0, 1, -1};
  uint32_t table = 0, id = 0;
  double *re = malloc(6 * x->slots * sizeof *re), *im = re + 3 * x->slots;
  for (size_t i = 0; i < 6 * x->slots; i++) re[i] = (2 * jfi_test_rng_unit(&x->w->rng) - 1) / 5;
  for (size_t i = 0; i < 3 * x->slots && !complex; i++) im[i] = 0;
  CHECK_OK(jfhe_program_linmap(x->p, &table, index, 3, re, complex ? im : NULL));
  jfhe_status st = jfhe_program_apply_linmap(x->p, &id, a, table);
  value(x, st, id, x->depth[a] + 1);
  for (size_t i = 0; i < x->slots; i++)
    for (size_t t = 0; t < 3; t++) {
      double ar = x->value[a].re[wrap(x, (int64_t)i + index[t])], ai = x->value[a].im[wrap(x, (int64_t)i + index[t])];
      double dr = re[t * x->slots + i], di = im[t * x->slots + i];
      x->value[id].re[i] += dr * ar - di * ai;
      x->value[id].im[i] += dr * ai + di * ar;
    }
  free(re);
  return id;
}

void model_output(model *x, uint32_t a) {
  char name[16];
  uint32_t number = 0;
  (void)snprintf(name, sizeof name, "y%u", x->n_outputs);
  CHECK_OK(jfhe_program_output(x->p, &number, name, a));
  CHECK_EQ(number, x->n_outputs);
  x->output[x->n_outputs++] = a;
}

/* ---- random programs ---- */
static double largest(const jfi_vec *v) {
  double most = 0;
  for (size_t i = 0; i < v->n; i++) most = fmax(most, hypot(v->re[i], v->im[i]));
  return most;
}

static uint32_t pick(model *x) { return (uint32_t)jfi_test_rng_below(&x->w->rng, x->n); }

static double small(model *x) { return 4 * jfi_test_rng_unit(&x->w->rng) - 2; }

static void step(model *x, uint32_t depth) {
  uint32_t a = pick(x), b;
  b = pick(x); /* draws one after another: compilers order arguments as they like */
  uint64_t kind = jfi_test_rng_below(&x->w->rng, 18);
  int room = x->depth[a] < depth, both = deeper(x, a, b) < depth;
  uint32_t power = (uint32_t)1 << jfi_test_rng_below(&x->w->rng, 3);
  double c, d;
  c = small(x);
  d = small(x);
  if (largest(&x->value[a]) > 4 || largest(&x->value[b]) > 4) return;
  switch (kind) {
  case 0:
  case 1: (void)model_add(x, a, b); break;
  case 2:
  case 3: (void)model_sub(x, a, b); break;
  case 4: (void)model_neg(x, a); break;
  case 5:
  case 6:
  case 7:
    if (both) (void)model_mul(x, a, b);
    break;
  case 8: (void)model_add_const(x, a, c, power > 2 ? d : 0); break;
  case 9:
    if (room) (void)model_mul_const(x, a, c, power > 1 ? d : 0);
    break;
  case 10:
    if (room) (void)model_mul_const(x, a, (double)power, 0);
    break;
  case 11: (void)model_vector(x, a, 0, power > 2); break;
  case 12:
    if (room) (void)model_vector(x, a, power > 2 ? 2 : 1, power > 1);
    break;
  case 13:
  case 14: (void)model_rotate(x, a, (int32_t)jfi_test_rng_below(&x->w->rng, 2 * x->slots) - (int32_t)x->slots); break;
  case 15: (void)model_conjugate(x, a); break;
  case 16: (void)model_inner_sum(x, a, power, 2); break;
  default:
    if (x->depth[a] + 2 <= depth && power > 2 && largest(&x->value[a]) <= 1)
      (void)model_poly(x, a);
    else if (room)
      (void)model_linmap(x, a, power > 1);
    break;
  }
}

void model_random(model *x, size_t steps, uint32_t depth) {
  uint32_t inputs = 1 + (uint32_t)jfi_test_rng_below(&x->w->rng, 3);
  for (uint32_t i = 0; i < inputs; i++) (void)model_input(x, i == 1);
  for (size_t i = 0; i < steps && x->n < MODEL_VALUES - 2; i++) step(x, depth);
  model_output(x, x->n - 1);
  model_output(x, pick(x));
  model_output(x, pick(x));
}

/* ---- running ---- */
void model_infos(const model *x, jfhe_info *info) {
  for (uint32_t i = 0; i < x->n_inputs; i++) {
    size_t len = jfhe_ct_write_size(x->input[i], JFHE_ENCODING_RAW);
    uint8_t *bytes = jfi_alloc(len);
    CHECK_OK(jfhe_ct_write(bytes, len, x->input[i], JFHE_ENCODING_RAW));
    CHECK_OK(jfhe_inspect(bytes, len, &info[i]));
    jfi_free(bytes);
  }
}

static jfhe_ct *copy(const jfhe_ct *ct) {
  jfhe_ct *r = NULL;
  CHECK_OK(jfhe_ct_new(&r, ct->ctx, ct->degree, ct->level));
  CHECK_OK(jfhe_ct_copy(r, ct));
  return r;
}

jfhe_status model_run(model *x, const jfhe_plan *plan, jfhe_ct **out, uint64_t *peak) {
  jfhe_run *run = NULL;
  jfhe_run_state state = {0};
  uint32_t taken = 0;
  jfhe_status st = jfhe_run_new(&run, plan, NULL);
  while (st == JFHE_OK && state.event != JFHE_RUN_DONE) {
    st = jfhe_run_advance(run, 0, &state);
    if (st == JFHE_OK && state.event == JFHE_RUN_WANTS) {
      const int lent = state.number % 2; /* either way, the same bytes */
      jfhe_ct *ct = lent ? x->input[state.number] : copy(x->input[state.number]);
      st = lent ? jfhe_run_lend(run, state.number, ct) : jfhe_run_give(run, state.number, ct);
      if (st != JFHE_OK && !lent) jfhe_ct_free(ct);
    }
    if (st == JFHE_OK && state.event == JFHE_RUN_OUTPUT) {
      st = jfhe_run_take(run, state.number, &out[state.number]);
      taken++;
    }
  }
  if (st == JFHE_OK) CHECK_EQ(taken, x->n_outputs);
  if (peak) *peak = state.memory_peak;
  jfhe_run_free(run);
  return st;
}

static void check_output(model *x, const jfhe_plan *plan, uint32_t i, const jfhe_ct *ct) {
  uint32_t level;
  double mag, worst, probable;
  CHECK_OK(jfhe_plan_output(plan, i, &level, &mag, &worst, &probable));
  CHECK_EQ(level, jfhe_ct_level(ct));
  CHECK(mag == jfhe_ct_magnitude(ct) && worst == jfhe_ct_error_worst(ct) && probable == jfhe_ct_error_probable(ct));
  const jfi_vec *want = &x->value[x->output[i]];
  CHECK(largest(want) <= mag * (1 + 1e-12));
  if (!x->complex) CHECK_EQ(jfhe_ct_packing(ct), JFHE_PACK_REAL);
  double error = jfi_world_error(x->w, ct, want, "a program");
  if (!(error > 0)) return;
  double ratio = log2((probable + 0x1p-49 * mag) / error);
  if (ratio < 0) x->above++;
  x->checks++;
  x->ratio_sum += ratio;
  if (ratio < x->ratio_least) x->ratio_least = ratio;
}

static void hash_ct(jfi_sha256 *s, const jfhe_ct *ct) {
  for (uint32_t p = 0; p <= ct->degree; p++)
    for (uint32_t j = 0; j < ct->n_limbs; j++)
      jfi_sha256_update(s, jfi_ct_limb(ct, p, j, ct->ctx->ring->n), ct->ctx->ring->n * sizeof(uint64_t));
}

jfhe_plan_options model_options(const model *x, uint32_t opt_level) {
  jfhe_plan_options o;
  jfhe_plan_options_init(&o);
  o.opt_level = opt_level;
  o.keep_levels = x->keep;
  o.flags = x->flags;
  return o;
}

jfhe_plan *model_plan(const model *x, const jfhe_plan_options *options, jfhe_status want) {
  jfhe_info info[MODEL_INPUTS];
  jfhe_plan *plan = NULL;
  const jfi_world *w = x->rung ? x->high : x->w;
  model_infos(x, info);
  CHECK_STATUS(jfhe_plan_new_on(&plan, w->ctx, w->keys, x->boot, x->rung, x->p, info, options), want);
  CHECK((plan == NULL) == (want != JFHE_OK));
  return plan;
}

void model_check(model *x, uint32_t opt_level, uint8_t hash[32]) {
  const jfhe_plan_options options = model_options(x, opt_level);
  jfhe_ct *out[MODEL_VALUES] = {0};
  jfi_sha256 s;
  uint64_t peak = 0;
  jfi_sha256_init(&s);
  jfhe_plan *plan = model_plan(x, &options, JFHE_OK);
  if (!plan) return;
  CHECK_OK(model_run(x, plan, out, &peak));
  jfhe_forecast f;
  jfhe_plan_forecast(plan, &f);
  CHECK(peak <= f.memory_bytes);
  for (uint32_t i = 0; i < x->n_outputs; i++) {
    if (!out[i]) continue;
    check_output(x, plan, i, out[i]);
    hash_ct(&s, out[i]);
    jfhe_ct_free(out[i]);
  }
  jfi_sha256_final(&s, hash);
  jfhe_plan_free(plan);
}
