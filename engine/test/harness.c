/* harness.c: registry, checks and main of the test programs. See harness.h. */
#define _POSIX_C_SOURCE 200809L
#include "harness.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  MAX_LINES = 10, /* failing checks printed of one test: the first ones tell, thousands hide */
  EXIT_SKIPPED = 77
};

static jfi_test_case *g_first, **g_last = &g_first;
static const char *g_test = "", *g_isa = "";
static uint64_t g_seed = 1, g_checks;
static unsigned g_bad;
static int g_skipped;

void jfi_test_register(jfi_test_case *test) {
  *g_last = test;
  g_last = &test->next;
}

const char *jfi_test_isa(void) { return g_isa; }

/* Counts a check; true when a line about its failure should be printed. */
static int note(int ok, const char *file, int line) {
  g_checks++;
  if (ok) return 0;
  if (g_bad++ >= MAX_LINES) return 0;
  printf("FAIL %s%s%s (seed %" PRIu64 ") at %s:%d: ", g_test, *g_isa ? " on " : "", g_isa, g_seed, file, line);
  return 1;
}

int jfi_test_check(int ok, const char *file, int line, const char *text) {
  if (note(ok, file, line)) printf("%s\n", text);
  return ok;
}

int jfi_test_check_u64(uint64_t got, uint64_t want, const char *file, int line, const char *text) {
  if (note(got == want, file, line))
    printf("%s: got %" PRIu64 " (0x%" PRIx64 "), want %" PRIu64 " (0x%" PRIx64 ")\n", text, got, got, want, want);
  return got == want;
}

int jfi_test_check_status(int got, int want, const char *file, int line, const char *text) {
  if (note(got == want, file, line)) printf("%s: status %d, want %d\n", text, got, want);
  return got == want;
}

int jfi_test_check_close(double got, double want, double tol, const char *file, int line, const char *text) {
  int ok = fabs(got - want) <= tol; /* false for NaN */
  if (note(ok, file, line))
    printf("%s: got %.17g, want %.17g, off by %.3g > %.3g\n", text, got, want, fabs(got - want), tol);
  return ok;
}

int jfi_test_check_mem(const void *got, const void *want, size_t len, const char *file, int line, const char *text) {
  const unsigned char *a = got, *b = want;
  size_t i = 0;
  while (i < len && a[i] == b[i]) i++;
  if (note(i == len, file, line)) printf("%s: byte %zu of %zu is %02x, want %02x\n", text, i, len, a[i], b[i]);
  return i == len;
}

void jfi_test_skip(const char *why) {
  g_skipped = 1;
  printf("SKIP %s: %s\n", g_test, why);
}

/* --- random numbers: four words of state, stepped by xor, shift and rotate (xoshiro's family) --- */

static uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

/* A bijective scrambler, so that neighbouring seeds give unrelated states. */
static uint64_t scramble(uint64_t *counter) {
  uint64_t z = *counter += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

void jfi_test_rng_init(jfi_test_rng *rng, uint64_t stream) {
  uint64_t counter = g_seed ^ rotl(stream, 32);
  for (int i = 0; i < 4; i++) rng->s[i] = scramble(&counter);
}

uint64_t jfi_test_rng_u64(jfi_test_rng *rng) {
  uint64_t *s = rng->s, out = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotl(s[3], 45);
  return out;
}

uint64_t jfi_test_rng_below(jfi_test_rng *rng, uint64_t bound) {
  uint64_t rest = (UINT64_MAX % bound + 1) % bound, x; /* 2^64 mod bound */
  do x = jfi_test_rng_u64(rng);
  while (x > UINT64_MAX - rest);
  return x % bound;
}

double jfi_test_rng_unit(jfi_test_rng *rng) { return (double)(jfi_test_rng_u64(rng) >> 11) * 0x1p-53; }

void jfi_test_rng_fill(jfi_test_rng *rng, void *out, size_t len) {
  unsigned char *p = out;
  for (size_t i = 0; i < len; i += 8) {
    uint64_t word = jfi_test_rng_u64(rng);
    size_t run = len - i < 8 ? len - i : 8;
    for (size_t j = 0; j < run; j++) p[i + j] = (unsigned char)(word >> (8 * j));
  }
}

/* --- running --- */

typedef struct tally {
  unsigned passed, failed, skipped;
} tally;

static int cpu_has(const char *isa) {
#if defined(__x86_64__)
  if (!strcmp(isa, "avx2")) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (!strcmp(isa, "avx512ifma")) return __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512vbmi");
#endif
  return !strcmp(isa, "ref") || !strcmp(isa, "") || !strcmp(isa, "wasm128");
}

static int is_fast(const char *isa) {
#if defined(__wasm__)
  (void)isa;
  return 0;
#else
  return strcmp(isa, "ref") != 0;
#endif
}

static void run_all(const char *isa, tally *sum) {
  const char *only = getenv("JFHE_TEST_ONLY");
  int most = getenv("JFHE_TEST_SLOW") ? JFI_TEST_ASKED : is_fast(isa) ? JFI_TEST_FAST : JFI_TEST_ALWAYS;
  g_isa = isa;
  for (jfi_test_case *t = g_first; t; t = t->next) {
    if (only && !strstr(t->name, only)) continue;
    if (!cpu_has(isa) || t->when > most) {
      sum->skipped++;
      continue;
    }
    g_test = t->name;
    g_bad = 0;
    g_skipped = 0;
    t->run();
    if (g_bad > MAX_LINES) printf("FAIL %s: %u more\n", g_test, g_bad - MAX_LINES);
    if (g_bad)
      sum->failed++;
    else if (g_skipped)
      sum->skipped++;
    else
      sum->passed++;
    fflush(stdout);
  }
}

int main(void) {
  tally sum = {0, 0, 0};
  const char *seed = getenv("JFHE_TEST_SEED"), *env = getenv("JFHE_ISA");
  char list[256];
  if (seed) g_seed = strtoull(seed, NULL, 0);
  if (env && strlen(env) >= sizeof list) {
    fprintf(stderr, "JFHE_ISA is too long\n");
    return 2;
  }
  if (!env || !*env) {
    run_all("", &sum);
  } else {
    memcpy(list, env, strlen(env) + 1);
    for (char *isa = list, *end; isa; isa = end) {
      end = strchr(isa, ',');
      if (end) *end++ = '\0';
      setenv("JFHE_ISA", isa, 1);
      run_all(isa, &sum);
    }
    g_isa = "";
  }
  printf("%" PRIu64 " checks\n%u passed, %u failed", g_checks, sum.passed, sum.failed);
  if (sum.skipped) printf(", %u skipped", sum.skipped);
  printf("\n");
  if (sum.failed) return 1;
  if (!sum.passed) return sum.skipped ? EXIT_SKIPPED : 1; /* no test at all is a mistake */
  return 0;
}
