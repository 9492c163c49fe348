/* cli/cmd_encrypt.c: jfhe encrypt: the numeric columns of a CSV into seeded ciphertexts.
 *
 * A column's value x with public bounds [low, high] becomes u = (x - centre)/half in [-1, 1]. A ciphertext holds 2*slots rows: the
 * first half of a chunk as real parts, the second as imaginary parts. Two passes: the first finds types and bounds and refuses bad rows
 * before anything is written; the second encrypts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cmd.h"
#include "cli/csv.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/manifest.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/secret_key.h"
#include "cli/stop.h"

const char cli_help_encrypt[] =
    "jfhe encrypt --keys DIR --in FILE.csv --out DIR    encrypt the columns of a CSV\n"
    "\n"
    "  --keys DIR         with secret.key\n"
    "  --in FILE.csv      a header row, then numbers\n"
    "  --out DIR          a folder that does not exist yet\n"
    "  --columns A,B,..   these columns only (default: all; each must be numeric)\n"
    "  --bound A=LO:HI    the range of a column, public; a value outside is refused (default: the range found, "
    "widened)\n"
    "  --level L          lower than the top level: smaller files, fewer multiplications\n"
    "  --private-names    write columns as c0, c1, ..\n"
    "  --threads T        (default 1)\n"
    "  --json             print what was made as JSON\n"
    "\n"
    "Public afterwards: names (unless private), ranges, the number of rows. Secret: every value.\n";

typedef struct column {
  char *name;
  size_t cell;      /* which cell of a row */
  double low, high; /* found in the file; a declared bound where there is one */
  int bounded;
  double centre, half;
  double *value; /* one chunk of u */
} column;

typedef struct job {
  const char *path;
  column *col;
  size_t n_col;
  uint64_t rows;
  uint32_t log_slots, level;
  int private_names;
} job;

/* ---- columns ---- */
static int find_cell(const csv_reader *r, const char *name, size_t len, size_t *cell) {
  size_t found = 0;
  for (size_t i = 0; i < r->n_cells; i++)
    if (strlen(r->cell[i]) == len && memcmp(r->cell[i], name, len) == 0) {
      *cell = i;
      found++;
    }
  if (found == 1) return 0;
  return cli_fail("%s:1: %s column '%.*s'", r->path, found ? "more than one" : "no", (int)(len < 80 ? len : 80), name);
}

static int add_column(job *j, const char *name, size_t len, size_t cell) {
  column *c = &j->col[j->n_col];
  if (len == 0) return cli_fail("%s:1: column %zu has no name", j->path, cell + 1);
  c->name = jfi_alloc_zero(len + 1);
  if (!c->name) return cli_fail("no memory for columns");
  memcpy(c->name, name, len);
  c->cell = cell;
  c->low = INFINITY;
  c->high = -INFINITY;
  j->n_col++;
  return 0;
}

static int choose_columns(job *j, const csv_reader *r, const char *wanted) {
  j->col = jfi_alloc_zero(r->n_cells * sizeof *j->col);
  if (!j->col) return cli_fail("no memory for columns");
  if (!wanted)
    for (size_t i = 0; i < r->n_cells; i++) {
      size_t cell;
      CLI_DO(find_cell(r, r->cell[i], strlen(r->cell[i]), &cell));
      CLI_DO(add_column(j, r->cell[i], strlen(r->cell[i]), i));
    }
  while (wanted && *wanted) {
    size_t len = strcspn(wanted, ","), cell = 0;
    CLI_DO(find_cell(r, wanted, len, &cell));
    for (size_t i = 0; i < j->n_col; i++)
      if (j->col[i].cell == cell) return cli_fail("encrypt: --columns names '%s' twice", j->col[i].name);
    CLI_DO(add_column(j, wanted, len, cell));
    wanted += len + (wanted[len] == ',');
  }
  return j->n_col ? 0 : cli_fail("encrypt: --columns names no column");
}

