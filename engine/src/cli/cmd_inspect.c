/* cli/cmd_inspect.c: jfhe inspect: what a container's header says. No key, no context, no payload. */
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cli/cmd.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/options.h"
#include "cli/say.h"

const char cli_help_inspect[] =
    "jfhe inspect FILE...    say what a container is\n"
    "\n"
    "  --json     one JSON object a file\n"
    "\n"
    "Reads headers alone: kind, parameters, level, scale, bounds, key. Needs no key and shows no value.\n";

static const char *kind_of(uint32_t kind) {
  static const char *const text[] = {"",     "relinearisation", "Galois",    "old to new",
                                     "lift", "lower",           "to sparse", "from sparse"};
  return kind < sizeof text / sizeof *text ? text[kind] : "unknown";
}

static const char *packing_of(uint32_t packing) {
  static const char *const text[] = {"real slots", "complex slots", "coefficients", "slots of integers"};
  return packing < sizeof text / sizeof *text ? text[packing] : "numbers";
}

static void print_json(const char *path, const jfhe_info *i) {
  char hash[2 * JFHE_HASH_BYTES + 1], key[2 * JFHE_ID_BYTES + 1];
  cli_hex(hash, i->params_hash, JFHE_HASH_BYTES);
  cli_hex(key, i->key_id, JFHE_ID_BYTES);
  fputs("{\"file\":", stdout);
  cli_json_string(stdout, path);
  printf(",\"object\":\"%s\",\"encoding\":\"%s\",\"version\":%u,\"log_n\":%u,\"level\":%u,\"limbs\":%u,\"degree\":%u,"
         "\"packing\":%u,\"log_slots\":%u,\"kind\":%u,\"galois\":%u,\"digits\":%u",
         jfhe_object_text(i->object), jfhe_encoding_text(i->encoding), i->version, i->log_n, i->level, i->limbs,
         i->degree, i->packing, i->log_slots, i->kind, i->galois, i->digits);
  printf(",\"bytes\":%llu,\"params\":\"%s\",\"key_id\":\"%s\",\"scale\":", (unsigned long long)i->total_bytes, hash,
         key);
  cli_json_number(stdout, i->scale);
  fputs(",\"magnitude\":", stdout);
  cli_json_number(stdout, i->magnitude);
  fputs(",\"error_worst\":", stdout);
  cli_json_number(stdout, i->error_worst);
  fputs(",\"error_probable\":", stdout);
  cli_json_number(stdout, i->error_probable);
  puts("}");
}

static void print_text(const char *path, const jfhe_info *i) {
  char hash[2 * JFHE_HASH_BYTES + 1], key[2 * JFHE_ID_BYTES + 1], size[16];
  cli_hex(hash, i->params_hash, JFHE_HASH_BYTES);
  cli_hex(key, i->key_id, JFHE_ID_BYTES);
  cli_print_name(stdout, path, 0);
  printf(": %s, %s, %s\n", jfhe_object_text(i->object), jfhe_encoding_text(i->encoding),
         cli_bytes(size, (double)i->total_bytes));
  printf("  parameters  %.16s..., degree 2^%u\n", hash, i->log_n);
  if (i->object != JFHE_OBJECT_PARAMS) printf("  key         %s\n", key);
  if (i->object == JFHE_OBJECT_CT) {
    printf("  holds       2^%u %s, degree %u, level %u (%u residues)\n", i->log_slots, packing_of(i->packing),
           i->degree, i->level, i->limbs);
    if (i->modulus)
      printf("  modulus     %u, exact\n", i->modulus);
    else
      printf("  scale       2^%.3f\n", log2(i->scale));
    printf("  bounds      |value| <= %.4g, error <= %.2e (typically %.1e)\n", i->magnitude, i->error_worst,
           i->error_probable);
  } else if (i->object == JFHE_OBJECT_EVK) {
    printf("  use         %s", kind_of(i->kind));
    if (i->galois) printf(", element %u", i->galois);
    printf(", up to level %u, %u digits of %u residues\n", i->level, i->digits, i->limbs);
  }
}

int cli_inspect(int argc, char **argv) {
  static const char *file[CLI_REPEAT_MAX];
  size_t n = 0;
  int as_json = 0;
  const cli_option table[] = {{.name = "--json", .flag = &as_json}};
  CLI_DO(cli_options("inspect", argc, argv, table, 1, file, &n));
  if (n == 0) return cli_fail("inspect: a file is missing; see jfhe help inspect");
  int rc = 0;
  for (size_t f = 0; f < n; f++) {
    uint8_t head[JFHE_HEADER_BYTES_MAX];
    size_t got, len;
    jfhe_info info;
    int bad = cli_read_head(file[f], head, sizeof head, &got, &len);
    if (bad == 0) {
      jfhe_status st = jfhe_inspect(head, got, &info);
      if (st == JFHE_OK && info.total_bytes != len)
        bad = cli_fail("%s: %zu bytes, its header says %llu", file[f], len, (unsigned long long)info.total_bytes);
      else if (st != JFHE_OK)
        bad = cli_status(st, file[f]);
    }
    if (bad)
      rc = bad;
    else if (as_json)
      print_json(file[f], &info);
    else
      print_text(file[f], &info);
  }
  return rc;
}
