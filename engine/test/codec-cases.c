/* codec-cases.c: see codec-cases.h. */
#include "codec-cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "codec/header.h"
#include "codec/sum.h"

jfhe_ctx *jfi_codec_ctx(uint32_t log_n) {
  jfhe_ctx *ctx = NULL;
  jfi_params p = {.name = "test", .log_n = log_n, .first_bits = 48, .n_special = 2, .special_bits = 48, .n_steps = 7};
  const uint8_t steps[7] = {40, 40, 58, 58, 58, 58, 58};
  memcpy(p.step_bits, steps, sizeof steps);
  CHECK_OK(jfi_ctx_new(&ctx, &p));
  if (!ctx) { /* nothing below can go on, and a crash would hide why */
    printf("no context for the tests of containers: %s\n", jfhe_last_error());
    exit(1);
  }
  return ctx;
}

/* A 64-bit linear congruence's upper bits: fixed whatever JFHE_TEST_SEED says, since the containers are compared with stored ones. */
static uint64_t next(uint64_t *state) {
  *state = *state * UINT64_C(0x5851f42d4c957f2d) + 1;
  return *state >> 14;
}

static void fill_words(const jfhe_ctx *ctx, uint64_t *x, size_t limbs, jfi_set primes, uint64_t state) {
  uint32_t prime[JFI_PRIMES_MAX];
  size_t count = jfi_set_list(primes, prime), n = ctx->ring->n;
  for (size_t t = 0; t < limbs; t++) {
    uint64_t q = ctx->ring->mod[prime[t % count]].q;
    for (size_t i = 0; i < n; i++) x[t * n + i] = next(&state) % q;
    x[t * n] = 0;
    x[t * n + n - 1] = q - 1; /* the ends of the range occur */
  }
}

static void fill_bytes(uint8_t *b, size_t len, uint8_t first) {
  for (size_t i = 0; i < len; i++) b[i] = (uint8_t)(first + i);
}

static void expand(const jfhe_ctx *ctx, uint64_t *x, size_t limbs, jfi_set primes, const uint8_t *seed,
                   uint32_t domain) {
  uint32_t prime[JFI_PRIMES_MAX];
  size_t count = jfi_set_list(primes, prime);
  void *scratch = jfi_alloc(jfi_uniform_scratch(ctx->ring->n));
  jfi_aes aes;
  jfi_aes_init(&aes, seed);
  for (size_t t = 0; t < limbs; t++)
    jfi_uniform(ctx->ring, x + t * ctx->ring->n, prime[t % count], &aes, domain + (uint32_t)(t / count), scratch);
  jfi_free(scratch);
}

jfhe_ct *jfi_codec_ct(const jfhe_ctx *ctx, uint32_t degree, uint32_t level, int seeded) {
  jfhe_ct *ct = NULL;
  CHECK_OK(jfhe_ct_new(&ct, ctx, degree, level)); /* the room may exceed the limbs: level sets do not nest */
  if (!ct) return NULL;
  ct->degree = degree;
  ct->level = level;
  ct->primes = ctx->chain.level[level];
  ct->n_limbs = (uint32_t)jfi_set_count(ct->primes);
  ct->form = JFHE_FORM_EVAL;
  ct->packing = JFHE_PACK_COMPLEX;
  ct->log_slots = ctx->params.log_n - 1;
  ct->scale = 0x1.8p38;
  ct->bound = (jfi_bound){100, 0x1p-20, 0x1p-25};
  fill_bytes(ct->key_id, sizeof ct->key_id, 0x10);
  for (size_t i = 0; i <= degree; i++)
    fill_words(ctx, jfi_ct_limb(ct, i, 0, ctx->ring->n), ct->n_limbs, ct->primes, 100 + i);
  if (seeded) {
    ct->seeded = 1;
    fill_bytes(ct->seed, sizeof ct->seed, 0x40);
    expand(ctx, jfi_ct_limb(ct, 1, 0, ctx->ring->n), ct->n_limbs, ct->primes, ct->seed, JFI_DOMAIN_CT);
  }
  return ct;
}

static jfi_set primes_up_to(const jfhe_ctx *ctx, uint32_t level) {
  jfi_set q = jfi_set_empty();
  for (uint32_t l = 0; l <= level; l++) q = jfi_set_or(q, ctx->chain.level[l]);
  return q;
}

jfhe_pk *jfi_codec_pk(const jfhe_ctx *ctx) {
  jfhe_pk *pk = jfi_alloc_zero(sizeof *pk);
  pk->ctx = ctx;
  pk->level = ctx->chain.top;
  pk->primes = primes_up_to(ctx, pk->level);
  pk->n_limbs = (uint32_t)jfi_set_count(pk->primes);
  fill_bytes(pk->key_id, sizeof pk->key_id, 0x10);
  fill_bytes(pk->seed, sizeof pk->seed, 0x60);
  pk->b = jfi_alloc(pk->n_limbs * ctx->ring->n * sizeof(uint64_t));
  pk->a = jfi_alloc(pk->n_limbs * ctx->ring->n * sizeof(uint64_t));
  fill_words(ctx, pk->b, pk->n_limbs, pk->primes, 200);
  expand(ctx, pk->a, pk->n_limbs, pk->primes, pk->seed, JFI_DOMAIN_PK);
  return pk;
}

