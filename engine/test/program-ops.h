/* program-ops.h: what program.c and program-ops.c share. */
#ifndef JFI_TEST_PROGRAM_OPS_H
#define JFI_TEST_PROGRAM_OPS_H
#include "program.h"

/* One random operation; m->last says which register it wrote, -1 if none. */
void prog_step(prog_machine *m);
/* A line of the program's listing. */
void prog_say(prog_machine *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Something is wrong: prints the listing and fails a check, unless the machine is quiet. */
void prog_blame(prog_machine *m, const char *what);
/* m->pt = random numbers (kept in m->re, m->im) at a level; scale 0 is the canonical one. */
jfhe_status prog_encode(prog_machine *m, uint32_t packing, uint32_t log_slots, uint32_t level, double scale, double mag,
                        int unit);
/* Uniform in [-1, 1). */
double prog_signed_unit(prog_machine *m);
#endif
