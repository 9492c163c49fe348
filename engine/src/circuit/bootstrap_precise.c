/* circuit/bootstrap_precise.c: a second bootstrap for what the first one left: more bits than one sine has. [BCCKK22]
 *
 * x holds m, r = boot(x) holds m + e with |e| <= E. Their difference at x's level, d = x - r + o with a rounding o, is at most E, x's own
 * error and |o| together. Times 2^k it fills the range of the bootstrap, which adds e' to it: r + 2^-k boot(2^k d) = x + o + 2^-k e'. The bootstrap of real
 * numbers carries the real part of d alone, so r is made real first, by its conjugate. docs/SOUNDNESS.md, "Bootstrapping twice". */
#include "base/status.h"
#include "circuit/acc.h"
#include "circuit/bootstrap.h"
#include "rlwe/keyring.h"

enum { LIFT_MAX = 30 };

typedef struct pieces {
  jfhe_ct x, first, low, second, fine;
  double part;   /* first holds r / part */
  jfi_bound own; /* of what stays in the end: rounding of the conjugate and of the difference */
} pieces;

size_t jfi_bootstrap_precise_scratch(const jfhe_ctx *ctx, const jfhe_bootstrap *b) {
  uint32_t in = jfi_boot_roomiest(ctx, b->level_in), out = jfi_boot_roomiest(ctx, b->level_out);
  size_t held = 2 * jfi_ct_temp_bytes(ctx, in) + 3 * jfi_ct_temp_bytes(ctx, out);
  size_t run = jfi_bootstrap_scratch(ctx, b), move = jfi_ckks_rescale_bytes(ctx, ctx->chain.top);
  return held + (run > move ? run : move) + 8 * JFI_SCRATCH_SLACK;
}

static jfhe_status take_room(pieces *p, const jfhe_ctx *ctx, const jfhe_bootstrap *b, int shadow, jfi_scratch *s) {
  uint32_t in = jfi_boot_roomiest(ctx, b->level_in), out = jfi_boot_roomiest(ctx, b->level_out);
  jfi_ct_piece(&p->x, ctx, in, shadow, s);
  jfi_ct_piece(&p->low, ctx, in, shadow, s);
  jfi_ct_piece(&p->first, ctx, out, shadow, s);
  jfi_ct_piece(&p->second, ctx, out, shadow, s);
  jfi_ct_piece(&p->fine, ctx, out, shadow, s);
  return s->failed ? jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for two bootstraps") : JFHE_OK;
}

static jfi_bound exact(const jfi_bound *b) { return (jfi_bound){jfi_up(b->mag + b->worst), 0, 0}; }

/* first = r + conj(r), where the numbers are real: what is not real of r would meet nothing that takes it away. */
static jfhe_status make_real(pieces *p, const jfhe_ctx *ctx, const jfhe_keyring *keys, jfi_scratch *s) {
  const uint32_t g = jfhe_galois_conjugate(ctx);
  const jfi_bound r = p->first.bound;
  p->first.bound = exact(&r);
  JFI_TRY(jfi_ckks_automorphism(ctx, &p->second, &p->first, g, jfi_keyring_find(keys, JFHE_EVK_GALOIS, g), s));
  p->own = jfi_bound_scale(&p->second.bound, 0.5);
  JFI_TRY(jfi_ckks_add(ctx, &p->first, &p->first, &p->second, 0));
  p->first.bound = (jfi_bound){jfi_up(2 * r.mag), jfi_up(2 * (r.worst + p->own.worst)), jfi_up(2 * (r.sd + p->own.sd))};
  p->part = 0.5;
  return JFHE_OK;
}

/* x - r at x's level, times 2^k, in p->low. */
static jfhe_status difference(pieces *p, const jfhe_ctx *ctx, const jfhe_bootstrap *b, int *k, jfi_scratch *s) {
  const jfi_bound x = p->x.bound, r = p->first.bound;
  const uint32_t level = b->level_in;
  p->x.bound = exact(&x);
  p->first.bound = exact(&r);
  JFI_TRY(jfi_ckks_mul_const(ctx, &p->low, &p->first, p->part, level, ctx->chain.scale[level], s));
  JFI_TRY(jfi_ckks_add(ctx, &p->low, &p->x, &p->low, 1));
  const jfi_bound off = p->low.bound;
  p->x.bound = x;
  p->first.bound = r;
  p->own.worst = jfi_up(p->own.worst + off.worst);
  p->own.sd = jfi_up(p->own.sd + off.sd);
  /* the second bootstrap carries all of what came out, so it counts as a number without error */
  p->low.bound = (jfi_bound){jfi_up(x.worst + r.worst * p->part + off.worst), 0, 0};
  *k = 0;
  for (double size = p->low.bound.mag; *k < LIFT_MAX && size * 2 <= b->mag; size *= 2) ++*k;
  if (*k < 1) return jfi_fail(JFHE_ERR_RANGE, "a second bootstrap adds nothing: the first may be off by %g", r.worst);
  return jfi_ckks_mul_int(ctx, &p->low, &p->low, (int32_t)1 << *k);
}

/* out = r + 2^-k second, a level below both. */
static jfhe_status join(pieces *p, const jfhe_ctx *ctx, const jfhe_bootstrap *b, jfhe_ct *out, const jfhe_ct *a, int k,
                        jfi_scratch *s) {
  const uint32_t level = b->level_out - 1;
  const double scale = ctx->chain.scale[level];
  /* the first one's error is in the difference too, and cancels: x's and what taking the difference added remain */
  jfi_bound stays = {a->bound.mag, jfi_up(p->x.bound.worst + p->own.worst), jfi_up(p->x.bound.sd + p->own.sd)};
  p->first.bound = jfi_bound_scale(&stays, 1 / p->part);
  JFI_TRY(jfi_ckks_mul_const(ctx, &p->fine, &p->second, 1.0 / (double)((int64_t)1 << k), level, scale, s));
  JFI_TRY(jfi_ckks_mul_const(ctx, &p->first, &p->first, p->part, level, scale, s));
  p->fine.bound.mag = 0; /* the sum's numbers are a's */
  JFI_TRY(jfi_ckks_add(ctx, &p->first, &p->first, &p->fine, 0));
  JFI_TRY(jfi_bound_fits(ctx, &p->first.bound, p->first.scale, p->first.primes, "a number bootstrapped twice"));
  return jfi_ckks_copy(ctx, out, &p->first);
}

jfhe_status jfi_bootstrap_precise(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const jfhe_bootstrap *b,
                                  const jfhe_keyring *keys, jfi_scratch *s) {
  pieces p = {.part = 1};
  int k;
  jfi_scratch at = *s;
  if (b->level_out - b->level_in < 2) return jfi_fail(JFHE_ERR_LEVEL, "no level would be left after two bootstraps");
  jfi_meta m = {.degree = 1, .primes = ctx->chain.level[b->level_out - 1]};
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  JFI_TRY(take_room(&p, ctx, b, jfi_ct_is_shadow(out), &at));
  JFI_TRY(jfi_bootstrap(ctx, &p.first, a, b, keys, &at));
  if (a->packing == JFHE_PACK_REAL) JFI_TRY(make_real(&p, ctx, keys, &at));
  JFI_TRY(jfi_ckks_to_level(ctx, &p.x, a, b->level_in, &at));
  JFI_TRY(difference(&p, ctx, b, &k, &at));
  JFI_TRY(jfi_bootstrap(ctx, &p.second, &p.low, b, keys, &at));
  return join(&p, ctx, b, out, a, k, &at);
}
