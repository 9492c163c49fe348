/* t-circuit-derive.c: rotation keys derived from parents, used and bounded. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "circuit/derive.h"
#include "circuit/linmap.h"
#include "ckks-cases.h"

/* Parents of rotations by 2^i (and -2^i): what a client uploads. */
static jfhe_keyring *make_parents(jfi_world *w, int negative, size_t *bytes) {
  jfhe_keyring *ring = NULL;
  CHECK_OK(jfhe_keyring_new(&ring, w->ctx));
  *bytes = 0;
  for (int32_t k = 1; k < (int32_t)jfhe_ctx_slots(w->ctx); k *= 2)
    for (int sign = 1; sign >= (negative ? -1 : 1); sign -= 2) {
      jfhe_evk *key = NULL;
      CHECK_OK(jfhe_keygen_parent(&key, w->ctx, w->sk, jfhe_galois_rotate(w->ctx, sign * k)));
      *bytes += jfhe_evk_bytes(key);
      CHECK_OK(jfhe_keyring_add(ring, key));
    }
  return ring;
}

static void check_rotation(jfi_world *w, const jfhe_keyring *keys, int32_t k, uint32_t level, const char *what) {
  size_t n = jfhe_ctx_slots(w->ctx), len = 8 * jfhe_ckks_rotate_scratch(w->ctx, w->ctx->chain.top);
  jfi_vec v = jfi_vec_random(w, n, 1), want = jfi_vec_new(n);
  for (size_t i = 0; i < n; i++) {
    size_t j = (i + n + (size_t)k) % n;
    want.re[i] = v.re[j];
    want.im[i] = v.im[j];
  }
  jfhe_ct *a = jfi_world_encrypt(w, &v, JFHE_PACK_COMPLEX, w->ctx->ring->log_n - 1, level), *out = jfi_world_room(w, 1);
  void *scratch = jfi_alloc(len);
  CHECK_OK(jfhe_ckks_rotate(w->ctx, out, a, k, keys, scratch, len));
  if (out->n_limbs) jfi_world_check(w, out, &want, what);
  jfi_free(scratch);
  jfhe_ct_free(a);
  jfhe_ct_free(out);
  jfi_vec_free(&v);
  jfi_vec_free(&want);
}

static void derive_some(jfhe_ctx *ctx, int negative, const char *what) {
  const int32_t k[] = {1, 3, -1, 100, 255, -7, 341, 0, 171};
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  jfhe_keyring *ring = NULL;
  size_t bytes;
  jfhe_keyring *parents = make_parents(&w, negative, &bytes);
  CHECK_OK(jfhe_keyring_new(&ring, ctx));
  CHECK_OK(jfhe_keyring_derive(ring, ctx, parents, k, sizeof k / sizeof *k));
  CHECK_EQ(jfhe_keyring_count(ring), 8);
  for (size_t i = 0; i < sizeof k / sizeof *k; i++)
    for (uint32_t level = 0; level <= ctx->chain.top; level += 2) check_rotation(&w, ring, k[i], level, what);
  CHECK_OK(jfhe_keyring_derive(ring, ctx, parents, k, sizeof k / sizeof *k));
  CHECK_EQ(jfhe_keyring_count(ring), 8);
  check_rotation(&w, parents, 4, 1, "a parent as an ordinary key");
  jfhe_keyring_free(ring);
  jfhe_keyring_free(parents);
  jfi_world_close(&w);
}

JFI_TEST(two_specials) { derive_some(jfi_test_ctx(10, 4, 46, 2), 1, "two specials"); }
JFI_TEST(four_specials) { derive_some(jfi_test_ctx(10, 4, 44, 4), 0, "four specials, positive parents"); }
JFI_TEST(rational_levels) { derive_some(jfi_test_ctx_rational(10, 2, 4), 1, "rational levels"); }

