/* api/check.h: argument checks of exported functions. */
#ifndef JFI_API_CHECK_H
#define JFI_API_CHECK_H
#include "base/mem.h"
#include "base/status.h"

/* First line of an exported function: no pointer it needs is null. */
#define JFI_NEED(cond, what)                                                                                           \
  do {                                                                                                                 \
    if (!(cond)) return jfi_fail(JFHE_ERR_ARG, "%s: a pointer is null", (what));                                       \
  } while (0)

/* The caller's scratch as an allocator; JFHE_ERR_SCRATCH below `need` bytes. */
static inline jfhe_status jfi_scratch_open(jfi_scratch *s, void *scratch, size_t len, size_t need) {
  if (scratch == NULL || len < need)
    return jfi_fail(JFHE_ERR_SCRATCH, "scratch of %zu bytes, needs %zu", scratch ? len : 0, need);
  jfi_scratch_init(s, scratch, len);
  return JFHE_OK;
}
#endif
