/* base/pool.c: tasks are claimed one by one from a word that names the job and its next task.
 *
 * state = job number << 32 | next task. A worker reads state, then the job, then claims by compare-and-swap on state, so
 * a claim stands only if the job it read is the job of that state: jfi_parallel closes state (next task = CLOSED) before
 * it writes a new job, and writes it only after the last task of the old one ended. The 32-bit job number would have to
 * wrap while one worker stands between two instructions for a stale claim to pass. */
#define _POSIX_C_SOURCE 200809L
#include "base/pool.h"

#include <stdatomic.h>
#include <stdint.h>

#include "base/mem.h"

#if defined(__wasm__)
#define JFI_THREADS 0
#else
#define JFI_THREADS 1
#include <pthread.h>
#include <signal.h>
#endif

enum { SPINS = 512 }; /* pauses before sleeping: about 20 us, the order of the gap between two steps of one operation */
#define CLOSED UINT32_MAX

struct jfi_pool {
  size_t workers;
  atomic_int busy; /* one job at a time; whoever finds it taken works alone */
  jfi_pool_run run;
  void *self; /* of a wrapped pool */
#if JFI_THREADS
  _Atomic uint64_t state;
  _Atomic(jfi_task) task;
  _Atomic(void *) arg;
  atomic_size_t tasks, pending;
  atomic_int stop, sleepers, waiting;
  pthread_mutex_t lock;
  pthread_cond_t work, done;
  pthread_t *thread; /* workers - 1 of them: the caller is worker 0 */
  struct jfi_worker *seat;
#endif
};

static void in_order(jfi_task task, void *arg, size_t tasks) {
  for (size_t i = 0; i < tasks; i++) task(arg, i, 0);
}

#if JFI_THREADS
typedef struct jfi_worker {
  jfi_pool *pool;
  size_t index;
} jfi_worker;

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Works until no task of the present job is left. */
static void work(jfi_pool *p, size_t worker) {
  for (;;) {
    uint64_t s = atomic_load(&p->state);
    jfi_task task = atomic_load(&p->task);
    void *arg = atomic_load(&p->arg);
    size_t tasks = atomic_load(&p->tasks);
    if ((uint32_t)s == CLOSED || (uint32_t)s >= tasks) return;
    if (!atomic_compare_exchange_weak(&p->state, &s, s + 1)) continue;
    task(arg, (uint32_t)s, worker);
    if (atomic_fetch_sub(&p->pending, 1) == 1 && atomic_load(&p->waiting)) {
      pthread_mutex_lock(&p->lock);
      pthread_cond_signal(&p->done);
      pthread_mutex_unlock(&p->lock);
    }
  }
}

/* True as soon as state is no longer `seen`, or the pool stops. */
static int news(jfi_pool *p, uint64_t seen) {
  return atomic_load(&p->state) >> 32 != seen >> 32 || atomic_load(&p->stop);
}

static void await_news(jfi_pool *p, uint64_t seen) {
  for (int i = 0; i < SPINS; i++) {
    if (news(p, seen)) return;
    relax();
  }
  /* sleepers rises before the last look at state, and jfi_parallel writes state before it looks at sleepers: in the one
   * order of these four accesses at least one side sees the other, so no wake-up is lost. */
  pthread_mutex_lock(&p->lock);
  atomic_fetch_add(&p->sleepers, 1);
  while (!news(p, seen)) pthread_cond_wait(&p->work, &p->lock);
  atomic_fetch_sub(&p->sleepers, 1);
  pthread_mutex_unlock(&p->lock);
}

static void *serve(void *seat) {
  jfi_pool *p = ((jfi_worker *)seat)->pool;
  uint64_t seen = 0;
  for (;;) {
    await_news(p, seen);
    if (atomic_load(&p->stop)) return NULL;
    seen = atomic_load(&p->state);
    work(p, ((jfi_worker *)seat)->index);
  }
}

static void wake(jfi_pool *p) {
  pthread_mutex_lock(&p->lock);
  pthread_cond_broadcast(&p->work);
  pthread_mutex_unlock(&p->lock);
}

