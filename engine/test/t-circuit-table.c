/* t-circuit-table.c: tables looked up in the middle of a bootstrap, against the table. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "boot-cases.h"
#include "circuit/table.h"
#include "rlwe/keyring.h"

/* ---- worlds ---- */
typedef struct case_ {
  jfi_boot_world w;
  jfhe_table *t;
  double *values, first;
  size_t count;
  void *scratch;
  size_t scratch_len;
} table_case;

static table_case open_case(jfhe_ctx *ctx, uint32_t log_slots, size_t count, double first, double (*f)(size_t)) {
  table_case c = {.w = jfi_boot_open(ctx, log_slots, 1, NULL), .first = first, .count = count};
  c.values = malloc(count * sizeof *c.values);
  for (size_t m = 0; m < count; m++) c.values[m] = f(m);
  CHECK_OK(jfhe_table_new(&c.t, c.w.b, c.values, count, first));
  c.scratch_len = jfhe_table_scratch(ctx, c.t);
  c.scratch = jfi_alloc(c.scratch_len);
  return c;
}

static void close_case(table_case *c) {
  jfi_free(c->scratch);
  free(c->values);
  jfhe_table_free(c->t);
  jfi_boot_close(&c->w);
}

static double anything(size_t m) { return (double)((m * 2654435761u >> 7) % 2001) / 1000 - 1; }
static double itself(size_t m) { return (double)m; }
static double steps(size_t m) { return m % 3 == 0 ? 5 : -2; }

/* Numbers of the table, off by `off`, at a level; the declared magnitude is that of the range. */
static jfhe_ct *encrypt(table_case *c, const size_t *m, size_t n, double off, uint32_t level) {
  jfhe_pt *pt = NULL;
  jfi_world *w = &c->w.w;
  jfhe_ct *ct = jfi_world_room(w, 1);
  double mag = fmax(fabs(c->first), fabs(c->first + (double)c->count - 1)), *x = malloc(n * sizeof *x);
  for (size_t i = 0; i < n; i++) x[i] = c->first + (double)m[i] + (i % 2 ? off : -off);
  CHECK_OK(jfhe_pt_new(&pt, w->ctx, level));
  CHECK_OK(jfhe_ckks_encode(w->ctx, pt, x, NULL, n, JFHE_PACK_REAL, c->w.b->log_slots, level,
                            fmin(w->ctx->chain.scale[level], 0x1p45), mag + fabs(off), w->scratch, w->scratch_len));
  CHECK_OK(jfhe_encrypt(w->ctx, ct, pt, w->sk, w->scratch, w->scratch_len));
  jfhe_pt_free(pt);
  free(x);
  ct->bound.mag = mag;
  ct->bound.worst += fabs(off);
  return ct;
}

/* Looks numbers up and compares with the table; the largest error. */
static double look(table_case *c, const size_t *m, double off, uint32_t level, jfhe_ct *out) {
  size_t n = (size_t)1 << c->w.b->log_slots;
  jfi_vec want = jfi_vec_new(n);
  jfhe_ct *a = encrypt(c, m, n, off, level);
  for (size_t i = 0; i < n; i++) want.re[i] = c->values[m[i]];
  CHECK_OK(jfhe_ckks_lookup(c->w.w.ctx, out, a, c->t, c->w.w.keys, c->scratch, c->scratch_len));
  double error = out->n_limbs ? jfi_world_error(&c->w.w, out, &want, "look-up") : 1;
  jfhe_ct_free(a);
  jfi_vec_free(&want);
  return error;
}

static void random_numbers(table_case *c, size_t *m, size_t n) {
  for (size_t i = 0; i < n; i++) m[i] = jfi_test_rng_below(&c->w.w.rng, c->count);
}

