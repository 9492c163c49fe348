/* circuit/bootstrap_noise.c: the deviation to expect of a bootstrap. A prediction: no bound depends on it.
 *
 * Every rounding on the way through the sine is an error of its own, and what it does to the result is, to first order, the result's slope by the
 * number that was rounded. The slopes are those of the evaluation read backwards; their squares are averaged over the integer parts that
 * there are, most of which are small. (The bounds take each slope at its largest.) docs/SOUNDNESS.md, "Bootstrapping: deviation". */
#include <math.h>
#include <string.h>

#include "circuit/bootstrap.h"
#include "rlwe/noise.h"

enum {
  TERMS = JFI_SPARSE_WEIGHT + 1, /* of an integer part: c0 and a coefficient of c1 for each of the secret's */
  POWERS = 1 << (JFI_SINE_LEVELS - JFI_SINE_DOUBLINGS),
  DEPTHS = JFI_SINE_LEVELS + 1
};

/* Integer parts of less chance than this are in fewer than one of 2^13 vectors of 2^17 numbers. */
static const double RARE = 0x1p-30;

/* One argument's way through the polynomial, and back. */
typedef struct replay {
  const jfhe_ctx *ctx;
  const jfhe_bootstrap *b;
  double power[POWERS], slope[POWERS]; /* T_n; the result's slope by it */
  double moved[POWERS][DEPTHS];        /* by what is rounded where T_n is moved to a level, counted from the sine's */
  double sum;                          /* of squared slopes over squared scales: roundings are of one size at scale 1 */
} replay;

static uint32_t level_of(const replay *r, uint32_t n) { return r->b->level_sine - jfi_poly_power_depth(n); }

static void rounded(replay *r, double slope, double scale) { r->sum += slope / scale * (slope / scale); }

/* T_n serves as an operand at a level; the result's slope by it there. */
static void operand(replay *r, uint32_t n, uint32_t level, double slope) {
  const jfi_chain *c = &r->ctx->chain;
  r->slope[n] += slope;
  if (!jfi_set_within(c->level[level], c->level[level_of(r, n)])) r->moved[n][r->b->level_sine - level] += slope;
}

static double value(const replay *r, uint32_t node) {
  const jfi_poly_plan *p = &r->b->cosine->plan;
  double sum = p->node[node].c0;
  for (uint32_t t = p->node[node].terms; t != JFI_POLY_NONE; t = p->term[t].next)
    sum += (p->term[t].child == JFI_POLY_NONE ? p->term[t].c : value(r, p->term[t].child)) * r->power[p->term[t].power];
  return sum;
}

/* A node of the tree, whose value is rounded at a level and scale: circuit/poly_eval.c solves the scales in the same way. */
static void back_node(replay *r, uint32_t node, uint32_t level, double scale, double slope) {
  const jfi_poly_plan *p = &r->b->cosine->plan;
  const jfi_chain *c = &r->ctx->chain;
  rounded(r, slope, scale);
  for (uint32_t t = p->node[node].terms; t != JFI_POLY_NONE; t = p->term[t].next) {
    const jfi_poly_term *term = &p->term[t];
    operand(r, term->power, level + 1, slope * (term->child == JFI_POLY_NONE ? term->c : value(r, term->child)));
    if (term->child != JFI_POLY_NONE)
      back_node(r, term->child, level + 1, scale * c->step[level + 1] / c->scale[level + 1],
                slope * r->power[term->power]);
  }
}

