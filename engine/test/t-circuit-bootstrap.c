/* t-circuit-bootstrap.c: bootstrapping against the clear. */
/* every-isa */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "boot-cases.h"
#include "jfhe/codec.h"
#include "rlwe/keyswitch.h"

static void one_in(jfhe_ctx *ctx, uint32_t log_slots, int complex, double mag, const jfi_boot_options *options) {
  jfi_boot_world w = jfi_boot_open(ctx, log_slots, mag, options);
  jfi_vec v = jfi_vec_random(&w.w, (size_t)1 << log_slots, complex);
  for (size_t i = 0; i < v.n; i++) {
    v.re[i] *= 0.999 * mag;
    v.im[i] *= 0.999 * mag;
  }
  jfhe_ct *a = jfi_boot_encrypt(&w, &v, complex, w.b->level_in + 1), *out = jfi_world_room(&w.w, 1);
  CHECK_OK(jfhe_ckks_bootstrap(w.w.ctx, out, a, w.b, w.w.keys, w.scratch, w.scratch_len));
  if (out->n_limbs) {
    double error = jfi_world_check(&w.w, out, &v, "bootstrap");
    printf("2^%u slots of 2^%u: error 2^%.1f, sd 2^%.1f, probable 2^%.1f, worst 2^%.1f\n", log_slots, ctx->ring->log_n,
           log2(error / mag), log2(out->bound.sd / mag), log2(jfhe_ct_error_probable(out) / mag),
           log2(out->bound.worst / mag));
    CHECK(out->level == w.b->level_out && out->scale == w.w.ctx->chain.scale[out->level]);
  }
  jfhe_ct_free(a);
  jfhe_ct_free(out);
  jfi_vec_free(&v);
  jfi_boot_close(&w);
}

static void one_with(uint32_t log_n, uint32_t log_slots, int complex, double mag, uint32_t keys) {
  one_in(jfi_test_ctx_boot(log_n, 3), log_slots, complex, mag, &(jfi_boot_options){.keys = keys});
}

static void one(uint32_t log_n, uint32_t log_slots, int complex, double mag) {
  one_with(log_n, log_slots, complex, mag, JFHE_BOOTSTRAP_MANY_KEYS);
}

JFI_TEST(full_real) { one(10, 9, 0, 1); }
JFI_TEST(full_complex) { one(10, 9, 1, 1); }
JFI_TEST(sparse_real) { one(10, 5, 0, 1); }
JFI_TEST(sparse_complex) { one(10, 1, 1, 1); }
JFI_TEST(larger_numbers) { one(10, 9, 1, 37); }
JFI_TEST(two_stages) { one_in(jfi_test_ctx_boot_small(10), 9, 1, 1, NULL); }
JFI_TEST(two_stages_sparse) { one_in(jfi_test_ctx_boot_small(10), 4, 0, 5, NULL); }

/* ---- sparse vectors, all slots ---- */
/* Repetitions that are different numbers come back as those, not as their mean; told as a sparse vector, as which its bounds are kept too. */
JFI_TEST(repetitions_apart) {
  enum { LOG_SLOTS = 6, APART = 512 };
  jfi_boot_world w = jfi_boot_open(jfi_test_ctx_boot(10, 3), 9, 1 + 0x1p-4, NULL);
  for (int complex = 0; complex < 2; complex++) {
    jfi_vec v = jfi_vec_random(&w.w, APART, complex), first = jfi_vec_random(&w.w, 1 << LOG_SLOTS, complex);
    for (size_t i = 0; i < v.n; i++) {
      v.re[i] *= 0.7;
      v.im[i] *= 0.7;
    }
    for (size_t i = 0; i < first.n; i++) {
      first.re[i] *= 0.7;
      first.im[i] *= 0.7;
    }
    jfhe_ct *a = jfi_boot_encrypt(&w, &v, complex, w.b->level_in), *out = jfi_world_room(&w.w, 1);
    a->log_slots = LOG_SLOTS;
    CHECK_OK(jfhe_ckks_bootstrap(w.w.ctx, out, a, w.b, w.w.keys, w.scratch, w.scratch_len));
    CHECK_EQ(out->log_slots, LOG_SLOTS);
    out->log_slots = 9;
    jfi_world_check(&w.w, out, &v, "each by itself");
    jfhe_ct_free(a);
    a = jfi_world_encrypt(&w.w, &first, complex ? JFHE_PACK_COMPLEX : JFHE_PACK_REAL, LOG_SLOTS, w.b->level_in);
    CHECK_OK(jfhe_ckks_bootstrap(w.w.ctx, out, a, w.b, w.w.keys, w.scratch, w.scratch_len));
    jfi_world_check(&w.w, out, &first, "alike");
    jfhe_ct_free(a);
    jfhe_ct_free(out);
    jfi_vec_free(&v);
    jfi_vec_free(&first);
  }
  jfi_boot_close(&w);
}

/* ---- few keys ---- */
JFI_TEST(few_keys_full) { one_with(10, 9, 1, 1, JFHE_BOOTSTRAP_FEW_KEYS); }
JFI_TEST(few_keys_sparse) { one_with(10, 5, 0, 3, JFHE_BOOTSTRAP_FEW_KEYS); }
JFI_TEST(few_keys_least) { one_with(10, 1, 1, 1, JFHE_BOOTSTRAP_FEW_KEYS); }

/* Stages too wide to walk through: five keys for both, since the giants of the upper one go round the slots. */
static void wide_stages(uint32_t log_slots, int complex, size_t keys) {
  const jfi_boot_options options = {.keys = JFHE_BOOTSTRAP_FEW_KEYS, .walk_most = 2};
  jfhe_bootstrap *b = NULL;
  jfhe_ctx *ctx = jfi_test_ctx_boot_small(10);
  CHECK_OK(jfi_bootstrap_new(&b, ctx, log_slots, 1, &options));
  CHECK_EQ(jfhe_bootstrap_rotations(b, NULL, NULL, 0), keys);
  jfhe_bootstrap_free(b);
  one_in(ctx, log_slots, complex, 1, &options);
}

