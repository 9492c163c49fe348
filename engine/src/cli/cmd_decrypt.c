/* cli/cmd_decrypt.c: jfhe decrypt: opens what stats wrote, or a single ciphertext. Each number is shown with the bound on its error, in its own units. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cmd.h"
#include "cli/decrypt_file.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/manifest.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/secret_key.h"

const char cli_help_decrypt[] =
    "jfhe decrypt --keys DIR --in DIR|FILE    open a result\n"
    "\n"
    "  --keys DIR     with secret.key\n"
    "  --in DIR       what jfhe stats wrote\n"
    "  --in FILE      one ciphertext, such as jfhe run writes\n"
    "  --count N      of FILE: the first N numbers (default 8, with --csv and --json all)\n"
    "  --csv          one line a statistic: statistic,column,with,value,bound; of FILE one a number: slot,value,bound\n"
    "  --json         the same as JSON\n"
    "\n"
    "Every value is shown with a bound on its distance from the statistic of the file's numbers, proved "
    "(docs/SOUNDNESS.md). A correlation is the quotient of decrypted covariances: its division and root are\n"
    "done here. What is shown is for holders of the key; to show it to others, their noise has to be flooded first.\n";

/* A number and a bound on its distance from the true one. */
typedef struct known {
  double value, bound;
} known;

typedef struct result {
  const cli_manifest *m;
  known *sum;     /* 2S of each column */
  known *product; /* D of each pair x <= y */
  size_t k, pairs;
} result;

enum { NUMBERS_MAX = 4096 };

/* ---- numbers in the columns' own units (SOUNDNESS.md, "Statistics of the command line") ---- */
/* Three or four operations, each off by 2^-53 of its result; and what reading and encoding moved a value by, of |centre| + half. */
static const double ROUND = 0x1p-50, MOVED = 0x1p-51;

/* Bounds are sums and products of positive doubles, a dozen roundings. */
static double up(double bound) { return bound * (1 + 0x1p-40); }

static double moved(const cli_column *c) { return MOVED * (fabs(c->centre) + c->half); }

/* centre + half * 2S / 2n. */
static known mean_of(const result *r, size_t x) {
  const cli_column *c = &r->m->column[x];
  double f = c->half / (2.0 * (double)r->m->rows), term = f * r->sum[x].value;
  return (known){c->centre + term, up(f * r->sum[x].bound + ROUND * (fabs(c->centre) + fabs(term)) + moved(c))};
}

static known sum_of(const result *r, size_t x) {
  known m = mean_of(r, x);
  double n = (double)r->m->rows, v = m.value * n;
  return (known){v, up(m.bound * n + ROUND * fabs(v))};
}

/* half half' D / (4 n (n-1)). A displacement d of x and e of y moves a covariance by at most n/(n-1) (d half' + e half + d e). */
static known covariance_of(const result *r, size_t x, size_t y) {
  const cli_column *a = &r->m->column[x], *b = &r->m->column[y];
  size_t at = x * r->k - x * (x + 1) / 2 + y;
  double n = (double)r->m->rows, f = a->half * b->half / (4.0 * n * (n - 1)), v = f * r->product[at].value;
  double shift = moved(a) * b->half + moved(b) * a->half + moved(a) * moved(b);
  return (known){v, up(f * r->product[at].bound + ROUND * fabs(v) + shift * (n / (n - 1)))};
}

/* The magnitude of a true correlation lies in [(|c| - e)/high, (|c| + e)/low] and below 1. NaN when a variance may be 0. */
static known correlation_of(const result *r, size_t x, size_t y) {
  known c = covariance_of(r, x, y), a = covariance_of(r, x, x), b = covariance_of(r, y, y);
  if (!(a.value > a.bound && b.value > b.bound)) return (known){NAN, INFINITY};
  if (x == y) return (known){1, 0};
  double low = sqrt(a.value - a.bound) * sqrt(b.value - b.bound),
         high = sqrt(a.value + a.bound) * sqrt(b.value + b.bound);
  double v = c.value / (sqrt(a.value) * sqrt(b.value)), far = (fabs(c.value) + c.bound) / low;
  double most = far - fabs(v), least = fabs(v) - fmax(fabs(c.value) - c.bound, 0) / high,
         bound = up(fmax(most, least) + ROUND * (1 + 2 * far));
  v = fmax(-1, fmin(1, v)); /* nearer to every number in [-1, 1] */
  return (known){v, fmin(bound, 1 + fabs(v))};
}

