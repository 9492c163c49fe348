/* rlwe/ctx.c: making, hashing and freeing a context; its cache of conversions. */
#include "rlwe/ctx.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "base/status.h"
#include "ring/primes.h"

/* ---- hash: over what two parties must agree on, in a fixed byte order ---- */
static void put_u64(jfi_sha256 *h, uint64_t x) {
  uint8_t b[8];
  for (int i = 0; i < 8; i++) b[i] = (uint8_t)(x >> (8 * i));
  jfi_sha256_update(h, b, sizeof b);
}

static void hash_ctx(jfhe_ctx *ctx) {
  jfi_sha256 h;
  jfi_sha256_init(&h);
  jfi_sha256_update(&h, "jfhe-params-1", 13);
  const jfi_chain *c = &ctx->chain;
  put_u64(&h, ctx->params.log_n);
  put_u64(&h, ctx->params.security);
  put_u64(&h, c->n);
  for (size_t i = 0; i < c->n; i++) put_u64(&h, c->prime[i]);
  put_u64(&h, c->special.w[0]);
  put_u64(&h, c->special.w[1]);
  put_u64(&h, c->top);
  for (uint32_t l = 0; l <= c->top; l++) {
    put_u64(&h, c->level[l].w[0]);
    put_u64(&h, c->level[l].w[1]);
  }
  jfi_sha256_final(&h, ctx->hash);
}

/* ---- creation ---- */
static jfhe_status check_literal(const jfi_params *p) {
  uint32_t least = 10;
#ifdef JFHE_TEST_PARAMS
  if (p->security == 0) least = JFI_LOG_N_MIN;
#endif
  if (p->log_n < least || p->log_n > JFI_LOG_N_MAX)
    return jfi_fail(JFHE_ERR_PARAMS, "log_n %u is outside %u..%d", p->log_n, least, JFI_LOG_N_MAX);
  if (p->n_steps >= JFI_LEVELS_MAX)
    return jfi_fail(JFHE_ERR_PARAMS, "%u levels are over %d", p->n_steps, JFI_LEVELS_MAX - 1);
  if (p->first_bits < 22 || p->first_bits > 96)
    return jfi_fail(JFHE_ERR_PARAMS, "first_bits %u is outside 22..96", p->first_bits);
  for (uint32_t i = 0; i < p->n_steps; i++)
    if (p->step_bits[i] < 22 || p->step_bits[i] > 60)
      return jfi_fail(JFHE_ERR_PARAMS, "step %u of %u bits is outside 22..60", i, p->step_bits[i]);
  if (p->n_special < 1 || p->n_special > 32 || p->special_bits < 22 || p->special_bits > 48)
    return jfi_fail(JFHE_ERR_PARAMS, "special primes: 1..32 of 22..48 bits, not %u of %u", p->n_special,
                    p->special_bits);
  if (p->guest_steps > JFI_LEVELS_MAX || (p->guest_steps && (p->guest_bits < 22 || p->guest_bits > 48)))
    return jfi_fail(JFHE_ERR_PARAMS, "guests: up to %d of 22..48 bits", JFI_LEVELS_MAX);
  return JFHE_OK;
}

/* The largest modulus any key of this context is published over: every chain prime of some level, and P; guests likewise. */
static jfhe_status check_security(const jfhe_ctx *ctx) {
  const jfi_chain *c = &ctx->chain;
  jfi_set used = c->special, guests = c->chain;
  for (uint32_t l = 0; l <= c->top; l++) {
    used = jfi_set_or(used, c->level[l]);
    guests = jfi_set_minus(guests, c->level[l]);
  }
  JFI_TRY(jfi_gate(ctx->params.log_n, ctx->params.security, c->prime, c->n, used, "switching key"));
  guests = jfi_set_or(jfi_set_or(guests, c->level[0]), c->special);
  return jfi_gate(ctx->params.log_n, ctx->params.security, c->prime, c->n, guests, "lifting key");
}

