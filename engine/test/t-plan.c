/* t-plan.c: programs planned and run beside the same in the clear. */
/* every-isa */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan-cases.h"

static unsigned long programs(unsigned long otherwise) {
  const char *text = getenv("JFHE_PROGRAMS");
  const unsigned long n = text ? strtoul(text, NULL, 10) : 0;
  return n ? n : otherwise;
}

static void random_programs(jfhe_ctx *ctx, const char *name, unsigned long count, uint32_t depth) {
  jfi_world w = jfi_world_open(ctx);
  unsigned long checks = 0, above = 0;
  double ratio = 0, least = 1e9;
  for (unsigned long i = 0; i < count; i++) {
    model x;
    uint8_t hash[32];
    model_open(&x, &w, i % 3 ? ctx->ring->log_n - 1 : ctx->ring->log_n - 3);
    model_random(&x, 20, depth);
    model_check(&x, (uint32_t)(i % 4), hash);
    checks += x.checks;
    above += x.above;
    ratio += x.ratio_sum;
    if (x.ratio_least < least) least = x.ratio_least;
    model_close(&x);
  }
  printf("%s: %lu programs, %lu outputs, probable bound / error as a power of 2: %.1f mean, %.1f least\n", name, count,
         checks, ratio / (double)(checks ? checks : 1), least);
  /* one in 10^4 where errors are independent; in a program some are not */
  CHECK(above * 200 <= checks + 199);
  jfi_world_close(&w);
}

JFI_TEST(random_programs_stay_inside_what_was_planned) {
  random_programs(jfi_test_ctx(10, 5, 40, 2), "steps of one prime", programs(60), 4);
}

JFI_TEST(random_programs_on_rational_steps) {
  random_programs(jfi_test_ctx_rational(10, 4, 2), "rational steps", programs(20), 3);
}
