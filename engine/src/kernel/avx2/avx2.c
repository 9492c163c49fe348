/* kernel/avx2/avx2.c: the table of this backend. */
#include "kernel/avx2/avx2.h"

const jfi_kernel jfi_avx2_kernel = {.name = "avx2", JFI_BACKEND_TABLE(avx2, avx2)};
