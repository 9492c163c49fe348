/* circuit/bootstrap.c: making bootstraps and asking about them. */
#include "circuit/bootstrap.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "rlwe/noise.h"

/* Largest |eps z/mag|: 2^-11.5 where the sine's steps are wider than a prime, 2^-8.5 where they are not. The sine's own error grows as its square,
 * everything else's as its inverse; here they meet. (docs/adr/0040) */
static const double EPS_WIDE = 0x1.6a09e6p-12, EPS_NARROW = 0x1.6a09e6p-9;
enum { PRIME_BITS = 48 };
/* t is shifted by 1/4, and may be off by less than this. */
static const double SLACK = 0.25 + 0x1p-8;

/* ---- levels ---- */
static uint32_t equal_steps(const jfi_params *p, uint32_t top) {
  uint32_t run = 0;
  while (run < top && p->step_bits[top - 1 - run] == p->step_bits[top - 1]) run++;
  return run;
}

jfhe_status jfi_bootstrap_levels(jfhe_bootstrap *b) {
  const jfi_params *p = &b->ctx->params;
  uint32_t top = p->n_steps, up = equal_steps(p, top);
  b->stages = up;
  if (up < 2 || up > JFI_BOOT_STAGES_MAX || top < 2 * up + JFI_SINE_LEVELS + 1 ||
      equal_steps(p, top - up) < JFI_SINE_LEVELS)
    return jfi_fail(JFHE_ERR_PARAMS,
                    "these parameters have no levels for bootstrapping: 2 or 3 equal steps above %d equal ones",
                    JFI_SINE_LEVELS);
  b->level_in = up;
  b->level_sine = top - up;
  b->level_out = top - up - JFI_SINE_LEVELS;
  b->eps = p->step_bits[b->level_sine - 1] > PRIME_BITS ? EPS_WIDE : EPS_NARROW;
  return JFHE_OK;
}

/* Turns of a stage of `count` butterflies that walks: to its babies and to its giants (stride_of in bootstrap_maps.c). */
static uint32_t turns(const jfhe_bootstrap *b, uint32_t count, int longest) {
  const uint32_t diagonals = longest ? count : count + 1, babies = (count + 1) / 2;
  if (!count) return 0;
  return longest || count > b->walk_most ? (1u << babies) + (1u << (diagonals - babies)) - 2 : 1u << count;
}

/* Butterflies a stage. Hoisted: alike, so that plaintexts are few; the longest has half as many diagonals as another of its butterflies, so it takes what is left
 * over. Walked to: those that need the fewest turns, which gives the longest stage
 * more, since its giants have a key of their own; of equal ones the fewest there, where plaintexts have no period. None has more than a
 * walk can reach, unless all have. */
static void share_all(const jfhe_bootstrap *b, uint32_t count[JFI_BOOT_STAGES_MAX]) {
  const uint32_t last = b->stages - 1, n = b->log_slots, each = (n + last) / b->stages;
  const uint32_t limit = each > b->walk_most ? each : b->walk_most;
  uint32_t least = UINT32_MAX;
  for (uint32_t i = 0; i <= last; i++) count[i] = n / b->stages + (last - i < n % b->stages);
  if (b->keys != JFHE_BOOTSTRAP_FEW_KEYS) return;
  for (uint32_t end = 0; end <= limit && end <= n; end++)
    for (uint32_t first = last == 1 ? n - end : (n - end + 1) / 2; first <= n - end && first <= limit; first++) {
      const uint32_t middle = n - end - first, sum = turns(b, first, 0) + turns(b, middle, 0) + turns(b, end, 1);
      if (sum >= least) continue;
      least = sum;
      count[0] = first;
      count[1] = middle;
      count[last] = end;
    }
}

/* Stage i of `stages`, counted from the shortest; neighbours walk in opposite directions (bootstrap_maps.c). */
static void share(const jfhe_bootstrap *b, uint32_t i, jfi_stage *s) {
  uint32_t count[JFI_BOOT_STAGES_MAX];
  share_all(b, count);
  s->count = count[i];
  s->wide = s->count > b->walk_most;
  s->walk = b->keys == JFHE_BOOTSTRAP_FEW_KEYS;
  for (uint32_t j = 0; j < i; j++) {
    s->low += count[j];
    if (count[j]) s->walk = -s->walk;
  }
}

