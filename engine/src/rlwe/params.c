/* rlwe/params.c: presets and the builder. Both make a literal; jfi_chain_build and jfi_ctx_new check it. */
#include "rlwe/params.h"

#include <string.h>

#include "base/status.h"

enum { SCALE_BITS_MIN = 30, SCALE_BITS_MAX = 58, DEPTH_MAX = 60, SPECIALS_MAX = 16, PRIME_BITS = 48 };

static void set_name(jfi_params *p, const char *name) {
  memset(p->name, 0, sizeof p->name);
  strncpy(p->name, name, sizeof p->name - 1);
}

static void push_steps(jfi_params *p, uint32_t count, uint8_t bits) {
  for (uint32_t i = 0; i < count; i++) p->step_bits[p->n_steps++] = bits;
}

static void base(jfi_params *p, const char *name, uint32_t log_n, uint32_t specials, uint32_t special_bits) {
  memset(p, 0, sizeof *p);
  set_name(p, name);
  p->log_n = log_n;
  p->security = 128;
  p->first_bits = PRIME_BITS;
  p->n_special = specials;
  p->special_bits = special_bits;
}

/* The rung below on the ladder: this ring also carries its chain, so that its ciphertexts can be lifted. */
static void guests(jfi_params *p, uint32_t steps, uint8_t bits) {
  p->guest_first_bits = PRIME_BITS;
  p->guest_steps = steps;
  p->guest_bits = bits;
}

jfhe_status jfi_params_preset(jfi_params *p, const char *name) {
  if (name && strcmp(name, "stats-lite") == 0) {
    base(p, name, 13, 1, 48);
    push_steps(p, 2, 46);
  } else if (name && strcmp(name, "stats") == 0) {
    base(p, name, 14, 2, 48);
    push_steps(p, 6, 46);
    guests(p, 2, 46);
  } else if (name && strcmp(name, "ml") == 0) {
    base(p, name, 15, 4, 47); /* 4*48 would pass the table but not its margin: 856 > 98.5 % of 868 */
    push_steps(p, 14, 44);
    guests(p, 6, 46);
  } else if (name && strcmp(name, "deep") == 0) {
    base(p, name, 16, 8, 48);
    push_steps(p, 3, 42);  /* slots to coefficients */
    push_steps(p, 13, 42); /* what is left for computing */
    push_steps(p, 8, 58);  /* EvalMod, by rational rescaling */
    push_steps(p, 3, 48);  /* coefficients to slots */
    guests(p, 14, 44);
  } else if (name && strcmp(name, "deep-lean") == 0) { /* five levels less: two digits, keys of half the size */
    base(p, name, 16, 12, 48);
    push_steps(p, 3, 42);
    push_steps(p, 8, 42);
    push_steps(p, 8, 58);
    push_steps(p, 3, 48);
    guests(p, 14, 44);
  } else if (name && strcmp(name, "deep-small") == 0) { /* half the ring, two stages a transform: docs/adr/0040 */
    base(p, name, 15, 3, 48);
    p->first_bits = 44;
    push_steps(p, 2, 34);
    push_steps(p, 4, 34);
    push_steps(p, 8, 46);
    push_steps(p, 2, 47);
    guests(p, 6, 46);
  } else if (name && strcmp(name, "exact") == 0) { /* integers: a product modulo 65537 leaves noise of 36 bits */
    base(p, name, 14, 2, 48);
    p->first_bits = 44;
    push_steps(p, 7, 40);
  } else if (name && strcmp(name, "exact-deep") == 0) { /* 16 squarings modulo 65537: equality by Fermat */
    base(p, name, 15, 4, 42);
    p->first_bits = 44;
    push_steps(p, 16, 40);
  } else {
    return jfi_fail(
        JFHE_ERR_ARG,
        "no preset of that name; there are stats-lite, stats, ml, deep, deep-lean, deep-small, exact, exact-deep");
  }
  return JFHE_OK;
}

static jfhe_status check_ranges(uint32_t log_n, uint32_t depth, uint32_t scale_bits, uint32_t first_bits,
                                uint32_t specials, uint32_t security) {
  if (log_n != 0 && (log_n < 10 || log_n > JFI_PARAMS_LOG_N_MAX))
    return jfi_fail(JFHE_ERR_PARAMS, "log_n %u is outside 10..17", log_n);
  if (depth > DEPTH_MAX) return jfi_fail(JFHE_ERR_PARAMS, "depth %u is over %d", depth, DEPTH_MAX);
  if (scale_bits < SCALE_BITS_MIN || scale_bits > SCALE_BITS_MAX)
    return jfi_fail(JFHE_ERR_PARAMS, "scale_bits %u is outside %d..%d", scale_bits, SCALE_BITS_MIN, SCALE_BITS_MAX);
  if (first_bits && (first_bits < scale_bits + 2 || first_bits > 2 * PRIME_BITS))
    return jfi_fail(JFHE_ERR_PARAMS, "first_bits %u is outside scale_bits + 2 = %u..%d", first_bits, scale_bits + 2,
                    2 * PRIME_BITS);
  if (specials > SPECIALS_MAX) return jfi_fail(JFHE_ERR_PARAMS, "specials %u is over %d", specials, SPECIALS_MAX);
  if (security != 128 && security != 192 && security != 256)
    return jfi_fail(JFHE_ERR_PARAMS, "security %u is none of 128, 192, 256", security);
  return JFHE_OK;
}

/* Largest count of specials the ring's limit leaves, at most what gives 3 digits (more would only grow keys). */
static uint32_t fit_specials(const jfi_params *p, double chain_bits) {
  double room = jfhe_security_limit(p->log_n, p->security) * 0.985 - chain_bits;
  uint32_t want = (uint32_t)(chain_bits / 3 / PRIME_BITS) + 1;
  uint32_t fit = room < PRIME_BITS ? 0 : (uint32_t)(room / PRIME_BITS);
  return fit < want ? fit : want;
}

jfhe_status jfi_params_custom(jfi_params *p, uint32_t log_n, uint32_t depth, uint32_t scale_bits, uint32_t first_bits,
                              uint32_t specials, uint32_t security) {
  JFI_TRY(check_ranges(log_n, depth, scale_bits, first_bits, specials, security));
  memset(p, 0, sizeof *p);
  set_name(p, "custom");
  p->security = security;
  p->first_bits = first_bits ? first_bits : scale_bits + 2;
  p->special_bits = PRIME_BITS;
  push_steps(p, depth, (uint8_t)scale_bits);
  double chain_bits = (double)p->first_bits + (double)depth * scale_bits;
  uint32_t from = log_n ? log_n : 10, to = log_n ? log_n : JFI_PARAMS_LOG_N_MAX;
  for (p->log_n = from; p->log_n <= to; p->log_n++) {
    uint32_t most = fit_specials(p, chain_bits);
    p->n_special = specials ? specials : most;
    double total = chain_bits + (double)p->n_special * PRIME_BITS;
    if (p->n_special > 0 && total <= jfhe_security_limit(p->log_n, security) * 0.985) return JFHE_OK;
  }
  return jfi_fail(
      JFHE_ERR_SECURITY,
      "depth %u at %u bits needs log2(QP) >= %.0f; degree 2^%u carries at most %.1f at %u bits (98.5 %% of %u)", depth,
      scale_bits, chain_bits + PRIME_BITS * (specials ? specials : 1), to, jfhe_security_limit(to, security) * 0.985,
      security, jfhe_security_limit(to, security));
}
