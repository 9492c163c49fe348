/* kernel/wasm128/pack.c: 48-bit words in byte streams by byte swizzles. Contract: kernel.h.  Twin: ref/pack.c.
 * Four words are 24 bytes; they are read as bytes 0..15 and 8..23, so nothing past them is touched. */
#include "kernel/wasm128/vec.h"

#define NONE 0x80 /* out of range: the swizzle gives zero */

typedef struct two {
  jfi_w a, b;
} two;

JFI_INLINE two unpack4(const uint8_t *p) {
  const jfi_w low = wasm_u8x16_const(0, 1, 2, 3, 4, 5, NONE, NONE, 6, 7, 8, 9, 10, 11, NONE, NONE);
  const jfi_w high = wasm_u8x16_const(4, 5, 6, 7, 8, 9, NONE, NONE, 10, 11, 12, 13, 14, 15, NONE, NONE);
  return (two){wasm_i8x16_swizzle(wasm_v128_load(p), low), wasm_i8x16_swizzle(wasm_v128_load(p + 8), high)};
}

size_t jfi_wasm128_unpack48_masked(uint64_t *r, const uint8_t *stream, size_t n, const jfi_mod *m) {
  const jfi_w mask = wset(((uint64_t)1 << m->bits) - 1), last = wset(m->q - 1);
  jfi_w over = wset(0);
  for (size_t i = 0; i < n; i += 4) {
    const two t = unpack4(stream + 6 * i);
    const jfi_w a = wasm_v128_and(t.a, mask), b = wasm_v128_and(t.b, mask);
    wasm_v128_store(r + i, a);
    wasm_v128_store(r + i + 2, b);
    over = wsub(over, wadd(wasm_i64x2_gt(a, last), wasm_i64x2_gt(b, last)));
  }
  return (size_t)(wasm_i64x2_extract_lane(over, 0) + wasm_i64x2_extract_lane(over, 1));
}

void jfi_wasm128_unpack48(uint64_t *r, const uint8_t *bytes, size_t n) {
  for (size_t i = 0; i < n; i += 4) {
    const two t = unpack4(bytes + 6 * i);
    wasm_v128_store(r + i, t.a);
    wasm_v128_store(r + i + 2, t.b);
  }
}

/* Two words give twelve bytes, then twelve more: sixteen of them, then eight. */
void jfi_wasm128_pack48(uint8_t *bytes, const uint64_t *a, size_t n) {
  for (size_t i = 0; i < n; i += 4) {
    const jfi_w u = wasm_v128_load(a + i), v = wasm_v128_load(a + i + 2);
    wasm_v128_store(bytes + 6 * i, wasm_i8x16_shuffle(u, v, 0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 16, 17, 18, 19));
    const jfi_w rest = wasm_i8x16_shuffle(v, v, 4, 5, 8, 9, 10, 11, 12, 13, 0, 0, 0, 0, 0, 0, 0, 0);
    wasm_v128_store64_lane(bytes + 6 * i + 16, rest, 0);
  }
}
