/* circuit/poly_eval.c: evaluation of a planned polynomial. [PS73] [BMTPH21]
 *
 * Scales are solved backwards: a node at level t with result scale S sums at level t+1 and scale A = S*step; a child that is
 * multiplied by B_g must then arrive at scale A/B_g.scale, and constants become integers near c*A/B_i.scale. So the result has
 * exactly the canonical scale, and no multiplication serves scales alone. */
#include "circuit/poly_eval.h"

#include <math.h>
#include <string.h>

#include "base/status.h"
#include "circuit/move.h"
#include "ckks/eval.h"

#define NEAR                                                                                                           \
  0x1p-10 /* an argument's scale may differ by this from its level's canonical one: degree 1023 drifts by e then */

typedef struct evaluation {
  const jfhe_ctx *ctx;
  const jfhe_poly *p;
  const jfhe_evk *rlk;
  jfi_poly_domain domain;
  double cheb[JFHE_POLY_DEGREE_MAX + 1];    /* T_n(domain.radius) */
  jfhe_ct *power[JFHE_POLY_DEGREE_MAX + 1]; /* in scratch; null where not needed */
  jfhe_ct head;                             /* what all intermediates share: packing, key id */
  int shadow; /* the argument is one: bounds alone, and scratch for the structures alone */
  int odd_imaginary;
} evaluation;

/* ---- scratch ---- */
static size_t most(size_t a, size_t b) { return a > b ? a : b; }

static size_t ct_bytes(const jfhe_ctx *ctx, uint32_t level) {
  return jfi_round64(sizeof(jfhe_ct)) + jfi_ct_temp_bytes(ctx, level);
}

/* What sums at a level keep while they grow: themselves and `operands` moved ciphertexts. */
static size_t held_bytes(const jfhe_ctx *ctx, uint32_t top, uint32_t level, size_t operands) {
  return jfi_acc_bytes(ctx, level) + (jfi_move_operand_moves(ctx, top, level) ? operands * ct_bytes(ctx, level) : 0);
}

/* What one step at a level needs and gives back. */
static size_t step_bytes(const jfhe_ctx *ctx, uint32_t top, uint32_t level) {
  size_t finish = jfi_acc_finish_scratch(ctx, level);
  return jfi_move_operand_moves(ctx, top, level)
             ? most(finish, jfi_move_scratch(ctx, ctx->chain.level[top], ctx->chain.level[level]))
             : finish;
}

/* The powers stay; beside them one power is in the making, or a branch of the tree from the root to a leaf. */
size_t jfi_poly_eval_scratch(const jfhe_ctx *ctx, const jfhe_poly *p, uint32_t level) {
  uint32_t top = level - p->scaled;
  size_t fixed =
      jfi_round64(sizeof(evaluation)) + 8 * JFI_SCRATCH_SLACK + ct_bytes(ctx, top) + ct_bytes(ctx, top - p->depth);
  size_t making = p->scaled ? held_bytes(ctx, level, level, 0) + jfi_acc_finish_scratch(ctx, level) : 0;
  for (uint32_t n = 2; n <= p->degree; n++) {
    if (!p->plan.need[n]) continue;
    uint32_t at = top - jfi_poly_power_depth(n) + 1; /* of the product */
    fixed += ct_bytes(ctx, at - 1);
    making = most(making, held_bytes(ctx, top, at, 3) + step_bytes(ctx, top, at));
  }
  size_t branch = 0, step = 0;
  for (uint32_t d = 0; d < p->depth; d++) {
    uint32_t at = top - p->depth + d + 1; /* products of a node that lies d below the root */
    branch += held_bytes(ctx, top, at, 1) + ct_bytes(ctx, at);
    step = most(step, step_bytes(ctx, top, at));
  }
  return fixed + most(making, branch + step);
}

/* A ciphertext of degree 1 in scratch, or the shadow of one. */
static jfhe_status new_ct(const evaluation *e, jfhe_ct **out, uint32_t level, jfi_scratch *s) {
  *out = jfi_scratch_take(s, sizeof **out);
  if (*out && e->shadow)
    jfi_ct_shadow(*out, e->ctx, level);
  else if (*out)
    jfi_ct_temp(*out, e->ctx, level, s);
  if (*out) { /* for jfi_spread */
    (*out)->packing = e->head.packing;
    (*out)->log_slots = e->head.log_slots;
  }
  return s->failed ? jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a polynomial") : JFHE_OK;
}

static jfhe_status new_acc(const evaluation *e, jfi_acc *acc, uint32_t level, double scale, jfi_scratch *s) {
  jfi_acc_init(acc, e->ctx, level, scale, jfi_spread(e->ctx->ring->log_n, e->head.packing, e->head.log_slots),
               e->shadow ? NULL : s);
  return s->failed ? jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a polynomial") : JFHE_OK;
}

