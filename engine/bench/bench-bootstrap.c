/* bench-bootstrap.c: one bootstrap of every slot, real and complex, and four at once, of `deep`, `deep-lean` and `deep-small`, with all keys
 * and with few, light keys among them, and one of fewer slots. It makes gigabytes of keys and plaintexts: only when asked for by name. Cases: the preset, the preset
 * with ":few", and with ":12" or ":8" of 2^12 and 2^8 slots. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bench.h"
#include "jfhe/bootstrap.h"
#include "jfhe/ckks.h"
#include "jfhe/secret.h"

enum { KEYS_MAX = 256, LOG_SLOTS_MAX = 15, TOGETHER = 4 };

typedef struct world {
  jfhe_ctx *ctx;
  jfhe_sk *sk;
  jfhe_keyring *keys;
  jfhe_bootstrap *b;
  jfhe_pt *pt;
  jfhe_ct *a, *out[TOGETHER];
  uint32_t log_slots;
  size_t count; /* ciphertexts at once */
  void *scratch;
  size_t scratch_len, key_bytes;
} world;

static jfhe_status keep(world *w, jfhe_evk *key) {
  w->key_bytes += jfhe_evk_bytes(key);
  return jfhe_keyring_add(w->keys, key);
}

static jfhe_status add_galois(world *w, uint32_t g, uint32_t level) {
  jfhe_evk *key = NULL;
  jfhe_status st = jfhe_keygen_galois(&key, w->ctx, w->sk, g, level);
  return st == JFHE_OK ? keep(w, key) : st;
}

static jfhe_status make_keys(world *w) {
  int32_t k[KEYS_MAX];
  uint32_t level[KEYS_MAX], sine = jfhe_bootstrap_level_sine(w->b);
  size_t count = jfhe_bootstrap_rotations(w->b, k, level, KEYS_MAX);
  jfhe_evk *key = NULL, *other = NULL;
  jfhe_status st = jfhe_keygen_relin(&key, w->ctx, w->sk, sine);
  if (st == JFHE_OK) st = keep(w, key);
  if (st == JFHE_OK) st = add_galois(w, jfhe_galois_conjugate(w->ctx), sine);
  for (size_t i = 0; st == JFHE_OK && i < count; i++) st = add_galois(w, jfhe_galois_rotate(w->ctx, k[i]), level[i]);
  if (st == JFHE_OK) st = jfhe_keygen_bootstrap(&key, &other, w->ctx, w->sk);
  if (st == JFHE_OK) st = keep(w, key);
  return st == JFHE_OK ? keep(w, other) : st;
}

typedef struct bootstrap_case {
  const char *name, *preset;
  uint32_t keys, log_slots; /* 0: all */
} bootstrap_case;

static jfhe_status make_world(world *w, const bootstrap_case *c, uint32_t threads) {
  jfhe_status st = jfhe_ctx_new_preset(&w->ctx, c->preset);
  if (st == JFHE_OK) st = jfhe_ctx_set_threads(w->ctx, threads ? threads : 1);
  if (st == JFHE_OK) st = jfhe_sk_new(&w->sk, w->ctx);
  if (st == JFHE_OK) st = jfhe_keyring_new(&w->keys, w->ctx);
  if (st == JFHE_OK) w->log_slots = c->log_slots ? c->log_slots : jfhe_ctx_log_n(w->ctx) - 1;
  if (st == JFHE_OK) st = jfhe_bootstrap_new(&w->b, w->ctx, w->log_slots, 1, c->keys);
  if (st == JFHE_OK) st = make_keys(w);
  if (st == JFHE_OK) st = jfhe_bootstrap_lighten(w->b, w->keys);
  if (st == JFHE_OK) st = jfhe_pt_new(&w->pt, w->ctx, jfhe_bootstrap_level_in(w->b));
  if (st == JFHE_OK) st = jfhe_ct_new(&w->a, w->ctx, 1, jfhe_bootstrap_level_in(w->b));
  for (size_t i = 0; st == JFHE_OK && i < TOGETHER; i++)
    st = jfhe_ct_new(&w->out[i], w->ctx, 1, jfhe_bootstrap_level_out(w->b));
  if (st != JFHE_OK) return st;
  w->scratch_len = jfhe_bootstrap_many_scratch(w->ctx, w->b, TOGETHER); /* what is not touched takes no memory */
  w->scratch = jfi_alloc(w->scratch_len);
  return w->scratch ? JFHE_OK : JFHE_ERR_MEMORY;
}

