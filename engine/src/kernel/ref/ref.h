/* kernel/ref/ref.h: the portable backend. Each operation is the definition of kernel.h written down
 * once more; the other backends are tested against it. */
#ifndef JFI_KERNEL_REF_REF_H
#define JFI_KERNEL_REF_REF_H

#include "kernel/backend.h"

JFI_BACKEND(ref);

#endif
