/* circuit/cheb.h: Chebyshev polynomials in doubles: nodes, fits, values, suprema. */
#ifndef JFI_CIRCUIT_CHEB_H
#define JFI_CIRCUIT_CHEB_H
#include <stddef.h>

#include "jfhe/circuit.h"

/* table[j] = cos(pi j / (2m)), j = 0 .. m, m a power of two <= 2^16, each the nearest double: the
 * encoder's roots, so the same on every build. room: 2m doubles. */
void jfi_cheb_cosines(double *table, size_t m, double *room);
/* cos(pi j / (2m)) for any j from the table. */
double jfi_cheb_cosine(const double *table, size_t m, size_t j);

/* Values at y[0 .. n) of sum c_i T_i(y), or of sum c_i y^i. */
void jfi_cheb_values(double *value, const double *y, size_t n, const double *c, size_t count);
void jfi_power_values(double *value, const double *y, size_t n, const double *c, size_t count);

/* c' with sum c'_i T_i = (sum c_i T_i)'; count - 1 coefficients. */
void jfi_cheb_derive(double *dc, const double *c, size_t count);

/* Nodes for jfi_sup of degree <= degree: a power of two >= 8*degree. */
size_t jfi_sup_nodes(size_t degree);
/* A bound on sup |p| over [-1, 1] that is at most 2 % too large but for rounding, from the values at
 * y, the n = jfi_sup_nodes Chebyshev nodes. For degree d and n nodes sup |p| <= max |p(y)| / cos(pi d / 2n)
 * [EZ64]; n >= 8d makes that 1/cos(pi/16) < 1.0196. */
double jfi_sup(const double *y, size_t n, const double *c, size_t count, uint32_t basis);
/* The same over [-half, half], 0 < half <= 1: p(half t) is a polynomial of t of the same degree. Rounding half * y moves a node by
 * 2^-53, as rounding y did: against distances of nodes of 1/n^2 >= 2^-32 nothing that 1.0196 > 1/cos(pi/16) does not hold. */
double jfi_sup_within(double half, const double *y, size_t n, const double *c, size_t count, uint32_t basis);
jfhe_status jfi_cheb_fit(double *coeff, size_t count, jfhe_real_fn f, void *self, double a, double b);
#endif
