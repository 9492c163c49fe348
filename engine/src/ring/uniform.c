/* ring/uniform.c: public randomness modulo q from an AES stream, in pieces that stay in the first-level cache. */
#include "ring/ring.h"

#include "base/aes.h"
#include "base/bytes.h"
#include "base/mem.h"

enum {
  PIECE = 512, /* coefficients: 3 KiB of stream and 4 KiB of output */
  SLACK = 2    /* unpack48_masked may read this far past the piece */
};

size_t jfi_uniform_scratch(size_t n) { return jfi_round64(6 * (n < PIECE ? n : PIECE) + SLACK); }

/* Fresh words for coefficient j until one is below q: at least half of all masked words are. */
static uint64_t retry(const jfi_mod *m, const jfi_aes *aes, uint32_t domain, uint32_t index, size_t j) {
  const uint64_t mask = ((uint64_t)1 << m->bits) - 1;
  for (uint64_t r = 0;; r++) {
    uint8_t block[16];
    jfi_aes_stream(aes, block, domain | (uint32_t)1 << 31, index, r << 32 | j, 1);
    uint64_t a = jfi_load48_le(block) & mask, b = jfi_load48_le(block + 6) & mask;
    if (a < m->q) return a;
    if (b < m->q) return b;
  }
}

size_t jfi_uniform_piece(size_t n) { return n < PIECE ? n : PIECE; }

void jfi_uniform_range(const jfi_ring *ring, uint64_t *r, size_t i, const jfi_aes *aes, uint32_t domain, size_t first,
                       size_t count, void *scratch) {
  const jfi_mod *m = &ring->mod[i];
  uint8_t *stream = scratch;
  size_t piece = jfi_uniform_piece(ring->n); /* a power of two, at least 8: 6*piece is a multiple of 16 */
  for (size_t at = 0; at < count; at += piece) {
    jfi_aes_stream(aes, stream, domain, (uint32_t)i, (first + at) * 6 / 16, piece * 6 / 16);
    size_t misses = ring->k->unpack48_masked(r + at, stream, piece, m);
    for (size_t j = at; misses; j++) {
      if (r[j] < m->q) continue;
      r[j] = retry(m, aes, domain, (uint32_t)i, first + j);
      misses--;
    }
  }
}

void jfi_uniform(const jfi_ring *ring, uint64_t *r, size_t i, const jfi_aes *aes, uint32_t domain, void *scratch) {
  jfi_uniform_range(ring, r, i, aes, domain, 0, ring->n, scratch);
}