JFI_TEST(compose) {
  jfi_world w = jfi_world_open_with(jfi_test_ctx(10, 3, 46, 2), NULL, 0);
  jfhe_keyring *ring = NULL;
  jfhe_evk *p3 = NULL, *p5 = NULL, *pc = NULL, *k8 = NULL, *k13 = NULL, *turned = NULL, *none = NULL, *plain = NULL;
  CHECK_OK(jfhe_keyring_new(&ring, w.ctx));
  CHECK_OK(jfhe_keygen_parent(&p3, w.ctx, w.sk, jfhe_galois_rotate(w.ctx, 3)));
  CHECK_OK(jfhe_keygen_parent(&p5, w.ctx, w.sk, jfhe_galois_rotate(w.ctx, 5)));
  CHECK_OK(jfhe_keygen_parent(&pc, w.ctx, w.sk, jfhe_galois_conjugate(w.ctx)));
  CHECK_OK(jfhe_evk_compose(&k8, w.ctx, p3, p5));
  CHECK_OK(jfhe_evk_compose(&k13, w.ctx, k8, p5));
  CHECK_EQ(jfhe_evk_galois(k13), jfhe_galois_rotate(w.ctx, 13));
  CHECK(k13->noise_worst > k8->noise_worst && k8->noise_worst > p3->noise_worst);
  CHECK_OK(jfhe_evk_compose(&turned, w.ctx, p3, pc));
  CHECK_EQ(jfhe_evk_galois(turned), (uint64_t)jfhe_galois_rotate(w.ctx, 3) * jfhe_galois_conjugate(w.ctx) % 2048);
  /* what cannot be a parent */
  CHECK_STATUS(jfhe_evk_compose(&none, w.ctx, p3, k8), JFHE_ERR_KEY);
  CHECK_OK(jfhe_keygen_galois(&plain, w.ctx, w.sk, jfhe_galois_rotate(w.ctx, 2), 3));
  CHECK_STATUS(jfhe_evk_compose(&none, w.ctx, p3, plain), JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_evk_compose(&none, w.ctx, plain, p3), JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_evk_compose(&none, w.ctx, p3, NULL), JFHE_ERR_ARG);
  jfhe_evk *foreign = NULL;
  CHECK_OK(jfhe_keygen_parent(&foreign, w.ctx, w.other, jfhe_galois_rotate(w.ctx, 5)));
  CHECK_STATUS(jfhe_evk_compose(&none, w.ctx, p3, foreign), JFHE_ERR_KEY);
  for (long k = 0; k < 8; k++) {
    jfi_alloc_fail_after(k);
    CHECK_STATUS(jfhe_evk_compose(&none, w.ctx, p3, p5), JFHE_ERR_MEMORY);
  }
  jfi_alloc_fail_after(-1);
  CHECK(none == NULL);
  CHECK_OK(jfhe_keyring_add(ring, k8));
  CHECK_OK(jfhe_keyring_add(ring, k13));
  check_rotation(&w, ring, 8, 3, "3 + 5");
  check_rotation(&w, ring, 13, 2, "3 + 5 + 5");
  jfhe_evk_free(p3);
  jfhe_evk_free(p5);
  jfhe_evk_free(pc);
  jfhe_evk_free(turned);
  jfhe_evk_free(plain);
  jfhe_evk_free(foreign);
  jfhe_keyring_free(ring);
  jfi_world_close(&w);
}

JFI_TEST(missing_parent) {
  jfi_world w = jfi_world_open_with(jfi_test_ctx(10, 2, 46, 2), NULL, 0);
  jfhe_keyring *parents = NULL, *ring = NULL;
  jfhe_evk *key = NULL;
  const int32_t k[] = {1, 5};
  CHECK_OK(jfhe_keyring_new(&parents, w.ctx));
  CHECK_OK(jfhe_keyring_new(&ring, w.ctx));
  CHECK_OK(jfhe_keygen_parent(&key, w.ctx, w.sk, jfhe_galois_rotate(w.ctx, 1)));
  CHECK_OK(jfhe_keyring_add(parents, key));
  CHECK_STATUS(jfhe_keyring_derive(ring, w.ctx, parents, k, 2), JFHE_ERR_KEY);
  CHECK(strstr(jfhe_last_error(), "rotation 5") && strstr(jfhe_last_error(), "rotation 4"));
  CHECK_EQ(jfhe_keyring_count(ring), 0);
  jfhe_keyring_free(parents);
  jfhe_keyring_free(ring);
  jfi_world_close(&w);
}