/* a - b rounded up: exact where the difference is a double (its error term, exact in any order of a and b, is 0). */
static double difference_up(double a, double b) {
  double d = a - b, t = d - a, error = (a - (d - t)) - (b + t);
  return error == 0 ? d : nextafter(d, INFINITY);
}

/* [low, high] lies within centre +- half exactly. Hence |x - centre| <= half for each x between, rounded or not, and u in [-1, 1]. */
static void set_range(column *c, double low, double high) {
  c->low = low;
  c->high = high;
  c->centre = low / 2 + high / 2;
  c->half = fmax(difference_up(high, c->centre), difference_up(c->centre, low));
}

static int set_bounds(job *j, const char *const *bounds, size_t n) {
  for (size_t b = 0; b < n; b++) {
    const char *equals = strrchr(bounds[b], '='), *colon = equals ? strchr(equals, ':') : NULL;
    char low[64];
    double lo, hi;
    if (!equals || !colon || (size_t)(colon - equals) > sizeof low)
      return cli_fail("encrypt: --bound wants COLUMN=LOW:HIGH, not '%s'", bounds[b]);
    memcpy(low, equals + 1, (size_t)(colon - equals - 1));
    low[colon - equals - 1] = 0;
    if (!csv_number(low, &lo) || !csv_number(colon + 1, &hi) || !(lo < hi))
      return cli_fail("encrypt: --bound wants two numbers, the lower first: '%s'", bounds[b]);
    column *c = NULL;
    for (size_t i = 0; i < j->n_col; i++)
      if (strlen(j->col[i].name) == (size_t)(equals - bounds[b]) &&
          strncmp(j->col[i].name, bounds[b], (size_t)(equals - bounds[b])) == 0)
        c = &j->col[i];
    if (!c) return cli_fail("encrypt: --bound names no column that is encrypted: '%s'", bounds[b]);
    if (c->bounded) return cli_fail("encrypt: --bound names column '%s' twice", c->name);
    c->bounded = 1;
    set_range(c, lo, hi);
  }
  return 0;
}

/* Widened to a grid of an eighth of the spread's power of two, so that the exact extremes are not published. */
static void widen(column *c) {
  double spread = c->high - c->low, size = fmax(fabs(c->low), fabs(c->high));
  if (spread == 0) spread = size > 0 ? size / 8 : 1;
  int e;
  (void)frexp(spread, &e);
  double grid = ldexp(1.0, e - 4), low = floor(c->low / grid - 0.5) * grid, high = ceil(c->high / grid + 0.5) * grid;
  set_range(c, fmin(low, c->low), fmax(high, c->high)); /* a column of huge numbers close together has no such grid */
}

/* ---- reading ---- */
static int number_of(const csv_reader *r, const column *c, size_t row_cells, double *x) {
  const char *cell = c->cell < row_cells ? r->cell[c->cell] : "";
  if (csv_number(cell, x)) return 0;
  const char *what = cell[0] == 0 ? "is empty" : "is no finite number";
  return cli_fail("%s:%zu:%zu: column '%s' %s", r->path, r->line, c->cell + 1, c->name, what);
}

static int row_shape(const csv_reader *r, size_t want) {
  return r->n_cells == want ? 0 : cli_fail("%s:%zu: %zu cells, the header has %zu", r->path, r->line, r->n_cells, want);
}

static int first_pass(job *j, csv_reader *r, size_t header_cells) {
  int got;
  while ((got = csv_next(r)) > 0) {
    CLI_DO(row_shape(r, header_cells));
    for (size_t i = 0; i < j->n_col; i++) {
      column *c = &j->col[i];
      double x;
      CLI_DO(number_of(r, c, header_cells, &x));
      if (c->bounded && (x < c->low || x > c->high))
        return cli_fail("%s:%zu:%zu: column '%s' is outside its bound", r->path, r->line, c->cell + 1, c->name);
      if (x < c->low) c->low = x;
      if (x > c->high) c->high = x;
    }
    if (++j->rows > CSV_ROWS_MAX) return cli_fail("%s: more than %d rows", r->path, CSV_ROWS_MAX);
    if ((j->rows & 0xfff) == 0) CLI_DO(cli_stop_check());
  }
  if (got < 0) return -got;
  if (j->rows == 0) return cli_fail("%s: no rows below the header", r->path);
  for (size_t i = 0; i < j->n_col; i++) {
    column *c = &j->col[i];
    if (!c->bounded) widen(c);
    if (!(c->half >= CLI_HALF_MIN && fabs(c->centre) + c->half <= CLI_RANGE_MAX))
      return cli_fail("%s: column '%s' spans too large or too small a range (%g to %g are possible)", r->path, c->name,
                      CLI_HALF_MIN, CLI_RANGE_MAX);
  }
  return 0;
}