static jfhe_status fill(jfhe_ctx *ctx) {
  const jfi_kernel *k = jfi_kernel_select();
  if (!k) return jfi_fail(JFHE_ERR_ARG, "JFHE_ISA names no backend that this build and CPU have");
  ctx->ring = jfi_ring_new(ctx->params.log_n, ctx->chain.prime, ctx->chain.n, k);
  size_t half = (size_t)1 << (ctx->params.log_n - 1);
  ctx->fft_re = jfi_alloc(half * sizeof(double));
  ctx->fft_im = jfi_alloc(half * sizeof(double));
  if (!ctx->ring || !ctx->fft_re || !ctx->fft_im)
    return jfi_fail(JFHE_ERR_MEMORY, "no memory for the tables of degree 2^%u", ctx->params.log_n);
  jfi_fft_roots(ctx->fft_re, ctx->fft_im, half);
  return JFHE_OK;
}

jfhe_status jfi_ctx_new(jfhe_ctx **out, const jfi_params *p) {
  *out = NULL;
  JFI_TRY(check_literal(p));
  jfhe_ctx *ctx = jfi_alloc_zero(sizeof *ctx);
  if (!ctx) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a context");
  ctx->params = *p;
  ctx->threads = 1;
  atomic_flag_clear(&ctx->conv_lock);
  jfhe_status st = jfi_chain_build(&ctx->chain, p);
  if (st == JFHE_OK) st = check_security(ctx);
  if (st == JFHE_OK) st = fill(ctx);
  if (st == JFHE_OK) st = jfi_ctx_warm(ctx, ctx->chain.special, ctx->chain.digit, ctx->chain.n_digits);
  if (st != JFHE_OK) {
    jfhe_ctx_free(ctx);
    return st;
  }
  hash_ctx(ctx);
  *out = ctx;
  return JFHE_OK;
}

jfhe_status jfhe_ctx_new_preset(jfhe_ctx **out, const char *name) {
  if (!out) return jfi_fail(JFHE_ERR_ARG, "out is null");
  *out = NULL;
  jfi_params p;
  JFI_TRY(jfi_params_preset(&p, name));
  return jfi_ctx_new(out, &p);
}

jfhe_status jfhe_ctx_new_custom(jfhe_ctx **out, uint32_t log_n, uint32_t depth, uint32_t scale_bits,
                                uint32_t first_bits, uint32_t specials, uint32_t security) {
  if (!out) return jfi_fail(JFHE_ERR_ARG, "out is null");
  *out = NULL;
  jfi_params p;
  JFI_TRY(jfi_params_custom(&p, log_n, depth, scale_bits, first_bits, specials, security));
  return jfi_ctx_new(out, &p);
}

static void free_entry(jfi_conv_entry *e) {
  if (!e) return;
  jfi_conv_free(e->conv);
  jfi_free(e->from_inv);
  jfi_free(e);
}

void jfhe_ctx_free(jfhe_ctx *ctx) {
  if (!ctx) return;
  for (size_t i = 0; i < JFI_CONV_SLOTS; i++) free_entry(atomic_load(&ctx->conv[i]));
  jfi_pool_free(ctx->pool);
  jfi_ring_free(ctx->ring);
  jfi_free(ctx->fft_re);
  jfi_free(ctx->fft_im);
  jfi_free(ctx);
}

/* ---- threads ---- */
jfhe_status jfhe_ctx_set_threads(jfhe_ctx *ctx, uint32_t threads) {
  if (!ctx || threads < 1 || threads > 256) return jfi_fail(JFHE_ERR_ARG, "threads %u is outside 1..256", threads);
  jfi_pool *pool = NULL;
  if (threads > 1 && !(pool = jfi_pool_new(threads)))
    return jfi_fail(JFHE_ERR_MEMORY, "could not start %u threads", threads);
  jfi_pool_free(ctx->pool);
  ctx->pool = pool;
  ctx->threads = threads;
  return JFHE_OK;
}

