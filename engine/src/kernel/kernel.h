/* kernel/kernel.h: the contract of every backend, written once.
 *
 * Backends: ref (portable C), avx2, avx512ifma, wasm128. All words are canonical, in [0, q), on entry
 * and on exit unless a line says otherwise, so results are determined by arithmetic alone and every
 * backend returns the same bits. n is a power of two, 8 <= n <= 2^17; arrays are 64-byte aligned
 * (entry points never see less); outputs may equal inputs where "in place" is said, and otherwise
 * do not overlap. Time depends on n and counts only, never on the words: no operation branches
 * on, or indexes by, a coefficient.
 *
 * Order of the NTT (an ABI: stored ciphertexts depend on it): entry j of the transform of a is
 *     A[j] = sum_i a[i] * psi^(i * (2*brv(j) + 1)) mod q,   brv = bit reversal of log2 n bits,
 * with psi the primitive 2n-th root of unity handed to table_init.      [Harvey14] [LN16] [HEXL21] */
#ifndef JFI_KERNEL_KERNEL_H
#define JFI_KERNEL_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "arith/mod.h"

enum {
  JFI_DOT_MAX = 64, /* terms of one inner product: 64 * 2^44 < 2^52 keeps the high halves in a lane */
  JFI_CONV_MAX = 64 /* source limbs of one base conversion, for the same reason */
};

/* One modulus' transform table. `w` is owned by the ring and laid out as the backend likes. */
typedef struct jfi_ntt {
  const jfi_mod *mod;
  const void *w; /* 64-byte aligned, ntt_table_bytes(log_n) long */
  uint32_t log_n;
} jfi_ntt;