/* ---- powers ---- */
static jfhe_status make_power(evaluation *e, uint32_t n, jfi_scratch *s) {
  uint32_t a, b;
  int cheb = e->p->basis == JFHE_BASIS_CHEB;
  jfi_poly_power_split(n, &a, &b);
  uint32_t level = e->power[a]->level < e->power[b]->level ? e->power[a]->level : e->power[b]->level;
  JFI_TRY(new_ct(e, &e->power[n], level - 1, s));
  jfi_scratch at = *s;
  const jfhe_ct *x, *y, *z;
  JFI_TRY(jfi_move_operand(e->ctx, &x, e->power[a], level, &at));
  y = x;
  if (a != b) JFI_TRY(jfi_move_operand(e->ctx, &y, e->power[b], level, &at));
  jfi_acc acc;
  JFI_TRY(new_acc(e, &acc, level, x->scale * y->scale, &at));
  JFI_TRY(jfi_acc_mul(&acc, x, y, cheb));
  if (cheb && a == b) jfi_acc_add_const(&acc, -1);
  if (cheb && a != b) {
    JFI_TRY(jfi_move_operand(e->ctx, &z, e->power[a - b], level, &at));
    jfi_acc_mul_const(&acc, z, -1);
  }
  return jfi_acc_finish(&acc, e->power[n], cheb ? e->cheb[n] : HUGE_VAL, e->rlk, &at);
}

/* ---- nodes ---- */
static jfhe_status eval_node(const evaluation *e, jfhe_ct *out, uint32_t index, uint32_t level, double scale,
                             jfi_scratch *s);

static jfhe_status add_term(const evaluation *e, jfi_acc *acc, const jfi_poly_term *t, jfi_scratch at) {
  const jfhe_ct *b;
  jfhe_ct *q;
  JFI_TRY(jfi_move_operand(e->ctx, &b, e->power[t->power], acc->level, &at));
  if (t->child == JFI_POLY_NONE) {
    (e->odd_imaginary && t->power % 2 ? jfi_acc_mul_const_i : jfi_acc_mul_const)(acc, b, t->c);
    return JFHE_OK;
  }
  JFI_TRY(new_ct(e, &q, acc->level, &at));
  JFI_TRY(eval_node(e, q, t->child, acc->level, acc->scale / b->scale, &at));
  return jfi_acc_mul(acc, q, b, 0);
}

static jfhe_status eval_node(const evaluation *e, jfhe_ct *out, uint32_t index, uint32_t level, double scale,
                             jfi_scratch *s) {
  const jfi_poly_node *node = &e->p->plan.node[index];
  jfi_scratch at = *s;
  jfi_acc acc;
  JFI_TRY(new_acc(e, &acc, level + 1, scale * e->ctx->chain.step[level + 1], &at));
  for (uint32_t t = node->terms; t != JFI_POLY_NONE; t = e->p->plan.term[t].next)
    JFI_TRY(add_term(e, &acc, &e->p->plan.term[t], at));
  if (node->c0 != 0) jfi_acc_add_const(&acc, node->c0);
  double mag = e->p->basis == JFHE_BASIS_CHEB ? node->abs * e->cheb[node->degree] * (1 + 0x1p-30) : HUGE_VAL;
  return jfi_acc_finish(&acc, out, mag, e->rlk, &at);
}

/* ---- the argument ---- */
/* y = alpha*x + beta: a level where alpha != 1, else a constant at most. Its message bound is |y|. */
static jfhe_status make_argument(evaluation *e, jfhe_ct *y, const jfhe_ct *x, double mag, jfi_scratch s) {
  const jfhe_poly *p = e->p;
  *y = (jfhe_ct){.cap_limbs = y->cap_limbs, .cap_polys = 2, .data = y->data, .ctx = e->ctx};
  if (!p->scaled) {
    JFI_TRY(jfi_ckks_add_const(e->ctx, y, x, p->beta, 0));
    y->bound.mag = mag;
    return JFHE_OK;
  }
  jfi_acc acc;
  JFI_TRY(new_acc(e, &acc, x->level, e->ctx->chain.scale[x->level - 1] * e->ctx->chain.step[x->level], &s));
  jfi_acc_mul_const(&acc, x, p->alpha);
  if (p->beta != 0) jfi_acc_add_const(&acc, p->beta);
  return jfi_acc_finish(&acc, y, mag, NULL, &s);
}

static double argument_mag(const jfhe_poly *p, const jfhe_ct *x, int promised) {
  if (p->basis == JFHE_BASIS_POWER) return x->bound.mag;
  double m = jfi_up(fabs(p->alpha) * x->bound.mag + fabs(p->beta));
  if (x->packing == JFHE_PACK_REAL) {
    double hi = fabs(p->alpha * x->bound.mag + p->beta), lo = fabs(p->beta - p->alpha * x->bound.mag);
    m = (hi > lo ? hi : lo) * (1 + 0x1p-40);
  }
  return promised && m > 1 ? 1 : m;
}

