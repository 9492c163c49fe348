/* circuit/rotate_sum.c: see rotate_sum.h. [BMTPH21] */
#include "circuit/rotate_sum.h"

#include <math.h>
#include <string.h>

#include "base/status.h"

size_t jfi_rotate_sum_scratch(const jfhe_ctx *ctx, uint32_t level) {
  size_t n_e = jfi_set_count(ctx->chain.level[level]) + jfi_set_count(ctx->chain.special);
  return JFI_TURNS_MAX * sizeof(jfi_turn) + jfi_hoist_room(ctx, level, 1) + 4 * n_e * ctx->ring->n * sizeof(uint64_t) +
         8 * JFI_SCRATCH_SLACK;
}

/* Two rotations that are one automorphism have one error, not two independent ones. */
static int distinct(const jfi_turn *turn, size_t count) {
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < i; j++)
      if (turn[i].g == turn[j].g) return 0;
  return 1;
}

static jfhe_status plan(const jfhe_ctx *ctx, jfi_meta *m, const jfhe_ct *a, const jfi_hoist *h, const jfi_turn *turn,
                        size_t count) {
  size_t switches = 0;
  for (size_t i = 0; i < count; i++) switches += turn[i].key != NULL;
  double c = (double)count, k = (double)switches;
  *m = jfi_meta_of(a);
  m->bound = jfi_bound_scale(&a->bound, c);
  if (distinct(turn, count)) m->bound.sd = jfi_up(a->bound.sd * sqrt(c));
  m->bound = jfi_bound_noise(&m->bound, (jfi_noise){k * h->noise.worst / a->scale, sqrt(k) * h->noise.sd / a->scale});
  if (h->shape) m->key_id = h->shape->to_id;
  return jfi_bound_fits(ctx, &m->bound, m->scale, m->primes, "a sum of rotations");
}

static jfhe_status run(jfi_hoist *h, uint64_t *const acc[2], const jfhe_ct *a, const jfi_turn *turn, size_t count,
                       jfi_scratch s) {
  uint64_t *r0 = jfi_scratch_take(&s, h->n_e * h->n * sizeof(uint64_t)),
           *r1 = jfi_scratch_take(&s, h->n_e * h->n * sizeof(uint64_t));
  if (s.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a sum of rotations");
  JFI_TRY(jfi_hoist_digits(h, 0, jfi_ct_poly(a, 1), s));
  for (size_t i = 0; i < count; i++) {
    uint64_t *to[2] = {i ? r0 : acc[0], i ? r1 : acc[1]};
    if (turn[i].key) {
      JFI_TRY(jfi_hoist_turn(h, &(jfi_turned){.r = {to[0], to[1]}, .add0 = jfi_ct_poly(a, 0)}, 1, 1, turn[i]));
    } else {
      jfi_hoist_lift(h, to[0], jfi_ct_poly(a, 0));
      jfi_hoist_lift(h, to[1], jfi_ct_poly(a, 1));
    }
    for (size_t p = 0; i && p < 2; p++) jfi_hoist_add(h, acc[p], to[p]);
  }
  return JFHE_OK;
}

jfhe_status jfi_rotate_sum(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, const int32_t *k, size_t count,
                           const jfhe_keyring *keys, jfi_scratch *s) {
  jfi_meta m;
  jfi_hoist h;
  jfi_scratch at = *s;
  JFI_TRY(jfi_ct_usable(ctx, a));
  if (a->degree != 1) return jfi_fail(JFHE_ERR_FORM, "a sum of rotations needs degree 1: relinearise first");
  jfi_turn *turn = jfi_scratch_take(&at, count * sizeof *turn);
  if (!turn) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for %zu rotations", count);
  JFI_TRY(jfi_turns_find(ctx, turn, a, k, count, keys));
  jfi_hoist_open(&h, ctx, a->primes, turn, count);
  JFI_TRY(plan(ctx, &m, a, &h, turn, count));
  JFI_TRY(jfi_ct_room(ctx, out, &m));
  if (jfi_ct_is_shadow(out)) return jfi_ct_settle(ctx, out, &m);
  JFI_TRY(jfi_hoist_take(&h, 1, &at));
  uint64_t *acc[2] = {jfi_scratch_take(&at, h.n_e * h.n * sizeof(uint64_t)),
                      jfi_scratch_take(&at, h.n_e * h.n * sizeof(uint64_t))};
  if (at.failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a sum of rotations");
  JFI_TRY(run(&h, acc, a, turn, count, at));
  uint64_t *r[2] = {jfi_ct_poly(out, 0), jfi_ct_poly(out, 1)};
  const uint64_t *x[2] = {acc[0], acc[1]};
  JFI_TRY(jfi_divide(ctx, r, h.S, x, h.E, 2, &at));
  jfi_ct_settle(ctx, out, &m);
  return JFHE_OK;
}

/* Passes of up to `radix`: the sum over j < r*m is the sum over i < m of (the sum over j < r) rotated by i*r. Every key is looked up before the
 * first pass, so that a missing one leaves out as it was. */
jfhe_status jfi_inner_sum_hoisted(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *a, uint32_t stride, uint32_t count,
                                  uint32_t radix, const jfhe_keyring *keys, jfi_scratch *s) {
  int32_t k[JFI_RADIX_MAX];
  jfi_turn turn[JFI_RADIX_MAX];
  jfhe_ct head = *out;
  for (int dry = 1; dry >= 0; dry--)
    for (uint32_t done = 1; done < count || done == 1;) {
      uint32_t r = count / done < radix ? count / done : radix;
      if (r == 0) r = 1; /* never: both are powers of two, done < count or done = 1 */
      for (uint32_t j = 0; j < r; j++) k[j] = (int32_t)(j * done * stride);
      if (dry) {
        jfi_hoist h;
        jfi_meta m;
        JFI_TRY(jfi_turns_find(ctx, turn, a, k, r, keys));
        jfi_hoist_open(&h, ctx, a->primes, turn, r);
        if (done == 1) head = *a;
        JFI_TRY(plan(ctx, &m, &head, &h, turn, r));
        head.bound = m.bound;
        JFI_TRY(jfi_ct_room(ctx, out, &m));
      } else {
        JFI_TRY(jfi_rotate_sum(ctx, out, done == 1 ? a : out, k, r, keys, s));
      }
      done *= r;
      if (count == 1) break;
    }
  return JFHE_OK;
}
