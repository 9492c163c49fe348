/* circuit/lighten.c: see lighten.h. */
#include "circuit/lighten.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "rlwe/keyswitch.h"
#include "rlwe/noise.h"

enum { ROTATIONS_MAX = 256, MARGIN = 8 };

/* Primes of all levels up to one. */
static jfi_set primes_to(const jfhe_ctx *ctx, uint32_t level) {
  jfi_set q = ctx->chain.level[0];
  for (uint32_t l = 1; l <= level; l++) q = jfi_set_or(q, ctx->chain.level[l]);
  return q;
}

/* Specials that leave a switch's noise to its last rounding: a digit x below D adds x e'/P', and e' is what one rounding is. That is
 * D/P' sqrt(N/12) of the last rounding, so P' >= D sqrt(N) 2^3 makes it less than a twentieth. */
static jfi_set specials_for(const jfhe_ctx *ctx, const jfhe_evk *key, jfi_set q) {
  jfi_set p = jfi_set_empty();
  double need = 0;
  for (uint32_t d = 0; d < key->n_digits; d++) need = fmax(need, jfi_ctx_product(ctx, jfi_set_and(key->digit[d], q)));
  need *= MARGIN * sqrt((double)ctx->ring->n);
  for (size_t i = jfi_set_next(key->p, 0); i < JFI_PRIMES_MAX && jfi_ctx_product(ctx, p) < need;
       i = jfi_set_next(key->p, i + 1))
    p = jfi_set_with(p, i);
  return p;
}

typedef struct lightening {
  const jfhe_ctx *ctx;
  const jfhe_evk *key;
  jfhe_evk *light;
  jfi_set X, T; /* primes before and after */
  uint64_t *x;  /* one polynomial over X */
  void *uniform;
  jfi_scratch s;
} lightening;

/* Half of digit d of the key, over X: b, or a, which a seed may stand for. */
static void gather(const lightening *l, uint32_t d, int second) {
  const size_t n = l->ctx->ring->n;
  const jfi_set all = jfi_set_or(l->key->q, l->key->p);
  size_t j = 0;
  for (size_t i = jfi_set_next(l->X, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(l->X, i + 1), j++) {
    const size_t at = ((size_t)d * l->key->n_limbs + jfi_set_rank(all, i)) * n;
    if (second && !l->key->a)
      jfi_uniform(l->ctx->ring, l->x + j * n, i, &l->key->aes, (uint32_t)(JFI_DOMAIN_EVK + d), l->uniform);
    else
      memcpy(l->x + j * n, (second ? l->key->a : l->key->b) + at, n * sizeof(uint64_t));
  }
}

static jfhe_status run(lightening *l) {
  const size_t words = l->light->n_limbs * l->ctx->ring->n;
  const uint64_t *in[1] = {l->x};
  size_t made = 0;
  for (uint32_t d = 0; d < l->key->n_digits; d++) {
    if (jfi_set_count(jfi_set_and(l->key->digit[d], l->light->q)) == 0) continue;
    for (int second = 0; second < 2; second++) {
      uint64_t *out[1] = {(uint64_t *)(uintptr_t)(second ? l->light->a : l->light->b) + made * words};
      gather(l, d, second);
      JFI_TRY(jfi_divide(l->ctx, out, l->T, in, l->X, 1, &l->s));
    }
    made++;
  }
  return JFHE_OK;
}

/* Roundings of b and a are those of any ciphertext's division. */
static void set_noise(const lightening *l) {
  double worst, sd, gone = jfi_ctx_product(l->ctx, jfi_set_minus(l->X, l->T));
  const double e = l->key->noise_sd / gone;
  jfi_divide_noise(l->ctx, &worst, &sd);
  l->light->noise_worst = jfi_up(l->key->noise_worst / gone + worst);
  l->light->noise_sd = jfi_up(sqrt(e * e + sd * sd));
}

static jfhe_status make(lightening *l) {
  const jfhe_ctx *ctx = l->ctx;
  size_t poly = jfi_set_count(l->X) * ctx->ring->n * sizeof(uint64_t);
  size_t uniform = jfi_round64(jfi_uniform_scratch(ctx->ring->n));
  size_t len = jfi_divide_scratch(ctx, l->X, l->T, 1) + JFI_SCRATCH_SLACK;
  uint8_t *room = jfi_alloc(poly + uniform + len);
  l->light->a = jfi_alloc((size_t)l->light->n_digits * l->light->n_limbs * ctx->ring->n * sizeof(uint64_t));
  jfhe_status st = room && l->light->a ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory for a light key");
  if (st == JFHE_OK) {
    l->x = (uint64_t *)(void *)room;
    l->uniform = room + poly;
    jfi_scratch_init(&l->s, room + poly + uniform, len);
    st = run(l);
  }
  jfi_free(room);
  return st;
}

jfhe_status jfi_evk_lighten(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_evk *key, uint32_t level) {
  lightening l = {.ctx = ctx, .key = key};
  const jfi_set q = primes_to(ctx, level), p = specials_for(ctx, key, q);
  *out = NULL;
  if (!jfi_set_within(q, key->q) || jfi_set_equal(p, key->p)) return JFHE_OK;
  JFI_TRY(jfi_evk_alloc(&l.light, ctx, q, p, key->digit, key->n_digits));
  l.X = jfi_set_or(q, key->p);
  l.T = jfi_set_or(q, p);
  l.light->kind = key->kind;
  l.light->galois = key->galois;
  l.light->level = level;
  memcpy(l.light->from_id, key->from_id, JFHE_ID_BYTES);
  memcpy(l.light->to_id, key->to_id, JFHE_ID_BYTES);
  jfhe_status st = make(&l);
  if (st != JFHE_OK) {
    jfhe_evk_free(l.light);
    return st;
  }
  set_noise(&l);
  *out = l.light;
  return JFHE_OK;
}

static jfhe_status lighten_one(const jfhe_bootstrap *b, jfhe_keyring *keys, int32_t k) {
  const uint32_t g = jfi_galois_rotation(b->ctx->ring->log_n, k);
  const jfhe_evk *key = jfi_keyring_find(keys, JFHE_EVK_GALOIS, g);
  if (!key || jfi_keyring_serving(keys, JFHE_EVK_GALOIS, g, b->ctx->chain.level[b->level_in]) != key) return JFHE_OK;
  jfhe_evk *light;
  JFI_TRY(jfi_evk_lighten(&light, b->ctx, key, b->level_in));
  if (!light) return JFHE_OK;
  jfhe_status st = jfhe_keyring_add(keys, light);
  if (st != JFHE_OK) jfhe_evk_free(light);
  return st;
}

jfhe_status jfi_bootstrap_lighten(const jfhe_bootstrap *b, jfhe_keyring *keys) {
  int32_t k[ROTATIONS_MAX];
  for (uint32_t i = 0; i < b->stages; i++) {
    size_t count = jfhe_linmap_rotations(b->down[i], k, ROTATIONS_MAX);
    for (size_t t = 0; t < count; t++) JFI_TRY(lighten_one(b, keys, k[t]));
  }
  return JFHE_OK;
}
