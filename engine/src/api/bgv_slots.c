/* api/bgv_slots.c: rotations, sums, maps, polynomials and equality of integers. */
#include "api/check.h"
#include "bgv/linmap.h"
#include "bgv/poly.h"
#include "rlwe/product.h"

/* ---- rotations and sums ---- */
jfhe_status jfhe_bgv_rotate(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int32_t k, const jfhe_keyring *keys,
                            void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(b && out && a && keys, "rotate");
  JFI_TRY(jfi_scratch_open_at(b->ctx, &s, scratch, scratch_len, a, jfi_bgv_rotate_bytes));
  return jfi_bgv_rotate(b, out, a, k, keys, &s);
}

jfhe_status jfhe_bgv_swap(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_keyring *keys, void *scratch,
                          size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(b && out && a && keys, "exchange rows");
  JFI_TRY(jfi_scratch_open_at(b->ctx, &s, scratch, scratch_len, a, jfi_bgv_rotate_bytes));
  return jfi_bgv_swap(b, out, a, keys, &s);
}

size_t jfhe_bgv_rotate_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? jfi_bgv_rotate_bytes(ctx, level) : 0;
}

jfhe_status jfhe_bgv_rotate_all(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int32_t k, const jfhe_keyring *keys,
                                void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(b && out && a && keys, "rotate all slots");
  if (a->level > b->ctx->chain.top) return jfi_fail(JFHE_ERR_LEVEL, "no level %u", a->level);
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfi_bgv_rotate_all_bytes(b, a->level)));
  return jfi_bgv_rotate_all(b, out, a, k, keys, &s);
}

size_t jfhe_bgv_rotate_all_scratch(const jfhe_bgv *b, uint32_t level) {
  return b && level <= b->ctx->chain.top ? jfi_bgv_rotate_all_bytes(b, level) : 0;
}

jfhe_status jfhe_bgv_inner_sum(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, uint32_t stride, uint32_t count,
                               int rows, const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(b && out && a && keys, "sum");
  JFI_TRY(jfi_scratch_open_at(b->ctx, &s, scratch, scratch_len, a, jfi_bgv_sum_bytes));
  return jfi_bgv_inner_sum(b, out, a, stride, count, rows, keys, &s);
}

size_t jfhe_bgv_sum_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? jfi_bgv_sum_bytes(ctx, level) : 0;
}

/* ---- maps ---- */
static size_t map_bytes(const jfhe_ctx *ctx, uint32_t level) {
  size_t hoist = jfi_bgv_hoist_bytes(ctx, level), one = jfi_bgv_rotate_bytes(ctx, level);
  return hoist > one ? hoist : one;
}

jfhe_status jfhe_bgv_map_apply(const jfhe_bgv_map *map, jfhe_ct *out, const jfhe_ct *a, const jfhe_keyring *keys,
                               void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(map && out && a && keys, "apply a map");
  JFI_TRY(jfi_scratch_open_at(map->b->ctx, &s, scratch, scratch_len, a, map_bytes));
  return jfi_bgv_map_apply(out, a, map, keys, &s);
}

size_t jfhe_bgv_map_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? map_bytes(ctx, level) : 0;
}

/* ---- polynomials ---- */
static size_t poly_bytes(const jfhe_ctx *ctx, uint32_t level) {
  size_t mul = jfi_product_bytes(ctx, level), down = jfi_bgv_to_level_bytes(ctx, level);
  for (uint32_t l = 0; l < level; l++) {
    size_t m = jfi_product_bytes(ctx, l), d = jfi_bgv_to_level_bytes(ctx, l);
    if (m > mul) mul = m;
    if (d > down) down = d;
  }
  return mul > down ? mul : down;
}

size_t jfhe_bgv_poly_scratch(const jfhe_ctx *ctx, uint32_t level) {
  return ctx && level <= ctx->chain.top ? poly_bytes(ctx, level) : 0;
}

