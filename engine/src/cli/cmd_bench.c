/* cli/cmd_bench.c: jfhe bench: the bodies of engine/bench. */
#include "bench/bench.h"
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/say.h"

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
  return jfi_bench_ntt(&o) || jfi_bench_ckks(&o) || jfi_bench_bgv(&o) || jfi_bench_plan(&o) || jfi_bench_bootstrap(&o)
             ? CLI_BAD
             : 0;
}
