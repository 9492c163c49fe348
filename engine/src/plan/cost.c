/* plan/cost.c: how long operations take, from counts of transforms and word products.
 *
 * The counts are those of rlwe/keyswitch.c and rlwe/divide.c; what a count costs is measured (jfhe_costs_measure) or the library's
 * figure. A forecast is for one thread with cold operands. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/status.h"
#include "circuit/bootstrap.h"
#include "circuit/table.h"
#include "plan/plan.h"
#include "plan/raw.h"

/* Work: residue transforms, residue products, residue sums or copies, encodings. */
typedef struct work {
  double transforms, products, traffic, encodings;
} work;

static double limbs_at(const jfhe_ctx *ctx, uint32_t level) { return (double)jfi_set_count(ctx->chain.level[level]); }

static double specials(const jfhe_ctx *ctx) { return (double)jfi_set_count(ctx->chain.special); }

static double digits_at(const jfhe_ctx *ctx, uint32_t level) {
  double d = 0;
  for (uint32_t i = 0; i < ctx->chain.n_digits; i++)
    d += jfi_set_count(jfi_set_and(ctx->chain.digit[i], ctx->chain.level[level])) > 0;
  return d > 0 ? d : 1;
}

/* Division of `polys` polynomials over `from` residues to `to`. */
static void divide(work *w, double from, double to, double polys) {
  double dropped = from > to ? from - to : 1;
  w->transforms += polys * (dropped + to);
  w->products += polys * (to * dropped + 2 * to);
}

/* Of s residues in d digits, e of them with the specials. */
static void decompose_by(work *w, double s, double e, double d) {
  w->transforms += d * e;
  w->products += s + e * s - s * s / d;
}

static void decompose(work *w, const jfhe_ctx *ctx, uint32_t level) {
  double s = limbs_at(ctx, level);
  decompose_by(w, s, s + specials(ctx), digits_at(ctx, level));
}

static void inner(work *w, const jfhe_ctx *ctx, uint32_t level) {
  w->products += 2 * digits_at(ctx, level) * (limbs_at(ctx, level) + specials(ctx));
}

static void key_switch(work *w, const jfhe_ctx *ctx, uint32_t level, uint32_t to) {
  decompose(w, ctx, level);
  inner(w, ctx, level);
  divide(w, limbs_at(ctx, level) + specials(ctx), limbs_at(ctx, to), 2);
}

static void vector(work *w, const jfhe_ctx *ctx, uint32_t level) {
  w->encodings += 1;
  w->transforms += limbs_at(ctx, level);
  w->traffic += limbs_at(ctx, level);
}

static void sum(work *w, const jfhe_plan *plan, const jfi_node *n, uint32_t level) {
  const jfhe_ctx *ctx = plan->m.ctx;
  double s = limbs_at(ctx, level);
  int lazy = 0;
  for (uint32_t i = 0; i < n->count; i++) {
    const jfi_term *t = &plan->g.term[(uint32_t)n->k + i];
    w->products += (t->b != JFI_NONE ? 4 : 2) * s;
    if (t->table != JFI_NONE) vector(w, ctx, level);
    lazy |= t->b != JFI_NONE;
  }
  if (lazy)
    key_switch(w, ctx, level, level - 1);
  else
    divide(w, s, limbs_at(ctx, level - 1), 2);
}

static void linmap(work *w, const jfhe_ctx *ctx, const jfhe_linmap *map, uint32_t level) {
  double e = limbs_at(ctx, level) + specials(ctx), babies = (double)map->n_babies, giants = (double)map->n_giants;
  decompose(w, ctx, level);
  for (size_t i = 0; i < map->n_babies; i++) inner(w, ctx, level);
  for (size_t i = 2; i < map->n_babies && map->stride.walk; i++) { /* each from the one before: nothing is shared */
    divide(w, e, limbs_at(ctx, level), 1);
    decompose(w, ctx, level);
  }
  w->products += 2 * (double)map->count * e;
  for (size_t i = 0; i < map->n_giants; i++) {
    divide(w, e, limbs_at(ctx, level), 1);
    decompose(w, ctx, level);
    inner(w, ctx, level);
  }
  w->traffic += (4 * babies + 6 * giants) * e;
  divide(w, e, limbs_at(ctx, level - 1), 2);
}

