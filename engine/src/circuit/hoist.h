/* circuit/hoist.h: rotations that stay in the extended modulus. [HS18] [BMTPH21]
 *
 * Everything here works on pairs of polynomials over E = S and P: P times a ciphertext over S. One decomposition serves all rotations of
 * one ciphertext; a sum of rotations, times plaintexts or not, is divided by P once. Several ciphertexts of one level can turn together: each
 * limb of the key is then read and expanded once for all. */
#ifndef JFI_CIRCUIT_HOIST_H
#define JFI_CIRCUIT_HOIST_H
#include "base/mem.h"
#include "ckks/eval.h"
#include "rlwe/keyswitch.h"

enum { JFI_MANY_MAX = 8 }; /* ciphertexts at once */

/* A rotation: its Galois element and key; key null: nothing to do. */
typedef struct jfi_turn {
  uint32_t g;
  const struct jfhe_evk *key;
} jfi_turn;

/* The sets and sizes of one hoisting. P is empty when no key is needed. */
typedef struct jfi_hoist {
  const struct jfhe_ctx *ctx;
  jfi_set S, P, E;
  size_t n, n_s, n_e, n_digits;
  uint32_t prime[JFI_PRIMES_MAX]; /* of E */
  const struct jfhe_evk *shape;   /* any of the keys, or null */
  uint32_t *perm;                 /* N indices */
  uint64_t *digits[JFI_MANY_MAX]; /* of what was decomposed last, for each ciphertext */
  uint64_t *worker;               /* worker_words for each worker: one limb of each pair, and a key's expansion */
  size_t worker_words;
  jfi_noise noise; /* of one key switch, result scale 1; the largest among the keys */
} jfi_hoist;

/* The turn of each rotation of a. JFHE_ERR_KEY when a key is absent or differs in shape (specials, digits) from the others. */
jfhe_status jfi_turns_find(const struct jfhe_ctx *ctx, jfi_turn *turn, const struct jfhe_ct *a, const int32_t *k,
                           size_t count, const struct jfhe_keyring *keys);
/* What rotations over S by these turns share: sets, digits, noise. */
void jfi_hoist_open(jfi_hoist *h, const struct jfhe_ctx *ctx, jfi_set S, const jfi_turn *turn, size_t count);
/* Room for the digits of `count` ciphertexts and for one turn of all. */
jfhe_status jfi_hoist_take(jfi_hoist *h, size_t count, jfi_scratch *s);
/* Bytes that jfi_hoist_take takes and the steps need behind it, for any keys at a level. */
size_t jfi_hoist_room(const struct jfhe_ctx *ctx, uint32_t level, size_t count);
/* Digits of c over S, which is the i-th ciphertext's. */
jfhe_status jfi_hoist_digits(jfi_hoist *h, size_t i, const uint64_t *c, jfi_scratch s);
/* (r[0], r[1]) = turn of ((add0, 0) + switch of the digits), + plus. add0: over S, times P, if `lift`, else over E as it is. plus: nulls, or a
 * pair over E. r[0] may equal add0. */
typedef struct jfi_turned {
  uint64_t *r[2];
  const uint64_t *add0, *plus[2];
} jfi_turned;
/* One of these for each of the first `count` ciphertexts. */
jfhe_status jfi_hoist_turn(jfi_hoist *h, const jfi_turned *x, size_t count, int lift, jfi_turn turn);
/* r = P*x, x over S. */
void jfi_hoist_lift(const jfi_hoist *h, uint64_t *r, const uint64_t *x);
/* r += x over E. */
void jfi_hoist_add(const jfi_hoist *h, uint64_t *r, const uint64_t *x);
#endif