jfhe_evk *jfi_codec_evk(const jfhe_ctx *ctx, uint32_t kind, uint32_t galois, uint32_t level, int seeded) {
  jfhe_evk *k = NULL;
  const jfi_chain *c = &ctx->chain;
  CHECK_OK(jfi_evk_alloc(&k, ctx, primes_up_to(ctx, level), c->special, c->digit, c->n_digits));
  if (!k) return NULL;
  k->kind = kind;
  k->galois = galois;
  k->level = level;
  k->log_n_other = kind == JFHE_EVK_LIFT || kind == JFHE_EVK_LOWER ? 3 : 0;
  k->noise_worst = 1234.5;
  k->noise_sd = 67.25;
  fill_bytes(k->from_id, sizeof k->from_id, kind == JFHE_EVK_RELIN || kind == JFHE_EVK_GALOIS ? 0x10 : 0x20);
  fill_bytes(k->to_id, sizeof k->to_id, 0x10);
  size_t limbs = (size_t)k->n_digits * k->n_limbs;
  jfi_set all = jfi_set_or(k->q, k->p);
  fill_words(ctx, (uint64_t *)(uintptr_t)k->b, limbs, all, 300 + kind);
  if (seeded) {
    k->seeded = 1;
    fill_bytes(k->seed, sizeof k->seed, 0x80);
    jfi_aes_init(&k->aes, k->seed);
  } else {
    uint64_t *a = jfi_alloc(limbs * ctx->ring->n * sizeof *a);
    fill_words(ctx, a, limbs, all, 400 + kind);
    k->a = a;
    k->owns_a = 1;
  }
  return k;
}

jfhe_sk *jfi_codec_sk(const jfhe_ctx *ctx) {
  jfhe_sk *sk = NULL;
  uint64_t state = 500;
  CHECK_OK(jfi_sk_alloc(&sk, ctx));
  if (!sk) return NULL;
  fill_bytes(sk->id, sizeof sk->id, 0x10);
  sk->releases = 3;
  sk->release_cap = 1000;
  for (size_t i = 0; i < ctx->ring->n; i++) sk->s[i] = (int8_t)((int)(next(&state) % 3) - 1);
  return sk;
}

/* ---- containers ---- */
static const struct row {
  const char *name;
  uint32_t object, encoding, a, b; /* a: degree or kind, b: level */
} ROWS[] = {
    {"params", JFHE_OBJECT_PARAMS, JFHE_ENCODING_LITERAL, 0, 0},
    {"ct-raw", JFHE_OBJECT_CT, JFHE_ENCODING_RAW, 1, 2},
    {"ct-packed", JFHE_OBJECT_CT, JFHE_ENCODING_PACKED, 2, 3},
    {"ct-seeded", JFHE_OBJECT_CT, JFHE_ENCODING_SEEDED, 1, 0},
    {"pk-seeded", JFHE_OBJECT_PK, JFHE_ENCODING_SEEDED, 0, 0},
    {"pk-raw-seeded", JFHE_OBJECT_PK, JFHE_ENCODING_RAW_SEEDED, 0, 0},
    {"evk-relin-seeded", JFHE_OBJECT_EVK, JFHE_ENCODING_SEEDED, JFHE_EVK_RELIN, 2},
    {"evk-galois-raw-seeded", JFHE_OBJECT_EVK, JFHE_ENCODING_RAW_SEEDED, JFHE_EVK_GALOIS, 1},
    {"evk-galois-raw", JFHE_OBJECT_EVK, JFHE_ENCODING_RAW, JFHE_EVK_GALOIS, 0},
    {"evk-switch-packed", JFHE_OBJECT_EVK, JFHE_ENCODING_PACKED, JFHE_EVK_SWITCH, 1},
    {"evk-lift-seeded", JFHE_OBJECT_EVK, JFHE_ENCODING_SEEDED, JFHE_EVK_LIFT, 1},
    {"sk", JFHE_OBJECT_SK, JFHE_ENCODING_TERNARY, 0, 0},
    {"int-packed", JFHE_OBJECT_CT, JFHE_ENCODING_PACKED, 1, 1},
    {"int-seeded", JFHE_OBJECT_CT, JFHE_ENCODING_SEEDED, 1, 2},
};

size_t jfi_codec_count(void) { return sizeof ROWS / sizeof ROWS[0]; }

