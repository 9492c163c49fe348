/* circuit/bootstrap_run.c: a bootstrap, step by step, and its bounds. docs/SOUNDNESS.md, "Bootstrapping". */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "circuit/acc.h"
#include "circuit/bootstrap.h"
#include "rlwe/keyring.h"

static const double TWO_PI = 6.283185307179586; /* magic: TWO_PI = 2*pi */

/* One ciphertext on its way. */
typedef struct traveller {
  const jfhe_ct *in;
  jfhe_ct *out;
  int complex;
  jfhe_ct x, high, turned, re, im; /* at level_in, the top, level_sine, level_out */
} traveller;

typedef struct running {
  const jfhe_ctx *ctx;
  const jfhe_bootstrap *b;
  const jfhe_keyring *keys;
  const jfhe_evk *down, *up, *conjugate;
  double window; /* how far t may be off */
  size_t count;
  traveller *each;
} running;

/* ---- scratch ---- */
uint32_t jfi_boot_roomiest(const jfhe_ctx *ctx, uint32_t level) {
  uint32_t best = level;
  for (uint32_t l = 0; l < level; l++)
    if (jfi_set_count(ctx->chain.level[l]) > jfi_set_count(ctx->chain.level[best])) best = l;
  return best;
}

static size_t most(size_t a, size_t b) { return a > b ? a : b; }

/* Ciphertexts that stay through a bootstrap, of each that is bootstrapped. */
static size_t held_bytes(const jfhe_ctx *ctx, const jfhe_bootstrap *b) {
  return jfi_ct_temp_bytes(ctx, jfi_boot_roomiest(ctx, b->level_in)) +
         jfi_ct_temp_bytes(ctx, jfi_boot_roomiest(ctx, ctx->chain.top)) +
         2 * jfi_ct_temp_bytes(ctx, jfi_boot_roomiest(ctx, b->level_sine)) +
         2 * jfi_ct_temp_bytes(ctx, jfi_boot_roomiest(ctx, b->level_out)) + 8 * JFI_SCRATCH_SLACK;
}

size_t jfi_bootstrap_many_scratch(const jfhe_ctx *ctx, const jfhe_bootstrap *b, size_t count) {
  const uint32_t top = ctx->chain.top;
  size_t step = most(jfi_raise_scratch(ctx), jfi_sine_scratch(ctx, b));
  step = most(step, most(jfi_ckks_rotate_bytes(ctx, b->level_sine), jfi_ckks_rescale_bytes(ctx, top)));
  if (ctx->ring->log_n - 1 > b->log_slots) step = most(step, jfi_ckks_inner_sum_bytes(ctx, top));
  for (uint32_t i = 0; i < b->stages; i++)
    step = most(step, most(jfi_linmap_scratch_many(ctx, b->down[i], b->level_in - i, count),
                           jfi_linmap_scratch_many(ctx, b->up[i], top - i, count)));
  return count * held_bytes(ctx, b) + step + 16 * JFI_SCRATCH_SLACK;
}

size_t jfi_bootstrap_scratch(const jfhe_ctx *ctx, const jfhe_bootstrap *b) {
  return jfi_bootstrap_many_scratch(ctx, b, 1);
}

static jfhe_status take_room(running *r, int shadow, jfi_scratch *s) {
  for (size_t i = 0; i < r->count; i++) {
    traveller *t = &r->each[i];
    jfi_ct_piece(&t->x, r->ctx, jfi_boot_roomiest(r->ctx, r->b->level_in), shadow, s);
    jfi_ct_piece(&t->high, r->ctx, jfi_boot_roomiest(r->ctx, r->ctx->chain.top), shadow, s);
    jfi_ct_piece(&t->turned, r->ctx, jfi_boot_roomiest(r->ctx, r->b->level_sine), shadow, s);
    jfi_ct_piece(&t->re, r->ctx, jfi_boot_roomiest(r->ctx, r->b->level_out), shadow, s);
    jfi_ct_piece(&t->im, r->ctx, jfi_boot_roomiest(r->ctx, r->b->level_out), shadow, s);
  }
  return s->failed ? jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for %zu bootstraps", r->count) : JFHE_OK;
}

