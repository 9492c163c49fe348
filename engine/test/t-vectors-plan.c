/* t-vectors-plan.c: results.json: programs whose plans and results have the same SHA-256 in every build: native ones, WebAssembly. */
/* every-isa */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "jfhe/codec.h"
#include "plan-cases.h"
#include "vec-cases.h"

/* The same draws whatever seed a run of the suite has. */
static void seed(jfi_world *w, uint64_t number) {
  uint64_t z = number;
  for (size_t i = 0; i < 4; i++) {
    z = (z + 1) * UINT64_C(0x9e3779b97f4a7c15);
    w->rng.s[i] = z ^ z >> 31;
  }
}

/* SHA-256 of ciphertexts as containers, in their order. */
static void hash_all(jfhe_ct *const *ct, size_t n, uint8_t hash[32]) {
  jfi_sha256 s;
  jfi_sha256_init(&s);
  for (size_t i = 0; i < n; i++) {
    size_t len = jfhe_ct_write_size(ct[i], JFHE_ENCODING_PACKED);
    uint8_t *bytes = jfi_alloc(len);
    CHECK_OK(jfhe_ct_write(bytes, len, ct[i], JFHE_ENCODING_PACKED));
    jfi_sha256_update(&s, bytes, len);
    jfi_free(bytes);
  }
  jfi_sha256_final(&s, hash);
}

static void check_hash(const vec_case *c, const char *field, const uint8_t hash[32]) {
  if (memcmp(vec_bytes(c, field), hash, 32) != 0) {
    char hex[65];
    for (size_t i = 0; i < 32; i++) (void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    printf("result %s %s %s\n", c->name, field,
           hex); /* for results.json, when what programs compute was changed on purpose */
  }
  CHECK_MEM(hash, vec_bytes(c, field), 32);
}

/* Covariance of two columns, by hand: sums of products that share factors, means, a difference. */
static void build_table(model *x) {
  enum { ROWS = 9 };
  uint32_t column[2][ROWS], mean[2];
  for (int c = 0; c < 2; c++) {
    column[c][0] = model_input(x, 0);
    for (int t = 1; t < ROWS; t++) column[c][t] = model_rotate(x, column[c][0], t);
    uint32_t s = column[c][0];
    for (int t = 1; t < ROWS; t++) s = model_add(x, s, column[c][t]);
    mean[c] = model_mul_const(x, model_inner_sum(x, s, 1, 512), 1.0 / 4608, 0);
    model_output(x, mean[c]);
  }
  for (int c = 0; c < 2; c++)
    for (int d = 0; d <= c; d++) {
      uint32_t s = model_mul(x, column[c][0], column[d][0]);
      for (int t = 1; t < ROWS; t++) s = model_add(x, s, model_mul(x, column[c][t], column[d][t]));
      s = model_mul_const(x, model_inner_sum(x, s, 1, 512), 1.0 / 4608, 0);
      model_output(x, model_sub(x, s, model_mul(x, mean[c], mean[d])));
    }
}

static void run_case(const vec_case *c, jfi_world *w) {
  model x;
  jfhe_info info[MODEL_INPUTS];
  jfhe_plan *plan = NULL;
  jfhe_plan_options o;
  jfhe_ct *out[MODEL_VALUES] = {0};
  uint8_t hash[32];
  seed(w, vec_one(c, "seed"));
  model_open(&x, w, 9);
  if (strncmp(c->name, "table", 5) == 0)
    build_table(&x);
  else
    model_random(&x, 40, 4);
  CHECK_OK(jfhe_program_hash(x.p, hash));
  check_hash(c, "program", hash);
  hash_all(x.input, x.n_inputs, hash);
  check_hash(c, "inputs", hash);
  model_infos(&x, info);
  jfhe_plan_options_init(&o);
  o.opt_level = (uint32_t)vec_one(c, "optimize");
  CHECK_OK(jfhe_plan_new(&plan, w->ctx, w->keys, x.p, info, &o));
  if (plan) {
    CHECK_OK(jfhe_plan_hash(plan, hash));
    check_hash(c, "plan", hash);
    CHECK_OK(model_run(&x, plan, out, NULL));
    hash_all(out, x.n_outputs, hash);
    check_hash(c, "outputs", hash);
  }
  for (uint32_t i = 0; i < x.n_outputs; i++) jfhe_ct_free(out[i]);
  jfhe_plan_free(plan);
  model_close(&x);
}

JFI_TEST(results_are_the_same_in_every_build) {
  jfi_world w = jfi_world_open(jfi_test_ctx(10, 4, 40, 2));
  VEC_EACH(c, "result") { run_case(c, &w); }
  jfi_world_close(&w);
}
