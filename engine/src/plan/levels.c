/* plan/levels.c: where on the chain each value lives.
 *
 * Late (from -O1): need(v) is the longest row of products between v and an output. v is computed at need(v) and no higher, so that every
 * operation touches as few residues as it can; inputs are brought down first. A value too large for the modulus of its level goes
 * higher, and what it is made of with it. Early (-O0): as high as the inputs reach.
 * Raw (from -O2): what only sums, rotations and products of inputs read keeps the inputs' scale (raw.c).
 * Behind this pass every product is a SUM, all reads of an operation agree in level, and every value that is not raw has its level's scale. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "circuit/bootstrap.h"
#include "plan/raw.h"
#include "rlwe/ctx.h"

enum { DEEP = 255 }; /* more than any chain has */

typedef struct leveller {
  const jfi_machine *m;
  const jfi_graph *from;
  jfi_graph *to;
  uint32_t *want;  /* old values: level, or need while it is being found */
  uint32_t *map;   /* old values: new numbers */
  jfi_raw raw;     /* null: nothing is */
  uint32_t *end;   /* outputs: level */
  uint32_t need;   /* level that inputs must have, before raw ones are placed */
  jfi_index moved; /* level changes made: by value, level and flags */
} leveller;

/* ---- finding levels ---- */
/* The lowest level whose modulus holds the value; 0 where none does: the bounds will refuse it, and say why. */
static uint32_t fits_at(const jfhe_ctx *ctx, double mag) {
  for (uint32_t l = 0; l <= ctx->chain.top; l++)
    if (2.01 * ctx->chain.scale[l] * mag < jfi_ctx_product(ctx, ctx->chain.level[l])) return l;
  return 0;
}

/* want[] of every value: by the products behind it and the level of outputs, and by its size where mag is given. A large value must come down through what makes it
 * small (a difference, a promise), not before: what reads it stays as high as it. */
static void find_needs(leveller *x, const double *mag, uint32_t end) {
  const jfhe_ctx *ctx = x->m->ctx;
  double easy = jfi_ctx_product(ctx, ctx->chain.level[0]) / (2.01 * ctx->chain.scale[0]);
  for (uint32_t i = 0; i < x->from->n_nodes; i++) {
    const jfi_node *n = &x->from->node[i];
    double most = mag ? fmax(mag[i], jfi_magnitude_inside(x->m, x->from, n, mag)) : 0;
    x->want[i] = most < easy ? 0 : fits_at(ctx, most);
    uint32_t depth = jfi_machine_depth(x->m, n);
    int anew = n->op == JFI_OP_BOOTSTRAP || n->op == JFI_OP_LOOKUP;
    for (uint32_t r = 0; mag && !anew && r < jfi_reads(n); r++) {
      uint32_t a = jfi_read(x->from, n, r);
      if (a != JFI_NONE && x->want[a] > x->want[i] + depth) x->want[i] = x->want[a] - depth;
    }
  }
  for (uint32_t i = 0; i < x->from->n_outputs; i++)
    if (x->want[x->from->output[i]] < end) x->want[x->from->output[i]] = end;
  for (uint32_t i = x->from->n_nodes; i-- > 0;) {
    const jfi_node *n = &x->from->node[i];
    uint32_t reads_at = jfi_machine_reads_at(x->m, n, x->want[i]);
    if (reads_at > DEEP) reads_at = DEEP;
    for (uint32_t r = 0; r < jfi_reads(n); r++) {
      uint32_t a = jfi_read(x->from, n, r);
      if (a != JFI_NONE && reads_at > x->want[a]) x->want[a] = reads_at;
    }
  }
}

/* Levels to spare between what inputs, bootstraps and tables have and what is needed of them; less than 0 where one has too few. */
static int64_t spare_of(const leveller *x, uint32_t *scarce) {
  int64_t spare = DEEP;
  for (uint32_t i = 0; i < x->from->n_nodes; i++) {
    const jfi_node *n = &x->from->node[i];
    uint32_t source = jfi_machine_source(x->m, n);
    if (source == UINT32_MAX) continue;
    int64_t left = (int64_t)source - x->want[i];
    if (left < spare) {
      spare = left;
      *scarce = i;
    }
  }
  return spare;
}

static jfhe_status check_held(const leveller *x) {
  for (uint32_t i = 0; i < x->from->n_nodes; i++) {
    const jfi_node *n = &x->from->node[i];
    if (n->op == JFI_OP_LEVEL && x->want[i] > (uint32_t)n->k)
      return jfi_fail(JFHE_ERR_LEVEL, "a value is held to level %d, what follows needs %u", n->k, x->want[i]);
  }
  return JFHE_OK;
}

