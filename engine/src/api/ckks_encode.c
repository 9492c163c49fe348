/* api/ckks_encode.c: jfhe_ckks_encode, jfhe_ckks_encode_fresh, jfhe_ckks_decode and their bounds. */
#include <math.h>

#include "api/check.h"
#include "base/declassify.h"
#include "ckks/encode.h"
#include "jfhe/ckks.h"

static jfhe_status check_shape(const jfhe_ctx *ctx, const jfhe_pt *out, const double *im, size_t count,
                               uint32_t packing, uint32_t log_slots, uint32_t level) {
  if (out->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "plaintext of another context");
  if (packing > JFHE_PACK_COEFF) return jfi_fail(JFHE_ERR_ARG, "no packing %u", packing);
  if (packing != JFHE_PACK_COMPLEX && im) return jfi_fail(JFHE_ERR_ARG, "imaginary parts need complex packing");
  if (level > ctx->chain.top)
    return jfi_fail(JFHE_ERR_LEVEL, "level %u is above the top level %u", level, ctx->chain.top);
  if (packing != JFHE_PACK_COEFF && log_slots >= ctx->ring->log_n)
    return jfi_fail(JFHE_ERR_ARG, "2^%u slots are more than %zu", log_slots, ctx->ring->n / 2);
  size_t room = packing == JFHE_PACK_COEFF ? ctx->ring->n : (size_t)1 << log_slots;
  if (count > room) return jfi_fail(JFHE_ERR_ARG, "%zu numbers, room for %zu", count, room);
  if (out->cap_limbs < jfi_set_count(ctx->chain.level[level]))
    return jfi_fail(JFHE_ERR_FORM, "plaintext has room for %u limbs only", out->cap_limbs);
  return JFHE_OK;
}

/* The bound to declare: the caller's, or the largest number present. What is decided here is public: a refusal shows it, and a bound
 * that the caller did not declare is published with the ciphertext. */
static jfhe_status check_values(double *mag, const double *re, const double *im, size_t count, double bound) {
  double most = jfi_numbers_max(re, im, count);
  if (!(bound >= 0 && bound < INFINITY)) return jfi_fail(JFHE_ERR_ARG, "the bound must be 0 or a positive number");
  int odd = !(most >= 0), over = (bound > 0) & (most > bound * (1 + 0x1p-45)); /* & and not &&: no branch */
  JFI_DECLASSIFY(&odd, sizeof odd);
  JFI_DECLASSIFY(&over, sizeof over);
  if (odd) return jfi_fail(JFHE_ERR_VALUE, "a number is NaN or infinite");
  if (over) return jfi_fail(JFHE_ERR_VALUE, "a number exceeds the declared bound %g", bound);
  if (bound == 0) JFI_DECLASSIFY(&most, sizeof most);
  *mag = bound > 0 ? jfi_up(bound) * (1 + 0x1p-44) : jfi_up(most);
  if (im) *mag += 0x1p-500; /* squares that underflowed */
  return JFHE_OK;
}

static void settle(jfhe_pt *out, const jfi_numbers *x, uint32_t log_n, uint32_t level, jfi_set primes, uint32_t form,
                   const jfi_bound *bound) {
  out->level = level;
  out->primes = primes;
  out->n_limbs = (uint32_t)jfi_set_count(primes);
  out->form = form;
  out->packing = x->packing;
  out->log_slots = x->packing == JFHE_PACK_COEFF ? log_n : x->log_slots;
  out->scale = x->scale;
  out->bound = *bound;
}

