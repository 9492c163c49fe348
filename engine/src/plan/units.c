/* plan/units.c: values in units in which they are about 1 where that is free.
 *
 * Noise is absolute: a bootstrap moves a number of 2^-8 by as much as one of 1. And a polynomial of numbers up to 100 multiplies their powers,
 * which are large, by ciphertexts of its coefficients, which are small, and the roundings of these with them. But what a polynomial makes, or a
 * multiplication by a constant, comes in any unit for nothing, and what they read may be in any: the unit is part of the coefficients. Sums,
 * rotations and products by integers leave units alone. So values that such operations join are a *class*, of one unit. Where all that
 * makes its members and all that reads them has coefficients, the unit is free: the power of two that puts the largest member just below
 * what a bootstrap takes.
 *
 * Behind cuts (the second call) bootstraps make members of some classes. A number can be multiplied by an integer before one, so these
 * classes can have smaller units, and the bootstrap's error is in them.
 *
 * Powers of two round nothing. Whether bounds are better for it is decided by whoever plans (plan.c), which compares. docs/adr/0044. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "circuit/bootstrap.h"
#include "circuit/poly.h"
#include "plan/plan.h"

/* Units further from 1 than 2^UNIT_MAX are left: constants of a cubic are then below 2^-60 of others. */
enum { UNIT_MAX = 20 };
/* An argument of a polynomial may be so large where a smaller one costs something: a level, or a bootstrap's bits. A cubic's products are then
 * off by 2^6 times a rounding, 2^-20 at worst. */
static const double ARGUMENT_MOST = 8;

typedef struct chooser {
  jfi_graph *g;
  jfi_machine *m;
  const double *mag;
  int behind;       /* bootstraps are there */
  double limit;     /* of what is bootstrapped */
  uint32_t *parent; /* of a value, towards its class's name */
  uint8_t *fixed;   /* by class: its unit cannot be chosen */
  uint8_t *anew;    /* by class: bootstraps made some of it */
  double *most;     /* by class: the largest member; behind cuts the largest that a bootstrap made */
  double *argument; /* by class: the largest that a polynomial reads */
  int32_t *unit;    /* by class: its values are multiplied by 2 to this power */
} chooser;

static uint32_t class_of(const chooser *x, uint32_t v) {
  while (x->parent[v] != v) v = x->parent[v] = x->parent[x->parent[v]];
  return v;
}

static void join(const chooser *x, uint32_t v, uint32_t w) { x->parent[class_of(x, w)] = class_of(x, v); }

static int32_t unit_of(const chooser *x, uint32_t v) { return x->unit[class_of(x, v)]; }

static double power(int32_t k) { return ldexp(1, k); }

/* ---- classes ---- */
static int keeps_unit(const jfi_node *n) {
  switch (n->op) {
  case JFI_OP_ADD:
  case JFI_OP_SUB:
  case JFI_OP_NEG:
  case JFI_OP_ADD_CONST:
  case JFI_OP_ROTATE:
  case JFI_OP_CONJUGATE:
  case JFI_OP_MUL_INT:
  case JFI_OP_MUL_I:
  case JFI_OP_INNER_SUM:
  case JFI_OP_ROTATE_SUM:
  case JFI_OP_LEVEL: return 1;
  default: return 0;
  }
}

static void join_all(const chooser *x) {
  for (uint32_t v = 0; v < x->g->n_nodes; v++) x->parent[v] = v;
  for (uint32_t v = 0; v < x->g->n_nodes; v++)
    for (uint32_t r = 0; keeps_unit(&x->g->node[v]) && r < jfi_reads(&x->g->node[v]); r++)
      join(x, v, jfi_read(x->g, &x->g->node[v], r));
}

static void fix(const chooser *x, uint32_t v) { x->fixed[class_of(x, v)] = 1; }

/* A polynomial of its argument in another unit is one of as many levels: not where the interval is [-1, 1], which needs no scaling. */
static int reads_any(const jfhe_poly *p) { return p->basis == JFHE_BASIS_POWER || p->scaled; }

static void fix_sum(const chooser *x, uint32_t v) {
  const jfi_node *n = &x->g->node[v];
  for (uint32_t i = 0; i < n->count; i++) {
    const jfi_term *t = &x->g->term[(uint32_t)n->k + i];
    if (t->b == JFI_NONE && t->table == JFI_NONE) continue;
    fix(x, v);
    fix(x, t->a);
    if (t->b != JFI_NONE) fix(x, t->b);
  }
}

