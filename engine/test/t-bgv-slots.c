/* t-bgv-slots.c: rotations, sums, linear maps, polynomials, equality and wider integers, against plain integers. */
/* every-isa */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bgv-cases.h"

typedef struct room {
  bgv_world w;
  jfhe_ct *out;
  void *scratch;
  size_t len;
} room;

static int open_room(room *r, uint32_t log_n, uint32_t steps, uint32_t bits, uint32_t t) {
  if (!bgv_world_open(&r->w, jfi_test_ctx(log_n, steps, bits, 2), t)) return 0;
  const jfhe_ctx *ctx = r->w.ctx;
  size_t s[] = {jfhe_bgv_rotate_scratch(ctx, steps), jfhe_bgv_rotate_all_scratch(r->w.b, steps),
                jfhe_bgv_sum_scratch(ctx, steps), jfhe_bgv_map_scratch(ctx, steps), jfhe_bgv_poly_scratch(ctx, steps)};
  r->len = 0;
  for (size_t i = 0; i < sizeof s / sizeof *s; i++) r->len = s[i] > r->len ? s[i] : r->len;
  r->scratch = jfi_alloc(r->len);
  r->out = bgv_room(&r->w);
  return r->scratch && r->out;
}

static void close_room(room *r) {
  jfhe_ct_free(r->out);
  jfi_free(r->scratch);
  bgv_world_close(&r->w);
}

/* Two ways: the operation itself, and rotations by powers of two put together. */
JFI_TEST(rotations) {
  room r;
  if (!open_room(&r, 7, 4, 44, 65537)) return;
  int64_t n = (int64_t)r.w.n, h = n / 2, *v = bgv_vec(&r.w, BGV_UNIFORM), *want = calloc(r.w.n, sizeof *want);
  jfhe_ct *ct = bgv_encrypt(&r.w, v, 4);
  for (int32_t k = 1; k < h; k *= 2)
    for (int sign = -1; sign <= 1; sign += 2) {
      CHECK_OK(jfhe_bgv_rotate(r.w.b, r.out, ct, sign * k, r.w.keys, r.scratch, r.len));
      for (int64_t i = 0; i < n; i++) want[i] = v[i / h * h + (i % h + sign * k + h) % h];
      bgv_check(&r.w, r.out, want, "rotation");
    }
  CHECK_OK(jfhe_bgv_rotate(r.w.b, r.out, ct, 0, r.w.keys, r.scratch, r.len));
  bgv_check(&r.w, r.out, v, "no rotation");
  CHECK_OK(jfhe_bgv_rotate(r.w.b, r.out, ct, (int32_t)h + 1, r.w.keys, r.scratch, r.len)); /* as far as 1 */
  CHECK_STATUS(jfhe_bgv_rotate(r.w.b, r.out, ct, 3, r.w.keys, r.scratch, r.len), JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_bgv_rotate(r.w.b, r.out, ct, 1, r.w.keys, r.scratch, 100), JFHE_ERR_SCRATCH);
  CHECK_OK(jfhe_bgv_swap(r.w.b, r.out, ct, r.w.keys, r.scratch, r.len));
  for (int64_t i = 0; i < n; i++) want[i] = v[(i + h) % n];
  bgv_check(&r.w, r.out, want, "exchange");
  const int32_t turn[] = {0, 1, 2, (int32_t)h, (int32_t)h + 16, -1, -(int32_t)h, (int32_t)n - 8, (int32_t)n};
  for (size_t t = 0; t < sizeof turn / sizeof *turn; t++) {
    CHECK_OK(jfhe_bgv_rotate_all(r.w.b, r.out, ct, turn[t], r.w.keys, r.scratch, r.len));
    for (int64_t i = 0; i < n; i++) want[i] = v[(i + turn[t] + 2 * n) % n];
    bgv_check(&r.w, r.out, want, "all slots");
  }
  jfhe_ct_free(ct);
  free(v);
  free(want);
  close_room(&r);
}

