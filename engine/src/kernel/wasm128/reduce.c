/* kernel/wasm128/reduce.c: entering a modulus. Contract: kernel.h.  Twin: ref/reduce.c. */
#include "kernel/wasm128/vec.h"

/* A multiple of q in (2^62 - q, 2^62 + q] makes x positive and below 2^63 + q; its high word below 2^32 times
 * 2^32 mod q, plus its low word, is below 0.6q + 1 + 2^32 in magnitude. */
void jfi_wasm128_from_i64(uint64_t *r, const int64_t *x, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  const uint64_t w = ((uint64_t)1 << 32) % m->q;
  const jfi_w off = wset(((m->mu64 >> 2) + 1) * m->q), low = wset(0xffffffff);
  const jfi_w vw = wset(w), vq = wasm_f64x2_splat((double)w / m->qd);
  for (size_t i = 0; i < n; i += 2) {
    const jfi_w u = wadd(wasm_v128_load(x + i), off);
    const jfi_w p = mul_by(wasm_u64x2_shr(u, 32), vw, vq, &c);
    wasm_v128_store(r + i, lift(shrink(wadd(p, wasm_v128_and(u, low)), &c), &c));
  }
}

/* q > 128, so one q lifts every negative byte. */
void jfi_wasm128_from_i8(uint64_t *r, const int8_t *x, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  for (size_t i = 0; i < n; i += 8) {
    const jfi_w h = wasm_i16x8_load8x8(x + i);
    const jfi_w a = wasm_i32x4_extend_low_i16x8(h), b = wasm_i32x4_extend_high_i16x8(h);
    wasm_v128_store(r + i, lift(wasm_i64x2_extend_low_i32x4(a), &c));
    wasm_v128_store(r + i + 2, lift(wasm_i64x2_extend_high_i32x4(a), &c));
    wasm_v128_store(r + i + 4, lift(wasm_i64x2_extend_low_i32x4(b), &c));
    wasm_v128_store(r + i + 6, lift(wasm_i64x2_extend_high_i32x4(b), &c));
  }
}

void jfi_wasm128_reduce(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  for (size_t i = 0; i < n; i += 2) wasm_v128_store(r + i, lift(shrink(wasm_v128_load(a + i), &c), &c));
}

void jfi_wasm128_reduce_centred(uint64_t *r, const uint64_t *a, uint64_t from, size_t n, const jfi_mod *m) {
  const jfi_wmod c = wmod(m);
  const jfi_w half = wset((from - 1) / 2), whole = wset(from);
  for (size_t i = 0; i < n; i += 2) {
    const jfi_w x = wasm_v128_load(a + i);
    const jfi_w d = wsub(x, wasm_v128_and(wasm_i64x2_gt(x, half), whole));
    wasm_v128_store(r + i, lift(shrink(d, &c), &c));
  }
}
