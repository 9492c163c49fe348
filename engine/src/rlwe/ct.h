/* rlwe/ct.h: ciphertexts and encoded plaintexts, as types. */
#ifndef JFI_RLWE_CT_H
#define JFI_RLWE_CT_H
#include "jfhe/ciphertext.h"
#include "rlwe/ctx.h"

/* What is proved about the slots of a ciphertext, in slot units (the numbers a user sees).
 *   |message slot| <= mag;  |decrypted - message| <= worst, but for a chance below 2^-128 over keys and noise (docs/SOUNDNESS.md);
 *   sd: predicted standard deviation of the error of one slot (complex modulus), independence assumed, times jfi_spread: as if decoding
 *   did not take the mean of a sparse vector's repetitions. Noise is that large before it, wherever it comes from; an error that all
 *   repetitions share enters multiplied by jfi_spread.
 * Each update rounds outward by jfi_up. */
typedef struct jfi_bound {
  double mag, worst, sd;
} jfi_bound;
/* Outward rounding that covers a handful of double operations: 1 + 2^-48. */
static inline double jfi_up(double x) { return x * (1.0 + 0x1p-48); }
/* Root of how often a vector repeats in the slots of a ring: what the mean of the repetitions divides independent errors by. */
double jfi_spread(uint32_t log_n, uint32_t packing, uint32_t log_slots);
/* Error of one slot -> bound that holds for all slots of a ciphertext but for 1 chance in 10^4; never above the worst case. */
double jfi_bound_probable(const jfi_bound *b, double spread);
/* sqrt(a^2 + b^2): hypot of libm differs between builds. */
double jfi_hypot(double a, double b);

/* Residue polynomials of one ciphertext: (c0, c1[, c2]), sum c_i s^i = scale * message + error. */
struct jfhe_ct {
  const struct jfhe_ctx *ctx;
  uint32_t degree; /* 1 or 2: polynomials are degree + 1 */
  uint32_t level;
  jfi_set primes;                /* limbs present; equals chain.level[level] but inside the ladder and bootstrapping */
  uint32_t n_limbs;              /* count(primes) */
  uint32_t cap_polys, cap_limbs; /* room allocated */
  uint32_t form;                 /* JFHE_FORM_EVAL or JFHE_FORM_COEFF */
  uint32_t packing;              /* enum jfhe_packing */
  uint32_t log_slots;            /* full packing: log2(N/2); sparse packing: less; coefficients: log2 N */
  double scale;
  uint64_t plain,
      factor; /* JFHE_PACK_INT: t, and what the message is multiplied by (bgv/space.h); otherwise never read */
  jfi_bound bound;
  uint8_t key_id[JFHE_ID_BYTES];
  int seeded; /* c1 is jfi_uniform of `seed`, domain JFI_DOMAIN_CT; set by seeded encryption only */
  uint8_t seed[32];
  uint64_t *data; /* poly i, limb j at data + (i*cap_limbs + j)*N */
};

/* An encoded plaintext: one polynomial. */
struct jfhe_pt {
  const struct jfhe_ctx *ctx;
  uint32_t level;
  jfi_set primes;
  uint32_t n_limbs, cap_limbs;
  uint32_t form, packing, log_slots;
  double scale;
  uint64_t plain, factor; /* as in jfhe_ct */
  jfi_bound bound;        /* mag; worst = sd = encoding error */
  uint64_t *data;
};

/* Domains of the public expander: which stream of a seed is which polynomial. */
enum jfi_domain { JFI_DOMAIN_CT = 1, JFI_DOMAIN_PK = 2, JFI_DOMAIN_EVK = 16 /* + digit */ };

static inline uint64_t *jfi_ct_limb(const struct jfhe_ct *c, size_t poly, size_t limb, size_t n) {
  return c->data + (poly * c->cap_limbs + limb) * n;
}
/* First limb of a polynomial. */
static inline uint64_t *jfi_ct_poly(const struct jfhe_ct *c, size_t poly) {
  return jfi_ct_limb(c, poly, 0, c->ctx->ring->n);
}
/* Room for `polys` polynomials of `limbs` limbs; contents unset. */
jfhe_status jfi_ct_alloc(struct jfhe_ct **out, const struct jfhe_ctx *ctx, uint32_t polys, uint32_t limbs);
jfhe_status jfi_pt_alloc(struct jfhe_pt **out, const struct jfhe_ctx *ctx, uint32_t limbs);
#endif
