/* base/aes.c: the key schedule, the portable cipher, and the choice of code. [FIPS 197] [SP 800-38A]
 *
 * The portable cipher looks its four tables up at bytes of the state, which an observer of the cache can see: it is for
 * public seeds alone. A column is a little-endian word, row 0 in its low byte. */
#include "base/aes.h"

#include <string.h>

#include "base/aes_block.h"
#include "base/bytes.h"
#include "base/cpu.h"

/* The S-box of FIPS 197, 5.1.1, once; every table below is derived from it by the compiler. */
/* clang-format off */
#define JFI_SBOX(X) \
  X(0x63) X(0x7c) X(0x77) X(0x7b) X(0xf2) X(0x6b) X(0x6f) X(0xc5) X(0x30) X(0x01) X(0x67) X(0x2b) X(0xfe) X(0xd7) X(0xab) X(0x76) \
  X(0xca) X(0x82) X(0xc9) X(0x7d) X(0xfa) X(0x59) X(0x47) X(0xf0) X(0xad) X(0xd4) X(0xa2) X(0xaf) X(0x9c) X(0xa4) X(0x72) X(0xc0) \
  X(0xb7) X(0xfd) X(0x93) X(0x26) X(0x36) X(0x3f) X(0xf7) X(0xcc) X(0x34) X(0xa5) X(0xe5) X(0xf1) X(0x71) X(0xd8) X(0x31) X(0x15) \
  X(0x04) X(0xc7) X(0x23) X(0xc3) X(0x18) X(0x96) X(0x05) X(0x9a) X(0x07) X(0x12) X(0x80) X(0xe2) X(0xeb) X(0x27) X(0xb2) X(0x75) \
  X(0x09) X(0x83) X(0x2c) X(0x1a) X(0x1b) X(0x6e) X(0x5a) X(0xa0) X(0x52) X(0x3b) X(0xd6) X(0xb3) X(0x29) X(0xe3) X(0x2f) X(0x84) \
  X(0x53) X(0xd1) X(0x00) X(0xed) X(0x20) X(0xfc) X(0xb1) X(0x5b) X(0x6a) X(0xcb) X(0xbe) X(0x39) X(0x4a) X(0x4c) X(0x58) X(0xcf) \
  X(0xd0) X(0xef) X(0xaa) X(0xfb) X(0x43) X(0x4d) X(0x33) X(0x85) X(0x45) X(0xf9) X(0x02) X(0x7f) X(0x50) X(0x3c) X(0x9f) X(0xa8) \
  X(0x51) X(0xa3) X(0x40) X(0x8f) X(0x92) X(0x9d) X(0x38) X(0xf5) X(0xbc) X(0xb6) X(0xda) X(0x21) X(0x10) X(0xff) X(0xf3) X(0xd2) \
  X(0xcd) X(0x0c) X(0x13) X(0xec) X(0x5f) X(0x97) X(0x44) X(0x17) X(0xc4) X(0xa7) X(0x7e) X(0x3d) X(0x64) X(0x5d) X(0x19) X(0x73) \
  X(0x60) X(0x81) X(0x4f) X(0xdc) X(0x22) X(0x2a) X(0x90) X(0x88) X(0x46) X(0xee) X(0xb8) X(0x14) X(0xde) X(0x5e) X(0x0b) X(0xdb) \
  X(0xe0) X(0x32) X(0x3a) X(0x0a) X(0x49) X(0x06) X(0x24) X(0x5c) X(0xc2) X(0xd3) X(0xac) X(0x62) X(0x91) X(0x95) X(0xe4) X(0x79) \
  X(0xe7) X(0xc8) X(0x37) X(0x6d) X(0x8d) X(0xd5) X(0x4e) X(0xa9) X(0x6c) X(0x56) X(0xf4) X(0xea) X(0x65) X(0x7a) X(0xae) X(0x08) \
  X(0xba) X(0x78) X(0x25) X(0x2e) X(0x1c) X(0xa6) X(0xb4) X(0xc6) X(0xe8) X(0xdd) X(0x74) X(0x1f) X(0x4b) X(0xbd) X(0x8b) X(0x8a) \
  X(0x70) X(0x3e) X(0xb5) X(0x66) X(0x48) X(0x03) X(0xf6) X(0x0e) X(0x61) X(0x35) X(0x57) X(0xb9) X(0x86) X(0xc1) X(0x1d) X(0x9e) \
  X(0xe1) X(0xf8) X(0x98) X(0x11) X(0x69) X(0xd9) X(0x8e) X(0x94) X(0x9b) X(0x1e) X(0x87) X(0xe9) X(0xce) X(0x55) X(0x28) X(0xdf) \
  X(0x8c) X(0xa1) X(0x89) X(0x0d) X(0xbf) X(0xe6) X(0x42) X(0x68) X(0x41) X(0x99) X(0x2d) X(0x0f) X(0xb0) X(0x54) X(0xbb) X(0x16)
/* clang-format on */

#define BYTE(s) s,
static const uint8_t sbox[256] = {JFI_SBOX(BYTE)};

