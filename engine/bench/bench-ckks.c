/* bench-ckks.c: CKKS by the clock, at the top level of each parameter set, full complex packing.
 *
 *   stats-lite, stats, ml, deep   the presets
 *   n15, n16                      the chains that bench/cases.json gives the peers (n14 is `stats`) */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "bench.h"
#include "jfhe/secret.h"
#include "rlwe/ctx.h"

enum { HOISTED = 8 };

typedef struct bench {
  const jfi_bench_options *o;
  jfhe_ctx *ctx;
  jfhe_sk *sk;
  jfhe_pk *pk;
  jfhe_keyring *keys;
  jfhe_pt *pt, *low_pt, *fresh_pt;
  jfhe_ct *a, *b, *low, *out, *lazy, *many[HOISTED];
  int32_t k[HOISTED];
  double *re, *im;
  size_t slots, scratch_len;
  uint32_t top;
  void *scratch;
  char params[256];
} bench;

#define SCRATCH s->scratch, s->scratch_len

static int encode(void *arg) {
  bench *s = arg;
  return jfhe_ckks_encode(s->ctx, s->pt, s->re, s->im, s->slots, JFHE_PACK_COMPLEX, s->ctx->ring->log_n - 1, s->top, 0,
                          0.25, SCRATCH);
}
static int encode_real(void *arg) {
  bench *s = arg;
  return jfhe_ckks_encode(s->ctx, s->pt, s->re, NULL, s->slots, JFHE_PACK_REAL, s->ctx->ring->log_n - 1, s->top, 0,
                          0.25, SCRATCH);
}
static int encrypt_seeded(void *arg) {
  bench *s = arg;
  return jfhe_encrypt(s->ctx, s->out, s->pt, s->sk, SCRATCH);
}
static int encode_encrypt_seeded(void *arg) {
  bench *s = arg;
  int bad = jfhe_ckks_encode_fresh(s->ctx, s->fresh_pt, s->re, s->im, s->slots, JFHE_PACK_COMPLEX,
                                   s->ctx->ring->log_n - 1, s->top, 0, 0.25, SCRATCH);
  return bad ? bad : (int)jfhe_encrypt(s->ctx, s->out, s->fresh_pt, s->sk, SCRATCH);
}
static int encrypt_public(void *arg) {
  bench *s = arg;
  return jfhe_encrypt_public(s->ctx, s->out, s->pt, s->pk, SCRATCH);
}
static int decrypt_decode(void *arg) {
  bench *s = arg;
  int bad = jfhe_decrypt(s->ctx, s->low_pt, s->low, s->sk, SCRATCH);
  return bad ? bad : (int)jfhe_ckks_decode(s->ctx, s->re, s->im, s->slots, s->low_pt, SCRATCH);
}
static int add(void *arg) {
  bench *s = arg;
  return jfhe_ckks_add(s->ctx, s->out, s->a, s->b);
}
static int mul(void *arg) {
  bench *s = arg;
  return jfhe_ckks_mul(s->ctx, s->out, s->a, s->b, s->keys, SCRATCH);
}
static int square(void *arg) {
  bench *s = arg;
  return jfhe_ckks_square(s->ctx, s->out, s->a, s->keys, SCRATCH);
}
static int mul_lazy(void *arg) {
  bench *s = arg;
  return jfhe_ckks_mul_lazy(s->ctx, s->lazy, s->a, s->b);
}
static int mul_pt(void *arg) {
  bench *s = arg;
  return jfhe_ckks_mul_pt(s->ctx, s->out, s->a, s->pt);
}
static int mul_const(void *arg) {
  bench *s = arg;
  return jfhe_ckks_mul_const(s->ctx, s->out, s->a, 0.7, SCRATCH);
}
static int rescale(void *arg) {
  bench *s = arg;
  return jfhe_ckks_rescale(s->ctx, s->out, s->a, SCRATCH);
}
static int rotate(void *arg) {
  bench *s = arg;
  return jfhe_ckks_rotate(s->ctx, s->out, s->a, 1, s->keys, SCRATCH);
}
static int rotate_hoisted(void *arg) {
  bench *s = arg;
  return jfhe_ckks_rotate_many(s->ctx, s->many, s->a, s->k, HOISTED, s->keys, SCRATCH);
}

