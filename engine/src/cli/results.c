/* cli/results.c: see results.h. */
#include "cli/results.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "cli/json.h"
#include "cli/keys.h"
#include "cli/say.h"

#define RECORD_FORMAT "jfhe-run-1"
#define IN_THE_MAKING ".part-" /* then six characters; the name begins with a dot */

int cli_stem(char *stem, const char *name) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  size_t len = 0;
  for (size_t i = 0; name[i]; i++) {
    char piece[4] = {name[i]};
    if (!strchr(plain, name[i]) || (i == 0 && name[i] == '.'))
      snprintf(piece, sizeof piece, "%%%02X", (unsigned)(unsigned char)name[i]);
    size_t more = strlen(piece);
    if (len + more >= RESULTS_STEM - 16) return cli_fail("'%.80s': the name is too long for a file", name);
    memcpy(stem + len, piece, more);
    len += more;
  }
  stem[len] = 0;
  return 0;
}

/* ---- digests ---- */
static void finish(char *hex, jfi_sha256 *sum) {
  uint8_t digest[32];
  jfi_sha256_final(sum, digest);
  cli_hex(hex, digest, sizeof digest);
}

void cli_digest(char *hex, const void *bytes, size_t len) {
  jfi_sha256 sum;
  jfi_sha256_init(&sum);
  jfi_sha256_update(&sum, bytes, len);
  finish(hex, &sum);
}

int cli_file_digest(const char *path, char *hex, size_t *len) {
  enum { PIECE = 1 << 18 };
  jfi_sha256 sum;
  int fd, rc = 0;
  CLI_DO(cli_open(path, &fd, len));
  uint8_t *piece = jfi_alloc(PIECE);
  if (!piece) rc = cli_fail("%s: no memory to read it", path);
  jfi_sha256_init(&sum);
  for (ssize_t n = 1; rc == 0 && n != 0;) {
    n = read(fd, piece, PIECE);
    if (n > 0) jfi_sha256_update(&sum, piece, (size_t)n);
    if (n < 0 && errno != EINTR) rc = cli_fail("%s: cannot be read: %s", path, strerror(errno));
  }
  close(fd);
  jfi_free(piece);
  finish(hex, &sum);
  return rc;
}

/* ---- the folder ---- */
static int is_in_the_making(const char *name) {
  size_t len = strlen(name), end = strlen(IN_THE_MAKING) + 6;
  return name[0] == '.' && len > end && strncmp(name + len - end, IN_THE_MAKING, strlen(IN_THE_MAKING)) == 0;
}

static void sweep(const cli_results *r) {
  char path[CLI_PATH_MAX];
  DIR *d = opendir(r->dir);
  if (!d) return;
  for (struct dirent *e; (e = readdir(d));) {
    int n = is_in_the_making(e->d_name) ? snprintf(path, sizeof path, "%s/%s", r->dir, e->d_name) : 0;
    if (n > 0 && n < (int)sizeof path) unlink(path);
  }
  closedir(d);
}

int cli_results_open(cli_results *r, const char *dir) {
  r->fd = -1;
  if (strlen(dir) + 16 > CLI_PATH_MAX) return cli_fail("%.80s: the path is too long", dir);
  snprintf(r->dir, sizeof r->dir, "%s", dir);
  r->made = mkdir(dir, 0777) == 0;
  if (!r->made && errno != EEXIST) return cli_fail("%s: cannot be made: %s", dir, strerror(errno));
  r->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (r->fd < 0) return cli_fail("%s: cannot be opened: %s", dir, strerror(errno));
  if (flock(r->fd, LOCK_EX | LOCK_NB) != 0) {
    close(r->fd);
    r->fd = -1;
    return cli_fail("%s: another run is writing there", dir);
  }
  sweep(r);
  return 0;
}

void cli_results_close(cli_results *r) {
  if (r->fd < 0) return;
  sweep(r);
  if (r->made) rmdir(r->dir); /* goes when it is empty alone */
  close(r->fd);
  r->fd = -1;
}

static int file_path(const cli_results *r, char *path, const char *stem, const char *ending) {
  char name[RESULTS_STEM + 16];
  snprintf(name, sizeof name, "%s%s", stem, ending);
  return cli_join(path, r->dir, name);
}

/* ---- one file ---- */
static int write_all(int fd, const uint8_t *at, size_t left) {
  while (left > 0) {
    ssize_t n = write(fd, at, left);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return -1;
    at += n;
    left -= (size_t)n;
  }
  return 0;
}