static void one(uint32_t between, uint32_t log_slots, size_t count, double first, double (*f)(size_t)) {
  table_case c = open_case(jfi_test_ctx_boot_far(10, 3, between), log_slots, count, first, f);
  size_t n = (size_t)1 << log_slots, *m = malloc(n * sizeof *m);
  jfhe_ct *out = jfi_world_room(&c.w.w, 1);
  random_numbers(&c, m, n);
  double error = look(&c, m, 0, c.w.b->level_in + 2, out);
  printf("%zu numbers: error 2^%.1f, probable 2^%.1f, worst 2^%.1f; level %u\n", count, log2(error),
         log2(jfhe_ct_error_probable(out)), log2(out->bound.worst), out->level);
  CHECK(error <= jfhe_ct_error_probable(out) && out->level == jfhe_table_level_out(c.t));
  CHECK(out->packing == JFHE_PACK_REAL && out->scale == c.w.w.ctx->chain.scale[out->level]);
  jfhe_ct_free(out);
  free(m);
  close_case(&c);
}

JFI_TEST(two_numbers) { one(2, 9, 2, 0, itself); }
JFI_TEST(four_bits) { one(2, 9, 16, -3, anything); }
JFI_TEST(seven_bits) { one(5, 9, 100, 1000, anything); }
JFI_TEST(eight_bits) { one(4, 9, 256, 0, itself); }
JFI_TEST(twelve_bits) { one(8, 9, 4096, -2048, anything); }
JFI_TEST(sparse) { one(4, 5, 300, 7, steps); }

/* ---- the polynomial in the clear ---- */
/* Twice the real part of the sum that a table's constants say, at angles that are off by s of a digit's steps, and moduli of logarithm r over the
 * digit's count. */
static double in_the_clear(const jfhe_table *t, double m, const double s[2], const double r[2]) {
  const double turn = 2 * acos(-1), n = ldexp(1, (int)t->log_n), high = ldexp(1, (int)t->log_high);
  const double low = ldexp(1, (int)t->log_low), w = turn * ((m - n / 2) / n + s[0] / high);
  const double v = t->log_low ? turn * ((m - n / 2) / low + s[1] / low) : w * t->babies;
  double sum = 0;
  for (size_t k = 0; k < t->giants; k++)
    for (size_t i = 0; i < t->babies; i++) {
      double power = i < t->powers ? (double)i : -(double)(i - t->powers + 1), at = power * w + (double)k * v;
      double log = fabs(power) * r[0] / high + (double)k * (t->log_low ? r[1] / low : r[0] * t->babies / high);
      sum += 2 * exp(log) * (t->re[k * t->babies + i] * cos(at) - t->im[k * t->babies + i] * sin(at));
    }
  return sum;
}

/* The table's values at numbers, a mean of them beside numbers. */
JFI_TEST(polynomial_is_the_table) {
  const size_t counts[] = {2, 5, 128, 129, 512};
  const double exact[2] = {0, 0};
  jfhe_ctx *ctx = jfi_test_ctx_boot_far(10, 3, 8);
  jfhe_bootstrap *b = NULL;
  CHECK_OK(jfhe_bootstrap_new(&b, ctx, 9, 1, JFHE_BOOTSTRAP_MANY_KEYS | JFHE_BOOTSTRAP_WHEN_NEEDED));
  for (size_t c = 0; c < 5; c++) {
    jfhe_table *t = NULL;
    double values[512];
    for (size_t m = 0; m < counts[c]; m++) values[m] = anything(m);
    CHECK_OK(jfhe_table_new(&t, b, values, counts[c], 0));
    CHECK_EQ(jfhe_table_digits(t), counts[c] > 128 ? 2 : 1);
    for (size_t m = 0; m < counts[c]; m += 1 + counts[c] / 50) {
      CHECK_CLOSE(in_the_clear(t, (double)m, exact, exact), values[m], 1e-11);
      for (double e = -0.5; e <= 0.5; e += 0.125) {
        double mean = in_the_clear(t, (double)m, (double[2]){3.7 * e, 2.1 * e}, exact);
        CHECK(mean >= t->low - 1e-11 && mean <= t->high + 1e-11);
      }
    }
    jfhe_table_free(t);
  }
  jfhe_bootstrap_free(b);
  jfhe_ctx_free(ctx);
}

