/* cli/cmd_selftest.c: jfhe selftest: every scheme on every backend that this CPU has: results within their bounds, the same bytes from all
 * backends, and containers that read back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "base/status.h"
#include "cli/cmd.h"
#include "cli/keys.h"
#include "cli/options.h"
#include "cli/say.h"
#include "rlwe/secret/sk.h"

const char cli_help_selftest[] =
    "jfhe selftest    check every scheme and backend on this machine\n"
    "\n"
    "  --json     one JSON object\n"
    "\n"
    "Encrypts, computes and decrypts with each backend that this CPU has, and compares the bytes between them.\n";

enum { SLOTS = 1 << 12, LEVEL = 2 };
static const char *const BACKENDS[] = {"ref", "avx2", "avx512ifma"};

typedef struct outcome {
  double error, bound; /* largest error over its bound, and that bound */
  uint8_t digest[32];  /* of all ciphertexts and keys */
} outcome;

typedef struct rig {
  jfhe_ctx *ctx;
  jfhe_sk *sk;
  jfhe_keyring *keys;
  jfhe_pt *pt;
  jfhe_ct *a, *b, *c;
  void *scratch;
  size_t len;
  double *x, *y;
  jfi_sha256 hash;
} rig;

static jfhe_status open_rig(rig *r) {
  static const uint8_t entropy[32] = "selftest: a key of no secrecy..";
  jfhe_evk *key;
  JFI_TRY(jfhe_ctx_new_preset(&r->ctx, "stats-lite"));
  JFI_TRY(jfi_sk_deterministic(&r->sk, r->ctx, entropy));
  JFI_TRY(jfhe_keyring_new(&r->keys, r->ctx));
  JFI_TRY(jfhe_keygen_relin(&key, r->ctx, r->sk, LEVEL));
  JFI_TRY(jfhe_keyring_add(r->keys, key));
  JFI_TRY(jfhe_keygen_galois(&key, r->ctx, r->sk, jfhe_galois_rotate(r->ctx, 1), LEVEL));
  JFI_TRY(jfhe_keyring_add(r->keys, key));
  JFI_TRY(jfhe_pt_new(&r->pt, r->ctx, LEVEL));
  JFI_TRY(jfhe_ct_new(&r->a, r->ctx, 1, LEVEL));
  JFI_TRY(jfhe_ct_new(&r->b, r->ctx, 1, LEVEL));
  JFI_TRY(jfhe_ct_new(&r->c, r->ctx, 1, LEVEL));
  r->len = jfhe_ckks_mul_scratch(r->ctx, LEVEL) + jfhe_ckks_rotate_scratch(r->ctx, LEVEL) +
           jfhe_ckks_encode_scratch(r->ctx) + jfhe_encrypt_scratch(r->ctx) + jfhe_decrypt_scratch(r->ctx) +
           jfhe_ckks_decode_scratch(r->ctx);
  r->scratch = jfi_alloc(r->len);
  r->x = jfi_alloc(SLOTS * sizeof(double));
  r->y = jfi_alloc(SLOTS * sizeof(double));
  return r->scratch && r->x && r->y ? JFHE_OK : JFHE_ERR_MEMORY;
}

static void close_rig(rig *r) {
  jfhe_ct_free(r->a);
  jfhe_ct_free(r->b);
  jfhe_ct_free(r->c);
  jfhe_pt_free(r->pt);
  jfhe_keyring_free(r->keys);
  jfhe_sk_free(r->sk);
  jfhe_ctx_free(r->ctx);
  jfi_free(r->scratch);
  jfi_free(r->x);
  jfi_free(r->y);
}

/* Writes a ciphertext, reads it back into c, and takes its bytes into the hash. */
static jfhe_status through_container(rig *r, jfhe_ct **ct, uint32_t encoding) {
  size_t len = jfhe_ct_write_size(*ct, encoding);
  uint8_t *bytes = jfi_alloc(len);
  if (!bytes || !len) return JFHE_ERR_MEMORY;
  jfhe_ct *back = NULL;
  jfhe_status st = jfhe_ct_write(bytes, len, *ct, encoding);
  if (st == JFHE_OK) st = jfhe_ct_read(r->ctx, &back, bytes, len);
  if (st == JFHE_OK) {
    jfi_sha256_update(&r->hash, bytes, len);
    jfhe_ct_free(*ct);
    *ct = back;
  }
  jfi_free(bytes);
  return st;
}

