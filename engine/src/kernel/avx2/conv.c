/* kernel/avx2/conv.c: base conversion. Contract: kernel.h.  Twin: ref/conv.c.
 * A product of y < 2^48 by w < q is reduced to at most q/2 + 3 * 2^42 + 1 (vec.h), so EVERY of them beside v*wv or a shrunk sum,
 * which are below q/2 + 2, stay below 2^53; t-kernel-edge.c has inputs for which one more does not. Weights, their quotients and
 * the words of y are turned into doubles once a chunk, for all outputs. */
#include "kernel/avx2/vec.h"

/* magic: EVERY = floor((2**53 - 2**47 - 2) / (2**47 + 3 * 2**42 + 1)) */
enum { EVERY = 57 };
enum { CHUNK = 64 };

JFI_INLINE void conv_row(uint64_t *r, const double *y, size_t n_in, const double *w, const double *wq, const double *v,
                         double wv, double wvq, size_t len, const jfi_mod *m) {
  const jfi_dmod c = dmod(m);
  for (size_t i = 0; i < len; i += 8) {
    jfi_d s[2];
    for (size_t z = 0; z < 2; z++)
      s[z] = v ? mul_by(_mm256_loadu_pd(v + i + 4 * z), dset(wv), dset(wvq), &c) : _mm256_setzero_pd();
    for (size_t j = 0, stop; j < n_in;) {
      for (stop = j + EVERY < n_in ? j + EVERY : n_in; j < stop; j++) {
        const jfi_d a = _mm256_broadcast_sd(w + j), b = _mm256_broadcast_sd(wq + j);
        for (size_t z = 0; z < 2; z++) s[z] = dadd(s[z], mul_by(_mm256_loadu_pd(y + j * CHUNK + i + 4 * z), a, b, &c));
      }
      for (size_t z = 0; z < 2; z++) s[z] = shrink(s[z], &c);
    }
    for (size_t z = 0; z < 2; z++) finish_near(r + i + 4 * z, s[z], &c);
  }
}

void jfi_avx2_conv(uint64_t *const *r, size_t n_out, const uint64_t *const *y, size_t n_in, const uint64_t *w,
                   const uint64_t *v, const uint64_t *wv, const jfi_mod *const *out, size_t n) {
  double yd[JFI_CONV_MAX * CHUNK], vd[CHUNK], wd[JFI_CONV_MAX], wq[JFI_CONV_MAX];
  const jfi_dmod c = dmod(out[0]);
  for (size_t at = 0; at < n; at += CHUNK) {
    const size_t len = n - at < CHUNK ? n - at : CHUNK;
    for (size_t i = 0; i < len; i += 4) {
      for (size_t j = 0; j < n_in; j++) _mm256_storeu_pd(yd + j * CHUNK + i, wload(y[j] + at + i, &c));
      if (v) _mm256_storeu_pd(vd + i, wload(v + at + i, &c));
    }
    for (size_t k = 0; k < n_out; k++) {
      for (size_t j = 0; j < n_in; j++) {
        wd[j] = (double)w[k * n_in + j];
        wq[j] = wd[j] * out[k]->qinv; /* two roundings: still within 2^-52 of w/q, relatively */
      }
      const double a = v ? (double)wv[k] : 0.0;
      conv_row(r[k] + at, yd, n_in, wd, wq, v ? vd : NULL, a, a * out[k]->qinv, len, out[k]);
    }
  }
}

void jfi_avx2_conv_overflow(uint64_t *v, const uint64_t *const *y, size_t n_in, const double *inv, double bias,
                            size_t n) {
  const jfi_d two52 = dset(JFI_TWO52);
  const jfi_dmod c = {two52, two52, two52, two52}; /* only two52 is read by wload */
  for (size_t i = 0; i < n; i += 8) {
    jfi_d s[2] = {dset(bias), dset(bias)};
    for (size_t j = 0; j < n_in; j++)
      for (size_t z = 0; z < 2; z++) s[z] = dadd(s[z], dmul(wload(y[j] + i + 4 * z, &c), dset(inv[j])));
    for (size_t z = 0; z < 2; z++) istore(v + i + 4 * z, _mm256_cvtepi32_epi64(_mm256_cvttpd_epi32(s[z])));
  }
}
