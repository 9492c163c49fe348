/* bgv/rotate.c: automorphisms of the slots, and sums along them. [HS18] X -> X^(5^k) rotates both rows, X -> X^-1 exchanges them
 * (bgv/space.c). A key for g switches s -> s(X^(1/g)); the automorphism follows, so "hoisting" makes the digits once for many. */
#include <string.h>

#include "base/status.h"
#include "bgv/encode.h"
#include "bgv/eval.h"
#include "rlwe/keyswitch.h"
#include "rlwe/room.h"

static size_t perm_bytes(const jfhe_ctx *ctx) { return jfi_round64(ctx->ring->n * sizeof(uint32_t)); }

size_t jfi_bgv_rotate_bytes(const jfhe_ctx *ctx, uint32_t level) {
  return perm_bytes(ctx) + jfi_switch_bytes(ctx, ctx->chain.level[level]) + JFI_SCRATCH_SLACK;
}

static jfhe_status plan(const jfhe_bgv *b, jfi_bgv_meta *m, const jfhe_ct *a, const jfhe_evk *key) {
  JFI_TRY(jfi_bgv_usable(b, a));
  JFI_TRY(jfi_bgv_serves(b, key, a, "rotation"));
  *m = jfi_bgv_meta_of(a);
  m->key_id = key->to_id;
  m->bound = jfi_bgv_bound_switch(b, &m->bound, key, m->primes, m->primes);
  return JFHE_OK;
}

static jfhe_status automorphism(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, uint32_t g, const jfhe_evk *key,
                                const uint64_t *digits, jfi_scratch *s) {
  jfi_bgv_meta m;
  JFI_TRY(plan(b, &m, a, key));
  JFI_TRY(jfi_bgv_room(b, out, &m, "rotation"));
  jfi_scratch at = *s;
  uint32_t *perm = jfi_scratch_take(&at, perm_bytes(b->ctx));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a rotation");
  jfi_galois_perm(perm, b->ctx->ring->log_n, g);
  const jfi_switch w = {.S = m.primes,
                        .T = m.primes,
                        .key = key,
                        .c = digits ? NULL : jfi_ct_poly(a, 1),
                        .digits = digits,
                        .add = {jfi_ct_poly(a, 0), NULL},
                        .perm = perm};
  JFI_TRY(jfi_switch_run(b->ctx, jfi_ct_poly(out, 0), jfi_ct_poly(out, 1), &w, &at));
  jfi_bgv_settle(b, out, &m);
  return JFHE_OK;
}

/* Rows repeat nothing of length n/2, but in the larger ring 5^k has order N/2: so keys of k, k mod n/2 and that less n/2 all do. */
jfhe_status jfi_bgv_rotation_find(const jfhe_bgv *b, int64_t k, const jfhe_keyring *keys, uint32_t *g,
                                  const jfhe_evk **key) {
  int64_t h = (int64_t)1 << (b->log_slots - 1), low = ((k % h) + h) % h;
  const int64_t tries[3] = {k, low, low - h};
  *g = 1;
  *key = NULL;
  if (low == 0) return JFHE_OK;
  for (int i = 0; i < 3; i++) {
    *g = jfi_galois_rotation(b->ctx->ring->log_n, tries[i]);
    if ((*key = jfi_keyring_find(keys, JFHE_EVK_GALOIS, *g)) != NULL) return JFHE_OK;
  }
  return jfi_fail(JFHE_ERR_KEY, "no key for the rotation by %lld", (long long)k);
}

jfhe_status jfi_bgv_rotate(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int64_t k, const jfhe_keyring *keys,
                           jfi_scratch *s) {
  uint32_t g;
  const jfhe_evk *key;
  JFI_TRY(jfi_bgv_usable(b, a));
  JFI_TRY(jfi_bgv_rotation_find(b, k, keys, &g, &key));
  return g == 1 ? jfi_bgv_copy(b, out, a) : automorphism(b, out, a, g, key, NULL, s);
}

