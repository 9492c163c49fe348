/* kernel-cases.h: what the kernel tests share: primes, buffers, hard inputs, plain arithmetic. */
#ifndef JFI_TEST_KERNEL_CASES_H
#define JFI_TEST_KERNEL_CASES_H

#include <stddef.h>
#include <stdint.h>

#include "harness.h"
#include "kernel/kernel.h"

/* The backend under test (JFHE_ISA), never null: a missing one is skipped by the harness. */
const jfi_kernel *kt_kernel(void);

int kt_is_prime(uint64_t q);
/* Largest (or smallest) prime of exactly `bits` bits, == 1 mod 2^18; 0 if there is none. */
uint64_t kt_prime(unsigned bits, int smallest);
/* Primes at both ends of many sizes from 20 to 48 bits; returns how many (at most cap). */
size_t kt_moduli(jfi_mod *out, size_t cap);
/* A primitive 2n-th root of unity modulo the prime m->q. */
uint64_t kt_psi(const jfi_mod *m, uint32_t log_n);

/* Plain double-width arithmetic, on purpose not the inline functions of arith/mod.h. */
uint64_t kt_mul(uint64_t a, uint64_t b, uint64_t q);
uint64_t kt_pow(uint64_t a, uint64_t e, uint64_t q);
size_t kt_brv(size_t k, unsigned bits);

/* 64-byte aligned bytes and words, freed by kt_free_all. */
void *kt_bytes(size_t len);
uint64_t *kt_words(size_t n);
void kt_free_all(void);

enum { KT_PATTERNS = 6 };
/* Fills with pattern p: 0 uniform; 1 all q-1; 2 all 0; 3 uniform in {0, 1, q-1}; 4 one q-1 among
 * zeros; 5 alternating 0 and q-1. */
void kt_fill(uint64_t *x, size_t n, uint64_t q, int pattern, jfi_test_rng *rng);
/* One check: equal arrays; prints the first difference. */
int kt_same(const char *what, const uint64_t *got, const uint64_t *want, size_t n, const jfi_mod *m);

#endif
