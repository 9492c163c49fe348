/* sample-cases.h: what the tests of the samplers share: seeded generators and the chi-square test. */
#ifndef JFI_TEST_SAMPLE_CASES_H
#define JFI_TEST_SAMPLE_CASES_H
#include <math.h>

#include "harness.h"
#include "ring/secret/sample.h"

static inline void jfi_seeded(jfi_rng *rng, uint8_t id) {
  uint8_t key[32] = {id, 0x5a};
  jfi_rng_from_key(rng, key, 0);
}

static inline double jfi_chi_square(const double *count, const double *want, size_t n) {
  double s = 0;
  for (size_t i = 0; i < n; i++) s += (count[i] - want[i]) * (count[i] - want[i]) / want[i];
  return s;
}

/* Within six deviations of a chi-square variable of that many degrees of freedom. */
static inline int jfi_plausible(double chi, double degrees) { return fabs(chi - degrees) < 6 * sqrt(2 * degrees); }
#endif
