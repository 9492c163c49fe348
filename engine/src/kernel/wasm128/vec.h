/* kernel/wasm128/vec.h: arithmetic modulo q < 2^48 in two signed 64-bit lanes.
 *
 * WebAssembly has neither a high product nor a fused multiply-add (relaxed SIMD may or may not fuse, so it is not used).
 * But i64x2.mul gives low products, so n = round(a * wq), wq ~ w/q, is found in doubles, and a*w - n*q modulo 2^64 is
 * the residue. ROUND = 1.5 * 2^52: the integer x, |x| < 2^51, is the double with the bits of ROUND plus x, minus
 * ROUND; and adding ROUND to a double below 2^51 leaves its nearest integer in the low bits.
 *
 * Error: wq and the product are each off by 2^-53 relatively, so n is off by less than 1/2 + |a*w/q| * 2^-52, and
 * |a*w - n*q| < q (1/2 + |a*w/q| * 2^-52) + 1. */
#ifndef JFI_KERNEL_WASM128_VEC_H
#define JFI_KERNEL_WASM128_VEC_H

#include <wasm_simd128.h>

#include "kernel/wasm128/wasm128.h"

#define JFI_INLINE static inline __attribute__((always_inline))

#define JFI_ROUND 6755399441055744.0 /* magic: JFI_ROUND = 3 * 2**51 */

typedef v128_t jfi_w;

typedef struct jfi_wmod {
  jfi_w q, qinv, round;
} jfi_wmod;

JFI_INLINE jfi_wmod wmod(const jfi_mod *m) {
  return (jfi_wmod){wasm_i64x2_splat((int64_t)m->q), wasm_f64x2_splat(m->qinv), wasm_f64x2_splat(JFI_ROUND)};
}
JFI_INLINE jfi_w wadd(jfi_w a, jfi_w b) { return wasm_i64x2_add(a, b); }
JFI_INLINE jfi_w wsub(jfi_w a, jfi_w b) { return wasm_i64x2_sub(a, b); }
JFI_INLINE jfi_w wset(uint64_t a) { return wasm_i64x2_splat((int64_t)a); }

/* |x| < 2^51 as a double. */
JFI_INLINE jfi_w to_double(jfi_w x, const jfi_wmod *c) { return wasm_f64x2_sub(wadd(x, c->round), c->round); }
/* The nearest integer of |f| < 2^51. */
JFI_INLINE jfi_w nearest(jfi_w f, const jfi_wmod *c) { return wsub(wasm_f64x2_add(f, c->round), c->round); }

/* a*w - n*q. */
JFI_INLINE jfi_w rest(jfi_w a, jfi_w w, jfi_w n, const jfi_wmod *c) {
  return wsub(wasm_i64x2_mul(a, w), wasm_i64x2_mul(n, c->q));
}

/* a*w for |a| < 2^51 and |a*w/q| < 2^51. */
JFI_INLINE jfi_w mul_by(jfi_w a, jfi_w w, jfi_w wq, const jfi_wmod *c) {
  return rest(a, w, nearest(wasm_f64x2_mul(to_double(a, c), wq), c), c);
}

/* a*b for 0 <= a < 2^48, 0 <= b < q: |result| <= q/2 + 2^44 + 1. The product is off by 2^42, half a unit in the last place of a number below
 * 2^96; 1/q, relatively by 2^-53, moves it by 2^43 more; and the quotient, below 2^48, is off by 2^-6, which q makes 2^42. */
JFI_INLINE jfi_w mul_any(jfi_w a, jfi_w b, const jfi_wmod *c) {
  const jfi_w f = wasm_f64x2_mul(wasm_f64x2_mul(to_double(a, c), to_double(b, c)), c->qinv);
  return rest(a, b, nearest(f, c), c);
}

/* |x| < 2^51 to [-q/2 - 1, q/2 + 1]. */
JFI_INLINE jfi_w shrink(jfi_w x, const jfi_wmod *c) {
  const jfi_w n = nearest(wasm_f64x2_mul(to_double(x, c), c->qinv), c);
  return wsub(x, wasm_i64x2_mul(n, c->q));
}

/* (-q, q) to [0, q). */
JFI_INLINE jfi_w lift(jfi_w x, const jfi_wmod *c) {
  return wadd(x, wasm_v128_and(wasm_i64x2_lt(x, wasm_i64x2_const_splat(0)), c->q));
}

#endif
