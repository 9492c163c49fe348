/* circuit/bootstrap_run.c: a bootstrap, step by step, and its bounds. docs/SOUNDNESS.md, "Bootstrapping". */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "circuit/acc.h"
#include "circuit/bootstrap.h"
#include "rlwe/keyring.h"

static const double TWO_PI = 6.283185307179586; /* magic: TWO_PI = 2*pi */

typedef struct running {
  const jfhe_ctx *ctx;
  const jfhe_bootstrap *b;
  const jfhe_keyring *keys;
  const jfhe_evk *down, *up, *conjugate;
  double window; /* how far t may be off */
  jfhe_ct x, high, turned, re, im; /* at level_in, the top, level_sine, level_out */
} running;

/* ---- scratch ---- */
uint32_t jfi_boot_roomiest(const jfhe_ctx *ctx, uint32_t level) {
  uint32_t best = level;
  for (uint32_t l = 0; l < level; l++)
    if (jfi_set_count(ctx->chain.level[l]) > jfi_set_count(ctx->chain.level[best])) best = l;
  return best;
}

static size_t most(size_t a, size_t b) { return a > b ? a : b; }

size_t jfi_bootstrap_scratch(const jfhe_ctx *ctx, const jfhe_bootstrap *b) {
  const uint32_t top = ctx->chain.top;
  size_t held = jfi_ct_temp_bytes(ctx, jfi_boot_roomiest(ctx, b->level_in)) + jfi_ct_temp_bytes(ctx, jfi_boot_roomiest(ctx, top)) +
                2 * jfi_ct_temp_bytes(ctx, jfi_boot_roomiest(ctx, b->level_sine)) +
                2 * jfi_ct_temp_bytes(ctx, jfi_boot_roomiest(ctx, b->level_out));
  size_t step = most(jfi_raise_scratch(ctx), jfi_sine_scratch(ctx, b));
  step = most(step, most(jfi_ckks_rotate_bytes(ctx, b->level_sine), jfi_ckks_rescale_bytes(ctx, top)));
  if (ctx->ring->log_n - 1 > b->log_slots) step = most(step, jfi_ckks_inner_sum_bytes(ctx, top));
  for (uint32_t i = 0; i < b->stages; i++)
    step = most(step,
                most(jfi_linmap_scratch(ctx, b->down[i], b->level_in - i), jfi_linmap_scratch(ctx, b->up[i], top - i)));
  return held + step + 16 * JFI_SCRATCH_SLACK;
}

