/* cli/cmd_keygen.c: jfhe keygen. */
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cmd.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/secret_key.h"
#include "jfhe/bootstrap.h"

const char cli_help_keygen[] =
    "jfhe keygen --preset NAME --out DIR    make a secret key and the keys for computing\n"
    "\n"
    "  --preset NAME      stats-lite, stats (the default choice), ml, deep, deep-lean, deep-small, exact,\n"
    "                     exact-deep\n"
    "  --depth D          instead of a preset: D multiplications in a row\n"
    "  --scale-bits B     with --depth: precision, 30 to 58 (default 46)\n"
    "  --log-n K          with --depth: ring degree 2^K (default: the smallest that is secure)\n"
    "  --security S       with --depth: 128 (default), 192 or 256 bits\n"
    "  --out DIR          a folder that does not exist yet\n"
    "  --rotations WHICH  'powers' (default): rotations by powers of two and the conjugation, what stats needs; "
    "'none';\n"
    "                     'bootstrap': the few keys that bootstrapping of all slots needs (deep, -lean, -small)\n"
    "  --threads T        (default 1)\n"
    "  --json             print what was made as JSON\n"
    "\n"
    "DIR/secret.key (mode 0600) decrypts; keep it. All other files may go to the machine that computes.\n";

typedef struct made {
  size_t files, bytes;
} made;

static int save_evk(const char *dir, const char *name, jfhe_evk *key, made *m) {
  size_t len = jfhe_evk_write_size(key, JFHE_ENCODING_SEEDED);
  uint8_t *bytes = len ? jfi_alloc(len) : NULL;
  if (!bytes) return cli_fail("%s: no memory to write it", name);
  jfhe_status st = jfhe_evk_write(bytes, len, key, JFHE_ENCODING_SEEDED);
  int rc = st == JFHE_OK ? cli_write(dir, name, bytes, len, 0) : cli_status(st, name);
  jfi_free(bytes);
  m->files++;
  m->bytes += len;
  return rc;
}

static int save_params(const char *dir, const jfhe_ctx *ctx) {
  size_t len = jfhe_ctx_write_size(ctx);
  uint8_t *bytes = jfi_alloc(len);
  if (!bytes) return cli_fail("no memory to write parameters");
  jfhe_status st = jfhe_ctx_write(bytes, len, ctx);
  int rc = st == JFHE_OK ? cli_write(dir, CLI_PARAMS_FILE, bytes, len, 0) : cli_status(st, CLI_PARAMS_FILE);
  jfi_free(bytes);
  return rc;
}

static int save_public(const char *dir, const jfhe_ctx *ctx, const jfhe_sk *sk, made *m) {
  jfhe_pk *pk;
  CLI_TRY(jfhe_keygen_public(&pk, ctx, sk), "public key");
  size_t len = jfhe_pk_write_size(pk, JFHE_ENCODING_SEEDED);
  uint8_t *bytes = len ? jfi_alloc(len) : NULL;
  jfhe_status st = bytes ? jfhe_pk_write(bytes, len, pk, JFHE_ENCODING_SEEDED) : JFHE_ERR_MEMORY;
  int rc = st == JFHE_OK ? cli_write(dir, CLI_PUBLIC_FILE, bytes, len, 0) : cli_status(st, CLI_PUBLIC_FILE);
  jfi_free(bytes);
  jfhe_pk_free(pk);
  m->files++;
  m->bytes += len;
  return rc;
}

/* ---- which evaluation keys ---- */
enum { ROTATIONS_MAX = 64 };

typedef struct wants {
  int32_t k[ROTATIONS_MAX];
  uint32_t level[ROTATIONS_MAX];
  size_t count;
  uint32_t others; /* level of relinearisation and conjugation */
  int conjugation, pair;
} wants;

static int list_keys(wants *w, const jfhe_ctx *ctx, const char *rotations) {
  uint32_t top = jfhe_ctx_levels(ctx), log_slots = jfhe_ctx_log_n(ctx) - 1;
  *w = (wants){.others = top};
  if (!rotations || strcmp(rotations, "powers") == 0) {
    w->conjugation = 1;
    for (; w->count < log_slots; w->count++) {
      w->k[w->count] = (int32_t)1 << w->count;
      w->level[w->count] = top;
    }
  } else if (strcmp(rotations, "bootstrap") == 0) {
    w->conjugation = w->pair = 1;
    CLI_TRY(jfhe_bootstrap_wants(ctx, w->k, w->level, ROTATIONS_MAX, &w->count, &w->others, log_slots,
                                 JFHE_BOOTSTRAP_FEW_KEYS),
            "keygen: --rotations bootstrap");
  } else if (strcmp(rotations, "none") != 0) {
    return cli_fail("keygen: --rotations is 'powers', 'none' or 'bootstrap', not '%s'", rotations);
  }
  return 0;
}

static int save_galois(const char *dir, const jfhe_ctx *ctx, const jfhe_sk *sk, uint32_t g, uint32_t level, made *m) {
  jfhe_evk *key;
  char name[32];
  CLI_TRY(jfhe_keygen_galois(&key, ctx, sk, g, level), "Galois key");
  snprintf(name, sizeof name, "galois-%u.key", g);
  int rc = save_evk(dir, name, key, m);
  jfhe_evk_free(key);
  return rc;
}

static int save_pair(const char *dir, const jfhe_ctx *ctx, const jfhe_sk *sk, made *m) {
  jfhe_evk *down, *up;
  CLI_TRY(jfhe_keygen_bootstrap(&down, &up, ctx, sk), "keys of the sparse secret");
  int rc = save_evk(dir, CLI_SPARSE_FILE, down, m);
  if (rc == 0) rc = save_evk(dir, CLI_DENSE_FILE, up, m);
  jfhe_evk_free(down);
  jfhe_evk_free(up);
  return rc;
}

