/* kernel/avx512ifma/ifma.h: the functions of this backend. Plain C: select.c includes it. */
#ifndef JFI_KERNEL_AVX512IFMA_IFMA_H
#define JFI_KERNEL_AVX512IFMA_IFMA_H

#include "kernel/kernel.h"

extern const jfi_kernel jfi_ifma_kernel;

/* ntt_table.c */
size_t jfi_ifma_ntt_table_bytes(uint32_t log_n);
void jfi_ifma_ntt_table_init(void *w, const jfi_mod *m, uint32_t log_n, uint64_t psi);
/* ntt_fwd.c, ntt_inv.c */
void jfi_ifma_ntt_fwd(uint64_t *x, const jfi_ntt *t);
void jfi_ifma_ntt_inv(uint64_t *x, const jfi_ntt *t);
void jfi_ifma_ntt_inv_scaled(uint64_t *r, const uint64_t *x, uint64_t w, const jfi_ntt *t);

/* pointwise.c */
void jfi_ifma_add(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m);
void jfi_ifma_sub(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m);
void jfi_ifma_neg(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m);
void jfi_ifma_mul(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m);
void jfi_ifma_mul_acc(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m);
void jfi_ifma_mul_const(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m);
void jfi_ifma_mul_const_acc(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m);
void jfi_ifma_add_const(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m);
void jfi_ifma_sub_mul_const(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, size_t n, const jfi_mod *m);
void jfi_ifma_sub_mul_const_add(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, const uint64_t *c,
                                uint64_t wc, size_t n, const jfi_mod *m);

/* product.c */
void jfi_ifma_tensor(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1,
                     const uint64_t *b0, const uint64_t *b1, size_t n, const jfi_mod *m);
void jfi_ifma_tensor_sqr(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1, size_t n,
                         const jfi_mod *m);
void jfi_ifma_dot2(uint64_t *r0, uint64_t *r1, const uint64_t *const *x, const uint64_t *const *k0,
                   const uint64_t *const *k1, size_t terms, int acc, size_t n, const jfi_mod *m);
void jfi_ifma_dot(uint64_t *r, const uint64_t *const *x, const uint64_t *const *k, size_t terms, int acc, size_t n,
                  const jfi_mod *m);

/* conv.c */
void jfi_ifma_conv(uint64_t *const *r, size_t n_out, const uint64_t *const *y, size_t n_in, const uint64_t *w,
                   const uint64_t *v, const uint64_t *wv, const jfi_mod *const *out, size_t n);
void jfi_ifma_conv_overflow(uint64_t *v, const uint64_t *const *y, size_t n_in, const double *inv, double bias,
                            size_t n);

/* reduce.c */
void jfi_ifma_from_i64(uint64_t *r, const int64_t *x, size_t n, const jfi_mod *m);
void jfi_ifma_from_i8(uint64_t *r, const int8_t *x, size_t n, const jfi_mod *m);
void jfi_ifma_reduce(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m);
void jfi_ifma_reduce_centred(uint64_t *r, const uint64_t *a, uint64_t from, size_t n, const jfi_mod *m);

/* automorph.c */
void jfi_ifma_permute(uint64_t *r, const uint64_t *a, const uint32_t *perm, size_t n);
void jfi_ifma_automorph_coeff(uint64_t *r, const uint64_t *a, uint32_t g, size_t n, const jfi_mod *m);

/* pack.c */
size_t jfi_ifma_unpack48_masked(uint64_t *r, const uint8_t *stream, size_t n, const jfi_mod *m);
void jfi_ifma_unpack48(uint64_t *r, const uint8_t *bytes, size_t n);
void jfi_ifma_pack48(uint8_t *bytes, const uint64_t *a, size_t n);
int jfi_ifma_any_ge(const uint64_t *a, size_t n, uint64_t q);

/* fft.c */
void jfi_ifma_fft_fwd(double *re, double *im, const double *roots_re, const double *roots_im, size_t n);
void jfi_ifma_fft_inv(double *re, double *im, const double *roots_re, const double *roots_im, size_t n);

#endif