/* T_n = 2 T_a T_b - T_(a-b), for all n from above. */
static void back_powers(replay *r) {
  const jfhe_poly *p = r->b->cosine;
  const double *scale = r->ctx->chain.scale;
  for (uint32_t n = p->degree; n > 1; n--) {
    if (!p->plan.need[n]) continue;
    uint32_t a, b, level = level_of(r, n) + 1;
    jfi_poly_power_split(n, &a, &b);
    rounded(r, r->slope[n], scale[level - 1]);
    operand(r, a, level, 2 * r->power[b] * r->slope[n]);
    operand(r, b, level, 2 * r->power[a] * r->slope[n]);
    if (a != b) operand(r, a - b, level, -r->slope[n]);
  }
  for (uint32_t n = 1; n <= p->degree; n++)
    for (uint32_t d = 0; d < DEPTHS; d++) rounded(r, r->moved[n][d], scale[r->b->level_sine - d]);
}

/* The sum for the argument u. scale: of the polynomial's value. */
static double replay_at(replay *r, double u, double scale) {
  const double *step = r->ctx->chain.step;
  double c[JFI_SINE_DOUBLINGS + 1], s[JFI_SINE_DOUBLINGS + 1] = {scale}, slope = 1;
  const uint32_t level = r->b->level_out + JFI_SINE_DOUBLINGS;
  memset(r->slope, 0, sizeof r->slope);
  memset(r->moved, 0, sizeof r->moved);
  r->sum = 0;
  r->power[0] = 1;
  r->power[1] = u;
  for (uint32_t n = 2; n <= r->b->cosine->degree; n++) r->power[n] = 2 * u * r->power[n - 1] - r->power[n - 2];
  c[0] = value(r, 0);
  for (uint32_t d = 0; d < JFI_SINE_DOUBLINGS; d++) {
    c[d + 1] = 2 * c[d] * c[d] - 1;
    s[d + 1] = s[d] * s[d] / step[level - d];
  }
  for (uint32_t d = JFI_SINE_DOUBLINGS; d > 0; d--) {
    rounded(r, slope, s[d]);
    slope *= 4 * c[d - 1];
  }
  back_node(r, 0, level, scale, slope);
  back_powers(r);
  return r->sum;
}

/* chance[k]: that a sum of TERMS (odd) uniform numbers on [-1/2, 1/2] is nearest to k - TERMS/2: Eulerian numbers over TERMS!. */
static void integer_parts(double chance[TERMS]) {
  memset(chance, 0, TERMS * sizeof *chance);
  chance[0] = 1;
  for (int n = 2; n <= TERMS; n++)
    for (int k = n - 1; k >= 0; k--) chance[k] = ((k + 1) * chance[k] + (k ? (n - k) * chance[k - 1] : 0)) / n;
}

jfi_sine_noise jfi_sine_deviation(const jfhe_ctx *ctx, const jfhe_bootstrap *b, double scale) {
  double chance[TERMS], sum = 0, all = 0, most = 0, worst, sd;
  replay r = {.ctx = ctx, .b = b};
  integer_parts(chance);
  for (int k = 0; k < TERMS; k++) {
    double t = k - TERMS / 2; /* numbers themselves are small beside 1 */
    double u = (t - 0.25) / b->overflow;
    if (fabs(u) > 1) continue;
    double square = replay_at(&r, u, scale);
    sum += chance[k] * square;
    all += chance[k];
    if (chance[k] > RARE && square > most) most = square;
  }
  jfi_divide_noise(ctx, &worst, &sd);
  return (jfi_sine_noise){sd * sqrt(sum / all), sd * sqrt(most)};
}

/* Mean squares of (3/4) x - x^3: over x uniform on [-m, m], moments m^2/3, m^4/5, m^6/7; over a coordinate of a number uniform on the disc of
 * radius m, moments m^2/4, m^4/8, 5 m^6/64. */
jfi_noise jfi_sine_bend(double cubic, double m, int complex) {
  double m2 = m * m, most = m < 0.5 ? m * (0.75 - m2) : 0.25;
  double mean = complex ? m2 * (9.0 / 64 + m2 * (5.0 / 64 * m2 - 3.0 / 16)) : m2 * (3.0 / 16 + m2 * (m2 / 7 - 0.3));
  return (jfi_noise){cubic * (most + cubic * m), cubic * sqrt(mean)};
}
