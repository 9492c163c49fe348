/* circuit/bootstrap_maps.c: the encoder's transform as a product of few-diagonal matrices. [CHKKS18b] [CCS19] [HHC19]
 *
 * Slot j of sum_k w_k Y^k is sum_k w_k r^(k 5^j), r = exp(pi i / 2n), w_k = m_k + i m_(k+n): with R the bit reversal it is
 * B_(n/2) ... B_2 B_1 R w, where B_h joins halves of length h: (u, v) -> (u + c_j v, u - c_j v), c_j = exp(2 pi i (5^j mod 8h)/(8h)).
 * R is left out in both directions. Each B_h is sqrt(2) times a unitary matrix; its inverse has rows of sum 1. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "circuit/bootstrap.h"
#include "circuit/cheb.h"
#include "ckks/encode.h"
#include "ckks/slots.h"

/* A product of butterflies as diagonals y*2^low, y modulo `many`; entries repeat with `period`. */
typedef struct stage {
  uint32_t low, log_slots;
  size_t many, period;
  double factor;
  double *re, *im; /* many x period */
} stage;

/* Entry i of diagonal y of `to` += (br + i bi) * entry k of diagonal z of `from`. */
static void add(stage *to, size_t y, size_t i, const stage *from, size_t z, size_t k, double br, double bi) {
  size_t t = (y & (to->many - 1)) * to->period + i, f = (z & (from->many - 1)) * from->period + k;
  double ar = from->re[f], ai = from->im[f];
  to->re[t] += ar * br - ai * bi;
  to->im[t] += ar * bi + ai * br;
}

/* to = B_h from, or its inverse; h = 2^b. */
static void join(stage *to, const stage *from, uint32_t b, int inverse, const double *cosine) {
  size_t half = (size_t)1 << b, n = (size_t)1 << to->log_slots, step = half >> to->low;
  for (size_t block = 0; block < to->period; block += 2 * half) {
    uint32_t power = 1;
    for (size_t j = 0; j < half; j++, power = (5 * power) & (uint32_t)(8 * half - 1)) {
      size_t at = power * (n / (2 * half)), lo = block + j, hi = lo + half;
      double c = jfi_cheb_cosine(cosine, n, at), s = jfi_cheb_cosine(cosine, n, at + 3 * n);
      for (size_t y = 0; y < to->many; y++) {
        add(to, y, lo, from, y, lo, inverse ? 0.5 : 1, 0);
        add(to, y + step, lo, from, y, hi, inverse ? 0.5 : c, inverse ? 0 : s);
        add(to, y - step, hi, from, y, lo, inverse ? 0.5 * c : 1, inverse ? -0.5 * s : 0);
        add(to, y, hi, from, y, hi, inverse ? -0.5 * c : -c, inverse ? 0.5 * s : -s);
      }
    }
  }
}

static jfhe_status room_for(stage *s, uint32_t log_slots, const jfi_stage *want) {
  *s = (stage){.low = want->low, .log_slots = log_slots, .factor = want->factor};
  s->period = (size_t)1 << (want->low + want->count);
  s->many = (size_t)1 << (want->count + (want->low + want->count < log_slots));
  s->re = jfi_alloc_zero(2 * s->many * s->period * sizeof(double));
  if (!s->re) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a stage of the transform");
  s->im = s->re + s->many * s->period;
  return JFHE_OK;
}

static jfhe_status multiply(stage *s, const jfi_stage *want) {
  size_t n = (size_t)1 << s->log_slots, words = s->many * s->period;
  stage other;
  JFI_TRY(room_for(&other, s->log_slots, want));
  double *table = jfi_alloc((3 * n + 1) * sizeof(double));
  jfhe_status st = table ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory for a stage of the transform");
  if (table && n > 1) jfi_cheb_cosines(table, n, table + n + 1);
  for (size_t i = 0; i < s->period; i++) s->re[i] = 1;
  for (uint32_t k = 0; table && k < want->count; k++) {
    memset(other.re, 0, 2 * words * sizeof(double));
    join(&other, s, want->inverse ? want->low + want->count - 1 - k : want->low + k, want->inverse, table);
    memcpy(s->re, other.re, 2 * words * sizeof(double));
  }
  for (size_t i = 0; i < 2 * words; i++) s->re[i] *= s->factor;
  jfi_free(table);
  jfi_free(other.re);
  return st;
}

