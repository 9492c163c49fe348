/* ckks/slots.c: see slots.h. The walk is the same for every vector: no index depends on a value. */
#include "ckks/slots.h"

#include <string.h>

/* Bit reversal of all bytes, made by doubling: R(2i) = R(i)/2, R(2i+1) = R(i)/2 + 128. */
#define R2(n) (n), (n) + 128, (n) + 64, (n) + 192
#define R4(n) R2(n), R2((n) + 32), R2((n) + 16), R2((n) + 48)
#define R6(n) R4(n), R4((n) + 8), R4((n) + 4), R4((n) + 12)
static const uint8_t rev8[256] = {R6(0), R6(2), R6(1), R6(3)};

/* log_slots <= 16. */
static inline size_t place(uint32_t k, uint32_t log_slots) {
  uint32_t r = (uint32_t)rev8[k & 255] << 8 | rev8[k >> 8 & 255];
  return r >> (16 - log_slots);
}

void jfi_slots_scatter(double *fft, uint32_t log_slots, const double *x, size_t count) {
  size_t n = (size_t)1 << log_slots;
  uint32_t mask = (uint32_t)n - 1, k = 0;
  if (x == NULL) count = 0;
  if (count < n) memset(fft, 0, n * sizeof *fft);
  for (size_t j = 0; j < count; j++) {
    fft[place(k, log_slots)] = x[j];
    k = (5 * k + 1) & mask;
  }
}

void jfi_slots_gather(double *x, size_t count, const double *fft, uint32_t log_slots) {
  uint32_t mask = ((uint32_t)1 << log_slots) - 1, k = 0;
  for (size_t j = 0; j < count; j++) {
    x[j] = fft[place(k, log_slots)];
    k = (5 * k + 1) & mask;
  }
}
