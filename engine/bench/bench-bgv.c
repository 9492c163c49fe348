/* bench-bgv.c: exact integers modulo 65537 by the clock, at the top level of the presets for them, every slot full. */
#include <stdio.h>

#include "base/mem.h"
#include "bench.h"
#include "jfhe/bgv.h"
#include "jfhe/secret.h"
#include "rlwe/ctx.h"

enum { MODULUS = 65537 };

typedef struct bench {
  const jfi_bench_options *o;
  jfhe_ctx *ctx;
  jfhe_bgv *b;
  jfhe_sk *sk;
  jfhe_keyring *keys;
  jfhe_pt *fresh, *factor, *low_pt;
  jfhe_ct *a, *c, *low, *out;
  int64_t *values;
  size_t slots, scratch_len;
  uint32_t top;
  void *scratch;
  char params[256];
} bench;

#define SCRATCH s->scratch, s->scratch_len

static int encode(void *arg) {
  bench *s = arg;
  return jfhe_bgv_encode(s->b, s->fresh, s->values, s->slots, 0, JFHE_BGV_FRESH, s->top, SCRATCH);
}
static int encode_encrypt(void *arg) {
  bench *s = arg;
  int bad = encode(arg);
  return bad ? bad : (int)jfhe_encrypt(s->ctx, s->out, s->fresh, s->sk, SCRATCH);
}
static int decrypt_decode(void *arg) {
  bench *s = arg;
  int bad = jfhe_decrypt(s->ctx, s->low_pt, s->low, s->sk, SCRATCH);
  return bad ? bad : (int)jfhe_bgv_decode(s->b, s->values, s->slots, s->low_pt, SCRATCH);
}
static int add(void *arg) {
  bench *s = arg;
  return jfhe_bgv_add(s->b, s->out, s->a, s->c);
}
static int mul(void *arg) {
  bench *s = arg;
  return jfhe_bgv_mul(s->b, s->out, s->a, s->c, s->top - 1, s->keys, SCRATCH);
}
static int mul_flat(void *arg) {
  bench *s = arg;
  return jfhe_bgv_mul(s->b, s->out, s->a, s->c, s->top, s->keys, SCRATCH);
}
static int mul_pt(void *arg) {
  bench *s = arg;
  return jfhe_bgv_mul_pt(s->b, s->out, s->a, s->factor);
}
static int to_level(void *arg) {
  bench *s = arg;
  return jfhe_bgv_to_level(s->b, s->out, s->a, s->top - 1, SCRATCH);
}
static int rotate(void *arg) {
  bench *s = arg;
  return jfhe_bgv_rotate(s->b, s->out, s->a, 1, s->keys, SCRATCH);
}

static const jfi_bench_case cases[] = {{"int_encode", encode},
                                       {"int_encode_encrypt_seeded", encode_encrypt},
                                       {"int_decrypt_decode", decrypt_decode},
                                       {"int_add", add},
                                       {"int_mul", mul},
                                       {"int_mul_flat", mul_flat},
                                       {"int_mul_pt", mul_pt},
                                       {"int_to_level", to_level},
                                       {"int_rotate", rotate}};

enum { CASES = sizeof cases / sizeof *cases };

static const char *const sets[] = {"exact", "exact-deep"};

static size_t most_scratch(const bench *s) {
  size_t need[] = {jfhe_bgv_encode_scratch(s->b),          jfhe_bgv_decode_scratch(s->b),
                   jfhe_encrypt_scratch(s->ctx),           jfhe_decrypt_scratch(s->ctx),
                   jfhe_bgv_mul_scratch(s->ctx, s->top),   jfhe_bgv_to_level_scratch(s->ctx, s->top),
                   jfhe_bgv_rotate_scratch(s->ctx, s->top)};
  size_t most = 0;
  for (size_t i = 0; i < sizeof need / sizeof *need; i++) most = need[i] > most ? need[i] : most;
  return most;
}

static jfhe_status open_keys(bench *s) {
  jfhe_evk *key;
  JFI_BENCH_TRY(jfhe_sk_new(&s->sk, s->ctx));
  JFI_BENCH_TRY(jfhe_keyring_new(&s->keys, s->ctx));
  JFI_BENCH_TRY(jfhe_keygen_relin(&key, s->ctx, s->sk, s->top));
  JFI_BENCH_TRY(jfhe_keyring_add(s->keys, key));
  JFI_BENCH_TRY(jfhe_keygen_galois(&key, s->ctx, s->sk, jfhe_galois_rotate(s->ctx, 1), s->top));
  return jfhe_keyring_add(s->keys, key);
}

