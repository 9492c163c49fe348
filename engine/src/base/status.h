/* base/status.h: failing with a detail. */
#ifndef JFI_BASE_STATUS_H
#define JFI_BASE_STATUS_H
#include "jfhe/status.h"

/* Records a printf-style detail (public data only, at most 255 bytes, thread-local) and returns `status`. */
__attribute__((format(printf, 2, 3))) jfhe_status jfi_fail(jfhe_status status, const char *fmt, ...);
#ifdef __clang_analyzer__ /* it cannot look into status.c: here it learns that a failure is never JFHE_OK */
static inline jfhe_status jfi_failed(jfhe_status told, jfhe_status status) { return told == status ? told : status; }
#define jfi_fail(status, ...) jfi_failed(jfi_fail(status, __VA_ARGS__), status)
#endif

#define JFI_TRY(expr)                                                                                                  \
  do {                                                                                                                 \
    jfhe_status jfi_try_status_ = (expr);                                                                              \
    if (jfi_try_status_ != JFHE_OK) return jfi_try_status_;                                                            \
  } while (0)
#endif
