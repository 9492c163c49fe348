/* kernel/wasm128/wasm128.c: the table of this backend. What it does not do faster than ref is ref. */
#include "kernel/wasm128/wasm128.h"
#include "kernel/ref/ref.h"

const jfi_kernel jfi_wasm128_kernel = {.name = "wasm128", JFI_BACKEND_TABLE(wasm128, ref)};