/* The power of two nearest to x in logarithm. */
static double power_near(double x) {
  double p = 1;
  while (p * 1.41421 < x) p *= 2;
  while (p > x * 1.41421) p /= 2;
  return p;
}

static double root(double x, uint32_t n) {
  double r = sqrt(x);
  for (int i = 0; n == 3 && i < 60; i++) r = (2 * r + x / (r * r)) / 3; /* Newton's rule */
  return n == 1 ? x : r;
}

/* ---- maps ---- */
static double gap_of(const jfhe_bootstrap *b) { return (double)(b->ctx->ring->n >> (b->log_slots + 1)); }

/* Scale label of a ciphertext before the i-th stage up. */
static double scale_up(const jfhe_bootstrap *b, uint32_t i) {
  const jfi_chain *c = &b->ctx->chain;
  return i ? c->scale[c->top - i] : jfi_ctx_product(b->ctx, c->level[0]) * gap_of(b);
}

static double scale_down(const jfhe_bootstrap *b, uint32_t i) { return b->ctx->chain.scale[b->level_in - i]; }

static double half_power(uint32_t k) { return sqrt(1.0 / (double)((uint64_t)1 << k)); }

/* Encodes the map of a level, now or late, measures the encoding, claims bounds. mine: what the encoding's errors meet, worst and root mean square,
 * as multiples of what jfi_linmap_measure says. */
static jfhe_status make_map(jfhe_linmap **map, const jfhe_bootstrap *b, const jfi_stage *s, uint32_t level,
                            double scale) {
  jfi_linmap_cache *cache;
  jfi_encoded e;
  JFI_TRY(jfi_stage_map(map, b->ctx, b->log_slots, s));
  if (b->bare) return JFHE_OK;
  double plain = jfi_linmap_scale(b->ctx, level, scale);
  JFI_TRY(jfi_linmap_measure(*map, plain, &e));
  if (!b->late) JFI_TRY(jfi_linmap_cache_get(*map, &cache, level, plain));
  const double met = fmin(e.l1, sqrt((double)(*map)->count) * e.l2); /* by squares, as the slots that errors meet */
  (*map)->claim = (jfi_linmap_claim){.norm = s->factor,
                                     .sd_norm = s->factor,
                                     .factor = half_power(s->inverse ? s->low : s->low + s->count),
                                     .babies = fmin(jfi_stage_babies(*map, s), jfi_stage_babies_most(*map, s)),
                                     .encode_worst = s->inverse ? e.l2 : met,
                                     .encode_sd = e.rms};
  return JFHE_OK;
}

/* Slots to coefficients: bounds are those of what the inverse of all butterflies so far makes of the slots, whose rows have sum 1 and entries of one
 * modulus. Slots are in the mean of squares 2^(low/2) times as large as the numbers, and a row meets whole blocks of them: that is what counts. */
static jfhe_status make_down(jfhe_bootstrap *b) {
  double whole = b->eps * jfi_ctx_product(b->ctx, b->ctx->chain.level[0]) / (b->mag * b->ctx->chain.scale[0]),
         so_far = 1;
  for (uint32_t i = 0; i < b->stages; i++) {
    jfi_stage s = {.inverse = 0};
    share(b, i, &s);
    s.factor = i + 1 < b->stages ? power_near(root(whole, b->stages)) : whole / so_far;
    JFI_TRY(make_map(&b->down[i], b, &s, b->level_in - i, scale_down(b, i)));
    jfi_linmap_claim *c = &b->down[i]->claim;
    c->encode_worst *= sqrt((double)((uint64_t)1 << s.low)) * so_far * b->mag;
    c->encode_sd *= sqrt((double)((uint64_t)1 << s.low)) * so_far * b->mag * c->factor;
    so_far *= s.factor;
  }
  return JFHE_OK;
}

/* Coefficients to slots: bounds are those of coefficients all the way. The slots are those of c0 + c1 s', c0 and c1 uniform modulo q0: a sum
 * of them with weights of square sum w^2 is at most tail * w * (1 + weight of s'). The stages behind take a mean of 2^low slots, whose errors come
 * from different slots each. */
