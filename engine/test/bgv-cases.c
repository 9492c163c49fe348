/* bgv-cases.c: see bgv-cases.h. */
#include "bgv-cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "jfhe/ckks.h"
#include "rlwe/secret/decrypt.h"

static void add_key(bgv_world *w, uint32_t g) {
  jfhe_evk *key = NULL;
  if (g == 1 || jfhe_keyring_galois(w->keys, g)) return;
  CHECK_OK(jfhe_keygen_galois(&key, w->ctx, w->sk, g, w->ctx->chain.top));
  CHECK_OK(jfhe_keyring_add(w->keys, key));
}

static size_t most_scratch(const bgv_world *w) {
  uint32_t top = w->ctx->chain.top;
  size_t s[] = {jfhe_bgv_encode_scratch(w->b),     jfhe_bgv_decode_scratch(w->b),
                jfhe_encrypt_scratch(w->ctx),      jfhe_decrypt_scratch(w->ctx),
                jfhe_bgv_mul_scratch(w->ctx, top), jfhe_bgv_to_level_scratch(w->ctx, top),
                jfhe_ckks_decode_scratch(w->ctx)};
  size_t m = 0;
  for (size_t i = 0; i < sizeof s / sizeof *s; i++) m = s[i] > m ? s[i] : m;
  return m;
}

int bgv_world_open(bgv_world *w, jfhe_ctx *ctx, uint32_t t) {
  static const uint8_t entropy[32] = {2, 7, 1, 8};
  jfhe_evk *key = NULL;
  *w = (bgv_world){.ctx = ctx, .t = t};
  if (!ctx) return 0;
  jfi_test_rng_init(&w->rng, t);
  jfhe_status st = jfhe_bgv_new(&w->b, ctx, t);
  CHECK_OK(st);
  if (st != JFHE_OK) return 0;
  w->n = jfhe_bgv_slots(w->b);
  CHECK_OK(jfhe_sk_from_entropy(&w->sk, ctx, entropy));
  CHECK_OK(jfhe_keyring_new(&w->keys, ctx));
  CHECK_OK(jfhe_keygen_relin(&key, ctx, w->sk, ctx->chain.top));
  CHECK_OK(jfhe_keyring_add(w->keys, key));
  for (int32_t k = 1; k < (int32_t)(w->n / 2); k *= 2) {
    add_key(w, jfhe_galois_rotate(ctx, k));
    add_key(w, jfhe_galois_rotate(ctx, -k));
  }
  add_key(w, jfhe_galois_conjugate(ctx));
  w->scratch_len = most_scratch(w);
  w->scratch = jfi_alloc(w->scratch_len);
  return w->scratch != NULL;
}

void bgv_world_close(bgv_world *w) {
  jfi_free(w->scratch);
  jfhe_keyring_free(w->keys);
  jfhe_sk_free(w->sk);
  jfhe_bgv_free(w->b);
  jfhe_ctx_free(w->ctx);
}

int64_t bgv_centre(const bgv_world *w, int64_t x) {
  int64_t r = x % w->t, half = (w->t - 1) / 2;
  if (r > half) r -= w->t;
  if (r < -half) r += w->t;
  return r;
}

int64_t bgv_mul(const bgv_world *w, int64_t x, int64_t y) { return bgv_centre(w, x * y); }

int64_t *bgv_vec(bgv_world *w, enum bgv_fill fill) {
  int64_t *v = calloc(w->n, sizeof *v), half = (w->t - 1) / 2;
  if (!v) abort();
  size_t hot = (size_t)jfi_test_rng_below(&w->rng, w->n);
  for (size_t i = 0; i < w->n; i++) switch (fill) {
    case BGV_TOP: v[i] = half; break;
    case BGV_BOTTOM: v[i] = -half; break;
    case BGV_EXTREMES: v[i] = jfi_test_rng_below(&w->rng, 2) ? half : -half; break;
    case BGV_ONE_HOT: v[i] = i == hot ? -half : 0; break;
    case BGV_ZERO: break;
    case BGV_SMALL: v[i] = (int64_t)jfi_test_rng_below(&w->rng, 7) - 3; break;
    default: v[i] = (int64_t)jfi_test_rng_below(&w->rng, (uint64_t)w->t) - half;
    }
  return v;
}

