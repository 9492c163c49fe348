/* kernel/backend.h: what every backend declares and lists, derived from the contract: kernel.h states each signature once, and an operation
 * that is added there is missing in no table, because the list below is the only one. */
#ifndef JFI_KERNEL_BACKEND_H
#define JFI_KERNEL_BACKEND_H

#include "kernel/kernel.h"

/* DO(isa, op) for each operation of jfi_kernel, a line for each file of a backend; clang-format would take the list for one expression.
 * MOVES are those that wasm128 takes from ref. */
/* clang-format off */
#define JFI_KERNEL_OPS(DO, isa) \
  DO(isa, ntt_table_bytes) DO(isa, ntt_table_init) DO(isa, ntt_fwd) DO(isa, ntt_inv) DO(isa, ntt_inv_scaled) \
  DO(isa, add) DO(isa, sub) DO(isa, neg) DO(isa, mul) DO(isa, mul_acc) DO(isa, mul_const) DO(isa, mul_const_acc) \
  DO(isa, add_const) DO(isa, sub_mul_const) DO(isa, sub_mul_const_add) \
  DO(isa, tensor) DO(isa, tensor_sqr) DO(isa, dot2) DO(isa, dot) \
  DO(isa, conv) DO(isa, conv_overflow) \
  DO(isa, from_i64) DO(isa, from_i8) DO(isa, reduce) DO(isa, reduce_centred) \
  DO(isa, unpack48_masked) DO(isa, unpack48) DO(isa, pack48) \
  DO(isa, fft_fwd) DO(isa, fft_inv)
/* clang-format on */
#define JFI_KERNEL_MOVES(DO, isa) DO(isa, permute) DO(isa, automorph_coeff) DO(isa, any_ge)

#define JFI_KERNEL_DECLARE(isa, op) __typeof__(*((const jfi_kernel *)0)->op) jfi_##isa##_##op;
#define JFI_KERNEL_ENTRY(isa, op)   .op = jfi_##isa##_##op,

/* The functions of a backend and its table. */
#define JFI_BACKEND(isa)                                                                                               \
  JFI_KERNEL_OPS(JFI_KERNEL_DECLARE, isa)                                                                              \
  JFI_KERNEL_MOVES(JFI_KERNEL_DECLARE, isa)                                                                            \
  extern const jfi_kernel jfi_##isa##_kernel
/* The table's contents; moves: the backend whose moves it uses. */
#define JFI_BACKEND_TABLE(isa, moves)                                                                                  \
  JFI_KERNEL_OPS(JFI_KERNEL_ENTRY, isa)                                                                                \
  JFI_KERNEL_MOVES(JFI_KERNEL_ENTRY, moves)

/* Every member of jfi_kernel is its name or one of the operations: a member that the list lacks makes the struct longer. */
#define JFI_KERNEL_COUNT(isa, op) +1
_Static_assert(sizeof(jfi_kernel) ==
                   (1 JFI_KERNEL_OPS(JFI_KERNEL_COUNT, _) JFI_KERNEL_MOVES(JFI_KERNEL_COUNT, _)) * sizeof(void *),
               "the list names every operation");
#endif
