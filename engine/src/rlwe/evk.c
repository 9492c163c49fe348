/* rlwe/evk.c: switching keys and public keys as memory, and the keyring. */
#include "rlwe/evk.h"

#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "rlwe/ct.h"
#include "rlwe/ctx.h"
#include "rlwe/keyring.h"

static size_t half_words(const jfhe_evk *k) { return (size_t)k->n_digits * k->n_limbs * k->ctx->ring->n; }

jfhe_status jfi_evk_shape(jfhe_evk *k, const jfhe_ctx *ctx, jfi_set q, jfi_set p, const jfi_set *digits,
                          uint32_t n_digits) {
  memset(k, 0, sizeof *k);
  k->ctx = ctx;
  k->q = q;
  k->p = p;
  k->n_limbs = (uint32_t)(jfi_set_count(q) + jfi_set_count(p));
  for (uint32_t d = 0; d < n_digits; d++) {
    jfi_set D = jfi_set_and(digits[d], q);
    if (jfi_set_count(D)) k->digit[k->n_digits++] = D;
  }
  return k->n_digits ? JFHE_OK : jfi_fail(JFHE_ERR_LEVEL, "a switching key covers no prime");
}

jfhe_status jfi_evk_alloc(jfhe_evk **out, const jfhe_ctx *ctx, jfi_set q, jfi_set p, const jfi_set *digits,
                          uint32_t n_digits) {
  *out = NULL;
  jfhe_evk *k = jfi_alloc(sizeof *k);
  if (!k) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a switching key");
  jfhe_status st = jfi_evk_shape(k, ctx, q, p, digits, n_digits);
  if (st == JFHE_OK) {
    k->owns_b = k->owns_a = 1;
    k->b = jfi_alloc(half_words(k) * sizeof(uint64_t));
    if (!k->b)
      st = jfi_fail(JFHE_ERR_MEMORY, "no memory for a switching key of %zu bytes", half_words(k) * sizeof(uint64_t));
  }
  if (st != JFHE_OK) {
    jfi_free(k);
    return st;
  }
  *out = k;
  return JFHE_OK;
}

void jfhe_evk_free(jfhe_evk *k) {
  if (!k) return;
  if (k->owns_b) jfi_free((void *)(uintptr_t)k->b);
  if (k->owns_a) jfi_free((void *)(uintptr_t)k->a);
  jfi_free(k);
}

void jfhe_pk_free(jfhe_pk *k) {
  if (!k) return;
  jfi_free(k->b);
  jfi_free(k->a);
  jfi_free(k);
}

uint32_t jfhe_evk_kind_of(const jfhe_evk *k) { return k->kind; }
uint32_t jfhe_evk_galois(const jfhe_evk *k) { return k->galois; }
uint32_t jfhe_evk_level(const jfhe_evk *k) { return k->level; }
uint32_t jfhe_evk_digits(const jfhe_evk *k) { return k->n_digits; }
size_t jfhe_evk_bytes(const jfhe_evk *k) { return half_words(k) * sizeof(uint64_t) * (k->a ? 2 : 1); }

/* ---- expansion of the public half ---- */
typedef struct expand_job {
  const jfhe_evk *key;
  uint64_t *a;
  const uint32_t *prime;
  uint8_t *scratch;
  size_t scratch_each;
} expand_job;

static void expand_limb(void *arg, size_t task, size_t worker) {
  const expand_job *job = arg;
  size_t d = task / job->key->n_limbs, j = task % job->key->n_limbs;
  jfi_uniform(job->key->ctx->ring, job->a + task * job->key->ctx->ring->n, job->prime[j], &job->key->aes,
              (uint32_t)(JFI_DOMAIN_EVK + d), job->scratch + worker * job->scratch_each);
}

jfhe_status jfhe_evk_expand(jfhe_evk *k) {
  if (!k) return jfi_fail(JFHE_ERR_ARG, "key is null");
  if (k->a) return JFHE_OK;
  if (!k->seeded) return jfi_fail(JFHE_ERR_KEY, "the key has no seed to expand");
  size_t workers = jfi_pool_workers(k->ctx->pool), each = jfi_round64(jfi_uniform_scratch(k->ctx->ring->n));
  uint32_t prime[JFI_PRIMES_MAX];
  jfi_set_list(jfi_set_or(k->q, k->p), prime);
  expand_job job = {.key = k, .prime = prime, .scratch_each = each};
  job.a = jfi_alloc(half_words(k) * sizeof(uint64_t));
  job.scratch = jfi_alloc(workers * each);
  if (!job.a || !job.scratch) {
    jfi_free(job.a);
    jfi_free(job.scratch);
    return jfi_fail(JFHE_ERR_MEMORY, "no memory to expand a key");
  }
  jfi_parallel(k->ctx->pool, (size_t)k->n_digits * k->n_limbs, expand_limb, &job);
  jfi_free(job.scratch);
  k->a = job.a;
  k->owns_a = 1;
  return JFHE_OK;
}