/* Whatever the table and the errors: no further off than the bound says, and the bound is no more than it must be. */
JFI_TEST(errors_of_roots_stay_within_their_bound) {
  double (*const kinds[])(size_t) = {anything, itself, steps};
  const size_t counts[] = {60, 128, 200, 500};
  const double far[] = {0.4, 0.03, 1e-3}, long_[] = {0.3, 1e-2, 1e-4};
  jfhe_ctx *ctx = jfi_test_ctx_boot_far(10, 3, 8);
  jfhe_bootstrap *b = NULL;
  double most = 0;
  CHECK_OK(jfhe_bootstrap_new(&b, ctx, 9, 1, JFHE_BOOTSTRAP_MANY_KEYS | JFHE_BOOTSTRAP_WHEN_NEEDED));
  for (size_t c = 0; c < 36; c++) {
    jfhe_table *t = NULL;
    const size_t count = counts[c % 4];
    const double s = far[c / 12], r = long_[c / 12];
    double values[512];
    for (size_t m = 0; m < count; m++) values[m] = kinds[c / 4 % 3](m);
    CHECK_OK(jfhe_table_new(&t, b, values, count, 0));
    for (int sign = 0; sign < 16; sign++) {
      const double angle[2] = {sign & 1 ? s : 0, sign & 2 ? -s : s / 2},
                   modulus[2] = {sign & 4 ? r : -r, sign & 8 ? r : 0};
      jfi_root_error e[2] = {{{fabs(angle[0]), 0}, {fabs(modulus[0]), 0}},
                             {{fabs(angle[1]), 0}, {fabs(modulus[1]), 0}}};
      if (!t->log_low) e[1] = (jfi_root_error){{0, 0}, {0, 0}};
      jfi_bound bound = {0, 0, 0};
      jfi_table_add_roots(t, e, 1, &bound);
      for (size_t m = sign * 7u % 13; m < count; m += m < 2 || m + 20 > count ? 1 : 13) {
        double off = fabs(in_the_clear(t, (double)m, angle, modulus) - values[m]) - 1e-9;
        CHECK(off <= bound.worst);
        if (off > most * bound.worst) most = off / bound.worst;
      }
    }
    jfhe_table_free(t);
  }
  printf("at most %.2f of the bound\n", most);
  CHECK(most > 0.5);
  jfhe_bootstrap_free(b);
  jfhe_ctx_free(ctx);
}

/* ---- errors of powers ---- */
/* exp(2 pi i q x/n) */
static void turn_of(double *re, double *im, size_t q, size_t x, size_t n) {
  const double a = 2 * acos(-1) * (double)(q * x % n) / (double)n;
  *re = cos(a);
  *im = sin(a);
}

/* |sum of constants times turns| at every number, for a baby's constants over the giants or a giant's over the babies. */
static double largest_at_numbers(const jfhe_table *t, size_t which, int baby) {
  const size_t n = (size_t)1 << t->log_n, giant = t->log_low ? (size_t)1 << t->log_high : t->babies;
  double most = 0;
  for (size_t x = 0; x < n; x++) {
    double re = 0, im = 0;
    for (size_t j = 0; j < (baby ? t->giants : t->babies); j++) {
      const size_t at = baby ? j * t->babies + which : which * t->babies + j;
      const size_t q = baby ? j * giant : j < t->powers ? j : n - (j - t->powers + 1);
      double c, s;
      turn_of(&c, &s, q, x, n);
      re += t->re[at] * c - t->im[at] * s;
      im += t->re[at] * s + t->im[at] * c;
    }
    most = fmax(most, hypot(re, im));
  }
  return most;
}

JFI_TEST(errors_of_powers_are_multiplied_by_what_is_there_at_numbers) {
  const size_t counts[] = {60, 500};
  jfhe_ctx *ctx = jfi_test_ctx_boot_far(10, 3, 8);
  jfhe_bootstrap *b = NULL;
  CHECK_OK(jfhe_bootstrap_new(&b, ctx, 9, 1, JFHE_BOOTSTRAP_MANY_KEYS | JFHE_BOOTSTRAP_WHEN_NEEDED));
  for (size_t c = 0; c < 2; c++) {
    jfhe_table *t = NULL;
    double values[512];
    for (size_t m = 0; m < counts[c]; m++) values[m] = anything(m);
    CHECK_OK(jfhe_table_new(&t, b, values, counts[c], 0));
    for (size_t i = 0; i < t->babies; i++) {
      CHECK_CLOSE(t->of_baby[i].at_numbers, largest_at_numbers(t, i, 1), 1e-9);
      CHECK(t->of_baby[i].at_numbers <= t->of_baby[i].sum * (1 + 1e-9));
    }
    for (size_t k = 0; k < t->giants; k++) CHECK_CLOSE(t->of_giant[k], largest_at_numbers(t, k, 0), 1e-9);
    jfhe_table_free(t);
  }
  jfhe_bootstrap_free(b);
  jfhe_ctx_free(ctx);
}

