/* every-isa */
/* t-keyswitch.c: encryption, key switching and division over nested and non-nested level sets: every phase within its bound, the parts equal
 * to the whole, the same bytes on any number of threads, no allocation once warm. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "rlwe-cases.h"
#include "rlwe/keyswitch.h"

enum { N_MAX = 1 << 11 };
static int64_t coeffs[N_MAX], image[N_MAX];
static uint8_t scratch[64 << 20];
static const uint8_t ENTROPY[2][32] = {{1}, {2}};

typedef struct world {
  jfhe_ctx *ctx;
  jfhe_sk *sk, *other;
  jfi_test_rng rng;
} world;

static world open_world(jfhe_ctx *ctx) {
  world w = {.ctx = ctx};
  jfi_test_rng_init(&w.rng, 7);
  CHECK_OK(jfi_sk_deterministic(&w.sk, ctx, ENTROPY[0]));
  CHECK_OK(jfi_sk_deterministic(&w.other, ctx, ENTROPY[1]));
  return w;
}
static void close_world(world *w) {
  jfhe_sk_free(w->sk);
  jfhe_sk_free(w->other);
  jfhe_ctx_free(w->ctx);
}

static jfhe_ct *fresh(world *w, uint32_t level, uint32_t bits) {
  jfhe_pt *pt = jfi_test_pt(w->ctx, level, bits, coeffs, &w->rng);
  jfhe_ct *ct = NULL;
  CHECK_OK(jfhe_ct_new(&ct, w->ctx, 1, w->ctx->chain.top));
  CHECK_OK(jfhe_encrypt(w->ctx, ct, pt, w->sk, scratch, sizeof scratch));
  jfhe_pt_free(pt);
  return ct;
}

static void check_encryption(jfhe_ctx *ctx) {
  world w = open_world(ctx);
  jfhe_pk *pk = NULL;
  CHECK_OK(jfhe_keygen_public(&pk, ctx, w.sk));
  for (uint32_t level = 0; level <= ctx->chain.top; level++) {
    jfhe_pt *pt = jfi_test_pt(ctx, level, 30, coeffs, &w.rng);
    jfhe_ct *ct = NULL;
    CHECK_OK(jfhe_ct_new(&ct, ctx, 1, level));
    CHECK_OK(jfhe_encrypt(ctx, ct, pt, w.sk, scratch, sizeof scratch));
    double e = jfi_test_phase_error(ctx, ct, w.sk, coeffs);
    CHECK(e <= ct->bound.worst && e > 0.2 * ct->bound.sd);
    CHECK(ct->seeded);
    CHECK_OK(jfhe_encrypt_public(ctx, ct, pt, pk, scratch, sizeof scratch));
    e = jfi_test_phase_error(ctx, ct, w.sk, coeffs);
    CHECK(e <= ct->bound.worst && e > 0.2 * ct->bound.sd && e < 10 * ct->bound.sd);
    CHECK(!ct->seeded);
    jfhe_ct_free(ct);
    jfhe_pt_free(pt);
  }
  jfhe_pk_free(pk);
  close_world(&w);
}

JFI_TEST(encryption_is_within_its_bound) {
  check_encryption(jfi_test_ctx(10, 3, 46, 1));
  check_encryption(jfi_test_ctx_rational(10, 2, 2));
  check_encryption(jfi_test_ctx(4, 2, 40, 1));
}

/* old -> new at every level, staying or falling one level in the same division */
static void check_switch(jfhe_ctx *ctx) {
  world w = open_world(ctx);
  jfhe_evk *key = NULL;
  CHECK_OK(jfhe_keygen_switch(&key, ctx, w.sk, w.other, ctx->chain.top));
  size_t n = ctx->ring->n;
  for (uint32_t level = 1; level <= ctx->chain.top; level++)
    for (int fall = 0; fall <= 1; fall++) {
      uint32_t bits = level == 1 ? 40 : 60;
      jfhe_ct *ct = fresh(&w, level, bits), *out = NULL;
      CHECK_OK(jfhe_ct_new(&out, ctx, 1, ctx->chain.top));
      jfi_set S = ct->primes, T = fall ? ctx->chain.level[level - 1] : S;
      jfi_scratch s;
      jfi_scratch_init(&s, scratch, jfi_keyswitch_scratch(ctx, S, T, key->p, key->n_digits) + JFI_SCRATCH_SLACK);
      CHECK_OK(jfi_keyswitch(ctx, jfi_ct_limb(out, 0, 0, n), jfi_ct_limb(out, 1, 0, n), T, jfi_ct_limb(ct, 1, 0, n),
                             jfi_ct_limb(ct, 0, 0, n), NULL, S, key, &s));
      uint64_t *data = out->data;
      uint32_t polys = out->cap_polys, limbs = out->cap_limbs;
      *out = *ct;
      out->data = data;
      out->cap_polys = polys;
      out->cap_limbs = limbs;
      out->primes = T;
      out->n_limbs = (uint32_t)jfi_set_count(T);
      double step = fall ? ctx->chain.step[level] : 1, worst, sd, fresh_worst, fresh_sd;
      for (size_t i = 0; i < n; i++) image[i] = (int64_t)rint((double)coeffs[i] / step);
      jfi_keyswitch_noise(ctx, S, key, &worst, &sd);
      jfi_fresh_noise(ctx, 0, &fresh_worst, &fresh_sd);
      double e = jfi_test_phase_error(ctx, out, w.other, image);
      /* rounding of the wanted image adds one more rounding polynomial; doubles lose 2^-53 of 60 bits times sqrt n */
      CHECK(e <= worst + fresh_worst + sqrt((double)n) * 0x1p8);
      jfhe_ct_free(out);
      jfhe_ct_free(ct);
    }
  jfhe_evk_free(key);
  close_world(&w);
}

