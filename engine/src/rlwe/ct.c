/* rlwe/ct.c: ciphertexts and plaintexts as memory: one block each. */
#include "rlwe/ct.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "rlwe/ctx.h"

jfhe_status jfi_ct_alloc(jfhe_ct **out, const jfhe_ctx *ctx, uint32_t polys, uint32_t limbs) {
  size_t head = jfi_round64(sizeof(jfhe_ct));
  jfhe_ct *c = jfi_alloc(head + (size_t)polys * limbs * ctx->ring->n * sizeof(uint64_t));
  *out = c;
  if (!c) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a ciphertext of %u x %u residues", polys, limbs);
  memset(c, 0, sizeof *c);
  c->ctx = ctx;
  c->cap_polys = polys;
  c->cap_limbs = limbs;
  c->data = (uint64_t *)(void *)((uint8_t *)c + head);
  return JFHE_OK;
}

jfhe_status jfi_pt_alloc(jfhe_pt **out, const jfhe_ctx *ctx, uint32_t limbs) {
  size_t head = jfi_round64(sizeof(jfhe_pt));
  jfhe_pt *p = jfi_alloc(head + (size_t)limbs * ctx->ring->n * sizeof(uint64_t));
  *out = p;
  if (!p) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a plaintext of %u residues", limbs);
  memset(p, 0, sizeof *p);
  p->ctx = ctx;
  p->cap_limbs = limbs;
  p->data = (uint64_t *)(void *)((uint8_t *)p + head);
  return JFHE_OK;
}

/* Level sets need not nest: the most residues any level up to `level` has. */
static uint32_t limbs_up_to(const jfhe_ctx *ctx, uint32_t level) {
  uint32_t most = 0;
  for (uint32_t l = 0; l <= level; l++) {
    uint32_t k = (uint32_t)jfi_set_count(ctx->chain.level[l]);
    if (k > most) most = k;
  }
  return most;
}

jfhe_status jfhe_ct_new(jfhe_ct **out, const jfhe_ctx *ctx, uint32_t degree, uint32_t level) {
  if (!out) return jfi_fail(JFHE_ERR_ARG, "out is null");
  *out = NULL;
  if (!ctx || degree < 1 || degree > 2) return jfi_fail(JFHE_ERR_ARG, "a ciphertext has a context and degree 1 or 2");
  if (level > ctx->chain.top)
    return jfi_fail(JFHE_ERR_LEVEL, "level %u is over the top level %u", level, ctx->chain.top);
  return jfi_ct_alloc(out, ctx, degree + 1, limbs_up_to(ctx, level));
}

void jfhe_ct_free(jfhe_ct *ct) { jfi_free(ct); }

jfhe_status jfhe_pt_new(jfhe_pt **out, const jfhe_ctx *ctx, uint32_t level) {
  if (!out) return jfi_fail(JFHE_ERR_ARG, "out is null");
  *out = NULL;
  if (!ctx) return jfi_fail(JFHE_ERR_ARG, "a plaintext has a context");
  if (level > ctx->chain.top)
    return jfi_fail(JFHE_ERR_LEVEL, "level %u is over the top level %u", level, ctx->chain.top);
  return jfi_pt_alloc(out, ctx, limbs_up_to(ctx, level));
}

/* Plaintexts may be somebody's data: always wiped. */
void jfhe_pt_free(jfhe_pt *pt) {
  if (!pt) return;
  jfi_free_secret(pt, jfi_round64(sizeof *pt) + (size_t)pt->cap_limbs * pt->ctx->ring->n * sizeof(uint64_t));
}

jfhe_status jfhe_ct_copy(jfhe_ct *out, const jfhe_ct *a) {
  if (!out || !a) return jfi_fail(JFHE_ERR_ARG, "a ciphertext is null");
  if (out->ctx != a->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "ciphertexts of different contexts");
  if (out == a) return JFHE_OK;
  if (out->cap_polys < a->degree + 1 || out->cap_limbs < a->n_limbs)
    return jfi_fail(JFHE_ERR_FORM, "output has room for %u x %u residues, not %u x %u", out->cap_polys, out->cap_limbs,
                    a->degree + 1, a->n_limbs);
  jfhe_ct head = *a;
  head.cap_polys = out->cap_polys;
  head.cap_limbs = out->cap_limbs;
  head.data = out->data;
  size_t n = a->ctx->ring->n;
  for (uint32_t i = 0; i <= a->degree; i++)
    memcpy(jfi_ct_limb(&head, i, 0, n), jfi_ct_limb(a, i, 0, n), (size_t)a->n_limbs * n * sizeof(uint64_t));
  *out = head;
  return JFHE_OK;
}

uint32_t jfhe_ct_degree(const jfhe_ct *ct) { return ct->degree; }
uint32_t jfhe_ct_level(const jfhe_ct *ct) { return ct->level; }
uint32_t jfhe_ct_packing(const jfhe_ct *ct) { return ct->packing; }
uint32_t jfhe_ct_log_slots(const jfhe_ct *ct) { return ct->log_slots; }
double jfhe_ct_scale(const jfhe_ct *ct) { return ct->scale; }
double jfhe_ct_magnitude(const jfhe_ct *ct) { return ct->bound.mag; }
/* Of integers the bounds are noise, and the error is none. */
double jfhe_ct_error_worst(const jfhe_ct *ct) { return ct->packing == JFHE_PACK_INT ? 0 : ct->bound.worst; }
size_t jfhe_ct_bytes(const jfhe_ct *ct) {
  return (size_t)(ct->degree + 1) * ct->n_limbs * ct->ctx->ring->n * sizeof(uint64_t);
}
void jfhe_ct_key_id(const jfhe_ct *ct, uint8_t *id) { memcpy(id, ct->key_id, JFHE_ID_BYTES); }
uint32_t jfhe_pt_level(const jfhe_pt *pt) { return pt->level; }
double jfhe_pt_scale(const jfhe_pt *pt) { return pt->scale; }

double jfi_spread(uint32_t log_n, uint32_t packing, uint32_t log_slots) {
  if (packing == JFHE_PACK_COEFF || packing == JFHE_PACK_INT || log_slots + 1 >= log_n) return 1;
  return sqrt((double)((size_t)1 << (log_n - 1 - log_slots)));
}

/* The rounding of c1 enters a slot as r(zeta) s(zeta), a product of two complex Gaussians, the heaviest tail among the errors:
 * P(|r s| > t sd) = 2t K_1(2t). Over 2^16 slots it stays below 10^-4 from t = 11.06 on (docs/SOUNDNESS.md, "The probable bound"); the mean of several such
 * products has a lighter tail. */
double jfi_bound_probable(const jfi_bound *b, double spread) {
  double probable = jfi_up(11.1 * b->sd / spread);
  return probable < b->worst ? probable : b->worst;
}

double jfhe_ct_error_probable(const jfhe_ct *ct) {
  return ct->packing == JFHE_PACK_INT
             ? 0
             : jfi_bound_probable(&ct->bound, jfi_spread(ct->ctx->ring->log_n, ct->packing, ct->log_slots));
}
