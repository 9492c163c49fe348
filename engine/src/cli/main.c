/* cli/main.c: jfhe, the engine as a command line tool. */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/say.h"
#include "cli/stop.h"

#define JFHE_CLI_VERSION "0.1.0"

static const char HELP[] =
    "jfhe " JFHE_CLI_VERSION ": compute on encrypted numbers\n"
    "\n"
    "  jfhe keygen --preset NAME --out DIR              make keys\n"
    "  jfhe encrypt --keys DIR --in FILE.csv --out DIR  encrypt the columns of a CSV\n"
    "  jfhe inspect FILE...                             say what a file is; needs no key\n"
    "  jfhe stats --keys DIR --in DIR --out DIR         mean, variance, covariance, correlation; needs no secret key\n"
    "  jfhe decrypt --keys DIR --in DIR                 open a result\n"
    "  jfhe explain PROGRAM --preset NAME               say how a program would be computed, with bounds, time and "
    "memory\n"
    "  jfhe run PROGRAM --keys DIR --in .. --out DIR    compute a program on ciphertexts; needs no secret key\n"
    "  jfhe bench                                       time the engine on this machine\n"
    "  jfhe selftest                                    check every scheme and backend on this machine\n"
    "  jfhe help COMMAND                                options of a command\n"
    "\n"
    "Presets: stats-lite (depth 2), stats (depth 6), ml (depth 14), deep, deep-lean, deep-small.\n"
    "Wrong input gives one line on standard error and exit status 2, and writes nothing.\n";

typedef struct command {
  const char *name;
  int (*run)(int argc, char **argv);
  const char *help;
} command;

static const command COMMANDS[] = {
    {"keygen", cli_keygen, cli_help_keygen},
    {"encrypt", cli_encrypt, cli_help_encrypt},
    {"inspect", cli_inspect, cli_help_inspect},
    {"stats", cli_stats, cli_help_stats},
    {"decrypt", cli_decrypt, cli_help_decrypt},
    {"explain", cli_explain, cli_help_explain},
    {"run", cli_run, cli_help_run},
    {"bench", cli_bench, cli_help_bench},
    {"selftest", cli_selftest, cli_help_selftest},
};

static const command *find(const char *name) {
  for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
    if (strcmp(COMMANDS[i].name, name) == 0) return &COMMANDS[i];
  return NULL;
}

static int print(const char *text) {
  fputs(text, stdout);
  return 0;
}

static int run(int argc, char **argv) {
  if (argc < 2) {
    fputs(HELP, stderr);
    return CLI_BAD;
  }
  const char *name = argv[1];
  if (strcmp(name, "--version") == 0) return print("jfhe " JFHE_CLI_VERSION "\n");
  int help = strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0;
  if (help && argc < 3) return print(HELP);
  if (help) name = argv[2];
  const command *c = find(name);
  if (!c) return cli_fail("no command '%s'; see jfhe help", name);
  for (int i = 2; i < argc && !help; i++) help = strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0;
  return help ? print(c->help) : c->run(argc - 2, argv + 2);
}

int main(int argc, char **argv) {
  cli_stop_setup();
  int rc = run(argc, argv);
  if ((fflush(stdout) != 0 || ferror(stdout)) && rc == 0) rc = cli_fail("standard output cannot be written");
  if (rc != 0) cli_stop_raise();
  return rc;
}