/* ---- encrypting ---- */
typedef struct sealer {
  const jfhe_ctx *ctx;
  const jfhe_sk *sk;
  jfhe_pt *pt;
  jfhe_ct *ct;
  void *scratch;
  size_t scratch_len, bytes;
  FILE **list; /* per column: JSON of its files */
  char **list_text;
  size_t *list_len;
  const char *dir;
} sealer;

static int seal_chunk(sealer *s, const job *j, size_t chunk) {
  size_t slots = (size_t)1 << j->log_slots;
  for (size_t i = 0; i < j->n_col; i++) {
    char name[64], digest[65];
    size_t len;
    CLI_TRY(jfhe_ckks_encode_fresh(s->ctx, s->pt, j->col[i].value, j->col[i].value + slots, slots, JFHE_PACK_COMPLEX,
                                   j->log_slots, j->level, 0, sqrt(2.0), s->scratch, s->scratch_len),
            j->path);
    CLI_TRY(jfhe_encrypt(s->ctx, s->ct, s->pt, s->sk, s->scratch, s->scratch_len), j->path);
    snprintf(name, sizeof name, "c%zu-%zu.ct", i, chunk);
    CLI_DO(cli_save_ct(s->dir, name, s->ct, JFHE_ENCODING_SEEDED, digest, &len));
    fprintf(s->list[i], "%s{\"name\":\"%s\",\"sha256\":\"%s\"}", chunk ? "," : "", name, digest);
    s->bytes += len;
  }
  return 0;
}

static int second_pass(sealer *s, job *j, csv_reader *r, size_t header_cells) {
  size_t room = (size_t)2 << j->log_slots, at = 0, chunk = 0;
  uint64_t rows = 0;
  cli_progress p;
  int got;
  cli_progress_start(&p, "encrypting", j->rows);
  while ((got = csv_next(r)) > 0) {
    CLI_DO(row_shape(r, header_cells));
    for (size_t i = 0; i < j->n_col; i++) {
      column *c = &j->col[i];
      double x;
      CLI_DO(number_of(r, c, header_cells, &x));
      if (x < c->low || x > c->high) return cli_fail("%s: changed while it was read", r->path);
      c->value[at] = (x - c->centre) / c->half;
    }
    rows++;
    if (++at == room) {
      CLI_DO(seal_chunk(s, j, chunk++));
      at = 0;
      cli_progress_at(&p, rows);
    }
  }
  if (got < 0) return -got;
  if (rows != j->rows) return cli_fail("%s: changed while it was read", r->path);
  if (at > 0) {
    for (size_t i = 0; i < j->n_col; i++) memset(j->col[i].value + at, 0, (room - at) * sizeof(double));
    CLI_DO(seal_chunk(s, j, chunk));
  }
  cli_progress_end(&p);
  return 0;
}

