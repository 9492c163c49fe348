/* base/wasm128/aes.c: the stream in bit planes, eight blocks at a time: no table, so no load a byte, and about twice the
 * speed of base/aes.c where a browser has no AES instruction. Twin: base/aes.c. [KS09] [BP11]
 *
 * Plane b holds bit b of every byte: bit j of its byte p belongs to byte p of block j. */
#include "base/aes_block.h"

#include <wasm_simd128.h>

enum { ROUNDS = 10 };

typedef v128_t planes[8];

/* ---- SubBytes without its constant 0x63, which the round keys carry ---- */
#define X(a, b) wasm_v128_xor(a, b)
#define A(a, b) wasm_v128_and(a, b)

/* The straight-line program of Boyar and Peralta: a linear layer (y), an inversion in GF(2^4) towers (t), the products of its
 * result with the first layer (z), a linear layer. x0 and s0 are the most significant bits; each line is one level or two. */
static inline __attribute__((always_inline)) void sub_bytes(planes q) {
  const v128_t x0 = q[7], x1 = q[6], x2 = q[5], x3 = q[4], x4 = q[3], x5 = q[2], x6 = q[1], x7 = q[0];
  const v128_t y14 = X(x3, x5), y13 = X(x0, x6), y9 = X(x0, x3), y8 = X(x0, x5), t0 = X(x1, x2);
  const v128_t y1 = X(t0, x7), y4 = X(y1, x3), y12 = X(y13, y14), y2 = X(y1, x0), y5 = X(y1, x6);
  const v128_t y3 = X(y5, y8), t1 = X(x4, y12), y15 = X(t1, x5), y20 = X(t1, x1), y6 = X(y15, x7);
  const v128_t y10 = X(y15, t0), y11 = X(y20, y9), y7 = X(x7, y11), y17 = X(y10, y11), y19 = X(y10, y8);
  const v128_t y16 = X(t0, y11), y21 = X(y13, y16), y18 = X(x0, y16);
  const v128_t t2 = A(y12, y15), t4 = X(A(y3, y6), t2), t6 = X(A(y4, x7), t2), t7 = A(y13, y16);
  const v128_t t9 = X(A(y5, y1), t7), t11 = X(A(y2, y7), t7), t12 = A(y9, y11);
  const v128_t t14 = X(A(y14, y17), t12), t16 = X(A(y8, y10), t12);
  const v128_t t21 = X(X(t4, t14), y20), t22 = X(X(t6, t16), y19), t23 = X(X(t9, t14), y21), t24 = X(X(t11, t16), y18);
  const v128_t t25 = X(t21, t22), t26 = A(t21, t23), t27 = X(t24, t26), t29 = X(A(t25, t27), t22);
  const v128_t t33 = X(A(X(t22, t26), X(t23, t24)), t24), t36 = A(t24, X(t27, t33));
  const v128_t t37 = X(t36, X(t23, t33)), t40 = X(t25, A(t29, X(t27, t36)));
  const v128_t t41 = X(t40, t37), t42 = X(t29, t33), t43 = X(t29, t40), t44 = X(t33, t37), t45 = X(t42, t41);
  const v128_t z0 = A(t44, y15), z1 = A(t37, y6), z2 = A(t33, x7), z3 = A(t43, y16), z4 = A(t40, y1), z5 = A(t29, y7);
  const v128_t z6 = A(t42, y11), z7 = A(t45, y17), z8 = A(t41, y10), z9 = A(t44, y12), z10 = A(t37, y3),
               z11 = A(t33, y4);
  const v128_t z12 = A(t43, y13), z13 = A(t40, y5), z14 = A(t29, y2), z15 = A(t42, y9), z16 = A(t45, y14),
               z17 = A(t41, y8);
  const v128_t t46 = X(z15, z16), t48 = X(z5, z13), t53 = X(z0, z3), t57 = X(X(z2, z12), t53);
  const v128_t t58 = X(z4, t46), t59 = X(z3, X(z6, z7)), t62 = X(X(z7, z8), t58), t63 = X(X(z9, z10), t58);
  const v128_t t64 = X(z4, t59), t65 = X(X(z14, t57), t62), t66 = X(z1, t63), s3 = X(t53, t66);
  q[7] = X(t59, t63);
  q[6] = X(t64, s3);
  q[5] = X(X(z16, z17), X(t64, t65));
  q[4] = s3;
  q[3] = X(X(z2, z5), t66);
  q[2] = X(X(z10, z11), t65);
  q[1] = X(X(z12, t48), t62);
  q[0] = X(t48, X(t46, t57));
}

