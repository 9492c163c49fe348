/* circuit/table.c: making tables and asking about them. */
#include "circuit/table.h"

#include <math.h>

#include "base/mem.h"
#include "base/status.h"
#include "circuit/move.h"
#include "circuit/poly.h"

/* ---- shape ---- */
/* One digit: babies 1 .. w^(g-1), giants w^(g k), g near the root of n. Two: babies w^j and their conjugates for |j| < n_high, giants v^k. A sum of
 * babies lies a level below their highest power, a product of the two another. */
static void shape_of(jfhe_table *t) {
  uint32_t baby_depth, giant_depth;
  if (t->log_n <= JFI_TABLE_ONE) {
    uint32_t log_g = t->log_n / 2;
    t->log_high = t->log_n;
    t->powers = t->babies = 1u << log_g;
    t->giants = 1u << (t->log_n - log_g);
    giant_depth = log_g + jfi_poly_power_depth(t->giants - 1);
  } else {
    t->log_high = (t->log_n + 1) / 2;
    t->log_low = t->log_n - t->log_high;
    t->powers = 1u << t->log_high;
    t->babies = 2 * t->powers - 1;
    t->giants = 1u << t->log_low;
    giant_depth = jfi_poly_power_depth(t->giants - 1);
  }
  baby_depth = t->powers > 2 ? jfi_poly_power_depth(t->powers - 1) : 0;
  t->depth = (baby_depth + 1 > giant_depth ? baby_depth + 1 : giant_depth) + 1;
}

/* ---- coefficients ---- */
typedef struct fourier {
  size_t n;
  double *values, *cosine; /* values less their middle */
  double *re, *im;         /* n/2 + 1 coefficients: of real values the others are conjugates */
} fourier;

/* 1/n sum over m of f(m) exp(-2 pi i q m/n). */
static void transform(const fourier *f) {
  for (size_t q = 0; q <= f->n / 2; q++) {
    double re = 0, im = 0;
    for (size_t m = 0; m < f->n; m++) {
      size_t turn = q * m & (f->n - 1); /* of n */
      re += f->values[m] * jfi_cheb_cosine(f->cosine, f->n, 4 * turn);
      im -= f->values[m] * jfi_cheb_cosine(f->cosine, f->n, 4 * turn + 3 * f->n);
    }
    f->re[q] = re / (double)f->n;
    f->im[q] = im / (double)f->n;
  }
}

/* Entry (k, i) = weight * coefficient(q) * (-1)^q: the sign turns m' - n/2 back to m'. */
static void put(jfhe_table *t, const fourier *f, size_t k, size_t i, size_t q, double weight) {
  const size_t other = q > f->n / 2 ? f->n - q : q;
  const double w = q % 2 ? -weight : weight;
  t->re[k * t->babies + i] = w * f->re[other];
  t->im[k * t->babies + i] = w * (other == q ? f->im[q] : -f->im[other]);
}

static double fejer(size_t j, size_t n) { return 1 - (double)j / (double)n; }

static void fill_one(jfhe_table *t, const fourier *f) {
  for (size_t k = 0; k < t->giants; k++)
    for (size_t i = 0; i < t->babies; i++) {
      size_t q = k * t->babies + i;
      put(t, f, k, i, q, fejer(q, f->n) * (q ? 1 : 0.5));
    }
}

/* w^j v^k is exp(2 pi i (j + n_high k) m'/n) at a number. Row 0 holds j >= 0 alone: the others are conjugates of its own. */
static void fill_two(jfhe_table *t, const fourier *f) {
  size_t high = (size_t)1 << t->log_high, low = (size_t)1 << t->log_low;
  for (size_t k = 0; k < low; k++)
    for (size_t j = 0; j < high; j++) {
      double weight = fejer(j, high) * fejer(k, low);
      put(t, f, k, j, j + high * k, weight * (j || k ? 1 : 0.5));
      if (k && j) put(t, f, k, high + j - 1, high * k - j, weight);
    }
}

/* Values behind the last lead back to the first in a straight line, which has smaller coefficients than a jump. Their middle goes to the constant. */
static void extend(jfhe_table *t, double *f, size_t n, const double *values, size_t count) {
  double middle = 0.5 * t->low + 0.5 * t->high;
  for (size_t m = 0; m < n; m++) {
    double along = m < count ? 0 : (double)(m - count + 1) / (double)(n - count + 1);
    f[m] = (m < count ? values[m] : values[count - 1] + along * (values[0] - values[count - 1])) - middle;
  }
}

static jfhe_status fill(jfhe_table *t, const double *values, size_t count) {
  size_t n = (size_t)1 << t->log_n;
  double *room = jfi_alloc((5 * n + 3) * sizeof(double));
  t->re = jfi_alloc_zero((size_t)t->giants * t->babies * sizeof(double));
  t->im = jfi_alloc_zero((size_t)t->giants * t->babies * sizeof(double));
  int ok = room && t->re && t->im;
  if (ok) {
    const fourier f = {n, room, room + n, room + 4 * n + 1, room + 4 * n + 2 + n / 2};
    jfi_cheb_cosines(f.cosine, n, f.cosine + n + 1);
    extend(t, room, n, values, count);
    transform(&f);
    (t->log_low ? fill_two : fill_one)(t, &f);
    t->re[0] += 0.25 * t->low + 0.25 * t->high; /* half of the middle */
  }
  jfhe_status st = ok ? jfi_table_slopes(t, room, room + n) : jfi_fail(JFHE_ERR_MEMORY, "no memory for a table");
  if (st == JFHE_OK) st = jfi_table_reaches(t, room + n);
  jfi_free(room);
  return st;
}

