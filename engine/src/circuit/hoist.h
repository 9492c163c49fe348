/* circuit/hoist.h: rotations that stay in the extended modulus. [HS18] [BMTPH21]
 *
 * Everything here works on pairs of polynomials over E = S and P: P times a ciphertext over S. One decomposition serves all rotations of
 * one ciphertext; a sum of rotations, times plaintexts or not, is divided by P once. */
#ifndef JFI_CIRCUIT_HOIST_H
#define JFI_CIRCUIT_HOIST_H
#include "base/mem.h"
#include "ckks/eval.h"
#include "rlwe/keyswitch.h"

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
  uint64_t *digits;               /* of what was decomposed last */
  uint64_t *worker;               /* worker_words for each worker: one limb of a pair, and a key's expansion */
  size_t worker_words;
  jfi_noise noise; /* of one key switch, result scale 1; the largest among the keys */
} jfi_hoist;

/* The turn of each rotation of a. JFHE_ERR_KEY when a key is absent or differs in shape (specials, digits) from the others. */
jfhe_status jfi_turns_find(const struct jfhe_ctx *ctx, jfi_turn *turn, const struct jfhe_ct *a, const int32_t *k,
                           size_t count, const struct jfhe_keyring *keys);
/* What rotations over S by these turns share: sets, digits, noise. */
void jfi_hoist_open(jfi_hoist *h, const struct jfhe_ctx *ctx, jfi_set S, const jfi_turn *turn, size_t count);
/* Room for the digits and for one turn. */
jfhe_status jfi_hoist_take(jfi_hoist *h, jfi_scratch *s);
/* Bytes that jfi_hoist_take takes and the steps need behind it, for any keys at a level. */
size_t jfi_hoist_room(const struct jfhe_ctx *ctx, uint32_t level);
/* Digits of c over S. */
jfhe_status jfi_hoist_digits(jfi_hoist *h, const uint64_t *c, jfi_scratch s);
/* (r0, r1) = turn of ((add0, 0) + switch of the digits), + plus. add0: over S, times P, if `lift`, else over E as it is. plus: null, or a
 * pair over E. r0 may equal add0. */
jfhe_status jfi_hoist_turn(jfi_hoist *h, uint64_t *r0, uint64_t *r1, const uint64_t *add0, int lift, jfi_turn turn,
                           const uint64_t *const *plus);
/* r = P*x, x over S. */
void jfi_hoist_lift(const jfi_hoist *h, uint64_t *r, const uint64_t *x);
/* r += x over E. */
void jfi_hoist_add(const jfi_hoist *h, uint64_t *r, const uint64_t *x);
#endif