/* A linear map whose keys are all derived: log2 N uploads serve any matrix. */
static void fill_diagonal(void *self, uint32_t index, double *re, double *im) {
  (void)self, (void)im;
  for (size_t i = 0; i < 512; i++) re[i] = (double)((i * 7 + index * 3) % 17) / 17 / 40;
}

JFI_TEST(linear_map_from_derived_keys) {
  int32_t index[40], k[64];
  for (int32_t i = 0; i < 40; i++) index[i] = i * 3;
  jfhe_ctx *ctx = jfi_test_ctx(10, 4, 46, 4);
  jfhe_linmap *map = NULL;
  jfhe_keyring *ring = NULL;
  size_t bytes;
  REQUIRE_OK(jfhe_linmap_new(&map, ctx, 9, index, 40, fill_diagonal, NULL));
  size_t count = jfhe_linmap_rotations(map, k, 64);
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  jfhe_keyring *parents = make_parents(&w, 1, &bytes);
  CHECK_OK(jfhe_keyring_new(&ring, ctx));
  CHECK_OK(jfhe_keyring_derive(ring, ctx, parents, k, count));
  CHECK_EQ(jfhe_keyring_count(ring), count);
  CHECK(jfhe_keyring_count(parents) == 17 && bytes < 17 * 6 * 9 * 1024 * 8); /* 2*log2(slots) - 1: -256 is 256 */
  jfi_vec v = jfi_vec_random(&w, 512, 0), want = jfi_vec_new(512);
  double re[512], im[512];
  for (int t = 0; t < 40; t++) {
    fill_diagonal(NULL, (uint32_t)index[t], re, im);
    for (size_t i = 0; i < 512; i++) want.re[i] += re[i] * v.re[(i + (size_t)index[t]) % 512];
  }
  jfhe_ct *a = jfi_world_encrypt(&w, &v, JFHE_PACK_REAL, 9, 4);
  size_t len = jfhe_linmap_scratch(ctx, map, 4);
  void *scratch = jfi_alloc(len);
  CHECK_OK(jfhe_linmap_apply(ctx, a, a, map, ring, scratch, len));
  jfi_world_check(&w, a, &want, "linear map from derived keys");
  jfi_free(scratch);
  jfhe_ct_free(a);
  jfi_vec_free(&v);
  jfi_vec_free(&want);
  jfhe_keyring_free(ring);
  jfhe_keyring_free(parents);
  jfhe_linmap_free(map);
  jfi_world_close(&w);
}

/* The bound is not idle: errors above the claim of an ordinary key. */
JFI_TEST(derived_noise_is_real_and_bounded) {
  jfi_world w = jfi_world_open_with(jfi_test_ctx(12, 3, 46, 2), NULL, 0);
  jfhe_keyring *ring = NULL;
  jfhe_evk *p = NULL, *k = NULL, *next = NULL;
  CHECK_OK(jfhe_keygen_parent(&p, w.ctx, w.sk, jfhe_galois_rotate(w.ctx, 1)));
  CHECK_OK(jfhe_evk_compose(&k, w.ctx, NULL, p));
  for (int i = 0; i < 4; i++, k = next) {
    CHECK_OK(jfhe_evk_compose(&next, w.ctx, k, p));
    jfhe_evk_free(k);
  }
  CHECK_OK(jfhe_keyring_new(&ring, w.ctx));
  CHECK_OK(jfhe_keyring_add(ring, k));
  check_rotation(&w, ring, 5, 3, "five steps");
  jfhe_keyring_free(ring);
  jfhe_evk_free(p);
  jfi_world_close(&w);
}
