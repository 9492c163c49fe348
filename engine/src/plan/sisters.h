/* plan/sisters.h: operations that are done together: sums of products of the same factors, and bootstraps, which share their keys and plaintexts; tables
 * that one value is looked up in, which share all that comes before their constants.
 * None needs another: sums of one level with as many bootstraps before them do not, since a product goes down a level; nor do bootstraps
 * with as many bootstraps before them. */
#ifndef JFI_PLAN_SISTERS_H
#define JFI_PLAN_SISTERS_H
#include "plan/machine.h"

typedef struct jfi_sisters {
  uint32_t *first, *next; /* by value: the group's first and the next one; JFI_NONE for none */
} jfi_sisters;

/* boots: bootstraps at once, at most. */
jfhe_status jfi_sisters_find(jfi_sisters *x, const jfi_machine *m, const jfi_graph *g, uint32_t boots);
void jfi_sisters_free(jfi_sisters *x);
/* What a value reads, and its sisters. */
uint32_t jfi_sisters_reads(const jfi_sisters *x, const jfi_graph *g, uint32_t value);
uint32_t jfi_sisters_read(const jfi_sisters *x, const jfi_graph *g, uint32_t value, uint32_t i);
#endif
