/* circuit/derive.c: one derivation; see derive.h. */
#include "circuit/derive.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "rlwe/keyswitch.h"

int jfi_evk_is_parent(const jfhe_evk *key) {
  return key->kind == JFHE_EVK_GALOIS && jfi_set_count(jfi_set_and(key->q, key->ctx->chain.special)) > 0;
}

/* An empty key of the derived shape, room for both halves. */
static jfhe_status new_derived(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_evk *parent) {
  jfi_set digit[JFI_DIGITS_MAX];
  jfi_set p = jfi_set_and(parent->q, ctx->chain.special), q = jfi_set_minus(parent->q, p);
  uint32_t n = jfi_digits_group(ctx->chain.prime, q, p, digit);
  if (n == 0) return jfi_fail(JFHE_ERR_KEY, "a derived key would need more than %d digits", JFI_DIGITS_MAX);
  jfhe_evk *key;
  JFI_TRY(jfi_evk_alloc(&key, ctx, q, p, digit, n));
  uint64_t *a = jfi_alloc((size_t)key->n_digits * key->n_limbs * ctx->ring->n * sizeof *a);
  if (!a) {
    jfhe_evk_free(key);
    return jfi_fail(JFHE_ERR_MEMORY, "no memory for a derived key");
  }
  key->a = a;
  key->kind = JFHE_EVK_GALOIS;
  key->galois = 1;
  key->level = parent->level;
  memcpy(key->from_id, parent->from_id, JFHE_ID_BYTES);
  memcpy(key->to_id, parent->to_id, JFHE_ID_BYTES);
  *out = key;
  return JFHE_OK;
}

typedef struct derivation {
  const jfhe_ctx *ctx;
  const jfhe_evk *first, *parent; /* first null: the key for 1 */
  jfhe_evk *key;
  jfi_set S;             /* q and p of the derived key */
  size_t words;          /* of one polynomial over S */
  uint32_t *turn, *back; /* X -> X^g, X -> X^(1/g) of first */
  uint64_t *x0, *x1, *y0, *y1;
  jfi_scratch s;
} derivation;

