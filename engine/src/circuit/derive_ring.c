/* circuit/derive_ring.c: many rotations from few parents. A rotation is written in signed binary digits, highest first; every
 * prefix is a key that others may start from. */
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "circuit/derive.h"
#include "rlwe/ctx.h"

typedef struct nursery {
  jfhe_keyring *ring;
  const jfhe_ctx *ctx;
  const jfhe_keyring *parents;
  jfhe_evk **made; /* derived here, not (yet) in the ring */
  uint32_t *steps; /* how many derivations lie behind each; in the block of `made` */
  size_t count, cap;
} nursery;

static const jfhe_evk *parent_of(const nursery *y, int64_t k) {
  uint32_t g = jfi_galois_rotation(y->ctx->ring->log_n, k);
  for (size_t i = 0; i < y->parents->count; i++)
    if (y->parents->key[i]->galois == g && jfi_evk_is_parent(y->parents->key[i])) return y->parents->key[i];
  return NULL;
}

/* A key for g that a derivation may start from: of the derived shape, so with its public half in memory. */
static const jfhe_evk *known(const nursery *y, uint32_t g, jfi_set p) {
  for (size_t i = 0; i < y->count; i++)
    if (y->made[i] && y->made[i]->galois == g) return y->made[i];
  for (size_t i = 0; i < y->ring->count; i++) {
    const jfhe_evk *k = y->ring->key[i];
    if (k->kind == JFHE_EVK_GALOIS && k->galois == g && jfi_set_equal(k->p, p) && k->a && !k->seeded) return k;
  }
  return NULL;
}

static jfhe_status keep(nursery *y, jfhe_evk *key, uint32_t steps) {
  if (y->count == y->cap) {
    size_t cap = y->cap ? 2 * y->cap : 32;
    jfhe_evk **bigger = jfi_alloc(cap * (sizeof *bigger + sizeof *y->steps));
    if (!bigger) {
      jfhe_evk_free(key);
      return jfi_fail(JFHE_ERR_MEMORY, "no memory for derived keys");
    }
    uint32_t *counts = (uint32_t *)(void *)(bigger + cap);
    if (y->count) {
      memcpy(bigger, y->made, y->count * sizeof *bigger);
      memcpy(counts, y->steps, y->count * sizeof *counts);
    }
    jfi_free(y->made);
    y->made = bigger;
    y->steps = counts;
    y->cap = cap;
  }
  y->steps[y->count] = steps;
  y->made[y->count++] = key;
  return JFHE_OK;
}

enum { DIGITS_MAX = 20 };

/* Digits of k as powers of two with signs, highest first; `sparse`: no two neighbours (fewest digits), else all positive. */
static size_t digits_of(int64_t k, int sparse, int64_t *digit) {
  int64_t low[DIGITS_MAX];
  size_t n = 0;
  for (int64_t bit = 1; k != 0; bit *= 2, k /= 2) {
    int64_t d = k & 1;
    if (d && sparse && (k & 3) == 3) d = -1;
    if (d) low[n++] = d * bit;
    k -= d;
  }
  for (size_t i = 0; i < n; i++) digit[i] = low[n - 1 - i];
  return n;
}

static int64_t missing(const nursery *y, const int64_t *digit, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!parent_of(y, digit[i])) return digit[i];
  return 0;
}

/* The spelling of k with fewest digits whose parents are there. */
static jfhe_status spell(const nursery *y, int32_t k, int64_t *digit, size_t *count) {
  int64_t slots = (int64_t)1 << (y->ctx->ring->log_n - 1), low = (k % slots + slots) % slots, lack = 0;
  int64_t tries[4][DIGITS_MAX];
  *count = DIGITS_MAX + 1;
  for (int t = 0; t < 4; t++) {
    size_t n;
    int64_t r = t & 1 ? low - slots : low; /* -r in digits of the other sign where r < 0 */
    n = digits_of(r < 0 ? -r : r, t < 2, tries[t]);
    for (size_t i = 0; r < 0 && i < n; i++) tries[t][i] = -tries[t][i];
    int64_t m = missing(y, tries[t], n);
    if (m != 0) {
      if (t == 2) lack = m; /* what the plain spelling lacks is the clearest to report */
      continue;
    }
    if (n >= *count) continue;
    *count = n;
    memcpy(digit, tries[t], n * sizeof *digit);
  }
  if (*count <= DIGITS_MAX) return JFHE_OK;
  return jfi_fail(JFHE_ERR_KEY, "rotation %d needs the parent key of rotation %lld", k, (long long)lack);
}

