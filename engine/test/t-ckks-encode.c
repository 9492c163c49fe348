/* every-isa */
/* t-ckks-encode.c: encoding against its definition (values of the polynomial at its roots), round trips of every packing within the
 * bound, the same residues on every instruction set, and every refusal. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "ckks-cases.h"
#include "ckks/encode.h"
#include "ckks/round.h"
#include "rlwe/secret/sk.h"
#include "vec-cases.h"

enum { SLOTS_MAX = 1 << 13 };
static double re[2 * SLOTS_MAX], im[SLOTS_MAX], out_re[2 * SLOTS_MAX], out_im[SLOTS_MAX];
static uint8_t scratch[8 << 20];

static void fill(jfi_test_rng *rng, double size) {
  for (size_t i = 0; i < 2 * SLOTS_MAX; i++) re[i] = size * (2 * jfi_test_rng_unit(rng) - 1);
  for (size_t i = 0; i < SLOTS_MAX; i++) im[i] = size * (2 * jfi_test_rng_unit(rng) - 1);
}

/* Value of the integer polynomial at exp(2 pi i 5^j / 2N), in long double, term by term. */
static void value_at_slot(const int64_t *m, size_t n, uint32_t j, long double *vr, long double *vi) {
  uint64_t e = 1;
  for (uint32_t t = 0; t < j; t++) e = e * 5 % (2 * n);
  long double pi = acosl(-1.0L), a = 0, b = 0;
  for (size_t k = 0; k < n; k++) {
    long double angle = pi * (long double)(e * k % (2 * n)) / (long double)n;
    a += (long double)m[k] * cosl(angle);
    b += (long double)m[k] * sinl(angle);
  }
  *vr = a;
  *vi = b;
}

JFI_TEST(slots_are_the_values_at_powers_of_five) {
  for (uint32_t log_n = 4; log_n <= 6; log_n++) {
    jfhe_ctx *ctx = jfi_test_ctx(log_n, 1, 40, 1);
    size_t n = ctx->ring->n;
    int64_t *m = calloc(n, sizeof *m);
    jfi_test_rng rng;
    jfi_test_rng_init(&rng, log_n);
    for (uint32_t log_slots = 0; log_slots < log_n; log_slots++) {
      jfi_scratch s;
      size_t slots = (size_t)1 << log_slots;
      fill(&rng, 1);
      jfi_numbers x = {re, im, slots, JFHE_PACK_COMPLEX, log_slots, 0x1p40, 1.5};
      jfi_scratch_init(&s, scratch, sizeof scratch);
      jfi_encode_coeffs(ctx, m, &x, &s);
      /* full slot j of a sparse vector is entry j mod slots */
      for (uint32_t j = 0; j < n / 2; j++) {
        long double vr, vi;
        value_at_slot(m, n, j, &vr, &vi);
        CHECK_CLOSE(vr * 0x1p-40L, re[j % slots], (double)n * 0x1p-40);
        CHECK_CLOSE(vi * 0x1p-40L, im[j % slots], (double)n * 0x1p-40);
      }
      for (size_t k = 0; k < n; k++) CHECK(k % (n / 2 / slots) == 0 || m[k] == 0);
    }
    free(m);
    jfhe_ctx_free(ctx);
  }
}

static void round_trip(const jfhe_ctx *ctx, uint32_t packing, uint32_t log_slots, uint32_t level, double scale,
                       double bound, size_t count) {
  jfhe_pt *pt = NULL;
  int complex = packing == JFHE_PACK_COMPLEX;
  size_t room = packing == JFHE_PACK_COEFF ? ctx->ring->n : (size_t)1 << log_slots;
  CHECK_OK(jfhe_pt_new(&pt, ctx, level));
  REQUIRE_OK(jfhe_ckks_encode(ctx, pt, re, complex ? im : NULL, count, packing, log_slots, level, scale, bound, scratch,
                              jfhe_ckks_encode_scratch(ctx)));
  CHECK_EQ(jfhe_pt_level(pt), level);
  CHECK(jfhe_pt_scale(pt) == (scale != 0 ? scale : jfhe_ctx_scale(ctx, level)));
  memset(out_im, 0, sizeof out_im);
  CHECK_OK(jfhe_ckks_decode(ctx, out_re, packing == JFHE_PACK_COEFF ? NULL : out_im, room, pt, scratch,
                            jfhe_ckks_decode_scratch(ctx)));
  double most = 0;
  for (size_t i = 0; i < room; i++) {
    double want_re = i < count ? re[i] : 0, want_im = complex && i < count ? im[i] : 0;
    most = fmax(most, hypot(out_re[i] - want_re, packing == JFHE_PACK_COEFF ? 0 : out_im[i] - want_im));
  }
  CHECK(most <= jfhe_pt_error(pt));
  /* the bound is the worst case; the typical error is about 6 deviations of sqrt(n/6) over n */
  CHECK(most <= 8 * pt->bound.sd + 0x1p-45 * pt->bound.mag);
  jfhe_pt_free(pt);
}

