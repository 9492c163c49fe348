/* api/ckks_gather.c: jfhe_ckks_gather. */
#include "api/check.h"
#include "ckks/gather.h"
#include "jfhe/ckks.h"
#include "rlwe/ctx.h"

enum { COUNT_MAX = 4096 };

size_t jfhe_ckks_gather_scratch(const jfhe_ctx *ctx, uint32_t level, size_t count) {
  return ctx && level <= ctx->chain.top && count <= COUNT_MAX ? jfi_ckks_gather_bytes(ctx, level, count) : 0;
}

jfhe_status jfhe_ckks_gather(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *const *in, size_t count,
                             const jfhe_keyring *keys, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(ctx && out && in && keys, "gather");
  if (count < 1 || count > COUNT_MAX || count > ctx->ring->n / 2)
    return jfi_fail(JFHE_ERR_ARG, "%zu ciphertexts to gather, 1 to %d fit", count, COUNT_MAX);
  for (size_t i = 0; i < count; i++) JFI_NEED(in[i], "gather");
  if (in[0]->level > ctx->chain.top) return jfi_fail(JFHE_ERR_LEVEL, "level %u is over the top level", in[0]->level);
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfi_ckks_gather_bytes(ctx, in[0]->level, count)));
  return jfi_ckks_gather(ctx, out, in, count, keys, &s);
}
