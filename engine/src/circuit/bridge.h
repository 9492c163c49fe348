/* circuit/bridge.h: jfhe/bridge.h without the checks of pointers. docs/SOUNDNESS.md, "Between exact and approximate". */
#ifndef JFI_CIRCUIT_BRIDGE_H
#define JFI_CIRCUIT_BRIDGE_H
#include "base/mem.h"
#include "bgv/space.h"

/* bridge_there.c */
jfhe_status jfi_bridge_unit(double *unit, const jfhe_bgv *const *b, size_t count, uint32_t level, double most);
jfhe_status jfi_bridge_to_ckks(const jfhe_bgv *const *b, jfhe_ct *out, const jfhe_ct *const *a, size_t count,
                               uint32_t log_slots, uint32_t level, double most, jfi_scratch *s);
/* bridge_back.c */
jfhe_status jfi_bridge_to_bgv(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, double unit, double most, double off,
                              uint32_t level, jfi_scratch *s);
size_t jfi_bridge_bytes(const jfhe_ctx *ctx, uint32_t level);
#endif