static void poly(work *w, const jfhe_ctx *ctx, const jfhe_poly *p, uint32_t level) {
  double relins = p->plan.relins, depth = p->depth > 0 ? p->depth : 1;
  /* products lie evenly over the levels */
  for (uint32_t r = 0; r < p->plan.relins; r++) {
    uint32_t at = level - (uint32_t)fmin(depth - 1, floor(r * depth / relins));
    key_switch(w, ctx, at, at - 1);
    w->products += 4 * limbs_at(ctx, at);
  }
  w->products += 2 * (double)p->degree * limbs_at(ctx, level);
}

/* The steps of circuit/bootstrap_run.c, from the raise to the slots. */
static void raise(work *w, const jfhe_ctx *ctx, const jfhe_bootstrap *b) {
  uint32_t top = ctx->chain.top;
  double high = limbs_at(ctx, top) + specials(ctx);
  for (uint32_t i = 0; i < b->stages; i++) linmap(w, ctx, b->up[i], top - i);
  w->transforms += 4 * high; /* a digit of all primes, and the division by the specials */
  w->products += 6 * high;
  for (size_t t = (size_t)1 << b->log_slots; t < ctx->ring->n / 2; t *= 2) key_switch(w, ctx, top, top);
  key_switch(w, ctx, b->level_sine, b->level_sine);
}

/* A sine or an exponential. */
static void periodic(work *w, const jfhe_ctx *ctx, const jfhe_bootstrap *b, const jfhe_poly *series) {
  poly(w, ctx, series, b->level_sine);
  for (uint32_t d = 0; d < JFI_SINE_DOUBLINGS; d++) {
    uint32_t at = b->level_out + JFI_SINE_DOUBLINGS - d;
    key_switch(w, ctx, at, at - 1);
    w->products += 4 * limbs_at(ctx, at);
  }
}

/* Of what packing an operand is, plans know once bounds are there. */
static void bootstrap(work *w, const jfhe_plan *plan, const jfi_node *n) {
  const jfhe_ctx *ctx = plan->m.ctx;
  const jfhe_bootstrap *b = plan->m.boot;
  uint32_t sines = plan->value && plan->value[n->a].packing == JFHE_PACK_COMPLEX ? 2 : 1;
  for (uint32_t i = 0; i < b->stages; i++) linmap(w, ctx, b->down[i], b->level_in - i);
  raise(w, ctx, b);
  for (uint32_t i = 0; i < sines; i++) periodic(w, ctx, b, b->cosine);
}

/* The steps of circuit/table_run.c up to a table's constants; products and conjugates of powers lie evenly over the levels. */
static void powers_of_look(work *w, const jfhe_plan *plan, const jfi_node *n) {
  const jfhe_ctx *ctx = plan->m.ctx;
  const jfhe_table *t = plan->m.look[n->table];
  for (uint32_t i = 0; i < t->b->stages; i++) linmap(w, ctx, t->b->down[i], t->b->level_in - i);
  for (uint32_t i = 0; i < jfhe_table_digits(t); i++) {
    raise(w, ctx, t->b);
    periodic(w, ctx, t->b, t->exponential);
  }
  uint32_t switches = jfi_table_products(t) + t->babies - t->powers;
  for (uint32_t i = 0; i < switches; i++) {
    uint32_t at = t->b->level_out - i * (t->depth - 1) / switches;
    key_switch(w, ctx, at, at - 1);
    w->products += 4 * limbs_at(ctx, at);
  }
}

static void sums_of_look(work *w, const jfhe_plan *plan, const jfi_node *n) {
  const jfhe_table *t = plan->m.look[n->table];
  w->products += 2 * (double)t->giants * t->babies * limbs_at(plan->m.ctx, t->level_out + 2);
  w->products += 4 * (double)t->giants * limbs_at(plan->m.ctx, t->level_out + 1);
  key_switch(w, plan->m.ctx, t->level_out + 1, t->level_out);
  key_switch(w, plan->m.ctx, t->level_out, t->level_out);
}

/* `count` tables of one value. */
static void look_up(work *w, const jfhe_plan *plan, const jfi_node *n, uint32_t count) {
  powers_of_look(w, plan, n);
  while (count--) sums_of_look(w, plan, n);
}

/* Repeats, or is the mean of, evaluations, and switches them to the other ring's secret with a key of its own primes. */
static void switch_rings(work *w, const jfhe_evk *key, double s, double to) {
  double e = s + (double)jfi_set_count(key->p), d = key->n_digits;
  w->traffic += 2 * s;
  decompose_by(w, s, e, d);
  w->products += 2 * d * e;
  divide(w, e, to, 2);
}