static const jfi_bench_case cases[] = {{"encode", encode},
                                       {"encode_real", encode_real},
                                       {"encode_encrypt_seeded", encode_encrypt_seeded},
                                       {"encrypt_seeded", encrypt_seeded},
                                       {"encrypt_public", encrypt_public},
                                       {"decrypt_decode", decrypt_decode},
                                       {"ckks_add", add},
                                       {"ckks_mul", mul},
                                       {"ckks_square", square},
                                       {"ckks_mul_lazy", mul_lazy},
                                       {"ckks_mul_pt", mul_pt},
                                       {"ckks_mul_const", mul_const},
                                       {"ckks_rescale", rescale},
                                       {"ckks_rotate", rotate},
                                       {"ckks_rotate_hoisted8", rotate_hoisted}};

enum { CASES = sizeof cases / sizeof *cases };

/* ---- parameter sets ---- */
static const struct {
  const char *name;
  uint32_t log_n, steps, step_bits, specials; /* 0: a preset */
} sets[] = {{"stats-lite", 0, 0, 0, 0}, {"stats", 0, 0, 0, 0},  {"ml", 0, 0, 0, 0},
            {"deep", 0, 0, 0, 0},       {"n15", 15, 12, 47, 5}, {"n16", 16, 24, 48, 9}};

static jfhe_status open_ctx(jfhe_ctx **ctx, size_t i) {
  if (!sets[i].log_n) return jfhe_ctx_new_preset(ctx, sets[i].name);
  jfi_params p = {.log_n = sets[i].log_n, .security = 128, .first_bits = 48, .n_steps = sets[i].steps};
  p.n_special = sets[i].specials;
  p.special_bits = 48;
  memset(p.step_bits, (int)sets[i].step_bits, sets[i].steps);
  memcpy(p.name, sets[i].name, strlen(sets[i].name));
  return jfi_ctx_new(ctx, &p);
}

static size_t most_scratch(const jfhe_ctx *ctx, uint32_t top) {
  size_t need[] = {jfhe_ckks_encode_scratch(ctx),      jfhe_ckks_decode_scratch(ctx),
                   jfhe_encrypt_scratch(ctx),          jfhe_decrypt_scratch(ctx),
                   jfhe_ckks_mul_scratch(ctx, top),    jfhe_ckks_rescale_scratch(ctx, top),
                   jfhe_ckks_rotate_scratch(ctx, top), jfhe_ckks_rotate_many_scratch(ctx, top)};
  size_t most = 0;
  for (size_t i = 0; i < sizeof need / sizeof *need; i++) most = need[i] > most ? need[i] : most;
  return most;
}

static jfhe_status open_vectors(bench *s) {
  s->slots = s->ctx->ring->n / 2;
  s->re = jfi_alloc(s->slots * sizeof(double));
  s->im = jfi_alloc(s->slots * sizeof(double));
  s->scratch_len = most_scratch(s->ctx, s->top);
  s->scratch = jfi_alloc(s->scratch_len);
  if (!s->re || !s->im || !s->scratch) return JFHE_ERR_MEMORY;
  for (size_t i = 0; i < s->slots; i++) {
    s->re[i] = (double)(i * 7919 % 1009) / 8192;
    s->im[i] = (double)(i * 104729 % 1013) / 8192;
  }
  return JFHE_OK;
}

static jfhe_status open_keys(bench *s) {
  jfhe_evk *key;
  JFI_BENCH_TRY(jfhe_sk_new(&s->sk, s->ctx));
  JFI_BENCH_TRY(jfhe_keygen_public(&s->pk, s->ctx, s->sk));
  JFI_BENCH_TRY(jfhe_keyring_new(&s->keys, s->ctx));
  JFI_BENCH_TRY(jfhe_keygen_relin(&key, s->ctx, s->sk, s->top));
  JFI_BENCH_TRY(jfhe_keyring_add(s->keys, key));
  int hoisted = jfi_bench_wants(s->o, "ckks_rotate_hoisted8");
  for (int i = 0; i < HOISTED; i++) {
    s->k[i] = i + 1;
    if (i > 0 && !hoisted) continue; /* large: made only when they are used */
    JFI_BENCH_TRY(jfhe_keygen_galois(&key, s->ctx, s->sk, jfhe_galois_rotate(s->ctx, i + 1), s->top));
    JFI_BENCH_TRY(jfhe_keyring_add(s->keys, key));
    JFI_BENCH_TRY(jfhe_ct_new(&s->many[i], s->ctx, 1, s->top));
  }
  return JFHE_OK;
}

