/* t-kernel.c: pointwise operations, sums of products and base conversion of every backend, each
 * against ref and against plain double-width arithmetic.
 */
/* every-isa */
#include "kernel-cases.h"

#include <math.h>
#include <string.h>

enum { N_MAX = 2048 };

static const size_t sizes[] = {8, 16, 32, 64, 128, 1024, N_MAX};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

typedef enum op { ADD, SUB, NEG, MUL, MUL_ACC, MUL_C, MUL_C_ACC, ADD_C, SUB_MUL_C, SUB_MUL_C_ADD, OPS } op;
static const char *const op_names[OPS] = {
    "add",       "sub",           "neg",       "mul",           "mul_acc",
    "mul_const", "mul_const_acc", "add_const", "sub_mul_const", "sub_mul_const_add"};

static uint64_t second_constant(uint64_t w, uint64_t q) { return (w / 2 + q / 3) % q; }

static void run(const jfi_kernel *k, op o, uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, size_t n,
                const jfi_mod *m) {
  switch (o) {
  case ADD: k->add(r, a, b, n, m); break;
  case SUB: k->sub(r, a, b, n, m); break;
  case NEG: k->neg(r, a, n, m); break;
  case MUL: k->mul(r, a, b, n, m); break;
  case MUL_ACC: k->mul_acc(r, a, b, n, m); break;
  case MUL_C: k->mul_const(r, a, w, n, m); break;
  case MUL_C_ACC: k->mul_const_acc(r, a, w, n, m); break;
  case ADD_C: k->add_const(r, a, w, n, m); break;
  case SUB_MUL_C: k->sub_mul_const(r, a, b, w, n, m); break;
  default: k->sub_mul_const_add(r, a, b, w, r, second_constant(w, m->q), n, m); break;
  }
}

static uint64_t plain(op o, uint64_t r, uint64_t a, uint64_t b, uint64_t w, uint64_t q) {
  switch (o) {
  case ADD: return (a + b) % q;
  case SUB: return (a + q - b) % q;
  case NEG: return (q - a) % q;
  case MUL: return kt_mul(a, b, q);
  case MUL_ACC: return (kt_mul(a, b, q) + r) % q;
  case MUL_C: return kt_mul(a, w, q);
  case MUL_C_ACC: return (kt_mul(a, w, q) + r) % q;
  case ADD_C: return (a + w) % q;
  case SUB_MUL_C: return kt_mul((a + q - b) % q, w, q);
  default: return (kt_mul((a + q - b) % q, w, q) + kt_mul(r, second_constant(w, q), q)) % q;
  }
}

/* alias: 0 none, 1 r == a, 2 r == b, 3 r == a == b. */
static void check_pointwise(op o, int pattern, int alias, size_t n, const jfi_mod *m, jfi_test_rng *rng) {
  uint64_t *a = kt_words(n), *b = kt_words(n), *r = kt_words(n), *want = kt_words(n);
  uint64_t *ref = kt_words(n);
  kt_fill(a, n, m->q, pattern, rng);
  kt_fill(b, n, m->q, pattern == 1 ? 1 : (pattern + 3) % KT_PATTERNS, rng);
  kt_fill(r, n, m->q, pattern == 1 ? 1 : 0, rng);
  const uint64_t ws[3] = {jfi_test_rng_below(rng, m->q), m->q - 1, 0};
  const uint64_t w = ws[pattern % 3];
  const uint64_t *x = a, *y = alias == 3 ? a : b;
  uint64_t *out = alias == 1 || alias == 3 ? a : alias == 2 ? b : r;
  for (size_t i = 0; i < n; i++) want[i] = plain(o, out[i], x[i], y[i], w, m->q);
  memcpy(ref, out, n * 8);
  if (alias == 0) {
    run(jfi_kernel_ref(), o, ref, x, y, w, n, m);
    kt_same("ref itself", ref, want, n, m);
  }
  run(kt_kernel(), o, out, x, y, w, n, m);
  kt_same(op_names[o], out, want, n, m);
  kt_free_all();
}

JFI_TEST(pointwise) {
  jfi_mod m[32];
  size_t count = kt_moduli(m, 32);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  for (int o = 0; o < OPS; o++)
    for (size_t i = 0; i < count; i++)
      for (int s = 0; s < N_SIZES; s++)
        for (int p = 0; p < KT_PATTERNS; p++) check_pointwise((op)o, p, (p + s) % 4, sizes[s], &m[i], &rng);
}

