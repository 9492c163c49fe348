/* rlwe/secret/keygen.c: published keys. Each is an encryption, over its own modulus, of P times something secret; none leaves
 * before the security gate has seen that modulus. */
#include <string.h>

#include "base/declassify.h"
#include "base/mem.h"
#include "base/status.h"
#include "ring/secret/sample.h"
#include "rlwe/ct.h"
#include "rlwe/evk.h"
#include "rlwe/keyswitch.h"
#include "rlwe/noise.h"
#include "rlwe/secret/sk.h"

/* One key in the making: b_d = -a_d*to + e_d + P*[prime in D_d]*from. from, to: evaluation form, limb of prime i at i*N (a null
 * from limb is never read: digits hold only primes that `from` has). */
typedef struct job {
  jfhe_evk *key;
  const uint64_t *from, *to;
  const int8_t *noise; /* n_digits x N */
  uint32_t prime[JFI_PRIMES_MAX];
  uint8_t *scratch;
  size_t scratch_each;
} job;

static void make_limb(void *arg, size_t task, size_t worker) {
  const job *j = arg;
  const jfhe_evk *key = j->key;
  const jfi_ring *ring = key->ctx->ring;
  size_t n = ring->n, d = task / key->n_limbs, prime = j->prime[task % key->n_limbs];
  const jfi_mod *m = &ring->mod[prime];
  uint64_t *b = (uint64_t *)(uintptr_t)key->b + task * n;
  uint64_t *a = (uint64_t *)(void *)(j->scratch + worker * j->scratch_each);
  jfi_uniform(ring, a, prime, &key->aes, (uint32_t)(JFI_DOMAIN_EVK + d), a + n);
  ring->k->mul(a, a, j->to + prime * n, n, m);
  ring->k->from_i8(b, j->noise + d * n, n, m);
  ring->k->ntt_fwd(b, jfi_ring_ntt(ring, prime));
  ring->k->sub(b, b, a, n, m);
  if (jfi_set_has(key->digit[d], prime))
    ring->k->mul_const_acc(b, j->from + prime * n, jfi_ctx_product_mod(key->ctx, key->p, prime), n, m);
}

static jfhe_status run(job *j, jfi_rng *rng) {
  jfhe_evk *key = j->key;
  const jfhe_ctx *ctx = key->ctx;
  size_t n = ctx->ring->n, workers = jfi_pool_workers(ctx->pool);
  jfi_set_list(jfi_set_or(key->q, key->p), j->prime);
  j->scratch_each = jfi_round64(n * sizeof(uint64_t)) + jfi_round64(jfi_uniform_scratch(n));
  size_t noise_bytes = key->n_digits * n, scratch_bytes = workers * j->scratch_each;
  int8_t *noise = jfi_alloc(noise_bytes);
  j->scratch = jfi_alloc(scratch_bytes);
  jfhe_status st = JFHE_OK;
  if (!noise || !j->scratch) st = jfi_fail(JFHE_ERR_MEMORY, "no memory to make a key");
  if (st == JFHE_OK) {
    jfi_rng_bytes(rng, key->seed, sizeof key->seed);
    JFI_DECLASSIFY(key->seed, sizeof key->seed); /* published with the key */
    key->seeded = 1;
    jfi_aes_init(&key->aes, key->seed);
    jfi_sample_cbd(rng, noise, noise_bytes);
    j->noise = noise;
    jfi_parallel(ctx->pool, (size_t)key->n_digits * key->n_limbs, make_limb, j);
    jfi_fresh_noise(ctx, 0, &key->noise_worst, &key->noise_sd);
  }
  if (noise) jfi_free_secret(noise, noise_bytes);
  if (j->scratch) jfi_free_secret(j->scratch, scratch_bytes);
  return st;
}

/* Every prime that a ciphertext of some level up to `level` may have. */
static jfi_set primes_up_to(const jfhe_ctx *ctx, uint32_t level) {
  jfi_set q = jfi_set_empty();
  for (uint32_t l = 0; l <= level; l++) q = jfi_set_or(q, ctx->chain.level[l]);
  return q;
}

