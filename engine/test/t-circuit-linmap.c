/* t-circuit-linmap.c: linear maps and sums of rotations against plain matrices. */
/* every-isa */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "circuit/linmap.h"
#include "ckks-cases.h"

/* A matrix as diagonals: diagonal index[t] is re[t*n ..]. */
typedef struct diagonals {
  size_t n, count;
  int32_t index[64];
  double *re, *im;
} diagonals;

static diagonals random_diagonals(jfi_test_rng *rng, size_t n, const int32_t *index, size_t count, int complex) {
  diagonals d = {
      .n = n, .count = count, .re = calloc(n * count, sizeof(double)), .im = calloc(n * count, sizeof(double))};
  memcpy(d.index, index, count * sizeof *index);
  for (size_t i = 0; i < n * count; i++) {
    d.re[i] = (2 * jfi_test_rng_unit(rng) - 1) / (double)count;
    if (complex) d.im[i] = (2 * jfi_test_rng_unit(rng) - 1) / (double)count;
  }
  return d;
}
static void free_diagonals(diagonals *d) {
  free(d->re);
  free(d->im);
}

static jfi_vec product(const diagonals *d, const jfi_vec *v) {
  jfi_vec r = jfi_vec_new(d->n);
  int64_t n = (int64_t)d->n;
  for (size_t t = 0; t < d->count; t++)
    for (size_t i = 0; i < d->n; i++) {
      size_t j = (size_t)(((int64_t)i + d->index[t] + n) % n);
      double a = d->re[t * d->n + i], b = d->im[t * d->n + i];
      r.re[i] += a * v->re[j] - b * v->im[j];
      r.im[i] += a * v->im[j] + b * v->re[j];
    }
  return r;
}

static uint32_t log2_of(size_t n) {
  uint32_t l = 0;
  while ((size_t)1 << l < n) l++;
  return l;
}

static jfhe_linmap *make_map(const jfhe_ctx *ctx, const diagonals *d, int complex) {
  jfhe_linmap *map = NULL;
  CHECK_OK(jfhe_linmap_new_array(&map, ctx, log2_of(d->n), d->index, d->count, d->re, complex ? d->im : NULL));
  return map;
}

static jfi_world world_for(jfhe_ctx *ctx, const jfhe_linmap *map) {
  int32_t k[128];
  size_t count = jfhe_linmap_rotations(map, k, 128);
  CHECK(count <= 128);
  return jfi_world_open_with(ctx, k, count);
}

static double apply(jfi_world *w, jfhe_linmap *map, const diagonals *d, int complex, uint32_t level, const char *what) {
  jfi_vec v = jfi_vec_random(w, d->n, complex), want = product(d, &v);
  jfhe_ct *a = jfi_world_encrypt(w, &v, complex ? JFHE_PACK_COMPLEX : JFHE_PACK_REAL, map->log_slots, level),
          *out = jfi_world_room(w, 1);
  size_t len = jfhe_linmap_scratch(w->ctx, map, level);
  void *scratch = jfi_alloc(len);
  double ratio = 0;
  CHECK_OK(jfhe_linmap_apply(w->ctx, out, a, map, w->keys, scratch, len));
  if (out->n_limbs) {
    CHECK(out->level == level - 1 && out->scale == w->ctx->chain.scale[level - 1]);
    ratio = out->bound.worst / jfi_world_check(w, out, &want, what);
    CHECK_OK(jfhe_linmap_apply(w->ctx, a, a, map, w->keys, scratch, len));
    for (size_t p = 0; p < 2; p++)
      CHECK_MEM(jfi_ct_poly(a, p), jfi_ct_poly(out, p), out->n_limbs * w->ctx->ring->n * sizeof(uint64_t));
  }
  jfi_free(scratch);
  jfhe_ct_free(a);
  jfhe_ct_free(out);
  jfi_vec_free(&v);
  jfi_vec_free(&want);
  return ratio;
}

