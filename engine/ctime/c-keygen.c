/* c-keygen.c: no branch or address of key generation depends on the secret, its noise or its entropy. */
#include "ctime.h"

int main(void) {
  jfhe_ctx *ctx = ctime_ctx();
  jfhe_sk *sk = ctime_sk(ctx, 1), *other = ctime_sk(ctx, 2);
  jfhe_evk *key;
  jfhe_pk *pk;
  MUST(jfhe_keygen_relin(&key, ctx, sk, 3));
  jfhe_evk_free(key);
  MUST(jfhe_keygen_galois(&key, ctx, sk, jfhe_galois_rotate(ctx, 3), 2));
  jfhe_evk_free(key);
  MUST(jfhe_keygen_parent(&key, ctx, sk, jfhe_galois_rotate(ctx, 1)));
  jfhe_evk_free(key);
  MUST(jfhe_keygen_switch(&key, ctx, sk, other, 1));
  jfhe_evk_free(key);
  MUST(jfhe_keygen_public(&pk, ctx, sk));
  jfhe_pk_free(pk);
  jfhe_sk_free(sk);
  jfhe_sk_free(other);
  jfhe_ctx_free(ctx);
  return 0;
}
