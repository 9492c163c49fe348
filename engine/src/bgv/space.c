/* bgv/space.c: making and freeing the tables of one t; the order of slots; coefficients and back. */
#include "bgv/space.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "ring/primes.h"
#include "ring/root.h"

/* ---- constants ---- */
uint64_t jfi_bgv_ratio(const jfhe_bgv *b, jfi_set in, jfi_set gone) {
  const uint64_t *prime = b->ctx->chain.prime;
  uint64_t num = 1, den = 1;
  for (size_t i = jfi_set_next(in, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(in, i + 1))
    num = jfi_mod_mul(num, prime[i], &b->t);
  for (size_t i = jfi_set_next(gone, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(gone, i + 1))
    den = jfi_mod_mul(den, prime[i], &b->t);
  return jfi_mod_mul(num, jfi_mod_inv(den, &b->t), &b->t);
}

static void fill_factors(jfhe_bgv *b) {
  const jfi_chain *c = &b->ctx->chain;
  b->factor[c->top] = 1;
  for (uint32_t l = c->top; l > 0; l--) {
    uint64_t r =
        jfi_bgv_ratio(b, jfi_set_minus(c->level[l - 1], c->level[l]), jfi_set_minus(c->level[l], c->level[l - 1]));
    b->factor[l - 1] = jfi_mod_mul(jfi_mod_mul(b->factor[l], b->factor[l], &b->t), r, &b->t);
  }
}

/* Slot i of row r is the value at psi^e, e = (-1)^r 5^i, of order 2n; evaluation j is that at e = 2 brv(j) + 1 (kernel.h). So X -> X^(5^k)
 * rotates both rows to the left by k, and X -> X^-1 exchanges them. */
static void fill_places(jfhe_bgv *b) {
  uint32_t log_n = b->log_slots, n = (uint32_t)1 << log_n, mask = 2 * n - 1, e = 1;
  for (uint32_t i = 0; i < n / 2; i++, e = e * 5 & mask)
    for (uint32_t row = 0; row < 2; row++) {
      uint32_t x = ((row ? 2 * n - e : e) - 1) / 2, j = 0;
      for (uint32_t bit = 0; bit < log_n; bit++) j |= (x >> bit & 1) << (log_n - 1 - bit);
      b->place[row * (n / 2) + i] = j;
    }
}

static jfhe_status check(const jfhe_ctx *ctx, uint32_t t) {
  if (t < 17 || !jfi_is_prime_var(t)) return jfi_fail(JFHE_ERR_PARAMS, "t = %u is no prime above 16", t);
  for (size_t i = 0; i < ctx->chain.n; i++)
    if (ctx->chain.prime[i] <= t)
      return jfi_fail(JFHE_ERR_PARAMS, "t = %u is not below every prime of the context (%llu)", t,
                      (unsigned long long)ctx->chain.prime[i]);
  if ((t - 1) & ((2u << JFI_BGV_LOG_SLOTS_MIN) - 1))
    return jfi_fail(JFHE_ERR_PARAMS, "t = %u is not 1 modulo %u: it has no slots", t, 2u << JFI_BGV_LOG_SLOTS_MIN);
  return JFHE_OK;
}

static jfhe_status fill(jfhe_bgv *b) {
  const jfi_kernel *k = b->ctx->ring->k;
  void *w = jfi_alloc(k->ntt_table_bytes(b->log_slots));
  b->ntt = (jfi_ntt){.mod = &b->t, .w = w, .log_n = b->log_slots};
  b->place = jfi_alloc(((size_t)1 << b->log_slots) * sizeof *b->place);
  if (!w || !b->place)
    return jfi_fail(JFHE_ERR_MEMORY, "no memory for the tables of t = %llu", (unsigned long long)b->t.q);
  k->ntt_table_init(w, &b->t, b->log_slots, jfi_root_order_var(b->t.q, b->log_slots + 1));
  fill_places(b);
  fill_factors(b);
  for (size_t i = 0; i < b->ctx->chain.n; i++) b->t_inv[i] = jfi_mod_inv(b->t.q, &b->ctx->ring->mod[i]);
  return JFHE_OK;
}

jfhe_status jfhe_bgv_new(jfhe_bgv **out, const jfhe_ctx *ctx, uint32_t t) {
  if (!out) return jfi_fail(JFHE_ERR_ARG, "out is null");
  *out = NULL;
  if (!ctx) return jfi_fail(JFHE_ERR_ARG, "integers need a context");
  JFI_TRY(check(ctx, t));
  jfhe_bgv *b = jfi_alloc_zero(sizeof *b);
  if (!b) return jfi_fail(JFHE_ERR_MEMORY, "no memory for the tables of t = %u", t);
  b->ctx = ctx;
  (void)jfi_mod_init(&b->t, t); /* in range: check */
  b->log_slots = (uint32_t)__builtin_ctz(t - 1) - 1;
  if (b->log_slots > ctx->ring->log_n) b->log_slots = ctx->ring->log_n;
  jfhe_status st = fill(b);
  if (st == JFHE_OK)
    *out = b;
  else
    jfhe_bgv_free(b);
  return st;
}

void jfhe_bgv_free(jfhe_bgv *b) {
  if (!b) return;
  jfi_free((void *)(uintptr_t)b->ntt.w);
  jfi_free(b->place);
  jfi_free(b);
}

uint32_t jfhe_bgv_modulus(const jfhe_bgv *b) { return (uint32_t)b->t.q; }
uint32_t jfhe_bgv_slots(const jfhe_bgv *b) { return (uint32_t)1 << b->log_slots; }

/* ---- coefficients ---- */
size_t jfi_bgv_coeffs_bytes(const jfhe_bgv *b) { return jfi_round64(sizeof(uint64_t) << b->log_slots); }

void jfi_bgv_to_coeffs(const jfhe_bgv *b, uint64_t *y, const int64_t *values, size_t count, uint64_t w) {
  size_t n = (size_t)1 << b->log_slots;
  for (size_t i = 0; i < count; i++) y[b->place[i]] = jfi_bgv_mod(b, values[i]);
  for (size_t i = count; i < n; i++) y[b->place[i]] = 0;
  b->ctx->ring->k->ntt_inv_scaled(y, y, w, &b->ntt);
}

void jfi_bgv_from_coeffs(const jfhe_bgv *b, int64_t *values, size_t count, uint64_t *y) {
  b->ctx->ring->k->ntt_fwd(y, &b->ntt);
  for (size_t i = 0; i < count; i++) values[i] = jfi_bgv_centre(b, y[b->place[i]]);
}

/* The halves of the coefficients are real and imaginary parts modulo X^(n/2) - i, whose roots are half of those of X^n + 1; the others are
 * their conjugates. The transform is off by at most 6 (log2 n + 1) 2^-53 sqrt(n/2) < 2^-38 of the largest slot ("The transform"). */
double jfi_bgv_norm(const jfhe_bgv *b, const uint64_t *y, double *fft) {
  size_t half = (size_t)1 << (b->log_slots - 1);
  double *re = fft, *im = fft + half, most = 0;
  for (size_t i = 0; i < half; i++) {
    re[i] = (double)jfi_bgv_centre(b, y[i]);
    im[i] = (double)jfi_bgv_centre(b, y[half + i]);
  }
  b->ctx->ring->k->fft_fwd(re, im, b->ctx->fft_re, b->ctx->fft_im, half);
  for (size_t i = 0; i < half; i++) {
    double square = re[i] * re[i] + im[i] * im[i];
    if (square > most) most = square;
  }
  return sqrt(most) * (1 + 0x1p-30);
}