jfhe_status jfi_bgv_swap(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, const jfhe_keyring *keys, jfi_scratch *s) {
  uint32_t g = (2u << b->ctx->ring->log_n) - 1;
  const jfhe_evk *key = jfi_keyring_find(keys, JFHE_EVK_GALOIS, g);
  if (!key) return jfi_fail(JFHE_ERR_KEY, "no key for the exchange of rows");
  return automorphism(b, out, a, g, key, NULL, s);
}

/* ---- many rotations of one ciphertext ---- */
size_t jfi_bgv_hoist_bytes(const jfhe_ctx *ctx, uint32_t level) {
  return perm_bytes(ctx) + jfi_hoist_bytes(ctx, ctx->chain.level[level]) + 2 * JFI_SCRATCH_SLACK;
}

static int same_shape(const jfhe_evk *a, const jfhe_evk *c) {
  if (!jfi_set_equal(a->p, c->p) || a->n_digits != c->n_digits) return 0;
  for (uint32_t d = 0; d < a->n_digits; d++)
    if (!jfi_set_equal(a->digit[d], c->digit[d])) return 0;
  return 1;
}

/* The digits of a belong to keys of one shape; a key of another decomposes for itself. */
jfhe_status jfi_bgv_rotate_many(const jfhe_bgv *b, jfhe_ct *const *out, const jfhe_ct *a, const int64_t *k,
                                size_t count, const jfhe_keyring *keys, jfi_scratch *s) {
  const jfhe_evk *shape = NULL, *key;
  uint32_t g, used = 0;
  JFI_TRY(jfi_bgv_usable(b, a));
  for (size_t i = 0; i < count; i++) {
    JFI_TRY(jfi_bgv_rotation_find(b, k[i], keys, &g, &key));
    if (key && !shape) shape = key;
  }
  jfi_scratch at = *s;
  uint64_t *digits = NULL;
  if (shape) {
    JFI_TRY(jfi_bgv_serves(b, shape, a, "rotation"));
    for (uint32_t d = 0; d < shape->n_digits; d++) used += jfi_set_count(jfi_set_and(shape->digit[d], a->primes)) > 0;
    digits = jfi_scratch_take(&at, jfi_decompose_words(b->ctx, a->primes, shape->p, used) * sizeof(uint64_t));
    if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for these rotations");
    JFI_TRY(jfi_decompose(b->ctx, digits, jfi_ct_poly(a, 1), a->primes, shape, &at));
  }
  for (size_t i = 0; i < count; i++) {
    JFI_TRY(jfi_bgv_rotation_find(b, k[i], keys, &g, &key));
    if (g == 1)
      JFI_TRY(jfi_bgv_copy(b, out[i], a));
    else
      JFI_TRY(automorphism(b, out[i], a, g, key, same_shape(key, shape) ? digits : NULL, &at));
  }
  return JFHE_OK;
}

/* ---- sums ---- */
static jfhe_status two_rooms(const jfhe_bgv *b, const jfhe_ct *a, jfhe_ct *x, jfhe_ct *y, jfi_scratch *s) {
  size_t bytes = 2 * a->n_limbs * b->ctx->ring->n * sizeof(uint64_t);
  *x = *y = (jfhe_ct){.ctx = b->ctx, .cap_polys = 2, .cap_limbs = a->n_limbs};
  x->data = jfi_scratch_take(s, bytes);
  y->data = jfi_scratch_take(s, bytes);
  return s->failed ? jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a sum of slots") : JFHE_OK;
}

size_t jfi_bgv_sum_bytes(const jfhe_ctx *ctx, uint32_t level) {
  size_t pair = jfi_round64(2 * jfi_set_count(ctx->chain.level[level]) * ctx->ring->n * sizeof(uint64_t));
  return 2 * pair + jfi_bgv_rotate_bytes(ctx, level);
}

