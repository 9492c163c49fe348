/* circuit/bridge_there.c: exact integers to approximate numbers: the phases of residues, each times an integer, add up to Q/T times the
 * integer. docs/SOUNDNESS.md, "Between exact and approximate". */
#include <math.h>

#include "base/status.h"
#include "bgv/eval.h"
#include "ckks/bound.h"
#include "ckks/agree.h"
#include "ckks/round.h"
#include "circuit/bridge.h"
#include "rlwe/keyswitch.h"

static jfhe_status check_spaces(const jfhe_bgv *const *b, size_t count, uint32_t level, double most) {
  double product = 1;
  if (count == 0 || count > JFHE_BGV_PARTS_MAX) return jfi_fail(JFHE_ERR_ARG, "%zu parts", count);
  for (size_t p = 0; p < count; p++) {
    if (b[p]->ctx != b[0]->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "integers of different contexts");
    for (size_t i = 0; i < p; i++)
      if (b[i]->t.q == b[p]->t.q)
        return jfi_fail(JFHE_ERR_ARG, "t = %llu is there twice", (unsigned long long)b[p]->t.q);
    product *= (double)b[p]->t.q;
  }
  if (level > b[0]->ctx->chain.top) return jfi_fail(JFHE_ERR_LEVEL, "no level %u", level);
  if (most > 0 && 2 * most * (1 + 0x1p-40) < product) return JFHE_OK; /* the product is off by 5 roundings */
  return jfi_fail(JFHE_ERR_RANGE, "integers up to %g are not told apart modulo %g", most, product);
}

