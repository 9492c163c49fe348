/* t-vectors-rlwe.c: division, key switching, decryption, products and rotations against the
 * big-integer model, over a context made by hand so that any subset of primes can be a level. */
/* every-isa */
#include <string.h>

#include "base/mem.h"
#include "rlwe/keyswitch.h"
#include "ring/secret/sample.h"
#include "rlwe/secret/decrypt.h"
#include "vec-world.h"

JFI_TEST(the_roots_are_those_of_the_model) {
  vec_world w;
  REQUIRE(vec_open(&w));
  const jfi_ring *r = w.ctx->ring;
  uint64_t *x = jfi_alloc_zero(r->n * sizeof *x), psi[16];
  for (size_t i = 0; i < r->n_mod; i++) { /* the transform of X at point 0 is psi */
    memset(x, 0, r->n * sizeof *x);
    x[1] = 1;
    r->k->ntt_fwd(x, jfi_ring_ntt(r, i));
    psi[i] = x[0];
  }
  vec_check(vec_first("world"), "psi", psi, r->n_mod);
  jfi_free(x);
  vec_close(&w);
}

JFI_TEST(division) {
  vec_world w;
  REQUIRE(vec_open(&w));
  const size_t n = w.ctx->ring->n;
  VEC_EACH(c, "divide") {
    const jfi_set X = vec_set(c, "from"), T = vec_set(c, "to");
    uint64_t *x = vec_copy(c, "x"), *out = jfi_alloc(jfi_set_count(T) * n * sizeof *out);
    const uint64_t *in_row[1] = {x};
    uint64_t *out_row[1] = {out};
    jfi_scratch s;
    CHECK(jfi_divide_scratch(w.ctx, X, T, 1) <= VEC_SCRATCH);
    jfi_scratch_init(&s, w.scratch, VEC_SCRATCH);
    CHECK_OK(jfi_divide(w.ctx, out_row, T, in_row, X, 1, &s));
    vec_check(c, "out", out, jfi_set_count(T) * n);
    jfi_free(out);
    jfi_free(x);
  }
  vec_close(&w);
}

/* One whole key switch of a case with fields c, add0, add1; r0 and r1 are checked. */
static void check_switch(const vec_world *w, const vec_case *c, const char *const field[3], const jfhe_evk *key) {
  const size_t n = w->ctx->ring->n;
  const jfi_set S = vec_set(c, "level"), T = vec_set(c, "to");
  uint64_t *in = vec_copy(c, field[0]), *add0 = vec_copy(c, field[1]), *add1 = vec_copy(c, field[2]);
  uint64_t *r = jfi_alloc(2 * jfi_set_count(T) * n * sizeof *r), *r1 = r + jfi_set_count(T) * n;
  jfi_scratch s;
  CHECK(jfi_keyswitch_scratch(w->ctx, S, T, key->p, key->n_digits) <= VEC_SCRATCH);
  jfi_scratch_init(&s, w->scratch, VEC_SCRATCH);
  CHECK_OK(jfi_keyswitch(w->ctx, r, r1, T, in, add0, add1, S, key, &s));
  vec_check(c, "r0", r, jfi_set_count(T) * n);
  vec_check(c, "r1", r1, jfi_set_count(T) * n);
  jfi_free(r);
  jfi_free(add1);
  jfi_free(add0);
  jfi_free(in);
}

JFI_TEST(key_switching) {
  static const char *const field[3] = {"c", "add0", "add1"};
  vec_world w;
  REQUIRE(vec_open(&w));
  VEC_EACH(c, "switch") check_switch(&w, c, field, w.relin);
  CHECK_OK(jfhe_evk_expand(w.relin)); /* the same with `a` in memory */
  VEC_EACH(c, "switch") check_switch(&w, c, field, w.relin);
  vec_close(&w);
}

