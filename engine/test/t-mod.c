/* t-mod.c: arithmetic modulo one word, against double-width division. */
#include "arith/mod.h"
#include "kernel-cases.h"

static void check_constants(const jfi_mod *m) {
  const jfi_u128 one = 1;
  CHECK(m->q >> m->bits == 0 && m->q >> (m->bits - 1) == 1);
  CHECK_EQ(m->mu52, (one << 52) / m->q);
  CHECK_EQ(m->r52, (one << 52) % m->q);
  CHECK_EQ(m->r52s, ((jfi_u128)m->r52 << 52) / m->q);
  CHECK_EQ(m->mu64, (one << 64) / m->q);
  CHECK_EQ(m->r64, (one << 64) % m->q);
  CHECK_EQ(m->r64s, ((jfi_u128)m->r64 << 64) / m->q);
  CHECK_EQ(m->mux, ((one << (51 + m->bits)) + m->q - 1) / m->q);
  CHECK(m->mux >> 52 == 0);
  const uint64_t top = ((uint64_t)1 << 51) - 1, k = top / m->q * m->q;
  const uint64_t xs[] = {0, 1, m->q - 1, m->q, k - 1, k, top};
  for (size_t i = 0; i < sizeof xs / sizeof *xs; i++)
    CHECK_EQ((uint64_t)((jfi_u128)xs[i] * m->mux >> (51 + m->bits)), xs[i] / m->q);
  CHECK((uint64_t)m->qd == m->q && m->qinv == 1.0 / m->qd);
}

JFI_TEST(init_refuses_what_it_cannot_hold) {
  jfi_mod m;
  CHECK(jfi_mod_init(&m, 0) == -1 && jfi_mod_init(&m, 1) == -1 && jfi_mod_init(&m, 2) == -1);
  CHECK(jfi_mod_init(&m, 1u << 20) == -1);
  CHECK(jfi_mod_init(&m, ((uint64_t)1 << 48) + 1) == -1 && jfi_mod_init(&m, UINT64_MAX) == -1);
  CHECK(jfi_mod_init(&m, 3) == 0 && jfi_mod_init(&m, ((uint64_t)1 << 48) - 1) == 0);
}

JFI_TEST(constants) {
  jfi_mod m[32];
  size_t count = kt_moduli(m, 32);
  CHECK(count >= 12);
  for (size_t i = 0; i < count; i++) check_constants(&m[i]);
  REQUIRE(jfi_mod_init(&m[0], 3) == 0);
  check_constants(&m[0]);
  REQUIRE(jfi_mod_init(&m[0], ((uint64_t)1 << 48) - 1) == 0);
  check_constants(&m[0]);
}

static void check_words(uint64_t a, uint64_t b, const jfi_mod *m) {
  const uint64_t q = m->q, x = a % q, y = b % q;
  CHECK_EQ(jfi_mod_add(x, y, q), (x + y) % q);
  CHECK_EQ(jfi_mod_sub(x, y, q), (x + q - y) % q);
  CHECK_EQ(jfi_mod_neg(x, q), (q - x) % q);
  CHECK_EQ(jfi_mod_reduce(a, m), a % q);
  CHECK_EQ(jfi_mod_mul(a, b, m), (uint64_t)((jfi_u128)a * b % q));
  jfi_u128 wide = ((jfi_u128)a << 64) | b;
  CHECK_EQ(jfi_mod_reduce128(wide, m), (uint64_t)(wide % q));
  uint64_t ys = jfi_shoup64(y, q), lazy = jfi_mul_shoup_lazy(a, y, ys, q);
  CHECK(lazy < 2 * q && lazy % q == (uint64_t)((jfi_u128)a * y % q));
  CHECK_EQ(jfi_mul_shoup(a, y, ys, q), (uint64_t)((jfi_u128)a * y % q));
  CHECK_EQ(jfi_shoup52(y, q), ((jfi_u128)y << 52) / q);
}

JFI_TEST(words) {
  jfi_mod m[32];
  size_t count = kt_moduli(m, 30);
  CHECK(jfi_mod_init(&m[count++], 3) == 0);
  CHECK(jfi_mod_init(&m[count++], ((uint64_t)1 << 48) - 1) == 0);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  for (size_t i = 0; i < count; i++) {
    const uint64_t q = m[i].q;
    const uint64_t edge[] = {0, 1, q - 1, q, q + 1, 2 * q - 1, (uint64_t)1 << 52, UINT64_MAX};
    for (size_t a = 0; a < 8; a++)
      for (size_t b = 0; b < 8; b++) check_words(edge[a], edge[b], &m[i]);
    for (int k = 0; k < 2000; k++) check_words(jfi_test_rng_u64(&rng), jfi_test_rng_u64(&rng), &m[i]);
  }
}

JFI_TEST(all_of_a_tiny_field) {
  jfi_mod m;
  REQUIRE(jfi_mod_init(&m, 97) == 0);
  for (uint64_t a = 0; a < 97; a++)
    for (uint64_t b = 0; b < 97; b++) check_words(a, b, &m);
  for (uint64_t a = 1; a < 97; a++) CHECK_EQ(a * jfi_mod_inv(a, &m) % 97, 1);
}

JFI_TEST(powers_and_inverses) {
  jfi_mod m[32];
  size_t count = kt_moduli(m, 32);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 2);
  for (size_t i = 0; i < count; i++) {
    for (int k = 0; k < 20; k++) {
      uint64_t a = 1 + jfi_test_rng_below(&rng, m[i].q - 1), e = jfi_test_rng_u64(&rng);
      CHECK_EQ(jfi_mod_pow_var(a, e, &m[i]), kt_pow(a, e, m[i].q));
      CHECK_EQ(kt_mul(a, jfi_mod_inv(a, &m[i]), m[i].q), 1);
    }
    CHECK_EQ(jfi_mod_pow_var(5, 0, &m[i]), 1);
  }
}
