/* cli/files.c: see files.h. */
#include "cli/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/say.h"
#include "cli/stop.h"

int cli_join(char *out, const char *dir, const char *name) {
  int n = snprintf(out, CLI_PATH_MAX, "%s/%s", dir, name);
  return n > 0 && n < CLI_PATH_MAX ? 0 : cli_fail("%.80s: the path is too long", name);
}

/* ---- staging ---- */
static int sync_path(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return -1;
  int rc = fsync(fd);
  close(fd);
  return rc;
}

/* Calls each(path) for every file of a folder; stops at the first that fails. */
static int for_files(const char *folder, int (*each)(const char *path)) {
  char path[CLI_PATH_MAX];
  int rc = 0;
  DIR *d = opendir(folder);
  if (!d) return -1;
  for (struct dirent *e; rc == 0 && (e = readdir(d));) {
    int n = snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
    if (e->d_name[0] != '.') rc = n > 0 && n < (int)sizeof path ? each(path) : -1;
  }
  closedir(d);
  return rc;
}

/* The folder that holds `path`, for syncing after the rename. */
static void parent_of(char *out, const char *path) {
  snprintf(out, CLI_PATH_MAX, "%s", path);
  char *slash = strrchr(out, '/');
  if (!slash)
    snprintf(out, CLI_PATH_MAX, ".");
  else if (slash == out)
    out[1] = 0;
  else
    *slash = 0;
}

int cli_stage_open(cli_stage *s, const char *target) {
  s->open = 0;
  size_t len = strlen(target);
  while (len > 1 && target[len - 1] == '/') len--;
  if (len + 32 > CLI_PATH_MAX) return cli_fail("%.80s: the path is too long", target);
  memcpy(s->target, target, len);
  s->target[len] = 0;
  struct stat st;
  if (lstat(s->target, &st) == 0) return cli_fail("%s: exists already; nothing was written", s->target);
  memcpy(s->path, s->target, len);
  snprintf(s->path + len, CLI_PATH_MAX - len, ".part-XXXXXX");
  if (!mkdtemp(s->path)) return cli_fail("%s: cannot be made: %s", s->target, strerror(errno));
  s->open = 1;
  return 0;
}

/* What mkdir would have given; mkdtemp makes 0700. */
static int set_mode(const char *path) {
  mode_t mask = umask(0);
  umask(mask);
  return chmod(path, 0777 & ~mask);
}

int cli_stage_commit(cli_stage *s) {
  char parent[CLI_PATH_MAX];
  parent_of(parent, s->target);
  struct stat st;
  CLI_DO(cli_stop_check());
  /* Together at the end: by now the system has written most of it, and each sync waits for little. */
  if (for_files(s->path, sync_path) != 0 || set_mode(s->path) != 0 || sync_path(s->path) != 0)
    return cli_fail("%s: cannot be synced: %s", s->target, strerror(errno));
  /* rename replaces an empty folder that appeared meanwhile: harmless, and a full one is refused by the system */
  if (lstat(s->target, &st) == 0) return cli_fail("%s: exists already; nothing was written", s->target);
  if (rename(s->path, s->target) != 0) return cli_fail("%s: cannot be put in place: %s", s->target, strerror(errno));
  s->open = 0;
  return sync_path(parent) == 0 ? 0 : cli_fail("%s: cannot be synced: %s", parent, strerror(errno));
}

void cli_stage_drop(cli_stage *s) {
  if (!s->open) return;
  s->open = 0;
  (void)for_files(s->path, unlink);
  rmdir(s->path);
}

/* ---- whole files ---- */
int cli_write(const char *dir, const char *name, const void *bytes, size_t len, int secret) {
  char path[CLI_PATH_MAX];
  CLI_DO(cli_stop_check());
  CLI_DO(cli_join(path, dir, name));
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, secret ? 0600 : 0644);
  if (fd < 0) return cli_fail("%s: cannot be made: %s", name, strerror(errno));
  const uint8_t *at = bytes;
  size_t left = len;
  int bad = secret && fchmod(fd, 0600) != 0;
  while (!bad && left > 0) {
    ssize_t n = write(fd, at, left);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      bad = 1;
      break;
    }
    at += n;
    left -= (size_t)n;
  }
  bad = bad || (secret && fsync(fd) != 0);
  int why = errno;
  if (close(fd) != 0) bad = 1;
  return bad ? cli_fail("%s: cannot be written: %s", name, strerror(why)) : 0;
}

int cli_is_folder(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int cli_open(const char *path, int *fd, size_t *len) {
  struct stat st;
  *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe without a writer must not hang */
  if (*fd < 0) return cli_fail("%s: cannot be opened: %s", path, strerror(errno));
  if (fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode)) {
    close(*fd);
    *fd = -1;
    return cli_fail("%s: is not a regular file", path);
  }
  *len = (size_t)st.st_size;
  return 0;
}

/* As many bytes as there are, `len` at most. */
static size_t read_all(int fd, uint8_t *to, size_t len) {
  size_t got = 0;
  while (got < len) {
    ssize_t n = read(fd, to + got, len - got);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    got += (size_t)n;
  }
  return got;
}

static int read_file(const char *path, size_t cap, int private, uint8_t **bytes, size_t *len) {
  struct stat st;
  int fd;
  *bytes = NULL;
  CLI_DO(cli_open(path, &fd, len));
  int open_to_others = private && (fstat(fd, &st) != 0 || (st.st_mode & 077) != 0), fits = *len <= cap;
  uint8_t *b = fits && !open_to_others ? jfi_alloc(*len + 1) : NULL;
  size_t got = b ? read_all(fd, b, *len) : 0;
  close(fd);
  if (open_to_others) return cli_fail("%s: others may read it; run chmod 600 and consider it seen", path);
  if (!fits) return cli_fail("%s: %zu bytes are over the limit of %zu", path, *len, cap);
  if (!b) return cli_fail("%s: no memory to read it", path);
  if (got < *len) {
    jfi_free_secret(b, *len + 1);
    return cli_fail("%s: became shorter while it was read", path);
  }
  b[*len] = 0;
  *bytes = b;
  return 0;
}

int cli_read(const char *path, size_t cap, uint8_t **bytes, size_t *len) { return read_file(path, cap, 0, bytes, len); }
int cli_read_private(const char *path, size_t cap, uint8_t **bytes, size_t *len) {
  return read_file(path, cap, 1, bytes, len);
}

int cli_read_head(const char *path, uint8_t *bytes, size_t room, size_t *got, size_t *len) {
  int fd;
  CLI_DO(cli_open(path, &fd, len));
  *got = read_all(fd, bytes, *len < room ? *len : room);
  close(fd);
  return *got ? 0 : cli_fail("%s: is empty", path);
}

int cli_map(const char *path, const uint8_t **bytes, size_t *len) {
  int fd;
  CLI_DO(cli_open(path, &fd, len));
  if (*len == 0) {
    close(fd);
    return cli_fail("%s: is empty", path);
  }
  void *p = mmap(NULL, *len, PROT_READ, MAP_PRIVATE, fd, 0);
  close(fd);
  if (p == MAP_FAILED) return cli_fail("%s: cannot be mapped: %s", path, strerror(errno));
  *bytes = p;
  return 0;
}

void cli_unmap(const uint8_t *bytes, size_t len) {
  if (bytes) munmap((void *)(uintptr_t)bytes, len);
}

int cli_plain_name(const char *name) {
  static const char ok[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return name[0] && name[0] != '.' && strspn(name, ok) == strlen(name) && strlen(name) < 128;
}