static void diagonal(void *self, uint32_t index, double *re, double *im) {
  const stage *s = self;
  size_t y = ((size_t)index >> s->low) & (s->many - 1), n = (size_t)1 << s->log_slots;
  for (size_t i = 0; i < n; i += s->period) {
    memcpy(re + i, s->re + y * s->period, s->period * sizeof(double));
    memcpy(im + i, s->im + y * s->period, s->period * sizeof(double));
  }
}

/* Hoisted: a few babies, giants on both sides. Few keys: all babies of one sign, walked to, and then the giant lies 2^count units the other way
 * and is the unit of the next stage, which walks with it. The longest stage has no next one, and a wide stage would walk too far for that: their
 * giants have keys of their own, as many steps as babies. Those of the longest go all the way round (linmap_plan.c), so it needs one. */
static jfi_stride stride_of(uint32_t log_slots, const jfi_stage *want) {
  int32_t unit = (int32_t)1 << want->low, step = want->wide ? 2 * JFI_BOOT_STEP : JFI_BOOT_STEP;
  const int own = want->wide || want->low + want->count == log_slots;
  if (want->walk && want->count)
    return (jfi_stride){unit << (own ? (want->count + 1) / 2 : want->count), want->walk * unit};
  if ((size_t)unit * (size_t)step >= (size_t)1 << log_slots) return (jfi_stride){0, 0};
  return (jfi_stride){unit * step, 0};
}

jfhe_status jfi_stage_map(jfhe_linmap **out, const jfhe_ctx *ctx, uint32_t log_slots, const jfi_stage *want) {
  stage *s = jfi_alloc_zero(sizeof *s);
  if (!s) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a stage of the transform");
  jfhe_status st = room_for(s, log_slots, want);
  if (st == JFHE_OK) st = multiply(s, want);
  int32_t index[2 << JFI_BOOT_COUNT_MAX];
  const jfi_stride stride = stride_of(log_slots, want);
  for (size_t y = 0; st == JFHE_OK && y < s->many; y++)
    index[y] = (int32_t)((y << s->low) & (((size_t)1 << log_slots) - 1));
  for (size_t y = s->many / 2; st == JFHE_OK && want->low + want->count < log_slots && y < s->many; y++)
    index[y] = (int32_t)(((size_t)1 << log_slots) - ((s->many - y) << s->low));
  if (st == JFHE_OK) st = jfi_linmap_new(out, ctx, log_slots, index, s->many, diagonal, s, NULL, NULL, 0, &stride);
  if (st != JFHE_OK) {
    jfi_free(s->re);
    jfi_free(s);
  }
  return st;
}

void jfi_stage_map_free(jfhe_linmap *map) {
  if (!map) return;
  stage *s = map->self;
  jfhe_linmap_free(map);
  jfi_free(s->re);
  jfi_free(s);
}

/* ---- what key switches do ---- */
/* One row of weights on a stage's slots, those of one residue modulo 2^low and one period, on its way through the diagonals. */
typedef struct weights {
  const jfhe_linmap *map;
  const stage *s;
  size_t units, residue;
  double row_re[1 << JFI_BOOT_COUNT_MAX], row_im[1 << JFI_BOOT_COUNT_MAX]; /* on the stage's slots */
  double re[1 << JFI_BOOT_COUNT_MAX], im[1 << JFI_BOOT_COUNT_MAX];         /* on a baby's */
} weights;

/* Where diagonal y has slot p's entry: a number below `units`, or nowhere. */
static size_t column(const weights *w, size_t p, size_t y) {
  return w->s->many == w->units ? (p + y) & (w->units - 1) : p + y;
}

