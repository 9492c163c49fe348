/* ckks/encode.c: numbers to residues. Time depends on counts and the declared bound only. */
#include "ckks/encode.h"

#include <math.h>
#include <string.h>

#include "ckks/round.h"
#include "ckks/slots.h"

/* Nonnegative doubles order as their bits do, NaN and infinity above all others: a maximum without a branch on the numbers.
 * Squares that underflow are the caller's 2^-500. __builtin_sqrt is the instruction without optimisation too; libm's sqrt would branch. */
double jfi_numbers_max(const double *re, const double *im, size_t count) {
  const uint64_t infinity = (uint64_t)0x7ff << 52;
  uint64_t most = 0;
  for (size_t i = 0; i < count; i++) {
    double a = fabs(re[i]);
    if (im) a = __builtin_sqrt(a * a + im[i] * im[i]) * (1 + 0x1p-50);
    uint64_t bits;
    memcpy(&bits, &a, sizeof bits);
    bits &= ~((uint64_t)1 << 63);
    most ^= (most ^ bits) & (0 - (uint64_t)(most < bits));
  }
  most |= 0 - (uint64_t)(most >= infinity); /* all ones: a NaN */
  double r;
  memcpy(&r, &most, sizeof r);
  return r;
}

size_t jfi_encode_bytes(const jfhe_ctx *ctx) {
  /* re and im halves, then the coefficients */
  return jfi_round64(ctx->ring->n * sizeof(double)) + jfi_round64(ctx->ring->n * sizeof(int64_t)) + JFI_SCRATCH_SLACK;
}

/* Doubles at or above 2^51 after scaling need the two-part rounding; the bound, not the value,
 * decides. Factor 1 + 2^-20: the FFT's own error. */
static int is_big(const jfi_numbers *x) { return x->scale * x->mag * (1 + 0x1p-20) >= 0x1p51; }

static void slots_to_coeffs(const jfhe_ctx *ctx, int64_t *coeffs, const jfi_numbers *x, jfi_scratch *s) {
  size_t big_n = ctx->ring->n, n = (size_t)1 << x->log_slots, stride = big_n / 2 / n;
  double *re = jfi_scratch_take(s, big_n * sizeof(double)), *im = re + big_n / 2; /* both aligned, whatever n */
  jfi_slots_scatter(re, x->log_slots, x->re, x->count);
  jfi_slots_scatter(im, x->log_slots, x->im, x->count);
  if (n > 1) ctx->ring->k->fft_inv(re, im, ctx->fft_re, ctx->fft_im, n);
  double factor = x->scale / (double)n;
  if (stride > 1) memset(coeffs, 0, big_n * sizeof *coeffs);
  jfi_round_i64(coeffs, stride, re, n, factor, is_big(x));
  jfi_round_i64(coeffs + big_n / 2, stride, im, n, factor, is_big(x));
}

void jfi_encode_coeffs(const jfhe_ctx *ctx, int64_t *coeffs, const jfi_numbers *x, jfi_scratch *s) {
  if (x->packing != JFHE_PACK_COEFF) {
    slots_to_coeffs(ctx, coeffs, x, s);
    return;
  }
  jfi_round_i64(coeffs, 1, x->re, x->count, x->scale, is_big(x));
  memset(coeffs + x->count, 0, (ctx->ring->n - x->count) * sizeof *coeffs);
}

typedef struct limbs_task {
  const jfi_ring *ring;
  uint64_t *data;
  const int64_t *coeffs;
  uint32_t form;
  uint32_t primes[JFI_PRIMES_MAX];
} limbs_task;

static void encode_limb(void *arg, size_t j, size_t worker) {
  (void)worker;
  const limbs_task *t = arg;
  const jfi_ring *r = t->ring;
  uint64_t *limb = t->data + j * r->n;
  r->k->from_i64(limb, t->coeffs, r->n, &r->mod[t->primes[j]]);
  if (t->form == JFHE_FORM_EVAL) r->k->ntt_fwd(limb, jfi_ring_ntt(r, t->primes[j]));
}

void jfi_encode_limbs(const jfhe_ctx *ctx, uint64_t *data, jfi_set primes, const int64_t *coeffs, uint32_t form) {
  limbs_task t = {.ring = ctx->ring, .data = data, .coeffs = coeffs, .form = form};
  size_t n = jfi_set_list(primes, t.primes);
  jfi_parallel(ctx->pool, n, encode_limb, &t);
}
