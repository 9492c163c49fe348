/* t-kernel-words.c: entering a modulus, automorphisms, 48-bit streams and the encoder's FFT of every
 * backend.
 */
/* every-isa */
#include "kernel-cases.h"

#include <math.h>
#include <string.h>

enum { N_MAX = 4096 };
static const size_t sizes[] = {8, 16, 32, 64, 128, 1024, N_MAX};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

static uint64_t signed_mod(int64_t x, uint64_t q) {
  jfi_i128 r = (jfi_i128)x % (jfi_i128)q;
  return (uint64_t)(r < 0 ? r + (jfi_i128)q : r);
}

static void check_signed(size_t n, const jfi_mod *m, int extreme, jfi_test_rng *rng) {
  const int64_t top = ((int64_t)1 << 62) - 1, q = (int64_t)m->q;
  const int64_t edges[] = {0,
                           -1,
                           1,
                           top,
                           -top,
                           q,
                           -q,
                           q - 1,
                           1 - q,
                           q * (top / q),
                           -(q * (top / q)),
                           (int64_t)1 << 52,
                           -((int64_t)1 << 52),
                           ((int64_t)1 << 52) - 1,
                           1 - ((int64_t)1 << 52),
                           2 * q};
  int64_t *x = (int64_t *)kt_words(n);
  int8_t *s = (int8_t *)kt_words(n);
  uint64_t *r = kt_words(n), *want = kt_words(n);
  for (size_t i = 0; i < n; i++) {
    unsigned shift = 1 + (unsigned)jfi_test_rng_below(rng, 62);
    x[i] = extreme ? edges[i % 16] : (int64_t)jfi_test_rng_u64(rng) >> shift;
    if (x[i] == -top - 1) x[i] = -top;
    want[i] = signed_mod(x[i], m->q);
  }
  kt_kernel()->from_i64(r, x, n, m);
  kt_same("from_i64", r, want, n, m);
  kt_kernel()->from_i64((uint64_t *)x, x, n, m);
  kt_same("from_i64 in place", (uint64_t *)x, want, n, m);
  for (size_t i = 0; i < n; i++) {
    s[i] = extreme ? (int8_t)(i & 1 ? -128 : 127) : (int8_t)jfi_test_rng_u64(rng);
    want[i] = signed_mod(s[i], m->q);
  }
  kt_kernel()->from_i8(r, s, n, m);
  kt_same("from_i8", r, want, n, m);
  kt_free_all();
}

static void check_reduce(size_t n, const jfi_mod *m, const jfi_mod *from, int p, jfi_test_rng *rng) {
  uint64_t *a = kt_words(n), *r = kt_words(n), *want = kt_words(n);
  kt_fill(a, n, from->q, p, rng);
  a[0] = (from->q - 1) / 2;
  a[1] = (from->q - 1) / 2 + 1;
  for (size_t i = 0; i < n; i++) want[i] = a[i] % m->q;
  kt_kernel()->reduce(r, a, n, m);
  kt_same("reduce", r, want, n, m);
  for (size_t i = 0; i < n; i++) {
    int64_t c = (int64_t)a[i] - (a[i] > (from->q - 1) / 2 ? (int64_t)from->q : 0);
    want[i] = signed_mod(c, m->q);
  }
  kt_kernel()->reduce_centred(r, a, from->q, n, m);
  kt_same("reduce_centred", r, want, n, m);
  kt_kernel()->reduce_centred(a, a, from->q, n, m);
  kt_same("reduce_centred in place", a, want, n, m);
  for (size_t i = 0; i < n; i++) a[i] = ((uint64_t)1 << 48) - 1 - (i & 7);
  for (size_t i = 0; i < n; i++) want[i] = a[i] % m->q;
  kt_kernel()->reduce(a, a, n, m);
  kt_same("reduce in place", a, want, n, m);
  kt_free_all();
}

JFI_TEST(entering_a_modulus) {
  jfi_mod m[32];
  size_t count = kt_moduli(m, 32);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 1);
  for (size_t i = 0; i < count; i++) {
    for (int s = 0; s < N_SIZES; s++) {
      check_signed(sizes[s], &m[i], 0, &rng);
      check_signed(sizes[s], &m[i], 1, &rng);
    }
    for (size_t j = 0; j < count; j++)
      for (int p = 0; p < KT_PATTERNS; p++) check_reduce(sizes[(i + j) % 6], &m[i], &m[j], p, &rng);
  }
}

