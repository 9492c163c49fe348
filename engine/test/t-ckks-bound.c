/* t-ckks-bound.c: the algebra of bounds against random errors inside them, and the stated constants. */
#include <math.h>
#include <stdio.h>

#include "ckks-cases.h"
#include "ckks/bound.h"

typedef struct complex_pair {
  double re, im;
} cplx;

static cplx on_circle(jfi_test_rng *rng, double r) {
  double t = 6.283185307 * jfi_test_rng_unit(rng);
  return (cplx){r * cos(t), r * sin(t)};
}
static cplx mul(cplx a, cplx b) { return (cplx){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }
static cplx add(cplx a, cplx b, double s) { return (cplx){a.re + s * b.re, a.im + s * b.im}; }
static double size(cplx a) { return hypot(a.re, a.im); }

static jfi_bound random_bound(jfi_test_rng *rng) {
  double worst = ldexp(jfi_test_rng_unit(rng), -(int)jfi_test_rng_below(rng, 40));
  return (jfi_bound){4 * jfi_test_rng_unit(rng), worst, worst / 10};
}

/* Messages and errors on the edge of their bounds, at random angles: never outside, and sometimes near. */
JFI_TEST(worst_holds_at_the_edge_and_is_reached) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 3);
  double near_sum = 0, near_product = 0;
  for (int t = 0; t < 20000; t++) {
    jfi_bound a = random_bound(&rng), b = random_bound(&rng);
    cplx ma = on_circle(&rng, a.mag), mb = on_circle(&rng, b.mag), ea = on_circle(&rng, a.worst),
         eb = on_circle(&rng, b.worst);
    double mismatch = t % 2 ? 0x1p-41 : 0;
    jfi_bound s = jfi_bound_add(&a, &b, mismatch, 1, 0), p = jfi_bound_mul(&a, &b, 1, 0);
    /* data of b read at a scale off by `mismatch` */
    cplx sum = add(add(ma, ea, 1), add(mb, eb, 1), 1 + mismatch), product = mul(add(ma, ea, 1), add(mb, eb, 1));
    double es = size(add(sum, add(ma, mb, 1), -1)), ep = size(add(product, mul(ma, mb), -1));
    CHECK(es <= s.worst * (1 + 1e-12) + 0x1p-48 && size(add(ma, mb, 1)) <= s.mag);
    CHECK(ep <= p.worst * (1 + 1e-12) + 0x1p-46 && size(mul(ma, mb)) <= p.mag * (1 + 1e-15));
    near_sum = fmax(near_sum, es / s.worst);
    near_product = fmax(near_product, ep / p.worst);
    CHECK(jfi_bound_mul(&a, &b, 64, 0).worst >= 64 * p.worst);
  }
  CHECK(near_sum > 0.99 && near_product > 0.98);
}

JFI_TEST(correlated_errors_add_up) {
  jfi_bound a = {1, 1e-6, 1e-7};
  CHECK_CLOSE(jfi_bound_add(&a, &a, 0, 1, 0).sd, 1e-7 * sqrt(2), 1e-15);
  CHECK_CLOSE(jfi_bound_add(&a, &a, 0, 1, 1).sd, 2e-7, 1e-15);
  CHECK_CLOSE(jfi_bound_mul(&a, &a, 1, 0).sd, 1e-7 * sqrt(2), 1e-12);
  CHECK_CLOSE(jfi_bound_mul(&a, &a, 1, 1).sd, 2e-7, 1e-12);
  jfi_bound k = jfi_bound_scale(&a, 3), n = jfi_bound_noise(&a, (jfi_noise){2e-6, 2e-7}), d = jfi_bound_drift(&a, 4);
  CHECK(k.mag >= 3 && k.worst >= 3e-6 && k.worst < 3.0001e-6);
  CHECK(n.mag == 1 && n.worst >= 3e-6 && n.worst < 3.0001e-6);
  CHECK_CLOSE(n.sd, 1e-7 * sqrt(5), 1e-15);
  CHECK(d.worst >= a.worst + JFI_SCALE_DRIFT && d.worst < a.worst * 1.0001);
  CHECK(d.sd >= a.sd + 4 * JFI_SCALE_DRIFT && d.sd < a.sd + 5 * JFI_SCALE_DRIFT);
}

/* P(|r s| > t) of two complex Gaussians of deviation 1 is 2t K_1(2t), K_1(x) = integral of exp(-x cosh u) cosh u. */
JFI_TEST(the_probable_bound_covers_all_slots) {
  jfi_bound one = {0, 100, 1}, sure = {0, 5, 1};
  CHECK(jfi_bound_probable(&sure, 1) == 5); /* the worst case is never exceeded */
  double t = jfi_bound_probable(&one, 1), x = 2 * t, h = 1e-3, k1 = exp(-x) / 2;
  for (int i = 1; i < 12000; i++) k1 += exp(-x * cosh(i * h)) * cosh(i * h);
  CHECK(65536 * x * k1 * h < 1e-4);
  /* and is no larger than it needs to be */
  x -= 0.2;
  k1 = exp(-x) / 2;
  for (int i = 1; i < 12000; i++) k1 += exp(-x * cosh(i * h)) * cosh(i * h);
  CHECK(65536 * x * k1 * h > 1e-4);
}

