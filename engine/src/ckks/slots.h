/* ckks/slots.h: where slot j of a vector lies among the outputs of the encoder's FFT.
 *
 * n = 2^log_n_slots slots are the values of a polynomial of C[Y]/(Y^n - i) at its roots
 * e^(2 pi i e / 4n), e == 1 mod 4. Slot j is the root with e = 5^j mod 4n, so that Y -> Y^5 rotates
 * the slots by one; output t of kernel fft_fwd is the root with e = 4 brv(t) + 1. Hence slot j lies
 * at t = brv(k_j), k_0 = 0, k_{j+1} = 5 k_j + 1 mod n. */
#ifndef JFI_CKKS_SLOTS_H
#define JFI_CKKS_SLOTS_H
#include <stddef.h>
#include <stdint.h>

/* fft[t(j)] = x[j] for j < count and 0 for the others; x null: all zero. fft: 2^log_slots entries. */
void jfi_slots_scatter(double *fft, uint32_t log_slots, const double *x, size_t count);
/* x[j] = fft[t(j)] for j < count <= 2^log_slots. */
void jfi_slots_gather(double *x, size_t count, const double *fft, uint32_t log_slots);
#endif
