/* t-kernel-ntt.c: transforms of every backend against ref, the definition, and each other.
 * every-isa is requested by the line below.
 */
/* every-isa */
#include "kernel-cases.h"

#include <string.h>

typedef struct table {
  jfi_ntt t, ref;
  uint64_t psi;
} table;

static table make_table(const jfi_mod *m, uint32_t log_n) {
  const jfi_kernel *k = kt_kernel(), *r = jfi_kernel_ref();
  table out;
  out.psi = kt_psi(m, log_n);
  uint64_t *w = kt_words(k->ntt_table_bytes(log_n) / 8 + 1);
  k->ntt_table_init(w, m, log_n, out.psi);
  out.t = (jfi_ntt){m, w, log_n};
  w = kt_words(r->ntt_table_bytes(log_n) / 8 + 1);
  r->ntt_table_init(w, m, log_n, out.psi);
  out.ref = (jfi_ntt){m, w, log_n};
  return out;
}

/* The definition of kernel.h for one row: Horner at psi^(2*brv(j)+1). */
static uint64_t naive_row(const uint64_t *a, size_t j, const table *t) {
  const uint64_t q = t->t.mod->q;
  const size_t n = (size_t)1 << t->t.log_n;
  const uint64_t point = kt_pow(t->psi, 2 * kt_brv(j, t->t.log_n) + 1, q);
  uint64_t s = 0;
  for (size_t i = n; i-- > 0;) s = (kt_mul(s, point, q) + a[i]) % q;
  return s;
}

static void check_one(const table *t, const uint64_t *a, size_t rows, jfi_test_rng *rng) {
  const jfi_kernel *k = kt_kernel();
  const jfi_mod *m = t->t.mod;
  const size_t n = (size_t)1 << t->t.log_n;
  uint64_t *x = kt_words(n), *y = kt_words(n);
  memcpy(x, a, n * 8);
  memcpy(y, a, n * 8);
  k->ntt_fwd(x, &t->t);
  jfi_kernel_ref()->ntt_fwd(y, &t->ref);
  kt_same("ntt_fwd", x, y, n, m);
  for (size_t i = 0; i < rows; i++) {
    size_t j = rows == n ? i : (size_t)jfi_test_rng_below(rng, n);
    CHECK_EQ(y[j], naive_row(a, j, t));
  }
  k->ntt_inv(x, &t->t);
  kt_same("ntt_inv after ntt_fwd", x, a, n, m);
  /* The inverse of the raw input: its words are as extreme as those of the forward one. */
  memcpy(x, a, n * 8);
  memcpy(y, a, n * 8);
  k->ntt_inv(x, &t->t);
  jfi_kernel_ref()->ntt_inv(y, &t->ref);
  kt_same("ntt_inv", x, y, n, m);
  k->ntt_fwd(x, &t->t);
  kt_same("ntt_fwd after ntt_inv", x, a, n, m);
  /* y holds the inverse; times a constant, from elsewhere and in place. */
  const uint64_t some[3] = {1, m->q - 1, jfi_test_rng_below(rng, m->q)};
  const uint64_t w = some[jfi_test_rng_below(rng, 3)];
  uint64_t *from = kt_words(n);
  memcpy(from, a, n * 8);
  k->ntt_inv_scaled(x, from, w, &t->t);
  kt_same("ntt_inv_scaled, its input", from, a, n, m);
  k->ntt_inv_scaled(from, from, w, &t->t);
  kt_same("ntt_inv_scaled in place", from, x, n, m);
  for (size_t i = 0; i < n; i++) y[i] = kt_mul(y[i], w, m->q);
  kt_same("ntt_inv_scaled", x, y, n, m);
  kt_free_all();
}

static void check_size(uint32_t log_n, size_t n_moduli) {
  static uint64_t a[1 << 17];
  jfi_mod m[32];
  size_t count = kt_moduli(m, 32);
  if (count > n_moduli) count = n_moduli;
  const size_t n = (size_t)1 << log_n;
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, log_n);
  for (size_t i = 0; i < count; i++) {
    for (int p = 0; p < KT_PATTERNS; p++) {
      table t = make_table(&m[i], log_n);
      kt_fill(a, n, m[i].q, p, &rng);
      check_one(&t, a, n <= 256 ? n : p == 0 ? 3 : 0, &rng);
    }
  }
}

JFI_TEST(ntt_small_all_rows) {
  for (uint32_t log_n = 3; log_n <= 8; log_n++) check_size(log_n, 32);
}

JFI_TEST(ntt_middle) {
  for (uint32_t log_n = 9; log_n <= 12; log_n++) check_size(log_n, 8);
}

JFI_TEST(ntt_large) {
  for (uint32_t log_n = 13; log_n <= 17; log_n++) check_size(log_n, 4);
}

/* Words that are the largest possible at every butterfly of some path: the transform of a sign
 * pattern that follows the signs of one row adds n times q-1 there. */
JFI_TEST(ntt_largest_growth) {
  for (uint32_t c = 3 * 3; c < 3 * 15; c++) {
    const uint32_t log_n = c / 3;
    jfi_mod m;
    REQUIRE(jfi_mod_init(&m, kt_prime(48 - c % 3, 0)) == 0);
    const size_t n = (size_t)1 << log_n;
    static uint64_t a[1 << 14];
    jfi_test_rng rng;
    jfi_test_rng_init(&rng, 100 + log_n);
    for (int rep = 0; rep < 4; rep++) {
      table t = make_table(&m, log_n);
      uint64_t point = kt_pow(t.psi, 2 * jfi_test_rng_below(&rng, n) + 1, m.q), p = 1;
      for (size_t i = 0; i < n; i++) {
        a[i] = p > m.q / 2 ? (rep & 1 ? p : 0) : (rep & 1 ? m.q - p : m.q - 1);
        p = kt_mul(p, point, m.q);
      }
      check_one(&t, a, 4, &rng);
    }
  }
}