static jfhe_status encrypt(world *w, uint32_t packing) {
  static double x[1 << LOG_SLOTS_MAX];
  const size_t slots = (size_t)1 << w->log_slots;
  for (size_t i = 0; i < slots; i++) x[i] = (double)(i % 1000) / 1001;
  jfhe_status st = jfhe_ckks_encode(w->ctx, w->pt, x, NULL, slots, packing, w->log_slots, jfhe_bootstrap_level_in(w->b),
                                    0, 0.999, w->scratch, w->scratch_len);
  return st == JFHE_OK ? jfhe_encrypt(w->ctx, w->a, w->pt, w->sk, w->scratch, w->scratch_len) : st;
}

static int run(void *arg) {
  world *w = arg;
  const jfhe_ct *const in[TOGETHER] = {w->a, w->a, w->a, w->a};
  if (w->count == 1) return jfhe_ckks_bootstrap(w->ctx, w->out[0], w->a, w->b, w->keys, w->scratch, w->scratch_len);
  return jfhe_ckks_bootstrap_many(w->ctx, w->out, in, w->count, w->b, w->keys, w->scratch, w->scratch_len);
}

/* What is timed: `count` ciphertexts, all of them, of all slots or of fewer. */
static const struct {
  const char *name;
  uint32_t packing, count;
  int sparse;
} kinds[] = {{"bootstrap_real", JFHE_PACK_REAL, 1, 0},
             {"bootstrap_complex", JFHE_PACK_COMPLEX, 1, 0},
             {"bootstrap_four", JFHE_PACK_REAL, TOGETHER, 0},
             {"bootstrap_sparse", JFHE_PACK_REAL, 1, 1}};

static int wanted(const jfi_bench_options *o, const bootstrap_case *c, size_t kind) {
  return kinds[kind].sparse == (c->log_slots != 0) && jfi_bench_wants(o, kinds[kind].name);
}

static int bench_preset(const jfi_bench_options *o, const bootstrap_case *c) {
  world w = {0};
  char params[128];
  int bad = 0, any = 0;
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) any |= wanted(o, c, k);
  if (!any) return 0;
  bad = make_world(&w, c, o->threads);
  for (size_t k = 0; !bad && k < sizeof kinds / sizeof *kinds; k++) {
    const char *name = kinds[k].name;
    jfi_bench_result r;
    if (!wanted(o, c, k)) continue;
    w.count = kinds[k].count;
    bad = encrypt(&w, kinds[k].packing);
    if (!bad) bad = jfi_bench_time(&r, run, &w, o->budget_ms > 0 ? o->budget_ms : 500);
    (void)snprintf(params, sizeof params,
                   "\"case\": \"%s\", \"logN\": %u, \"slots\": %u, \"levels\": %u, \"threads\": %u", c->name,
                   jfhe_ctx_log_n(w.ctx), 1u << w.log_slots,
                   jfhe_bootstrap_level_out(w.b) - jfhe_bootstrap_level_in(w.b), o->threads ? o->threads : 1);
    if (!bad) jfi_bench_print(o, name, params, &r, w.key_bytes);
  }
  if (bad) fprintf(stderr, "bench: %s\n", jfhe_last_error());
  jfi_free(w.scratch);
  jfhe_ct_free(w.a);
  for (size_t i = 0; i < TOGETHER; i++) jfhe_ct_free(w.out[i]);
  jfhe_pt_free(w.pt);
  jfhe_bootstrap_free(w.b);
  jfhe_keyring_free(w.keys);
  jfhe_sk_free(w.sk);
  jfhe_ctx_free(w.ctx);
  return bad != 0;
}

int jfi_bench_bootstrap(const jfi_bench_options *o) {
  static const bootstrap_case cases[] = {{"deep", "deep", JFHE_BOOTSTRAP_MANY_KEYS, 0},
                                         {"deep:few", "deep", JFHE_BOOTSTRAP_FEW_KEYS, 0},
                                         {"deep-lean", "deep-lean", JFHE_BOOTSTRAP_MANY_KEYS, 0},
                                         {"deep-lean:12", "deep-lean", JFHE_BOOTSTRAP_MANY_KEYS, 12},
                                         {"deep-lean:8", "deep-lean", JFHE_BOOTSTRAP_MANY_KEYS, 8},
                                         {"deep-lean:few", "deep-lean", JFHE_BOOTSTRAP_FEW_KEYS, 0},
                                         {"deep-small", "deep-small", JFHE_BOOTSTRAP_MANY_KEYS, 0},
                                         {"deep-small:8", "deep-small", JFHE_BOOTSTRAP_MANY_KEYS, 8},
                                         {"deep-small:few", "deep-small", JFHE_BOOTSTRAP_FEW_KEYS, 0}};
  int bad = 0;
  if (!o->filter || !strstr(o->filter, "bootstrap")) return 0;
  for (size_t i = 0; !bad && i < sizeof cases / sizeof *cases; i++)
    if (jfi_bench_listed(o->cases, cases[i].name)) bad = bench_preset(o, &cases[i]);
  return bad;
}