/* ---- keyring ---- */
jfhe_status jfhe_keyring_new(jfhe_keyring **out, const jfhe_ctx *ctx) {
  if (!out || !ctx) return jfi_fail(JFHE_ERR_ARG, "a keyring has a context");
  *out = jfi_alloc_zero(sizeof **out);
  if (!*out) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a keyring");
  (*out)->ctx = ctx;
  return JFHE_OK;
}

void jfhe_keyring_free(jfhe_keyring *r) {
  if (!r) return;
  for (size_t i = 0; i < r->count; i++) jfhe_evk_free(r->key[i]);
  jfi_free(r->key);
  jfi_free(r);
}

static jfhe_status grow(jfhe_keyring *r) {
  if (r->count < r->cap) return JFHE_OK;
  size_t cap = r->cap ? 2 * r->cap : 32;
  jfhe_evk **bigger = jfi_alloc(cap * sizeof *bigger);
  if (!bigger) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a keyring of %zu keys", cap);
  if (r->count) memcpy(bigger, r->key, r->count * sizeof *bigger);
  jfi_free(r->key);
  r->key = bigger;
  r->cap = cap;
  return JFHE_OK;
}

/* Whose ring a key belongs in: the way down to the sparse secret starts at the ring's. */
static const uint8_t *owner(const jfhe_evk *k) { return k->kind == JFHE_EVK_SPARSE ? k->from_id : k->to_id; }

jfhe_status jfhe_keyring_add(jfhe_keyring *r, jfhe_evk *k) {
  if (!r || !k) return jfi_fail(JFHE_ERR_ARG, "a keyring or key is null");
  if (k->ctx != r->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the key is of other parameters than the keyring");
  if (r->count && memcmp(owner(r->key[0]), owner(k), JFHE_ID_BYTES) != 0)
    return jfi_fail(JFHE_ERR_KEY, "the key is of another secret than the keyring's");
  JFI_TRY(jfi_ctx_warm(r->ctx, k->p, k->digit, k->n_digits));
  for (size_t i = 0; i < r->count; i++) {
    jfhe_evk *old = r->key[i];
    int same_shape = jfi_set_equal(old->p, k->p);
    if (old->kind != k->kind || old->galois != k->galois || !same_shape ||
        memcmp(old->from_id, k->from_id, JFHE_ID_BYTES) != 0)
      continue;
    if (old->level > k->level) {
      jfhe_evk_free(k);
      return JFHE_OK;
    }
    jfhe_evk_free(old);
    r->key[i] = k;
    return JFHE_OK;
  }
  JFI_TRY(grow(r));
  r->key[r->count++] = k;
  return JFHE_OK;
}

static int is_for(const jfhe_evk *k, uint32_t kind, uint32_t galois) { return k->kind == kind && k->galois == galois; }

const jfhe_evk *jfi_keyring_find(const jfhe_keyring *r, uint32_t kind, uint32_t galois) {
  const jfhe_evk *best = NULL;
  for (size_t i = 0; r && i < r->count; i++) {
    const jfhe_evk *k = r->key[i];
    if (!is_for(k, kind, galois)) continue;
    /* several shapes of one element: the widest; of those, fewest digits is fastest */
    if (!best || k->level > best->level || (k->level == best->level && k->n_digits < best->n_digits)) best = k;
  }
  return best;
}

/* Residues that a switch over S works on with a key: digits times primes. */
static size_t work(const jfhe_evk *k, jfi_set S) {
  size_t digits = 0;
  for (uint32_t d = 0; d < k->n_digits; d++) digits += jfi_set_count(jfi_set_and(k->digit[d], S)) > 0;
  return digits * jfi_set_count(jfi_set_or(S, k->p));
}

const jfhe_evk *jfi_keyring_serving(const jfhe_keyring *r, uint32_t kind, uint32_t galois, jfi_set S) {
  const jfhe_evk *best = NULL;
  for (size_t i = 0; r && i < r->count; i++) {
    const jfhe_evk *k = r->key[i];
    if (!is_for(k, kind, galois) || !jfi_set_within(S, k->q)) continue;
    if (!best || work(k, S) < work(best, S)) best = k;
  }
  return best;
}

const jfhe_evk *jfhe_keyring_relin(const jfhe_keyring *r) { return jfi_keyring_find(r, JFHE_EVK_RELIN, 0); }
const jfhe_evk *jfhe_keyring_galois(const jfhe_keyring *r, uint32_t galois) {
  return jfi_keyring_find(r, JFHE_EVK_GALOIS, galois);
}
size_t jfhe_keyring_count(const jfhe_keyring *r) { return r->count; }
uint32_t jfhe_galois_rotate(const jfhe_ctx *ctx, int32_t k) { return jfi_galois_rotation(ctx->params.log_n, k); }
uint32_t jfhe_galois_conjugate(const jfhe_ctx *ctx) { return ((uint32_t)2 << ctx->params.log_n) - 1; }
