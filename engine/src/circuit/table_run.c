/* circuit/table_run.c: a look-up, step by step, and its bounds. docs/SOUNDNESS.md, "Tables". */
#include <math.h>

#include "base/status.h"
#include "circuit/table.h"
#include "circuit/table_eval.h"

static const double TWO_PI = 6.283185307179586; /* magic: TWO_PI = 2*pi */

typedef struct looking {
  const jfhe_ctx *ctx;
  const jfhe_table *t;
  const jfhe_bootstrap *b;
  const jfhe_keyring *keys;
  jfhe_ct low;     /* the numbers, then coefficients in units of q0 */
  jfhe_ct root[2]; /* w, v */
  jfi_root_error error[2];
} looking;

static size_t most(size_t a, size_t b) { return a > b ? a : b; }

size_t jfi_table_many_scratch(const jfhe_ctx *ctx, const jfhe_table *t, size_t count) {
  const jfhe_bootstrap *b = t->b;
  size_t held = jfi_ct_temp_bytes(ctx, jfi_boot_roomiest(ctx, b->level_in)) +
                2 * jfi_ct_temp_bytes(ctx, jfi_boot_roomiest(ctx, b->level_out)) +
                jfi_ct_temp_bytes(ctx, t->level_out) * (count + 1);
  size_t sine = jfi_ct_temp_bytes(ctx, jfi_boot_roomiest(ctx, b->level_sine));
  size_t step = sine + most(jfi_bootstrap_scratch(ctx, b), jfi_exponential_scratch(ctx, t));
  step = most(step, jfi_table_eval_scratch(ctx, t));
  return held + most(step, jfi_ckks_rotate_bytes(ctx, t->level_out)) + (count + 8) * JFI_SCRATCH_SLACK;
}

size_t jfi_table_scratch(const jfhe_ctx *ctx, const jfhe_table *t) { return jfi_table_many_scratch(ctx, t, 1); }

int jfi_table_shares(const jfhe_table *t, const jfhe_table *other) {
  return t->b == other->b && t->log_n == other->log_n && t->first == other->first;
}

/* ---- checks ---- */
static jfhe_status check(const looking *r, const jfhe_ct *out, const jfhe_ct *a, const jfhe_table *t) {
  const double reach = fmax(fabs(t->first - 0.5), fabs(t->last + 0.5));
  JFI_TRY(jfi_ct_usable(r->ctx, a));
  if (a->packing != JFHE_PACK_REAL) return jfi_fail(JFHE_ERR_FORM, "a table is for real numbers in slots");
  if (a->degree != 1) return jfi_fail(JFHE_ERR_FORM, "a table needs degree 1: relinearise first");
  if (!jfi_boot_meets(r->b, a->log_slots))
    return jfi_fail(JFHE_ERR_FORM, "the table is for 2^%u slots, the ciphertext has 2^%u", r->b->log_slots,
                    a->log_slots);
  JFI_TRY(jfi_ct_on_chain(r->ctx, a, 0));
  if (a->level <= r->b->level_in)
    return jfi_fail(JFHE_ERR_LEVEL, "a table starts at level %u, the ciphertext is at %u", r->b->level_in + 1,
                    a->level);
  if (!(a->bound.mag <= reach))
    return jfi_fail(JFHE_ERR_RANGE, "numbers up to %g, the table is for %g to %g", a->bound.mag, t->first, t->last);
  if (!(a->bound.worst < 0.5))
    return jfi_fail(JFHE_ERR_RANGE, "numbers off by up to %g are not whole ones", a->bound.worst);
  jfi_meta m = {.degree = 1, .primes = r->ctx->chain.level[t->level_out]};
  return jfi_ct_room(r->ctx, out, &m);
}

/* ---- a root of unity of each digit ---- */
/* What the encoding of the maps' diagonals adds to numbers of the bootstrap's magnitude, in coefficients: a part of what the maps claim. */
static jfi_noise encoding_of_maps(const jfhe_bootstrap *b) {
  jfi_noise e = {0, 0};
  for (uint32_t i = 0; i < b->stages; i++) {
    const jfi_linmap_claim *c = &b->down[i]->claim;
    e.worst = e.worst * c->norm + c->encode_worst;
    e.sd = jfi_hypot(e.sd * c->sd_norm, c->encode_sd);
  }
  return e;
}

