/* cli/cmd_bench.c: jfhe bench: the bodies of engine/bench. */
#include "bench/bench.h"
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/say.h"

#include <string.h>

const char cli_help_bench[] =
    "jfhe bench    time the engine on this machine\n"
    "\n"
    "  --filter NAME      only measurements whose name contains NAME (ntt_fwd, ckks_mul, "
    "ckks_rotate, int_mul, encrypt_seeded, plan_100k, ..)\n"
    "  --preset A,B,..    only these parameter sets (stats-lite, stats, ml, deep, deep-lean, deep-small, n15,\n"
    "                     n16, exact, exact-deep)\n"
    "  --threads T        (default 1)\n"
    "  --budget-ms M      time for one measurement (default 500)\n"
    "  --json             one JSON object a line: name, params, median_ns, p10_ns, p90_ns\n"
    "\n"
    "JFHE_ISA=ref, avx2 or avx512ifma forces a backend.\n";

/* Nonzero when each of the comma-separated words, up to a colon, is a parameter set: deep-lean:few is deep-lean with few keys. */
static int all_known(const char *list) {
  static const char *const sets[] = {"stats-lite", "stats", "ml",  "deep",  "deep-lean",
                                     "deep-small", "n15",   "n16", "exact", "exact-deep"};
  while (list && *list) {
    size_t name = strcspn(list, ":,"), known = 0;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
      known |= strlen(sets[i]) == name && !strncmp(sets[i], list, name);
    if (!known) return 0;
    list += strcspn(list, ",");
    list += *list == ',';
  }
  return 1;
}

int cli_bench(int argc, char **argv) {
  jfi_bench_options o = {0};
  uint32_t threads = 1, budget = 0;
  const cli_option table[] = {{.name = "--filter", .text = &o.filter},
                              {.name = "--preset", .text = &o.cases},
                              {.name = "--threads", .count = &threads, .most = 256},
                              {.name = "--budget-ms", .count = &budget, .most = 600000},
                              {.name = "--json", .flag = &o.json}};
  CLI_DO(cli_options("bench", argc, argv, table, sizeof table / sizeof *table, NULL, NULL));
  o.threads = threads ? threads : 1;
  o.budget_ms = budget;
  if (!all_known(o.cases)) return cli_fail("bench: --preset: no parameter set of that name; see jfhe help bench");
  if (jfi_bench_ntt(&o) || jfi_bench_ckks(&o) || jfi_bench_bgv(&o) || jfi_bench_plan(&o) || jfi_bench_bootstrap(&o))
    return CLI_BAD;
  return jfi_bench_lines() ? 0 : cli_fail("bench: --filter: no measurement has that in its name; see jfhe help bench");
}
