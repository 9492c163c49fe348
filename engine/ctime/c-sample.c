/* c-sample.c: no branch or address of the generator or of any sampler depends on the key, the words drawn or the samples. */
#include "base/declassify.h"
#include "ring/secret/sample.h"

enum { N = 1000 };

int main(void) {
  static int8_t small[N];
  static int64_t wide[64];
  uint8_t key[32] = {1, 2, 3};
  jfi_rng rng;
  JFI_CLASSIFY(key, sizeof key);
  jfi_rng_from_key(&rng, key, 5);
  jfi_sample_ternary(&rng, small, N);
  jfi_sample_cbd(&rng, small, N);
  jfi_sample_sparse(&rng, small, N, 37);
  if (jfi_sample_gauss(&rng, wide, 64, 3.2) != 0 || jfi_sample_gauss(&rng, wide, 60, 0x1p40) != 0) return 2;
  jfi_rng_wipe(&rng);
  return 0;
}
