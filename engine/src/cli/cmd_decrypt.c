/* cli/cmd_decrypt.c: jfhe decrypt: opens what stats wrote. Each number is shown with the bound on its error, in its own units. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cmd.h"
#include "cli/keys.h"
#include "cli/manifest.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/secret_key.h"

const char cli_help_decrypt[] =
    "jfhe decrypt --keys DIR --in DIR    open a result\n"
    "\n"
    "  --keys DIR     with secret.key\n"
    "  --in DIR       what jfhe stats wrote\n"
    "  --csv          one line a statistic: statistic,column,column,value,bound\n"
    "  --json         the same as JSON\n"
    "\n"
    "Every value is shown with a bound on its error. A correlation is the quotient of decrypted covariances: its division and root are\n"
    "done here. What is shown is for holders of the key; to show it to others, their noise has to be flooded first.\n";

/* A number and a bound on its distance from the true one. */
typedef struct known {
  double value, bound;
} known;

typedef struct result {
  const cli_manifest *m;
  known *sum;      /* 2S of each column */
  known *product;  /* D of each pair x <= y */
  size_t k, pairs;
} result;

enum { NUMBERS_MAX = 4096 };

/* ---- reading ---- */
/* Number i of a gathered ciphertext is coefficient i*N/2^l, 2^l >= count. */
static int open_numbers(known *to, size_t count, const jfhe_ctx *ctx, const jfhe_ct *ct, const jfhe_sk *sk, const char *name) {
  size_t len = jfhe_decrypt_scratch(ctx), decode = jfhe_ckks_decode_scratch(ctx), n = 2 * (size_t)jfhe_ctx_slots(ctx), stride = n;
  if (decode > len) len = decode;
  while (n / stride < count) stride /= 2;
  void *scratch = jfi_alloc(len);
  double *x = jfi_alloc(n * sizeof *x);
  jfhe_pt *pt = NULL;
  jfhe_status st = scratch && x ? jfhe_pt_new(&pt, ctx, jfhe_ct_level(ct)) : JFHE_ERR_MEMORY;
  if (st == JFHE_OK) st = jfhe_decrypt(ctx, pt, ct, sk, scratch, len);
  if (st == JFHE_OK) st = jfhe_ckks_decode(ctx, x, NULL, n, pt, scratch, len);
  for (size_t i = 0; st == JFHE_OK && i < count; i++) to[i] = (known){x[i * stride], jfhe_pt_error(pt)};
  if (scratch) jfi_free_secret(scratch, len);
  if (x) jfi_free_secret(x, n * sizeof *x);
  jfhe_pt_free(pt);
  return st == JFHE_OK ? 0 : cli_status(st, name);
}

static int take_file(result *r, const json *entry, size_t *sums, size_t *products, const jfhe_ctx *ctx, const jfhe_sk *sk, const char *dir) {
  const char *name, *digest;
  const json *what = json_get(entry, "what", JSON_STRING);
  int64_t count = json_count(entry, "count", NUMBERS_MAX);
  CLI_DO(cli_manifest_file(entry, dir, &name, &digest));
  int is_sum = what && strcmp(what->text, "sums") == 0;
  size_t *at = is_sum ? sums : products, all = is_sum ? r->k : r->pairs;
  if (!what || (!is_sum && strcmp(what->text, "products") != 0) || count < 1 || (size_t)count > all - *at)
    return cli_fail("%s/%s: 'numbers' does not fit its columns", dir, CLI_MANIFEST);
  jfhe_ct *ct;
  CLI_DO(cli_load_ct(ctx, &ct, dir, name, digest));
  int rc = jfhe_ct_packing(ct) == JFHE_PACK_COEFF ? open_numbers((is_sum ? r->sum : r->product) + *at, (size_t)count, ctx, ct, sk, name)
                                                  : cli_fail("%s/%s: is not packed as a result", dir, name);
  jfhe_ct_free(ct);
  *at += (size_t)count;
  return rc;
}

