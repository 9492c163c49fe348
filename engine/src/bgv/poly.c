/* bgv/poly.c: polynomials over Z_t, powers, equality. [PS73]
 *
 * Levels are spent as noise asks: factors meet at the lower one's level, a product drops one, and a value whose noise lies far above what a
 * division leaves is lowered further before it is used ("calm"). All decisions are functions of public bounds. */
#include "bgv/poly.h"

#include <string.h>

#include "base/status.h"
#include "rlwe/keyswitch.h"

/* ---- a few ciphertexts of one's own ---- */
static jfhe_status fresh(const jfi_bgv_eval *e, jfhe_ct **out) {
  return jfi_ct_alloc(out, e->b->ctx, 2, (uint32_t)jfi_set_count(e->b->ctx->chain.level[e->top]));
}

/* x at `level`, into room of its own. */
static jfhe_status at_level(const jfi_bgv_eval *e, jfhe_ct *room, const jfhe_ct *x, uint32_t level,
                            const jfhe_ct **out) {
  *out = x;
  if (x->level == level && x->factor == e->b->factor[level]) return JFHE_OK;
  *out = room;
  jfi_scratch s = *e->s;
  return jfi_bgv_to_level(e->b, room, x, level, &s);
}

/* Noise that a division leaves is t*divide_noise; 20 bits above it a product still fits, and its division takes them away. */
static jfhe_status calm(const jfi_bgv_eval *e, jfhe_ct *x) {
  double worst, sd;
  jfi_divide_noise(e->b->ctx, &worst, &sd);
  while (x->level > 0 && x->bound.worst > 0x1p20 * (double)e->b->t.q * worst) {
    double before = x->bound.worst;
    jfi_scratch s = *e->s;
    JFI_TRY(jfi_bgv_to_level(e->b, x, x, x->level - 1, &s));
    if (x->bound.worst > before / 2) break;
  }
  return JFHE_OK;
}

static jfhe_status times(const jfi_bgv_eval *e, jfhe_ct *out, const jfhe_ct *x, const jfhe_ct *y) {
  uint32_t level = x->level < y->level ? x->level : y->level;
  const jfhe_ct *a, *c;
  if (level == 0) return jfi_fail(JFHE_ERR_LEVEL, "no level is left for a product");
  JFI_TRY(at_level(e, e->aside[0], x, level, &a));
  if (x == y)
    c = a;
  else
    JFI_TRY(at_level(e, e->aside[1], y, level, &c));
  jfi_scratch s = *e->s;
  JFI_TRY(jfi_bgv_mul(e->b, out, a, c, level - 1, e->rlk, &s));
  return calm(e, out);
}

/* out += or = k*x, at the lower of the two levels. */
static jfhe_status plus(const jfi_bgv_eval *e, jfhe_ct *out, int empty, const jfhe_ct *x, int64_t k) {
  const jfhe_ct *a;
  uint32_t level = empty || x->level < out->level ? x->level : out->level;
  JFI_TRY(at_level(e, e->aside[0], x, level, &a));
  if (empty) return jfi_bgv_mul_const(e->b, out, a, k);
  if (out->level != level) {
    jfi_scratch s = *e->s;
    JFI_TRY(jfi_bgv_to_level(e->b, out, out, level, &s));
  }
  if (k != 1) {
    JFI_TRY(jfi_bgv_mul_const(e->b, e->aside[0], a, k));
    a = e->aside[0];
  }
  return jfi_bgv_add(e->b, out, out, a, 0);
}

jfhe_status jfi_bgv_eval_open(jfi_bgv_eval *e, const jfhe_bgv *b, const jfhe_ct *x, const jfhe_keyring *keys,
                              jfi_scratch *s) {
  *e = (jfi_bgv_eval){.b = b, .top = x->level, .s = s, .rlk = jfi_keyring_find(keys, JFHE_EVK_RELIN, 0)};
  JFI_TRY(jfi_bgv_usable(b, x));
  JFI_TRY(jfi_bgv_serves(b, e->rlk, x, "relinearisation"));
  for (int i = 0; i < 2; i++) JFI_TRY(fresh(e, &e->aside[i]));
  return JFHE_OK;
}

void jfi_bgv_eval_close(jfi_bgv_eval *e) {
  for (int i = 0; i < 2; i++) jfhe_ct_free(e->aside[i]);
  for (size_t i = 0; i < JFI_BGV_POWERS; i++) jfhe_ct_free(e->power[i]);
}

