/* bench-base.c: base and ring by the clock. One JSON object a line: what, the instruction set that JFHE_ISA forces ("" for the
 * fastest), n units of work, nanoseconds of one call (median, p10, p90 of 101 batches), and the median and the least a unit. Sets are
 * interleaved, batch by batch, so that a slow minute of the machine slows all alike.
 *
 *   cc -std=c17 -O3 -ffp-contract=off -I engine/include -I engine/src engine/bench/bench-base.c libjfhe_client.a -lm -pthread */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/aes.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sha256.h"
#include "clock.h"
#include "ring/primes.h"
#include "ring/ring.h"
#include "ring/secret/sample.h"

enum { BATCHES = 101, LOG_N = 14, N = 1 << LOG_N };

typedef struct state {
  jfi_aes aes;
  jfi_rng rng;
  jfi_ring *ring, *half; /* primes just below 2^48 and just above 2^46 */
  jfi_pool *pool;
  uint8_t *bytes;
  uint64_t *words;
  double *re, *im;
  uint32_t *perm;
} state;

static void aes_stream(state *s) { jfi_aes_stream(&s->aes, s->bytes, 1, 2, 0, 192); }
static void chacha(state *s) { jfi_rng_bytes(&s->rng, s->bytes, 1 << 16); }
static void uniform(state *s) { jfi_uniform(s->ring, s->words, 0, &s->aes, 1, s->bytes); }
static void uniform_half(state *s) { jfi_uniform(s->half, s->words, 0, &s->aes, 1, s->bytes); }
static void ternary(state *s) { jfi_sample_ternary(&s->rng, (int8_t *)s->bytes, N); }
static void binomial(state *s) { jfi_sample_cbd(&s->rng, (int8_t *)s->bytes, N); }
static void ternary_and_two_binomials(state *s) {
  ternary(s);
  binomial(s);
  binomial(s);
}
static void sparse(state *s) { jfi_sample_sparse(&s->rng, (int8_t *)s->bytes, N, 192); }
static void gauss_3(state *s) { (void)jfi_sample_gauss(&s->rng, (int64_t *)s->words, N, 3.2); }
static void gauss_2_40(state *s) { (void)jfi_sample_gauss(&s->rng, (int64_t *)s->words, N, 0x1p40); }
static void sha256(state *s) {
  jfi_sha256 h;
  jfi_sha256_init(&h);
  jfi_sha256_update(&h, s->bytes, 1 << 16);
  jfi_sha256_final(&h, s->bytes);
}
static void fft_roots(state *s) { jfi_fft_roots(s->re, s->im, 1 << 16); }
static void galois_perm(state *s) { jfi_galois_perm(s->perm, LOG_N, 5); }
static void nothing(void *arg, size_t task, size_t worker) {
  (void)task;
  (void)worker;
  (void)arg;
}
static void pool_of_two(state *s) { jfi_parallel(s->pool, 2, nothing, NULL); }

static const struct {
  const char *name;
  void (*run)(state *s);
  unsigned units, calls;
} cases[] = {{"aes_stream, 3 KiB (bytes)", aes_stream, 3072, 64},
             {"chacha20, 64 KiB (bytes)", chacha, 1 << 16, 4},
             {"sha256, 64 KiB (bytes)", sha256, 1 << 16, 2},
             {"uniform, q < 2^48 (coefficients)", uniform, N, 8},
             {"uniform, q > 2^46 (coefficients)", uniform_half, N, 1},
             {"ternary (coefficients)", ternary, N, 8},
             {"binomial (coefficients)", binomial, N, 8},
             {"ternary + 2 binomial (coefficients)", ternary_and_two_binomials, N, 2},
             {"sparse, weight 192 (coefficients)", sparse, N, 1},
             {"gauss, sigma 3.2 (coefficients)", gauss_3, N, 1},
             {"gauss, sigma 2^40 (coefficients)", gauss_2_40, N, 1},
             {"fft_roots (roots)", fft_roots, 1 << 16, 1},
             {"galois_perm (entries)", galois_perm, N, 4},
             {"pool of 2, two empty tasks (calls)", pool_of_two, 1, 64}};
