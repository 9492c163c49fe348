/* cli/keys.h: the folder of keys: params.jfhe, secret.key, public.key, relin.key, galois-G.key. This header knows nothing of the secret
 * key; cli/secret_key.h does. */
#ifndef JFI_CLI_KEYS_H
#define JFI_CLI_KEYS_H
#include "jfhe/jfhe.h"

#define CLI_PARAMS_FILE "params.jfhe"
#define CLI_SECRET_FILE "secret.key"
#define CLI_PUBLIC_FILE "public.key"
#define CLI_RELIN_FILE  "relin.key"
#define CLI_SPARSE_FILE "sparse.key"
#define CLI_DENSE_FILE  "dense.key"

typedef struct cli_map_ref {
  const uint8_t *bytes;
  size_t len;
} cli_map_ref;

/* Evaluation keys, mapped from their files. */
typedef struct cli_evks {
  jfhe_keyring *ring;
  cli_map_ref *map;
  size_t n_maps;
  int pair; /* the two keys of bootstrapping's sparse secret are there */
} cli_evks;

int cli_load_ctx(jfhe_ctx **ctx, const char *keys_dir, uint32_t threads);
/* relin.key and every galois-*.key of the folder, sparse.key and dense.key where both are there. */
int cli_load_evks(cli_evks *e, const jfhe_ctx *ctx, const char *keys_dir);
void cli_free_evks(cli_evks *e);
/* A key that belongs in no ring of keys; its file stays mapped with those of e. */
int cli_load_evk(cli_evks *e, const jfhe_ctx *ctx, const char *dir, const char *name, jfhe_evk **key);
/* One ciphertext container; `digest` (64 hex digits and 0, or null) must be the file's SHA-256. */
int cli_load_ct(const jfhe_ctx *ctx, jfhe_ct **ct, const char *dir, const char *name, const char *digest);
/* Writes a ciphertext into dir; its SHA-256 into digest (65 bytes) and its length into *len. */
int cli_save_ct(const char *dir, const char *name, const jfhe_ct *ct, uint32_t encoding, char *digest, size_t *len);
void cli_hex(char *out, const uint8_t *bytes, size_t len);
#endif