JFI_TEST(products) {
  static const char *const field[3] = {"d2", "d0", "d1"};
  vec_world w;
  REQUIRE(vec_open(&w));
  const jfi_ring *ring = w.ctx->ring;
  VEC_EACH(c, "product") {
    uint32_t prime[JFI_PRIMES_MAX];
    const size_t limbs = jfi_set_list(vec_set(c, "level"), prime), n = ring->n;
    uint64_t *a0 = vec_copy(c, "a0"), *a1 = vec_copy(c, "a1"), *b0 = vec_copy(c, "b0"), *b1 = vec_copy(c, "b1"),
             *d = jfi_alloc(3 * limbs * n * sizeof *d);
    for (size_t j = 0; j < limbs; j++)
      ring->k->tensor(d + j * n, d + (limbs + j) * n, d + (2 * limbs + j) * n, a0 + j * n, a1 + j * n, b0 + j * n,
                      b1 + j * n, n, &ring->mod[prime[j]]);
    vec_check(c, "d0", d, limbs * n);
    vec_check(c, "d1", d + limbs * n, limbs * n);
    vec_check(c, "d2", d + 2 * limbs * n, limbs * n);
    check_switch(&w, c, field, w.relin);
    jfi_free(d);
    jfi_free(b1);
    jfi_free(b0);
    jfi_free(a1);
    jfi_free(a0);
  }
  vec_close(&w);
}

/* Rotation in two ways: the whole switch, and hoisted (decompose, inner product, lift c0, divide). */
JFI_TEST(rotations) {
  vec_world w;
  REQUIRE(vec_open(&w));
  const jfhe_ctx *ctx = w.ctx;
  const size_t n = ctx->ring->n;
  VEC_EACH(c, "rotate") {
    const jfi_set S = vec_set(c, "level"), P = w.galois->p, X = jfi_set_or(S, P);
    const size_t limbs = jfi_set_count(S), wide = jfi_set_count(X);
    uint64_t *c0 = vec_copy(c, "c0"), *c1 = vec_copy(c, "c1");
    uint64_t *r = jfi_alloc(4 * wide * n * sizeof *r), *t = r + 2 * wide * n;
    uint64_t *digits = jfi_alloc(jfi_decompose_words(ctx, S, P, w.galois->n_digits) * sizeof *digits);
    uint32_t perm[64];
    jfi_scratch s;
    jfi_galois_perm(perm, ctx->ring->log_n, w.galois->galois);

    jfi_scratch_init(&s, w.scratch, VEC_SCRATCH);
    CHECK_OK(jfi_keyswitch(ctx, t, t + limbs * n, S, c1, c0, NULL, S, w.galois, &s));
    jfi_permute_limbs(ctx, r, t, 2 * limbs, perm);
    vec_check(c, "r0", r, limbs * n);
    vec_check(c, "r1", r + limbs * n, limbs * n);

    jfi_scratch_init(&s, w.scratch, VEC_SCRATCH);
    CHECK_OK(jfi_decompose(ctx, digits, c1, S, w.galois, &s));
    jfi_scratch_init(&s, w.scratch, VEC_SCRATCH);
    CHECK_OK(jfi_inner(ctx, r, r + wide * n, digits, S, w.galois, 0, &s));
    jfi_add_lifted(ctx, r, c0, S, P);
    uint64_t *out[2] = {t, t + limbs * n};
    const uint64_t *in[2] = {r, r + wide * n};
    jfi_scratch_init(&s, w.scratch, VEC_SCRATCH);
    CHECK_OK(jfi_divide(ctx, out, S, in, X, 2, &s));
    jfi_permute_limbs(ctx, r, t, 2 * limbs, perm);
    vec_check(c, "r0", r, limbs * n);
    vec_check(c, "r1", r + limbs * n, limbs * n);
    jfi_free(digits);
    jfi_free(r);
    jfi_free(c1);
    jfi_free(c0);
  }
  vec_close(&w);
}

/* Secret of a case, as the engine holds it. */
static jfhe_sk *load_secret(const jfhe_ctx *ctx, const vec_case *c) {
  jfhe_sk *sk = NULL;
  CHECK_OK(jfi_sk_alloc(&sk, ctx));
  if (!sk) return NULL;
  int8_t *s = vec_small(c, "secret");
  memcpy(sk->s, s, ctx->ring->n);
  jfi_free(s);
  return sk;
}

