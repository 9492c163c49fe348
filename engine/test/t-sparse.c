/* t-sparse.c: the weight is exact and every choice of places and signs equally likely. Keys are fixed, so figures repeat. */
#include <math.h>
#include <string.h>

#include "sample-cases.h"

static int8_t got[(1 << 16) + 8];

JFI_TEST(sparse_has_its_weight) {
  jfi_rng rng;
  jfi_seeded(&rng, 6);
  static const size_t sizes[][2] = {{8, 0}, {8, 8}, {8, 1}, {64, 63}, {1000, 37}, {1 << 16, 192}};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    size_t n = sizes[s][0], heavy = 0;
    memset(got, 99, sizeof got);
    jfi_sample_sparse(&rng, got, n, sizes[s][1]);
    CHECK_EQ(got[n], 99);
    for (size_t i = 0; i < n; i++) {
      CHECK(got[i] >= -1 && got[i] <= 1);
      heavy += got[i] != 0;
    }
    CHECK_EQ(heavy, sizes[s][1]);
  }
}

/* All 8*7/2 * 4 = 112 signed pairs of places in a ring of 8 are equally likely. */
JFI_TEST(sparse_is_uniform) {
  enum { ROUNDS = 112 * 300 };
  jfi_rng rng;
  double count[256] = {0}, packed[112], want[112];
  size_t classes = 0;
  jfi_seeded(&rng, 7);
  for (int round = 0; round < ROUNDS; round++) {
    unsigned at[2], k = 0, sign = 0;
    jfi_sample_sparse(&rng, got, 8, 2);
    for (unsigned i = 0; i < 8; i++)
      if (got[i]) {
        REQUIRE(k < 2);
        sign |= (unsigned)(got[i] < 0) << k;
        at[k++] = i;
      }
    REQUIRE(k == 2);
    count[sign << 6 | at[0] << 3 | at[1]] += 1;
  }
  for (int i = 0; i < 256; i++)
    if (count[i] > 0 && classes < 112) packed[classes++] = count[i];
  CHECK_EQ(classes, 112);
  for (int i = 0; i < 112; i++) want[i] = 300;
  CHECK(jfi_plausible(jfi_chi_square(packed, want, 112), 111));
}
