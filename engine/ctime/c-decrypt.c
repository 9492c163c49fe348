/* c-decrypt.c: no branch or address of decryption, decoding and release depends on the key, the phase or the numbers. The ciphertext is
 * public. */
#include "ctime.h"

enum { SLOTS = 128 };

static void declassify_ct(const jfhe_ct *ct) {
  JFI_DECLASSIFY(ct->data, (size_t)(ct->degree + 1) * ct->cap_limbs * ct->ctx->ring->n * sizeof(uint64_t));
}

int main(void) {
  jfhe_ctx *ctx = ctime_ctx();
  jfhe_sk *sk = ctime_sk(ctx, 1);
  jfhe_pt *pt, *out;
  jfhe_ct *ct, *product;
  MUST(jfhe_pt_new(&pt, ctx, 3));
  MUST(jfhe_pt_new(&out, ctx, 3));
  MUST(jfhe_ct_new(&ct, ctx, 1, 3));
  MUST(jfhe_ct_new(&product, ctx, 2, 3));
  double re[SLOTS], im[SLOTS], error;
  for (int i = 0; i < SLOTS; i++) re[i] = 0.01 * i - 0.5;
  size_t len = jfhe_ckks_encode_scratch(ctx) + jfhe_encrypt_scratch(ctx) + jfhe_decrypt_scratch(ctx) +
               jfhe_ckks_decode_scratch(ctx) + jfhe_release_scratch(ctx);
  void *scratch = ctime_scratch(len);
  MUST(jfhe_ckks_encode(ctx, pt, re, NULL, SLOTS, JFHE_PACK_REAL, 7, 3, 0, 1, scratch, len));
  MUST(jfhe_encrypt(ctx, ct, pt, sk, scratch, len));
  declassify_ct(ct);
  MUST(jfhe_decrypt(ctx, out, ct, sk, scratch, len));
  MUST(jfhe_ckks_decode(ctx, re, im, SLOTS, out, scratch, len));
  MUST(jfhe_ckks_mul_lazy(ctx, product, ct, ct)); /* degree 2, two residues to decode */
  declassify_ct(product);
  MUST(jfhe_decrypt(ctx, out, product, sk, scratch, len));
  MUST(jfhe_ckks_decode(ctx, re, NULL, SLOTS, out, scratch, len));
  uint8_t keep[SLOTS] = {1, 1};
  ct->bound.mag = 0x1p40; /* so that the small ring's precision does not refuse the flooding */
  MUST(jfhe_release(ctx, re, im, SLOTS, &error, ct, sk, keep, 40, 1, scratch, len));
  jfi_free(scratch);
  jfhe_ct_free(ct);
  jfhe_ct_free(product);
  jfhe_pt_free(pt);
  jfhe_pt_free(out);
  jfhe_sk_free(sk);
  jfhe_ctx_free(ctx);
  return 0;
}