static jfhe_status take_room(running *r, int shadow, jfi_scratch *s) {
  jfi_ct_piece(&r->x, r->ctx, jfi_boot_roomiest(r->ctx, r->b->level_in), shadow, s);
  jfi_ct_piece(&r->high, r->ctx, jfi_boot_roomiest(r->ctx, r->ctx->chain.top), shadow, s);
  jfi_ct_piece(&r->turned, r->ctx, jfi_boot_roomiest(r->ctx, r->b->level_sine), shadow, s);
  jfi_ct_piece(&r->re, r->ctx, jfi_boot_roomiest(r->ctx, r->b->level_out), shadow, s);
  jfi_ct_piece(&r->im, r->ctx, jfi_boot_roomiest(r->ctx, r->b->level_out), shadow, s);
  return s->failed ? jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a bootstrap") : JFHE_OK;
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

static jfhe_status check(running *r, const jfhe_ct *out, const jfhe_ct *a) {
  const jfhe_bootstrap *b = r->b;
  JFI_TRY(jfi_ct_usable(r->ctx, a));
  JFI_TRY(jfi_ct_in_slots(a, "bootstrapping"));
  if (b->ctx != r->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the bootstrap is of another context");
  if (a->degree != 1) return jfi_fail(JFHE_ERR_FORM, "bootstrapping needs degree 1: relinearise first");
  if (a->log_slots != b->log_slots)
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
static jfhe_status to_coefficients(running *r, const jfhe_ct *a, jfi_scratch *s) {
  double canonical = r->ctx->chain.scale[r->b->level_in];
  JFI_TRY(jfi_ckks_to_level(r->ctx, &r->x, a, r->b->level_in, s));
  /* to the last bit, so that the plaintexts fit; jfi_ckks_to_level took care that it is near */
  r->x.bound.worst = jfi_up(r->x.bound.worst + fabs(r->x.scale / canonical - 1) * (r->x.bound.mag + r->x.bound.worst));
  r->x.scale = canonical;
  for (uint32_t i = 0; i < r->b->stages; i++)
    JFI_TRY(jfi_linmap_apply(r->ctx, &r->x, &r->x, r->b->down[i], r->keys, s));
  return JFHE_OK;
}

/* The phase in units of q0: bounds of a coefficient. */
static jfhe_status raise(running *r, jfi_scratch *s) {
  const jfhe_ctx *ctx = r->ctx;
  double q0 = jfi_ctx_product(ctx, ctx->chain.level[0]);
  JFI_TRY(jfi_raise(ctx, &r->high, &r->x, r->down, r->up, s));
  jfi_bound *b = &r->high.bound;
  jfi_noise n = jfi_raise_noise(ctx, r->down, r->up);
  double unit = r->x.scale / q0;
  *b = (jfi_bound){r->b->overflow, jfi_up(b->worst * unit + n.worst / q0),
                   jfi_up(sqrt(b->sd * b->sd * unit * unit + n.sd * n.sd / (q0 * q0)))};
  r->high.scale = q0;
  r->high.packing = JFHE_PACK_COMPLEX;
  r->high.log_slots = ctx->ring->log_n - 1;
  uint32_t slots = (uint32_t)1 << r->b->log_slots, gap = (uint32_t)(ctx->ring->n / 2) >> r->b->log_slots;
  if (gap == 1) return JFHE_OK;
  JFI_TRY(jfi_ckks_inner_sum(ctx, &r->high, &r->high, slots, gap, r->keys, s));
  r->high.log_slots = r->b->log_slots;
  r->high.scale = q0 * gap;
  *b = (jfi_bound){b->mag / gap, b->worst / gap, b->sd / gap};
  return JFHE_OK;
}

static jfhe_status to_slots(running *r, jfi_scratch *s) {
  for (uint32_t i = 0; i < r->b->stages; i++)
    JFI_TRY(jfi_linmap_apply(r->ctx, &r->high, &r->high, r->b->up[i], r->keys, s));
  if (!(r->high.bound.worst * 2 * r->b->overflow < r->window))
    return jfi_fail(JFHE_ERR_RANGE, "the error, up to %g of the numbers, would leave the window of %g",
                    r->high.bound.worst * 2 * r->b->overflow / r->b->eps, r->window / r->b->eps);
  return jfi_ckks_automorphism(r->ctx, &r->turned, &r->high, jfhe_galois_conjugate(r->ctx), r->conjugate, s);
}

/* What the sine makes of one part whose argument is off by e (in units of u = t/overflow). */
static void add_bounds(const running *r, jfhe_ct *out, const jfi_bound *e) {
  const jfhe_bootstrap *b = r->b;
  double theta = TWO_PI * b->eps, cubic = theta * theta / 6, gain = b->mag / b->eps * b->overflow;
  gain *= 1 + theta * theta / 8;
  double own = out->bound.sd, moved = e->sd * gain, bent = 0.18 * cubic * b->mag;
  out->bound.worst = jfi_up(out->bound.worst + e->worst * gain + b->mag * cubic * (0.25 + cubic));
  out->bound.sd = jfi_up(sqrt(own * own + moved * moved + bent * bent));
}

/* turned = conj(high): their sum is twice the real part, i (turned - high) twice the imaginary one. Leaves high spoilt. */
static jfhe_status sines(running *r, int complex, jfi_scratch *s) {
  jfi_bound e;
  if (complex) {
    /* the sum needs both, so it is made first, in a piece of its own */
    jfi_scratch at = *s;
    jfhe_ct sum;
    jfi_ct_piece(&sum, r->ctx, jfi_boot_roomiest(r->ctx, r->b->level_sine), jfi_ct_is_shadow(&r->high), &at);
    if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a bootstrap");
    JFI_TRY(jfi_ckks_add(r->ctx, &sum, &r->turned, &r->high, 0));
    JFI_TRY(jfi_ckks_add(r->ctx, &r->turned, &r->turned, &r->high, 1));
    JFI_TRY(jfi_ckks_mul_i(r->ctx, &r->turned, &r->turned));
    JFI_TRY(jfi_ckks_copy(r->ctx, &r->high, &sum));
    e = r->turned.bound;
    JFI_TRY(jfi_sine(r->ctx, r->b, &r->im, &r->turned, r->keys, s));
    add_bounds(r, &r->im, &e);
  } else {
    JFI_TRY(jfi_ckks_add(r->ctx, &r->high, &r->turned, &r->high, 0));
  }
  e = r->high.bound;
  JFI_TRY(jfi_sine(r->ctx, r->b, &r->re, &r->high, r->keys, s));
  add_bounds(r, &r->re, &e);
  return JFHE_OK;
}

/* ---- the end ---- */
static jfhe_status finish(running *r, jfhe_ct *out, const jfhe_ct *a, int complex) {
  jfi_bound b = r->re.bound;
  if (complex) {
    b = (jfi_bound){0, jfi_up(jfi_hypot(b.worst, r->im.bound.worst)), jfi_up(jfi_hypot(b.sd, r->im.bound.sd))};
    JFI_TRY(jfi_ckks_mul_i(r->ctx, &r->im, &r->im));
    JFI_TRY(jfi_ckks_add(r->ctx, &r->re, &r->re, &r->im, 0));
  }
  b.mag = a->bound.mag;
  b.sd = jfi_up(b.sd * jfi_spread(r->ctx->ring->log_n, a->packing,
                                  a->log_slots)); /* on the way it was that after the mean, or more */
  if (!(b.worst < r->b->mag))
    return jfi_fail(JFHE_ERR_RANGE, "bootstrapping numbers up to %g would leave an error of up to %g", r->b->mag,
                    b.worst);
  r->re.bound = b;
  r->re.packing = a->packing;
  r->re.log_slots = a->log_slots;
  JFI_TRY(jfi_bound_fits(r->ctx, &b, r->re.scale, r->re.primes, "a bootstrapped number"));
  return jfi_ckks_copy(r->ctx, out, &r->re);
}

jfhe_status jfi_bootstrap(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_bootstrap *b,
                          const jfhe_keyring *keys, jfi_scratch *s) {
  running r = {.ctx = ctx, .b = b, .keys = keys, .window = 0x1p-8};
  jfi_scratch at = *s;
  int complex = a->packing == JFHE_PACK_COMPLEX;
  JFI_TRY(check(&r, out, a));
  JFI_TRY(take_room(&r, jfi_ct_is_shadow(out), &at));
  JFI_TRY(to_coefficients(&r, a, &at));
  JFI_TRY(raise(&r, &at));
  JFI_TRY(to_slots(&r, &at));
  JFI_TRY(sines(&r, complex, &at));
  return finish(&r, out, a, complex);
}

/* ---- its first half ---- */
jfhe_status jfi_boot_down(const jfhe_ctx *ctx, const jfhe_bootstrap *b, jfhe_ct *x, const jfhe_keyring *keys,
                          jfi_scratch *s) {
  running r = {.ctx = ctx, .b = b, .keys = keys, .x = *x};
  const jfhe_ct given = *x;
  JFI_TRY(to_coefficients(&r, &given, s));
  *x = r.x;
  return JFHE_OK;
}

jfhe_status jfi_boot_argument(const jfhe_ctx *ctx, const jfhe_bootstrap *b, jfhe_ct *u, const jfhe_ct *x,
                              const jfhe_keyring *keys, jfi_scratch *s) {
  running r = {.ctx = ctx, .b = b, .keys = keys, .x = *x, .window = 0.25}; /* nobody shifts t by the quarter */
  jfi_scratch at = *s;
  int shadow = jfi_ct_is_shadow(u);
  JFI_TRY(check_keys(&r, x));
  jfi_ct_piece(&r.high, ctx, jfi_boot_roomiest(ctx, ctx->chain.top), shadow, &at);
  jfi_ct_piece(&r.turned, ctx, jfi_boot_roomiest(ctx, b->level_sine), shadow, &at);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a bootstrap");
  JFI_TRY(raise(&r, &at));
  JFI_TRY(to_slots(&r, &at));
  return jfi_ckks_add(ctx, u, &r.turned, &r.high, 0);
}
