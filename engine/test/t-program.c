/* t-program.c: random programs of up to twenty operations against the same in the clear.
 *
 * JFHE_PROGRAMS says how many run; `make test-slow` runs ten thousand more. The bounds must hold
 * everywhere; and they must not be loose: a product of depth five is bounded within 2^10 of its
 * measured error, and dividing the bounds by 2^12 must make programs fail, or the test proves nothing. */
/* every-isa */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "rlwe-cases.h"

static unsigned long programs(unsigned long otherwise) {
  const char *text = getenv("JFHE_PROGRAMS");
  const unsigned long n = text ? strtoul(text, NULL, 10) : 0;
  return n ? n : otherwise;
}

static void report(const char *name, const prog_stats *s) {
  const double n = s->measured ? (double)s->measured : 1;
  printf("%s: %lu programs, %lu steps, %lu checks, %lu refused for range, %lu provoked refusals, %lu outside; "
         "bound/error as powers of 2: worst %.1f least, %.1f mean; probable %.1f least, %.1f mean, %lu above\n",
         name, s->programs, s->steps, s->checks, s->refused, s->provoked, s->outside, s->worst_least, s->worst_sum / n,
         s->probable_least, s->probable_sum / n, s->above_probable);
}

/* A machine over a context that it owns; null after a failed check. */
static prog_machine *machine(jfhe_ctx *ctx) {
  prog_machine *m = malloc(sizeof *m);
  CHECK(m != NULL);
  if (m && prog_open(m, ctx)) return m;
  CHECK(0 && "a machine opens");
  if (m) prog_close(m);
  jfhe_ctx_free(ctx);
  free(m);
  return NULL;
}

static void release(prog_machine *m) {
  jfhe_ctx *ctx = (jfhe_ctx *)(uintptr_t)m->ctx;
  prog_close(m);
  jfhe_ctx_free(ctx);
  free(m);
}

/* Runs `count` programs over a context, which it frees. */
static void run(const char *name, jfhe_ctx *ctx, uint64_t first, unsigned long count) {
  prog_machine *m = machine(ctx);
  if (!m) return;
  for (unsigned long i = 0; i < count; i++) prog_run(m, first + i, 20);
  report(name, &m->stats);
  CHECK_EQ(m->stats.outside, 0);
  CHECK(m->stats.steps < 100 || m->stats.refused * 4 < m->stats.steps);
  CHECK(count < 20 || m->stats.provoked > 0);
  /* about one in 10^4 by its definition, which counts errors as independent; here some are not */
  CHECK(m->stats.above_probable * 1000 <= m->stats.measured);
  release(m);
}

/* The rings that programs run over, and their shares of `count`. `first` numbers the programs. */
static void run_rings(uint64_t first, unsigned long count) {
  run("degree 2^10, steps of 42 bits", jfi_test_ctx(10, 5, 42, 2), first, count * 4 / 10);
  run("degree 2^10, steps up to 58 bits", jfi_test_ctx_rational(10, 2, 3), first + 1000000, count * 2 / 10);
  run("degree 2^11, steps of 36 bits", jfi_test_ctx(11, 8, 36, 3), first + 2000000, count * 2 / 10);
  run("degree 2^5, steps of 46 bits", jfi_test_ctx(5, 6, 46, 1), first + 3000000, count * 2 / 10);
}

/* The backends that lack vector units run fewer. */
static int slow_backend(void) {
  const char *name = jfi_kernel_select()->name;
  return strcmp(name, "ref") == 0 || strcmp(name, "wasm128") == 0;
}

JFI_TEST(small_rings) { run_rings(0, programs(slow_backend() ? 40 : 150)); }

/* Ten thousand over the two vector backends, none twice; AVX2 takes fewer, to end in time. */
JFI_TEST_SLOW(ten_thousand) {
  const int slow = slow_backend(), avx2 = strcmp(jfi_kernel_select()->name, "avx2") == 0;
  run_rings(slow ? 10000000 : avx2 ? 20000000 : 30000000, programs(slow ? 1000 : avx2 ? 3000 : 7000));
}

static jfhe_ctx *preset(const char *name) {
  jfhe_ctx *ctx = NULL;
  CHECK_OK(jfhe_ctx_new_preset(&ctx, name));
  return ctx;
}

JFI_TEST(a_preset) { run("stats-lite", preset("stats-lite"), 4000000, 2); }

JFI_TEST_SLOW(real_presets) {
  if (slow_backend()) SKIP("the vector backends do it");
  run("stats-lite", preset("stats-lite"), 4000000, 200);
  run("stats", preset("stats"), 5000000, 60);
  run("ml", preset("ml"), 6000000, 10);
}

/* With the bounds divided by 2^12, programs must fall outside: the judge is awake. */
JFI_TEST(weakened_bounds_are_noticed) {
  prog_machine *m = machine(jfi_test_ctx(10, 5, 42, 2));
  if (!m) return;
  m->weaken = 0x1p12;
  m->quiet = 1;
  for (uint64_t i = 0; i < 10; i++) prog_run(m, i, 20);
  CHECK(m->stats.outside > m->stats.checks / 2);
  release(m);
}

/* Five products in a row of numbers of modulus 1: x0 x1 x2 x3 x4 x5, and x^32 by squaring. */
static void check_depth_five(const char *name, jfhe_ctx *ctx, uint32_t packing) {
  prog_machine *m = machine(ctx);
  if (!m) return;
  jfi_test_rng_init(&m->rng, 77);
  const uint32_t full = jfhe_ctx_log_n(ctx) - 1, top = jfhe_ctx_levels(ctx);
  prog_input(m, 0, packing, full, top, 1, 1);
  for (uint32_t d = 0; d < 5; d++) {
    prog_input(m, 1, packing, full, top - d, 1, 1);
    CHECK_OK(prog_mul(m, 0, 0, 1));
  }
  const double chain = jfhe_ct_error_worst(m->reg[0].ct) / prog_check(m, 0);
  prog_input(m, 0, packing, full, top, 1, 1);
  for (uint32_t d = 0; d < 5; d++) CHECK_OK(prog_mul(m, 0, 0, 0));
  const double power = jfhe_ct_error_worst(m->reg[0].ct) / prog_check(m, 0);
  printf("depth 5, %s: worst/error %.1f for six factors, %.1f for x^32\n", name, chain, power);
  CHECK(chain >= 1 && chain <= 0x1p10);
  CHECK(power >= 1 && power <= 0x1p10);
  release(m);
}

JFI_TEST(depth_five_is_bounded_tightly) {
  check_depth_five("degree 2^11, complex", jfi_test_ctx(11, 6, 42, 2), JFHE_PACK_COMPLEX);
  check_depth_five("degree 2^11, real", jfi_test_ctx(11, 6, 42, 2), JFHE_PACK_REAL);
  check_depth_five("stats, complex", preset("stats"), JFHE_PACK_COMPLEX);
}