static void check_automorph(size_t n, uint32_t g, const jfi_mod *m, jfi_test_rng *rng) {
  uint64_t *a = kt_words(n), *r = kt_words(n), *want = kt_words(n);
  kt_fill(a, n, m->q, g % KT_PATTERNS == 2 ? 3 : 0, rng);
  for (size_t i = 0; i < n; i++) {
    size_t e = (size_t)((jfi_u128)i * g % (2 * n));
    want[e % n] = e >= n ? (m->q - a[i]) % m->q : a[i];
  }
  kt_kernel()->automorph_coeff(r, a, g, n, m);
  if (!kt_same("automorph_coeff", r, want, n, m)) CHECK_EQ(g, 0);
  uint32_t *perm = (uint32_t *)kt_words(n);
  for (size_t i = 0; i < n; i++) { /* any permutation of blocks of eight, another within each */
    const size_t block = (i / 8 * g + g / 2) % (n / 8);
    perm[i] = (uint32_t)(8 * block + (i * g + i / 8) % 8);
  }
  for (size_t i = 0; i < n; i++) want[i] = a[perm[i]];
  kt_kernel()->permute(r, a, perm, n);
  kt_same("permute", r, want, n, m);
  kt_free_all();
}

JFI_TEST(automorphisms) {
  jfi_mod m[32];
  size_t count = kt_moduli(m, 32);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 2);
  for (size_t n = 8; n <= 64; n *= 2)
    for (uint32_t g = 1; g < 2 * n; g += 2) check_automorph(n, g, &m[g % count], &rng);
  for (size_t n = 128; n <= 1 << 17; n *= 4)
    for (int k = 0; k < 8; k++) {
      const uint32_t fixed[4] = {1, 5, 3, (uint32_t)(2 * n - 1)};
      uint32_t g = (uint32_t)jfi_test_rng_below(&rng, n) * 2 + 1;
      check_automorph(n, k < 4 ? fixed[k] : g, &m[(size_t)k % count], &rng);
    }
}

/* Buffers end where the contract says: 6n bytes, and 6n + 2 for the masked form. The slack is 0xff, so a kernel that
 * lets it into a result is seen. */
static void check_streams(size_t n, const jfi_mod *m, int p, jfi_test_rng *rng) {
  uint8_t *bytes = kt_bytes(6 * n), *packed = kt_bytes(6 * n + 8), *exact = kt_bytes(6 * n);
  uint8_t *stream = kt_bytes(6 * n + 2);
  uint64_t *r = kt_words(n), *want = kt_words(n);
  jfi_test_rng_fill(rng, bytes, 6 * n);
  if (p == 1) memset(bytes, 0xff, 6 * n);
  if (p == 2) memset(bytes, 0, 6 * n);
  memcpy(stream, bytes, 6 * n);
  memset(stream + 6 * n, 0xff, 2);
  size_t over = 0;
  for (size_t i = 0; i < n; i++) {
    want[i] = 0;
    for (size_t b = 6; b-- > 0;) want[i] = want[i] << 8 | bytes[6 * i + b];
  }
  kt_kernel()->unpack48(r, bytes, n);
  kt_same("unpack48", r, want, n, m);
  kt_kernel()->pack48(packed, r, n);
  CHECK_MEM(packed, bytes, 6 * n);
  for (size_t i = 0; i < 8; i++) CHECK_EQ(packed[6 * n + i], 0xa5); /* nothing written past 6n bytes */
  kt_kernel()->pack48(exact, r, n);
  CHECK_MEM(exact, bytes, 6 * n);
  for (size_t i = 0; i < n; i++) {
    want[i] &= ((uint64_t)1 << m->bits) - 1;
    over += want[i] >= m->q;
  }
  memset(r, 0, n * 8);
  CHECK_EQ(kt_kernel()->unpack48_masked(r, stream, n, m), over);
  kt_same("unpack48_masked", r, want, n, m);
  kt_free_all();
}

JFI_TEST(streams) {
  jfi_mod m[32];
  size_t count = kt_moduli(m, 32);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 3);
  for (size_t i = 0; i < count; i++)
    for (int s = 0; s < N_SIZES; s++)
      for (int p = 0; p < 3; p++) check_streams(sizes[s], &m[i], p, &rng);
}

