/* cli/decrypt_file.h: opening one ciphertext: what `jfhe run` leaves, or a chunk of a table. */
#ifndef JFI_CLI_DECRYPT_FILE_H
#define JFI_CLI_DECRYPT_FILE_H
#include <stddef.h>

enum cli_number_format { CLI_AS_TEXT = 0, CLI_AS_CSV = 1, CLI_AS_JSON = 2 };

/* Prints the first `count` numbers of a ciphertext file (0: a few as text, all otherwise), with the bound on their error. */
int cli_decrypt_file(const char *keys, const char *path, size_t count, enum cli_number_format format);
/* "%.{digits}e" of a bound, not below it. */
void cli_print_bound(char text[32], double bound, int digits);
#endif
