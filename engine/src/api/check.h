/* api/check.h: argument checks of exported functions. */
#ifndef JFI_API_CHECK_H
#define JFI_API_CHECK_H
#include "base/mem.h"
#include "base/status.h"
#include "rlwe/ct.h"

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

/* The same for an operation whose need follows from a's level; a level off the chain would have none. */
static inline jfhe_status jfi_scratch_open_at(const jfhe_ctx *ctx, jfi_scratch *s, void *scratch, size_t len,
                                              const jfhe_ct *a, size_t (*need)(const jfhe_ctx *, uint32_t)) {
  if (a->level > ctx->chain.top) return jfi_fail(JFHE_ERR_LEVEL, "no level %u", a->level);
  return jfi_scratch_open(s, scratch, len, need(ctx, a->level));
}
#endif
