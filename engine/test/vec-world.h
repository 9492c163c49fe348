/* vec-world.h: the model's ring, primes and keys as objects of the engine. The context is made by
 * hand, not by the chain builder, so that any subset of primes can be a level. */
#ifndef JFI_TEST_VEC_WORLD_H
#define JFI_TEST_VEC_WORLD_H
#include "rlwe/ctx.h"
#include "rlwe/evk.h"
#include "vec-cases.h"

enum { VEC_SCRATCH = 8 << 20 };

/* A context over the primes of a case: chain, specials and digits; level 0 is the whole chain, at
 * scale 1. jfhe_ctx_free. */
jfhe_ctx *vec_ctx(const vec_case *c);

/* The world of rlwe.json: its context, its two keys, VEC_SCRATCH bytes. */
typedef struct vec_world {
  jfhe_ctx *ctx;
  jfhe_evk *relin, *galois;
  void *scratch;
} vec_world;
/* Returns 0, with a failed check printed, when it could not be made; vec_close either way. */
int vec_open(vec_world *w);
void vec_close(vec_world *w);
#endif
