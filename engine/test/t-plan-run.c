/* t-plan-run.c: runs: the same bytes anywhere, memory as foreseen, outputs left out, cancelling, failures on the way. */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "kernel/kernel.h"

#include "plan-cases.h"
#include "rlwe/keyring.h"

/* ---- the same bytes ---- */
typedef struct bytes {
  uint8_t *at;
  size_t len;
} bytes;

/* One world's keys, inputs and program results as containers. */
typedef struct parcel {
  bytes key[128], input[MODEL_INPUTS];
  size_t n_keys;
} parcel;

static parcel pack(const model *x) {
  parcel p = {.n_keys = x->w->keys->count};
  CHECK(p.n_keys <= 128);
  for (size_t i = 0; i < p.n_keys; i++) {
    p.key[i].len = jfhe_evk_write_size(x->w->keys->key[i], JFHE_ENCODING_RAW);
    p.key[i].at = jfi_alloc(p.key[i].len);
    CHECK_OK(jfhe_evk_write(p.key[i].at, p.key[i].len, x->w->keys->key[i], JFHE_ENCODING_RAW));
  }
  for (uint32_t i = 0; i < x->n_inputs; i++) {
    p.input[i].len = jfhe_ct_write_size(x->input[i], JFHE_ENCODING_RAW);
    p.input[i].at = jfi_alloc(p.input[i].len);
    CHECK_OK(jfhe_ct_write(p.input[i].at, p.input[i].len, x->input[i], JFHE_ENCODING_RAW));
  }
  return p;
}

static void unpack_free(parcel *p) {
  for (size_t i = 0; i < p->n_keys; i++) jfi_free(p->key[i].at);
  for (size_t i = 0; i < MODEL_INPUTS; i++) jfi_free(p->input[i].at);
}

/* Plans and runs in a context of its own; the SHA-256 of the outputs as containers, and the plan's. */
static void run_elsewhere(const model *x, const parcel *p, uint32_t threads, uint8_t hash[32], uint8_t plan_hash[32]) {
  jfhe_ctx *ctx = jfi_test_ctx(10, 4, 40, 2);
  jfhe_keyring *keys = NULL;
  jfhe_info info[MODEL_INPUTS];
  jfhe_plan *plan = NULL;
  jfhe_run *run = NULL;
  jfhe_run_state state = {0};
  bytes out[MODEL_VALUES] = {{0}};
  jfi_sha256 s;
  CHECK_OK(jfhe_ctx_set_threads(ctx, threads));
  CHECK_OK(jfhe_keyring_new(&keys, ctx));
  for (size_t i = 0; i < p->n_keys; i++) {
    jfhe_evk *key = NULL;
    CHECK_OK(jfhe_evk_read(ctx, &key, p->key[i].at, p->key[i].len));
    CHECK_OK(jfhe_keyring_add(keys, key));
  }
  for (uint32_t i = 0; i < x->n_inputs; i++) CHECK_OK(jfhe_inspect(p->input[i].at, p->input[i].len, &info[i]));
  CHECK_OK(jfhe_plan_new(&plan, ctx, keys, x->p, info, NULL));
  CHECK_OK(jfhe_plan_hash(plan, plan_hash));
  CHECK_OK(jfhe_run_new(&run, plan, NULL));
  while (run && state.event != JFHE_RUN_DONE) {
    jfhe_ct *ct = NULL;
    REQUIRE_OK(jfhe_run_advance(run, 1e-9, &state));
    if (state.event == JFHE_RUN_WANTS) {
      REQUIRE_OK(jfhe_ct_read(ctx, &ct, p->input[state.number].at, p->input[state.number].len));
      REQUIRE_OK(jfhe_run_give(run, state.number, ct));
    }
    if (state.event != JFHE_RUN_OUTPUT) continue;
    bytes *o = &out[state.number];
    REQUIRE_OK(jfhe_run_take(run, state.number, &ct));
    o->len = jfhe_ct_write_size(ct, JFHE_ENCODING_PACKED);
    o->at = jfi_alloc(o->len);
    CHECK_OK(jfhe_ct_write(o->at, o->len, ct, JFHE_ENCODING_PACKED));
    jfhe_ct_free(ct);
  }
  jfi_sha256_init(&s);
  for (uint32_t i = 0; i < x->n_outputs; i++) {
    CHECK(out[i].len > 0);
    jfi_sha256_update(&s, out[i].at, out[i].len);
    jfi_free(out[i].at);
  }
  jfi_sha256_final(&s, hash);
  jfhe_run_free(run);
  jfhe_plan_free(plan);
  jfhe_keyring_free(keys);
  jfhe_ctx_free(ctx);
}

