/* ckks-cases.c: see ckks-cases.h. */
#include "ckks-cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ckks/bound.h"

static void add_galois(jfi_world *w, uint32_t g) {
  jfhe_evk *key = NULL;
  if (g == 1 || jfhe_keyring_galois(w->keys, g)) return;
  CHECK_OK(jfhe_keygen_galois(&key, w->ctx, w->sk, g, w->ctx->chain.top));
  CHECK_OK(jfhe_keyring_add(w->keys, key));
}

static size_t most_scratch(const jfhe_ctx *ctx) {
  uint32_t top = ctx->chain.top;
  size_t s[] = {jfhe_ckks_encode_scratch(ctx),
                jfhe_ckks_decode_scratch(ctx),
                jfhe_encrypt_scratch(ctx),
                jfhe_decrypt_scratch(ctx),
                jfhe_ckks_mul_scratch(ctx, top),
                jfhe_ckks_rescale_scratch(ctx, top),
                jfhe_ckks_rotate_scratch(ctx, top),
                jfhe_ckks_rotate_many_scratch(ctx, top),
                jfhe_ckks_inner_sum_scratch(ctx, top)};
  size_t m = 0;
  for (size_t i = 0; i < sizeof s / sizeof *s; i++) m = s[i] > m ? s[i] : m;
  return m;
}

jfi_world jfi_world_open_with(jfhe_ctx *ctx, const int32_t *rotations, size_t count) {
  static const uint8_t entropy[2][32] = {{3, 1, 4}, {1, 5, 9}};
  jfi_world w = {.ctx = ctx};
  jfhe_evk *key = NULL;
  jfi_test_rng_init(&w.rng, 11);
  CHECK_OK(jfi_sk_deterministic(&w.sk, ctx, entropy[0]));
  CHECK_OK(jfi_sk_deterministic(&w.other, ctx, entropy[1]));
  CHECK_OK(jfhe_keyring_new(&w.keys, ctx));
  CHECK_OK(jfhe_keygen_relin(&key, ctx, w.sk, ctx->chain.top));
  CHECK_OK(jfhe_keyring_add(w.keys, key));
  for (size_t i = 0; i < count; i++) add_galois(&w, jfhe_galois_rotate(ctx, rotations[i]));
  add_galois(&w, jfhe_galois_conjugate(ctx));
  w.scratch_len = most_scratch(ctx);
  w.scratch = jfi_alloc(w.scratch_len);
  return w;
}

jfi_world jfi_world_open(jfhe_ctx *ctx) {
  int32_t rotations[64], count = 0;
  for (int32_t k = 1; k < (int32_t)jfhe_ctx_slots(ctx); k *= 2) {
    rotations[count++] = k;
    rotations[count++] = -k;
  }
  rotations[count++] = 3;
  rotations[count++] = 7;
  return jfi_world_open_with(ctx, rotations, (size_t)count);
}

void jfi_world_close(jfi_world *w) {
  jfi_free(w->scratch);
  jfhe_keyring_free(w->keys);
  jfhe_sk_free(w->sk);
  jfhe_sk_free(w->other);
  jfhe_ctx_free(w->ctx);
}

jfi_vec jfi_vec_new(size_t n) {
  jfi_vec v = {n, calloc(n, sizeof(double)), calloc(n, sizeof(double))};
  return v;
}

void jfi_vec_free(jfi_vec *v) {
  free(v->re);
  free(v->im);
}

jfi_vec jfi_vec_random(jfi_world *w, size_t n, int complex) {
  jfi_vec v = jfi_vec_new(n);
  for (size_t i = 0; i < n; i++) {
    v.re[i] = 2 * jfi_test_rng_unit(&w->rng) - 1;
    if (!complex) continue;
    v.im[i] = 2 * jfi_test_rng_unit(&w->rng) - 1;
    v.re[i] *= 0.7071;
    v.im[i] *= 0.7071;
  }
  return v;
}

jfhe_ct *jfi_world_room(jfi_world *w, uint32_t degree) {
  jfhe_ct *ct = NULL;
  CHECK_OK(jfhe_ct_new(&ct, w->ctx, degree, w->ctx->chain.top));
  return ct;
}

jfhe_ct *jfi_world_encrypt(jfi_world *w, const jfi_vec *v, uint32_t packing, uint32_t log_slots, uint32_t level) {
  jfhe_pt *pt = NULL;
  jfhe_ct *ct = jfi_world_room(w, 1);
  CHECK_OK(jfhe_pt_new(&pt, w->ctx, level));
  CHECK_OK(jfhe_ckks_encode(w->ctx, pt, v->re, packing == JFHE_PACK_COMPLEX ? v->im : NULL, v->n, packing, log_slots,
                            level, 0, 1, w->scratch, w->scratch_len));
  CHECK_OK(jfhe_encrypt(w->ctx, ct, pt, w->sk, w->scratch, w->scratch_len));
  jfhe_pt_free(pt);
  return ct;
}

double jfi_world_error(jfi_world *w, const jfhe_ct *ct, const jfi_vec *want, const char *what) {
  jfhe_pt *pt = NULL;
  jfi_vec got = jfi_vec_new(want->n);
  int slots = jfhe_ct_packing(ct) != JFHE_PACK_COEFF;
  double most = 0;
  CHECK_OK(jfhe_pt_new(&pt, w->ctx, w->ctx->chain.top));
  CHECK_OK(jfhe_decrypt(w->ctx, pt, ct, w->sk, w->scratch, w->scratch_len));
  CHECK_OK(jfhe_ckks_decode(w->ctx, got.re, slots ? got.im : NULL, want->n, pt, w->scratch, w->scratch_len));
  for (size_t i = 0; i < want->n; i++) most = fmax(most, hypot(got.re[i] - want->re[i], got.im[i] - want->im[i]));
  double worst = jfhe_pt_error(pt);
  if (!(most <= worst)) printf("%s: error %.3g, worst %.3g\n", what, most, worst);
  CHECK(most <= worst);
  jfi_vec_free(&got);
  jfhe_pt_free(pt);
  return most;
}

double jfi_world_check(jfi_world *w, const jfhe_ct *ct, const jfi_vec *want, const char *what) {
  double most = jfi_world_error(w, ct, want, what), probable = jfhe_ct_error_probable(ct);
  int inside = most <= probable * 1.0001 + 0x1p-49 * ct->bound.mag;
  if (!inside) printf("%s: error %.3g, probable %.3g\n", what, most, probable);
  CHECK(inside);
  return most;
}
