/* ckks/agree.c: see agree.h. */
#include "ckks/agree.h"

#include <math.h>
#include <string.h>

#include "base/status.h"

jfhe_status jfi_ct_usable(const jfhe_ctx *ctx, const jfhe_ct *ct) {
  if (ctx != ct->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "ciphertext of another context");
  if (ct->packing == JFHE_PACK_INT) return jfi_fail(JFHE_ERR_FORM, "the ciphertext holds exact integers");
  if (ct->degree < 1 || ct->degree > 2 || ct->n_limbs == 0) return jfi_fail(JFHE_ERR_FORM, "ciphertext is empty");
  if (ct->form != JFHE_FORM_EVAL) return jfi_fail(JFHE_ERR_FORM, "ciphertext is not in evaluation form");
  return JFHE_OK;
}

jfhe_status jfi_pt_usable(const jfhe_ctx *ctx, const jfhe_pt *pt) {
  if (ctx != pt->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "plaintext of another context");
  if (pt->packing == JFHE_PACK_INT) return jfi_fail(JFHE_ERR_FORM, "the plaintext holds exact integers");
  if (pt->n_limbs == 0) return jfi_fail(JFHE_ERR_FORM, "plaintext is empty");
  return JFHE_OK;
}

jfhe_status jfi_ct_room(const jfhe_ctx *ctx, const jfhe_ct *out, const jfi_meta *m) {
  size_t limbs = jfi_set_count(m->primes);
  if (ctx != out->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "output of another context");
  if (out->cap_polys <= m->degree || out->cap_limbs < limbs)
    return jfi_fail(JFHE_ERR_FORM, "output has room for %u polynomials of %u limbs, needs %u of %zu", out->cap_polys,
                    out->cap_limbs, m->degree + 1, limbs);
  return JFHE_OK;
}

jfi_meta jfi_meta_of(const jfhe_ct *a) {
  return (jfi_meta){a->degree, a->level, a->packing, a->log_slots, a->primes, a->scale, a->bound, a->key_id};
}

jfhe_status jfi_ct_settle(const jfhe_ctx *ctx, jfhe_ct *out, const jfi_meta *m) {
  (void)ctx;
  out->degree = m->degree;
  out->level = m->level;
  out->packing = m->packing;
  out->log_slots = m->log_slots;
  out->primes = m->primes;
  out->n_limbs = (uint32_t)jfi_set_count(m->primes);
  out->form = JFHE_FORM_EVAL;
  out->scale = m->scale;
  out->bound = m->bound;
  memmove(out->key_id, m->key_id, JFHE_ID_BYTES);
  out->seeded = 0; /* c1 is no longer the expansion of a seed */
  return JFHE_OK;
}

jfhe_status jfi_ct_agree(const jfhe_ct *a, const jfhe_ct *b) {
  if (memcmp(a->key_id, b->key_id, JFHE_ID_BYTES) != 0)
    return jfi_fail(JFHE_ERR_KEY, "ciphertexts are under different secrets");
  if (a->level != b->level || !jfi_set_equal(a->primes, b->primes))
    return jfi_fail(JFHE_ERR_LEVEL, "ciphertexts at levels %u and %u", a->level, b->level);
  return JFHE_OK;
}

jfhe_status jfi_pt_covers(const jfhe_ct *a, const jfhe_pt *pt) {
  if (pt->form != JFHE_FORM_EVAL)
    return jfi_fail(JFHE_ERR_FORM, "plaintext is not in evaluation form: it was decrypted, or encoded for encryption");
  if (!jfi_set_within(a->primes, pt->primes))
    return jfi_fail(JFHE_ERR_LEVEL, "plaintext at level %u lacks primes of level %u", pt->level, a->level);
  return JFHE_OK;
}

jfhe_status jfi_meta_join(jfi_meta *m, uint32_t packing, uint32_t log_slots) {
  if ((m->packing == JFHE_PACK_COEFF) != (packing == JFHE_PACK_COEFF))
    return jfi_fail(JFHE_ERR_FORM, "slots and coefficients in one operation");
  if (packing == JFHE_PACK_COMPLEX) m->packing = packing;
  if (log_slots > m->log_slots) m->log_slots = log_slots;
  return JFHE_OK;
}

jfhe_status jfi_scale_mismatch(double *mismatch, double a, double b) {
  *mismatch = fabs(a / b - 1) + (a == b ? 0 : 0x1p-52);
  if (*mismatch <= JFI_SCALE_TOLERANCE) return JFHE_OK;
  return jfi_fail(JFHE_ERR_SCALE, "scales 2^%.4f and 2^%.4f", log2(a), log2(b));
}

jfhe_status jfi_ct_in_slots(const jfhe_ct *a, const char *what) {
  if (a->packing != JFHE_PACK_COEFF) return JFHE_OK;
  return jfi_fail(JFHE_ERR_FORM, "%s needs slots, not coefficients", what);
}

jfhe_status jfi_ct_on_chain(const jfhe_ctx *ctx, const jfhe_ct *a, uint32_t at_least) {
  if (a->level > ctx->chain.top || !jfi_set_equal(a->primes, ctx->chain.level[a->level]))
    return jfi_fail(JFHE_ERR_LEVEL, "ciphertext is not over the primes of its level");
  if (a->level < at_least) return jfi_fail(JFHE_ERR_LEVEL, "level %u leaves no multiplication", a->level);
  return JFHE_OK;
}

jfhe_status jfi_evk_serves(const jfhe_ctx *ctx, const jfhe_evk *key, const uint8_t *from, jfi_set primes,
                           const char *what) {
  if (key == NULL) return jfi_fail(JFHE_ERR_KEY, "no key for %s", what);
  if (ctx != key->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "key for %s of another context", what);
  if (memcmp(key->from_id, from, JFHE_ID_BYTES) != 0)
    return jfi_fail(JFHE_ERR_KEY, "the key for %s is of another secret", what);
  if (!jfi_set_within(primes, key->q))
    return jfi_fail(JFHE_ERR_KEY, "the key for %s serves levels up to %u only", what, key->level);
  return JFHE_OK;
}
