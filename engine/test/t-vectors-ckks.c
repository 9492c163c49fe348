/* t-vectors-ckks.c: the encoder and the CKKS operations against the big-integer model. */
/* every-isa */
#include <string.h>

#include "base/mem.h"
#include "jfhe/ckks.h"
#include "rlwe-cases.h"
#include "rlwe/keyring.h"
#include "vec-world.h"

/* A recovery file of 32 bytes means the same key for ever. */
JFI_TEST(secrets_from_entropy) {
  VEC_EACH(c, "secret") {
    jfhe_ctx *ctx = jfi_test_ctx((uint32_t)vec_one(c, "log_n"), 1, 46, 1);
    REQUIRE(ctx != NULL);
    jfhe_sk *sk = NULL;
    uint64_t wide[64], id[2];
    CHECK_OK(jfhe_sk_from_entropy(&sk, ctx, vec_bytes(c, "entropy")));
    REQUIRE(sk != NULL);
    for (size_t i = 0; i < ctx->ring->n; i++) wide[i] = (uint64_t)(int64_t)sk->s[i];
    vec_check(c, "values", wide, ctx->ring->n);
    jfhe_sk_id(sk, (uint8_t *)id);
    vec_check(c, "id", id, 2);
    jfhe_sk_free(sk);
    jfhe_ctx_free(ctx);
  }
}

/* Coefficients of an encoded plaintext from its first two limbs; |coefficient| < 2^62. */
static void coefficients(const jfhe_ctx *ctx, const jfhe_pt *pt, int64_t *out) {
  const size_t n = ctx->ring->n;
  uint64_t *x = jfi_alloc(2 * n * sizeof *x);
  memcpy(x, pt->data, 2 * n * sizeof *x);
  const jfi_mod *p = &ctx->ring->mod[0], *q = &ctx->ring->mod[1];
  ctx->ring->k->ntt_inv(x, jfi_ring_ntt(ctx->ring, 0));
  ctx->ring->k->ntt_inv(x + n, jfi_ring_ntt(ctx->ring, 1));
  const uint64_t inverse = jfi_mod_inv(p->q % q->q, q);
  const jfi_i128 pq = (jfi_i128)p->q * (jfi_i128)q->q;
  for (size_t i = 0; i < n; i++) {
    uint64_t t = jfi_mod_mul(jfi_mod_sub(x[n + i], x[i] % q->q, q->q), inverse, q);
    jfi_i128 v = (jfi_i128)x[i] + (jfi_i128)p->q * (jfi_i128)t;
    out[i] = (int64_t)(v > pq / 2 ? v - pq : v);
  }
  jfi_free(x);
}

/* The model's exact coefficients; one off is allowed only where the case marks a near tie. */
static void check_coefficients(const vec_case *c, const int64_t *got, size_t n) {
  const uint64_t *want = vec_words(c, "coeff"), *near = vec_words(c, "near");
  uint64_t fixed[64];
  CHECK_EQ(vec_field_of(c, "coeff")->count, n);
  for (size_t i = 0; i < n; i++) {
    const int64_t off = got[i] - (int64_t)want[i];
    fixed[i] = near[i] && (off == 1 || off == -1) ? want[i] : (uint64_t)got[i];
  }
  vec_check(c, "coeff", fixed, n);
}

/* A plaintext over level 0 of the model's coefficients decodes to the numbers of the case. */
static void check_decode(const jfhe_ctx *ctx, const vec_case *c, jfhe_pt *pt) {
  const size_t n = ctx->ring->n, count = vec_field_of(c, "re")->count;
  double re[64], im[64], *want_re = vec_doubles(c, "re"), *want_im = vec_doubles(c, "im");
  for (size_t j = 0; j < pt->n_limbs; j++) {
    ctx->ring->k->from_i64(pt->data + j * n, (const int64_t *)vec_words(c, "coeff"), n, &ctx->ring->mod[j]);
    ctx->ring->k->ntt_fwd(pt->data + j * n, jfi_ring_ntt(ctx->ring, j));
  }
  size_t len = jfhe_ckks_decode_scratch(ctx);
  void *scratch = jfi_alloc(len);
  CHECK_OK(jfhe_ckks_decode(ctx, re, pt->packing == JFHE_PACK_COMPLEX ? im : NULL, count, pt, scratch, len));
  const double slack = pt->packing == JFHE_PACK_COEFF ? 0.5 : (double)n / 2 + 1;
  for (size_t i = 0; i < count; i++) {
    CHECK_CLOSE(re[i], want_re[i], slack / pt->scale);
    if (pt->packing == JFHE_PACK_COMPLEX) CHECK_CLOSE(im[i], want_im[i], slack / pt->scale);
  }
  jfi_free(scratch);
  jfi_free(want_re);
  jfi_free(want_im);
}

