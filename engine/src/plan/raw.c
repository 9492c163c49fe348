/* plan/raw.c: which values stay at the scale that inputs have.
 *
 * Each level has a scale of its own, so bringing an input down costs a product and a division: 8 transforms from level 6 to 2. Leaving residues
 * out costs nothing, and the scale stays. Sums and rotations of such values, and sums of products of two of them, are as good as others:
 * what must agree is the scale of what is added. So a sum of a thousand inputs needs one change of level instead of a thousand, one
 * level above (a change of scale divides by a prime), and none at all where products with constants or vectors read it, for these are
 * encoded for whatever scale they meet.
 *
 * kind: 0 none, 1 the scale s of the inputs, 2 s^2 over the prime of a rescaling. Two values of kind 2 may differ in scale, so they are
 * not added raw; all raw operands of one operation agree, as they come from inputs of one scale by operations of one kind. */
#include "plan/raw.h"

#include <math.h>

#include "base/mem.h"
#include "base/status.h"
#include "rlwe/ctx.h"

enum { WORTH = 4 }; /* products from which a sum is cheaper one level higher than with every factor brought down */

typedef struct finder {
  const jfi_machine *m;
  const jfi_graph *g;
  const jfi_raw *out;
  const uint32_t *least;
  const double *mag;
  double scale; /* of the inputs */
  uint8_t *kind;
  int32_t *any, *own; /* by value: the highest level at which it is read at any scale, at its level's; -1 */
} finder;

int jfi_raw_takes_any(const jfi_graph *g, const jfi_node *n) {
  if (n->op == JFI_OP_MUL_CONST || n->op == JFI_OP_MUL_VECTOR) return 1;
  for (uint32_t i = 0; n->op == JFI_OP_SUM && i < n->count; i++)
    if (g->term[(uint32_t)n->k + i].b != JFI_NONE) return 0;
  return n->op == JFI_OP_SUM;
}

/* ---- what could be raw ---- */
static int is_costly(const jfi_node *n) {
  return n->op == JFI_OP_ROTATE || n->op == JFI_OP_CONJUGATE || n->op == JFI_OP_INNER_SUM || n->op == JFI_OP_ROTATE_SUM;
}

static int products_of(const finder *x, const jfi_node *n) {
  for (uint32_t r = 0; r < jfi_reads(n); r++) {
    uint32_t a = jfi_read(x->g, n, r);
    if (a == JFI_NONE || x->kind[a] != 1) return 0;
  }
  return 2;
}

static uint8_t kind_of(const finder *x, const jfi_node *n) {
  switch (n->op) {
  case JFI_OP_INPUT: return x->m->input[n->table].scale == x->scale;
  case JFI_OP_ADD:
  case JFI_OP_SUB: return x->kind[n->a] == 1 && x->kind[n->b] == 1;
  case JFI_OP_NEG:
  case JFI_OP_ADD_CONST:
  case JFI_OP_ADD_VECTOR:
  case JFI_OP_MUL_I:
  case JFI_OP_ROTATE:
  case JFI_OP_CONJUGATE:
  case JFI_OP_INNER_SUM:
  case JFI_OP_ROTATE_SUM: return x->kind[n->a];
  case JFI_OP_MUL_INT: return n->k ? x->kind[n->a] : 0; /* 0 is exact unless a change of level rounds it afterwards */
  case JFI_OP_MUL:
  case JFI_OP_SUM: return (uint8_t)products_of(x, n);
  default: return 0;
  }
}

