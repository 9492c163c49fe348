/* circuit/bridge_back.c: approximate numbers that are integers become exact: at scale Q/t the phase is one of BFV. docs/SOUNDNESS.md, "Between
 * exact and approximate". */
#include <math.h>

#include "base/status.h"
#include "bgv/eval.h"
#include "ckks/agree.h"
#include "ckks/limbs.h"
#include "ckks/round.h"
#include "circuit/bridge.h"
#include "rlwe/keyswitch.h"

/* k a over X has scale Q_X/t: k = round(f), f = Q_X / (t unit a.scale). X: the result's primes, and as few more as give f 40 bits. */
typedef struct factor {
  jfi_set X;
  double f, k, slip; /* |k/f - 1|, f as a real number */
} factor;

#define FACTOR_MIN 0x1p40
#define NOISE_MAX  0x1p500 /* deviations are squared on the way, in doubles */

static jfhe_status choose_factor(factor *r, const jfhe_bgv *b, const jfhe_ct *a, jfi_set T, double unit) {
  const jfi_chain *c = &b->ctx->chain;
  jfi_set spare = jfi_set_minus(a->primes, T);
  int divides = !jfi_set_within(T, a->primes); /* primes come: at least one goes */
  r->X = jfi_set_and(a->primes, T);
  r->f = 1 / (a->scale * unit) / (double)b->t.q;
  for (size_t i = jfi_set_next(r->X, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(r->X, i + 1)) r->f *= (double)c->prime[i];
  for (size_t i = jfi_set_next(spare, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(spare, i + 1)) {
    if (fabs(r->f) >= FACTOR_MIN && !divides) break;
    divides = 0;
    r->X = jfi_set_with(r->X, i);
    r->f *= (double)c->prime[i];
  }
  if (divides) return jfi_fail(JFHE_ERR_LEVEL, "level %u has no prime to divide by", a->level);
  if (!(fabs(r->f) < 0x1p900)) return jfi_fail(JFHE_ERR_RANGE, "the modulus is too large: lower the level first");
  r->k = jfi_round_double(r->f);
  /* a rounding a prime, and three */
  r->slip = jfi_up(fabs(r->k - r->f) / fabs(r->f) + 0x1p-53 * (double)(jfi_set_count(r->X) + 3));
  return JFHE_OK;
}

/* v = Q ((e/unit + off) k/f + c (k/f - 1)) + t r, r the rounding of the division. */
static jfhe_status plan(jfi_bgv_meta *m, factor *r, const jfhe_bgv *b, const jfhe_ct *a, double unit, double most,
                        double off, uint32_t level) {
  const jfhe_ctx *ctx = b->ctx;
  jfi_set T = ctx->chain.level[level];
  double q = jfi_ctx_product(ctx, T), t = (double)b->t.q, divide = 0, divide_sd = 0;
  JFI_TRY(choose_factor(r, b, a, T, unit));
  JFI_TRY(jfi_bound_fits(ctx, &a->bound, a->scale, r->X, "bridge to exact integers"));
  if (!jfi_set_equal(r->X, T)) jfi_divide_noise(ctx, &divide, &divide_sd);
  double grown = 1 + r->slip, error = (a->bound.worst / fabs(unit) + off) * grown + most * r->slip;
  if (!(error < 0.5))
    return jfi_fail(JFHE_ERR_RANGE, "an integer that is off by up to %.3g is not told from its neighbours", error);
  jfi_bound v = {most, jfi_up((q * error + t * divide) * (1 + 0x1p-44)), 0}; /* 2^-44: q as a double */
  if (!(v.worst < NOISE_MAX))
    return jfi_fail(JFHE_ERR_RANGE, "level %u is too high for noise that nearly fills its modulus: take a lower one",
                    level);
  v.sd = jfi_up(jfi_hypot(q * (a->bound.sd / fabs(unit) * grown + off + most * r->slip), t * divide_sd));
  *m = (jfi_bgv_meta){1, level, T, jfi_mod_neg(jfi_bgv_ratio(b, T, jfi_set_empty()), b->t.q), v, a->key_id};
  return JFHE_OK;
}

static jfhe_status check(const jfhe_bgv *b, const jfhe_ct *out, const jfhe_ct *a, double unit, double most, double off,
                         uint32_t level) {
  JFI_TRY(jfi_ct_usable(b->ctx, a));
  JFI_TRY(jfi_ct_in_slots(a, "a bridge to exact integers"));
  JFI_TRY(jfi_ct_on_chain(b->ctx, a, 0));
  if (a->degree != 1) return jfi_fail(JFHE_ERR_FORM, "a product must be relinearised before it becomes exact");
  if (out == a) return jfi_fail(JFHE_ERR_ARG, "the output is an input");
  if (level > a->level) return jfi_fail(JFHE_ERR_LEVEL, "level %u is not below level %u", level, a->level);
  if (!(fabs(unit) > 0x1p-500 && fabs(unit) < 0x1p500 && most > 0 && most < 0x1p500 && off >= 0))
    return jfi_fail(JFHE_ERR_ARG, "unit %g, at most %g, off by %g", unit, most, off);
  return JFHE_OK;
}

jfhe_status jfi_bridge_to_bgv(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, double unit, double most, double off,
                              uint32_t level, jfi_scratch *s) {
  factor r = {.k = 0};
  jfi_bgv_meta m;
  JFI_TRY(check(b, out, a, unit, most, off, level));
  JFI_TRY(plan(&m, &r, b, a, unit, most, off, level));
  JFI_TRY(jfi_bgv_room(b, out, &m, "bridge to exact integers"));
  const jfhe_ctx *ctx = b->ctx;
  jfi_scratch at = *s;
  int divides = !jfi_set_equal(r.X, m.primes);
  jfi_limbs job = jfi_limbs_of(ctx, out, r.X, a, NULL, jfi_limb_mul_const);
  job.use_k = 1;
  job.k = r.k;
  for (size_t i = 0; divides && i < 2; i++)
    job.out[i] = jfi_scratch_take(&at, jfi_set_count(r.X) * ctx->ring->n * sizeof(uint64_t));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a bridge");
  jfi_limbs_run(&job); /* what exceeds the modulus of X wraps: multiples of Q_X, which no scale changes */
  const uint64_t *x[2] = {job.out[0], job.out[1]};
  uint64_t *to[2] = {jfi_ct_poly(out, 0), jfi_ct_poly(out, 1)};
  if (divides) JFI_TRY(jfi_divide(ctx, to, m.primes, x, r.X, 2, &at));
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}
