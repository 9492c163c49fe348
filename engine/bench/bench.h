/* bench.h: timing of one call at a time, and one JSON object a line: {"name", "params", "median_ns", "p10_ns", "p90_ns"}. Used by the
 * programs of this folder and by `jfhe bench`. */
#ifndef JFI_BENCH_H
#define JFI_BENCH_H
#include <stddef.h>
#include <stdint.h>

/* What to run, and how. Zero fields take the default. */
typedef struct jfi_bench_options {
  const char *filter; /* run only names that contain it; null: all */
  const char *cases;  /* names of parameter sets, comma-separated; null: all */
  uint32_t threads;   /* 0: 1 */
  double budget_ms;   /* time for one measurement; 0: 500 */
  int json;           /* 1: one object a line; 0: one readable line each */
} jfi_bench_options;

typedef struct jfi_bench_result {
  double median_ns, p10_ns, p90_ns;
  size_t runs;
} jfi_bench_result;

/* Calls run(arg) until the budget is spent, at least 5 times after one warm-up, and sorts the times. run returns nonzero to stop
 * everything. Returns 0, or what run returned. */
int jfi_bench_time(jfi_bench_result *r, int (*run)(void *arg), void *arg, double budget_ms);
/* One line of output. params: the inside of a JSON object, or empty; bytes: 0 for none. */
void jfi_bench_print(const jfi_bench_options *o, const char *name, const char *params, const jfi_bench_result *r,
                     size_t bytes);
/* How many lines were printed so far. */
size_t jfi_bench_lines(void);
/* Nonzero when the filter admits the name. */
int jfi_bench_wants(const jfi_bench_options *o, const char *name);
/* One call to time: its name and the body that jfi_bench_time repeats. */
typedef struct jfi_bench_case {
  const char *name;
  int (*run)(void *arg);
} jfi_bench_case;

/* Nonzero when the filter admits one of the n cases: only then are their keys worth making. */
int jfi_bench_wants_any(const jfi_bench_options *o, const jfi_bench_case *cases, size_t n);
/* Time and print those of the n cases that the filter admits, each for the budget or, without one, budget_ms. Returns 0, or what a
 * case returned. */
int jfi_bench_cases(const jfi_bench_options *o, const jfi_bench_case *cases, size_t n, void *arg, const char *params,
                    double budget_ms);
/* Leave the function with the status of a call that failed. */
#define JFI_BENCH_TRY(call)                                                                                            \
  do {                                                                                                                 \
    jfhe_status try_ = (call);                                                                                         \
    if (try_ != JFHE_OK) return try_;                                                                                  \
  } while (0)
/* Nonzero when the comma-separated list (null: everything) holds the word. */
int jfi_bench_listed(const char *list, const char *word);

/* bench-ntt.c: transforms of one residue. Returns 0, or 1 without memory. */
int jfi_bench_ntt(const jfi_bench_options *o);
/* bench-ckks.c: every CKKS operation of every parameter set. Returns 0, or 1 with a line on standard error. */
int jfi_bench_ckks(const jfi_bench_options *o);
/* bench-bgv.c: every operation on integers, of the presets for them. Returns 0, or 1 with a line on standard error. */
int jfi_bench_bgv(const jfi_bench_options *o);
/* bench-bootstrap.c: bootstrapping, when the filter names it. Returns 0, or 1 with a line on standard error. */
int jfi_bench_bootstrap(const jfi_bench_options *o);
/* bench-plan.c: planning and running programs. Returns 0, or 1 with a line on standard error. */
int jfi_bench_plan(const jfi_bench_options *o);
#endif
