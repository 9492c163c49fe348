/* bench-kernel.c: nanoseconds of every kernel operation, for each backend and size, as JSON lines.
 *
 *   bench-kernel [--isa NAME] [--op PREFIX] [--log-n N] [--bits B] [--rounds R]
 *
 * Backends take turns within a round, so a slow moment of the machine hits all of them. A line has the least
 * and the median over the rounds, per call, per word, and for the transforms per butterfly; "cycles" is the
 * least time in periods of the clock that a chain of dependent multiplies (three cycles each on x86) showed
 * at its best. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "kernel/kernel.h"

enum { TERMS = 4, CONV_IN = 8, CONV_OUT = 16, ROUNDS_MAX = 1024, BACKENDS = 4 };

typedef struct work {
  const jfi_kernel *k;
  jfi_mod m;
  jfi_ntt t;
  uint64_t *buf[CONV_IN + CONV_OUT + 8];
  uint64_t weights[CONV_IN * CONV_OUT], wv[CONV_OUT];
  double inv[CONV_IN];
  const jfi_mod *mods[CONV_OUT];
  uint32_t *perm;
  size_t n;
} work;

/* Nanoseconds of 3000 dependent multiplies. */
static double chain_ns(void) {
  uint64_t a = 3;
  double t = now_ns();
  for (int i = 0; i < 3000; i++) {
#if defined(__x86_64__)
    __asm__ volatile("imul %0, %0" : "+r"(a));
#else
    a *= a | 1;
#endif
  }
  t = now_ns() - t;
  return a == 0 ? t + 1e-9 : t;
}

static uint64_t pow_mod(uint64_t a, uint64_t e, uint64_t q) {
  uint64_t r = 1;
  for (; e; e >>= 1, a = (uint64_t)((jfi_u128)a * a % q))
    if (e & 1) r = (uint64_t)((jfi_u128)r * a % q);
  return r;
}

/* The largest q == 1 mod 2^18 of so many bits that passes Fermat's test to seven bases: enough for a timing. */
static uint64_t find_prime(unsigned bits) {
  const uint64_t bases[] = {2, 3, 5, 7, 11, 13, 17};
  for (uint64_t q = ((uint64_t)1 << bits) - (1 << 18) + 1;; q -= 1 << 18) {
    int ok = 1;
    for (int i = 0; i < 7 && ok; i++) ok = pow_mod(bases[i], q - 1, q) == 1;
    if (ok) return q;
  }
}

static void *take(size_t bytes) {
  void *p = aligned_alloc((size_t)1 << 21, (bytes + ((size_t)1 << 21) - 1) >> 21 << 21);
  if (p == NULL) abort();
  return p;
}

static void work_init(work *w, const jfi_kernel *k, uint32_t log_n, unsigned bits) {
  const size_t n = (size_t)1 << log_n, n_buf = sizeof w->buf / sizeof *w->buf;
  uint64_t psi = 0;
  memset(w, 0, sizeof *w);
  w->k = k;
  w->n = n;
  jfi_mod_init(&w->m, find_prime(bits));
  for (uint64_t g = 2; psi == 0 || pow_mod(psi, n, w->m.q) != w->m.q - 1; g++)
    psi = pow_mod(g, (w->m.q - 1) >> (log_n + 1), w->m.q);
  void *table = take(k->ntt_table_bytes(log_n));
  k->ntt_table_init(table, &w->m, log_n, psi);
  w->t = (jfi_ntt){&w->m, table, log_n};
  uint64_t *all = take(n_buf * (n + 8) * 8), s = 1;
  for (size_t b = 0; b < n_buf; b++) {
    /* One line more than n apart: limbs at the same place of a page would fight for one cache set. */
    w->buf[b] = all + b * (n + 8);
    for (size_t i = 0; i < n; i++) w->buf[b][i] = (s = s * 6364136223846793005u + 1442695040888963407u) % w->m.q;
  }
  for (size_t i = 0; i < CONV_IN * CONV_OUT; i++) w->weights[i] = w->buf[0][i % n];
  for (size_t i = 0; i < CONV_OUT; i++) w->mods[i] = &w->m, w->wv[i] = w->buf[1][i % n];
  for (size_t i = 0; i < CONV_IN; i++) w->inv[i] = w->m.qinv;
  w->perm = take(n * 4);
  for (size_t i = 0; i < n; i++) w->perm[i] = (uint32_t)(i * 5 % n);
}