JFI_TEST(a_switched_ciphertext_opens_under_the_new_key) {
  check_switch(jfi_test_ctx(10, 5, 46, 2));
  check_switch(jfi_test_ctx(5, 4, 45, 1));
  check_switch(jfi_test_ctx_rational(10, 2, 3));
}

JFI_TEST(a_galois_key_and_its_automorphism) {
  jfhe_ctx *ctx = jfi_test_ctx(10, 4, 46, 2);
  world w = open_world(ctx);
  size_t n = ctx->ring->n;
  uint32_t *perm = jfi_alloc(n * sizeof *perm);
  const uint32_t elements[] = {jfhe_galois_rotate(ctx, 1), jfhe_galois_rotate(ctx, -7), jfhe_galois_conjugate(ctx), 3};
  for (size_t t = 0; t < 4; t++) {
    uint32_t g = elements[t];
    jfhe_evk *key = NULL;
    CHECK_OK(jfhe_keygen_galois(&key, ctx, w.sk, g, 3));
    jfhe_ct *ct = fresh(&w, 3, 60), *mid = NULL, *out = NULL;
    CHECK_OK(jfhe_ct_new(&mid, ctx, 1, 3));
    CHECK_OK(jfhe_ct_new(&out, ctx, 1, 3));
    CHECK_OK(jfhe_ct_copy(out, ct));
    jfi_scratch s;
    jfi_scratch_init(&s, scratch, sizeof scratch);
    CHECK_OK(jfi_keyswitch(ctx, jfi_ct_limb(mid, 0, 0, n), jfi_ct_limb(mid, 1, 0, n), ct->primes,
                           jfi_ct_limb(ct, 1, 0, n), jfi_ct_limb(ct, 0, 0, n), NULL, ct->primes, key, &s));
    jfi_galois_perm(perm, ctx->ring->log_n, g);
    for (size_t p = 0; p < 2; p++)
      jfi_permute_limbs(ctx, jfi_ct_limb(out, p, 0, n), jfi_ct_limb(mid, p, 0, n), 4, perm);
    for (size_t i = 0; i < n; i++) {
      size_t at = i * g % (2 * n);
      image[at % n] = at >= n ? -coeffs[i] : coeffs[i];
    }
    double worst, sd, fresh_worst, fresh_sd, e = jfi_test_phase_error(ctx, out, w.sk, image);
    jfi_keyswitch_noise(ctx, ct->primes, key, &worst, &sd);
    jfi_fresh_noise(ctx, 0, &fresh_worst, &fresh_sd);
    CHECK(e <= worst + fresh_worst && e < 8 * (sd + fresh_sd) && e > 0.5 * sd);
    CHECK_STATUS(jfi_keyswitch(ctx, out->data, out->data, ctx->chain.level[4], ct->data, NULL, NULL,
                               ctx->chain.level[4], key, &s),
                 JFHE_ERR_KEY);
    jfhe_ct_free(ct);
    jfhe_ct_free(mid);
    jfhe_ct_free(out);
    jfhe_evk_free(key);
  }
  jfi_free(perm);
  close_world(&w);
}

