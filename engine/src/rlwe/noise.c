/* rlwe/noise.c: the error that each operation of the ring adds, as bounds over the slots. Every constant here is derived in
 * docs/SOUNDNESS.md. */
#include "rlwe/noise.h"

#include <math.h>

#include "rlwe/keyswitch.h"

enum { FAIL_BITS = 128 };
static const double LN2 = 0.6931471805599453; /* magic: LN2 = log(2) */

/* Real and imaginary part of a slot are sub-Gaussian of proxy v*N/2 each. A part exceeds t with chance 2 exp(-t^2/(v N)); over the N
 * parts of all slots and 2^-129 in total: t^2 = v N ln2 (130 + log2 N). The modulus is at most sqrt(2) t. */
double jfi_tail(const jfhe_ctx *ctx, double proxy) {
  double n = (double)ctx->ring->n;
  return sqrt(2.0 * proxy * n * LN2 * (FAIL_BITS + 2 + (double)ctx->ring->log_n));
}

double jfi_slot_sd(const jfhe_ctx *ctx, double variance) { return sqrt((double)ctx->ring->n * variance); }

void jfi_fresh_noise(const jfhe_ctx *ctx, int public_key, double *worst, double *sd) {
  double e = jfi_tail(ctx, JFI_PROXY_NOISE), s = jfi_tail(ctx, JFI_PROXY_TERNARY);
  double es = jfi_slot_sd(ctx, JFI_PROXY_NOISE), ss = jfi_slot_sd(ctx, JFI_PROXY_TERNARY);
  /* symmetric: e. Public key: (b*u + e0) + (a*u + e1)*s = e_pk*u + e0 + e1*s */
  *worst = public_key ? e * (1 + 2 * s) : e;
  *sd = public_key ? es * sqrt(1 + 2 * ss * ss) : es;
}

/* Rounding residues r0 + r1*s, each uniform in [-1/2, 1/2] up to 2^-40. */
void jfi_divide_noise(const jfhe_ctx *ctx, double *worst, double *sd) {
  double r = jfi_tail(ctx, JFI_PROXY_ROUNDING), s = jfi_tail(ctx, JFI_PROXY_TERNARY);
  double rs = jfi_slot_sd(ctx, JFI_PROXY_ROUNDING), ss = jfi_slot_sd(ctx, JFI_PROXY_TERNARY);
  *worst = r * (1 + s) * (1 + 0x1p-30);
  *sd = rs * sqrt(1 + ss * ss);
}

/* prod(num)/prod(den) without overflow on the way: multiplies while below 1, divides above. */
static double ratio(const jfhe_ctx *ctx, jfi_set num, jfi_set den) {
  double r = 1;
  size_t a = jfi_set_next(num, 0), b = jfi_set_next(den, 0);
  while (a < JFI_PRIMES_MAX || b < JFI_PRIMES_MAX) {
    if (a < JFI_PRIMES_MAX && (r <= 1 || b == JFI_PRIMES_MAX)) {
      r *= (double)ctx->chain.prime[a];
      a = jfi_set_next(num, a + 1);
    } else {
      r /= (double)ctx->chain.prime[b];
      b = jfi_set_next(den, b + 1);
    }
  }
  return r;
}

/* sum_d x_d*e_d / P, x_d the centred digit modulo D_d: uniform in [-D_d/2, D_d/2], proxy D_d^2/12. */
void jfi_keyswitch_noise(const jfhe_ctx *ctx, jfi_set S, const jfhe_evk *key, double *worst, double *sd) {
  double sum = 0, squares = 0;
  for (uint32_t d = 0; d < key->n_digits; d++) {
    jfi_set D = jfi_set_and(key->digit[d], S);
    if (jfi_set_count(D) == 0) continue;
    double part = ratio(ctx, D, key->p) * (1 + 0x1p-40); /* 1 + 2^-40: the tie rule and the roundings of ratio */
    double x = jfi_tail(ctx, JFI_PROXY_ROUNDING) * part, xs = jfi_slot_sd(ctx, JFI_PROXY_ROUNDING) * part;
    sum += x * key->noise_worst;
    squares += xs * xs * key->noise_sd * key->noise_sd;
  }
  jfi_divide_noise(ctx, worst, sd);
  *worst += sum;
  *sd = sqrt(*sd * *sd + squares);
}

double jfi_hypot(double a, double b) { return sqrt(a * a + b * b); }
