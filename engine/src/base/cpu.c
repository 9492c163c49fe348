/* base/cpu.c: CPUID and the registers the system saves (XGETBV), cached; JFHE_ISA masks the answer. */
#include "base/cpu.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

enum {
  L1_ECX_SSSE3 = 1 << 9,
  L1_ECX_FMA = 1 << 12,
  L1_ECX_SSE41 = 1 << 19,
  L1_ECX_AES = 1 << 25,
  L1_ECX_OSXSAVE = 1 << 27,
  L7_EBX_AVX2 = 1 << 5,
  L7_EBX_F = 1 << 16,
  L7_EBX_DQ = 1 << 17,
  L7_EBX_IFMA = 1 << 21,
  L7_EBX_SHA = 1 << 29,
  L7_EBX_BW = 1 << 30,
  L7_ECX_VBMI = 1 << 1,
  L7_ECX_VAES = 1 << 9,
  XCR0_AVX = 0x06,   /* xmm, ymm */
  XCR0_AVX512 = 0xe6 /* and opmask, zmm0-15 high halves, zmm16-31 */
};
static const unsigned L7_EBX_VL = 1u << 31;

static unsigned xcr0(void) {
  unsigned lo, hi;
  __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
  return lo;
}

static int all(unsigned word, unsigned bits) { return (word & bits) == bits; }

static unsigned detect(void) {
  unsigned a, b, c, d, b7 = 0, c7 = 0, f = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  unsigned c1 = c;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
    b7 = b;
    c7 = c;
  }
  if (all(c1, L1_ECX_AES | L1_ECX_SSSE3)) f |= JFI_CPU_AESNI;
  if (all(c1, L1_ECX_SSE41 | L1_ECX_SSSE3) && all(b7, L7_EBX_SHA)) f |= JFI_CPU_SHANI;
  unsigned saved = all(c1, L1_ECX_OSXSAVE) ? xcr0() : 0;
  if (all(saved, XCR0_AVX) && all(c1, L1_ECX_FMA) && all(b7, L7_EBX_AVX2)) f |= JFI_CPU_AVX2_FMA;
  if ((f & JFI_CPU_AVX2_FMA) && all(saved, XCR0_AVX512) && all(b7, L7_EBX_F | L7_EBX_DQ | L7_EBX_BW | L7_EBX_VL) &&
      all(c7, L7_ECX_VBMI)) {
    f |= JFI_CPU_AVX512;
    if (all(b7, L7_EBX_IFMA)) f |= JFI_CPU_IFMA;
    if (all(c7, L7_ECX_VAES) && (f & JFI_CPU_AESNI)) f |= JFI_CPU_VAES;
  }
  return f;
}
#elif defined(__wasm_simd128__)
static unsigned detect(void) { return JFI_CPU_SIMD128; }
#else
static unsigned detect(void) { return 0; }
#endif

const char *jfi_isa_forced(void) {
  const char *s = getenv("JFHE_ISA");
  return s && *s ? s : NULL;
}

unsigned jfi_cpu_features(void) {
  static atomic_uint cache; /* features | KNOWN; every thread that races computes the same word */
  const unsigned KNOWN = 1u << 31;
  unsigned f = atomic_load_explicit(&cache, memory_order_relaxed);
  if (!f) {
    f = detect() | KNOWN;
    atomic_store_explicit(&cache, f, memory_order_relaxed);
  }
  f &= ~KNOWN;
  const char *isa = jfi_isa_forced();
  if (isa && strcmp(isa, "ref") == 0) return 0;
  if (isa && strcmp(isa, "avx2") == 0) f &= ~(unsigned)(JFI_CPU_AVX512 | JFI_CPU_IFMA | JFI_CPU_VAES);
  return f;
}