/* The stage's entry at (p, c). */
static void entry(const weights *w, size_t p, size_t c, double *re, double *im) {
  size_t at = ((c - p) & (w->s->many - 1)) * w->s->period + (p << w->s->low) + w->residue;
  *re = w->s->re[at];
  *im = w->s->im[at];
}

/* A row of 2-norm 1: of what undoes the stage, a factor times 2^(count/2) times a unitary matrix; of what follows a stage up, which meets one slot. */
static void start_row(weights *w, const jfi_stage *want, size_t q) {
  const double scale = 1 / (want->factor * sqrt((double)w->units));
  for (size_t p = 0; p < w->units; p++) {
    if (want->inverse) {
      w->row_re[p] = p == q;
      w->row_im[p] = 0;
      continue;
    }
    entry(w, p, q, &w->row_re[p], &w->row_im[p]);
    w->row_re[p] *= scale;
    w->row_im[p] *= -scale;
  }
}

static void add_diagonal(weights *w, size_t y) {
  for (size_t p = 0; p < w->units; p++) {
    size_t c = column(w, p, y) & (w->s->many - 1);
    double re, im;
    if (c >= w->units) continue;
    entry(w, p, c, &re, &im);
    w->re[c] += w->row_re[p] * re - w->row_im[p] * im;
    w->im[c] += w->row_re[p] * im + w->row_im[p] * re;
  }
}

/* Sum over the babies' switches of the squares of the weights on each: of its own diagonals, and on a walk of all that lie behind it. */
static double squares(weights *w) {
  const jfhe_linmap *map = w->map;
  double sum = 0;
  memset(w->re, 0, sizeof w->re);
  memset(w->im, 0, sizeof w->im);
  for (size_t j = map->n_babies; j-- > 0;) {
    for (size_t t = 0; t < map->count; t++)
      if (map->diag[t].baby_at == j) add_diagonal(w, (size_t)map->diag[t].index >> w->s->low & (w->s->many - 1));
    for (size_t c = 0; c < w->units && map->baby[j] != 0; c++) sum += w->re[c] * w->re[c] + w->im[c] * w->im[c];
    if (map->stride.walk) continue;
    memset(w->re, 0, sizeof w->re);
    memset(w->im, 0, sizeof w->im);
  }
  return sum;
}

double jfi_stage_babies(const jfhe_linmap *map, const jfi_stage *want) {
  weights w = {.map = map, .s = map->self, .units = (size_t)1 << want->count};
  const double work = (double)((w.units << want->low) * (map->count * (w.units + map->n_babies)));
  double most = 0;
  if (work > 0x1p25) return HUGE_VAL;
  for (w.residue = 0; w.residue < (size_t)1 << want->low; w.residue++)
    for (size_t q = 0; q < w.units; q++) {
      start_row(&w, want, q);
      double sum = squares(&w);
      if (sum > most) most = sum;
    }
  return sqrt(most) * (1 + 0x1p-30);
}

/* As many switches as a baby has behind it on a walk, each on a row of the map, and as often as the weights on the stage's slots meet at one slot of a switch,
 * through diagonals that have the baby in common, or lie behind it. Up, they are on 2^low slots in a line, and diagonals are multiples of 2^low: once. Down
 * they are on 2^(low + count): for each giant that fits in between, or each diagonal on a walk. */
double jfi_stage_babies_most(const jfhe_linmap *map, const jfi_stage *want) {
  const double units = (double)((uint64_t)1 << want->count), unit = (double)((uint64_t)1 << want->low);
  const jfi_stride *d = &map->stride;
  double meets = d->width ? fmax(1, units * unit / (double)d->width) : fmin(units, (double)map->n_giants);
  if (d->walk) meets = units;
  if (want->inverse) meets = 1;
  return map->norm2 * sqrt(meets * (d->walk ? (double)(map->n_babies - 1) : 1));
}