JFI_TEST(few_keys_of_wide_stages) { wide_stages(9, 1, 5); }
JFI_TEST(few_keys_of_wide_sparse_stages) { wide_stages(8, 0, 5 + 1); }

/* A key a stage and one for the giants of the longest at full packing, and one a halving of the gap where it is sparse; each up to the level of
 * the stage that needs it first. */
JFI_TEST(few_keys_are_few) {
  enum { CAP = 16 };
  static const struct {
    uint32_t log_slots;
    int32_t k[4]; /* of the stages from the shortest, and of the longest's giants */
  } want[] = {{9, {1, -8, 32, 128}}, {6, {1, -4, 16, 32}}};
  jfhe_ctx *ctx = jfi_test_ctx_boot(10, 3);
  for (size_t t = 0; t < 2; t++) {
    jfhe_bootstrap *b = NULL;
    int32_t k[CAP] = {0};
    uint32_t level[CAP], log_slots = want[t].log_slots;
    CHECK_OK(jfhe_bootstrap_new(&b, ctx, log_slots, 1, JFHE_BOOTSTRAP_FEW_KEYS));
    size_t count = jfhe_bootstrap_rotations(b, k, level, CAP), asked;
    CHECK_EQ(count, 9 - log_slots + 4);
    int32_t k2[CAP];
    uint32_t level2[CAP], sine;
    CHECK_OK(jfhe_bootstrap_wants(ctx, k2, level2, CAP, &asked, &sine, log_slots, JFHE_BOOTSTRAP_FEW_KEYS));
    CHECK(asked == count && sine == jfhe_bootstrap_level_sine(b));
    uint32_t in, out;
    CHECK_OK(jfhe_bootstrap_levels(ctx, &in, &sine, &out));
    CHECK(in == jfhe_bootstrap_level_in(b) && sine == jfhe_bootstrap_level_sine(b) &&
          out == jfhe_bootstrap_level_out(b));
    CHECK_MEM(k2, k, count * sizeof *k);
    CHECK_MEM(level2, level, count * sizeof *level);
    for (uint32_t i = 0; i < 4; i++) {
      int found = 0;
      for (size_t j = 0; j < count; j++)
        found += k[j] == want[t].k[i] && level[j] == ctx->chain.top - (i < 2 ? 2 - i : 0);
      CHECK_EQ(found, 1);
    }
    jfhe_bootstrap_free(b);
  }
  jfhe_ctx_free(ctx);
}

/* ---- many inputs ---- */
/* Numbers uniform on [-size, size], or on the disc of that radius: what predicted deviations are for. */
static jfi_vec uniform(jfi_boot_world *w, int complex, double size) {
  jfi_vec v = jfi_vec_new((size_t)1 << w->b->log_slots);
  for (size_t i = 0; i < v.n; i++) do {
      v.re[i] = size * (2 * jfi_test_rng_unit(&w->w.rng) - 1);
      v.im[i] = complex ? size * (2 * jfi_test_rng_unit(&w->w.rng) - 1) : 0;
    } while (hypot(v.re[i], v.im[i]) > size);
  return v;
}

/* Runs one vector; its largest error, after checking that none is outside the worst case. sum2: += squares of all errors over sd^2. */
static double run(jfi_boot_world *w, const jfi_vec *v, int complex, uint32_t level, jfhe_ct *out, const char *what) {
  jfhe_ct *a = jfi_boot_encrypt(w, v, complex, level);
  CHECK_OK(jfhe_ckks_bootstrap(w->w.ctx, out, a, w->b, w->w.keys, w->scratch, w->scratch_len));
  jfhe_ct_free(a);
  return out->n_limbs ? jfi_world_error(&w->w, out, v, what) : 0;
}

/* Numbers that somebody picks to do harm: extremes everywhere, one alone, signs that add up in one coefficient, waves. */
static void adversarial(jfi_vec *v, int kind) {
  for (size_t i = 0; i < v->n; i++) {
    double sign = __builtin_popcountll(i * 0x9e3779b97f4a7c15u) % 2 ? -1 : 1;
    const double re[] = {0.999,        -0.999, i == 3 ? 0.999 : 0,           i % 2 ? 0.999 : -0.999,
                         0.999 * sign, 0,      i < v->n / 2 ? 0.999 : -0.999};
    v->re[i] = re[kind];
    v->im[i] = kind == 5 ? 0.999 : 0;
  }
}

static void try_adversarial(jfhe_ctx *ctx, uint32_t keys) {
  const jfi_boot_options options = {.keys = keys};
  jfi_boot_world w = jfi_boot_open(ctx, 9, 1, &options);
  jfhe_ct *out = jfi_world_room(&w.w, 1);
  jfi_vec v = jfi_vec_new(512);
  for (int kind = 0; kind < 7; kind++) {
    adversarial(&v, kind);
    double error = run(&w, &v, 1, 3, out, "adversarial");
    CHECK(error <= jfhe_ct_error_probable(out));
    if (kind != 5 && keys == JFHE_BOOTSTRAP_MANY_KEYS) run(&w, &v, 0, 3, out, "adversarial, real");
  }
  jfi_vec_free(&v);
  jfhe_ct_free(out);
  jfi_boot_close(&w);
}

JFI_TEST_MANY(adversarial_inputs_stay_within_the_bound) {
  try_adversarial(jfi_test_ctx_boot(10, 3), JFHE_BOOTSTRAP_MANY_KEYS);
  try_adversarial(jfi_test_ctx_boot(10, 3), JFHE_BOOTSTRAP_FEW_KEYS);
  try_adversarial(jfi_test_ctx_boot_small(10), JFHE_BOOTSTRAP_MANY_KEYS);
}