/* The model's ciphertext as an object of the engine. */
static jfhe_ct *load_ct(const jfhe_ctx *ctx, const vec_case *c) {
  static const char *const field[3] = {"c0", "c1", "c2"};
  const size_t n = ctx->ring->n;
  jfhe_ct *ct = NULL;
  const uint32_t polys = vec_find(c, "c2") ? 3 : 2;
  const jfi_set S = vec_set(c, "level");
  CHECK_OK(jfi_ct_alloc(&ct, ctx, polys, (uint32_t)jfi_set_count(S)));
  if (!ct) return NULL;
  ct->degree = polys - 1;
  ct->primes = S;
  ct->n_limbs = (uint32_t)jfi_set_count(S);
  ct->form = JFHE_FORM_EVAL;
  ct->packing = JFHE_PACK_COEFF;
  ct->log_slots = ctx->ring->log_n;
  ct->scale = 1;
  for (uint32_t i = 0; i < polys; i++)
    memcpy(jfi_ct_limb(ct, i, 0, n), vec_words(c, field[i]), ct->n_limbs * n * sizeof(uint64_t));
  return ct;
}

JFI_TEST(decryption) {
  vec_world w;
  REQUIRE(vec_open(&w));
  const jfi_ring *ring = w.ctx->ring;
  const size_t n = ring->n;
  VEC_EACH(c, "decrypt") {
    jfhe_sk *sk = load_secret(w.ctx, c);
    jfhe_ct *ct = load_ct(w.ctx, c);
    jfhe_pt *pt = NULL;
    CHECK_OK(jfi_pt_alloc(&pt, w.ctx, ct->n_limbs));
    const uint64_t *m = vec_words(c, "message");
    double reach = 0;
    for (size_t i = 0; i < n; i++) {
      double x = (double)(int64_t)m[i];
      reach = x > reach ? x : -x > reach ? -x : reach;
    }
    CHECK_OK(jfi_decrypt(w.ctx, pt, ct, sk, reach + 1, w.scratch, VEC_SCRATCH));
    CHECK(pt->n_limbs >= 1 && pt->form == JFHE_FORM_COEFF && jfi_set_within(pt->primes, ct->primes));
    uint32_t prime[JFI_PRIMES_MAX];
    uint64_t *want = jfi_alloc(n * sizeof *want);
    jfi_set_list(pt->primes, prime);
    for (size_t j = 0; j < pt->n_limbs; j++) {
      ring->k->from_i64(want, (const int64_t *)m, n, &ring->mod[prime[j]]);
      CHECK_MEM(pt->data + j * n, want, n * sizeof *want);
    }
    if (vec_find(c, "seed")) { /* the public half is what the seed says */
      jfi_aes aes;
      void *scratch = jfi_alloc(jfi_uniform_scratch(n));
      jfi_aes_init(&aes, vec_bytes(c, "seed"));
      jfi_set_list(ct->primes, prime);
      for (size_t j = 0; j < ct->n_limbs; j++) {
        jfi_uniform(ring, want, prime[j], &aes, JFI_DOMAIN_CT, scratch);
        CHECK_MEM(jfi_ct_limb(ct, 1, j, n), want, n * sizeof *want);
      }
      jfi_free(scratch);
    }
    jfi_free(want);
    jfhe_pt_free(pt);
    jfhe_ct_free(ct);
    jfhe_sk_free(sk);
  }
  vec_close(&w);
}

/* r = -a*s + e + [factor]*from, one limb, all in evaluation form: the definition of a key, by kernels. */
static void key_limb(const jfi_ring *ring, size_t i, uint64_t *b, const uint64_t *a, const uint64_t *s, const int8_t *e,
                     const uint64_t *from, uint64_t factor, uint64_t *t) {
  const size_t n = ring->n;
  const jfi_mod *m = &ring->mod[i];
  ring->k->from_i8(b, e, n, m);
  ring->k->ntt_fwd(b, jfi_ring_ntt(ring, i));
  ring->k->mul(t, a, s, n, m);
  ring->k->sub(b, b, t, n, m);
  ring->k->mul_const_acc(b, from, factor, n, m);
}

