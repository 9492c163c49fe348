/* ring/primes.h: the one list of primes all parameters draw from: q == 1 mod 2^18, so that every prime serves every
 * ring up to N = 2^17 and rings embed into each other without leaving their residues. */
#ifndef JFI_RING_PRIMES_H
#define JFI_RING_PRIMES_H
#include <stddef.h>
#include <stdint.h>

enum { JFI_LOG_N_MIN = 3, JFI_LOG_N_MAX = 17, JFI_PRIME_STEP_LOG = 18 };

/* Deterministic Miller-Rabin, exact for every q < 2^64. Variable time: public. */
int jfi_is_prime_var(uint64_t q);
/* The (index+1)-th prime == 1 mod 2^18 counting down from 2^bits, 20 <= bits <= 48, all of exactly `bits` bits; 0 when there is none. */
uint64_t jfi_prime_below_var(uint32_t bits, size_t index);
/* The primitive 2^18-th root of unity all rings share: x^((q-1)/2^18), x >= 2 the smallest non-residue. */
uint64_t jfi_root_var(uint64_t q);
#endif
