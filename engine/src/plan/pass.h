/* plan/pass.h: the passes over a graph, in the order of enum jfhe_pass. */
#ifndef JFI_PLAN_PASS_H
#define JFI_PLAN_PASS_H
#include "plan/graph.h"
#include "plan/machine.h"

/* simplify.c: constants folded where that is exact or within what bounds allow, neutral operations dropped. */
jfhe_status jfi_pass_simplify(jfi_graph *g, const jfhe_program *p);
/* cse.c: equal operations made once. */
jfhe_status jfi_pass_cse(jfi_graph *g);
/* products.c: sums of products share a relinearisation and a rescaling; sums of rotations share a division. */
jfhe_status jfi_pass_products(jfi_graph *g, jfi_machine *m);
/* magnitude.c: about how large each value may be; mag: n_nodes. */
void jfi_magnitudes(const jfi_machine *m, const jfi_graph *g, double *mag);
/* What may make bounds better or worse: whoever plans compares. */
enum jfi_rewrite { JFI_REWRITE_UNITS = 1, JFI_REWRITE_SLOPES = 2, JFI_REWRITE_CUTS = 4, JFI_REWRITE_ALL = 7 };
/* slopes.c: a polynomial and a multiple of its argument as one. *changed gets its bit where there are such. */
jfhe_status jfi_pass_slopes(jfi_graph *g, jfi_machine *m, uint32_t *changed);
/* units.c: values in units in which they are about 1 where that is free; limit: what a bootstrap takes. behind: bootstraps are there, and what
 * they make is in question. *changed gets its bit where something is. */
jfhe_status jfi_pass_units(jfi_graph *g, jfi_machine *m, double limit, int behind, uint32_t *changed);
/* About how large what an operation holds before it ends may be; 0: no larger than its value. */
double jfi_magnitude_inside(const jfi_machine *m, const jfi_graph *g, const jfi_node *n, const double *mag);
typedef enum jfi_levels { JFI_LEVELS_EARLY, JFI_LEVELS_LATE, JFI_LEVELS_RAW } jfi_levels;
/* levels.c: the level of every value; level changes and one-term sums take the place of products. Late: as low as uses
 * allow and `keep` above, else as high as inputs allow. Raw: late, and sums of inputs at the inputs' scale (raw.h).
 * *need: the level that inputs must have, unless early. */
jfhe_status jfi_pass_levels(jfi_graph *g, const jfi_machine *m, jfi_levels how, uint32_t keep, uint32_t *need);
/* pairs.c: parts that are alike share ciphertexts, where the machine is made for it. */
jfhe_status jfi_pass_pairs(jfi_graph *g, jfi_machine *m);
/* lifts.c: inputs lifted from the ring below, outputs lowered to it. */
jfhe_status jfi_pass_lifts(jfi_graph *g, const jfi_machine *m);
/* rotations.c: rotations whose keys are absent become steps whose keys are present. */
jfhe_status jfi_pass_rotations(jfi_graph *g, jfi_machine *m);
#endif