static void tabulate_cheb(evaluation *e) {
  double r = e->domain.radius;
  e->cheb[0] = 1;
  e->cheb[1] = r * (1 + 0x1p-40);
  for (uint32_t n = 2; n <= e->p->degree; n++) e->cheb[n] = (2 * r * e->cheb[n - 1] - e->cheb[n - 2]) * (1 + 0x1p-46);
}

static jfhe_status check(const jfhe_ctx *ctx, const jfhe_ct *out, const jfhe_ct *x, const jfhe_poly *p,
                         const jfhe_evk *rlk) {
  uint32_t depth = p->depth + p->scaled;
  JFI_TRY(jfi_ct_usable(ctx, x));
  JFI_TRY(jfi_ct_in_slots(x, "a polynomial"));
  if (x->degree != 1) return jfi_fail(JFHE_ERR_FORM, "a polynomial needs degree 1: relinearise first");
  JFI_TRY(jfi_ct_on_chain(ctx, x, 0));
  if (x->level < depth)
    return jfi_fail(JFHE_ERR_LEVEL, "a polynomial of degree %u needs %u levels of %u", p->degree, depth, x->level);
  if (!(fabs(x->scale / ctx->chain.scale[x->level] - 1) < NEAR))
    return jfi_fail(JFHE_ERR_SCALE, "the argument has scale 2^%.3f, its level 2^%.3f", log2(x->scale),
                    log2(ctx->chain.scale[x->level]));
  if (p->plan.relins) JFI_TRY(jfi_evk_serves(ctx, rlk, x->key_id, x->primes, "relinearisation"));
  jfi_meta m = {.degree = 1, .primes = ctx->chain.level[x->level - depth]};
  return jfi_ct_room(ctx, out, &m);
}

/* The tree's own error around p(y + e), then p(y + e) - p(y). */
static jfhe_status settle(const evaluation *e, jfhe_ct *out, const jfhe_ct *r, const jfi_bound *y) {
  jfi_bound b = {e->domain.mag, jfi_up(r->bound.worst + y->worst * e->domain.slope), 0};
  b.sd = jfi_up(sqrt(r->bound.sd * r->bound.sd + y->sd * y->sd * e->domain.slope * e->domain.slope));
  JFI_TRY(jfi_bound_fits(e->ctx, &b, r->scale, r->primes, "a polynomial's value"));
  jfi_meta m = jfi_meta_of(r);
  m.bound = b;
  m.packing = e->head.packing;
  m.log_slots = e->head.log_slots;
  m.key_id = e->head.key_id;
  size_t bytes = r->n_limbs * e->ctx->ring->n * sizeof(uint64_t);
  for (size_t i = 0; i < 2 && !e->shadow; i++) memcpy(jfi_ct_poly(out, i), jfi_ct_poly(r, i), bytes);
  jfi_ct_settle(e->ctx, out, &m);
  return JFHE_OK;
}

jfhe_status jfi_poly_eval(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *x, const jfhe_poly *p, uint32_t flags,
                          const jfhe_keyring *keys, jfi_scratch *s) {
  return jfi_poly_eval_at(ctx, out, x, p, flags, 0, keys, s);
}

jfhe_status jfi_poly_eval_at(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *x, const jfhe_poly *p, uint32_t flags,
                             double scale, const jfhe_keyring *keys, jfi_scratch *s) {
  const jfhe_evk *rlk = jfi_keyring_find(keys, JFHE_EVK_RELIN, 0);
  JFI_TRY(check(ctx, out, x, p, rlk));
  jfi_scratch at = *s;
  evaluation *e = jfi_scratch_take(&at, sizeof *e);
  if (!e) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a polynomial");
  memset(e, 0, sizeof *e);
  e->ctx = ctx;
  e->p = p;
  e->rlk = rlk;
  e->head = *x;
  e->shadow = jfi_ct_is_shadow(out);
  e->odd_imaginary = (flags & JFI_POLY_ODD_IMAGINARY) != 0;
  int promised = (flags & JFHE_POLY_PROMISED) != 0, real = x->packing == JFHE_PACK_REAL || promised;
  uint32_t top = x->level - p->scaled;
  jfhe_ct *y, *r;
  JFI_TRY(new_ct(e, &y, top, &at));
  JFI_TRY(make_argument(e, y, x, argument_mag(p, x, promised), at));
  jfi_bound given = y->bound;
  e->domain = jfi_poly_bounds(p, given.mag, given.worst, real);
  tabulate_cheb(e);
  /* from here on the argument is y + e itself, exactly */
  y->bound = (jfi_bound){p->basis == JFHE_BASIS_CHEB ? e->cheb[1] : e->domain.radius, 0, 0};
  e->power[1] = y;
  for (uint32_t n = 2; n <= p->degree; n++)
    if (p->plan.need[n]) JFI_TRY(make_power(e, n, &at));
  JFI_TRY(new_ct(e, &r, top - p->depth, &at));
  JFI_TRY(eval_node(e, r, 0, top - p->depth, scale > 0 ? scale : ctx->chain.scale[top - p->depth], &at));
  return settle(e, out, r, &given);
}
