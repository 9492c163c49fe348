/* cli/keys.c: see keys.h. */
#include "cli/keys.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "cli/files.h"
#include "cli/say.h"
#include "cli/stop.h"

enum {
  PARAMS_CAP = 1 << 16,
  KEYS_MAX = 4096,
  BESIDE = 8
}; /* relin, the pair, and those that a ring above has besides */
static const size_t CT_CAP = (size_t)1 << 30, EVK_CAP = (size_t)4 << 30;

int cli_load_ctx(jfhe_ctx **ctx, const char *keys_dir, uint32_t threads) {
  char path[CLI_PATH_MAX];
  uint8_t *bytes;
  size_t len;
  CLI_DO(cli_join(path, keys_dir, CLI_PARAMS_FILE));
  CLI_DO(cli_read(path, PARAMS_CAP, &bytes, &len));
  jfhe_status st = jfhe_ctx_new_from_container(ctx, bytes, len, 17);
  jfi_free(bytes);
  CLI_TRY(st, path);
  CLI_TRY(jfhe_ctx_set_threads(*ctx, threads ? threads : 1), "threads");
  return 0;
}

/* Raw keys stay in their file, mapped; of others nothing is mapped, since somebody could cut the file short meanwhile. */
static int open_evk(cli_evks *e, const jfhe_ctx *ctx, const char *path, jfhe_evk **key) {
  uint8_t head[JFHE_HEADER_BYTES_MAX], *bytes;
  size_t got, len;
  jfhe_info info;
  CLI_DO(cli_read_head(path, head, sizeof head, &got, &len));
  CLI_TRY(jfhe_inspect(head, got, &info), path);
  if (info.encoding == JFHE_ENCODING_RAW || info.encoding == JFHE_ENCODING_RAW_SEEDED) {
    cli_map_ref *m = &e->map[e->n_maps];
    CLI_DO(cli_map(path, &m->bytes, &m->len));
    e->n_maps++;
    CLI_TRY(jfhe_evk_map(ctx, key, m->bytes, m->len), path);
    return 0;
  }
  CLI_DO(cli_read(path, EVK_CAP, &bytes, &len));
  jfhe_status st = jfhe_evk_read(ctx, key, bytes, len);
  jfi_free(bytes);
  CLI_TRY(st, path);
  return 0;
}

int cli_load_evk(cli_evks *e, const jfhe_ctx *ctx, const char *dir, const char *name, jfhe_evk **key) {
  char path[CLI_PATH_MAX];
  CLI_DO(cli_stop_check());
  CLI_DO(cli_join(path, dir, name));
  return open_evk(e, ctx, path, key);
}

static int load_evk(cli_evks *e, const jfhe_ctx *ctx, const char *dir, const char *name) {
  char path[CLI_PATH_MAX];
  jfhe_evk *key = NULL;
  CLI_DO(cli_load_evk(e, ctx, dir, name, &key));
  CLI_DO(cli_join(path, dir, name));
  jfhe_status st = jfhe_keyring_add(e->ring, key);
  if (st != JFHE_OK) jfhe_evk_free(key);
  CLI_TRY(st, path);
  return 0;
}

static int load_pair(cli_evks *e, const jfhe_ctx *ctx, const char *dir) {
  char sparse[CLI_PATH_MAX], dense[CLI_PATH_MAX];
  CLI_DO(cli_join(sparse, dir, CLI_SPARSE_FILE));
  CLI_DO(cli_join(dense, dir, CLI_DENSE_FILE));
  if (access(sparse, F_OK) != 0 || access(dense, F_OK) != 0) return 0;
  CLI_DO(load_evk(e, ctx, dir, CLI_SPARSE_FILE));
  e->pair = 1;
  return load_evk(e, ctx, dir, CLI_DENSE_FILE);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int cli_load_evks(cli_evks *e, const jfhe_ctx *ctx, const char *dir) {
  *e = (cli_evks){0};
  CLI_TRY(jfhe_keyring_new(&e->ring, ctx), "keys");
  e->map = jfi_alloc_zero((KEYS_MAX + BESIDE) * sizeof *e->map);
  if (!e->map) return cli_fail("%s: no memory for its keys", dir);
  CLI_DO(load_evk(e, ctx, dir, CLI_RELIN_FILE));
  DIR *d = opendir(dir);
  if (!d) return cli_fail("%s: cannot be opened: %s", dir, strerror(errno));
  char *names[KEYS_MAX];
  size_t count = 0;
  for (struct dirent *f; (f = readdir(d)) && count < KEYS_MAX - 1;) {
    size_t len = strlen(f->d_name);
    if (len > 11 && strncmp(f->d_name, "galois-", 7) == 0 && strcmp(f->d_name + len - 4, ".key") == 0 &&
        (names[count] = strdup(f->d_name)))
      count++;
  }
  closedir(d);
  qsort(names, count, sizeof *names, by_name);
  int rc = 0;
  for (size_t i = 0; i < count; i++) {
    if (rc == 0) rc = load_evk(e, ctx, dir, names[i]);
    free(names[i]);
  }
  return rc == 0 ? load_pair(e, ctx, dir) : rc;
}

void cli_free_evks(cli_evks *e) {
  jfhe_keyring_free(e->ring);
  for (size_t i = 0; i < e->n_maps; i++) cli_unmap(e->map[i].bytes, e->map[i].len);
  jfi_free(e->map);
  *e = (cli_evks){0};
}

void cli_hex(char *out, const uint8_t *bytes, size_t len) {
  static const char digit[] = "0123456789abcdef";
  for (size_t i = 0; i < len; i++) {
    out[2 * i] = digit[bytes[i] >> 4];
    out[2 * i + 1] = digit[bytes[i] & 15];
  }
  out[2 * len] = 0;
}

static void digest_of(char *hex, const uint8_t *bytes, size_t len) {
  jfi_sha256 h;
  uint8_t d[32];
  jfi_sha256_init(&h);
  jfi_sha256_update(&h, bytes, len);
  jfi_sha256_final(&h, d);
  cli_hex(hex, d, sizeof d);
}

int cli_load_ct(const jfhe_ctx *ctx, jfhe_ct **ct, const char *dir, const char *name, const char *digest) {
  char path[CLI_PATH_MAX], hex[65];
  uint8_t *bytes;
  size_t len;
  *ct = NULL;
  CLI_DO(cli_join(path, dir, name));
  CLI_DO(cli_read(path, CT_CAP, &bytes, &len));
  if (digest) digest_of(hex, bytes, len);
  int other = digest && strcmp(hex, digest) != 0;
  jfhe_status st = other ? JFHE_OK : jfhe_ct_read(ctx, ct, bytes, len);
  jfi_free(bytes);
  if (other) return cli_fail("%s: is not the file that the manifest names (SHA-256 differs)", path);
  CLI_TRY(st, path);
  return 0;
}

int cli_save_ct(const char *dir, const char *name, const jfhe_ct *ct, uint32_t encoding, char *digest, size_t *len) {
  *len = jfhe_ct_write_size(ct, encoding);
  uint8_t *bytes = *len ? jfi_alloc(*len) : NULL;
  if (!bytes) return cli_fail("%s: no memory to write it", name);
  jfhe_status st = jfhe_ct_write(bytes, *len, ct, encoding);
  int rc = st == JFHE_OK ? cli_write(dir, name, bytes, *len, 0) : cli_status(st, name);
  if (rc == 0) digest_of(digest, bytes, *len);
  jfi_free(bytes);
  return rc;
}
