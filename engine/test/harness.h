/* harness.h: the smallest test frame that does the job.
 *
 *   #include "harness.h"
 *   JFI_TEST(add_wraps) { CHECK(jfi_add(1, 2) == 3); }
 *
 * Each t-*.c is one program; its tests register themselves and run in the order of the file. It
 * prints one line for each check that failed and ends with "N passed, N failed" (tests, not checks).
 * Environment:
 *   JFHE_ISA         run all tests once for each name of this comma-separated list, with JFHE_ISA
 *                    set to that name alone; a set that the CPU lacks is skipped (exit status 77
 *                    when nothing else ran). Unset: once, as the engine chooses.
 *   JFHE_TEST_ONLY   run only tests whose name contains this.
 *   JFHE_TEST_SLOW   run the JFI_TEST_SLOW tests too, and JFI_TEST_MANY tests everywhere.
 *   JFHE_TEST_SEED   seed of every jfi_test_rng (default 1); failures print it.
 * A source with the comment  every-isa  between comment marks runs once an instruction set in ctest.
 */
#ifndef JFI_TEST_HARNESS_H
#define JFI_TEST_HARNESS_H

#include <stddef.h>
#include <stdint.h>

typedef struct jfi_test_case {
  const char *name;
  void (*run)(void);
  int when; /* jfi_test_when */
  struct jfi_test_case *next;
} jfi_test_case;

void jfi_test_register(jfi_test_case *test);
/* Each counts one check; when it fails it prints where, and returns 0. */
int jfi_test_check(int ok, const char *file, int line, const char *text);
int jfi_test_check_u64(uint64_t got, uint64_t want, const char *file, int line, const char *text);
int jfi_test_check_status(int got, int want, const char *file, int line, const char *text);
int jfi_test_check_close(double got, double want, double tol, const char *file, int line, const char *text);
int jfi_test_check_mem(const void *got, const void *want, size_t len, const char *file, int line, const char *text);
void jfi_test_skip(const char *why);
/* Name of the instruction set that JFHE_ISA forces at the moment, "" when none. */
const char *jfi_test_isa(void);

/* ALWAYS; FAST: where the engine has vectors of its own, outside of WebAssembly; ASKED: with JFHE_TEST_SLOW alone. */
enum jfi_test_when { JFI_TEST_ALWAYS, JFI_TEST_FAST, JFI_TEST_ASKED };

#define JFI_TEST_DEFINE_(name, when)                                                                                   \
  static void jfi_test_fn_##name(void);                                                                                \
  __attribute__((constructor)) static void jfi_test_init_##name(void) {                                                \
    static jfi_test_case test = {#name, jfi_test_fn_##name, when, NULL};                                               \
    jfi_test_register(&test);                                                                                          \
  }                                                                                                                    \
  static void jfi_test_fn_##name(void)

#define JFI_TEST(name)      JFI_TEST_DEFINE_(name, JFI_TEST_ALWAYS)
#define JFI_TEST_SLOW(name) JFI_TEST_DEFINE_(name, JFI_TEST_ASKED)
/* A law over many samples, or a program of many operations. Backends agree in every bit, which other tests show of each: one
 * that is fast tells enough. */
#define JFI_TEST_MANY(name) JFI_TEST_DEFINE_(name, JFI_TEST_FAST)

#define CHECK(cond) ((void)jfi_test_check(!!(cond), __FILE__, __LINE__, #cond))
#define CHECK_EQ(got, want)                                                                                            \
  ((void)jfi_test_check_u64((uint64_t)(got), (uint64_t)(want), __FILE__, __LINE__, #got " == " #want))
#define CHECK_STATUS(expr, want)                                                                                       \
  ((void)jfi_test_check_status((int)(expr), (int)(want), __FILE__, __LINE__, #expr " is " #want))
#define CHECK_OK(expr) CHECK_STATUS(expr, 0)
#define CHECK_CLOSE(got, want, tol)                                                                                    \
  ((void)jfi_test_check_close((double)(got), (double)(want), (double)(tol), __FILE__, __LINE__, #got " ~ " #want))
#define CHECK_MEM(got, want, len)                                                                                      \
  ((void)jfi_test_check_mem((got), (want), (len), __FILE__, __LINE__, #got " == " #want))
/* Like CHECK and CHECK_OK, but the test (a void function) ends here when they fail. */
#define REQUIRE(cond)                                                                                                  \
  do {                                                                                                                 \
    if (!jfi_test_check(!!(cond), __FILE__, __LINE__, #cond)) return;                                                  \
  } while (0)
#define REQUIRE_OK(expr)                                                                                               \
  do {                                                                                                                 \
    if (!jfi_test_check_status((int)(expr), 0, __FILE__, __LINE__, #expr)) return;                                     \
  } while (0)
/* The test ends and counts as skipped. */
#define SKIP(why)                                                                                                      \
  do {                                                                                                                 \
    jfi_test_skip(why);                                                                                                \
    return;                                                                                                            \
  } while (0)

/* Deterministic numbers, the same on every machine; not for secrets. */
typedef struct jfi_test_rng {
  uint64_t s[4];
} jfi_test_rng;

/* `stream` separates generators of one test; JFHE_TEST_SEED enters as well. */
void jfi_test_rng_init(jfi_test_rng *rng, uint64_t stream);
uint64_t jfi_test_rng_u64(jfi_test_rng *rng);
/* Uniform in [0, bound), bound > 0, without bias. */
uint64_t jfi_test_rng_below(jfi_test_rng *rng, uint64_t bound);
/* Uniform in [0, 1), 53 bits. */
double jfi_test_rng_unit(jfi_test_rng *rng);
void jfi_test_rng_fill(jfi_test_rng *rng, void *out, size_t len);

#endif
