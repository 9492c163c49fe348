/* circuit/table_eval.c: powers of the roots, sums of babies, products with giants. */
#include "circuit/table_eval.h"

#include <math.h>
#include <string.h>

#include "base/status.h"
#include "circuit/move.h"
#include "circuit/poly.h"

typedef struct evaluation {
  const jfhe_ctx *ctx;
  const jfhe_table *t;
  const jfhe_evk *rlk, *conjugate;
  const jfhe_ct *head;   /* what all intermediates share: packing, slots, key id */
  const jfhe_ct **baby;  /* t->babies: 1 (null), powers of w, their conjugates */
  const jfhe_ct **giant; /* t->giants: 1 (null), powers */
  const double *off;     /* of w's powers, of v's */
  int shadow;
} evaluation;

/* Levels of the sums of babies before their rescaling, and of the products. */
static uint32_t level_sums(const jfhe_table *t) { return t->level_out + 2; }
static uint32_t level_products(const jfhe_table *t) { return t->level_out + 1; }

static size_t most(size_t a, size_t b) { return a > b ? a : b; }

/* ---- scratch ---- */
static size_t ct_bytes(const jfhe_ctx *ctx, uint32_t level) {
  return jfi_round64(sizeof(jfhe_ct)) + jfi_ct_temp_bytes(ctx, level);
}

/* Powers 2 .. count - 1 of something at a level. */
static size_t powers_bytes(const jfhe_ctx *ctx, uint32_t level, uint32_t count) {
  size_t sum = 0;
  for (uint32_t n = 2; n < count; n++) sum += ct_bytes(ctx, level - jfi_poly_power_depth(n));
  return sum;
}

/* `count` operands at a level, from anywhere below `top`. */
static size_t operands_bytes(const jfhe_ctx *ctx, uint32_t top, uint32_t level, size_t count) {
  return jfi_move_operand_moves(ctx, top, level) ? count * jfi_move_operand_bytes(ctx, level) : 0;
}

static size_t product_bytes(const jfhe_ctx *ctx, uint32_t top, uint32_t level) {
  size_t step = jfi_acc_finish_scratch(ctx, level);
  if (jfi_move_operand_moves(ctx, top, level))
    step = most(step, jfi_move_scratch(ctx, ctx->chain.level[top], ctx->chain.level[level]));
  return operands_bytes(ctx, top, level, 2) + jfi_acc_bytes(ctx, level) + step;
}

size_t jfi_table_eval_scratch(const jfhe_ctx *ctx, const jfhe_table *t) {
  const uint32_t top = t->b->level_out, sums = level_sums(t), products = level_products(t);
  const uint32_t giants_at = t->log_low ? top : top - jfi_poly_power_depth(t->babies);
  const size_t rows = t->giants < JFI_TABLE_ROWS ? t->giants : JFI_TABLE_ROWS;
  size_t held = jfi_round64(t->babies * sizeof(jfhe_ct *)) + jfi_round64(t->giants * sizeof(jfhe_ct *));
  held += powers_bytes(ctx, top, t->powers) + ct_bytes(ctx, giants_at) + powers_bytes(ctx, giants_at, t->giants);
  size_t step = 0;
  for (uint32_t l = sums; l <= top; l++) step = most(step, product_bytes(ctx, top, l));
  held += operands_bytes(ctx, top, sums, t->powers) + t->giants * ct_bytes(ctx, products);
  held += (t->babies - t->powers + 2) * ct_bytes(ctx, sums); /* conjugates, and what is cut for one */
  size_t row =
      jfi_table_sums_scratch(ctx, rows, t->babies) + rows * jfi_acc_bytes(ctx, sums) + jfi_ct_temp_bytes(ctx, products);
  row += most(jfi_acc_finish_scratch(ctx, sums), product_bytes(ctx, top, products));
  step = most(step, most(row, jfi_ckks_rotate_bytes(ctx, sums) + jfi_ckks_rescale_bytes(ctx, top)));
  return held + jfi_acc_bytes(ctx, products) + step + (t->babies + t->giants + 32) * JFI_SCRATCH_SLACK;
}

