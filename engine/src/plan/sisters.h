/* plan/sisters.h: sums of products that are made together. Those of one level never need each other: a product goes down a level. */
#ifndef JFI_PLAN_SISTERS_H
#define JFI_PLAN_SISTERS_H
#include "plan/machine.h"

typedef struct jfi_sisters {
  uint32_t *first, *next; /* by value: the group's first and the next one; JFI_NONE for none */
} jfi_sisters;

jfhe_status jfi_sisters_find(jfi_sisters *x, const jfi_graph *g);
void jfi_sisters_free(jfi_sisters *x);
/* What a value reads, and its sisters. */
uint32_t jfi_sisters_reads(const jfi_sisters *x, const jfi_graph *g, uint32_t value);
uint32_t jfi_sisters_read(const jfi_sisters *x, const jfi_graph *g, uint32_t value, uint32_t i);
#endif
