/* bgv/space.h: integers modulo a prime t in the ring of a context. [BGV12] [Bra12] [FV12]
 *
 * One representation serves BGV and BFV. A ciphertext over the primes of Q has the phase
 *     x = c0 + c1*s (+ c2*s^2)   with   t*x == v (mod Q),   v == factor*m (mod t),   |v| small:
 * v is the noisy message of BGV, and since t*x = v + kQ the phase is round(Q/t * (-m*factor/Q mod t)) up to v/t: a ciphertext of BFV whose
 * message carries a unit. So everything that adds a small error to a phase (encryption, key switching, a rounding division) is that of
 * rlwe/, unchanged, and adds t times that error to v; a product is t*x1*x2, for t*(t*x1*x2) = v1*v2. Division by D with A coming makes of
 * v the integer (v*A + t*r)/D, r the rounding residue: factor' = factor*A/D mod t. docs/SOUNDNESS.md, "BGV".
 *
 * Canonical factors: level L has factor 1, and level l-1 what a product leaves of level l: f^2*A/D. A ciphertext that is lowered instead is
 * multiplied by a constant below t/2 on the way, whose noise the division takes away. So ciphertexts of one level may always meet. */
#ifndef JFI_BGV_SPACE_H
#define JFI_BGV_SPACE_H
#include "jfhe/bgv.h"
#include "rlwe/ctx.h"

enum { JFI_BGV_LOG_SLOTS_MIN = 3 }; /* a transform of the kernels has 8 words at least */

struct jfhe_bgv {
  const jfhe_ctx *ctx;
  jfi_mod t;
  uint32_t log_slots;                  /* n slots: the largest n <= N with t == 1 mod 2n */
  jfi_ntt ntt;                         /* degree n, modulo t */
  uint32_t *place;                     /* [n]: where slot i lies among the evaluations */
  uint64_t t_inv[JFI_PRIMES_MAX];      /* t^-1 modulo each prime */
  uint64_t factor[JFI_LEVELS_MAX + 1]; /* canonical */
};

/* Coefficients of slots in scratch; worth wiping where the slots are secret. */
size_t jfi_bgv_coeffs_bytes(const jfhe_bgv *b);
/* y (n words, aligned) = coefficients in [0, t) of the polynomial that has w*values[i] in slot i, missing ones 0. Constant time. */
void jfi_bgv_to_coeffs(const jfhe_bgv *b, uint64_t *y, const int64_t *values, size_t count, uint64_t w);
/* values[i], centred modulo t, of slots i < count; y is spoilt. */
void jfi_bgv_from_coeffs(const jfhe_bgv *b, int64_t *values, size_t count, uint64_t *y);
/* The largest slot, in the complex embedding, of the polynomial of centred y: an upper bound. fft: n doubles. Public y only. */
double jfi_bgv_norm(const jfhe_bgv *b, const uint64_t *y, double *fft);

/* The number in (-t/2, t/2) that is x modulo t, x < t. */
static inline int64_t jfi_bgv_centre(const jfhe_bgv *b, uint64_t x) {
  uint64_t q = b->t.q, half = (q - 1) / 2;
  return (int64_t)x - (int64_t)(q & (0 - ((half - x) >> 63)));
}
/* x modulo t for any x, constant time. */
static inline uint64_t jfi_bgv_mod(const jfhe_bgv *b, int64_t x) {
  const uint64_t top = (uint64_t)1 << 63;
  return jfi_mod_sub(jfi_mod_reduce((uint64_t)x ^ top, &b->t), jfi_mod_reduce(top, &b->t), b->t.q);
}
/* product of A over product of D, modulo t. */
uint64_t jfi_bgv_ratio(const jfhe_bgv *b, jfi_set in, jfi_set gone);
#endif
