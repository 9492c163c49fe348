/* rlwe/digits.h: the parts of a key switch that its whole (keyswitch.c) and its pieces (inner.c) share: digits of a polynomial, their
 * extension to other primes, the inner product with a key. */
#ifndef JFI_RLWE_DIGITS_H
#define JFI_RLWE_DIGITS_H
#include "rlwe/ctx.h"
#include "rlwe/evk.h"

/* What decomposition needs to know, for one set S and one key shape. */
typedef struct jfi_shape_of {
  const jfhe_ctx *ctx;
  size_t n, n_s, n_e, n_digits;
  jfi_set S, E;                                /* E = S and the specials */
  jfi_set D[JFI_DIGITS_MAX];                   /* digit sets cut to S, nonempty */
  uint32_t key_digit[JFI_DIGITS_MAX];          /* which digit of the key */
  const jfi_conv_entry *entry[JFI_DIGITS_MAX]; /* D -> E \ D */
  uint32_t s_list[JFI_PRIMES_MAX], e_list[JFI_PRIMES_MAX];
} jfi_shape_of;

jfhe_status jfi_shape_make(jfi_shape_of *h, const jfhe_ctx *ctx, jfi_set S, const jfhe_evk *key);

/* A polynomial over S in evaluation form, x, or the product x*times*factor that nobody has formed, and its digits. */
typedef struct jfi_digits {
  const jfi_shape_of *h;
  const uint64_t *x, *times; /* times may be null: 1 */
  uint64_t factor;           /* below every prime of S; 0: 1 */
  uint64_t *y;               /* over S: coefficients times the digits' constants */
  uint64_t *round;           /* n_digits x n rounding words */
} jfi_digits;

/* Words of y and round together. */
size_t jfi_digits_words(size_t n_s, size_t n_digits, size_t n);
/* Fills y and round. */
void jfi_digits_start(const jfi_digits *x);
/* Digit d at `count` primes of E (ascending), evaluation form: out[i] = room[i], filled, or a limb of x itself where the
 * prime is the digit's own. */
void jfi_digits_extend(const jfi_digits *x, size_t d, const uint32_t *prime, size_t count, uint64_t *const *room,
                       const uint64_t **out);

/* Words that one inner product needs to expand the public half of a seeded key. */
size_t jfi_digits_dot_words(const jfhe_ctx *ctx, size_t n_digits);
/* acc0, acc1 (+)= sum over digits of x[d] * (b_d, a_d), modulo prime. acc0, acc1 may equal some x[d]. */
typedef struct jfi_dots {
  const uint64_t *x[JFI_DIGITS_MAX];
  uint64_t *acc0, *acc1;
} jfi_dots;
/* `count` of them with one key, which is read, and expanded, once. */
void jfi_digits_dot(const jfi_shape_of *h, const jfhe_evk *key, size_t prime, const jfi_dots *dots, size_t count,
                    int accumulate, uint64_t *room);
#endif