JFI_TEST(sums) {
  static const uint32_t t[] = {65537, 97};
  for (size_t c = 0; c < 2; c++) {
    room r;
    if (!open_room(&r, 6, 2, 44, t[c])) return;
    int64_t h = (int64_t)r.w.n / 2, *v = bgv_vec(&r.w, BGV_EXTREMES), *want = calloc(r.w.n, sizeof *want);
    jfhe_ct *ct = bgv_encrypt(&r.w, v, 2);
    for (int rows = 0; rows < 2; rows++)
      for (uint32_t count = 1; count <= (uint32_t)h; count *= 2)
        for (uint32_t stride = 1; stride * count <= (uint32_t)h; stride *= 4) {
          CHECK_OK(jfhe_bgv_inner_sum(r.w.b, r.out, ct, stride, count, rows, r.w.keys, r.scratch, r.len));
          for (int64_t i = 0; i < 2 * h; i++) {
            want[i] = 0;
            for (uint32_t j = 0; j < count; j++) {
              int64_t at = (i % h + j * stride) % h;
              want[i] += v[i / h * h + at] + (rows ? v[(1 - i / h) * h + at] : 0);
            }
          }
          bgv_check(&r.w, r.out, want, "inner sum");
        }
    CHECK_STATUS(jfhe_bgv_inner_sum(r.w.b, r.out, ct, 1, 3, 0, r.w.keys, r.scratch, r.len), JFHE_ERR_ARG);
    CHECK_STATUS(jfhe_bgv_inner_sum(r.w.b, r.out, ct, 2, (uint32_t)h, 0, r.w.keys, r.scratch, r.len), JFHE_ERR_ARG);
    jfhe_ct_free(ct);
    free(v);
    free(want);
    close_room(&r);
  }
}

static void apply_map(room *r, const uint32_t *index, size_t count, enum bgv_fill fill) {
  size_t n = r->w.n, h = n / 2;
  int64_t *m = calloc(count * n, sizeof *m), *v = bgv_vec(&r->w, fill), *want = calloc(n, sizeof *want);
  for (size_t d = 0; d < count; d++) {
    int64_t *row = bgv_vec(&r->w, d % 2 ? BGV_SMALL : BGV_UNIFORM);
    memcpy(m + d * n, row, n * sizeof *row);
    free(row);
  }
  jfhe_bgv_map *map = NULL;
  REQUIRE_OK(jfhe_bgv_map_new(&map, r->w.b, index, count, m, 2));
  int32_t k[64];
  size_t keys = jfhe_bgv_map_rotations(map, k, 64);
  for (size_t i = 0; i < keys; i++) {
    jfhe_evk *key = NULL;
    uint32_t g = jfhe_galois_rotate(r->w.ctx, k[i]);
    if (jfhe_keyring_galois(r->w.keys, g)) continue;
    CHECK_OK(jfhe_keygen_galois(&key, r->w.ctx, r->w.sk, g, 2));
    CHECK_OK(jfhe_keyring_add(r->w.keys, key));
  }
  for (uint32_t level = 1; level <= 2; level++) {
    jfhe_ct *ct = bgv_encrypt(&r->w, v, level);
    CHECK_OK(jfhe_bgv_map_apply(map, r->out, ct, r->w.keys, r->scratch, r->len));
    for (size_t i = 0; i < n; i++) {
      want[i] = 0;
      for (size_t d = 0; d < count; d++) {
        size_t from = (i / h ^ index[d] / h) * h + (i % h + index[d] % h) % h;
        want[i] = bgv_centre(&r->w, want[i] + bgv_mul(&r->w, m[d * n + i], v[from]));
      }
    }
    bgv_check(&r->w, r->out, want, "linear map");
    CHECK_OK(jfhe_bgv_map_apply(map, ct, ct, r->w.keys, r->scratch, r->len));
    bgv_check(&r->w, ct, want, "linear map in place");
    jfhe_ct_free(ct);
  }
  jfhe_bgv_map_free(map);
  free(m);
  free(v);
  free(want);
}