static void one_map(jfhe_ctx *ctx, size_t n, const int32_t *index, size_t count, int complex, uint32_t level,
                    const char *what) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 5);
  diagonals d = random_diagonals(&rng, n, index, count, complex);
  jfhe_linmap *map = make_map(ctx, &d, complex);
  jfi_world w = world_for(ctx, map);
  double ratio = apply(&w, map, &d, complex, level, what);
  CHECK(ratio < 0x1p16); /* worst case against the largest of as few as one slot */
  /* streamed, half cached, cached: the same map */
  size_t all = jfhe_linmap_cached(map);
  for (int share = 0; share < 2; share++) {
    CHECK_OK(jfhe_linmap_set_cap(map, share ? all / 2 : 0));
    CHECK(jfhe_linmap_cached(map) == 0);
    apply(&w, map, &d, complex, level, what);
    CHECK(jfhe_linmap_cached(map) <= (share ? all / 2 : 0));
  }
  jfhe_linmap_free(map);
  free_diagonals(&d);
  jfi_world_close(&w);
}

static const int32_t BAND[] = {-2, -1, 0, 1, 2};
static const int32_t SCATTER[] = {0, 3, 17, 100, 255, -200, 31, 64, 65, 66, 67, 128, 130};

JFI_TEST(band) { one_map(jfi_test_ctx(10, 3, 46, 2), 512, BAND, 5, 0, 3, "band"); }
JFI_TEST(scattered_complex) { one_map(jfi_test_ctx(10, 3, 46, 2), 512, SCATTER, 13, 1, 2, "scattered"); }
JFI_TEST(diagonal_alone_needs_no_key) { one_map(jfi_test_ctx(10, 2, 46, 1), 512, BAND + 2, 1, 1, 2, "diagonal"); }
JFI_TEST(one_rotation) { one_map(jfi_test_ctx(10, 2, 46, 1), 512, SCATTER + 2, 1, 0, 1, "rotation"); }
JFI_TEST(levels_that_do_not_nest) { one_map(jfi_test_ctx_rational(10, 2, 4), 512, SCATTER, 13, 1, 7, "rational"); }

JFI_TEST(several_giant_steps) {
  int32_t index[64];
  for (int32_t i = 0; i < 64; i++) index[i] = i;
  one_map(jfi_test_ctx(10, 3, 46, 2), 512, index, 64, 1, 3, "64 complex diagonals");
  for (int32_t i = 0; i < 64; i++) index[i] = 5 * i - 100;
  one_map(jfi_test_ctx(10, 3, 46, 1), 512, index, 64, 0, 2, "64 diagonals, stride 5");
}

/* ---- stepped maps ---- */
static void read_diagonal(void *self, uint32_t index, double *re, double *im) {
  const diagonals *d = self;
  size_t t = 0;
  while ((size_t)((d->index[t] + (int64_t)d->n) % (int64_t)d->n) != index) t++;
  memcpy(re, d->re + t * d->n, d->n * sizeof *re);
  memcpy(im, d->im + t * d->n, d->n * sizeof *im);
}

/* Several ciphertexts in step: the same bits as one by one. */
static void together(jfi_world *w, jfhe_linmap *map, const diagonals *d, uint32_t level) {
  enum { COUNT = 3 };
  jfhe_ct *a[COUNT], *one[COUNT], *all[COUNT];
  const jfhe_ct *in[COUNT];
  size_t len = jfi_linmap_scratch_many(w->ctx, map, level, COUNT);
  void *scratch = jfi_alloc(len);
  jfi_scratch s;
  jfi_scratch_init(&s, scratch, len);
  for (size_t i = 0; i < COUNT; i++) {
    jfi_vec v = jfi_vec_random(w, d->n, 1);
    in[i] = a[i] = jfi_world_encrypt(w, &v, JFHE_PACK_COMPLEX, map->log_slots, level);
    one[i] = jfi_world_room(w, 1);
    all[i] = jfi_world_room(w, 1);
    CHECK_OK(jfi_linmap_apply(w->ctx, one[i], a[i], map, w->keys, &s));
    jfi_vec_free(&v);
  }
  CHECK_OK(jfi_linmap_apply_many(w->ctx, all, in, COUNT, map, w->keys, &s));
  CHECK_STATUS(jfi_linmap_apply_many(w->ctx, all, in, JFI_MANY_MAX + 1, map, w->keys, &s), JFHE_ERR_ARG);
  a[1]->scale *= 1.5;
  CHECK_STATUS(jfi_linmap_apply_many(w->ctx, all, in, COUNT, map, w->keys, &s), JFHE_ERR_LEVEL);
  for (size_t i = 0; i < COUNT; i++) {
    for (size_t p = 0; p < 2; p++)
      CHECK_MEM(jfi_ct_poly(all[i], p), jfi_ct_poly(one[i], p), one[i]->n_limbs * w->ctx->ring->n * sizeof(uint64_t));
    CHECK(all[i]->bound.worst == one[i]->bound.worst && all[i]->bound.sd == one[i]->bound.sd);
    jfhe_ct_free(a[i]);
    jfhe_ct_free(one[i]);
    jfhe_ct_free(all[i]);
  }
  jfi_free(scratch);
}

