/* base/decimal.h: doubles as text and back, correctly rounded both ways, whatever the C library and its locale. [Cli90] [SW90] [BD96] */
#ifndef JFI_BASE_DECIMAL_H
#define JFI_BASE_DECIMAL_H
#include <stddef.h>

enum {
  JFI_DECIMAL_CHARS = 32, /* room that jfi_decimal_write needs; "-1.7976931348623157e+308" is the longest, 24 */
  JFI_NUMBER_CHARS = 1000 /* of a number that is read: more are refused */
};

/* The number at the beginning of [at, end): [+-] digits [. digits] [e [+-] digits], digits on one side of the point suffice. The double
 * nearest to it, ties to even. Its length, or 0 when there is none, it is too long, or beyond the doubles. No words, no hexadecimal. */
size_t jfi_decimal_read(const char *at, const char *end, double *x);
/* A hexadecimal float of C99: [+-] 0x digits [. digits] p [+-] digits. 0 too when no double equals it: it is never rounded. */
size_t jfi_hexfloat_read(const char *at, const char *end, double *x);

/* The shortest decimal that reads back to x, of several the nearest to x, written as ECMAScript's Number::toString does: whole numbers
 * below 10^21 in full, from 10^-6 on with a point, else with an exponent. x finite; -0 is "0". Returns the length; no zero byte. */
size_t jfi_decimal_write(char *out, double x);
#endif
