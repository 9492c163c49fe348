/* cli/decrypt_file.c: see decrypt_file.h. */
#include "cli/decrypt_file.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/say.h"
#include "cli/secret_key.h"

enum { SHOWN = 8 }; /* numbers as text, when nobody says how many */

/* The numbers of one ciphertext: im is null for real ones. */
typedef struct opened {
  size_t count;
  double *re, *im, bound;
} opened;

void cli_print_bound(char text[32], double bound, int digits) {
  double b = bound;
  do {
    snprintf(text, 32, "%.*e", digits, b);
    b *= 1 + 0.2 * pow(10, -digits);
  } while (strtod(text, NULL) < bound);
}

static int decode(opened *o, const jfhe_ctx *ctx, const jfhe_sk *sk, const jfhe_ct *ct, const char *path) {
  jfhe_pt *pt = NULL;
  int coeffs = jfhe_ct_packing(ct) == JFHE_PACK_COEFF;
  size_t len = jfhe_decrypt_scratch(ctx), more = jfhe_ckks_decode_scratch(ctx);
  if (more > len) len = more;
  void *scratch = jfi_alloc(len);
  o->count = coeffs ? (size_t)1 << jfhe_ctx_log_n(ctx) : (size_t)1 << jfhe_ct_log_slots(ct);
  o->re = jfi_alloc_zero(o->count * sizeof *o->re);
  if (jfhe_ct_packing(ct) == JFHE_PACK_COMPLEX) o->im = jfi_alloc_zero(o->count * sizeof *o->im);
  int rc = scratch && o->re ? 0 : cli_fail("%s: no memory to decrypt it", path);
  jfhe_status st = rc ? JFHE_OK : jfhe_pt_new(&pt, ctx, jfhe_ct_level(ct));
  if (!rc && st == JFHE_OK) st = jfhe_decrypt(ctx, pt, ct, sk, scratch, len);
  if (!rc && st == JFHE_OK) st = jfhe_ckks_decode(ctx, o->re, o->im, o->count, pt, scratch, len);
  if (!rc && st == JFHE_OK) o->bound = jfhe_pt_error(pt);
  if (st != JFHE_OK) rc = cli_status(st, path);
  jfhe_pt_free(pt);
  if (scratch) jfi_free_secret(scratch, len);
  return rc;
}

static void close_opened(opened *o) {
  if (o->re) jfi_free_secret(o->re, o->count * sizeof *o->re);
  if (o->im) jfi_free_secret(o->im, o->count * sizeof *o->im);
}

static int load(jfhe_ct **ct, const jfhe_ctx *ctx, const char *path) {
  const uint8_t *bytes;
  size_t len;
  CLI_DO(cli_map(path, &bytes, &len));
  jfhe_status st = jfhe_ct_read(ctx, ct, bytes, len);
  cli_unmap(bytes, len);
  return st == JFHE_OK ? 0 : cli_status(st, path);
}

/* Digits that the bound supports, and one more. */
static int digits_of(double bound) {
  int digits = bound > 0 ? (int)ceil(-log10(bound)) + 1 : 15;
  return digits < 0 ? 0 : digits > 15 ? 15 : digits;
}

static void print_text(const opened *o, size_t count) {
  char bound[32];
  int digits = digits_of(o->bound);
  cli_print_bound(bound, o->bound + 0.5 * pow(10, -digits), 1); /* what printing drops counts */
  printf("%zu numbers, each within %s\n", o->count, bound);
  for (size_t i = 0; i < count; i++) {
    printf("  %8zu  %.*f", i, digits, o->re[i]);
    if (o->im) printf(" %+.*fi", digits, o->im[i]);
    putchar('\n');
  }
  if (count < o->count) printf("  ... %zu more; --count or --csv shows them\n", o->count - count);
}

static void print_csv(const opened *o, size_t count) {
  char bound[32];
  cli_print_bound(bound, o->bound, 3);
  puts(o->im ? "slot,real,imaginary,bound" : "slot,value,bound");
  for (size_t i = 0; i < count; i++) {
    printf("%zu,%.17g,", i, o->re[i]);
    if (o->im) printf("%.17g,", o->im[i]);
    puts(bound);
  }
}

static void print_numbers(const char *name, const double *x, size_t count) {
  printf(",\"%s\":[", name);
  for (size_t i = 0; i < count; i++) {
    if (i) putchar(',');
    cli_json_number(stdout, x[i]);
  }
  putchar(']');
}

static void print_json(const opened *o, size_t count) {
  fputs("{\"bound\":", stdout);
  cli_json_number(stdout, o->bound);
  print_numbers("real", o->re, count);
  if (o->im) print_numbers("imaginary", o->im, count);
  puts("}");
}

int cli_decrypt_file(const char *keys, const char *path, size_t count, enum cli_number_format format) {
  jfhe_ctx *ctx = NULL;
  jfhe_sk *sk = NULL;
  jfhe_ct *ct = NULL;
  opened o = {0};
  int rc = cli_load_ctx(&ctx, keys, 1);
  if (rc == 0) rc = cli_load_sk(&sk, ctx, keys);
  if (rc == 0) rc = load(&ct, ctx, path);
  if (rc == 0) rc = decode(&o, ctx, sk, ct, path);
  if (rc == 0) {
    size_t shown = count ? count : format == CLI_AS_TEXT ? SHOWN : o.count;
    if (shown > o.count) shown = o.count;
    if (format == CLI_AS_CSV)
      print_csv(&o, shown);
    else if (format == CLI_AS_JSON)
      print_json(&o, shown);
    else
      print_text(&o, shown);
  }
  close_opened(&o);
  jfhe_ct_free(ct);
  jfhe_sk_free(sk);
  jfhe_ctx_free(ctx);
  return rc;
}
