/* base/secret/rng.h: secret randomness. ChaCha20 (RFC 8439) keyed from the operating system's entropy;
 * constant time; wiped by jfi_rng_wipe. */
#ifndef JFI_BASE_SECRET_RNG_H
#define JFI_BASE_SECRET_RNG_H
#include <stddef.h>
#include <stdint.h>
#include "jfhe/status.h"

typedef struct jfi_rng {
  uint32_t key[8];
  uint64_t counter;  /* next block */
  uint64_t stream;   /* nonce */
  uint8_t buf[1024]; /* one group of blocks, handed out up to `used` and wiped behind it */
  size_t used;
  void (*blocks)(uint8_t *out, const uint32_t state[16], size_t groups); /* chosen at init */
} jfi_rng;

/* Fills buf from getrandom(2) / getentropy / WASI random_get; JFHE_ERR_ENTROPY on failure. */
jfhe_status jfi_entropy(void *buf, size_t len);
jfhe_status jfi_rng_init(jfi_rng *r);
/* Deterministic generator for known-answer tests. The key bytes are the caller's. */
void jfi_rng_from_key(jfi_rng *r, const uint8_t key[32], uint64_t stream);
void jfi_rng_bytes(jfi_rng *r, void *out, size_t len);
void jfi_rng_wipe(jfi_rng *r);
#endif
