/* t-circuit-poly.c: Chebyshev fits, plans, bounds and encrypted evaluation of polynomials. */
/* every-isa */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "circuit/poly_eval.h"
#include "ckks-cases.h"
#include "jfhe/circuit.h"

/* ---- in the clear ---- */
JFI_TEST(cosines) {
  double table[257], room[512];
  jfi_cheb_cosines(table, 256, room);
  for (size_t j = 0; j < 1200; j++)
    CHECK(fabs(jfi_cheb_cosine(table, 256, j) - cos(acos(-1) * (double)j / 512)) < 0x1p-50);
}

static double f_exp(void *self, double x) { return exp(x * *(double *)self); }
static double f_odd(void *self, double x) { return (void)self, x / (1 + x * x); }
static double f_even(void *self, double x) { return (void)self, 1 / (1 + x * x); }
static double f_nan(void *self, double x) { return (void)self, x > 0 ? NAN : x; }

JFI_TEST(fit_converges) {
  double c[33], one = 1;
  CHECK_OK(jfhe_cheb_fit(c, 25, f_exp, &one, -1, 3));
  jfhe_poly *p = NULL;
  REQUIRE_OK(jfhe_poly_new(&p, c, 25, JFHE_BASIS_CHEB, -1, 3));
  for (double x = -1; x <= 3; x += 0.01) CHECK_CLOSE(jfhe_poly_value(p, x), exp(x), 1e-12);
  CHECK(jfhe_poly_degree(p) == 24 && jfhe_poly_depth(p) == 6);
  jfhe_poly_free(p);
  CHECK_OK(jfhe_cheb_fit(c, 33, f_odd, NULL, -5, 5));
  for (int i = 0; i < 33; i += 2) CHECK(c[i] == 0);
  CHECK_OK(jfhe_cheb_fit(c, 33, f_even, NULL, -5, 5));
  for (int i = 1; i < 33; i += 2) CHECK(c[i] == 0);
}

JFI_TEST(fit_refuses) {
  double c[4], one = 1;
  CHECK_STATUS(jfhe_cheb_fit(c, 4, f_exp, &one, 1, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_cheb_fit(c, 4, f_exp, &one, 0, INFINITY), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_cheb_fit(c, 0, f_exp, &one, 0, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_cheb_fit(c, 4, NULL, &one, 0, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_cheb_fit(c, 4, f_nan, NULL, -1, 1), JFHE_ERR_VALUE);
}

/* Sum of moduli at most 1, so that values fit under the last prime; parity 1: even, 2: odd, but for the last term. */
static void random_coeffs(jfi_test_rng *rng, double *c, size_t count, int parity) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    c[i] = parity && (i + (size_t)parity) % 2 == 0 ? 0 : 2 * jfi_test_rng_unit(rng) - 1;
  if (c[count - 1] == 0) c[count - 1] = 0.5;
  for (size_t i = 0; i < count; i++) sum += fabs(c[i]);
  for (size_t i = 0; i < count; i++) c[i] /= sum;
}

JFI_TEST(suprema_hold_and_are_tight) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  double c[64], d[64];
  for (uint32_t basis = 0; basis < 2; basis++)
    for (size_t count = 2; count <= 64; count += 7) {
      jfhe_poly *p = NULL;
      random_coeffs(&rng, c, count, 0);
      REQUIRE_OK(jfhe_poly_new(&p, c, count, basis, -(double)basis, basis));
      if (basis)
        jfi_cheb_derive(d, c, count);
      else
        for (size_t i = 1; i < count; i++) d[i - 1] = (double)i * c[i];
      double most = 0, steep = 0;
      for (double y = -1; y <= 1; y += 1e-4) {
        double v, s;
        (basis ? jfi_cheb_values : jfi_power_values)(&v, &y, 1, c, count);
        (basis ? jfi_cheb_values : jfi_power_values)(&s, &y, 1, d, count - 1);
        most = fmax(most, fabs(v));
        steep = fmax(steep, fabs(s));
      }
      CHECK(most <= p->sup && p->sup < 1.03 * most);
      CHECK(steep <= p->dsup && p->dsup < 1.03 * steep);
      jfhe_poly_free(p);
    }
}

/* A plan interpreted in doubles, with the depth of every step. */
static double power_value(const jfhe_poly *p, uint32_t n, double y) {
  double c[JFHE_POLY_DEGREE_MAX + 1] = {0}, v;
  c[n] = 1;
  (p->basis ? jfi_cheb_values : jfi_power_values)(&v, &y, 1, c, n + 1);
  return v;
}
static double node_value(const jfhe_poly *p, uint32_t index, double y, uint32_t avail) {
  const jfi_poly_node *node = &p->plan.node[index];
  double v = node->c0;
  for (uint32_t t = node->terms; t != JFI_POLY_NONE; t = p->plan.term[t].next) {
    const jfi_poly_term *term = &p->plan.term[t];
    CHECK(jfi_poly_power_depth(term->power) <= avail && p->plan.need[term->power]);
    CHECK(term->child == JFI_POLY_NONE || avail > 0);
    v += power_value(p, term->power, y) *
         (term->child == JFI_POLY_NONE ? term->c : node_value(p, term->child, y, avail - 1));
  }
  return v;
}

JFI_TEST(plans_are_right) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 2);
  double c[300];
  for (uint32_t basis = 0; basis < 2; basis++)
    for (size_t count = 2; count <= 300; count += count < 70 ? 1 : 23)
      for (int parity = 0; parity < 3; parity++) {
        jfhe_poly *p = NULL;
        random_coeffs(&rng, c, count, parity);
        REQUIRE_OK(jfhe_poly_new(&p, c, count, basis, -(double)basis, basis));
        CHECK(p->depth == jfi_poly_power_depth((uint32_t)count));
        for (double y = -1; y <= 1; y += 0.37)
          CHECK_CLOSE(node_value(p, 0, y, p->depth - 1), jfhe_poly_value(p, y), 1e-9);
        jfhe_poly_free(p);
      }
}

