/* api/bgv_encode.c: encoding and decoding of integers. */
#include <math.h>

#include "api/check.h"
#include "base/declassify.h"
#include "bgv/bound.h"
#include "bgv/encode.h"

/* The largest modulus present, without a branch on it; INT64_MIN counts as 2^63. */
static uint64_t largest(const int64_t *values, size_t count) {
  uint64_t most = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t sign = 0 - ((uint64_t)values[i] >> 63), size = ((uint64_t)values[i] ^ sign) - sign;
    most ^= (most ^ size) & (0 - (uint64_t)(most < size));
  }
  return most;
}

jfhe_status jfhe_bgv_encode(const jfhe_bgv *b, jfhe_pt *out, const int64_t *values, size_t count, double bound,
                            uint32_t use, uint32_t level, void *scratch, size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(b && out && (values || count == 0), "encode");
  if (out->ctx != b->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "plaintext of another context");
  if (use > JFHE_BGV_FACTOR) return jfi_fail(JFHE_ERR_ARG, "no use %u of a plaintext", use);
  if (level > b->ctx->chain.top)
    return jfi_fail(JFHE_ERR_LEVEL, "level %u is above the top level %u", level, b->ctx->chain.top);
  if (count > jfhe_bgv_slots(b)) return jfi_fail(JFHE_ERR_ARG, "%zu integers, %u slots", count, jfhe_bgv_slots(b));
  if (out->cap_limbs < jfi_set_count(b->ctx->chain.level[level]))
    return jfi_fail(JFHE_ERR_FORM, "plaintext has room for %u limbs only", out->cap_limbs);
  if (!(bound >= 0 && bound <= 0x1p63)) return jfi_fail(JFHE_ERR_ARG, "the bound must be a number from 0 to 2^63");
  if (bound == 0) bound = (double)(b->t.q - 1) / 2;
  int over = largest(values, count) > (uint64_t)bound; /* integers: a word made a double is a branch on its top bit */
  JFI_DECLASSIFY(&over, sizeof over);                  /* a refusal shows it */
  if (over) return jfi_fail(JFHE_ERR_VALUE, "an integer exceeds the declared bound %.0f", bound);
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfi_bgv_encode_bytes(b)));
  return jfi_bgv_encode(b, out, values, count, bound, use, level, &s);
}

size_t jfhe_bgv_encode_scratch(const jfhe_bgv *b) { return b ? jfi_bgv_encode_bytes(b) : 0; }

jfhe_status jfhe_bgv_decode(const jfhe_bgv *b, int64_t *values, size_t count, const jfhe_pt *pt, void *scratch,
                            size_t scratch_len) {
  jfi_scratch s;
  JFI_NEED(b && pt && (values || count == 0), "decode");
  if (pt->ctx != b->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "plaintext of another context");
  if (pt->n_limbs == 0 || pt->packing != JFHE_PACK_INT || pt->plain != b->t.q || pt->form != JFHE_FORM_COEFF ||
      pt->scale == 1)
    return jfi_fail(JFHE_ERR_FORM, "no decrypted integers modulo %llu", (unsigned long long)b->t.q);
  if (count > jfhe_bgv_slots(b))
    return jfi_fail(JFHE_ERR_ARG, "%zu integers asked, %u there", count, jfhe_bgv_slots(b));
  JFI_TRY(jfi_scratch_open(&s, scratch, scratch_len, jfi_bgv_decode_bytes(b)));
  return jfi_bgv_decode(b, values, count, pt, &s);
}

size_t jfhe_bgv_decode_scratch(const jfhe_bgv *b) { return b ? jfi_bgv_decode_bytes(b) : 0; }

double jfhe_bgv_budget(const jfhe_ct *ct) {
  return ct && ct->packing == JFHE_PACK_INT ? jfi_bgv_budget(ct->ctx, &ct->bound, ct->primes) : 0;
}
