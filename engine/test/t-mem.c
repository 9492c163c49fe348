/* t-mem.c: alignment, the failing allocator, wiping, and scratch that runs out. */
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "harness.h"

JFI_TEST(blocks_are_aligned_and_usable) {
  static const size_t sizes[] = {0, 1, 63, 64, 65, 4096, 100000, (2u << 20) - 1, 2u << 20, (5u << 20) + 3};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    unsigned long before = jfi_alloc_count();
    uint8_t *p = jfi_alloc(sizes[i]), *z = jfi_alloc_zero(sizes[i]);
    REQUIRE(p && z);
    CHECK_EQ((uintptr_t)p % JFI_ALIGN, 0);
    CHECK_EQ((uintptr_t)z % JFI_ALIGN, 0);
    CHECK_EQ(jfi_alloc_count() - before, 2);
    memset(p, 0xff, sizes[i]);
    for (size_t j = 0; j < sizes[i]; j++)
      if (z[j]) CHECK_EQ(z[j], 0);
    jfi_free(p);
    jfi_free(z);
  }
  jfi_free(NULL);
}

JFI_TEST(absurd_sizes_fail) {
  volatile size_t huge = SIZE_MAX;
  CHECK(jfi_alloc(huge) == NULL);
  CHECK(jfi_alloc(huge - 64) == NULL);
  CHECK(jfi_alloc_zero(huge / 2) == NULL);
}

JFI_TEST(failing_allocator) {
  for (long k = 0; k < 5; k++) {
    jfi_alloc_fail_after(k);
    for (long i = 0; i < 8; i++) {
      void *p = i & 1 ? jfi_alloc(10) : jfi_alloc_zero(10);
      CHECK_EQ(p == NULL, i == k); /* one failure, then all is well again */
      jfi_free(p);
    }
  }
  jfi_alloc_fail_after(0);
  jfi_alloc_fail_after(-7);
  void *p = jfi_alloc(1);
  CHECK(p != NULL);
  jfi_free(p);
}

JFI_TEST(wiping) {
  uint8_t b[100];
  memset(b, 0xee, sizeof b);
  jfi_zeroize(b + 10, 50);
  for (size_t i = 0; i < sizeof b; i++) CHECK_EQ(b[i], i >= 10 && i < 60 ? 0 : 0xee);
  jfi_zeroize(b, 0);
  jfi_zeroize(NULL, 0);
  jfi_free_secret(NULL, 10);
  jfi_free_secret(jfi_alloc(10), 10);
}

JFI_TEST(scratch) {
  _Alignas(64) uint8_t buf[1024];
  for (size_t skew = 0; skew < 64; skew += 7) {
    jfi_scratch s;
    jfi_scratch_init(&s, buf + skew, 640 + JFI_SCRATCH_SLACK);
    uint8_t *last = NULL;
    for (size_t i = 1; i <= 5; i++) { /* 5 * 128 = 640 */
      uint8_t *p = jfi_scratch_take(&s, 64 + i);
      REQUIRE(p);
      CHECK_EQ((uintptr_t)p % 64, 0);
      CHECK(p >= buf + skew && p + 128 <= buf + skew + 640 + JFI_SCRATCH_SLACK);
      CHECK(!last || p == last + 128);
      last = p;
    }
    CHECK_EQ(s.failed, 0);
    CHECK(jfi_scratch_take(&s, 65) == NULL);
    CHECK_EQ(s.failed, 1);
    CHECK(jfi_scratch_take(&s, 1) == NULL); /* sticky */
  }
  jfi_scratch s;
  jfi_scratch_init(&s, NULL, 100);
  CHECK_EQ(s.failed, 1);
  jfi_scratch_init(&s, buf + 1, 10);
  CHECK_EQ(s.failed, 1);
  jfi_scratch_init(&s, buf, 256);
  CHECK(jfi_scratch_take(&s, SIZE_MAX) == NULL && s.failed);
}
