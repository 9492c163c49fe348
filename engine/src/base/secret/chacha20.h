/* base/secret/chacha20.h: blocks of the ChaCha20 key stream behind base/secret/rng.c. [RFC 8439]
 * State words 12, 13 are the 64-bit block counter and 14, 15 the stream, so that a stream has 2^64 blocks. */
#ifndef JFI_BASE_SECRET_CHACHA20_H
#define JFI_BASE_SECRET_CHACHA20_H
#include <stddef.h>
#include <stdint.h>

/* Every function takes the input state with the counter of the first block and writes `groups` groups of 16 blocks
 * (1024 bytes each). All give the same bytes; time depends on groups alone. */
enum { JFI_CHACHA_GROUP = 1024 };
typedef void (*jfi_chacha_fn)(uint8_t *out, const uint32_t state[16], size_t groups);

void jfi_chacha20_ref(uint8_t *out, const uint32_t state[16], size_t groups);
/* x86-64 only: needs JFI_CPU_AVX2_FMA, JFI_CPU_AVX512. */
void jfi_chacha20_avx2(uint8_t *out, const uint32_t state[16], size_t groups);
void jfi_chacha20_avx512(uint8_t *out, const uint32_t state[16], size_t groups);
#endif
