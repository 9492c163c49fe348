/* cli/cmd_explain.c: jfhe explain: what a program would do with parameters or keys. Computes nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/above.h"
#include "cli/cmd.h"
#include "cli/keys.h"
#include "cli/options.h"
#include "cli/program.h"
#include "cli/say.h"

const char cli_help_explain[] =
    "jfhe explain PROGRAM (--preset NAME | --keys DIR)    say how a program would be computed\n"
    "\n"
    "  --preset NAME       stats-lite, stats, ml, deep, deep-lean, deep-small, exact, exact-deep; every rotation has "
    "its key\n"
    "  --keys DIR          parameters and evaluation keys of a folder; with a folder above in it, programs climb that "
    "are too "
    "deep for them\n"
    "  -O0 .. -O3          how much planning does (default -O2)\n"
    "  --stop-after PASS   print what a pass left: input, simplify, cse, products, bootstraps, levels, ring, "
    "rotations, bounds, schedule\n"
    "  --keep-levels L     levels that results should still have (default 0)\n"
    "  --json              one JSON object\n"
    "\n"
    "One line an operation: its level, the bounds that are proved for it, its time. Inputs count as fresh encryptions "
    "at the top level, or at the one that a bootstrap gives.\n";

typedef struct machine {
  jfhe_ctx *ctx;
  cli_evks evks;
  cli_above above;
} machine;

static int open_machine(machine *m, const char *preset, const char *keys) {
  if (!preset == !keys) return cli_fail("explain: one of --preset and --keys is wanted; see jfhe help explain");
  if (preset) {
    CLI_TRY(jfhe_ctx_new_preset(&m->ctx, preset), "explain: --preset");
    return 0;
  }
  CLI_DO(cli_load_ctx(&m->ctx, keys, 1));
  return cli_load_evks(&m->evks, m->ctx, keys);
}

static int print_text(const jfhe_plan *plan) {
  size_t len = jfhe_plan_text(plan, NULL, 0);
  char *text = malloc(len);
  if (!text) return cli_fail("explain: no memory for %zu bytes of text", len);
  (void)jfhe_plan_text(plan, text, len);
  fputs(text, stdout);
  free(text);
  return 0;
}

/* A member that is a string, of a text that may have several lines: the JSON writer escapes them. */
static int json_text(const jfhe_plan *plan) {
  size_t len = jfhe_plan_text(plan, NULL, 0);
  char *text = malloc(len);
  if (!text) return cli_fail("explain: no memory for %zu bytes of text", len);
  (void)jfhe_plan_text(plan, text, len);
  fputs(",\"text\":", stdout);
  cli_json_string(stdout, text);
  free(text);
  return 0;
}

static int print_json(const jfhe_plan *plan, const jfhe_program *program, uint32_t pass) {
  uint8_t hash[JFHE_HASH_BYTES];
  CLI_TRY(jfhe_program_hash(program, hash), "explain");
  putchar('{');
  cli_json_hash(stdout, "program", hash);
  printf(",\"pass\":\"%s\",\"nodes\":%u", jfhe_pass_name(pass), jfhe_program_nodes(program));
  if (pass >= JFHE_PASS_SCHEDULE) {
    CLI_TRY(jfhe_plan_hash(plan, hash), "explain");
    putchar(',');
    cli_json_hash(stdout, "plan", hash);
    putchar(',');
    cli_json_forecast(stdout, plan);
  }
  fputs(",\"outputs\":[", stdout);
  for (uint32_t i = 0; i < jfhe_program_outputs(program); i++) {
    fputs(i ? ",{" : "{", stdout);
    cli_json_output(stdout, plan, program, i);
    putchar('}');
  }
  putchar(']');
  CLI_DO(json_text(plan));
  puts("}");
  return 0;
}

int cli_explain(int argc, char **argv) {
  static const char *word[CLI_REPEAT_MAX];
  const char *preset = NULL, *keys = NULL, *stop_after = NULL, *path = NULL;
  jfhe_plan_options o;
  size_t n = 0;
  int as_json = 0;
  jfhe_plan_options_init(&o);
  const cli_option table[] = {{.name = "--preset", .text = &preset},
                              {.name = "--keys", .text = &keys},
                              {.name = "--stop-after", .text = &stop_after},
                              {.name = "--keep-levels", .count = &o.keep_levels, .most = 63},
                              {.name = "--json", .flag = &as_json}};
  CLI_DO(cli_options("explain", argc, argv, table, sizeof table / sizeof *table, word, &n));
  CLI_DO(cli_program_words("explain", word, n, &path, &o.opt_level));
  if (stop_after) CLI_DO(cli_pass("explain", stop_after, &o.stop_after));
  machine m = {0};
  jfhe_program *program = NULL;
  jfhe_plan *plan = NULL;
  jfhe_bootstrap *boot = NULL;
  int rc = cli_load_program(&program, path);
  if (rc == 0) rc = open_machine(&m, preset, keys);
  if (rc == 0 && (preset || m.evks.pair)) rc = cli_bootstrap(&boot, m.ctx, program);
  if (rc == 0 && keys)
    rc = cli_plan_or_climb(&plan, &m.above, m.ctx, &m.evks, boot, keys, NULL, program, NULL, &o, path);
  else if (rc == 0) {
    jfhe_status st = jfhe_plan_new_with(&plan, m.ctx, NULL, boot, program, NULL, &o);
    if (st != JFHE_OK) rc = cli_status(st, path);
  }
  if (rc == 0) rc = as_json ? print_json(plan, program, o.stop_after) : print_text(plan);
  jfhe_plan_free(plan);
  cli_above_close(&m.above);
  jfhe_bootstrap_free(boot);
  jfhe_program_free(program);
  if (m.evks.ring) cli_free_evks(&m.evks);
  jfhe_ctx_free(m.ctx);
  return rc;
}
