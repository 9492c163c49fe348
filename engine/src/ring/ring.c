/* ring/ring.c: builds the moduli of one ring, and its transform tables as they are asked for. */
#include "ring/ring.h"

#include "base/mem.h"
#include "ring/primes.h"
#include "ring/root.h"

/* A repeated prime would have no inverse in any basis, so it is refused with the rest. */
static int primes_fit(uint32_t log_n, const uint64_t *q, size_t n) {
  uint64_t mask = ((uint64_t)2 << log_n) - 1;
  for (size_t i = 0; i < n; i++) {
    if (q[i] < (uint64_t)1 << 19 || q[i] >> 48 || (q[i] & mask) != 1 || !jfi_is_prime_var(q[i])) return 0;
    for (size_t j = 0; j < i; j++)
      if (q[j] == q[i]) return 0;
  }
  return 1;
}

static void place(jfi_ring *r, const uint64_t *primes, size_t table_bytes) {
  for (size_t i = 0; i < r->n_mod; i++) {
    (void)jfi_mod_init(&r->mod[i], primes[i]); /* in range: primes_fit */
    r->lazy[i] = (jfi_ntt){.mod = &r->mod[i], .w = (uint8_t *)r->tables + i * table_bytes, .log_n = r->log_n};
  }
}

void jfi_ring_fill(const jfi_ring *r, size_t i) {
  if (!jfi_once_begin(&r->made[i])) return;
  void *w = (void *)(uintptr_t)r->lazy[i].w;
  r->k->ntt_table_init(w, &r->mod[i], r->log_n, jfi_root_order_var(r->mod[i].q, r->log_n + 1));
  jfi_once_done(&r->made[i]);
}

jfi_ring *jfi_ring_new(uint32_t log_n, const uint64_t *primes, size_t n_mod, const jfi_kernel *k) {
  if (log_n < JFI_LOG_N_MIN || log_n > JFI_LOG_N_MAX || n_mod == 0 || n_mod > JFI_PRIMES_MAX || !k) return NULL;
  if (!primes_fit(log_n, primes, n_mod)) return NULL;
  jfi_ring *r = jfi_alloc_zero(sizeof *r);
  if (!r) return NULL;
  size_t table_bytes = jfi_round64(k->ntt_table_bytes(log_n));
  r->log_n = log_n;
  r->n = (size_t)1 << log_n;
  r->n_mod = n_mod;
  r->k = k;
  r->mod = jfi_alloc(n_mod * sizeof *r->mod);
  r->lazy = jfi_alloc(n_mod * sizeof *r->lazy);
  r->made = jfi_alloc_zero(n_mod * sizeof *r->made);
  if (table_bytes <= SIZE_MAX / n_mod)
    r->tables = jfi_alloc(n_mod * table_bytes); /* a 32-bit size_t can be too small */
  if (!r->mod || !r->lazy || !r->made || !r->tables) {
    jfi_ring_free(r);
    return NULL;
  }
  place(r, primes, table_bytes);
  return r;
}

void jfi_ring_free(jfi_ring *r) {
  if (!r) return;
  jfi_free(r->mod);
  jfi_free(r->lazy);
  jfi_free(r->made);
  jfi_free(r->tables);
  jfi_free(r);
}
