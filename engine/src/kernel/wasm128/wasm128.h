/* kernel/wasm128/wasm128.h: the functions of this backend; what ref does as well comes from ref. */
#ifndef JFI_KERNEL_WASM128_WASM128_H
#define JFI_KERNEL_WASM128_WASM128_H

#include "kernel/kernel.h"

extern const jfi_kernel jfi_wasm128_kernel;

/* ntt.c */
size_t jfi_wasm128_ntt_table_bytes(uint32_t log_n);
void jfi_wasm128_ntt_table_init(void *w, const jfi_mod *m, uint32_t log_n, uint64_t psi);
void jfi_wasm128_ntt_fwd(uint64_t *x, const jfi_ntt *t);
void jfi_wasm128_ntt_inv(uint64_t *x, const jfi_ntt *t);
void jfi_wasm128_ntt_inv_scaled(uint64_t *r, const uint64_t *x, uint64_t w, const jfi_ntt *t);

/* pointwise.c */
void jfi_wasm128_add(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m);
void jfi_wasm128_sub(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m);
void jfi_wasm128_neg(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m);
void jfi_wasm128_mul(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m);
void jfi_wasm128_mul_acc(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, const jfi_mod *m);
void jfi_wasm128_mul_const(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m);
void jfi_wasm128_mul_const_acc(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m);
void jfi_wasm128_add_const(uint64_t *r, const uint64_t *a, uint64_t w, size_t n, const jfi_mod *m);
void jfi_wasm128_sub_mul_const(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, size_t n,
                               const jfi_mod *m);
void jfi_wasm128_sub_mul_const_add(uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t w, const uint64_t *c,
                                   uint64_t wc, size_t n, const jfi_mod *m);

/* product.c */
void jfi_wasm128_tensor(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1,
                        const uint64_t *b0, const uint64_t *b1, size_t n, const jfi_mod *m);
void jfi_wasm128_tensor_sqr(uint64_t *d0, uint64_t *d1, uint64_t *d2, const uint64_t *a0, const uint64_t *a1, size_t n,
                            const jfi_mod *m);
void jfi_wasm128_dot2(uint64_t *r0, uint64_t *r1, const uint64_t *const *x, const uint64_t *const *k0,
                      const uint64_t *const *k1, size_t terms, int acc, size_t n, const jfi_mod *m);
void jfi_wasm128_dot(uint64_t *r, const uint64_t *const *x, const uint64_t *const *k, size_t terms, int acc, size_t n,
                     const jfi_mod *m);

void jfi_wasm128_conv(uint64_t *const *r, size_t n_out, const uint64_t *const *y, size_t n_in, const uint64_t *w,
                      const uint64_t *v, const uint64_t *wv, const jfi_mod *const *out, size_t n);
void jfi_wasm128_conv_overflow(uint64_t *v, const uint64_t *const *y, size_t n_in, const double *inv, double bias,
                               size_t n);

/* reduce.c */
void jfi_wasm128_from_i64(uint64_t *r, const int64_t *x, size_t n, const jfi_mod *m);
void jfi_wasm128_from_i8(uint64_t *r, const int8_t *x, size_t n, const jfi_mod *m);
void jfi_wasm128_reduce(uint64_t *r, const uint64_t *a, size_t n, const jfi_mod *m);
void jfi_wasm128_reduce_centred(uint64_t *r, const uint64_t *a, uint64_t from, size_t n, const jfi_mod *m);

/* pack.c */
size_t jfi_wasm128_unpack48_masked(uint64_t *r, const uint8_t *stream, size_t n, const jfi_mod *m);
void jfi_wasm128_unpack48(uint64_t *r, const uint8_t *bytes, size_t n);
void jfi_wasm128_pack48(uint8_t *bytes, const uint64_t *a, size_t n);

/* fft.c */
void jfi_wasm128_fft_fwd(double *re, double *im, const double *roots_re, const double *roots_im, size_t n);
void jfi_wasm128_fft_inv(double *re, double *im, const double *roots_re, const double *roots_im, size_t n);

#endif
