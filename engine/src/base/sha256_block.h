/* base/sha256_block.h: the block function of SHA-256 behind base/sha256.c. */
#ifndef JFI_BASE_SHA256_BLOCK_H
#define JFI_BASE_SHA256_BLOCK_H
#include <stddef.h>
#include <stdint.h>

extern const uint32_t jfi_sha256_k[64];
/* h absorbs count blocks of 64 bytes at p. Needs JFI_CPU_SHANI. */
void jfi_sha256_blocks_ni(uint32_t h[8], const uint8_t *p, size_t count);
#endif