/* Four slots in a ring of 2^12: 512 repetitions, so decoding divides the noise by 23, and the probable bound follows. What all repetitions
 * share is not divided: a plaintext's encoding error. */
JFI_TEST(sparse_vectors_have_small_probable_errors) {
  enum { LOG = 2, RUNS = 60 };
  jfi_world w = jfi_world_open(jfi_test_ctx(12, 3, 40, 1));
  jfhe_ct *out = jfi_world_room(&w, 1);
  double ratio = 0, spread = jfi_spread(12, JFHE_PACK_COMPLEX, LOG);
  CHECK(spread == sqrt(512) && jfi_spread(12, JFHE_PACK_COMPLEX, 11) == 1 && jfi_spread(12, JFHE_PACK_COEFF, 12) == 1);
  for (int t = 0; t < RUNS; t++) {
    jfi_vec a = jfi_vec_random(&w, 1 << LOG, 1), p = jfi_vec_new(1 << LOG);
    jfhe_ct *x = jfi_world_encrypt(&w, &a, JFHE_PACK_COMPLEX, LOG, 3);
    CHECK_OK(jfhe_ckks_mul(w.ctx, out, x, x, w.keys, w.scratch, w.scratch_len));
    CHECK_OK(jfhe_ckks_rotate(w.ctx, out, out, 1, w.keys, w.scratch, w.scratch_len));
    for (size_t i = 0; i < p.n; i++) {
      size_t j = (i + 1) % p.n;
      p.re[i] = a.re[j] * a.re[j] - a.im[j] * a.im[j];
      p.im[i] = 2 * a.re[j] * a.im[j];
    }
    ratio += jfhe_ct_error_probable(out) / jfi_world_check(&w, out, &p, "a sparse square, turned") / RUNS;
    jfhe_ct_free(x);
    jfi_vec_free(&a);
    jfi_vec_free(&p);
  }
  printf("ratio %g\n", ratio);
  CHECK(ratio > 3 && ratio < 40); /* 300 and more without the mean */
  jfi_noise full = jfi_encode_noise(12, JFHE_PACK_COMPLEX, 11, 0x1p40, 0),
            few = jfi_encode_noise(12, JFHE_PACK_COMPLEX, LOG, 0x1p40, 0);
  CHECK_CLOSE(few.sd, full.sd, full.sd * 1e-9); /* divided by spread: the root of 4/6 units, as before */
  jfhe_ct_free(out);
  jfi_world_close(&w);
}

/* The FFT against long double, far inside the proved bound and at about the typical one. */
JFI_TEST(rounding_of_the_transform) {
  jfhe_ctx *ctx = jfi_test_ctx(11, 1, 40, 1);
  enum { N = 1024 };
  static double re[N], im[N], back_re[N], back_im[N];
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 4);
  for (size_t i = 0; i < N; i++) {
    cplx z = on_circle(&rng, 1);
    back_re[i] = re[i] = z.re;
    back_im[i] = im[i] = z.im;
  }
  ctx->ring->k->fft_inv(re, im, ctx->fft_re, ctx->fft_im, N);
  for (size_t i = 0; i < N; i++) re[i] /= N, im[i] /= N;
  ctx->ring->k->fft_fwd(re, im, ctx->fft_re, ctx->fft_im, N);
  double most = 0;
  for (size_t i = 0; i < N; i++) most = fmax(most, hypot(re[i] - back_re[i], im[i] - back_im[i]));
  jfi_noise e = jfi_fft_noise(N, 1);
  CHECK(most <= 2 * e.worst); /* there and back */
  CHECK(most <= 2 * 5 * e.sd && most >= 0.5 * e.sd);
  jfhe_ctx_free(ctx);
}

JFI_TEST(a_message_at_half_the_modulus_is_refused) {
  jfhe_ctx *ctx = jfi_test_ctx(5, 2, 40, 1);
  double q = jfi_ctx_product(ctx, ctx->chain.level[1]);
  jfi_bound fits = {0.49, 0.0099, 0}, not = {0.49, 0.0101, 0}, huge = {INFINITY, 0, 0};
  CHECK_OK(jfi_bound_fits(ctx, &fits, q, ctx->chain.level[1], "test"));
  CHECK_STATUS(jfi_bound_fits(ctx, &not, q, ctx->chain.level[1], "test"), JFHE_ERR_RANGE);
  CHECK_STATUS(jfi_bound_fits(ctx, &huge, 1, ctx->chain.level[1], "test"), JFHE_ERR_RANGE);
  huge.mag = NAN;
  CHECK_STATUS(jfi_bound_fits(ctx, &huge, 1, ctx->chain.level[1], "test"), JFHE_ERR_RANGE);
  jfhe_ctx_free(ctx);
}