JFI_TEST(tensor) {
  jfi_mod m[32];
  size_t count = kt_moduli(m, 32);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 2);
  for (size_t c = 0; c < count * N_SIZES * KT_PATTERNS; c++) {
    const jfi_mod *mod = &m[c % count];
    const size_t n = sizes[c / count % N_SIZES];
    const int p = (int)(c / count / N_SIZES);
    uint64_t *in[4], *d[3], *want[3];
    for (int k = 0; k < 4; k++) kt_fill(in[k] = kt_words(n), n, mod->q, p == 1 ? 1 : (p + k) % 6, &rng);
    for (int k = 0; k < 3; k++) d[k] = kt_words(n), want[k] = kt_words(n);
    for (size_t i = 0; i < n; i++) {
      want[0][i] = kt_mul(in[0][i], in[2][i], mod->q);
      want[1][i] = (kt_mul(in[0][i], in[3][i], mod->q) + kt_mul(in[1][i], in[2][i], mod->q)) % mod->q;
      want[2][i] = kt_mul(in[1][i], in[3][i], mod->q);
    }
    kt_kernel()->tensor(d[0], d[1], d[2], in[0], in[1], in[2], in[3], n, mod);
    for (int k = 0; k < 3; k++) kt_same("tensor", d[k], want[k], n, mod);
    for (size_t i = 0; i < n; i++) {
      want[0][i] = kt_mul(in[0][i], in[0][i], mod->q);
      want[1][i] = 2 * kt_mul(in[0][i], in[1][i], mod->q) % mod->q;
      want[2][i] = kt_mul(in[1][i], in[1][i], mod->q);
    }
    kt_kernel()->tensor_sqr(d[0], d[1], d[2], in[0], in[1], n, mod);
    for (int k = 0; k < 3; k++) kt_same("tensor_sqr", d[k], want[k], n, mod);
    kt_free_all();
  }
}

/* alias 1: the outputs of dot2 are x[0] and k1[terms-1]; 2: x[0] and the last x. */
static void check_dot(size_t terms, int acc, int alias, int p, size_t n, const jfi_mod *m, jfi_test_rng *rng) {
  uint64_t *x[JFI_DOT_MAX], *k0[JFI_DOT_MAX], *k1[JFI_DOT_MAX];
  for (size_t t = 0; t < terms; t++) {
    kt_fill(x[t] = kt_words(n), n, m->q, p, rng);
    kt_fill(k0[t] = kt_words(n), n, m->q, p == 1 ? 1 : 0, rng);
    kt_fill(k1[t] = kt_words(n), n, m->q, p, rng);
  }
  /* Every product (q-1)/2: the largest residue of either sign, so signed partial sums grow as fast as they can. */
  for (size_t t = 0; p == 4 && t < terms; t++)
    for (size_t i = 0; i < n; i++) x[t][i] = (m->q - 1) / 2, k0[t][i] = 1, k1[t][i] = m->q - 1;
  uint64_t *r0 = alias ? x[0] : kt_words(n), *r1 = alias ? (alias == 2 && terms > 1 ? x : k1)[terms - 1] : kt_words(n);
  if (!alias) kt_fill(r0, n, m->q, p, rng), kt_fill(r1, n, m->q, 1, rng);
  uint64_t *want0 = kt_words(n), *want1 = kt_words(n), *r = kt_words(n), *want = kt_words(n);
  kt_fill(r, n, m->q, p, rng);
  for (size_t i = 0; i < n; i++) {
    uint64_t s0 = acc ? r0[i] : 0, s1 = acc ? r1[i] : 0, s = acc ? r[i] : 0;
    for (size_t t = 0; t < terms; t++) {
      s0 = (s0 + kt_mul(x[t][i], k0[t][i], m->q)) % m->q;
      s1 = (s1 + kt_mul(x[t][i], k1[t][i], m->q)) % m->q;
      s = (s + kt_mul(x[t][i], k0[t][i], m->q)) % m->q;
    }
    want0[i] = s0, want1[i] = s1, want[i] = s;
  }
  const uint64_t *const *cx = (const uint64_t *const *)x, *const *c0 = (const uint64_t *const *)k0;
  kt_kernel()->dot(r, cx, c0, terms, acc, n, m);
  kt_same("dot", r, want, n, m);
  kt_kernel()->dot2(r0, r1, cx, c0, (const uint64_t *const *)k1, terms, acc, n, m);
  kt_same("dot2 r0", r0, want0, n, m);
  kt_same("dot2 r1", r1, want1, n, m);
  kt_free_all();
}