/* What has no coefficients fixes the classes of what it makes and reads. */
static void fix_around(const chooser *x, uint32_t v) {
  const jfi_node *n = &x->g->node[v];
  if (keeps_unit(n) || n->op == JFI_OP_MUL_CONST || (x->behind && n->op == JFI_OP_BOOTSTRAP)) return;
  if (n->op == JFI_OP_SUM) {
    fix_sum(x, v);
  } else if (n->op == JFI_OP_POLY) {
    if (!reads_any(jfi_machine_poly(x->m, n))) fix(x, n->a);
  } else {
    fix(x, v);
    for (uint32_t r = 0; r < jfi_reads(n); r++) fix(x, jfi_read(x->g, n, r));
  }
}

static void find_classes(const chooser *x) {
  join_all(x);
  for (uint32_t v = 0; v < x->g->n_nodes; v++) {
    const jfi_node *n = &x->g->node[v];
    uint32_t c = class_of(x, v);
    fix_around(x, v);
    if (n->op == JFI_OP_BOOTSTRAP) x->anew[c] = 1;
    if (!x->behind || n->op == JFI_OP_BOOTSTRAP) x->most[c] = fmax(x->most[c], x->mag[v]);
    if (n->op == JFI_OP_POLY) x->argument[class_of(x, n->a)] = fmax(x->argument[class_of(x, n->a)], x->mag[n->a]);
  }
  for (uint32_t i = 0; i < x->g->n_outputs; i++) fix(x, x->g->output[i]);
}

/* ---- units ---- */
/* The power of two that puts x just below the limit. */
static int32_t room_of(double x, double limit) {
  int32_t k = 0;
  if (!(x > 0)) return 0;
  while (k > -UNIT_MAX && x * power(k) > limit) k--;
  while (k < UNIT_MAX && x * power(k + 1) <= limit) k++;
  return k;
}

static void choose_before(const chooser *x) {
  for (uint32_t c = 0; c < x->g->n_nodes; c++)
    if (x->parent[c] == c && !x->fixed[c]) x->unit[c] = room_of(x->most[c], x->limit);
}

/* A bootstrap's operand is multiplied by an integer, so what it makes is in no larger a unit. */
static void choose_behind(const chooser *x) {
  for (uint32_t c = 0; c < x->g->n_nodes; c++) {
    if (x->parent[c] != c || x->fixed[c] || !x->anew[c]) continue;
    int32_t k = room_of(x->most[c], x->limit), most = room_of(x->argument[c], ARGUMENT_MOST);
    if (x->argument[c] > 0 && most < k) k = most;
    x->unit[c] = k > 0 ? k : 0;
  }
  for (int again = 1; again;) {
    again = 0;
    for (uint32_t v = 0; v < x->g->n_nodes; v++) {
      const jfi_node *n = &x->g->node[v];
      if (n->op != JFI_OP_BOOTSTRAP || unit_of(x, n->a) <= unit_of(x, v)) continue;
      x->unit[class_of(x, n->a)] = 0;
      again = 1;
    }
  }
}

/* By what power of two a polynomial's argument is divided where the unit of its class is fixed, as an input's is: at the cost of a level, once, for
 * behind it units are free. */
static int32_t divided(const chooser *x, uint32_t v) {
  const jfi_node *n = &x->g->node[v];
  if (x->behind || n->op != JFI_OP_POLY || x->mag[n->a] <= ARGUMENT_MOST || !x->fixed[class_of(x, n->a)]) return 0;
  return jfi_machine_poly(x->m, n)->basis == JFHE_BASIS_POWER ? -room_of(x->mag[n->a], x->limit) : 0;
}

static int found(const chooser *x) {
  for (uint32_t v = 0; v < x->g->n_nodes; v++)
    if (divided(x, v)) return 1;
  for (uint32_t c = 0; c < x->g->n_nodes; c++)
    if (x->parent[c] == c && x->unit[c] != 0) return 1;
  return 0;
}

/* ---- rewriting ---- */
/* c 2^k, exactly. */
static jfhe_status scale_constant(double *c, int32_t k) {
  double by = *c * power(k);
  if (k && *c != 0 && !(isfinite(by) && fabs(by) > 0x1p-1000))
    return jfi_fail(JFHE_ERR_VALUE, "the constant %g is too far from 1 for another unit", *c);
  *c = by;
  return JFHE_OK;
}

