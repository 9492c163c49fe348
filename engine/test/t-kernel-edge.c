/* t-kernel-edge.c: long sums of the products that arithmetic in doubles reduces worst: what a kernel that corrects its sums once too
 * seldom gets wrong. */
/* every-isa */
#include "kernel-cases.h"

#include <math.h>

enum { N = 8, TRIES = 1 << 16 };

/* The first odd q below 2^48 whose 1/q is rounded down by more than 99/100 of 2^-53, the most there can be: quotients by it come out
 * small, remainders large. That 1/q is a multiple of 2^-100, so the check is exact. No prime does better. */
static void edge_modulus(jfi_mod *m) {
  const uint64_t q = ((uint64_t)1 << 48) - 2950955;
  CHECK_EQ(jfi_mod_init(m, q), 0);
  const jfi_i128 missing = ((jfi_i128)1 << 100) - (jfi_i128)(uint64_t)ldexp(m->qinv, 100) * (jfi_i128)q;
  CHECK(missing > ((jfi_i128)1 << 47) / 100 * 99 && missing <= (jfi_i128)1 << 47);
}

/* How kernels in doubles take the quotient of a*b. FUSED: the rounded product times 1/q, not rounded again (avx2). ROUNDED: rounded again
 * (wasm128). WEIGHT: a times the rounded b/q of a constant. */
enum way { FUSED, ROUNDED, WEIGHT };

static double quotient(uint64_t a, uint64_t b, enum way way, const jfi_mod *m) {
  const double x = (double)a, w = (double)b, to_integer = 0x1.8p52;
  if (way == FUSED) return fma(x * w, m->qinv, to_integer) - to_integer;
  if (way == ROUNDED) return x * w * m->qinv + to_integer - to_integer;
  return fma(x, w * m->qinv, to_integer) - to_integer;
}

/* Of many pairs a < top, b < q, the one with the largest remainder by such a quotient; odd, so that a sum beyond 2^53 cannot hold it. The
 * remainder, in parts of q. */
static double worst_pair(uint64_t *a, uint64_t *b, uint64_t top, enum way way, const jfi_mod *m, jfi_test_rng *rng) {
  int64_t best = 0;
  for (int i = 0; i < TRIES; i++) {
    const uint64_t x = top - 1 - (jfi_test_rng_u64(rng) >> 24), y = m->q - 1 - (jfi_test_rng_u64(rng) >> 24);
    const int64_t r = (int64_t)((jfi_i128)x * (jfi_i128)y - (jfi_i128)quotient(x, y, way, m) * (jfi_i128)m->q);
    if (r <= best || r % 2 == 0) continue;
    best = r, *a = x, *b = y;
  }
  return (double)best / m->qd;
}

static void check_dots(size_t terms, uint64_t a, uint64_t b, const jfi_mod *m) {
  const uint64_t *x[JFI_DOT_MAX], *k[JFI_DOT_MAX];
  uint64_t *xs = kt_words(N), *ks = kt_words(N), *r0 = kt_words(N), *r1 = kt_words(N), *want = kt_words(N);
  for (size_t i = 0; i < N; i++) xs[i] = a, ks[i] = b;
  for (size_t t = 0; t < terms; t++) x[t] = xs, k[t] = ks;
  for (size_t i = 0; i < N; i++) {
    r0[i] = r1[i] = m->q - 1 - i % 2; /* sums of either parity */
    want[i] = (kt_mul(kt_mul(a, b, m->q), terms, m->q) + r0[i]) % m->q;
  }
  kt_kernel()->dot(r0, x, k, terms, 1, N, m);
  kt_same("dot", r0, want, N, m);
  for (size_t i = 0; i < N; i++) r0[i] = r1[i];
  kt_kernel()->dot2(r0, r1, x, k, k, terms, 1, N, m);
  kt_same("dot2 r0", r0, want, N, m);
  kt_same("dot2 r1", r1, want, N, m);
  kt_free_all();
}

JFI_TEST(inner_products) {
  uint64_t a = 0, b = 0;
  jfi_mod m;
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  edge_modulus(&m);
  CHECK(worst_pair(&a, &b, m.q, FUSED, &m, &rng) > 0.5439); /* 57 of them and q - 1 exceed 2^53 */
  for (size_t terms = 1; terms <= JFI_DOT_MAX; terms++) check_dots(terms, a, b, &m);
  CHECK(worst_pair(&a, &b, m.q, ROUNDED, &m, &rng) > 0.5385); /* 13 of them and q - 1 exceed 2^51 */
  for (size_t terms = 1; terms <= JFI_DOT_MAX; terms++) check_dots(terms, a, b, &m);
}

static void check_conv(size_t n_in, uint64_t y, uint64_t w, const jfi_mod *m) {
  const uint64_t *in[JFI_CONV_MAX];
  uint64_t weights[JFI_CONV_MAX], *ys = kt_words(N), *v = kt_words(N), *r = kt_words(N), *want = kt_words(N);
  const uint64_t half = (m->q - 1) / 2;
  for (size_t i = 0; i < N; i++) ys[i] = y, v[i] = 1 + 2 * (i % 2); /* half of q, and three halves: near -q/2 again */
  for (size_t j = 0; j < n_in; j++) in[j] = ys, weights[j] = w;
  for (size_t i = 0; i < N; i++) want[i] = (kt_mul(kt_mul(y, w, m->q), n_in, m->q) + kt_mul(v[i], half, m->q)) % m->q;
  kt_kernel()->conv(&r, 1, in, n_in, weights, v, &half, &m, N);
  kt_same("conv", r, want, N, m);
  kt_free_all();
}

JFI_TEST(base_conversion) {
  uint64_t y = 0, w = 0;
  jfi_mod m;
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 2);
  edge_modulus(&m);
  CHECK(worst_pair(&y, &w, (uint64_t)1 << 48, WEIGHT, &m, &rng) > 0.5432); /* 58 of them and q/2 exceed 2^53 */
  for (size_t n_in = 1; n_in <= JFI_CONV_MAX; n_in++) check_conv(n_in, y, w, &m);
}