/* P [D_d], a constant: the same word all over a limb. */
static void fill_gadget(const derivation *t, uint32_t d) {
  size_t n = t->ctx->ring->n, j = 0;
  for (size_t i = jfi_set_next(t->S, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(t->S, i + 1), j++) {
    uint64_t w = jfi_set_has(t->key->digit[d], i) ? jfi_ctx_product_mod(t->ctx, t->key->p, i) : 0;
    for (size_t k = 0; k < n; k++) t->x1[j * n + k] = w;
  }
}

static jfhe_status derive_pair(derivation *t, uint32_t d) {
  uint64_t *b = (uint64_t *)(uintptr_t)t->key->b + d * t->words, *a = (uint64_t *)(uintptr_t)t->key->a + d * t->words;
  size_t limbs = t->key->n_limbs;
  if (!t->first) {
    fill_gadget(t, d);
    return jfi_keyswitch(t->ctx, b, a, t->S, t->x1, NULL, NULL, t->S, t->parent, &t->s);
  }
  jfi_permute_limbs(t->ctx, t->x0, t->first->b + d * t->words, limbs, t->turn);
  jfi_permute_limbs(t->ctx, t->x1, t->first->a + d * t->words, limbs, t->turn);
  JFI_TRY(jfi_keyswitch(t->ctx, t->y0, t->y1, t->S, t->x1, t->x0, NULL, t->S, t->parent, &t->s));
  jfi_permute_limbs(t->ctx, b, t->y0, limbs, t->back);
  jfi_permute_limbs(t->ctx, a, t->y1, limbs, t->back);
  return JFHE_OK;
}

/* The new e is the old one, turned, and one key switch's error: bounded at every slot, so turning changes nothing. */
static void set_noise(const derivation *t) {
  double worst, sd;
  jfi_keyswitch_noise(t->ctx, t->S, t->parent, &worst, &sd);
  double worst0 = t->first ? t->first->noise_worst : 0, sd0 = t->first ? t->first->noise_sd : 0;
  t->key->noise_worst = jfi_up(worst0 + worst);
  t->key->noise_sd = jfi_up(sqrt(sd0 * sd0 + sd * sd));
  uint32_t g = t->first ? t->first->galois : 1, mask = (uint32_t)(2 * t->ctx->ring->n) - 1;
  t->key->galois = (uint32_t)((uint64_t)g * t->parent->galois) & mask;
}

static jfhe_status run(derivation *t) {
  const jfhe_ctx *ctx = t->ctx;
  size_t n = ctx->ring->n, poly = t->words * sizeof(uint64_t);
  size_t len = jfi_keyswitch_scratch(ctx, t->S, t->S, t->parent->p, t->parent->n_digits) + JFI_SCRATCH_SLACK;
  uint8_t *room = jfi_alloc(4 * poly + len);
  t->turn = jfi_alloc(2 * n * sizeof(uint32_t));
  int ok = room && t->turn;
  jfhe_status st = ok ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory to derive a key");
  if (ok) {
    t->x0 = (uint64_t *)(void *)room;
    t->x1 = t->x0 + t->words;
    t->y0 = t->x1 + t->words;
    t->y1 = t->y0 + t->words;
    t->back = t->turn + n;
    if (t->first) {
      jfi_galois_perm(t->turn, ctx->ring->log_n, t->first->galois);
      jfi_galois_perm(t->back, ctx->ring->log_n, jfi_galois_inverse(ctx->ring->log_n, t->first->galois));
    }
    jfi_scratch_init(&t->s, room + 4 * poly, len);
    for (uint32_t d = 0; st == JFHE_OK && d < t->key->n_digits; d++) st = derive_pair(t, d);
    if (st == JFHE_OK) set_noise(t);
  }
  jfi_free(room);
  jfi_free(t->turn);
  return st;
}

static jfhe_status check(const jfhe_ctx *ctx, const jfhe_evk *first, const jfhe_evk *parent) {
  if (parent->ctx != ctx || (first && first->ctx != ctx))
    return jfi_fail(JFHE_ERR_CONTEXT, "a key of other parameters");
  if (!jfi_evk_is_parent(parent)) return jfi_fail(JFHE_ERR_KEY, "not a parent key: it holds back no special prime");
  if (!first) return JFHE_OK;
  if (first->kind != JFHE_EVK_GALOIS) return jfi_fail(JFHE_ERR_KEY, "keys are derived from Galois keys");
  if (memcmp(first->to_id, parent->to_id, JFHE_ID_BYTES) != 0)
    return jfi_fail(JFHE_ERR_KEY, "parent keys of two secrets");
  return JFHE_OK;
}

static int same_shape(const jfhe_evk *a, const jfhe_evk *b) {
  int same = jfi_set_equal(a->q, b->q) && jfi_set_equal(a->p, b->p) && a->n_digits == b->n_digits;
  for (uint32_t d = 0; same && d < a->n_digits; d++) same = jfi_set_equal(a->digit[d], b->digit[d]);
  return same;
}

jfhe_status jfi_evk_derive(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_evk *first, const jfhe_evk *parent) {
  JFI_TRY(check(ctx, first, parent));
  jfhe_evk *mine = NULL;
  if (first && jfi_evk_is_parent(first)) {
    JFI_TRY(jfi_evk_derive(&mine, ctx, NULL, first));
    first = mine;
  }
  derivation t = {.ctx = ctx, .first = first, .parent = parent};
  jfhe_status st = new_derived(&t.key, ctx, parent);
  if (t.key) {
    t.S = jfi_set_or(t.key->q, t.key->p);
    t.words = t.key->n_limbs * ctx->ring->n;
    if (first && (!same_shape(first, t.key) || !first->a))
      st = jfi_fail(JFHE_ERR_KEY, "the first key is neither a parent nor derived from one");
    if (st == JFHE_OK) st = run(&t);
    if (st == JFHE_OK)
      *out = t.key;
    else
      jfhe_evk_free(t.key);
  }
  jfhe_evk_free(mine);
  return st;
}
