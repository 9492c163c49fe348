/* planted.c: a branch on a residue of a secret key. Valgrind must report it; else the clean runs of the others prove nothing. */
#include "ctime.h"

int main(void) {
  jfhe_ctx *ctx = ctime_ctx();
  jfhe_sk *sk = ctime_sk(ctx, 1);
  volatile int odd = 0;
  if (*jfi_sk_eval(sk, 0) & 1) odd = 1;
  jfhe_sk_free(sk);
  jfhe_ctx_free(ctx);
  return odd & 0;
}
