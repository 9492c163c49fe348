/* kernel/avx512ifma/ifma.h: the functions of this backend. Plain C: select.c includes it. */
#ifndef JFI_KERNEL_AVX512IFMA_IFMA_H
#define JFI_KERNEL_AVX512IFMA_IFMA_H

#include "kernel/backend.h"

JFI_BACKEND(ifma);

#endif