/* The grid of units at a level: Q/(T S), S the canonical scale. Off by a rounding a prime and part, and two. */
static double grid(const jfhe_bgv *const *b, size_t count, uint32_t level) {
  const jfi_chain *c = &b[0]->ctx->chain;
  jfi_set primes = c->level[level];
  double r = 1 / c->scale[level];
  for (size_t p = 0; p < count; p++) r /= (double)b[p]->t.q;
  for (size_t i = jfi_set_next(primes, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(primes, i + 1))
    r *= (double)c->prime[i];
  return r;
}

/* The multiple k of the grid; at least one. */
static jfhe_status choose_unit(double *unit, double *k, const jfhe_bgv *const *b, size_t count, uint32_t level,
                               double most) {
  JFI_TRY(check_spaces(b, count, level, most));
  double step = grid(b, count, level);
  if (!(step * most < 0x1p900))
    return jfi_fail(JFHE_ERR_RANGE, "integers up to %g would exceed 2^900 at level %u", most, level);
  *k = floor(1 / (step * most));
  if (*k < 1) *k = 1;
  *unit = *k * step;
  return JFHE_OK;
}

jfhe_status jfi_bridge_unit(double *unit, const jfhe_bgv *const *b, size_t count, uint32_t level, double most) {
  double k;
  return choose_unit(unit, &k, b, count, level, most);
}

/* ---- the sum of the parts, limb by limb ---- */
typedef struct job {
  const jfi_ring *ring;
  uint64_t *out[2];
  const uint64_t *a[JFHE_BGV_PARTS_MAX][2];
  double k;
  int64_t w[JFHE_BGV_PARTS_MAX];
  uint32_t prime[JFI_PRIMES_MAX];
  size_t parts, limbs;
} job;

static void add_limb(void *arg, size_t task, size_t worker) {
  (void)worker;
  const job *j = arg;
  size_t poly = task / j->limbs, i = task % j->limbs, n = j->ring->n;
  const jfi_mod *m = &j->ring->mod[j->prime[i]];
  uint64_t k = jfi_mod_double_var(j->k, m), *out = j->out[poly] + i * n;
  for (size_t p = 0; p < j->parts; p++) {
    uint64_t w = jfi_mod_mul(jfi_mod_double_var((double)j->w[p], m), k, m);
    if (p == 0)
      j->ring->k->mul_const(out, j->a[p][poly] + i * n, w, n, m);
    else
      j->ring->k->mul_const_acc(out, j->a[p][poly] + i * n, w, n, m);
  }
}

/* w == -Q/f (T/t)^-1 modulo t, centred: w x = (Q/t) ([c (T/t)^-1] + t K) + w v/t, and the first parts add up to Q c/T modulo Q. */
static int64_t weight(const jfhe_bgv *const *b, size_t count, size_t p, const jfhe_ct *a) {
  const jfi_mod *t = &b[p]->t;
  uint64_t den = a->factor;
  for (size_t i = 0; i < count; i++)
    if (i != p) den = jfi_mod_mul(den, jfi_mod_reduce(b[i]->t.q, t), t);
  uint64_t q = jfi_bgv_ratio(b[p], a->primes, jfi_set_empty());
  return jfi_bgv_centre(b[p], jfi_mod_mul(jfi_mod_neg(q, t->q), jfi_mod_inv(den, t), t));
}

static jfhe_status check_parts(const jfhe_bgv *const *b, const jfhe_ct *out, const jfhe_ct *const *a, size_t count,
                               uint32_t log_slots, uint32_t level) {
  const jfhe_ctx *ctx = b[0]->ctx;
  for (size_t p = 0; p < count; p++) {
    JFI_TRY(jfi_bgv_usable(b[p], a[p]));
    if (p > 0) JFI_TRY(jfi_bgv_agree(a[0], a[p]));
    if (out == a[p]) return jfi_fail(JFHE_ERR_ARG, "the output is an input");
  }
  if (level > a[0]->level) return jfi_fail(JFHE_ERR_LEVEL, "level %u is not below level %u", level, a[0]->level);
  if (log_slots >= ctx->ring->log_n)
    return jfi_fail(JFHE_ERR_ARG, "2^%u slots in a ring of 2^%u", log_slots, ctx->ring->log_n);
  return JFHE_OK;
}

/* |w v / t| of each part, k times; then as any phase that is divided. The unit as a double is off by at most (primes + parts + 3) 2^-53. */
static jfi_bound bound_of(const jfhe_bgv *const *b, const jfhe_ct *const *a, const job *j, const jfi_meta *m,
                          double unit, double most) {
  const jfhe_ctx *ctx = b[0]->ctx;
  double worst = 0, square = 0, divide = 0, divide_sd = 0, step = jfi_bgv_step(ctx, a[0]->primes, m->primes) * j->k;
  for (size_t p = 0; p < j->parts; p++) {
    double by = fabs((double)j->w[p]) / (double)b[p]->t.q, sd = by * a[p]->bound.sd;
    worst += by * a[p]->bound.worst;
    square += sd * sd;
  }
  if (!jfi_set_equal(a[0]->primes, m->primes)) jfi_divide_noise(ctx, &divide, &divide_sd);
  double off = 0x1p-53 * (double)(jfi_set_count(m->primes) + j->parts + 3) * unit * most;
  jfi_bound v = {jfi_up(unit * most), jfi_up((worst * step + divide) / m->scale),
                 jfi_up(jfi_hypot(sqrt(square) * step, divide_sd) / m->scale)};
  return jfi_bound_shift(&v, jfi_up(off), jfi_spread(ctx->ring->log_n, m->packing, m->log_slots));
}

static jfhe_status sum_parts(const jfhe_ctx *ctx, jfhe_ct *out, job *j, const jfhe_ct *a, jfi_set T, jfi_scratch *s) {
  jfi_scratch at = *s;
  int divides = !jfi_set_equal(a->primes, T);
  uint64_t *to[2] = {jfi_ct_poly(out, 0), jfi_ct_poly(out, 1)};
  for (size_t i = 0; i < 2; i++)
    j->out[i] = divides ? jfi_scratch_take(&at, j->limbs * ctx->ring->n * sizeof(uint64_t)) : to[i];
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a bridge");
  jfi_parallel(ctx->pool, 2 * j->limbs, add_limb, j);
  const uint64_t *x[2] = {j->out[0], j->out[1]};
  return divides ? jfi_divide(ctx, to, T, x, a->primes, 2, &at) : JFHE_OK;
}

jfhe_status jfi_bridge_to_ckks(const jfhe_bgv *const *b, jfhe_ct *out, const jfhe_ct *const *a, size_t count,
                               uint32_t log_slots, uint32_t level, double most, jfi_scratch *s) {
  double unit;
  job j = {.parts = count};
  JFI_TRY(choose_unit(&unit, &j.k, b, count, level, most));
  JFI_TRY(check_parts(b, out, a, count, log_slots, level));
  const jfhe_ctx *ctx = b[0]->ctx;
  j.ring = ctx->ring;
  j.limbs = jfi_set_list(a[0]->primes, j.prime);
  for (size_t p = 0; p < count; p++) {
    j.w[p] = weight(b, count, p, a[p]);
    for (size_t i = 0; i < 2; i++) j.a[p][i] = jfi_ct_poly(a[p], i);
  }
  jfi_meta m = {.degree = 1, .level = level, .packing = JFHE_PACK_REAL, .log_slots = log_slots};
  m.primes = ctx->chain.level[level];
  m.scale = ctx->chain.scale[level];
  m.key_id = a[0]->key_id;
  m.bound = bound_of(b, a, &j, &m, unit, most);
  JFI_TRY(jfi_bound_fits(ctx, &m.bound, m.scale, m.primes, "bridge from exact integers"));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  JFI_TRY(sum_parts(ctx, out, &j, a[0], m.primes, s));
  return jfi_ct_settle(ctx, out, &m);
}

size_t jfi_bridge_bytes(const jfhe_ctx *ctx, uint32_t level) { return jfi_bgv_to_level_bytes(ctx, level); }