JFI_TEST(encoding) {
  VEC_EACH(c, "encode") {
    jfhe_ctx *ctx = jfi_test_ctx((uint32_t)vec_one(c, "log_n"), 2, 46, 1);
    REQUIRE(ctx != NULL);
    jfhe_pt *pt = NULL;
    const size_t len = jfhe_ckks_encode_scratch(ctx), count = vec_field_of(c, "re")->count;
    void *scratch = jfi_alloc(len);
    double *re = vec_doubles(c, "re"), *im = vec_doubles(c, "im"), *scale = vec_doubles(c, "scale");
    const uint32_t packing = (uint32_t)vec_one(c, "packing");
    int64_t got[64];
    CHECK_OK(jfhe_pt_new(&pt, ctx, 1));
    CHECK_OK(jfhe_ckks_encode(ctx, pt, re, packing == JFHE_PACK_COMPLEX ? im : NULL, count, packing,
                              (uint32_t)vec_one(c, "log_slots"), 1, *scale, 0, scratch, len));
    coefficients(ctx, pt, got);
    check_coefficients(c, got, ctx->ring->n);
    check_decode(ctx, c, pt);
    jfi_free(re);
    jfi_free(im);
    jfi_free(scale);
    jfi_free(scratch);
    jfhe_pt_free(pt);
    jfhe_ctx_free(ctx);
  }
}

/* The world with the case's set as level 1 and where it goes as level 0. */
static void set_levels(jfhe_ctx *ctx, const vec_case *c) {
  const jfi_set high = vec_set(c, "level"), low = vec_find(c, "to") ? vec_set(c, "to") : high;
  ctx->chain.top = 1;
  ctx->chain.level[1] = high;
  ctx->chain.level[0] = low;
  ctx->chain.scale[0] = ctx->chain.scale[1] = 1;
  ctx->chain.step[1] = jfi_ctx_product(ctx, high) / jfi_ctx_product(ctx, low);
}

/* Polynomials prefix0, prefix1 of a case as a ciphertext at level 1; null prefix: room only. */
static jfhe_ct *load(const jfhe_ctx *ctx, const vec_case *c, char prefix, double scale) {
  const size_t n = ctx->ring->n;
  char name[3] = {prefix, '0', 0};
  jfhe_ct *ct = NULL;
  CHECK_OK(jfhe_ct_new(&ct, ctx, 1, 1));
  if (!ct || !prefix) return ct;
  ct->level = 1;
  ct->degree = 1;
  ct->primes = ctx->chain.level[1];
  ct->n_limbs = (uint32_t)jfi_set_count(ct->primes);
  ct->form = JFHE_FORM_EVAL;
  ct->packing = JFHE_PACK_COMPLEX;
  ct->log_slots = ctx->ring->log_n - 1;
  ct->scale = scale;
  ct->bound = (jfi_bound){1, 0x1p-20, 0x1p-22};
  for (size_t i = 0; i < 2; i++, name[1]++)
    memcpy(jfi_ct_limb(ct, i, 0, n), vec_words(c, name), ct->n_limbs * n * sizeof(uint64_t));
  return ct;
}

static void check_ct(const vec_case *c, const char *prefix, const jfhe_ct *ct, uint32_t level) {
  const size_t n = ct->ctx->ring->n;
  char name[16];
  CHECK(ct->level == level && ct->degree == 1 && ct->form == JFHE_FORM_EVAL);
  CHECK(jfi_set_equal(ct->primes, ct->ctx->chain.level[level]));
  for (size_t i = 0; i < 2; i++) {
    strcpy(name, prefix);
    strcat(name, i ? "1" : "0");
    vec_check(c, name, jfi_ct_limb(ct, i, 0, n), ct->n_limbs * n);
  }
}