JFI_TEST(linear_maps) {
  room r;
  if (!open_room(&r, 5, 2, 48, 65537)) return;
  uint32_t all[32];
  for (uint32_t i = 0; i < 32; i++) all[i] = i;
  const uint32_t few[] = {0, 5, 31}, one[] = {0}, far[] = {17};
  apply_map(&r, all, 32, BGV_UNIFORM); /* any matrix of 32 x 32 */
  apply_map(&r, all, 16, BGV_EXTREMES);
  apply_map(&r, few, 3, BGV_TOP);
  apply_map(&r, one, 1, BGV_ONE_HOT);
  apply_map(&r, far, 1, BGV_UNIFORM);
  const uint32_t twice[] = {3, 3}, over[] = {32};
  int64_t m[64] = {0};
  jfhe_bgv_map *map;
  CHECK_STATUS(jfhe_bgv_map_new(&map, r.w.b, twice, 2, m, 2), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bgv_map_new(&map, r.w.b, over, 1, m, 2), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bgv_map_new(&map, r.w.b, all, 0, m, 2), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bgv_map_new(&map, r.w.b, all, 1, m, 3), JFHE_ERR_LEVEL);
  CHECK(map == NULL);
  close_room(&r);
}

JFI_TEST(polynomials) {
  static const struct {
    uint32_t t;
    size_t count;
  } CASE[] = {{65537, 1},  {65537, 2}, {65537, 3}, {65537, 8}, {65537, 9},
              {65537, 30}, {97, 97},   {257, 200}, {786433, 7}};
  for (size_t c = 0; c < sizeof CASE / sizeof *CASE; c++) {
    room r;
    if (!open_room(&r, 5, 12, 46, CASE[c].t)) return;
    int64_t coeff[256], *v = bgv_vec(&r.w, BGV_UNIFORM), *want = calloc(r.w.n, sizeof *want);
    for (int sparse = 0; sparse < 2; sparse++) {
      for (size_t k = 0; k < CASE[c].count; k++)
        coeff[k] = sparse && k % 3 ? 0 : (int64_t)jfi_test_rng_below(&r.w.rng, (uint64_t)r.w.t);
      jfhe_ct *ct = bgv_encrypt(&r.w, v, 12);
      CHECK_OK(jfhe_bgv_poly(r.w.b, r.out, ct, coeff, CASE[c].count, r.w.keys, r.scratch, r.len));
      for (size_t i = 0; i < r.w.n; i++) {
        want[i] = 0;
        for (size_t k = CASE[c].count; k-- > 0;) want[i] = bgv_centre(&r.w, bgv_mul(&r.w, want[i], v[i]) + coeff[k]);
      }
      bgv_check(&r.w, r.out, want, "polynomial");
      printf("t %u, %zu coefficients: %u levels\n", CASE[c].t, CASE[c].count, 12 - jfhe_ct_level(r.out));
      jfhe_ct_free(ct);
    }
    free(v);
    free(want);
    close_room(&r);
  }
}

JFI_TEST(powers) {
  room r;
  if (!open_room(&r, 5, 8, 46, 65537)) return;
  static const uint32_t e[] = {1, 2, 3, 7, 12, 31};
  int64_t *v = bgv_vec(&r.w, BGV_UNIFORM), *want = calloc(r.w.n, sizeof *want);
  jfhe_ct *ct = bgv_encrypt(&r.w, v, 8);
  for (size_t c = 0; c < sizeof e / sizeof *e; c++) {
    CHECK_OK(jfhe_bgv_pow(r.w.b, r.out, ct, e[c], r.w.keys, r.scratch, r.len));
    for (size_t i = 0; i < r.w.n; i++) {
      want[i] = 1;
      for (uint32_t k = 0; k < e[c]; k++) want[i] = bgv_mul(&r.w, want[i], v[i]);
    }
    bgv_check(&r.w, r.out, want, "power");
  }
  CHECK_STATUS(jfhe_bgv_pow(r.w.b, r.out, ct, 0, r.w.keys, r.scratch, r.len), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bgv_pow(r.w.b, r.out, ct, 65536, r.w.keys, r.scratch, r.len), JFHE_ERR_LEVEL);
  jfhe_ct_free(ct);
  free(v);
  free(want);
  close_room(&r);
}

