/* base/decimal.c: see decimal.h. Most numbers go by machine words; the rest by integers of a few thousand bits. */
#include "base/decimal.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

/* ---- integers of any size ---- */
/* 1000 digits and their divisor 10^1330 stay below 2^4419; a quotient of 65 bits and room to shift bring 2^4500 < 2^(32*160). */
enum { BIG_WORDS = 160 };
typedef struct big {
  int n; /* words in use; the highest is not 0 */
  uint32_t w[BIG_WORDS];
} big;

static void big_set(big *a, uint64_t x) {
  a->w[0] = (uint32_t)x;
  a->w[1] = (uint32_t)(x >> 32);
  a->n = x >> 32 ? 2 : x ? 1 : 0;
}

/* a = a*m + add */
static void big_mul(big *a, uint32_t m, uint32_t add) {
  uint64_t carry = add;
  for (int i = 0; i < a->n; i++) {
    carry += (uint64_t)a->w[i] * m;
    a->w[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry) a->w[a->n++] = (uint32_t)carry;
}

static void big_mul_10(big *a, int e) {
  enum { TEN_9 = 1000000000 }; /* magic: TEN_9 = 10**9 */
  for (; e >= 9; e -= 9) big_mul(a, TEN_9, 0);
  for (; e > 0; e--) big_mul(a, 10, 0);
}

static void big_shl(big *a, int s) {
  int words = s / 32, bits = s % 32;
  if (a->n == 0) return;
  if (bits) big_mul(a, (uint32_t)1 << bits, 0);
  memmove(a->w + words, a->w, (size_t)a->n * sizeof *a->w);
  memset(a->w, 0, (size_t)words * sizeof *a->w);
  a->n += words;
}

static int big_bits(const big *a) { return a->n ? 32 * a->n - __builtin_clz(a->w[a->n - 1]) : 0; }

static int big_compare(const big *a, const big *b) {
  if (a->n != b->n) return a->n < b->n ? -1 : 1;
  for (int i = a->n; i-- > 0;)
    if (a->w[i] != b->w[i]) return a->w[i] < b->w[i] ? -1 : 1;
  return 0;
}

/* a - b, a >= b */
static void big_subtract(big *a, const big *b) {
  int64_t borrow = 0;
  for (int i = 0; i < a->n; i++) {
    borrow += (int64_t)a->w[i] - (i < b->n ? b->w[i] : 0);
    a->w[i] = (uint32_t)borrow;
    borrow >>= 32;
  }
  while (a->n && a->w[a->n - 1] == 0) a->n--;
}

/* a + b against c */
static int big_compare_sum(const big *a, const big *b, const big *c) {
  big sum = *a;
  uint64_t carry = 0;
  int most = a->n > b->n ? a->n : b->n;
  for (int i = 0; i < most; i++) {
    carry += (uint64_t)(i < a->n ? a->w[i] : 0) + (i < b->n ? b->w[i] : 0);
    sum.w[i] = (uint32_t)carry;
    carry >>= 32;
  }
  sum.n = most;
  if (carry) sum.w[sum.n++] = (uint32_t)carry;
  return big_compare(&sum, c);
}

/* ---- reading ---- */
/* q * 2^e, of which `sticky` says that something below its last bit was lost, to the nearest double, ties to even; q >= 2^63. */
static double compose(uint64_t q, int sticky, int e) {
  int drop = 11; /* 64 bits to 53; a subnormal keeps fewer: its last bit is 2^-1074 */
  if (e + drop < -1074) drop = -1074 - e;
  if (drop > 64) return 0; /* below a quarter of the least double */
  wide half = (wide)1 << (drop - 1), rest = (wide)q & ((half << 1) - 1);
  uint64_t top = (uint64_t)((wide)q >> drop);
  top += rest > half || (rest == half && (sticky || (top & 1)));
  return ldexp((double)top, e + drop); /* top <= 2^53: exact, or infinite */
}

static double compose_wide(wide q, int sticky, int e) {
  uint64_t high = (uint64_t)(q >> 64);
  int up = high ? 0 : __builtin_clzll((uint64_t)q), down = high ? 64 - __builtin_clzll(high) : 0;
  sticky |= (q & (((wide)1 << down) - 1)) != 0;
  return compose((uint64_t)(q >> down) << up, sticky, e - up + down);
}

enum {
  POWER_MAX = 27,  /* 5^27 < 2^63 is the last that leaves room for its quotient */
  WORD_DIGITS = 19 /* integers of 19 digits stay below 2^64 */
};

/* q, of which `sticky` says that something was lost, times 2^e, when the result is no subnormal: quicker than compose_wide. */
static double compose_normal(wide q, int sticky, int e) {
  uint64_t high = (uint64_t)(q >> 64), low = (uint64_t)q;
  int bits = high ? 128 - __builtin_clzll(high) : low ? 64 - __builtin_clzll(low) : 0, shift = bits - 53;
  if (shift <= 0) return ldexp((double)low, e); /* only exact products are that short */
  wide half = (wide)1 << (shift - 1), rest = q & ((half << 1) - 1);
  uint64_t top = (uint64_t)(q >> shift);
  top += rest > half || (rest == half && (sticky || (top & 1)));
  return ldexp((double)top, e + shift); /* top <= 2^53: exact */
}

/* m * 10^e, |e| <= POWER_MAX, m > 0: 10^e = 5^e 2^e, so the product or quotient of integers is exact but for a remainder. */
static double from_word(uint64_t m, int e) { /* 2^-90 < result < 2^154 */
  uint64_t five = 1;
  for (int i = 0; i < (e < 0 ? -e : e); i++) five *= 5;
  if (e >= 0) return compose_normal((wide)m * five, 0, e);
  int up = __builtin_clzll(m);
  wide n = (wide)(m << up) << 64; /* its quotient by five < 2^63 has more than 64 bits */
  return compose_normal(n / five, n % five != 0, e - up - 64);
}

/* floor(a / b) has 64 or 65 bits: a < 2^65 b. What is left of a is the remainder, up to a factor. */
static wide big_divide(big *a, big *b) {
  wide q = 0;
  big_shl(b, 64);
  for (int i = 0; i <= 64; i++) {
    int bit = big_compare(a, b) >= 0;
    if (bit) big_subtract(a, b);
    q = q << 1 | (unsigned)bit;
    big_mul(a, 2, 0);
  }
  return q;
}

/* The digits of [at, end) (a point among them is passed over) times 10^e; `digits` of them after leading zeros. */
static double from_digits(const char *at, const char *end, int digits, int e) {
  big a = {0}, b;
  if (digits + e > 310) return HUGE_VAL; /* >= 10^309 */
  if (digits + e < -330) return 0;       /* < 10^-330 */
  for (; at < end; at++)
    if (*at != '.') {
      big_mul(&a, 10, (uint32_t)(*at - '0'));
    }
  big_set(&b, 1);
  if (e >= 0)
    big_mul_10(&a, e);
  else
    big_mul_10(&b, -e);
  int s = 64 + big_bits(&b) - big_bits(&a);
  if (s > 0)
    big_shl(&a, s);
  else
    big_shl(&b, -s);
  wide q = big_divide(&a, &b); /* now 2^63 < a/b < 2^65 */
  return compose_wide(q, a.n != 0, -s);
}

typedef struct scan {
  const char *at, *end;
  uint64_t m; /* the first WORD_DIGITS digits */
  int digits; /* without leading zeros */
  int any;    /* digits seen, of any kind */
} scan;

static int is_digit(const scan *s) { return s->at < s->end && *s->at >= '0' && *s->at <= '9'; }

static void take_digits(scan *s) {
  const char *at = s->at, *end = s->end;
  if (s->digits == 0)
    while (at < end && *at == '0') at++;
  for (; at < end && *at >= '0' && *at <= '9'; at++)
    if (s->digits++ < WORD_DIGITS) s->m = s->m * 10 + (uint64_t)(*at - '0');
  s->any += (int)(at - s->at);
  s->at = at;
}

/* Sign and digits; -1 when no digits follow; saturates at 9999. */
static int take_exponent(scan *s, int *e) {
  int minus = s->at < s->end && *s->at == '-', value = 0;
  if (s->at < s->end && (*s->at == '+' || minus)) s->at++;
  if (!is_digit(s)) return -1;
  for (; is_digit(s); s->at++)
    if (value < 9999) value = value * 10 + (*s->at - '0');
  *e = minus ? -value : value;
  return 0;
}

size_t jfi_decimal_read(const char *at, const char *end, double *x) {
  if (end - at > JFI_NUMBER_CHARS + 1) end = at + JFI_NUMBER_CHARS + 1;
  scan s = {.at = at, .end = end};
  int minus = at < end && *at == '-', e = 0, more = 0;
  if (at < end && (minus || *at == '+')) s.at++;
  const char *digits = s.at;
  take_digits(&s);
  if (s.at < end && *s.at == '.') {
    const char *point = s.at++;
    take_digits(&s);
    e = -(int)(s.at - point - 1);
  }
  const char *digits_end = s.at;
  if (s.any == 0) return 0;
  if (s.at < end && (*s.at == 'e' || *s.at == 'E')) {
    s.at++;
    if (take_exponent(&s, &more) != 0) return 0;
    e += more;
  }
  if (s.at - at > JFI_NUMBER_CHARS) return 0;
  if (s.digits == 0)
    *x = 0;
  else if (s.digits <= WORD_DIGITS && e >= -POWER_MAX && e <= POWER_MAX)
    *x = from_word(s.m, e);
  else
    *x = from_digits(digits, digits_end, s.digits, e);
  if (minus) *x = -*x;
  return isfinite(*x) ? (size_t)(s.at - at) : 0;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

size_t jfi_hexfloat_read(const char *at, const char *end, double *x) {
  scan s = {.at = at, .end = end};
  int minus = at < end && *at == '-', seen_point = 0, e = 0, more = 0;
  if (at < end && (minus || *at == '+')) s.at++;
  if (end - s.at < 2 || s.at[0] != '0' || (s.at[1] != 'x' && s.at[1] != 'X')) return 0;
  for (s.at += 2; s.at < end; s.at++) {
    int d = hex_digit(*s.at);
    if (d < 0 && (*s.at != '.' || seen_point)) break;
    if (d < 0) {
      seen_point = 1;
      continue;
    }
    if (s.any++ > JFI_NUMBER_CHARS || s.m >> 60) return 0; /* 17 digits after the first: no double needs them */
    s.m = s.m << 4 | (unsigned)d;
    e -= seen_point ? 4 : 0;
  }
  if (s.any == 0 || s.at == end || (*s.at != 'p' && *s.at != 'P')) return 0;
  s.at++;
  if (take_exponent(&s, &more) != 0) return 0;
  int low = s.m ? __builtin_ctzll(s.m) : 0;
  uint64_t odd = s.m >> low;
  e += more + low;
  if (odd >> 53 || (odd && e < -1074)) return 0;
  *x = ldexp((double)odd, e); /* exact, or infinite, or 0 times anything */
  if (minus) *x = -*x;
  return isfinite(*x) ? (size_t)(s.at - at) : 0;
}

/* ---- writing ---- */
enum { DIGITS_MAX = 17 };

static int digits_of(char *digit, uint64_t m) {
  char back[20];
  int n = 0, len = 0;
  for (; m; m /= 10) back[n++] = (char)('0' + m % 10);
  while (n) digit[len++] = back[--n];
  while (len > 1 && digit[len - 1] == '0') len--;
  return len;
}

/* Numbers of at most 15 digits, not too small: m / 10^k, both exact, is correctly rounded, so it is x exactly when that decimal reads back
 * to x; 15 digits or fewer never share a double, so it is the only one of its length. 0 when x is none of these. x > 0. */
static int short_digits(char *digit, int *point, double x) {
  static const double most = 1e15;
  double power = 1;
  for (int k = 0; k <= 22; k++) { /* 10^22 is the last power that is a double */
    double y = x * power + 0.5;
    if (!(y < most)) return 0;
    uint64_t m = (uint64_t)y;
    if (m && (double)m / power == x) {
      int whole = 0;
      for (uint64_t t = m; t; t /= 10) whole++;
      *point = whole - k;
      return digits_of(digit, m);
    }
    power *= 10;
  }
  return 0;
}

/* The state of the digit generator: the number is r/s, its neighbours' midpoints are r/s - below/s and r/s + above/s. */
typedef struct dragon {
  big r, s, above, below;
  int even; /* the midpoints themselves read back to x */
} dragon;

static void dragon_start(dragon *d, double x, int *e2) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  int e = (int)(bits >> 52);
  uint64_t f = bits & ((UINT64_C(1) << 52) - 1);
  int edge = f == 0 && e > 1; /* the neighbour below is twice as near */
  f |= e ? UINT64_C(1) << 52 : 0;
  e = (e ? e : 1) - 1075;
  d->even = !(f & 1);
  big_set(&d->r, f);
  big_set(&d->s, 1);
  big_set(&d->above, 1);
  big_set(&d->below, 1);
  big_shl(&d->r, 1 + edge + (e > 0 ? e : 0));
  big_shl(&d->s, 1 + edge + (e < 0 ? -e : 0));
  big_shl(&d->above, edge + (e > 0 ? e : 0));
  big_shl(&d->below, e > 0 ? e : 0);
  *e2 = e + 63 - __builtin_clzll(f); /* 2^e2 <= x < 2^(e2+1) */
}

/* floor(e * log10 2), |e| < 1100: the product is off by less than 1100 * 2^-32 < 3e-7, and no multiple of log10 2 but 0 comes as near as
 * 4e-4 to an integer. */
static int log10_of_power(int e) {
  enum { LOG10_2 = 1292913986 }; /* magic: LOG10_2 = floor(log(2) / log(10) * 2**32) */
  return (int)(((int64_t)e * LOG10_2) >> 32);
}

static int long_digits(char *digit, int *point, double x) {
  dragon d;
  int e2, n = 0;
  dragon_start(&d, x, &e2);
  int k = log10_of_power(e2); /* 10^k <= x */
  if (k >= 0) big_mul_10(&d.s, k);
  for (big *b = &d.r; k < 0 && b; b = b == &d.r ? &d.above : b == &d.above ? &d.below : NULL) big_mul_10(b, -k);
  for (;; k++) { /* until x and its upper midpoint are below 10^k */
    int c = big_compare_sum(&d.r, &d.above, &d.s);
    if (d.even ? c < 0 : c <= 0) break;
    big_mul(&d.s, 10, 0);
  }
  *point = k;
  for (;;) {
    int q = 0;
    big_mul(&d.r, 10, 0);
    big_mul(&d.above, 10, 0);
    big_mul(&d.below, 10, 0);
    for (; big_compare(&d.r, &d.s) >= 0; q++) big_subtract(&d.r, &d.s);
    int c = big_compare(&d.r, &d.below), low = d.even ? c <= 0 : c < 0;
    c = big_compare_sum(&d.r, &d.above, &d.s);
    int high = d.even ? c >= 0 : c > 0;
    digit[n++] = (char)('0' + q);
    if (!low && !high) continue;
    if (low && high) { /* both ends read back: the nearer one, of two equally near the even digit */
      big_mul(&d.r, 2, 0);
      c = big_compare(&d.r, &d.s);
      high = c > 0 || (c == 0 && (q & 1));
    }
    digit[n - 1] = (char)(digit[n - 1] + high); /* never beyond 9: then the digit before would have ended it */
    return n;
  }
}

size_t jfi_decimal_write(char *out, double x) {
  char digit[DIGITS_MAX + 4], *o = out;
  int point = 0, n, at = 0;
  if (x == 0) {
    *out = '0';
    return 1;
  }
  if (x < 0) *o++ = '-';
  x = fabs(x);
  n = short_digits(digit, &point, x);
  if (n == 0) n = long_digits(digit, &point, x);
  if (point > 0 && point <= 21) {
    for (; at < point; at++) *o++ = at < n ? digit[at] : '0';
    if (at < n) *o++ = '.';
  } else if (point <= 0 && point > -6) {
    *o++ = '0';
    *o++ = '.';
    for (int i = point; i < 0; i++) *o++ = '0';
  } else {
    *o++ = digit[at++];
    if (n > 1) *o++ = '.';
  }
  for (; at < n; at++) *o++ = digit[at];
  if (point > 21 || point <= -6) {
    int e = point - 1;
    *o++ = 'e';
    *o++ = e < 0 ? '-' : '+';
    if (e < 0) e = -e;
    if (e >= 100) *o++ = (char)('0' + e / 100);
    if (e >= 10) *o++ = (char)('0' + e / 10 % 10);
    *o++ = (char)('0' + e % 10);
  }
  return (size_t)(o - out);
}