/* ---- what encoding does ---- */
typedef struct room {
  double *re, *im, *turned_re, *turned_im, *row;
  int64_t *coeff;
} room;

/* Diagonal t's error: encoded coefficients back to slots, less the entries; the row that entry i serves is i + giant turned back. */
static double measure_one(const jfhe_linmap *map, size_t t, double scale, const room *r, jfi_scratch s) {
  const jfi_diag *d = &map->diag[t];
  const jfhe_ctx *ctx = map->ctx;
  size_t period = (size_t)1 << d->log_period, stride = ctx->ring->n / (2 * period), mask = period - 1;
  jfi_linmap_read(map, d->index, r->re, r->im);
  for (size_t i = 0; i < period; i++) {
    size_t to = (i + (size_t)(int64_t)d->giant) & mask;
    r->turned_re[to] = r->re[i];
    r->turned_im[to] = r->im[i];
  }
  jfi_numbers x = {.re = r->turned_re,
                   .im = r->turned_im,
                   .count = period,
                   .packing = JFHE_PACK_COMPLEX,
                   .log_slots = d->log_period,
                   .scale = scale,
                   .mag = d->mag};
  jfi_encode_coeffs(ctx, r->coeff, &x, &s);
  for (size_t k = 0; k < period; k++) {
    r->re[k] = (double)r->coeff[k * stride] / scale;
    r->im[k] = (double)r->coeff[(k + period) * stride] / scale;
  }
  ctx->ring->k->fft_fwd(r->re, r->im, ctx->fft_re, ctx->fft_im, period);
  double *got_re = r->re + period, *got_im = r->im + period, most = 0, fft = jfi_fft_noise(period, d->mag).worst;
  jfi_slots_gather(got_re, period, r->re, d->log_period);
  jfi_slots_gather(got_im, period, r->im, d->log_period);
  for (size_t i = 0; i < period; i++) {
    double e = jfi_hypot(got_re[i] - r->turned_re[i], got_im[i] - r->turned_im[i]) + fft;
    if (e > most) most = e;
    r->row[(i - (size_t)(int64_t)d->giant) & mask] += e * e;
  }
  return most;
}

jfhe_status jfi_linmap_measure(const jfhe_linmap *map, double scale, jfi_encoded *e) {
  size_t n = map->slots, period = 1, len = jfi_linmap_encode_bytes(map);
  *e = (jfi_encoded){0};
  for (size_t t = 0; t < map->count; t++)
    if ((size_t)1 << map->diag[t].log_period > period) period = (size_t)1 << map->diag[t].log_period;
  double *x = jfi_alloc_zero(7 * 2 * n * sizeof(double));
  int64_t *coeff = jfi_alloc(map->ctx->ring->n * sizeof *coeff);
  void *scratch = jfi_alloc(len);
  jfhe_status st = x && coeff && scratch ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory to measure a linear map");
  for (size_t t = 0; st == JFHE_OK && t < map->count; t++) {
    /* shorter periods than the longest repeat in the rows */
    size_t own = (size_t)1 << map->diag[t].log_period;
    room r = {x, x + 2 * n, x + 4 * n, x + 6 * n, x + 8 * n, coeff};
    jfi_scratch s;
    jfi_scratch_init(&s, scratch, len);
    memset(r.row, 0, own * sizeof(double));
    if (map->diag[t].constant) continue;
    e->l1 += measure_one(map, t, scale, &r, s);
    for (size_t i = 0; i < period; i++) x[10 * n + i] += r.row[i & (own - 1)];
  }
  double sum = 0;
  for (size_t i = 0; st == JFHE_OK && i < period; i++) {
    sum += x[10 * n + i];
    if (x[10 * n + i] > e->l2) e->l2 = x[10 * n + i];
  }
  e->l1 *= 1 + 0x1p-20;
  e->l2 = sqrt(e->l2) * (1 + 0x1p-20);
  e->rms = sqrt(sum / (double)period);
  jfi_free(x);
  jfi_free(coeff);
  jfi_free(scratch);
  return st;
}