static void work_free(work *w) {
  free((void *)(uintptr_t)w->t.w);
  free(w->buf[0]);
  free(w->perm);
}

#define OPS(X)                                                                                                         \
  X(ntt_fwd, k->ntt_fwd(b[0], &w->t))                                                                                  \
  X(ntt_inv, k->ntt_inv(b[0], &w->t))                                                                                  \
  X(add, k->add(b[0], b[1], b[2], n, m))                                                                               \
  X(sub, k->sub(b[0], b[1], b[2], n, m))                                                                               \
  X(neg, k->neg(b[0], b[1], n, m))                                                                                     \
  X(mul, k->mul(b[0], b[1], b[2], n, m))                                                                               \
  X(mul_acc, k->mul_acc(b[0], b[1], b[2], n, m))                                                                       \
  X(mul_const, k->mul_const(b[0], b[1], w->wv[0], n, m))                                                               \
  X(mul_const_acc, k->mul_const_acc(b[0], b[1], w->wv[0], n, m))                                                       \
  X(add_const, k->add_const(b[0], b[1], w->wv[0], n, m))                                                               \
  X(sub_mul_const, k->sub_mul_const(b[0], b[1], b[2], w->wv[0], n, m))                                                 \
  X(tensor, k->tensor(b[0], b[1], b[2], b[3], b[4], b[5], b[6], n, m))                                                 \
  X(tensor_sqr, k->tensor_sqr(b[0], b[1], b[2], b[3], b[4], n, m))                                                     \
  X(dot_4, k->dot(b[0], c + 2, c + 6, TERMS, 0, n, m))                                                                 \
  X(dot2_4, k->dot2(b[0], b[1], c + 2, c + 6, c + 10, TERMS, 0, n, m))                                                 \
  X(conv_8_16, k->conv(b, CONV_OUT, c + CONV_OUT, CONV_IN, w->weights, NULL, NULL, w->mods, n))                        \
  X(conv_overflow_8, k->conv_overflow(b[0], c + CONV_OUT, CONV_IN, w->inv, 0.5, n))                                    \
  X(from_i64, k->from_i64(b[0], (const int64_t *)b[1], n, m))                                                          \
  X(from_i8, k->from_i8(b[0], (const int8_t *)b[1], n, m))                                                             \
  X(reduce, k->reduce(b[0], b[1], n, m))                                                                               \
  X(reduce_centred, k->reduce_centred(b[0], b[1], m->q, n, m))                                                         \
  X(permute, k->permute(b[0], b[1], w->perm, n))                                                                       \
  X(automorph_coeff, k->automorph_coeff(b[0], b[1], 5, n, m))                                                          \
  X(unpack48_masked, k->unpack48_masked(b[0], (const uint8_t *)b[1], n, m))                                            \
  X(unpack48, k->unpack48(b[0], (const uint8_t *)b[1], n))                                                             \
  X(pack48, k->pack48((uint8_t *)b[0], b[1], n))                                                                       \
  X(any_ge, (void)k->any_ge(b[0], n, UINT64_MAX))                                                                      \
  X(fft_fwd, k->fft_fwd((double *)b[2], (double *)b[3], (double *)b[4], (double *)b[5], n / 2))                        \
  X(fft_inv, k->fft_inv((double *)b[2], (double *)b[3], (double *)b[4], (double *)b[5], n / 2))

static const char *const names[] = {
#define X(name, call) #name,
    OPS(X)
#undef X
};
enum { N_OPS = sizeof names / sizeof *names };

