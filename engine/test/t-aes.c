/* every-isa */
/* t-aes.c: the stream against published vectors, against a cipher written from FIPS 197's text, and against itself. */
#include <stdlib.h>
#include <string.h>

#include "base/aes.h"
#include "base/cpu.h"
#include "harness.h"

/* FIPS 197 by its definitions: S-box as inverse and affine map in GF(2^8), no tables, no shared code. */
static uint8_t gf_mul(uint8_t a, uint8_t b) {
  uint8_t r = 0;
  for (; b; b >>= 1, a = (uint8_t)(a << 1 ^ (a & 0x80 ? 0x1b : 0)))
    if (b & 1) r ^= a;
  return r;
}
static uint8_t s_box(uint8_t a) {
  uint8_t inv = 1, r = 0;
  for (int i = 0; i < 254; i++) inv = gf_mul(inv, a); /* a^254 = 1/a */
  for (int i = 0; i < 8; i++) {
    int bit = inv >> i ^ inv >> (i + 4) % 8 ^ inv >> (i + 5) % 8 ^ inv >> (i + 6) % 8 ^ inv >> (i + 7) % 8 ^ 0x63 >> i;
    r = (uint8_t)(r | (bit & 1) << i);
  }
  return r;
}
static void model_block(uint8_t out[16], const uint8_t key[16], const uint8_t in[16]) {
  uint8_t w[176], s[16], t[16], rcon = 1;
  memcpy(w, key, 16);
  for (int i = 16; i < 176; i += 4) {
    uint8_t c[4] = {w[i - 4], w[i - 3], w[i - 2], w[i - 1]};
    if (i % 16 == 0) {
      uint8_t d[4] = {(uint8_t)(s_box(c[1]) ^ rcon), s_box(c[2]), s_box(c[3]), s_box(c[0])};
      memcpy(c, d, 4);
      rcon = gf_mul(rcon, 2);
    }
    for (int j = 0; j < 4; j++) w[i + j] = w[i - 16 + j] ^ c[j];
  }
  for (int i = 0; i < 16; i++) s[i] = in[i] ^ w[i];
  for (int r = 1; r <= 10; r++) {
    for (int i = 0; i < 16; i++) t[i] = s_box(s[(i + 4 * (i % 4)) % 16]); /* SubBytes, ShiftRows */
    for (int i = 0; i < 16; i++) {
      int c = i & ~3, k = i & 3;
      s[i] = r == 10 ? t[i]
                     : (uint8_t)(gf_mul(t[c + k], 2) ^ gf_mul(t[c + (k + 1) % 4], 3) ^ t[c + (k + 2) % 4] ^
                                 t[c + (k + 3) % 4]);
      s[i] ^= w[16 * r + i];
    }
  }
  memcpy(out, s, 16);
}

static void model_stream(uint8_t out[16], const uint8_t seed[32], uint32_t domain, uint32_t index, uint64_t t) {
  uint8_t c[16];
  for (int i = 0; i < 16; i++) {
    uint64_t word = i < 8 ? t : (uint64_t)index | (uint64_t)domain << 32;
    c[i] = (uint8_t)(seed[16 + i] ^ (uint8_t)(word >> 8 * (i & 7)));
  }
  model_block(out, seed, c);
}

JFI_TEST(model_meets_fips_197) { /* appendix C.1 */
  static const uint8_t want[16] = {0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30,
                                   0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a};
  uint8_t key[16], in[16], out[16];
  for (int i = 0; i < 16; i++) {
    key[i] = (uint8_t)i;
    in[i] = (uint8_t)(0x11 * i);
  }
  model_block(out, key, in);
  CHECK_MEM(out, want, 16);
}

/* SP 800-38A, F.5.1: the key stream is ciphertext xor plaintext. Its counter is big-endian, so each block is its own
 * stream with the whole counter as IV. */