typedef struct jfi_kernel {
  const char *name; /* "ref", "avx2", "avx512ifma", "wasm128" */

  /* ---- transforms ---- */
  size_t (*ntt_table_bytes)(uint32_t log_n);
  /* psi: primitive 2n-th root of unity mod q. */
  void (*ntt_table_init)(void *w, const jfi_mod *m, uint32_t log_n, uint64_t psi);
  /* In place. Coefficients -> evaluations, in the order above. */
  void (*ntt_fwd)(uint64_t *x, const jfi_ntt *t);
  /* In place. Evaluations -> coefficients, with the factor 1/n applied. */
  void (*ntt_inv)(uint64_t *x, const jfi_ntt *t);
  /* r = w * ntt_inv(x), w < q a constant; r may equal x. */
  void (*ntt_inv_scaled)(uint64_t *r, const uint64_t *x, uint64_t w, const jfi_ntt *t);

  /* ---- pointwise; r may equal any input ---- */
  void (*add)(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m);
  void (*sub)(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m);
  void (*neg)(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m);
  void (*mul)(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m);
  /* r += a*b */
  void (*mul_acc)(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m);
  /* r = a*w, w < q a constant */
  void (*mul_const)(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m);
  /* r += a*w */
  void (*mul_const_acc)(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m);
  /* r = a + w */
  void (*add_const)(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m);
  /* r = (a - b)*w: the last step of every division by a prime */
  void (*sub_mul_const)(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, size_t n, const jfi_mod *m);
  /* r = (a - b)*w + c*wc: the same with what was lifted by the divisor's specials added, so that nobody lifts it */
  void (*sub_mul_const_add)(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, const uint64_t *c,
                            uint64_t wc, size_t n, const jfi_mod *m);
  /* d0 = a0*b0, d1 = a0*b1 + a1*b0, d2 = a1*b1: one reduction each. No d may equal an input. */
  void (*tensor)(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1, const uint64_t *b0,
                 const uint64_t *b1, size_t n, const jfi_mod *m);
  /* d0 = a0^2, d1 = 2*a0*a1, d2 = a1^2 */
  void (*tensor_sqr)(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1, size_t n,
                     const jfi_mod *m);

  /* ---- inner products: halves accumulated apart, one reduction at the end ---- */
  /* r0[i] = sum_t x[t][i]*k0[t][i], r1[i] = sum_t x[t][i]*k1[t][i]; 1 <= terms <= JFI_DOT_MAX.
   * If acc != 0 the old r0, r1 are added. r0 and r1 may each equal an input. */
  void (*dot2)(uint64_t *r0, uint64_t *r1, const uint64_t *const *x, const uint64_t *const *k0,
               const uint64_t *const *k1, size_t terms, int acc, size_t n, const jfi_mod *m);
  /* r[i] = sum_t x[t][i]*k[t][i] (+ old r[i] if acc) */
  void (*dot)(uint64_t *r, const uint64_t *const *x, const uint64_t *const *k, size_t terms, int acc, size_t n,
              const jfi_mod *m);

  /* ---- RNS base conversion [BEHZ16] [HPS18] ---- */
  /* Many outputs from one pass over the inputs:
   *   r[k][i] = sum_j y[j][i]*w[k*n_in + j] (+ v[i]*wv[k] if v) mod out[k].
   * y[j][i] < 2^48 canonical for its own modulus (may exceed out[k]->q); w < out[k]->q; v[i] < 2^16.
   * 1 <= n_in <= JFI_CONV_MAX. r[k] overlaps no y. */
  void (*conv)(uint64_t *const *r, size_t n_out, const uint64_t *const *y, size_t n_in, const uint64_t *w,
               const uint64_t *v, const uint64_t *wv, const jfi_mod *const *out, size_t n);
  /* v[i] = floor( sum_j (double)y[j][i] * inv[j]  + bias ), summed in the order j = 0, 1, ... starting
   * from bias, each product rounded before it is added (never fused): the same bits everywhere.
   * bias 0.5 rounds to nearest (centred digit), 0.0 floors. inv[j] = 1.0/q_j. */
  void (*conv_overflow)(uint64_t *v, const uint64_t *const *y, size_t n_in, const double *inv, double bias, size_t n);

  /* ---- entering a modulus ---- */
  /* r[i] = x[i] mod q for signed |x[i]| < 2^62 */
  void (*from_i64)(uint64_t *r, const int64_t *x, size_t n, const jfi_mod *m);
  /* r[i] = x[i] mod q for signed bytes */
  void (*from_i8)(uint64_t *r, const int8_t *x, size_t n, const jfi_mod *m);
  /* r[i] = a[i] mod q for words a[i] < 2^48 canonical modulo another prime */
  void (*reduce)(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m);
  /* r[i] = (a[i] centred modulo `from`) mod q: a > (from-1)/2 stands for a - from */
  void (*reduce_centred)(uint64_t *r, const uint64_t *a, uint64_t from, size_t n, const jfi_mod *m);

  /* ---- automorphisms X -> X^g, g odd; r never equals a ---- */
  /* Evaluation form: r[j] = a[perm[j]]. perm: n indices, public, of jfi_galois_perm: an aligned block of eight of r comes from one of a, as
   * the root's exponent modulo n/4 depends on the block alone. */
  void (*permute)(uint64_t *r, const uint64_t *a, const uint32_t *perm, size_t n);
  /* Coefficient form: r[i*g mod n] = a[i], negated where floor(i*g/n) is odd. */
  void (*automorph_coeff)(uint64_t *r, const uint64_t *a, uint32_t g, size_t n, const jfi_mod *m);

  /* ---- uniform residues from a byte stream ---- */
  /* From 6n stream bytes (read with 2 bytes of slack allowed past the end): r[i] = little-endian 48-bit word i masked to m->bits
   * bits. Returns the number of entries with r[i] >= q, which the caller resamples (public data). */
  size_t (*unpack48_masked)(uint64_t *r, const uint8_t *stream, size_t n, const jfi_mod *m);
  /* Packing for containers: r[i] = 48-bit little-endian words, 6n bytes; inverse of pack48. */
  void (*unpack48)(uint64_t *r, const uint8_t *bytes, size_t n);
  void (*pack48)(uint8_t *bytes, const uint64_t *a, size_t n);
  /* Returns nonzero if any a[i] >= q. */
  int (*any_ge)(const uint64_t *a, size_t n, uint64_t q);

  /* ---- double-precision FFT of the CKKS encoder: IEEE operations in a fixed order, never fused ---- */
  /* In place on n complex numbers in split form, 2 <= n <= 2^16: evaluation of a polynomial of
   * C[X]/(X^n - i) at its n roots, as a tree of X^2h - c^2 = (X^h - c)(X^h + c). Node k = m + b
   * (stage of m blocks, m = 1, 2, .. n/2; block b < m; h = n/(2m)) uses c = roots[k]:
   *   fwd: (u, v) -> (u + c*v, u - c*v),   m ascending;
   *   inv: (u, v) -> (u + v, (u - v)*conj(c)), m descending; no factor 1/n.
   * c*v = (cr*vr - ci*vi, cr*vi + ci*vr), every product rounded, then one sum, in this order. */
  void (*fft_fwd)(double *re, double *im, const double *roots_re, const double *roots_im, size_t n);
  void (*fft_inv)(double *re, double *im, const double *roots_re, const double *roots_im, size_t n);
} jfi_kernel;

/* Every backend that was compiled in; null when absent or when the CPU lacks it. */
const jfi_kernel *jfi_kernel_ref(void);
const jfi_kernel *jfi_kernel_avx2(void);
const jfi_kernel *jfi_kernel_avx512ifma(void);
const jfi_kernel *jfi_kernel_wasm128(void);

/* The fastest backend of this CPU, or the one that JFHE_ISA names; null if JFHE_ISA names none we have. */
const jfi_kernel *jfi_kernel_select(void);
/* By name; null if unknown or unsupported here. */
const jfi_kernel *jfi_kernel_named(const char *name);

#endif