static void set_isa(const char *name) {
#ifdef __wasm__
  (void)name;
#else
  if (name)
    setenv("JFHE_ISA", name, 1);
  else
    unsetenv("JFHE_ISA");
#endif
}

JFI_TEST(a_program_gives_the_same_bytes_anywhere) {
  static const char *const isas[] = {"ref", "avx2", "avx512ifma", "wasm128"};
  jfi_world w = jfi_world_open(jfi_test_ctx(10, 4, 40, 2));
  const char *old = getenv("JFHE_ISA");
  char kept[32] = "";
  if (old) (void)snprintf(kept, sizeof kept, "%s", old);
  for (int program = 0; program < 4; program++) {
    model x;
    uint8_t first[32], hash[32], plan_first[32], plan_hash[32];
    int runs = 0;
    model_open(&x, &w, 9);
    model_random(&x, 40, 4);
    parcel p = pack(&x);
    for (size_t i = 0; i < 4; i++) {
      if (!jfi_kernel_named(isas[i])) continue;
      set_isa(isas[i]);
      for (uint32_t threads = 1; threads <= 3; threads++) {
        run_elsewhere(&x, &p, threads, runs ? hash : first, runs ? plan_hash : plan_first);
        if (runs) CHECK_MEM(hash, first, 32);
        if (runs) CHECK_MEM(plan_hash, plan_first, 32);
        runs++;
      }
    }
    set_isa(kept[0] ? kept : NULL);
    CHECK(runs >= 3);
    unpack_free(&p);
    model_close(&x);
  }
  jfi_world_close(&w);
}

/* ---- names of results ---- */
JFI_TEST(other_programs_and_keys_have_other_hashes) {
  uint8_t hash[6][32];
  const int32_t one = 1;
  jfi_world w = jfi_world_open(jfi_test_ctx(10, 3, 40, 2)),
            v = jfi_world_open_with(jfi_test_ctx(10, 3, 40, 2), &one, 1);
  for (int i = 0; i < 6; i++) {
    model x;
    jfhe_plan *plan = NULL;
    jfhe_plan_options o;
    model_open(&x, i == 4 ? &v : &w, 9);
    uint32_t a = model_input(&x, 0);
    a = i == 1 ? model_rotate(&x, a, 2) : model_mul_const(&x, a, i == 2 ? 0.25 : 0.75, 0);
    model_output(&x, a);
    jfhe_plan_options_init(&o);
    o.keep_levels = i == 3;
    REQUIRE_OK(jfhe_plan_new(&plan, x.w->ctx, x.w->keys, x.p, NULL, &o));
    CHECK_OK(jfhe_plan_hash(plan, hash[i]));
    jfhe_plan_free(plan);
    model_close(&x);
    for (int j = 0; j < i; j++) CHECK((memcmp(hash[i], hash[j], 32) == 0) == (i == 5 && j == 0));
  }
  jfi_world_close(&w);
  jfi_world_close(&v);
}

/* ---- parts of a run ---- */
typedef struct bed {
  jfi_world w;
  model x;
  jfhe_plan *plan;
} bed;

/* y0 = (x0 x1) rotated, y1 = x1 + 1, y2 = y0 again, y3 = x0 itself */
static bed *open_bed(void) {
  bed *b = malloc(sizeof *b);
  b->w = jfi_world_open(jfi_test_ctx(10, 3, 40, 2));
  model_open(&b->x, &b->w, 9);
  uint32_t p = model_input(&b->x, 0), q = model_input(&b->x, 0), m = model_rotate(&b->x, model_mul(&b->x, p, q), 1);
  model_output(&b->x, m);
  model_output(&b->x, model_add_const(&b->x, q, 1, 0));
  model_output(&b->x, m);
  model_output(&b->x, p);
  b->plan = NULL;
  CHECK_OK(jfhe_plan_new(&b->plan, b->w.ctx, b->w.keys, b->x.p, NULL, NULL));
  return b;
}