/* ---- what is proved at real parameters ---- */
/* Keys as keygen makes them, without residues: enough for bounds. */
static void add_shaped(jfhe_keyring *keys, uint32_t kind, uint32_t galois, uint32_t level, jfi_set specials,
                       int one_digit) {
  const jfhe_ctx *ctx = keys->ctx;
  const jfi_chain *c = &ctx->chain;
  const jfi_set q = c->level[level];
  jfhe_evk *key = jfi_alloc_zero(sizeof *key);
  CHECK_OK(jfi_evk_shape(key, ctx, q, specials, one_digit ? &q : c->digit, one_digit ? 1 : c->n_digits));
  key->kind = kind;
  key->galois = galois;
  key->level = level;
  jfi_fresh_noise(ctx, 0, &key->noise_worst, &key->noise_sd);
  CHECK_OK(jfhe_keyring_add(keys, key));
}

static jfhe_keyring *shaped_keys(const jfhe_ctx *ctx, const jfhe_bootstrap *b) {
  const jfi_chain *c = &ctx->chain;
  jfhe_keyring *keys = NULL;
  int32_t k[256];
  CHECK_OK(jfhe_keyring_new(&keys, ctx));
  add_shaped(keys, JFHE_EVK_RELIN, 0, c->top, c->special, 0);
  add_shaped(keys, JFHE_EVK_GALOIS, jfhe_galois_conjugate(ctx), c->top, c->special, 0);
  add_shaped(keys, JFHE_EVK_SPARSE, 0, 0, jfi_set_range(c->n - 1, 1), 1);
  add_shaped(keys, JFHE_EVK_DENSE, 0, c->top, c->special, 1);
  for (size_t i = 0, count = jfhe_bootstrap_rotations(b, k, NULL, 256); i < count; i++)
    add_shaped(keys, JFHE_EVK_GALOIS, jfi_galois_rotation(ctx->ring->log_n, k[i]), c->top, c->special, 0);
  return keys;
}

static double twelve(size_t m) { return (double)((m * 2654435761u >> 7) % 4096); }
static double ends(size_t m) { return twelve(m) < 2048 ? 0 : 4095; }

/* Whole numbers of 12 bits into whole numbers of 12 bits: less than a half off, so that rounding is right. */
JFI_TEST(twelve_bits_into_twelve_are_proved) {
  double (*const kinds[])(size_t) = {itself, twelve, ends}, values[4096];
  jfhe_ctx *ctx = NULL;
  jfhe_bootstrap *b = NULL;
  REQUIRE_OK(jfhe_ctx_new_preset(&ctx, "deep-lean"));
  REQUIRE_OK(jfhe_bootstrap_new(&b, ctx, 15, 1, JFHE_BOOTSTRAP_MANY_KEYS | JFHE_BOOTSTRAP_WHEN_NEEDED));
  jfhe_keyring *keys = shaped_keys(ctx, b);
  void *room = jfi_alloc((size_t)1 << 20);
  for (size_t i = 0; i < 3; i++) {
    jfhe_table *t = NULL;
    jfhe_ct a, out;
    jfi_scratch s;
    for (size_t m = 0; m < 4096; m++) values[m] = kinds[i](m);
    CHECK_OK(jfhe_table_new(&t, b, values, 4096, 0));
    jfi_ct_shadow(&a, ctx, jfhe_table_level_in(t));
    jfi_ct_shadow(&out, ctx, jfhe_table_level_out(t));
    a.scale = ctx->chain.scale[a.level];
    a.packing = JFHE_PACK_REAL;
    a.log_slots = 15;
    a.form = JFHE_FORM_EVAL;
    a.bound = (jfi_bound){4095, 0x1p-10, 0x1p-15};
    jfi_scratch_init(&s, room, (size_t)1 << 20);
    CHECK_OK(jfi_table_run(ctx, &out, &a, t, keys, &s));
    printf("12 bits into 12: worst %.3f\n", out.bound.worst);
    CHECK(out.bound.worst < 0.5 && out.level >= b->level_in);
    jfhe_table_free(t);
  }
  jfi_free(room);
  jfhe_keyring_free(keys);
  jfhe_bootstrap_free(b);
  jfhe_ctx_free(ctx);
}

