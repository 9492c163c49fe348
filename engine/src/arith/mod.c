/* arith/mod.c: the constants of one modulus, powers and inverses. Public data only. */
#include "arith/mod.h"

int jfi_mod_init(jfi_mod *m, uint64_t q) {
  if (q < 3 || (q & 1) == 0 || q >> JFI_MOD_BITS_MAX) return -1;
  uint32_t bits = 0;
  while (q >> bits) bits++;
  m->q = q;
  m->bits = bits;
  m->pad = 0;
  m->mu52 = ((uint64_t)1 << 52) / q;
  m->r52 = ((uint64_t)1 << 52) % q;
  m->r52s = jfi_shoup52(m->r52, q);
  /* q is odd, so it does not divide 2^64 and floor((2^64 - 1) / q) == floor(2^64 / q). */
  m->mu64 = UINT64_MAX / q;
  m->r64 = (UINT64_MAX % q + 1) % q;
  m->r64s = jfi_shoup64(m->r64, q);
  /* With e = mux*q - 2^(51+bits) in [0, q), x*mux / 2^(51+bits) == (x + d)/q for d = x*e / 2^(51+bits), and
     * d < 1 when x < 2^51 because e < q < 2^bits: too little to reach the next multiple of q. */
  m->mux = (uint64_t)((((jfi_u128)1 << (51 + bits)) + (q - 1)) / q);
  m->qd = (double)q;
  m->qinv = 1.0 / m->qd;
  return 0;
}

uint64_t jfi_mod_pow_var(uint64_t a, uint64_t e, const jfi_mod *m) {
  uint64_t base = jfi_mod_reduce(a, m), r = 1;
  for (; e; e >>= 1) {
    if (e & 1) r = jfi_mod_mul(r, base, m);
    base = jfi_mod_mul(base, base, m);
  }
  return r;
}

uint64_t jfi_mod_inv(uint64_t a, const jfi_mod *m) { return jfi_mod_pow_var(a, m->q - 2, m); }