jfhe_status jfhe_bgv_poly(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *x, const int64_t *coeff, size_t count,
                          const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  jfi_bgv_eval e;
  JFI_NEED(b && out && x && coeff && keys, "evaluate a polynomial");
  if (count == 0 || count > JFI_BGV_POLY_COUNT_MAX || count > b->t.q)
    return jfi_fail(JFHE_ERR_ARG, "%zu coefficients; at least 1, at most %d and t", count, JFI_BGV_POLY_COUNT_MAX);
  JFI_TRY(jfi_scratch_open_at(b->ctx, &s, scratch, scratch_len, x, poly_bytes));
  int64_t *c = jfi_alloc(count * sizeof *c);
  if (!c) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a polynomial");
  for (size_t i = 0; i < count; i++) c[i] = jfi_bgv_centre(b, jfi_bgv_mod(b, coeff[i]));
  jfhe_status st = jfi_bgv_eval_open(&e, b, x, keys, &s);
  if (st == JFHE_OK) st = jfi_bgv_poly(&e, out, x, c, count, 0);
  jfi_bgv_eval_close(&e);
  jfi_free(c);
  return st;
}

jfhe_status jfhe_bgv_pow(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *x, uint32_t exponent, const jfhe_keyring *keys,
                         void *scratch, size_t scratch_len) {
  jfi_scratch s;
  jfi_bgv_eval e;
  JFI_NEED(b && out && x && keys, "raise to a power");
  if (exponent == 0) return jfi_fail(JFHE_ERR_ARG, "the exponent is 0");
  JFI_TRY(jfi_scratch_open_at(b->ctx, &s, scratch, scratch_len, x, poly_bytes));
  jfhe_status st = jfi_bgv_eval_open(&e, b, x, keys, &s);
  if (st == JFHE_OK) st = jfi_bgv_pow(&e, out, x, exponent);
  jfi_bgv_eval_close(&e);
  return st;
}

static jfhe_status check_domain(const jfhe_bgv *b, uint32_t domain, uint64_t least_t) {
  if (domain > JFI_BGV_DOMAIN_MAX || least_t > b->t.q)
    return jfi_fail(JFHE_ERR_ARG, "a domain of %u: at most %d, and t = %llu must tell its integers apart", domain,
                    JFI_BGV_DOMAIN_MAX, (unsigned long long)b->t.q);
  return JFHE_OK;
}

jfhe_status jfhe_bgv_equal_const(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *x, int32_t value, uint32_t domain,
                                 const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  jfi_bgv_eval e;
  jfhe_ct *y = NULL;
  JFI_NEED(b && out && x && keys, "compare");
  JFI_TRY(check_domain(b, domain, domain));
  if (domain && (value < 0 || (uint32_t)value >= domain))
    return jfi_fail(JFHE_ERR_ARG, "the value %d is outside of the domain of %u", value, domain);
  JFI_TRY(jfi_scratch_open_at(b->ctx, &s, scratch, scratch_len, x, poly_bytes));
  jfhe_status st = jfi_bgv_eval_open(&e, b, x, keys, &s);
  if (st == JFHE_OK) st = jfhe_ct_new(&y, b->ctx, 1, x->level);
  if (st == JFHE_OK) st = jfi_bgv_equal_const(&e, out, x, value, domain, y);
  jfhe_ct_free(y);
  jfi_bgv_eval_close(&e);
  return st;
}

jfhe_status jfhe_bgv_equal(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *x, const jfhe_ct *y, uint32_t domain,
                           const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  jfi_bgv_eval e;
  jfhe_ct *d = NULL;
  JFI_NEED(b && out && x && y && keys, "compare");
  JFI_TRY(check_domain(b, domain, 2 * (uint64_t)domain));
  JFI_TRY(jfi_scratch_open_at(b->ctx, &s, scratch, scratch_len, x, poly_bytes));
  jfhe_status st = jfi_bgv_eval_open(&e, b, x, keys, &s);
  if (st == JFHE_OK) st = jfhe_ct_new(&d, b->ctx, 1, x->level);
  if (st == JFHE_OK) st = jfi_bgv_equal(&e, out, x, y, domain, d);
  jfhe_ct_free(d);
  jfi_bgv_eval_close(&e);
  return st;
}