/* ---- inputs that somebody picks ---- */
/* All alike, the ends, ends in turn, neighbours, digits that are all 0 or all ones; and all of them as far off as they may be said to be. */
JFI_TEST_MANY(adversarial_numbers_stay_within_the_bound) {
  table_case c = open_case(jfi_test_ctx_boot_far(10, 3, 8), 9, 1024, -500, anything);
  size_t m[512];
  jfhe_ct *out = jfi_world_room(&c.w.w, 1);
  for (int kind = 0; kind < 7; kind++) {
    for (size_t i = 0; i < 512; i++) {
      const size_t number[] = {512, 0, 1023, i % 2 ? 1023 : 0, 511 + i % 2, i % 32 * 32, i % 32 * 32 + 31};
      m[i] = number[kind];
    }
    CHECK(look(&c, m, 0, c.w.b->level_in + 1, out) <= jfhe_ct_error_probable(out));
    double exact = out->bound.worst, off = 0.01, bound = (c.t->high - c.t->low) * pow(acos(-1) * off, 2) / 3;
    CHECK(look(&c, m, off, c.w.b->level_in + 1, out) <=
          1.01 * bound + 0x1p-20); /* first order would be 100 times that */
    CHECK(out->bound.worst > exact && out->bound.worst < exact + 1.6 * bound);
  }
  jfhe_ct_free(out);
  close_case(&c);
}

/* Middle steps as wide as those of the sine: sets that do not nest, and a bound that tells 4,096 values apart. */
JFI_TEST_MANY(wide_steps_tell_twelve_bits_apart) {
  jfi_params p = {.log_n = 10, .first_bits = 48, .n_special = 6, .special_bits = 48, .name = "test"};
  jfhe_ctx *ctx = NULL;
  for (uint32_t i = 0; i < 3 + 16 + 3; i++) p.step_bits[p.n_steps++] = i < 3 ? 42 : i < 11 ? 57 : i < 19 ? 58 : 48;
  REQUIRE_OK(jfi_ctx_new(&ctx, &p));
  table_case c = open_case(ctx, 9, 4096, 0, itself);
  size_t m[512];
  jfhe_ct *out = jfi_world_room(&c.w.w, 1);
  random_numbers(&c, m, 512);
  double error = look(&c, m, 0, c.w.b->level_in + 1, out);
  printf("wide steps: error 2^%.1f, worst 2^%.1f; level %u\n", log2(error), log2(out->bound.worst), out->level);
  CHECK(out->bound.worst < 0.25 && error < 0x1p-10);
  jfhe_ct_free(out);
  close_case(&c);
}

/* ---- before it runs, and on threads ---- */
JFI_TEST(a_shadow_says_what_the_run_says) {
  table_case c = open_case(jfi_test_ctx_boot_far(10, 3, 4), 9, 200, 0, steps);
  jfhe_ctx *ctx = c.w.w.ctx;
  size_t m[512];
  random_numbers(&c, m, 512);
  jfhe_ct *a = encrypt(&c, m, 512, 0, 5), *out = jfi_world_room(&c.w.w, 1), *other = jfi_world_room(&c.w.w, 1);
  CHECK_OK(jfhe_ckks_lookup(ctx, out, a, c.t, c.w.w.keys, c.scratch, c.scratch_len));
  jfhe_ct shadow = *a, result = *out;
  shadow.data = result.data = NULL;
  jfi_scratch s;
  jfi_scratch_init(&s, c.scratch, 1 << 16); /* the structures alone */
  CHECK_OK(jfi_table_run(ctx, &result, &shadow, c.t, c.w.w.keys, &s));
  CHECK(memcmp(&result.bound, &out->bound, sizeof out->bound) == 0 && result.level == out->level &&
        result.scale == out->scale);
  CHECK_OK(jfhe_ctx_set_threads(ctx, 3));
  size_t len = jfhe_table_scratch(ctx, c.t);
  void *scratch = jfi_alloc(len);
  unsigned long before = jfi_alloc_count();
  CHECK_OK(jfhe_ckks_lookup(ctx, other, a, c.t, c.w.w.keys, scratch, len));
  CHECK(jfi_alloc_count() == before);
  for (size_t p = 0; p < 2; p++)
    CHECK_MEM(jfi_ct_poly(other, p), jfi_ct_poly(out, p), out->n_limbs * ctx->ring->n * sizeof(uint64_t));
  jfi_free(scratch);
  jfhe_ct_free(a);
  jfhe_ct_free(out);
  jfhe_ct_free(other);
  close_case(&c);
}

