/* plan/apply.c: one operation of a planned graph, on ciphertexts or on their shadows. See machine.h. */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "circuit/acc.h"
#include "circuit/bootstrap.h"
#include "circuit/table.h"
#include "circuit/ladder.h"
#include "circuit/ladder_map.h"
#include "circuit/linmap.h"
#include "circuit/poly_eval.h"
#include "circuit/rotate_sum.h"
#include "ckks/encode.h"
#include "ckks/eval.h"
#include "plan/machine.h"
#include "plan/raw.h"
#include "rlwe/keyring.h"

/* ---- vectors ---- */
static size_t vector_bytes(const jfhe_ctx *ctx, uint32_t level) {
  size_t limbs = jfi_set_count(ctx->chain.level[level]) * ctx->ring->n * sizeof(uint64_t);
  return jfi_round64(limbs) + jfi_encode_bytes(ctx) + JFI_SCRATCH_SLACK;
}

/* The vector as a plaintext for ciphertexts of a level; `shadow`: what it says of itself. */
static jfhe_status encode(const jfi_machine *m, jfhe_pt *pt, uint32_t table, uint32_t level, double scale, int shadow,
                          jfi_scratch *s) {
  const jfhe_ctx *ctx = m->ctx;
  const jfi_table *t = &m->program->table[table];
  double mag = jfi_up(t->max) + (t->im ? 0x1p-500 : 0); /* squares that underflowed */
  uint32_t packing = t->im ? JFHE_PACK_COMPLEX : JFHE_PACK_REAL, log_slots = m->program->log_slots;
  jfi_noise e = jfi_encode_noise(ctx->ring->log_n, packing, log_slots, scale, mag);
  *pt = (jfhe_pt){.ctx = ctx,
                  .level = level,
                  .primes = ctx->chain.level[level],
                  .form = JFHE_FORM_EVAL,
                  .packing = packing,
                  .log_slots = m->log_slots, /* a sparse vector stands in both halves of a shared one */
                  .scale = scale,
                  .bound = {mag, e.worst, e.sd}};
  pt->n_limbs = pt->cap_limbs = (uint32_t)jfi_set_count(pt->primes);
  if (!(scale * mag < 0x1p62 * (1 - 0x1p-20)))
    return jfi_fail(JFHE_ERR_RANGE, "a vector of numbers up to %.4g at scale 2^%.1f", mag, log2(scale));
  if (shadow) return JFHE_OK;
  pt->data = jfi_scratch_take(s, pt->n_limbs * ctx->ring->n * sizeof(uint64_t));
  jfi_scratch at = *s;
  int64_t *coeffs = jfi_scratch_take(&at, ctx->ring->n * sizeof *coeffs);
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a vector");
  const jfi_numbers x = {.re = t->re,
                         .im = t->im,
                         .count = t->count,
                         .packing = packing,
                         .log_slots = log_slots,
                         .scale = scale,
                         .mag = mag};
  jfi_encode_coeffs(ctx, coeffs, &x, &at);
  jfi_encode_limbs(ctx, pt->data, pt->primes, coeffs, JFHE_FORM_EVAL);
  return JFHE_OK;
}

/* ---- sums of products ---- */
typedef struct summing {
  const jfi_machine *m;
  jfi_acc acc;
  int shadow, complex;
} summing;

static jfhe_status add_term(summing *x, const jfi_term *t, const jfhe_ct *a, const jfhe_ct *b, jfi_scratch at) {
  if (b) return jfi_acc_mul(&x->acc, a, b, 0);
  if (t->table == JFI_NONE) {
    jfi_acc_mul_const(&x->acc, a, t->c);
    return JFHE_OK;
  }
  jfhe_pt pt;
  JFI_TRY(encode(x->m, &pt, t->table, a->level, x->acc.scale / a->scale, x->shadow, &at));
  if (pt.packing == JFHE_PACK_COMPLEX) x->complex = 1;
  return jfi_acc_mul_pt(&x->acc, a, &pt);
}

int jfi_sum_is_plain(const jfi_graph *g, const jfi_node *n) {
  if (n->op != JFI_OP_SUM || n->count < 2) return 0;
  for (uint32_t i = 0; i < n->count; i++) {
    const jfi_term *t = &g->term[(uint32_t)n->k + i];
    if (t->b == JFI_NONE || t->sign < 0) return 0;
  }
  return 1;
}

