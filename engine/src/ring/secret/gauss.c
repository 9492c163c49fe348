/* ring/secret/gauss.c: discrete Gaussians over the integers of any width, constant time. [MW17] [Peikert10]
 *
 * A narrow Gaussian comes from its cumulative table by comparing with every entry. A wide one is a sum
 *     x = y_0 + a*y_1 + a^2*y_2 + ... + a^m*y_m
 * of narrow ones of deviation s, of total deviation s*sqrt(1 + a^2 + ... + a^2m). With the inner sum X (deviation at least
 * s) and the outer y, the integer points (X, y) of one value of y + a*X are a translate of the lattice spanned by
 * (1, -a), in units of the deviations a vector no longer than sqrt(1 + a^2)/s. If 1 over that is at least the smoothing
 * parameter of Z, every value has its Gaussian weight up to a factor 1 +- eps. So: s >= ETA*sqrt(1 + a^2).
 *
 * sigma is public; tables depend on it alone. Random words, comparisons and sums are the same for every outcome. */
#include "ring/secret/sample.h"

#include <math.h>
#include <string.h>

#include "arith/mod.h"
#include "base/cpu.h"
#include "base/mem.h"

/* Smoothing parameter of Z as a deviation, eps = 2^-128: sqrt(ln(2(1 + 1/eps))/pi)/sqrt(2 pi) = 2.1284. */
static const double ETA = 2.13;
/* P(|x| > TAIL*s) < 2 exp(-TAIL^2/2) = 2^-126.5 for TAIL = 13.3; the table resolves weights down to 2^-120, about 12.8*s. */
static const double TAIL = 13.3;
static const double DIRECT_MAX = 40;

enum { LANES = 8, TABLE_MAX = 540, STEPS_MAX = 64 };

/* entry k: P(|y| <= k) * 2^126, as two halves of 63 bits so that a difference's top bit is its borrow. */
typedef struct table {
  size_t len;
  uint64_t high[TABLE_MAX], low[TABLE_MAX];
} table;

typedef struct plan {
  double s; /* deviation of a narrow sample */
  int64_t a;
  size_t terms; /* m + 1 */
} plan;

/* ---- fixed-point numbers in [0, 2), 127 fractional bits ---- */
static jfi_u128 fix_mul(jfi_u128 a, jfi_u128 b) {
  uint64_t ah = (uint64_t)(a >> 64), al = (uint64_t)a, bh = (uint64_t)(b >> 64), bl = (uint64_t)b;
  jfi_u128 m1 = (jfi_u128)ah * bl + jfi_mulhi64(al, bl);
  jfi_u128 m2 = (jfi_u128)al * bh + (uint64_t)m1;
  return ((jfi_u128)ah * bh + (m1 >> 64) + (m2 >> 64)) << 1;
}

/* floor(num * 2^shift / den), num <= den < 2^127, one bit a step. */
static jfi_u128 fix_div(jfi_u128 num, jfi_u128 den, int shift) {
  jfi_u128 q = num == den, r = num == den ? 0 : num;
  while (shift-- > 0) {
    r <<= 1;
    jfi_u128 bit = r >= den;
    q = q << 1 | bit;
    r -= bit ? den : 0;
  }
  return q;
}

/* exp(-1/(2 s^2)), 1 <= s = grid * 2^-40 < 2^6: the argument is 2^79/grid^2, and num < den asks for the shift in two parts. */
static jfi_u128 decay(uint64_t grid) {
  const jfi_u128 one = (jfi_u128)1 << 127;
  jfi_u128 x = fix_div((jfi_u128)1 << 79, (jfi_u128)grid * grid, 127), e = one;
  for (unsigned k = 36; k; k--) e = one - fix_mul(x, e) / k; /* x <= 1/2: x^37/37! < 2^-180 */
  return e;
}

/* Weights w_0 = 1, w_k = 2 exp(-k^2/(2 s^2)), each from the last by exp(-(2k+1)/(2 s^2)); then their running sum over the
 * whole. Errors of 2^-126 a product grow to k^2 * 2^-126 < 2^-107 at the end of the longest table. */
static void fill(table *t, double s) {
  uint64_t grid = (uint64_t)(s * 0x1p40) + 1; /* upwards: the deviation is never below what was asked */
  jfi_u128 ratio = decay(grid), square = fix_mul(ratio, ratio), w = (jfi_u128)1 << 127, sum = 0, sums[TABLE_MAX];
  t->len = (size_t)(TAIL * s) + 1;
  for (size_t k = 0; k < t->len; k++) {
    sum += k ? w >> 6 : w >> 7; /* in units of 2^-120; the whole, about s*sqrt(2 pi) <= 101, stays below 2^127 */
    sums[k] = sum;
    w = fix_mul(w, ratio);
    ratio = fix_mul(ratio, square);
  }
  for (size_t k = 0; k < t->len; k++) {
    jfi_u128 p = fix_div(sums[k], sum, 126);
    t->high[k] = (uint64_t)(p >> 63);
    t->low[k] = (uint64_t)p & INT64_MAX;
  }
  t->len--; /* the last entry is 1: no number reaches it */
}

