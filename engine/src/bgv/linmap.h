/* bgv/linmap.h: square matrices on the slots, as generalised diagonals, ready to be applied. */
#ifndef JFI_BGV_LINMAP_H
#define JFI_BGV_LINMAP_H
#include "bgv/eval.h"

/* Diagonal `index`, split as babies + step*giants of a rotation, of the vector itself or of that with its rows exchanged. */
typedef struct jfi_bgv_diagonal {
  uint32_t baby, giant, swapped;
  jfhe_pt *pt; /* the diagonal, turned back by its giant */
} jfi_bgv_diagonal;

struct jfhe_bgv_map {
  const jfhe_bgv *b;
  uint32_t level; /* encoded for it and those below */
  size_t count;
  uint32_t step;              /* babies are below it */
  double norm;                /* largest row sum of moduli: what integers grow by */
  jfi_bgv_diagonal *diagonal; /* ordered by swapped, giant, baby */
};

jfhe_status jfi_bgv_map_apply(jfhe_ct *out, const jfhe_ct *a, const jfhe_bgv_map *map, const jfhe_keyring *keys,
                              jfi_scratch *s);
#endif
