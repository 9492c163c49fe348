/* cli/number.c: see number.h. */
#include "cli/number.h"

#include <string.h>

#include "base/decimal.h"

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* What RFC 8259 asks for beyond the other style: no plus sign, no leading zeros, digits on both sides of a point. */
static int is_json(const char *at) {
  if (*at == '-') at++;
  if (!is_digit(*at) || (at[0] == '0' && is_digit(at[1]))) return 0;
  while (is_digit(*at)) at++;
  return *at != '.' || is_digit(at[1]);
}

size_t cli_number(const char *text, enum cli_number_style style, double *x) {
  if (style == CLI_NUMBER_JSON && !is_json(text)) return 0;
  return jfi_decimal_read(text, text + strnlen(text, JFI_NUMBER_CHARS + 1), x);
}
