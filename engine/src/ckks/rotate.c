/* ckks/rotate.c: automorphisms of the slots, and changes of secret. [HS18] [BMTPH21]
 *
 * A key for g switches s -> s(X^(1/g)); X -> X^g then brings the result back under s. So the digits
 * of c1 are the same for every rotation, and "hoisting" makes them once. */
#include <string.h>

#include "base/status.h"
#include "ckks/eval.h"
#include "ckks/limbs.h"
#include "rlwe/room.h"
#include "rlwe/keyswitch.h"

static jfi_bound switched(const jfhe_ctx *ctx, const jfi_bound *a, const jfhe_ct *ct, const jfhe_evk *key) {
  jfi_noise e;
  jfi_keyswitch_noise(ctx, ct->primes, key, &e.worst, &e.sd);
  e.worst /= ct->scale;
  e.sd /= ct->scale;
  return jfi_bound_noise(a, e);
}

static jfhe_status plan(const jfhe_ctx *ctx, jfi_meta *m, const jfhe_ct *a, const jfhe_evk *key, const char *what) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  if (a->degree != 1) return jfi_fail(JFHE_ERR_FORM, "%s needs degree 1: relinearise first", what);
  JFI_TRY(jfi_evk_serves(ctx, key, a->key_id, a->primes, what));
  *m = jfi_meta_of(a);
  m->key_id = key->to_id;
  m->bound = switched(ctx, &m->bound, a, key);
  return jfi_bound_fits(ctx, &m->bound, m->scale, m->primes, what);
}

static size_t perm_bytes(const jfhe_ctx *ctx) { return jfi_round64(ctx->ring->n * sizeof(uint32_t)); }

/* ---- one automorphism ---- */
size_t jfi_ckks_rotate_bytes(const jfhe_ctx *ctx, uint32_t level) {
  jfi_set S = ctx->chain.level[level];
  return perm_bytes(ctx) + jfi_switch_bytes(ctx, S) + JFI_SCRATCH_SLACK;
}

jfhe_status jfi_ckks_automorphism(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t g, const jfhe_evk *key,
                                  jfi_scratch *s) {
  jfi_meta m;
  if (g == 1) return jfi_ckks_copy(ctx, out, a);
  JFI_TRY(plan(ctx, &m, a, key, "rotation"));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  jfi_scratch at = *s;
  uint32_t *perm = jfi_scratch_take(&at, perm_bytes(ctx));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a rotation");
  jfi_galois_perm(perm, ctx->ring->log_n, g);
  const jfi_switch w = {
      .S = m.primes, .T = m.primes, .key = key, .c = jfi_ct_poly(a, 1), .add = {jfi_ct_poly(a, 0), NULL}, .perm = perm};
  JFI_TRY(jfi_switch_run(ctx, jfi_ct_poly(out, 0), jfi_ct_poly(out, 1), &w, &at));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

jfhe_status jfi_ckks_conjugate(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_keyring *keys,
                               jfi_scratch *s) {
  uint32_t g = jfhe_galois_conjugate(ctx);
  const jfhe_evk *key = jfi_keyring_find(keys, JFHE_EVK_GALOIS, g);
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_ct_in_slots(a, "conjugation"));
  JFI_TRY(jfi_evk_serves(ctx, key, a->key_id, a->primes, "conjugation"));
  return jfi_ckks_automorphism(ctx, out, a, g, key, s);
}