/* ---- scales ---- */
static double root_of(double x, uint32_t log_degree) {
  while (log_degree--) x = sqrt(x);
  return x;
}

/* Each power's rounding weighs as many times as higher powers are made of it, so low ones had better be finer. If w has d bits more than the
 * canonical scale, w^n has n d more. In the end they may come to SPARE: constants, whose roundings do not grow with the values, keep the rest of 42
 * bits, and so do the integers by which the highest giants come down a level; where there are more levels on that way, to a step more for each.
 * Of small values the sums' roundings, one a giant, are what shows, so giants leave more of the scale to them. Good for values up to 1 and for those of
 * thousands: tables of one length have all powers in common. */
static void choose_scales(jfhe_table *t) {
  static const double SPARE = 0x1p17, COARSER = 4;
  const jfi_chain *c = &t->b->ctx->chain;
  const uint32_t products = t->level_out + 1, depth = jfi_poly_power_depth(t->giants - 1);
  t->finer[0] = t->finer[1] = t->coarser = 1;
  if (!t->log_low || jfi_move_operand_moves(t->b->ctx, t->b->level_out, products)) return;
  double spare = SPARE;
  t->coarser = COARSER;
  t->finer[0] = root_of(spare, t->log_high);
  for (uint32_t l = t->b->level_out - depth; l > products + 1; l--) spare *= c->step[l];
  t->finer[1] = root_of(spare, t->log_low);
}

/* ---- making ---- */
static jfhe_status check(const double *values, size_t count, double first) {
  double bad = 0;
  if (count < 2 || count > (size_t)1 << JFI_TABLE_LOG_MAX)
    return jfi_fail(JFHE_ERR_ARG, "a table of %zu numbers, not 2 to %d", count, 1 << JFI_TABLE_LOG_MAX);
  if (!(fabs(first) <= 0x1p40) || first != floor(first))
    return jfi_fail(JFHE_ERR_ARG, "a table's first number %g is not a whole one within 2^40", first);
  for (size_t i = 0; i < count; i++) bad += values[i] - values[i];
  return bad == 0 ? JFHE_OK : jfi_fail(JFHE_ERR_VALUE, "a value of the table is not finite");
}

static jfhe_status make(jfhe_table *t, const double *values, size_t count) {
  uint32_t most = ((uint32_t)1 << (JFI_SINE_LEVELS - JFI_SINE_DOUBLINGS)) - 2;
  shape_of(t);
  if (t->b->level_out < t->depth)
    return jfi_fail(JFHE_ERR_PARAMS, "a table of %zu numbers takes %u levels, bootstrapping leaves %u", count, t->depth,
                    t->b->level_out);
  t->level_out = t->b->level_out - t->depth;
  JFI_TRY(jfi_exponential_new(&t->exponential, &t->exponential_error, t->b->overflow, JFI_SINE_DOUBLINGS, most));
  JFI_TRY(fill(t, values, count));
  choose_scales(t);
  return JFHE_OK;
}

jfhe_status jfi_table_new(jfhe_table **out, const jfhe_bootstrap *b, const double *values, size_t count, double first) {
  JFI_TRY(check(values, count, first));
  jfhe_table *t = jfi_alloc_zero(sizeof *t);
  if (!t) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a table");
  t->b = b;
  t->first = first;
  t->last = first + (double)(count - 1);
  t->low = t->high = values[0];
  for (size_t i = 0; i < count; i++) {
    t->low = values[i] < t->low ? values[i] : t->low;
    t->high = values[i] > t->high ? values[i] : t->high;
  }
  for (t->log_n = 2; (size_t)1 << t->log_n < count;)
    t->log_n++; /* fewer than four make no sense of babies and giants */
  jfhe_status st = make(t, values, count);
  if (st != JFHE_OK) {
    jfhe_table_free(t);
    return st;
  }
  *out = t;
  return JFHE_OK;
}

void jfhe_table_free(jfhe_table *t) {
  if (!t) return;
  jfhe_poly_free(t->exponential);
  jfi_free(t->re);
  jfi_free(t->im);
  jfi_free(t->of_baby);
  jfi_free(t->of_giant);
  jfi_free(t);
}

/* ---- questions ---- */
/* Powers of w and of the giants, the first giant where it is one of w, and the sum of all products as one. */
uint32_t jfi_table_products(const jfhe_table *t) {
  uint32_t giants = t->giants > 2 ? t->giants - 2 : 0;
  return t->powers - 2 + giants + (t->log_low ? 0 : 1) + 1;
}

uint32_t jfhe_table_level_in(const jfhe_table *t) { return t->b->level_in + 1; }
uint32_t jfhe_table_level_out(const jfhe_table *t) { return t->level_out; }
uint32_t jfhe_table_digits(const jfhe_table *t) { return t->log_low ? 2 : 1; }
