/* bench-plan.c: planning and running programs by the clock.
 *
 *   plan_100k          planning a random program of 100,000 operations without keys (preset ml), and bytes an operation
 *   run_program        computing a program of RUN_TERMS products, rotations and vectors (preset stats): jfhe_run_advance alone
 *   run_kernels        its operations in the same order on ciphertexts made beforehand: what the run cannot do without
 *   forecast           what the plan foresees of the same program, from costs measured here */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ckks/eval.h"
#include "jfhe/secret.h"
#include "plan/run.h"

enum { PLANNED = 100000, RUN_TERMS = 12, ROTATIONS = 4 };

/* ---- planning ---- */
typedef struct planning {
  jfhe_ctx *ctx;
  jfhe_program *program;
  uint64_t bytes;
} planning;

static uint64_t next(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u; /* magic: Knuth's MMIX generator */
  return *state >> 33;
}

/* Operations on values made lately, at most ten products in a row and no number above 16, so that depth and range are never what ends it. */
static int random_program(jfhe_program *p, uint32_t count) {
  enum { RECENT = 4000, INPUTS = 16, DEEP = 10 };
  uint8_t *depth = calloc(count, 1);
  double *mag = calloc(count, sizeof *mag);
  uint64_t state = 1;
  uint32_t n = 0, id = 0;
  char name[24];
  int bad = !depth || !mag;
  for (; !bad && n < INPUTS; n++) {
    (void)snprintf(name, sizeof name, "x%u", n);
    bad = jfhe_program_input(p, &id, name, JFHE_PACK_REAL, 1);
    mag[n] = 1;
  }
  while (!bad && n < count) {
    uint32_t from = n > RECENT ? n - RECENT : 0, a = from + (uint32_t)(next(&state) % (n - from)),
             b = from + (uint32_t)(next(&state) % (n - from));
    uint64_t kind = next(&state) % 5;
    uint8_t deeper = depth[a] > depth[b] ? depth[a] : depth[b];
    if (kind == 0 && deeper < DEEP && mag[a] * mag[b] < 16) {
      bad = jfhe_program_mul(p, &id, a, b);
      mag[n] = mag[a] * mag[b];
      depth[n] = (uint8_t)(deeper + 1);
    } else if (kind == 1) {
      bad = jfhe_program_rotate(p, &id, a, (int32_t)(1 + next(&state) % 100));
      mag[n] = mag[a];
      depth[n] = depth[a];
    } else if (kind == 2 && depth[a] < DEEP) {
      bad = jfhe_program_mul_const(p, &id, a, 0.25 + 0.0005 * (double)(next(&state) % 1000), 0);
      mag[n] = mag[a];
      depth[n] = (uint8_t)(depth[a] + 1);
    } else if (mag[a] + mag[b] < 16) {
      bad = jfhe_program_add(p, &id, a, b);
      mag[n] = mag[a] + mag[b];
      depth[n] = deeper;
    } else {
      continue;
    }
    n++;
  }
  for (uint32_t i = 0; !bad && i < n; i++) { /* every value is an output: nothing is dropped */
    (void)snprintf(name, sizeof name, "y%u", i);
    bad = jfhe_program_output(p, &id, name, i);
  }
  free(depth);
  free(mag);
  return bad;
}

static int plan_once(void *arg) {
  planning *s = arg;
  jfhe_plan *plan = NULL;
  jfhe_forecast f;
  int bad = jfhe_plan_new(&plan, s->ctx, NULL, s->program, NULL, NULL);
  if (bad) return bad;
  jfhe_plan_forecast(plan, &f);
  s->bytes = f.plan_bytes / f.operations;
  jfhe_plan_free(plan);
  return 0;
}

static int bench_planning(const jfi_bench_options *o) {
  planning s = {0};
  jfi_bench_result r;
  int bad = jfhe_ctx_new_preset(&s.ctx, "ml");
  if (!bad) bad = jfhe_program_new(&s.program, 14);
  if (!bad) bad = random_program(s.program, PLANNED);
  if (!bad) bad = jfi_bench_time(&r, plan_once, &s, o->budget_ms > 0 ? o->budget_ms : 500);
  if (!bad) {
    jfi_bench_print(o, "plan_100k", "\"case\": \"ml\"", &r, 0);
    jfi_bench_print(o, "plan_bytes_an_operation", "\"case\": \"ml\"", &r, (size_t)s.bytes);
  }
  jfhe_program_free(s.program);
  jfhe_ctx_free(s.ctx);
  return bad;
}

