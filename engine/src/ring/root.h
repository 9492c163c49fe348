/* ring/root.h: roots of unity of any two-power order, for rings whose primes are 1 mod 2N alone. */
#ifndef JFI_RING_ROOT_H
#define JFI_RING_ROOT_H
#include <stdint.h>

/* x^((q-1)/2^log_order), x >= 2 the smallest non-residue of the odd prime q: a primitive 2^log_order-th root of unity.
 * 0 when q is not 1 mod 2^log_order. It is jfi_root_var(q)^(2^(18 - log_order)) where q has both. */
uint64_t jfi_root_order_var(uint64_t q, uint32_t log_order);
#endif
