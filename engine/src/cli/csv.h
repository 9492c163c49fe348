/* cli/csv.h: rows of a CSV file (RFC 4180: quotes, CRLF, a byte order mark), one at a time, with limits. */
#ifndef JFI_CLI_CSV_H
#define JFI_CLI_CSV_H
#include <stddef.h>
#include <stdint.h>

enum { CSV_COLUMNS_MAX = 4096, CSV_ROW_MAX = 1 << 20, CSV_ROWS_MAX = 1 << 30 };

typedef struct csv_reader {
  int fd; /* -1: the text is in memory */
  const char *path;
  uint8_t *in; /* what was read and not yet taken: in[at .. end) */
  size_t at, end;
  size_t in_used, buf_used; /* what closing has to wipe */
  char *buf;                /* CSV_ROW_MAX: cells of the current row, each ended by 0 */
  const char **cell;        /* CSV_COLUMNS_MAX */
  size_t n_cells;
  size_t line; /* of the current row's first character, from 1 */
  size_t next_line;
} csv_reader;

/* Opens a regular file and reads the header into cell[]. Refuses what is no UTF-8. csv_close in every case. */
int csv_open(csv_reader *r, const char *path);
/* The same over len bytes of memory. */
int csv_open_bytes(csv_reader *r, const char *path, const uint8_t *bytes, size_t len);
/* 1: a row is in cell[]; 0: the end; negative: refused, said. Blank lines may only end the file: in between, one could stand for a
 * missing value. */
int csv_next(csv_reader *r);
/* Wipes what it held. */
void csv_close(csv_reader *r);
/* A finite decimal number, nothing else in the cell but blanks around it. 0 on failure. */
int csv_number(const char *cell, double *x);
#endif
