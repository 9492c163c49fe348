/* base/aes.h: AES-128 in counter mode, as an expander of public randomness.
 *
 * A seed of 32 bytes is a key (bytes 0..15) and an IV (bytes 16..31). Block t of stream (domain, index) is
 *     AES128_key( IV xor le128( t | index << 64 | domain << 96 ) ),  t < 2^64, index, domain < 2^32.
 * Public data only: the portable version uses tables. */
#ifndef JFI_BASE_AES_H
#define JFI_BASE_AES_H
#include <stddef.h>
#include <stdint.h>

enum { JFI_SEED_BYTES = 32 };

typedef struct jfi_aes {
  _Alignas(64) uint8_t round_keys[11][16];
  uint8_t iv[16];
  unsigned features; /* jfi_cpu_features() at init: the choice of code is made once */
} jfi_aes;

void jfi_aes_init(jfi_aes *a, const uint8_t seed[JFI_SEED_BYTES]);
/* out: 16*blocks bytes, blocks t = first .. first+blocks-1 of stream (domain, index). Fastest of VAES, AES-NI, bit planes (WebAssembly), tables
 * (JFHE_ISA=ref forces tables); all give the same bytes. */
void jfi_aes_stream(const jfi_aes *a, uint8_t *out, uint32_t domain, uint32_t index, uint64_t first, size_t blocks);
#endif
