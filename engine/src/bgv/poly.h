/* bgv/poly.h: polynomials, powers and equality of integers modulo t. */
#ifndef JFI_BGV_POLY_H
#define JFI_BGV_POLY_H
#include "bgv/eval.h"

enum {
  JFI_BGV_POWERS = 64 + 16,       /* babies, giants */
  JFI_BGV_DOMAIN_MAX = 1024,      /* of an equality by interpolation */
  JFI_BGV_POLY_COUNT_MAX = 65536, /* coefficients */
};

/* What an evaluation works with: keys, scratch for one operation, ciphertexts of its own. */
typedef struct jfi_bgv_eval {
  const jfhe_bgv *b;
  const jfhe_evk *rlk;
  jfi_scratch *s;
  uint32_t top; /* level of the argument */
  jfhe_ct *aside[2];
  jfhe_ct *power[JFI_BGV_POWERS];
} jfi_bgv_eval;

/* x: the argument, or one of its level. Close it whatever open said. */
jfhe_status jfi_bgv_eval_open(jfi_bgv_eval *e, const jfhe_bgv *b, const jfhe_ct *x, const jfhe_keyring *keys,
                              jfi_scratch *s);
void jfi_bgv_eval_close(jfi_bgv_eval *e);
jfhe_status jfi_bgv_pow(const jfi_bgv_eval *e, jfhe_ct *out, const jfhe_ct *x, uint64_t exponent);
/* coefficients centred modulo t; mag: bound of the values, 0: as interval arithmetic has it. */
jfhe_status jfi_bgv_poly(jfi_bgv_eval *e, jfhe_ct *out, const jfhe_ct *x, const int64_t *c, size_t count, double mag);
/* 1 where equal, else 0. domain: values lie in [0, domain); 0: any, by Fermat. y: room like x. */
jfhe_status jfi_bgv_equal_const(jfi_bgv_eval *e, jfhe_ct *out, const jfhe_ct *x, int64_t value, uint32_t domain,
                                jfhe_ct *y);
jfhe_status jfi_bgv_equal(jfi_bgv_eval *e, jfhe_ct *out, const jfhe_ct *a, const jfhe_ct *x, uint32_t domain,
                          jfhe_ct *y);
#endif
