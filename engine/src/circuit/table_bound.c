/* circuit/table_bound.c: what errors of the roots of unity make of a table's values. docs/SOUNDNESS.md, "Tables".
 *
 * For any table errors s of angles cost its values' width times pi^2/3 s^2, and errors r of moduli half the width times r. A table whose neighbours are
 * near each other loses far less: the weights of other values fall as the square of their distance, so what they differ by is summed up here, once for
 * all numbers. */
#include <math.h>

#include "base/mem.h"
#include "base/status.h"
#include "circuit/cheb.h"
#include "circuit/table.h"

static const double PI = 3.141592653589793; /* magic: PI = pi */
/* Sums over at most 2^12 terms, each of them a handful of operations off. */
static const double ROUND = 1 + 0x1p-36;
/* Angles that are further off get the bound of any table; and (1 - NEAR)^-2, what sums of weights may exceed theirs by. */
static const double NEAR = 0.03125, SLACK = 1.066;

typedef struct slopes {
  size_t n, high, low; /* values; of the first digit, of the second (1 where there is none) */
  const double *f;
  double *kernel; /* n: Fejer's kernel of the first digit's degree, every n-th of a turn */
  double *far[2],
      *bend[2]; /* by digits' difference: bound on a weight over (pi s)^2; the operator |D|'s kernel over the degree */
} slopes;

/* sin(pi k/n) for 0 <= k <= n. */
static double sine(const double *cosine, size_t n, size_t k) {
  return jfi_cheb_cosine(cosine, n, 2 * k > n ? 2 * k - n : n - 2 * k);
}

/* (sin(pi high x)/(high sin(pi x)))^2 at x = k/n */
static void fill_kernel(slopes *s, const double *cosine) {
  s->kernel[0] = 1;
  for (size_t k = 1; k < s->n; k++) {
    double x = sine(cosine, s->n, k * s->high % s->n) / ((double)s->high * sine(cosine, s->n, k));
    s->kernel[k] = x * x;
  }
}

/* Of a digit of `count` values: another value d away has a weight of at most (pi s)^2/(count sin(pi (d - s)/count))^2, and sin(pi (d - s)/count) is at
 * least (1 - s/d) sin(pi d/count), the sine being concave. |D|'s kernel: 2/count sum over j < count of (1 - j/count) j/count cos(2 pi j d/count). */
static void fill_digit(slopes *s, int digit, size_t count, const double *cosine) {
  size_t step = s->n / count;
  for (size_t d = 0; d < count; d++) {
    size_t away = d < count - d ? d : count - d;
    double x = (double)count * sine(cosine, s->n, d * step) * (1 - NEAR / (double)(away ? away : 1)), bend = 0;
    s->far[digit][d] = d ? 1 / (x * x) : 0;
    for (size_t j = 1; j < count; j++)
      bend += (double)(j * (count - j)) * jfi_cheb_cosine(cosine, s->n, 4 * (j * d % count) * step);
    s->bend[digit][d] = 2 * bend / ((double)count * (double)count * (double)count);
  }
}

static void raise_to(double *most, double x) {
  if (x > *most) *most = x;
}

/* At number m: sums over the other values of the first digit, where the second is right; over those of the second, where the first is spread
 * around by the kernel. */
static void at_number(const slopes *s, size_t m, jfhe_table *t) {
  size_t a = m / s->low, b = m % s->low;
  double flat[2] = {0, 0}, steep[2] = {0, 0};
  for (size_t i = 0; i < s->high; i++) {
    double f = s->f[i * s->low + b];
    flat[0] += s->far[0][(i - a) & (s->high - 1)] * fabs(f - s->f[m]);
    steep[0] += s->bend[0][(i - a) & (s->high - 1)] * f;
  }
  for (size_t i = 0; i < s->n && s->low > 1; i++) {
    double k = s->kernel[(m - i) & (s->n - 1)];
    size_t d = (i - b) & (s->low - 1);
    flat[1] += s->far[1][d] * k * fabs(s->f[i] - s->f[m]);
    steep[1] += s->bend[1][d] * k * s->f[i];
  }
  for (int d = 0; d < 2; d++) {
    raise_to(&t->flat[d], PI * PI * flat[d] * ROUND);
    raise_to(&t->steep[d], fabs(steep[d]) + (ROUND - 1) * (t->high - t->low));
  }
}

jfhe_status jfi_table_slopes(jfhe_table *t, const double *values, const double *cosine) {
  slopes s = {
      .n = (size_t)1 << t->log_n, .high = (size_t)1 << t->log_high, .low = (size_t)1 << t->log_low, .f = values};
  double *room = jfi_alloc((s.n + 2 * (s.high + s.low)) * sizeof *room);
  if (!room) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a table");
  s.kernel = room;
  s.far[0] = room + s.n;
  s.bend[0] = s.far[0] + s.high;
  s.far[1] = s.bend[0] + s.high;
  s.bend[1] = s.far[1] + s.low;
  fill_kernel(&s, cosine);
  fill_digit(&s, 0, s.high, cosine);
  fill_digit(&s, 1, s.low, cosine);
  for (size_t m = 0; m < s.n; m++) at_number(&s, m, t);
  jfi_free(room);
  return JFHE_OK;
}

static double square(double x) { return x * x; }

/* What errors of angles cost. */
static double of_angles(const jfhe_table *t, double s1, double s2) {
  const double any = (t->high - t->low) * PI * PI / 3, sum = any * (s1 * s1 + s2 * s2);
  if (!(s1 <= NEAR && s2 <= NEAR)) return sum;
  double near = t->flat[0] * s1 * s1 + t->flat[1] * s2 * s2 + any * s2 * s2 * 2 * PI * s1 * SLACK;
  return near < sum ? near : sum;
}

/* Of moduli, at angles that are off. */
static double of_moduli(const jfhe_table *t, double r1, double r2, double s) {
  const double half = (t->high - t->low) / 2, r = r1 + r2;
  if (!(r < 1)) return HUGE_VAL;
  double sum = half * r * (1 + r); /* exp(r) - 1 for r <= 1 */
  double near = t->steep[0] * r1 + t->steep[1] * r2 + half * r * (2 * PI * s + 0.5 * r * (1 + r));
  return near < sum ? near : sum;
}

void jfi_table_add_roots(const jfhe_table *t, const jfi_root_error e[2], double spread, jfi_bound *b) {
  const double s = e[0].angle.worst + e[1].angle.worst, width = t->high - t->low;
  b->worst = jfi_up(b->worst + of_angles(t, e[0].angle.worst, e[1].angle.worst) +
                    of_moduli(t, e[0].modulus.worst, e[1].modulus.worst, s));
  /* 11.1 deviations are to cover what 11.1 deviations of the angle do */
  double flat = 11.1 * width * PI * PI / 3 * (square(e[0].angle.sd) + square(e[1].angle.sd));
  double steep = width / 2 * (e[0].modulus.sd + e[1].modulus.sd);
  b->sd = jfi_up(jfi_hypot(b->sd, (flat + steep) * spread));
}
