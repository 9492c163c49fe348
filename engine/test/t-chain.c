/* t-chain.c: presets and the builder: every key passes the gate, every level has the step it promises. */
#include <math.h>
#include <string.h>

#include "harness.h"
#include "ring/primes.h"
#include "rlwe/ctx.h"

static const char *const PRESETS[] = {"stats-lite", "stats",      "ml",        "deep",
                                      "exact",      "exact-deep", "deep-lean", "deep-small"};

static void check_chain(const jfi_params *p) {
  jfi_chain c;
  CHECK_OK(jfi_chain_build(&c, p));
  for (size_t i = 0; i < c.n; i++) {
    CHECK(jfi_is_prime_var(c.prime[i]));
    CHECK(c.prime[i] % ((uint64_t)1 << JFI_PRIME_STEP_LOG) == 1);
    for (size_t j = 0; j < i; j++) CHECK(c.prime[i] != c.prime[j]);
  }
  for (uint32_t l = 1; l <= c.top; l++) {
    /* Primes of b bits are about 16*2^18 apart (twice that at worst) and a window holds 2*levels + 7 of them: so far a step or scale may lie below 2^b. A
     * rational step has terminals of 28 bits, of which there are few: 5 % each. */
    int rational = p->step_bits[l - 1] > 48;
    double tol = rational ? 0.07 : 1e-4 + 1.45 * (2 * c.top + 7) * 32 * 0x1p18 / exp2(p->step_bits[l - 1]);
    double bits = jfi_log2_product(c.prime, c.level[l]) - jfi_log2_product(c.prime, c.level[l - 1]);
    CHECK(fabs(log2(c.step[l]) - p->step_bits[l - 1]) < tol);
    CHECK(fabs(bits - p->step_bits[l - 1]) < tol);
    CHECK(fabs(log2(c.scale[l]) - p->step_bits[l - 1]) < tol);
    if (l > 1 && p->step_bits[l - 2] == p->step_bits[l - 1])
      CHECK(fabs(c.scale[l] * c.scale[l] / c.step[l] / c.scale[l - 1] - 1) < 0x1p-48);
    CHECK(jfi_set_within(c.level[l], c.chain));
  }
  jfi_set all = jfi_set_empty();
  for (uint32_t d = 0; d < c.n_digits; d++) {
    CHECK(jfi_set_count(jfi_set_and(all, c.digit[d])) == 0);
    all = jfi_set_or(all, c.digit[d]);
    CHECK(jfi_log2_product(c.prime, c.digit[d]) <= jfi_log2_product(c.prime, c.special) + 0.01);
  }
  CHECK(jfi_set_equal(all, c.chain));
  CHECK(jfi_set_count(jfi_set_and(c.chain, c.special)) == 0);
}

JFI_TEST(presets_have_the_levels_they_promise) {
  for (size_t i = 0; i < sizeof PRESETS / sizeof *PRESETS; i++) {
    jfi_params p;
    CHECK_OK(jfi_params_preset(&p, PRESETS[i]));
    check_chain(&p);
  }
}

JFI_TEST(every_key_of_a_preset_is_under_the_limit_and_its_margin) {
  static const uint32_t limit[] = {214, 430, 868, 1747, 430, 868, 1747, 868};
  for (size_t i = 0; i < sizeof PRESETS / sizeof *PRESETS; i++) {
    jfi_params p;
    jfi_chain c;
    CHECK_OK(jfi_params_preset(&p, PRESETS[i]));
    CHECK_OK(jfi_chain_build(&c, &p));
    jfi_set used = c.special;
    for (uint32_t l = 0; l <= c.top; l++) used = jfi_set_or(used, c.level[l]);
    double bits = 0;
    for (size_t j = jfi_set_next(used, 0); j < JFI_PRIMES_MAX; j = jfi_set_next(used, j + 1))
      bits += log2((double)c.prime[j]);
    CHECK(bits <= 0.985 * limit[i]);
    CHECK_CLOSE(jfi_log2_product(c.prime, used), bits, 1e-4);
    CHECK(jfi_log2_product(c.prime, used) >= bits);
    CHECK_OK(jfi_gate(p.log_n, 128, c.prime, c.n, used, "key"));
    CHECK_STATUS(jfi_gate(p.log_n - 1, 128, c.prime, c.n, used, "key"), JFHE_ERR_SECURITY);
    CHECK_STATUS(jfi_gate(p.log_n, 192, c.prime, c.n, used, "key"), JFHE_ERR_SECURITY);
    CHECK(strstr(jfhe_last_error(), "192 bits") != NULL);
  }
}

