/* cli/program.c: see program.h. */
#include "cli/program.h"

#include <string.h>

#include "base/decimal.h"
#include "base/mem.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/say.h"

static const size_t PROGRAM_CAP = (size_t)1 << 30;

int cli_load_program(jfhe_program **program, const char *path) {
  uint8_t *bytes;
  size_t len;
  *program = NULL;
  CLI_DO(cli_read(path, PROGRAM_CAP, &bytes, &len));
  jfhe_status st = jfhe_program_read(program, bytes, len);
  jfi_free(bytes);
  CLI_TRY(st, path);
  return 0;
}

int cli_program_words(const char *command, const char **word, size_t n, const char **path, uint32_t *opt_level) {
  int seen = 0;
  *path = NULL;
  for (size_t i = 0; i < n; i++) {
    if (word[i][0] != '-') {
      if (*path) return cli_fail("%s: one program at a time; '%s' is a second one", command, word[i]);
      *path = word[i];
      continue;
    }
    if (word[i][1] != 'O' || word[i][2] < '0' || word[i][2] > '3' || word[i][3])
      return cli_fail("%s: unknown option '%s'; there are -O0 to -O3; see jfhe help %s", command, word[i], command);
    if (seen++) return cli_fail("%s: -O is given twice", command);
    *opt_level = (uint32_t)(word[i][2] - '0');
  }
  return *path ? 0 : cli_fail("%s: a program is missing; see jfhe help %s", command, command);
}

int cli_pass(const char *command, const char *name, uint32_t *pass) {
  char names[160] = "";
  for (uint32_t p = 0; jfhe_pass_name(p); p++) {
    if (strcmp(name, jfhe_pass_name(p)) == 0) {
      *pass = p;
      return 0;
    }
    snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", p ? ", " : "", jfhe_pass_name(p));
  }
  return cli_fail("%s: no pass is called '%s': %s", command, name, names);
}

int cli_size(const char *command, const char *option, const char *text, uint64_t *bytes) {
  static const char unit[] = "KMGT";
  static const double most = 0x1p62;
  double x;
  size_t len = jfi_decimal_read(text, text + strlen(text), &x);
  const char *rest = text + len, *u = len && *rest ? strchr(unit, *rest) : NULL;
  for (const char *v = unit; u && v <= u; v++) x *= 1024;
  if (u) rest++;
  if (u && *rest == 'i') rest++;
  if (len && *rest == 'B') rest++;
  if (!len || *rest || !(x >= 1 && x < most))
    return cli_fail("%s: %s wants a size like 512M or 4G, not '%s'", command, option, text);
  *bytes = (uint64_t)x;
  return 0;
}

int cli_bootstrap(jfhe_bootstrap **out, const jfhe_ctx *ctx, const jfhe_program *program) {
  uint32_t in, sine, result, log_slots = jfhe_program_log_slots(program);
  *out = NULL;
  if (jfhe_bootstrap_levels(ctx, &in, &sine, &result) != JFHE_OK || log_slots < 1) return 0;
  CLI_TRY(jfhe_bootstrap_new(out, ctx, log_slots, CLI_BOOTSTRAP_MAGNITUDE,
                             JFHE_BOOTSTRAP_FEW_KEYS | JFHE_BOOTSTRAP_WHEN_NEEDED),
          "bootstrapping");
  return 0;
}

void cli_print_forecast(const jfhe_plan *plan, uint64_t program_nodes) {
  char time[16], memory[16], keys[16];
  jfhe_forecast f;
  jfhe_plan_forecast(plan, &f);
  printf("  plan      %llu operations become %u: %u relinearisations, %u rotations", (unsigned long long)program_nodes,
         f.operations, f.products, f.rotations);
  if (f.bootstraps) printf(", %u bootstraps", f.bootstraps);
  if (f.lifts) printf(", %u lifted to the ring above", f.lifts);
  printf("; inputs at level %u or above\n", f.level_in);
  printf("  forecast  %s on one thread, %s of memory at most, keys %s\n", cli_seconds(time, f.seconds),
         cli_bytes(memory, (double)f.memory_bytes), cli_bytes(keys, (double)f.key_bytes));
}

void cli_print_output(const jfhe_plan *plan, const jfhe_program *program, uint32_t output) {
  uint32_t level;
  double magnitude, worst, probable;
  if (jfhe_plan_output(plan, output, &level, &magnitude, &worst, &probable) != JFHE_OK) return;
  printf("  output    '");
  cli_print_name(stdout, jfhe_program_output_name(program, output), 0);
  printf("': level %u, |value| <= %.4g, error <= %.2e (typically %.1e)\n", level, magnitude, worst, probable);
}

void cli_json_hash(FILE *out, const char *name, const uint8_t *hash) {
  char hex[2 * JFHE_HASH_BYTES + 1];
  cli_hex(hex, hash, JFHE_HASH_BYTES);
  fprintf(out, "\"%s\":\"%s\"", name, hex);
}

void cli_json_forecast(FILE *out, const jfhe_plan *plan) {
  jfhe_forecast f;
  jfhe_plan_forecast(plan, &f);
  fprintf(out,
          "\"operations\":%u,\"relinearisations\":%u,\"rotations\":%u,\"bootstraps\":%u,\"levels\":%u,\"level_in\":%u",
          f.operations, f.products, f.rotations, f.bootstraps, f.depth, f.level_in);
  fputs(",\"seconds\":", out);
  cli_json_number(out, f.seconds);
  fprintf(out, ",\"memory_bytes\":%llu,\"key_bytes\":%llu,\"plan_bytes\":%llu", (unsigned long long)f.memory_bytes,
          (unsigned long long)f.key_bytes, (unsigned long long)f.plan_bytes);
}

void cli_json_output(FILE *out, const jfhe_plan *plan, const jfhe_program *program, uint32_t output) {
  uint32_t level;
  double magnitude, worst, probable;
  fputs("\"name\":", out);
  cli_json_string(out, jfhe_program_output_name(program, output));
  if (jfhe_plan_output(plan, output, &level, &magnitude, &worst, &probable) != JFHE_OK) return;
  fprintf(out, ",\"level\":%u,\"magnitude\":", level);
  cli_json_number(out, magnitude);
  fputs(",\"error_worst\":", out);
  cli_json_number(out, worst);
  fputs(",\"error_probable\":", out);
  cli_json_number(out, probable);
}