jfhe_pt *bgv_plain(bgv_world *w, const int64_t *v, uint32_t use, uint32_t level) {
  jfhe_pt *pt = NULL;
  CHECK_OK(jfhe_pt_new(&pt, w->ctx, level));
  CHECK_OK(jfhe_bgv_encode(w->b, pt, v, w->n, 0, use, level, w->scratch, w->scratch_len));
  return pt;
}

jfhe_ct *bgv_room(bgv_world *w) {
  jfhe_ct *ct = NULL;
  CHECK_OK(jfhe_ct_new(&ct, w->ctx, 1, w->ctx->chain.top));
  return ct;
}

jfhe_ct *bgv_encrypt(bgv_world *w, const int64_t *v, uint32_t level) {
  jfhe_ct *ct = bgv_room(w);
  jfhe_pt *pt = bgv_plain(w, v, JFHE_BGV_FRESH, level);
  CHECK_OK(jfhe_encrypt(w->ctx, ct, pt, w->sk, w->scratch, w->scratch_len));
  jfhe_pt_free(pt);
  return ct;
}

/* v = t*phase, decoded as if it were complex slots of scale 1. */
double bgv_noise(bgv_world *w, const jfhe_ct *ct) {
  jfhe_pt *pt = NULL;
  size_t slots = w->ctx->ring->n / 2, limb = 0;
  double *re = calloc(2 * slots, sizeof *re), most = 0;
  CHECK_OK(jfhe_pt_new(&pt, w->ctx, ct->level));
  CHECK_OK(jfi_decrypt(w->ctx, pt, ct, w->sk, jfi_ctx_product(w->ctx, ct->primes) / 2.5, w->scratch, w->scratch_len));
  for (size_t i = jfi_set_next(pt->primes, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(pt->primes, i + 1), limb++)
    w->ctx->ring->k->mul_const(pt->data + limb * 2 * slots, pt->data + limb * 2 * slots, (uint64_t)w->t, 2 * slots,
                               &w->ctx->ring->mod[i]);
  pt->packing = JFHE_PACK_COMPLEX;
  pt->log_slots = w->ctx->ring->log_n - 1;
  pt->scale = 1;
  CHECK_OK(jfhe_ckks_decode(w->ctx, re, re + slots, slots, pt, w->scratch, w->scratch_len));
  for (size_t i = 0; i < slots; i++) most = fmax(most, hypot(re[i], re[slots + i]));
  free(re);
  jfhe_pt_free(pt);
  return most;
}

int bgv_check(bgv_world *w, const jfhe_ct *ct, const int64_t *want, const char *what) {
  jfhe_pt *pt = NULL;
  int64_t *got = calloc(w->n, sizeof *got);
  size_t wrong = 0, first = 0;
  jfhe_status st = jfhe_pt_new(&pt, w->ctx, ct->level);
  if (st == JFHE_OK) st = jfhe_decrypt(w->ctx, pt, ct, w->sk, w->scratch, w->scratch_len);
  if (st == JFHE_OK) st = jfhe_bgv_decode(w->b, got, w->n, pt, w->scratch, w->scratch_len);
  CHECK_OK(st);
  for (size_t i = w->n; i-- > 0;)
    if (got[i] != bgv_centre(w, want[i])) {
      wrong++;
      first = i;
    }
  if (wrong)
    printf("%s: %zu of %zu slots differ, slot %zu: %lld, not %lld\n", what, wrong, w->n, first, (long long)got[first],
           (long long)bgv_centre(w, want[first]));
  double noise = bgv_noise(w, ct);
  int inside = noise <= ct->bound.worst;
  if (!inside) printf("%s: noise 2^%.2f over its bound 2^%.2f\n", what, log2(noise), log2(ct->bound.worst));
  CHECK(wrong == 0);
  CHECK(inside);
  free(got);
  jfhe_pt_free(pt);
  return st == JFHE_OK && wrong == 0 && inside;
}