/* ---- running ---- */
typedef struct running {
  jfhe_ctx *ctx;
  jfhe_sk *sk;
  jfhe_keyring *keys;
  jfhe_program *program;
  jfhe_plan *plan;
  jfhe_ct *x, **given, **ct; /* given: copies for one run; ct: by operation */
  const jfhe_ct **in;
  jfhe_run *run;
  void *scratch;
  double *re;
} running;

/* sum over t of (x + t) * rot(x, 2^t): products with rotations and a vector each. */
static int sum_program(running *s) {
  uint32_t x, y, a, b, table, total = 0, id;
  size_t slots = (size_t)1 << jfhe_program_log_slots(s->program);
  int bad = jfhe_program_input(s->program, &x, "x", JFHE_PACK_REAL, 1);
  for (uint32_t t = 0; !bad && t < RUN_TERMS; t++) {
    for (size_t i = 0; i < slots; i++) s->re[i] = (double)((i * (t + 3)) % 17) / 17;
    bad = jfhe_program_rotate(s->program, &a, x, 1 << t % ROTATIONS);
    if (!bad) bad = jfhe_program_add_const(s->program, &b, a, 0.01 * (t + 1), 0);
    if (!bad) bad = jfhe_program_mul(s->program, &y, b, x);
    if (!bad) bad = jfhe_program_vector(s->program, &table, s->re, NULL, slots);
    if (!bad) bad = jfhe_program_mul_vector(s->program, &a, y, table);
    if (!bad && t) bad = jfhe_program_add(s->program, &total, total, a);
    if (!bad && !t) total = a;
  }
  return bad ? bad : (int)jfhe_program_output(s->program, &id, "y", total);
}

static int open_running(running *s, const jfi_bench_options *o) {
  int bad = jfhe_ctx_new_preset(&s->ctx, "stats");
  jfhe_evk *key = NULL;
  jfhe_pt *pt = NULL;
  if (bad) return bad;
  uint32_t top = jfhe_ctx_levels(s->ctx), slots = jfhe_ctx_slots(s->ctx);
  size_t len = jfhe_encrypt_scratch(s->ctx) + jfhe_ckks_encode_scratch(s->ctx);
  bad = jfhe_ctx_set_threads(s->ctx, o->threads ? o->threads : 1);
  s->re = calloc(slots, sizeof *s->re);
  s->scratch = jfi_alloc(len);
  if (!bad) bad = jfhe_sk_new(&s->sk, s->ctx);
  if (!bad) bad = jfhe_keyring_new(&s->keys, s->ctx);
  for (int i = -1; !bad && i < ROTATIONS; i++) {
    bad = i < 0 ? jfhe_keygen_relin(&key, s->ctx, s->sk, top)
                : jfhe_keygen_galois(&key, s->ctx, s->sk, jfhe_galois_rotate(s->ctx, 1 << i), top);
    if (!bad) bad = jfhe_keyring_add(s->keys, key);
  }
  if (!bad) bad = jfhe_program_new(&s->program, jfhe_ctx_log_n(s->ctx) - 1);
  if (!bad) bad = sum_program(s);
  if (!bad) bad = jfhe_pt_new(&pt, s->ctx, top);
  if (!bad) bad = jfhe_ct_new(&s->x, s->ctx, 1, top);
  if (!bad)
    bad = jfhe_ckks_encode(s->ctx, pt, s->re, NULL, slots, JFHE_PACK_REAL, jfhe_ctx_log_n(s->ctx) - 1, top, 0, 1,
                           s->scratch, len);
  if (!bad) bad = jfhe_encrypt(s->ctx, s->x, pt, s->sk, s->scratch, len);
  jfhe_pt_free(pt);
  jfi_free(s->scratch);
  s->scratch = NULL;
  return bad;
}

static int make_plan(running *s) {
  jfhe_plan_options options;
  jfhe_plan_options_init(&options);
  int bad = jfhe_costs_measure(s->ctx, &options.costs);
  if (!bad) bad = jfhe_plan_new(&s->plan, s->ctx, s->keys, s->program, NULL, &options);
  if (bad) return bad;
  s->ct = calloc(s->plan->g.n_nodes, sizeof *s->ct);
  s->in = calloc(2 * RUN_TERMS, sizeof *s->in);
  s->scratch = jfi_alloc(s->plan->scratch);
  for (uint32_t i = 0; !bad && i < s->plan->g.n_nodes; i++)
    bad = jfhe_ct_new(&s->ct[i], s->ctx, 1, s->plan->g.node[i].level);
  return bad;
}

