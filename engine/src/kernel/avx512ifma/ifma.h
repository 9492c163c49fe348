/* kernel/avx512ifma/ifma.h: the functions of this backend. Plain C: select.c includes it. */
#ifndef JFI_KERNEL_AVX512IFMA_IFMA_H
#define JFI_KERNEL_AVX512IFMA_IFMA_H

#include "kernel/kernel.h"

extern const jfi_kernel jfi_ifma_kernel;

/* ntt_table.c */
size_t jfi_ifma_ntt_table_bytes(uint32_t log_n);
void jfi_ifma_ntt_table_init(void *w, const jfi_mod *m, uint32_t log_n, uint64_t psi);
/* ntt_fwd.c, ntt_inv.c */
void jfi_ifma_ntt_fwd(uint64_t *x, const jfi_ntt *t);
void jfi_ifma_ntt_inv(uint64_t *x, const jfi_ntt *t);

#endif