static jfhe_status compute(rig *r, outcome *o) {
  for (size_t i = 0; i < SLOTS; i++) r->x[i] = sin((double)i) * 0.9;
  JFI_TRY(jfhe_ckks_encode(r->ctx, r->pt, r->x, NULL, SLOTS, JFHE_PACK_REAL, 12, LEVEL, 0, 1, r->scratch, r->len));
  JFI_TRY(jfhe_encrypt(r->ctx, r->a, r->pt, r->sk, r->scratch, r->len));
  JFI_TRY(through_container(r, &r->a, JFHE_ENCODING_SEEDED));
  JFI_TRY(jfhe_ckks_rotate(r->ctx, r->b, r->a, 1, r->keys, r->scratch, r->len));
  JFI_TRY(jfhe_ckks_mul(r->ctx, r->c, r->a, r->b, r->keys, r->scratch, r->len)); /* x[i] x[i+1] */
  JFI_TRY(jfhe_ckks_add_const(r->ctx, r->c, r->c, 0.5, 0));
  JFI_TRY(through_container(r, &r->c, JFHE_ENCODING_PACKED));
  JFI_TRY(jfhe_decrypt(r->ctx, r->pt, r->c, r->sk, r->scratch, r->len));
  JFI_TRY(jfhe_ckks_decode(r->ctx, r->y, NULL, SLOTS, r->pt, r->scratch, r->len));
  o->bound = jfhe_pt_error(r->pt);
  for (size_t i = 0; i < SLOTS; i++) o->error = fmax(o->error, fabs(r->y[i] - (r->x[i] * r->x[(i + 1) % SLOTS] + 0.5)));
  return JFHE_OK;
}

static jfhe_status test_backend(const char *name, outcome *o, int *absent) {
  rig r = {0};
  *o = (outcome){0};
  setenv("JFHE_ISA", name, 1);
  jfi_sha256_init(&r.hash);
  *absent = jfi_kernel_named(name) == NULL;
  jfhe_status st = *absent ? JFHE_OK : open_rig(&r);
  if (st == JFHE_OK && !*absent) st = compute(&r, o);
  jfi_sha256_final(&r.hash, o->digest);
  close_rig(&r);
  return st;
}

static int judge(const char *name, const outcome *o, const outcome *first) {
  if (!(o->error <= o->bound))
    return cli_fail("selftest: ckks on %s: error %.3g is over its bound %.3g", name, o->error, o->bound);
  if (memcmp(o->digest, first->digest, sizeof o->digest) != 0)
    return cli_fail("selftest: ckks on %s gives other bytes than on ref", name);
  return 0;
}

int cli_selftest(int argc, char **argv) {
  int as_json = 0, rc = 0, shown = 0;
  const cli_option table[] = {{.name = "--json", .flag = &as_json}};
  CLI_DO(cli_options("selftest", argc, argv, table, 1, NULL, NULL));
  outcome first = {0}, o;
  if (as_json) printf("{\"tests\":[");
  for (size_t i = 0; i < sizeof BACKENDS / sizeof *BACKENDS; i++) {
    int absent;
    jfhe_status st = test_backend(BACKENDS[i], &o, &absent);
    if (absent) {
      if (!as_json) printf("ckks  %-11s  not on this CPU\n", BACKENDS[i]);
      continue;
    }
    if (i == 0) first = o;
    int bad = st != JFHE_OK ? cli_status(st, BACKENDS[i]) : judge(BACKENDS[i], &o, &first);
    char hex[65];
    cli_hex(hex, o.digest, 32);
    if (as_json)
      printf("%s{\"scheme\":\"ckks\",\"backend\":\"%s\",\"ok\":%s,\"error\":%.3g,\"bound\":%.3g,\"sha256\":\"%s\"}",
             shown++ ? "," : "", BACKENDS[i], bad ? "false" : "true", o.error, o.bound, hex);
    else
      printf("ckks  %-11s  %s  error %.1e, bound %.1e, bytes %.16s\n", BACKENDS[i], bad ? "FAILED" : "ok", o.error,
             o.bound, hex);
    if (bad) rc = bad;
  }
  if (as_json)
    printf("],\"ok\":%s}\n", rc ? "false" : "true");
  else
    puts(rc ? "selftest FAILED" : "selftest passed");
  return rc;
}