/* ---- the rest of a round: byte p of a block is row p % 4 of column p / 4 ---- */
/* Row r of the result is row r + 0 (or 1) of the state after ShiftRows, which takes row r from r columns to the right. */
#define SHIFTED(v)          wasm_i8x16_shuffle(v, v, 0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11)
#define SHIFTED_NEXT_ROW(v) wasm_i8x16_shuffle(v, v, 5, 10, 15, 0, 9, 14, 3, 4, 13, 2, 7, 8, 1, 6, 11, 12)
#define TWO_ROWS_ON(v)      wasm_i8x16_shuffle(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)

/* MixColumns of rows a, b, c, d: 2a + 3b + c + d = 2(a + b) + b + (c + d), and c + d is a + b two rows on. Doubling moves
 * each plane up one; plane 7 comes back as 0x1b, planes 0, 1, 3, 4. */
static inline __attribute__((always_inline)) void mix_and_add_key(planes q, const planes key) {
  planes e, r;
  for (int i = 0; i < 8; i++) {
    v128_t b = SHIFTED_NEXT_ROW(q[i]);
    e[i] = X(SHIFTED(q[i]), b);
    r[i] = X(X(b, TWO_ROWS_ON(e[i])), key[i]);
  }
  for (int i = 0; i < 8; i++) q[i] = i ? X(r[i], e[i - 1]) : X(r[0], e[7]);
  q[1] = X(q[1], e[7]);
  q[3] = X(q[3], e[7]);
  q[4] = X(q[4], e[7]);
}

/* Transposes the 8 x 8 bits that lie at each byte position: blocks to planes and back. */
static inline __attribute__((always_inline)) void exchange(v128_t *a, v128_t *b, uint32_t shift, uint8_t mask) {
  v128_t t = A(X(wasm_u64x2_shr(*a, shift), *b), wasm_u8x16_splat(mask));
  *b = X(*b, t);
  *a = X(*a, wasm_i64x2_shl(t, shift));
}
static inline __attribute__((always_inline)) void transpose(planes x) {
  for (int i = 0; i < 8; i += 2) exchange(x + i, x + i + 1, 1, 0x55);
  for (int i = 0; i < 8; i += i % 4 == 1 ? 3 : 1) exchange(x + i, x + i + 2, 2, 0x33);
  for (int i = 0; i < 4; i++) exchange(x + i, x + i + 4, 4, 0x0f);
}

/* Every byte of plane b of round r is all ones where bit b of the round key's byte is set. From round 1 on the key carries the
 * 0x63 of the SubBytes before it: ShiftRows moves equal bytes, and MixColumns keeps a column of equal ones (2 + 3 + 1 + 1 = 1). */
static void key_planes(planes key[ROUNDS + 1], const jfi_aes *a) {
  for (int r = 0; r <= ROUNDS; r++) {
    v128_t k = X(wasm_v128_load(a->round_keys[r]), wasm_u8x16_splat(r ? 0x63 : 0));
    for (int b = 0; b < 8; b++)
      key[r][b] = wasm_i8x16_ne(A(k, wasm_u8x16_splat((uint8_t)(1u << b))), wasm_u8x16_splat(0));
  }
}

/* Eight blocks from `first`; c is the counter block of t = 0. */
static void eight(planes x, const planes key[ROUNDS + 1], v128_t c, uint64_t first) {
  for (unsigned j = 0; j < 8; j++) x[j] = X(c, wasm_u64x2_make(first + j, 0));
  transpose(x);
  for (int i = 0; i < 8; i++) x[i] = X(x[i], key[0][i]);
  for (int r = 1; r < ROUNDS; r++) {
    sub_bytes(x);
    mix_and_add_key(x, key[r]);
  }
  sub_bytes(x);
  for (int i = 0; i < 8; i++) x[i] = X(SHIFTED(x[i]), key[ROUNDS][i]);
  transpose(x);
}

void jfi_aes_stream_wasm128(const jfi_aes *a, uint8_t *out, uint64_t high, uint64_t first, size_t blocks) {
  planes key[ROUNDS + 1], x;
  v128_t c = X(wasm_v128_load(a->iv), wasm_u64x2_make(0, high));
  key_planes(key, a);
  for (; blocks; first += 8) {
    size_t n = blocks < 8 ? blocks : 8;
    eight(x, (const planes *)key, c, first);
    for (size_t j = 0; j < n; j++, out += 16) wasm_v128_store(out, x[j]);
    blocks -= n;
  }
}