static int write_manifest(const sealer *s, const job *j) {
  char *text = NULL, id[2 * JFHE_ID_BYTES + 1];
  size_t len;
  uint8_t key_id[JFHE_ID_BYTES];
  jfhe_sk_id(s->sk, key_id);
  cli_hex(id, key_id, sizeof key_id);
  FILE *out = open_memstream(&text, &len);
  if (!out) return cli_fail("no memory for the manifest");
  cli_manifest_head(out, CLI_FORMAT_TABLE, s->ctx, id, j->rows, j->log_slots);
  fputs(",\"columns\":[", out);
  for (size_t i = 0; i < j->n_col; i++) {
    char plain[32];
    snprintf(plain, sizeof plain, "c%zu", i);
    fprintf(out, "%s\n{\"name\":", i ? "," : "");
    cli_json_string(out, j->private_names ? plain : j->col[i].name);
    fputs(",\"centre\":", out);
    cli_json_number(out, j->col[i].centre);
    fputs(",\"half\":", out);
    cli_json_number(out, j->col[i].half);
    fflush(s->list[i]);
    fprintf(out, ",\"files\":[%s]}", s->list_text[i]);
  }
  fputs("]}\n", out);
  fclose(out);
  int rc = cli_manifest_save(s->dir, text, len);
  free(text);
  return rc;
}

static int open_sealer(sealer *s, job *j, const jfhe_ctx *ctx, const jfhe_sk *sk, const char *dir) {
  *s = (sealer){.ctx = ctx, .sk = sk, .dir = dir};
  size_t encode = jfhe_ckks_encode_scratch(ctx), encrypt = jfhe_encrypt_scratch(ctx);
  s->scratch_len = encode > encrypt ? encode : encrypt;
  s->scratch = jfi_alloc(s->scratch_len);
  s->list = jfi_alloc_zero(j->n_col * sizeof *s->list);
  s->list_text = jfi_alloc_zero(j->n_col * sizeof *s->list_text);
  s->list_len = jfi_alloc_zero(j->n_col * sizeof *s->list_len);
  if (!s->scratch || !s->list || !s->list_text || !s->list_len) return cli_fail("no memory to encrypt");
  for (size_t i = 0; i < j->n_col; i++) {
    j->col[i].value = jfi_alloc(((size_t)2 << j->log_slots) * sizeof(double));
    s->list[i] = open_memstream(&s->list_text[i], &s->list_len[i]);
    if (!j->col[i].value || !s->list[i]) return cli_fail("no memory to encrypt");
  }
  CLI_TRY(jfhe_pt_new(&s->pt, ctx, j->level), "plaintext");
  CLI_TRY(jfhe_ct_new(&s->ct, ctx, 1, j->level), "ciphertext");
  return 0;
}

static void close_sealer(sealer *s, job *j) {
  for (size_t i = 0; s->list && i < j->n_col; i++) {
    if (s->list[i]) fclose(s->list[i]);
    free(s->list_text[i]);
  }
  jfi_free(s->list);
  jfi_free(s->list_text);
  jfi_free(s->list_len);
  if (s->scratch) jfi_free_secret(s->scratch, s->scratch_len);
  jfhe_pt_free(s->pt);
  jfhe_ct_free(s->ct);
  for (size_t i = 0; i < j->n_col; i++) {
    if (j->col[i].value) jfi_free_secret(j->col[i].value, ((size_t)2 << j->log_slots) * sizeof(double));
    jfi_free(j->col[i].name);
  }
  jfi_free(j->col);
}

static int scan(job *j, const char *columns, const char *const *bounds, size_t n_bounds, size_t *header_cells) {
  csv_reader r;
  int rc = csv_open(&r, j->path);
  if (rc == 0) rc = choose_columns(j, &r, columns);
  if (rc == 0) rc = set_bounds(j, bounds, n_bounds);
  *header_cells = r.n_cells;
  if (rc == 0) rc = first_pass(j, &r, r.n_cells);
  csv_close(&r);
  return rc;
}

static int seal(sealer *s, job *j, size_t header_cells) {
  csv_reader r;
  int rc = csv_open(&r, j->path);
  if (rc == 0 && r.n_cells != header_cells) rc = cli_fail("%s: changed while it was read", j->path);
  if (rc == 0) rc = second_pass(s, j, &r, header_cells);
  csv_close(&r);
  return rc ? rc : write_manifest(s, j);
}