static int is_seeded(uint32_t e) { return e == JFHE_ENCODING_SEEDED || e == JFHE_ENCODING_RAW_SEEDED; }

static uint8_t *ct_bytes(const jfhe_ctx *ctx, const struct row *r, size_t *len) {
  jfhe_ct *ct = jfi_codec_ct(ctx, r->a, r->b, is_seeded(r->encoding));
  if (strncmp(r->name, "int", 3) == 0) {
    ct->packing = JFHE_PACK_INT;
    ct->plain = 97;
    ct->factor = r->b == 1 ? 5 : 96;
    ct->log_slots = 4;
    ct->scale = 1.0 / 97;
    ct->bound = (jfi_bound){48, 0x1p20, 0x1p15};
  }
  *len = jfhe_ct_write_size(ct, r->encoding);
  uint8_t *b = malloc(*len + 1);
  CHECK_OK(jfhe_ct_write(b, *len, ct, r->encoding));
  jfhe_ct_free(ct);
  return b;
}

static uint8_t *evk_bytes(const jfhe_ctx *ctx, const struct row *r, size_t *len) {
  jfhe_evk *k = jfi_codec_evk(ctx, r->a, r->a == JFHE_EVK_GALOIS ? 5 : 0, r->b, is_seeded(r->encoding));
  *len = jfhe_evk_write_size(k, r->encoding);
  uint8_t *b = malloc(*len + 1);
  CHECK_OK(jfhe_evk_write(b, *len, k, r->encoding));
  jfhe_evk_free(k);
  return b;
}

static uint8_t *key_bytes(const jfhe_ctx *ctx, const struct row *r, size_t *len) {
  jfhe_pk *pk = jfi_codec_pk(ctx);
  jfhe_sk *sk = jfi_codec_sk(ctx);
  int secret = r->object == JFHE_OBJECT_SK;
  *len = secret ? jfhe_sk_write_size(sk) : jfhe_pk_write_size(pk, r->encoding);
  uint8_t *b = malloc(*len + 1);
  CHECK_OK(secret ? jfhe_sk_write(b, *len, sk) : jfhe_pk_write(b, *len, pk, r->encoding));
  jfhe_pk_free(pk);
  jfhe_sk_free(sk);
  return b;
}

uint8_t *jfi_codec_container(const jfhe_ctx *ctx, size_t i, size_t *len, const char **name) {
  const struct row *r = &ROWS[i];
  if (name) *name = r->name;
  if (r->object == JFHE_OBJECT_CT) return ct_bytes(ctx, r, len);
  if (r->object == JFHE_OBJECT_EVK) return evk_bytes(ctx, r, len);
  if (r->object != JFHE_OBJECT_PARAMS) return key_bytes(ctx, r, len);
  *len = jfhe_ctx_write_size(ctx);
  uint8_t *b = malloc(*len + 1);
  CHECK_OK(jfhe_ctx_write(b, *len, ctx));
  return b;
}

jfhe_status jfi_codec_read_any(const jfhe_ctx *ctx, uint32_t object, const uint8_t *bytes, size_t len) {
  jfhe_status st = JFHE_ERR_ARG;
  jfhe_ctx *made = NULL;
  jfhe_ct *ct = NULL;
  jfhe_pk *pk = NULL;
  jfhe_evk *evk = NULL;
  jfhe_sk *sk = NULL;
  if (object == JFHE_OBJECT_PARAMS) st = jfhe_ctx_new_from_container(&made, bytes, len, 17);
  if (object == JFHE_OBJECT_CT) st = jfhe_ct_read(ctx, &ct, bytes, len);
  if (object == JFHE_OBJECT_PK) st = jfhe_pk_read(ctx, &pk, bytes, len);
  if (object == JFHE_OBJECT_EVK) st = jfhe_evk_read(ctx, &evk, bytes, len);
  if (object == JFHE_OBJECT_SK) st = jfhe_sk_read(ctx, &sk, bytes, len);
  CHECK((st == JFHE_OK) == (made || ct || pk || evk || sk));
  jfhe_ctx_free(made);
  jfhe_ct_free(ct);
  jfhe_pk_free(pk);
  jfhe_evk_free(evk);
  jfhe_sk_free(sk);
  return st;
}

void jfi_codec_fix(uint8_t *b, size_t len) {
  uint64_t at = jfi_load64_le(b + JFI_AT_PAYLOAD);
  uint32_t header_len = jfi_load32_le(b + JFI_AT_HEADER_LEN);
  jfi_sum s;
  jfi_sum_init(&s);
  if (at <= len) jfi_sum_update(&s, b + at, len - at);
  jfi_store64_le(b + JFI_AT_PAYLOAD_SUM, jfi_sum_final(&s));
  if (header_len >= JFHE_HEADER_BYTES && header_len <= len)
    jfi_store64_le(b + JFI_AT_HEADER_SUM, jfi_header_sum(b, header_len));
}