/* An empty sum, after all its factors were looked at. */
static jfhe_status open_sum(summing *x, const jfi_node *n, const jfhe_ct *const *in, jfi_scratch *at) {
  const jfi_machine *m = x->m;
  const jfhe_evk *rlk = jfi_keyring_find(m->keys, JFHE_EVK_RELIN, 0);
  uint32_t level = in[0]->level;
  double own = 0; /* scale of the first product */
  if (level == 0) return jfi_fail(JFHE_ERR_LEVEL, "a product at level 0");
  for (uint32_t i = 0; i < n->count; i++) {
    const jfhe_ct *a = in[2 * i], *b = in[2 * i + 1];
    JFI_TRY(jfi_ct_usable(m->ctx, a));
    JFI_TRY(jfi_ct_agree(in[0], a));
    if (a->packing == JFHE_PACK_COMPLEX || (b && b->packing == JFHE_PACK_COMPLEX)) x->complex = 1;
    if (!b) continue;
    if (own == 0) own = a->scale * b->scale;
    JFI_TRY(jfi_ct_agree(a, b));
    JFI_TRY(jfi_evk_serves(m->ctx, rlk, a->key_id, a->primes, "relinearisation"));
  }
  double unit = m->ctx->chain.scale[level - 1] * m->ctx->chain.step[level];
  if (own > 0 && n->flags & JFI_SUM_OWN_SCALE) unit = own;
  jfi_acc_init(&x->acc, m->ctx, level, unit, jfi_machine_spread(m, JFI_OWN), x->shadow ? NULL : at);
  return at->failed ? jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a sum of products") : JFHE_OK;
}

static jfhe_status close_sum(summing *x, const jfi_node *n, const jfhe_ct *const *in, jfhe_ct *out, jfi_scratch *at) {
  if (n->re != 0) jfi_acc_add_const(&x->acc, n->re);
  JFI_TRY(jfi_acc_finish(&x->acc, out, n->promise, jfi_keyring_find(x->m->keys, JFHE_EVK_RELIN, 0), at));
  out->packing = x->complex ? JFHE_PACK_COMPLEX : JFHE_PACK_REAL;
  out->log_slots = x->m->log_slots;
  memmove(out->key_id, in[0]->key_id, JFHE_ID_BYTES);
  return JFHE_OK;
}

/* Terms of negative sign first, then the sum changes its sign, then the others: one negation for all. */
static jfhe_status add_terms(summing *x, const jfi_term *term, uint32_t count, const jfhe_ct *const *in,
                             jfi_scratch at) {
  for (int32_t sign = -1; sign <= 1; sign += 2) {
    for (uint32_t i = 0; i < count; i++)
      if (term[i].sign == sign) JFI_TRY(add_term(x, &term[i], in[2 * i], in[2 * i + 1], at));
    if (sign < 0) jfi_acc_neg(&x->acc);
  }
  return JFHE_OK;
}

static jfhe_status sum(const jfi_machine *m, const jfi_graph *g, const jfi_node *n, jfhe_ct *out,
                       const jfhe_ct *const *in, jfi_scratch *s) {
  summing x = {.m = m, .shadow = jfi_ct_is_shadow(out)};
  jfi_scratch at = *s;
  JFI_TRY(open_sum(&x, n, in, &at));
  if (jfi_sum_is_plain(g, n) && !x.shadow)
    JFI_TRY(jfi_acc_mul_many(&x.acc, 1, &in, n->count, &at));
  else
    JFI_TRY(add_terms(&x, g->term + n->k, n->count, in, at));
  return close_sum(&x, n, in, out, &at);
}

/* ---- sums together ---- */
size_t jfi_apply_sums_scratch(const jfi_machine *m, const jfi_node *n, uint32_t sums, uint32_t level) {
  return sums * (jfi_acc_bytes(m->ctx, level) + JFI_SCRATCH_SLACK) + jfi_acc_many_bytes(m->ctx, sums, n->count) +
         jfi_acc_finish_scratch(m->ctx, level) + 2 * JFI_SCRATCH_SLACK;
}

