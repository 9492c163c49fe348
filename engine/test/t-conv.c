/* every-isa */
/* t-conv.c: base conversion against big integers: every residue of one prime, random and extreme values of up to 64 primes. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "harness.h"
#include "ring/primes.h"
#include "ring/ring.h"

enum { LIMBS = 100, N = 8, N_IN = 64, N_OUT = 6 };

/* ---- the smallest big integers that do: little-endian 32-bit limbs, non-negative ---- */
typedef struct big {
  uint32_t d[LIMBS];
} big;

static big big_mul_add(big a, uint64_t m, uint64_t add) { /* a*m + add */
  big r;
  jfi_u128 carry = add;
  for (int i = 0; i < LIMBS; i++) {
    carry += (jfi_u128)a.d[i] * m;
    r.d[i] = (uint32_t)carry;
    carry >>= 32;
  }
  return r;
}
static big big_sub(big a, big b) {
  int64_t borrow = 0;
  for (int i = 0; i < LIMBS; i++) {
    borrow += (int64_t)a.d[i] - b.d[i];
    a.d[i] = (uint32_t)borrow;
    borrow >>= 32;
  }
  return a;
}
static int big_less(big a, big b) {
  for (int i = LIMBS - 1; i >= 0; i--)
    if (a.d[i] != b.d[i]) return a.d[i] < b.d[i];
  return 0;
}
static uint64_t big_mod(big a, uint64_t m) {
  jfi_u128 r = 0;
  for (int i = LIMBS - 1; i >= 0; i--) r = (r << 32 | a.d[i]) % m;
  return (uint64_t)r;
}
static big big_shift_right(big a, int k) {
  for (; k > 0; k--)
    for (int i = 0; i < LIMBS; i++) a.d[i] = a.d[i] >> 1 | (i + 1 < LIMBS ? a.d[i + 1] << 31 : 0);
  return a;
}
static big big_below(big q, jfi_test_rng *rng) {
  big r;
  int top = LIMBS - 1;
  while (top > 0 && q.d[top] == 0) top--;
  do {
    memset(&r, 0, sizeof r);
    for (int i = 0; i <= top; i++) r.d[i] = (uint32_t)jfi_test_rng_u64(rng);
    while (r.d[top] > q.d[top]) r.d[top] >>= 1;
  } while (!big_less(r, q));
  return r;
}

/* ---- one conversion of eight values ---- */
static _Alignas(64) uint64_t x[N_IN][N], y[N_IN][N], r[N_OUT][N], v[N];
typedef struct job {
  jfi_ring *ring;
  jfi_conv *c;
  big q, margin; /* Q, and how near to Q/2 the rounding may go either way */
} job;

static void run(const job *j, int exact) {
  uint64_t *yp[N_IN], *rp[N_OUT];
  const uint64_t *xp[N_IN], *yc[N_IN];
  for (size_t i = 0; i < j->c->n_in; i++) {
    xp[i] = x[i];
    yc[i] = yp[i] = y[i];
  }
  for (size_t k = 0; k < j->c->n_out; k++) rp[k] = r[k];
  jfi_conv_digits(j->ring, j->c, yp, xp);
  if (exact) jfi_conv_round(j->ring, j->c, v, yc);
  size_t first = j->c->n_out / 2; /* in two calls, as the fused callers do */
  jfi_conv_apply(j->ring, j->c, 0, first, rp, yc, exact ? v : NULL);
  jfi_conv_apply(j->ring, j->c, first, j->c->n_out - first, rp + first, yc, exact ? v : NULL);
}

/* Is r[.][i] == X + u*Q mod every target, for this one u? */
static int meets(const job *j, big value, size_t i, int64_t u) {
  for (size_t k = 0; k < j->c->n_out; k++) {
    uint64_t p = j->c->out_mod[k]->q;
    jfi_i128 want = ((jfi_i128)big_mod(value, p) + (jfi_i128)u * big_mod(j->q, p)) % p;
    if (want < 0) want += p;
    if (r[k][i] != (uint64_t)want) return 0;
  }
  return 1;
}

static void check(const job *j, const big value[N]) {
  for (size_t t = 0; t < j->c->n_in; t++)
    for (size_t i = 0; i < N; i++) x[t][i] = big_mod(value[i], j->ring->mod[j->c->in[t]].q);
  run(j, 0);
  for (size_t i = 0; i < N; i++) {
    int64_t u = 0;
    while (u < (int64_t)j->c->n_in && !meets(j, value[i], i, u)) u++;
    CHECK(u < (int64_t)j->c->n_in);
  }
  run(j, 1);
  big half = big_shift_right(j->q, 1);
  for (size_t i = 0; i < N; i++) {
    int up = big_less(half, value[i]); /* beyond Q/2 the centred value is X - Q */
    big gap = up ? big_sub(value[i], half) : big_sub(half, value[i]);
    if (big_less(gap, j->margin))
      CHECK(meets(j, value[i], i, 0) || meets(j, value[i], i, -1));
    else
      CHECK(meets(j, value[i], i, up ? -1 : 0));
  }
}

