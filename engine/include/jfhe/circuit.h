/* jfhe/circuit.h: circuits on encrypted vectors: linear maps, polynomials, the ladder between rings, derived keys.
 *
 * Order of arguments: context, outputs, inputs, keys, scratch. Nothing here knows a secret. Outputs carry bounds as in jfhe/ckks.h: a
 * result whose bound cannot be met is refused with JFHE_ERR_RANGE. */
#ifndef JFHE_CIRCUIT_H
#define JFHE_CIRCUIT_H
#include "jfhe/keys.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- polynomials ---- */
typedef struct jfhe_poly jfhe_poly;

enum jfhe_basis {
  JFHE_BASIS_POWER = 0, /**< sum c_i x^i */
  JFHE_BASIS_CHEB = 1   /**< sum c_i T_i(y), y = (2x - a - b)/(b - a) */
};

enum jfhe_poly_flag {
  JFHE_POLY_PROMISED = 1 /**< the caller vouches that every message is a real number inside [a, b] */
};

enum { JFHE_POLY_DEGREE_MAX = 1023 };

/** A caller's real function. */
typedef double (*jfhe_real_fn)(void *self, double x);

/** Chebyshev coefficients of a function on [a, b]: its interpolant at the power of two of Chebyshev nodes that is >= 2*count,
 *  cut after `count` terms. For an odd (even) f on [-b, b] the even (odd) coefficients are exactly 0. [Tre13]
 *
 *  coeff  count doubles, count <= JFHE_POLY_DEGREE_MAX + 1; degree count - 1.
 *  Error   that of the cut series, at most twice that of the best polynomial of the degree and the terms left out.
 *  Memory  allocates about 64*count bytes while it runs.
 *  Time    O(count^2); f is called once a node. The bits of the nodes are the same on every build.
 *
 *  Returns JFHE_OK, else coeff is unspecified: JFHE_ERR_ARG for a null pointer, count 0 or too large, or a >= b;
 *          JFHE_ERR_VALUE when f returns NaN or infinity; JFHE_ERR_MEMORY. */
JFHE_API JFHE_CHECK jfhe_status jfhe_cheb_fit(double *coeff, size_t count, jfhe_real_fn f, void *self, double a,
                                              double b);

/** A polynomial made ready for evaluation: which powers to compute, how to split, its bounds.
 *
 *  coeff, count  count >= 2 coefficients, ascending; trailing zeros are dropped. Zero coefficients cost nothing, so odd and even
 *                polynomials need about half the powers.
 *  basis         enum jfhe_basis.
 *  a, b          the interval of JFHE_BASIS_CHEB, a < b; for JFHE_BASIS_POWER both must be 0.
 *  Memory        about 200*count bytes.
 *  Time          O(count^2): suprema of the polynomial and its derivative, from 8*count nodes. [EZ64]
 *
 *  Returns JFHE_OK, else *out is null: JFHE_ERR_ARG for the limits above or a constant polynomial; JFHE_ERR_VALUE for NaN or
 *          infinity; JFHE_ERR_MEMORY. */
JFHE_API JFHE_CHECK jfhe_status jfhe_poly_new(jfhe_poly **out, const double *coeff, size_t count, uint32_t basis,
                                              double a, double b);
JFHE_API void jfhe_poly_free(jfhe_poly *p);
JFHE_API uint32_t jfhe_poly_degree(const jfhe_poly *p);
/** Levels that an evaluation costs: ceil(log2(degree + 1)), and one more where an interval of length other than 2 must be scaled. */
JFHE_API uint32_t jfhe_poly_depth(const jfhe_poly *p);
/** Relinearisations that an evaluation costs: the measure that the plan minimises. */
JFHE_API uint32_t jfhe_poly_relins(const jfhe_poly *p);
/** The value at x, in the clear. */
JFHE_API double jfhe_poly_value(const jfhe_poly *p, double x);
/** sup |p| over [a, b]; for JFHE_BASIS_POWER over [-1, 1]. Proved, at most 2 % above the supremum but for rounding. */
JFHE_API double jfhe_poly_sup(const jfhe_poly *p);