static void close_bed(bed *b) {
  jfhe_plan_free(b->plan);
  model_close(&b->x);
  jfi_world_close(&b->w);
  free(b);
}

static jfhe_ct *input(const bed *b, uint32_t i) {
  jfhe_ct *ct = NULL;
  CHECK_OK(jfhe_ct_new(&ct, b->w.ctx, 1, b->w.ctx->chain.top));
  CHECK_OK(jfhe_ct_copy(ct, b->x.input[i]));
  return ct;
}

/* A bit for each input that was wanted, and one above for each output. */
static uint32_t drive(bed *b, jfhe_run *run, jfhe_status *last) {
  jfhe_run_state s = {0};
  uint32_t seen = 0;
  double done = 0;
  while (s.event != JFHE_RUN_DONE) {
    *last = jfhe_run_advance(run, 0, &s);
    if (*last != JFHE_OK) break;
    CHECK(s.done >= done && s.done <= 1 && s.seconds_left >= 0 && s.memory_now <= s.memory_peak);
    done = s.done;
    if (s.event == JFHE_RUN_WANTS) {
      CHECK(!(seen & 1u << s.number));
      seen |= 1u << s.number;
      CHECK_OK(jfhe_run_give(run, s.number, input(b, s.number)));
    } else if (s.event == JFHE_RUN_OUTPUT) {
      jfhe_ct *ct = NULL;
      seen |= 16u << s.number;
      CHECK_OK(jfhe_run_take(run, s.number, &ct));
      (void)jfi_world_error(&b->w, ct, &b->x.value[b->x.output[s.number]], "an output");
      jfhe_ct_free(ct);
      CHECK_STATUS(jfhe_run_take(run, s.number, &ct), JFHE_ERR_ARG);
    }
  }
  return seen;
}

JFI_TEST(only_what_is_wanted_is_made) {
  static const struct {
    uint8_t skip[4];
    uint32_t seen;
  } cases[] = {
      {{0, 0, 0, 0}, 0xf3}, {{1, 0, 1, 1}, 0x22}, {{0, 1, 1, 1}, 0x13}, {{1, 1, 1, 0}, 0x81}, {{1, 1, 1, 1}, 0}};
  bed *b = open_bed();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    jfhe_run *run = NULL;
    jfhe_status last = JFHE_OK;
    CHECK_OK(jfhe_run_new(&run, b->plan, cases[i].skip));
    CHECK_EQ(drive(b, run, &last), cases[i].seen);
    CHECK_OK(last);
    jfhe_run_free(run);
  }
  close_bed(b);
}

/* What is lent is neither written nor freed, and may be lent to two runs at once. */
JFI_TEST(lent_inputs_stay_the_lenders) {
  bed *b = open_bed();
  jfhe_run *run[2] = {NULL};
  jfhe_run_state s;
  jfhe_info before, after;
  CHECK_OK(jfhe_run_new(&run[0], b->plan, NULL));
  CHECK_OK(jfhe_run_advance(run[0], 0, &s));
  CHECK_EQ(s.event, JFHE_RUN_WANTS);
  jfhe_ct *ct = input(b, s.number);
  CHECK_OK(jfhe_ct_inspect(ct, &before));
  const size_t len = jfhe_ct_write_size(ct, JFHE_ENCODING_RAW);
  uint8_t *was[2] = {malloc(len), malloc(len)};
  CHECK_OK(jfhe_ct_write(was[0], len, ct, JFHE_ENCODING_RAW));
  for (int i = 0; i < 2; i++) {
    if (i == 1) {
      CHECK_OK(jfhe_run_new(&run[1], b->plan, NULL));
      CHECK_OK(jfhe_run_advance(run[1], 0, &s));
    }
    CHECK_STATUS(jfhe_run_lend(run[i], s.number, NULL), JFHE_ERR_ARG);
    CHECK_STATUS(jfhe_run_lend(run[i], 99, ct), JFHE_ERR_ARG);
    CHECK_OK(jfhe_run_lend(run[i], s.number, ct));
  }
  jfhe_status last = JFHE_OK;
  for (int i = 0; i < 2; i++) {
    (void)drive(b, run[i], &last);
    CHECK_OK(last);
    jfhe_run_free(run[i]);
  }
  CHECK_OK(jfhe_ct_inspect(ct, &after));
  CHECK_MEM(&before, &after, sizeof before);
  CHECK_OK(jfhe_ct_write(was[1], len, ct, JFHE_ENCODING_RAW));
  CHECK_MEM(was[0], was[1], len);
  free(was[0]);
  free(was[1]);
  jfhe_ct_free(ct);
  close_bed(b);
}