static jfhe_status encode(const jfhe_ctx *ctx, jfhe_pt *out, const double *re, const double *im, size_t count,
                          uint32_t packing, uint32_t log_slots, uint32_t level, double scale, double bound,
                          uint32_t form, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && (re || count == 0), "encode");
  JFI_TRY(check_shape(ctx, out, im, count, packing, log_slots, level));
  jfi_numbers x = {re, im, count, packing, log_slots, scale, 0};
  if (scale == 0) x.scale = ctx->chain.scale[level];
  if (!(x.scale >= 1 && x.scale < 0x1p200))
    return jfi_fail(JFHE_ERR_ARG, "the scale must be 0 or a number from 1 to 2^200");
  JFI_TRY(check_values(&x.mag, re, im, count, bound));
  jfi_noise e = jfi_encode_noise(ctx->ring->log_n, packing, log_slots, x.scale, x.mag);
  jfi_bound b = {x.mag, e.worst, e.sd};
  jfi_set primes = ctx->chain.level[level];
  JFI_TRY(jfi_bound_fits(ctx, &b, x.scale, primes, "encoding"));
  if (!(x.scale * x.mag < 0x1p62 * (1 - 0x1p-20)))
    return jfi_fail(JFHE_ERR_RANGE, "values up to %g at scale 2^%.2f exceed 2^62", x.mag, log2(x.scale));
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfi_encode_bytes(ctx)));
  int64_t *coeffs = jfi_scratch_take(&s, ctx->ring->n * sizeof *coeffs);
  jfi_encode_coeffs(ctx, coeffs, &x, &s);
  jfi_encode_limbs(ctx, out->data, primes, coeffs, form);
  jfi_zeroize(coeffs, jfi_encode_bytes(ctx) - JFI_SCRATCH_SLACK); /* coefficients and the slots behind them */
  settle(out, &x, ctx->ring->log_n, level, primes, form, &b);
  return JFHE_OK;
}

jfhe_status jfhe_ckks_encode(const jfhe_ctx *ctx, jfhe_pt *out, const double *re, const double *im, size_t count,
                             uint32_t packing, uint32_t log_slots, uint32_t level, double scale, double bound,
                             void *scratch, size_t scratch_len) {
  return encode(ctx, out, re, im, count, packing, log_slots, level, scale, bound, JFHE_FORM_EVAL, scratch, scratch_len);
}

jfhe_status jfhe_ckks_encode_fresh(const jfhe_ctx *ctx, jfhe_pt *out, const double *re, const double *im, size_t count,
                                   uint32_t packing, uint32_t log_slots, uint32_t level, double scale, double bound,
                                   void *scratch, size_t scratch_len) {
  return encode(ctx, out, re, im, count, packing, log_slots, level, scale, bound, JFHE_FORM_COEFF, scratch,
                scratch_len);
}

size_t jfhe_ckks_encode_scratch(const jfhe_ctx *ctx) { return ctx ? jfi_encode_bytes(ctx) : 0; }

jfhe_status jfhe_ckks_decode(const jfhe_ctx *ctx, double *re, double *im, size_t count, const jfhe_pt *pt,
                             void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && pt && (re || count == 0), "decode");
  if (pt->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "plaintext of another context");
  if (pt->packing == JFHE_PACK_INT) return jfi_fail(JFHE_ERR_FORM, "the plaintext holds exact integers");
  if (pt->n_limbs == 0) return jfi_fail(JFHE_ERR_FORM, "plaintext is empty");
  if (pt->packing == JFHE_PACK_COEFF && im) return jfi_fail(JFHE_ERR_ARG, "coefficients have no imaginary parts");
  size_t slots = (size_t)1 << pt->log_slots; /* COEFF: log2 N */
  if (count > slots) return jfi_fail(JFHE_ERR_ARG, "%zu numbers asked, %zu there", count, slots);
  size_t need = jfi_decode_bytes(ctx, jfi_decode_limbs_needed(ctx, pt));
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, need));
  jfi_decode(ctx, re, im, count, pt, &s);
  return JFHE_OK;
}

size_t jfhe_ckks_decode_scratch(const jfhe_ctx *ctx) { return ctx ? jfi_decode_bytes(ctx, ctx->chain.n) : 0; }

double jfhe_pt_error(const jfhe_pt *pt) {
  if (pt->packing == JFHE_PACK_INT) return 0;
  size_t limbs = jfi_decode_limbs_needed(pt->ctx, pt);
  jfi_noise d = jfi_decode_noise(pt->packing, pt->log_slots, limbs, jfi_up(pt->bound.mag + pt->bound.worst));
  return jfi_up(pt->bound.worst + d.worst);
}
