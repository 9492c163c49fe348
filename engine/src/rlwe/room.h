/* rlwe/room.h: scratch for key switches, whatever key of this library comes: ordinary ones, parents, and those that a server derives
 * from parents (fewer specials, hence more and smaller digits; rlwe/secret/keygen.c and circuit/derive.h fix their shape). */
#ifndef JFI_RLWE_ROOM_H
#define JFI_RLWE_ROOM_H
#include "rlwe/ctx.h"

typedef struct jfi_shape {
  jfi_set p;
  uint32_t n_digits;
} jfi_shape;

enum { JFI_SHAPES_MAX = 3 };
/* The shapes of Galois keys: 1, or 3 where the parameters allow derived keys. */
uint32_t jfi_galois_shapes(const jfhe_ctx *ctx, jfi_shape shape[JFI_SHAPES_MAX]);
/* The most that jfi_keyswitch from S to S needs for any of them. */
size_t jfi_switch_bytes(const jfhe_ctx *ctx, jfi_set S);
/* The most that hoisted rotations over S need besides one permutation: digits, two sums, and what works on them. */
size_t jfi_hoist_bytes(const jfhe_ctx *ctx, jfi_set S);
#endif
