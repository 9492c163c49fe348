/* cli/cmd.h: the commands. Each takes the words after its name and returns the exit status. */
#ifndef JFI_CLI_CMD_H
#define JFI_CLI_CMD_H
int cli_keygen(int argc, char **argv);
int cli_encrypt(int argc, char **argv);
int cli_inspect(int argc, char **argv);
int cli_stats(int argc, char **argv);
int cli_decrypt(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_run(int argc, char **argv);
int cli_bench(int argc, char **argv);
int cli_selftest(int argc, char **argv);
extern const char cli_help_keygen[], cli_help_encrypt[], cli_help_inspect[], cli_help_stats[], cli_help_decrypt[],
    cli_help_explain[], cli_help_run[], cli_help_bench[], cli_help_selftest[];
#endif
