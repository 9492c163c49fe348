/* t-vectors-bgv.c: integers modulo t against the big-integer model, which computes BGV in its textbook form. */
/* every-isa */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "bgv/encode.h"
#include "jfhe/bridge.h"
#include "jfhe/codec.h"
#include "rlwe-cases.h"
#include "rlwe/keyring.h"
#include "vec-world.h"

JFI_TEST(encoding) {
  VEC_EACH(c, "bgv_encode") {
    jfhe_ctx *ctx = jfi_test_ctx((uint32_t)vec_one(c, "log_n"), 1, 46, 1);
    jfhe_bgv *b = NULL;
    REQUIRE_OK(jfhe_bgv_new(&b, ctx, (uint32_t)vec_one(c, "t")));
    const size_t n = (size_t)1 << vec_one(c, "log_slots");
    uint64_t *y = jfi_alloc(n * sizeof *y);
    int64_t back[64];
    CHECK_EQ(jfhe_bgv_slots(b), n);
    jfi_bgv_to_coeffs(b, y, (const int64_t *)vec_words(c, "values"), n, 1);
    vec_check(c, "coeff", y, n);
    jfi_bgv_from_coeffs(b, back, n, y);
    vec_check(c, "values", (const uint64_t *)back, n);
    jfi_free(y);
    jfhe_bgv_free(b);
    jfhe_ctx_free(ctx);
  }
}

/* The model's world with a case's sets as levels 1 and 0, and its t. */
typedef struct place {
  vec_world w;
  jfhe_bgv *b;
} place;

static int open_place(place *p, const vec_case *c) {
  if (!vec_open(&p->w)) return 0;
  jfi_chain *chain = &p->w.ctx->chain;
  chain->top = 1;
  chain->level[1] = vec_set(c, "level");
  chain->level[0] = vec_find(c, "to") ? vec_set(c, "to") : chain->level[1];
  jfhe_status st = jfhe_bgv_new(&p->b, p->w.ctx, (uint32_t)vec_one(c, "t"));
  CHECK_OK(st);
  return st == JFHE_OK;
}

static void close_place(place *p) {
  jfhe_bgv_free(p->b);
  vec_close(&p->w);
}

static jfhe_ct *load(const place *p, const vec_case *c, char prefix) {
  const size_t n = p->w.ctx->ring->n;
  char name[3] = {prefix, '0', 0};
  jfhe_ct *ct = NULL;
  CHECK_OK(jfhe_ct_new(&ct, p->w.ctx, 1, 1));
  ct->level = ct->degree = 1;
  ct->primes = p->w.ctx->chain.level[1];
  ct->n_limbs = (uint32_t)jfi_set_count(ct->primes);
  ct->form = JFHE_FORM_EVAL;
  ct->packing = JFHE_PACK_INT;
  ct->log_slots = p->w.ctx->ring->log_n;
  ct->plain = vec_one(c, "t");
  ct->factor = vec_find(c, "factor") ? vec_one(c, "factor") : 1;
  ct->bound = (jfi_bound){1, 0x1p20, 0x1p15};
  for (size_t i = 0; i < 2; i++, name[1]++)
    memcpy(jfi_ct_limb(ct, i, 0, n), vec_words(c, name), ct->n_limbs * n * sizeof(uint64_t));
  return ct;
}

static void check_ct(const vec_case *c, const char *prefix, const jfhe_ct *ct, uint32_t level) {
  char name[16];
  CHECK_EQ(ct->level, level);
  CHECK(jfi_set_equal(ct->primes, ct->ctx->chain.level[level]));
  for (size_t i = 0; i < 2; i++) {
    strcpy(name, prefix);
    strcat(name, i ? "1" : "0");
    vec_check(c, name, jfi_ct_limb(ct, i, 0, ct->ctx->ring->n), ct->n_limbs * ct->ctx->ring->n);
  }
}

JFI_TEST(decoding) {
  VEC_EACH(c, "bgv_decode") {
    place p;
    REQUIRE(open_place(&p, c));
    const vec_field *phase = vec_field_of(c, "phase");
    int64_t got[64];
    jfhe_pt *pt = NULL;
    REQUIRE_OK(jfhe_pt_new(&pt, p.w.ctx, 1));
    memcpy(pt->data, phase->word, phase->count * sizeof(uint64_t));
    pt->primes = p.w.ctx->chain.level[1];
    pt->n_limbs = (uint32_t)jfi_set_count(pt->primes);
    pt->form = JFHE_FORM_COEFF;
    pt->packing = JFHE_PACK_INT;
    pt->plain = vec_one(c, "t");
    pt->factor = vec_one(c, "factor");
    for (int twice = 0; twice < 2; twice++) { /* the plaintext is not touched */
      CHECK_OK(jfhe_bgv_decode(p.b, got, p.w.ctx->ring->n, pt, p.w.scratch, VEC_SCRATCH));
      vec_check(c, "values", (const uint64_t *)got, p.w.ctx->ring->n);
    }
    jfhe_pt_free(pt);
    close_place(&p);
  }
}