/* What a key is to be, but for its contents. */
typedef struct plan {
  uint32_t kind, galois, level;
  uint32_t log_n_gate; /* degree whose limit applies: the smaller ring's when the target secret lives there */
  jfi_set q, p;
  const jfi_set *digits;
  uint32_t n_digits;
  int sparse; /* the target secret is: its own gate */
  const char *what;
} plan;

static jfhe_status gate(const jfhe_ctx *ctx, const plan *p) {
  jfi_set used = jfi_set_or(p->q, p->p);
  if (p->sparse) return jfi_gate_sparse(p->log_n_gate, ctx->params.security, ctx->chain.prime, used, p->what);
  return jfi_gate(p->log_n_gate, ctx->params.security, ctx->chain.prime, ctx->chain.n, used, p->what);
}

static jfhe_status generate(jfhe_evk **out, const jfhe_ctx *ctx, const plan *p, const uint64_t *from,
                            const uint64_t *to, const uint8_t *from_id, const uint8_t *to_id, jfi_rng *rng) {
  jfhe_evk *key;
  JFI_TRY(gate(ctx, p));
  JFI_TRY(jfi_evk_alloc(&key, ctx, p->q, p->p, p->digits, p->n_digits));
  key->kind = p->kind;
  key->galois = p->galois;
  key->level = p->level;
  memcpy(key->from_id, from_id, JFHE_ID_BYTES);
  memcpy(key->to_id, to_id, JFHE_ID_BYTES);
  job j = {.key = key, .from = from, .to = to};
  jfhe_status st = run(&j, rng);
  if (st != JFHE_OK) {
    jfhe_evk_free(key);
    return st;
  }
  *out = key;
  return JFHE_OK;
}

