/* cli/number.h: decimal numbers in text, correctly rounded, whatever the locale. */
#ifndef JFI_CLI_NUMBER_H
#define JFI_CLI_NUMBER_H
#include <stddef.h>

/* CSV: [+-] digits [. digits] [e [+-] digits], digits on one side of the point suffice. JSON: as RFC 8259 has it. */
enum cli_number_style { CLI_NUMBER_CSV, CLI_NUMBER_JSON };

/* The number at the beginning of text, which a zero byte ends. Returns its length, or 0 when there is none or it is not finite: no
 * words (nan, inf), no hexadecimal. More than 1000 characters are none. */
size_t cli_number(const char *text, enum cli_number_style style, double *x);
#endif
