/* circuit/linmap_bound.c: what a linear map's result says of itself. docs/SOUNDNESS.md, "Linear maps". */
#include <math.h>

#include "base/status.h"
#include "ckks/encode.h"
#include "ckks/round.h"
#include "circuit/linmap_run.h"

/* Noise of a baby at scale 1. Hoisted ones have one key switch each; the farthest that is walked to has all those on the way, independent of
 * each other: their proxies add. */
static jfi_noise baby_noise(const jfi_linmap_run *x) {
  int keyed = 0;
  for (size_t i = 0; i < jfi_linmap_baby_turns(x->map); i++) keyed |= x->baby[i].key != NULL;
  double root = !keyed ? 0 : x->map->stride.walk ? sqrt((double)(x->map->n_babies - 1)) : 1;
  return (jfi_noise){x->h.noise.worst * root, x->h.noise.sd * root};
}

static jfi_bound bound(const jfi_linmap_run *x, const jfhe_ct *a, double scale_out) {
  const jfhe_linmap *map = x->map;
  jfi_noise baby = baby_noise(x);
  double giants = 0;
  for (size_t i = 0; !map->stride.width && i < map->n_giants; i++) giants += x->giant[i].key != NULL;
  if (map->stride.width) giants = jfi_linmap_steps(map, 1) + jfi_linmap_steps(map, -1);
  jfi_bound b = a->bound;
  if (baby.worst > 0) b = jfi_bound_noise(&b, (jfi_noise){baby.worst / a->scale, baby.sd / a->scale});
  double seen = b.mag + b.worst; /* what a plaintext's error meets */
  double spread = jfi_spread(x->h.ctx->ring->log_n, JFHE_PACK_COMPLEX, map->log_slots);
  jfi_bound r = {jfi_up(b.mag * map->norm), jfi_up(b.worst * map->norm), jfi_up(b.sd * map->norm2)};
  double worst = 0, var = 0;
  for (size_t t = 0; t < map->count; t++) {
    const jfi_diag *d = &map->diag[t];
    jfi_noise e = jfi_encode_noise(x->h.ctx->ring->log_n, JFHE_PACK_COMPLEX, map->log_slots, x->scale, d->mag);
    if (d->constant) {
      e.worst = fabs(jfi_round_double(d->value * x->scale) / x->scale - d->value) + d->mag * 0x1p-50;
      e.sd = e.worst * spread;
    }
    worst += e.worst;
    var += e.sd * e.sd;
  }
  r = jfi_bound_noise(&r, (jfi_noise){jfi_up(worst * seen), jfi_up(sqrt(var) * seen)});
  double product = a->scale * x->scale;
  r = jfi_bound_noise(
      &r, (jfi_noise){jfi_up(giants * x->h.noise.worst / product), jfi_up(sqrt(giants) * x->h.noise.sd / product)});
  jfi_noise n;
  jfi_divide_noise(x->h.ctx, &n.worst, &n.sd);
  r = jfi_bound_noise(&r, (jfi_noise){n.worst / scale_out, n.sd / scale_out});
  return jfi_bound_drift(&r, spread);
}

/* Deviation of what babies add, as it is: those on a walk have half the way behind them on average, and hoisted ones were not divided by P. */
static double baby_deviation(const jfi_linmap_run *x) {
  const jfhe_linmap *map = x->map;
  double turns = 0, worst, divided, sd = baby_noise(x).sd;
  jfi_divide_noise(x->h.ctx, &worst, &divided);
  if (!map->stride.walk) return sqrt(fmax(0, sd * sd - divided * divided));
  for (size_t t = 0; t < map->count; t++) turns += map->diag[t].baby_at;
  return x->h.noise.sd * sqrt(turns / (double)map->count);
}

/* The same by the maker's claim. What key switches and roundings add is random at every slot, so it adds in squares: along a row of the map, and of what the
 * bijection makes of the map's slots. */
static jfi_bound claimed(const jfi_linmap_run *x, const jfhe_ct *a, double scale_out) {
  const jfi_linmap_claim *c = &x->map->claim;
  double giants = jfi_linmap_steps(x->map, 1) + jfi_linmap_steps(x->map, -1), product = a->scale * x->scale;
  jfi_bound r = {jfi_up(a->bound.mag * c->norm), jfi_up(a->bound.worst * c->norm), jfi_up(a->bound.sd * c->sd_norm)};
  jfi_noise n;
  jfi_divide_noise(x->h.ctx, &n.worst, &n.sd);
  double baby = baby_deviation(x) / a->scale * x->map->norm2, giant = x->h.noise.sd / product, last = n.sd / scale_out;
  double worst = x->h.noise.worst / a->scale * c->babies + giants * x->h.noise.worst / product + n.worst / scale_out;
  double sd = sqrt(baby * baby + giants * giant * giant + last * last);
  r = jfi_bound_noise(&r, (jfi_noise){jfi_up(worst * c->factor), jfi_up(sd * c->factor)});
  r = jfi_bound_noise(&r, (jfi_noise){c->encode_worst, c->encode_sd});
  return jfi_bound_drift(&r, 1); /* deviations of a claim are those after the mean: bootstrap_run.c */
}

jfhe_status jfi_linmap_plan_result(const jfi_linmap_run *x, jfi_meta *m, const jfhe_ct *a) {
  const jfhe_ctx *ctx = x->h.ctx;
  *m = jfi_meta_of(a);
  m->level = a->level - 1;
  m->primes = ctx->chain.level[m->level];
  m->scale = ctx->chain.scale[m->level];
  if (!x->map->real) m->packing = JFHE_PACK_COMPLEX;
  if (x->h.shape) m->key_id = x->h.shape->to_id;
  if (x->map->claim.norm > 0) {
    m->bound = claimed(x, a, m->scale);
    return JFHE_OK;
  }
  m->bound = bound(x, a, m->scale);
  JFI_TRY(jfi_bound_fits(ctx, &m->bound, a->scale * x->scale, x->h.S, "a linear map before rescaling"));
  return jfi_bound_fits(ctx, &m->bound, m->scale, m->primes, "a linear map");
}