/* Whatever is asked: 1,000 vectors, random ones of all sizes, near the edges, and those that somebody picks. */
static void a_thousand(jfhe_ctx *ctx) {
  enum { RUNS = 1000 };
  jfi_boot_world w = jfi_boot_open(ctx, 9, 1, NULL);
  jfhe_ct *out = jfi_world_room(&w.w, 1);
  double most = 0;
  size_t beyond = 0;
  for (int t = 0; t < RUNS; t++) {
    int complex = t & 1;
    jfi_vec v = jfi_vec_random(&w.w, 512, complex);
    double size = t % 5 == 0 ? 1e-6 : t % 5 == 1 ? 0.1 : 0.999, edge = complex ? 0.7071 * size : size;
    for (size_t i = 0; i < v.n; i++) {
      v.re[i] = t % 7 == 0 ? copysign(edge, v.re[i]) : v.re[i] * size;
      v.im[i] = t % 7 == 0 && complex ? copysign(edge, v.im[i]) : v.im[i] * size;
    }
    if (t % 10 == 9) adversarial(&v, complex ? t / 10 % 7 : t / 10 % 5);
    double error = run(&w, &v, complex, 3, out, "one of a thousand") / out->bound.worst;
    if (error > most) most = error;
    beyond += error * out->bound.worst > jfhe_ct_error_probable(out);
    jfi_vec_free(&v);
  }
  printf("largest error %.3f of the worst case; %zu of %d beyond the probable bound\n", most, beyond, RUNS);
  CHECK(most <= 1 && beyond == 0);
  jfhe_ct_free(out);
  jfi_boot_close(&w);
}

JFI_TEST_SLOW(a_thousand_inputs_stay_within_the_bound) { a_thousand(jfi_test_ctx_boot(10, 3)); }
JFI_TEST_SLOW(a_thousand_inputs_of_the_small_preset_stay_within_the_bound) { a_thousand(jfi_test_ctx_boot_small(10)); }

/* Twice is more precise: by bits that its bound knows of, for numbers of any shape. */
JFI_TEST(a_second_bootstrap_adds_bits) {
  jfi_boot_world w = jfi_boot_open(jfi_test_ctx_boot_far(10, 3, 3), 9, 1, NULL);
  size_t len = jfhe_bootstrap_precise_scratch(w.w.ctx, w.b);
  void *scratch = jfi_alloc(len);
  jfhe_ct *once = jfi_world_room(&w.w, 1), *twice = jfi_world_room(&w.w, 1);
  jfi_vec v = jfi_vec_new(512);
  for (int kind = 0; kind < 7; kind++) {
    int complex = kind > 4;
    adversarial(&v, kind);
    jfhe_ct *a = jfi_boot_encrypt(&w, &v, complex, w.b->level_in);
    CHECK_OK(jfhe_ckks_bootstrap(w.w.ctx, once, a, w.b, w.w.keys, w.scratch, w.scratch_len));
    CHECK_OK(jfhe_ckks_bootstrap_precise(w.w.ctx, twice, a, w.b, w.w.keys, scratch, len));
    double before = jfi_world_error(&w.w, once, &v, "once"), after = jfi_world_error(&w.w, twice, &v, "twice");
    CHECK(after <= jfhe_ct_error_probable(twice) && after < before / 16);
    CHECK(twice->bound.worst < once->bound.worst / 16 && twice->level == once->level - 1);
    if (kind == 0)
      printf("once 2^%.1f (worst 2^%.1f), twice 2^%.1f (2^%.1f)\n", log2(before), log2(once->bound.worst), log2(after),
             log2(twice->bound.worst));
    jfhe_ct_free(a);
  }
  CHECK_STATUS(jfhe_ckks_bootstrap_precise(w.w.ctx, twice, twice, w.b, w.w.keys, scratch, len / 2), JFHE_ERR_SCRATCH);
  jfi_vec_free(&v);
  jfhe_ct_free(once);
  jfhe_ct_free(twice);
  jfi_free(scratch);
  jfi_boot_close(&w);
}

/* Root mean square of the error of all slots. */
static double rms_error(jfi_boot_world *w, const jfhe_ct *out, const jfi_vec *v, int complex) {
  jfhe_pt *pt = NULL;
  jfi_vec got = jfi_vec_new(v->n);
  double sum = 0;
  CHECK_OK(jfhe_pt_new(&pt, w->w.ctx, out->level));
  CHECK_OK(jfhe_decrypt(w->w.ctx, pt, out, w->w.sk, w->w.scratch, w->w.scratch_len));
  CHECK_OK(jfhe_ckks_decode(w->w.ctx, got.re, got.im, v->n, pt, w->w.scratch, w->w.scratch_len));
  for (size_t i = 0; i < v->n; i++) sum += pow(got.re[i] - v->re[i], 2) + (complex ? pow(got.im[i] - v->im[i], 2) : 0);
  jfi_vec_free(&got);
  jfhe_pt_free(pt);
  return sqrt(sum / (double)v->n);
}

/* Root mean square of many bootstraps' errors, of random numbers up to `size`. *sd: as predicted. */
static double measured(jfi_boot_world *w, int complex, double size, int runs, double *sd) {
  jfhe_ct *out = jfi_world_room(&w->w, 1);
  double squares = 0;
  for (int t = 0; t < runs; t++) {
    jfi_vec v = uniform(w, complex, size);
    jfhe_ct *a = jfi_boot_encrypt(w, &v, complex, w->b->level_in);
    a->bound.mag = size;
    CHECK_OK(jfhe_ckks_bootstrap(w->w.ctx, out, a, w->b, w->w.keys, w->scratch, w->scratch_len));
    squares += pow(rms_error(w, out, &v, complex), 2) / runs;
    jfhe_ct_free(a);
    jfi_vec_free(&v);
  }
  *sd = out->bound.sd;
  jfhe_ct_free(out);
  return sqrt(squares);
}

/* Of large numbers the sine's bend is most of the error, of small ones there is noise alone, of which more is entered than is predicted. (With the
 * steps of `deep` the noise in a small ring is less than what the rules grant for roundings of scales.) */
