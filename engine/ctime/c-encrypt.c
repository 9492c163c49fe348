/* c-encrypt.c: no branch or address of encoding and encryption depends on the numbers, the key or the noise. Whether a number is out of
 * its bound is public: it is refused. */
#include "ctime.h"

enum { SLOTS = 128 };

int main(void) {
  jfhe_ctx *ctx = ctime_ctx();
  jfhe_sk *sk = ctime_sk(ctx, 1);
  jfhe_pk *pk;
  jfhe_pt *pt;
  jfhe_ct *ct;
  MUST(jfhe_keygen_public(&pk, ctx, sk));
  JFI_DECLASSIFY(pk->b, pk->n_limbs * ctx->ring->n * sizeof(uint64_t));
  MUST(jfhe_pt_new(&pt, ctx, 3));
  MUST(jfhe_ct_new(&ct, ctx, 1, 3));
  double re[SLOTS], im[SLOTS];
  for (int i = 0; i < SLOTS; i++) {
    re[i] = 0.01 * i - 0.5;
    im[i] = 0.25 - 0.005 * i;
  }
  JFI_CLASSIFY(re, sizeof re);
  JFI_CLASSIFY(im, sizeof im);
  size_t len = jfhe_ckks_encode_scratch(ctx) + jfhe_encrypt_scratch(ctx);
  void *scratch = ctime_scratch(len);
  MUST(jfhe_ckks_encode(ctx, pt, re, im, SLOTS, JFHE_PACK_COMPLEX, 7, 3, 0, 2, scratch, len));
  MUST(jfhe_encrypt(ctx, ct, pt, sk, scratch, len));
  MUST(jfhe_ckks_encode_fresh(ctx, pt, re, NULL, SLOTS, JFHE_PACK_REAL, 7, 2, 0, 1, scratch, len));
  MUST(jfhe_encrypt_public(ctx, ct, pt, pk, scratch, len));
  MUST(jfhe_ckks_encode(ctx, pt, re, NULL, SLOTS, JFHE_PACK_COEFF, 0, 1, 0, 1, scratch, len));
  MUST(jfhe_encrypt(ctx, ct, pt, sk, scratch, len));
  jfi_free(scratch);
  jfhe_ct_free(ct);
  jfhe_pt_free(pt);
  jfhe_pk_free(pk);
  jfhe_sk_free(sk);
  jfhe_ctx_free(ctx);
  return 0;
}
