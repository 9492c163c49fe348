/* bench-ntt.c: one transform of one residue, forward and inverse, at the degrees that peers publish: ntt_fwd, ntt_inv. */
#include <stdio.h>

#include "base/mem.h"
#include "bench.h"
#include "ring/primes.h"
#include "ring/ring.h"

typedef struct transform {
  const jfi_ring *ring;
  uint64_t *x;
} transform;

static int forward(void *arg) {
  transform *t = arg;
  t->ring->k->ntt_fwd(t->x, jfi_ring_ntt(t->ring, 0));
  return 0;
}
static int inverse(void *arg) {
  transform *t = arg;
  t->ring->k->ntt_inv(t->x, jfi_ring_ntt(t->ring, 0));
  return 0;
}

int jfi_bench_ntt(const jfi_bench_options *o) {
  static const jfi_bench_case cases[] = {{"ntt_fwd", forward}, {"ntt_inv", inverse}};
  if (!jfi_bench_wants_any(o, cases, 2)) return 0;
  for (uint32_t log_n = 13; log_n <= 16; log_n++) {
    uint64_t q = jfi_prime_below_var(48, 0);
    transform t = {jfi_ring_new(log_n, &q, 1, jfi_kernel_select()), jfi_alloc_zero(sizeof(uint64_t) << log_n)};
    char params[96];
    if (!t.ring || !t.x) return 1;
    for (size_t j = 0; j < (size_t)1 << log_n; j++) t.x[j] = (j * 0x9e3779b97f4a7c15u) % q;
    snprintf(params, sizeof params, "\"logN\": %u, \"threads\": 1, \"isa\": \"%s\"", log_n, t.ring->k->name);
    (void)jfi_bench_cases(o, cases, 2, &t, params, 200);
    jfi_free(t.x);
    jfi_ring_free((jfi_ring *)(uintptr_t)t.ring);
  }
  return 0;
}