static jfhe_status open_bench(bench *s, size_t set) {
  JFI_BENCH_TRY(open_ctx(&s->ctx, set));
  s->top = jfhe_ctx_levels(s->ctx);
  if (s->o->threads > 1) JFI_BENCH_TRY(jfhe_ctx_set_threads(s->ctx, s->o->threads));
  JFI_BENCH_TRY(open_vectors(s));
  JFI_BENCH_TRY(open_keys(s));
  JFI_BENCH_TRY(jfhe_pt_new(&s->pt, s->ctx, s->top));
  JFI_BENCH_TRY(jfhe_pt_new(&s->fresh_pt, s->ctx, s->top));
  JFI_BENCH_TRY(jfhe_pt_new(&s->low_pt, s->ctx, 0));
  JFI_BENCH_TRY(jfhe_ct_new(&s->a, s->ctx, 1, s->top));
  JFI_BENCH_TRY(jfhe_ct_new(&s->b, s->ctx, 1, s->top));
  JFI_BENCH_TRY(jfhe_ct_new(&s->low, s->ctx, 1, 0));
  JFI_BENCH_TRY(jfhe_ct_new(&s->out, s->ctx, 1, s->top));
  JFI_BENCH_TRY(jfhe_ct_new(&s->lazy, s->ctx, 2, s->top));
  JFI_BENCH_TRY(jfhe_ckks_encode(s->ctx, s->low_pt, s->re, s->im, s->slots, JFHE_PACK_COMPLEX, s->ctx->ring->log_n - 1,
                                 0, 0, 0.25, SCRATCH));
  JFI_BENCH_TRY(jfhe_encrypt(s->ctx, s->low, s->low_pt, s->sk, SCRATCH));
  JFI_BENCH_TRY((jfhe_status)encode(s));
  JFI_BENCH_TRY(jfhe_encrypt(s->ctx, s->a, s->pt, s->sk, SCRATCH));
  JFI_BENCH_TRY(jfhe_encrypt(s->ctx, s->b, s->pt, s->sk, SCRATCH));
  snprintf(
      s->params, sizeof s->params,
      "\"set\": \"%s\", \"logN\": %u, \"logQP\": %.0f, \"primes\": %u, \"dnum\": %u, \"threads\": %u, \"isa\": \"%s\"",
      sets[set].name, jfhe_ctx_log_n(s->ctx), jfhe_ctx_log_qp(s->ctx), jfhe_ctx_limbs(s->ctx, s->top),
      jfhe_ctx_dnum(s->ctx), jfhe_ctx_threads(s->ctx), jfhe_ctx_backend(s->ctx));
  return JFHE_OK;
}

static void close_bench(bench *s) {
  for (int i = 0; i < HOISTED; i++) jfhe_ct_free(s->many[i]);
  jfhe_ct_free(s->a);
  jfhe_ct_free(s->b);
  jfhe_ct_free(s->low);
  jfhe_ct_free(s->out);
  jfhe_ct_free(s->lazy);
  jfhe_pt_free(s->pt);
  jfhe_pt_free(s->fresh_pt);
  jfhe_pt_free(s->low_pt);
  jfhe_keyring_free(s->keys);
  jfhe_pk_free(s->pk);
  jfhe_sk_free(s->sk);
  jfi_free(s->re);
  jfi_free(s->im);
  jfi_free(s->scratch);
  jfhe_ctx_free(s->ctx);
}

/* Bytes of one rotation key on the wire: half of it (the other is a seed), 48 bits a word. */
static void key_bytes(const bench *s) {
  if (!jfi_bench_wants(s->o, "key_rotation_bytes")) return;
  const jfhe_evk *key = jfhe_keyring_galois(s->keys, jfhe_galois_rotate(s->ctx, 1));
  jfi_bench_result none = {0};
  jfi_bench_print(s->o, "key_rotation_bytes", s->params, &none, jfhe_evk_bytes(key) / 8 * 6);
}

static int run_set(const jfi_bench_options *o, size_t set) {
  bench s = {.o = o};
  jfhe_status st = open_bench(&s, set);
  if (st == JFHE_OK) st = (jfhe_status)jfi_bench_cases(o, cases, CASES, &s, s.params, 500);
  if (st == JFHE_OK) key_bytes(&s);
  if (st != JFHE_OK) fprintf(stderr, "bench %s: %s: %s\n", sets[set].name, jfhe_status_text(st), jfhe_last_error());
  close_bench(&s);
  return st != JFHE_OK;
}

int jfi_bench_ckks(const jfi_bench_options *o) {
  int bad = 0, any = jfi_bench_wants(o, "key_rotation_bytes") || jfi_bench_wants_any(o, cases, CASES);
  for (size_t i = 0; any && i < sizeof sets / sizeof *sets; i++)
    if (jfi_bench_listed(o->cases, sets[i].name)) bad |= run_set(o, i);
  return bad;
}