static void equality(uint32_t steps, uint32_t t, uint32_t domain) {
  room r;
  if (!open_room(&r, 5, steps, 46, t)) return;
  int64_t *v = bgv_vec(&r.w, BGV_UNIFORM), *u = bgv_vec(&r.w, BGV_UNIFORM), *want = calloc(r.w.n, sizeof *want);
  for (size_t i = 0; i < r.w.n; i++) {
    if (domain) {
      v[i] = (int64_t)jfi_test_rng_below(&r.w.rng, domain);
      u[i] = (int64_t)jfi_test_rng_below(&r.w.rng, domain);
    }
    if (i % 3 == 0) u[i] = v[i];
  }
  jfhe_ct *a = bgv_encrypt(&r.w, v, steps), *c = bgv_encrypt(&r.w, u, steps);
  for (size_t i = 0; i < r.w.n; i++) want[i] = v[i] == v[5];
  CHECK_OK(jfhe_bgv_equal_const(r.w.b, r.out, a, (int32_t)v[5], domain, r.w.keys, r.scratch, r.len));
  bgv_check(&r.w, r.out, want, "equal to a constant");
  CHECK(r.out->bound.mag == 1);
  for (size_t i = 0; i < r.w.n; i++) want[i] = v[i] == u[i];
  CHECK_OK(jfhe_bgv_equal(r.w.b, r.out, a, c, domain, r.w.keys, r.scratch, r.len));
  bgv_check(&r.w, r.out, want, "equal");
  printf("t %u, domain %u: %u levels\n", t, domain, steps - jfhe_ct_level(r.out));
  jfhe_ct_free(a);
  jfhe_ct_free(c);
  free(v);
  free(u);
  free(want);
  close_room(&r);
}

JFI_TEST(equal) {
  equality(8, 65537, 1);
  equality(8, 65537, 2);
  equality(8, 65537, 10);
  equality(10, 65537, 100);
  equality(8, 97, 48);
  equality(16, 65537, 0);
  equality(8, 97, 0);
}

/* ---- wider integers ---- */
JFI_TEST(bases) {
  for (uint32_t log_n = 3; log_n <= 17; log_n++)
    for (uint32_t bits = 1; bits <= 64; bits++) {
      uint32_t t[JFHE_BGV_PARTS_MAX];
      double product = 1;
      size_t parts = jfhe_bgv_basis(log_n, bits, t, JFHE_BGV_PARTS_MAX);
      CHECK(parts > 0);
      for (size_t p = 0; p < parts; p++) {
        CHECK_EQ(t[p] % ((uint64_t)2 << log_n), 1);
        product *= t[p];
      }
      CHECK(product > ldexp(1, (int)bits));
    }
  uint32_t t[JFHE_BGV_PARTS_MAX];
  CHECK_EQ(jfhe_bgv_basis(14, 32, t, 5), 2);
  CHECK_EQ(jfhe_bgv_basis(14, 64, t, 5), 4);
  CHECK_EQ(jfhe_bgv_basis(15, 64, t, 5), 4);
  CHECK_EQ(jfhe_bgv_basis(2, 64, t, 5), 0);
  CHECK_EQ(jfhe_bgv_basis(14, 200, t, 5), 0);
}