/* (m' - n/2)/n of q0 in coefficients. The maps make eps of q0 of their largest number, so they are given numbers `gain` times as large: what they
 * add of their own does not grow with it, but for the encoding's errors. A constant that brings them to level_in makes them so large. */
static jfhe_status to_coefficients(looking *r, const jfhe_ct *a, jfi_scratch *s) {
  const jfhe_bootstrap *b = r->b;
  const double n = ldexp(1, (int)r->t->log_n);
  const double gain = 1 / (2 * b->eps), unit = b->mag * gain * 2 / n; /* the largest number is n/2 */
  JFI_TRY(jfi_ckks_mul_const(r->ctx, &r->low, a, unit, b->level_in, r->ctx->chain.scale[b->level_in], s));
  JFI_TRY(jfi_ckks_add_const(r->ctx, &r->low, &r->low, -unit * (r->t->first + n / 2), 0));
  JFI_TRY(jfi_boot_down(r->ctx, b, &r->low, r->keys, s));
  r->low.log_slots = a->log_slots;
  const jfi_noise more = encoding_of_maps(b);
  r->low.bound = jfi_bound_noise(&r->low.bound, (jfi_noise){gain * more.worst, gain * more.sd});
  r->low.bound.mag = 0; /* from here on what is above half of q0 counts modulo q0: errors alone must fit */
  return JFHE_OK;
}

/* root[d] = exp(2 pi i t) of r->low; `count`: values of the digit. */
static jfhe_status to_root(looking *r, size_t d, double count, jfi_scratch *s) {
  const jfhe_ctx *ctx = r->ctx;
  const double over = r->b->overflow;
  const jfhe_evk *turn = jfi_keyring_find(r->keys, JFHE_EVK_GALOIS, jfhe_galois_conjugate(ctx));
  jfhe_ct u, *w = &r->root[d];
  jfi_scratch at = *s;
  jfi_ct_piece(&u, ctx, jfi_boot_roomiest(ctx, r->b->level_sine), jfi_ct_is_shadow(w), &at);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a table");
  JFI_TRY(jfi_boot_argument(ctx, r->b, &u, &r->low, r->keys, &at));
  const jfi_bound t = jfi_bound_scale(&u.bound, over);
  jfi_noise imaginary;
  jfi_keyswitch_noise(ctx, u.primes, turn, &imaginary.worst, &imaginary.sd);
  imaginary.worst *= over / u.scale;
  imaginary.sd *= over / u.scale;
  JFI_TRY(jfi_exponential(ctx, r->t, w, &u, r->t->finer[d], r->keys, &at));
  const jfi_bound e = w->bound;
  if (!(e.worst < 0.125 && imaginary.worst < 0.01))
    return jfi_fail(JFHE_ERR_RANGE, "an error of %g in a root of unity", e.worst);
  const jfi_noise angle = {jfi_up(count * (t.worst + 0.3 * e.worst)), count * (t.sd + 0.3 * e.sd)};
  const jfi_noise modulus = {jfi_up(count * (TWO_PI * imaginary.worst + 2 * e.worst)),
                             count * (TWO_PI * imaginary.sd + 2 * e.sd)};
  r->error[d] = (jfi_root_error){angle, modulus};
  /* whatever is there now is the exact argument of the table's polynomial */
  w->bound = (jfi_bound){jfi_up(1 + 2 * modulus.worst / count), 0, 0};
  return JFHE_OK;
}

static jfhe_status to_roots(looking *r, const jfhe_ct *a, jfi_scratch *s) {
  const jfhe_table *t = r->t;
  JFI_TRY(to_coefficients(r, a, s));
  JFI_TRY(to_root(r, 0, ldexp(1, (int)t->log_high), s));
  if (!t->log_low) return JFHE_OK;
  JFI_TRY(jfi_ckks_mul_int(r->ctx, &r->low, &r->low, (int32_t)1 << t->log_high));
  return to_root(r, 1, ldexp(1, (int)t->log_low), s);
}

