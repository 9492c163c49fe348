/* circuit/acc.h: sums of products at one level and scale, finished by one relinearisation and rescaling. */
#ifndef JFI_CIRCUIT_ACC_H
#define JFI_CIRCUIT_ACC_H
#include "base/mem.h"
#include "ckks/agree.h"
#include "rlwe/keyswitch.h"

/* d0 + d1 s + d2 s^2 = scale * (sum) over the primes of `level`. */
typedef struct jfi_acc {
  const struct jfhe_ctx *ctx;
  uint32_t level, n_limbs;
  jfi_set primes;
  double scale, spread; /* jfi_spread of what is summed */
  int used, has2;       /* something is in d0, d1; in d2 */
  jfi_bound bound;      /* of the sum: mag by the triangle inequality */
  uint64_t *d[3];
} jfi_acc;

size_t jfi_acc_bytes(const struct jfhe_ctx *ctx, uint32_t level);
/* An empty sum in scratch; d is null when scratch ran out (s->failed). s null: the shadow of a sum, bounds alone. */
void jfi_acc_init(jfi_acc *acc, const struct jfhe_ctx *ctx, uint32_t level, double scale, double spread,
                  jfi_scratch *s);
/* += a*b (2ab if twice). a, b: degree 1, over supersets of the primes; a.scale*b.scale within
 * JFI_SCALE_TOLERANCE of the accumulator's. */
jfhe_status jfi_acc_mul(jfi_acc *acc, const struct jfhe_ct *a, const struct jfhe_ct *b, int twice);
/* The same for each of several sums of one level: sum o += in[o][2t] * in[o][2t+1], t < count. Terms of one number had better have factors in
 * common. s: jfi_acc_many_bytes. On failure the sums are lost. */
size_t jfi_acc_many_bytes(const struct jfhe_ctx *ctx, size_t sums, size_t count);
jfhe_status jfi_acc_mul_many(jfi_acc *acc, size_t sums, const struct jfhe_ct *const *const *in, size_t count,
                             jfi_scratch *s);
/* What a product adds to a sum's bounds. */
jfhe_status jfi_acc_join_product(jfi_acc *acc, const struct jfhe_ct *a, const struct jfhe_ct *b);
/* += c*a, by the integer nearest to c*acc.scale/a.scale. */
void jfi_acc_mul_const(jfi_acc *acc, const struct jfhe_ct *a, double c);
/* += i*c*a. */
void jfi_acc_mul_const_i(jfi_acc *acc, const struct jfhe_ct *a, double c);
/* What such a product adds to a sum's bounds, for a constant of which `parts` (1, or 2 where it is complex) are rounded; the factor that makes
 * integers of them. */
double jfi_acc_join_const(jfi_acc *acc, const struct jfhe_ct *a, double modulus, int parts);
/* += c in every slot. */
void jfi_acc_add_const(jfi_acc *acc, double c);
/* -= what was added so far: the sum changes its sign. */
void jfi_acc_neg(jfi_acc *acc);
/* += a*p: p over a superset of the primes, a.scale*p.scale as for jfi_acc_mul. */
jfhe_status jfi_acc_mul_pt(jfi_acc *acc, const struct jfhe_ct *a, const struct jfhe_pt *p);
/* out = the sum, one level down, scale acc.scale/step; message bound min(sum's, mag). out has room; its key id and
 * packing are set by the caller; on failure it is unchanged. rlk may be null when nothing was multiplied. */
size_t jfi_acc_finish_scratch(const struct jfhe_ctx *ctx, uint32_t level);
jfhe_status jfi_acc_finish(jfi_acc *acc, struct jfhe_ct *out, double mag, const struct jfhe_evk *rlk, jfi_scratch *s);

/* A ciphertext of degree 1 in scratch, room for the primes of a level. */
size_t jfi_ct_temp_bytes(const struct jfhe_ctx *ctx, uint32_t level);
void jfi_ct_temp(struct jfhe_ct *ct, const struct jfhe_ctx *ctx, uint32_t level, jfi_scratch *s);
/* The shadow of one. */
void jfi_ct_shadow(struct jfhe_ct *ct, const struct jfhe_ctx *ctx, uint32_t level);
/* One or the other. */
void jfi_ct_piece(struct jfhe_ct *ct, const struct jfhe_ctx *ctx, uint32_t level, int shadow, jfi_scratch *s);
#endif
