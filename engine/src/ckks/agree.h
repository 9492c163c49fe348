/* ckks/agree.h: may these objects meet, and what will the result say of itself?
 *
 * Every operation plans its result's metadata first, which makes all checks, then computes, then
 * settles the metadata: so outputs may be inputs, and a refusal leaves them unchanged.
 *
 * A shadow is a ciphertext without residues (data is null): operations on shadows plan and settle, and
 * compute nothing. So what a program will say of its values before it runs comes from the same lines as
 * what the run says. Shadows and ciphertexts never meet in one operation, and no shadow leaves the library. */
#ifndef JFI_CKKS_AGREE_H
#define JFI_CKKS_AGREE_H
#include "ckks/bound.h"
#include "rlwe/keyring.h"

/* What a result will say: all of struct jfhe_ct but its room and data. */
typedef struct jfi_meta {
  uint32_t degree, level, packing, log_slots;
  jfi_set primes;
  double scale;
  jfi_bound bound;
  const uint8_t *key_id;
} jfi_meta;

static inline int jfi_ct_is_shadow(const jfhe_ct *ct) { return ct->data == NULL; }

/* ct is of this context, not empty, in evaluation form. */
jfhe_status jfi_ct_usable(const jfhe_ctx *ctx, const jfhe_ct *ct);
/* pt is of this context and not empty. */
jfhe_status jfi_pt_usable(const jfhe_ctx *ctx, const jfhe_pt *pt);
/* out has room for the planned result. */
jfhe_status jfi_ct_room(const jfhe_ctx *ctx, const jfhe_ct *out, const jfi_meta *m);
/* The metadata of a, to be changed by the operation. */
jfi_meta jfi_meta_of(const jfhe_ct *a);
/* Writes the metadata; the key id may be that of `out` itself. Always JFHE_OK. */
jfhe_status jfi_ct_settle(const jfhe_ctx *ctx, jfhe_ct *out, const jfi_meta *m);

/* Same secret, same primes: both in one sum or product. */
jfhe_status jfi_ct_agree(const jfhe_ct *a, const jfhe_ct *b);
/* pt is in evaluation form, and its primes include the ciphertext's. */
jfhe_status jfi_pt_covers(const jfhe_ct *a, const jfhe_pt *pt);
/* Packing of a result of two packings; sparse vectors repeat, so slots join at the larger count.
 * JFHE_ERR_FORM when slots meet coefficients. */
jfhe_status jfi_meta_join(jfi_meta *m, uint32_t packing, uint32_t log_slots);
/* Relative difference of two scales, or JFHE_ERR_SCALE above JFI_SCALE_TOLERANCE. */
jfhe_status jfi_scale_mismatch(double *mismatch, double a, double b);
/* Rotations and constants mean something in slots only. */
jfhe_status jfi_ct_in_slots(const jfhe_ct *a, const char *what);

/* The chain level below a's, where a lies on the chain; JFHE_ERR_LEVEL otherwise. */
jfhe_status jfi_ct_on_chain(const jfhe_ctx *ctx, const jfhe_ct *a, uint32_t at_least);
/* key switches ciphertexts of `from` that lie over `primes`; JFHE_ERR_KEY otherwise, also for null. */
jfhe_status jfi_evk_serves(const jfhe_ctx *ctx, const jfhe_evk *key, const uint8_t *from, jfi_set primes,
                           const char *what);

#endif
