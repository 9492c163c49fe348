/* replay.c: run a fuzz target over kept inputs, with any compiler: replay PATH..., files or folders.
 * Each input lies in a heap block of exactly its length, so that address sanitizers and valgrind see
 * a read of one byte too many. Ends with the count that every test program prints. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static unsigned g_passed, g_failed;

static void replay_file(const char *path) {
  FILE *f = fopen(path, "rb");
  long len = -1;
  if (f && fseek(f, 0, SEEK_END) == 0) len = ftell(f);
  uint8_t *data = len >= 0 ? malloc((size_t)len ? (size_t)len : 1) : NULL;
  int ok = data && fseek(f, 0, SEEK_SET) == 0 && fread(data, 1, (size_t)len, f) == (size_t)len;
  if (f) fclose(f);
  if (ok) {
    /* Room for zero bytes is none: hand over the end of the block. */
    LLVMFuzzerTestOneInput(len ? data : data + 1, (size_t)len);
    g_passed++;
  } else {
    printf("FAIL cannot read %s\n", path);
    g_failed++;
  }
  free(data);
}

static void replay(const char *path) {
  char name[4096];
  struct stat st;
  DIR *dir = stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? opendir(path) : NULL;
  if (!dir) {
    replay_file(path);
    return;
  }
  for (struct dirent *e; (e = readdir(dir)) != NULL;) {
    if (e->d_name[0] == '.') continue;
    int n = snprintf(name, sizeof name, "%s/%s", path, e->d_name);
    if (n > 0 && (size_t)n < sizeof name) replay(name);
  }
  closedir(dir);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) replay(argv[i]);
  printf("%u passed, %u failed\n", g_passed, g_failed);
  return g_failed || !g_passed;
}
