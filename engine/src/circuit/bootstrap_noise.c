/* circuit/bootstrap_noise.c: what the sine's own roundings do to a bootstrap: the deviation to expect, and a proved bound.
 *
 * Every rounding on the way through the sine is an error of its own, and what it does to the result is the result's slope by the number that was
 * rounded, times it: exactly so if what errors make of each other in a product counts as one more error there. The slopes are those of the
 * evaluation read backwards. The deviation averages their squares over the integer parts that there are, most of which are small; the bound takes their sum where it
 * is largest, over all arguments: roundings are random, so they add in squares there too. docs/SOUNDNESS.md, "Bootstrapping: the sine's roundings",
 * "Bootstrapping: deviation". */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "circuit/bootstrap.h"
#include "circuit/cheb.h"
#include "ckks/round.h"
#include "rlwe/keyring.h"
#include "rlwe/keyswitch.h"
#include "rlwe/noise.h"

enum {
  TERMS = JFI_SPARSE_WEIGHT + 1, /* of an integer part: c0 and a coefficient of c1 for each of the secret's */
  POWERS = 1 << (JFI_SINE_LEVELS - JFI_SINE_DOUBLINGS),
  DEPTHS = JFI_SINE_LEVELS + 1
};

/* Integer parts of less chance than this are in fewer than one of 2^13 vectors of 2^17 numbers. */
static const double RARE = 0x1p-30;

/* What recomputed scales and rounded products of doubles do to a number of modulus 1, at any place: four times JFI_SCALE_DRIFT. */
static const double DRIFT = 0x1p-46;
/* Above 1/cos(pi/16) = 1.01959.. (cheb.h) by more than the slopes' own roundings. */
static const double SUP = 1.02;
enum { FINE = 1 << 15 }; /* angles between 0 and pi, less than 3.2/FINE apart */

/* What is no random rounding, at each place: of constants and scales, and what errors make of each other. The most that it can be, whatever the argument. */
typedef struct steady {
  double power[POWERS], node[POWERS], moved[POWERS][DEPTHS], twice[JFI_SINE_DOUBLINGS];
} steady;

/* One argument's way through the polynomial, and back. */
typedef struct replay {
  const jfhe_ctx *ctx;
  const jfhe_bootstrap *b;
  steady steady;                       /* 0 until asked for */
  double power[POWERS], slope[POWERS]; /* T_n; the result's slope by it */
  double moved[POWERS][DEPTHS];        /* by what is rounded where T_n is moved to a level, counted from the sine's */
  double sum;                          /* of squared slopes over squared scales: roundings are of one size at scale 1 */
  double drift;                        /* of slopes' moduli times what is steady */
} replay;

static uint32_t level_of(const replay *r, uint32_t n) { return r->b->level_sine - jfi_poly_power_depth(n); }

static void rounded(replay *r, double slope, double scale, const double *more) {
  r->sum += slope / scale * (slope / scale);
  r->drift += fabs(slope) * *more;
}

static int moves(const replay *r, uint32_t n, uint32_t level) {
  const jfi_chain *c = &r->ctx->chain;
  return !jfi_set_within(c->level[level], c->level[level_of(r, n)]);
}

/* T_n serves as an operand at a level; the result's slope by it there. */
static void operand(replay *r, uint32_t n, uint32_t level, double slope) {
  r->slope[n] += slope;
  if (moves(r, n, level)) r->moved[n][r->b->level_sine - level] += slope;
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
  rounded(r, slope, scale, &r->steady.node[node]);
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
    rounded(r, r->slope[n], scale[level - 1], &r->steady.power[n]);
    operand(r, a, level, 2 * r->power[b] * r->slope[n]);
    operand(r, b, level, 2 * r->power[a] * r->slope[n]);
    if (a != b) operand(r, a - b, level, -r->slope[n]);
  }
  for (uint32_t n = 1; n <= p->degree; n++)
    for (uint32_t d = 0; d < DEPTHS; d++)
      rounded(r, r->moved[n][d], scale[r->b->level_sine - d], &r->steady.moved[n][d]);
}

