/* bgv/meta.c: may these objects meet, and what will the result say of itself? */
#include <string.h>

#include "base/status.h"
#include "bgv/eval.h"

jfhe_status jfi_bgv_usable(const jfhe_bgv *b, const jfhe_ct *ct) {
  if (ct->ctx != b->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "ciphertext of another context");
  if (ct->degree != 1 || ct->n_limbs == 0) return jfi_fail(JFHE_ERR_FORM, "ciphertext is empty");
  if (ct->packing != JFHE_PACK_INT) return jfi_fail(JFHE_ERR_FORM, "the ciphertext holds no integers");
  if (ct->plain != b->t.q)
    return jfi_fail(JFHE_ERR_FORM, "integers modulo %llu, not %llu", (unsigned long long)ct->plain,
                    (unsigned long long)b->t.q);
  if (ct->form != JFHE_FORM_EVAL) return jfi_fail(JFHE_ERR_FORM, "ciphertext is not in evaluation form");
  if (ct->level > b->ctx->chain.top || !jfi_set_equal(ct->primes, b->ctx->chain.level[ct->level]))
    return jfi_fail(JFHE_ERR_LEVEL, "ciphertext is not over the primes of its level");
  return JFHE_OK;
}

jfhe_status jfi_bgv_agree(const jfhe_ct *a, const jfhe_ct *c) {
  if (memcmp(a->key_id, c->key_id, JFHE_ID_BYTES) != 0)
    return jfi_fail(JFHE_ERR_KEY, "ciphertexts of different secrets");
  if (a->level != c->level) return jfi_fail(JFHE_ERR_LEVEL, "levels %u and %u", a->level, c->level);
  return JFHE_OK;
}

jfi_bgv_meta jfi_bgv_meta_of(const jfhe_ct *a) {
  return (jfi_bgv_meta){a->degree, a->level, a->primes, a->factor, a->bound, a->key_id};
}

jfhe_status jfi_bgv_room(const jfhe_bgv *b, const jfhe_ct *out, const jfi_bgv_meta *m, const char *what) {
  size_t limbs = jfi_set_count(m->primes);
  JFI_TRY(jfi_bgv_fits(b, &m->bound, m->primes, what));
  if (out->ctx != b->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "output of another context");
  if (out->cap_polys <= m->degree || out->cap_limbs < limbs)
    return jfi_fail(JFHE_ERR_FORM, "output has room for %u polynomials of %u limbs, needs %u of %zu", out->cap_polys,
                    out->cap_limbs, m->degree + 1, limbs);
  return JFHE_OK;
}

void jfi_bgv_settle(const jfhe_bgv *b, jfhe_ct *out, const jfi_bgv_meta *m) {
  out->degree = m->degree;
  out->level = m->level;
  out->primes = m->primes;
  out->n_limbs = (uint32_t)jfi_set_count(m->primes);
  out->form = JFHE_FORM_EVAL;
  out->packing = JFHE_PACK_INT;
  out->log_slots = b->log_slots;
  out->scale = 1 / (double)b->t.q;
  out->plain = b->t.q;
  out->factor = m->factor;
  out->bound = m->bound;
  memmove(out->key_id, m->key_id, JFHE_ID_BYTES);
  out->seeded = 0;
}

jfhe_status jfi_bgv_serves(const jfhe_bgv *b, const jfhe_evk *key, const jfhe_ct *a, const char *what) {
  if (!key) return jfi_fail(JFHE_ERR_KEY, "no key for %s", what);
  if (key->ctx != b->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the key for %s is of another context", what);
  if (memcmp(key->from_id, a->key_id, JFHE_ID_BYTES) != 0)
    return jfi_fail(JFHE_ERR_KEY, "the key for %s is of another secret", what);
  if (!jfi_set_within(a->primes, key->q))
    return jfi_fail(JFHE_ERR_KEY, "the key for %s serves levels up to %u only", what, key->level);
  return JFHE_OK;
}