jfhe_status jfi_apply_sums(const jfi_machine *m, const jfi_node *const *n, uint32_t sums, jfhe_ct *const *out,
                           const jfhe_ct *const *const *in, jfi_scratch *s) {
  summing x[JFI_SUMS_MAX];
  jfi_acc acc[JFI_SUMS_MAX];
  jfi_scratch at = *s;
  for (uint32_t o = 0; o < sums; o++) {
    x[o] = (summing){.m = m};
    JFI_TRY(open_sum(&x[o], n[o], in[o], &at));
    acc[o] = x[o].acc;
  }
  JFI_TRY(jfi_acc_mul_many(acc, sums, in, n[0]->count, &at));
  for (uint32_t o = 0; o < sums; o++) {
    x[o].acc = acc[o];
    JFI_TRY(close_sum(&x[o], n[o], in[o], out[o], &at));
    if (n[o]->promise < out[o]->bound.mag) out[o]->bound.mag = n[o]->promise;
  }
  return JFHE_OK;
}

static size_t sum_bytes(const jfi_machine *m, const jfi_graph *g, const jfi_node *n, uint32_t level) {
  size_t vector = 0;
  for (uint32_t i = 0; i < n->count; i++)
    if (g->term[(uint32_t)n->k + i].table != JFI_NONE) vector = vector_bytes(m->ctx, level);
  size_t finish = jfi_acc_finish_scratch(m->ctx, level);
  return jfi_acc_bytes(m->ctx, level) + (vector > finish ? vector : finish) + 2 * JFI_SCRATCH_SLACK;
}

/* ---- one operation ---- */
static jfhe_status add_vector(const jfi_machine *m, const jfi_node *n, jfhe_ct *out, const jfhe_ct *a, jfi_scratch *s) {
  jfhe_pt pt;
  jfi_scratch at = *s;
  JFI_TRY(encode(m, &pt, n->table, a->level, a->scale, jfi_ct_is_shadow(out), &at));
  return jfi_ckks_add_pt(m->ctx, out, a, &pt, 0);
}

/* In a program of sparse vectors each repetition is a number of its own from here on, about which all that is claimed holds; visit_all
 * (plan/bounds.c) sees to it that none is taken for another. */
static jfhe_status settle(const jfi_machine *m, const jfi_node *n, jfhe_ct *out, const jfhe_ct *a, jfi_scratch *s) {
  JFI_TRY(jfi_ckks_settle(m->ctx, out, a, n->re, m->keys, s));
  out->log_slots = m->program->log_slots;
  return JFHE_OK;
}

/* One of the two that share a ciphertext; the first is made on the way to the second. */
static jfhe_status lower_half(const jfi_machine *m, const jfi_node *n, jfhe_ct *out, const jfhe_ct *a, jfi_scratch *s) {
  jfi_scratch at = *s;
  jfhe_ct first, *both[2] = {n->k ? &first : out, out};
  jfi_ct_piece(&first, m->rung->small, n->level, jfi_ct_is_shadow(out), &at);
  return jfi_lower_slots(m->ctx, both, (size_t)n->k + 1, a, m->rung->lower, m->mix, m->keys, &at);
}

static size_t lower_half_bytes(const jfi_machine *m, uint32_t level) {
  return jfi_ct_temp_bytes(m->rung->small, jfi_rung_lowered(m, level)) + JFI_SCRATCH_SLACK +
         jfi_lower_slots_scratch(m->ctx, level, m->rung->lower, m->mix);
}

