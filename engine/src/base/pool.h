/* base/pool.h: a persistent pool of threads, or the caller's own in its place.
 * Tasks of one call are independent, so the result never depends on the count of workers. */
#ifndef JFI_BASE_POOL_H
#define JFI_BASE_POOL_H
#include <stddef.h>

typedef void (*jfi_task)(void *arg, size_t task, size_t worker);

typedef struct jfi_pool jfi_pool;

/* threads >= 1; 1 makes no thread. Null on failure. Workers spin briefly, then sleep. */
jfi_pool *jfi_pool_new(size_t threads);
void jfi_pool_free(jfi_pool *pool);

/* A caller's alternative: run must call task(arg, i, worker) once for each i < tasks, worker < workers, and return
 * when all are done. */
typedef void (*jfi_pool_run)(void *self, jfi_task task, void *arg, size_t tasks);
jfi_pool *jfi_pool_wrap(jfi_pool_run run, void *self, size_t workers);

/* Number of distinct worker indices; 1 for a null pool. */
size_t jfi_pool_workers(const jfi_pool *pool);

/* Runs task(arg, i, worker) for i in [0, tasks), each once; returns when all are done. Null pool: in order, here.
 * A call from inside a task, or while another thread uses the pool, runs in order on the calling thread as worker 0
 * ... of its own scratch: callers pass scratch per worker index, so a nested call must not share it. */
void jfi_parallel(jfi_pool *pool, size_t tasks, jfi_task task, void *arg);
#endif