/* jfi_switch_run from digits, with a permutation, and from the factors of a product, against jfi_keyswitch. */
static void check_kinds_of_input(const jfhe_ctx *ctx, const jfhe_ct *ct, jfi_set T, const jfhe_evk *key,
                                 const uint64_t *digits, uint64_t *const *out, size_t bytes) {
  size_t n = ctx->ring->n, limbs = jfi_set_count(ct->primes), words = limbs * n, kept = jfi_set_count(T);
  const uint64_t *a0 = jfi_ct_limb(ct, 0, 0, n), *a1 = jfi_ct_limb(ct, 1, 0, n);
  uint64_t *room = jfi_alloc((4 * words + 2 * kept * n) * 8), *d[3] = {room, room + words, room + 2 * words};
  uint64_t *b1 = room + 3 * words, *got[2] = {room + 4 * words, room + 4 * words + kept * n};
  uint32_t *perm = jfi_alloc(n * sizeof *perm), list[JFI_PRIMES_MAX];
  size_t need = jfi_keyswitch_scratch(ctx, ct->primes, T, key->p, key->n_digits);
  jfi_scratch s;
  (void)jfi_set_list(ct->primes, list);
  jfi_galois_perm(perm, ctx->ring->log_n, 5);
  const jfi_switch turn = {.S = ct->primes, .T = T, .key = key, .digits = digits, .add = {a0, a1}, .perm = perm};
  jfi_scratch_init(&s, scratch, need);
  CHECK_OK(jfi_switch_run(ctx, got[0], got[1], &turn, &s));
  for (size_t p = 0; p < 2; p++) {
    jfi_permute_limbs(ctx, room, out[p], kept, perm);
    CHECK_MEM(got[p], room, bytes);
  }
  jfi_permute_limbs(ctx, b1, a0, limbs, perm); /* another polynomial over S */
  for (size_t j = 0; j < limbs; j++)
    ctx->ring->k->tensor(d[0] + j * n, d[1] + j * n, d[2] + j * n, a0 + j * n, a1 + j * n, a1 + j * n, b1 + j * n, n,
                         &ctx->ring->mod[list[j]]);
  const jfi_switch product = {.S = ct->primes, .T = T, .key = key, .a = {a0, a1}, .b = {a1, b1}};
  jfi_scratch_init(&s, scratch, need);
  CHECK_OK(jfi_switch_run(ctx, got[0], got[1], &product, &s));
  jfi_scratch_init(&s, scratch, need);
  CHECK_OK(jfi_keyswitch(ctx, out[0], out[1], T, d[2], d[0], d[1], ct->primes, key, &s));
  for (size_t p = 0; p < 2; p++) CHECK_MEM(got[p], out[p], bytes);
  jfi_free(perm);
  jfi_free(room);
}