JFI_TEST(plans_are_cheap) {
  double c[128] = {0};
  jfhe_poly *p = NULL;
  for (int i = 0; i < 128; i++) c[i] = 1.0 / (1 + i);
  const struct {
    size_t count;
    uint32_t relins;
  } most[] = {{8, 4}, {16, 7}, {32, 11}, {64, 17}, {128, 25}};
  for (size_t i = 0; i < 5; i++) {
    REQUIRE_OK(jfhe_poly_new(&p, c, most[i].count, JFHE_BASIS_CHEB, -1, 1));
    CHECK(jfhe_poly_relins(p) <= most[i].relins);
    jfhe_poly_free(p);
  }
  for (int i = 0; i < 128; i += 2) c[i] = 0;
  REQUIRE_OK(jfhe_poly_new(&p, c, 64, JFHE_BASIS_CHEB, -1, 1));
  CHECK(jfhe_poly_relins(p) <= 14);
  jfhe_poly_free(p);
}

JFI_TEST(poly_new_refuses) {
  double c[3] = {1, 0, 0}, bad[3] = {1, NAN, 1}, ok[3] = {1, 2, 3};
  jfhe_poly *p = NULL;
  CHECK_STATUS(jfhe_poly_new(&p, c, 3, JFHE_BASIS_CHEB, -1, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_poly_new(&p, bad, 3, JFHE_BASIS_CHEB, -1, 1), JFHE_ERR_VALUE);
  CHECK_STATUS(jfhe_poly_new(&p, ok, 3, JFHE_BASIS_CHEB, 1, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_poly_new(&p, ok, 3, JFHE_BASIS_POWER, -1, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_poly_new(&p, ok, 3, 2, -1, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_poly_new(&p, ok, 1, JFHE_BASIS_CHEB, -1, 1), JFHE_ERR_ARG);
  CHECK(p == NULL);
  for (long k = 0; k < 7; k++) {
    jfi_alloc_fail_after(k);
    CHECK_STATUS(jfhe_poly_new(&p, ok, 3, JFHE_BASIS_CHEB, -1, 1), JFHE_ERR_MEMORY);
    CHECK(p == NULL);
  }
  jfi_alloc_fail_after(-1);
}

/* ---- encrypted ---- */
/* out = p(v) slot by slot; complex values by Horner on the monomials or by the Chebyshev recurrence. */
static jfi_vec reference(const jfhe_poly *p, const jfi_vec *v) {
  jfi_vec r = jfi_vec_new(v->n);
  for (size_t i = 0; i < v->n; i++) {
    double yr = p->alpha * v->re[i] + p->beta, yi = p->alpha * v->im[i];
    double pr = 1, pi = 0, cr = yr, ci = yi; /* B_{k-1}, B_k */
    r.re[i] = p->c[0];
    for (uint32_t k = 1; k <= p->degree; k++) {
      r.re[i] += p->c[k] * cr;
      r.im[i] += p->c[k] * ci;
      double nr = yr * cr - yi * ci, ni = yr * ci + yi * cr;
      if (p->basis) {
        nr = 2 * nr - pr;
        ni = 2 * ni - pi;
      }
      pr = cr;
      pi = ci;
      cr = nr;
      ci = ni;
    }
  }
  return r;
}

/* Evaluates, checks the result within its bounds, returns worst/measured error. */
static double evaluate(jfi_world *w, const jfhe_poly *p, const jfi_vec *v, uint32_t packing, uint32_t level,
                       const char *what) {
  uint32_t log_slots = 0;
  while ((size_t)1 << log_slots < v->n) log_slots++;
  jfhe_ct *x = jfi_world_encrypt(w, v, packing, log_slots, level), *out = jfi_world_room(w, 1);
  size_t len = jfhe_poly_eval_scratch(w->ctx, p, level);
  void *scratch = jfi_alloc(len);
  CHECK_OK(jfhe_poly_eval(w->ctx, out, x, p, 0, w->keys, scratch, len));
  double ratio = 0;
  if (out->n_limbs) {
    CHECK_EQ(out->level, level - jfhe_poly_depth(p));
    CHECK_CLOSE(out->scale / w->ctx->chain.scale[out->level], 1, 0x1p-45);
    CHECK_EQ(out->packing, packing);
    jfi_vec want = reference(p, v);
    double error = jfi_world_check(w, out, &want, what);
    ratio = out->bound.worst / error;
    jfi_vec_free(&want);
    /* the same into its own argument, byte for byte */
    CHECK_OK(jfhe_poly_eval(w->ctx, x, x, p, 0, w->keys, scratch, len));
    CHECK_MEM(x->data, out->data, out->n_limbs * w->ctx->ring->n * sizeof(uint64_t));
  }
  jfi_free(scratch);
  jfhe_ct_free(x);
  jfhe_ct_free(out);
  return ratio;
}

static void some_degrees(jfhe_ctx *ctx, size_t slots, uint32_t level) {
  jfi_world w = jfi_world_open_with(ctx, NULL, 0);
  static const size_t counts[] = {2, 3, 4, 5, 8, 9, 16, 24, 32, 64};
  double c[64];
  for (uint32_t basis = 0; basis < 2; basis++)
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
      for (int parity = 0; parity < 3; parity++) {
        jfhe_poly *p = NULL;
        char what[64];
        random_coeffs(&w.rng, c, counts[i], parity);
        REQUIRE_OK(jfhe_poly_new(&p, c, counts[i], basis, -(double)basis, basis));
        snprintf(what, sizeof what, "basis %u, %zu terms, parity %d", basis, counts[i], parity);
        jfi_vec v = jfi_vec_random(&w, slots, 0);
        if (jfhe_poly_depth(p) <= level) evaluate(&w, p, &v, JFHE_PACK_REAL, level, what);
        jfi_vec_free(&v);
        jfhe_poly_free(p);
      }
  jfi_world_close(&w);
}

JFI_TEST(real_values) { some_degrees(jfi_test_ctx(10, 7, 46, 2), 512, 7); }
JFI_TEST(sparse_values_from_a_low_level) { some_degrees(jfi_test_ctx(10, 7, 44, 2), 16, 5); }
JFI_TEST(levels_that_do_not_nest) { some_degrees(jfi_test_ctx_rational(10, 3, 4), 512, 10); }

JFI_TEST(complex_values) {
  jfi_world w = jfi_world_open_with(jfi_test_ctx(10, 6, 46, 2), NULL, 0);
  double c[12];
  jfhe_poly *p = NULL;
  random_coeffs(&w.rng, c, 12, 0);
  jfi_vec v = jfi_vec_random(&w, 512, 1);
  REQUIRE_OK(jfhe_poly_new(&p, c, 12, JFHE_BASIS_POWER, 0, 0));
  evaluate(&w, p, &v, JFHE_PACK_COMPLEX, 6, "complex powers");
  jfhe_poly_free(p);
  REQUIRE_OK(jfhe_poly_new(&p, c, 6, JFHE_BASIS_CHEB, -1, 1));
  evaluate(&w, p, &v, JFHE_PACK_COMPLEX, 6, "complex Chebyshev");
  jfhe_poly_free(p);
  jfi_vec_free(&v);
  jfi_world_close(&w);
}

static double sigmoid(void *self, double x) { return (void)self, 1 / (1 + exp(-x)); }

JFI_TEST(intervals) {
  jfi_world w = jfi_world_open_with(jfi_test_ctx(10, 7, 46, 2), NULL, 0);
  double c[32];
  jfhe_poly *p = NULL;
  jfi_vec v = jfi_vec_random(&w, 512, 0);
  const double ends[][2] = {{-8, 8}, {-1.5, 4}, {-1, 1}, {-1.2, 0.8 + 0.3}};
  for (int i = 0; i < 4; i++) {
    REQUIRE_OK(jfhe_cheb_fit(c, 32, sigmoid, NULL, ends[i][0], ends[i][1]));
    REQUIRE_OK(jfhe_poly_new(&p, c, 32, JFHE_BASIS_CHEB, ends[i][0], ends[i][1]));
    CHECK_EQ(jfhe_poly_depth(p), i == 2 ? 5 : 6);
    double ratio = evaluate(&w, p, &v, JFHE_PACK_REAL, 7, "sigmoid");
    CHECK(ratio < 1024);
    jfhe_poly_free(p);
  }
  jfi_vec_free(&v);
  jfi_world_close(&w);
}

JFI_TEST(two_threads_same_bytes) {
  jfi_world w = jfi_world_open_with(jfi_test_ctx(10, 5, 46, 2), NULL, 0);
  double c[20];
  jfhe_poly *p = NULL;
  random_coeffs(&w.rng, c, 20, 0);
  REQUIRE_OK(jfhe_poly_new(&p, c, 20, JFHE_BASIS_CHEB, -1, 1));
  jfi_vec v = jfi_vec_random(&w, 512, 0);
  jfhe_ct *x = jfi_world_encrypt(&w, &v, JFHE_PACK_REAL, 9, 5), *a = jfi_world_room(&w, 1), *b = jfi_world_room(&w, 1);
  for (uint32_t threads = 1; threads <= 2; threads++) {
    CHECK_OK(jfhe_ctx_set_threads(w.ctx, threads));
    size_t len = jfhe_poly_eval_scratch(w.ctx, p, 5);
    void *scratch = jfi_alloc(len);
    CHECK_OK(jfhe_poly_eval(w.ctx, threads == 1 ? a : b, x, p, 0, w.keys, scratch, len));
    jfi_free(scratch);
  }
  CHECK_MEM(jfi_ct_limb(a, 0, 0, 1024), jfi_ct_limb(b, 0, 0, 1024), a->n_limbs * 1024 * sizeof(uint64_t));
  CHECK_MEM(jfi_ct_limb(a, 1, 0, 1024), jfi_ct_limb(b, 1, 0, 1024), a->n_limbs * 1024 * sizeof(uint64_t));
  jfhe_ct_free(x);
  jfhe_ct_free(a);
  jfhe_ct_free(b);
  jfi_vec_free(&v);
  jfhe_poly_free(p);
  jfi_world_close(&w);
}

JFI_TEST(warm_evaluation_allocates_nothing) {
  jfi_world w = jfi_world_open_with(jfi_test_ctx(10, 5, 46, 2), NULL, 0);
  double c[20];
  jfhe_poly *p = NULL;
  random_coeffs(&w.rng, c, 20, 0);
  REQUIRE_OK(jfhe_poly_new(&p, c, 20, JFHE_BASIS_CHEB, -1, 1));
  jfi_vec v = jfi_vec_random(&w, 512, 0);
  jfhe_ct *x = jfi_world_encrypt(&w, &v, JFHE_PACK_REAL, 9, 5), *out = jfi_world_room(&w, 1);
  size_t len = jfhe_poly_eval_scratch(w.ctx, p, 5);
  void *scratch = jfi_alloc(len);
  CHECK_OK(jfhe_poly_eval(w.ctx, out, x, p, 0, w.keys, scratch, len));
  jfi_alloc_fail_after(0);
  CHECK_OK(jfhe_poly_eval(w.ctx, out, x, p, 0, w.keys, scratch, len));
  jfi_alloc_fail_after(-1);
  jfi_free(scratch);
  jfhe_ct_free(x);
  jfhe_ct_free(out);
  jfi_vec_free(&v);
  jfhe_poly_free(p);
  jfi_world_close(&w);
}

JFI_TEST(eval_refuses) {
  jfi_world w = jfi_world_open_with(jfi_test_ctx(10, 4, 46, 2), NULL, 0);
  double c[40], wide[3] = {0, 0, 1};
  jfhe_poly *p = NULL, *deep = NULL, *outside = NULL;
  jfhe_keyring *none = NULL;
  random_coeffs(&w.rng, c, 40, 0);
  REQUIRE_OK(jfhe_keyring_new(&none, w.ctx));
  REQUIRE_OK(jfhe_poly_new(&p, c, 8, JFHE_BASIS_CHEB, -1, 1));
  REQUIRE_OK(jfhe_poly_new(&deep, c, 40, JFHE_BASIS_CHEB, -1, 1));
  REQUIRE_OK(jfhe_poly_new(&outside, c, 15, JFHE_BASIS_CHEB, -0.001, 0.001));
  jfi_vec v = jfi_vec_random(&w, 512, 0);
  jfhe_ct *x = jfi_world_encrypt(&w, &v, JFHE_PACK_REAL, 9, 4), *out = jfi_world_room(&w, 1);
  jfhe_ct *slots = jfi_world_encrypt(&w, &v, JFHE_PACK_COEFF, 0, 4);
  size_t len = jfhe_poly_eval_scratch(w.ctx, p, 4) + jfhe_poly_eval_scratch(w.ctx, deep, 4);
  void *scratch = jfi_alloc(2 * len);
  jfhe_ct before = *out;
  CHECK_STATUS(jfhe_poly_eval(w.ctx, out, x, deep, 0, w.keys, scratch, 2 * len), JFHE_ERR_LEVEL);
  CHECK_STATUS(jfhe_poly_eval(w.ctx, out, x, p, 0, none, scratch, 2 * len), JFHE_ERR_KEY);
  CHECK_STATUS(jfhe_poly_eval(w.ctx, out, slots, p, 0, w.keys, scratch, 2 * len), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_poly_eval(w.ctx, out, x, p, 2, w.keys, scratch, 2 * len), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_poly_eval(w.ctx, out, x, p, 0, w.keys, scratch, len / 2), JFHE_ERR_SCRATCH);
  CHECK_STATUS(jfhe_poly_eval(w.ctx, NULL, x, p, 0, w.keys, scratch, 2 * len), JFHE_ERR_ARG);
  x->scale *= 1.01;
  CHECK_STATUS(jfhe_poly_eval(w.ctx, out, x, p, 0, w.keys, scratch, 2 * len), JFHE_ERR_SCALE);
  x->scale /= 1.01;
  jfhe_poly_free(p);
  REQUIRE_OK(jfhe_poly_new(&p, wide, 3, JFHE_BASIS_POWER, 0, 0));
  x->bound.mag = 0x1p20;
  CHECK_STATUS(jfhe_poly_eval(w.ctx, out, x, p, 0, w.keys, scratch, 2 * len), JFHE_OK);
  x->bound.mag = 0x1p60;
  before = *out;
  CHECK_STATUS(jfhe_poly_eval(w.ctx, out, x, p, 0, w.keys, scratch, 2 * len), JFHE_ERR_RANGE);
  CHECK_MEM(&before, out, sizeof before);
  x->bound.mag = 1;
  /* messages up to 1000 times outside the interval: T_14 there is 2^150 */
  size_t more = jfhe_poly_eval_scratch(w.ctx, outside, 4);
  CHECK_EQ(more, 0); /* 4 + 1 levels are not there */
  jfi_free(scratch);
  jfhe_ct_free(x);
  jfhe_ct_free(out);
  jfhe_ct_free(slots);
  jfi_vec_free(&v);
  jfhe_poly_free(p);
  jfhe_poly_free(deep);
  jfhe_poly_free(outside);
  jfhe_keyring_free(none);
  jfi_world_close(&w);
}

JFI_TEST(a_promise_replaces_the_magnitude) {
  jfi_world w = jfi_world_open_with(jfi_test_ctx(10, 5, 46, 2), NULL, 0);
  double c[16];
  jfhe_poly *p = NULL;
  random_coeffs(&w.rng, c, 16, 0);
  REQUIRE_OK(jfhe_poly_new(&p, c, 16, JFHE_BASIS_CHEB, -1, 1));
  jfi_vec v = jfi_vec_random(&w, 512, 0);
  jfhe_ct *x = jfi_world_encrypt(&w, &v, JFHE_PACK_REAL, 9, 5), *out = jfi_world_room(&w, 1);
  size_t len = jfhe_poly_eval_scratch(w.ctx, p, 5);
  void *scratch = jfi_alloc(len);
  x->bound.mag = 40; /* T_15(40) = 2^94 */
  CHECK_STATUS(jfhe_poly_eval(w.ctx, out, x, p, 0, w.keys, scratch, len), JFHE_ERR_RANGE);
  CHECK_OK(jfhe_poly_eval(w.ctx, out, x, p, JFHE_POLY_PROMISED, w.keys, scratch, len));
  jfi_vec want = reference(p, &v);
  jfi_world_check(&w, out, &want, "promised");
  jfi_vec_free(&want);
  jfi_free(scratch);
  jfhe_ct_free(x);
  jfhe_ct_free(out);
  jfi_vec_free(&v);
  jfhe_poly_free(p);
  jfi_world_close(&w);
}

/* Suprema over a part of the interval, against values at 2001 places of it. */
static void narrow_bounds(const double *c, uint32_t degree, double mag) {
  jfhe_poly *p = NULL;
  double dc[64] = {0}, y[2001], v[2001], slope[2001], sup = 0, dsup = 0;
  REQUIRE_OK(jfhe_poly_new(&p, c, degree + 1, JFHE_BASIS_CHEB, -1, 1));
  jfi_cheb_derive(dc, c, degree + 1);
  for (int i = 0; i <= 2000; i++) y[i] = mag * (i - 1000) / 1000;
  jfi_cheb_values(v, y, 2001, c, degree + 1);
  jfi_cheb_values(slope, y, 2001, dc, degree);
  for (int i = 0; i <= 2000; i++) {
    sup = fmax(sup, fabs(v[i]));
    dsup = fmax(dsup, fabs(slope[i]));
  }
  const jfi_poly_domain d = jfi_poly_bounds(p, mag, 0, 1), off = jfi_poly_bounds(p, mag, mag * 0x1p-24, 1);
  CHECK(sup <= d.mag && d.mag <= 1.03 * sup);
  CHECK(dsup <= d.slope && d.slope <= 1.03 * dsup);
  CHECK(d.slope <= off.slope && off.slope <= d.slope * 1.2);
  CHECK(jfi_poly_bounds(p, mag, 0, 0).slope >= dsup);
  jfhe_poly_free(p);
}

JFI_TEST(bounds_are_those_of_the_messages) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 19);
  double c[32], steep[16] = {[15] = 1}; /* T_15: slope 225 at the ends of the interval */
  for (int i = 0; i < 20; i++) {
    random_coeffs(&rng, c, 32, 0);
    narrow_bounds(c, 31, 0.01 + 0.045 * i);
  }
  narrow_bounds(steep, 15, 0.5);
  jfi_world w = jfi_world_open_with(jfi_test_ctx(10, 5, 46, 2), NULL, 0);
  jfhe_poly *p = NULL;
  REQUIRE_OK(jfhe_poly_new(&p, steep, 16, JFHE_BASIS_CHEB, -1, 1));
  jfi_vec v = jfi_vec_random(&w, 512, 0);
  for (size_t i = 0; i < v.n; i++) v.re[i] *= 0.5;
  jfhe_ct *x = jfi_world_encrypt(&w, &v, JFHE_PACK_REAL, 9, 5), *out = jfi_world_room(&w, 1);
  size_t len = jfhe_poly_eval_scratch(w.ctx, p, 5);
  void *scratch = jfi_alloc(len);
  jfi_vec want = reference(p, &v);
  double worst[2];
  for (int k = 0; k < 2; k++) {
    x->bound.mag = k ? 0.5 : 1;
    x->bound.worst = 0x1p-20; /* much beside what the evaluation adds */
    CHECK_OK(jfhe_poly_eval(w.ctx, out, x, p, 0, w.keys, scratch, len));
    jfi_world_check(&w, out, &want, "a narrow argument");
    worst[k] = out->bound.worst;
  }
  CHECK(worst[1] < worst[0] / 4);
  jfi_vec_free(&want);
  jfi_free(scratch);
  jfhe_ct_free(x);
  jfhe_ct_free(out);
  jfi_vec_free(&v);
  jfhe_poly_free(p);
  jfi_world_close(&w);
}

/* At a real degree the worst case stays within 2^10 of what is measured. */
JFI_TEST_SLOW(presets) {
  const char *name[] = {"stats", "ml"};
  for (int i = 0; i < 2; i++) {
    jfhe_ctx *ctx = NULL;
    REQUIRE_OK(jfhe_ctx_new_preset(&ctx, name[i]));
    jfi_world w = jfi_world_open_with(ctx, NULL, 0);
    jfi_vec v = jfi_vec_random(&w, jfhe_ctx_slots(ctx), 0);
    double c[64];
    for (size_t count = 8; count <= 64; count *= 2) {
      jfhe_poly *p = NULL;
      CHECK_OK(jfhe_cheb_fit(c, count, sigmoid, NULL, -1, 1));
      REQUIRE_OK(jfhe_poly_new(&p, c, count, JFHE_BASIS_CHEB, -1, 1));
      CHECK(evaluate(&w, p, &v, JFHE_PACK_REAL, jfhe_ctx_levels(ctx), name[i]) < 1024);
      jfhe_poly_free(p);
    }
    jfi_vec_free(&v);
    jfi_world_close(&w);
  }
}

/* 1023: the largest degree, on a ring too small to be safe. */
JFI_TEST_SLOW(degree_1023) {
  jfi_world w = jfi_world_open_with(jfi_test_ctx(10, 10, 46, 4), NULL, 0);
  static double c[1024];
  jfhe_poly *p = NULL;
  random_coeffs(&w.rng, c, 1024, 0);
  jfi_vec v = jfi_vec_random(&w, 512, 0);
  for (int parity = 0; parity < 2; parity++) {
    REQUIRE_OK(jfhe_poly_new(&p, c, 1024, JFHE_BASIS_CHEB, -1, 1));
    CHECK_EQ(jfhe_poly_depth(p), 10);
    evaluate(&w, p, &v, JFHE_PACK_REAL, 10, "degree 1023");
    jfhe_poly_free(p);
    for (int i = 0; i < 1024; i += 2) c[i] = 0;
  }
  jfi_vec_free(&v);
  jfi_world_close(&w);
}