JFI_TEST(a_cancelled_run_stops) {
  bed *b = open_bed();
  jfhe_run *run = NULL;
  jfhe_run_state s;
  CHECK_OK(jfhe_run_new(&run, b->plan, NULL));
  CHECK_OK(jfhe_run_advance(run, 0, &s));
  jfhe_run_cancel(run);
  CHECK_STATUS(jfhe_run_advance(run, 0, &s), JFHE_ERR_CANCELLED);
  jfhe_run_free(run);
  close_bed(b);
}

JFI_TEST(a_slice_ends_between_operations) {
  bed *b = open_bed();
  int pauses[2] = {0};
  for (int sliced = 0; sliced < 2; sliced++) {
    jfhe_run *run = NULL;
    jfhe_run_state s = {0};
    CHECK_OK(jfhe_run_new(&run, b->plan, NULL));
    while (s.event != JFHE_RUN_DONE) {
      jfhe_ct *ct = NULL;
      REQUIRE_OK(jfhe_run_advance(run, sliced ? 1e-12 : 0, &s));
      if (s.event == JFHE_RUN_WANTS) REQUIRE_OK(jfhe_run_give(run, s.number, input(b, s.number)));
      if (s.event == JFHE_RUN_OUTPUT) REQUIRE_OK(jfhe_run_take(run, s.number, &ct));
      jfhe_ct_free(ct);
      pauses[sliced] += s.event == JFHE_RUN_PAUSE;
    }
    jfhe_run_free(run);
  }
  CHECK(pauses[0] == 0 && pauses[1] >= 4);
  close_bed(b);
}

JFI_TEST(inputs_that_were_not_planned_for_are_refused) {
  bed *b = open_bed();
  jfhe_run *run = NULL;
  jfhe_run_state s;
  CHECK_OK(jfhe_run_new(&run, b->plan, NULL));
  CHECK_OK(jfhe_run_advance(run, 0, &s));
  CHECK_EQ(s.event, JFHE_RUN_WANTS);
  jfhe_ct *ct = input(b, s.number);
  CHECK_STATUS(jfhe_run_give(run, 7, ct), JFHE_ERR_ARG);
#define REFUSED(change, back, status)                                                                                  \
  change;                                                                                                              \
  CHECK_STATUS(jfhe_run_give(run, s.number, ct), status);                                                              \
  back
  REFUSED(ct->key_id[0] ^= 1, ct->key_id[0] ^= 1, JFHE_ERR_KEY);
  REFUSED(ct->level--, ct->level++, JFHE_ERR_LEVEL);
  REFUSED(ct->log_slots--, ct->log_slots++, JFHE_ERR_FORM);
  REFUSED(ct->packing = JFHE_PACK_COMPLEX, ct->packing = JFHE_PACK_REAL, JFHE_ERR_FORM);
  REFUSED(ct->scale *= 2, ct->scale /= 2, JFHE_ERR_SCALE);
  REFUSED(ct->bound.mag *= 2, ct->bound.mag /= 2, JFHE_ERR_RANGE);
  REFUSED(ct->bound.worst *= 8, ct->bound.worst /= 8, JFHE_ERR_RANGE);
  CHECK_OK(jfhe_run_give(run, s.number, ct));
  CHECK_STATUS(jfhe_run_give(run, s.number, ct), JFHE_ERR_ARG);
  jfhe_run_free(run);
  close_bed(b);
}

