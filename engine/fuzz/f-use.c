/* f-use.c: a switching key that its reader accepted, whatever its shape and residues, is then used at every level: multiplied, rotated
 * and switched with, over numbers and over integers. The results mean nothing; no byte outside of its place may be touched. */
#include "fuzz.h"

#include "jfhe/bgv.h"
#include "jfhe/ckks.h"
#include "rlwe/evk.h"

static jfhe_ct *ciphertext(const jfhe_ctx *ctx, uint32_t level, const uint8_t *key_id) {
  jfhe_ct *ct;
  FUZZ_REQUIRE(jfhe_ct_new(&ct, ctx, 1, level) == JFHE_OK);
  ct->degree = 1;
  ct->level = level;
  ct->primes = ctx->chain.level[level];
  ct->n_limbs = (uint32_t)jfi_set_count(ct->primes);
  ct->form = JFHE_FORM_EVAL;
  ct->packing = JFHE_PACK_COMPLEX;
  ct->log_slots = ctx->params.log_n - 1;
  ct->scale = 0x1p20;
  ct->bound = (jfi_bound){1, 0x1p-10, 0x1p-12};
  memcpy(ct->key_id, key_id, sizeof ct->key_id);
  for (size_t i = 0; i < (size_t)ct->cap_polys * ct->cap_limbs * ctx->ring->n; i++) ct->data[i] = i & 0xfff;
  return ct;
}

static size_t largest(size_t a, size_t b, size_t c) { return a > b ? (a > c ? a : c) : (b > c ? b : c); }

/* The same residues read as integers modulo 97, which has a slot for each of the 16 coefficients. */
static void use_integers(const jfhe_ctx *ctx, uint32_t level, const jfhe_keyring *ring, const jfhe_evk *key) {
  jfhe_ct *a = ciphertext(ctx, level, key->from_id), *out = ciphertext(ctx, ctx->chain.top, key->from_id);
  jfhe_bgv *b;
  FUZZ_REQUIRE(jfhe_bgv_new(&b, ctx, 97) == JFHE_OK);
  a->packing = JFHE_PACK_INT;
  a->plain = jfhe_bgv_modulus(b);
  a->factor = 1;
  a->scale = 1.0 / 97;
  a->bound = (jfi_bound){48, 0x1p12, 0x1p8};
  size_t len =
      largest(jfhe_bgv_mul_scratch(ctx, level), jfhe_bgv_rotate_scratch(ctx, level), jfhe_bgv_sum_scratch(ctx, level));
  void *scratch = malloc(len);
  int used = jfhe_bgv_mul(b, out, a, a, level, ring, scratch, len) == JFHE_OK;
  if (level) used += jfhe_bgv_mul(b, out, a, a, level - 1, ring, scratch, len) == JFHE_OK;
  for (int32_t k = 0; k < 8; k++) used += jfhe_bgv_rotate(b, out, a, k, ring, scratch, len) == JFHE_OK;
  used += jfhe_bgv_swap(b, out, a, ring, scratch, len) == JFHE_OK;
  used += jfhe_bgv_inner_sum(b, out, a, 1, 2, 0, ring, scratch, len) == JFHE_OK;
  FUZZ_REQUIRE(used >= 1); /* the rotation by 0, at least */
  free(scratch);
  jfhe_bgv_free(b);
  jfhe_ct_free(a);
  jfhe_ct_free(out);
}

static void use_at(const jfhe_ctx *ctx, uint32_t level, const jfhe_keyring *ring, const jfhe_evk *key) {
  jfhe_ct *a = ciphertext(ctx, level, key->from_id), *out[2];
  for (size_t i = 0; i < 2; i++) out[i] = ciphertext(ctx, level, key->from_id);
  size_t len = largest(jfhe_ckks_mul_scratch(ctx, level), jfhe_ckks_rotate_scratch(ctx, level),
                       jfhe_ckks_rotate_many_scratch(ctx, level));
  void *scratch = malloc(len); /* exactly: a sanitizer sees a byte too many */
  const int32_t shifts[2] = {1, 0};
  /* Statuses do not matter here: most keys serve one of these, and at some levels. */
  int used = jfhe_ckks_mul(ctx, out[0], a, a, ring, scratch, len) == JFHE_OK;
  for (int32_t k = 0; k < 8; k++) used += jfhe_ckks_rotate(ctx, out[0], a, k, ring, scratch, len) == JFHE_OK;
  used += jfhe_ckks_conjugate(ctx, out[0], a, ring, scratch, len) == JFHE_OK;
  used += jfhe_ckks_rotate_many(ctx, out, a, shifts, 2, ring, scratch, len) == JFHE_OK;
  used += jfhe_ckks_switch_key(ctx, out[0], a, key, scratch, len) == JFHE_OK;
  FUZZ_REQUIRE(used >= 1); /* the rotation by 0, at least */
  free(scratch);
  jfhe_ct_free(a);
  for (size_t i = 0; i < 2; i++) jfhe_ct_free(out[i]);
}

static void run(const uint8_t *bytes, size_t len) {
  const jfhe_ctx *ctx = fuzz_ctx();
  jfhe_evk *key;
  jfhe_keyring *ring;
  if (jfhe_evk_read(ctx, &key, bytes, len) != JFHE_OK) return;
  FUZZ_REQUIRE(jfhe_keyring_new(&ring, ctx) == JFHE_OK);
  if (jfhe_keyring_add(ring, key) == JFHE_OK) {
    for (uint32_t level = 0; level <= ctx->chain.top; level++) {
      use_at(ctx, level, ring, key);
      use_integers(ctx, level, ring, key);
    }
  }
  jfhe_keyring_free(ring);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) { return fuzz_container(run, data, len); }
