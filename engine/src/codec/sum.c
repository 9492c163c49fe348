/* codec/sum.c: the checksum of payloads. Definition and proof: sum.h. */
#include "codec/sum.h"

#include <string.h>

#include "base/bytes.h"
#include "base/sha256.h"

void jfi_sum_init(jfi_sum *s) { memset(s, 0, sizeof *s); }

/* Whole blocks. The lanes are independent, so compilers turn the inner loop into vectors. */
static void absorb(jfi_sum *s, const uint8_t *p, size_t blocks) {
  uint64_t a[JFI_SUM_LANES], b[JFI_SUM_LANES];
  memcpy(a, s->a, sizeof a);
  memcpy(b, s->b, sizeof b);
  for (size_t i = 0; i < blocks; i++, p += JFI_SUM_BLOCK) {
    for (size_t j = 0; j < JFI_SUM_LANES; j++) {
      a[j] += jfi_load32_le(p + 4 * j);
      b[j] += a[j];
    }
  }
  memcpy(s->a, a, sizeof a);
  memcpy(s->b, b, sizeof b);
}

void jfi_sum_update(jfi_sum *s, const void *data, size_t len) {
  const uint8_t *p = data;
  size_t held = (size_t)(s->bytes % JFI_SUM_BLOCK);
  s->bytes += len;
  if (held) {
    size_t more = JFI_SUM_BLOCK - held < len ? JFI_SUM_BLOCK - held : len;
    if (more) memcpy(s->rest + held, p, more);
    if (held + more < JFI_SUM_BLOCK) return;
    absorb(s, s->rest, 1);
    p += more;
    len -= more;
  }
  absorb(s, p, len / JFI_SUM_BLOCK);
  size_t tail = len % JFI_SUM_BLOCK;
  if (tail) memcpy(s->rest, p + (len - tail), tail);
}

uint64_t jfi_sum_final(jfi_sum *s) {
  uint8_t state[(2 * JFI_SUM_LANES + 1) * 8], digest[32];
  size_t held = (size_t)(s->bytes % JFI_SUM_BLOCK);
  if (held) {
    memset(s->rest + held, 0, JFI_SUM_BLOCK - held);
    absorb(s, s->rest, 1);
  }
  for (size_t j = 0; j < JFI_SUM_LANES; j++) {
    jfi_store64_le(state + 8 * j, s->a[j]);
    jfi_store64_le(state + 8 * (JFI_SUM_LANES + j), s->b[j]);
  }
  jfi_store64_le(state + 16 * JFI_SUM_LANES, s->bytes);
  jfi_sha256 h;
  jfi_sha256_init(&h);
  jfi_sha256_update(&h, state, sizeof state);
  jfi_sha256_final(&h, digest);
  return jfi_load64_le(digest);
}