/* ---- memory ---- */
JFI_TEST(the_peak_is_what_was_foreseen) {
  jfi_world w = jfi_world_open(jfi_test_ctx(11, 5, 40, 2));
  for (int i = 0; i < 12; i++) {
    model x;
    jfhe_info info[MODEL_INPUTS];
    jfhe_plan *plan = NULL;
    jfhe_forecast f;
    jfhe_ct *out[MODEL_VALUES] = {0};
    uint64_t peak = 0;
    model_open(&x, &w, 10);
    model_random(&x, 60, 5);
    model_infos(&x, info);
    REQUIRE_OK(jfhe_plan_new(&plan, w.ctx, w.keys, x.p, info, NULL));
    jfhe_plan_forecast(plan, &f);
    CHECK_OK(model_run(&x, plan, out, &peak));
    CHECK(peak <= f.memory_bytes && (double)peak >= 0.5 * (double)f.memory_bytes);
    for (uint32_t j = 0; j < x.n_outputs; j++) jfhe_ct_free(out[j]);
    jfhe_plan_free(plan);
    model_close(&x);
  }
  jfi_world_close(&w);
}

JFI_TEST(encoded_diagonals_count) {
  jfi_world w = jfi_world_open(jfi_test_ctx(11, 3, 40, 2));
  model x;
  jfhe_info info[MODEL_INPUTS];
  jfhe_plan *plan = NULL;
  jfhe_forecast f;
  model_open(&x, &w, 10);
  model_output(&x, model_linmap(&x, model_linmap(&x, model_input(&x, 0), 0), 1));
  model_infos(&x, info);
  REQUIRE_OK(jfhe_plan_new(&plan, w.ctx, w.keys, x.p, info, NULL));
  jfhe_plan_forecast(plan, &f);
  for (int again = 0; again < 2; again++) {
    jfhe_ct *out[MODEL_VALUES] = {0};
    uint64_t peak = 0;
    CHECK_OK(model_run(&x, plan, out, &peak));
    if (!again) CHECK_EQ(peak, f.memory_bytes); /* later runs find all of them encoded from the start */
    jfhe_ct_free(out[0]);
  }
  jfhe_plan_free(plan);
  model_close(&x);
  jfi_world_close(&w);
}

/* Every allocation of planning and running fails once: a status, no leak (the sanitizers look), and the next attempt works. */
JFI_TEST(allocations_that_fail_are_survived) {
  bed *b = open_bed();
  int failures = 0;
  for (long k = 0; k < 400; k++) {
    jfhe_plan *plan = NULL;
    jfhe_run *run = NULL;
    jfi_alloc_fail_after(k);
    jfhe_status st = jfhe_plan_new(&plan, b->w.ctx, b->w.keys, b->x.p, NULL, NULL);
    if (st == JFHE_OK) st = jfhe_run_new(&run, plan, NULL);
    jfhe_run_state s = {0};
    while (st == JFHE_OK && s.event != JFHE_RUN_DONE) {
      st = jfhe_run_advance(run, 0, &s);
      if (st != JFHE_OK) break;
      jfhe_ct *ct = NULL;
      if (s.event == JFHE_RUN_WANTS) {
        st = jfhe_ct_new(&ct, b->w.ctx, 1, b->w.ctx->chain.top);
        if (st == JFHE_OK) st = jfhe_ct_copy(ct, b->x.input[s.number]);
        if (st == JFHE_OK) st = jfhe_run_give(run, s.number, ct);
        if (st != JFHE_OK) jfhe_ct_free(ct);
      } else if (s.event == JFHE_RUN_OUTPUT) {
        st = jfhe_run_take(run, s.number, &ct);
        jfhe_ct_free(ct);
      }
    }
    jfi_alloc_fail_after(-1);
    jfhe_run_free(run);
    jfhe_plan_free(plan);
    CHECK(st == JFHE_OK || st == JFHE_ERR_MEMORY);
    if (st == JFHE_OK) break;
    failures++;
  }
  CHECK(failures > 30 && failures < 399);
  close_bed(b);
}
