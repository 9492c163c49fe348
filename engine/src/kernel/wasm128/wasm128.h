/* kernel/wasm128/wasm128.h: the functions of this backend; what ref does as well comes from ref, and is not defined. */
#ifndef JFI_KERNEL_WASM128_WASM128_H
#define JFI_KERNEL_WASM128_WASM128_H

#include "kernel/backend.h"

JFI_BACKEND(wasm128);

#endif