static int read_result(result *r, const cli_manifest *m, const jfhe_ctx *ctx, const jfhe_sk *sk, const char *dir) {
  const json *numbers = json_get(m->root, "numbers", JSON_ARRAY);
  size_t sums = 0, products = 0;
  *r = (result){.m = m, .k = m->n_columns, .pairs = m->n_columns * (m->n_columns + 1) / 2};
  r->sum = jfi_alloc_zero(r->k * sizeof *r->sum);
  r->product = jfi_alloc_zero(r->pairs * sizeof *r->product);
  if (!numbers || !r->sum || !r->product) return cli_fail("%s/%s: 'numbers' is missing", dir, CLI_MANIFEST);
  for (const json *e = numbers->child; e; e = e->next) CLI_DO(take_file(r, e, &sums, &products, ctx, sk, dir));
  return sums == r->k && products == r->pairs ? 0 : cli_fail("%s/%s: 'numbers' lacks some of its numbers", dir, CLI_MANIFEST);
}

/* ---- numbers in the columns' own units; every bound takes in the roundings of doubles on the way ---- */
static const double ROUND = 0x1p-49; /* a handful of operations, each 2^-53 */

static known mean_of(const result *r, size_t x) {
  const cli_column *c = &r->m->column[x];
  double f = c->half / (2.0 * (double)r->m->rows), v = c->centre + f * r->sum[x].value;
  return (known){v, f * r->sum[x].bound + ROUND * (fabs(c->centre) + c->half)};
}

static known sum_of(const result *r, size_t x) {
  known m = mean_of(r, x);
  double n = (double)r->m->rows;
  return (known){m.value * n, m.bound * n * (1 + ROUND)};
}

/* Encoding u = (x - centre)/half in doubles moved each value by up to 2^-51 (|centre| + half): a covariance by 4 times that times half. */
static known covariance_of(const result *r, size_t x, size_t y) {
  size_t at = x * r->k - x * (x + 1) / 2 + y;
  double n = (double)r->m->rows, hx = r->m->column[x].half, hy = r->m->column[y].half;
  double f = hx * hy / (4.0 * n * (n - 1)), v = f * r->product[at].value;
  double moved = 0x1p-49 * ((fabs(r->m->column[x].centre) + hx) * hy + (fabs(r->m->column[y].centre) + hy) * hx);
  return (known){v, f * r->product[at].bound + ROUND * fabs(v) + moved * n / (n - 1)};
}

/* Interval arithmetic; NaN when a variance may be 0. */
static known correlation_of(const result *r, size_t x, size_t y) {
  known c = covariance_of(r, x, y), a = covariance_of(r, x, x), b = covariance_of(r, y, y);
  double v = c.value / sqrt(a.value * b.value);
  double low = sqrt(fmax(a.value - a.bound, 0) * fmax(b.value - b.bound, 0)), high = sqrt((a.value + a.bound) * (b.value + b.bound));
  if (!(low > 0)) return (known){NAN, INFINITY};
  double most = (fabs(c.value) + c.bound) / low - fabs(v), least = fabs(v) - fmax(fabs(c.value) - c.bound, 0) / high;
  return (known){x == y ? 1 : v, x == y ? 0 : fmax(most, least) + ROUND};
}

/* ---- printing ---- */
/* Digits that the bound supports: the last printed is about a tenth of it. */
static void print_known(known a) {
  if (!isfinite(a.value)) {
    printf("%22s", "undefined");
    return;
  }
  int digits = a.bound > 0 ? (int)ceil(-log10(a.bound)) + 1 : 12;
  digits = digits < 0 ? 0 : digits > 15 ? 15 : digits;
  printf("%22.*f +- %-8.1e", digits, a.value, a.bound);
}

static void print_table(const result *r) {
  printf("%llu rows. Each value is followed by a bound on its error, in the column's units.\n\n", (unsigned long long)r->m->rows);
  printf("%-26s %33s %34s %34s\n", "column", "sum", "mean", "variance");
  for (size_t x = 0; x < r->k; x++) {
    printf("%-26.26s", r->m->column[x].name);
    print_known(sum_of(r, x));
    print_known(mean_of(r, x));
    print_known(covariance_of(r, x, x));
    putchar('\n');
  }
  if (r->k < 2) return;
  double worst = 0;
  printf("\ncorrelation (the last division and root were done here)\n%-26s", "");
  for (size_t x = 0; x < r->k; x++) printf(" %10.10s", r->m->column[x].name);
  for (size_t x = 0; x < r->k; x++) {
    printf("\n%-26.26s", r->m->column[x].name);
    for (size_t y = 0; y < r->k; y++) {
      known c = correlation_of(r, x < y ? x : y, x < y ? y : x);
      printf(" %10.6f", c.value);
      if (c.bound > worst) worst = c.bound;
    }
  }
  printf("\neach within %.1e\n", worst);
}

