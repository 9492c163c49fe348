/* base/secret/rng.c: entropy of the system, stretched by ChaCha20. */
#define _GNU_SOURCE /* getentropy, getrandom */
#include "base/secret/rng.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__) || defined(__APPLE__)
#include <sys/random.h>
#endif

#include "base/bytes.h"
#include "base/cpu.h"
#include "base/mem.h"
#include "base/secret/chacha20.h"
#include "base/status.h"

static jfi_chacha_fn choose(void) {
#if defined(__x86_64__)
  unsigned features = jfi_cpu_features();
  if (features & JFI_CPU_AVX512) return jfi_chacha20_avx512;
  if (features & JFI_CPU_AVX2_FMA) return jfi_chacha20_avx2;
#endif
  return jfi_chacha20_ref;
}

jfhe_status jfi_entropy(void *buf, size_t len) {
  uint8_t *p = buf;
  while (len) {
    size_t got = len < 256 ? len : 256; /* the most that one getentropy gives */
#if defined(__linux__)
    ssize_t r = getrandom(p, got, 0);
    if (r < 0 && errno == EINTR) continue;
    if (r <= 0) return jfi_fail(JFHE_ERR_ENTROPY, "getrandom failed, errno %d", errno);
    got = (size_t)r;
#else
    if (getentropy(p, got) != 0) return jfi_fail(JFHE_ERR_ENTROPY, "getentropy failed, errno %d", errno);
#endif
    p += got;
    len -= got;
  }
  return JFHE_OK;
}

jfhe_status jfi_rng_init(jfi_rng *r) {
  uint8_t key[32];
  jfhe_status s = jfi_entropy(key, sizeof key);
  if (s == JFHE_OK) jfi_rng_from_key(r, key, 0);
  jfi_zeroize(key, sizeof key);
  return s;
}

void jfi_rng_from_key(jfi_rng *r, const uint8_t key[32], uint64_t stream) {
  for (int i = 0; i < 8; i++) r->key[i] = jfi_load32_le(key + 4 * i);
  r->counter = 0;
  r->stream = stream;
  r->used = sizeof r->buf;
  r->blocks = choose();
}

/* The next groups of the key stream, past whatever buf still holds. */
static void generate(jfi_rng *r, uint8_t *out, size_t groups) {
  uint32_t state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}; /* "expand 32-byte k" */
  memcpy(state + 4, r->key, sizeof r->key);
  state[12] = (uint32_t)r->counter;
  state[13] = (uint32_t)(r->counter >> 32);
  state[14] = (uint32_t)r->stream;
  state[15] = (uint32_t)(r->stream >> 32);
  r->blocks(out, state, groups);
  r->counter += 16 * (uint64_t)groups;
  jfi_zeroize(state, sizeof state);
}

/* Hands out what buf holds, at most len bytes, and forgets it. */
static size_t drain(jfi_rng *r, uint8_t *out, size_t len) {
  size_t left = sizeof r->buf - r->used, take = len < left ? len : left;
  memcpy(out, r->buf + r->used, take);
  jfi_zeroize(r->buf + r->used, take);
  r->used += take;
  return take;
}

void jfi_rng_bytes(jfi_rng *r, void *out, size_t len) {
  uint8_t *p = out;
  size_t done = drain(r, p, len), groups = (len - done) / JFI_CHACHA_GROUP;
  if (groups) generate(r, p + done, groups);
  done += groups * JFI_CHACHA_GROUP;
  if (done == len) return;
  generate(r, r->buf, 1);
  r->used = 0;
  (void)drain(r, p + done, len - done);
}

void jfi_rng_wipe(jfi_rng *r) {
  jfi_zeroize(r, sizeof *r);
  r->used = sizeof r->buf;
}
