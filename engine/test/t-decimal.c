/* t-decimal.c: doubles as text and back. The other way of computing is the C library's, which glibc rounds correctly. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "harness.h"

static double reads(const char *text) {
  double x = -1;
  size_t len = strlen(text);
  CHECK_EQ(jfi_decimal_read(text, text + len, &x), len);
  return x;
}

static int none(const char *text) {
  double x;
  return jfi_decimal_read(text, text + strlen(text), &x) == 0;
}

static void same(double got, double want) { CHECK_MEM(&got, &want, sizeof got); }

JFI_TEST(decimals_are_read) {
  same(reads("0"), 0);
  same(reads("-0"), -0.0);
  same(reads("1"), 1);
  same(reads("+1.5"), 1.5);
  same(reads(".5"), 0.5);
  same(reads("5."), 5);
  same(reads("1e3"), 1000);
  same(reads("1E-2"), 0.01);
  same(reads("0.1"), 0.1);
  same(reads("9007199254740993"), 9007199254740992.0);                                    /* a tie, to even */
  same(reads("9007199254740993.0000000000000000000000000000000001"), 9007199254740994.0); /* and a hair above it */
  same(reads("4.9406564584124654e-324"), 0x1p-1074);
  same(reads("2.4703282292062327e-324"), 0);         /* just below half of the least */
  same(reads("2.4703282292062328e-324"), 0x1p-1074); /* just above */
  same(reads("2.2250738585072011e-308"), 0x0.fffffffffffffp-1022);
  same(reads("1.7976931348623157e308"), 0x1.fffffffffffffp+1023);
  same(reads("1.7976931348623158e308"), 0x1.fffffffffffffp+1023);
  same(reads("1e-400"), 0);
  same(reads("0e9999999"), 0);
}

JFI_TEST(what_is_no_decimal) {
  CHECK(none("") && none("-") && none("+") && none(".") && none("e5") && none("1e") && none("1e+") && none("-.e1"));
  CHECK(none("nan") && none("inf") && none("Infinity") && none("x1") && none("--1") && none(" 1"));
  CHECK(none("1e309") && none("1.7976931348623159e308") && none("-1e400") && none("1e99999999999"));
  char many[1002];
  memset(many, '1', sizeof many);
  double x;
  CHECK_EQ(jfi_decimal_read(many, many + 300, &x), 300);
  CHECK_EQ(jfi_decimal_read(many, many + 1001, &x), 0);
  many[1] = '.';
  CHECK_EQ(jfi_decimal_read(many, many + 1000, &x), 1000);
  CHECK_EQ(jfi_decimal_read(many, many + 1001, &x), 0);
  const char *comma = "12,5", *more = "125";
  CHECK_EQ(jfi_decimal_read(comma, comma + 4, &x), 2); /* the rest is the caller's */
  CHECK_EQ(jfi_decimal_read(more, more + 2, &x), 2);   /* nothing beyond the end is looked at */
  same(x, 12);
}

static size_t hex(const char *text, double *x) { return jfi_hexfloat_read(text, text + strlen(text), x); }

JFI_TEST(hexadecimal_floats) {
  double x;
  CHECK_EQ(hex("0x1p0", &x), 5);
  same(x, 1);
  CHECK_EQ(hex("-0X1.8P+1", &x), 9);
  same(x, -3);
  CHECK_EQ(hex("0x.8p-1", &x), 7);
  same(x, 0.25);
  CHECK_EQ(hex("0x0.0000000000001p-1022", &x), 23);
  same(x, 0x1p-1074);
  CHECK_EQ(hex("0x1.fffffffffffffp+1023", &x), 23);
  same(x, 0x1.fffffffffffffp+1023);
  CHECK_EQ(hex("0x0p+9999", &x), 9);
  same(x, 0);
  CHECK(!hex("0x1", &x) && !hex("0xp1", &x) && !hex("1p1", &x) && !hex("0x1p", &x) && !hex("0x1.8.8p1", &x) &&
        !hex("0x", &x));
  CHECK(!hex("0x1p1024", &x) && !hex("0x1p-1075", &x) && !hex("0x1.00000000000001p0", &x) && !hex("0x1.8p-1074", &x));
  CHECK(!hex("", &x) && !hex("0", &x) && !hex("-", &x));
}

static void writes(double x, const char *want) {
  char out[JFI_DECIMAL_CHARS + 1];
  size_t len = jfi_decimal_write(out, x);
  out[len] = 0;
  CHECK(strcmp(out, want) == 0);
}