/* The cheapest s, a and count of terms for sigma. Work is terms * (entries compared + random bytes drawn). */
static plan choose(double sigma) {
  plan best = {sigma, 1, 1};
  double best_cost = sigma <= DIRECT_MAX ? TAIL * sigma + 16 : INFINITY;
  for (int64_t a = 2; a <= 18; a++) {
    double squares = 1, sum = 1, power = 1; /* of a^i: sum of squares, sum, last */
    for (size_t terms = 2; terms <= STEPS_MAX && power < 0x1p60; terms++) {
      power *= (double)a;
      sum += power;
      squares += power * power;
      double s = sigma / sqrt(squares), cost = (double)terms * (TAIL * s + 16);
      int smooth = s >= ETA * sqrt(1 + (double)(a * a)), fits = (TAIL * s + 1) * sum < 0x1p62;
      if (smooth && fits && s <= DIRECT_MAX && cost < best_cost) {
        best = (plan){s, a, terms};
        best_cost = cost;
      }
    }
  }
  return best;
}

/* Counts, lane by lane, the entries <= uh*2^63 + ul: entries minus borrows of u - entry. One body for every width of
 * vector; LANES are few enough that all stay in registers while the table streams by. */
#define COUNT(name, target, bytes)                                                                                     \
  target static void name(uint64_t count[LANES], const uint64_t uh[LANES], const uint64_t ul[LANES], const table *t) { \
    typedef uint64_t vec __attribute__((vector_size(bytes)));                                                          \
    enum { PARTS = 8 * LANES / (bytes) };                                                                              \
    vec h[PARTS], l[PARTS], c[PARTS];                                                                                  \
    memcpy(h, uh, sizeof h);                                                                                           \
    memcpy(l, ul, sizeof l);                                                                                           \
    memset(c, 0, sizeof c);                                                                                            \
    for (size_t k = 0; k < t->len; k++)                                                                                \
      _Pragma("GCC unroll 4") for (int i = 0; i < PARTS; i++) c[i] +=                                                  \
          (h[i] - t->high[k] - ((l[i] - t->low[k]) >> 63)) >> 63;                                                      \
    for (int i = 0; i < PARTS; i++) c[i] = t->len - c[i];                                                              \
    memcpy(count, c, sizeof c);                                                                                        \
  }
COUNT(count_any, , 16)
#if defined(__x86_64__)
COUNT(count_avx2, __attribute__((target("avx2"))), 32)
COUNT(count_avx512, __attribute__((target("avx512f"))), 64)
#endif
typedef void (*count_fn)(uint64_t count[LANES], const uint64_t uh[LANES], const uint64_t ul[LANES], const table *t);

static count_fn choose_count(void) {
#if defined(__x86_64__)
  unsigned features = jfi_cpu_features();
  if (features & JFI_CPU_AVX512) return count_avx512;
  if (features & JFI_CPU_AVX2_FMA) return count_avx2;
#endif
  return count_any;
}

typedef struct block {
  uint64_t random[2][LANES];
  uint64_t uh[LANES], ul[LANES], count[LANES];
  int64_t sum[LANES];
} block;

/* sum = a*sum + y with y of the table: magnitude by counting, sign from the bit to spare. */
static void add_term(jfi_rng *rng, block *b, const table *t, int64_t a, count_fn count) {
  jfi_rng_bytes(rng, b->random, sizeof b->random);
  for (size_t i = 0; i < LANES; i++) {
    b->uh[i] = b->random[0][i] >> 1;
    b->ul[i] = b->random[1][i] >> 1;
  }
  count(b->count, b->uh, b->ul, t);
  for (size_t i = 0; i < LANES; i++) {
    int64_t sign = -(int64_t)(b->random[0][i] & 1);
    b->sum[i] = b->sum[i] * a + (((int64_t)b->count[i] ^ sign) - sign);
  }
}

int jfi_sample_gauss(jfi_rng *rng, int64_t *out, size_t n, double sigma) {
  if (!(sigma >= 1 && sigma <= 0x1p58)) return -1;
  const plan p = choose(sigma);
  const count_fn count = choose_count();
  table t;
  block b;
  fill(&t, p.s);
  for (size_t at = 0; at < n; at += LANES) {
    memset(b.sum, 0, sizeof b.sum);
    for (size_t term = 0; term < p.terms; term++) add_term(rng, &b, &t, p.a, count);
    memcpy(out + at, b.sum, (n - at < LANES ? n - at : LANES) * sizeof *out);
  }
  jfi_zeroize(&b, sizeof b);
  return 0;
}
