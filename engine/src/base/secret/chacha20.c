/* base/secret/chacha20.c: four blocks at a time in vectors of four words, which SSE2, NEON and simd128 all have. */
#include "base/secret/chacha20.h"

#include <string.h>

#include "base/mem.h"

typedef uint32_t vec __attribute__((vector_size(16)));

static inline vec rol(vec x, int k) { return x << k | x >> (32 - k); }

static inline void quarter(vec *a, vec *b, vec *c, vec *d) {
  *a += *b;
  *d = rol(*d ^ *a, 16);
  *c += *d;
  *b = rol(*b ^ *c, 12);
  *a += *b;
  *d = rol(*d ^ *a, 8);
  *c += *d;
  *b = rol(*b ^ *c, 7);
}

/* Word w of blocks 0..3 in lane 0..3 of x[w]. */
static inline void rounds(vec x[16]) {
  for (int i = 0; i < 10; i++) {
    for (int j = 0; j < 4; j++) quarter(x + j, x + 4 + j, x + 8 + j, x + 12 + j);
    for (int j = 0; j < 4; j++) quarter(x + j, x + 4 + (j + 1) % 4, x + 8 + (j + 2) % 4, x + 12 + (j + 3) % 4);
  }
}

/* Words w..w+3 of four blocks in, of block b in x[b] out. */
static inline void transpose(vec x[4]) {
  vec a = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5), b = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5);
  vec c = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7), d = __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
  x[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
  x[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
  x[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
  x[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
}

/* Vectors lie in memory as the stream wants them: the machine is little-endian. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a little-endian machine");
static inline void store(uint8_t *out, vec x[16]) {
  for (int w = 0; w < 16; w += 4) {
    transpose(x + w);
    for (int b = 0; b < 4; b++) memcpy(out + 64 * b + 4 * w, &x[w + b], sizeof x[0]);
  }
}

void jfi_chacha20_ref(uint8_t *out, const uint32_t state[16], size_t groups) {
  uint64_t counter = (uint64_t)state[12] | (uint64_t)state[13] << 32;
  vec x[16], s[16];
  for (int w = 0; w < 16; w++) s[w] = (vec){state[w], state[w], state[w], state[w]};
  for (size_t b = 0; b < 4 * groups; b++, out += 256, counter += 4) {
    for (unsigned i = 0; i < 4; i++) {
      s[12][i] = (uint32_t)(counter + i);
      s[13][i] = (uint32_t)((counter + i) >> 32);
    }
    memcpy(x, s, sizeof x);
    rounds(x);
    for (int w = 0; w < 16; w++) x[w] += s[w];
    store(out, x);
  }
  jfi_zeroize(x, sizeof x);
  jfi_zeroize(s, sizeof s);
}