JFI_TEST(linear_operations) {
  vec_world w;
  REQUIRE(vec_open(&w));
  VEC_EACH(c, "linear") {
    set_levels(w.ctx, c);
    jfhe_ct *a = load(w.ctx, c, 'a', 0x1p40), *b = load(w.ctx, c, 'b', 0x1p40), *r = load(w.ctx, c, 0, 0);
    CHECK_OK(jfhe_ckks_add(w.ctx, r, a, b));
    check_ct(c, "sum", r, 1);
    CHECK_OK(jfhe_ckks_sub(w.ctx, r, a, b));
    check_ct(c, "difference", r, 1);
    CHECK_OK(jfhe_ckks_neg(w.ctx, r, a));
    check_ct(c, "negative", r, 1);
    CHECK_OK(jfhe_ckks_mul_i(w.ctx, r, a));
    check_ct(c, "times_i", r, 1);
    CHECK_OK(jfhe_ckks_mul_int(w.ctx, r, a, (int32_t)(int64_t)vec_one(c, "k")));
    check_ct(c, "times_k", r, 1);
    jfhe_ct_free(a);
    jfhe_ct_free(b);
    jfhe_ct_free(r);
  }
  vec_close(&w);
}

/* The world's two keys in a ring, which owns them from here on. */
static jfhe_keyring *take_keys(vec_world *w) {
  jfhe_keyring *keys = NULL;
  CHECK_OK(jfhe_keyring_new(&keys, w->ctx));
  w->relin->level = w->galois->level = 1;
  CHECK_OK(jfhe_keyring_add(keys, w->relin));
  CHECK_OK(jfhe_keyring_add(keys, w->galois));
  w->relin = w->galois = NULL;
  return keys;
}

JFI_TEST(rescaling) {
  VEC_EACH(c, "rescale") {
    vec_world w;
    REQUIRE(vec_open(&w));
    set_levels(w.ctx, c);
    jfhe_ct *a = load(w.ctx, c, 'a', 0x1p80);
    CHECK_OK(jfhe_ckks_rescale(w.ctx, a, a, w.scratch, VEC_SCRATCH));
    check_ct(c, "r", a, 0);
    CHECK_CLOSE(a->scale, 0x1p80 / w.ctx->chain.step[1], a->scale * 0x1p-50);
    jfhe_ct_free(a);
    vec_close(&w);
  }
}

static void check_product(const vec_case *c) {
  vec_world w;
  REQUIRE(vec_open(&w));
  set_levels(w.ctx, c);
  jfhe_keyring *keys = take_keys(&w);
  jfhe_ct *a = load(w.ctx, c, 'a', 0x1p40), *r = load(w.ctx, c, 0, 0);
  if (vec_find(c, "b0")) {
    jfhe_ct *b = load(w.ctx, c, 'b', 0x1p40);
    CHECK_OK(jfhe_ckks_mul(w.ctx, r, a, b, keys, w.scratch, VEC_SCRATCH));
    check_ct(c, "r", r, 0);
    CHECK_OK(jfhe_ckks_mul(w.ctx, b, a, b, keys, w.scratch, VEC_SCRATCH)); /* out may be an input */
    check_ct(c, "r", b, 0);
    jfhe_ct_free(b);
  } else {
    CHECK_OK(jfhe_ckks_square(w.ctx, r, a, keys, w.scratch, VEC_SCRATCH));
    check_ct(c, "r", r, 0);
    CHECK_OK(jfhe_ckks_mul(w.ctx, r, a, a, keys, w.scratch, VEC_SCRATCH));
    check_ct(c, "r", r, 0);
  }
  jfhe_ct_free(a);
  jfhe_ct_free(r);
  jfhe_keyring_free(keys);
  vec_close(&w);
}

JFI_TEST(products) {
  VEC_EACH(c, "product") check_product(c);
  VEC_EACH(c, "square") check_product(c);
}

/* The element 5 rotates by one slot to the left. */
JFI_TEST(rotations) {
  VEC_EACH(c, "rotate") {
    vec_world w;
    REQUIRE(vec_open(&w));
    set_levels(w.ctx, c);
    jfhe_keyring *keys = take_keys(&w);
    jfhe_ct *a = load(w.ctx, c, 'c', 0x1p40), *r = load(w.ctx, c, 0, 0);
    CHECK_OK(jfhe_ckks_rotate(w.ctx, r, a, 1, keys, w.scratch, VEC_SCRATCH));
    check_ct(c, "r", r, 1);
    jfhe_ct *many[1] = {r};
    const int32_t k[1] = {1};
    const size_t len = jfhe_ckks_rotate_many_scratch(w.ctx, 1);
    CHECK(len <= VEC_SCRATCH);
    CHECK_OK(jfhe_ckks_rotate_many(w.ctx, many, a, k, 1, keys, w.scratch, VEC_SCRATCH));
    check_ct(c, "r", r, 1);
    jfhe_ct_free(a);
    jfhe_ct_free(r);
    jfhe_keyring_free(keys);
    vec_close(&w);
  }
}
