/* plan/run.h: a run's inside. */
#ifndef JFI_PLAN_RUN_H
#define JFI_PLAN_RUN_H
#include <stdatomic.h>

#include "plan/plan.h"

/* A buffer that waits for its next value. */
typedef struct jfi_shelved {
  struct jfi_shelved *next;
  jfhe_ct *ct;
} jfi_shelved;

enum { JFI_WAITING = 0, JFI_READY = 1, JFI_TAKEN = 2 }; /* an output */

struct jfhe_run {
  const jfhe_plan *plan;
  jfhe_ct **ct;           /* by operation: null before and after its life */
  uint8_t *wanted;        /* by operation: some wanted output needs it */
  uint32_t *holds;        /* by operation: reads and outputs still to come */
  uint8_t *output;        /* by output */
  uint32_t *first, *next; /* by operation: its first output; by output: the next one of the same operation */
  const jfhe_ct **in;     /* reads of one operation */
  jfi_shelved *shelf;
  void *scratch;
  uint32_t at;              /* next step */
  uint32_t ready;           /* the first output that is ready and not reported yet, linked by `next` */
  double done, total, busy; /* forecast seconds done and in all; seconds worked */
  uint64_t held, peak;
  size_t maps; /* bytes of encoded diagonals, in held */
  atomic_int cancelled;
};

jfhe_status jfi_run_open(jfhe_run *run, const jfhe_plan *plan, const uint8_t *skip);
int jfi_run_wants(const jfhe_run *run, uint32_t step);
jfhe_status jfi_run_step(jfhe_run *run);
jfhe_status jfi_run_advance(jfhe_run *run, double slice, jfhe_run_state *state);
jfhe_status jfi_run_give(jfhe_run *run, uint32_t input, jfhe_ct *ct);
jfhe_status jfi_run_lend(jfhe_run *run, uint32_t input, const jfhe_ct *ct);
jfhe_status jfi_run_take(jfhe_run *run, uint32_t output, jfhe_ct **ct);
#endif