static void all_round_trips(jfhe_ctx *ctx) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 5);
  uint32_t log_n = ctx->ring->log_n;
  for (uint32_t level = 0; level <= ctx->chain.top; level++) {
    fill(&rng, 0.7);
    for (uint32_t log_slots = 0; log_slots < log_n; log_slots += log_n > 10 ? 4 : 1) {
      size_t slots = (size_t)1 << log_slots;
      round_trip(ctx, JFHE_PACK_REAL, log_slots, level, 0, 1, slots);
      round_trip(ctx, JFHE_PACK_COMPLEX, log_slots, level, 0, 0, slots);
      round_trip(ctx, JFHE_PACK_REAL, log_slots, level, 0x1p30, 0, slots / 2);
    }
    round_trip(ctx, JFHE_PACK_COMPLEX, log_n - 1, level, 0, 0, ctx->ring->n / 2);
    round_trip(ctx, JFHE_PACK_COEFF, 0, level, 0, 1, ctx->ring->n);
    round_trip(ctx, JFHE_PACK_COEFF, 0, level, 0, 0, 3);
    round_trip(ctx, JFHE_PACK_REAL, log_n - 1, level, 0, 0, 0);
  }
  /* from two residues and more, with the two-part rounding */
  fill(&rng, 500);
  round_trip(ctx, JFHE_PACK_COMPLEX, log_n - 1, 1, 0x1p50, 0, ctx->ring->n / 2);
  round_trip(ctx, JFHE_PACK_REAL, log_n - 1, 2, 0x1p52, 0, ctx->ring->n / 2);
  round_trip(ctx, JFHE_PACK_COEFF, 0, 2, 0x1p52, 0, ctx->ring->n);
  jfhe_ctx_free(ctx);
}

JFI_TEST(what_goes_in_comes_out) {
  all_round_trips(jfi_test_ctx(4, 2, 40, 1));
  all_round_trips(jfi_test_ctx(10, 3, 46, 1));
  all_round_trips(jfi_test_ctx_rational(8, 2, 1));
  all_round_trips(jfi_test_ctx(14, 2, 45, 1));
}

/* More residues than a word: the balanced mixed radix against a value known beforehand. */
JFI_TEST(decoding_from_many_residues) {
  jfhe_ctx *ctx = jfi_test_ctx(4, 4, 46, 1);
  size_t n = ctx->ring->n;
  uint64_t *limb[5];
  uint32_t primes[5] = {0, 1, 2, 3, 4};
  double x[16];
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 9);
  for (size_t limbs = 1; limbs <= 5; limbs++) {
    int64_t v[16];
    double up = 1;
    for (size_t k = 0; k < n; k++) v[k] = (int64_t)jfi_test_rng_below(&rng, (uint64_t)1 << 41) - ((int64_t)1 << 40);
    v[0] = 0;
    v[1] = -1;
    for (size_t j = 0; j < limbs; j++) {
      const jfi_mod *m = &ctx->ring->mod[j];
      limb[j] = jfi_alloc(n * sizeof(uint64_t));
      ctx->ring->k->from_i64(limb[j], v, n, m);
      /* times every prime but the last of those in use: the value spreads over all residues */
      for (size_t i = 0; i + 1 < limbs; i++)
        for (size_t k = 0; k < n; k++) limb[j][k] = jfi_mod_mul(limb[j][k], ctx->ring->mod[i].q, m);
    }
    for (size_t i = 0; i + 1 < limbs; i++) up *= (double)ctx->ring->mod[i].q;
    jfi_decode_limbs(ctx, x, limb, primes, limbs);
    for (size_t k = 0; k < n; k++) CHECK_CLOSE(x[k], (double)v[k] * up, fabs((double)v[k] * up) * 0x1p-48);
    for (size_t j = 0; j < limbs; j++) jfi_free(limb[j]);
  }
  jfhe_ctx_free(ctx);
}

