/* t-pool.c: each task once, whatever the count of workers; nested, concurrent and wrapped calls; idle and busy starts. */
#define _POSIX_C_SOURCE 200809L
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if !defined(__wasm__)
#include <pthread.h>
#endif

#include "base/mem.h"
#include "base/pool.h"
#include "harness.h"

enum { TASKS_MAX = 5000, WORKERS_MAX = 8 };

typedef struct job {
  jfi_pool *pool;
  size_t tasks, workers;
  atomic_uint runs[TASKS_MAX];
  unsigned plain[TASKS_MAX];     /* written without atomics: a race would show under the thread sanitizer */
  unsigned scratch[WORKERS_MAX]; /* likewise, one a worker */
  atomic_uint bad;
} job;

static void mark(void *arg, size_t task, size_t worker) {
  job *j = arg;
  if (task >= j->tasks || worker >= j->workers) {
    atomic_fetch_add(&j->bad, 1);
    return;
  }
  atomic_fetch_add(&j->runs[task], 1);
  j->plain[task] += (unsigned)task + 1;
  j->scratch[worker]++;
}

static void check_job(jfi_pool *pool, size_t tasks) {
  static job j;
  memset(&j, 0, sizeof j);
  j.pool = pool;
  j.tasks = tasks;
  j.workers = jfi_pool_workers(pool);
  jfi_parallel(pool, tasks, mark, &j);
  unsigned done = 0, bad = atomic_load(&j.bad);
  for (size_t i = 0; i < tasks; i++) bad += atomic_load(&j.runs[i]) != 1 || j.plain[i] != i + 1;
  for (size_t w = 0; w < WORKERS_MAX; w++) done += j.scratch[w];
  CHECK_EQ(bad, 0);
  CHECK_EQ(done, tasks);
}

JFI_TEST(each_task_once) {
  static const size_t counts[] = {0, 1, 2, 3, 7, 64, 1000, TASKS_MAX};
  check_job(NULL, 100);
  for (size_t threads = 1; threads <= 5; threads++) {
    jfi_pool *pool = jfi_pool_new(threads);
    REQUIRE(pool);
    for (int round = 0; round < 20; round++)
      for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) check_job(pool, counts[c]);
    jfi_pool_free(pool);
  }
}

#if !defined(__wasm__)
JFI_TEST(workers_sleep_and_wake) {
  jfi_pool *pool = jfi_pool_new(3);
  REQUIRE(pool);
  CHECK_EQ(jfi_pool_workers(pool), 3);
  for (int round = 0; round < 30; round++) {
    struct timespec gap = {0, round * 20000};
    nanosleep(&gap, NULL);
    check_job(pool, 5);
  }
  jfi_pool_free(pool);
}

/* Two tasks that each wait for the other: the sleeping worker has to be woken and to take one. */
static void meet(void *arg, size_t task, size_t worker) {
  atomic_uint *here = arg;
  (void)task;
  (void)worker;
  atomic_fetch_add(here, 1);
  for (int i = 0; i < 5000 && atomic_load(here) != 2; i++) {
    struct timespec t = {0, 1000000};
    nanosleep(&t, NULL);
  }
  if (atomic_load(here) != 2) atomic_store(here, 100);
}
JFI_TEST(workers_take_part) {
  jfi_pool *pool = jfi_pool_new(2);
  REQUIRE(pool);
  for (int round = 0; round < 10; round++) {
    atomic_uint here = 0;
    struct timespec gap = {0, 2000000};
    nanosleep(&gap, NULL);
    jfi_parallel(pool, 2, meet, &here);
    REQUIRE(atomic_load(&here) == 2);
  }
  jfi_pool_free(pool);
}

/* Short jobs one after another: where a late claim of an old job would show. */
JFI_TEST(many_short_jobs) {
  for (size_t threads = 2; threads <= 4; threads++) {
    jfi_pool *pool = jfi_pool_new(threads);
    REQUIRE(pool);
    for (size_t round = 0; round < 4000; round++) check_job(pool, 2 + round % 5);
    jfi_pool_free(pool);
  }
}