/* ---- powers ---- */
/* x^e, e >= 1: squarings, and a product for each further bit. out may be x. */
jfhe_status jfi_bgv_pow(const jfi_bgv_eval *e, jfhe_ct *out, const jfhe_ct *x, uint64_t exponent) {
  jfhe_ct *base = NULL, *result = NULL;
  jfhe_status st = fresh(e, &base);
  if (st == JFHE_OK) st = fresh(e, &result);
  if (st == JFHE_OK) st = jfi_bgv_copy(e->b, base, x);
  int has = 0;
  for (; st == JFHE_OK; exponent >>= 1) {
    if (exponent & 1) {
      st = has ? times(e, result, result, base) : jfi_bgv_copy(e->b, result, base);
      has = 1;
    }
    if (exponent <= 1 || st != JFHE_OK) break;
    st = times(e, base, base, base);
  }
  if (st == JFHE_OK) st = jfi_bgv_copy(e->b, out, result);
  jfhe_ct_free(base);
  jfhe_ct_free(result);
  return st;
}

/* ---- polynomials ---- */
/* power[k - 1] = x^k for k <= m, and power[m + i - 1] = x^(m 2^i): babies 1..m, giants after them. */
static jfhe_status make_powers(jfi_bgv_eval *e, const jfhe_ct *x, size_t m, size_t giants) {
  for (size_t k = 1; k <= m + giants; k++) {
    JFI_TRY(fresh(e, &e->power[k - 1]));
    jfhe_ct *out = e->power[k - 1];
    if (k == 1)
      JFI_TRY(jfi_bgv_copy(e->b, out, x));
    else if (k <= m)
      JFI_TRY(times(e, out, e->power[(k + 1) / 2 - 1], e->power[k / 2 - 1]));
    else
      JFI_TRY(times(e, out, e->power[k - 2], e->power[k - 2]));
  }
  return JFHE_OK;
}

/* A part of the polynomial: a ciphertext, or a constant alone. */
typedef struct part {
  jfhe_ct *ct; /* null: none */
  int64_t constant;
} part;

static jfhe_status eval_part(jfi_bgv_eval *e, part *out, const int64_t *c, size_t count, size_t m);

/* count <= m: sum of multiples of babies. */
static jfhe_status eval_base(jfi_bgv_eval *e, part *out, const int64_t *c, size_t count) {
  out->constant = count ? c[0] : 0;
  for (size_t k = 1; k < count; k++) {
    if (c[k] == 0) continue;
    int empty = out->ct == NULL;
    if (empty) JFI_TRY(fresh(e, &out->ct));
    JFI_TRY(plus(e, out->ct, empty, e->power[k - 1], c[k]));
  }
  return JFHE_OK;
}

/* high * x^(m 2^i) + low */
static jfhe_status join(jfi_bgv_eval *e, part *out, const jfhe_ct *giant, part *high, part *low) {
  if (high->ct) {
    if (high->constant) JFI_TRY(jfi_bgv_add_const(e->b, high->ct, high->ct, high->constant));
    JFI_TRY(times(e, high->ct, high->ct, giant));
    out->ct = high->ct;
    high->ct = NULL;
  } else if (high->constant) {
    JFI_TRY(fresh(e, &out->ct));
    JFI_TRY(plus(e, out->ct, 1, giant, high->constant));
  }
  out->constant = low->constant;
  if (!low->ct) return JFHE_OK;
  if (out->ct) return plus(e, out->ct, 0, low->ct, 1);
  out->ct = low->ct;
  low->ct = NULL;
  return JFHE_OK;
}

static jfhe_status eval_part(jfi_bgv_eval *e, part *out, const int64_t *c, size_t count, size_t m) {
  while (count > 1 && c[count - 1] == 0) count--;
  if (count <= m) return eval_base(e, out, c, count);
  size_t split = m, i = 0;
  while (2 * split < count) {
    split *= 2;
    i++;
  }
  part high = {0}, low = {0};
  jfhe_status st = eval_part(e, &high, c + split, count - split, m);
  if (st == JFHE_OK) st = eval_part(e, &low, c, split, m);
  if (st == JFHE_OK) st = join(e, out, e->power[m + i - 1], &high, &low);
  jfhe_ct_free(high.ct);
  jfhe_ct_free(low.ct);
  return st;
}

/* m: a power of two, about sqrt(count/2): as many products for babies as for giants. */
static size_t babies_of(size_t count) {
  size_t m = 1;
  while (m < 64 && 2 * m * m < count) m *= 2;
  return m;
}