JFI_TEST(rounding_is_to_nearest_even) {
  const double x[] = {0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999999999999994, -3.7, 0x1p50 + 0.5};
  const int64_t want[] = {0, 2, 2, 0, -2, -2, 0, -4, (int64_t)1 << 50};
  int64_t got[16];
  for (int big = 0; big <= 1; big++) {
    jfi_round_i64(got, 1, x, 9, 1.0, big);
    for (size_t i = 0; i < 9; i++) CHECK(got[i] == want[i]);
  }
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  for (int t = 0; t < 20000; t++) {
    double y = ldexp(2 * jfi_test_rng_unit(&rng) - 1, (int)jfi_test_rng_below(&rng, 63));
    jfi_round_i64(got, 1, &y, 1, 1.0, 1);
    CHECK(got[0] == (int64_t)rint(y));
    if (fabs(y) < 0x1p51) {
      jfi_round_i64(got, 1, &y, 1, 1.0, 0);
      CHECK(got[0] == (int64_t)rint(y));
    }
  }
  /* integers of any size as doubles, modulo a prime */
  jfi_mod m;
  CHECK_EQ(jfi_mod_init(&m, 281474975662081), 0);
  CHECK_EQ(jfi_mod_double_var(-5, &m), m.q - 5);
  CHECK_EQ(jfi_mod_double_var(0x1p60 + 0x1p20, &m), (((uint64_t)1 << 60) + (1 << 20)) % m.q);
  CHECK_EQ(jfi_mod_double_var(0x1p120, &m), jfi_mod_pow_var(2, 120, &m));
  CHECK_EQ(jfi_mod_double_var(-0x1p120, &m), m.q - jfi_mod_pow_var(2, 120, &m));
  CHECK_EQ(jfi_mod_double_var(0, &m), 0);
  CHECK_EQ(jfi_mod_double_var(9007199254740993.0, &m), 9007199254740992 % m.q);
}

/* The model's coefficients, exact but where a value lies so close to a tie that doubles may round the other way. */
JFI_TEST(coefficients_are_those_of_the_model) {
  VEC_EACH(c, "encode") {
    uint32_t log_n = (uint32_t)vec_one(c, "log_n");
    jfhe_ctx *ctx = jfi_test_ctx(log_n, 1, 40, 1);
    double *x = vec_doubles(c, "re"), *y = vec_doubles(c, "im"), *scale = vec_doubles(c, "scale");
    const uint64_t *want = vec_words(c, "coeff"), *near = vec_words(c, "near");
    int64_t got[64];
    jfi_scratch s;
    jfi_scratch_init(&s, scratch, sizeof scratch);
    jfi_numbers v = {
        x,      y,     vec_field_of(c, "re")->count, (uint32_t)vec_one(c, "packing"), (uint32_t)vec_one(c, "log_slots"),
        *scale, 0x1p42};
    if (v.packing != JFHE_PACK_COEFF) v.mag = 2;
    jfi_encode_coeffs(ctx, got, &v, &s);
    for (size_t i = 0; i < ctx->ring->n; i++) {
      int64_t off = got[i] - (int64_t)want[i];
      CHECK(off == 0 || (near[i] && (off == 1 || off == -1)));
    }
    jfi_free(x);
    jfi_free(y);
    jfi_free(scale);
    jfhe_ctx_free(ctx);
  }
}

/* One digest for every backend, compiler and machine. The numbers are made with exact operations only. */
JFI_TEST(the_residues_are_the_same_everywhere) {
  jfhe_ctx *ctx = jfi_test_ctx(11, 2, 46, 1);
  jfhe_pt *pt = NULL;
  uint8_t digest[32];
  char hex[17] = "";
  for (size_t i = 0; i < 1024; i++) {
    re[i] = (double)((int)(i * 7919 % 2003) - 1001) / 1024.0;
    im[i] = (double)((int)(i * 104729 % 1999) - 999) / 2048.0;
  }
  CHECK_OK(jfhe_pt_new(&pt, ctx, 2));
  CHECK_OK(jfhe_ckks_encode(ctx, pt, re, im, 1024, JFHE_PACK_COMPLEX, 10, 2, 0, 2, scratch, sizeof scratch));
  jfi_sha256 h;
  jfi_sha256_init(&h);
  for (size_t i = 0; i < 3 * ctx->ring->n; i++) {
    uint8_t b[8];
    for (int k = 0; k < 8; k++) b[k] = (uint8_t)(pt->data[i] >> (8 * k));
    jfi_sha256_update(&h, b, 8);
  }
  jfi_sha256_final(&h, digest);
  for (int i = 0; i < 8; i++) {
    hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
    hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
  }
  CHECK_MEM(hex, "2c13689a03c902ae", 16);
  jfhe_pt_free(pt);
  jfhe_ctx_free(ctx);
}

