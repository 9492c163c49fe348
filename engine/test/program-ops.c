/* program-ops.c: the operations of random programs, each on the ciphertext and in the clear.
 *
 * Every operation first copies its result's clear vector into the output register only when the
 * engine said JFHE_OK; a refusal must leave the output as it was, limbs and metadata, which is
 * checked every time. */
#include "program-ops.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "rlwe/ct.h"

typedef struct clear {
  long double re, im;
} clear;

/* Why a register is not at its level's canonical scale. */
enum { PRODUCT = 1, DROPPED = 2 };

static clear at(const prog_reg *x, size_t i) { return (clear){x->re[i], x->im[i]}; }
static clear times(clear a, clear b) { return (clear){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }
static void put(prog_reg *x, size_t i, clear v) {
  x->re[i] = v.re;
  x->im[i] = v.im;
}

static int pick(prog_machine *m, int bound) { return (int)jfi_test_rng_below(&m->rng, (uint64_t)bound); }

static int pick_full(prog_machine *m) {
  int r = pick(m, PROG_REGS);
  while (!m->reg[r].full) r = (r + 1) % PROG_REGS;
  return r;
}

/* Settled: at a canonical scale. Null when no register is. */
static int pick_settled(prog_machine *m) {
  int r = pick(m, PROG_REGS);
  for (int i = 0; i < PROG_REGS; i++, r = (r + 1) % PROG_REGS)
    if (m->reg[r].full && !m->reg[r].pending) return r;
  return -1;
}

/* Output of an operation on a: often a itself, where that is allowed. */
static int pick_out(prog_machine *m, int a, int may_alias) {
  int r = pick(m, PROG_REGS);
  if (may_alias && pick(m, 4) == 0) return a;
  return r == a && !may_alias ? (r + 1) % PROG_REGS : r;
}

/* Remembers what a refusal must not change. */
static jfhe_ct remember(prog_machine *m, const jfhe_ct *ct) {
  memcpy(m->image, ct->data, m->image_len);
  return *ct;
}

/* After an operation with output register r. want: JFHE_OK also allows a refusal for range, which a
 * large product earns, and so does JFHE_ERR_LEVEL (both are true of a product at level 0). Returns 1 when the result stands. */
static int settle(prog_machine *m, int r, jfhe_status got, jfhe_status want, const jfhe_ct *before) {
  const jfhe_ct *ct = m->reg[r].ct;
  if (got == JFHE_OK && want == JFHE_OK) {
    m->reg[r].full = 1;
    m->last = r;
    return 1;
  }
  const int allowed = got == want || (got == JFHE_ERR_RANGE && (want == JFHE_OK || want == JFHE_ERR_LEVEL));
  m->stats.refused += want == JFHE_OK;
  m->stats.provoked += want != JFHE_OK;
  prog_say(m, "    refused with %d\n", (int)got);
  if (!allowed) {
    printf("status %d, not %d: %s\n", (int)got, (int)want, jfhe_last_error());
    prog_blame(m, "a wrong status");
  }
  if (memcmp(before, ct, sizeof *ct) != 0 || memcmp(m->image, ct->data, m->image_len) != 0)
    prog_blame(m, "a refusal that changed its output");
  return 0;
}

/* Slot by slot: out[i] = f(a[i], b[i]); in place is fine. */
enum { CLEAR_ADD, CLEAR_SUB, CLEAR_MUL };
static void clear_binary(prog_machine *m, int out, int a, int b, int what) {
  for (size_t i = 0; i < m->slots; i++) {
    clear x = at(&m->reg[a], i), y = at(&m->reg[b], i);
    if (what == CLEAR_MUL)
      put(&m->reg[out], i, times(x, y));
    else if (what == CLEAR_ADD)
      put(&m->reg[out], i, (clear){x.re + y.re, x.im + y.im});
    else
      put(&m->reg[out], i, (clear){x.re - y.re, x.im - y.im});
  }
}

static void clear_affine(prog_machine *m, int out, int a, clear factor, clear shift) {
  for (size_t i = 0; i < m->slots; i++) {
    clear x = times(at(&m->reg[a], i), factor);
    put(&m->reg[out], i, (clear){x.re + shift.re, x.im + shift.im});
  }
}

/* out[i] = a[i + k]; out is not a. */
static void clear_rotate(prog_machine *m, int out, int a, int32_t k) {
  for (size_t i = 0; i < m->slots; i++)
    put(&m->reg[out], i, at(&m->reg[a], (i + (size_t)((int64_t)m->slots + k)) % m->slots));
}

static void pend(prog_machine *m, int out, int a) { m->reg[out].pending = m->reg[a].pending; }

/* ---- linear ---- */

/* The status that a sum or product of two registers must give. */
static jfhe_status meeting(prog_machine *m, int a, int b, int sum) {
  const jfhe_ct *x = m->reg[a].ct, *y = m->reg[b].ct;
  if (x->level != y->level) return JFHE_ERR_LEVEL;
  const double off = x->scale / y->scale - 1;
  if (sum && (off > 0x1p-30 || off < -0x1p-30)) return JFHE_ERR_SCALE;
  return JFHE_OK;
}

static void step_sum(prog_machine *m) {
  const int a = pick_full(m), b = pick_full(m), out = pick(m, 3) ? pick(m, PROG_REGS) : a, sub = pick(m, 2);
  const jfhe_ct before = remember(m, m->reg[out].ct);
  const jfhe_status want = meeting(m, a, b, 1);
  prog_say(m, "  r%d = r%d %c r%d\n", out, a, sub ? '-' : '+', b);
  const jfhe_status got = sub ? jfhe_ckks_sub(m->ctx, m->reg[out].ct, m->reg[a].ct, m->reg[b].ct)
                              : jfhe_ckks_add(m->ctx, m->reg[out].ct, m->reg[a].ct, m->reg[b].ct);
  if (!settle(m, out, got, want, &before)) return;
  const int pending = m->reg[a].pending;
  clear_binary(m, out, a, b, sub ? CLEAR_SUB : CLEAR_ADD);
  m->reg[out].pending = pending;
}

static void step_neg(prog_machine *m) {
  const int a = pick_full(m), out = pick_out(m, a, 1);
  const jfhe_ct before = remember(m, m->reg[out].ct);
  prog_say(m, "  r%d = -r%d\n", out, a);
  if (!settle(m, out, jfhe_ckks_neg(m->ctx, m->reg[out].ct, m->reg[a].ct), JFHE_OK, &before)) return;
  clear_affine(m, out, a, (clear){-1, 0}, (clear){0, 0});
  pend(m, out, a);
}

static void step_mul_int(prog_machine *m) {
  const int a = pick_full(m), out = pick_out(m, a, 1), k = pick(m, 7) - 3;
  const jfhe_ct before = remember(m, m->reg[out].ct);
  prog_say(m, "  r%d = %d r%d\n", out, k, a);
  if (!settle(m, out, jfhe_ckks_mul_int(m->ctx, m->reg[out].ct, m->reg[a].ct, k), JFHE_OK, &before)) return;
  clear_affine(m, out, a, (clear){k, 0}, (clear){0, 0});
  pend(m, out, a);
}

static void step_mul_i(prog_machine *m) {
  const int a = pick_full(m), out = pick_out(m, a, 1);
  const jfhe_ct before = remember(m, m->reg[out].ct);
  prog_say(m, "  r%d = i r%d\n", out, a);
  if (!settle(m, out, jfhe_ckks_mul_i(m->ctx, m->reg[out].ct, m->reg[a].ct), JFHE_OK, &before)) return;
  clear_affine(m, out, a, (clear){0, 1}, (clear){0, 0});
  pend(m, out, a);
}

static void step_add_const(prog_machine *m) {
  const int a = pick_full(m), out = pick_out(m, a, 1);
  const double re = prog_signed_unit(m), im = pick(m, 2) ? prog_signed_unit(m) : 0;
  const jfhe_ct before = remember(m, m->reg[out].ct);
  prog_say(m, "  r%d = r%d + (%a, %a)\n", out, a, re, im);
  if (!settle(m, out, jfhe_ckks_add_const(m->ctx, m->reg[out].ct, m->reg[a].ct, re, im), JFHE_OK, &before)) return;
  clear_affine(m, out, a, (clear){1, 0}, (clear){re, im});
  pend(m, out, a);
}

/* Sum, difference or product with an encoded vector; the product stays to be rescaled. */
static void step_plain(prog_machine *m) {
  const int what = pick(m, 3), a = what == 2 ? pick_settled(m) : pick_full(m);
  if (a < 0) return;
  const int out = pick_out(m, a, 1);
  const uint32_t full = jfhe_ctx_log_n(m->ctx) - 1, log_slots = pick(m, 2) ? full : (uint32_t)pick(m, (int)full + 1);
  const uint32_t packing = pick(m, 2) ? JFHE_PACK_COMPLEX : JFHE_PACK_REAL, level = jfhe_ct_level(m->reg[a].ct);
  prog_say(m, "  r%d = r%d %c plain of 2^%u slots\n", out, a, "+-*"[what], log_slots);
  const double scale = what == 2 ? 0 : jfhe_ct_scale(m->reg[a].ct);
  if (scale > 0x1p60) return; /* a product's scale: beyond the encoder's words */
  if (prog_encode(m, packing, log_slots, level, scale, 1, 0) != JFHE_OK) {
    prog_blame(m, "a plaintext is refused");
    return;
  }
  const jfhe_ct before = remember(m, m->reg[out].ct);
  const jfhe_ct *x = m->reg[a].ct;
  const jfhe_status got = what == 0   ? jfhe_ckks_add_pt(m->ctx, m->reg[out].ct, x, m->pt)
                          : what == 1 ? jfhe_ckks_sub_pt(m->ctx, m->reg[out].ct, x, m->pt)
                                      : jfhe_ckks_mul_pt(m->ctx, m->reg[out].ct, x, m->pt);
  const int pending = m->reg[a].pending;
  if (!settle(m, out, got, JFHE_OK, &before)) return;
  for (size_t i = 0; i < m->slots; i++) {
    const size_t j = i & (((size_t)1 << log_slots) - 1);
    clear u = at(&m->reg[a], i), v = {m->re[j], m->im[j]};
    if (what == 2)
      put(&m->reg[out], i, times(u, v));
    else
      put(&m->reg[out], i, what ? (clear){u.re - v.re, u.im - v.im} : (clear){u.re + v.re, u.im + v.im});
  }
  m->reg[out].pending = what == 2 ? PRODUCT : pending;
}

/* ---- products and levels ---- */

jfhe_status prog_mul(prog_machine *m, int out, int a, int b) {
  const jfhe_ct *x = m->reg[a].ct, *y = m->reg[b].ct;
  const jfhe_status st = a == b && pick(m, 2)
                             ? jfhe_ckks_square(m->ctx, m->reg[out].ct, x, m->keys, m->scratch, m->scratch_len)
                             : jfhe_ckks_mul(m->ctx, m->reg[out].ct, x, y, m->keys, m->scratch, m->scratch_len);
  if (st == JFHE_OK) {
    clear_binary(m, out, a, b, CLEAR_MUL);
    m->reg[out].pending = 0;
    m->reg[out].full = 1;
  }
  return st;
}

/* Brings b to a's level, or a to b's. Returns 0 when a refusal stopped it. */
static int align(prog_machine *m, int a, int b) {
  const uint32_t la = jfhe_ct_level(m->reg[a].ct), lb = jfhe_ct_level(m->reg[b].ct);
  const int r = la > lb ? a : b;
  const uint32_t level = la > lb ? lb : la;
  if (la == lb) return 1;
  const jfhe_ct before = remember(m, m->reg[r].ct);
  prog_say(m, "  r%d = r%d to level %u\n", r, r, level);
  return settle(m, r, jfhe_ckks_to_level(m->ctx, m->reg[r].ct, m->reg[r].ct, level, m->scratch, m->scratch_len),
                JFHE_OK, &before);
}

static void step_mul(prog_machine *m) {
  const int a = pick_settled(m), b = pick(m, 3) ? pick_settled(m) : a;
  if (a < 0) return;
  const int out = pick_out(m, a, 1);
  if (pick(m, 5) && !align(m, a, b)) return;
  jfhe_status want = meeting(m, a, b, 0);
  if (want == JFHE_OK && jfhe_ct_level(m->reg[a].ct) == 0) want = JFHE_ERR_LEVEL;
  const jfhe_ct before = remember(m, m->reg[out].ct);
  prog_say(m, "  r%d = r%d * r%d\n", out, a, b);
  settle(m, out, prog_mul(m, out, a, b), want, &before);
}

/* The product in two calls: lazy, then relinearised with or without the rescaling. */
static void step_mul_lazy(prog_machine *m) {
  const int a = pick_settled(m), b = pick_settled(m), rescale = pick(m, 2);
  if (a < 0 || !align(m, a, b) || jfhe_ct_level(m->reg[a].ct) == 0) return;
  const int out = pick(m, PROG_REGS);
  const jfhe_ct before = remember(m, m->reg[out].ct);
  prog_say(m, "  r%d = r%d * r%d lazily, rescaled %d\n", out, a, b, rescale);
  jfhe_status st = jfhe_ckks_mul_lazy(m->ctx, m->spare, m->reg[a].ct, m->reg[b].ct);
  if (st == JFHE_OK && rescale)
    st = jfhe_ckks_relin_rescale(m->ctx, m->reg[out].ct, m->spare, m->keys, m->scratch, m->scratch_len);
  else if (st == JFHE_OK)
    st = jfhe_ckks_relin(m->ctx, m->reg[out].ct, m->spare, m->keys, m->scratch, m->scratch_len);
  if (!settle(m, out, st, JFHE_OK, &before)) return;
  clear_binary(m, out, a, b, CLEAR_MUL);
  m->reg[out].pending = rescale ? 0 : PRODUCT;
}

static void step_mul_const(prog_machine *m) {
  const int a = pick_settled(m);
  if (a < 0) return;
  const int out = pick_out(m, a, 1);
  const double c = pick(m, 4) ? prog_signed_unit(m) : (double)(pick(m, 9) - 4);
  const jfhe_status want = jfhe_ct_level(m->reg[a].ct) == 0 ? JFHE_ERR_LEVEL : JFHE_OK;
  const jfhe_ct before = remember(m, m->reg[out].ct);
  prog_say(m, "  r%d = %a r%d\n", out, c, a);
  const jfhe_status got = jfhe_ckks_mul_const(m->ctx, m->reg[out].ct, m->reg[a].ct, c, m->scratch, m->scratch_len);
  if (!settle(m, out, got, want, &before)) return;
  clear_affine(m, out, a, (clear){c, 0}, (clear){0, 0});
  m->reg[out].pending = 0;
}

/* Rescales a product that waits for it. */
static void step_rescale(prog_machine *m) {
  int a = pick(m, PROG_REGS);
  for (int i = 0; i < PROG_REGS && !(m->reg[a].full && m->reg[a].pending == PRODUCT); i++) a = (a + 1) % PROG_REGS;
  if (!m->reg[a].full || m->reg[a].pending != PRODUCT) {
    step_mul_const(m);
    return;
  }
  const int out = pick_out(m, a, 1);
  const jfhe_status want = jfhe_ct_level(m->reg[a].ct) == 0 ? JFHE_ERR_LEVEL : JFHE_OK;
  const jfhe_ct before = remember(m, m->reg[out].ct);
  prog_say(m, "  r%d = rescale r%d\n", out, a);
  const jfhe_status got = jfhe_ckks_rescale(m->ctx, m->reg[out].ct, m->reg[a].ct, m->scratch, m->scratch_len);
  if (!settle(m, out, got, want, &before)) return;
  clear_affine(m, out, a, (clear){1, 0}, (clear){0, 0});
  m->reg[out].pending = 0;
}

/* Down at the canonical scale, or with the scale kept; upwards is refused. */
static void step_level(prog_machine *m) {
  const int a = pick_settled(m), keep = pick(m, 4) == 0;
  if (a < 0) return;
  const int out = pick_out(m, a, 1);
  const uint32_t from = jfhe_ct_level(m->reg[a].ct),
                 level = (uint32_t)pick(m, (int)from + 1) + (uint32_t)(pick(m, 8) == 0);
  const jfhe_status want = level > from ? JFHE_ERR_LEVEL : JFHE_OK;
  const jfhe_ct before = remember(m, m->reg[out].ct);
  prog_say(m, "  r%d = r%d %s level %u\n", out, a, keep ? "dropped to" : "to", level);
  const jfhe_status got =
      keep ? jfhe_ckks_drop_level(m->ctx, m->reg[out].ct, m->reg[a].ct, level, m->scratch, m->scratch_len)
           : jfhe_ckks_to_level(m->ctx, m->reg[out].ct, m->reg[a].ct, level, m->scratch, m->scratch_len);
  if (!settle(m, out, got, want, &before)) return;
  clear_affine(m, out, a, (clear){1, 0}, (clear){0, 0});
  m->reg[out].pending = keep && level < from ? DROPPED : 0;
}

/* ---- slots ---- */

/* A rotation whose key the machine has. */
static int32_t pick_rotation(prog_machine *m) {
  const int32_t other[3] = {-1, 5, 0};
  int bits = 0;
  while ((size_t)1 << (bits + 1) < m->slots) bits++;
  return pick(m, 4) ? (int32_t)1 << pick(m, bits + 1) : other[pick(m, 3)];
}

static void step_rotate(prog_machine *m) {
  const int a = pick_full(m), out = pick_out(m, a, 0), missing = pick(m, 16) == 0;
  const int full = jfhe_ct_log_slots(m->reg[a].ct) == jfhe_ctx_log_n(m->ctx) - 1;
  const int32_t k = missing && full ? 11 : pick_rotation(m); /* no key of 11 was made */
  const jfhe_ct before = remember(m, m->reg[out].ct);
  prog_say(m, "  r%d = r%d rotated by %d\n", out, a, (int)k);
  const jfhe_status got =
      jfhe_ckks_rotate(m->ctx, m->reg[out].ct, m->reg[a].ct, k, m->keys, m->scratch, m->scratch_len);
  if (!settle(m, out, got, missing && full ? JFHE_ERR_KEY : JFHE_OK, &before)) return;
  clear_rotate(m, out, a, k);
  pend(m, out, a);
}

static void step_conjugate(prog_machine *m) {
  const int a = pick_full(m), out = pick_out(m, a, 0);
  const jfhe_ct before = remember(m, m->reg[out].ct);
  prog_say(m, "  r%d = conjugate of r%d\n", out, a);
  const jfhe_status got =
      jfhe_ckks_conjugate(m->ctx, m->reg[out].ct, m->reg[a].ct, m->keys, m->scratch, m->scratch_len);
  if (!settle(m, out, got, JFHE_OK, &before)) return;
  for (size_t i = 0; i < m->slots; i++) put(&m->reg[out], i, (clear){m->reg[a].re[i], -m->reg[a].im[i]});
  pend(m, out, a);
}

/* Two rotations for one decomposition. */
static void step_rotate_many(prog_machine *m) {
  const int a = pick_full(m), first = (a + 1 + pick(m, PROG_REGS - 2)) % PROG_REGS;
  int second = (first + 1) % PROG_REGS;
  if (second == a) second = (second + 1) % PROG_REGS;
  if (first == a || first == second) return;
  const int32_t k[2] = {pick_rotation(m), pick_rotation(m)};
  jfhe_ct *const out[2] = {m->reg[first].ct, m->reg[second].ct};
  const jfhe_ct before = remember(m, out[0]);
  prog_say(m, "  r%d, r%d = r%d rotated by %d, %d\n", first, second, a, (int)k[0], (int)k[1]);
  const jfhe_status got = jfhe_ckks_rotate_many(m->ctx, out, m->reg[a].ct, k, 2, m->keys, m->scratch, m->scratch_len);
  if (!settle(m, first, got, JFHE_OK, &before)) return;
  clear_rotate(m, first, a, k[0]);
  clear_rotate(m, second, a, k[1]);
  pend(m, first, a);
  pend(m, second, a);
  m->reg[second].full = 1;
  prog_check(m, second);
}

static void step_inner_sum(prog_machine *m) {
  const int a = pick_full(m), out = pick_out(m, a, 0);
  const uint32_t log_stride = (uint32_t)pick(m, 3), log_count = (uint32_t)pick(m, 4);
  const uint32_t log_slots = jfhe_ct_log_slots(m->reg[a].ct);
  if (log_stride + log_count > log_slots) return;
  const jfhe_ct before = remember(m, m->reg[out].ct);
  prog_say(m, "  r%d = r%d summed, stride 2^%u, count 2^%u\n", out, a, log_stride, log_count);
  const jfhe_status got = jfhe_ckks_inner_sum(m->ctx, m->reg[out].ct, m->reg[a].ct, (uint32_t)1 << log_stride,
                                              (uint32_t)1 << log_count, m->keys, m->scratch, m->scratch_len);
  if (!settle(m, out, got, JFHE_OK, &before)) return;
  for (size_t i = 0; i < m->slots; i++) {
    clear sum = {0, 0};
    for (size_t j = 0; j < (size_t)1 << log_count; j++) {
      clear x = at(&m->reg[a], (i + (j << log_stride)) % m->slots);
      sum = (clear){sum.re + x.re, sum.im + x.im};
    }
    put(&m->reg[out], i, sum);
  }
  pend(m, out, a);
}

typedef void (*prog_op)(prog_machine *);

void prog_step(prog_machine *m) {
  static const prog_op op[] = {step_sum,       step_sum,       step_neg,         step_mul_int,  step_mul_i,
                               step_add_const, step_plain,     step_plain,       step_mul,      step_mul,
                               step_mul_lazy,  step_mul_const, step_rescale,     step_rescale,  step_level,
                               step_rotate,    step_conjugate, step_rotate_many, step_inner_sum};
  const int which = pick(m, (int)(sizeof op / sizeof op[0]));
  m->stats.op[which]++;
  op[which](m);
}