jfhe_status jfi_bgv_inner_sum(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, uint32_t stride, uint32_t count,
                              int rows, const jfhe_keyring *keys, jfi_scratch *s) {
  jfhe_ct sum, turned;
  jfi_scratch at = *s;
  JFI_TRY(jfi_bgv_usable(b, a));
  if (count == 0 || (count & (count - 1)) || ((uint64_t)stride * count) > ((uint64_t)1 << (b->log_slots - 1)))
    return jfi_fail(JFHE_ERR_ARG, "a sum of %u slots, %u apart: the count must be a power of two within a row", count,
                    stride);
  JFI_TRY(two_rooms(b, a, &sum, &turned, &at));
  JFI_TRY(jfi_bgv_copy(b, &sum, a));
  for (uint64_t k = 1; k < count; k *= 2) {
    JFI_TRY(jfi_bgv_rotate(b, &turned, &sum, (int64_t)(k * stride), keys, &at));
    JFI_TRY(jfi_bgv_add(b, &sum, &sum, &turned, 0));
  }
  if (rows) {
    JFI_TRY(jfi_bgv_swap(b, &turned, &sum, keys, &at));
    JFI_TRY(jfi_bgv_add(b, &sum, &sum, &turned, 0));
  }
  return jfi_bgv_copy(b, out, &sum);
}

/* ---- all slots as one line ---- */
size_t jfi_bgv_rotate_all_bytes(const jfhe_bgv *b, uint32_t level) {
  size_t limbs = jfi_set_count(b->ctx->chain.level[level]), n = b->ctx->ring->n;
  return jfi_bgv_sum_bytes(b->ctx, level) + jfi_round64(limbs * n * sizeof(uint64_t)) + jfi_bgv_coeffs_bytes(b) +
         jfi_bgv_encode_bytes(b);
}

/* A turn by n/2 is the exchange of rows. For less, the rows turn, and what passed an end takes the other row's: with y the turned rows and
 * y' these exchanged, y' + mask*(y - y'). */
jfhe_status jfi_bgv_rotate_all(const jfhe_bgv *b, jfhe_ct *out, const jfhe_ct *a, int64_t k, const jfhe_keyring *keys,
                               jfi_scratch *s) {
  jfhe_ct y, other;
  jfi_scratch at = *s;
  int64_t n = (int64_t)1 << b->log_slots, h = n / 2, low = ((k % n) + n) % n, turn = low % h;
  JFI_TRY(jfi_bgv_usable(b, a));
  JFI_TRY(two_rooms(b, a, &y, &other, &at));
  JFI_TRY(low >= h ? jfi_bgv_swap(b, &y, a, keys, &at) : jfi_bgv_copy(b, &y, a));
  if (turn == 0) return jfi_bgv_copy(b, out, &y);
  jfhe_pt mask = {.ctx = b->ctx, .cap_limbs = a->n_limbs};
  mask.data = jfi_scratch_take(&at, a->n_limbs * b->ctx->ring->n * sizeof(uint64_t));
  int64_t *bits = jfi_scratch_take(&at, jfi_bgv_coeffs_bytes(b));
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a rotation of all slots");
  for (int64_t i = 0; i < n; i++) bits[i] = i % h < h - turn;
  JFI_TRY(jfi_bgv_encode(b, &mask, bits, (size_t)n, 1, JFHE_BGV_FACTOR, a->level, &at));
  JFI_TRY(jfi_bgv_rotate(b, &y, &y, turn, keys, &at));
  JFI_TRY(jfi_bgv_swap(b, &other, &y, keys, &at));
  JFI_TRY(jfi_bgv_add(b, &y, &y, &other, 1));
  JFI_TRY(jfi_bgv_mul_pt(b, &y, &y, &mask));
  JFI_TRY(jfi_bgv_add(b, &y, &y, &other, 0));
  y.bound.mag = a->bound.mag; /* slots have only moved */
  return jfi_bgv_copy(b, out, &y);
}
