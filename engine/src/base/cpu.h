/* base/cpu.h: what this CPU and operating system offer, read once. */
#ifndef JFI_BASE_CPU_H
#define JFI_BASE_CPU_H

enum jfi_cpu_feature {
  JFI_CPU_AVX2_FMA = 1 << 0,
  JFI_CPU_AVX512 = 1 << 1, /* F, DQ, VL, BW, VBMI, with the state saved by the system */
  JFI_CPU_IFMA = 1 << 2,
  JFI_CPU_AESNI = 1 << 3,
  JFI_CPU_VAES = 1 << 4, /* with the AVX-512 set above */
  JFI_CPU_SHANI = 1 << 5,
  JFI_CPU_SIMD128 = 1 << 6 /* WebAssembly's, known when the module is built */
};
/* Bit set of jfi_cpu_feature. JFHE_ISA=ref clears all, =avx2 clears the AVX-512 ones and VAES. */
unsigned jfi_cpu_features(void);
/* The value of JFHE_ISA, or null. */
const char *jfi_isa_forced(void);
#endif
