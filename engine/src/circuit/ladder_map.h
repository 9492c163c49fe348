/* circuit/ladder_map.h: the linear map between a lift's mixed slots and separate ones, and both steps in one. */
#ifndef JFI_CIRCUIT_LADDER_MAP_H
#define JFI_CIRCUIT_LADDER_MAP_H
#include "circuit/linmap.h"
jfhe_status jfi_linmap_new_ladder(struct jfhe_linmap **out, const struct jfhe_ctx *ctx, uint32_t log_n_small, int mix);

/* Whether a map is the ladder's for this degree and direction. */
int jfi_linmap_is_ladder(const struct jfhe_linmap *map, uint32_t log_n_small, int mix);

size_t jfi_lift_slots_scratch(const struct jfhe_ctx *ctx, const struct jfhe_ctx *small, uint32_t level,
                              const struct jfhe_evk *key, const struct jfhe_linmap *map);
jfhe_status jfi_lift_slots(const struct jfhe_ctx *ctx, struct jfhe_ct *out, const struct jfhe_ct *const *in,
                           size_t count, const struct jfhe_evk *key, struct jfhe_linmap *map,
                           const struct jfhe_keyring *keys, jfi_scratch *s);
size_t jfi_lower_slots_scratch(const struct jfhe_ctx *ctx, uint32_t level, const struct jfhe_evk *key,
                               const struct jfhe_linmap *map);
jfhe_status jfi_lower_slots(const struct jfhe_ctx *ctx, struct jfhe_ct *const *out, size_t count,
                            const struct jfhe_ct *a, const struct jfhe_evk *key, struct jfhe_linmap *map,
                            const struct jfhe_keyring *keys, jfi_scratch *s);
#endif
