/* place-cases.h: programs whose levels come back, planned and run. */
#ifndef JFI_TEST_PLACE_CASES_H
#define JFI_TEST_PLACE_CASES_H
#include "boot-cases.h"
#include "plan-cases.h"

enum { BETWEEN = 6, LOG_N = 10, LOG_SLOTS = 9 };

/* A world whose keys bootstrap, multiply and turn by a few amounts at every level below the bootstrap's own. */
typedef struct place {
  jfi_boot_world w;
  model x;
} place;

/* Of programs and of the bootstrap: log2 of their slots. */
place *open_of(uint32_t between, uint32_t log_slots, uint32_t boot);
place *open_with(uint32_t between, uint32_t log_slots);
place *open_place(void);
void close_place(place *p);
jfhe_plan *plan_at(const place *p, uint32_t opt, uint32_t stop, jfhe_status want);
uint32_t bootstraps(const place *p, uint32_t opt);
/* What is proved of an output. */
double bound_at(const place *p, uint32_t opt, uint32_t output);
/* Runs at every level of optimisation: within bounds, and those of the plan to the last bit. */
void check_all(place *p, uint32_t expect);
/* One level, numbers up to 1. */
uint32_t mix(model *x, uint32_t a, uint32_t b);
uint32_t row(model *x, uint32_t a, uint32_t b, uint32_t count);
size_t times_said(const jfhe_plan *plan, const char *what);
#endif