jfhe_status jfi_bgv_poly(jfi_bgv_eval *e, jfhe_ct *out, const jfhe_ct *x, const int64_t *c, size_t count, double mag) {
  while (count > 1 && c[count - 1] == 0) count--;
  size_t m = babies_of(count), giants = 0;
  for (size_t s = m; 2 * s < count; s *= 2) giants++;
  part p = {0};
  jfhe_status st = make_powers(e, x, m, giants);
  if (st == JFHE_OK) st = eval_part(e, &p, c, count, m);
  if (st == JFHE_OK && !p.ct) { /* a constant polynomial: 0*x */
    st = fresh(e, &p.ct);
    if (st == JFHE_OK) st = jfi_bgv_mul_const(e->b, p.ct, x, 0);
  }
  if (st == JFHE_OK && p.constant) st = jfi_bgv_add_const(e->b, p.ct, p.ct, p.constant);
  if (st == JFHE_OK && mag > 0) p.ct->bound.mag = mag;
  if (st == JFHE_OK) st = jfi_bgv_copy(e->b, out, p.ct);
  jfhe_ct_free(p.ct);
  for (size_t i = 0; i < JFI_BGV_POWERS; i++) {
    jfhe_ct_free(e->power[i]);
    e->power[i] = NULL;
  }
  return st;
}

/* ---- equality ---- */
/* 1 - y^(t-1): Fermat. */
static jfhe_status is_zero(jfi_bgv_eval *e, jfhe_ct *y) {
  JFI_TRY(jfi_bgv_pow(e, y, y, e->b->t.q - 1));
  JFI_TRY(jfi_bgv_neg(e->b, y, y));
  JFI_TRY(jfi_bgv_add_const(e->b, y, y, 1));
  y->bound.mag = 1;
  return JFHE_OK;
}

/* c[0 .. count] *= (x - root) * w */
static void grow(const jfhe_bgv *b, uint64_t *c, size_t count, uint64_t root, uint64_t w) {
  c[count] = 0;
  for (size_t k = count + 1; k-- > 0;) {
    uint64_t up = k ? c[k - 1] : 0, down = k < count ? jfi_mod_mul(c[k], root, &b->t) : 0;
    c[k] = jfi_mod_mul(jfi_mod_sub(up, down, b->t.q), w, &b->t);
  }
}

static void centre_all(const jfhe_bgv *b, int64_t *to, const uint64_t *c, size_t count) {
  for (size_t k = 0; k < count; k++) to[k] = jfi_bgv_centre(b, c[k]);
}

/* product of (x - j)/(value - j) over the other j < domain */
jfhe_status jfi_bgv_equal_const(jfi_bgv_eval *e, jfhe_ct *out, const jfhe_ct *x, int64_t value, uint32_t domain,
                                jfhe_ct *y) {
  const jfhe_bgv *b = e->b;
  if (domain == 0) {
    JFI_TRY(jfi_bgv_add_const(b, y, x, -value));
    JFI_TRY(is_zero(e, y));
    return jfi_bgv_copy(b, out, y);
  }
  uint64_t c[JFI_BGV_DOMAIN_MAX + 1] = {1};
  int64_t coeff[JFI_BGV_DOMAIN_MAX + 1];
  size_t count = 1;
  for (uint32_t j = 0; j < domain; j++)
    if (j != value) grow(b, c, count++, j, jfi_mod_inv(jfi_bgv_mod(b, value - (int64_t)j), &b->t));
  centre_all(b, coeff, c, count);
  return jfi_bgv_poly(e, out, x, coeff, count, 1);
}

/* The product of 1 - y^2/j^2 over 0 < j < domain, as a polynomial of y^2. */
jfhe_status jfi_bgv_equal(jfi_bgv_eval *e, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *x, uint32_t domain,
                          jfhe_ct *y) {
  const jfhe_bgv *b = e->b;
  JFI_TRY(jfi_bgv_add(b, y, a, x, 1));
  if (domain == 0) {
    JFI_TRY(is_zero(e, y));
    return jfi_bgv_copy(b, out, y);
  }
  if (domain > 1) JFI_TRY(times(e, y, y, y));
  uint64_t c[JFI_BGV_DOMAIN_MAX + 1] = {1};
  int64_t coeff[JFI_BGV_DOMAIN_MAX + 1];
  size_t count = 1;
  for (uint64_t j = 1; j < domain; j++)
    grow(b, c, count++, j * j % b->t.q, jfi_mod_neg(jfi_mod_inv(j * j % b->t.q, &b->t), b->t.q));
  centre_all(b, coeff, c, count);
  return jfi_bgv_poly(e, out, y, coeff, count, 1);
}
