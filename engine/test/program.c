/* program.c: see program.h. The machine, its inputs and its judge; operations are in program-ops.c. */
#include "program-ops.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rlwe/ct.h"
#include "rlwe/ctx.h"
#include "rlwe/secret/sk.h"

static size_t most(size_t a, size_t b) { return a > b ? a : b; }

static size_t scratch_need(const jfhe_ctx *ctx) {
  const uint32_t top = jfhe_ctx_levels(ctx);
  size_t len = most(jfhe_ckks_encode_scratch(ctx), jfhe_ckks_decode_scratch(ctx));
  len = most(len, most(jfhe_encrypt_scratch(ctx), jfhe_decrypt_scratch(ctx)));
  len = most(len, most(jfhe_ckks_mul_scratch(ctx, top), jfhe_ckks_rescale_scratch(ctx, top)));
  len = most(len, most(jfhe_ckks_rotate_scratch(ctx, top), jfhe_ckks_inner_sum_scratch(ctx, top)));
  return most(len, jfhe_ckks_rotate_many_scratch(ctx, top));
}

static int add_galois(prog_machine *m, uint32_t g) {
  jfhe_evk *key = NULL;
  if (jfhe_keyring_galois(m->keys, g)) return 1;
  CHECK_OK(jfhe_keygen_galois(&key, m->ctx, m->sk, g, jfhe_ctx_levels(m->ctx)));
  if (!key) return 0;
  CHECK_OK(jfhe_keyring_add(m->keys, key));
  return 1;
}

static int make_keys(prog_machine *m) {
  static const uint8_t entropy[32] = {0x70, 0x72, 0x6f, 0x67};
  jfhe_evk *relin = NULL;
  CHECK_OK(jfi_sk_deterministic(&m->sk, m->ctx, entropy));
  CHECK_OK(jfhe_keyring_new(&m->keys, m->ctx));
  if (!m->sk || !m->keys) return 0;
  CHECK_OK(jfhe_keygen_public(&m->pk, m->ctx, m->sk));
  CHECK_OK(jfhe_keygen_relin(&relin, m->ctx, m->sk, jfhe_ctx_levels(m->ctx)));
  if (!m->pk || !relin) return 0;
  CHECK_OK(jfhe_keyring_add(m->keys, relin));
  int ok = add_galois(m, jfhe_galois_conjugate(m->ctx));
  for (int32_t k = 1; k < (int32_t)m->slots; k *= 2) ok &= add_galois(m, jfhe_galois_rotate(m->ctx, k));
  return ok & add_galois(m, jfhe_galois_rotate(m->ctx, -1)) & add_galois(m, jfhe_galois_rotate(m->ctx, 5));
}

int prog_open(prog_machine *m, const jfhe_ctx *ctx) {
  memset(m, 0, sizeof *m);
  m->ctx = ctx;
  m->weaken = 1;
  m->stats.worst_least = m->stats.probable_least = INFINITY;
  if (!ctx) return 0;
  const uint32_t top = jfhe_ctx_levels(ctx);
  m->slots = jfhe_ctx_slots(ctx);
  m->scratch_len = scratch_need(ctx);
  m->scratch = jfi_alloc(m->scratch_len);
  m->re = jfi_alloc(2 * m->slots * sizeof *m->re);
  int ok = m->scratch && m->re;
  if (ok) m->im = m->re + m->slots;
  for (int r = 0; r < PROG_REGS; r++) {
    CHECK_OK(jfhe_ct_new(&m->reg[r].ct, ctx, 1, top));
    m->reg[r].re = jfi_alloc_zero(2 * m->slots * sizeof(long double));
    ok = ok && m->reg[r].ct && m->reg[r].re;
    if (ok) m->reg[r].im = m->reg[r].re + m->slots;
  }
  CHECK_OK(jfhe_ct_new(&m->spare, ctx, 2, top));
  CHECK_OK(jfhe_pt_new(&m->pt, ctx, top));
  if (!ok || !m->spare || !m->pt) return 0;
  m->image_len = (size_t)m->reg[0].ct->cap_polys * m->reg[0].ct->cap_limbs * ctx->ring->n * sizeof(uint64_t);
  m->image = jfi_alloc(m->image_len);
  for (int r = 0; r < PROG_REGS; r++) memset(m->reg[r].ct->data, 0, m->image_len); /* compared before it is written */
  return m->image && make_keys(m);
}