static jfhe_status open_values(bench *s) {
  s->slots = jfhe_bgv_slots(s->b);
  s->values = jfi_alloc(s->slots * sizeof(int64_t));
  s->scratch_len = most_scratch(s);
  s->scratch = jfi_alloc(s->scratch_len);
  if (!s->values || !s->scratch) return JFHE_ERR_MEMORY;
  for (size_t i = 0; i < s->slots; i++) s->values[i] = (int64_t)(i * 7919 % MODULUS) - MODULUS / 2;
  return JFHE_OK;
}

static jfhe_status open_bench(bench *s, const char *set) {
  JFI_BENCH_TRY(jfhe_ctx_new_preset(&s->ctx, set));
  JFI_BENCH_TRY(jfhe_bgv_new(&s->b, s->ctx, MODULUS));
  s->top = jfhe_ctx_levels(s->ctx);
  if (s->o->threads > 1) JFI_BENCH_TRY(jfhe_ctx_set_threads(s->ctx, s->o->threads));
  JFI_BENCH_TRY(open_values(s));
  JFI_BENCH_TRY(open_keys(s));
  JFI_BENCH_TRY(jfhe_pt_new(&s->fresh, s->ctx, s->top));
  JFI_BENCH_TRY(jfhe_pt_new(&s->factor, s->ctx, s->top));
  JFI_BENCH_TRY(jfhe_pt_new(&s->low_pt, s->ctx, 0));
  JFI_BENCH_TRY(jfhe_ct_new(&s->a, s->ctx, 1, s->top));
  JFI_BENCH_TRY(jfhe_ct_new(&s->c, s->ctx, 1, s->top));
  JFI_BENCH_TRY(jfhe_ct_new(&s->low, s->ctx, 1, 0));
  JFI_BENCH_TRY(jfhe_ct_new(&s->out, s->ctx, 1, s->top));
  JFI_BENCH_TRY(jfhe_bgv_encode(s->b, s->factor, s->values, s->slots, 0, JFHE_BGV_FACTOR, s->top, SCRATCH));
  JFI_BENCH_TRY((jfhe_status)encode(s));
  JFI_BENCH_TRY(jfhe_encrypt(s->ctx, s->a, s->fresh, s->sk, SCRATCH));
  JFI_BENCH_TRY(jfhe_encrypt(s->ctx, s->c, s->fresh, s->sk, SCRATCH));
  JFI_BENCH_TRY(jfhe_bgv_encode(s->b, s->low_pt, s->values, s->slots, 0, JFHE_BGV_FRESH, 0, SCRATCH));
  JFI_BENCH_TRY(jfhe_encrypt(s->ctx, s->low, s->low_pt, s->sk, SCRATCH));
  snprintf(s->params, sizeof s->params,
           "\"set\": \"%s\", \"logN\": %u, \"logQP\": %.0f, \"primes\": %u, \"dnum\": %u, \"depth\": %u, \"t\": %d, "
           "\"threads\": %u, \"isa\": \"%s\"",
           set, jfhe_ctx_log_n(s->ctx), jfhe_ctx_log_qp(s->ctx), jfhe_ctx_limbs(s->ctx, s->top), jfhe_ctx_dnum(s->ctx),
           s->top, MODULUS, jfhe_ctx_threads(s->ctx), jfhe_ctx_backend(s->ctx));
  return JFHE_OK;
}

static void close_bench(bench *s) {
  jfhe_ct_free(s->a);
  jfhe_ct_free(s->c);
  jfhe_ct_free(s->low);
  jfhe_ct_free(s->out);
  jfhe_pt_free(s->fresh);
  jfhe_pt_free(s->factor);
  jfhe_pt_free(s->low_pt);
  jfhe_keyring_free(s->keys);
  jfhe_sk_free(s->sk);
  jfi_free(s->values);
  jfi_free(s->scratch);
  jfhe_bgv_free(s->b);
  jfhe_ctx_free(s->ctx);
}

static int run_set(const jfi_bench_options *o, const char *set) {
  bench s = {.o = o};
  jfhe_status st = open_bench(&s, set);
  if (st == JFHE_OK) st = (jfhe_status)jfi_bench_cases(o, cases, CASES, &s, s.params, 500);
  if (st != JFHE_OK) fprintf(stderr, "bench %s: %s: %s\n", set, jfhe_status_text(st), jfhe_last_error());
  close_bench(&s);
  return st != JFHE_OK;
}

int jfi_bench_bgv(const jfi_bench_options *o) {
  int bad = 0, any = jfi_bench_wants_any(o, cases, CASES);
  for (size_t i = 0; any && i < sizeof sets / sizeof *sets; i++)
    if (jfi_bench_listed(o->cases, sets[i])) bad |= run_set(o, sets[i]);
  return bad;
}