JFI_TEST(any_ge_sees_every_place) {
  jfi_mod m[32];
  size_t count = kt_moduli(m, 32);
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 4);
  for (size_t i = 0; i < count; i++) {
    const size_t n = sizes[i % 5];
    uint64_t *a = kt_words(n);
    kt_fill(a, n, m[i].q, (int)(i % 2), &rng);
    CHECK(!kt_kernel()->any_ge(a, n, m[i].q));
    for (size_t j = 0; j < n; j++) {
      const uint64_t keep = a[j], bad[] = {m[i].q, UINT64_MAX, (uint64_t)1 << 63, (uint64_t)1 << 52};
      a[j] = bad[j % 4];
      CHECK(kt_kernel()->any_ge(a, n, m[i].q) != 0);
      a[j] = keep;
    }
    kt_free_all();
  }
}

/* Bit equality with ref for arbitrary roots; ref against the definition (evaluation at the roots of
 * X^n - i) with its own roots. */
JFI_TEST(fft_same_bits) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 5);
  for (size_t n = 2; n <= 1 << 16; n *= 2) {
    double *buf[6];
    for (int k = 0; k < 6; k++) buf[k] = (double *)kt_words(n);
    for (int inverse = 0; inverse < 2; inverse++) {
      for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < 4; k++) {
          double v = jfi_test_rng_unit(&rng) * 2 - 1;
          buf[k][i] = k < 2 ? ldexp(v, (int)(i % 40) - 20) : v;
        }
        buf[4][i] = buf[0][i];
        buf[5][i] = buf[1][i];
      }
      if (inverse) {
        kt_kernel()->fft_inv(buf[0], buf[1], buf[2], buf[3], n);
        jfi_kernel_ref()->fft_inv(buf[4], buf[5], buf[2], buf[3], n);
      } else {
        kt_kernel()->fft_fwd(buf[0], buf[1], buf[2], buf[3], n);
        jfi_kernel_ref()->fft_fwd(buf[4], buf[5], buf[2], buf[3], n);
      }
      CHECK_MEM(buf[0], buf[4], n * 8);
      CHECK_MEM(buf[1], buf[5], n * 8);
    }
    kt_free_all();
  }
}

JFI_TEST(fft_is_the_evaluation) {
  const double pi = 3.14159265358979323846;
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 6);
  for (unsigned log_n = 1; log_n <= 7; log_n++) {
    const size_t n = (size_t)1 << log_n;
    double re[128], im[128], wr[128], wi[128], ar[128], ai[128];
    /* Node 1 splits X^n - i; a node of constant d = c^2 has children +c and -c. */
    double angle[256];
    angle[1] = pi / 4; /* c^2 = i */
    for (size_t k = 1; k < n; k++) {
      wr[k] = cos(angle[k]), wi[k] = sin(angle[k]);
      angle[2 * k] = angle[k] / 2;
      angle[2 * k + 1] = (angle[k] + pi) / 2;
    }
    for (size_t i = 0; i < n; i++) {
      ar[i] = re[i] = jfi_test_rng_unit(&rng) - 0.5;
      ai[i] = im[i] = jfi_test_rng_unit(&rng) - 0.5;
    }
    wr[0] = wi[0] = 0;
    kt_kernel()->fft_fwd(re, im, wr, wi, n);
    for (size_t j = 0; j < n; j++) {
      double t = j & 1 ? angle[(n + j) / 2] + pi : angle[(n + j) / 2], sr = 0, si = 0;
      for (size_t i = 0; i < n; i++) {
        double c = cos(t * (double)i), s = sin(t * (double)i);
        sr += ar[i] * c - ai[i] * s;
        si += ar[i] * s + ai[i] * c;
      }
      CHECK_CLOSE(re[j], sr, 1e-11);
      CHECK_CLOSE(im[j], si, 1e-11);
    }
    kt_kernel()->fft_inv(re, im, wr, wi, n);
    for (size_t i = 0; i < n; i++) {
      CHECK_CLOSE(re[i], ar[i] * (double)n, 1e-11);
      CHECK_CLOSE(im[i], ai[i] * (double)n, 1e-11);
    }
  }
}