typedef void (*line_fn)(const result *r, const char *what, size_t x, size_t y, known k, int first);

static void csv_name(const char *s) {
  putchar('"');
  for (; *s; s++) {
    if (*s == '"') putchar('"');
    putchar(*s);
  }
  putchar('"');
}

static void csv_line(const result *r, const char *what, size_t x, size_t y, known k, int first) {
  if (first) puts("statistic,column,with,value,bound");
  printf("%s,", what);
  csv_name(r->m->column[x].name);
  putchar(',');
  csv_name(r->m->column[y].name);
  printf(",%.17g,%.3g\n", k.value, k.bound * 1.01);
}

static void json_line(const result *r, const char *what, size_t x, size_t y, known k, int first) {
  printf("%s\n{\"statistic\":\"%s\",\"column\":", first ? "" : ",", what);
  cli_json_string(stdout, r->m->column[x].name);
  fputs(",\"with\":", stdout);
  cli_json_string(stdout, r->m->column[y].name);
  fputs(",\"value\":", stdout);
  cli_json_number(stdout, k.value);
  fputs(",\"bound\":", stdout);
  cli_json_number(stdout, k.bound);
  putchar('}');
}

static void print_lines(const result *r, line_fn line) {
  for (size_t x = 0; x < r->k; x++) {
    line(r, "sum", x, x, sum_of(r, x), x == 0);
    line(r, "mean", x, x, mean_of(r, x), 0);
    line(r, "variance", x, x, covariance_of(r, x, x), 0);
  }
  for (size_t x = 0; x < r->k; x++)
    for (size_t y = x + 1; y < r->k; y++) {
      line(r, "covariance", x, y, covariance_of(r, x, y), 0);
      line(r, "correlation", x, y, correlation_of(r, x, y), 0);
    }
}

static int check_key(const cli_manifest *m, const jfhe_sk *sk, const char *dir) {
  uint8_t id[JFHE_ID_BYTES];
  char hex[2 * JFHE_ID_BYTES + 1];
  jfhe_sk_id(sk, id);
  cli_hex(hex, id, sizeof id);
  return strcmp(hex, m->key_id) == 0 ? 0 : cli_fail("%s: was encrypted under another key", dir);
}

int cli_decrypt(int argc, char **argv) {
  const char *keys = NULL, *in = NULL;
  int as_json = 0, as_csv = 0;
  const cli_option table[] = {{.name = "--keys", .text = &keys}, {.name = "--in", .text = &in}, {.name = "--csv", .flag = &as_csv}, {.name = "--json", .flag = &as_json}};
  CLI_DO(cli_options("decrypt", argc, argv, table, sizeof table / sizeof *table, NULL, NULL));
  CLI_DO(cli_require("decrypt", "--keys", keys));
  CLI_DO(cli_require("decrypt", "--in", in));
  if (as_json && as_csv) return cli_fail("decrypt: --csv and --json exclude each other");
  jfhe_ctx *ctx = NULL;
  jfhe_sk *sk = NULL;
  cli_manifest m = {0};
  result r = {0};
  int rc = cli_load_ctx(&ctx, keys, 1);
  if (rc == 0) rc = cli_load_sk(&sk, ctx, keys);
  if (rc == 0) rc = cli_manifest_load(&m, in, "jfhe-stats-1", ctx);
  if (rc == 0) rc = check_key(&m, sk, in);
  if (rc == 0) rc = read_result(&r, &m, ctx, sk, in);
  if (rc == 0 && as_json) {
    printf("{\"rows\":%llu,\"statistics\":[", (unsigned long long)m.rows);
    print_lines(&r, json_line);
    puts("]}");
  } else if (rc == 0) {
    if (as_csv) print_lines(&r, csv_line);
    else print_table(&r);
  }
  if (r.sum) jfi_free_secret(r.sum, r.k * sizeof *r.sum);
  if (r.product) jfi_free_secret(r.product, r.pairs * sizeof *r.product);
  cli_manifest_free(&m);
  jfhe_sk_free(sk);
  jfhe_ctx_free(ctx);
  return rc;
}