jfhe_status jfhe_ctx_set_pool(jfhe_ctx *ctx, jfhe_pool_run run, void *self, uint32_t workers) {
  if (!ctx || !run || workers < 1) return jfi_fail(JFHE_ERR_ARG, "a pool needs a run function and a worker");
  jfi_pool *pool = jfi_pool_wrap(run, self, workers);
  if (!pool) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a pool");
  jfi_pool_free(ctx->pool);
  ctx->pool = pool;
  ctx->threads = workers;
  return JFHE_OK;
}

/* ---- the cache of conversions: open addressing, entries never move, readers take no lock ---- */
static size_t slot_of(jfi_set from, jfi_set to) {
  uint64_t h = 0;
  uint64_t parts[4] = {from.w[0], from.w[1], to.w[0], to.w[1]};
  for (int i = 0; i < 4; i++) {
    h = (h ^ parts[i]) *
        0x9e3779b97f4a7c15u; /* magic: none, an odd multiplier near 2^64 over the golden ratio: any would do */
    h ^= h >> 32;
  }
  return (size_t)(h % JFI_CONV_SLOTS);
}

static jfi_conv_entry *make_entry(const jfhe_ctx *ctx, jfi_set from, jfi_set to) {
  jfi_conv_entry *e = jfi_alloc_zero(sizeof *e);
  if (!e) return NULL;
  e->from = from;
  e->to = to;
  size_t n_out = jfi_set_count(to);
  e->conv = jfi_conv_new(ctx->ring, from, to);
  e->from_inv = jfi_alloc((n_out + 1) * sizeof(uint64_t));
  if (!e->conv || !e->from_inv) {
    free_entry(e);
    return NULL;
  }
  size_t k = 0;
  for (size_t i = jfi_set_next(to, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(to, i + 1), k++) {
    uint64_t product = jfi_ctx_product_mod(ctx, from, i);
    e->from_inv[k] = product ? jfi_mod_inv(product, &ctx->ring->mod[i]) : 0;
  }
  return e;
}

static jfi_conv_entry *find_entry(const jfhe_ctx *ctx, jfi_set from, jfi_set to, size_t *free_slot) {
  size_t at = slot_of(from, to);
  for (size_t probe = 0; probe < JFI_CONV_SLOTS; probe++, at = (at + 1) % JFI_CONV_SLOTS) {
    jfi_conv_entry *e = atomic_load_explicit(&ctx->conv[at], memory_order_acquire);
    if (!e) {
      *free_slot = at;
      return NULL;
    }
    if (jfi_set_equal(e->from, from) && jfi_set_equal(e->to, to)) return e;
  }
  *free_slot = JFI_CONV_SLOTS;
  return NULL;
}

const jfi_conv_entry *jfi_ctx_conv(const jfhe_ctx *ctx, jfi_set from, jfi_set to) {
  size_t at;
  jfi_conv_entry *e = find_entry(ctx, from, to, &at);
  if (e) return e;
  /* The cache is the one thing in a context that changes after creation. */
  jfhe_ctx *mut = (jfhe_ctx *)(uintptr_t)ctx;
  while (atomic_flag_test_and_set_explicit(&mut->conv_lock, memory_order_acquire)) {
  }
  e = find_entry(ctx, from, to, &at);
  if (!e && at < JFI_CONV_SLOTS && (e = make_entry(ctx, from, to)))
    atomic_store_explicit(&mut->conv[at], e, memory_order_release);
  atomic_flag_clear_explicit(&mut->conv_lock, memory_order_release);
  return e;
}

static jfhe_status warm_one(const jfhe_ctx *ctx, jfi_set from, jfi_set to) {
  if (jfi_set_count(from) == 0) return JFHE_OK;
  return jfi_ctx_conv(ctx, from, to) ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory for conversion tables");
}

jfhe_status jfi_ctx_warm(const jfhe_ctx *ctx, jfi_set p, const jfi_set *digits, uint32_t n_digits) {
  const jfi_chain *c = &ctx->chain;
  for (uint32_t l = 0; l <= c->top; l++) {
    jfi_set S = c->level[l], E = jfi_set_or(S, p);
    for (uint32_t d = 0; d < n_digits; d++) {
      jfi_set D = jfi_set_and(digits[d], S);
      JFI_TRY(warm_one(ctx, D, jfi_set_minus(E, D)));
    }
    JFI_TRY(warm_one(ctx, p, S));
    if (l == 0) continue;
    jfi_set T = c->level[l - 1];
    JFI_TRY(warm_one(ctx, jfi_set_minus(S, T), T));
    JFI_TRY(warm_one(ctx, jfi_set_minus(E, T), T));
  }
  return JFHE_OK;
}

/* ---- small questions ---- */
uint64_t jfi_ctx_product_mod(const jfhe_ctx *ctx, jfi_set set, size_t i) {
  const jfi_mod *m = &ctx->ring->mod[i];
  uint64_t r = 1;
  for (size_t j = jfi_set_next(set, 0); j < JFI_PRIMES_MAX; j = jfi_set_next(set, j + 1))
    r = jfi_mod_mul(r, ctx->ring->mod[j].q, m);
  return r;
}

double jfi_ctx_product(const jfhe_ctx *ctx, jfi_set set) {
  double x = 1;
  for (size_t j = jfi_set_next(set, 0); j < JFI_PRIMES_MAX; j = jfi_set_next(set, j + 1))
    x *= (double)ctx->chain.prime[j];
  return x;
}

double jfi_ctx_log2(const jfhe_ctx *ctx, jfi_set set) { return jfi_log2_product(ctx->chain.prime, set); }

const char *jfhe_ctx_name(const jfhe_ctx *ctx) { return ctx->params.name; }
const char *jfhe_ctx_backend(const jfhe_ctx *ctx) { return ctx->ring->k->name; }
uint32_t jfhe_ctx_threads(const jfhe_ctx *ctx) { return ctx->threads; }
uint32_t jfhe_ctx_log_n(const jfhe_ctx *ctx) { return ctx->params.log_n; }
uint32_t jfhe_ctx_slots(const jfhe_ctx *ctx) { return (uint32_t)1 << (ctx->params.log_n - 1); }
uint32_t jfhe_ctx_levels(const jfhe_ctx *ctx) { return ctx->chain.top; }
uint32_t jfhe_ctx_primes(const jfhe_ctx *ctx) { return (uint32_t)ctx->chain.n; }
uint32_t jfhe_ctx_specials(const jfhe_ctx *ctx) { return (uint32_t)jfi_set_count(ctx->chain.special); }
uint32_t jfhe_ctx_security(const jfhe_ctx *ctx) { return ctx->params.security; }

uint32_t jfhe_ctx_dnum(const jfhe_ctx *ctx) {
  uint32_t count = 0;
  for (uint32_t d = 0; d < ctx->chain.n_digits; d++)
    count += jfi_set_count(jfi_set_and(ctx->chain.digit[d], ctx->chain.level[ctx->chain.top])) > 0;
  return count;
}

uint32_t jfhe_ctx_limbs(const jfhe_ctx *ctx, uint32_t level) {
  return level > ctx->chain.top ? 0 : (uint32_t)jfi_set_count(ctx->chain.level[level]);
}
double jfhe_ctx_log_q(const jfhe_ctx *ctx, uint32_t level) {
  return level > ctx->chain.top ? 0 : jfi_ctx_log2(ctx, ctx->chain.level[level]);
}
double jfhe_ctx_log_qp(const jfhe_ctx *ctx) {
  jfi_set used = ctx->chain.special;
  for (uint32_t l = 0; l <= ctx->chain.top; l++) used = jfi_set_or(used, ctx->chain.level[l]);
  return jfi_ctx_log2(ctx, used);
}
double jfhe_ctx_scale(const jfhe_ctx *ctx, uint32_t level) {
  return level > ctx->chain.top ? 0 : ctx->chain.scale[level];
}
double jfhe_ctx_step(const jfhe_ctx *ctx, uint32_t level) {
  return level > ctx->chain.top || level == 0 ? 0 : ctx->chain.step[level];
}
void jfhe_ctx_hash(const jfhe_ctx *ctx, uint8_t *hash) { memcpy(hash, ctx->hash, JFHE_HASH_BYTES); }