static void run_op(work *w, int op) {
  const jfi_kernel *k = w->k;
  const jfi_mod *m = &w->m;
  const size_t n = w->n;
  uint64_t *const *b = w->buf;
  const uint64_t *const *c = (const uint64_t *const *)(void *)w->buf;
  int at = 0;
#define X(name, call)                                                                                                  \
  if (op == at++) {                                                                                                    \
    call;                                                                                                              \
    return;                                                                                                            \
  }
  OPS(X)
#undef X
}

static void bench_op(work *w, size_t count, int op, uint32_t log_n, unsigned bits, int rounds) {
  static double t[BACKENDS][ROUNDS_MAX];
  const size_t n = (size_t)1 << log_n;
  const int reps = (int)(((size_t)1 << 14) / n) + 1;
  double chain = 1e18;
  if (strncmp(names[op], "fft", 3) == 0) /* small numbers, so that repeated transforms stay finite */
    for (size_t k = 0; k < count; k++)
      for (size_t i = 0; i < 4 * (n + 8); i++) ((double *)w[k].buf[2])[i] = 1.0 / (double)(i + 2);
  for (int r = 0; r < rounds; r++) {
    for (size_t k = 0; k < count; k++) {
      double c = chain_ns();
      chain = c < chain ? c : chain;
      double s = now_ns();
      for (int i = 0; i < reps; i++) run_op(&w[k], op);
      t[k][r] = (now_ns() - s) / reps;
    }
  }
  for (size_t k = 0; k < count; k++) {
    sort_times(t[k], (size_t)rounds);
    const double best = t[k][0];
    printf("{\"name\":\"%s\",\"isa\":\"%s\",\"log_n\":%u,\"bits\":%u,\"min_ns\":%.1f,\"median_ns\":%.1f,"
           "\"ns_per_word\":%.4f,\"cycles\":%.0f",
           names[op], w[k].k->name, log_n, bits, best, t[k][rounds / 2], best / (double)n, best * 9000.0 / chain);
    if (op < 2) printf(",\"ns_per_butterfly\":%.4f", best / ((double)n / 2 * log_n));
    printf("}\n");
  }
  fflush(stdout);
}

int main(int argc, char **argv) {
  const char *isa = NULL, *prefix = "";
  unsigned only_log_n = 0, bits = 48;
  int rounds = 100;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (strcmp(argv[i], "--isa") == 0) isa = argv[i + 1];
    if (strcmp(argv[i], "--op") == 0) prefix = argv[i + 1];
    if (strcmp(argv[i], "--log-n") == 0) only_log_n = (unsigned)atoi(argv[i + 1]);
    if (strcmp(argv[i], "--bits") == 0) bits = (unsigned)atoi(argv[i + 1]);
    if (strcmp(argv[i], "--rounds") == 0) rounds = atoi(argv[i + 1]);
  }
  if (rounds < 1 || rounds > ROUNDS_MAX || bits < 20 || bits > 48) return 2;
  const jfi_kernel *all[BACKENDS] = {jfi_kernel_ref(), jfi_kernel_avx2(), jfi_kernel_avx512ifma(),
                                     jfi_kernel_wasm128()};
  for (uint32_t log_n = 11; log_n <= 17; log_n++) {
    if (only_log_n ? log_n != only_log_n : (log_n < 14 || log_n > 16)) continue;
    static work w[BACKENDS];
    size_t count = 0;
    for (int k = 0; k < BACKENDS; k++)
      if (all[k] != NULL && (isa == NULL || strcmp(isa, all[k]->name) == 0))
        work_init(&w[count++], all[k], log_n, bits);
    for (int op = 0; op < N_OPS; op++)
      if (strncmp(names[op], prefix, strlen(prefix)) == 0) bench_op(w, count, op, log_n, bits, rounds);
    for (size_t k = 0; k < count; k++) work_free(&w[k]);
  }
  return 0;
}