JFI_TEST(dots) {
  static const size_t terms[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 63, JFI_DOT_MAX};
  jfi_mod m[32];
  size_t count = kt_moduli(m, 32);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 3);
  for (size_t i = 0; i < count; i++)
    for (size_t t = 0; t < sizeof terms / sizeof *terms; t++)
      for (int p = 0; p < 5; p++) check_dot(terms[t], p & 1, (p + (int)t) % 3, p, sizes[(t + i) % 5], &m[i], &rng);
  check_dot(8, 1, 0, 0, N_MAX, &m[0], &rng);
}

/* Inputs at their stated limit: y up to 2^48 - 1 (above every modulus), v up to 2^16 - 1. */
static void check_conv(size_t n_in, size_t n_out, int with_v, int extreme, size_t n, jfi_test_rng *rng) {
  static jfi_mod m[32];
  size_t count = kt_moduli(m, 32);
  const jfi_mod *out[32];
  uint64_t *y[JFI_CONV_MAX], *r[32], w[32 * JFI_CONV_MAX], wv[32];
  uint64_t *v = kt_words(n), *want = kt_words(n), *ref[32];
  const uint64_t top = ((uint64_t)1 << 48) - 1;
  for (size_t j = 0; j < n_in; j++) {
    y[j] = kt_words(n);
    for (size_t i = 0; i < n; i++) y[j][i] = extreme ? top : jfi_test_rng_u64(rng) >> 16;
  }
  for (size_t i = 0; i < n; i++) v[i] = extreme ? 0xffff : jfi_test_rng_below(rng, n_in + 1);
  for (size_t k = 0; k < n_out; k++) {
    out[k] = &m[(k + (extreme ? 0 : 1)) % count];
    r[k] = kt_words(n), ref[k] = kt_words(n);
    wv[k] = extreme ? out[k]->q - 1 : jfi_test_rng_below(rng, out[k]->q);
    for (size_t j = 0; j < n_in; j++) w[k * n_in + j] = extreme ? out[k]->q - 1 : jfi_test_rng_below(rng, out[k]->q);
  }
  const uint64_t *vp = with_v ? v : NULL;
  kt_kernel()->conv(r, n_out, (const uint64_t *const *)y, n_in, w, vp, wv, out, n);
  jfi_kernel_ref()->conv(ref, n_out, (const uint64_t *const *)y, n_in, w, vp, wv, out, n);
  for (size_t k = 0; k < n_out; k++) {
    const uint64_t q = out[k]->q;
    for (size_t i = 0; i < n; i++) {
      uint64_t s = with_v ? kt_mul(v[i], wv[k], q) : 0;
      for (size_t j = 0; j < n_in; j++) s = (s + kt_mul(y[j][i], w[k * n_in + j], q)) % q;
      want[i] = s;
    }
    kt_same("conv", r[k], want, n, out[k]);
    kt_same("conv of ref", ref[k], want, n, out[k]);
  }
  kt_free_all();
}

JFI_TEST(conv) {
  static const size_t ins[] = {1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 31, JFI_CONV_MAX};
  static const size_t outs[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 18};
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 4);
  for (size_t i = 0; i < sizeof ins / sizeof *ins; i++)
    for (size_t o = 0; o < sizeof outs / sizeof *outs; o++)
      for (int e = 0; e < 4; e++) check_conv(ins[i], outs[o], e & 1, e >> 1, sizes[(i + o) % 4], &rng);
  check_conv(12, 24, 1, 0, N_MAX, &rng);
}

JFI_TEST(conv_overflow) {
  jfi_mod m[32];
  size_t count = kt_moduli(m, 32);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 5);
  for (size_t n_in = 1; n_in <= JFI_CONV_MAX; n_in += 1 + n_in / 4) {
    for (int p = 0; p < 8; p++) {
      const size_t n = sizes[(n_in + (size_t)p) % 6];
      const double bias = p & 1 ? 0.5 : 0.0;
      uint64_t *y[JFI_CONV_MAX], *v = kt_words(n), *want = kt_words(n);
      double inv[JFI_CONV_MAX];
      for (size_t j = 0; j < n_in; j++) {
        inv[j] = m[j % count].qinv;
        kt_fill(y[j] = kt_words(n), n, m[j % count].q, p >> 1, &rng);
      }
      for (size_t i = 0; i < n; i++) {
        volatile double s = bias; /* volatile: each step rounds, whatever the compiler would like */
        for (size_t j = 0; j < n_in; j++) {
          volatile double prod = (double)y[j][i] * inv[j];
          s = s + prod;
        }
        want[i] = (uint64_t)floor(s);
      }
      kt_kernel()->conv_overflow(v, (const uint64_t *const *)y, n_in, inv, bias, n);
      kt_same("conv_overflow", v, want, n, NULL);
      kt_free_all();
    }
  }
}