/* Between bootstraps every value is where its readers want it; what is to spare behind the last ones goes to the outputs, up to `keep`. */
static jfhe_status find_behind(leveller *x, const double *mag, uint32_t keep) {
  uint32_t scarce = 0, end = jfi_machine_ceiling(x->m);
  for (int size = 1; size >= 0; size--) /* as below, size counts for nothing where there is no other way */
    for (uint32_t e = (end < keep ? end : keep) + 1; e-- > x->m->floor;) {
      find_needs(x, size ? mag : NULL, e);
      if (spare_of(x, &scarce) >= 0) return check_held(x);
    }
  const jfi_node *n = &x->from->node[scarce];
  return jfi_fail(JFHE_ERR_LEVEL, "%s '%s' gives %u levels, the program multiplies %u times in a row",
                  jfi_op_name(n->op), n->op == JFI_OP_INPUT ? x->m->program->input[n->table].name : "",
                  jfi_machine_source(x->m, n), x->want[scarce]);
}

static jfhe_status find_late(leveller *x, const double *mag, uint32_t keep) {
  uint32_t scarce = 0;
  if (x->m->boot) return find_behind(x, mag, keep);
  find_needs(x, mag, x->m->floor);
  int64_t spare = spare_of(x, &scarce);
  if (spare <
      0) { /* then size counts for nothing: what does not fit is refused by name, if the depth is there at all */
    find_needs(x, NULL, x->m->floor);
    spare = spare_of(x, &scarce);
  }
  const jfi_node *in = &x->from->node[scarce];
  if (spare < 0)
    return jfi_fail(JFHE_ERR_LEVEL, "input '%s' has %u levels, the program multiplies %u times in a row",
                    x->m->program->input[in->table].name, x->m->input[in->table].level, x->want[scarce]);
  if (spare > keep - x->m->floor) spare = keep - x->m->floor;
  for (uint32_t i = 0; i < x->from->n_nodes; i++) x->want[i] += (uint32_t)spare;
  return check_held(x);
}

/* The least level of each value by its size: what find_needs starts from. */
static void find_least(const leveller *x, const double *mag, uint32_t *least) {
  for (uint32_t i = 0; i < x->from->n_nodes; i++)
    least[i] = fits_at(x->m->ctx, fmax(mag[i], jfi_magnitude_inside(x->m, x->from, &x->from->node[i], mag)));
}

static jfhe_status find_raw(leveller *x, const double *mag) {
  uint32_t n = x->from->n_nodes + 1, *least = jfi_numbers_new(n);
  int found = 0;
  jfi_raw raw = {.is = jfi_alloc_zero(n), .level = jfi_numbers_new(n)};
  jfhe_status st =
      least && raw.is && raw.level ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan %u operations", n);
  if (st == JFHE_OK) {
    find_least(x, mag, least);
    st = jfi_raw_find(&raw, x->m, x->from, x->want, least, mag, &found);
  }
  jfi_free(least);
  if (found) {
    x->raw = raw;
    memcpy(x->want, raw.level, x->from->n_nodes * sizeof *raw.level);
    return st;
  }
  jfi_free(raw.is);
  jfi_free(raw.level);
  return st;
}

static jfhe_status find_levels(leveller *x, jfi_levels how, uint32_t keep) {
  double *mag = jfi_alloc((x->from->n_nodes + 1) * sizeof *mag);
  if (!mag) return jfi_fail(JFHE_ERR_MEMORY, "no memory to plan %u operations", x->from->n_nodes);
  jfi_magnitudes(x->m, x->from, mag);
  jfhe_status st = find_late(x, mag, keep);
  for (uint32_t i = 0; i < x->from->n_outputs && st == JFHE_OK; i++) x->end[i] = x->want[x->from->output[i]];
  for (uint32_t i = 0; i < x->from->n_nodes && st == JFHE_OK; i++)
    if (x->want[i] > x->need) x->need = x->want[i];
  if (st == JFHE_OK && how == JFI_LEVELS_RAW) st = find_raw(x, mag);
  jfi_free(mag);
  return st;
}