enum { CASES = sizeof cases / sizeof *cases };

static int open_state(state *s, const char *isa) {
  uint8_t seed[32] = {1};
  uint64_t q = jfi_prime_below_var(48, 0), h = (UINT64_C(1) << 46) + 1;
  while (!jfi_is_prime_var(h)) h += 1 << 18;
  if (*isa) setenv("JFHE_ISA", isa, 1);
  const jfi_kernel *k = jfi_kernel_select();
  if (!k) k = jfi_kernel_ref();
  jfi_aes_init(&s->aes, seed);
  jfi_rng_from_key(&s->rng, seed, 0);
  s->ring = jfi_ring_new(LOG_N, &q, 1, k);
  s->half = jfi_ring_new(LOG_N, &h, 1, k);
  s->pool = jfi_pool_new(2);
  s->bytes = jfi_alloc_zero(1 << 17);
  s->words = jfi_alloc_zero(N * 8);
  s->re = jfi_alloc_zero(8 << 16);
  s->im = jfi_alloc_zero(8 << 16);
  s->perm = jfi_alloc_zero(N * 4);
  return s->ring && s->half && s->pool && s->bytes && s->words && s->re && s->im && s->perm;
}

static void close_state(state *s) {
  jfi_ring_free(s->ring);
  jfi_ring_free(s->half);
  jfi_pool_free(s->pool);
  jfi_free(s->bytes);
  jfi_free(s->words);
  jfi_free(s->re);
  jfi_free(s->im);
  jfi_free(s->perm);
}

static void report(const char *name, const char *isa, unsigned units, double *ns) {
  sort_times(ns, BATCHES);
  printf("{\"name\": \"%s\", \"isa\": \"%s\", \"n\": %u, \"ns\": %.1f, \"p10\": %.1f, \"p90\": %.1f, ", name, isa,
         units, ns[BATCHES / 2], ns[BATCHES / 10], ns[BATCHES * 9 / 10]);
  printf("\"ns_per_unit\": %.4f, \"min_per_unit\": %.4f}\n", ns[BATCHES / 2] / units, ns[0] / units);
  fflush(stdout);
}

/* bench-base [ISA,ISA,...] [WORD]: the sets to compare (default ref,avx2,avx512ifma), and a word the case's name must hold. */
int main(int argc, char **argv) {
  enum { SETS_MAX = 4 };
  static double ns[SETS_MAX][BATCHES];
  char list[100] = "ref,avx2,avx512ifma", *isa[SETS_MAX];
  state *s = calloc(SETS_MAX, sizeof *s);
  size_t sets = 0;
  if (argc > 1) snprintf(list, sizeof list, "%s", argv[1]);
  for (char *p = strtok(list, ","); p && sets < SETS_MAX; p = strtok(NULL, ",")) isa[sets++] = p;
  for (size_t i = 0; i < sets; i++)
    if (!s || !open_state(&s[i], isa[i])) return 1;
  for (size_t c = 0; c < CASES; c++) {
    if (argc > 2 && !strstr(cases[c].name, argv[2])) continue;
    for (size_t b = 0; b < BATCHES; b++)
      for (size_t i = 0; i < sets; i++) {
        setenv("JFHE_ISA", isa[i], 1);
        double t = now_ns();
        for (unsigned k = 0; k < cases[c].calls; k++) cases[c].run(&s[i]);
        ns[i][b] = (now_ns() - t) / cases[c].calls;
      }
    for (size_t i = 0; i < sets; i++) report(cases[c].name, isa[i], cases[c].units, ns[i]);
  }
  for (size_t i = 0; i < sets; i++) close_state(&s[i]);
  free(s);
  return 0;
}
