/* plan/products.c: lazy relinearisation and rescaling; sums of rotations.
 *
 * A sum of products needs one relinearisation and one rescaling, not one a product; a sum of rotations of one value needs one division by
 * P. So each tree of sums is taken apart into its leaves, with signs. Leaves that are products used nowhere else become terms of one SUM;
 * rotations of one value used nowhere else, whose keys are present, become one ROTATE_SUM; all others are added in their order. */
#include <math.h>

#include "base/mem.h"
#include "base/status.h"
#include "circuit/rotate_sum.h"
#include "plan/pass.h"
#include "rlwe/ctx.h"

typedef struct leaf {
  uint32_t value; /* of the old graph */
  int32_t sign;
} leaf;

typedef struct merger {
  jfi_machine *m;
  const jfi_graph *from;
  jfi_graph *to;
  uint32_t *map, *uses, *reader; /* reader: the last value that reads an old value, or JFI_NONE for outputs */
  leaf *leaf, *stack;
  uint32_t n_leaves;
  jfi_term *term;
  int32_t *turn;
} merger;

static int is_sum(const jfi_node *n) { return n->op == JFI_OP_ADD || n->op == JFI_OP_SUB || n->op == JFI_OP_NEG; }

static int is_product(const jfi_node *n) {
  return n->op == JFI_OP_MUL || n->op == JFI_OP_MUL_VECTOR || (n->op == JFI_OP_MUL_CONST && n->im == 0);
}

/* A sum that only another sum reads, with nothing promised of it, is part of that one. */
static int is_inner(const merger *x, uint32_t value) {
  const jfi_node *n = &x->from->node[value];
  return is_sum(n) && x->uses[value] == 1 && x->reader[value] != JFI_NONE && isinf(n->promise) &&
         is_sum(&x->from->node[x->reader[value]]);
}

static int is_alone(const merger *x, uint32_t value) {
  return x->uses[value] == 1 && isinf(x->from->node[value].promise);
}

static void find_leaves(merger *x, uint32_t root) {
  uint32_t depth = 0;
  x->n_leaves = 0;
  x->stack[depth++] = (leaf){root, 1};
  while (depth) {
    leaf at = x->stack[--depth];
    const jfi_node *n = &x->from->node[at.value];
    if (at.value != root && !is_inner(x, at.value)) {
      x->leaf[x->n_leaves++] = at;
      continue;
    }
    int32_t a = n->op == JFI_OP_NEG ? -at.sign : at.sign, b = n->op == JFI_OP_SUB ? -at.sign : at.sign;
    if (n->b != JFI_NONE) x->stack[depth++] = (leaf){n->b, b};
    x->stack[depth++] = (leaf){n->a, a};
  }
}

/* ---- products ---- */
static jfi_term term_of(const merger *x, leaf at) {
  const jfi_node *n = &x->from->node[at.value];
  jfi_term t = {.a = x->map[n->a], .b = JFI_NONE, .table = n->table, .sign = at.sign, .c = n->re};
  if (n->op == JFI_OP_MUL) t.b = x->map[n->b];
  if (n->op == JFI_OP_MUL_CONST) {
    t.c *= t.sign;
    t.sign = 1;
  }
  return t;
}

/* Takes the products out of the leaves. *at: their sum, or JFI_NONE where fewer than two could share. */
static jfhe_status sum_products(merger *x, uint32_t *at) {
  uint32_t n = 0, kept = 0;
  for (uint32_t i = 0; i < x->n_leaves; i++)
    n += is_product(&x->from->node[x->leaf[i].value]) && is_alone(x, x->leaf[i].value);
  *at = JFI_NONE;
  if (n < 2) return JFHE_OK;
  n = 0;
  for (uint32_t i = 0; i < x->n_leaves; i++) {
    leaf l = x->leaf[i];
    if (is_product(&x->from->node[l.value]) && is_alone(x, l.value))
      x->term[n++] = term_of(x, l);
    else
      x->leaf[kept++] = l;
  }
  x->n_leaves = kept;
  jfi_node sum = {.op = JFI_OP_SUM, .a = JFI_NONE, .b = JFI_NONE, .table = JFI_NONE, .count = n, .promise = HUGE_VAL};
  return jfi_graph_add(x->to, at, &sum, x->term, NULL);
}

/* ---- rotations ---- */
/* The leaf turns `of` by *k: itself by 0. */
static int turns(const merger *x, leaf l, uint32_t of, int32_t *k) {
  const jfi_node *n = &x->from->node[l.value];
  *k = 0;
  if (l.sign < 0) return 0;
  if (l.value == of) return 1;
  *k = n->k;
  return n->op == JFI_OP_ROTATE && n->a == of && is_alone(x, l.value);
}

/* Every turn has a key at the top level, and no two are one. */
static jfhe_status can_turn(merger *x, int *can, uint32_t count) {
  *can = count >= 2 && count <= JFI_TURNS_MAX;
  for (uint32_t i = 0; i < count && *can; i++) {
    for (uint32_t j = 0; j < i; j++) *can &= x->turn[i] != x->turn[j];
    if (*can && x->turn[i]) JFI_TRY(jfi_machine_turns(x->m, can, x->turn[i], x->m->ctx->chain.top));
  }
  return JFHE_OK;
}