/** Evaluate a polynomial slot by slot.
 *
 *  out[i] = p(x[i]) + e[i].   Paterson-Stockmeyer in a binary tree with one relinearisation a node. [PS73] [HK20] [BMTPH21]
 *
 *  Shapes  x: degree 1, real or complex packing, level l >= jfhe_poly_depth(p).  out: degree 1, level l - jfhe_poly_depth(p).
 *  Scale   canonical for out's level, exactly: coefficients absorb every other factor.
 *  Error   |e[i]| <= |x error| * sup|p'| over the numbers x can be, plus what the evaluation itself adds; out's bounds say how much.
 *          With JFHE_BASIS_CHEB x's magnitude must lie within [a, b], else the bound grows as the Chebyshev polynomials do
 *          outside and soon is refused; JFHE_POLY_PROMISED in `flags` replaces the magnitude by [a, b].
 *  Alias   out may be x.
 *  Memory  allocates nothing; scratch >= jfhe_poly_eval_scratch(ctx, p, l) bytes.
 *  Time    independent of messages; depends on p, level and ring degree.
 *
 *  Returns JFHE_OK, else out is unchanged:
 *          JFHE_ERR_LEVEL    too few levels;
 *          JFHE_ERR_SCALE    x is not near its level's canonical scale;
 *          JFHE_ERR_KEY      no relinearisation key, or it serves lower levels only;
 *          JFHE_ERR_FORM     coefficient packing, degree 2, or out too small;
 *          JFHE_ERR_RANGE    a bound exceeds the modulus on the way;
 *          JFHE_ERR_SCRATCH  scratch_len too small. */
JFHE_API JFHE_CHECK jfhe_status jfhe_poly_eval(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *x, const jfhe_poly *p,
                                               uint32_t flags, const jfhe_keyring *keys, void *scratch,
                                               size_t scratch_len);
JFHE_API size_t jfhe_poly_eval_scratch(const jfhe_ctx *ctx, const jfhe_poly *p, uint32_t level);

/* ---- linear maps ---- */
/** A square matrix on the slots, as its generalised diagonals: out[i] = sum over d of diag_d[i] * in[(i + d) mod slots]. */
typedef struct jfhe_linmap jfhe_linmap;

/** Fill the diagonal `index` (0 <= index < slots): slots numbers each; im is zeroed beforehand. Must give the same numbers at every call. */
typedef void (*jfhe_diagonal_fn)(void *self, uint32_t index, double *re, double *im);

/** A map from its diagonals; they are read once now (norms, zeros, constants) and again when they are encoded.
 *
 *  log_slots  log2 of the matrix' size, as of the ciphertexts it will meet (sparse packing included).
 *  index      count diagonals, each in (-slots, slots), distinct modulo slots. Diagonals that are all zero are dropped; one that is a
 *             real constant needs no plaintext.
 *  fn, self   must outlive the map.
 *  Memory     the map holds 12 slots bytes while it is made, then a few words a diagonal and the plaintexts cached (jfhe_linmap_set_cap).
 *  Returns JFHE_OK, else *out is null: JFHE_ERR_ARG for the limits above; JFHE_ERR_VALUE for NaN or infinity, or a map that is all
 *          zero; JFHE_ERR_MEMORY. */
JFHE_API JFHE_CHECK jfhe_status jfhe_linmap_new(jfhe_linmap **out, const jfhe_ctx *ctx, uint32_t log_slots,
                                                const int32_t *index, size_t count, jfhe_diagonal_fn fn, void *self);
/** The same from arrays, copied: diagonal index[t] is re[t*slots ..], im[t*slots ..]; im may be null. */
JFHE_API JFHE_CHECK jfhe_status jfhe_linmap_new_array(jfhe_linmap **out, const jfhe_ctx *ctx, uint32_t log_slots,
                                                      const int32_t *index, size_t count, const double *re,
                                                      const double *im);
JFHE_API void jfhe_linmap_free(jfhe_linmap *map);
/** Most bytes of encoded diagonals to keep (at first: all). What is beyond is encoded at each use and forgotten; 0 keeps none. */
JFHE_API JFHE_CHECK jfhe_status jfhe_linmap_set_cap(jfhe_linmap *map, size_t bytes);
/** Bytes of encoded diagonals kept now. */
JFHE_API size_t jfhe_linmap_cached(const jfhe_linmap *map);
/** Diagonals left after dropping zeros. */
JFHE_API size_t jfhe_linmap_diagonals(const jfhe_linmap *map);
/** Largest row sum of moduli: |out| <= norm * |in|. */
JFHE_API double jfhe_linmap_norm(const jfhe_linmap *map);
/** The rotations whose Galois keys an application needs, without 0. Writes at most `cap` of them to `k` and returns how many there are. */
JFHE_API size_t jfhe_linmap_rotations(const jfhe_linmap *map, int32_t *k, size_t cap);
/** Encode the diagonals for ciphertexts of a level at its canonical scale now, up to the cap. After it, applications at that level only read
 *  the map: any number of threads may share it. Without it the first application encodes. */
JFHE_API JFHE_CHECK jfhe_status jfhe_linmap_prepare(const jfhe_ctx *ctx, jfhe_linmap *map, uint32_t level);

