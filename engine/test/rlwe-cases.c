/* rlwe-cases.c: see rlwe-cases.h. */
#include "rlwe-cases.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "rlwe/secret/decrypt.h"

static jfhe_ctx *make(jfi_params *p) {
  jfhe_ctx *ctx = NULL;
  p->security = 0;
  p->special_bits = 48;
  strcpy(p->name, "test");
  CHECK_OK(jfi_ctx_new(&ctx, p));
  return ctx;
}

jfhe_ctx *jfi_test_ctx(uint32_t log_n, uint32_t steps, uint32_t bits, uint32_t specials) {
  jfi_params p = {.log_n = log_n, .first_bits = 48, .n_special = specials, .n_steps = steps};
  memset(p.step_bits, (int)bits, steps);
  return make(&p);
}

jfhe_ctx *jfi_test_ctx_rational(uint32_t log_n, uint32_t steps, uint32_t specials) {
  jfi_params p = {.log_n = log_n, .first_bits = 48, .n_special = specials, .n_steps = steps + 8};
  memset(p.step_bits, 42, steps);
  memset(p.step_bits + steps, 58, 8);
  return make(&p);
}

jfhe_pt *jfi_test_pt(const jfhe_ctx *ctx, uint32_t level, uint32_t bits, int64_t *coeffs, jfi_test_rng *rng) {
  jfhe_pt *pt = NULL;
  CHECK_OK(jfhe_pt_new(&pt, ctx, level));
  size_t n = ctx->ring->n, limb = 0;
  for (size_t i = 0; i < n; i++)
    coeffs[i] = (int64_t)jfi_test_rng_below(rng, ((uint64_t)2 << bits) + 1) - ((int64_t)1 << bits);
  pt->level = level;
  pt->primes = ctx->chain.level[level];
  pt->form = JFHE_FORM_EVAL;
  pt->packing = JFHE_PACK_COEFF;
  pt->log_slots = ctx->ring->log_n;
  pt->scale = 1;
  pt->bound.mag = ldexp(1, (int)bits);
  for (size_t i = jfi_set_next(pt->primes, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(pt->primes, i + 1), limb++) {
    ctx->ring->k->from_i64(pt->data + limb * n, coeffs, n, &ctx->ring->mod[i]);
    ctx->ring->k->ntt_fwd(pt->data + limb * n, jfi_ring_ntt(ctx->ring, i));
  }
  pt->n_limbs = (uint32_t)limb;
  return pt;
}

/* Centred value of residues a mod p, b mod q. */
static jfi_i128 crt2(uint64_t a, uint64_t b, const jfi_mod *p, const jfi_mod *q) {
  uint64_t t = jfi_mod_mul(jfi_mod_sub(b, jfi_mod_reduce(a, q), q->q), jfi_mod_inv(jfi_mod_reduce(p->q, q), q), q);
  jfi_i128 x = (jfi_i128)a + (jfi_i128)p->q * (jfi_i128)t, m = (jfi_i128)p->q * (jfi_i128)q->q;
  return x > m / 2 ? x - m : x;
}

double jfi_test_phase_error(const jfhe_ctx *ctx, const jfhe_ct *ct, const jfhe_sk *sk, const int64_t *want) {
  jfhe_pt *pt = NULL;
  size_t n = ctx->ring->n, len = jfhe_decrypt_scratch(ctx);
  CHECK_OK(jfi_pt_alloc(&pt, ctx, ct->n_limbs));
  void *scratch = jfi_alloc(len);
  /* all residues the ciphertext has, two at most are read below */
  double reach = ct->n_limbs >= 2 ? 0x1p70 : 0x1p46;
  if (ct->n_limbs >= 2 && jfi_ctx_product(ctx, ct->primes) < 0x1p72) reach = 0x1p50;
  CHECK_OK(jfi_decrypt(ctx, pt, ct, sk, reach, scratch, len));
  uint32_t prime[JFI_PRIMES_MAX];
  jfi_set_list(pt->primes, prime);
  double *re = jfi_alloc(n * sizeof(double)), *im = re + n / 2;
  for (size_t i = 0; i < n; i++) {
    const jfi_mod *p = &ctx->ring->mod[prime[0]];
    jfi_i128 x;
    if (pt->n_limbs >= 2)
      x = crt2(pt->data[i], pt->data[n + i], p, &ctx->ring->mod[prime[1]]);
    else
      x = pt->data[i] > p->q / 2 ? (jfi_i128)pt->data[i] - (jfi_i128)p->q : (jfi_i128)pt->data[i];
    re[i] = (double)(x - want[i]); /* m_k + i m_(k+n/2): the fold is the memory layout itself */
  }
  ctx->ring->k->fft_fwd(re, im, ctx->fft_re, ctx->fft_im, n / 2);
  double most = 0;
  for (size_t i = 0; i < n / 2; i++) most = fmax(most, sqrt(re[i] * re[i] + im[i] * im[i]));
  jfi_free(re);
  jfi_free(scratch);
  jfhe_pt_free(pt);
  return most;
}