void prog_close(prog_machine *m) {
  for (int r = 0; r < PROG_REGS; r++) {
    jfhe_ct_free(m->reg[r].ct);
    jfi_free(m->reg[r].re);
  }
  jfi_free(m->image);
  jfi_free(m->re);
  jfi_free(m->scratch);
  jfhe_pt_free(m->pt);
  jfhe_ct_free(m->spare);
  jfhe_keyring_free(m->keys);
  jfhe_pk_free(m->pk);
  jfhe_sk_free(m->sk);
}

void prog_say(prog_machine *m, const char *format, ...) {
  va_list args;
  va_start(args, format);
  if (m->log_len + 128 < sizeof m->log) {
    int n = vsnprintf(m->log + m->log_len, 128, format, args);
    if (n > 0) m->log_len += n < 128 ? (size_t)n : 127;
  }
  va_end(args);
}

void prog_blame(prog_machine *m, const char *what) {
  if (m->quiet) return;
  printf("%s in this program (%s):\n%s", what, jfhe_ctx_name(m->ctx), m->log);
  CHECK(0 && "the program means what its clear twin means");
}

double prog_signed_unit(prog_machine *m) { return 2 * jfi_test_rng_unit(&m->rng) - 1; }

/* Fills m->re, m->im with `count` numbers of modulus <= mag. */
static void draw(prog_machine *m, size_t count, uint32_t packing, double mag, int unit) {
  for (size_t i = 0; i < count; i++) {
    double x = prog_signed_unit(m), y = packing == JFHE_PACK_COMPLEX ? prog_signed_unit(m) : 0;
    double norm = unit ? sqrt(x * x + y * y) : y != 0 ? 1.5 : 1; /* sqrt(2) < 1.5 */
    m->re[i] = norm > 0 ? mag * x / norm : mag;
    m->im[i] = norm > 0 ? mag * y / norm : 0;
  }
}

jfhe_status prog_encode(prog_machine *m, uint32_t packing, uint32_t log_slots, uint32_t level, double scale, double mag,
                        int unit) {
  const size_t count = (size_t)1 << log_slots;
  draw(m, count, packing, mag, unit);
  /* declare the bound in half of the cases; a modulus may exceed mag by its own rounding */
  const double bound = jfi_test_rng_below(&m->rng, 2) ? mag * (1 + 0x1p-50) : 0;
  return jfhe_ckks_encode(m->ctx, m->pt, m->re, packing == JFHE_PACK_COMPLEX ? m->im : NULL, count, packing, log_slots,
                          level, scale, bound, m->scratch, m->scratch_len);
}

void prog_input(prog_machine *m, int r, uint32_t packing, uint32_t log_slots, uint32_t level, double mag, int unit) {
  prog_reg *x = &m->reg[r];
  const size_t mask = ((size_t)1 << log_slots) - 1;
  CHECK_OK(prog_encode(m, packing, log_slots, level, 0, mag, unit));
  const int public_key = (int)jfi_test_rng_below(&m->rng, 2);
  if (public_key)
    CHECK_OK(jfhe_encrypt_public(m->ctx, x->ct, m->pt, m->pk, m->scratch, m->scratch_len));
  else
    CHECK_OK(jfhe_encrypt(m->ctx, x->ct, m->pt, m->sk, m->scratch, m->scratch_len));
  for (size_t i = 0; i < m->slots; i++) {
    x->re[i] = m->re[i & mask];
    x->im[i] = m->im[i & mask];
  }
  x->full = 1;
  x->pending = 0;
  prog_say(m, "  r%d = input packing %u slots 2^%u level %u mag %g key %d\n", r, packing, log_slots, level, mag,
           public_key);
}

/* Adds one observation of bound / error to a pair of least and sum (in log2). */
static void observe(double *least, double *sum, double bound, double error) {
  const double ratio = log2(bound / error);
  if (ratio < *least) *least = ratio;
  *sum += ratio;
}

