/* cli/above.c: see above.h. */
#include "cli/above.h"

#include "cli/files.h"
#include "cli/program.h"
#include "cli/say.h"

static int open_above(cli_above *a, const jfhe_ctx *small, const char *dir) {
  CLI_DO(cli_load_ctx(&a->ctx, dir, jfhe_ctx_threads(small)));
  CLI_DO(cli_load_evks(&a->evks, a->ctx, dir));
  CLI_DO(cli_load_evk(&a->evks, a->ctx, dir, CLI_LIFT_FILE, &a->lift));
  CLI_DO(cli_load_evk(&a->evks, a->ctx, dir, CLI_LOWER_FILE, &a->lower));
  CLI_TRY(jfhe_rung_new(&a->rung, a->ctx, small, a->lift, a->lower), dir);
  return 0;
}

/* With a bootstrap of so many slots. Keys that lack are the plan's to tell. */
static jfhe_status plan_above(cli_above *a, jfhe_plan **out, uint32_t log_slots, const jfhe_program *program,
                              const jfhe_info *inputs, const jfhe_plan_options *o) {
  jfhe_plan_options apart = *o;
  apart.flags |= JFHE_PLAN_APART;
  jfhe_bootstrap_free(a->boot);
  jfhe_status st = jfhe_bootstrap_new(&a->boot, a->ctx, log_slots, CLI_BOOTSTRAP_MAGNITUDE,
                                      JFHE_BOOTSTRAP_FEW_KEYS | JFHE_BOOTSTRAP_WHEN_NEEDED);
  if (st == JFHE_OK) st = jfhe_bootstrap_lighten(a->boot, a->evks.ring);
  if (st != JFHE_OK) return st;
  return jfhe_plan_new_on(out, a->ctx, a->evks.ring, a->boot, a->rung, program, inputs, &apart);
}

/* Bootstraps of all slots bring back whatever there is; rings that were made before they could have the keys of the program's slots. */
static int climb(cli_above *a, jfhe_plan **out, const jfhe_ctx *small, const char *dir, const jfhe_program *program,
                 const jfhe_info *inputs, const jfhe_plan_options *o, const char *path) {
  CLI_DO(open_above(a, small, dir));
  if (!a->evks.pair) return cli_fail("%s: lacks %s or %s", dir, CLI_SPARSE_FILE, CLI_DENSE_FILE);
  jfhe_status st = plan_above(a, out, jfhe_ctx_log_n(a->ctx) - 1, program, inputs, o);
  if (st == JFHE_ERR_KEY) st = plan_above(a, out, jfhe_program_log_slots(program), program, inputs, o);
  CLI_TRY(st, path);
  return 0;
}

int cli_plan_or_climb(jfhe_plan **out, cli_above *a, const jfhe_ctx *small, const cli_evks *evks,
                      const jfhe_bootstrap *boot, const char *keys, const char *named, const jfhe_program *program,
                      const jfhe_info *inputs, const jfhe_plan_options *o, const char *path) {
  char dir[CLI_PATH_MAX];
  if (!named) {
    CLI_DO(cli_join(dir, keys, CLI_ABOVE_FOLDER));
    named = cli_is_folder(dir) ? dir : NULL;
  }
  jfhe_status st = jfhe_plan_new_with(out, small, evks->ring, boot, program, inputs, o);
  if (st == JFHE_ERR_LEVEL && named) return climb(a, out, small, named, program, inputs, o, path);
  CLI_TRY(st, path);
  return 0;
}

void cli_above_close(cli_above *a) {
  jfhe_bootstrap_free(a->boot);
  jfhe_rung_free(a->rung);
  jfhe_evk_free(a->lift);
  jfhe_evk_free(a->lower);
  if (a->evks.ring) cli_free_evks(&a->evks);
  jfhe_ctx_free(a->ctx);
}