/* Whole, synced, then in place, whatever stood there. */
static int put_file(const cli_results *r, const char *stem, const char *ending, const void *bytes, size_t len) {
  char part[CLI_PATH_MAX], path[CLI_PATH_MAX], hidden[RESULTS_STEM + 32];
  CLI_DO(file_path(r, path, stem, ending));
  snprintf(hidden, sizeof hidden, ".%s%s" IN_THE_MAKING "XXXXXX", stem, ending);
  CLI_DO(cli_join(part, r->dir, hidden));
  int fd = mkostemp(part, O_CLOEXEC);
  if (fd < 0) return cli_fail("%s: cannot be made: %s", path, strerror(errno));
  mode_t mask = umask(0);
  umask(mask);
  int bad = write_all(fd, bytes, len) != 0 || fchmod(fd, 0666 & ~mask) != 0 || fsync(fd) != 0, why = errno;
  if (close(fd) != 0 && !bad) {
    bad = 1;
    why = errno;
  }
  if (!bad && rename(part, path) != 0) {
    bad = 1;
    why = errno;
  }
  if (!bad) return fsync(r->fd) == 0 ? 0 : cli_fail("%s: cannot be synced: %s", r->dir, strerror(errno));
  unlink(part);
  return cli_fail("%s: cannot be written: %s", path, strerror(why));
}

/* ---- records ---- */
/* Null when the record is none of ours, or of another form. */
static const json *record_of(json_doc *doc, const char *path, uint8_t *text, size_t len) {
  static const char *const known[] = {"format", "output", "key", "sha256", "bytes", NULL};
  char line[256];
  cli_divert(line, sizeof line); /* a record that cannot be read is no record: that is no failure */
  int rc = json_parse(doc, path, (char *)text, len);
  cli_divert(NULL, 0);
  const json *format = rc == 0 ? json_get(doc->nodes, "format", JSON_STRING) : NULL;
  int ours = format && strcmp(format->text, RECORD_FORMAT) == 0 && !json_unknown(doc->nodes, known);
  return ours && json_get(doc->nodes, "key", JSON_STRING) && json_get(doc->nodes, "sha256", JSON_STRING) ? doc->nodes
                                                                                                         : NULL;
}

int cli_results_check(const cli_results *r, const char *stem, const char *key, int *same, char *digest, size_t *len) {
  enum { RECORD_CAP = 1 << 16 };
  char path[CLI_PATH_MAX], record_path[CLI_PATH_MAX];
  struct stat st;
  uint8_t *text;
  size_t text_len;
  *same = 0;
  CLI_DO(file_path(r, path, stem, ".jfhe"));
  CLI_DO(file_path(r, record_path, stem, ".json"));
  int there = lstat(path, &st) == 0, recorded = lstat(record_path, &st) == 0;
  if (there && !recorded) return cli_fail("%s: exists, and no run has written it; nothing was written", path);
  if (!recorded) return 0;
  CLI_DO(cli_read(record_path, RECORD_CAP, &text, &text_len));
  json_doc doc = {0};
  const json *record = record_of(&doc, record_path, text, text_len);
  int rc = record ? 0 : cli_fail("%s: exists, and is no record of a run; nothing was written", record_path);
  if (rc == 0 && there && strcmp(json_get(record, "key", JSON_STRING)->text, key) == 0) {
    rc = cli_file_digest(path, digest, len);
    *same = rc == 0 && strcmp(json_get(record, "sha256", JSON_STRING)->text, digest) == 0;
  }
  json_free(&doc);
  jfi_free(text);
  return rc;
}

int cli_results_put(const cli_results *r, const char *stem, const char *name, const char *key, const uint8_t *bytes,
                    size_t len, char *digest) {
  char *text = NULL;
  size_t text_len;
  cli_digest(digest, bytes, len);
  FILE *out = open_memstream(&text, &text_len);
  if (!out) return cli_fail("no memory for a record");
  fputs("{\"format\":\"" RECORD_FORMAT "\",\"output\":", out);
  cli_json_string(out, name);
  fprintf(out, ",\"key\":\"%s\",\"sha256\":\"%s\",\"bytes\":%zu}\n", key, digest, len);
  fclose(out);
  int rc = put_file(r, stem, ".json", text, text_len);
  free(text);
  return rc ? rc : put_file(r, stem, ".jfhe", bytes, len);
}
