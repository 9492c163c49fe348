/* cli/stop.h: an interruption (SIGINT, SIGTERM, SIGHUP) ends a command at its next file or chunk, so that it can clean up. */
#ifndef JFI_CLI_STOP_H
#define JFI_CLI_STOP_H

/* Catches the signals; a second one kills at once. A write over a limit on file sizes becomes an error instead of a signal. Descriptors
 * 0 to 2 are taken, if the caller left any closed, so that no file of ours gets their numbers. No core is dumped: it would hold keys. */
void cli_stop_setup(void);
/* Nonzero once a signal came. */
int cli_stopped(void);
/* 0, or CLI_BAD after a line that says so. */
int cli_stop_check(void);
/* Dies of the signal that came, if one did: the shell sees what it expects. */
void cli_stop_raise(void);
#endif