/* The operation's own public numbers; less: what its argument is divided by. */
static jfhe_status scale_node(const chooser *x, jfi_node *n, int32_t unit, int32_t from, int32_t less) {
  if (isfinite(n->promise)) JFI_TRY(scale_constant(&n->promise, unit));
  switch (n->op) {
  case JFI_OP_POLY: return unit || from || less ? jfi_machine_poly_in(x->m, n, less - from, unit) : JFHE_OK;
  case JFI_OP_MUL_CONST: unit -= from; break;
  case JFI_OP_ADD_CONST:
  case JFI_OP_SUM: break;
  default: return JFHE_OK;
  }
  JFI_TRY(scale_constant(&n->re, unit));
  return scale_constant(&n->im, unit);
}

static jfhe_status scale_terms(const chooser *x, const jfi_graph *to, const jfi_node *old, uint32_t at, int32_t unit) {
  jfi_term *t = to->term + to->node[at].k;
  for (uint32_t i = 0; i < old->count; i++)
    JFI_TRY(scale_constant(&t[i].c, unit - unit_of(x, x->g->term[(uint32_t)old->k + i].a)));
  return JFHE_OK;
}

/* value * 2^k: an integer, or, where k < 0, a constant. */
static jfhe_status scale_value(jfi_graph *to, uint32_t *value, int32_t k) {
  jfi_node n = {.op = JFI_OP_MUL_CONST, .a = *value, .b = JFI_NONE, .table = JFI_NONE, .promise = HUGE_VAL};
  if (k > 0) {
    n.op = JFI_OP_MUL_INT;
    n.k = (int32_t)((uint32_t)1 << k);
  } else {
    n.re = power(k);
  }
  return k ? jfi_graph_add(to, value, &n, NULL, NULL) : JFHE_OK;
}

static jfhe_status copy(const chooser *x, jfi_graph *to, uint32_t *map, uint32_t v) {
  jfi_node n = x->g->node[v];
  const int reads = n.a != JFI_NONE;
  const int32_t unit = unit_of(x, v), from = reads ? unit_of(x, n.a) : 0, less = divided(x, v);
  const uint32_t before = reads ? map[n.a] : JFI_NONE;
  uint32_t now = before;
  JFI_TRY(scale_node(x, &n, unit, from, less));
  if (n.op == JFI_OP_POLY) JFI_TRY(scale_value(to, &now, -less));
  if (n.op == JFI_OP_BOOTSTRAP) JFI_TRY(scale_value(to, &now, unit - from));
  if (reads) map[n.a] = now;
  JFI_TRY(jfi_graph_copy(to, &map[v], x->g, &n, map));
  if (reads) map[n.a] = before;
  return n.op == JFI_OP_SUM ? scale_terms(x, to, &n, map[v], unit) : JFHE_OK;
}

static jfhe_status rewrite(const chooser *x) {
  jfi_graph to = {0};
  uint32_t *map = jfi_numbers_new(x->g->n_nodes);
  jfhe_status st = map ? jfi_graph_like(&to, x->g) : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan");
  for (uint32_t v = 0; v < x->g->n_nodes && st == JFHE_OK; v++) st = copy(x, &to, map, v);
  if (st == JFHE_OK)
    jfi_graph_replace(x->g, &to, map);
  else
    jfi_graph_free(&to);
  jfi_free(map);
  return st;
}

/* ---- the pass ---- */
jfhe_status jfi_pass_units(jfi_graph *g, jfi_machine *m, double limit, int behind, uint32_t *changed) {
  uint32_t n = g->n_nodes + 1;
  double *mag = jfi_alloc_zero(3 * n * sizeof *mag);
  chooser x = {.g = g,
               .m = m,
               .mag = mag,
               .behind = behind,
               .limit = limit,
               .parent = jfi_numbers_new(n),
               .fixed = jfi_alloc_zero(2 * n)};
  x.unit = jfi_alloc_zero(n * sizeof *x.unit);
  jfhe_status st = mag && x.parent && x.fixed && x.unit ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory to plan");
  if (st == JFHE_OK) {
    x.most = mag + n;
    x.argument = x.most + n;
    x.anew = x.fixed + n;
    jfi_magnitudes(m, g, mag);
    find_classes(&x);
    if (behind)
      choose_behind(&x);
    else
      choose_before(&x);
    if (found(&x)) {
      *changed |= JFI_REWRITE_UNITS;
      st = rewrite(&x);
    }
  }
  jfi_free(mag);
  jfi_free(x.parent);
  jfi_free(x.fixed);
  jfi_free(x.unit);
  return st;
}