/* A key made here that is one step from g and has at most `steps` - 1 behind it: its noise is no worse than the spelling's. */
static const jfhe_evk *neighbour(const nursery *y, uint32_t g, uint32_t steps, const jfhe_evk **parent) {
  uint32_t mask = (uint32_t)(2 * y->ctx->ring->n) - 1;
  for (size_t i = 0; i < y->count; i++)
    for (size_t j = 0; j < y->parents->count && y->steps[i] < steps; j++) {
      *parent = y->parents->key[j];
      if ((y->made[i]->galois * (*parent)->galois & mask) == g && jfi_evk_is_parent(*parent)) return y->made[i];
    }
  return NULL;
}

static jfhe_status step(nursery *y, const jfhe_evk **at, const jfhe_evk *parent, uint32_t steps) {
  jfhe_evk *key = NULL;
  JFI_TRY(jfi_evk_derive(&key, y->ctx, *at, parent));
  JFI_TRY(keep(y, key, steps));
  *at = key;
  return JFHE_OK;
}

static jfhe_status derive_one(nursery *y, const int64_t *digit, size_t count) {
  int64_t sum = 0;
  const jfhe_evk *at = NULL, *parent = NULL;
  for (size_t i = 0; i < count; i++) sum += digit[i];
  uint32_t g = jfi_galois_rotation(y->ctx->ring->log_n, sum);
  if ((at = neighbour(y, g, (uint32_t)count, &parent)) != NULL) return step(y, &at, parent, (uint32_t)count);
  sum = 0;
  for (size_t i = 0; i < count; i++) {
    parent = parent_of(y, digit[i]);
    if (!parent) return jfi_fail(JFHE_ERR_KEY, "no parent key of rotation %lld", (long long)digit[i]);
    sum += digit[i];
    jfi_set p = jfi_set_and(parent->q, y->ctx->chain.special);
    const jfhe_evk *next = known(y, jfi_galois_rotation(y->ctx->ring->log_n, sum), p);
    if (next)
      at = next;
    else
      JFI_TRY(step(y, &at, parent, (uint32_t)i + 1));
  }
  return JFHE_OK;
}

/* Hands the wanted keys to the ring, frees the others. */
static jfhe_status deliver(nursery *y, const int32_t *k, size_t count) {
  jfhe_status st = JFHE_OK;
  for (size_t i = 0; i < y->count; i++) {
    int wanted = 0;
    for (size_t t = 0; t < count; t++) wanted |= y->made[i]->galois == jfi_galois_rotation(y->ctx->ring->log_n, k[t]);
    jfhe_status one = wanted && st == JFHE_OK ? jfhe_keyring_add(y->ring, y->made[i]) : JFHE_ERR_ARG;
    if (one != JFHE_OK) jfhe_evk_free(y->made[i]);
    if (wanted && st == JFHE_OK) st = one;
  }
  jfi_free(y->made);
  return st;
}

/* Nothing to derive: the identity, or a key that the ring has. */
static int settled(const nursery *y, int32_t k) {
  uint32_t g = jfi_galois_rotation(y->ctx->ring->log_n, k);
  const jfhe_evk *have = jfi_keyring_find(y->ring, JFHE_EVK_GALOIS, g);
  return g == 1 || (have && have->level >= y->ctx->chain.top && !jfi_evk_is_parent(have));
}

/* Rotations of few digits first, since others start from them. */
jfhe_status jfi_keyring_derive(jfhe_keyring *ring, const jfhe_ctx *ctx, const jfhe_keyring *parents, const int32_t *k,
                               size_t count) {
  nursery y = {.ring = ring, .ctx = ctx, .parents = parents};
  int64_t digit[DIGITS_MAX + 1];
  size_t n;
  for (size_t i = 0; i < count; i++)
    if (!settled(&y, k[i])) JFI_TRY(spell(&y, k[i], digit, &n));
  jfhe_status st = JFHE_OK;
  for (size_t length = 1; length <= DIGITS_MAX; length++)
    for (size_t i = 0; st == JFHE_OK && i < count; i++) {
      if (settled(&y, k[i])) continue;
      st = spell(&y, k[i], digit, &n);
      if (st != JFHE_OK || n != length || known(&y, jfi_galois_rotation(ctx->ring->log_n, k[i]), jfi_set_empty()))
        continue;
      st = derive_one(&y, digit, n);
    }
  jfhe_status last = deliver(&y, k, count);
  return st == JFHE_OK ? last : st;
}
