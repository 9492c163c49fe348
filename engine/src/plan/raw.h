/* plan/raw.h: values that keep the scale of the inputs they come from ("raw"), so that no input has to be brought to the scale of a level. */
#ifndef JFI_PLAN_RAW_H
#define JFI_PLAN_RAW_H
#include "plan/pass.h"

enum { JFI_SUM_OWN_SCALE = 1 };    /* flag of a SUM of products: the scale of its first product, not its level's */
enum { JFI_LEVEL_KEEP_SCALE = 1 }; /* flag of a TO_LEVEL: residues are left out, the scale stays */

typedef struct jfi_raw {
  uint8_t *is;     /* by value: raw */
  uint32_t *level; /* by value: where it is computed */
} jfi_raw;

/* Whether an operation takes operands of any scale: constants and vectors are made for the scale that they meet. */
int jfi_raw_takes_any(const jfi_graph *g, const jfi_node *n);
/* From the level that each value has without it (`want`, of outputs for certain) and the least that its size allows (`least`). `found` is 0
 * where parameters or inputs leave no room for it: nothing is raw then. is, level: arrays of n_nodes, the caller's. */
jfhe_status jfi_raw_find(const jfi_raw *raw, const jfi_machine *m, const jfi_graph *g, const uint32_t *want,
                         const uint32_t *least, const double *mag, int *found);
#endif
