/* bench.c: see bench.h. */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_MIN = 5, RUNS_MAX = 2000 };

static size_t lines;

int jfi_bench_time(jfi_bench_result *r, int (*run)(void *arg), void *arg, double budget_ms) {
  static double ns[RUNS_MAX];
  size_t n = 0;
  int bad = run(arg);
  double start = now_ns();
  while (!bad && n < RUNS_MAX && (n < RUNS_MIN || now_ns() - start < budget_ms * 1e6)) {
    double t = now_ns();
    bad = run(arg);
    ns[n++] = now_ns() - t;
  }
  if (bad) return bad;
  sort_times(ns, n);
  *r = (jfi_bench_result){ns[n / 2], ns[n / 10], ns[n * 9 / 10], n};
  return 0;
}

void jfi_bench_print(const jfi_bench_options *o, const char *name, const char *params, const jfi_bench_result *r,
                     size_t bytes) {
  if (o->json) {
    printf(
        "{\"name\": \"%s\", \"params\": {%s}, \"median_ns\": %.0f, \"p10_ns\": %.0f, \"p90_ns\": %.0f, \"runs\": %zu",
        name, params, r->median_ns, r->p10_ns, r->p90_ns, r->runs);
    if (bytes) printf(", \"bytes\": %zu", bytes);
    printf("}\n");
  } else {
    printf("%-24s", name);
    if (r->runs)
      printf(" %10.1f us (p10 %.1f, p90 %.1f; %zu runs)", r->median_ns / 1e3, r->p10_ns / 1e3, r->p90_ns / 1e3,
             r->runs);
    if (bytes) printf(" %12zu bytes", bytes);
    printf("   %s\n", params);
  }
  fflush(stdout);
  lines++;
}

size_t jfi_bench_lines(void) { return lines; }

int jfi_bench_wants(const jfi_bench_options *o, const char *name) {
  return !o->filter || strstr(name, o->filter) != NULL;
}

int jfi_bench_listed(const char *list, const char *word) {
  size_t len = strlen(word);
  if (!list || !*list) return 1;
  for (const char *p = list; (p = strstr(p, word)) != NULL; p += len)
    if ((p == list || p[-1] == ',') && (p[len] == 0 || p[len] == ',')) return 1;
  return 0;
}

int jfi_bench_wants_any(const jfi_bench_options *o, const jfi_bench_case *cases, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (jfi_bench_wants(o, cases[i].name)) return 1;
  return 0;
}

int jfi_bench_cases(const jfi_bench_options *o, const jfi_bench_case *cases, size_t n, void *arg, const char *params,
                    double budget_ms) {
  for (size_t i = 0; i < n; i++) {
    jfi_bench_result r;
    if (!jfi_bench_wants(o, cases[i].name)) continue;
    int bad = jfi_bench_time(&r, cases[i].run, arg, o->budget_ms > 0 ? o->budget_ms : budget_ms);
    if (bad) return bad;
    jfi_bench_print(o, cases[i].name, params, &r, 0);
  }
  return 0;
}
