/* cli/results.h: the folder of a run's results: NAME.jfhe, and NAME.json, which says what it was computed from.
 *
 * Each file appears complete or not at all: written under another name, synced, renamed. The record goes first and holds the result's own
 * SHA-256: whatever interrupts the two, a result that its record does not fit counts as absent. A file NAME.jfhe without a
 * record is somebody else's, and is never replaced. One process at a time holds the folder. */
#ifndef JFI_CLI_RESULTS_H
#define JFI_CLI_RESULTS_H
#include <stddef.h>
#include <stdint.h>

#include "cli/files.h"

enum {
  RESULTS_HEX = 65,
  RESULTS_STEM = 248 /* bytes of a stem: with the endings of files in the making still a file's name */
};

typedef struct cli_results {
  char dir[CLI_PATH_MAX];
  int fd; /* of the folder, locked; -1: not open */
  int made;
} cli_results;

/* A file's name without its ending from a name of anybody's: letters, digits, '-', '_' and '.' (not first) stay, other bytes
 * become %XX, so different names give different files. */
int cli_stem(char *stem, const char *name);

/* Makes the folder if it is not there, and removes what an interrupted run left in the making. */
int cli_results_open(cli_results *r, const char *dir);
/* Whether NAME.jfhe is there with a record of this key: *same. Its SHA-256 and length then. Refuses a file without a record. */
int cli_results_check(const cli_results *r, const char *stem, const char *key, int *same, char *digest, size_t *len);
/* Record and result, in that order. */
int cli_results_put(const cli_results *r, const char *stem, const char *name, const char *key, const uint8_t *bytes,
                    size_t len, char *digest);
/* Lets the folder go; removes it if it was made here and nothing came. */
void cli_results_close(cli_results *r);

/* SHA-256 of a file, in hex, read piece by piece. */
int cli_file_digest(const char *path, char *hex, size_t *len);
/* The same of bytes. */
void cli_digest(char *hex, const void *bytes, size_t len);
#endif