/* ---- checks ---- */
static jfhe_status check_keys(running *r, const jfhe_ct *a) {
  const jfhe_ctx *ctx = r->ctx;
  const jfi_set sine = ctx->chain.level[r->b->level_sine];
  r->down = jfi_keyring_find(r->keys, JFHE_EVK_SPARSE, 0);
  r->up = jfi_keyring_find(r->keys, JFHE_EVK_DENSE, 0);
  r->conjugate = jfi_keyring_find(r->keys, JFHE_EVK_GALOIS, jfhe_galois_conjugate(ctx));
  if (!r->down || !r->up) return jfi_fail(JFHE_ERR_KEY, "no pair of keys for bootstrapping");
  JFI_TRY(jfi_evk_serves(ctx, r->conjugate, a->key_id, sine, "conjugation"));
  return jfi_evk_serves(ctx, jfi_keyring_find(r->keys, JFHE_EVK_RELIN, 0), a->key_id, sine, "relinearisation");
}

int jfi_boot_meets(const jfhe_bootstrap *b, uint32_t log_slots) {
  return log_slots == b->log_slots || b->log_slots + 1 == b->ctx->ring->log_n;
}

static jfhe_status check(running *r, const jfhe_ct *out, const jfhe_ct *a) {
  const jfhe_bootstrap *b = r->b;
  JFI_TRY(jfi_ct_usable(r->ctx, a));
  JFI_TRY(jfi_ct_in_slots(a, "bootstrapping"));
  if (b->ctx != r->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the bootstrap is of another context");
  if (a->degree != 1) return jfi_fail(JFHE_ERR_FORM, "bootstrapping needs degree 1: relinearise first");
  if (!jfi_boot_meets(b, a->log_slots))
    return jfi_fail(JFHE_ERR_FORM, "the bootstrap is for 2^%u slots, the ciphertext has 2^%u", b->log_slots,
                    a->log_slots);
  JFI_TRY(jfi_ct_on_chain(r->ctx, a, 0));
  if (a->level < b->level_in)
    return jfi_fail(JFHE_ERR_LEVEL, "bootstrapping starts at level %u, the ciphertext is at %u", b->level_in, a->level);
  if (!(a->bound.mag + a->bound.worst <= b->mag))
    return jfi_fail(JFHE_ERR_RANGE, "numbers up to %g, error up to %g: the bootstrap is for %g", a->bound.mag,
                    a->bound.worst, b->mag);
  JFI_TRY(check_keys(r, a));
  jfi_meta m = {.degree = 1, .primes = r->ctx->chain.level[b->level_out]};
  return jfi_ct_room(r->ctx, out, &m);
}

/* ---- steps ---- */
/* To the last bit of the canonical scale, so that the plaintexts fit; jfi_ckks_to_level took care that it is near. */
static jfhe_status to_level(running *r, traveller *t, jfi_scratch *s) {
  const double canonical = r->ctx->chain.scale[r->b->level_in];
  JFI_TRY(jfi_ckks_to_level(r->ctx, &t->x, t->in, r->b->level_in, s));
  jfi_bound *b = &t->x.bound;
  b->worst = jfi_up(b->worst + fabs(t->x.scale / canonical - 1) * (b->mag + b->worst));
  t->x.scale = canonical;
  t->x.log_slots = r->b->log_slots; /* not the vector's own, where its repetitions go alone */
  return JFHE_OK;
}

/* One stage of all of them, so that its keys and plaintexts are read once. */
static jfhe_status run_stage(running *r, jfhe_linmap *map, int high, jfi_scratch *s) {
  jfhe_ct *out[JFI_MANY_MAX] = {NULL};
  const jfhe_ct *in[JFI_MANY_MAX] = {NULL};
  for (size_t i = 0; i < r->count; i++) in[i] = out[i] = high ? &r->each[i].high : &r->each[i].x;
  return jfi_linmap_apply_many(r->ctx, out, in, r->count, map, r->keys, s);
}

static jfhe_status to_coefficients(running *r, jfi_scratch *s) {
  for (size_t i = 0; i < r->count; i++) JFI_TRY(to_level(r, &r->each[i], s));
  for (uint32_t i = 0; i < r->b->stages; i++) JFI_TRY(run_stage(r, r->b->down[i], 0, s));
  return JFHE_OK;
}

/* Coefficients stay what they are, but for the sum's key switches: random at slots, of which a coefficient is a mean. */
static jfhe_status sum_repetitions(running *r, traveller *t, uint32_t slots, uint32_t gap, jfi_scratch *s) {
  const jfi_bound before = t->high.bound;
  t->high.bound = (jfi_bound){before.mag, 0, 0};
  JFI_TRY(jfi_ckks_inner_sum(r->ctx, &t->high, &t->high, slots, gap, r->keys, s));
  const jfi_bound own = jfi_bound_scale(&t->high.bound, sqrt(1.0 / slots) / gap);
  t->high.log_slots = r->b->log_slots;
  t->high.scale *= gap;
  t->high.bound = (jfi_bound){before.mag, jfi_up(before.worst + own.worst), jfi_up(jfi_hypot(before.sd, own.sd))};
  return JFHE_OK;
}

/* The phase in units of q0: bounds of a coefficient. */
static jfhe_status raise(running *r, traveller *t, jfi_scratch *s) {
  const jfhe_ctx *ctx = r->ctx;
  double q0 = jfi_ctx_product(ctx, ctx->chain.level[0]);
  JFI_TRY(jfi_raise(ctx, &t->high, &t->x, r->down, r->up, s));
  jfi_bound *b = &t->high.bound;
  jfi_noise n = jfi_raise_noise(ctx, r->down, r->up);
  double unit = t->x.scale / q0;
  *b = (jfi_bound){r->b->overflow, jfi_up(b->worst * unit + n.worst / q0),
                   jfi_up(sqrt(b->sd * b->sd * unit * unit + n.sd * n.sd / (q0 * q0)))};
  t->high.scale = q0;
  t->high.packing = JFHE_PACK_COMPLEX;
  t->high.log_slots = ctx->ring->log_n - 1;
  uint32_t slots = (uint32_t)1 << r->b->log_slots, gap = (uint32_t)(ctx->ring->n / 2) >> r->b->log_slots;
  return gap > 1 ? sum_repetitions(r, t, slots, gap, s) : JFHE_OK;
}

static jfhe_status to_slots(running *r, jfi_scratch *s) {
  for (size_t i = 0; i < r->count; i++) JFI_TRY(raise(r, &r->each[i], s));
  for (uint32_t i = 0; i < r->b->stages; i++) JFI_TRY(run_stage(r, r->b->up[i], 1, s));
  for (size_t i = 0; i < r->count; i++) {
    const double off = r->each[i].high.bound.worst * 2 * r->b->overflow;
    if (!(off < r->window))
      return jfi_fail(JFHE_ERR_RANGE, "the error, up to %g of the numbers, would leave the window of %g",
                      off / r->b->eps, r->window / r->b->eps);
  }
  return JFHE_OK;
}

static jfhe_status conjugate(running *r, traveller *t, jfi_scratch *s) {
  return jfi_ckks_automorphism(r->ctx, &t->turned, &t->high, jfhe_galois_conjugate(r->ctx), r->conjugate, s);
}

/* Deviation entered: the predicted one, or as much more as 11.1 of it need to hold the bend at its largest (1.43 of its deviations) and the noise of the
 * slots that have most. docs/SOUNDNESS.md, "Bootstrapping: deviation". */
static double enter(const jfhe_bootstrap *b, double bent, double moved, double own, int complex) {
  double predicted = sqrt(bent * bent + moved * moved + own * own);
  double peak = jfi_hypot(moved, own * b->sine.most / b->sine.sd) * (complex ? 1 : 1.3) + 0.13 * bent;
  return b->untailed ? predicted : fmax(predicted, peak);
}

/* What the sine makes of one part whose argument is off by e (in units of u = t/overflow). Of a real vector the imaginary part of the sine's noise is not
 * decoded. */
static void add_bounds(const running *r, jfhe_ct *out, const jfi_bound *e, const jfhe_ct *a) {
  const jfhe_bootstrap *b = r->b;
  double theta = TWO_PI * b->eps, gain = b->mag / b->eps * b->overflow * (1 + theta * theta / 8);
  int complex = a->packing == JFHE_PACK_COMPLEX;
  jfi_noise bend = jfi_sine_bend(theta * theta / 6, fmin(1, a->bound.mag / b->mag), complex);
  /* what is there before the sine's noise is, or is entered as, alike in all repetitions */
  double spread = jfi_spread(r->ctx->ring->log_n, a->packing, a->log_slots), own = out->bound.sd;
  double entered = enter(b, bend.sd * b->mag * spread, e->sd * gain * spread, complex ? own : own * sqrt(0.5), complex);
  out->bound.worst = jfi_up(out->bound.worst + e->worst * gain + b->mag * bend.worst);
  out->bound.sd = jfi_up(entered);
}

/* turned = conj(high): their sum is twice the real part, i (turned - high) twice the imaginary one. Leaves high spoilt. */
static jfhe_status sines(running *r, traveller *t, jfi_scratch *s) {
  jfi_bound e;
  JFI_TRY(conjugate(r, t, s));
  if (t->complex) {
    /* the sum needs both, so it is made first, in a piece of its own */
    jfi_scratch at = *s;
    jfhe_ct sum;
    jfi_ct_piece(&sum, r->ctx, jfi_boot_roomiest(r->ctx, r->b->level_sine), jfi_ct_is_shadow(&t->high), &at);
    if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a bootstrap");
    JFI_TRY(jfi_ckks_add(r->ctx, &sum, &t->turned, &t->high, 0));
    JFI_TRY(jfi_ckks_add(r->ctx, &t->turned, &t->turned, &t->high, 1));
    JFI_TRY(jfi_ckks_mul_i(r->ctx, &t->turned, &t->turned));
    JFI_TRY(jfi_ckks_copy(r->ctx, &t->high, &sum));
    e = t->turned.bound;
    JFI_TRY(jfi_sine(r->ctx, r->b, &t->im, &t->turned, r->keys, s));
    add_bounds(r, &t->im, &e, t->in);
  } else {
    JFI_TRY(jfi_ckks_add(r->ctx, &t->high, &t->turned, &t->high, 0));
  }
  e = t->high.bound;
  JFI_TRY(jfi_sine(r->ctx, r->b, &t->re, &t->high, r->keys, s));
  add_bounds(r, &t->re, &e, t->in);
  return JFHE_OK;
}

/* ---- the end ---- */
/* The whole number and its bounds, in re. */
static jfhe_status finish(running *r, traveller *t) {
  const jfhe_ct *a = t->in;
  jfi_bound b = t->re.bound;
  if (t->complex) {
    b = (jfi_bound){0, jfi_up(jfi_hypot(b.worst, t->im.bound.worst)), jfi_up(jfi_hypot(b.sd, t->im.bound.sd))};
    JFI_TRY(jfi_ckks_mul_i(r->ctx, &t->im, &t->im));
    JFI_TRY(jfi_ckks_add(r->ctx, &t->re, &t->re, &t->im, 0));
  }
  b.mag = a->bound.mag;
  if (!(b.worst < r->b->mag))
    return jfi_fail(JFHE_ERR_RANGE, "bootstrapping numbers up to %g would leave an error of up to %g", r->b->mag,
                    b.worst);
  t->re.bound = b;
  t->re.packing = a->packing;
  t->re.log_slots = a->log_slots;
  return jfi_bound_fits(r->ctx, &b, t->re.scale, t->re.primes, "a bootstrapped number");
}

static jfhe_status run_all(running *r, jfi_scratch *s) {
  JFI_TRY(to_coefficients(r, s));
  JFI_TRY(to_slots(r, s));
  for (size_t i = 0; i < r->count; i++) {
    r->each[i].high.log_slots = r->each[i].in->log_slots; /* constants of the sine are off alike in all repetitions */
    JFI_TRY(sines(r, &r->each[i], s));
    JFI_TRY(finish(r, &r->each[i]));
  }
  for (size_t i = 0; i < r->count; i++) JFI_TRY(jfi_ckks_copy(r->ctx, r->each[i].out, &r->each[i].re));
  return JFHE_OK;
}

jfhe_status jfi_bootstrap_many(const jfhe_ctx *ctx, jfhe_ct *const *out, const jfhe_ct *const *a, size_t count,
                               const jfhe_bootstrap *b, const jfhe_keyring *keys, jfi_scratch *s) {
  traveller each[JFI_MANY_MAX];
  running r = {.ctx = ctx, .b = b, .keys = keys, .window = 0x1p-8, .count = count, .each = each};
  jfi_scratch at = *s;
  if (count == 0 || count > JFI_MANY_MAX)
    return jfi_fail(JFHE_ERR_ARG, "%zu bootstraps at once, not 1 to %d", count, JFI_MANY_MAX);
  for (size_t i = 0; i < count; i++) {
    r.each[i] = (traveller){.in = a[i], .out = out[i], .complex = a[i]->packing == JFHE_PACK_COMPLEX};
    JFI_TRY(check(&r, out[i], a[i]));
    for (size_t j = 0; j < i; j++)
      if (out[i] == out[j]) return jfi_fail(JFHE_ERR_ARG, "one output for two bootstraps");
    if (memcmp(a[i]->key_id, a[0]->key_id, JFHE_ID_BYTES) != 0)
      return jfi_fail(JFHE_ERR_KEY, "ciphertexts of different secrets are not bootstrapped at once");
  }
  JFI_TRY(take_room(&r, jfi_ct_is_shadow(out[0]), &at));
  return run_all(&r, &at);
}

jfhe_status jfi_bootstrap(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_bootstrap *b,
                          const jfhe_keyring *keys, jfi_scratch *s) {
  return jfi_bootstrap_many(ctx, &out, &a, 1, b, keys, s);
}

/* ---- its first half ---- */
jfhe_status jfi_boot_down(const jfhe_ctx *ctx, const jfhe_bootstrap *b, jfhe_ct *x, const jfhe_keyring *keys,
                          jfi_scratch *s) {
  const jfhe_ct given = *x;
  traveller t = {.in = &given, .x = *x};
  running r = {.ctx = ctx, .b = b, .keys = keys, .count = 1, .each = &t};
  JFI_TRY(to_coefficients(&r, s));
  *x = t.x;
  return JFHE_OK;
}

jfhe_status jfi_boot_argument(const jfhe_ctx *ctx, const jfhe_bootstrap *b, jfhe_ct *u, const jfhe_ct *x,
                              const jfhe_keyring *keys, jfi_scratch *s) {
  traveller t = {.x = *x};
  running r = {
      .ctx = ctx, .b = b, .keys = keys, .window = 0.25, .count = 1, .each = &t}; /* no quarter is taken off t */
  jfi_scratch at = *s;
  int shadow = jfi_ct_is_shadow(u);
  JFI_TRY(check_keys(&r, x));
  jfi_ct_piece(&t.high, ctx, jfi_boot_roomiest(ctx, ctx->chain.top), shadow, &at);
  jfi_ct_piece(&t.turned, ctx, jfi_boot_roomiest(ctx, b->level_sine), shadow, &at);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a bootstrap");
  JFI_TRY(to_slots(&r, &at));
  JFI_TRY(conjugate(&r, &t, &at));
  JFI_TRY(jfi_ckks_add(ctx, u, &t.turned, &t.high, 0));
  u->log_slots = x->log_slots;
  return JFHE_OK;
}
