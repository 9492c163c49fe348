/* cli/files.c: see files.h. */
#include "cli/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/say.h"

int cli_join(char *out, const char *dir, const char *name) {
  int n = snprintf(out, CLI_PATH_MAX, "%s/%s", dir, name);
  return n > 0 && n < CLI_PATH_MAX ? 0 : cli_fail("%s: the path is too long", name);
}

/* ---- staging ---- */
static int sync_folder(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -1;
  int rc = fsync(fd);
  close(fd);
  return rc;
}

/* The folder that holds `path`, for syncing after the rename. */
static void parent_of(char *out, const char *path) {
  snprintf(out, CLI_PATH_MAX, "%s", path);
  char *slash = strrchr(out, '/');
  if (!slash) strcpy(out, ".");
  else if (slash == out) out[1] = 0;
  else *slash = 0;
}

int cli_stage_open(cli_stage *s, const char *target) {
  s->open = 0;
  size_t len = strlen(target);
  while (len > 1 && target[len - 1] == '/') len--;
  if (len + 32 > CLI_PATH_MAX) return cli_fail("%s: the path is too long", target);
  memcpy(s->target, target, len);
  s->target[len] = 0;
  struct stat st;
  if (lstat(s->target, &st) == 0) return cli_fail("%s: exists already; nothing was written", s->target);
  memcpy(s->path, s->target, len);
  snprintf(s->path + len, CLI_PATH_MAX - len, ".part-%ld", (long)getpid());
  if (mkdir(s->path, 0755) != 0) return cli_fail("%s: cannot be made: %s", s->target, strerror(errno));
  s->open = 1;
  return 0;
}

int cli_stage_commit(cli_stage *s) {
  char parent[CLI_PATH_MAX];
  parent_of(parent, s->target);
  struct stat st;
  if (sync_folder(s->path) != 0) return cli_fail("%s: cannot be synced: %s", s->target, strerror(errno));
  /* rename replaces an empty folder that appeared meanwhile: harmless, and a full one is refused by the system */
  if (lstat(s->target, &st) == 0) return cli_fail("%s: exists already; nothing was written", s->target);
  if (rename(s->path, s->target) != 0) return cli_fail("%s: cannot be put in place: %s", s->target, strerror(errno));
  s->open = 0;
  return sync_folder(parent) == 0 ? 0 : cli_fail("%s: cannot be synced: %s", parent, strerror(errno));
}

void cli_stage_drop(cli_stage *s) {
  if (!s->open) return;
  s->open = 0;
  DIR *d = opendir(s->path);
  for (struct dirent *e; d && (e = readdir(d));) {
    char path[CLI_PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", s->path, e->d_name);
    if (e->d_name[0] != '.' && n > 0 && n < (int)sizeof path) unlink(path);
  }
  if (d) closedir(d);
  rmdir(s->path);
}

/* ---- whole files ---- */
int cli_write(const char *dir, const char *name, const void *bytes, size_t len, int secret) {
  char path[CLI_PATH_MAX];
  CLI_DO(cli_join(path, dir, name));
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, secret ? 0600 : 0644);
  if (fd < 0) return cli_fail("%s: cannot be made: %s", name, strerror(errno));
  const uint8_t *at = bytes;
  size_t left = len;
  int bad = secret && fchmod(fd, 0600) != 0;
  while (!bad && left > 0) {
    ssize_t n = write(fd, at, left);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) { bad = 1; break; }
    at += n;
    left -= (size_t)n;
  }
  bad = bad || fsync(fd) != 0;
  int why = errno;
  if (close(fd) != 0) bad = 1;
  return bad ? cli_fail("%s: cannot be written: %s", name, strerror(why)) : 0;
}

static int open_regular(const char *path, size_t *len, int *fd) {
  struct stat st;
  *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (*fd < 0) return cli_fail("%s: cannot be opened: %s", path, strerror(errno));
  if (fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode)) {
    close(*fd);
    return cli_fail("%s: is not a regular file", path);
  }
  *len = (size_t)st.st_size;
  return 0;
}

int cli_read(const char *path, size_t cap, uint8_t **bytes, size_t *len) {
  int fd;
  *bytes = NULL;
  CLI_DO(open_regular(path, len, &fd));
  if (*len > cap) {
    close(fd);
    return cli_fail("%s: %zu bytes are over the limit of %zu", path, *len, cap);
  }
  uint8_t *b = jfi_alloc(*len + 1);
  size_t got = 0;
  while (b && got < *len) {
    ssize_t n = read(fd, b + got, *len - got);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    got += (size_t)n;
  }
  close(fd);
  if (!b || got < *len) {
    jfi_free(b);
    return cli_fail("%s: %s", path, b ? "became shorter while it was read" : "no memory to read it");
  }
  b[*len] = 0;
  *bytes = b;
  return 0;
}

int cli_map(const char *path, const uint8_t **bytes, size_t *len) {
  int fd;
  CLI_DO(open_regular(path, len, &fd));
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