/** Apply a linear map.
 *
 *  out = M a + e. Baby-step giant-step, double hoisting: one decomposition for all baby rotations, which stay in the modulus QP; one
 *  polynomial divided by P a giant step; one division by P and the level's step at the end. [HS18] [BMTPH21]
 *
 *  Shapes  a: degree 1, level l >= 1, log_slots of the map, real or complex packing.  out: degree 1, level l - 1.
 *  Scale   out is canonical.
 *  Error   norm * (a's error + key switching) + giant steps' key switching + encoding of the diagonals + rounding; in out's bounds.
 *  Packing complex, unless a is real and every diagonal is real.
 *  Alias   out may be a.
 *  Memory  scratch >= jfhe_linmap_scratch(ctx, map, l) bytes; allocates encoded diagonals as the cap allows.
 *  Time    independent of messages.
 *
 *  Returns JFHE_OK, else out is unchanged:
 *          JFHE_ERR_LEVEL, JFHE_ERR_FORM, JFHE_ERR_RANGE, JFHE_ERR_SCRATCH, JFHE_ERR_MEMORY;
 *          JFHE_ERR_KEY      a rotation of jfhe_linmap_rotations is absent, serves lower levels only, or keys differ in shape. */
JFHE_API JFHE_CHECK jfhe_status jfhe_linmap_apply(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, jfhe_linmap *map,
                                                  const jfhe_keyring *keys, void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_linmap_scratch(const jfhe_ctx *ctx, const jfhe_linmap *map, uint32_t level);

/** out = sum over t < count of a rotated by k[t]: one decomposition, one division; no level. k[t] = 0 adds a itself.
 *  Alias, refusals and keys as jfhe_linmap_apply; out has a's level and scale. */
JFHE_API JFHE_CHECK jfhe_status jfhe_rotate_sum(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const int32_t *k,
                                                size_t count, const jfhe_keyring *keys, void *scratch,
                                                size_t scratch_len);
JFHE_API size_t jfhe_rotate_sum_scratch(const jfhe_ctx *ctx, uint32_t level);
/** out[i] = sum over j < count of a[i + j*stride], count a power of two, in passes of up to `radix` (2, 4, 8 or 16) hoisted rotations:
 *  fewer decompositions than jfhe_ckks_inner_sum for more keys. Level, scale and refusals as jfhe_rotate_sum. */
JFHE_API JFHE_CHECK jfhe_status jfhe_inner_sum_hoisted(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a,
                                                       uint32_t stride, uint32_t count, uint32_t radix,
                                                       const jfhe_keyring *keys, void *scratch, size_t scratch_len);
/** The rotations that it needs; writes at most `cap`, returns how many. */
JFHE_API size_t jfhe_inner_sum_rotations(uint32_t stride, uint32_t count, uint32_t radix, int32_t *k, size_t cap);

/* ---- the ladder between rings ---- */
/** Level of `ctx` at which ciphertexts of `small` at `level` arrive by jfhe_lift; UINT32_MAX when its primes are not carried or nothing
 *  would be left. */
JFHE_API uint32_t jfhe_lift_level(const jfhe_ctx *ctx, const jfhe_ctx *small, uint32_t level);
/** Level of `small` at which jfhe_lower of a ciphertext of `ctx` at `level` arrives with `key`; UINT32_MAX as above. */
JFHE_API uint32_t jfhe_lower_level(const jfhe_ctx *ctx, const jfhe_ctx *small, uint32_t level, const jfhe_evk *key);

/** Lift ciphertexts of a smaller ring (degree n) into this one (degree N), up to N/n of them into one.
 *
 *  The polynomials are interleaved: A(X) = sum over j < count of X^j a_j(X^(N/n)), switched to this ring's secret, divided to its modulus.
 *  Layout  count 1: sparse packing, out has a's log_slots: the same numbers, repeated.
 *          JFHE_PACK_COEFF: coefficient (N/n)*i + j of out is coefficient i of a_j.
 *          count > 1 and slots: out is complex and full; with w = exp(pi i/N) its slot t is sum over j of w^(j*5^t) * a_j[t mod n/2].
 *          jfhe_linmap_new_ladder makes the map that separates them.
 *
 *  Shapes  in: count ciphertexts of one context, level, scale, packing and key.  out: level jfhe_lift_level.
 *  Scale   out is canonical.
 *  Error   count > 1 and slots: the sum of theirs; else the largest; plus one key switch and one rounding.
 *  Memory  scratch >= jfhe_lift_scratch.
 *  Returns JFHE_OK, else out is unchanged: JFHE_ERR_ARG for count 0 or above N/n; JFHE_ERR_CONTEXT when this context lacks the
 *          primes; JFHE_ERR_KEY for another key; JFHE_ERR_LEVEL, JFHE_ERR_SCALE, JFHE_ERR_FORM when the inputs differ or out is
 *          too small; JFHE_ERR_SCRATCH. */
JFHE_API JFHE_CHECK jfhe_status jfhe_lift(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *const *in, size_t count,
                                          const jfhe_evk *key, void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_lift_scratch(const jfhe_ctx *ctx, const jfhe_ctx *small, uint32_t level, size_t count,
                                  const jfhe_evk *key);

/** Lower a ciphertext into a smaller ring, as the first `count` of its N/n interleaved parts: the inverse of jfhe_lift's layout.
 *
 *  out[j][t] = (n/N) sum over u of conj(w^(j*5^(t + u*n/2))) * a[t + u*n/2]; a sparse packing of at most n/2 slots is simply kept
 *  (count 1). JFHE_PACK_COEFF: coefficient i of out[j] is coefficient (N/n)*i + j of a.
 *  The key is over the smaller ring's modulus alone, since it protects that ring's secret.
 *
 *  Shapes  a: degree 1.  out: count ciphertexts of `small`, level jfhe_lower_level.
 *  Scale   canonical.
 *  Returns as jfhe_lift. */
JFHE_API JFHE_CHECK jfhe_status jfhe_lower(const jfhe_ctx *ctx, jfhe_ct *const *out, size_t count, const jfhe_ct *a,
                                           const jfhe_evk *key, void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_lower_scratch(const jfhe_ctx *ctx, uint32_t level, const jfhe_evk *key);

/** Lift and separate: slot t + j*n/2 of out is a_j[t mod n/2]. map: jfhe_linmap_new_ladder, mix = 0; keys: its rotations.
 *  As jfhe_lift and jfhe_linmap_apply one after the other, one level more, but with the bounds of the parts themselves: magnitude and
 *  inherited error are the largest of theirs, not their sum. out has their packing. Not for JFHE_PACK_COEFF. */
JFHE_API JFHE_CHECK jfhe_status jfhe_lift_slots(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *const *in,
                                                size_t count, const jfhe_evk *key, jfhe_linmap *map,
                                                const jfhe_keyring *keys, void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_lift_slots_scratch(const jfhe_ctx *ctx, const jfhe_ctx *small, uint32_t level, const jfhe_evk *key,
                                        const jfhe_linmap *map);
/** Mix and lower, the inverse: out[j][t] = a[t + j*n/2], full slots, one level more than jfhe_lower. map: mix != 0. out keeps a's packing. */
JFHE_API JFHE_CHECK jfhe_status jfhe_lower_slots(const jfhe_ctx *ctx, jfhe_ct *const *out, size_t count,
                                                 const jfhe_ct *a, const jfhe_evk *key, jfhe_linmap *map,
                                                 const jfhe_keyring *keys, void *scratch, size_t scratch_len);
JFHE_API size_t jfhe_lower_slots_scratch(const jfhe_ctx *ctx, uint32_t level, const jfhe_evk *key,
                                         const jfhe_linmap *map);

/** The map that separates a full lift of N/n ciphertexts of degree n = 2^log_n_small: slot t + u*n/2 becomes a_u[t] (n/2 slots each).
 *  mix != 0: its inverse, to be applied before jfhe_lower. N/n diagonals, about 2 sqrt(N/n) rotations, one level. */
JFHE_API JFHE_CHECK jfhe_status jfhe_linmap_new_ladder(jfhe_linmap **out, const jfhe_ctx *ctx, uint32_t log_n_small,
                                                       int mix);

/* ---- derived keys (see jfhe_evk_compose in jfhe/keys.h) ---- */
/** Add to `ring` the keys of rotations k[0 .. count), derived from the parents (jfhe_keygen_parent) found in `parents`: signed
 *  binary digits of k, each rotation from a nearby one where that adds no noise. A key that `ring` already has at the parents' level is
 *  left alone. A derivation is as many key switches as the derived key has digits; its noise grows with the digits of k.
 *  Needs no secret. [LLKN22]
 *
 *  Returns JFHE_OK, else: JFHE_ERR_KEY when a parent is missing (jfhe_last_error names the rotation; nothing is derived);
 *          JFHE_ERR_MEMORY (`ring` keeps what was derived so far). */
JFHE_API JFHE_CHECK jfhe_status jfhe_keyring_derive(jfhe_keyring *ring, const jfhe_ctx *ctx,
                                                    const jfhe_keyring *parents, const int32_t *k, size_t count);

#ifdef __cplusplus
}
#endif
#endif
