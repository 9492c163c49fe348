/* api/circuit_poly.c: polynomials. */
#include "api/check.h"
#include "circuit/poly_eval.h"

jfhe_status jfhe_cheb_fit(double *coeff, size_t count, jfhe_real_fn f, void *self, double a, double b) {
  JFI_NEED(coeff && f, "fit");
  if (count < 1 || count > JFHE_POLY_DEGREE_MAX + 1)
    return jfi_fail(JFHE_ERR_ARG, "%zu coefficients are outside 1..%d", count, JFHE_POLY_DEGREE_MAX + 1);
  if (!(a < b) || b - a - (b - a) != 0) return jfi_fail(JFHE_ERR_ARG, "[%g, %g] is no interval", a, b);
  return jfi_cheb_fit(coeff, count, f, self, a, b);
}

jfhe_status jfhe_poly_new(jfhe_poly **out, const double *coeff, size_t count, uint32_t basis, double a, double b) {
  JFI_NEED(out, "polynomial");
  *out = NULL;
  JFI_NEED(coeff, "polynomial");
  return jfi_poly_new(out, coeff, count, basis, a, b);
}

size_t jfhe_poly_eval_scratch(const jfhe_ctx *ctx, const jfhe_poly *p, uint32_t level) {
  if (!ctx || !p || level > ctx->chain.top || level < jfhe_poly_depth(p)) return 0;
  return jfi_poly_eval_scratch(ctx, p, level);
}

jfhe_status jfhe_poly_eval(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *x, const jfhe_poly *p, uint32_t flags,
                           const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && x && p && keys, "polynomial");
  if (flags & ~(uint32_t)JFHE_POLY_PROMISED) return jfi_fail(JFHE_ERR_ARG, "flags 0x%x are unknown", flags);
  if (x->level > ctx->chain.top || x->level < jfhe_poly_depth(p))
    return jfi_fail(JFHE_ERR_LEVEL, "a polynomial of degree %u needs %u levels of %u", p->degree, jfhe_poly_depth(p),
                    x->level);
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfi_poly_eval_scratch(ctx, p, x->level)));
  return jfi_poly_eval(ctx, out, x, p, flags, keys, &s);
}
