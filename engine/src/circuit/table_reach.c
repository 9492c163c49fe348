/* circuit/table_reach.c: what an error of one power makes of a table's values. docs/SOUNDNESS.md, "Tables".
 *
 * The error of a baby is multiplied by the sum over giants of the constants that it meets, that of a giant by its row of babies. As sums of moduli those
 * would be some eight times too large for 64 terms of any phases; but roots of unity take few values, and so do the sums, which are looked at one by one. */
#include <math.h>

#include "base/mem.h"
#include "base/status.h"
#include "circuit/cheb.h"
#include "circuit/table.h"

/* Of a sum of at most 2^13 terms and its roots of unity, against the sum of moduli. */
static const double ROUND = 0x1p-36;

typedef struct wave {
  double re, im;
} wave;

typedef struct reach {
  size_t n, high, low;
  const wave *turn; /* turn[k] = exp(2 pi i k/n) */
  wave *fold;       /* high */
} reach;

static void add_turned(wave *sum, wave c, wave turn) {
  sum->re += c.re * turn.re - c.im * turn.im;
  sum->im += c.re * turn.im + c.im * turn.re;
}

/* Largest |sum over j of c_j exp(2 pi i j x/count)|, count a divisor of n. */
static double largest(const reach *r, const wave *c, size_t count) {
  double most = 0;
  for (size_t x = 0; x < count; x++) {
    wave sum = {0, 0};
    for (size_t j = 0; j < count; j++) add_turned(&sum, c[j], r->turn[j * x % count * (r->n / count)]);
    most = fmax(most, jfi_hypot(sum.re, sum.im));
  }
  return most;
}

/* Power of w that baby i is: its conjugates are the negative ones. */
static size_t power_of(const jfhe_table *t, size_t i, size_t n) { return i < t->powers ? i : n - (i - t->powers + 1); }

/* Row k at all x = low x_1 + x_0: for each x_0 a sum over powers modulo high. */
static double of_row(const jfhe_table *t, const reach *r, size_t k) {
  double most = 0, sum = 0;
  for (size_t x = 0; x < r->low; x++) {
    for (size_t j = 0; j < r->high; j++) r->fold[j] = (wave){0, 0};
    for (size_t i = 0; i < t->babies; i++) {
      const size_t q = power_of(t, i, r->n), at = k * t->babies + i;
      add_turned(&r->fold[q & (r->high - 1)], (wave){t->re[at], t->im[at]}, r->turn[q * x & (r->n - 1)]);
    }
    most = fmax(most, largest(r, r->fold, r->high));
  }
  for (size_t i = 0; i < t->babies; i++) sum += jfi_hypot(t->re[k * t->babies + i], t->im[k * t->babies + i]);
  return most + ROUND * sum;
}

static jfi_reach of_baby(const jfhe_table *t, const reach *r, size_t i) {
  jfi_reach to = {0, 0};
  for (size_t k = 0; k < t->giants; k++) {
    r->fold[k] = (wave){t->re[k * t->babies + i], t->im[k * t->babies + i]};
    to.sum += jfi_hypot(r->fold[k].re, r->fold[k].im);
  }
  to.at_numbers = largest(r, r->fold, t->giants) + ROUND * to.sum;
  return to;
}

jfhe_status jfi_table_reaches(jfhe_table *t, const double *cosine) {
  reach r = {.n = (size_t)1 << t->log_n, .high = (size_t)1 << t->log_high, .low = (size_t)1 << t->log_low};
  wave *room = jfi_alloc(2 * r.n * sizeof *room);
  t->of_baby = jfi_alloc(t->babies * sizeof *t->of_baby);
  t->of_giant = jfi_alloc(t->giants * sizeof *t->of_giant);
  if (!room || !t->of_baby || !t->of_giant) {
    jfi_free(room);
    return jfi_fail(JFHE_ERR_MEMORY, "no memory for a table");
  }
  for (size_t k = 0; k < r.n; k++)
    room[k] = (wave){jfi_cheb_cosine(cosine, r.n, 4 * k), jfi_cheb_cosine(cosine, r.n, 4 * k + 3 * r.n)};
  r.turn = room;
  r.fold = room + r.n;
  for (size_t i = 0; i < t->babies; i++) t->of_baby[i] = of_baby(t, &r, i);
  for (size_t k = 0; k < t->giants; k++) t->of_giant[k] = of_row(t, &r, k);
  jfi_free(room);
  return JFHE_OK;
}