/* Encrypts pt under a key and noise that are the same at every call; out's residues. */
static void encrypt_anew(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_pt *pt) {
  static const uint8_t entropy[32] = {42};
  jfhe_sk *sk = NULL;
  CHECK_OK(jfi_sk_deterministic(&sk, ctx, entropy));
  CHECK_OK(jfhe_encrypt(ctx, out, pt, sk, scratch, sizeof scratch));
  jfhe_sk_free(sk);
}

/* Coefficients that wait for the noise's transform give the same ciphertext; nothing but encryption and decoding takes them. */
JFI_TEST(encoded_for_encryption) {
  jfhe_ctx *ctx = jfi_test_ctx(8, 2, 46, 1);
  jfhe_pt *now = NULL, *later = NULL;
  jfhe_ct *a = NULL, *b = NULL;
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 5);
  fill(&rng, 3);
  CHECK_OK(jfhe_pt_new(&now, ctx, 2));
  CHECK_OK(jfhe_pt_new(&later, ctx, 2));
  CHECK_OK(jfhe_ct_new(&a, ctx, 1, 2));
  CHECK_OK(jfhe_ct_new(&b, ctx, 1, 2));
  for (uint32_t packing = 0; packing <= JFHE_PACK_COEFF; packing++) {
    const double *second = packing == JFHE_PACK_COMPLEX ? im : NULL;
    CHECK_OK(jfhe_ckks_encode(ctx, now, re, second, 100, packing, 7, 2, 0, 5, scratch, sizeof scratch));
    CHECK_OK(jfhe_ckks_encode_fresh(ctx, later, re, second, 100, packing, 7, 2, 0, 5, scratch, sizeof scratch));
    encrypt_anew(ctx, a, now);
    encrypt_anew(ctx, b, later);
    CHECK_MEM(a->data, b->data, 2 * 3 * ctx->ring->n * sizeof *a->data);
    CHECK_MEM(&a->bound, &b->bound, sizeof a->bound);
    CHECK_OK(jfhe_ckks_decode(ctx, out_re, NULL, 100, now, scratch, sizeof scratch));
    CHECK_OK(jfhe_ckks_decode(ctx, out_im, NULL, 100, later, scratch, sizeof scratch));
    CHECK_MEM(out_re, out_im, 100 * sizeof *out_re);
    CHECK_STATUS(jfhe_ckks_add_pt(ctx, b, a, later), JFHE_ERR_FORM);
    CHECK_STATUS(jfhe_ckks_sub_pt(ctx, b, a, later), JFHE_ERR_FORM);
    CHECK_STATUS(jfhe_ckks_mul_pt(ctx, b, a, later), JFHE_ERR_FORM);
  }
  jfhe_ct_free(a);
  jfhe_ct_free(b);
  jfhe_pt_free(now);
  jfhe_pt_free(later);
  jfhe_ctx_free(ctx);
}

