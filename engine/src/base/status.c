/* base/status.c: the words of each status, and the detail of the last failure. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

#if defined(__wasm__)
#define JFI_THREAD_LOCAL /* one thread */
#else
#define JFI_THREAD_LOCAL _Thread_local
#endif

static JFI_THREAD_LOCAL char t_detail[256];

static const char *const texts[JFHE_STATUS_COUNT] = {
    [JFHE_OK] = "no error",
    [JFHE_ERR_ARG] = "an argument is missing or out of its set",
    [JFHE_ERR_MEMORY] = "not enough memory",
    [JFHE_ERR_SCRATCH] = "the scratch buffer is too small",
    [JFHE_ERR_PARAMS] = "these parameters cannot be built",
    [JFHE_ERR_SECURITY] = "a published key would be below the wanted security",
    [JFHE_ERR_CONTEXT] = "the objects belong to different parameters",
    [JFHE_ERR_KEY] = "the key is absent or does not fit",
    [JFHE_ERR_LEVEL] = "the levels differ or no level is left",
    [JFHE_ERR_SCALE] = "the scales differ",
    [JFHE_ERR_RANGE] = "the message no longer fits under the modulus",
    [JFHE_ERR_FORM] = "wrong degree, form or packing for this call",
    [JFHE_ERR_VALUE] = "a value is not a number, infinite or beyond its bound",
    [JFHE_ERR_FORMAT] = "the bytes are no container of this library",
    [JFHE_ERR_VERSION] = "the container is of a version that this library does not read",
    [JFHE_ERR_CHECKSUM] = "the container's checksum does not match",
    [JFHE_ERR_TRUNCATED] = "the bytes do not end where the container says",
    [JFHE_ERR_IO] = "a read or write failed",
    [JFHE_ERR_ENTROPY] = "the operating system gave no randomness",
    [JFHE_ERR_BUDGET] = "the key's count of releases is used up",
    [JFHE_ERR_CANCELLED] = "the caller asked to stop",
};

const char *jfhe_status_text(jfhe_status status) {
  return (unsigned)status < JFHE_STATUS_COUNT ? texts[status] : "unknown status";
}

const char *jfhe_last_error(void) { return t_detail; }

jfhe_status(jfi_fail)(jfhe_status status, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  if (vsnprintf(t_detail, sizeof t_detail, fmt, args) < 0) t_detail[0] = '\0';
  va_end(args);
  return status;
}
