/* ring/secret/sample.c: ternary and binomial samples from ChaCha20, a piece at a time; all arithmetic, no branch. */
#include "ring/secret/sample.h"

#include "base/cpu.h"
#include "base/mem.h"

/* Words are taken from the key stream as they lie in memory. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a little-endian machine");

enum { PIECE = 512 }; /* coefficients: at most 4 KiB of key stream in the first-level cache */

/* One loop, compiled for the machine's baseline and again for AVX2, where the compiler makes it twice as wide. */
#if defined(__x86_64__)
#define TWICE(name, body, params, args)                                                                                \
  static void name##_base params { body args; }                                                                        \
  __attribute__((target("avx2"))) static void name##_avx2 params { body args; }                                        \
  static void name params {                                                                                            \
    if (jfi_cpu_features() & JFI_CPU_AVX2_FMA)                                                                         \
      name##_avx2 args;                                                                                                \
    else                                                                                                               \
      name##_base args;                                                                                                \
  }
#else
#define TWICE(name, body, params, args)                                                                                \
  static void name params { body args; }
#endif
#define INLINE static inline __attribute__((always_inline))

/* floor(3u / 2^64) - 1 with u = h*2^32 + l: 3u = 3h*2^32 + 3l, so the floor is floor((3h + floor(3l/2^32)) / 2^32). */
INLINE void ternary_body(int8_t *out, const uint64_t *u, size_t n) {
  for (size_t i = 0; i < n; i++) {
    uint64_t h = u[i] >> 32, l = u[i] & 0xffffffffu;
    out[i] = (int8_t)((int32_t)((3 * h + (3 * l >> 32)) >> 32) - 1);
  }
}
TWICE(ternary_piece, ternary_body, (int8_t *out, const uint64_t *u, size_t n), (out, u, n))

void jfi_sample_ternary(jfi_rng *rng, int8_t *out, size_t n) {
  uint64_t u[PIECE];
  for (size_t at = 0; at < n; at += PIECE) {
    size_t len = n - at < PIECE ? n - at : PIECE;
    jfi_rng_bytes(rng, u, 8 * len);
    ternary_piece(out + at, u, len);
  }
  jfi_zeroize(u, sizeof u);
}

enum { CBD_PLANES = 6 }; /* bytes of key stream a coefficient: 5 whole ones and 2 bits of the sixth */

/* Population count of each byte of x. */
INLINE uint64_t byte_weights(uint64_t x) {
  const uint64_t m1 = UINT64_C(0x5555555555555555), m2 = UINT64_C(0x3333333333333333),
                 m4 = UINT64_C(0x0f0f0f0f0f0f0f0f);
  x -= x >> 1 & m1;
  x = (x & m2) + (x >> 2 & m2);
  return (x + (x >> 4)) & m4;
}

/* Eight coefficients a word, one a byte; plane p of coefficient i is byte p*stride + i, so all is done side by side.
 * weight(a) - weight(b) = weight(a) + weight(not b) - 21; the 21 bits `b` are those whose mask bits are set. */
INLINE void cbd_body(int8_t *out, const uint64_t *planes, size_t words, size_t n) {
  uint64_t sum[PIECE / 8] = {0}; /* eight stores: the analyser cannot see that words covers n */
  const uint64_t ones = UINT64_C(0x0101010101010101);
  for (size_t i = 0; i < words; i++) {
    const uint64_t *p = planes + i;
    uint64_t s = byte_weights(p[0]) + byte_weights(p[words]);       /* a: 16 */
    s += byte_weights(p[2 * words] ^ ones * 0xe0);                  /* a: 5, b: 3 */
    s += byte_weights(~p[3 * words]) + byte_weights(~p[4 * words]); /* b: 16 */
    sum[i] = s + byte_weights(~p[5 * words] & ones * 0x03);         /* b: 2 */
  }
  const uint8_t *bytes = (const uint8_t *)sum;
  for (size_t i = 0; i < n; i++) out[i] = (int8_t)(bytes[i] - JFI_CBD_BITS);
  jfi_zeroize(sum, sizeof sum);
}
TWICE(cbd_piece, cbd_body, (int8_t *out, const uint64_t *planes, size_t words, size_t n), (out, planes, words, n))

void jfi_sample_cbd(jfi_rng *rng, int8_t *out, size_t n) {
  uint64_t planes[CBD_PLANES * PIECE / 8];
  for (size_t at = 0; at < n; at += PIECE) {
    size_t len = n - at < PIECE ? n - at : PIECE, words = (len + 7) / 8;
    jfi_rng_bytes(rng, planes, CBD_PLANES * 8 * words);
    cbd_piece(out + at, planes, words, len);
  }
  jfi_zeroize(planes, sizeof planes);
}