static jfhe_status new_ct(const evaluation *e, jfhe_ct **out, uint32_t level, jfi_scratch *s) {
  *out = jfi_scratch_take(s, sizeof **out);
  if (*out) jfi_ct_piece(*out, e->ctx, level, e->shadow, s);
  if (!*out || s->failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a table");
  (*out)->packing = e->head->packing;
  (*out)->log_slots = e->head->log_slots;
  memcpy((*out)->key_id, e->head->key_id, sizeof(*out)->key_id);
  return JFHE_OK;
}

static jfhe_status new_acc(const evaluation *e, jfi_acc *acc, uint32_t level, double scale, jfi_scratch *s) {
  jfi_acc_init(acc, e->ctx, level, scale, jfi_spread(e->ctx->ring->log_n, e->head->packing, e->head->log_slots),
               e->shadow ? NULL : s);
  return s->failed ? jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a table") : JFHE_OK;
}

/* ---- powers ---- */
/* As jfi_move_operand, but where scales are finer than canonical ones sets nest, and any scale will do. */
static jfhe_status operand(const evaluation *e, const jfhe_ct **out, const jfhe_ct *a, uint32_t level, jfi_scratch *s) {
  *out = a;
  return e->t->finer[0] > 1 ? JFHE_OK : jfi_move_operand(e->ctx, out, a, level, s);
}

/* *out = a b, a level below the lower of the two. */
static jfhe_status multiply(const evaluation *e, const jfhe_ct **out, const jfhe_ct *a, const jfhe_ct *b,
                            jfi_scratch *s) {
  uint32_t level = a->level < b->level ? a->level : b->level;
  jfhe_ct *product;
  jfi_acc acc;
  JFI_TRY(new_ct(e, &product, level - 1, s));
  jfi_scratch at = *s;
  const jfhe_ct *x, *y;
  JFI_TRY(operand(e, &x, a, level, &at));
  y = x;
  if (a != b) JFI_TRY(operand(e, &y, b, level, &at));
  JFI_TRY(new_acc(e, &acc, level, x->scale * y->scale, &at));
  JFI_TRY(jfi_acc_mul(&acc, x, y, 0));
  *out = product;
  return jfi_acc_finish(&acc, product, HUGE_VAL, e->rlk, &at);
}

/* power[2 .. count - 1] of power[1]. */
static jfhe_status make_powers(const evaluation *e, const jfhe_ct **power, uint32_t count, jfi_scratch *s) {
  for (uint32_t n = 2; n < count; n++) {
    uint32_t a, b;
    jfi_poly_power_split(n, &a, &b);
    JFI_TRY(multiply(e, &power[n], power[a], power[b], s));
  }
  return JFHE_OK;
}

/* Conjugates of w^1 .. w^(powers - 1), at the level of the sums. */
static jfhe_status make_conjugates(const evaluation *e, jfi_scratch *s) {
  const uint32_t level = level_sums(e->t), g = jfhe_galois_conjugate(e->ctx);
  for (uint32_t j = 1; j < e->t->powers; j++) {
    jfhe_ct *turned, cut;
    const jfhe_ct *x = e->baby[j];
    JFI_TRY(new_ct(e, &turned, level, s));
    jfi_scratch at = *s;
    if (x->level != level) {
      jfi_ct_piece(&cut, e->ctx, level, e->shadow, &at);
      if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a table");
      JFI_TRY(jfi_ckks_drop_level(e->ctx, &cut, x, level, &at));
      x = &cut;
    }
    JFI_TRY(jfi_ckks_automorphism(e->ctx, turned, x, g, e->conjugate, &at));
    e->baby[e->t->powers + j - 1] = turned;
  }
  return JFHE_OK;
}

/* Babies at the level of the sums, whose constants meet any scale. */
static jfhe_status bring_babies_down(const evaluation *e, jfi_scratch *s) {
  for (uint32_t n = 1; n < e->t->powers; n++) JFI_TRY(operand(e, &e->baby[n], e->baby[n], level_sums(e->t), s));
  return JFHE_OK;
}

/* Giants at the level of the products, and at the scale that leaves the sums theirs. */
static jfhe_status bring_giants_down(const evaluation *e, jfi_scratch *s) {
  const jfi_chain *c = &e->ctx->chain;
  const uint32_t level = level_products(e->t);
  for (uint32_t n = 1; n < e->t->giants; n++) {
    const jfhe_ct *g = e->giant[n];
    jfhe_ct *x;
    if (e->t->finer[1] == 1) {
      JFI_TRY(jfi_move_operand(e->ctx, &e->giant[n], g, level, s));
      continue;
    }
    JFI_TRY(new_ct(e, &x, level, s));
    JFI_TRY(jfi_move(e->ctx, x, c->level[level], c->scale[level] / e->t->coarser, g, 20, s));
    e->giant[n] = x;
  }
  return JFHE_OK;
}

static jfhe_status make_factors(evaluation *e, const jfhe_ct *root, jfi_scratch *s) {
  const jfhe_table *t = e->t;
  e->baby = jfi_scratch_take(s, t->babies * sizeof *e->baby);
  e->giant = jfi_scratch_take(s, t->giants * sizeof *e->giant);
  if (s->failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a table");
  e->baby[0] = e->giant[0] = NULL;
  e->baby[1] = &root[0];
  JFI_TRY(make_powers(e, e->baby, t->powers, s));
  e->giant[1] = &root[1];
  if (!t->log_low) JFI_TRY(multiply(e, &e->giant[1], e->baby[t->babies / 2], e->baby[t->babies / 2], s));
  JFI_TRY(make_powers(e, e->giant, t->giants, s));
  JFI_TRY(bring_babies_down(e, s));
  JFI_TRY(bring_giants_down(e, s));
  return t->log_low ? make_conjugates(e, s) : JFHE_OK;
}

/* ---- sums and products ---- */
/* A row's magnitude, of which the triangle inequality knows too little: at numbers, what angles add, and the babies' errors. Those are charged once for all
 * rows (add_babies), so they are no error of a row. */
static void bound_row(const evaluation *e, jfi_bound *b, uint32_t k) {
  const jfhe_table *t = e->t;
  double sum = 0, errors = 0;
  for (size_t i = 0; i < t->babies; i++) {
    const double c = jfi_hypot(t->re[k * t->babies + i], t->im[k * t->babies + i]);
    sum += c;
    if (i) errors += c * e->baby[i]->bound.worst;
  }
  b->mag = fmin(b->mag, jfi_up(t->of_giant[k] + e->off[0] * sum + errors));
}

/* What all rows make of the babies' errors: baby i's is multiplied by the sum of its constants times giants as they would be without errors; what
 * giants' errors make of it is with the rows. */
static void add_babies(const evaluation *e, jfi_bound *b) {
  for (size_t i = 1; i < e->t->babies; i++) {
    const jfi_reach r = e->t->of_baby[i];
    b->worst = jfi_up(b->worst + e->baby[i]->bound.worst * (r.at_numbers + e->off[1] * r.sum));
  }
}

/* acc += rows first .. first + count - 1. A row's scale is what its giant needs to meet acc's. */
static jfhe_status add_rows(const evaluation *e, jfi_acc *acc, uint32_t first, uint32_t count, jfi_scratch at) {
  const jfhe_table *t = e->t;
  const jfi_chain *c = &e->ctx->chain;
  const uint32_t products = level_products(t), sums = level_sums(t);
  jfi_acc row[JFI_TABLE_ROWS];
  for (uint32_t r = 0; r < count; r++) {
    const jfhe_ct *g = e->giant[first + r];
    double scale = g ? acc->scale / g->scale : c->scale[products];
    JFI_TRY(new_acc(e, &row[r], sums, scale * c->step[sums], &at));
  }
  size_t from = (size_t)first * t->babies;
  JFI_TRY(jfi_table_sums(row, count, e->baby, t->babies, t->re + from, t->im + from, &at));
  for (uint32_t r = 0; r < count; r++) bound_row(e, &row[r].bound, first + r);
  for (uint32_t r = 0; r < count; r++) {
    jfi_scratch here = at;
    const jfhe_ct *g = e->giant[first + r];
    jfhe_ct *x;
    JFI_TRY(new_ct(e, &x, products, &here));
    JFI_TRY(jfi_acc_finish(&row[r], x, HUGE_VAL, NULL, &here));
    if (!g) {
      jfi_acc_mul_const(acc, x, 1);
      continue;
    }
    JFI_TRY(jfi_acc_mul(acc, x, g, 0));
  }
  return JFHE_OK;
}

/* One table's sums and products, from factors that are there. */
static jfhe_status evaluate(const evaluation *e, jfhe_ct *out, jfi_scratch at) {
  const jfhe_table *t = e->t;
  const jfi_chain *c = &e->ctx->chain;
  const uint32_t level = level_products(t);
  jfi_acc acc;
  JFI_TRY(new_acc(e, &acc, level, c->scale[t->level_out] * c->step[level], &at));
  for (uint32_t k = 0; k < t->giants; k += JFI_TABLE_ROWS)
    JFI_TRY(add_rows(e, &acc, k, t->giants - k < JFI_TABLE_ROWS ? t->giants - k : JFI_TABLE_ROWS, at));
  add_babies(e, &acc.bound);
  out->packing = e->head->packing;
  out->log_slots = e->head->log_slots;
  memcpy(out->key_id, e->head->key_id, sizeof out->key_id);
  return jfi_acc_finish(&acc, out, HUGE_VAL, e->rlk, &at);
}

jfhe_status jfi_table_eval(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *root, const double off[2],
                           const jfhe_table *const *t, size_t count, const jfhe_keyring *keys, jfi_scratch *s) {
  evaluation e = {.ctx = ctx, .t = t[0], .head = &root[0], .off = off, .shadow = jfi_ct_is_shadow(&out[0])};
  jfi_scratch at = *s;
  e.rlk = jfi_keyring_find(keys, JFHE_EVK_RELIN, 0);
  e.conjugate = jfi_keyring_find(keys, JFHE_EVK_GALOIS, jfhe_galois_conjugate(ctx));
  JFI_TRY(make_factors(&e, root, &at));
  for (size_t i = 0; i < count; i++) {
    e.t = t[i];
    JFI_TRY(evaluate(&e, &out[i], at));
  }
  return JFHE_OK;
}
