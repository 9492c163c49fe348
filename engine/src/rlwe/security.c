/* rlwe/security.c: the gate that every published key passes.
 * Limits: [SEC24], Table 5.2, uniform ternary secret,
 * sigma 3.19. Presets and builder use at most 98.5 % of them, so that a small error of the estimate costs nothing. */
#include "base/status.h"
#include "rlwe/params.h"

enum { LOG_N_FIRST = 10, LOG_N_LAST = 17, MARGIN_PER_MILLE = 985 };

/* Largest log2(QP) by log2 N = 10 .. 17; 0: the table gives none. */
static const uint16_t LIMIT_128[] = {26, 53, 106, 214, 430, 868, 1747, 3523};
static const uint16_t LIMIT_192[] = {0, 36, 73, 147, 297, 597, 1199, 2411};
static const uint16_t LIMIT_256[] = {0, 27, 56, 114, 230, 462, 929, 1866};

uint32_t jfhe_security_limit(uint32_t log_n, uint32_t security) {
  if (log_n < LOG_N_FIRST || log_n > LOG_N_LAST) return 0;
  switch (security) {
  case 128: return LIMIT_128[log_n - LOG_N_FIRST];
  case 192: return LIMIT_192[log_n - LOG_N_FIRST];
  case 256: return LIMIT_256[log_n - LOG_N_FIRST];
  default: return 0;
  }
}

/* log2 of x >= 1, rounded up by less than 2^-23: exponent by halving, then 24 fractional bits by squaring the mantissa. Squaring
 * doubles the relative error, so 24 squarings of 53-bit values leave it below 2^-28 of a bit. */
static double log2_up(double x) {
  double bits = 0;
  while (x >= 2) {
    x /= 2;
    bits += 1;
  }
  double weight = 0.5;
  for (int i = 0; i < 24; i++) {
    x *= x;
    if (x >= 2) {
      x /= 2;
      bits += weight;
    }
    weight /= 2;
  }
  return bits + 0x1p-23;
}

double jfi_log2_product(const uint64_t *primes, jfi_set used) {
  double bits = 0;
  for (size_t i = jfi_set_next(used, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(used, i + 1))
    bits += log2_up((double)primes[i]);
  return bits;
}

jfhe_status jfi_gate(uint32_t log_n, uint32_t security, const uint64_t *primes, size_t n_all, jfi_set used,
                     const char *what) {
  (void)n_all;
#ifdef JFHE_TEST_PARAMS
  if (security == 0) return JFHE_OK;
#endif
  double bits = jfi_log2_product(primes, used);
  uint32_t limit = jfhe_security_limit(log_n, security);
  if (limit == 0) return jfi_fail(JFHE_ERR_SECURITY, "no ring of degree 2^%u gives %u-bit security", log_n, security);
  if (bits * 1000 > (double)limit * MARGIN_PER_MILLE)
    return jfi_fail(JFHE_ERR_SECURITY,
                    "%s: log2(QP) = %.1f is over %.1f (%.1f %% of %u, the limit for degree 2^%u at %u bits)", what,
                    bits, limit * (MARGIN_PER_MILLE / 1000.0), MARGIN_PER_MILLE / 10.0, limit, log_n, security);
  return JFHE_OK;
}

/* Largest log2(QP) under a secret of weight 32 that keeps 128 bits, for log2 N from 15 on: docs/SOUNDNESS.md, "The security gate", has the
 * estimates. Smaller rings and higher security have no such key. */
enum { SPARSE_LOG_N_LEAST = 15, SPARSE_LIMIT = 97 };

jfhe_status jfi_gate_sparse(uint32_t log_n, uint32_t security, const uint64_t *primes, jfi_set used, const char *what) {
#ifdef JFHE_TEST_PARAMS
  if (security == 0) return JFHE_OK;
#endif
  double bits = jfi_log2_product(primes, used);
  if (log_n < SPARSE_LOG_N_LEAST || security != 128)
    return jfi_fail(JFHE_ERR_SECURITY, "%s: a sparse secret needs degree 2^%d and 128 bits, not 2^%u and %u", what,
                    SPARSE_LOG_N_LEAST, log_n, security);
  if (bits > SPARSE_LIMIT)
    return jfi_fail(JFHE_ERR_SECURITY, "%s: log2(QP) = %.1f is over %d for a secret of weight %d", what, bits,
                    SPARSE_LIMIT, JFI_SPARSE_WEIGHT);
  return JFHE_OK;
}