static jfhe_status check(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *sk, uint32_t level) {
  if (!out) return jfi_fail(JFHE_ERR_ARG, "out is null");
  *out = NULL;
  if (!ctx || !sk) return jfi_fail(JFHE_ERR_ARG, "a key has a context and a secret");
  if (sk->ctx != ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the secret key is of other parameters");
  if (level > ctx->chain.top)
    return jfi_fail(JFHE_ERR_LEVEL, "level %u is over the top level %u", level, ctx->chain.top);
  return JFHE_OK;
}

static plan ordinary(const jfhe_ctx *ctx, uint32_t kind, uint32_t galois, uint32_t level, const char *what) {
  return (plan){.kind = kind,
                .galois = galois,
                .level = level,
                .log_n_gate = ctx->params.log_n,
                .q = primes_up_to(ctx, level),
                .p = ctx->chain.special,
                .digits = ctx->chain.digit,
                .n_digits = ctx->chain.n_digits,
                .what = what};
}

/* A secret polynomial over all primes, on loan; wiped by give_back. */
static uint64_t *borrow(const jfhe_ctx *ctx) { return jfi_alloc(ctx->chain.n * ctx->ring->n * sizeof(uint64_t)); }
static void give_back(const jfhe_ctx *ctx, uint64_t *x) {
  jfi_free_secret(x, ctx->chain.n * ctx->ring->n * sizeof(uint64_t));
}

jfhe_status jfhe_keygen_relin(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *sk, uint32_t level) {
  JFI_TRY(check(out, ctx, sk, level));
  uint64_t *square = borrow(ctx);
  if (!square) return jfi_fail(JFHE_ERR_MEMORY, "no memory to make a key");
  size_t n = ctx->ring->n;
  const uint64_t *s = jfi_sk_eval_all(sk);
  for (size_t i = 0; i < ctx->chain.n; i++)
    ctx->ring->k->mul(square + i * n, s + i * n, s + i * n, n, &ctx->ring->mod[i]);
  plan p = ordinary(ctx, JFHE_EVK_RELIN, 0, level, "relinearisation key");
  jfhe_status st = generate(out, ctx, &p, square, s, sk->id, sk->id, (jfi_rng *)(uintptr_t)&sk->rng);
  give_back(ctx, square);
  return st;
}

/* to = s(X^(1/g)): the automorphism follows the switch (evk.h). */
static jfhe_status galois(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *sk, const plan *p) {
  size_t n = ctx->ring->n;
  if ((p->galois & 1) == 0 || p->galois >= 2 * n)
    return jfi_fail(JFHE_ERR_ARG, "Galois element %u is not odd and below 2N", p->galois);
  uint64_t *to = borrow(ctx);
  uint32_t *perm = jfi_alloc(n * sizeof *perm);
  jfhe_status st = JFHE_OK;
  if (!to || !perm) st = jfi_fail(JFHE_ERR_MEMORY, "no memory to make a key");
  if (st == JFHE_OK) {
    const uint64_t *s = jfi_sk_eval_all(sk);
    jfi_galois_perm(perm, ctx->ring->log_n, jfi_galois_inverse(ctx->ring->log_n, p->galois));
    for (size_t i = 0; i < ctx->chain.n; i++) ctx->ring->k->permute(to + i * n, s + i * n, perm, n);
    st = generate(out, ctx, p, s, to, sk->id, sk->id, (jfi_rng *)(uintptr_t)&sk->rng);
  }
  if (to) give_back(ctx, to);
  jfi_free(perm);
  return st;
}

jfhe_status jfhe_keygen_galois(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *sk, uint32_t g, uint32_t level) {
  JFI_TRY(check(out, ctx, sk, level));
  plan p = ordinary(ctx, JFHE_EVK_GALOIS, g, level, "Galois key");
  return galois(out, ctx, sk, &p);
}

jfhe_status jfhe_keygen_parent(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *sk, uint32_t g) {
  JFI_TRY(check(out, ctx, sk, 0));
  size_t specials = jfi_set_count(ctx->chain.special), held = specials / 2;
  if (held == 0)
    return jfi_fail(JFHE_ERR_PARAMS, "parent keys hold back a special prime, and these parameters have one only");
  jfi_set p_held = jfi_set_range(ctx->chain.n - held, held);
  jfi_set digit[JFI_DIGITS_MAX];
  plan p = {.kind = JFHE_EVK_GALOIS,
            .galois = g,
            .level = ctx->chain.top,
            .log_n_gate = ctx->params.log_n,
            .p = p_held,
            .what = "parent key"};
  p.q = jfi_set_or(primes_up_to(ctx, ctx->chain.top), jfi_set_minus(ctx->chain.special, p_held));
  p.digits = digit;
  p.n_digits = jfi_digits_group(ctx->chain.prime, p.q, p.p, digit);
  if (p.n_digits == 0) return jfi_fail(JFHE_ERR_PARAMS, "parent keys would need more than %d digits", JFI_DIGITS_MAX);
  return galois(out, ctx, sk, &p);
}

jfhe_status jfhe_keygen_switch(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *from, const jfhe_sk *to,
                               uint32_t level) {
  JFI_TRY(check(out, ctx, from, level));
  JFI_TRY(check(out, ctx, to, level));
  plan p = ordinary(ctx, JFHE_EVK_SWITCH, 0, level, "switching key");
  return generate(out, ctx, &p, jfi_sk_eval_all(from), jfi_sk_eval_all(to), from->id, to->id,
                  (jfi_rng *)(uintptr_t)&to->rng);
}

/* ---- the ladder: secrets of a smaller ring, embedded by X -> X^(N/n) ---- */
static jfhe_status check_small(const jfhe_ctx *ctx, const jfhe_sk *small) {
  if (!small) return jfi_fail(JFHE_ERR_ARG, "the smaller ring's secret is null");
  if (small->ctx->ring->log_n >= ctx->ring->log_n)
    return jfi_fail(JFHE_ERR_CONTEXT, "degree 2^%u is not below 2^%u", small->ctx->ring->log_n, ctx->ring->log_n);
  return JFHE_OK;
}

/* Primes of the small context's ciphertexts up to `level`, as indices here; empty when one is missing. */
static jfi_set shared_primes(const jfhe_ctx *ctx, const jfhe_ctx *small, uint32_t level) {
  jfi_set mine = jfi_set_empty(), theirs = primes_up_to(small, level);
  for (size_t i = jfi_set_next(theirs, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(theirs, i + 1)) {
    size_t at = JFI_PRIMES_MAX;
    for (size_t j = jfi_set_next(ctx->chain.chain, 0); j < JFI_PRIMES_MAX; j = jfi_set_next(ctx->chain.chain, j + 1))
      if (ctx->chain.prime[j] == small->chain.prime[i]) at = j;
    if (at == JFI_PRIMES_MAX) return jfi_set_empty();
    mine = jfi_set_with(mine, at);
  }
  return mine;
}

static uint64_t *embed(const jfhe_ctx *ctx, const jfhe_sk *small) {
  size_t n = ctx->ring->n, stride = n / small->ctx->ring->n;
  uint64_t *x = borrow(ctx);
  int8_t *coeff = jfi_alloc_zero(n);
  if (x && coeff) {
    for (size_t i = 0; i < small->ctx->ring->n; i++) coeff[i * stride] = small->s[i];
    for (size_t i = 0; i < ctx->chain.n; i++) {
      ctx->ring->k->from_i8(x + i * n, coeff, n, &ctx->ring->mod[i]);
      ctx->ring->k->ntt_fwd(x + i * n, jfi_ring_ntt(ctx->ring, i));
    }
  } else if (x) {
    give_back(ctx, x);
    x = NULL;
  }
  if (coeff) jfi_free_secret(coeff, n);
  return x;
}

jfhe_status jfhe_keygen_lift(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *small, const jfhe_sk *sk) {
  JFI_TRY(check(out, ctx, sk, 0));
  JFI_TRY(check_small(ctx, small));
  jfi_set q = shared_primes(ctx, small->ctx, small->ctx->chain.top);
  if (jfi_set_count(q) == 0)
    return jfi_fail(JFHE_ERR_CONTEXT, "this ring does not carry the primes of the smaller one");
  jfi_set digit[JFI_DIGITS_MAX];
  plan p = {.kind = JFHE_EVK_LIFT,
            .level = small->ctx->chain.top,
            .log_n_gate = ctx->params.log_n,
            .q = q,
            .p = ctx->chain.special,
            .digits = digit,
            .what = "lifting key"};
  p.n_digits = jfi_digits_group(ctx->chain.prime, q, p.p, digit);
  uint64_t *from = embed(ctx, small);
  if (!from) return jfi_fail(JFHE_ERR_MEMORY, "no memory to make a key");
  jfhe_status st = generate(out, ctx, &p, from, jfi_sk_eval_all(sk), small->id, sk->id, (jfi_rng *)(uintptr_t)&sk->rng);
  if (st == JFHE_OK) (*out)->log_n_other = small->ctx->ring->log_n;
  give_back(ctx, from);
  return st;
}

/* The key is an encryption under the *small* secret, so the small ring's limit holds: the highest small level that passes it. */
jfhe_status jfhe_keygen_lower(jfhe_evk **out, const jfhe_ctx *ctx, const jfhe_sk *sk, const jfhe_sk *small) {
  JFI_TRY(check(out, ctx, sk, 0));
  JFI_TRY(check_small(ctx, small));
  size_t specials = jfi_set_count(small->ctx->chain.special), mine = jfi_set_count(ctx->chain.special);
  if (specials > mine) specials = mine;
  jfi_set digit[JFI_DIGITS_MAX];
  plan p = {.kind = JFHE_EVK_LOWER,
            .log_n_gate = small->ctx->ring->log_n,
            .p = jfi_set_range(ctx->chain.n - mine, specials),
            .digits = digit,
            .what = "lowering key"};
  uint64_t *to = embed(ctx, small);
  if (!to) return jfi_fail(JFHE_ERR_MEMORY, "no memory to make a key");
  jfhe_status st = jfi_fail(JFHE_ERR_CONTEXT, "this ring does not carry the primes of the smaller one");
  for (uint32_t level = small->ctx->chain.top + 1; level-- > 0;) {
    p.q = shared_primes(ctx, small->ctx, level);
    if (jfi_set_count(p.q) == 0) break;
    p.level = level;
    p.n_digits = jfi_digits_group(ctx->chain.prime, p.q, p.p, digit);
    st = generate(out, ctx, &p, jfi_sk_eval_all(sk), to, sk->id, small->id, (jfi_rng *)(uintptr_t)&sk->rng);
    if (st != JFHE_ERR_SECURITY) break;
  }
  if (st == JFHE_OK) (*out)->log_n_other = small->ctx->ring->log_n;
  give_back(ctx, to);
  return st;
}

/* ---- bootstrapping ---- */
/* A sparse secret in evaluation form, over all primes; wiped by give_back. */
static uint64_t *make_sparse(const jfhe_ctx *ctx, jfi_rng *rng) {
  size_t n = ctx->ring->n;
  uint64_t *x = borrow(ctx);
  int8_t *coeff = jfi_alloc(n);
  if (x && coeff) {
    jfi_sample_sparse(rng, coeff, n, JFI_SPARSE_WEIGHT);
    for (size_t i = 0; i < ctx->chain.n; i++) {
      ctx->ring->k->from_i8(x + i * n, coeff, n, &ctx->ring->mod[i]);
      ctx->ring->k->ntt_fwd(x + i * n, jfi_ring_ntt(ctx->ring, i));
    }
  } else if (x) {
    give_back(ctx, x);
    x = NULL;
  }
  if (coeff) jfi_free_secret(coeff, n);
  return x;
}

/* Down: over level 0 and one special. Up: one digit, all primes: what it switches is smaller than P (circuit/bootstrap_raise.c). */
static jfhe_status make_pair(jfhe_evk **down, jfhe_evk **up, const jfhe_ctx *ctx, const jfhe_sk *sk,
                             const uint64_t *sparse, const uint8_t *id, jfi_rng *rng) {
  plan d = ordinary(ctx, JFHE_EVK_SPARSE, 0, 0, "key to the sparse secret");
  d.p = jfi_set_range(ctx->chain.n - 1, 1);
  d.digits = &d.q;
  d.n_digits = 1;
  d.sparse = 1;
  plan u = ordinary(ctx, JFHE_EVK_DENSE, 0, ctx->chain.top, "key from the sparse secret");
  u.digits = &u.q;
  u.n_digits = 1;
  JFI_TRY(generate(down, ctx, &d, jfi_sk_eval_all(sk), sparse, sk->id, id, rng));
  jfhe_status st = generate(up, ctx, &u, sparse, jfi_sk_eval_all(sk), id, sk->id, rng);
  if (st == JFHE_OK) return JFHE_OK;
  jfhe_evk_free(*down);
  *down = NULL;
  return st;
}

jfhe_status jfhe_keygen_bootstrap(jfhe_evk **down, jfhe_evk **up, const jfhe_ctx *ctx, const jfhe_sk *sk) {
  if (!down || !up) return jfi_fail(JFHE_ERR_ARG, "out is null");
  *down = *up = NULL;
  JFI_TRY(check(up, ctx, sk, ctx->chain.top));
  jfi_rng *rng = (jfi_rng *)(uintptr_t)&sk->rng;
  uint8_t id[JFHE_ID_BYTES];
  jfi_rng_bytes(rng, id, sizeof id);
  JFI_DECLASSIFY(id, sizeof id); /* the sparse secret's public name */
  uint64_t *sparse = make_sparse(ctx, rng);
  if (!sparse) return jfi_fail(JFHE_ERR_MEMORY, "no memory to make a key");
  jfhe_status st = make_pair(down, up, ctx, sk, sparse, id, rng);
  give_back(ctx, sparse);
  return st;
}
