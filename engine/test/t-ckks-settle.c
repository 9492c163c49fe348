/* t-ckks-settle.c: values that are what their slots hold. */
/* every-isa */
#include <math.h>

#include "base/mem.h"
#include "ckks-cases.h"

typedef struct setting {
  jfi_world w;
  jfi_vec v;
  jfhe_ct *x, *out;
  void *scratch;
  size_t len;
} setting;

static setting open_setting(int complex) {
  setting t = {.w = jfi_world_open_with(jfi_test_ctx(10, 2, 46, 2), NULL, 0)};
  jfhe_evk *key = NULL;
  CHECK_OK(jfhe_keygen_galois(&key, t.w.ctx, t.w.sk, jfhe_galois_conjugate(t.w.ctx), 2));
  CHECK_OK(jfhe_keyring_add(t.w.keys, key));
  t.v = jfi_vec_random(&t.w, 512, complex);
  t.x = jfi_world_encrypt(&t.w, &t.v, complex ? JFHE_PACK_COMPLEX : JFHE_PACK_REAL, 9, 2);
  t.out = jfi_world_room(&t.w, 1);
  t.len = jfhe_ckks_rotate_scratch(t.w.ctx, 2);
  t.scratch = jfi_alloc(t.len);
  return t;
}

static void close_setting(setting *t) {
  jfi_free(t->scratch);
  jfhe_ct_free(t->x);
  jfhe_ct_free(t->out);
  jfi_vec_free(&t->v);
  jfi_world_close(&t->w);
}

#define SETTLE(t, limit) jfhe_ckks_settle((t).w.ctx, (t).out, (t).x, limit, (t).w.keys, (t).scratch, (t).len)

/* Whatever was said of the argument, the result is twice what is there, to a key switch's error. */
JFI_TEST(twice_the_real_part) {
  for (int complex = 0; complex < 2; complex++) {
    setting t = open_setting(complex);
    t.x->bound.worst = 0.25;
    t.x->bound.mag = 1;
    CHECK_OK(SETTLE(t, 4));
    CHECK(t.out->bound.worst < 0x1p-20 && t.out->bound.worst > 0 && t.out->bound.mag == 4);
    CHECK(t.out->packing == JFHE_PACK_REAL && t.out->level == t.x->level);
    jfi_vec want = jfi_vec_new(512);
    for (size_t i = 0; i < 512; i++) want.re[i] = 2 * t.v.re[i];
    jfi_world_check(&t.w, t.out, &want, "settled");
    jfi_vec_free(&want);
    close_setting(&t);
  }
}

/* Noise between repetitions is no error any more: they are numbers of their own, and the result says so. */
JFI_TEST(repetitions_of_a_sparse_vector_are_told_apart) {
  setting t = open_setting(0);
  jfi_vec few = jfi_vec_random(&t.w, 4, 0), all = jfi_vec_new(512);
  jfhe_ct *sparse = jfi_world_encrypt(&t.w, &few, JFHE_PACK_REAL, 2, 2),
          *noise = jfi_world_encrypt(&t.w, &t.v, JFHE_PACK_REAL, 9, 2);
  CHECK_OK(jfhe_ckks_add(t.w.ctx, t.x, sparse, noise));
  t.x->log_slots = 2; /* an error as large as the numbers, in every slot its own */
  t.x->bound.mag = t.x->bound.worst = 1;
  CHECK_OK(SETTLE(t, 5));
  CHECK(t.out->log_slots == 9);
  for (size_t i = 0; i < 512; i++) all.re[i] = 2 * (few.re[i % 4] + t.v.re[i]);
  jfi_world_check(&t.w, t.out, &all, "settled");
  jfhe_ct_free(sparse);
  jfhe_ct_free(noise);
  jfi_vec_free(&few);
  jfi_vec_free(&all);
  close_setting(&t);
}

JFI_TEST(beyond_the_limit_is_refused) {
  setting t = open_setting(0);
  t.x->bound.mag = 0.75;
  t.x->bound.worst = 0.2499;
  CHECK_OK(SETTLE(t, 2));
  jfhe_ct before = *t.out;
  t.x->bound.worst = 0.2501;
  CHECK_STATUS(SETTLE(t, 2), JFHE_ERR_RANGE);
  CHECK_STATUS(SETTLE(t, 0), JFHE_ERR_ARG);
  CHECK_STATUS(SETTLE(t, NAN), JFHE_ERR_ARG);
  CHECK_STATUS(SETTLE(t, INFINITY), JFHE_ERR_ARG);
  CHECK_STATUS(SETTLE(t, 0x1p100), JFHE_ERR_RANGE); /* no modulus holds it */
  CHECK_STATUS(jfhe_ckks_settle(t.w.ctx, t.x, t.x, 4, t.w.keys, t.scratch, t.len), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_ckks_settle(t.w.ctx, t.out, t.x, 4, t.w.keys, t.scratch, t.len / 2), JFHE_ERR_SCRATCH);
  jfhe_keyring *none = NULL;
  CHECK_OK(jfhe_keyring_new(&none, t.w.ctx));
  CHECK_STATUS(jfhe_ckks_settle(t.w.ctx, t.out, t.x, 4, none, t.scratch, t.len), JFHE_ERR_KEY);
  CHECK_MEM(&before, t.out, sizeof before);
  jfhe_keyring_free(none);
  close_setting(&t);
}
