/* rlwe/keyring.h: the set of switching keys of one secret. */
#ifndef JFI_RLWE_KEYRING_H
#define JFI_RLWE_KEYRING_H
#include "rlwe/evk.h"
struct jfhe_keyring {
  const struct jfhe_ctx *ctx;
  struct jfhe_evk **key;
  size_t count, cap;
};
/* By purpose, or null: the one for the highest level. */
const struct jfhe_evk *jfi_keyring_find(const struct jfhe_keyring *r, uint32_t kind, uint32_t galois);
/* The one that serves the primes S with the least work, or null. */
const struct jfhe_evk *jfi_keyring_serving(const struct jfhe_keyring *r, uint32_t kind, uint32_t galois, jfi_set S);
#endif
