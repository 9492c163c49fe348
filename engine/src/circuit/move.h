/* circuit/move.h: a ciphertext to other primes at a wanted scale. */
#ifndef JFI_CIRCUIT_MOVE_H
#define JFI_CIRCUIT_MOVE_H
#include "circuit/acc.h"

/* out over T at scale `scale` ~= a: multiplied by the integer k nearest to scale*Q_S/(a.scale*Q_T) and divided. S is a's primes, cut
 * to those that leave k >= 2^44 where a's message still fits. Sets out's primes, scale, bound, degree, form; out has room and may not be a.
 * JFHE_ERR_SCALE when k < 2^least (the message would be off by more than 2^-least). */
size_t jfi_move_scratch(const struct jfhe_ctx *ctx, jfi_set S, jfi_set T);
jfhe_status jfi_move(const struct jfhe_ctx *ctx, struct jfhe_ct *out, jfi_set T, double scale, const struct jfhe_ct *a,
                     uint32_t least, jfi_scratch *s);
/* `a` as an operand at a level: itself where its primes include the level's and its scale is near, else moved into scratch. */
/* Whether it can ever move something of a level up to `from`: never on a chain of nested sets and even scales. */
int jfi_move_operand_moves(const struct jfhe_ctx *ctx, uint32_t from, uint32_t level);
size_t jfi_move_operand_bytes(const struct jfhe_ctx *ctx, uint32_t level);
jfhe_status jfi_move_operand(const struct jfhe_ctx *ctx, const struct jfhe_ct **out, const struct jfhe_ct *a,
                             uint32_t level, jfi_scratch *s);
#endif
