/* circuit/cheb.c: see cheb.h. */
#include "circuit/cheb.h"

#include <math.h>

#include "base/mem.h"
#include "base/status.h"
#include "ring/ring.h"

enum { BLOCK = 64 }; /* nodes evaluated together, so that the recurrence is vector code */

/* Root k = M + b of the encoder's tree (M a power of two, b < M) has the angle e/(8M) of a turn with
 * e = jfi_fft_exponent(2M, 2b), e == 1 mod 4, e < 4M. So it is the cosine of j = e*m/(2M), or its negative
 * in the second quadrant; every j in (0, m) is met once: odd parts 1 mod 4 directly, 3 mod 4 by reflection. */
void jfi_cheb_cosines(double *table, size_t m, double *room) {
  double *re = room, *im = room + m;
  jfi_fft_roots(re, im, m);
  table[0] = 1;
  table[m] = 0;
  for (size_t big = 1; big < m; big *= 2)
    for (size_t b = 0; b < big; b++) {
      size_t j = jfi_fft_exponent(2 * big, 2 * b) * (m / (2 * big));
      if (j <= m)
        table[j] = re[big + b];
      else
        table[2 * m - j] = -re[big + b];
    }
}

double jfi_cheb_cosine(const double *table, size_t m, size_t j) {
  j %= 4 * m;
  if (j > 2 * m) j = 4 * m - j;
  return j <= m ? table[j] : -table[2 * m - j];
}

/* Clenshaw: b_k = c_k + 2y b_{k+1} - b_{k+2}, p = c_0 + y b_1 - b_2. */
void jfi_cheb_values(double *value, const double *y, size_t n, const double *c, size_t count) {
  for (size_t first = 0; first < n; first += BLOCK) {
    size_t m = n - first < BLOCK ? n - first : BLOCK;
    double b1[BLOCK] = {0}, b2[BLOCK] = {0};
    for (size_t k = count; k-- > 1;)
      for (size_t i = 0; i < m; i++) {
        double b = c[k] + 2 * y[first + i] * b1[i] - b2[i];
        b2[i] = b1[i];
        b1[i] = b;
      }
    for (size_t i = 0; i < m; i++) value[first + i] = c[0] + y[first + i] * b1[i] - b2[i];
  }
}

void jfi_power_values(double *value, const double *y, size_t n, const double *c, size_t count) {
  for (size_t i = 0; i < n; i++) value[i] = 0;
  for (size_t k = count; k-- > 0;)
    for (size_t i = 0; i < n; i++) value[i] = value[i] * y[i] + c[k];
}

/* T_n' = n U_{n-1} gives c'_{k-1} = c'_{k+1} + 2k c_k, halved at 0. */
void jfi_cheb_derive(double *dc, const double *c, size_t count) {
  double next = 0, after = 0; /* c'_k, c'_{k+1} */
  for (size_t k = count; k-- > 1;) {
    double d = after + 2 * (double)k * c[k];
    dc[k - 1] = k == 1 ? d / 2 : d;
    after = next;
    next = d;
  }
}

size_t jfi_sup_nodes(size_t degree) {
  size_t n = 8;
  while (n < 8 * degree) n *= 2;
  return n;
}

double jfi_sup(const double *y, size_t n, const double *c, size_t count, uint32_t basis) {
  return jfi_sup_within(1, y, n, c, count, basis);
}

double jfi_sup_within(double half, const double *y, size_t n, const double *c, size_t count, uint32_t basis) {
  double most = 0, sum = 0, value[BLOCK], at[BLOCK];
  for (size_t i = 0; i < count; i++) sum += fabs(c[i]);
  for (size_t first = 0; first < n; first += BLOCK) {
    size_t m = n - first < BLOCK ? n - first : BLOCK;
    for (size_t i = 0; i < m; i++) at[i] = half * y[first + i];
    if (basis == JFHE_BASIS_CHEB)
      jfi_cheb_values(value, at, m, c, count);
    else
      jfi_power_values(value, at, m, c, count);
    for (size_t i = 0; i < m; i++) most = fabs(value[i]) > most ? fabs(value[i]) : most;
  }
  /* Clenshaw's and Horner's rounding: each of the 3*count operations errs by 2^-53 of a partial sum, which
     * |U_k| <= k + 1 bounds by (count + 1)*sum */
  double slack = 0x1p-50 * (double)count * (double)(count + 1) * sum;
  double bound = (most + slack) * 1.0196;
  return bound < sum ? bound : sum * (1 + 0x1p-40); /* |T_i|, |y^i| <= 1 */
}

static int finite_fit(const double *x, size_t n) {
  double bad = 0;
  for (size_t i = 0; i < n; i++) bad += x[i] - x[i];
  return bad == 0;
}

/* c_n = (2/m) sum_k f(x_k) cos(n pi (2k+1)/(2m)), half for n = 0. Nodes k and m-1-k are opposite, so even
 * n need the sums and odd n the differences of f there: of odd or even functions they vanish exactly. */
static void transform(double *coeff, size_t count, const double *sum, const double *diff, const double *table,
                      size_t m) {
  for (size_t n = 0; n < count; n++) {
    const double *f = n % 2 ? diff : sum;
    double s = 0;
    for (size_t k = 0; k < m / 2; k++) s += f[k] * jfi_cheb_cosine(table, m, n * (2 * k + 1));
    coeff[n] = s * ((n ? 2.0 : 1.0) / (double)m);
  }
}

jfhe_status jfi_cheb_fit(double *coeff, size_t count, jfhe_real_fn f, void *self, double a, double b) {
  size_t m = 4;
  while (m < 2 * count) m *= 2;
  double *room = jfi_alloc((m + 1 + 2 * m + m) * sizeof(double));
  if (!room) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a fit of %zu terms", count);
  double *table = room, *roots = room + m + 1, *sum = roots + 2 * m, *diff = sum + m / 2;
  jfi_cheb_cosines(table, m, roots);
  double mid = 0.5 * a + 0.5 * b, half = 0.5 * b - 0.5 * a;
  for (size_t k = 0; k < m / 2; k++) {
    double y = half * jfi_cheb_cosine(table, m, 2 * k + 1);
    double right = f(self, mid + y), left = f(self, mid - y);
    sum[k] = right + left;
    diff[k] = right - left;
  }
  int ok = finite_fit(sum, m); /* both halves */
  if (ok) transform(coeff, count, sum, diff, table, m);
  jfi_free(room);
  return ok ? JFHE_OK : jfi_fail(JFHE_ERR_VALUE, "the function is not finite on the interval");
}
