/* codec/agree.c: a header against the parameters of a context. */
#include "codec/agree.h"

#include <math.h>
#include <string.h>

#include "base/status.h"

void jfi_header_begin(jfi_header *h, const jfhe_ctx *ctx, uint32_t object, uint32_t encoding) {
  memset(h, 0, sizeof *h);
  h->object = (uint8_t)object;
  h->encoding = encoding > UINT8_MAX ? UINT8_MAX : (uint8_t)encoding;
  h->log_n = (uint8_t)ctx->params.log_n;
  memcpy(h->hash, ctx->hash, sizeof h->hash);
}

jfhe_status jfi_header_finish(jfi_header *h, const jfhe_ctx *ctx) {
  JFI_TRY(jfi_header_check(h));
  jfi_header_layout(h);
  return jfi_header_agree(h, ctx, h->object);
}

/* A ciphertext has the primes of its level, a public key those of every level up to its own; a switching key these and others. Level
 * sets need not nest. */
static jfhe_status agree_level_set(const jfi_header *h, const jfi_chain *c) {
  jfi_set want = c->level[h->level];
  if (h->object != JFHE_OBJECT_CT)
    for (uint32_t l = 0; l < h->level; l++) want = jfi_set_or(want, c->level[l]);
  int ok = h->object == JFHE_OBJECT_EVK ? jfi_set_within(want, h->q) : jfi_set_equal(want, h->q);
  if (!ok) return JFI_BAD(JFHE_ERR_LEVEL, JFI_AT_Q, "the primes are not those of level %u", h->level);
  return JFHE_OK;
}

/* Noise under half the modulus, t under every prime, what was promised of the integers a number that arithmetic keeps. */
static jfhe_status agree_integers(const jfi_header *h, const jfhe_ctx *ctx) {
  for (size_t i = 0; i < ctx->chain.n; i++)
    if (ctx->chain.prime[i] <= h->modulus)
      return JFI_BAD(JFHE_ERR_CONTEXT, JFI_AT_MODULUS, "integers modulo %llu, above a prime of the context",
                     (unsigned long long)h->modulus);
  double modulus = jfi_ctx_product(ctx, h->q);
  if (!(2 * h->bound.worst < modulus) || h->bound.mag > 0x1p500)
    return JFI_BAD(JFHE_ERR_RANGE, JFI_AT_WORST, "noise of %g or integers up to %g", h->bound.worst, h->bound.mag);
  return JFHE_OK;
}

/* scale*(mag + worst) under the modulus: what every operation keeps, with a factor 2 to spare. */
static jfhe_status agree_range(const jfi_header *h, const jfhe_ctx *ctx) {
  double modulus = jfi_ctx_product(ctx, h->q); /* infinity above 2^1024: then all finite values fit */
  if (h->scale > modulus) return JFI_BAD(JFHE_ERR_SCALE, JFI_AT_SCALE, "scale %g is over the modulus", h->scale);
  double reach = h->scale * (h->bound.mag + h->bound.worst);
  if (!isfinite(reach) || reach > modulus)
    return JFI_BAD(JFHE_ERR_RANGE, JFI_AT_MAG, "a bound of %g at scale %g is over the modulus",
                   h->bound.mag + h->bound.worst, h->scale);
  return JFHE_OK;
}

jfhe_status jfi_header_agree(const jfi_header *h, const jfhe_ctx *ctx, uint32_t object) {
  const jfi_chain *c = &ctx->chain;
  if (h->object != object)
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_OBJECT, "a %s, not a %s", jfhe_object_text(h->object),
                   jfhe_object_text(object));
  if (h->log_n != ctx->params.log_n)
    return JFI_BAD(JFHE_ERR_CONTEXT, JFI_AT_LOG_N, "degree 2^%u, the context has 2^%u", h->log_n, ctx->params.log_n);
  if (memcmp(h->hash, ctx->hash, sizeof h->hash) != 0)
    return JFI_BAD(JFHE_ERR_CONTEXT, JFI_AT_HASH, "other parameters than \"%s\" (hash)", ctx->params.name);
  if (!jfi_set_within(jfi_set_or(h->q, h->p), jfi_set_range(0, c->n)))
    return JFI_BAD(JFHE_ERR_CONTEXT, JFI_AT_Q, "a prime beyond the %zu of these parameters", c->n);
  /* The levels of a ladder key are the smaller ring's: nothing here indexes by them. */
  if (h->kind == JFHE_EVK_LIFT || h->kind == JFHE_EVK_LOWER) return JFHE_OK;
  if (h->level > c->top)
    return JFI_BAD(JFHE_ERR_LEVEL, JFI_AT_LEVEL, "level %u is over the top level %u", h->level, c->top);
  if (object == JFHE_OBJECT_CT || object == JFHE_OBJECT_PK || object == JFHE_OBJECT_EVK) JFI_TRY(agree_level_set(h, c));
  if (object != JFHE_OBJECT_CT) return JFHE_OK;
  return h->scheme == JFHE_SCHEME_BGV ? agree_integers(h, ctx) : agree_range(h, ctx);
}
