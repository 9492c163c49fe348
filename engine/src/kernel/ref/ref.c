/* kernel/ref/ref.c: the table of the portable backend. */
#include "kernel/ref/ref.h"

const jfi_kernel jfi_ref_kernel = {.name = "ref", JFI_BACKEND_TABLE(ref, ref)};