JFI_TEST(decimals_are_written) {
  writes(0, "0");
  writes(-0.0, "0");
  writes(1, "1");
  writes(-2.5, "-2.5");
  writes(100, "100");
  writes(0.1, "0.1");
  writes(1.0 / 3, "0.3333333333333333");
  writes(2.0 / 3, "0.6666666666666666");
  writes(123456789012345680000.0, "123456789012345680000");
  writes(1e21, "1e+21");
  writes(1.5e300, "1.5e+300");
  writes(1e-6, "0.000001");
  writes(1.5e-7, "1.5e-7");
  writes(1e-7, "1e-7");
  writes(0x1p-1074, "5e-324");
  writes(0x1p-1022, "2.2250738585072014e-308");
  writes(-0x1.fffffffffffffp+1023, "-1.7976931348623157e+308");
  writes(9007199254740992.0, "9007199254740992");
  writes(0x1p-44, "5.684341886080802e-14"); /* the nearest of 16 digits: two are as near, the even one */
}

/* Reads back by both readers; no shorter decimal does. */
static void round_trip(double x) {
  char out[JFI_DECIMAL_CHARS + 1], shorter[64];
  size_t len = jfi_decimal_write(out, x), digits = 0;
  double y = -1, z;
  CHECK(len < JFI_DECIMAL_CHARS);
  out[len] = 0;
  CHECK_EQ(jfi_decimal_read(out, out + len, &y), len);
  same(y, x);
  same(strtod(out, NULL), x);
  for (const char *c = out; *c && *c != 'e'; c++) digits += *c >= '0' && *c <= '9' && (digits || *c != '0');
  for (const char *c = out + len; c > out && !strchr(out, '.') && !strchr(out, 'e') && c[-1] == '0'; c--) digits--;
  if (digits > 1) {
    snprintf(shorter, sizeof shorter, "%.*e", (int)digits - 2, x);
    CHECK(strtod(shorter, NULL) != x);
  }
  snprintf(shorter, sizeof shorter, "%a", x);
  CHECK_EQ(jfi_hexfloat_read(shorter, shorter + strlen(shorter), &z), strlen(shorter));
  same(z, x);
}

JFI_TEST(random_doubles_come_back) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  for (int i = 0; i < 20000; i++) {
    uint64_t bits = jfi_test_rng_u64(&rng);
    double x;
    memcpy(&x, &bits, sizeof x);
    if (isfinite(x) && x != 0) round_trip(x);
    round_trip((double)(int64_t)bits / 0x1p40 + 1e-9);
    round_trip((double)(bits >> 40) / 1000 + 0.001);
  }
  for (int e = -1074; e < 1024; e++) {
    round_trip(ldexp(1, e));
    round_trip(nextafter(ldexp(1, e), 0) > 0 ? nextafter(ldexp(1, e), 0) : 1);
    round_trip(nextafter(ldexp(1, e), HUGE_VAL));
  }
}

/* Half of a decimal "d...d.d...d" of n characters; returns the new length. */
static size_t halve(char *text, size_t n) {
  int rest = 0;
  for (size_t i = 0; i < n; i++) {
    if (text[i] == '.') continue;
    int d = 10 * rest + text[i] - '0';
    text[i] = (char)('0' + d / 2);
    rest = d % 2;
  }
  text[n] = (char)('0' + 5 * rest);
  return n + 1;
}

/* Decimals in the very middle of two doubles, and a hair beside it: where an inexact reader errs. */
JFI_TEST(midpoints_round_to_even) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 2);
  for (int i = 0; i < 2000; i++) {
    char text[400];
    uint64_t f = jfi_test_rng_u64(&rng) >> 11 | UINT64_C(1) << 52;
    int halvings = (int)jfi_test_rng_below(&rng, 300);
    size_t n = (size_t)snprintf(text, sizeof text, "%llu.", (unsigned long long)(2 * f + 1));
    for (int j = 0; j < halvings; j++) n = halve(text, n);
    double got = -1;
    CHECK_EQ(jfi_decimal_read(text, text + n, &got), n);
    same(got, ldexp((double)(f + (f & 1)), 1 - halvings));
    text[n] = '1';
    CHECK_EQ(jfi_decimal_read(text, text + n + 1, &got), n + 1);
    same(got, ldexp((double)(f + 1), 1 - halvings));
    if (halvings == 0) continue;
    text[n - 1]--; /* it was a 5 */
    text[n] = '9';
    CHECK_EQ(jfi_decimal_read(text, text + n + 1, &got), n + 1);
    same(got, ldexp((double)f, 1 - halvings));
  }
}
