/* ckks-cases.h: worlds for the tests of the ckks room: a context, keys, vectors, and plain doubles beside them. */
#ifndef JFI_TEST_CKKS_CASES_H
#define JFI_TEST_CKKS_CASES_H
#include "jfhe/ckks.h"
#include "rlwe-cases.h"

typedef struct jfi_world {
  jfhe_ctx *ctx;
  jfhe_sk *sk, *other;
  jfhe_keyring *keys;
  jfi_test_rng rng;
  void *scratch;
  size_t scratch_len;
} jfi_world;

/* Secrets from fixed entropy, a relinearisation key, a conjugation key, keys of rotations by +-2^t and by 3 and 7. */
jfi_world jfi_world_open(jfhe_ctx *ctx);
/* The same, Galois keys only for the `count` rotations named (conjugation always). */
jfi_world jfi_world_open_with(jfhe_ctx *ctx, const int32_t *rotations, size_t count);
void jfi_world_close(jfi_world *w);

/* A vector in the clear: what a ciphertext is meant to hold. */
typedef struct jfi_vec {
  size_t n;
  double *re, *im;
} jfi_vec;
jfi_vec jfi_vec_new(size_t n);
void jfi_vec_free(jfi_vec *v);
/* Uniform in the square [-1,1]^2 (complex) or [-1,1] (real); modulus scaled to at most 1. */
jfi_vec jfi_vec_random(jfi_world *w, size_t n, int complex);

/* Encoded and encrypted at a level, canonical scale, declared bound 1. */
jfhe_ct *jfi_world_encrypt(jfi_world *w, const jfi_vec *v, uint32_t packing, uint32_t log_slots, uint32_t level);
jfhe_ct *jfi_world_room(jfi_world *w, uint32_t degree);
/* Decrypts and compares: every slot within `worst`; the largest error. */
double jfi_world_error(jfi_world *w, const jfhe_ct *ct, const jfi_vec *want, const char *what);
/* The same, and none outside `probable`: for errors that are few and independent. */
double jfi_world_check(jfi_world *w, const jfhe_ct *ct, const jfi_vec *want, const char *what);
#endif
