/* ckks/limbs.h: pointwise work on the limbs of ciphertexts, spread over the context's pool. */
#ifndef JFI_CKKS_LIMBS_H
#define JFI_CKKS_LIMBS_H
#include "ckks/agree.h"

/* One limb's work: r from up to two inputs of modulus m, null where a polynomial is absent, and two
 * constants. */
typedef struct jfi_limb {
  const jfi_kernel *k;
  const jfi_mod *m;
  size_t n;
  uint64_t *r;
  const uint64_t *a, *b;
  uint64_t w;  /* an integer mod m */
  uint64_t iw; /* another one, times the square root of -1 that X^(N/2) is on the first half */
} jfi_limb;
typedef void (*jfi_limb_op)(const jfi_limb *l);

/* Inputs and output of a run: polynomial i, limb j of output at out[i] + j*N, and so on. */
typedef struct jfi_limbs {
  const jfhe_ctx *ctx;
  jfi_limb_op op;
  jfi_set primes;             /* of the output */
  jfi_set a_primes, b_primes; /* of the inputs: supersets of `primes` */
  uint64_t *out[3];
  const uint64_t *a[3], *b[3]; /* null: absent */
  double k, ik;                /* integers handed on as w and iw when use_k is set */
  int use_k;
  size_t polys;
} jfi_limbs;
void jfi_limbs_run(const jfi_limbs *job);

/* A run over the polynomials of ciphertexts; b may be null or of lower degree. */
jfi_limbs jfi_limbs_of(const jfhe_ctx *ctx, jfhe_ct *out, jfi_set primes, const jfhe_ct *a, const jfhe_ct *b,
                       jfi_limb_op op);

/* ---- operations; an absent operand is zero ---- */
void jfi_limb_add(const jfi_limb *l);
void jfi_limb_sub(const jfi_limb *l);
void jfi_limb_neg(const jfi_limb *l);
void jfi_limb_mul(const jfi_limb *l);
void jfi_limb_copy(const jfi_limb *l);
/* r = a * w */
void jfi_limb_mul_const(const jfi_limb *l);
/* r = a + w + iw: evaluation j of X^(N/2) is +root for j < N/2 and -root for the others, because
 * 2 brv(j) + 1 == 1 mod 4 there and 3 here. */
void jfi_limb_add_complex(const jfi_limb *l);
/* r = a * X^(N/2); the caller sets ik = 1. */
void jfi_limb_mul_i(const jfi_limb *l);
#endif
