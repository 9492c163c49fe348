/* cli/number.c: see number.h. */
#include "cli/number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 wide;

/* 5^27 < 2^63 is the last that leaves room for its quotient. Mantissas of 19 digits stay below 2^64. */
enum { POWER_MAX = 27, DIGITS_MAX = 19, LENGTH_MAX = 1000 };

/* q, of which `sticky` says that something below its last bit was lost, times 2^e, rounded to nearest, ties to even. */
static double round_wide(wide q, int sticky, int e) {
  uint64_t high = (uint64_t)(q >> 64), low = (uint64_t)q;
  int bits = high ? 128 - __builtin_clzll(high) : low ? 64 - __builtin_clzll(low) : 0, shift = bits - 53;
  if (shift <= 0) return ldexp((double)low, e); /* only exact products are that short */
  wide half = (wide)1 << (shift - 1), rest = q & ((half << 1) - 1);
  uint64_t top = (uint64_t)(q >> shift);
  top += rest > half || (rest == half && (sticky || (top & 1)));
  return ldexp((double)top, e + shift); /* at most 2^53: exact; 2^-90 < result < 2^154: normal */
}

/* m * 10^e, |e| <= POWER_MAX, m > 0: 10^e = 5^e 2^e, so the product or quotient of integers is exact but for a remainder. */
static double from_decimal(uint64_t m, int e) {
  uint64_t five = 1;
  for (int i = 0; i < (e < 0 ? -e : e); i++) five *= 5;
  if (e >= 0) return round_wide((wide)m * five, 0, e);
  int up = __builtin_clzll(m);
  wide n = (wide)(m << up) << 64; /* its quotient by five < 2^63 has more than 64 bits */
  return round_wide(n / five, n % five != 0, e - up - 64);
}

typedef struct scan {
  const char *at;
  uint64_t m; /* the digits so far */
  int digits; /* of m, without leading zeros */
  int any;    /* digits seen, of any kind */
} scan;

static void take_digits(scan *s) {
  for (; *s->at >= '0' && *s->at <= '9'; s->at++, s->any++) {
    if (s->digits == 0 && *s->at == '0') continue;
    if (s->digits++ < DIGITS_MAX) s->m = s->m * 10 + (uint64_t)(*s->at - '0');
  }
}

/* After 'e': -1 when no digits follow; the exponent saturates at 9999. */
static int take_exponent(scan *s, int *e) {
  int minus = *s->at == '-', value = 0;
  if (*s->at == '+' || *s->at == '-') s->at++;
  if (*s->at < '0' || *s->at > '9') return -1;
  for (; *s->at >= '0' && *s->at <= '9'; s->at++)
    if (value < 9999) value = value * 10 + (*s->at - '0');
  *e = minus ? -value : value;
  return 0;
}

size_t cli_number(const char *text, enum cli_number_style style, double *x) {
  scan s = {.at = text};
  int json = style == CLI_NUMBER_JSON, minus = *text == '-', e = 0;
  if (minus || (*text == '+' && !json)) s.at++;
  if (json && s.at[0] == '0' && s.at[1] >= '0' && s.at[1] <= '9') return 0;
  take_digits(&s);
  int whole = s.any;
  if (json && !whole) return 0;
  if (*s.at == '.') {
    const char *point = s.at++;
    take_digits(&s);
    if (s.any == 0 || (json && s.any == whole)) return 0;
    e = -(int)(s.at - point - 1 < LENGTH_MAX ? s.at - point - 1 : LENGTH_MAX);
  }
  if (s.any == 0) return 0;
  if (*s.at == 'e' || *s.at == 'E') {
    int more;
    s.at++;
    if (take_exponent(&s, &more) != 0) return 0;
    e += more;
  }
  if (s.at - text > LENGTH_MAX) return 0;
  if (s.digits == 0)
    *x = 0;
  else if (s.digits <= DIGITS_MAX && e >= -POWER_MAX && e <= POWER_MAX)
    *x = from_decimal(s.m, e);
  else
    *x = fabs(strtod(text, NULL)); /* the tool never calls setlocale, so the point is a point */
  if (minus) *x = -*x;
  return isfinite(*x) ? (size_t)(s.at - text) : 0;
}