static void report(const job *j, const sealer *s, const char *out, double seconds, int as_json) {
  char size[16], time[16];
  double values = (double)j->rows * (double)j->n_col;
  if (as_json) {
    printf("{\"rows\":%llu,\"columns\":%zu,\"level\":%u,\"bytes\":%zu,\"bytes_per_value\":%.1f,\"seconds\":%.3f}\n",
           (unsigned long long)j->rows, j->n_col, j->level, s->bytes, (double)s->bytes / values, seconds);
    return;
  }
  cli_print_name(stdout, out, 0);
  printf(": %llu rows, %zu columns, encrypted in %s\n", (unsigned long long)j->rows, j->n_col,
         cli_seconds(time, seconds));
  printf("  size    %s, %.1f bytes a value\n", cli_bytes(size, (double)s->bytes), (double)s->bytes / values);
  printf("  public  the number of rows, %s, and a range for each column\n",
         j->private_names ? "no names" : "the names of the columns");
}

/* Smallest vector that holds all rows in one ciphertext, else all slots. */
static uint32_t choose_slots(const jfhe_ctx *ctx, uint64_t rows) {
  uint32_t k = 1;
  while (k < jfhe_ctx_log_n(ctx) - 1 && ((uint64_t)2 << k) < rows) k++;
  return k;
}

static int check_count(const job *j) {
  uint64_t per = (uint64_t)2 << j->log_slots, files = (j->rows + per - 1) / per * j->n_col;
  return files <= CLI_FILES_MAX ? 0
                                : cli_fail("%s: would make %llu files; %d are possible", j->path,
                                           (unsigned long long)files, CLI_FILES_MAX);
}

int cli_encrypt(int argc, char **argv) {
  const char *keys = NULL, *in = NULL, *out = NULL, *columns = NULL;
  static const char *bounds[CLI_REPEAT_MAX];
  size_t n_bounds = 0, header_cells = 0;
  uint32_t level = UINT32_MAX, threads = 1;
  int as_json = 0, private_names = 0;
  const cli_option table[] = {{.name = "--keys", .text = &keys},
                              {.name = "--in", .text = &in},
                              {.name = "--out", .text = &out},
                              {.name = "--columns", .text = &columns},
                              {.name = "--bound", .list = bounds, .list_len = &n_bounds},
                              {.name = "--level", .count = &level, .most = 63},
                              {.name = "--threads", .count = &threads, .most = 256},
                              {.name = "--private-names", .flag = &private_names},
                              {.name = "--json", .flag = &as_json}};
  CLI_DO(cli_options("encrypt", argc, argv, table, sizeof table / sizeof *table, NULL, NULL));
  CLI_DO(cli_require("encrypt", "--keys", keys));
  CLI_DO(cli_require("encrypt", "--in", in));
  CLI_DO(cli_require("encrypt", "--out", out));
  double start = cli_now();
  jfhe_ctx *ctx = NULL;
  jfhe_sk *sk = NULL;
  sealer s = {0};
  cli_stage stage = {.open = 0};
  job j = {.path = in, .private_names = private_names};
  CLI_DO(cli_load_ctx(&ctx, keys, threads));
  j.level = level == UINT32_MAX ? jfhe_ctx_levels(ctx) : level;
  int rc = j.level > jfhe_ctx_levels(ctx)
               ? cli_fail("encrypt: --level %u is over the top level %u", j.level, jfhe_ctx_levels(ctx))
               : 0;
  if (rc == 0) rc = cli_load_sk(&sk, ctx, keys);
  if (rc == 0) rc = scan(&j, columns, bounds, n_bounds, &header_cells);
  j.log_slots = choose_slots(ctx, j.rows);
  if (rc == 0) rc = check_count(&j);
  if (rc == 0) rc = cli_stage_open(&stage, out);
  if (rc == 0) rc = open_sealer(&s, &j, ctx, sk, stage.path);
  if (rc == 0) rc = seal(&s, &j, header_cells);
  if (rc == 0) rc = cli_stage_commit(&stage);
  if (rc == 0) report(&j, &s, out, cli_now() - start, as_json);
  cli_stage_drop(&stage);
  close_sealer(&s, &j);
  jfhe_sk_free(sk);
  jfhe_ctx_free(ctx);
  return rc;
}
