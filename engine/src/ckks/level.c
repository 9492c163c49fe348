/* ckks/level.c: division by primes: rescaling, constants, changes of level. [CHKKS18] [SS24] */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "ckks/eval.h"
#include "ckks/limbs.h"
#include "ckks/round.h"
#include "rlwe/keyswitch.h"
#include "rlwe/noise.h"

/* Rounding of a division: residues r0 + r1 s (+ r2 s^2), each coefficient within 1/2. */
static jfi_noise divide_noise(const jfhe_ctx *ctx, uint32_t degree, double scale) {
  jfi_noise e;
  jfi_divide_noise(ctx, &e.worst, &e.sd);
  if (degree == 2) {
    /* r2 s^2: E|s|^4 = 2 (E|s|^2)^2 of a complex Gaussian slot; its tail is longer than that of r s, for which
     * jfi_bound_probable is made, by 25.4 / 11.1 deviations: the factor 2.3. */
    double s = jfi_tail(ctx, JFI_PROXY_TERNARY), ss = jfi_slot_sd(ctx, JFI_PROXY_TERNARY);
    double rs = 2.3 * sqrt(2) * ss * ss * jfi_slot_sd(ctx, JFI_PROXY_ROUNDING);
    e.worst += jfi_tail(ctx, JFI_PROXY_ROUNDING) * s * s * (1 + 0x1p-30);
    e.sd = sqrt(e.sd * e.sd + rs * rs);
  }
  return (jfi_noise){jfi_up(e.worst / scale), jfi_up(e.sd / scale)};
}

static int is_prefix(jfi_set T, jfi_set X) {
  for (size_t i = jfi_set_next(T, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(T, i + 1))
    if (!jfi_set_has(X, i) || jfi_set_rank(T, i) != jfi_set_rank(X, i)) return 0;
  return 1;
}

/* x over X divided into out's first polynomials over T. Where the two overlap and T is no prefix of
 * X, the quotient goes through scratch. */
static jfhe_status divide_into(const jfhe_ctx *ctx, jfhe_ct *out, jfi_set T, const uint64_t *const *x, jfi_set X,
                               size_t count, int overlaps, jfi_scratch *s) {
  jfi_scratch at = *s;
  uint64_t *r[3];
  size_t bytes = jfi_set_count(T) * ctx->ring->n * sizeof(uint64_t);
  int direct = !overlaps || is_prefix(T, X);
  for (size_t i = 0; i < count; i++) r[i] = direct ? jfi_ct_poly(out, i) : jfi_scratch_take(&at, bytes);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a division");
  JFI_TRY(jfi_divide(ctx, r, T, x, X, count, &at));
  for (size_t i = 0; i < count && !direct; i++) memcpy(jfi_ct_poly(out, i), r[i], bytes);
  return JFHE_OK;
}

jfhe_status jfi_ckks_rescale(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, jfi_scratch *s) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_ct_on_chain(ctx, a, 1));
  jfi_meta m = jfi_meta_of(a);
  m.level = a->level - 1;
  m.primes = ctx->chain.level[m.level];
  m.scale = a->scale / ctx->chain.step[a->level];
  m.bound = jfi_bound_drift(&m.bound, jfi_spread(ctx->ring->log_n, m.packing, m.log_slots));
  m.bound = jfi_bound_noise(&m.bound, divide_noise(ctx, a->degree, m.scale));
  JFI_TRY(jfi_bound_fits(ctx, &m.bound, m.scale, m.primes, "rescaling"));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  const uint64_t *x[3];
  for (size_t i = 0; i <= a->degree; i++) x[i] = jfi_ct_poly(a, i);
  JFI_TRY(divide_into(ctx, out, m.primes, x, a->primes, a->degree + 1, out == a, s));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

/* ---- an integer factor and one division ---- */
/* c a over T at `scale`: k a over X, then times prod(T \ X) / prod(X \ T), k = round(c f),
 * f = scale prod(X \ T) / (a.scale prod(T \ X)). X holds as few of a's primes as give f 40 bits. */
typedef struct factor {
  jfi_set X;
  double f, k;
} factor;

#define FACTOR_MIN 0x1p40