/* Tables of one length share the powers, others are refused. */
JFI_TEST(several_tables_of_one_number) {
  table_case c = open_case(jfi_test_ctx_boot_far(10, 3, 4), 9, 200, 0, steps);
  jfhe_ctx *ctx = c.w.w.ctx;
  jfhe_table *other = NULL, *longer = NULL;
  double values[300];
  for (size_t i = 0; i < 300; i++) values[i] = anything(i);
  CHECK_OK(jfhe_table_new(&other, c.w.b, values, 200, 0));
  CHECK_OK(jfhe_table_new(&longer, c.w.b, values, 300, 0));
  const jfhe_table *t[2] = {c.t, other};
  jfhe_ct *alone[2] = {jfi_world_room(&c.w.w, 1), jfi_world_room(&c.w.w, 1)};
  jfhe_ct *both[2] = {jfi_world_room(&c.w.w, 1), jfi_world_room(&c.w.w, 1)};
  size_t m[512], len = jfi_table_many_scratch(ctx, c.t, 2);
  random_numbers(&c, m, 512);
  jfhe_ct *a = encrypt(&c, m, 512, 0, 5);
  void *scratch = jfi_alloc(len);
  jfi_scratch s;
  jfi_scratch_init(&s, scratch, len);
  CHECK_OK(jfi_table_run_many(ctx, both, a, t, 2, c.w.w.keys, &s));
  for (size_t i = 0; i < 2; i++) {
    CHECK_OK(jfi_table_run(ctx, alone[i], a, t[i], c.w.w.keys, &s));
    CHECK(memcmp(&alone[i]->bound, &both[i]->bound, sizeof both[i]->bound) == 0);
    for (size_t p = 0; p < 2; p++)
      CHECK_MEM(jfi_ct_poly(alone[i], p), jfi_ct_poly(both[i], p), both[i]->n_limbs * ctx->ring->n * sizeof(uint64_t));
  }
  t[1] = longer;
  CHECK_STATUS(jfi_table_run_many(ctx, both, a, t, 2, c.w.w.keys, &s), JFHE_ERR_ARG);
  jfi_free(scratch);
  for (size_t i = 0; i < 2; i++) {
    jfhe_ct_free(alone[i]);
    jfhe_ct_free(both[i]);
  }
  jfhe_ct_free(a);
  jfhe_table_free(other);
  jfhe_table_free(longer);
  close_case(&c);
}

