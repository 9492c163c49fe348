/* cli/files.h: whole files in and out. A folder appears complete or not at all. */
#ifndef JFI_CLI_FILES_H
#define JFI_CLI_FILES_H
#include <stddef.h>
#include <stdint.h>

enum { CLI_PATH_MAX = 4096 };

/* A folder in the making: `path` (target.part-XXXXXX) beside the target; cli_stage_commit syncs its files and renames it. */
typedef struct cli_stage {
  char path[CLI_PATH_MAX], target[CLI_PATH_MAX];
  int open;
} cli_stage;

/* Refuses a target that exists. */
int cli_stage_open(cli_stage *s, const char *target);
int cli_stage_commit(cli_stage *s);
/* Removes what was not committed. Safe on every path out. */
void cli_stage_drop(cli_stage *s);

/* dir/name into out (CLI_PATH_MAX bytes). */
int cli_join(char *out, const char *dir, const char *name);
/* Writes a new file into a stage; a secret gets mode 0600 and is synced at once. Never overwrites. */
int cli_write(const char *dir, const char *name, const void *bytes, size_t len, int secret);
int cli_is_folder(const char *path);
/* Opens a regular file for reading; *fd is -1 on failure. */
int cli_open(const char *path, int *fd, size_t *len);
/* Reads a regular file of at most cap bytes; *bytes is 64-byte aligned, ended by a zero byte more, freed with jfi_free. */
int cli_read(const char *path, size_t cap, uint8_t **bytes, size_t *len);
/* The same, refusing a file that others than its owner may read. */
int cli_read_private(const char *path, size_t cap, uint8_t **bytes, size_t *len);
/* The first bytes of a regular file, `room` at most, and its length. */
int cli_read_head(const char *path, uint8_t *bytes, size_t room, size_t *got, size_t *len);
/* Maps a regular file; cli_unmap after use. */
int cli_map(const char *path, const uint8_t **bytes, size_t *len);
void cli_unmap(const uint8_t *bytes, size_t len);
/* A name from a manifest: letters, digits, '.', '-' and '_', not beginning with a dot. */
int cli_plain_name(const char *name);
#endif