JFI_TEST(ctr_meets_sp_800_38a) {
  static const uint8_t key[16] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                                  0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
  static const uint8_t want[4][16] = {
      {0xec, 0x8c, 0xdf, 0x73, 0x98, 0x60, 0x7c, 0xb0, 0xf2, 0xd2, 0x16, 0x75, 0xea, 0x9e, 0xa1, 0xe4},
      {0x36, 0x2b, 0x7c, 0x3c, 0x67, 0x73, 0x51, 0x63, 0x18, 0xa0, 0x77, 0xd7, 0xfc, 0x50, 0x73, 0xae},
      {0x6a, 0x2c, 0xc3, 0x78, 0x78, 0x89, 0x37, 0x4f, 0xbe, 0xb4, 0xc8, 0x1b, 0x17, 0xba, 0x6c, 0x44},
      {0xe8, 0x9c, 0x39, 0x9f, 0xf0, 0xf1, 0x98, 0xc6, 0xd4, 0x0a, 0x31, 0xdb, 0x15, 0x6c, 0xab, 0xfe}};
  for (int b = 0; b < 4; b++) {
    uint8_t seed[32], out[16];
    jfi_aes a;
    memcpy(seed, key, 16);
    for (int i = 0; i < 16; i++) seed[16 + i] = (uint8_t)(0xf0 + i);
    seed[31] = (uint8_t)(0xff + b); /* the counter ends in ff, 00, 01, 02 ... */
    if (b) seed[30] = 0xff;         /* ... and carries once: feff -> ff00 */
    jfi_aes_init(&a, seed);
    jfi_aes_stream(&a, out, 0, 0, 0, 1);
    CHECK_MEM(out, want[b], 16);
  }
}

JFI_TEST(stream_meets_its_definition) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  for (int round = 0; round < 40; round++) {
    uint8_t seed[32], got[16 * 70 + 1], want[16];
    size_t blocks = jfi_test_rng_below(&rng, 70) + 1;
    uint32_t domain = (uint32_t)jfi_test_rng_u64(&rng), index = (uint32_t)jfi_test_rng_u64(&rng);
    uint64_t first = round % 3 == 0 ? UINT32_MAX - 20u : jfi_test_rng_u64(&rng) >> (round & 31);
    jfi_aes a;
    jfi_test_rng_fill(&rng, seed, 32);
    jfi_aes_init(&a, seed);
    got[16 * blocks] = 0x5a;
    jfi_aes_stream(&a, got, domain, index, first, blocks);
    for (size_t b = 0; b < blocks; b++) {
      model_stream(want, seed, domain, index, first + b);
      CHECK_MEM(got + 16 * b, want, 16);
    }
    CHECK_EQ(got[16 * blocks], 0x5a);
  }
}

/* Any cut of the stream gives the same bytes, at any alignment of out. */
JFI_TEST(stream_is_seekable) {
  uint8_t seed[32] = {7, 1, 2}, whole[16 * 200], part[16 * 200 + 16];
  jfi_aes a;
  jfi_aes_init(&a, seed);
  jfi_aes_stream(&a, whole, 3, 5, 1000, 200);
  for (size_t n = 1; n < 100; n += 3)
    for (size_t at = 0; at + n <= 200; at += 37) {
      uint8_t *p = part + (n + at) % 16;
      jfi_aes_stream(&a, p, 3, 5, 1000 + at, n);
      CHECK_MEM(p, whole + 16 * at, 16 * n);
    }
}

JFI_TEST(isa_is_forced) {
  const char *isa = getenv("JFHE_ISA");
  if (isa && strcmp(isa, "ref") == 0) CHECK_EQ(jfi_cpu_features(), 0);
  if (isa && strcmp(isa, "avx2") == 0) CHECK_EQ(jfi_cpu_features() & (JFI_CPU_AVX512 | JFI_CPU_IFMA | JFI_CPU_VAES), 0);
  CHECK((jfi_isa_forced() == NULL) == (isa == NULL || *isa == '\0'));
}