JFI_TEST(parts_equal_the_whole_on_any_number_of_threads) {
  jfhe_ctx *ctx = jfi_test_ctx_rational(10, 2, 3);
  world w = open_world(ctx);
  jfhe_evk *key = NULL;
  CHECK_OK(jfhe_keygen_relin(&key, ctx, w.sk, ctx->chain.top));
  size_t n = ctx->ring->n;
  uint32_t level = ctx->chain.top - 2;
  jfhe_ct *ct = fresh(&w, level, 60);
  jfi_set S = ct->primes, T = ctx->chain.level[level - 1], E = jfi_set_or(S, key->p);
  size_t words = (jfi_set_count(E) + 1) * n, bytes = jfi_set_count(T) * n * sizeof(uint64_t);
  uint64_t *r = jfi_alloc(6 * words * 8), *digits = jfi_alloc(jfi_decompose_words(ctx, S, key->p, key->n_digits) * 8);
  uint64_t *out[2] = {r + 4 * words, r + 5 * words};
  for (uint32_t threads = 1; threads <= 3; threads++) {
    CHECK_OK(jfhe_ctx_set_threads(ctx, threads));
    if (threads == 2) CHECK_OK(jfhe_evk_expand(key));
    size_t need = jfi_keyswitch_scratch(ctx, S, T, key->p, key->n_digits);
    jfi_scratch s;
    jfi_scratch_init(&s, scratch, need);
    unsigned long before = jfi_alloc_count();
    CHECK_OK(jfi_keyswitch(ctx, out[0], out[1], T, jfi_ct_limb(ct, 1, 0, n), jfi_ct_limb(ct, 0, 0, n),
                           jfi_ct_limb(ct, 1, 0, n), S, key, &s));
    CHECK_EQ(jfi_alloc_count(), before);
    if (threads == 1) {
      memcpy(r + 2 * words, out[0], bytes);
      memcpy(r + 3 * words, out[1], bytes);
    }
    CHECK_MEM(out[0], r + 2 * words, bytes);
    CHECK_MEM(out[1], r + 3 * words, bytes);
    jfi_scratch_init(&s, scratch, sizeof scratch);
    CHECK_OK(jfi_decompose(ctx, digits, jfi_ct_limb(ct, 1, 0, n), S, key, &s));
    CHECK_OK(jfi_inner(ctx, r, r + words, digits, S, key, 0, &s));
    jfi_add_lifted(ctx, r, jfi_ct_limb(ct, 0, 0, n), S, key->p);
    jfi_add_lifted(ctx, r + words, jfi_ct_limb(ct, 1, 0, n), S, key->p);
    const uint64_t *in[2] = {r, r + words};
    CHECK_OK(jfi_divide(ctx, out, T, in, E, 2, &s));
    CHECK_MEM(out[0], r + 2 * words, bytes);
    CHECK_MEM(out[1], r + 3 * words, bytes);
    check_kinds_of_input(ctx, ct, T, key, digits, out, bytes);
    jfi_scratch_init(&s, scratch, need / 2);
    CHECK_STATUS(jfi_keyswitch(ctx, out[0], out[1], T, jfi_ct_limb(ct, 1, 0, n), NULL, NULL, S, key, &s),
                 JFHE_ERR_SCRATCH);
  }
  jfi_free(r);
  jfi_free(digits);
  jfhe_ct_free(ct);
  jfhe_evk_free(key);
  close_world(&w);
}

JFI_TEST(refused_keys_and_objects) {
  jfhe_ctx *ctx = jfi_test_ctx(10, 3, 46, 1), *elsewhere = jfi_test_ctx(10, 2, 46, 1);
  world w = open_world(ctx);
  jfhe_evk *key = NULL;
  CHECK_STATUS(jfhe_keygen_relin(&key, elsewhere, w.sk, 1), JFHE_ERR_CONTEXT);
  CHECK_STATUS(jfhe_keygen_relin(&key, ctx, w.sk, 4), JFHE_ERR_LEVEL);
  CHECK_STATUS(jfhe_keygen_galois(&key, ctx, w.sk, 4, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_keygen_parent(&key, ctx, w.sk, 5), JFHE_ERR_PARAMS);
  CHECK(key == NULL);
  jfhe_ct *ct = fresh(&w, 2, 20);
  jfhe_pt *pt = NULL;
  CHECK_OK(jfhe_pt_new(&pt, ctx, 2));
  CHECK_STATUS(jfhe_decrypt(ctx, pt, ct, w.other, scratch, sizeof scratch), JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_decrypt(ctx, pt, ct, w.sk, scratch, 100), JFHE_ERR_SCRATCH);
  CHECK_OK(jfhe_decrypt(ctx, pt, ct, w.sk, scratch, sizeof scratch));
  CHECK_EQ(pt->n_limbs, 1);
  ct->bound.mag = 0x1p200;
  CHECK_STATUS(jfhe_decrypt(ctx, pt, ct, w.sk, scratch, sizeof scratch), JFHE_ERR_RANGE);
  jfhe_pt_free(pt);
  jfhe_ct_free(ct);
  jfhe_ctx_free(elsewhere);
  close_world(&w);
}