/* Replaces the leaves that turn one value by their sum, once; *at: that sum, or JFI_NONE when nothing is left to merge. */
static jfhe_status sum_rotations(merger *x, uint32_t *at, uint32_t first) {
  *at = JFI_NONE;
  const jfi_node *n = &x->from->node[x->leaf[first].value];
  if (n->op != JFI_OP_ROTATE || x->leaf[first].sign < 0 || !is_alone(x, x->leaf[first].value)) return JFHE_OK;
  uint32_t of = n->a, count = 0, kept = 0;
  int32_t k;
  int can;
  for (uint32_t i = 0; i < x->n_leaves; i++)
    if (turns(x, x->leaf[i], of, &k)) x->turn[count++] = k;
  JFI_TRY(can_turn(x, &can, count));
  if (!can) return JFHE_OK;
  for (uint32_t i = 0; i < x->n_leaves; i++)
    if (!turns(x, x->leaf[i], of, &k)) x->leaf[kept++] = x->leaf[i];
  x->n_leaves = kept;
  jfi_node sum = {
      .op = JFI_OP_ROTATE_SUM, .a = x->map[of], .b = JFI_NONE, .table = JFI_NONE, .count = count, .promise = HUGE_VAL};
  return jfi_graph_add(x->to, at, &sum, NULL, x->turn);
}

/* ---- the rest ---- */
static jfhe_status join(merger *x, uint32_t *total, uint32_t value, int32_t sign) {
  jfi_node n = {.op = JFI_OP_ADD, .a = *total, .b = value, .table = JFI_NONE, .promise = HUGE_VAL};
  if (*total == JFI_NONE && sign > 0) {
    *total = value;
    return JFHE_OK;
  }
  if (*total == JFI_NONE) {
    n.op = JFI_OP_NEG;
    n.a = value;
    n.b = JFI_NONE;
  } else if (sign < 0) {
    n.op = JFI_OP_SUB;
  }
  return jfi_graph_add(x->to, total, &n, NULL, NULL);
}

static jfhe_status merge(merger *x, uint32_t root) {
  uint32_t total, merged;
  find_leaves(x, root);
  JFI_TRY(sum_products(x, &total));
  for (uint32_t i = 0; i < x->n_leaves;) {
    JFI_TRY(sum_rotations(x, &merged, i));
    if (merged == JFI_NONE)
      i++;
    else
      JFI_TRY(join(x, &total, merged, 1));
  }
  /* positive ones first: a negation costs a pass */
  for (int32_t sign = 1; sign >= -1; sign -= 2)
    for (uint32_t i = 0; i < x->n_leaves; i++)
      if (x->leaf[i].sign == sign) JFI_TRY(join(x, &total, x->map[x->leaf[i].value], sign));
  x->map[root] = total;
  jfi_node *n = &x->to->node[total];
  if (x->from->node[root].promise < n->promise) n->promise = x->from->node[root].promise;
  return JFHE_OK;
}

static jfhe_status visit_all(merger *x) {
  for (uint32_t i = 0; i < x->from->n_nodes; i++) {
    const jfi_node *n = &x->from->node[i];
    if (is_inner(x, i)) continue;
    if (is_sum(n))
      JFI_TRY(merge(x, i));
    else
      JFI_TRY(jfi_graph_copy(x->to, &x->map[i], x->from, n, x->map));
  }
  return JFHE_OK;
}

static jfhe_status open_merger(merger *x) {
  uint32_t n = x->from->n_nodes + 1;
  x->map = jfi_numbers_new(n);
  x->reader = jfi_numbers_new(n);
  x->leaf = jfi_alloc(n * sizeof *x->leaf);
  x->stack = jfi_alloc(n * sizeof *x->stack);
  x->term = jfi_alloc(n * sizeof *x->term);
  x->turn = jfi_alloc(n * sizeof *x->turn);
  if (!x->map || !x->reader || !x->leaf || !x->stack || !x->term || !x->turn)
    return jfi_fail(JFHE_ERR_MEMORY, "no memory to plan %u operations", n);
  for (uint32_t i = 0; i < x->from->n_nodes; i++)
    for (uint32_t r = 0; r < jfi_reads(&x->from->node[i]); r++) x->reader[jfi_read(x->from, &x->from->node[i], r)] = i;
  for (uint32_t i = 0; i < x->from->n_outputs; i++) x->reader[x->from->output[i]] = JFI_NONE;
  JFI_TRY(jfi_graph_uses(x->from, &x->uses));
  return jfi_graph_like(x->to, x->from);
}

jfhe_status jfi_pass_products(jfi_graph *g, jfi_machine *m) {
  jfi_graph to = {0};
  merger x = {.m = m, .from = g, .to = &to};
  jfhe_status st = open_merger(&x);
  if (st == JFHE_OK) st = visit_all(&x);
  if (st == JFHE_OK)
    jfi_graph_replace(g, &to, x.map);
  else
    jfi_graph_free(&to);
  jfi_free(x.map);
  jfi_free(x.reader);
  jfi_free(x.leaf);
  jfi_free(x.stack);
  jfi_free(x.term);
  jfi_free(x.turn);
  jfi_free(x.uses);
  return st == JFHE_OK ? jfi_graph_sweep(g) : st;
}
