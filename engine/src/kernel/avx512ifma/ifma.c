/* kernel/avx512ifma/ifma.c: the table of this backend. */
#include "kernel/avx512ifma/ifma.h"

const jfi_kernel jfi_ifma_kernel = {.name = "avx512ifma", JFI_BACKEND_TABLE(ifma, ifma)};