static void predicted(jfhe_ctx *ctx, const char *name, int noise) {
  const jfi_boot_options options = {.untailed = 1};
  jfi_boot_world w = jfi_boot_open(ctx, 9, 1, &options);
  double sd, real = measured(&w, 0, 0.999, 4, &sd) / sd, complex = measured(&w, 1, 0.999, 4, &sd) / sd, alone = 1;
  if (noise) {
    double entered, rms = measured(&w, 1, 0x1p-14, 40, &sd);
    alone = rms / sd;
    w.b->untailed = 0;
    CHECK(measured(&w, 1, 0x1p-14, 1, &entered) < 2 * sd && entered > sd && entered < 3 * sd);
  }
  printf("%s: measured over predicted %.3f real, %.3f complex, %.3f of noise\n", name, real, complex, alone);
  CHECK(fabs(real - 1) <= 0.05 && fabs(complex - 1) <= 0.05 && fabs(alone - 1) <= 0.05);
  jfi_boot_close(&w);
}

JFI_TEST_MANY(deviation_is_the_predicted_one) {
  predicted(jfi_test_ctx_boot(10, 3), "deep", 0);
  predicted(jfi_test_ctx_boot_small(10), "deep-small", 1);
}

/* ---- overflow ---- */
/* Chance that the sum of n uniform numbers on [-1/2, 1/2] exceeds v >= 0 in modulus. */
static double irwin_hall(int n, double v) {
  double x = n / 2.0 - v, sum = 0;
  for (int j = 0; j < x; j++) {
    double term = j % 2 ? -1 : 1;
    for (int i = 1; i <= n; i++) term *= (x - j) / i;
    for (int i = 1; i <= j; i++) term *= (double)(n - i + 1) / i;
    sum += term;
  }
  return 2 * sum;
}

JFI_TEST(overflow_bound_meets_its_chance) {
  for (uint32_t log_n = 10; log_n <= 17; log_n++) {
    double k = jfi_overflow(log_n, 32), n = ldexp(1, (int)log_n);
    CHECK(n * irwin_hall(32, k - 0.5) <= 0x1p-128);
    CHECK(n * irwin_hall(32, k - 0.75) > 0x1p-128); /* no larger than it must be */
  }
  CHECK(jfi_overflow(16, 32) == 16);
  CHECK_CLOSE(irwin_hall(2, 0.5), 0.25, 1e-12);
  CHECK_CLOSE(irwin_hall(12, 1), 0.3173, 0.01); /* nearly normal */
}

/* The sine alone, on integers -5 .. 5: up to which of either sign it is right. */
static void window(jfi_boot_world *w, double worst, int right[2]) {
  enum { SLOTS = 512, REACH = 5 };
  jfi_vec v = jfi_vec_new(SLOTS), got = jfi_vec_new(SLOTS);
  jfhe_pt *pt = NULL;
  jfhe_ct *u = jfi_world_room(&w->w, 1), *out = jfi_world_room(&w->w, 1);
  for (int i = 0; i < SLOTS; i++) v.re[i] = (i % (2 * REACH + 1) - REACH) / w->b->overflow;
  CHECK_OK(jfhe_pt_new(&pt, w->w.ctx, w->w.ctx->chain.top));
  CHECK_OK(jfhe_ckks_encode(w->w.ctx, pt, v.re, NULL, SLOTS, JFHE_PACK_REAL, 9, w->b->level_sine, 0, 4, w->w.scratch,
                            w->w.scratch_len));
  CHECK_OK(jfhe_encrypt(w->w.ctx, u, pt, w->w.sk, w->w.scratch, w->w.scratch_len));
  jfi_scratch s;
  jfi_scratch_init(&s, w->scratch, w->scratch_len);
  CHECK_OK(jfi_sine(w->w.ctx, w->b, out, u, w->w.keys, &s));
  CHECK_OK(jfhe_decrypt(w->w.ctx, pt, out, w->w.sk, w->w.scratch, w->w.scratch_len));
  CHECK_OK(jfhe_ckks_decode(w->w.ctx, got.re, got.im, SLOTS, pt, w->w.scratch, w->w.scratch_len));
  right[0] = right[1] = REACH + 1;
  for (int i = 0; i < SLOTS; i++) {
    int k = i % (2 * REACH + 1) - REACH, *side = &right[k < 0];
    if (fabs(got.re[i]) > worst && abs(k) < *side) *side = abs(k);
  }
  jfi_vec_free(&v);
  jfi_vec_free(&got);
  jfhe_pt_free(pt);
  jfhe_ct_free(u);
  jfhe_ct_free(out);
}

/* A window that is too small on purpose: numbers whose integer part falls outside come out wrong, as often as the law of integer parts
 * says, and no others do. (A part far outside may be so large that it wraps and spoils all slots: those few are left out.) */
JFI_TEST_MANY(weakened_overflow_fails_at_the_predicted_rate) {
  enum { RUNS = 100, SLOTS = 512, FAR = 16 }; /* just outside of its window the sine is only a little off */
  const jfi_boot_options weak = {.overflow = 2.5};
  jfi_boot_world w = jfi_boot_open(jfi_test_ctx_boot(10, 3), 9, 1, &weak);
  jfhe_ct *out = jfi_world_room(&w.w, 1);
  jfhe_pt *pt = NULL;
  CHECK_OK(jfhe_pt_new(&pt, w.w.ctx, w.w.ctx->chain.top));
  jfi_vec got = jfi_vec_new(SLOTS);
  size_t wrong = 0, spoilt = 0;
  for (int t = 0; t < RUNS; t++) {
    jfi_vec v = jfi_vec_random(&w.w, SLOTS, 0);
    for (size_t i = 0; i < SLOTS; i++) v.re[i] *= 0.99;
    jfhe_ct *a = jfi_boot_encrypt(&w, &v, 0, 3);
    CHECK_OK(jfhe_ckks_bootstrap(w.w.ctx, out, a, w.b, w.w.keys, w.scratch, w.scratch_len));
    CHECK_OK(jfhe_decrypt(w.w.ctx, pt, out, w.w.sk, w.w.scratch, w.w.scratch_len));
    CHECK_OK(jfhe_ckks_decode(w.w.ctx, got.re, got.im, SLOTS, pt, w.w.scratch, w.w.scratch_len));
    size_t outside = 0;
    for (size_t i = 0; i < SLOTS; i++) outside += fabs(got.re[i] - v.re[i]) > FAR * out->bound.worst;
    if (outside > SLOTS / 2)
      spoilt++;
    else
      wrong += outside;
    jfhe_ct_free(a);
    jfi_vec_free(&v);
  }
  int right[2];
  window(&w, FAR * out->bound.worst, right);
  double chance = (irwin_hall(32, right[0] - 0.5) + irwin_hall(32, right[1] - 0.5)) / 2;
  double expect = chance * (double)(RUNS - spoilt) * SLOTS;
  printf("%zu of %zu wrong, %.1f expected, from integer parts %d and %d on; %zu spoilt\n", wrong,
         (RUNS - spoilt) * SLOTS, expect, right[0], -right[1], spoilt);
  CHECK(right[0] > 2 && spoilt < RUNS / 5 && expect > 100 && fabs((double)wrong - expect) < 5 * sqrt(expect));
  jfi_vec_free(&got);
  jfhe_pt_free(pt);
  jfhe_ct_free(out);
  jfi_boot_close(&w);
}