static jfhe_status choose_factor(const jfhe_ctx *ctx, factor *r, const jfhe_ct *a, jfi_set T, double scale, double c) {
  jfi_set spare = jfi_set_minus(a->primes, T);
  r->X = jfi_set_and(a->primes, T);
  r->f = scale / a->scale / jfi_ctx_product(ctx, jfi_set_minus(T, a->primes));
  if (jfi_set_count(spare) == 0 || jfi_set_count(r->X) == 0)
    return jfi_fail(JFHE_ERR_LEVEL, "level %u has no prime to divide by", a->level);
  for (size_t i = jfi_set_next(spare, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(spare, i + 1)) {
    r->X = jfi_set_with(r->X, i);
    r->f *= ctx->ring->mod[i].qd;
    if (r->f >= FACTOR_MIN) break;
  }
  if (!(fabs(c) * r->f < 0x1p900)) return jfi_fail(JFHE_ERR_RANGE, "the constant is too large");
  r->k = jfi_round_double(c * r->f);
  return JFHE_OK;
}

/* k/f instead of c: off by the rounding of k and by at most 2^-50 of f, c f and k/f. */
static jfi_bound factor_bound(const jfi_bound *a, const factor *r, double c, double spread) {
  double off = (fabs(r->k - c * r->f) + fabs(c * r->f) * 0x1p-49) / r->f;
  jfi_bound b = jfi_bound_scale(a, jfi_up(fabs(r->k) / r->f));
  b.mag = jfi_up(fabs(c) * a->mag);
  return jfi_bound_shift(&b, jfi_up(off * a->mag), spread);
}

jfhe_status jfi_ckks_mul_const(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, double c, uint32_t level,
                               double scale, jfi_scratch *s) {
  factor f = {.k = 0};
  JFI_TRY(jfi_ct_usable(ctx, a));
  if (!(fabs(c) < 0x1p900)) return jfi_fail(JFHE_ERR_VALUE, "the constant is not a finite number");
  jfi_meta m = jfi_meta_of(a);
  m.level = level;
  m.primes = ctx->chain.level[level];
  m.scale = scale;
  JFI_TRY(choose_factor(ctx, &f, a, m.primes, scale, c));
  jfi_bound product = jfi_bound_scale(&a->bound, fabs(f.k));
  JFI_TRY(jfi_bound_fits(ctx, &product, a->scale, f.X, "product with a constant"));
  m.bound = factor_bound(&a->bound, &f, c, jfi_spread(ctx->ring->log_n, a->packing, a->log_slots));
  m.bound = jfi_bound_noise(&m.bound, divide_noise(ctx, a->degree, scale));
  JFI_TRY(jfi_bound_fits(ctx, &m.bound, m.scale, m.primes, "product with a constant"));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  jfi_scratch at = *s;
  jfi_limbs job = jfi_limbs_of(ctx, out, f.X, a, NULL, jfi_limb_mul_const);
  const uint64_t *x[3];
  for (size_t i = 0; i < job.polys; i++)
    x[i] = job.out[i] = jfi_scratch_take(&at, jfi_set_count(f.X) * ctx->ring->n * sizeof(uint64_t));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a constant");
  job.use_k = 1;
  job.k = f.k;
  jfi_limbs_run(&job);
  JFI_TRY(divide_into(ctx, out, m.primes, x, f.X, job.polys, 0, &at));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

size_t jfi_ckks_rescale_bytes(const jfhe_ctx *ctx, uint32_t level) {
  /* A copy of three polynomials; the division drops at most all primes but one. */
  jfi_set S = ctx->chain.level[level];
  size_t most = 0, n = ctx->ring->n * sizeof(uint64_t);
  for (uint32_t l = 0; l < level; l++) {
    size_t d = jfi_divide_scratch(ctx, S, ctx->chain.level[l], 3);
    size_t t = jfi_set_count(ctx->chain.level[l]);
    size_t c = jfi_set_count(S) > t ? jfi_set_count(S) : t;
    if (3 * jfi_round64(c * n) + d > most) most = 3 * jfi_round64(c * n) + d;
  }
  return most + JFI_SCRATCH_SLACK;
}

/* ---- levels ---- */
static jfhe_status check_descent(const jfhe_ctx *ctx, const jfhe_ct *a, uint32_t level) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  if (level <= a->level && a->level <= ctx->chain.top) return JFHE_OK;
  return jfi_fail(JFHE_ERR_LEVEL, "level %u is not below level %u", level, a->level);
}

jfhe_status jfi_ckks_to_level(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t level, jfi_scratch *s) {
  double mismatch, canonical;
  JFI_TRY(check_descent(ctx, a, level));
  canonical = ctx->chain.scale[level];
  if (level < a->level) return jfi_ckks_mul_const(ctx, out, a, 1, level, canonical, s);
  if (jfi_scale_mismatch(&mismatch, a->scale, canonical) == JFHE_OK) return jfi_ckks_copy(ctx, out, a);
  return jfi_fail(JFHE_ERR_LEVEL, "level %u at scale 2^%.4f: only a lower level has another scale", level,
                  log2(a->scale));
}

/* Residues of fewer primes stand for the same integer while it stays below half their product. */
jfhe_status jfi_ckks_drop_level(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t level, jfi_scratch *s) {
  JFI_TRY(check_descent(ctx, a, level));
  if (level == a->level) return jfi_ckks_copy(ctx, out, a);
  jfi_meta m = jfi_meta_of(a);
  m.level = level;
  m.primes = ctx->chain.level[level];
  if (!jfi_set_within(m.primes, a->primes)) return jfi_ckks_mul_const(ctx, out, a, 1, level, a->scale, s);
  JFI_TRY(jfi_bound_fits(ctx, &m.bound, m.scale, m.primes, "lower level"));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  /* One limb after the other, upwards: in place, a limb moves down over one that has moved. */
  size_t n = ctx->ring->n;
  for (size_t p = 0; p <= a->degree; p++)
    for (size_t i = jfi_set_next(m.primes, 0), j = 0; i < JFI_PRIMES_MAX; i = jfi_set_next(m.primes, i + 1), j++)
      memmove(jfi_ct_poly(out, p) + j * n, jfi_ct_poly(a, p) + jfi_set_rank(a->primes, i) * n, n * sizeof(uint64_t));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}