static void lower(work *w, const jfhe_plan *plan, const jfi_node *n, uint32_t level) {
  double to = limbs_at(plan->m.rung->small, n->level);
  divide(w, limbs_at(plan->m.ctx, level), to, 2);
  switch_rings(w, plan->m.rung->lower, to, to);
  if (jfi_rung_packs(&plan->m)) linmap(w, plan->m.ctx, plan->m.mix, level);
}

/* Partial sums, each turned and added. */
static void inner_sum(work *w, const jfhe_ctx *ctx, uint32_t terms, uint32_t level) {
  for (uint32_t t = 1; t < terms; t *= 2) {
    key_switch(w, ctx, level, level);
    w->traffic += 4 * limbs_at(ctx, level);
  }
}

/* One decomposition for all turns. */
static void rotate_sum(work *w, const jfhe_ctx *ctx, uint32_t turns, uint32_t level) {
  double s = limbs_at(ctx, level);
  decompose(w, ctx, level);
  for (uint32_t i = 0; i < turns; i++) inner(w, ctx, level);
  w->traffic += 4 * turns * (s + specials(ctx));
  divide(w, s + specials(ctx), s, 2);
}

static void lift(work *w, const jfhe_plan *plan, const jfi_node *n, uint32_t level) {
  switch_rings(w, plan->m.rung->lift, limbs_at(plan->m.rung->small, level), limbs_at(plan->m.ctx, n->level));
  if (jfi_rung_packs(&plan->m)) linmap(w, plan->m.ctx, plan->m.apart, n->level + 1);
}

static void to_level(work *w, const jfhe_ctx *ctx, const jfi_node *n) {
  double to = limbs_at(ctx, n->level);
  if (n->flags & JFI_LEVEL_KEEP_SCALE) {
    w->traffic += 2 * to;
    return;
  }
  w->products += 2 * to;
  divide(w, to + 1, to, 2);
}

/* What reads and writes a ciphertext, and does no more, is traffic. */
static void count(work *w, const jfhe_plan *plan, const jfi_node *n) {
  const jfhe_ctx *ctx = plan->m.ctx;
  uint32_t level = jfi_reads_level(plan, n);
  switch (n->op) {
  case JFI_OP_INPUT: break;
  case JFI_OP_ROTATE:
  case JFI_OP_SETTLE:
  case JFI_OP_CONJUGATE:
    key_switch(w, ctx, level, level);
    w->traffic += 2 * limbs_at(ctx, level);
    break;
  case JFI_OP_INNER_SUM: inner_sum(w, ctx, n->count, level); break;
  case JFI_OP_ROTATE_SUM: rotate_sum(w, ctx, n->count, level); break;
  case JFI_OP_LINMAP: linmap(w, ctx, plan->m.map[n->table], level); break;
  case JFI_OP_POLY: poly(w, ctx, jfi_machine_poly(&plan->m, n), level); break;
  case JFI_OP_BOOTSTRAP: bootstrap(w, plan, n); break;
  case JFI_OP_LOOKUP: look_up(w, plan, n, 1); break;
  case JFI_OP_SUM: sum(w, plan, n, level); break;
  case JFI_OP_LIFT: lift(w, plan, n, level); break;
  case JFI_OP_LOWER: lower(w, plan, n, level); break;
  case JFI_OP_TO_LEVEL: to_level(w, ctx, n); break;
  case JFI_OP_ADD_VECTOR:
    vector(w, ctx, level);
    w->traffic += 2 * limbs_at(ctx, level);
    break;
  default: w->traffic += 2 * limbs_at(ctx, level); break;
  }
}

static double seconds(const jfhe_plan *plan, const work *w) {
  const jfhe_costs *c = &plan->options.costs;
  double n = (double)plan->m.ctx->ring->n, log_n = plan->m.ctx->ring->log_n;
  return n * (log_n * (w->transforms * c->transform + w->encodings * c->encode) + w->products * c->product +
              w->traffic * c->traffic);
}

double jfi_cost_of(const jfhe_plan *plan, const jfi_node *n) {
  work w = {0};
  count(&w, plan, n);
  return seconds(plan, &w);
}

/* Of a bootstrap's time what the second of several does without: reading and expanding keys, reading plaintexts. Measured: docs/perf.md. */
static const double BOOT_SHARED = 0.08;

