/* ring/ring.h: Z_q[X]/(X^N+1) for a list of primes q: moduli, transform tables, the chosen kernel.
 *
 * psi_2N = root(q)^(2^17/N), one root for all rings. Hence the evaluation form of a(X^(N'/N)) in the ring of degree N' is
 * A'[j] = A[j >> (log N' - log N)]: lifting copies. */
#ifndef JFI_RING_RING_H
#define JFI_RING_RING_H
#include "base/once.h"
#include "kernel/kernel.h"
#include "ring/set.h"

typedef struct jfi_ring {
  uint32_t log_n;
  size_t n;
  size_t n_mod;
  jfi_mod *mod;  /* n_mod */
  jfi_ntt *lazy; /* n_mod: see jfi_ring_ntt */
  jfi_once *made;
  const jfi_kernel *k;
  void *tables; /* one block for all transform tables; what nobody fills takes no memory of the machine */
} jfi_ring;

/* Null when memory runs out, log_n is out of [3, 17], a number of the list is no prime, out of [2^19, 2^48), not 1 mod 2N or
 * there twice, n_mod is 0 or > 128, or k is null. */
jfi_ring *jfi_ring_new(uint32_t log_n, const uint64_t *primes, size_t n_mod, const jfi_kernel *k);
void jfi_ring_free(jfi_ring *r);

/* Fills the table of prime i, which jfi_ring_ntt found empty. */
void jfi_ring_fill(const jfi_ring *r, size_t i);
/* The transform table of prime i, made when it is first asked for: who encrypts uses 12 of the 38 primes of a ring that bootstraps.
 * Any thread may ask; the table's place is there from the start, so asking cannot fail. Which primes are used is public. */
static inline const jfi_ntt *jfi_ring_ntt(const jfi_ring *r, size_t i) {
  if (!jfi_once_is_done(&r->made[i])) jfi_ring_fill(r, i);
  return &r->lazy[i];
}

/* Evaluation-form permutation of X -> X^g: perm[j] = brv(((g*(2 brv(j)+1)) mod 2N - 1)/2). g odd, mod 2N. */
void jfi_galois_perm(uint32_t *perm, uint32_t log_n, uint32_t g);
/* 5^k mod 2N for a rotation by k slots to the left (k may be negative); conjugation is 2N-1. */
uint32_t jfi_galois_rotation(uint32_t log_n, int64_t k);
/* g^-1 mod 2N. */
uint32_t jfi_galois_inverse(uint32_t log_n, uint32_t g);

/* r: n uniform residues mod ring->mod[i], evaluation or coefficient form alike. Entry j is the 48-bit little-endian word at
 * byte 6j of AES stream (domain, index), masked to `bits` bits; while it is >= q: retry r = 0, 1, ... takes the words at bytes 0 and 6 of
 * block t = (r << 32 | j) of stream (domain | 2^31, index) in turn, masked alike. domain < 2^31. index is the prime's position in the context.
 * scratch: jfi_uniform_scratch(n) bytes, 64-byte aligned. */
size_t jfi_uniform_scratch(size_t n);
struct jfi_aes;
void jfi_uniform(const jfi_ring *ring, uint64_t *r, size_t i, const struct jfi_aes *aes, uint32_t domain,
                 void *scratch);
/* Entries [first, first + count) of it into r[0 ..]; both multiples of jfi_uniform_piece(n). */
size_t jfi_uniform_piece(size_t n);
void jfi_uniform_range(const jfi_ring *ring, uint64_t *r, size_t i, const struct jfi_aes *aes, uint32_t domain,
                       size_t first, size_t count, void *scratch);

/* ---- base conversion constants, precomputed for a source and target set ---- */
typedef struct jfi_conv {
  size_t n_in, n_out;
  uint32_t *in, *out;      /* prime indices, ascending */
  uint64_t *qhat_inv;      /* [n_in]: (Q/q_j)^-1 mod q_j */
  uint64_t *w;             /* [n_out][n_in]: Q/q_j mod p_k */
  uint64_t *neg_q;         /* [n_out]: -Q mod p_k */
  double *inv;             /* [n_in]: 1.0/q_j */
  const jfi_mod **out_mod; /* [n_out] */
} jfi_conv;

/* x mod Q (Q = product of `from`) -> moduli of `to`. from and to may overlap; callers usually exclude it. Null: no memory,
 * or `from` empty or over JFI_CONV_MAX, or a member that the ring lacks. */
jfi_conv *jfi_conv_new(const jfi_ring *ring, jfi_set from, jfi_set to);
void jfi_conv_free(jfi_conv *c);
/* y[j] = x[j]*qhat_inv[j]: the digits the conversion sums. y may equal x. */
void jfi_conv_digits(const jfi_ring *ring, const jfi_conv *c, uint64_t *const *y, const uint64_t *const *x);
/* Outputs [first, first+count) of the conversion from digits y, coefficient form.
 * v null: approximate: r = x + u*Q, 0 <= u < n_in, x in [0, Q).
 * v from jfi_conv_round: exact, centred: r = x in [-Q/2, Q/2), but for |x| within n_in*(n_in+6)*2^-54*Q of Q/2 either
 * representative. (Each y/q carries two roundings of 2^-53, each of the n_in additions one of a sum below n_in + 1: together
 * (n_in^2/2 + 3*n_in) * 2^-53 of Q at most; 2^-41.8 for 64 primes.) */
void jfi_conv_apply(const jfi_ring *ring, const jfi_conv *c, size_t first, size_t count, uint64_t *const *r,
                    const uint64_t *const *y, const uint64_t *v);
void jfi_conv_round(const jfi_ring *ring, const jfi_conv *c, uint64_t *v, const uint64_t *const *y);

/* ---- roots of the encoder's FFT, bit-identical on every build ---- */
/* roots[1..n-1] for kernel fft_fwd/fft_inv of size n (power of two, 1 <= n <= 2^16): c_1 = e^(i pi/4); the children of node k are
 * c_2k = sqrt(c_k) and c_2k+1 = i*c_2k, arguments kept in [0, 2 pi). Each part is the double nearest to the true value
 * (integer arithmetic; no libm). roots[0] is unused. */
void jfi_fft_roots(double *re, double *im, size_t n);
/* Exponent e(j) with output j of fft_fwd = value at exp(2 pi i e(j) / (4n)), e(j) == 1 mod 4. */
uint32_t jfi_fft_exponent(size_t n, size_t j);
#endif