/* ---- refusals ---- */
JFI_TEST(refusals) {
  jfi_boot_world w = jfi_boot_open(jfi_test_ctx_boot(10, 2), 6, 1, NULL);
  const jfhe_ctx *ctx = w.w.ctx;
  jfi_vec v = jfi_vec_random(&w.w, 64, 0);
  jfhe_ct *a = jfi_boot_encrypt(&w, &v, 0, 2), *low = jfi_boot_encrypt(&w, &v, 0, 1), *out = jfi_world_room(&w.w, 1);
  jfhe_ct *other = jfi_world_encrypt(&w.w, &v, JFHE_PACK_REAL, 7, 2), *small = NULL;
  jfhe_bootstrap *b = NULL;
  jfhe_keyring *few = NULL;
  jfhe_evk *down = NULL, *up = NULL, *down2 = NULL, *up2 = NULL;
  CHECK_OK(jfhe_ct_new(&small, ctx, 1, 0));
  CHECK_OK(jfhe_keyring_new(&few, ctx));
#define TRY(o, x, keys, len, want) CHECK_STATUS(jfhe_ckks_bootstrap(ctx, o, x, w.b, keys, w.scratch, len), want)
  TRY(out, low, w.w.keys, w.scratch_len, JFHE_ERR_LEVEL);
  TRY(out, other, w.w.keys, w.scratch_len, JFHE_ERR_FORM);
  TRY(small, a, w.w.keys, w.scratch_len, JFHE_ERR_FORM);
  TRY(out, a, w.w.keys, w.scratch_len / 2, JFHE_ERR_SCRATCH);
  TRY(out, a, few, w.scratch_len, JFHE_ERR_KEY);
  a->bound.mag = 1.01;
  TRY(out, a, w.w.keys, w.scratch_len, JFHE_ERR_RANGE);
  a->bound = (jfi_bound){0.5, 0.4, 0.4}; /* so far off that the sine would bend it */
  TRY(out, a, w.w.keys, w.scratch_len, JFHE_OK);
  a->bound = (jfi_bound){0.5, 0.6, 0.1};
  TRY(out, a, w.w.keys, w.scratch_len, JFHE_ERR_RANGE);
  a->bound = (jfi_bound){0.9, 1e-6, 1e-7};
  a->packing = JFHE_PACK_COEFF;
  TRY(out, a, w.w.keys, w.scratch_len, JFHE_ERR_FORM);
  a->packing = JFHE_PACK_REAL;
  /* halves of two pairs */
  CHECK_OK(jfhe_keygen_bootstrap(&down, &up, ctx, w.w.sk));
  CHECK_OK(jfhe_keygen_bootstrap(&down2, &up2, ctx, w.w.sk));
  CHECK(memcmp(down->to_id, down2->to_id, JFHE_ID_BYTES) != 0 && memcmp(up->from_id, down->to_id, JFHE_ID_BYTES) == 0);
  CHECK_OK(jfhe_keyring_add(few, down));
  CHECK_OK(jfhe_keyring_add(few, up2));
  TRY(out, a, few, w.scratch_len, JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_bootstrap_new(&b, ctx, 10, 1, JFHE_BOOTSTRAP_MANY_KEYS), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bootstrap_new(&b, ctx, 0, 1, JFHE_BOOTSTRAP_MANY_KEYS), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bootstrap_new(&b, ctx, 5, 0, JFHE_BOOTSTRAP_MANY_KEYS), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bootstrap_new(&b, ctx, 5, NAN, JFHE_BOOTSTRAP_MANY_KEYS), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bootstrap_new(&b, ctx, 5, 1, JFHE_BOOTSTRAP_FEW_KEYS + 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bootstrap_wants(ctx, NULL, NULL, 1, NULL, NULL, 5, JFHE_BOOTSTRAP_FEW_KEYS), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bootstrap_new(NULL, ctx, 5, 1, JFHE_BOOTSTRAP_MANY_KEYS), JFHE_ERR_ARG);
  jfhe_evk_free(up);
  jfhe_evk_free(down2);
  jfhe_keyring_free(few);
  jfhe_ct_free(a);
  jfhe_ct_free(low);
  jfhe_ct_free(other);
  jfhe_ct_free(small);
  jfhe_ct_free(out);
  jfi_vec_free(&v);
  jfi_boot_close(&w);
}

JFI_TEST(parameters_without_levels_are_refused) {
  jfhe_ctx *ctx = jfi_test_ctx(10, 20, 46, 2);
  jfhe_bootstrap *b = NULL;
  uint32_t in, sine, out;
  CHECK_STATUS(jfhe_bootstrap_new(&b, ctx, 9, 1, JFHE_BOOTSTRAP_MANY_KEYS), JFHE_ERR_PARAMS);
  CHECK_STATUS(jfhe_bootstrap_levels(ctx, &in, &sine, &out), JFHE_ERR_PARAMS);
  CHECK(b == NULL);
  jfhe_ctx_free(ctx);
}

/* A sparse secret is safe over few bits, and only in a large ring. */
JFI_TEST(the_gate_knows_sparse_secrets) {
  jfhe_ctx *ctx = NULL;
  jfhe_sk *sk = NULL;
  jfhe_evk *down = NULL, *up = NULL;
  REQUIRE_OK(jfhe_ctx_new_preset(&ctx, "stats"));
  CHECK_OK(jfhe_sk_new(&sk, ctx));
  CHECK_STATUS(jfhe_keygen_bootstrap(&down, &up, ctx, sk), JFHE_ERR_SECURITY);
  CHECK(!down && !up);
  const uint64_t *q = ctx->chain.prime;
  const jfi_set two = jfi_set_range(0, 2), three = jfi_set_range(0, 3); /* 48 + 46 bits, 46 more */
  CHECK_STATUS(jfi_gate_sparse(14, 128, q, two, "test"), JFHE_ERR_SECURITY);
  CHECK_STATUS(jfi_gate_sparse(15, 128, q, two, "test"), JFHE_OK);
  CHECK_STATUS(jfi_gate_sparse(15, 192, q, two, "test"), JFHE_ERR_SECURITY);
  CHECK_STATUS(jfi_gate_sparse(16, 128, q, three, "test"), JFHE_ERR_SECURITY);
  jfhe_sk_free(sk);
  jfhe_ctx_free(ctx);
}

/* ---- threads, containers ---- */
JFI_TEST(threads_and_containers_change_no_byte) {
  jfi_boot_world w = jfi_boot_open(jfi_test_ctx_boot(10, 3), 9, 1, NULL);
  jfi_vec v = jfi_vec_random(&w.w, 512, 1);
  jfhe_ct *a = jfi_boot_encrypt(&w, &v, 1, 4), *first = jfi_world_room(&w.w, 1), *out = jfi_world_room(&w.w, 1);
  CHECK_OK(jfhe_ckks_bootstrap(w.w.ctx, first, a, w.b, w.w.keys, w.scratch, w.scratch_len));
  jfhe_keyring *read = NULL;
  CHECK_OK(jfhe_keyring_new(&read, w.w.ctx));
  for (size_t i = 0; i < w.w.keys->count; i++) {
    size_t len = jfhe_evk_write_size(w.w.keys->key[i], JFHE_ENCODING_SEEDED);
    uint8_t *bytes = malloc(len);
    jfhe_evk *key = NULL;
    CHECK_OK(jfhe_evk_write(bytes, len, w.w.keys->key[i], JFHE_ENCODING_SEEDED));
    CHECK_OK(jfhe_evk_read(w.w.ctx, &key, bytes, len));
    CHECK_OK(jfhe_keyring_add(read, key));
    free(bytes);
  }
  for (uint32_t threads = 1; threads <= 3; threads++) {
    CHECK_OK(jfhe_ctx_set_threads(w.w.ctx, threads));
    size_t len = jfhe_bootstrap_scratch(w.w.ctx, w.b);
    void *scratch = jfi_alloc(len);
    unsigned long before = jfi_alloc_count();
    CHECK_OK(jfhe_ckks_bootstrap(w.w.ctx, out, a, w.b, read, scratch, len));
    CHECK(threads == 1 || jfi_alloc_count() == before);
    for (size_t p = 0; p < 2; p++)
      CHECK_MEM(jfi_ct_poly(out, p), jfi_ct_poly(first, p), out->n_limbs * w.w.ctx->ring->n * sizeof(uint64_t));
    jfi_free(scratch);
  }
  jfhe_keyring_free(read);
  jfhe_ct_free(a);
  jfhe_ct_free(first);
  jfhe_ct_free(out);
  jfi_vec_free(&v);
  jfi_boot_close(&w);
}

/* ---- light keys ---- */
/* Fewer specials for the lowest levels: made once, of all stages down, within the bounds; what is missing is left out. */
static void try_light(uint32_t keys, uint32_t log_slots) {
  const jfi_boot_options options = {.keys = keys};
  jfi_boot_world w = jfi_boot_open(jfi_test_ctx_boot(10, 3), log_slots, 1, &options);
  const jfhe_ctx *ctx = w.w.ctx;
  const size_t before = w.w.keys->count;
  CHECK_OK(jfhe_bootstrap_lighten(w.b, w.w.keys));
  const size_t light = w.w.keys->count - before;
  CHECK(light > 0);
  CHECK_OK(jfhe_bootstrap_lighten(w.b, w.w.keys));
  CHECK_EQ(w.w.keys->count, before + light);
  const jfi_set S = ctx->chain.level[w.b->level_in];
  for (size_t i = before; i < before + light; i++) {
    const jfhe_evk *k = w.w.keys->key[i];
    CHECK(k->level == w.b->level_in && jfi_set_count(k->p) == 4 && k->n_digits == 1);
    CHECK(jfi_keyring_serving(w.w.keys, JFHE_EVK_GALOIS, k->galois, S) == k);
    CHECK(jfi_keyring_find(w.w.keys, JFHE_EVK_GALOIS, k->galois)->level > k->level);
    double worst, sd, other, other_sd;
    jfi_keyswitch_noise(ctx, S, k, &worst, &sd);
    jfi_divide_noise(ctx, &other, &other_sd);
    CHECK(sd < 1.06 * other_sd && worst < 16 * other);
  }
  jfi_vec v = jfi_vec_random(&w.w, (size_t)1 << log_slots, 0);
  for (size_t i = 0; i < v.n; i++) v.re[i] *= 0.999;
  jfhe_ct *out = jfi_world_room(&w.w, 1);
  CHECK(run(&w, &v, 0, 3, out, "light keys") <= jfhe_ct_error_probable(out));
  jfi_vec_free(&v);
  jfhe_ct_free(out);
  jfi_boot_close(&w);
}

JFI_TEST(light_keys) {
  try_light(JFHE_BOOTSTRAP_MANY_KEYS, 9);
  try_light(JFHE_BOOTSTRAP_FEW_KEYS, 9);
  try_light(JFHE_BOOTSTRAP_FEW_KEYS, 4);
  jfi_boot_world w = jfi_boot_open(jfi_test_ctx_boot(10, 3), 9, 1, NULL);
  jfhe_ctx *ctx = jfi_test_ctx_boot(10, 3);
  jfhe_keyring *other = NULL, *none = NULL;
  CHECK_OK(jfhe_keyring_new(&other, ctx));
  CHECK_OK(jfhe_keyring_new(&none, w.w.ctx));
  CHECK_STATUS(jfhe_bootstrap_lighten(w.b, other), JFHE_ERR_CONTEXT);
  CHECK_OK(jfhe_bootstrap_lighten(w.b, none));
  CHECK_EQ(none->count, 0);
  jfhe_keyring_free(other);
  jfhe_keyring_free(none);
  jfhe_ctx_free(ctx);
  jfi_boot_close(&w);
}

/* Several at once, real and complex ones, from different levels, in place: the bits of one after another. */
static void try_together(uint32_t keys, uint32_t log_slots) {
  enum { COUNT = 3 };
  const jfi_boot_options options = {.keys = keys};
  jfi_boot_world w = jfi_boot_open(jfi_test_ctx_boot(10, 3), log_slots, 1, &options);
  const jfhe_ctx *ctx = w.w.ctx;
  jfhe_ct *a[COUNT], *one[COUNT], *all[COUNT];
  const jfhe_ct *in[COUNT];
  size_t len = jfhe_bootstrap_many_scratch(ctx, w.b, COUNT);
  void *scratch = jfi_alloc(len);
  for (size_t i = 0; i < COUNT; i++) {
    jfi_vec v = jfi_vec_random(&w.w, (size_t)1 << log_slots, i == 1);
    for (size_t k = 0; k < v.n; k++) v.re[k] *= 0.7, v.im[k] *= 0.7;
    jfhe_ct *fresh = jfi_boot_encrypt(&w, &v, i == 1, i == 2 ? 5 : 3);
    in[i] = a[i] = jfi_world_room(&w.w, 1);
    one[i] = jfi_world_room(&w.w, 1);
    all[i] = i == 1 ? a[i] : jfi_world_room(&w.w, 1);
    CHECK_OK(jfhe_ckks_bootstrap(ctx, one[i], fresh, w.b, w.w.keys, w.scratch, w.scratch_len));
    CHECK_OK(jfi_ckks_copy(ctx, a[i], fresh));
    jfhe_ct_free(fresh);
    jfi_vec_free(&v);
  }
#define ASK(outs, n, bytes, want)                                                                                      \
  CHECK_STATUS(jfhe_ckks_bootstrap_many(ctx, outs, in, n, w.b, w.w.keys, scratch, bytes), want)
  jfhe_ct *twice[COUNT] = {all[0], all[0], all[2]};
  ASK(all, 0, len, JFHE_ERR_ARG);
  ASK(all, JFHE_BOOTSTRAP_MANY_MAX + 1, len, JFHE_ERR_ARG);
  ASK(twice, COUNT, len, JFHE_ERR_ARG);
  ASK(all, COUNT, w.scratch_len, JFHE_ERR_SCRATCH);
  jfi_bound kept = a[2]->bound;
  a[2]->bound.mag = 1.01; /* the last is refused: none is changed */
  ASK(all, COUNT, len, JFHE_ERR_RANGE);
  a[2]->bound = kept;
  CHECK(all[0]->n_limbs == 0);
  unsigned long before = jfi_alloc_count();
  ASK(all, COUNT, len, JFHE_OK);
  CHECK(jfi_alloc_count() == before);
  for (size_t i = 0; i < COUNT; i++) {
    for (size_t p = 0; p < 2; p++)
      CHECK_MEM(jfi_ct_poly(all[i], p), jfi_ct_poly(one[i], p), one[i]->n_limbs * ctx->ring->n * sizeof(uint64_t));
    CHECK(all[i]->bound.worst == one[i]->bound.worst && all[i]->bound.sd == one[i]->bound.sd &&
          all[i]->packing == one[i]->packing && all[i]->level == one[i]->level && all[i]->scale == one[i]->scale);
    if (all[i] != a[i]) jfhe_ct_free(all[i]);
    jfhe_ct_free(a[i]);
    jfhe_ct_free(one[i]);
  }
  jfi_free(scratch);
  jfi_boot_close(&w);
}

JFI_TEST(together_is_one_after_another) {
  try_together(JFHE_BOOTSTRAP_MANY_KEYS, 9);
  try_together(JFHE_BOOTSTRAP_FEW_KEYS, 9);
  try_together(JFHE_BOOTSTRAP_FEW_KEYS, 1); /* not all stages are stepped */
}

/* ---- the preset ---- */
static double processor(void) {
#ifdef __wasi__
  return jfi_now(); /* there a process has no clock of its own */
#else
  return (double)clock() / CLOCKS_PER_SEC;
#endif
}

/* Seconds of the clock and of the processor: the second is what a loaded machine leaves to be compared. */
static void timed(jfi_boot_world *w, jfhe_ct *out, const jfhe_ct *a, uint32_t threads, const char *what) {
  CHECK_OK(jfhe_ctx_set_threads(w->w.ctx, threads));
  size_t len = jfhe_bootstrap_scratch(w->w.ctx, w->b);
  void *scratch = jfi_alloc(len);
  double wall = jfi_now(), cpu = processor();
  CHECK_OK(jfhe_ckks_bootstrap(w->w.ctx, out, a, w->b, w->w.keys, scratch, len));
  printf("%s, %u threads: %.2f s, %.2f s of the processor\n", what, threads, jfi_now() - wall, processor() - cpu);
  fflush(stdout);
  jfi_free(scratch);
}

static double one_precise(jfi_boot_world *w, jfhe_ct *out, const jfhe_ct *a, const jfi_vec *v) {
  size_t len = jfhe_bootstrap_precise_scratch(w->w.ctx, w->b);
  void *scratch = jfi_alloc(len);
  double cpu = processor();
  CHECK_OK(jfhe_ckks_bootstrap_precise(w->w.ctx, out, a, w->b, w->w.keys, scratch, len));
  double error = jfi_world_check(&w->w, out, v, "twice");
  printf("twice: %.2f s of the processor; error 2^%.1f, probable 2^%.1f, worst 2^%.1f; level %u\n", processor() - cpu,
         log2(error), log2(jfhe_ct_error_probable(out)), log2(out->bound.worst), out->level);
  jfi_free(scratch);
  return error;
}

static void one_deep(jfi_boot_world *w, int complex, double least_bits, uint32_t levels) {
  jfi_vec v = uniform(w, complex, 0.999);
  jfhe_ct *a = jfi_boot_encrypt(w, &v, complex, w->b->level_in), *out = jfi_world_room(&w->w, 1);
  timed(w, out, a, 1, complex ? "complex" : "real");
  timed(w, out, a, 2, complex ? "complex" : "real");
  double error = jfi_world_check(&w->w, out, &v, "bootstrap");
  printf("error 2^%.1f, sd 2^%.1f, probable 2^%.1f, worst 2^%.1f; level %u\n", log2(error), log2(out->bound.sd),
         log2(jfhe_ct_error_probable(out)), log2(out->bound.worst), out->level);
  CHECK(-log2(error) >= least_bits && out->level == w->b->level_in + levels);
  double ratio = rms_error(w, out, &v, complex) / out->bound.sd;
  printf("root mean square error / predicted deviation: %.3f\n", ratio);
  CHECK(fabs(ratio - 1) <= 0.05);
  if (!complex)
    CHECK(-log2(one_precise(w, out, a, &v)) >= least_bits + 3.5); /* roundings at the scale of level_in set the floor */
  jfhe_ct_free(a);
  jfhe_ct_free(out);
  jfi_vec_free(&v);
}

/* As a client would upload them: seeded, packed. */
static size_t uploaded(const jfhe_keyring *keys) {
  size_t bytes = 0;
  for (size_t i = 0; i < keys->count; i++) bytes += jfhe_evk_write_size(keys->key[i], JFHE_ENCODING_SEEDED);
  return bytes;
}

static void preset(const char *name, uint32_t keys, size_t most_upload, double least_bits, uint32_t levels) {
  const jfi_boot_options options = {.keys = keys, .untailed = 1};
  jfhe_ctx *ctx = NULL;
  REQUIRE_OK(jfhe_ctx_new_preset(&ctx, name));
  double start = jfi_now();
  jfi_boot_world w = jfi_boot_open(ctx, ctx->ring->log_n - 1, 1, &options);
  size_t bytes = 0;
  for (size_t i = 0; i < w.w.keys->count; i++) bytes += jfhe_evk_bytes(w.w.keys->key[i]);
  printf("%zu keys, %.2f GB, %.1f MB uploaded; plaintexts %.2f GB; scratch %.2f GB; made in %.1f s\n", w.w.keys->count,
         (double)bytes * 1e-9, (double)uploaded(w.w.keys) * 1e-6, (double)jfhe_bootstrap_bytes(w.b) * 1e-9,
         (double)w.scratch_len * 1e-9, jfi_now() - start);
  CHECK(uploaded(w.w.keys) <= most_upload);
  jfi_free(w.scratch);
  w.scratch = NULL;
  one_deep(&w, 0, least_bits, levels);
  one_deep(&w, 1, least_bits, levels);
  jfi_boot_close(&w);
}

JFI_TEST_SLOW(deep) { preset("deep", JFHE_BOOTSTRAP_MANY_KEYS, 1800000000, 20, 13); }
JFI_TEST_SLOW(deep_lean) { preset("deep-lean", JFHE_BOOTSTRAP_FEW_KEYS, 200000000, 20, 8); }
JFI_TEST_SLOW(deep_small) { preset("deep-small", JFHE_BOOTSTRAP_FEW_KEYS, 150000000, 13, 4); }

/* Fewer slots: shorter transforms, the same sine. */
static void sparse(const char *name, uint32_t log_slots, double least_bits) {
  const jfi_boot_options options = {.keys = JFHE_BOOTSTRAP_MANY_KEYS};
  jfhe_ctx *ctx = NULL;
  REQUIRE_OK(jfhe_ctx_new_preset(&ctx, name));
  jfi_boot_world w = jfi_boot_open(ctx, log_slots, 1, &options);
  jfi_vec v = uniform(&w, 0, 0.999);
  jfhe_ct *a = jfi_boot_encrypt(&w, &v, 0, w.b->level_in), *out = jfi_world_room(&w.w, 1);
  printf("%s, 2^%u slots: %zu keys, plaintexts %.2f GB; ", name, log_slots, w.w.keys->count,
         (double)jfhe_bootstrap_bytes(w.b) * 1e-9);
  timed(&w, out, a, 1, "first");
  timed(&w, out, a, 1, "again");
  double error = jfi_world_check(&w.w, out, &v, "sparse");
  printf("error 2^%.1f, worst 2^%.1f\n", log2(error), log2(out->bound.worst));
  CHECK(-log2(error) >= least_bits);
  jfhe_ct_free(a);
  jfhe_ct_free(out);
  jfi_vec_free(&v);
  jfi_boot_close(&w);
}

JFI_TEST_SLOW(sparse_deep_small) {
  for (uint32_t log_slots = 14; log_slots >= 8; log_slots -= 2) sparse("deep-small", log_slots, 13);
}
JFI_TEST_SLOW(sparse_deep_lean) {
  static const uint32_t log_slots[] = {14, 12, 8};
  for (size_t i = 0; i < sizeof log_slots / sizeof *log_slots; i++) sparse("deep-lean", log_slots[i], 20);
}
