/* cli/csv.h: rows of a CSV file (RFC 4180: quotes, CRLF, a byte order mark), one at a time, with limits. */
#ifndef JFI_CLI_CSV_H
#define JFI_CLI_CSV_H
#include <stddef.h>
#include <stdio.h>

enum { CSV_COLUMNS_MAX = 4096, CSV_ROW_MAX = 1 << 20, CSV_ROWS_MAX = 1 << 30 };

typedef struct csv_reader {
  FILE *file;
  const char *path;
  char *buf;             /* CSV_ROW_MAX: cells of the current row, each ended by 0 */
  const char **cell;     /* CSV_COLUMNS_MAX */
  size_t n_cells;
  size_t line;           /* of the current row's first character, from 1 */
  size_t next_line;
} csv_reader;

/* Opens and reads the header into cell[]. */
int csv_open(csv_reader *r, const char *path);
/* 1: a row is in cell[]; 0: the end; negative: refused, said. Blank lines are passed over. */
int csv_next(csv_reader *r);
void csv_close(csv_reader *r);
/* A finite decimal number, nothing else in the cell but blanks around it. 0 on failure. */
int csv_number(const char *cell, double *x);
#endif