static void one_stepped(const int32_t *index, size_t count, jfi_stride stride, const char *what) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 11);
  jfhe_ctx *ctx = jfi_test_ctx(10, 3, 46, 2);
  diagonals d = random_diagonals(&rng, 512, index, count, 1);
  for (size_t i = 0; i < d.n; i++) { /* one is constant: no plaintext */
    d.re[(count / 2) * d.n + i] = 0.25;
    d.im[(count / 2) * d.n + i] = 0;
  }
  jfhe_linmap *map = NULL;
  CHECK_OK(jfi_linmap_new(&map, ctx, 9, index, count, read_diagonal, &d, NULL, NULL, 0, &stride));
  jfi_world w = world_for(ctx, map);
  apply(&w, map, &d, 1, 3, what);
  together(&w, map, &d, 3);
  jfhe_linmap_free(map);
  free_diagonals(&d);
  jfi_world_close(&w);
}

/* Babies hoisted, and walked to in several windows, in both directions; giants on both sides and all the way round. */
JFI_TEST(stepped) {
  int32_t index[64];
  for (int32_t i = 0; i < 60; i++) index[i] = i - 31;
  one_stepped(index, 60, (jfi_stride){8, 0}, "hoisted babies");
  one_stepped(index, 60, (jfi_stride){32, 1}, "a walk of 32");
  one_stepped(index, 60, (jfi_stride){32, -1}, "a walk of 32 back");
  for (int32_t i = 0; i < 64; i++) index[i] = 8 * i;
  one_stepped(index, 64, (jfi_stride){256, 8}, "a walk and all the way round");
  one_stepped(index, 64, (jfi_stride){64, -8}, "a walk and all the way round back");
}

JFI_TEST(dense_and_sparse_packing) {
  int32_t all[32];
  for (int32_t i = 0; i < 32; i++) all[i] = i;
  one_map(jfi_test_ctx(10, 3, 46, 2), 32, all, 32, 1, 3, "dense 32 x 32 in sparse packing");
  one_map(jfi_test_ctx(6, 3, 46, 2), 32, all, 32, 0, 3, "dense 32 x 32, full packing");
  one_map(jfi_test_ctx(10, 3, 46, 2), 2, all, 2, 1, 3, "2 x 2");
  one_map(jfi_test_ctx(10, 3, 46, 2), 1, all, 1, 1, 3, "1 x 1");
}

JFI_TEST(constants_and_zeros) {
  jfhe_ctx *ctx = jfi_test_ctx(10, 3, 46, 2);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 7);
  const int32_t index[] = {0, 1, 2, 5};
  diagonals d = random_diagonals(&rng, 512, index, 4, 0);
  for (size_t i = 0; i < 512; i++) {
    d.re[i] = 0.25;           /* diagonal 0: constant */
    d.re[2 * 512 + i] = 0;    /* diagonal 2: zero */
    d.re[3 * 512 + i] = -0.1; /* diagonal 5: constant */
  }
  jfhe_linmap *map = make_map(ctx, &d, 0);
  CHECK_EQ(jfhe_linmap_diagonals(map), 3);
  jfi_world w = world_for(ctx, map);
  apply(&w, map, &d, 0, 3, "constants");
  CHECK_EQ(jfhe_linmap_cached(map), 6 * 1024 * sizeof(uint64_t)); /* one plaintext: 4 + 2 primes */
  double row = 0, v;
  for (size_t i = 0; i < 512; i++) row = (v = 0.35 + fabs(d.re[512 + i])) > row ? v : row;
  CHECK_CLOSE(jfhe_linmap_norm(map), row, 1e-8);
  jfhe_linmap_free(map);
  free_diagonals(&d);
  jfi_world_close(&w);
}