static jfhe_status find_early(leveller *x) {
  for (uint32_t i = 0; i < x->from->n_nodes; i++) {
    const jfi_node *n = &x->from->node[i];
    uint32_t least = n->op == JFI_OP_INPUT ? jfi_machine_source(x->m, n) : DEEP, depth = jfi_machine_depth(x->m, n);
    for (uint32_t r = 0; r < jfi_reads(n); r++) {
      uint32_t a = jfi_read(x->from, n, r);
      if (a != JFI_NONE && x->want[a] < least) least = x->want[a];
    }
    if (x->m->boot && (n->op == JFI_OP_BOOTSTRAP || n->op == JFI_OP_LOOKUP)) {
      uint32_t begins = jfi_machine_reads_at(x->m, n, 0);
      if (least < begins)
        return jfi_fail(JFHE_ERR_LEVEL, "a %s begins at level %u, its operand has %u", jfi_op_name(n->op), begins,
                        least);
      least = jfi_machine_source(x->m, n);
    }
    if (least < depth)
      return jfi_fail(JFHE_ERR_LEVEL, "%s needs %u levels, its operand has %u", jfi_op_name(n->op), depth, least);
    x->want[i] = least - depth;
    if (n->op == JFI_OP_LEVEL && (uint32_t)n->k < x->want[i]) x->want[i] = (uint32_t)n->k;
  }
  for (uint32_t i = 0; i < x->from->n_outputs; i++) x->end[i] = x->want[x->from->output[i]];
  return JFHE_OK;
}

/* ---- rewriting ---- */
static jfhe_status emit(leveller *x, uint32_t *at, jfi_node n, const jfi_term *terms, const int32_t *turns,
                        uint32_t level) {
  n.level = (uint8_t)level;
  return jfi_graph_add(x->to, at, &n, terms, turns);
}

/* The new value of an old one at a level at or below its own, at that level's scale or, for `any`, the one that it has; made once. */
static jfhe_status at_level(leveller *x, uint32_t *at, uint32_t old, uint32_t level, int any) {
  uint8_t flags = any && x->raw.is ? JFI_LEVEL_KEEP_SCALE : 0;
  uint32_t value = x->map[old], key[3] = {value, level, flags}, tag = jfi_tag(key, sizeof key), cursor = tag;
  *at = value;
  if (x->to->node[value].level == level)
    return JFHE_OK; /* a raw one is never asked for its own level's scale there, but inputs */
  while ((*at = jfi_index_next(&x->moved, tag, &cursor)) != JFI_NONE)
    if (x->to->node[*at].a == value && x->to->node[*at].level == level && x->to->node[*at].flags == flags)
      return JFHE_OK;
  jfi_node n = {.op = JFI_OP_TO_LEVEL,
                .flags = flags,
                .a = value,
                .b = JFI_NONE,
                .table = JFI_NONE,
                .count = level,
                .promise = HUGE_VAL};
  JFI_TRY(emit(x, at, n, NULL, NULL, level));
  JFI_TRY(jfi_index_reserve(&x->moved));
  jfi_index_put(&x->moved, tag, *at);
  return JFHE_OK;
}

/* (re + im i) a = re a + im (i a) */
static jfhe_status product_terms(leveller *x, const jfi_node *n, uint32_t level, int any, jfi_term *t,
                                 uint32_t *count) {
  uint32_t a;
  JFI_TRY(at_level(x, &a, n->a, level, any));
  t[0] = (jfi_term){.a = a, .b = JFI_NONE, .table = n->table, .sign = 1, .c = n->re};
  *count = 1;
  if (n->op == JFI_OP_MUL) return at_level(x, &t[0].b, n->b, level, any);
  if (n->im == 0) return JFHE_OK;
  jfi_node i = {.op = JFI_OP_MUL_I, .a = a, .b = JFI_NONE, .table = JFI_NONE, .promise = HUGE_VAL};
  t[1] = (jfi_term){.b = JFI_NONE, .table = JFI_NONE, .sign = 1, .c = n->im};
  JFI_TRY(emit(x, &t[1].a, i, NULL, NULL, level));
  *count = 2;
  if (n->re == 0) {
    t[0] = t[1];
    *count = 1;
  }
  return JFHE_OK;
}

static int is_raw(const leveller *x, uint32_t old) { return x->raw.is && x->raw.is[old]; }

static jfhe_status emit_product(leveller *x, uint32_t *at, const jfi_node *n, uint32_t level, int raw) {
  jfi_term t[2];
  jfi_node sum = {.op = JFI_OP_SUM, .a = JFI_NONE, .b = JFI_NONE, .table = JFI_NONE, .promise = n->promise};
  if (raw) sum.flags = JFI_SUM_OWN_SCALE;
  JFI_TRY(product_terms(x, n, level + 1, raw || n->op != JFI_OP_MUL, t, &sum.count));
  return emit(x, at, sum, t, NULL, level);
}

