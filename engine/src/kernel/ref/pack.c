/* kernel/ref/pack.c: 48-bit little-endian words in byte streams. Contract: kernel.h.
 * Bytes are assembled one by one, so neither alignment nor the byte order of the machine matters. */
#include "kernel/ref/ref.h"

static uint64_t load48(const uint8_t *p) {
  uint64_t w = 0;
  for (int k = 0; k < 6; k++) w |= (uint64_t)p[k] << (8 * k);
  return w;
}

size_t jfi_ref_unpack48_masked(uint64_t *r, const uint8_t *stream, size_t n, const jfi_mod *m) {
  const uint64_t mask = ((uint64_t)1 << m->bits) - 1;
  size_t over = 0;
  for (size_t i = 0; i < n; i++) {
    r[i] = load48(stream + 6 * i) & mask;
    over += r[i] >= m->q;
  }
  return over;
}

void jfi_ref_unpack48(uint64_t *r, const uint8_t *bytes, size_t n) {
  for (size_t i = 0; i < n; i++) r[i] = load48(bytes + 6 * i);
}

void jfi_ref_pack48(uint8_t *bytes, const uint64_t *a, size_t n) {
  for (size_t i = 0; i < n; i++)
    for (int k = 0; k < 6; k++) bytes[6 * i + (size_t)k] = (uint8_t)(a[i] >> (8 * k));
}

int jfi_ref_any_ge(const uint64_t *a, size_t n, uint64_t q) {
  int any = 0;
  for (size_t i = 0; i < n; i++) any |= a[i] >= q;
  return any;
}
