/* circuit/poly.c: making polynomials and asking about them. */
#include "circuit/poly.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"

static jfhe_status check(const double *coeff, size_t count, uint32_t basis, double a, double b, uint32_t *degree) {
  if (count < 2 || count > JFHE_POLY_DEGREE_MAX + 1)
    return jfi_fail(JFHE_ERR_ARG, "%zu coefficients are outside 2..%d", count, JFHE_POLY_DEGREE_MAX + 1);
  if (basis != JFHE_BASIS_POWER && basis != JFHE_BASIS_CHEB)
    return jfi_fail(JFHE_ERR_ARG, "basis %u is none of power (0) and Chebyshev (1)", basis);
  if (basis == JFHE_BASIS_CHEB ? !(a < b) || !(b - a < HUGE_VAL) : !(a == 0 && b == 0))
    return jfi_fail(JFHE_ERR_ARG, "interval [%g, %g] does not suit the basis", a, b);
  double bad = 0;
  for (size_t i = 0; i < count; i++) bad += coeff[i] - coeff[i];
  if (bad != 0) return jfi_fail(JFHE_ERR_VALUE, "a coefficient is not finite");
  for (*degree = (uint32_t)(count - 1); *degree > 0 && coeff[*degree] == 0;) --*degree;
  return *degree ? JFHE_OK : jfi_fail(JFHE_ERR_ARG, "the polynomial is constant");
}

/* Chebyshev nodes of jfi_sup. */
static jfhe_status make_nodes(jfhe_poly *p) {
  p->n_y = jfi_sup_nodes(p->degree);
  size_t m = p->n_y;
  p->y = jfi_alloc(m * sizeof(double));
  double *room = jfi_alloc((3 * m + 1) * sizeof(double));
  if (p->y && room) {
    jfi_cheb_cosines(room, m, room + m + 1);
    for (size_t k = 0; k < m; k++) p->y[k] = jfi_cheb_cosine(room, m, 2 * k + 1);
  }
  int ok = p->y && room;
  jfi_free(room);
  return ok ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory for a polynomial");
}

static jfhe_status make_plan(jfhe_poly *p) {
  size_t n = p->degree + 1;
  jfi_poly_plan *work = jfi_alloc(sizeof *work);
  uint8_t *room = jfi_alloc(n * (sizeof(jfi_poly_node) + 2 * sizeof(jfi_poly_term)) + 2 * n * sizeof(double));
  p->plan.node = jfi_alloc(n * sizeof(jfi_poly_node));
  p->plan.term = jfi_alloc(2 * n * sizeof(jfi_poly_term));
  int ok = work && room && p->plan.node && p->plan.term;
  if (ok) {
    double *reals = (double *)(void *)room;
    work->node = (jfi_poly_node *)(void *)(reals + 2 * n);
    work->term = (jfi_poly_term *)(void *)(work->node + n);
    jfi_poly_plan_make(&p->plan, work, p->c, p->degree, p->basis, reals);
  }
  jfi_free(room);
  jfi_free(work);
  return ok ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory for a polynomial");
}

static jfhe_status make_suprema(jfhe_poly *p) {
  double *d = jfi_alloc(p->degree * sizeof(double));
  if (!d) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a polynomial");
  if (p->basis == JFHE_BASIS_CHEB)
    jfi_cheb_derive(d, p->c, p->degree + 1);
  else
    for (uint32_t i = 1; i <= p->degree; i++) d[i - 1] = i * p->c[i];
  p->sup = jfi_sup(p->y, p->n_y, p->c, p->degree + 1, p->basis);
  p->dsup = jfi_sup(p->y, p->n_y, d, p->degree, p->basis) * (1 + 0x1p-30);
  jfi_free(d);
  return JFHE_OK;
}

jfhe_status jfi_poly_new(jfhe_poly **out, const double *coeff, size_t count, uint32_t basis, double a, double b) {
  uint32_t degree = 0;
  JFI_TRY(check(coeff, count, basis, a, b, &degree));
  jfhe_poly *p = jfi_alloc_zero(sizeof *p);
  if (!p) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a polynomial");
  p->basis = basis;
  p->degree = degree;
  p->depth = jfi_poly_power_depth(degree + 1);
  p->a = a;
  p->b = b;
  p->alpha = basis == JFHE_BASIS_CHEB ? 2 / (b - a) : 1;
  p->beta = basis == JFHE_BASIS_CHEB ? -(a + b) / (b - a) : 0;
  p->scaled = p->alpha != 1;
  p->c = jfi_alloc_zero((degree + 1) * sizeof(double));
  jfhe_status st;
  if (p->c) {
    memcpy(p->c, coeff, (degree + 1) * sizeof(double));
    st = make_nodes(p);
    if (st == JFHE_OK) st = make_suprema(p);
    if (st == JFHE_OK) st = make_plan(p);
  } else {
    st = jfi_fail(JFHE_ERR_MEMORY, "no memory for a polynomial");
  }
  if (st != JFHE_OK) {
    jfhe_poly_free(p);
    return st;
  }
  *out = p;
  return JFHE_OK;
}

void jfhe_poly_free(jfhe_poly *p) {
  if (!p) return;
  jfi_free(p->c);
  jfi_free(p->y);
  jfi_free(p->plan.node);
  jfi_free(p->plan.term);
  jfi_free(p);
}

uint32_t jfhe_poly_degree(const jfhe_poly *p) { return p->degree; }
uint32_t jfhe_poly_depth(const jfhe_poly *p) { return p->depth + p->scaled; }
uint32_t jfhe_poly_relins(const jfhe_poly *p) { return p->plan.relins; }
double jfhe_poly_sup(const jfhe_poly *p) { return p->sup; }

double jfhe_poly_value(const jfhe_poly *p, double x) {
  double y = p->alpha * x + p->beta, v;
  if (p->basis == JFHE_BASIS_CHEB)
    jfi_cheb_values(&v, &y, 1, p->c, p->degree + 1);
  else
    jfi_power_values(&v, &y, 1, p->c, p->degree + 1);
  return v;
}
