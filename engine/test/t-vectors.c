/* t-vectors.c: base, ring and the encoder against the known answers of the big-integer model. */
/* every-isa */
#include <string.h>

#include "base/aes.h"
#include "base/mem.h"
#include "base/secret/rng.h"
#include "ring/primes.h"
#include "ring/secret/sample.h"
#include "vec-cases.h"

JFI_TEST(aes_streams) {
  VEC_EACH(c, "aes") {
    const size_t blocks = (size_t)vec_one(c, "blocks");
    uint64_t out[16];
    jfi_aes aes;
    jfi_aes_init(&aes, vec_bytes(c, "seed"));
    jfi_aes_stream(&aes, (uint8_t *)out, (uint32_t)vec_one(c, "domain"), (uint32_t)vec_one(c, "index"),
                   vec_one(c, "first"), blocks);
    vec_check(c, "stream", out, 2 * blocks);
  }
}

JFI_TEST(chacha_streams) {
  VEC_EACH(c, "chacha") {
    const size_t skip = (size_t)vec_one(c, "skip"), size = (size_t)vec_one(c, "size");
    uint8_t skipped[2048];
    uint64_t out[32] = {0};
    jfi_rng rng;
    jfi_rng_from_key(&rng, vec_bytes(c, "key"), vec_one(c, "stream"));
    jfi_rng_bytes(&rng, skipped, skip);
    jfi_rng_bytes(&rng, out, size);
    vec_check(c, "bytes", out, (size + 7) / 8);
  }
}

JFI_TEST(ternary_draws) {
  VEC_EACH(c, "ternary") {
    const size_t n = vec_field_of(c, "values")->count;
    int8_t drawn[256];
    uint64_t wide[256];
    jfi_rng rng;
    jfi_rng_from_key(&rng, vec_bytes(c, "key"), vec_one(c, "stream"));
    jfi_sample_ternary(&rng, drawn, n);
    for (size_t i = 0; i < n; i++) wide[i] = (uint64_t)(int64_t)drawn[i];
    vec_check(c, "values", wide, n);
  }
}

JFI_TEST(primes_and_roots) {
  VEC_EACH(c, "prime") {
    uint64_t q = jfi_prime_below_var((uint32_t)vec_one(c, "bits"), (size_t)vec_one(c, "index"));
    uint64_t root = q ? jfi_root_var(q) : 0;
    vec_check(c, "q", &q, 1);
    vec_check(c, "root", &root, 1);
  }
}

JFI_TEST(transforms) {
  VEC_EACH(c, "ntt") {
    jfi_ring *r = vec_ring(c, "q");
    REQUIRE(r != NULL);
    uint64_t *x = vec_copy(c, "coeff");
    r->k->ntt_fwd(x, jfi_ring_ntt(r, 0));
    vec_check(c, "eval", x, r->n);
    r->k->ntt_inv(x, jfi_ring_ntt(r, 0));
    vec_check(c, "coeff", x, r->n);
    jfi_free(x);
    jfi_ring_free(r);
  }
}

JFI_TEST(automorphisms) {
  VEC_EACH(c, "perm") {
    uint32_t perm[64];
    uint64_t wide[64];
    const uint32_t log_n = (uint32_t)vec_one(c, "log_n");
    jfi_galois_perm(perm, log_n, (uint32_t)vec_one(c, "g"));
    for (size_t i = 0; i < (size_t)1 << log_n; i++) wide[i] = perm[i];
    vec_check(c, "perm", wide, (size_t)1 << log_n);
  }
  VEC_EACH(c, "automorphism") {
    jfi_ring *r = vec_ring(c, "q");
    REQUIRE(r != NULL);
    uint64_t *x = vec_copy(c, "coeff"), *out = jfi_alloc_zero(r->n * sizeof *out);
    r->k->automorph_coeff(out, x, (uint32_t)vec_one(c, "g"), r->n, &r->mod[0]);
    vec_check(c, "out", out, r->n);
    jfi_free(x);
    jfi_free(out);
    jfi_ring_free(r);
  }
  VEC_EACH(c, "galois") {
    const uint32_t log_n = (uint32_t)vec_one(c, "log_n");
    uint64_t g = jfi_galois_rotation(log_n, (int64_t)vec_one(c, "k"));
    uint64_t inverse = jfi_galois_inverse(log_n, (uint32_t)g);
    vec_check(c, "g", &g, 1);
    vec_check(c, "inverse", &inverse, 1);
  }
}

/* A ring whose prime number `index` is q: the expander takes the index into the stream. */
static jfi_ring *ring_with(uint64_t q, size_t index, uint32_t log_n) {
  uint64_t primes[8];
  for (size_t i = 0; i < 8; i++) primes[i] = i == index ? q : jfi_prime_below_var(48, i + 4);
  return jfi_ring_new(log_n, primes, index + 1, jfi_kernel_select());
}

