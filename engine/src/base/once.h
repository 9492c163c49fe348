/* base/once.h: work that several threads may want at the same time, that one of them does, and that the others wait for.
 *
 *     if (jfi_once_begin(&o)) { work; jfi_once_done(&o); }       after it, whoever did it, all sees what the work wrote */
#ifndef JFI_BASE_ONCE_H
#define JFI_BASE_ONCE_H

#include <stdatomic.h>

enum { JFI_ONCE_NEW, JFI_ONCE_BUSY, JFI_ONCE_DONE }; /* zeroed memory is new */
typedef _Atomic unsigned char jfi_once;

/* Claims the work, or waits until another has done it; returns whether it is the caller's. The wait spins: work is a millisecond. */
static inline int jfi_once_claim(jfi_once *o) {
  unsigned char seen = JFI_ONCE_NEW;
  if (atomic_compare_exchange_strong(o, &seen, JFI_ONCE_BUSY)) return 1;
  while (atomic_load_explicit(o, memory_order_acquire) != JFI_ONCE_DONE) {
  }
  return 0;
}

static inline int jfi_once_is_done(const jfi_once *o) {
  return atomic_load_explicit(o, memory_order_acquire) == JFI_ONCE_DONE;
}

static inline int jfi_once_begin(jfi_once *o) { return !jfi_once_is_done(o) && jfi_once_claim(o); }

static inline void jfi_once_done(jfi_once *o) { atomic_store_explicit(o, JFI_ONCE_DONE, memory_order_release); }
#endif