static int job_open(job *j, const uint64_t *primes, size_t n_in, size_t n_out) {
  j->ring = jfi_ring_new(3, primes, n_in + n_out, jfi_kernel_select());
  if (!j->ring) return 0;
  j->c = jfi_conv_new(j->ring, jfi_set_range(0, n_in), jfi_set_range(n_in, n_out));
  if (!j->c) return 0;
  j->q = (big){{1}};
  for (size_t i = 0; i < n_in; i++) j->q = big_mul_add(j->q, primes[i], 0);
  j->margin = big_mul_add(big_shift_right(big_mul_add(j->q, n_in * (n_in + 6), 0), 54), 1, 1);
  return 1;
}
static void job_close(job *j) {
  jfi_conv_free(j->c);
  jfi_ring_free(j->ring);
}

static void conversion(const uint64_t *primes, size_t n_in, size_t n_out, uint64_t stream) {
  job j;
  big value[N], one = {{1}}, half, zero = {{0}};
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, stream);
  REQUIRE(job_open(&j, primes, n_in, n_out));
  half = big_shift_right(j.q, 1);
  value[0] = zero;
  value[1] = one;
  value[2] = big_sub(j.q, one);
  value[3] = half;
  value[4] = big_mul_add(half, 1, 1);
  value[5] = big_sub(half, j.margin); /* nearest values that must round the right way */
  value[6] = big_sub(j.q, value[5]);
  value[7] = big_shift_right(j.q, 2);
  check(&j, value);
  for (int round = 0; round < 20; round++) {
    for (int i = 0; i < N; i++) value[i] = big_below(j.q, &rng);
    check(&j, value);
  }
  job_close(&j);
}

JFI_TEST(many_primes) {
  uint64_t primes[N_IN + N_OUT];
  static const size_t counts[] = {1, 2, 3, 7, 12, 33, 64};
  for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
    size_t n_in = counts[c];
    for (size_t i = 0; i < n_in; i++) primes[i] = jfi_prime_below_var(48, i);
    for (size_t k = 0; k < N_OUT; k++)
      primes[n_in + k] = jfi_prime_below_var(k & 1 ? 46 : k & 2 ? 30 : 48, k + (k & 1 || k & 2 ? 0 : 70));
    conversion(primes, n_in, N_OUT, c);
  }
}

JFI_TEST(mixed_sizes) { /* the smallest and largest primes together */
  uint64_t primes[8] = {786433,
                        jfi_prime_below_var(48, 0),
                        jfi_prime_below_var(26, 0),
                        jfi_prime_below_var(47, 3),
                        jfi_prime_below_var(23, 0),
                        jfi_prime_below_var(48, 5),
                        jfi_prime_below_var(24, 0),
                        jfi_prime_below_var(40, 2)};
  for (size_t n_in = 1; n_in < 8; n_in++) conversion(primes, n_in, 8 - n_in < N_OUT ? 8 - n_in : N_OUT, 50 + n_in);
}

JFI_TEST(every_residue_of_one_prime) {
  uint64_t primes[3], q = (1 << 19) + 1, bad = 0;
  for (size_t i = 0; i < 3; q += 16)
    if (jfi_is_prime_var(q)) primes[i++] = q;
  job j;
  REQUIRE(job_open(&j, primes, 1, 2));
  for (uint64_t at = 0; at + N <= primes[0];
       at += at + 2 * N > primes[0] && at + N < primes[0] ? primes[0] - at - N : N) {
    for (size_t i = 0; i < N; i++) x[0][i] = at + i;
    run(&j, 1);
    for (size_t i = 0; i < N; i++) {
      uint64_t a = at + i;
      for (size_t k = 0; k < 2; k++) bad += r[k][i] != (a > primes[0] / 2 ? a + primes[k + 1] - primes[0] : a);
    }
  }
  CHECK_EQ(bad, 0);
  job_close(&j);
}

/* Levels are subsets: members need not be neighbours, and a target may lie inside the source. */
JFI_TEST(scattered_and_overlapping_sets) {
  uint64_t primes[7];
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 9);
  for (size_t i = 0; i < 7; i++) primes[i] = jfi_prime_below_var(40, i);
  jfi_ring *ring = jfi_ring_new(3, primes, 7, jfi_kernel_select());
  REQUIRE(ring);
  jfi_set from = jfi_set_with(jfi_set_with(jfi_set_with(jfi_set_empty(), 1), 4), 6);
  jfi_set to = jfi_set_with(jfi_set_with(jfi_set_with(jfi_set_empty(), 0), 4), 5);
  job j = {.ring = ring, .c = jfi_conv_new(ring, from, to), .q = {{1}}};
  REQUIRE(j.c);
  CHECK_EQ(j.c->in[0] * 100 + j.c->in[1] * 10 + j.c->in[2], 146);
  CHECK_EQ(j.c->out[0] * 100 + j.c->out[1] * 10 + j.c->out[2], 45);
  for (size_t i = 0; i < 3; i++) j.q = big_mul_add(j.q, primes[j.c->in[i]], 0);
  j.margin = big_mul_add(big_shift_right(big_mul_add(j.q, 27, 0), 54), 1, 1);
  for (int round = 0; round < 20; round++) {
    big value[N];
    for (int i = 0; i < N; i++) value[i] = big_below(j.q, &rng);
    check(&j, value);
    for (size_t i = 0; i < N; i++) CHECK_EQ(r[1][i], x[1][i]); /* prime 4: its own residue comes back */
  }
  CHECK(jfi_conv_new(ring, jfi_set_empty(), to) == NULL);
  CHECK(jfi_conv_new(ring, from, jfi_set_with(to, 7)) == NULL);
  jfi_alloc_fail_after(0);
  CHECK(jfi_conv_new(ring, from, to) == NULL);
  jfi_alloc_fail_after(-1);
  job_close(&j);
}