/* x and conj(x) have one real part, and imaginary parts that cancel: x as it is, with its error a part of it. docs/SOUNDNESS.md, "Settled values" */
jfhe_status jfi_ckks_settle(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, double limit, const jfhe_keyring *keys,
                            jfi_scratch *s) {
  jfhe_ct x = *a;
  x.bound = (jfi_bound){jfi_up(a->bound.mag + a->bound.worst), 0, 0};
  if (!(2 * x.bound.mag <= limit))
    return jfi_fail(JFHE_ERR_RANGE, "numbers up to %.9g with errors up to %.3g come to more than half the limit %.9g",
                    a->bound.mag, a->bound.worst, limit);
  jfi_bound most = {limit, 0, 0};
  JFI_TRY(jfi_bound_fits(ctx, &most, a->scale, a->primes, "a settled value"));
  JFI_TRY(jfi_ckks_conjugate(ctx, out, &x, keys, s));
  JFI_TRY(jfi_ckks_add(ctx, out, out, &x, 0));
  out->bound.mag = limit;
  out->packing = JFHE_PACK_REAL;
  out->log_slots = ctx->ring->log_n - 1; /* repetitions differ by their errors, which are numbers now */
  return JFHE_OK;
}

/* Galois element and key of a rotation by k. A sparse vector repeats every n slots, so the keys of
 * k mod n and of k mod n - n do as well. g = 1: nothing to do. */
jfhe_status jfi_rotation_find(const jfhe_ctx *ctx, const jfhe_ct *a, int64_t k, const jfhe_keyring *keys, uint32_t *g,
                              const jfhe_evk **key) {
  JFI_TRY(jfi_ct_usable(ctx, a));
  JFI_TRY(jfi_ct_in_slots(a, "rotation"));
  int64_t n = (int64_t)1 << a->log_slots, low = ((k % n) + n) % n;
  const int64_t tries[3] = {k, low, low - n};
  *key = NULL;
  *g = 1;
  if (low == 0) return JFHE_OK;
  for (int t = 0; t < 3; t++) {
    *g = jfi_galois_rotation(ctx->ring->log_n, tries[t]);
    *key = jfi_keyring_find(keys, JFHE_EVK_GALOIS, *g);
    if (*key) return jfi_evk_serves(ctx, *key, a->key_id, a->primes, "rotation");
  }
  return jfi_fail(JFHE_ERR_KEY, "no key for the rotation by %lld", (long long)k);
}

jfhe_status jfi_ckks_rotate(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, int64_t k, const jfhe_keyring *keys,
                            jfi_scratch *s) {
  uint32_t g;
  const jfhe_evk *key;
  JFI_TRY(jfi_rotation_find(ctx, a, k, keys, &g, &key));
  return jfi_ckks_automorphism(ctx, out, a, g, key, s);
}

