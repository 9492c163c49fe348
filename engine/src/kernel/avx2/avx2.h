/* kernel/avx2/avx2.h: the functions of this backend. Plain C: select.c includes it. */
#ifndef JFI_KERNEL_AVX2_AVX2_H
#define JFI_KERNEL_AVX2_AVX2_H

#include "kernel/backend.h"

JFI_BACKEND(avx2);

#endif
