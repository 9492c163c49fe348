/* rlwe/keyswitch.h: hybrid key switching and division by primes, over any subset of primes. [HK20] [BMTPH21]
 *
 * Polynomials here are bare limb arrays in evaluation form: limb of the j-th prime of the set at p + j*N, sets in ascending
 * order, specials after the chain. "poly pair" = two such arrays. Everything is deterministic: any count of workers gives the same bytes. */
#ifndef JFI_RLWE_KEYSWITCH_H
#define JFI_RLWE_KEYSWITCH_H
#include "base/mem.h"
#include "rlwe/ctx.h"
#include "rlwe/ct.h"
#include "rlwe/evk.h"

/* ---- division: the one primitive below rescale, level drop and ModDown ----
 * out (over T) = round( x * prod(T \ X) / prod(X \ T) ) for x over X, both evaluation form; X and T share at least one prime.
 * Rounding is of the centred remainder: the result is off the real quotient by at most 1/2 (plus 2^-40) a coefficient.
 * count polynomials at once: out[i], x[i]. out[i] may equal x[i] only when T is a prefix of X. */
size_t jfi_divide_scratch(const struct jfhe_ctx *ctx, jfi_set X, jfi_set T, size_t count);
jfhe_status jfi_divide(const struct jfhe_ctx *ctx, uint64_t *const *out, jfi_set T, const uint64_t *const *x, jfi_set X,
                       size_t count, jfi_scratch *s);

/* ---- key switching, whole ----
 * (r0, r1) over T ~= ( (add0, add1) + KS(c) ) * prod(T \ S) / prod(S \ T), c, add0, add1 over S, key covering S.
 * T = S switches alone; T = the next level's set merges ModDown and rescaling into one division. add0/add1 may be null (zero).
 * r0, r1 may equal add0, add1 when T is a prefix of S. */
size_t jfi_keyswitch_scratch(const struct jfhe_ctx *ctx, jfi_set S, jfi_set T, jfi_set P, uint32_t n_digits);
jfhe_status jfi_keyswitch(const struct jfhe_ctx *ctx, uint64_t *r0, uint64_t *r1, jfi_set T, const uint64_t *c,
                          const uint64_t *add0, const uint64_t *add1, jfi_set S, const struct jfhe_evk *key,
                          jfi_scratch *s);

/* The same, from more kinds of input:
 *   - c as it is, or (c null) its digits from jfi_decompose;
 *   - a, b instead of c and add: the product of two polynomial pairs over S, c = a[1]*b[1], add0 = a[0]*b[0],
 *     add1 = a[0]*b[1] + a[1]*b[0], of which nothing is stored;
 *   - times, if not 0: a word below every prime of S by which that product is multiplied, at hardly any cost;
 *   - perm, if not null: the automorphism of jfi_galois_perm is applied to the result.
 * r0, r1 may equal inputs of S when T is a prefix of S: r0 any of add[0], a[0], b[0], r1 any of c, add[1], a[1], b[1]. Scratch as for
 * jfi_keyswitch. */
typedef struct jfi_switch {
  jfi_set S, T;
  const struct jfhe_evk *key;
  const uint64_t *c, *digits;
  const uint64_t *add[2];
  const uint64_t *a[2], *b[2];
  uint64_t times;
  const uint32_t *perm;
} jfi_switch;
jfhe_status jfi_switch_run(const struct jfhe_ctx *ctx, uint64_t *r0, uint64_t *r1, const jfi_switch *w, jfi_scratch *s);

/* ---- in parts, for hoisting ----
 * digits: n_digits x (|S|+|P|) limbs: digit d of c, extended to S and P, evaluation form. Depends on the key's p and digit[] only, so every key
 * of the same shape shares it. */
size_t jfi_decompose_words(const struct jfhe_ctx *ctx, jfi_set S, jfi_set P, uint32_t n_digits);
size_t jfi_decompose_scratch(const struct jfhe_ctx *ctx, jfi_set S);
jfhe_status jfi_decompose(const struct jfhe_ctx *ctx, uint64_t *digits, const uint64_t *c, jfi_set S,
                          const struct jfhe_evk *shape, jfi_scratch *s);
/* (acc0, acc1) over S and P: inner product of the digits with the key; added to what is there if accumulate != 0. */
size_t jfi_inner_scratch(const struct jfhe_ctx *ctx, const struct jfhe_evk *key);
jfhe_status jfi_inner(const struct jfhe_ctx *ctx, uint64_t *acc0, uint64_t *acc1, const uint64_t *digits, jfi_set S,
                      const struct jfhe_evk *key, int accumulate, jfi_scratch *s);
/* r (over a set) = x with the automorphism g applied, evaluation form, r != x; perm has N entries (jfi_galois_perm). */
void jfi_permute_limbs(const struct jfhe_ctx *ctx, uint64_t *r, const uint64_t *x, size_t n_limbs,
                       const uint32_t *perm);
/* acc over S and P: acc_limb += P * x_limb on the limbs of S (lifts x into the extended modulus). */
void jfi_add_lifted(const struct jfhe_ctx *ctx, uint64_t *acc, const uint64_t *x, jfi_set S, jfi_set P);

/* Additive error of one key switch over S with this key and result scale 1: worst and deviation of a slot (canonical embedding),
 * in units of the ciphertext's coefficients (divide by its scale). Includes ModDown's rounding. docs/SOUNDNESS.md, "Key switching". */
void jfi_keyswitch_noise(const struct jfhe_ctx *ctx, jfi_set S, const struct jfhe_evk *key, double *worst, double *sd);
/* The same for one rounding division (rescale, level drop) of a degree-1 ciphertext. */
void jfi_divide_noise(const struct jfhe_ctx *ctx, double *worst, double *sd);
/* Fresh encryptions: seeded symmetric, and public key. */
void jfi_fresh_noise(const struct jfhe_ctx *ctx, int public_key, double *worst, double *sd);
#endif
