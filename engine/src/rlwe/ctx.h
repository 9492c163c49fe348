/* rlwe/ctx.h: the context's inside. Immutable after creation but for the pool and the cache of conversions. */
#ifndef JFI_RLWE_CTX_H
#define JFI_RLWE_CTX_H
#include <stdatomic.h>
#include "base/pool.h"
#include "ring/ring.h"
#include "rlwe/params.h"

enum { JFI_CONV_SLOTS = 4096 };

/* A conversion between two sets, made once and kept. */
typedef struct jfi_conv_entry {
  jfi_set from, to;
  jfi_conv *conv;
  uint64_t *from_inv; /* [n_out]: (product of `from`)^-1 mod the k-th prime of `to` */
} jfi_conv_entry;

struct jfhe_ctx {
  jfi_params params;
  jfi_chain chain;
  jfi_ring *ring;
  jfi_pool *pool; /* null: serial */
  uint32_t threads;
  uint8_t hash[JFHE_HASH_BYTES];
  double *fft_re, *fft_im; /* N/2 roots for the encoder */
  _Atomic(jfi_conv_entry *) conv[JFI_CONV_SLOTS];
  atomic_flag conv_lock;
};

jfhe_status jfi_ctx_new(jfhe_ctx **out, const jfi_params *p);

/* The conversion from -> to, made on first use (the only allocation a warm path can cause; jfi_ctx_warm avoids it). Null: no memory. */
const jfi_conv_entry *jfi_ctx_conv(const jfhe_ctx *ctx, jfi_set from, jfi_set to);

/* Makes every conversion that key switching and rescaling between level sets need with keys over specials p and these digits, so that
 * later operations allocate nothing. */
jfhe_status jfi_ctx_warm(const jfhe_ctx *ctx, jfi_set p, const jfi_set *digits, uint32_t n_digits);

/* product of the primes in `set` modulo prime i; 1 for the empty set. */
uint64_t jfi_ctx_product_mod(const jfhe_ctx *ctx, jfi_set set, size_t i);
/* product as a double (error below 128 * 2^-53 relative; overflow to infinity is possible above 2^1023). */
double jfi_ctx_product(const jfhe_ctx *ctx, jfi_set set);
double jfi_ctx_log2(const jfhe_ctx *ctx, jfi_set set);
#endif