/* Residues of a level are the first ones of every level above: what is left out is never missed. */
static int is_nested(const jfhe_ctx *ctx) {
  for (uint32_t l = 1; l <= ctx->chain.top; l++) {
    jfi_set low = ctx->chain.level[l - 1], high = ctx->chain.level[l];
    if (!jfi_set_within(low, high) || jfi_set_count(low) >= jfi_set_count(high)) return 0;
    for (size_t i = jfi_set_next(low, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(low, i + 1))
      if (jfi_set_rank(low, i) != jfi_set_rank(high, i)) return 0;
  }
  return 1;
}

/* ---- where ---- */
static int fits(const finder *x, uint32_t v, uint32_t level) {
  const jfhe_ctx *ctx = x->m->ctx;
  double scale = x->kind[v] == 2 ? x->scale * x->scale / ctx->chain.step[level + 1] : x->scale;
  return 2.02 * scale * fmax(x->mag[v], jfi_magnitude_inside(x->m, x->g, &x->g->node[v], x->mag)) <
         jfi_ctx_product(ctx, ctx->chain.level[level]);
}

static int stays_raw(const finder *x, uint32_t v) {
  const jfi_node *n = &x->g->node[v];
  if (!x->kind[v]) return 0;
  if (x->any[v] >= 0 || x->own[v] < 0 || n->op == JFI_OP_INPUT) return 1;
  if (is_costly(n)) return 0;
  if (n->op == JFI_OP_MUL || n->op == JFI_OP_SUM) return n->op == JFI_OP_SUM && n->count >= WORTH;
  return 1;
}

/* The level of a value, or -1 where there is none. */
static int32_t place(const finder *x, uint32_t v) {
  const jfi_node *n = &x->g->node[v];
  int32_t top = n->op == JFI_OP_INPUT ? x->m->input[n->table].level : (int32_t)x->m->ctx->chain.top;
  int32_t level = x->any[v] > x->own[v] ? x->any[v] : x->own[v];
  if ((int32_t)x->least[v] > level) level = (int32_t)x->least[v];
  if (!x->out->is[v]) return n->op == JFI_OP_INPUT && level <= top ? top : level <= top ? level : -1;
  if (n->op == JFI_OP_INPUT && x->own[v] == top)
    return level <= top ? top : -1;                  /* it is there already, whatever its scale */
  if (x->own[v] >= 0 && level == x->own[v]) level++; /* a prime to divide by */
  if (x->kind[v] == 2) top--;
  while (level <= top && !fits(x, v, (uint32_t)level)) level++;
  return level <= top ? level : -1;
}

static void tell_reads(const finder *x, uint32_t v) {
  const jfi_node *n = &x->g->node[v];
  int32_t at = (int32_t)x->out->level[v] + (int32_t)jfi_machine_depth(x->m, n);
  int32_t *to = x->out->is[v] || jfi_raw_takes_any(x->g, n) ? x->any : x->own;
  for (uint32_t r = 0; r < jfi_reads(n); r++) {
    uint32_t a = jfi_read(x->g, n, r);
    if (a != JFI_NONE && to[a] < at) to[a] = at;
  }
}

static int find(const finder *x, const uint32_t *want) {
  uint32_t inputs = 0;
  for (uint32_t i = 0; i < x->g->n_nodes; i++) {
    if (x->g->node[i].op == JFI_OP_LEVEL) return 0; /* levels were chosen by hand */
    x->kind[i] = kind_of(x, &x->g->node[i]);
    inputs += x->g->node[i].op == JFI_OP_INPUT && x->kind[i];
    x->any[i] = x->own[i] = -1;
  }
  for (uint32_t i = 0; i < x->g->n_outputs; i++) x->own[x->g->output[i]] = (int32_t)want[x->g->output[i]];
  for (uint32_t i = x->g->n_nodes; i-- > 0;) {
    x->out->is[i] = (uint8_t)stays_raw(x, i);
    int32_t level = place(x, i);
    if (level < 0) return 0;
    x->out->level[i] = (uint32_t)level;
    if (x->g->node[i].op != JFI_OP_INPUT) tell_reads(x, i);
  }
  return inputs > 0;
}

jfhe_status jfi_raw_find(const jfi_raw *raw, const jfi_machine *m, const jfi_graph *g, const uint32_t *want,
                         const uint32_t *least, const double *mag, int *found) {
  finder x = {.m = m, .g = g, .out = raw, .least = least, .mag = mag};
  *found = 0;
  if (m->program->n_inputs == 0 || !is_nested(m->ctx)) return JFHE_OK;
  x.scale = m->input[0].scale;
  x.kind = jfi_alloc(g->n_nodes + 1);
  x.any = jfi_alloc(2 * ((size_t)g->n_nodes + 1) * sizeof *x.any);
  x.own = x.any ? x.any + g->n_nodes + 1 : NULL;
  jfhe_status st = x.kind && x.any ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan %u operations", g->n_nodes);
  if (st == JFHE_OK) *found = find(&x, want);
  jfi_free(x.kind);
  jfi_free(x.any);
  return st;
}
