/* arith/mod.h: one word modulo q. Every prime of the engine lies below 2^48, so that
 * 52-bit IFMA lanes, the 53-bit significand of a double and 64-bit words all hold
 * lazy multiples of it. */
#ifndef JFI_ARITH_MOD_H
#define JFI_ARITH_MOD_H

#include <stdint.h>

enum {
  JFI_MOD_BITS_MAX = 48, /* q < 2^48: 16q < 2^52, the lazy head room of the NTT */
  JFI_MOD_BITS_MIN = 20  /* the smallest terminal prime in use */
};

__extension__ typedef unsigned __int128 jfi_u128;
__extension__ typedef __int128 jfi_i128;

/* Constants of one modulus. Filled by jfi_mod_init; read-only afterwards. */
typedef struct jfi_mod {
  uint64_t q;    /* odd prime, q == 1 mod 2^18 in production rings */
  uint32_t bits; /* 2^(bits-1) < q < 2^bits */
  uint32_t pad;
  uint64_t mu52; /* floor(2^52 / q): Barrett for one lazy word x < 2^52 */
  uint64_t r52;  /* 2^52 mod q: folds the high half of a 104-bit product */
  uint64_t r52s; /* floor(r52 * 2^52 / q): its Shoup companion */
  uint64_t mu64; /* floor(2^64 / q): Barrett for one word x < 2^64 */
  uint64_t r64;  /* 2^64 mod q */
  uint64_t r64s; /* floor(r64 * 2^64 / q) */
  uint64_t mux;  /* ceil(2^(51+bits) / q) < 2^52: for x < 2^51, floor(x*mux / 2^(51+bits)) == floor(x/q) */
  double qd;     /* (double)q, exact */
  double qinv;   /* 1.0 / q, rounded to nearest */
} jfi_mod;

/* Fills m for an odd q in [3, 2^48). Returns 0, or -1 when q is out of range. Does not test primality. */
int jfi_mod_init(jfi_mod *m, uint64_t q);

/* Shoup companion with a 64-bit word: floor(w * 2^64 / q), w < q. */
static inline uint64_t jfi_shoup64(uint64_t w, uint64_t q) { return (uint64_t)(((jfi_u128)w << 64) / q); }
/* Shoup companion with a 52-bit word: floor(w * 2^52 / q), w < q. */
static inline uint64_t jfi_shoup52(uint64_t w, uint64_t q) { return (uint64_t)(((jfi_u128)w << 52) / q); }

/* requires x < 2^63.  ensures result == x - q if x >= q, else x. By the sign of the difference, not a comparison: of that clang makes a
 * branch on what may be a secret (engine/ctime). */
static inline uint64_t jfi_mod_once(uint64_t x, uint64_t q) {
  uint64_t d = x - q;
  return d + (q & (0 - (d >> 63)));
}
/* requires a, b < q.  ensures result < q, == a + b. */
static inline uint64_t jfi_mod_add(uint64_t a, uint64_t b, uint64_t q) { return jfi_mod_once(a + b, q); }
/* requires a, b < q.  ensures result < q, == a - b. */
static inline uint64_t jfi_mod_sub(uint64_t a, uint64_t b, uint64_t q) {
  uint64_t d = a - b;
  return d + (q & (0 - (d >> 63)));
}
/* requires a < q.  ensures result < q, == -a. */
static inline uint64_t jfi_mod_neg(uint64_t a, uint64_t q) { return jfi_mod_sub(0, a, q); }

static inline uint64_t jfi_mulhi64(uint64_t a, uint64_t b) { return (uint64_t)(((jfi_u128)a * b) >> 64); }

/* requires w < q, ws = jfi_shoup64(w, q), any a.  ensures result < 2q, == a*w.  [Harvey14] */
static inline uint64_t jfi_mul_shoup_lazy(uint64_t a, uint64_t w, uint64_t ws, uint64_t q) {
  return a * w - jfi_mulhi64(a, ws) * q;
}
static inline uint64_t jfi_mul_shoup(uint64_t a, uint64_t w, uint64_t ws, uint64_t q) {
  return jfi_mod_once(jfi_mul_shoup_lazy(a, w, ws, q), q);
}

/* requires any x.  ensures result < q, == x mod q. floor(x*mu64/2^64) is short by at most 1. */
static inline uint64_t jfi_mod_reduce(uint64_t x, const jfi_mod *m) {
  return jfi_mod_once(x - jfi_mulhi64(x, m->mu64) * m->q, m->q);
}

/* requires any 128-bit x.  ensures result < q, == x mod q.
 * x = h*2^64 + l; h*2^64 == h*r64, reduced lazily to [0,2q), plus l reduced to [0,q). */
static inline uint64_t jfi_mod_reduce128(jfi_u128 x, const jfi_mod *m) {
  uint64_t h = jfi_mul_shoup((uint64_t)(x >> 64), m->r64, m->r64s, m->q);
  return jfi_mod_add(h, jfi_mod_reduce((uint64_t)x, m), m->q);
}

/* requires a, b < 2^64.  ensures result < q, == a*b mod q. */
static inline uint64_t jfi_mod_mul(uint64_t a, uint64_t b, const jfi_mod *m) {
  return jfi_mod_reduce128((jfi_u128)a * b, m);
}

/* a^e mod q. Variable time in e: public exponents only. */
uint64_t jfi_mod_pow_var(uint64_t a, uint64_t e, const jfi_mod *m);
/* a^-1 mod prime q, a != 0 mod q (Fermat). Fixed exponent q-2. */
uint64_t jfi_mod_inv(uint64_t a, const jfi_mod *m);

#endif
