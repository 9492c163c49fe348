/* rlwe/digits.c: see digits.h. [HK20] [BMTPH21] */
#include "rlwe/digits.h"

#include "base/mem.h"
#include "base/status.h"
#include "rlwe/ct.h"

jfhe_status jfi_shape_make(jfi_shape_of *h, const jfhe_ctx *ctx, jfi_set S, const jfhe_evk *key) {
  if (!key) return jfi_fail(JFHE_ERR_KEY, "a switching key is missing");
  h->ctx = ctx;
  h->n = ctx->ring->n;
  h->S = S;
  h->E = jfi_set_or(S, key->p);
  h->n_s = jfi_set_list(S, h->s_list);
  h->n_e = jfi_set_list(h->E, h->e_list);
  h->n_digits = 0;
  if (key->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the switching key is of other parameters");
  if (!jfi_set_within(S, key->q))
    return jfi_fail(JFHE_ERR_KEY, "the switching key was made for level %u at most", key->level);
  for (uint32_t d = 0; d < key->n_digits; d++) {
    jfi_set D = jfi_set_and(key->digit[d], S);
    if (jfi_set_count(D) == 0) continue;
    h->D[h->n_digits] = D;
    h->key_digit[h->n_digits] = d;
    h->entry[h->n_digits] = jfi_ctx_conv(ctx, D, jfi_set_minus(h->E, D));
    if (!h->entry[h->n_digits]) return jfi_fail(JFHE_ERR_MEMORY, "no memory for conversion tables");
    h->n_digits++;
  }
  return JFHE_OK;
}

/* ---- decomposition: coefficients, digit constants, rounding words ---- */
size_t jfi_digits_words(size_t n_s, size_t n_digits, size_t n) { return (n_s + n_digits) * n; }

/* Limb `at` of what is decomposed, without its factor: where it lies, or formed in room. */
static const uint64_t *own_limb(const jfi_digits *x, size_t at, uint64_t *room) {
  const jfi_shape_of *h = x->h;
  const jfi_ring *ring = h->ctx->ring;
  if (!x->times) return x->x + at * h->n;
  ring->k->mul(room, x->x + at * h->n, x->times + at * h->n, h->n, &ring->mod[h->s_list[at]]);
  return room;
}

static void to_digit(void *arg, size_t task, size_t worker) {
  (void)worker;
  const jfi_digits *x = arg;
  const jfi_shape_of *h = x->h;
  const jfi_ring *ring = h->ctx->ring;
  size_t prime = h->s_list[task], d = 0;
  while (!jfi_set_has(h->D[d], prime)) d++;
  uint64_t *y = x->y + task * h->n, w = h->entry[d]->conv->qhat_inv[jfi_set_rank(h->D[d], prime)];
  if (x->factor) w = jfi_mod_mul(w, x->factor, &ring->mod[prime]);
  ring->k->ntt_inv_scaled(y, own_limb(x, task, y), w, jfi_ring_ntt(ring, prime));
}

static void digit_sources(const jfi_digits *x, size_t d, const uint64_t **y) {
  const jfi_shape_of *h = x->h;
  size_t k = 0;
  for (size_t i = jfi_set_next(h->D[d], 0); i < JFI_PRIMES_MAX; i = jfi_set_next(h->D[d], i + 1))
    y[k++] = x->y + jfi_set_rank(h->S, i) * h->n;
}

static void to_rounding(void *arg, size_t task, size_t worker) {
  (void)worker;
  const jfi_digits *x = arg;
  const uint64_t *y[JFI_PRIMES_MAX];
  digit_sources(x, task, y);
  jfi_conv_round(x->h->ctx->ring, x->h->entry[task]->conv, x->round + task * x->h->n, y);
}

void jfi_digits_start(const jfi_digits *x) {
  jfi_parallel(x->h->ctx->pool, x->h->n_s, to_digit, (void *)(uintptr_t)x);
  jfi_parallel(x->h->ctx->pool, x->h->n_digits, to_rounding, (void *)(uintptr_t)x);
}

/* Where the primes lie side by side among the conversion's outputs (always, but for level sets with gaps) they take one pass over the
 * digit; each gap begins another. */
void jfi_digits_extend(const jfi_digits *x, size_t d, const uint32_t *prime, size_t count, uint64_t *const *room,
                       const uint64_t **out) {
  const jfi_shape_of *h = x->h;
  const jfi_ring *ring = h->ctx->ring;
  const jfi_set others = jfi_set_minus(h->E, h->D[d]);
  const uint64_t *y[JFI_PRIMES_MAX];
  uint64_t *r[JFI_PRIMES_MAX];
  size_t run = 0, from = 0;
  digit_sources(x, d, y);
  for (size_t i = 0; i < count; i++) {
    if (jfi_set_has(h->D[d], prime[i])) {
      out[i] = own_limb(x, jfi_set_rank(h->S, prime[i]), room[i]);
      if (x->factor) ring->k->mul_const(room[i], out[i], x->factor, h->n, &ring->mod[prime[i]]), out[i] = room[i];
      continue;
    }
    size_t at = jfi_set_rank(others, prime[i]);
    if (run && at != from + run) {
      jfi_conv_apply(ring, h->entry[d]->conv, from, run, r, y, x->round + d * h->n);
      run = 0;
    }
    if (run == 0) from = at;
    r[run++] = room[i];
    out[i] = room[i];
  }
  jfi_conv_apply(ring, h->entry[d]->conv, from, run, r, y, x->round + d * h->n);
  for (size_t i = 0; i < count; i++)
    if (!jfi_set_has(h->D[d], prime[i])) ring->k->ntt_fwd(room[i], jfi_ring_ntt(ring, prime[i]));
}

/* ---- inner product ---- */
/* Where the limb of prime i of digit d lies in either half of the key. */
static size_t key_at(const jfhe_evk *key, uint32_t d, size_t prime, size_t n) {
  return ((size_t)d * key->n_limbs + jfi_set_rank(jfi_set_or(key->q, key->p), prime)) * n;
}

/* One piece of every digit, with the expander's scratch. */
size_t jfi_digits_dot_words(const jfhe_ctx *ctx, size_t n_digits) {
  size_t n = ctx->ring->n;
  return jfi_round64(n_digits * jfi_uniform_piece(n) * sizeof(uint64_t) + jfi_uniform_scratch(n)) / sizeof(uint64_t);
}

/* The public half of a seeded key is expanded piece by piece in the first-level cache: it costs AES rounds instead of memory traffic, and
 * those hide part of the traffic of the other half. A piece serves all polynomials before the next one is made. */
void jfi_digits_dot(const jfi_shape_of *h, const jfhe_evk *key, size_t prime, const jfi_dots *dots, size_t count,
                    int accumulate, uint64_t *room) {
  const jfi_ring *ring = h->ctx->ring;
  const uint64_t *xs[JFI_DIGITS_MAX], *bs[JFI_DIGITS_MAX], *as[JFI_DIGITS_MAX];
  size_t piece = key->a && count == 1 ? h->n : jfi_uniform_piece(h->n);
  void *scratch = room + h->n_digits * piece;
  for (size_t at = 0; at < h->n; at += piece) {
    for (size_t d = 0; d < h->n_digits; d++) {
      size_t words = key_at(key, h->key_digit[d], prime, h->n) + at;
      bs[d] = key->b + words;
      as[d] = key->a ? key->a + words : room + d * piece;
      if (!key->a)
        jfi_uniform_range(ring, room + d * piece, prime, &key->aes, (uint32_t)(JFI_DOMAIN_EVK + h->key_digit[d]), at,
                          piece, scratch);
    }
    for (size_t i = 0; i < count; i++) {
      for (size_t d = 0; d < h->n_digits; d++) xs[d] = dots[i].x[d] + at;
      ring->k->dot2(dots[i].acc0 + at, dots[i].acc1 + at, xs, bs, as, h->n_digits, accumulate, piece,
                    &ring->mod[prime]);
    }
  }
}
