/* base/sha256.c: SHA-256 as FIPS 180-4 writes it; the block function is chosen by the CPU. */
#include "base/sha256.h"

#include <string.h>

#include "base/bytes.h"
#include "base/cpu.h"
#include "base/sha256_block.h"

/* First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
_Alignas(64) const uint32_t jfi_sha256_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t ror(uint32_t x, int k) { return x >> k | x << (32 - k); }

static void expand(uint32_t w[64], const uint8_t *p) {
  for (int t = 0; t < 16; t++) w[t] = jfi_load32_be(p + 4 * t);
  for (int t = 16; t < 64; t++) {
    uint32_t s0 = ror(w[t - 15], 7) ^ ror(w[t - 15], 18) ^ w[t - 15] >> 3;
    uint32_t s1 = ror(w[t - 2], 17) ^ ror(w[t - 2], 19) ^ w[t - 2] >> 10;
    w[t] = s1 + w[t - 7] + s0 + w[t - 16];
  }
}

static void blocks_ref(uint32_t h[8], const uint8_t *p, size_t count) {
  uint32_t w[64], s[8];
  for (; count; count--, p += 64) {
    expand(w, p);
    memcpy(s, h, sizeof s);
    for (int t = 0; t < 64; t++) {
      uint32_t sig1 = ror(s[4], 6) ^ ror(s[4], 11) ^ ror(s[4], 25), ch = (s[4] & s[5]) ^ (~s[4] & s[6]);
      uint32_t t1 = s[7] + sig1 + ch + jfi_sha256_k[t] + w[t];
      uint32_t sig0 = ror(s[0], 2) ^ ror(s[0], 13) ^ ror(s[0], 22);
      uint32_t maj = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
      memmove(s + 1, s, 7 * sizeof s[0]);
      s[4] += t1;
      s[0] = t1 + sig0 + maj;
    }
    for (int i = 0; i < 8; i++) h[i] += s[i];
  }
}

static void blocks(uint32_t h[8], const uint8_t *p, size_t count) {
#if defined(JFHE_HAVE_SHA256_NI)
  if (jfi_cpu_features() & JFI_CPU_SHANI) {
    jfi_sha256_blocks_ni(h, p, count);
    return;
  }
#endif
  blocks_ref(h, p, count);
}

void jfi_sha256_init(jfi_sha256 *s) {
  /* Fractional parts of the square roots of the first 8 primes (FIPS 180-4, 5.3.3). */
  static const uint32_t h0[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  memcpy(s->h, h0, sizeof h0);
  s->bytes = 0;
}

void jfi_sha256_update(jfi_sha256 *s, const void *data, size_t len) {
  const uint8_t *p = data;
  size_t held = (size_t)(s->bytes & 63);
  if (len == 0) return;
  s->bytes += len;
  if (held) {
    size_t take = len < 64 - held ? len : 64 - held;
    memcpy(s->block + held, p, take);
    if (held + take < 64) return;
    blocks(s->h, s->block, 1);
    p += take;
    len -= take;
  }
  if (len >= 64) blocks(s->h, p, len / 64);
  memcpy(s->block, p + (len & ~(size_t)63), len & 63);
}

void jfi_sha256_final(jfi_sha256 *s, uint8_t digest[32]) {
  uint64_t bits = s->bytes << 3;
  size_t held = (size_t)(s->bytes & 63);
  s->block[held++] = 0x80;
  if (held > 56) { /* no room for the length: one more block */
    memset(s->block + held, 0, 64 - held);
    blocks(s->h, s->block, 1);
    held = 0;
  }
  memset(s->block + held, 0, 56 - held);
  jfi_store32_be(s->block + 56, (uint32_t)(bits >> 32));
  jfi_store32_be(s->block + 60, (uint32_t)bits);
  blocks(s->h, s->block, 1);
  for (int i = 0; i < 8; i++) jfi_store32_be(digest + 4 * i, s->h[i]);
}