/* (x*y - z) of extremes, exactly, through 64 bits; then one bit too much. */
static void composed(uint32_t log_n, uint32_t bits, int64_t most_x, int64_t most_z) {
  uint32_t t[JFHE_BGV_PARTS_MAX];
  size_t parts = jfhe_bgv_basis(log_n, bits, t, JFHE_BGV_PARTS_MAX), n = (size_t)1 << log_n;
  int64_t *in[3], *part = calloc(parts * n, sizeof *part), *got = calloc(n, sizeof *got);
  double mag = 0;
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, bits);
  for (int v = 0; v < 3; v++) {
    int64_t most = v == 2 ? most_z : most_x;
    in[v] = calloc(n, sizeof *in[v]);
    for (size_t i = 0; i < n; i++)
      in[v][i] = i < 4 ? (i & 1 ? most : -most)
                       : (int64_t)(jfi_test_rng_unit(&rng) * 2 * (double)most * 0.999) - (int64_t)(0.99 * (double)most);
  }
  for (size_t p = 0; p < parts; p++) {
    bgv_world w;
    if (!bgv_world_open(&w, jfi_test_ctx(log_n, 3, 46, 1), t[p])) return;
    CHECK_EQ(w.n, n);
    jfhe_ct *ct[3];
    jfhe_pt *pt = NULL;
    for (int v = 0; v < 3; v++) {
      CHECK_OK(jfhe_pt_new(&pt, w.ctx, 3));
      CHECK_OK(jfhe_bgv_encode(w.b, pt, in[v], n, (double)(v == 2 ? most_z : most_x), JFHE_BGV_FRESH, 3, w.scratch,
                               w.scratch_len));
      ct[v] = bgv_room(&w);
      CHECK_OK(jfhe_encrypt(w.ctx, ct[v], pt, w.sk, w.scratch, w.scratch_len));
      jfhe_pt_free(pt);
    }
    CHECK_OK(jfhe_bgv_mul(w.b, ct[0], ct[0], ct[1], 2, w.keys, w.scratch, w.scratch_len));
    CHECK_OK(jfhe_bgv_to_level(w.b, ct[2], ct[2], 2, w.scratch, w.scratch_len));
    CHECK_OK(jfhe_bgv_sub(w.b, ct[0], ct[0], ct[2]));
    CHECK_OK(jfhe_pt_new(&pt, w.ctx, 2));
    CHECK_OK(jfhe_decrypt(w.ctx, pt, ct[0], w.sk, w.scratch, w.scratch_len));
    CHECK_OK(jfhe_bgv_decode(w.b, part + p * n, n, pt, w.scratch, w.scratch_len));
    mag = jfhe_ct_magnitude(ct[0]);
    jfhe_pt_free(pt);
    for (int v = 0; v < 3; v++) jfhe_ct_free(ct[v]);
    bgv_world_close(&w);
  }
  CHECK_OK(jfhe_bgv_join(got, n, part, t, parts, mag));
  for (size_t i = 0; i < n; i++)
    if (got[i] != in[0][i] * in[1][i] - in[2][i]) CHECK_EQ(got[i], in[0][i] * in[1][i] - in[2][i]);
  CHECK_STATUS(jfhe_bgv_join(got, n, part, t, parts, 0x1.8p63), JFHE_ERR_RANGE);
  CHECK_STATUS(jfhe_bgv_join(got, n, part, t, 1, mag), JFHE_ERR_RANGE);
  part[1] = 1 - part[1]; /* of another vector: far from anything small */
  CHECK_STATUS(jfhe_bgv_join(got, n, part, t, parts, mag / 1e6), JFHE_ERR_VALUE);
  for (int v = 0; v < 3; v++) free(in[v]);
  free(part);
  free(got);
}

JFI_TEST(composed_integers) {
  composed(5, 32, 46000, 9000000); /* products just below 2^31 */
  composed(6, 64, 3000000000, 200000000000000000);
}

JFI_TEST(joining_extremes) {
  static const uint32_t t[] = {65537, 163841, 557057, 786433};
  const int64_t x[] = {INT64_MAX, INT64_MIN, 0, 1, -1, (int64_t)1 << 62, -((int64_t)1 << 61) - 12345};
  int64_t part[4 * 7], got[7];
  for (size_t p = 0; p < 4; p++)
    for (size_t i = 0; i < 7; i++) part[p * 7 + i] = x[i] % (int64_t)t[p];
  CHECK_OK(jfhe_bgv_join(got, 7, part, t, 4, 0x1p63));
  CHECK_MEM(got, x, sizeof x);
  CHECK_STATUS(jfhe_bgv_join(got, 7, part, t, 4, 0x1p62), JFHE_ERR_VALUE);
  CHECK_MEM(got, x, sizeof x);
  const uint32_t twice[] = {65537, 65537}, odd[] = {65536};
  CHECK_STATUS(jfhe_bgv_join(got, 7, part, twice, 2, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bgv_join(got, 7, part, odd, 1, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bgv_join(got, 7, part, t, 0, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bgv_join(NULL, 7, part, t, 4, 1), JFHE_ERR_ARG);
}
