/* rlwe-cases.h: contexts and raw plaintexts for tests of the rlwe room. */
#ifndef JFI_TEST_RLWE_CASES_H
#define JFI_TEST_RLWE_CASES_H
#include "harness.h"
#include "rlwe/ct.h"
#include "rlwe/ctx.h"
#include "rlwe/secret/sk.h"

/* Insecure parameters: degree 2^log_n, `steps` steps of `bits`, `specials` special primes of 48 bits. */
jfhe_ctx *jfi_test_ctx(uint32_t log_n, uint32_t steps, uint32_t bits, uint32_t specials);
/* As it, with a run of 58-bit steps on top: level sets that do not nest. */
jfhe_ctx *jfi_test_ctx_rational(uint32_t log_n, uint32_t steps, uint32_t specials);
/* A plaintext with coefficients uniform in [-2^bits, 2^bits] at a level, coefficient values also in `coeffs` (N). mag and scale make
 * the coefficients fit: scale 1, mag = bound of a slot. */
jfhe_pt *jfi_test_pt(const jfhe_ctx *ctx, uint32_t level, uint32_t bits, int64_t *coeffs, jfi_test_rng *rng);
/* Largest slot modulus of (phase of ct) - want, both as integers of coefficient form below 2^62. want: N coefficients. */
double jfi_test_phase_error(const jfhe_ctx *ctx, const jfhe_ct *ct, const jfhe_sk *sk, const int64_t *want);
#endif