/* The sum for the argument u. scale: of the polynomial's value. */
static double replay_at(replay *r, double u, double scale) {
  const double *step = r->ctx->chain.step;
  double c[JFI_SINE_DOUBLINGS + 1], s[JFI_SINE_DOUBLINGS + 1] = {scale}, slope = 1;
  const uint32_t level = r->b->level_out + JFI_SINE_DOUBLINGS;
  memset(r->slope, 0, sizeof r->slope);
  memset(r->moved, 0, sizeof r->moved);
  r->sum = r->drift = 0;
  r->power[0] = 1;
  r->power[1] = u;
  for (uint32_t n = 2; n <= r->b->cosine->degree; n++) r->power[n] = 2 * u * r->power[n - 1] - r->power[n - 2];
  c[0] = value(r, 0);
  for (uint32_t d = 0; d < JFI_SINE_DOUBLINGS; d++) {
    c[d + 1] = 2 * c[d] * c[d] - 1;
    s[d + 1] = s[d] * s[d] / step[level - d];
  }
  for (uint32_t d = JFI_SINE_DOUBLINGS; d > 0; d--) {
    rounded(r, slope, s[d], &r->steady.twice[d - 1]);
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

static void deviation(jfi_sine_noise *noise, replay *r, double scale) {
  double chance[TERMS], sum = 0, all = 0, most = 0, worst, sd;
  integer_parts(chance);
  for (int k = 0; k < TERMS; k++) {
    double t = k - TERMS / 2; /* numbers themselves are small beside 1 */
    double u = (t - 0.25) / r->b->overflow;
    if (fabs(u) > 1) continue;
    double square = replay_at(r, u, scale);
    sum += chance[k] * square;
    all += chance[k];
    if (chance[k] > RARE && square > most) most = square;
  }
  jfi_divide_noise(r->ctx, &worst, &sd);
  noise->sd = sd * sqrt(sum / all);
  noise->most = sd * sqrt(most);
}

/* ---- the bound ---- */
/* Errors forward: off[n], of T_n; node by node. What is steady follows from them. */
typedef struct forward {
  replay *r;
  double unit; /* a rounding at scale 1 */
  double power[POWERS], node[POWERS];
} forward;

/* Of T_n as an operand at a level. Moving multiplies by an integer of 44 bits or more, or of as many as the steps between have. (circuit/move.c) */
static double off_at(forward *f, uint32_t n, uint32_t level) {
  const jfi_chain *c = &f->r->ctx->chain;
  const uint32_t from = level_of(f->r, n);
  double factor = c->scale[level] / c->scale[from], *more = &f->r->steady.moved[n][f->r->b->level_sine - level];
  if (!moves(f->r, n, level)) return f->power[n];
  for (uint32_t l = level + 1; l <= from; l++) factor *= c->step[l];
  *more = 0.5 / fmin(factor, 0x1p44) + DRIFT;
  return f->power[n] + f->unit / c->scale[level] + *more;
}

/* From 2 T_a T_b - T_(a-b), with |T| <= 1. */
static void forward_powers(forward *f) {
  const jfhe_poly *p = f->r->b->cosine;
  const double *scale = f->r->ctx->chain.scale;
  for (uint32_t n = 2; n <= p->degree; n++) {
    if (!p->plan.need[n]) continue;
    uint32_t a, b, level = level_of(f->r, n) + 1;
    jfi_poly_power_split(n, &a, &b);
    double x = off_at(f, a, level), y = off_at(f, b, level), z = a == b ? 0 : off_at(f, a - b, level);
    f->r->steady.power[n] = 2 * x * y + 1 / scale[level] + DRIFT;
    f->power[n] = 2 * (x + y) + z + f->r->steady.power[n] + f->unit / scale[level - 1];
  }
}

/* A node's error, after its children's. A constant is an integer over the ratio of the sum's scale and the power's. */
static double forward_node(forward *f, uint32_t node, uint32_t level, double scale) {
  const jfi_poly_plan *p = &f->r->b->cosine->plan;
  const jfi_chain *c = &f->r->ctx->chain;
  double sum = f->unit / scale, more = DRIFT * (1 + p->node[node].abs);
  for (uint32_t t = p->node[node].terms; t != JFI_POLY_NONE; t = p->term[t].next) {
    const jfi_poly_term *term = &p->term[t];
    const double x = off_at(f, term->power, level + 1);
    if (term->child == JFI_POLY_NONE) {
      sum += fabs(term->c) * x;
      more += 2 * c->scale[level + 1] / (scale * c->step[level + 1]);
    } else {
      double y = forward_node(f, term->child, level + 1, scale * c->step[level + 1] / c->scale[level + 1]);
      sum += p->node[term->child].abs * x + y;
      more += x * y;
    }
  }
  f->r->steady.node[node] = more;
  return sum + more;
}

static void forward_all(forward *f, double scale) {
  const jfhe_bootstrap *b = f->r->b;
  const uint32_t level = b->level_out + JFI_SINE_DOUBLINGS;
  forward_powers(f);
  double off = forward_node(f, 0, level, scale) + b->cosine_error;
  f->r->steady.node[0] += b->cosine_error;
  for (uint32_t d = 0; d < JFI_SINE_DOUBLINGS; d++) {
    double next = scale * scale / f->r->ctx->chain.step[level - d];
    f->r->steady.twice[d] = 2 * off * off + 1 / next + DRIFT;
    off = 4 * off + f->r->steady.twice[d] + f->unit / next;
    scale = next;
  }
}

/* Suprema over the arguments. Slopes are polynomials of the argument, of a degree of at most that of the result; so are sums of them with fixed weights, and
 * the largest of all sums with weights of square sum 1 is the root that is wanted: what holds of one polynomial's supremum holds of it. First over all
 * arguments, from Chebyshev nodes. */
static void everywhere(jfi_sine_noise *noise, replay *r, double scale, const double *table, size_t n) {
  double sum = 0, drift = 0;
  for (size_t k = 0; k < n / 2; k++) { /* slopes are even or odd */
    sum = fmax(sum, replay_at(r, jfi_cheb_cosine(table, n, 2 * k + 1), scale));
    drift = fmax(drift, r->drift);
  }
  noise->worst = sqrt(sum) * SUP;
  noise->drift = drift * SUP;
}

/* Then near integers, where t is: within eps, and the error's window. Between neighbours of a grid of angles the root changes by no more
 * than degree * angle times its supremum (Bernstein). */
static void near_integers(jfi_sine_noise *noise, replay *r, double scale, const double *table, double degree) {
  const double half = 1.6 / FINE, reach = r->b->eps + 0x1p-8 + r->b->overflow * half;
  double sum = 0;
  for (size_t k = 0; k <= FINE; k++) {
    const double u = jfi_cheb_cosine(table, FINE / 2, k), t = r->b->overflow * u + 0.25;
    if (fabs(t - jfi_round_double(t)) <= reach) sum = fmax(sum, replay_at(r, u, scale));
  }
  noise->worst = fmin(noise->worst, sqrt(sum) * (1 + 0x1p-20) + degree * half * noise->worst);
}

static jfhe_status bound(jfi_sine_noise *noise, replay *r, double scale) {
  const size_t degree = (size_t)r->b->cosine->degree << JFI_SINE_DOUBLINGS, n = jfi_sup_nodes(degree);
  const size_t room = n > FINE / 2 ? n : FINE / 2;
  double *table = jfi_alloc((3 * room + 1) * sizeof(double)), sd;
  forward *f = jfi_alloc_zero(sizeof *f);
  if (table && f) {
    f->r = r;
    jfi_divide_noise(r->ctx, &f->unit, &sd);
    f->unit *= 1 + JFI_SINE_ROOM;
    forward_all(f, scale);
    jfi_cheb_cosines(table, n, table + n + 1);
    everywhere(noise, r, scale, table, n);
    jfi_cheb_cosines(table, FINE / 2, table + FINE / 2 + 1);
    near_integers(noise, r, scale, table, (double)degree);
    noise->worst *= f->unit;
  }
  int ok = table && f;
  jfi_free(table);
  jfi_free(f);
  return ok ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory for a sine's bound");
}

jfhe_status jfi_sine_noise_of(jfi_sine_noise *noise, const jfhe_ctx *ctx, const jfhe_bootstrap *b, double scale) {
  replay *r = jfi_alloc_zero(sizeof *r);
  if (!r) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a sine's bound");
  r->ctx = ctx;
  r->b = b;
  deviation(noise, r, scale);
  jfhe_status st = bound(noise, r, scale);
  jfi_free(r);
  return st;
}

/* Of a real argument the conjugation's key switch leaves an imaginary part of at most w: a polynomial grows there by no more than rho^degree, rho that of an
 * ellipse of half axis 1 + w (circuit/poly_bound.c), and what is steady as products do. */
double jfi_sine_worst(const jfhe_ctx *ctx, const jfhe_bootstrap *b, double scale, const jfhe_keyring *keys) {
  const jfi_chain *c = &ctx->chain;
  const jfhe_evk *rlk = jfi_keyring_find(keys, JFHE_EVK_RELIN, 0),
                 *turn = jfi_keyring_find(keys, JFHE_EVK_GALOIS, jfhe_galois_conjugate(ctx));
  double division, worst, sd, growth = 1;
  jfi_divide_noise(ctx, &division, &sd);
  for (uint32_t l = b->level_out + 1; l <= b->level_sine; l++) {
    jfi_keyswitch_noise(ctx, c->level[l], rlk, &worst, &sd);
    if (!(worst <= JFI_SINE_ROOM * division * c->step[l])) return HUGE_VAL;
  }
  jfi_keyswitch_noise(ctx, c->level[b->level_sine], turn, &worst, &sd);
  const double w = worst / scale, rho = (1 + w + sqrt(w * (2 + w))) * (1 + 0x1p-48);
  for (uint32_t i = 0; i < b->cosine->degree << JFI_SINE_DOUBLINGS; i++) growth *= rho;
  return jfi_up(growth * (b->sine.worst + growth * b->sine.drift));
}

/* Mean squares of (3/4) x - x^3: over x uniform on [-m, m], moments m^2/3, m^4/5, m^6/7; over a coordinate of a number uniform on the disc of
 * radius m, moments m^2/4, m^4/8, 5 m^6/64. */
jfi_noise jfi_sine_bend(double cubic, double m, int complex) {
  double m2 = m * m, most = m < 0.5 ? m * (0.75 - m2) : 0.25;
  double mean = complex ? m2 * (9.0 / 64 + m2 * (5.0 / 64 * m2 - 3.0 / 16)) : m2 * (3.0 / 16 + m2 * (m2 / 7 - 0.3));
  return (jfi_noise){cubic * (most + cubic * m), cubic * sqrt(mean)};
}
