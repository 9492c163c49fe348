/* cli/program.h: what `explain` and `run` share: a program's file, the words -O2 and --stop-after, sizes, forecasts. */
#ifndef JFI_CLI_PROGRAM_H
#define JFI_CLI_PROGRAM_H
#include <stdio.h>

#include "jfhe/jfhe.h"
#include "jfhe/plan.h"

/* Text or binary form. */
int cli_load_program(jfhe_program **program, const char *path);
/* Of the words that are no options: the program's path, and one of -O0 to -O3 into *opt_level. */
int cli_program_words(const char *command, const char **word, size_t n, const char **path, uint32_t *opt_level);
/* A pass by its name. */
int cli_pass(const char *command, const char *name, uint32_t *pass);
/* "512M", "4G", "1.5GiB", "1000000": bytes. */
int cli_size(const char *command, const char *option, const char *text, uint64_t *bytes);

/* How levels come back, where the parameters have levels for it, else null. Numbers up to 1 with room for errors: plans scale what is larger. */
#define CLI_BOOTSTRAP_MAGNITUDE (1 + 0x1p-4)
int cli_bootstrap(jfhe_bootstrap **out, const jfhe_ctx *ctx, const jfhe_program *program);

/* For people: a line of forecast, and a line an output. */
void cli_print_forecast(const jfhe_plan *plan, uint64_t program_nodes);
void cli_print_output(const jfhe_plan *plan, const jfhe_program *program, uint32_t output);
/* Members of a JSON object, without braces. */
void cli_json_forecast(FILE *out, const jfhe_plan *plan);
void cli_json_output(FILE *out, const jfhe_plan *plan, const jfhe_program *program, uint32_t output);
/* "name":"hex" of a hash. */
void cli_json_hash(FILE *out, const char *name, const uint8_t *hash);
#endif
