/* kernel-cases.c: see kernel-cases.h. */
#define _POSIX_C_SOURCE 200809L
#include "kernel-cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const jfi_kernel *kt_kernel(void) {
  const jfi_kernel *k = jfi_kernel_select();
  if (k == NULL) {
    fprintf(stderr, "no backend named %s here\n", jfi_test_isa());
    exit(1);
  }
  return k;
}

uint64_t kt_mul(uint64_t a, uint64_t b, uint64_t q) { return (uint64_t)((jfi_u128)a * b % q); }

uint64_t kt_pow(uint64_t a, uint64_t e, uint64_t q) {
  uint64_t r = 1 % q;
  for (a %= q; e; e >>= 1, a = kt_mul(a, a, q))
    if (e & 1) r = kt_mul(r, a, q);
  return r;
}

/* Miller-Rabin with the first twelve primes as bases is exact below 3.3e24. */
int kt_is_prime(uint64_t q) {
  static const uint64_t bases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  if (q < 2) return 0;
  for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
    if (q % bases[i] == 0) return q == bases[i];
  uint64_t d = q - 1;
  int s = 0;
  for (; (d & 1) == 0; d >>= 1) s++;
  for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
    uint64_t y = kt_pow(bases[i], d, q);
    int witness = y != 1 && y != q - 1;
    for (int k = 1; k < s && witness; k++) {
      y = kt_mul(y, y, q);
      if (y == q - 1) witness = 0;
    }
    if (witness) return 0;
  }
  return 1;
}

uint64_t kt_prime(unsigned bits, int smallest) {
  const uint64_t step = (uint64_t)1 << 18, lo = (uint64_t)1 << (bits - 1), hi = lo << 1;
  uint64_t q = smallest ? lo + 1 : hi - step + 1;
  for (; q > lo - 1 && q < hi; q = smallest ? q + step : q - step)
    if (q > lo && kt_is_prime(q)) return q;
  return 0;
}

size_t kt_moduli(jfi_mod *out, size_t cap) {
  static const unsigned sizes[] = {48, 46, 47, 20, 44, 36, 30, 25, 22};
  size_t count = 0;
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    for (int smallest = 0; smallest < 2; smallest++) {
      uint64_t q = kt_prime(sizes[i], smallest);
      if (q == 0 || count == cap || (count && out[count - 1].q == q)) continue;
      if (jfi_mod_init(&out[count], q) == 0) count++;
    }
  }
  return count;
}

uint64_t kt_psi(const jfi_mod *m, uint32_t log_n) {
  for (uint64_t g = 2;; g++) {
    uint64_t psi = kt_pow(g, (m->q - 1) >> (log_n + 1), m->q);
    if (kt_pow(psi, (uint64_t)1 << log_n, m->q) == m->q - 1) return psi;
  }
}

size_t kt_brv(size_t k, unsigned bits) {
  size_t r = 0;
  while (bits--) {
    r = r << 1 | (k & 1);
    k >>= 1;
  }
  return r;
}

static void *taken[1024];
static size_t n_taken;

/* posix_memalign, not aligned_alloc: its length need not be rounded up, so a sanitizer sees the first byte beyond. */
void *kt_bytes(size_t len) {
  void *p = NULL;
  if (n_taken == sizeof taken / sizeof *taken || posix_memalign(&p, 64, len) != 0) abort();
  memset(p, 0xa5, len);
  taken[n_taken++] = p;
  return p;
}

uint64_t *kt_words(size_t n) { return kt_bytes(n * 8); }

void kt_free_all(void) {
  while (n_taken) free(taken[--n_taken]);
}

void kt_fill(uint64_t *x, size_t n, uint64_t q, int pattern, jfi_test_rng *rng) {
  for (size_t i = 0; i < n; i++) {
    const uint64_t three[3] = {0, 1, q - 1};
    switch (pattern) {
    case 1: x[i] = q - 1; break;
    case 2: x[i] = 0; break;
    case 3: x[i] = three[jfi_test_rng_below(rng, 3)]; break;
    case 4: x[i] = 0; break;
    case 5: x[i] = i & 1 ? q - 1 : 0; break;
    default: x[i] = jfi_test_rng_below(rng, q); break;
    }
  }
  if (pattern == 4) x[jfi_test_rng_below(rng, n)] = q - 1;
}

int kt_same(const char *what, const uint64_t *got, const uint64_t *want, size_t n, const jfi_mod *m) {
  for (size_t i = 0; i < n; i++) {
    if (got[i] == want[i]) continue;
    char text[256];
    snprintf(text, sizeof text, "%s/%s: n=%zu q=%llu entry %zu is %llu, want %llu", kt_kernel()->name, what, n,
             m ? (unsigned long long)m->q : 0ULL, i, (unsigned long long)got[i], (unsigned long long)want[i]);
    return jfi_test_check(0, __FILE__, __LINE__, text);
  }
  return jfi_test_check(1, __FILE__, __LINE__, what);
}