/* A key switch at a real size: inputs from seeds, hashes of the key and of the result. */
static void check_large(const vec_case *c) {
  jfhe_ctx *ctx = vec_ctx(c);
  REQUIRE(ctx != NULL && ctx->ring != NULL);
  const jfi_ring *ring = ctx->ring;
  const size_t n = ring->n;
  const jfi_set S = ctx->chain.chain, P = ctx->chain.special, all = jfi_set_or(S, P);
  const size_t limbs = jfi_set_count(S);
  jfhe_evk *key = NULL;
  REQUIRE_OK(jfi_evk_alloc(&key, ctx, S, P, ctx->chain.digit, ctx->chain.n_digits));
  memcpy(key->seed, vec_bytes(c, "seed"), sizeof key->seed);
  jfi_aes_init(&key->aes, key->seed);
  key->seeded = 1;
  key->kind = JFHE_EVK_RELIN;

  int8_t *small = jfi_alloc((1 + key->n_digits) * n);
  jfi_rng rng;
  jfi_rng_from_key(&rng, vec_bytes(c, "key"), 0);
  for (size_t d = 0; d <= key->n_digits; d++) jfi_sample_ternary(&rng, small + d * n, n);

  uint64_t *w = jfi_alloc((4 + 3 * limbs) * n * sizeof *w);
  uint64_t *s = w, *square = w + n, *a = w + 2 * n, *t = w + 3 * n, *in = w + 4 * n;
  uint64_t *b = (uint64_t *)(uintptr_t)key->b, *r0 = in + limbs * n, *r1 = r0 + limbs * n;
  const jfi_set T = jfi_set_range(0, limbs - 1);
  const size_t len = jfi_keyswitch_scratch(ctx, S, T, P, key->n_digits) + jfi_uniform_scratch(n);
  void *scratch = jfi_alloc(len);
  for (size_t i = 0; i < ctx->chain.n; i++) {
    ring->k->from_i8(s, small, n, &ring->mod[i]);
    ring->k->ntt_fwd(s, jfi_ring_ntt(ring, i));
    ring->k->mul(square, s, s, n, &ring->mod[i]);
    for (size_t d = 0; d < key->n_digits; d++) {
      uint64_t p = 1;
      for (size_t j = jfi_set_next(P, 0); j < JFI_PRIMES_MAX; j = jfi_set_next(P, j + 1))
        p = jfi_mod_mul(p, ring->mod[j].q, &ring->mod[i]);
      jfi_uniform(ring, a, i, &key->aes, JFI_DOMAIN_EVK + (uint32_t)d, scratch);
      key_limb(ring, i, b + (d * key->n_limbs + jfi_set_rank(all, i)) * n, a, s, small + (1 + d) * n, square,
               jfi_set_has(key->digit[d], i) ? p : 0, t);
    }
  }
  vec_check_hash(c, "b", b, (size_t)key->n_digits * key->n_limbs * n * sizeof *b);
  for (size_t j = 0; j < limbs; j++) jfi_uniform(ring, in + j * n, j, &key->aes, JFI_DOMAIN_CT, scratch);
  jfi_scratch bump;
  jfi_scratch_init(&bump, scratch, len);
  CHECK_OK(jfi_keyswitch(ctx, r0, r1, T, in, NULL, NULL, S, key, &bump));
  vec_check_hash(c, "r0", r0, (limbs - 1) * n * sizeof *r0);
  vec_check_hash(c, "r1", r1, (limbs - 1) * n * sizeof *r1);
  jfi_free(scratch);
  jfi_free(w);
  jfi_free(small);
  jfhe_evk_free(key);
  jfhe_ctx_free(ctx);
}

JFI_TEST(large_key_switches) { VEC_EACH(c, "large_switch") check_large(c); }
