/* f-ct.c: any bytes to the readers of ciphertexts. Integers that were accepted are computed with, whatever modulus, factor and bounds their
 * header states: what is refused leaves the output as it was, and what is not stays below every prime. */
#include "fuzz.h"

#include "jfhe/bgv.h"

static jfhe_ct *room(const jfhe_ctx *ctx) {
  jfhe_ct *ct;
  FUZZ_REQUIRE(jfhe_ct_new(&ct, ctx, 1, ctx->chain.top) == JFHE_OK);
  return ct;
}

static void check_ct(const jfhe_ct *ct) {
  for (size_t i = 0; i <= ct->degree; i++)
    fuzz_check_words(ct->ctx, jfi_ct_limb(ct, i, 0, ct->ctx->ring->n), ct->n_limbs, ct->primes);
}

/* Everything that needs no key. */
static void compute(const jfhe_bgv *b, const jfhe_ct *a) {
  jfhe_ct *out = room(a->ctx);
  int done = jfhe_bgv_neg(b, out, a) == JFHE_OK;
  FUZZ_REQUIRE(done == (out->n_limbs != 0));
  done += jfhe_bgv_mul_const(b, out, a, -3) == JFHE_OK;
  done += jfhe_bgv_add_const(b, out, a, 5) == JFHE_OK;
  done += jfhe_bgv_add(b, out, a, a) == JFHE_OK;
  if (done) check_ct(out);
  for (uint32_t level = 0; level <= a->level && level <= a->ctx->chain.top; level++) {
    size_t len = jfhe_bgv_to_level_scratch(a->ctx, a->level);
    void *scratch = malloc(len); /* exactly: a sanitizer sees a byte too many */
    jfhe_ct *low = room(a->ctx);
    if (jfhe_bgv_to_level(b, low, a, level, scratch, len) == JFHE_OK) {
      check_ct(low);
      FUZZ_REQUIRE(low->level == level && low->bound.worst >= 0 && low->bound.sd >= 0);
    }
    jfhe_ct_free(low);
    free(scratch);
  }
  jfhe_ct_free(out);
}

static void run(const uint8_t *bytes, size_t len) {
  const jfhe_ctx *ctx = fuzz_ctx();
  jfhe_ct *ct, *streamed;
  jfhe_status st = jfhe_ct_read(ctx, &ct, bytes, len);
  fuzz_stream s = {bytes, len};
  jfhe_status st2 = jfhe_ct_read_stream(ctx, &streamed, fuzz_read, &s, FUZZ_BYTES_MAX);
  FUZZ_REQUIRE((st == JFHE_OK) == (ct != NULL) && (st2 == JFHE_OK) == (streamed != NULL));
  /* A stream stops at the container's end; all else is the same. */
  FUZZ_REQUIRE((st == JFHE_OK) == (st2 == JFHE_OK && s.left == 0));
  jfhe_ct_free(streamed);
  if (!ct) return;
  check_ct(ct);
  uint32_t encoding = bytes[JFI_AT_ENCODING];
  FUZZ_REQUIRE(jfhe_ct_write_size(ct, encoding) == len);
  uint8_t *again = malloc(len);
  FUZZ_REQUIRE(again && jfhe_ct_write(again, len, ct, encoding) == JFHE_OK && memcmp(again, bytes, len) == 0);
  free(again);
  jfhe_bgv *b;
  if (ct->packing == JFHE_PACK_INT && jfhe_bgv_new(&b, ctx, (uint32_t)ct->plain) == JFHE_OK) {
    compute(b, ct);
    jfhe_bgv_free(b);
  }
  jfhe_ct_free(ct);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) { return fuzz_container(run, data, len); }
