/* kernel/select.c: which backends this build and this CPU have, and which one is used. */
#include "kernel/kernel.h"

#include <string.h>

#include "base/cpu.h"
#include "kernel/ref/ref.h"
#if defined(JFHE_HAVE_AVX2)
#include "kernel/avx2/avx2.h"
#endif
#if defined(JFHE_HAVE_AVX512IFMA)
#include "kernel/avx512ifma/ifma.h"
#endif
#if defined(JFHE_HAVE_WASM128)
#include "kernel/wasm128/wasm128.h"
#endif

const jfi_kernel *jfi_kernel_ref(void) { return &jfi_ref_kernel; }

const jfi_kernel *jfi_kernel_avx2(void) {
#if defined(JFHE_HAVE_AVX2)
  if (jfi_cpu_features() & JFI_CPU_AVX2_FMA) return &jfi_avx2_kernel;
#endif
  return NULL;
}

const jfi_kernel *jfi_kernel_avx512ifma(void) {
#if defined(JFHE_HAVE_AVX512IFMA)
  const unsigned need = JFI_CPU_AVX512 | JFI_CPU_IFMA;
  if ((jfi_cpu_features() & need) == need) return &jfi_ifma_kernel;
#endif
  return NULL;
}

const jfi_kernel *jfi_kernel_wasm128(void) {
#if defined(JFHE_HAVE_WASM128)
  if (jfi_cpu_features() & JFI_CPU_SIMD128) return &jfi_wasm128_kernel;
#endif
  return NULL;
}

const jfi_kernel *jfi_kernel_named(const char *name) {
  if (strcmp(name, "ref") == 0) return jfi_kernel_ref();
  if (strcmp(name, "avx2") == 0) return jfi_kernel_avx2();
  if (strcmp(name, "avx512ifma") == 0) return jfi_kernel_avx512ifma();
  if (strcmp(name, "wasm128") == 0) return jfi_kernel_wasm128();
  return NULL;
}

const jfi_kernel *jfi_kernel_select(void) {
  const char *forced = jfi_isa_forced();
  if (forced != NULL) return jfi_kernel_named(forced);
  const jfi_kernel *best = jfi_kernel_avx512ifma();
  if (best == NULL) best = jfi_kernel_avx2();
  if (best == NULL) best = jfi_kernel_wasm128();
  if (best == NULL) best = jfi_kernel_ref();
  return best;
}