static int run_kernels(void *arg) {
  running *s = arg;
  const jfhe_plan *p = s->plan;
  for (uint32_t t = 0; t < p->n_steps; t++)
    for (uint32_t j = 0; j < p->step[t].count; j++) {
      uint32_t value = p->order[p->step[t].first + j];
      const jfi_node *n = &p->g.node[value];
      jfi_scratch room;
      if (n->op == JFI_OP_INPUT) {
        jfi_scratch none = {0};
        if (jfi_ckks_drop_level(p->m.ctx, s->ct[value], s->x, n->level, &none)) return 1;
        continue;
      }
      for (uint32_t r = 0; r < jfi_reads(n); r++) {
        uint32_t a = jfi_read(&p->g, n, r);
        s->in[r] = a == JFI_NONE ? NULL : s->ct[a];
      }
      jfi_scratch_init(&room, s->scratch, p->scratch);
      if (jfi_apply(&p->m, &p->g, n, s->ct[value], s->in, &room)) return 1;
    }
  return 0;
}

static int run_program(void *arg) {
  running *s = arg;
  jfhe_run_state state = {0};
  jfhe_run *run = NULL;
  int bad = jfhe_run_new(&run, s->plan, NULL);
  while (!bad && state.event != JFHE_RUN_DONE) {
    jfhe_ct *ct = NULL;
    bad = jfhe_run_advance(run, 0, &state);
    if (!bad && state.event == JFHE_RUN_WANTS) {
      bad = jfhe_ct_new(&ct, s->ctx, 1, jfhe_ctx_levels(s->ctx));
      if (!bad) bad = jfhe_ct_copy(ct, s->x);
      if (!bad) bad = jfhe_run_give(run, state.number, ct);
    } else if (!bad && state.event == JFHE_RUN_OUTPUT) {
      bad = jfhe_run_take(run, state.number, &ct);
      jfhe_ct_free(ct);
    }
  }
  jfhe_run_free(run);
  return bad;
}

/* The two in turns, so that a machine that slows down slows both. */
static int time_pairs(running *s, jfi_bench_result *run, jfi_bench_result *kernels, double budget_ms) {
  enum { PAIRS_MAX = 500, PAIRS_MIN = 5 };
  static double ns[2][PAIRS_MAX];
  size_t n = 0;
  int bad = run_kernels(s) || run_program(s);
  double start = now_ns();
  while (!bad && n < PAIRS_MAX && (n < PAIRS_MIN || now_ns() - start < 2e6 * budget_ms)) {
    double a = now_ns(), b, c;
    bad = run_kernels(s);
    b = now_ns();
    if (!bad) bad = run_program(s);
    c = now_ns();
    ns[0][n] = b - a;
    ns[1][n++] = c - b;
  }
  if (bad) return bad;
  for (int i = 0; i < 2; i++) {
    sort_times(ns[i], n);
    *(i ? run : kernels) = (jfi_bench_result){ns[i][n / 2], ns[i][n / 10], ns[i][n * 9 / 10], n};
  }
  return 0;
}

static int bench_running(const jfi_bench_options *o) {
  running s = {0};
  jfi_bench_result run, kernels;
  jfhe_forecast f;
  char params[64];
  double budget = o->budget_ms > 0 ? o->budget_ms : 500;
  int bad = open_running(&s, o);
  if (!bad) bad = make_plan(&s);
  if (!bad) bad = time_pairs(&s, &run, &kernels, budget);
  if (!bad) {
    (void)snprintf(params, sizeof params, "\"case\": \"stats\", \"threads\": %u", jfhe_ctx_threads(s.ctx));
    jfhe_plan_forecast(s.plan, &f);
    jfi_bench_result foreseen = {f.seconds * 1e9, f.seconds * 1e9, f.seconds * 1e9, 1};
    jfi_bench_print(o, "run_program", params, &run, 0);
    jfi_bench_print(o, "run_kernels", params, &kernels, 0);
    jfi_bench_print(o, "run_forecast", params, &foreseen, 0);
  }
  for (uint32_t i = 0; s.ct && i < s.plan->g.n_nodes; i++) jfhe_ct_free(s.ct[i]);
  free(s.ct);
  free((void *)(uintptr_t)s.in);
  free(s.re);
  jfi_free(s.scratch);
  jfhe_plan_free(s.plan);
  jfhe_program_free(s.program);
  jfhe_ct_free(s.x);
  jfhe_keyring_free(s.keys);
  jfhe_sk_free(s.sk);
  jfhe_ctx_free(s.ctx);
  return bad;
}

int jfi_bench_plan(const jfi_bench_options *o) {
  int bad = 0;
  if (jfi_bench_wants(o, "plan_100k") && jfi_bench_listed(o->cases, "ml")) bad = bench_planning(o);
  if (!bad && jfi_bench_wants(o, "run_program") && jfi_bench_listed(o->cases, "stats")) bad = bench_running(o);
  if (bad) fprintf(stderr, "bench: %s\n", jfhe_last_error());
  return bad != 0;
}
