/* circuit/poly_eval.h: jfhe_poly_eval without the argument checks. */
#ifndef JFI_CIRCUIT_POLY_EVAL_H
#define JFI_CIRCUIT_POLY_EVAL_H
#include "circuit/acc.h"
#include "circuit/poly.h"

size_t jfi_poly_eval_scratch(const struct jfhe_ctx *ctx, const struct jfhe_poly *p, uint32_t level);
jfhe_status jfi_poly_eval(const struct jfhe_ctx *ctx, struct jfhe_ct *out, const struct jfhe_ct *x,
                          const struct jfhe_poly *p, uint32_t flags, const struct jfhe_keyring *keys, jfi_scratch *s);
/* The same with the result at a given scale; 0: canonical. */
jfhe_status jfi_poly_eval_at(const struct jfhe_ctx *ctx, struct jfhe_ct *out, const struct jfhe_ct *x,
                             const struct jfhe_poly *p, uint32_t flags, double scale, const struct jfhe_keyring *keys,
                             jfi_scratch *s);

enum {
  /* In `flags`: coefficients of odd index are imaginary: sum over even n of c_n T_n + i sum over odd n of c_n T_n. The tree divides by even powers
   * alone, so a constant keeps the parity of the power that it multiplies. */
  JFI_POLY_ODD_IMAGINARY = 1 << 8
};

/* What can be said of an argument and a value before anything runs. In all of it y = alpha*x + beta. */
typedef struct jfi_poly_domain {
  double radius; /* Chebyshev: messages y and everything within the error of one lie in the ellipse around -1, 1
                     with half axis `radius`; powers: in the disc of that radius */
  double mag;    /* bound on |p| over the messages */
  double slope;  /* bound on |p'| (by y) over that ellipse or disc */
} jfi_poly_domain;
/* mag, worst: of y's message and error. real: messages are real numbers. */
jfi_poly_domain jfi_poly_bounds(const struct jfhe_poly *p, double mag, double worst, int real);
#endif