JFI_TEST(levels) {
  VEC_EACH(c, "bgv_lower") {
    place p;
    REQUIRE(open_place(&p, c));
    jfhe_ct *a = load(&p, c, 'a');
    CHECK_OK(jfhe_bgv_to_level(p.b, a, a, 0, p.w.scratch, VEC_SCRATCH));
    check_ct(c, "r", a, 0);
    CHECK_EQ(a->factor, p.b->factor[0]);
    jfhe_ct_free(a);
    close_place(&p);
  }
}

JFI_TEST(products) {
  VEC_EACH(c, "bgv_product") {
    place p;
    REQUIRE(open_place(&p, c));
    jfhe_keyring *keys = NULL;
    REQUIRE_OK(jfhe_keyring_new(&keys, p.w.ctx));
    p.w.relin->level = 1;
    CHECK_OK(jfhe_keyring_add(keys, p.w.relin));
    p.w.relin = NULL;
    jfhe_ct *a = load(&p, c, 'a'), *b = load(&p, c, 'b');
    CHECK_OK(jfhe_bgv_mul(p.b, b, a, b, 0, keys, p.w.scratch, VEC_SCRATCH));
    check_ct(c, "r", b, 0);
    CHECK_EQ(b->factor, p.b->factor[0]);
    jfhe_ct_free(a);
    jfhe_ct_free(b);
    jfhe_keyring_free(keys);
    close_place(&p);
  }
}

JFI_TEST(constants) {
  VEC_EACH(c, "bgv_constant") {
    place p;
    REQUIRE(open_place(&p, c));
    jfhe_ct *a = load(&p, c, 'a'), *r = load(&p, c, 'a');
    CHECK_OK(jfhe_bgv_add_const(p.b, r, a, (int32_t)vec_one(c, "k")));
    check_ct(c, "sum", r, 1);
    CHECK_OK(jfhe_bgv_mul_const(p.b, a, a, (int32_t)vec_one(c, "k")));
    check_ct(c, "times", a, 1);
    jfhe_ct_free(a);
    jfhe_ct_free(r);
    close_place(&p);
  }
}

JFI_TEST(bridges_there) {
  VEC_EACH(c, "bridge_there") {
    place p;
    jfhe_bgv *second = NULL;
    jfhe_ct *out = NULL;
    REQUIRE(open_place(&p, c));
    REQUIRE_OK(jfhe_bgv_new(&second, p.w.ctx, (uint32_t)vec_one(c, "t2")));
    REQUIRE_OK(jfhe_ct_new(&out, p.w.ctx, 1, 1));
    p.w.ctx->chain.scale[0] = ldexp(1, (int)vec_one(c, "log_scale"));
    jfhe_ct *a = load(&p, c, 'a'), *b = load(&p, c, 'b');
    b->plain = vec_one(c, "t2");
    b->factor = vec_one(c, "factor2");
    CHECK_OK(jfhe_bridge_to_ckks((const jfhe_bgv *const[]){p.b, second}, out, (const jfhe_ct *const[]){a, b}, 2, 0, 0,
                                 (double)vec_one(c, "most"), p.w.scratch, VEC_SCRATCH));
    check_ct(c, "r", out, 0);
    jfhe_ct_free(a);
    jfhe_ct_free(b);
    jfhe_ct_free(out);
    jfhe_bgv_free(second);
    close_place(&p);
  }
}

JFI_TEST(bridges_back) {
  VEC_EACH(c, "bridge_back") {
    place p;
    jfhe_ct *out = NULL;
    REQUIRE(open_place(&p, c));
    REQUIRE_OK(jfhe_ct_new(&out, p.w.ctx, 1, 1));
    jfhe_ct *a = load(&p, c, 'a');
    a->packing = JFHE_PACK_REAL;
    a->log_slots = 0;
    a->scale = ldexp(1, (int)vec_one(c, "log_scale"));
    a->bound = (jfi_bound){20, 0.01, 0.001};
    CHECK_OK(jfhe_bridge_to_bgv(p.b, out, a, 1, 20, 0, 0, p.w.scratch, VEC_SCRATCH));
    check_ct(c, "r", out, 0);
    CHECK_EQ(out->factor, vec_one(c, "factor"));
    jfhe_ct_free(a);
    jfhe_ct_free(out);
    close_place(&p);
  }
}