#define X2(s) ((((uint32_t)(s) << 1) ^ ((uint32_t)(s) >> 7) * 0x1bu) & 0xffu)
/* MixColumns of the column (s, 0, 0, 0): (2s, s, s, 3s); table r is the same for a byte in row r. */
#define COLUMN(s) (X2(s) | (uint32_t)(s) << 8 | (uint32_t)(s) << 16 | (X2(s) ^ (s)) << 24)
#define T0(s)     COLUMN(s),
#define T1(s)     (COLUMN(s) << 8 | COLUMN(s) >> 24),
#define T2(s)     (COLUMN(s) << 16 | COLUMN(s) >> 16),
#define T3(s)     (COLUMN(s) << 24 | COLUMN(s) >> 8),
_Alignas(64) static const uint32_t table[4][256] = {{JFI_SBOX(T0)}, {JFI_SBOX(T1)}, {JFI_SBOX(T2)}, {JFI_SBOX(T3)}};

void jfi_aes_init(jfi_aes *a, const uint8_t seed[JFI_SEED_BYTES]) {
  uint8_t *w = &a->round_keys[0][0], rcon = 1;
  memcpy(w, seed, 16);
  for (int i = 16; i < 176; i += 4) {
    uint8_t t[4];
    memcpy(t, w + i - 4, 4);
    if (i % 16 == 0) { /* RotWord, SubWord, Rcon */
      uint8_t first = t[0];
      t[0] = (uint8_t)(sbox[t[1]] ^ rcon);
      t[1] = sbox[t[2]];
      t[2] = sbox[t[3]];
      t[3] = sbox[first];
      rcon = (uint8_t)X2(rcon);
    }
    for (int j = 0; j < 4; j++) w[i + j] = (uint8_t)(w[i - 16 + j] ^ t[j]);
  }
  memcpy(a->iv, seed + 16, 16);
  a->features = jfi_cpu_features();
}

static uint32_t mix(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t k) {
  return table[0][a & 255] ^ table[1][b >> 8 & 255] ^ table[2][c >> 16 & 255] ^ table[3][d >> 24] ^ k;
}

/* The last round has no MixColumns. */
static uint32_t substitute(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t k) {
  return ((uint32_t)sbox[a & 255] | (uint32_t)sbox[b >> 8 & 255] << 8 | (uint32_t)sbox[c >> 16 & 255] << 16 |
          (uint32_t)sbox[d >> 24] << 24) ^
         k;
}

static void stream_ref(const jfi_aes *a, uint8_t *out, uint64_t high, uint64_t first, size_t blocks) {
  uint32_t k[44];
  uint64_t iv_low = jfi_load64_le(a->iv), c_high = jfi_load64_le(a->iv + 8) ^ high;
  for (int i = 0; i < 44; i++) k[i] = jfi_load32_le(&a->round_keys[0][0] + 4 * i);
  uint32_t s2 = (uint32_t)c_high ^ k[2], s3 = (uint32_t)(c_high >> 32) ^ k[3];
  for (size_t b = 0; b < blocks; b++, out += 16) {
    uint64_t low = iv_low ^ (first + b);
    uint32_t x0 = (uint32_t)low ^ k[0], x1 = (uint32_t)(low >> 32) ^ k[1], x2 = s2, x3 = s3;
    for (int r = 4; r < 40; r += 4) {
      uint32_t y0 = mix(x0, x1, x2, x3, k[r]), y1 = mix(x1, x2, x3, x0, k[r + 1]);
      uint32_t y2 = mix(x2, x3, x0, x1, k[r + 2]), y3 = mix(x3, x0, x1, x2, k[r + 3]);
      x0 = y0;
      x1 = y1;
      x2 = y2;
      x3 = y3;
    }
    jfi_store32_le(out, substitute(x0, x1, x2, x3, k[40]));
    jfi_store32_le(out + 4, substitute(x1, x2, x3, x0, k[41]));
    jfi_store32_le(out + 8, substitute(x2, x3, x0, x1, k[42]));
    jfi_store32_le(out + 12, substitute(x3, x0, x1, x2, k[43]));
  }
}

/* Below this many blocks the planes of the key cost more than they save. */
#if defined(JFHE_HAVE_WASM128)
enum { WORTH = 4 };
#endif

void jfi_aes_stream(const jfi_aes *a, uint8_t *out, uint32_t domain, uint32_t index, uint64_t first, size_t blocks) {
  uint64_t high = (uint64_t)index | (uint64_t)domain << 32;
#if defined(JFHE_HAVE_AES_VAES)
  if (a->features & JFI_CPU_VAES) {
    jfi_aes_stream_vaes(a, out, high, first, blocks);
    return;
  }
#endif
#if defined(JFHE_HAVE_AES_NI)
  if (a->features & JFI_CPU_AESNI) {
    jfi_aes_stream_ni(a, out, high, first, blocks);
    return;
  }
#endif
#if defined(JFHE_HAVE_WASM128)
  if (a->features & JFI_CPU_SIMD128 && blocks >= WORTH) {
    jfi_aes_stream_wasm128(a, out, high, first, blocks);
    return;
  }
#endif
  stream_ref(a, out, high, first, blocks);
}