JFI_TEST(babies_outnumber_giants) {
  jfhe_ctx *ctx = jfi_test_ctx(10, 6, 46, 2);
  int32_t k[64];
  diagonals d = {.n = 512, .count = 64, .re = calloc(512 * 64, sizeof(double))};
  for (int32_t i = 0; i < 64; i++) d.index[i] = i;
  for (size_t i = 0; i < 512 * 64; i++) d.re[i] = (double)i;
  jfhe_linmap *map = make_map(ctx, &d, 0);
  CHECK(jfhe_linmap_rotations(map, k, 64) <= 22 && map->n_babies >= map->n_giants &&
        map->n_giants * map->n_babies == 64);
  jfhe_linmap_free(map);
  free(d.re);
  jfhe_ctx_free(ctx);
}

JFI_TEST(prepared_map_only_reads) {
  jfhe_ctx *ctx = jfi_test_ctx(10, 3, 46, 2);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 7);
  diagonals d = random_diagonals(&rng, 512, BAND, 5, 0);
  jfhe_linmap *map = make_map(ctx, &d, 0);
  jfi_world w = world_for(ctx, map);
  CHECK_OK(jfhe_linmap_prepare(ctx, map, 3));
  jfi_vec v = jfi_vec_random(&w, 512, 0);
  jfhe_ct *a = jfi_world_encrypt(&w, &v, JFHE_PACK_REAL, 9, 3), *out = jfi_world_room(&w, 1),
          *out2 = jfi_world_room(&w, 1);
  size_t len = jfhe_linmap_scratch(ctx, map, 3);
  void *scratch = jfi_alloc(len);
  CHECK_OK(
      jfhe_linmap_apply(ctx, out, a, map, w.keys, scratch, len)); /* conversions of the last division are made now */
  jfi_alloc_fail_after(0);
  CHECK_OK(jfhe_linmap_apply(ctx, out, a, map, w.keys, scratch, len));
  jfi_alloc_fail_after(-1);
  jfi_free(scratch);
  CHECK_OK(jfhe_ctx_set_threads(ctx, 2));
  len = jfhe_linmap_scratch(ctx, map, 3);
  scratch = jfi_alloc(len);
  CHECK_OK(jfhe_linmap_apply(ctx, out2, a, map, w.keys, scratch, len));
  for (size_t p = 0; p < 2; p++)
    CHECK_MEM(jfi_ct_poly(out2, p), jfi_ct_poly(out, p), out->n_limbs * 1024 * sizeof(uint64_t));
  jfi_free(scratch);
  jfhe_ct_free(a);
  jfhe_ct_free(out);
  jfhe_ct_free(out2);
  jfi_vec_free(&v);
  jfhe_linmap_free(map);
  free_diagonals(&d);
  jfi_world_close(&w);
}

JFI_TEST(linmap_refuses) {
  jfhe_ctx *ctx = jfi_test_ctx(10, 3, 46, 2);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 7);
  diagonals d = random_diagonals(&rng, 512, BAND, 5, 0);
  jfhe_linmap *map = make_map(ctx, &d, 0), *bad = NULL;
  const int32_t twice[] = {1, -511}, outside[] = {512};
  CHECK_STATUS(jfhe_linmap_new_array(&bad, ctx, 9, twice, 2, d.re, NULL), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_linmap_new_array(&bad, ctx, 9, outside, 1, d.re, NULL), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_linmap_new_array(&bad, ctx, 10, BAND, 1, d.re, NULL), JFHE_ERR_ARG);
  double zero[512] = {0};
  CHECK_STATUS(jfhe_linmap_new_array(&bad, ctx, 9, BAND, 1, zero, NULL), JFHE_ERR_VALUE);
  zero[7] = NAN;
  CHECK_STATUS(jfhe_linmap_new_array(&bad, ctx, 9, BAND, 1, zero, NULL), JFHE_ERR_VALUE);
  for (long k = 0; k < 8; k++) {
    jfi_alloc_fail_after(k);
    CHECK_STATUS(jfhe_linmap_new_array(&bad, ctx, 9, BAND, 5, d.re, NULL), JFHE_ERR_MEMORY);
  }
  jfi_alloc_fail_after(-1);
  CHECK(bad == NULL);
  jfi_world w = jfi_world_open_with(ctx, BAND, 2); /* keys of -2 and -1 only */
  jfi_vec v = jfi_vec_random(&w, 512, 0);
  jfhe_ct *a = jfi_world_encrypt(&w, &v, JFHE_PACK_REAL, 9, 3), *low = jfi_world_encrypt(&w, &v, JFHE_PACK_REAL, 9, 0);
  jfhe_ct *sparse = jfi_world_encrypt(&w, &(jfi_vec){4, v.re, v.im}, JFHE_PACK_REAL, 2, 3),
          *out = jfi_world_room(&w, 1);
  size_t len = jfhe_linmap_scratch(ctx, map, 3);
  void *scratch = jfi_alloc(len);
  CHECK_STATUS(jfhe_linmap_apply(ctx, out, a, map, w.keys, scratch, len), JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_linmap_apply(ctx, out, low, map, w.keys, scratch, len), JFHE_ERR_LEVEL);
  CHECK_STATUS(jfhe_linmap_apply(ctx, out, sparse, map, w.keys, scratch, len), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_linmap_apply(ctx, out, a, map, w.keys, scratch, len - 1), JFHE_ERR_SCRATCH);
  CHECK(out->n_limbs == 0);
  jfi_free(scratch);
  jfhe_ct_free(a);
  jfhe_ct_free(low);
  jfhe_ct_free(sparse);
  jfhe_ct_free(out);
  jfi_vec_free(&v);
  jfhe_linmap_free(map);
  free_diagonals(&d);
  jfi_world_close(&w);
}

