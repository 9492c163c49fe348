/* c-codec.c: writing and reading a secret key's container takes no branch and no address from its coefficients. Its header and counters
 * are public, and so is whether it was accepted. */
#include "ctime.h"

#include "codec/header.h"

int main(void) {
  jfhe_ctx *ctx = ctime_ctx();
  jfhe_sk *sk = ctime_sk(ctx, 1), *back;
  JFI_DECLASSIFY(sk->id, sizeof sk->id);
  size_t len = jfhe_sk_write_size(sk);
  uint8_t *bytes = ctime_scratch(len);
  MUST(jfhe_sk_write(bytes, len, sk));
  JFI_DECLASSIFY(bytes, JFI_KEY_ALIGN + JFI_SK_PREFIX_BYTES); /* the header with its checksums, and the counters */
  MUST(jfhe_sk_read(ctx, &back, bytes, len));
  JFI_DECLASSIFY(back->s, ctx->ring->n);
  JFI_DECLASSIFY(sk->s, ctx->ring->n);
  int same = memcmp(back->s, sk->s, ctx->ring->n) == 0;
  jfhe_sk_free(sk);
  jfhe_sk_free(back);
  jfi_free(bytes);
  jfhe_ctx_free(ctx);
  return !same;
}