JFI_TEST(what_cannot_be_encoded_is_refused) {
  jfhe_ctx *ctx = jfi_test_ctx(6, 1, 40, 1), *stranger = jfi_test_ctx(6, 2, 40, 1);
  jfhe_pt *pt = NULL, *low = NULL;
  size_t len = jfhe_ckks_encode_scratch(ctx);
  CHECK_OK(jfhe_pt_new(&pt, ctx, 1));
  CHECK_OK(jfhe_pt_new(&low, ctx, 0));
  memset(re, 0, sizeof re);
  memset(im, 0, sizeof im);
  re[0] = 0.5;
#define ENCODE(c, p, r, i, n, pack, ls, lv, sc, bd, sl)                                                                \
  jfhe_ckks_encode(c, p, r, i, n, pack, ls, lv, sc, bd, scratch, sl)
  CHECK_STATUS(ENCODE(NULL, pt, re, NULL, 4, 0, 5, 1, 0, 1, len), JFHE_ERR_ARG);
  CHECK_STATUS(ENCODE(ctx, NULL, re, NULL, 4, 0, 5, 1, 0, 1, len), JFHE_ERR_ARG);
  CHECK_STATUS(ENCODE(ctx, pt, NULL, NULL, 4, 0, 5, 1, 0, 1, len), JFHE_ERR_ARG);
  CHECK_STATUS(ENCODE(stranger, pt, re, NULL, 4, 0, 5, 1, 0, 1, len), JFHE_ERR_CONTEXT);
  CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 4, 3, 5, 1, 0, 1, len), JFHE_ERR_ARG);
  CHECK_STATUS(ENCODE(ctx, pt, re, im, 4, JFHE_PACK_REAL, 5, 1, 0, 1, len), JFHE_ERR_ARG);
  CHECK_STATUS(ENCODE(ctx, pt, re, im, 4, JFHE_PACK_COEFF, 5, 1, 0, 1, len), JFHE_ERR_ARG);
  CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 4, 0, 6, 1, 0, 1, len), JFHE_ERR_ARG);
  CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 33, 0, 5, 1, 0, 1, len), JFHE_ERR_ARG);
  CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 65, JFHE_PACK_COEFF, 0, 1, 0, 1, len), JFHE_ERR_ARG);
  CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 4, 0, 5, 2, 0, 1, len), JFHE_ERR_LEVEL);
  CHECK_STATUS(ENCODE(ctx, low, re, NULL, 4, 0, 5, 1, 0, 1, len), JFHE_ERR_FORM);
  CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 4, 0, 5, 1, -1, 1, len), JFHE_ERR_ARG);
  CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 4, 0, 5, 1, NAN, 1, len), JFHE_ERR_ARG);
  CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 4, 0, 5, 1, 0, -1, len), JFHE_ERR_ARG);
  CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 4, 0, 5, 1, 0, NAN, len), JFHE_ERR_ARG);
  CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 4, 0, 5, 1, 0, 1, len - 1), JFHE_ERR_SCRATCH);
  CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 4, 0, 5, 1, 0, 0.4, len), JFHE_ERR_VALUE);
  CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 4, 0, 5, 1, 0x1p62, 1, len), JFHE_ERR_RANGE);
  CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 4, 0, 5, 0, 0x1p47, 1.5, len), JFHE_ERR_RANGE);
  CHECK_EQ(pt->n_limbs, 0); /* unchanged */
  for (int t = 0; t < 3; t++) {
    const double bad[3] = {NAN, INFINITY, -INFINITY};
    re[3] = bad[t];
    CHECK_STATUS(ENCODE(ctx, pt, re, NULL, 4, 0, 5, 1, 0, 1, len), JFHE_ERR_VALUE);
    re[3] = 0;
    im[2] = bad[t];
    CHECK_STATUS(ENCODE(ctx, pt, re, im, 4, JFHE_PACK_COMPLEX, 5, 1, 0, 0, len), JFHE_ERR_VALUE);
    im[2] = 0;
  }
  im[0] = 0.9; /* |0.5 + 0.9i| > 1 */
  CHECK_STATUS(ENCODE(ctx, pt, re, im, 4, JFHE_PACK_COMPLEX, 5, 1, 0, 1, len), JFHE_ERR_VALUE);
  CHECK_STATUS(jfhe_ckks_decode(ctx, out_re, NULL, 4, pt, scratch, sizeof scratch), JFHE_ERR_FORM);
  CHECK_OK(ENCODE(ctx, pt, re, im, 4, JFHE_PACK_COMPLEX, 5, 1, 0, 1.1, len));
  CHECK_STATUS(jfhe_ckks_decode(ctx, out_re, NULL, 33, pt, scratch, sizeof scratch), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_decode(ctx, out_re, NULL, 4, pt, scratch, 64), JFHE_ERR_SCRATCH);
  CHECK_STATUS(jfhe_ckks_decode(stranger, out_re, NULL, 4, pt, scratch, sizeof scratch), JFHE_ERR_CONTEXT);
  CHECK_STATUS(jfhe_ckks_decode(ctx, NULL, NULL, 4, pt, scratch, sizeof scratch), JFHE_ERR_ARG);
  jfhe_pt_free(pt);
  jfhe_pt_free(low);
  jfhe_ctx_free(ctx);
  jfhe_ctx_free(stranger);
}
