/* clock.h: the clock of the programs of this folder, and the order of what it says. Ask for POSIX (_POSIX_C_SOURCE) before any header. */
#ifndef JFI_BENCH_CLOCK_H
#define JFI_BENCH_CLOCK_H
#include <stdlib.h>
#include <time.h>

static inline double now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static inline int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static inline void sort_times(double *ns, size_t count) { qsort(ns, count, sizeof *ns, by_value); }
#endif
