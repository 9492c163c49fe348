/* base/sha256.h: SHA-256 (FIPS 180-4), for parameter hashes, key ids and container checksums. */
#ifndef JFI_BASE_SHA256_H
#define JFI_BASE_SHA256_H
#include <stddef.h>
#include <stdint.h>

typedef struct jfi_sha256 {
  uint32_t h[8];
  uint64_t bytes;
  uint8_t block[64];
} jfi_sha256;

void jfi_sha256_init(jfi_sha256 *s);
void jfi_sha256_update(jfi_sha256 *s, const void *data, size_t len);
void jfi_sha256_final(jfi_sha256 *s, uint8_t digest[32]);
#endif