jfhe_status jfi_ckks_switch_key(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_evk *key,
                                jfi_scratch *s) {
  jfi_meta m;
  if (key->kind != JFHE_EVK_SWITCH) return jfi_fail(JFHE_ERR_KEY, "not a key from secret to secret");
  JFI_TRY(plan(ctx, &m, a, key, "a change of secret"));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  JFI_TRY(jfi_keyswitch(ctx, jfi_ct_poly(out, 0), jfi_ct_poly(out, 1), m.primes, jfi_ct_poly(a, 1), jfi_ct_poly(a, 0),
                        NULL, m.primes, key, s));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

/* ---- many automorphisms of one ciphertext ---- */
static int same_shape(const jfhe_evk *a, const jfhe_evk *b, jfi_set S) {
  uint32_t i = 0, j = 0;
  if (!jfi_set_equal(a->p, b->p)) return 0;
  for (;;) {
    while (i < a->n_digits && jfi_set_count(jfi_set_and(a->digit[i], S)) == 0) i++;
    while (j < b->n_digits && jfi_set_count(jfi_set_and(b->digit[j], S)) == 0) j++;
    if (i == a->n_digits || j == b->n_digits) return i == a->n_digits && j == b->n_digits;
    if (!jfi_set_equal(jfi_set_and(a->digit[i++], S), jfi_set_and(b->digit[j++], S))) return 0;
  }
}

typedef struct hoisted {
  const jfhe_ct *a;
  jfi_set S, P;
  const jfhe_evk *shape;
  uint64_t *digits;
  uint32_t *perm;
} hoisted;

size_t jfi_ckks_rotate_many_bytes(const jfhe_ctx *ctx, uint32_t level) {
  size_t hoist = perm_bytes(ctx) + jfi_hoist_bytes(ctx, ctx->chain.level[level]) + JFI_SCRATCH_SLACK;
  size_t single = jfi_ckks_rotate_bytes(ctx, level);
  return hoist > single ? hoist : single;
}

static jfhe_status hoist(const jfhe_ctx *ctx, hoisted *h, jfi_scratch *s) {
  h->perm = jfi_scratch_take(s, perm_bytes(ctx));
  uint32_t used = 0;
  for (uint32_t d = 0; d < h->shape->n_digits; d++) used += jfi_set_count(jfi_set_and(h->shape->digit[d], h->S)) > 0;
  h->digits = jfi_scratch_take(s, jfi_decompose_words(ctx, h->S, h->P, used) * sizeof(uint64_t));
  if (s->failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for these rotations");
  return jfi_decompose(ctx, h->digits, jfi_ct_poly(h->a, 1), h->S, h->shape, s);
}

static jfhe_status rotate_hoisted(const jfhe_ctx *ctx, jfhe_ct *out, const hoisted *h, uint32_t g, const jfhe_evk *key,
                                  jfi_scratch *s) {
  jfi_meta m;
  JFI_TRY(plan(ctx, &m, h->a, key, "rotation"));
  jfi_galois_perm(h->perm, ctx->ring->log_n, g);
  const jfi_switch w = {
      .S = h->S, .T = h->S, .key = key, .digits = h->digits, .add = {jfi_ct_poly(h->a, 0), NULL}, .perm = h->perm};
  JFI_TRY(jfi_switch_run(ctx, jfi_ct_poly(out, 0), jfi_ct_poly(out, 1), &w, s));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

/* All that can be refused, for all outputs; *shape becomes the first key that is needed. */
static jfhe_status check_many(const jfhe_ctx *ctx, jfhe_ct *const *out, const jfhe_ct *a, const int32_t *k,
                              size_t count, const jfhe_keyring *keys, const jfhe_evk **shape) {
  jfi_meta m;
  uint32_t g;
  const jfhe_evk *key;
  *shape = NULL;
  for (size_t i = 0; i < count; i++) {
    JFI_TRY(jfi_rotation_find(ctx, a, k[i], keys, &g, &key));
    m = jfi_meta_of(a);
    if (key) JFI_TRY(plan(ctx, &m, a, key, "rotation"));
    JFI_TRY(jfi_ct_room(ctx, out[i], &m));
    if (key && !*shape) *shape = key;
    for (size_t j = 0; j < i; j++)
      if (out[j] == out[i]) return jfi_fail(JFHE_ERR_ARG, "one output for two rotations");
  }
  return JFHE_OK;
}

jfhe_status jfi_ckks_rotate_many(const jfhe_ctx *ctx, jfhe_ct *const *out, const jfhe_ct *a, const int32_t *k,
                                 size_t count, const jfhe_keyring *keys, jfi_scratch *s) {
  const jfhe_evk *shape, *key;
  uint32_t g;
  JFI_TRY(check_many(ctx, out, a, k, count, keys, &shape));
  jfi_scratch at = *s;
  hoisted h = {.a = a, .S = a->primes, .shape = shape};
  if (shape) {
    h.P = shape->p;
    JFI_TRY(hoist(ctx, &h, &at));
  }
  /* First what the digits serve; then keys of another shape, whose scratch overwrites the digits;
     * last the output that is the input, which all others still read. */
  for (int pass = 0; pass < 3; pass++) {
    for (size_t i = 0; i < count; i++) {
      JFI_TRY(jfi_rotation_find(ctx, a, k[i], keys, &g, &key));
      int fits = g == 1 || same_shape(key, shape, h.S);
      if (pass != (out[i] == a ? 2 : fits ? 0 : 1)) continue;
      if (pass == 0 && g != 1)
        JFI_TRY(rotate_hoisted(ctx, out[i], &h, g, key, &at));
      else
        JFI_TRY(jfi_ckks_automorphism(ctx, out[i], a, g, key, s));
    }
  }
  return JFHE_OK;
}
