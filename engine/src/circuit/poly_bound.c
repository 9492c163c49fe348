/* circuit/poly_bound.c: bounds of an evaluation from those of its argument. docs/SOUNDNESS.md, "Polynomials".
 *
 * The error of p(y + e) is split: p(y + e) - p(y) is at most |e| sup |p'| between the two, and the evaluation itself is
 * followed operation by operation with y + e as an exact argument. Off the interval [-1, 1], inside the ellipse with foci -1, 1 and half
 * axis r, |T_n| <= T_n(r) and |p| <= sup_[-1,1] |p| * rho^deg, rho = r + sqrt(r^2 - 1) (Bernstein-Walsh). A point within w of a
 * segment point has |z - 1| + |z + 1| <= 2 + 2w, so r = 1 + w. */
#include <math.h>

#include "circuit/poly_eval.h"

/* Above what underflowing terms lose: 2^10 of them, each below 2^-1022 * 2^10, divided by a magnitude of at least 2^-200. */
#define TINY 0x1p-700

static double power(double x, uint32_t n) {
  double r = 1;
  for (; n; n /= 2) {
    if (n & 1) r *= x;
    x *= x;
  }
  return r * (1 + 0x1p-40);
}

static double rho(double r) { return (r + sqrt(r * r - 1)) * (1 + 0x1p-48); }

/* Half axis of an ellipse that holds the disc of radius m around 0: |z - 1| + |z + 1| <= 2 sqrt(1 + |z|^2). For real messages a
 * segment [-m, m] does; either is grown by w. */
static double half_axis(double m, double w, int real) {
  double r = real ? (m > 1 ? m : 1) : sqrt(1 + m * m) * (1 + 0x1p-50);
  return (r + w) * (1 + 0x1p-50);
}

/* Real messages within [-mag, mag], mag < 1: there a polynomial may be far smaller and flatter than it is out to the ends of its
 * interval. p(mag t) is a polynomial of t of the same degree, so its suprema and its growth off the interval are found as those of p. */
static void narrow(jfi_poly_domain *d, const jfhe_poly *p, double mag, double worst) {
  double dc[JFHE_POLY_DEGREE_MAX + 1];
  jfi_cheb_derive(dc, p->c, p->degree + 1);
  double sup = jfi_sup_within(mag, p->y, p->n_y, p->c, p->degree + 1, JFHE_BASIS_CHEB) * (1 + 0x1p-30) + TINY;
  double dsup = jfi_sup_within(mag, p->y, p->n_y, dc, p->degree, JFHE_BASIS_CHEB) * (1 + 0x1p-30) + TINY;
  dsup *= power(rho((1 + worst / mag) * (1 + 0x1p-50)), p->degree - 1);
  if (sup < d->mag) d->mag = sup;
  if (dsup < d->slope) d->slope = dsup;
}

static jfi_poly_domain cheb_bounds(const jfhe_poly *p, double mag, double worst, int real) {
  jfi_poly_domain d;
  d.radius = half_axis(mag, worst, real);
  d.mag = p->sup * power(rho(half_axis(mag, 0, real)), p->degree);
  d.slope = p->dsup * power(rho(d.radius), p->degree - 1);
  if (real && mag > 0x1p-200 && mag < 1) narrow(&d, p, mag, worst);
  return d;
}

/* sum |c_i| r^i and its derivative: bounds over the disc of radius r. */
static jfi_poly_domain power_bounds(const jfhe_poly *p, double mag, double worst, int real) {
  double r = (mag + worst) * (1 + 0x1p-50), sum = 0, slope = 0, at_mag = 0;
  for (uint32_t i = p->degree + 1; i-- > 0;) {
    if (i > 0) slope = slope * r + i * fabs(p->c[i]);
    at_mag = at_mag * mag + fabs(p->c[i]);
  }
  sum = at_mag;
  jfi_poly_domain d = {r, sum * (1 + 0x1p-40), slope * (1 + 0x1p-40)};
  if (!real || mag < 0x1p-200 || mag > 0x1p200) return d;
  /* real messages: suprema over [-mag, mag] of the rescaled polynomial may be smaller */
  double c[JFHE_POLY_DEGREE_MAX + 1], dc[JFHE_POLY_DEGREE_MAX + 1], m = 1;
  for (uint32_t i = 0; i <= p->degree; i++) {
    c[i] = p->c[i] * m;
    if (i > 0) dc[i - 1] = i * c[i];
    m *= mag;
  }
  double sup = jfi_sup(p->y, p->n_y, c, p->degree + 1, JFHE_BASIS_POWER) * (1 + 0x1p-30) + TINY;
  double dsup = jfi_sup(p->y, p->n_y, dc, p->degree, JFHE_BASIS_POWER) / mag * (1 + 0x1p-30) + TINY;
  dsup *= power(rho((1 + worst / mag) * (1 + 0x1p-50)), p->degree - 1);
  if (sup < d.mag) d.mag = sup;
  if (dsup < d.slope) d.slope = dsup;
  return d;
}

jfi_poly_domain jfi_poly_bounds(const jfhe_poly *p, double mag, double worst, int real) {
  return p->basis == JFHE_BASIS_CHEB ? cheb_bounds(p, mag, worst, real) : power_bounds(p, mag, worst, real);
}
