/* codec/sum.h: the checksum of payloads, as fast as memory on any CPU. Why this one: docs/adr/0011-container-checksum.md.
 *
 * The payload, padded with zeros to m blocks of 32 bytes, is a list of 32-bit little-endian words w. For lane j < 8,
 *     A_j = sum_i w[8i+j],   B_j = sum_i (m-i)*w[8i+j]   (mod 2^64, i < m),
 * and the checksum is the first 8 bytes, little-endian, of SHA-256(A_0 .. A_7, B_0 .. B_7, length), 64-bit little-endian each.
 *
 * Up to two wrong words a lane always change (A, B) in payloads below 2^37 bytes: one changes A_j by less than 2^32 in size, not 0;
 * two that leave A_j alone differ by d and -d, so B_j changes by d*(i-i'), and 0 < |d*(i-i')| < 2^32 * 2^32. */
#ifndef JFI_CODEC_SUM_H
#define JFI_CODEC_SUM_H
#include <stddef.h>
#include <stdint.h>

enum { JFI_SUM_LANES = 8, JFI_SUM_BLOCK = 32 };

typedef struct jfi_sum {
  uint64_t a[JFI_SUM_LANES], b[JFI_SUM_LANES];
  uint64_t bytes;
  uint8_t rest[JFI_SUM_BLOCK]; /* the bytes % 32 last ones, not yet summed */
} jfi_sum;

void jfi_sum_init(jfi_sum *s);
void jfi_sum_update(jfi_sum *s, const void *data, size_t len);
uint64_t jfi_sum_final(jfi_sum *s);
#endif