/* ---- refusals ---- */
JFI_TEST(refusals) {
  table_case c = open_case(jfi_test_ctx_boot_far(10, 3, 4), 9, 64, 10, anything);
  jfhe_ctx *ctx = c.w.w.ctx;
  size_t m[512] = {0};
  jfhe_ct *a = encrypt(&c, m, 512, 0, 4), *low = encrypt(&c, m, 512, 0, 3), *out = jfi_world_room(&c.w.w, 1);
  jfhe_keyring *few = NULL;
  jfhe_table *t = NULL;
  CHECK_OK(jfhe_keyring_new(&few, ctx));
#define TRY(x, keys, len, want) CHECK_STATUS(jfhe_ckks_lookup(ctx, out, x, c.t, keys, c.scratch, len), want)
  TRY(a, c.w.w.keys, c.scratch_len, JFHE_OK);
  TRY(low, c.w.w.keys, c.scratch_len, JFHE_ERR_LEVEL);
  TRY(a, few, c.scratch_len, JFHE_ERR_KEY);
  TRY(a, c.w.w.keys, c.scratch_len / 2, JFHE_ERR_SCRATCH);
  const jfi_bound given = a->bound;
  a->bound.mag = 73.4;
  TRY(a, c.w.w.keys, c.scratch_len, JFHE_OK);
  a->bound.mag = 73.6; /* 73 is the last */
  TRY(a, c.w.w.keys, c.scratch_len, JFHE_ERR_RANGE);
  a->bound = (jfi_bound){73, 0.3, 0.1}; /* too far off for the values to be told apart */
  TRY(a, c.w.w.keys, c.scratch_len, JFHE_OK);
  a->bound = (jfi_bound){73, 0.45, 0.1};
  TRY(a, c.w.w.keys, c.scratch_len, JFHE_ERR_RANGE);
  a->bound = (jfi_bound){73, 0.6, 0.1};
  TRY(a, c.w.w.keys, c.scratch_len, JFHE_ERR_RANGE);
  a->bound = given;
  a->packing = JFHE_PACK_COMPLEX;
  TRY(a, c.w.w.keys, c.scratch_len, JFHE_ERR_FORM);
  double bad[2] = {0, NAN};
  CHECK_STATUS(jfhe_table_new(&t, c.w.b, bad, 2, 0), JFHE_ERR_VALUE);
  CHECK_STATUS(jfhe_table_new(&t, c.w.b, c.values, 1, 0), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_table_new(&t, c.w.b, c.values, 64, 0.5), JFHE_ERR_ARG);
  double *wide = calloc(4097, sizeof *wide);
  CHECK_STATUS(jfhe_table_new(&t, c.w.b, wide, 4097, 0), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_table_new(&t, c.w.b, wide, 4096, 0), JFHE_ERR_PARAMS); /* 8 levels of 7 */
  CHECK(t == NULL);
  free(wide);
  jfhe_keyring_free(few);
  jfhe_ct_free(a);
  jfhe_ct_free(low);
  jfhe_ct_free(out);
  close_case(&c);
}

/* A window that is too small on purpose: wrong where a bootstrap would be, and the values tell. */
JFI_TEST_MANY(weakened_overflow_shows) {
  const jfi_boot_options weak = {.overflow = 2.5};
  jfi_boot_world w = jfi_boot_open(jfi_test_ctx_boot_far(10, 3, 4), 9, 1, &weak);
  table_case c = {.w = w, .first = 0, .count = 16, .values = malloc(16 * sizeof(double))};
  for (size_t m = 0; m < 16; m++) c.values[m] = itself(m);
  CHECK_OK(jfhe_table_new(&c.t, w.b, c.values, 16, 0));
  c.scratch_len = jfhe_table_scratch(w.w.ctx, c.t);
  c.scratch = jfi_alloc(c.scratch_len);
  size_t m[512];
  random_numbers(&c, m, 512);
  jfhe_ct *a = encrypt(&c, m, 512, 0, 5), *out = jfi_world_room(&c.w.w, 1);
  CHECK_OK(jfhe_ckks_lookup(w.w.ctx, out, a, c.t, w.w.keys, c.scratch, c.scratch_len));
  jfhe_pt *pt = NULL;
  double got[512];
  size_t wrong = 0;
  CHECK_OK(jfhe_pt_new(&pt, w.w.ctx, out->level));
  CHECK_OK(jfhe_decrypt(w.w.ctx, pt, out, w.w.sk, w.w.scratch, w.w.scratch_len));
  CHECK_OK(jfhe_ckks_decode(w.w.ctx, got, NULL, 512, pt, w.w.scratch, w.w.scratch_len));
  for (size_t i = 0; i < 512; i++) wrong += fabs(got[i] - c.values[m[i]]) > 8 * out->bound.worst;
  printf("%zu of 512 wrong\n", wrong);
  CHECK(wrong > 0);
  jfhe_pt_free(pt);
  jfhe_ct_free(a);
  jfhe_ct_free(out);
  close_case(&c);
}

/* ---- the presets ---- */
static double processor(void) {
#ifdef __wasi__
  return jfi_now(); /* there a process has no clock of its own */
#else
  return (double)clock() / CLOCKS_PER_SEC;
#endif
}