static int make_all(const char *dir, const jfhe_ctx *ctx, const jfhe_sk *sk, const wants *w, made *m) {
  cli_progress p;
  jfhe_evk *key;
  cli_progress_start(&p, "making keys", (uint32_t)w->count + 4);
  CLI_DO(save_params(dir, ctx));
  CLI_DO(cli_save_sk(dir, sk));
  CLI_DO(save_public(dir, ctx, sk, m));
  CLI_TRY(jfhe_keygen_relin(&key, ctx, sk, w->others), "relinearisation key");
  int rc = save_evk(dir, CLI_RELIN_FILE, key, m);
  jfhe_evk_free(key);
  for (size_t i = 0; rc == 0 && i < w->count; i++) {
    cli_progress_at(&p, (uint32_t)i + 2);
    rc = save_galois(dir, ctx, sk, jfhe_galois_rotate(ctx, w->k[i]), w->level[i], m);
  }
  cli_progress_at(&p, (uint32_t)w->count + 2);
  if (rc == 0 && w->conjugation) rc = save_galois(dir, ctx, sk, jfhe_galois_conjugate(ctx), w->others, m);
  if (rc == 0 && w->pair) rc = save_pair(dir, ctx, sk, m);
  cli_progress_end(&p);
  return rc;
}

static void report(const jfhe_ctx *ctx, const jfhe_sk *sk, const char *dir, const made *m, double seconds, int json) {
  uint8_t id[JFHE_ID_BYTES];
  char hex[2 * JFHE_ID_BYTES + 1], size[16], time[16];
  jfhe_sk_id(sk, id);
  cli_hex(hex, id, sizeof id);
  if (json) {
    printf("{\"key_id\":\"%s\",\"preset\":\"%s\",\"log_n\":%u,\"log_qp\":%.2f,\"security\":%u,\"levels\":%u,\"slots\":%"
           "u,\"files\":%zu,\"bytes\":%zu,\"seconds\":%.3f}\n",
           hex, jfhe_ctx_name(ctx), jfhe_ctx_log_n(ctx), jfhe_ctx_log_qp(ctx), jfhe_ctx_security(ctx),
           jfhe_ctx_levels(ctx), jfhe_ctx_slots(ctx), m->files, m->bytes, seconds);
    return;
  }
  printf("Key %s\n", hex);
  printf("  parameters   %s: degree 2^%u, %u levels, %.0f bits of modulus, %u-bit security\n", jfhe_ctx_name(ctx),
         jfhe_ctx_log_n(ctx), jfhe_ctx_levels(ctx), jfhe_ctx_log_qp(ctx), jfhe_ctx_security(ctx));
  printf("  secret       %s/%s, readable by you alone; keep it on this machine\n", dir, CLI_SECRET_FILE);
  printf("  for servers  %zu keys, %s\n", m->files, cli_bytes(size, (double)m->bytes));
  printf("  made in      %s\n", cli_seconds(time, seconds));
}

static int build_ctx(jfhe_ctx **ctx, const char *preset, const uint32_t *depth, uint32_t scale_bits, uint32_t log_n,
                     uint32_t security) {
  if (preset && *depth != UINT32_MAX) return cli_fail("keygen: --preset and --depth exclude each other");
  if (!preset && *depth == UINT32_MAX) return cli_fail("keygen: --preset is missing; see jfhe help keygen");
  if (preset)
    CLI_TRY(jfhe_ctx_new_preset(ctx, preset), "keygen: --preset");
  else
    CLI_TRY(jfhe_ctx_new_custom(ctx, log_n, *depth, scale_bits, 0, 0, security), "keygen: --depth");
  return 0;
}

int cli_keygen(int argc, char **argv) {
  const char *preset = NULL, *out = NULL, *rotations = NULL;
  uint32_t depth = UINT32_MAX, scale_bits = 46, log_n = 0, security = 128, threads = 1;
  int json = 0;
  const cli_option table[] = {{.name = "--preset", .text = &preset},
                              {.name = "--out", .text = &out},
                              {.name = "--rotations", .text = &rotations},
                              {.name = "--depth", .count = &depth, .most = 60},
                              {.name = "--scale-bits", .count = &scale_bits, .most = 58},
                              {.name = "--log-n", .count = &log_n, .most = 17},
                              {.name = "--security", .count = &security, .most = 256},
                              {.name = "--threads", .count = &threads, .most = 256},
                              {.name = "--json", .flag = &json}};
  CLI_DO(cli_options("keygen", argc, argv, table, sizeof table / sizeof *table, NULL, NULL));
  CLI_DO(cli_require("keygen", "--out", out));
  double start = cli_now();
  jfhe_ctx *ctx = NULL;
  jfhe_sk *sk = NULL;
  cli_stage stage;
  wants w;
  CLI_DO(build_ctx(&ctx, preset, &depth, scale_bits, log_n, security));
  CLI_TRY(jfhe_ctx_set_threads(ctx, threads ? threads : 1), "keygen: --threads");
  CLI_DO(list_keys(&w, ctx, rotations));
  CLI_TRY(jfhe_sk_new(&sk, ctx), "secret key");
  made m = {0, 0};
  int rc = cli_stage_open(&stage, out);
  if (rc == 0) rc = make_all(stage.path, ctx, sk, &w, &m);
  if (rc == 0) rc = cli_stage_commit(&stage);
  if (rc == 0) report(ctx, sk, out, &m, cli_now() - start, json);
  cli_stage_drop(&stage);
  jfhe_sk_free(sk);
  jfhe_ctx_free(ctx);
  return rc;
}
