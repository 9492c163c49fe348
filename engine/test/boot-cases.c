/* boot-cases.c: see boot-cases.h. */
#include "boot-cases.h"

#include <string.h>

#include "base/mem.h"

jfhe_ctx *jfi_test_ctx_boot(uint32_t log_n, uint32_t stages) { return jfi_test_ctx_boot_far(log_n, stages, 2); }

static jfhe_ctx *open(jfi_params p, const uint32_t count[3], const uint32_t bits[3]) {
  jfhe_ctx *ctx = NULL;
  strcpy(p.name, "test");
  for (size_t i = 0; i < 3; i++)
    for (uint32_t k = 0; k < count[i]; k++) p.step_bits[p.n_steps++] = (uint8_t)bits[i];
  CHECK_OK(jfi_ctx_new(&ctx, &p));
  return ctx;
}

jfhe_ctx *jfi_test_ctx_boot_far(uint32_t log_n, uint32_t stages, uint32_t between) {
  const jfi_params p = {.log_n = log_n, .first_bits = 48, .n_special = 6, .special_bits = 48};
  const uint32_t count[] = {stages + between, 8, stages}, bits[] = {42, 58, 48};
  return open(p, count, bits);
}

jfhe_ctx *jfi_test_ctx_boot_small(uint32_t log_n) {
  const jfi_params p = {.log_n = log_n, .first_bits = 44, .n_special = 3, .special_bits = 48};
  const uint32_t count[] = {6, 8, 2}, bits[] = {34, 46, 47};
  return open(p, count, bits);
}

/* The keys that a bootstrap asks for, each up to the level that it asks for. */
static void make_keys(jfi_boot_world *w) {
  int32_t k[256];
  uint32_t level[256], sine = jfhe_bootstrap_level_sine(w->b);
  size_t count = jfhe_bootstrap_rotations(w->b, k, level, 256);
  jfhe_evk *key = NULL, *other = NULL;
  jfhe_keyring_free(w->w.keys); /* the world's serve all levels */
  CHECK_OK(jfhe_keyring_new(&w->w.keys, w->w.ctx));
  CHECK_OK(jfhe_keygen_relin(&key, w->w.ctx, w->w.sk, sine));
  CHECK_OK(jfhe_keyring_add(w->w.keys, key));
  CHECK_OK(jfhe_keygen_galois(&key, w->w.ctx, w->w.sk, jfhe_galois_conjugate(w->w.ctx), sine));
  CHECK_OK(jfhe_keyring_add(w->w.keys, key));
  for (size_t i = 0; i < count; i++) {
    CHECK_OK(jfhe_keygen_galois(&key, w->w.ctx, w->w.sk, jfhe_galois_rotate(w->w.ctx, k[i]), level[i]));
    CHECK_OK(jfhe_keyring_add(w->w.keys, key));
  }
  CHECK_OK(jfhe_keygen_bootstrap(&key, &other, w->w.ctx, w->w.sk));
  CHECK_OK(jfhe_keyring_add(w->w.keys, key));
  CHECK_OK(jfhe_keyring_add(w->w.keys, other));
}

jfi_boot_world jfi_boot_open(jfhe_ctx *ctx, uint32_t log_slots, double mag, const jfi_boot_options *options) {
  jfi_boot_world w = {.w = jfi_world_open_with(ctx, NULL, 0)};
  CHECK_OK(jfi_bootstrap_new(&w.b, ctx, log_slots, mag, options));
  make_keys(&w);
  w.scratch_len = jfhe_bootstrap_scratch(ctx, w.b);
  w.scratch = jfi_alloc(w.scratch_len);
  return w;
}

void jfi_boot_close(jfi_boot_world *w) {
  jfi_free(w->scratch);
  jfhe_bootstrap_free(w->b);
  jfi_world_close(&w->w);
}

jfhe_ct *jfi_boot_encrypt(jfi_boot_world *w, const jfi_vec *v, int complex, uint32_t level) {
  jfhe_pt *pt = NULL;
  jfhe_ct *ct = jfi_world_room(&w->w, 1);
  CHECK_OK(jfhe_pt_new(&pt, w->w.ctx, level));
  CHECK_OK(jfhe_ckks_encode(w->w.ctx, pt, v->re, complex ? v->im : NULL, v->n,
                            complex ? JFHE_PACK_COMPLEX : JFHE_PACK_REAL, w->b->log_slots, level, 0, w->b->mag * 0.9995,
                            w->w.scratch, w->w.scratch_len));
  CHECK_OK(jfhe_encrypt(w->w.ctx, ct, pt, w->w.sk, w->w.scratch, w->w.scratch_len));
  jfhe_pt_free(pt);
  return ct;
}