static jfhe_status make_up(jfhe_bootstrap *b) {
  const uint32_t top = b->ctx->chain.top;
  double whole = 1 / (2 * b->overflow), so_far = 1, even = whole, gap = sqrt(gap_of(b));
  double worst = jfi_tail(b->ctx, JFI_PROXY_ROUNDING) * (1 + JFI_SPARSE_WEIGHT) / gap;
  double sd = jfi_slot_sd(b->ctx, (1.0 + JFI_SPARSE_WEIGHT) / 12) / gap;
  for (uint32_t i = 0; i < b->stages; i++) {
    jfi_stage s = {.inverse = 0};
    share(b, b->stages - 1 - i, &s);
    even *= jfi_linmap_scale(b->ctx, top - i, scale_up(b, i)) / (double)((uint64_t)1 << s.count);
  }
  even = root(even, b->stages); /* entries' size that is the same at all stages */
  for (uint32_t i = 0; i < b->stages; i++) {
    jfi_stage s = {.inverse = 1};
    share(b, b->stages - 1 - i, &s);
    double scale = scale_up(b, i), entry = (double)((uint64_t)1 << s.count) / jfi_linmap_scale(b->ctx, top - i, scale);
    s.factor = i + 1 < b->stages ? power_near(even * entry) : whole / so_far;
    JFI_TRY(make_map(&b->up[i], b, &s, top - i, scale));
    jfi_linmap_claim *c = &b->up[i]->claim;
    double before = half_power(b->log_slots - s.low - s.count) * so_far;
    c->encode_worst *= worst * before * c->factor;
    c->encode_sd *= sd * before * c->factor;
    so_far *= s.factor;
  }
  return JFHE_OK;
}

/* ---- making ---- */
static jfhe_status check(const jfhe_ctx *ctx, uint32_t log_slots, double mag, uint32_t keys) {
  if (keys > JFHE_BOOTSTRAP_FEW_KEYS) return jfi_fail(JFHE_ERR_ARG, "no choice %u of keys", keys);
  if (log_slots < 1 || log_slots >= ctx->ring->log_n)
    return jfi_fail(JFHE_ERR_ARG, "2^%u slots in a ring of degree 2^%u", log_slots, ctx->ring->log_n);
  if (!(mag >= 0x1p-40 && mag <= 0x1p40)) return jfi_fail(JFHE_ERR_ARG, "magnitude %g is outside 2^-40..2^40", mag);
  return JFHE_OK;
}

static jfhe_status fill(jfhe_bootstrap *b, const jfi_boot_options *options) {
  JFI_TRY(jfi_bootstrap_levels(b));
  b->overflow = jfi_overflow(b->ctx->ring->log_n, JFI_SPARSE_WEIGHT);
  if (options && options->overflow > 0) b->overflow = options->overflow;
  b->walk_most = options && options->walk_most ? options->walk_most : JFI_BOOT_WALK_MAX;
  b->overflow += SLACK;
  uint32_t most = ((uint32_t)1 << (JFI_SINE_LEVELS - JFI_SINE_DOUBLINGS)) - 2;
  JFI_TRY(jfi_cosine_new(&b->cosine, &b->cosine_error, b->overflow, JFI_SINE_DOUBLINGS, most));
  JFI_TRY(jfi_sine_noise_of(&b->sine, b->ctx, b, jfi_sine_scale(b->ctx, b)));
  JFI_TRY(make_down(b));
  return make_up(b);
}

jfhe_status jfi_bootstrap_new(jfhe_bootstrap **out, const jfhe_ctx *ctx, uint32_t log_slots, double mag,
                              const jfi_boot_options *options) {
  uint32_t keys = options ? options->keys : JFHE_BOOTSTRAP_MANY_KEYS;
  JFI_TRY(check(ctx, log_slots, mag, keys));
  jfhe_bootstrap *b = jfi_alloc_zero(sizeof *b);
  if (!b) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a bootstrap");
  b->ctx = ctx;
  b->log_slots = log_slots;
  b->mag = mag;
  b->keys = keys;
  b->bare = options && options->bare;
  b->late = options && options->late;
  b->untailed = options && options->untailed;
  jfhe_status st = fill(b, options);
  if (st != JFHE_OK) {
    jfhe_bootstrap_free(b);
    return st;
  }
  *out = b;
  return JFHE_OK;
}

