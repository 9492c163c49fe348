/* base/bytes.h: words from bytes and back, in a stated order whatever the host's. Compilers turn each into one move. */
#ifndef JFI_BASE_BYTES_H
#define JFI_BASE_BYTES_H
#include <stdint.h>

static inline uint32_t jfi_load32_le(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline uint32_t jfi_load32_be(const uint8_t *p) {
  return (uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24;
}
static inline uint64_t jfi_load64_le(const uint8_t *p) {
  return (uint64_t)jfi_load32_le(p) | (uint64_t)jfi_load32_le(p + 4) << 32;
}
static inline uint64_t jfi_load48_le(const uint8_t *p) {
  return (uint64_t)jfi_load32_le(p) | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40;
}
static inline void jfi_store32_le(uint8_t *p, uint32_t x) {
  p[0] = (uint8_t)x;
  p[1] = (uint8_t)(x >> 8);
  p[2] = (uint8_t)(x >> 16);
  p[3] = (uint8_t)(x >> 24);
}
static inline void jfi_store32_be(uint8_t *p, uint32_t x) {
  p[3] = (uint8_t)x;
  p[2] = (uint8_t)(x >> 8);
  p[1] = (uint8_t)(x >> 16);
  p[0] = (uint8_t)(x >> 24);
}
static inline void jfi_store64_le(uint8_t *p, uint64_t x) {
  jfi_store32_le(p, (uint32_t)x);
  jfi_store32_le(p + 4, (uint32_t)(x >> 32));
}
#endif
