/* base/clock.h: seconds that pass, for progress and measurements; nothing that is computed depends on it. */
#ifndef JFI_BASE_CLOCK_H
#define JFI_BASE_CLOCK_H
#include <time.h>

/* Seconds since some moment. A clock that somebody sets back makes a difference negative: callers count that as nothing. */
static inline double jfi_now(void) {
  struct timespec t = {0}; /* the memory sanitizer does not know that timespec_get writes */
  if (timespec_get(&t, TIME_UTC) == 0) return 0;
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
#endif