double prog_check(prog_machine *m, int r) {
  prog_reg *x = &m->reg[r];
  const double worst = jfhe_ct_error_worst(x->ct), probable = jfhe_ct_error_probable(x->ct);
  const double mag = jfhe_ct_magnitude(x->ct);
  const size_t count = (size_t)1 << jfhe_ct_log_slots(x->ct);
  jfhe_status st = jfhe_decrypt(m->ctx, m->pt, x->ct, m->sk, m->scratch, m->scratch_len);
  if (st == JFHE_OK) st = jfhe_ckks_decode(m->ctx, m->re, m->im, count, m->pt, m->scratch, m->scratch_len);
  if (st != JFHE_OK) {
    printf("status %d: %s\n", (int)st, jfhe_last_error());
    prog_blame(m, "a ciphertext does not decrypt");
    return INFINITY;
  }
  long double error = 0, size = 0;
  for (size_t i = 0; i < count; i++) {
    long double dr = m->re[i] - x->re[i], di = m->im[i] - x->im[i];
    long double e = dr * dr + di * di, s = x->re[i] * x->re[i] + x->im[i] * x->im[i];
    if (!(e <= error)) error = e; /* also a NaN */
    if (s > size) size = s;
  }
  error = sqrtl(error);
  m->stats.checks++;
  if (!(sqrtl(size) <= (long double)mag * (1 + 0x1p-50L))) {
    m->stats.outside++;
    prog_say(m, "  r%d: message %g above magnitude %g\n", r, (double)sqrtl(size), mag);
    prog_blame(m, "a message exceeds its magnitude");
  }
  /* the decoder's transform rounds as well: 2^-44 of the numbers covers 17 stages of it */
  if (!(error <= (long double)(worst / m->weaken) + (long double)mag * 0x1p-44L)) {
    m->stats.outside++;
    prog_say(m, "  r%d: error %g, worst %g, probable %g\n", r, (double)error, worst, probable);
    prog_blame(m, "an error exceeds its bound");
  }
  /* below the decoder's rounding there is no error to speak of: 0 times something, say */
  if (error <= (long double)mag * 0x1p-44L) return (double)error;
  m->stats.measured++;
  m->stats.above_probable += error > (long double)probable;
  observe(&m->stats.worst_least, &m->stats.worst_sum, worst, (double)error);
  observe(&m->stats.probable_least, &m->stats.probable_sum, probable, (double)error);
  if (getenv("JFHE_PROGRAM_TRACE") && error > (long double)probable)
    printf("%s    error %g above probable %g, worst %g\n", m->log, (double)error, probable, worst);
  return (double)error;
}

/* Three inputs of one family: scales and slots that may meet. */
static void open_program(prog_machine *m, uint64_t index) {
  static const double mags[] = {1, 1, 0.015625, 30};
  const uint32_t full = jfhe_ctx_log_n(m->ctx) - 1, top = jfhe_ctx_levels(m->ctx);
  jfi_test_rng_init(&m->rng, index);
  m->log_len = 0;
  m->log[0] = 0;
  m->stats.programs++;
  for (int r = 0; r < PROG_REGS; r++) m->reg[r].full = 0;
  prog_say(m, "  program %llu\n", (unsigned long long)index);
  double mag = mags[jfi_test_rng_below(&m->rng, 4)];
  const uint32_t sparse = (uint32_t)jfi_test_rng_below(&m->rng, full + 1);
  const uint32_t level = top - (uint32_t)jfi_test_rng_below(&m->rng, top > 2 ? 3 : 1);
  if (jfhe_ctx_scale(m->ctx, level) * mag > 0x1p61) mag = 1; /* the encoder's words end at 2^62 */
  for (int r = 0; r < 3; r++) {
    const uint32_t packing = jfi_test_rng_below(&m->rng, 3) ? JFHE_PACK_COMPLEX : JFHE_PACK_REAL;
    const uint32_t slots = jfi_test_rng_below(&m->rng, 3) ? full : sparse;
    prog_input(m, r, packing, slots, level, mag, 0);
    prog_check(m, r);
  }
}

void prog_run(prog_machine *m, uint64_t index, size_t steps) {
  open_program(m, index);
  const size_t count = 1 + (size_t)jfi_test_rng_below(&m->rng, steps);
  for (size_t i = 0; i < count; i++) {
    m->last = -1;
    prog_step(m);
    m->stats.steps++;
    if (m->last >= 0) prog_check(m, m->last);
  }
}