/* A task that takes long on another worker: the caller has to sleep until it ends. */
static void slow(void *arg, size_t task, size_t worker) {
  struct timespec t = {0, 3000000};
  (void)worker;
  nanosleep(&t, NULL);
  ((unsigned *)arg)[task] = 1;
}
JFI_TEST(caller_waits) {
  jfi_pool *pool = jfi_pool_new(4);
  REQUIRE(pool);
  for (int round = 0; round < 5; round++) {
    unsigned done[9] = {0};
    jfi_parallel(pool, 9, slow, done);
    for (int i = 0; i < 9; i++) CHECK_EQ(done[i], 1);
  }
  jfi_pool_free(pool);
}

static void outer(void *arg, size_t task, size_t worker) {
  job *j = arg; /* one inner job a task, run here, in order, as worker 0 */
  (void)worker;
  jfi_parallel(j[task].pool, j[task].tasks, mark, &j[task]);
}
JFI_TEST(nested_calls) {
  jfi_pool *pool = jfi_pool_new(3);
  job *j = calloc(10, sizeof *j);
  REQUIRE(pool && j);
  for (int i = 0; i < 10; i++) j[i] = (job){.pool = pool, .tasks = 50, .workers = 1};
  jfi_parallel(pool, 10, outer, j);
  for (int i = 0; i < 10; i++) {
    CHECK_EQ(atomic_load(&j[i].bad), 0);
    for (int t = 0; t < 50; t++) CHECK_EQ(atomic_load(&j[i].runs[t]), 1);
  }
  check_job(pool, 100);
  free(j);
  jfi_pool_free(pool);
}

static void *caller(void *arg) {
  job *j = arg;
  for (int round = 0; round < 200; round++) jfi_parallel(j->pool, j->tasks, mark, j);
  return NULL;
}
JFI_TEST(concurrent_callers) {
  jfi_pool *pool = jfi_pool_new(2);
  job *j = calloc(4, sizeof *j);
  pthread_t t[4];
  REQUIRE(pool && j);
  for (int i = 0; i < 4; i++) {
    j[i] = (job){.pool = pool, .tasks = 20, .workers = 2};
    REQUIRE(pthread_create(&t[i], NULL, caller, &j[i]) == 0);
  }
  for (int i = 0; i < 4; i++) {
    pthread_join(t[i], NULL);
    CHECK_EQ(atomic_load(&j[i].bad), 0);
    for (int k = 0; k < 20; k++) CHECK_EQ(atomic_load(&j[i].runs[k]), 200);
  }
  free(j);
  jfi_pool_free(pool);
}
#endif

/* A caller's own scheduler: backwards, on invented workers. */
static void backwards(void *self, jfi_task task, void *arg, size_t tasks) {
  ++*(int *)self;
  while (tasks-- > 0) task(arg, tasks, tasks % 3);
}
JFI_TEST(wrapped) {
  int calls = 0;
  jfi_pool *pool = jfi_pool_wrap(backwards, &calls, 3);
  REQUIRE(pool);
  CHECK_EQ(jfi_pool_workers(pool), 3);
  check_job(pool, 100);
  CHECK_EQ(calls, 1);
  jfi_pool_free(pool);
  CHECK(jfi_pool_wrap(NULL, NULL, 3) == NULL);
  CHECK(jfi_pool_wrap(backwards, &calls, 0) == NULL);
}

JFI_TEST(refusals) {
  CHECK(jfi_pool_new(0) == NULL);
  CHECK(jfi_pool_new(100000) == NULL);
  CHECK_EQ(jfi_pool_workers(NULL), 1);
  jfi_pool_free(NULL);
#if !defined(__wasm__)
  for (long k = 0; k < 3; k++) {
    jfi_alloc_fail_after(k);
    CHECK(jfi_pool_new(2) == NULL);
  }
  jfi_alloc_fail_after(-1);
#endif
}
