/* t-status.c: every status has words of its own; the detail is the thread's, bounded, and survives until the next failure. */
#if !defined(__wasm__)
#include <pthread.h>
#endif
#include <string.h>

#include "base/status.h"
#include "harness.h"

JFI_TEST(texts) {
  for (int i = 0; i < JFHE_STATUS_COUNT; i++) {
    const char *t = jfhe_status_text((jfhe_status)i);
    CHECK(t && *t && strcmp(t, "unknown status") != 0);
    for (int j = 0; j < i; j++) CHECK(strcmp(t, jfhe_status_text((jfhe_status)j)) != 0);
  }
  CHECK(strcmp(jfhe_status_text(JFHE_STATUS_COUNT), "unknown status") == 0);
  CHECK(strcmp(jfhe_status_text((jfhe_status)-1), "unknown status") == 0);
}

static jfhe_status passes_on(int fail) {
  JFI_TRY(fail ? jfi_fail(JFHE_ERR_LEVEL, "level %d", 3) : JFHE_OK);
  return JFHE_OK;
}

JFI_TEST(detail) {
  char longest[600];
  CHECK_STATUS(jfi_fail(JFHE_ERR_ARG, "n is %d, not a power of %s", 12, "two"), JFHE_ERR_ARG);
  CHECK(strcmp(jfhe_last_error(), "n is 12, not a power of two") == 0);
  CHECK_OK(passes_on(0));
  CHECK(strcmp(jfhe_last_error(), "n is 12, not a power of two") == 0);
  CHECK_STATUS(passes_on(1), JFHE_ERR_LEVEL);
  CHECK(strcmp(jfhe_last_error(), "level 3") == 0);
  memset(longest, 'x', sizeof longest - 1);
  longest[sizeof longest - 1] = '\0';
  CHECK_STATUS(jfi_fail(JFHE_ERR_IO, "%s", longest), JFHE_ERR_IO);
  CHECK_EQ(strlen(jfhe_last_error()), 255);
}

#if !defined(__wasm__)
static void *other(void *arg) {
  *(int *)arg = jfhe_last_error()[0] == '\0';
  (void)jfi_fail(JFHE_ERR_ARG, "other");
  *(int *)arg &= strcmp(jfhe_last_error(), "other") == 0;
  return NULL;
}
JFI_TEST(detail_is_the_threads) {
  pthread_t t;
  int ok = 0;
  (void)jfi_fail(JFHE_ERR_ARG, "mine");
  REQUIRE(pthread_create(&t, NULL, other, &ok) == 0);
  pthread_join(t, NULL);
  CHECK(ok);
  CHECK(strcmp(jfhe_last_error(), "mine") == 0);
}
#endif