static jfhe_status compute(const jfi_machine *m, const jfi_graph *g, const jfi_node *n, jfhe_ct *out,
                           const jfhe_ct *const *in, jfi_scratch *s) {
  const jfhe_ctx *ctx = m->ctx;
  switch (n->op) {
  case JFI_OP_ADD: return jfi_ckks_add(ctx, out, in[0], in[1], 0);
  case JFI_OP_SUB: return jfi_ckks_add(ctx, out, in[0], in[1], 1);
  case JFI_OP_NEG: return jfi_ckks_neg(ctx, out, in[0]);
  case JFI_OP_ADD_CONST: return jfi_ckks_add_const(ctx, out, in[0], n->re, n->im);
  case JFI_OP_ADD_VECTOR: return add_vector(m, n, out, in[0], s);
  case JFI_OP_ROTATE: return jfi_ckks_rotate(ctx, out, in[0], n->k, m->keys, s);
  case JFI_OP_CONJUGATE: return jfi_ckks_conjugate(ctx, out, in[0], m->keys, s);
  case JFI_OP_SETTLE: return settle(m, n, out, in[0], s);
  case JFI_OP_INNER_SUM: return jfi_ckks_inner_sum(ctx, out, in[0], (uint32_t)n->k, n->count, m->keys, s);
  case JFI_OP_LINMAP: return jfi_linmap_apply(ctx, out, in[0], m->map[n->table], m->keys, s);
  case JFI_OP_POLY: return jfi_poly_eval(ctx, out, in[0], jfi_machine_poly(m, n), n->flags, m->keys, s);
  case JFI_OP_SUM: return sum(m, g, n, out, in, s);
  case JFI_OP_MUL_INT: return jfi_ckks_mul_int(ctx, out, in[0], n->k);
  case JFI_OP_MUL_I: return jfi_ckks_mul_i(ctx, out, in[0]);
  case JFI_OP_TO_LEVEL:
    if (n->flags & JFI_LEVEL_KEEP_SCALE) return jfi_ckks_drop_level(ctx, out, in[0], n->count, s);
    return jfi_ckks_to_level(ctx, out, in[0], n->count, s);
  case JFI_OP_BOOTSTRAP:
    if (!m->boot) return jfi_fail(JFHE_ERR_ARG, "nothing here brings levels back");
    return jfi_bootstrap(ctx, out, in[0], m->boot, m->keys, s);
  case JFI_OP_LOOKUP:
    if (!m->boot) return jfi_fail(JFHE_ERR_ARG, "nothing here looks tables up");
    return jfi_table_run(ctx, out, in[0], m->look[n->table], m->keys, s);
  case JFI_OP_LIFT:
    if (!jfi_rung_packs(m)) return jfi_lift(ctx, out, in, 1, m->rung->lift, s);
    return jfi_lift_slots(ctx, out, in, jfi_reads(n), m->rung->lift, m->apart, m->keys, s);
  case JFI_OP_LOWER:
    if (!jfi_rung_packs(m)) return jfi_lower(ctx, &out, 1, in[0], m->rung->lower, s);
    return lower_half(m, n, out, in[0], s);
  case JFI_OP_ROTATE_SUM: return jfi_rotate_sum(ctx, out, in[0], g->turn + n->k, n->count, m->keys, s);
  default: return jfi_fail(JFHE_ERR_ARG, "%s is not evaluated by these parameters", jfi_op_name(n->op));
  }
}

jfhe_status jfi_apply(const jfi_machine *m, const jfi_graph *g, const jfi_node *n, jfhe_ct *out,
                      const jfhe_ct *const *in, jfi_scratch *s) {
  JFI_TRY(compute(m, g, n, out, in, s));
  if (n->promise < out->bound.mag) out->bound.mag = n->promise;
  return JFHE_OK;
}

size_t jfi_apply_scratch(const jfi_machine *m, const jfi_graph *g, const jfi_node *n, uint32_t level) {
  const jfhe_ctx *ctx = m->ctx;
  switch (n->op) {
  case JFI_OP_ADD_VECTOR: return vector_bytes(ctx, level);
  case JFI_OP_ROTATE:
  case JFI_OP_SETTLE:
  case JFI_OP_CONJUGATE: return jfi_ckks_rotate_bytes(ctx, level);
  case JFI_OP_INNER_SUM: return jfi_ckks_inner_sum_bytes(ctx, level);
  case JFI_OP_LINMAP: return jfi_linmap_scratch(ctx, m->map[n->table], level);
  case JFI_OP_POLY: return jfi_poly_eval_scratch(ctx, jfi_machine_poly(m, n), level);
  case JFI_OP_SUM: return sum_bytes(m, g, n, level);
  case JFI_OP_TO_LEVEL: return jfi_ckks_rescale_bytes(ctx, level);
  case JFI_OP_ROTATE_SUM: return jfi_rotate_sum_scratch(ctx, level);
  case JFI_OP_BOOTSTRAP: return jfi_bootstrap_scratch(ctx, m->boot);
  case JFI_OP_LOOKUP: return jfi_table_scratch(ctx, m->look[n->table]);
  case JFI_OP_LIFT:
    if (!jfi_rung_packs(m)) return jfi_lift_scratch(ctx, m->rung->small, level, m->rung->lift);
    return jfi_lift_slots_scratch(ctx, m->rung->small, level, m->rung->lift, m->apart);
  case JFI_OP_LOWER:
    return jfi_rung_packs(m) ? lower_half_bytes(m, level) : jfi_lower_scratch(ctx, level, m->rung->lower);
  default: return 0;
  }
}