static jfhe_status emit_sum(leveller *x, uint32_t *at, const jfi_node *n, uint32_t level, int raw) {
  jfi_term *t = jfi_alloc(n->count * sizeof *t);
  jfi_node sum = *n;
  int any = raw || jfi_raw_takes_any(x->from, n);
  if (raw) sum.flags = JFI_SUM_OWN_SCALE;
  if (!t) return jfi_fail(JFHE_ERR_MEMORY, "no memory for %u terms", n->count);
  jfhe_status st = JFHE_OK;
  for (uint32_t i = 0; i < n->count && st == JFHE_OK; i++) {
    t[i] = x->from->term[(uint32_t)n->k + i];
    st = at_level(x, &t[i].a, t[i].a, level + 1, any);
    if (st == JFHE_OK && t[i].b != JFI_NONE) st = at_level(x, &t[i].b, t[i].b, level + 1, any);
  }
  if (st == JFHE_OK) st = emit(x, at, sum, t, NULL, level);
  jfi_free(t);
  return st;
}

static jfhe_status visit(leveller *x, uint32_t old) {
  jfi_node n = x->from->node[old];
  uint32_t level = x->want[old], *at = &x->map[old];
  int raw = is_raw(x, old);
  switch (n.op) {
  case JFI_OP_INPUT: return emit(x, at, n, NULL, NULL, raw ? level : x->m->input[n.table].level);
  case JFI_OP_MUL:
  case JFI_OP_MUL_CONST:
  case JFI_OP_MUL_VECTOR: return emit_product(x, at, &n, level, raw);
  case JFI_OP_SUM: return emit_sum(x, at, &n, level, raw);
  case JFI_OP_LEVEL:
    JFI_TRY(at_level(x, at, n.a, level, 0));
    if (n.promise < x->to->node[*at].promise) x->to->node[*at].promise = n.promise;
    return JFHE_OK;
  case JFI_OP_LOOKUP:
  case JFI_OP_BOOTSTRAP:
    if (!x->m->boot)
      return jfi_fail(JFHE_ERR_ARG, "the program has a %s of its own, and nothing here brings levels back",
                      jfi_op_name(n.op));
    JFI_TRY(at_level(x, &n.a, n.a, jfi_machine_reads_at(x->m, &n, 0), 0));
    return emit(x, at, n, NULL, NULL, jfi_machine_source(x->m, &n));
  default: break;
  }
  uint32_t reads_at = level + jfi_machine_depth(x->m, &n);
  if (n.a != JFI_NONE) JFI_TRY(at_level(x, &n.a, n.a, reads_at, raw));
  if (n.b != JFI_NONE) JFI_TRY(at_level(x, &n.b, n.b, reads_at, raw));
  return emit(x, at, n, NULL, n.op == JFI_OP_ROTATE_SUM ? x->from->turn + n.k : NULL, level);
}

/* An output lies at its level too: an input that is handed through comes down. */
static jfhe_status level_outputs(leveller *x) {
  for (uint32_t i = 0; i < x->from->n_outputs; i++) {
    uint32_t old = x->from->output[i];
    JFI_TRY(at_level(x, &x->to->output[i], old, x->end[i], 0));
  }
  return JFHE_OK;
}

static jfhe_status run(leveller *x, jfi_levels how, uint32_t keep) {
  JFI_TRY(how == JFI_LEVELS_EARLY ? find_early(x) : find_levels(x, how, keep));
  JFI_TRY(jfi_graph_like(x->to, x->from));
  for (uint32_t i = 0; i < x->from->n_nodes; i++) JFI_TRY(visit(x, i));
  return level_outputs(x);
}

jfhe_status jfi_pass_levels(jfi_graph *g, const jfi_machine *m, jfi_levels how, uint32_t keep, uint32_t *need) {
  jfi_graph to = {0};
  leveller x = {.m = m, .from = g, .to = &to};
  x.want = jfi_numbers_new(g->n_nodes);
  x.map = jfi_numbers_new(g->n_nodes);
  x.end = jfi_numbers_new(g->n_outputs);
  jfhe_status st = x.want && x.map && x.end ? run(&x, how, keep) : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan");
  if (st == JFHE_OK) {
    *need = x.need;
    jfi_graph_free(g);
    *g = to;
  } else {
    jfi_graph_free(&to);
  }
  jfi_free(x.want);
  jfi_free(x.map);
  jfi_free(x.end);
  jfi_free(x.raw.is);
  jfi_free(x.raw.level);
  jfi_index_free(&x.moved);
  return st;
}
