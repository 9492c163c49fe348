/* ring/fft.c: the roots of the encoder's FFT, each the double nearest to the true value, from integers alone: libm's
 * sine differs between builds, and every bit of an encoding counts.
 *
 * A root is e^(2 pi i t / 2^18), 0 <= t < 2^17. Symmetry brings t to [0, 2^15] (an eighth of a turn), where it is the
 * product of a coarse and a fine power of w = e^(2 pi i / 2^18). Numbers are fixed-point with 126 fractional bits. */
#include "ring/ring.h"

#include <string.h>

enum { UNIT_LOG = 126, FINE_LOG = 8, FINE = 1 << FINE_LOG, COARSE = (1 << 15 >> FINE_LOG) + 1 };

typedef jfi_u128 fix; /* [0, 2) in units of 2^-126: cosines and sines of the first octant are never negative */
typedef struct turn {
  fix c, s;
} turn;

/* floor(ab / 2^128), times 4: low by less than 2^-124 in value. */
static fix fix_mul(fix a, fix b) {
  uint64_t ah = (uint64_t)(a >> 64), al = (uint64_t)a, bh = (uint64_t)(b >> 64), bl = (uint64_t)b;
  jfi_u128 m1 = (jfi_u128)ah * bl + (uint64_t)((jfi_u128)al * bl >> 64);
  jfi_u128 m2 = (jfi_u128)al * bh + (uint64_t)m1;
  return ((jfi_u128)ah * bh + (m1 >> 64) + (m2 >> 64)) << 2;
}

static turn turn_mul(turn a, turn b) {
  return (turn){fix_mul(a.c, b.c) - fix_mul(a.s, b.s), fix_mul(a.s, b.c) + fix_mul(a.c, b.s)};
}

/* magic: PI_HIGH = floor_pi(2**126) >> 64 */
#define PI_HIGH UINT64_C(0xc90fdaa22168c234)
/* magic: PI_LOW = floor_pi(2**126) % 2**64 */
#define PI_LOW UINT64_C(0xc4c6628b80dc1cd1)

/* w = e^(ix), x = pi / 2^17 < 2^-15: x^10/10! < 2^-171 is the first term left out of either series. */
static turn smallest_turn(void) {
  const jfi_u128 pi = (jfi_u128)PI_HIGH << 64 | PI_LOW; /* in units of 2^-126 */
  fix x = pi >> 17, x2 = fix_mul(x, x), one = (jfi_u128)1 << UNIT_LOG;
  fix c = one, s = one; /* Horner, from the term of highest degree: c = 1 - x^2/(k(k-1)) * c */
  for (unsigned k = 8; k; k -= 2) {
    c = one - fix_mul(x2, c) / (k * (k - 1));
    s = one - fix_mul(x2, s) / (k * (k + 1));
  }
  return (turn){c, fix_mul(x, s)};
}

/* Powers by repeated multiplication: at most 385 products of error below 2^-122 each (two per part) leave less than 2^-113,
 * while none of the values comes nearer than 2^-16.2 ulp, so 2^-85, to the middle of two doubles (t-fft.c has their digest). */
static void turns(turn coarse[COARSE], turn fine[FINE]) {
  turn one = {(jfi_u128)1 << UNIT_LOG, 0}, w = smallest_turn();
  fine[0] = coarse[0] = one;
  for (int i = 1; i < FINE; i++) fine[i] = turn_mul(fine[i - 1], w);
  turn step = turn_mul(fine[FINE - 1], w);
  for (int i = 1; i < COARSE; i++) coarse[i] = turn_mul(coarse[i - 1], step);
}

/* Nearest double of v > 2^-63 (smallest root: sin(2 pi / 2^18) > 2^-16). 53 leading bits, rounded; exact scaling. */
static double nearest(fix v) {
  int lz = (uint64_t)(v >> 64) ? __builtin_clzll((uint64_t)(v >> 64)) : 64;
  v <<= lz;
  uint64_t mantissa = (uint64_t)(v >> 75), bits = (uint64_t)(1023 + 75 - lz - UNIT_LOG) << 52;
  mantissa += (uint64_t)(v >> 74) & 1;
  double scale;
  memcpy(&scale, &bits, sizeof scale);
  return (double)mantissa * scale;
}

/* e^(2 pi i t / 2^18), 0 < t < 2^17, no multiple of a quarter turn. */
static void root(double *re, double *im, uint32_t t, const turn *coarse, const turn *fine) {
  const uint32_t quarter = 1u << 16;
  int second = t >= quarter;
  if (second) t -= quarter;
  int mirror = t > quarter / 2;
  if (mirror) t = quarter - t;
  turn w = turn_mul(coarse[t >> FINE_LOG], fine[t & (FINE - 1)]);
  double c = nearest(mirror ? w.s : w.c), s = nearest(mirror ? w.c : w.s);
  *re = second ? -s : c; /* a quarter turn: (c, s) -> (-s, c) */
  *im = second ? c : s;
}

static uint32_t bit_reverse(uint32_t x, uint32_t bits) {
  uint32_t r = 0;
  for (uint32_t i = 0; i < bits; i++) r |= (x >> i & 1) << (bits - 1 - i);
  return r;
}

/* Node m + b of the stage of m blocks has argument 2 pi e / (8m): e = 1 at the root; going left halves the argument (e stays,
 * m doubles), going right adds a quarter turn, which is 4m in units of 1/(16m): so e = 1 + 4 brv(b). */
void jfi_fft_roots(double *re, double *im, size_t n) {
  turn coarse[COARSE], fine[FINE];
  if (n > 1) turns(coarse, fine);
  for (uint32_t log_m = 0; (size_t)1 << log_m < n; log_m++)
    for (uint32_t b = 0, m = 1u << log_m; b < m; b++)
      root(re + m + b, im + m + b, (1 + 4 * bit_reverse(b, log_m)) << (15 - log_m), coarse, fine);
}

uint32_t jfi_fft_exponent(size_t n, size_t j) {
  return 1 + 4 * bit_reverse((uint32_t)j, (uint32_t)__builtin_ctzll((unsigned long long)n));
}