/* One table at real parameters: bound, time of the processor, scratch. The world is the caller's. */
static void one_real(jfi_boot_world *w, size_t count, double (*f)(size_t), double most_error) {
  table_case c = {.w = *w, .first = 0, .count = count, .values = malloc(count * sizeof(double))};
  size_t n = (size_t)1 << w->b->log_slots, *m = malloc(n * sizeof *m);
  for (size_t i = 0; i < count; i++) c.values[i] = f(i);
  double cpu = processor();
  REQUIRE_OK(jfhe_table_new(&c.t, w->b, c.values, count, 0));
  double made = processor() - cpu;
  random_numbers(&c, m, n);
  c.scratch_len = jfhe_table_scratch(w->w.ctx, c.t);
  c.scratch = jfi_alloc(c.scratch_len);
  jfhe_ct *out = jfi_world_room(&c.w.w, 1);
  cpu = processor();
  double start = jfi_now(), error = look(&c, m, 0, w->b->level_in + 1, out);
  printf("%zu numbers (%u bootstraps): made in %.2f s; %.2f s, %.2f s of the processor; scratch %.2f GB; error 2^%.1f, "
         "probable 2^%.1f, "
         "worst 2^%.1f; level %u\n",
         count, jfhe_table_digits(c.t), made, jfi_now() - start, processor() - cpu, (double)c.scratch_len * 1e-9,
         log2(error), log2(jfhe_ct_error_probable(out)), log2(out->bound.worst), out->level);
  fflush(stdout);
  CHECK(error < most_error && out->level >= w->b->level_in);
  jfhe_ct_free(out);
  jfi_free(c.scratch);
  free(c.values);
  free(m);
  jfhe_table_free(c.t);
}

/* Four tables of one number, beside one. */
static void four_real(jfi_boot_world *w, size_t count) {
  table_case c = {.w = *w, .first = 0, .count = count, .values = malloc(count * sizeof(double))};
  size_t n = (size_t)1 << w->b->log_slots, *m = malloc(n * sizeof *m);
  const jfhe_table *t[4];
  jfhe_ct *out[4];
  for (size_t i = 0; i < count; i++) c.values[i] = anything(i);
  REQUIRE_OK(jfhe_table_new(&c.t, w->b, c.values, count, 0));
  random_numbers(&c, m, n);
  for (size_t i = 0; i < 4; i++) {
    t[i] = c.t;
    out[i] = jfi_world_room(&c.w.w, 1);
  }
  size_t len = jfi_table_many_scratch(w->w.ctx, c.t, 4);
  void *scratch = jfi_alloc(len);
  jfhe_ct *a = encrypt(&c, m, n, 0, w->b->level_in + 1);
  for (size_t at_once = 1; at_once <= 4; at_once += 3) {
    jfi_scratch s;
    jfi_scratch_init(&s, scratch, len);
    double cpu = processor();
    CHECK_OK(jfi_table_run_many(w->w.ctx, out, a, t, at_once, w->w.keys, &s));
    printf("%zu tables of %zu at once: %.2f s of the processor\n", at_once, count, processor() - cpu);
    fflush(stdout);
  }
  for (size_t i = 0; i < 4; i++) jfhe_ct_free(out[i]);
  jfhe_ct_free(a);
  jfi_free(scratch);
  free(c.values);
  free(m);
  jfhe_table_free(c.t);
}

static void preset(const char *name) {
  jfhe_ctx *ctx = NULL;
  REQUIRE_OK(jfhe_ctx_new_preset(&ctx, name));
  jfi_boot_world w = jfi_boot_open(ctx, 15, 1, NULL);
  jfi_free(w.scratch);
  w.scratch = NULL;
  one_real(&w, 16, itself, 0x1p-10);
  one_real(&w, 128, itself, 0x1p-8);
  one_real(&w, 256, itself, 0x1p-8);
  one_real(&w, 4096, anything, 0x1p-10);
  one_real(&w, 4096, itself, 0.25);
  four_real(&w, 256);
  four_real(&w, 4096);
  jfi_boot_close(&w);
}

JFI_TEST_SLOW(deep_lean) { preset("deep-lean"); }