static void await_end(jfi_pool *p) {
  for (int i = 0; i < SPINS; i++) {
    if (atomic_load(&p->pending) == 0) return;
    relax();
  }
  pthread_mutex_lock(&p->lock);
  atomic_store(&p->waiting, 1);
  while (atomic_load(&p->pending) != 0) pthread_cond_wait(&p->done, &p->lock);
  atomic_store(&p->waiting, 0);
  pthread_mutex_unlock(&p->lock);
}

static void run_job(jfi_pool *p, size_t tasks, jfi_task task, void *arg) {
  uint32_t job = (uint32_t)(atomic_load(&p->state) >> 32);
  atomic_store(&p->state, (uint64_t)job << 32 | CLOSED);
  atomic_store(&p->task, task);
  atomic_store(&p->arg, arg);
  atomic_store(&p->tasks, tasks);
  atomic_store(&p->pending, tasks);
  atomic_store(&p->state, (uint64_t)(uint32_t)(job + 1) << 32);
  if (atomic_load(&p->sleepers)) wake(p);
  work(p, 0);
  await_end(p);
}

static void stop_threads(jfi_pool *p, size_t started) {
  atomic_store(&p->stop, 1);
  wake(p);
  for (size_t i = 0; i < started; i++) pthread_join(p->thread[i], NULL);
  pthread_cond_destroy(&p->done);
  pthread_cond_destroy(&p->work);
  pthread_mutex_destroy(&p->lock);
  jfi_free(p->thread);
  jfi_free(p->seat);
}

/* Returns how many threads run. They take no signals: those belong to the host program's own threads. */
static size_t start_threads(jfi_pool *p) {
  sigset_t all, old;
  size_t i = 0;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  for (; i + 1 < p->workers; i++) {
    p->seat[i] = (jfi_worker){p, i + 1};
    if (pthread_create(&p->thread[i], NULL, serve, &p->seat[i]) != 0) break;
  }
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  return i;
}

/* Makes the threads; false and nothing kept when one cannot be made. */
static int open_threads(jfi_pool *p) {
  p->thread = jfi_alloc(p->workers * sizeof *p->thread);
  p->seat = jfi_alloc(p->workers * sizeof *p->seat);
  if (!p->thread || !p->seat) {
    jfi_free(p->thread);
    jfi_free(p->seat);
    return 0;
  }
  pthread_mutex_init(&p->lock, NULL); /* with default attributes these three cannot fail on Linux */
  pthread_cond_init(&p->work, NULL);
  pthread_cond_init(&p->done, NULL);
  size_t started = start_threads(p);
  if (started + 1 == p->workers) return 1;
  stop_threads(p, started);
  return 0;
}
#endif

jfi_pool *jfi_pool_new(size_t threads) {
  enum { THREADS_MAX = 1024 };
  if (threads == 0 || threads > THREADS_MAX) return NULL;
  jfi_pool *p = jfi_alloc_zero(sizeof *p);
  if (!p) return NULL;
  p->workers = 1;
#if JFI_THREADS
  p->workers = threads;
  if (threads > 1 && !open_threads(p)) {
    jfi_free(p);
    return NULL;
  }
#endif
  return p;
}

jfi_pool *jfi_pool_wrap(jfi_pool_run run, void *self, size_t workers) {
  if (!run || workers == 0) return NULL;
  jfi_pool *p = jfi_alloc_zero(sizeof *p);
  if (!p) return NULL;
  p->workers = workers;
  p->run = run;
  p->self = self;
  return p;
}

void jfi_pool_free(jfi_pool *pool) {
  if (!pool) return;
#if JFI_THREADS
  if (!pool->run && pool->workers > 1) stop_threads(pool, pool->workers - 1);
#endif
  jfi_free(pool);
}

size_t jfi_pool_workers(const jfi_pool *pool) { return pool ? pool->workers : 1; }

void jfi_parallel(jfi_pool *pool, size_t tasks, jfi_task task, void *arg) {
  if (!pool || tasks < 2 || pool->workers == 1 || tasks >= CLOSED || atomic_exchange(&pool->busy, 1)) {
    in_order(task, arg, tasks);
    return;
  }
  if (pool->run) pool->run(pool->self, task, arg, tasks);
#if JFI_THREADS
  else
    run_job(pool, tasks, task, arg);
#endif
  atomic_store(&pool->busy, 0);
}
