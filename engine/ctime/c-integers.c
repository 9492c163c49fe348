/* c-integers.c: no branch or address of encoding, encrypting, decrypting, decoding and joining integers depends on them, on the key or on
 * the noise. The ciphertext is public, and so is whether an integer is beyond its bound: it is refused. A JFHE_BGV_FACTOR is public. */
#include "ctime.h"

#include "jfhe/bgv.h"

enum { SLOTS = 200, PARTS = 2 };
/* The largest ring's worth of slots here, and a second prime to join with. */
static const uint32_t MODULUS[PARTS] = {65537, 12289};

static void declassify_ct(const jfhe_ct *ct) {
  JFI_DECLASSIFY(ct->data, (size_t)(ct->degree + 1) * ct->cap_limbs * ct->ctx->ring->n * sizeof(uint64_t));
}

typedef struct world {
  jfhe_ctx *ctx;
  jfhe_sk *sk;
  jfhe_pk *pk;
  jfhe_pt *pt;
  jfhe_ct *ct;
  void *scratch;
  size_t len;
} world;

/* values -> ciphertext under either key -> got. */
static void there_and_back(const world *w, const jfhe_bgv *b, int64_t *got, const int64_t *values, uint32_t use,
                           int public_key) {
  MUST(jfhe_bgv_encode(b, w->pt, values, SLOTS, 6000, use, 3, w->scratch, w->len));
  if (public_key)
    MUST(jfhe_encrypt_public(w->ctx, w->ct, w->pt, w->pk, w->scratch, w->len));
  else
    MUST(jfhe_encrypt(w->ctx, w->ct, w->pt, w->sk, w->scratch, w->len));
  declassify_ct(w->ct);
  MUST(jfhe_decrypt(w->ctx, w->pt, w->ct, w->sk, w->scratch, w->len));
  MUST(jfhe_bgv_decode(b, got, SLOTS, w->pt, w->scratch, w->len));
}

static int run(const world *w) {
  int64_t values[SLOTS], parts[PARTS][SLOTS], joined[SLOTS];
  int same = 1;
  for (int i = 0; i < SLOTS; i++) values[i] = 59 * i - 5900;
  JFI_CLASSIFY(values, sizeof values);
  for (int p = 0; p < PARTS; p++) {
    jfhe_bgv *b;
    MUST(jfhe_bgv_new(&b, w->ctx, MODULUS[p]));
    there_and_back(w, b, parts[p], values, JFHE_BGV_TERM, p);
    there_and_back(w, b, parts[p], values, JFHE_BGV_FRESH, !p);
    jfhe_bgv_free(b);
  }
  MUST(jfhe_bgv_join(joined, SLOTS, parts[0], MODULUS, PARTS, 6000));
  JFI_DECLASSIFY(values, sizeof values);
  JFI_DECLASSIFY(joined, sizeof joined);
  for (int i = 0; i < SLOTS; i++) same &= joined[i] == values[i];
  return same;
}

int main(void) {
  world w = {.ctx = ctime_ctx()};
  w.sk = ctime_sk(w.ctx, 1);
  MUST(jfhe_keygen_public(&w.pk, w.ctx, w.sk));
  JFI_DECLASSIFY(w.pk->b, w.pk->n_limbs * w.ctx->ring->n * sizeof(uint64_t));
  MUST(jfhe_pt_new(&w.pt, w.ctx, 3));
  MUST(jfhe_ct_new(&w.ct, w.ctx, 1, 3));
  w.len = jfhe_encrypt_scratch(w.ctx) + jfhe_decrypt_scratch(w.ctx);
  for (int p = 0; p < PARTS; p++) {
    jfhe_bgv *b;
    MUST(jfhe_bgv_new(&b, w.ctx, MODULUS[p]));
    w.len += jfhe_bgv_encode_scratch(b) + jfhe_bgv_decode_scratch(b);
    jfhe_bgv_free(b);
  }
  w.scratch = ctime_scratch(w.len);
  int same = run(&w);
  jfi_free(w.scratch);
  jfhe_ct_free(w.ct);
  jfhe_pt_free(w.pt);
  jfhe_pk_free(w.pk);
  jfhe_sk_free(w.sk);
  jfhe_ctx_free(w.ctx);
  return !same;
}