/* ---- reading ---- */
/* Number i of a gathered ciphertext is coefficient i*N/2^l, 2^l >= count. */
static int open_numbers(known *to, size_t count, const jfhe_ctx *ctx, const jfhe_ct *ct, const jfhe_sk *sk,
                        const char *name) {
  size_t len = jfhe_decrypt_scratch(ctx), decode = jfhe_ckks_decode_scratch(ctx), n = 2 * (size_t)jfhe_ctx_slots(ctx),
         stride = n;
  if (decode > len) len = decode;
  if (count > n) return cli_fail("%s: holds %zu numbers at most", name, n);
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

static int take_file(result *r, const json *entry, size_t *sums, size_t *products, const jfhe_ctx *ctx,
                     const jfhe_sk *sk, const char *dir) {
  const char *name, *digest;
  const json *what = json_get(entry, "what", JSON_STRING);
  int64_t count = json_count(entry, "count", NUMBERS_MAX);
  CLI_DO(cli_manifest_file(entry, dir, 1, &name, &digest));
  int is_sum = what && strcmp(what->text, "sums") == 0;
  size_t *at = is_sum ? sums : products, all = is_sum ? r->k : r->pairs;
  if (!what || (!is_sum && strcmp(what->text, "products") != 0) || count < 1 || (size_t)count > all - *at)
    return cli_fail("%s/%s: 'numbers' does not fit its columns", dir, CLI_MANIFEST);
  jfhe_ct *ct;
  CLI_DO(cli_load_ct(ctx, &ct, dir, name, digest));
  int rc = jfhe_ct_packing(ct) == JFHE_PACK_COEFF
               ? open_numbers((is_sum ? r->sum : r->product) + *at, (size_t)count, ctx, ct, sk, name)
               : cli_fail("%s/%s: is not packed as a result", dir, name);
  jfhe_ct_free(ct);
  *at += (size_t)count;
  return rc;
}

static int read_result(result *r, const cli_manifest *m, const jfhe_ctx *ctx, const jfhe_sk *sk, const char *dir) {
  const json *numbers = json_get(m->root, "numbers", JSON_ARRAY);
  size_t sums = 0, products = 0, all = 0;
  *r = (result){.m = m, .k = m->n_columns, .pairs = m->n_columns * (m->n_columns + 1) / 2};
  for (const json *e = numbers ? numbers->child : NULL; e; e = e->next) {
    int64_t count = json_count(e, "count", NUMBERS_MAX);
    all += count > 0 ? (size_t)count : 0;
  }
  if (!numbers || all != r->k + r->pairs)
    return cli_fail("%s/%s: 'numbers' does not fit its columns", dir, CLI_MANIFEST); /* before memory for them */
  r->sum = jfi_alloc_zero(r->k * sizeof *r->sum);
  r->product = jfi_alloc_zero(r->pairs * sizeof *r->product);
  if (!r->sum || !r->product) return cli_fail("decrypt: no memory");
  for (const json *e = numbers->child; e; e = e->next) CLI_DO(take_file(r, e, &sums, &products, ctx, sk, dir));
  if (sums != r->k || products != r->pairs)
    return cli_fail("%s/%s: 'numbers' lacks some of its numbers", dir, CLI_MANIFEST);
  for (size_t x = 0; x < r->k; x++) {
    const cli_column *c = &m->column[x];
    known mean = mean_of(r, x), variance = covariance_of(r, x, x);
    if (!(fabs(mean.value - c->centre) <= c->half + mean.bound && variance.value >= -variance.bound))
      return cli_fail("%s: column '%s' is no result of jfhe stats: its mean or variance is impossible", dir, c->name);
  }
  return 0;
}

/* ---- printing ---- */
/* Digits that the bound supports: the last printed is about a tenth of it. What printing drops goes into the bound shown. */
static void print_known(known a) {
  char value[64], bound[32];
  if (!isfinite(a.value)) {
    printf("%22s   %8s", "undefined", "");
    return;
  }
  int digits = a.bound > 0 ? (int)ceil(-log10(a.bound)) + 1 : 12, whole = fabs(a.value) < 1e15 && digits <= 15;
  if (!whole) digits += fabs(a.value) > 0 ? (int)floor(log10(fabs(a.value))) : 0;
  digits = digits < 0 ? 0 : digits > 16 ? 16 : digits;
  snprintf(value, sizeof value, whole ? "%.*f" : "%.*e", digits, a.value);
  cli_print_bound(bound, a.bound + fabs(strtod(value, NULL) - a.value) + 0x1p-52 * fabs(a.value), 1);
  printf("%22s +- %-8s", value, bound);
}

static void print_matrix(const result *r) {
  double worst = 0;
  char text[32];
  printf("\ncorrelation (the last division and root were done here)\n%-26s", "");
  for (size_t x = 0; x < r->k; x++) {
    putchar(' ');
    cli_print_name(stdout, r->m->column[x].name, 10);
  }
  for (size_t x = 0; x < r->k; x++) {
    putchar('\n');
    cli_print_name(stdout, r->m->column[x].name, 26);
    for (size_t y = 0; y < r->k; y++) {
      known c = correlation_of(r, x < y ? x : y, x < y ? y : x);
      if (isfinite(c.value))
        printf(" %10.6f", c.value);
      else
        printf(" %10s", "undefined");
      if (isfinite(c.bound) && c.bound > worst) worst = c.bound;
    }
  }
  cli_print_bound(text, worst + 5.1e-7, 1); /* six digits are shown */
  printf("\neach, as shown, within %s\n", text);
}

static void print_table(const result *r) {
  printf("%llu rows. Each value is followed by a bound on its error, in the column's units.\n\n",
         (unsigned long long)r->m->rows);
  printf("%-26s %33s %34s %34s\n", "column", "sum         ", "mean         ", "variance         ");
  for (size_t x = 0; x < r->k; x++) {
    cli_print_name(stdout, r->m->column[x].name, 26);
    print_known(sum_of(r, x));
    print_known(mean_of(r, x));
    print_known(covariance_of(r, x, x));
    putchar('\n');
  }
  if (r->k > 1) print_matrix(r);
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
  char bound[32] = "inf";
  if (first) printf("statistic,column,with,value,bound\ncount,,,%llu,0\n", (unsigned long long)r->m->rows);
  if (isfinite(k.bound)) cli_print_bound(bound, k.bound, 3);
  printf("%s,", what);
  csv_name(r->m->column[x].name);
  putchar(',');
  csv_name(r->m->column[y].name);
  printf(",%.17g,%s\n", k.value, bound);
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
  uint32_t count = 0;
  const cli_option table[] = {{.name = "--keys", .text = &keys},
                              {.name = "--in", .text = &in},
                              {.name = "--count", .count = &count, .most = 1u << 17},
                              {.name = "--csv", .flag = &as_csv},
                              {.name = "--json", .flag = &as_json}};
  CLI_DO(cli_options("decrypt", argc, argv, table, sizeof table / sizeof *table, NULL, NULL));
  CLI_DO(cli_require("decrypt", "--keys", keys));
  CLI_DO(cli_require("decrypt", "--in", in));
  if (as_json && as_csv) return cli_fail("decrypt: --csv and --json exclude each other");
  if (!cli_is_folder(in))
    return cli_decrypt_file(keys, in, count, as_json ? CLI_AS_JSON : as_csv ? CLI_AS_CSV : CLI_AS_TEXT);
  if (count) return cli_fail("decrypt: --count is for a single ciphertext, %s is a folder", in);
  jfhe_ctx *ctx = NULL;
  jfhe_sk *sk = NULL;
  cli_manifest m = {0};
  result r = {0};
  int rc = cli_load_ctx(&ctx, keys, 1);
  if (rc == 0) rc = cli_load_sk(&sk, ctx, keys);
  if (rc == 0) rc = cli_manifest_load(&m, in, CLI_FORMAT_RESULT, ctx);
  if (rc == 0) rc = check_key(&m, sk, in);
  if (rc == 0) rc = read_result(&r, &m, ctx, sk, in);
  if (rc == 0 && as_json) {
    printf("{\"rows\":%llu,\"statistics\":[", (unsigned long long)m.rows);
    print_lines(&r, json_line);
    puts("]}");
  } else if (rc == 0) {
    if (as_csv)
      print_lines(&r, csv_line);
    else
      print_table(&r);
  }
  if (r.sum) jfi_free_secret(r.sum, r.k * sizeof *r.sum);
  if (r.product) jfi_free_secret(r.product, r.pairs * sizeof *r.product);
  cli_manifest_free(&m);
  jfhe_sk_free(sk);
  jfhe_ctx_free(ctx);
  return rc;
}
