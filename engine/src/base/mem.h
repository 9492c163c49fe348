/* base/mem.h: aligned memory, wiping, and a bump allocator over a caller's scratch. */
#ifndef JFI_BASE_MEM_H
#define JFI_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

enum { JFI_ALIGN = 64 };

/* 64-byte aligned, not cleared; blocks of 2 MiB and more ask for huge pages where offered. Null on failure. */
void *jfi_alloc(size_t bytes);
/* As jfi_alloc, zeroed. */
void *jfi_alloc_zero(size_t bytes);
void jfi_free(void *p);
/* Overwrites with zeros; never optimised away. */
void jfi_zeroize(void *p, size_t bytes);
/* Wipes, then frees. Null is allowed. */
void jfi_free_secret(void *p, size_t bytes);

/* Test hook: the k-th allocation from now fails (k = 0: the next). Negative turns it off. Also counts. */
void jfi_alloc_fail_after(long k);
/* Allocations since the start of the process (all threads). */
unsigned long jfi_alloc_count(void);

/* Bump allocator over caller memory; pieces are 64-byte aligned. Overflow is sticky and checked once. */
typedef struct jfi_scratch {
  uint8_t *at;
  size_t left;
  int failed;
} jfi_scratch;

static inline size_t jfi_round64(size_t bytes) { return (bytes + 63u) & ~(size_t)63u; }

static inline void jfi_scratch_init(jfi_scratch *s, void *p, size_t len) {
  uintptr_t u = (uintptr_t)p;
  size_t skip = (size_t)((64u - (u & 63u)) & 63u);
  s->failed = p == NULL || len < skip;
  s->at = s->failed ? NULL : (uint8_t *)p + skip;
  s->left = s->failed ? 0 : len - skip;
}
/* Returns null and sets failed when nothing is left. */
static inline void *jfi_scratch_take(jfi_scratch *s, size_t bytes) {
  size_t b = jfi_round64(bytes);
  if (s->failed || bytes > s->left || b > s->left) {
    s->failed = 1;
    return NULL;
  } /* bytes: rounding up may wrap */
  void *p = s->at;
  s->at += b;
  s->left -= b;
  return p;
}
/* Slack for an unaligned caller pointer: every `_scratch` sibling adds it once. */
enum { JFI_SCRATCH_SLACK = 64 };

#endif
