/* base/mem.c: aligned allocation with a hook that makes it fail on demand, and wiping. */
#define _DEFAULT_SOURCE
#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

enum { HUGE_PAGE = 2 << 20 };

/* A sanitizer must see where a block ends. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static atomic_long g_fail_after = -1;
static atomic_ulong g_count;

/* True when the test hook says that this allocation fails. The count down stops at -1: one failure per call of the hook. */
static int fails_now(void) {
  long k = atomic_load_explicit(&g_fail_after, memory_order_relaxed);
  while (k >= 0) {
    if (atomic_compare_exchange_weak_explicit(&g_fail_after, &k, k - 1, memory_order_relaxed, memory_order_relaxed))
      return k == 0;
  }
  return 0;
}

/* glibc's posix_memalign needs a hole that is larger than the block, by the alignment: one of exactly its size, which the block before it left,
 * does not serve, and memory grows with every block that comes and goes beside one that stays. So malloc is asked, and the distance to the
 * aligned address, 8 to 128, kept in the byte before that. No such address is a multiple of HUGE_PAGE: those are blocks of the other kind. */
static void *small_block(size_t rounded) {
  void *p = NULL;
  if (SANITIZED) return posix_memalign(&p, JFI_ALIGN, rounded) == 0 ? p : NULL;
  uint8_t *raw = rounded <= SIZE_MAX - 2 * JFI_ALIGN ? malloc(rounded + 2 * JFI_ALIGN) : NULL;
  if (!raw) return NULL;
  size_t distance = JFI_ALIGN - ((uintptr_t)raw & (JFI_ALIGN - 1));
  if ((((uintptr_t)raw + distance) & (HUGE_PAGE - 1)) == 0) distance += JFI_ALIGN;
  raw[distance - 1] = (uint8_t)distance;
  return raw + distance;
}

void *jfi_alloc(size_t bytes) {
  atomic_fetch_add_explicit(&g_count, 1, memory_order_relaxed);
  if (bytes > PTRDIFF_MAX - JFI_ALIGN || fails_now()) return NULL;
  size_t rounded = bytes ? jfi_round64(bytes) : JFI_ALIGN;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if (rounded >= HUGE_PAGE) {
    void *p = NULL;
    if (posix_memalign(&p, HUGE_PAGE, rounded) != 0) return NULL;
    /* Advice only: the last partial huge page stays small, and a refusal changes nothing but speed. */
    (void)madvise(p, rounded & ~(size_t)(HUGE_PAGE - 1), MADV_HUGEPAGE);
    return p;
  }
#endif
  return small_block(rounded);
}

void *jfi_alloc_zero(size_t bytes) {
  void *p = jfi_alloc(bytes);
  if (p) memset(p, 0, bytes);
  return p;
}

void jfi_free(void *p) {
  if (p && !SANITIZED && ((uintptr_t)p & (HUGE_PAGE - 1)) != 0) p = (uint8_t *)p - ((uint8_t *)p)[-1];
  free(p);
}

void jfi_zeroize(void *p, size_t bytes) {
  if (bytes == 0) return;
  memset(p, 0, bytes);
  /* The compiler must assume that this reads the memory, so it cannot drop the store as dead. */
  __asm__ __volatile__("" : : "r"(p) : "memory");
}

void jfi_free_secret(void *p, size_t bytes) {
  if (!p) return;
  jfi_zeroize(p, bytes);
  jfi_free(p);
}

void jfi_alloc_fail_after(long k) { atomic_store_explicit(&g_fail_after, k < 0 ? -1 : k, memory_order_relaxed); }

unsigned long jfi_alloc_count(void) { return atomic_load_explicit(&g_count, memory_order_relaxed); }
