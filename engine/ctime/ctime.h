/* ctime.h: what the constant-time programs share: a small context with one of each kind of step, and a key whose entropy is secret. */
#ifndef JFI_CTIME_H
#define JFI_CTIME_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/declassify.h"
#include "base/mem.h"
#include "jfhe/ckks.h"
#include "rlwe/ct.h"
#include "rlwe/ctx.h"
#include "rlwe/evk.h"
#include "rlwe/secret/sk.h"

#define MUST(expr)                                                                                                     \
  do {                                                                                                                 \
    jfhe_status st_ = (expr);                                                                                          \
    if (st_ != JFHE_OK) {                                                                                              \
      fprintf(stderr, "%s: %s: %s\n", #expr, jfhe_status_text(st_), jfhe_last_error());                                \
      exit(2);                                                                                                         \
    }                                                                                                                  \
  } while (0)

static inline jfhe_ctx *ctime_ctx(void) {
  jfi_params p = {
      .log_n = 8, .first_bits = 48, .n_steps = 3, .step_bits = {42, 42, 42}, .n_special = 2, .special_bits = 48};
  strcpy(p.name, "ctime");
  jfhe_ctx *ctx;
  MUST(jfi_ctx_new(&ctx, &p));
  return ctx;
}

/* Everything drawn from this key from now on is secret: the key itself, seeds until they are declassified, and noise. */
static inline jfhe_sk *ctime_sk(const jfhe_ctx *ctx, uint8_t first) {
  uint8_t entropy[32] = {first, 7, 7};
  JFI_CLASSIFY(entropy, sizeof entropy);
  jfhe_sk *sk;
  MUST(jfi_sk_deterministic(&sk, ctx, entropy));
  return sk;
}

static inline void *ctime_scratch(size_t len) {
  void *p = jfi_alloc_zero(len);
  if (!p) exit(2);
  return p;
}
#endif