jfhe_status jfi_bootstrap_prepare(jfhe_bootstrap *b) {
  jfi_linmap_cache *cache;
  for (uint32_t i = 0; i < b->stages; i++) {
    uint32_t low = b->level_in - i, high = b->ctx->chain.top - i;
    JFI_TRY(jfi_linmap_cache_get(b->down[i], &cache, low, jfi_linmap_scale(b->ctx, low, scale_down(b, i))));
    JFI_TRY(jfi_linmap_cache_get(b->up[i], &cache, high, jfi_linmap_scale(b->ctx, high, scale_up(b, i))));
  }
  return JFHE_OK;
}

void jfhe_bootstrap_free(jfhe_bootstrap *b) {
  if (!b) return;
  for (uint32_t i = 0; i < JFI_BOOT_STAGES_MAX; i++) {
    jfi_stage_map_free(b->down[i]);
    jfi_stage_map_free(b->up[i]);
  }
  jfhe_poly_free(b->cosine);
  jfi_free(b);
}

/* ---- questions ---- */
uint32_t jfhe_bootstrap_level_in(const jfhe_bootstrap *b) { return b->level_in; }
uint32_t jfhe_bootstrap_level_sine(const jfhe_bootstrap *b) { return b->level_sine; }
uint32_t jfhe_bootstrap_level_out(const jfhe_bootstrap *b) { return b->level_out; }
double jfhe_bootstrap_magnitude(const jfhe_bootstrap *b) { return b->mag; }

size_t jfhe_bootstrap_bytes(const jfhe_bootstrap *b) {
  size_t sum = 0;
  for (uint32_t i = 0; i < b->stages; i++) sum += jfhe_linmap_cached(b->down[i]) + jfhe_linmap_cached(b->up[i]);
  return sum;
}

static size_t map_bytes(const jfhe_bootstrap *b, const jfhe_linmap *map, uint32_t level) {
  size_t words = jfi_set_count(jfi_set_or(b->ctx->chain.level[level], b->ctx->chain.special)) * b->ctx->ring->n,
         sum = 0;
  for (size_t t = 0; t < map->count; t++)
    if (!map->diag[t].constant) sum += (words >> jfi_linmap_shift(map, &map->diag[t])) * sizeof(uint64_t);
  return sum;
}

size_t jfhe_bootstrap_bytes_whole(const jfhe_bootstrap *b) {
  size_t sum = 0;
  for (uint32_t i = 0; i < b->stages; i++)
    sum += map_bytes(b, b->down[i], b->level_in - i) + map_bytes(b, b->up[i], b->ctx->chain.top - i);
  return sum;
}

typedef struct listing {
  int32_t *k;
  uint32_t *level;
  size_t count, cap, slots;
} listing;

/* Rotations modulo the slots are one and the same. */
static void list(listing *l, int32_t k, uint32_t level) {
  int64_t n = (int64_t)l->slots;
  for (size_t i = 0; i < l->count && i < l->cap; i++)
    if ((l->k[i] - (int64_t)k) % n == 0) {
      if (l->level && l->level[i] < level) l->level[i] = level;
      return;
    }
  if (l->count < l->cap) {
    l->k[l->count] = k;
    if (l->level) l->level[l->count] = level;
  }
  l->count++;
}

enum { ROTATIONS_MAX = 256 };

size_t jfhe_bootstrap_rotations(const jfhe_bootstrap *b, int32_t *k, uint32_t *level, size_t cap) {
  int32_t all[ROTATIONS_MAX], some[ROTATIONS_MAX];
  uint32_t levels[ROTATIONS_MAX], top = b->ctx->chain.top;
  listing l = {all, levels, 0, ROTATIONS_MAX, b->ctx->ring->n / 2};
  for (size_t t = (size_t)1 << b->log_slots; t < b->ctx->ring->n / 2; t *= 2) list(&l, (int32_t)t, top);
  for (uint32_t i = 0; i < b->stages; i++) {
    size_t n = jfhe_linmap_rotations(b->up[i], some, ROTATIONS_MAX);
    for (size_t t = 0; t < n; t++) list(&l, some[t], top - i);
    n = jfhe_linmap_rotations(b->down[i], some, ROTATIONS_MAX);
    for (size_t t = 0; t < n; t++) list(&l, some[t], b->level_in - i);
  }
  for (size_t i = 0; i < l.count && i < cap; i++) {
    if (k) k[i] = all[i];
    if (level) level[i] = levels[i];
  }
  return l.count;
}