JFI_TEST(uniform_residues) {
  VEC_EACH(c, "uniform") {
    const size_t index = (size_t)vec_one(c, "index");
    jfi_ring *r = ring_with(vec_one(c, "q"), index, (uint32_t)vec_one(c, "log_n"));
    REQUIRE(r != NULL);
    uint64_t *x = jfi_alloc(r->n * sizeof *x);
    void *scratch = jfi_alloc(jfi_uniform_scratch(r->n));
    jfi_aes aes;
    jfi_aes_init(&aes, vec_bytes(c, "seed"));
    jfi_uniform(r, x, index, &aes, (uint32_t)vec_one(c, "domain"), scratch);
    vec_check(c, "values", x, r->n);
    jfi_free(scratch);
    jfi_free(x);
    jfi_ring_free(r);
  }
}

static void rows(uint64_t **row, uint64_t *block, size_t count, size_t n) {
  for (size_t i = 0; i < count; i++) row[i] = block + i * n;
}

JFI_TEST(base_conversions) {
  VEC_EACH(c, "conv") {
    jfi_ring *r = vec_ring(c, "primes");
    REQUIRE(r != NULL);
    jfi_conv *conv = jfi_conv_new(r, vec_set(c, "from"), vec_set(c, "to"));
    REQUIRE(conv != NULL);
    uint64_t *x = vec_copy(c, "x"), *v = jfi_alloc(r->n * sizeof *v);
    uint64_t *out = jfi_alloc(conv->n_out * r->n * sizeof *out), *in_row[8], *out_row[8];
    rows(in_row, x, conv->n_in, r->n);
    rows(out_row, out, conv->n_out, r->n);
    jfi_conv_digits(r, conv, in_row, (const uint64_t *const *)in_row);
    vec_check(c, "digits", x, conv->n_in * r->n);
    jfi_conv_apply(r, conv, 0, conv->n_out, out_row, (const uint64_t *const *)in_row, NULL);
    vec_check(c, "approximate", out, conv->n_out * r->n);
    jfi_conv_round(r, conv, v, (const uint64_t *const *)in_row);
    jfi_conv_apply(r, conv, 0, conv->n_out, out_row, (const uint64_t *const *)in_row, v);
    vec_check(c, "centred", out, conv->n_out * r->n);
    jfi_free(x);
    jfi_free(v);
    jfi_free(out);
    jfi_conv_free(conv);
    jfi_ring_free(r);
  }
}

JFI_TEST(encoder_roots) {
  VEC_EACH(c, "roots") {
    const size_t n = (size_t)vec_one(c, "n");
    double re[32] = {0}, im[32] = {0};
    uint64_t words[32];
    jfi_fft_roots(re, im, n);
    re[0] = im[0] = 0; /* unused */
    memcpy(words, re, sizeof words);
    vec_check(c, "re", words, n);
    memcpy(words, im, sizeof words);
    vec_check(c, "im", words, n);
    for (size_t j = 0; j < n; j++) words[j] = jfi_fft_exponent(n, j);
    vec_check(c, "exponents", words, n);
  }
  VEC_EACH(c, "large_roots") {
    const size_t n = (size_t)vec_one(c, "n");
    double *re = jfi_alloc(2 * n * sizeof *re);
    REQUIRE(re != NULL);
    double *im = re + n - 1; /* so that entries 1.. of both lie in a row */
    double *own = jfi_alloc(n * sizeof *own);
    jfi_fft_roots(re, own, n);
    memcpy(im + 1, own + 1, (n - 1) * sizeof *im);
    vec_check_hash(c, "hash", re + 1, (2 * n - 2) * sizeof *re);
    jfi_free(own);
    jfi_free(re);
  }
}

JFI_TEST(large_transforms) {
  VEC_EACH(c, "large_ntt") {
    jfi_ring *r = vec_ring(c, "q");
    REQUIRE(r != NULL);
    const size_t bytes = r->n * sizeof(uint64_t);
    uint64_t *x = jfi_alloc(bytes);
    void *scratch = jfi_alloc(jfi_uniform_scratch(r->n));
    jfi_aes aes;
    jfi_aes_init(&aes, vec_bytes(c, "seed"));
    jfi_uniform(r, x, 0, &aes, 1, scratch);
    vec_check_hash(c, "uniform", x, bytes);
    r->k->ntt_fwd(x, jfi_ring_ntt(r, 0));
    vec_check_hash(c, "eval", x, bytes);
    r->k->ntt_inv(x, jfi_ring_ntt(r, 0));
    r->k->ntt_inv(x, jfi_ring_ntt(r, 0));
    vec_check_hash(c, "coeff", x, bytes);
    jfi_free(scratch);
    jfi_free(x);
    jfi_ring_free(r);
  }
}