/* ---- sums of rotations ---- */
JFI_TEST(rotate_sum) {
  const int32_t k[] = {0, 3, 7, -1, 16, 3};
  jfi_world w = jfi_world_open(jfi_test_ctx(10, 3, 46, 2));
  for (size_t count = 1; count <= 6; count++) {
    jfi_vec v = jfi_vec_random(&w, 512, 1), want = jfi_vec_new(512);
    for (size_t t = 0; t < count; t++)
      for (size_t i = 0; i < 512; i++) {
        want.re[i] += v.re[(i + 512 + (size_t)k[t]) % 512];
        want.im[i] += v.im[(i + 512 + (size_t)k[t]) % 512];
      }
    jfhe_ct *a = jfi_world_encrypt(&w, &v, JFHE_PACK_COMPLEX, 9, 2);
    size_t len = jfhe_rotate_sum_scratch(w.ctx, 2);
    void *scratch = jfi_alloc(len);
    CHECK_OK(jfhe_rotate_sum(w.ctx, a, a, k, count, w.keys, scratch, len));
    CHECK_EQ(a->level, 2);
    jfi_world_check(&w, a, &want, "sum of rotations");
    jfi_free(scratch);
    jfhe_ct_free(a);
    jfi_vec_free(&v);
    jfi_vec_free(&want);
  }
  jfi_world_close(&w);
}

static void inner_sum(uint32_t stride, uint32_t count, uint32_t radix) {
  int32_t k[64];
  size_t keys = jfhe_inner_sum_rotations(stride, count, radix, k, 64);
  jfi_world w = jfi_world_open_with(jfi_test_ctx(10, 2, 46, 2), k, keys);
  jfi_vec v = jfi_vec_random(&w, 512, 0), want = jfi_vec_new(512);
  for (size_t i = 0; i < 512; i++)
    for (size_t j = 0; j < count; j++) want.re[i] += v.re[(i + j * stride) % 512];
  jfhe_ct *a = jfi_world_encrypt(&w, &v, JFHE_PACK_REAL, 9, 2), *out = jfi_world_room(&w, 1);
  size_t len = jfhe_rotate_sum_scratch(w.ctx, 2);
  void *scratch = jfi_alloc(len);
  CHECK_OK(jfhe_inner_sum_hoisted(w.ctx, out, a, stride, count, radix, w.keys, scratch, len));
  jfi_world_check(&w, out, &want, "inner sum");
  jfi_free(scratch);
  jfhe_ct_free(a);
  jfhe_ct_free(out);
  jfi_vec_free(&v);
  jfi_vec_free(&want);
  jfi_world_close(&w);
}

JFI_TEST(inner_sums) {
  inner_sum(1, 512, 8);
  inner_sum(1, 64, 4);
  inner_sum(8, 32, 16);
  inner_sum(3, 1, 4);
  inner_sum(2, 2, 2);
  CHECK_EQ(jfhe_inner_sum_rotations(1, 512, 8, NULL, 0), 21);
  CHECK_EQ(jfhe_inner_sum_rotations(1, 512, 2, NULL, 0), 9);
}
