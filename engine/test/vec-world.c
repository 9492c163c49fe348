/* vec-world.c: see vec-world.h. */
#include "vec-world.h"

#include <string.h>

#include "base/mem.h"

jfhe_ctx *vec_ctx(const vec_case *c) {
  jfhe_ctx *ctx = jfi_alloc_zero(sizeof *ctx);
  if (!ctx) return NULL;
  ctx->ring = vec_ring(c, "primes");
  ctx->params.log_n = (uint32_t)vec_one(c, "log_n");
  ctx->threads = 1;
  jfi_chain *chain = &ctx->chain;
  const vec_field *primes = vec_field_of(c, "primes"), *digit = vec_field_of(c, "digit_of");
  chain->n = primes->count;
  memcpy(chain->prime, primes->word, chain->n * sizeof(uint64_t));
  chain->special = vec_set(c, "special");
  chain->chain = chain->level[0] = jfi_set_minus(jfi_set_range(0, chain->n), chain->special);
  chain->scale[0] = 1;
  for (size_t i = 0; i < digit->count; i++) {
    jfi_set *d = &chain->digit[digit->word[i]];
    *d = jfi_set_with(*d, i);
    if (digit->word[i] >= chain->n_digits) chain->n_digits = (uint32_t)digit->word[i] + 1;
  }
  return ctx;
}

/* b from the model, a from the seed. */
static jfhe_evk *load_evk(jfhe_ctx *ctx, const char *name) {
  const vec_case *c = vec_first("evk");
  while (c && strcmp(c->name, name) != 0) c = vec_next("evk", c);
  jfhe_evk *key = NULL;
  CHECK(c != NULL);
  if (!c) return NULL;
  const jfi_chain *chain = &ctx->chain;
  CHECK_OK(jfi_evk_alloc(&key, ctx, chain->chain, chain->special, chain->digit, chain->n_digits));
  if (!key) return NULL;
  const vec_field *b = vec_field_of(c, "b");
  CHECK_EQ(b->count, (size_t)key->n_digits * key->n_limbs * ctx->ring->n);
  memcpy((uint64_t *)(uintptr_t)key->b, b->word, b->count * sizeof(uint64_t));
  key->galois = (uint32_t)vec_one(c, "galois");
  key->kind = key->galois ? JFHE_EVK_GALOIS : JFHE_EVK_RELIN;
  key->seeded = 1;
  memcpy(key->seed, vec_bytes(c, "seed"), sizeof key->seed);
  jfi_aes_init(&key->aes, key->seed);
  return key;
}

int vec_open(vec_world *w) {
  const vec_case *c = vec_first("world");
  memset(w, 0, sizeof *w);
  w->ctx = c ? vec_ctx(c) : NULL;
  if (!w->ctx || !w->ctx->ring) return 0;
  w->relin = load_evk(w->ctx, "relin");
  w->galois = load_evk(w->ctx, "galois");
  w->scratch = jfi_alloc(VEC_SCRATCH);
  return w->relin && w->galois && w->scratch;
}

void vec_close(vec_world *w) {
  jfi_free(w->scratch);
  jfhe_evk_free(w->galois);
  jfhe_evk_free(w->relin);
  jfhe_ctx_free(w->ctx);
}