/* How far powers up to the digit's count are from those of a number's root: |exp(z) - 1| <= |z| (1 + |z|) for |z| <= 1. */
static double off_numbers(const jfi_root_error *e) {
  const double z = TWO_PI * e->angle.worst + e->modulus.worst;
  return z <= 1 ? jfi_up(z * (1 + z)) : 2 * (1 + 2 * e->modulus.worst);
}

/* ---- the end ---- */
/* A table's values from half of its polynomial. */
static jfhe_status finish(looking *r, const jfhe_table *t, uint32_t log_slots, jfhe_ct *sum, jfhe_ct *turned,
                          jfi_scratch *s) {
  const jfhe_ctx *ctx = r->ctx;
  const uint32_t g = jfhe_galois_conjugate(ctx);
  const double size = fmax(fabs(t->low), fabs(t->high)), range = t->high - t->low;
  JFI_TRY(jfi_ckks_automorphism(ctx, turned, sum, g, jfi_keyring_find(r->keys, JFHE_EVK_GALOIS, g), s));
  JFI_TRY(jfi_ckks_add(ctx, sum, sum, turned, 0));
  jfi_bound b = {size, sum->bound.worst, sum->bound.sd};
  jfi_table_add_roots(t, r->error, jfi_spread(ctx->ring->log_n, JFHE_PACK_REAL, log_slots), &b);
  if (!(b.worst < 0.5 * (range > 0 ? range : size)) && size > 0)
    return jfi_fail(JFHE_ERR_RANGE, "values from %g to %g would be off by up to %g", t->low, t->high, b.worst);
  sum->bound = b;
  sum->packing = JFHE_PACK_REAL;
  sum->log_slots = log_slots;
  return jfi_bound_fits(ctx, &b, sum->scale, sum->primes, "a value of a table");
}

jfhe_status jfi_table_run_many(const jfhe_ctx *ctx, jfhe_ct *const *out, const jfhe_ct *a, const jfhe_table *const *t,
                               size_t count, const jfhe_keyring *keys, jfi_scratch *s) {
  looking r = {.ctx = ctx, .t = t[0], .b = t[0]->b, .keys = keys};
  jfhe_ct sum[JFI_TABLES_MAX], turned;
  jfi_scratch at = *s;
  const int shadow = jfi_ct_is_shadow(out[0]);
  if (count > JFI_TABLES_MAX) return jfi_fail(JFHE_ERR_ARG, "%zu tables at once", count);
  for (size_t i = 0; i < count; i++) {
    JFI_TRY(check(&r, out[i], a, t[i]));
    if (!jfi_table_shares(t[i], t[0])) return jfi_fail(JFHE_ERR_ARG, "tables of different numbers at once");
  }
  jfi_ct_piece(&r.low, ctx, jfi_boot_roomiest(ctx, r.b->level_in), shadow, &at);
  for (size_t d = 0; d < 2; d++) jfi_ct_piece(&r.root[d], ctx, jfi_boot_roomiest(ctx, r.b->level_out), shadow, &at);
  for (size_t i = 0; i < count; i++) jfi_ct_piece(&sum[i], ctx, t[i]->level_out, shadow, &at);
  jfi_ct_piece(&turned, ctx, t[0]->level_out, shadow, &at);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for %zu tables", count);
  JFI_TRY(to_roots(&r, a, &at));
  const double off[2] = {off_numbers(&r.error[0]), off_numbers(&r.error[1])};
  JFI_TRY(jfi_table_eval(ctx, sum, r.root, off, t, count, keys, &at));
  for (size_t i = 0; i < count; i++) JFI_TRY(finish(&r, t[i], a->log_slots, &sum[i], &turned, &at));
  for (size_t i = 0; i < count; i++) JFI_TRY(jfi_ckks_copy(ctx, out[i], &sum[i]));
  return JFHE_OK;
}

jfhe_status jfi_table_run(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_table *t,
                          const jfhe_keyring *keys, jfi_scratch *s) {
  return jfi_table_run_many(ctx, &out, a, &t, 1, keys, s);
}
