/* base/aes_block.h: the accelerated streams behind base/aes.c. high = index | domain << 32; the rest as jfi_aes_stream. */
#ifndef JFI_BASE_AES_BLOCK_H
#define JFI_BASE_AES_BLOCK_H
#include "base/aes.h"

/* Needs JFI_CPU_AESNI. */
void jfi_aes_stream_ni(const jfi_aes *a, uint8_t *out, uint64_t high, uint64_t first, size_t blocks);
/* Needs JFI_CPU_VAES. */
void jfi_aes_stream_vaes(const jfi_aes *a, uint8_t *out, uint64_t high, uint64_t first, size_t blocks);
/* WebAssembly with simd128. */
void jfi_aes_stream_wasm128(const jfi_aes *a, uint8_t *out, uint64_t high, uint64_t first, size_t blocks);
#endif