/* What makes keys of deep-lean small: the digits of its levels are two, and fill P. */
JFI_TEST(deep_lean_has_two_digits) {
  jfi_params p;
  jfi_chain c;
  CHECK_OK(jfi_params_preset(&p, "deep-lean"));
  CHECK_OK(jfi_chain_build(&c, &p));
  CHECK(jfi_set_within(c.level[c.top], jfi_set_or(c.digit[0], c.digit[1])));
}

JFI_TEST(rungs_of_the_ladder_carry_the_primes_of_the_rung_below) {
  static const char *const rung[][2] = {
      {"stats-lite", "stats"}, {"stats", "ml"}, {"ml", "deep"}, {"ml", "deep-lean"}, {"stats", "deep-small"}};
  for (size_t i = 0; i < sizeof rung / sizeof *rung; i++) {
    jfi_params small, large;
    jfi_chain cs, cl;
    CHECK_OK(jfi_params_preset(&small, rung[i][0]));
    CHECK_OK(jfi_params_preset(&large, rung[i][1]));
    CHECK_OK(jfi_chain_build(&cs, &small));
    CHECK_OK(jfi_chain_build(&cl, &large));
    for (size_t a = jfi_set_next(cs.level[cs.top], 0); a < JFI_PRIMES_MAX; a = jfi_set_next(cs.level[cs.top], a + 1)) {
      int found = 0;
      for (size_t b = jfi_set_next(cl.chain, 0); b < JFI_PRIMES_MAX; b = jfi_set_next(cl.chain, b + 1))
        found |= cl.prime[b] == cs.prime[a];
      CHECK(found);
    }
  }
}

JFI_TEST(the_builder_builds_or_names_the_limit) {
  for (uint32_t depth = 0; depth <= 40; depth += 5)
    for (uint32_t bits = 30; bits <= 48; bits += 6) {
      jfi_params p;
      jfhe_status st = jfi_params_custom(&p, 0, depth, bits, 0, 0, 128);
      CHECK(st == JFHE_OK || st == JFHE_ERR_SECURITY);
      if (st == JFHE_OK) check_chain(&p);
    }
  jfi_params p;
  CHECK_OK(jfi_params_custom(&p, 0, 8, 58, 0, 0, 128));
  check_chain(&p);
  CHECK_STATUS(jfi_params_custom(&p, 13, 20, 46, 0, 0, 128), JFHE_ERR_SECURITY);
  CHECK(strstr(jfhe_last_error(), "2^13") != NULL);
  CHECK_STATUS(jfi_params_custom(&p, 9, 1, 46, 0, 0, 128), JFHE_ERR_PARAMS);
  CHECK_STATUS(jfi_params_custom(&p, 0, 1, 46, 0, 0, 100), JFHE_ERR_PARAMS);
  CHECK_STATUS(jfi_params_custom(&p, 0, 61, 46, 0, 0, 128), JFHE_ERR_PARAMS);
  jfhe_ctx *ctx = NULL;
  CHECK_STATUS(jfhe_ctx_new_preset(&ctx, "huge"), JFHE_ERR_ARG);
  CHECK(ctx == NULL);
}

JFI_TEST(contexts_agree_on_their_hash) {
  jfhe_ctx *a, *b;
  uint8_t ha[32], hb[32];
  CHECK_OK(jfhe_ctx_new_preset(&a, "stats-lite"));
  CHECK_OK(jfhe_ctx_new_preset(&b, "stats-lite"));
  jfhe_ctx_hash(a, ha);
  jfhe_ctx_hash(b, hb);
  CHECK_MEM(ha, hb, 32);
  jfhe_ctx_free(b);
  CHECK_OK(jfhe_ctx_new_custom(&b, 13, 2, 45, 0, 1, 128));
  jfhe_ctx_hash(b, hb);
  CHECK(memcmp(ha, hb, 32) != 0);
  jfhe_ctx_free(a);
  jfhe_ctx_free(b);
}

/* 63 steps over 48 bits take more primes of 48 bits than there are levels. */
JFI_TEST(long_runs_of_wide_steps_fit_or_are_refused) {
  for (uint32_t bits = 56; bits <= 60; bits++) {
    jfi_params p = {.log_n = 17, .first_bits = 48, .n_steps = JFI_LEVELS_MAX - 1, .n_special = 8, .special_bits = 48};
    jfi_chain c;
    memset(p.step_bits, (int)bits, p.n_steps);
    jfhe_status st = jfi_chain_build(&c, &p);
    CHECK(st == JFHE_OK || st == JFHE_ERR_PARAMS);
    if (st == JFHE_OK) check_chain(&p);
  }
}