double jfi_cost_of_step(const jfhe_plan *plan, const jfi_step *s) {
  const jfi_node *n = &plan->g.node[plan->order[s->first]];
  if (s->count == 1) return jfi_cost_of(plan, n);
  if (n->op == JFI_OP_SUM || n->op == JFI_OP_BOOTSTRAP) {
    double all = 0;
    for (uint32_t i = 0; i < s->count; i++) all += jfi_cost_of(plan, &plan->g.node[plan->order[s->first + i]]);
    return n->op == JFI_OP_SUM ? all : all * (1 - BOOT_SHARED * (1 - 1.0 / s->count));
  }
  work w = {0};
  if (n->op == JFI_OP_LOOKUP) {
    look_up(&w, plan, n, s->count);
    return seconds(plan, &w);
  }
  uint32_t level = jfi_reads_level(plan, n);
  double limbs = limbs_at(plan->m.ctx, level);
  decompose(&w, plan->m.ctx, level);
  for (uint32_t i = 0; i < s->count; i++) {
    inner(&w, plan->m.ctx, level);
    divide(&w, limbs + specials(plan->m.ctx), limbs, 2);
    w.traffic += 4 * limbs;
  }
  return seconds(plan, &w);
}

uint32_t jfi_reads_level(const jfhe_plan *plan, const jfi_node *n) {
  if (n->op == JFI_OP_TO_LEVEL || n->op == JFI_OP_LIFT || n->op == JFI_OP_LOWER) return plan->g.node[n->a].level;
  return jfi_machine_reads_at(&plan->m, n, n->level);
}

/* ---- what a count costs ---- */
/* Medians of this project's machines, docs/perf.md: a backend's speed differs less between machines than backends do. */
void jfi_costs_default(jfhe_costs *c, const jfhe_ctx *ctx) {
  static const jfhe_costs ifma = {8.6e-11, 4.5e-10, 9e-10, 2.5e-10}, other = {6e-10, 2.5e-9, 1.5e-9, 1e-9};
  const jfhe_costs *own = strcmp(ctx->ring->k->name, "avx512ifma") == 0 ? &ifma : &other;
  if (!(c->transform > 0)) c->transform = own->transform;
  if (!(c->product > 0)) c->product = own->product;
  if (!(c->traffic > 0)) c->traffic = own->traffic;
  if (!(c->encode > 0)) c->encode = own->encode;
}

typedef struct bench {
  const jfhe_ctx *ctx;
  uint64_t *x; /* LIMBS residues, cold: more than the second-level cache holds */
  double *re, *im;
} bench;

enum { LIMBS = 48 };

static void bench_transform(const bench *b, size_t i) {
  b->ctx->ring->k->ntt_fwd(b->x + i * b->ctx->ring->n, jfi_ring_ntt(b->ctx->ring, 0));
}

static void bench_product(const bench *b, size_t i) {
  size_t n = b->ctx->ring->n;
  b->ctx->ring->k->mul_acc(b->x + i * n, b->x + (i + 7) % LIMBS * n, b->x + (i + 13) % LIMBS * n, n,
                           &b->ctx->ring->mod[0]);
}

static void bench_traffic(const bench *b, size_t i) {
  size_t n = b->ctx->ring->n;
  b->ctx->ring->k->add(b->x + i * n, b->x + (i + 7) % LIMBS * n, b->x + (i + 13) % LIMBS * n, n, &b->ctx->ring->mod[0]);
}

static void bench_encode(const bench *b, size_t i) {
  (void)i;
  b->ctx->ring->k->fft_inv(b->re, b->im, b->ctx->fft_re, b->ctx->fft_im, b->ctx->ring->n / 2);
}

/* Least seconds of one call in about 50 ms. */
static double least(const bench *b, void (*op)(const bench *, size_t)) {
  double best = HUGE_VAL, begin = jfi_now(), end;
  size_t i = 0;
  do {
    double start = jfi_now();
    for (size_t j = 0; j < 4; j++) op(b, i++ % LIMBS);
    end = jfi_now();
    if (end > start && (end - start) / 4 < best) best = (end - start) / 4;
  } while (end - begin < 0.05 && end >= begin);
  return best;
}

jfhe_status jfi_costs_measure(jfhe_costs *c, const jfhe_ctx *ctx) {
  size_t n = ctx->ring->n;
  double words = (double)n, log_n = ctx->ring->log_n;
  bench b = {.ctx = ctx, .x = jfi_alloc_zero(LIMBS * n * sizeof(uint64_t))};
  b.re = jfi_alloc_zero(n * sizeof(double));
  b.im = b.re ? b.re + n / 2 : NULL;
  jfhe_status st = b.x && b.re ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory to measure costs");
  if (st == JFHE_OK)
    *c = (jfhe_costs){least(&b, bench_transform) / (words * log_n), least(&b, bench_product) / words,
                      least(&b, bench_traffic) / words, least(&b, bench_encode) / (words * log_n)};
  jfi_free(b.x);
  jfi_free(b.re);
  return st;
}
