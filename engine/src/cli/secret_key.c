/* cli/secret_key.c: see secret_key.h. */
#include "cli/secret_key.h"

#include "base/mem.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/say.h"

enum { SECRET_CAP = 1 << 20 };

int cli_save_sk(const char *dir, const jfhe_sk *sk) {
  size_t len = jfhe_sk_write_size(sk);
  uint8_t *bytes = jfi_alloc(len);
  if (!bytes) return cli_fail("no memory to write the secret key");
  jfhe_status st = jfhe_sk_write(bytes, len, sk);
  int rc = st == JFHE_OK ? cli_write(dir, CLI_SECRET_FILE, bytes, len, 1) : cli_status(st, CLI_SECRET_FILE);
  jfi_free_secret(bytes, len);
  return rc;
}

int cli_load_sk(jfhe_sk **sk, const jfhe_ctx *ctx, const char *keys_dir) {
  char path[CLI_PATH_MAX];
  uint8_t *bytes;
  size_t len;
  *sk = NULL;
  CLI_DO(cli_join(path, keys_dir, CLI_SECRET_FILE));
  CLI_DO(cli_read_private(path, SECRET_CAP, &bytes, &len));
  jfhe_status st = jfhe_sk_read(ctx, sk, bytes, len);
  jfi_free_secret(bytes, len);
  CLI_TRY(st, path);
  return 0;
}
