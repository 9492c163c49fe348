/* cli/above.h: the ring above a folder of keys, in which programs are computed that are too deep for the data's own. docs/adr/0038. */
#ifndef JFI_CLI_ABOVE_H
#define JFI_CLI_ABOVE_H
#include "cli/keys.h"
#include "jfhe/plan.h"

#define CLI_ABOVE_FOLDER "above" /* beside keys */
#define CLI_LIFT_FILE    "lift.key"
#define CLI_LOWER_FILE   "lower.key"

typedef struct cli_above {
  jfhe_ctx *ctx;
  cli_evks evks;
  jfhe_evk *lift, *lower;
  jfhe_rung *rung;
  jfhe_bootstrap *boot;
} cli_above;

/* A plan of the program, in the ring of `keys`, or, where it has too few levels for it, in that above. small, evks, boot: of that folder, boot
 * null where it has none. named: the folder of the ring above; null: `above` in keys, if that is there. */
int cli_plan_or_climb(jfhe_plan **out, cli_above *a, const jfhe_ctx *small, const cli_evks *evks,
                      const jfhe_bootstrap *boot, const char *keys, const char *named, const jfhe_program *program,
                      const jfhe_info *inputs, const jfhe_plan_options *o, const char *path);
/* After the plan. */
void cli_above_close(cli_above *a);
#endif
