/* t-circuit-ladder.c: ciphertexts lifted into a larger ring, packed, separated, and lowered again. */
/* every-isa */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "circuit/ladder.h"
#include "ckks-cases.h"
#include "jfhe/circuit.h"

enum { LOG_SMALL = 9, LOG_BIG = 11, SMALL = 1 << LOG_SMALL, BIG = 1 << LOG_BIG, RATIO = BIG / SMALL };

typedef struct rungs {
  jfi_world small, big;
  jfhe_evk *up, *down;
} rungs;

/* 48 + 4 x 46 below; above first + 9 x 44, carrying the primes below: with 48 bits the first prime is shared, else none is. */
static jfhe_ctx *big_ctx_from(uint32_t first, uint32_t guests) {
  jfi_params p = {.log_n = LOG_BIG,
                  .first_bits = first,
                  .n_special = 2,
                  .special_bits = 48,
                  .n_steps = 9,
                  .guest_first_bits = 48,
                  .guest_steps = guests,
                  .guest_bits = 46,
                  .name = "big"};
  memset(p.step_bits, 44, 9);
  jfhe_ctx *ctx = NULL;
  CHECK_OK(jfi_ctx_new(&ctx, &p));
  return ctx;
}

static jfhe_ctx *big_ctx(uint32_t guests) { return big_ctx_from(48, guests); }

static rungs open_rungs_from(uint32_t first, const int32_t *k, size_t count) {
  rungs r = {.small = jfi_world_open_with(jfi_test_ctx(LOG_SMALL, 4, 46, 1), NULL, 0)};
  r.big = jfi_world_open_with(big_ctx_from(first, 4), k, count);
  CHECK_OK(jfhe_keygen_lift(&r.up, r.big.ctx, r.small.sk, r.big.sk));
  CHECK_OK(jfhe_keygen_lower(&r.down, r.big.ctx, r.big.sk, r.small.sk));
  return r;
}
static rungs open_rungs(const int32_t *k, size_t count) { return open_rungs_from(48, k, count); }

static void close_rungs(rungs *r) {
  jfhe_evk_free(r->up);
  jfhe_evk_free(r->down);
  jfi_world_close(&r->small);
  jfi_world_close(&r->big);
}

static jfhe_ct *lift(rungs *r, jfhe_ct *const *in, size_t count, jfhe_status want) {
  jfhe_ct *out = jfi_world_room(&r->big, 1);
  size_t len = jfhe_lift_scratch(r->big.ctx, r->small.ctx, in[0]->level, count, r->up);
  void *scratch = jfi_alloc(len + 64);
  CHECK_STATUS(jfhe_lift(r->big.ctx, out, (const jfhe_ct *const *)in, count, r->up, scratch, len), want);
  jfi_free(scratch);
  return out;
}
static void lower(rungs *r, jfhe_ct *const *out, size_t count, const jfhe_ct *a, jfhe_status want) {
  size_t len = jfhe_lower_scratch(r->big.ctx, a->level, r->down);
  void *scratch = jfi_alloc(len);
  CHECK_STATUS(jfhe_lower(r->big.ctx, out, count, a, r->down, scratch, len), want);
  jfi_free(scratch);
}

/* ---- one ciphertext ---- */
static void one_from(uint32_t first, uint32_t packing, uint32_t log_slots, uint32_t level, const char *what) {
  rungs r = open_rungs_from(first, NULL, 0);
  size_t n = packing == JFHE_PACK_COEFF ? SMALL : (size_t)1 << log_slots;
  jfi_vec v = jfi_vec_random(&r.small, n, packing == JFHE_PACK_COMPLEX);
  jfhe_ct *a = jfi_world_encrypt(&r.small, &v, packing, log_slots, level), *back = jfi_world_room(&r.small, 1);
  jfhe_ct *up = lift(&r, &a, 1, JFHE_OK);
  CHECK(up->level == jfhe_lift_level(r.big.ctx, r.small.ctx, level) && up->scale == r.big.ctx->chain.scale[up->level]);
  CHECK_EQ(up->packing, packing);
  if (packing == JFHE_PACK_COEFF) {
    jfi_vec spread = jfi_vec_new(BIG);
    for (size_t i = 0; i < SMALL; i++) spread.re[i * RATIO] = v.re[i];
    jfi_world_check(&r.big, up, &spread, what);
    jfi_vec_free(&spread);
  } else {
    CHECK_EQ(up->log_slots, log_slots);
    jfi_world_check(&r.big, up, &v, what);
  }
  lower(&r, &back, 1, up, JFHE_OK);
  CHECK(back->level == jfhe_lower_level(r.big.ctx, r.small.ctx, up->level, r.down) && back->packing == packing);
  jfi_world_check(&r.small, back, &v, what);
  jfhe_ct_free(a);
  jfhe_ct_free(up);
  jfhe_ct_free(back);
  jfi_vec_free(&v);
  close_rungs(&r);
}

static void one(uint32_t packing, uint32_t log_slots, uint32_t level, const char *what) {
  one_from(48, packing, log_slots, level, what);
}

/* All primes leave and others come, in both directions. */
JFI_TEST(rings_of_no_common_level_prime) {
  jfhe_ctx *small = jfi_test_ctx(LOG_SMALL, 4, 46, 1), *big = big_ctx_from(45, 4);
  uint32_t index[JFI_PRIMES_MAX];
  jfi_set S = jfi_ladder_primes(big, small, small->chain.level[4], index);
  CHECK(jfi_set_count(S) == 5 && jfi_set_count(jfi_set_and(S, big->chain.level[9])) == 0);
  jfhe_ctx_free(small);
  jfhe_ctx_free(big);
  one_from(45, JFHE_PACK_COMPLEX, LOG_SMALL - 1, 4, "full complex");
  one_from(45, JFHE_PACK_REAL, 3, 3, "sparse real");
}

JFI_TEST(one_full) { one(JFHE_PACK_COMPLEX, LOG_SMALL - 1, 4, "full complex"); }
JFI_TEST(one_sparse) { one(JFHE_PACK_REAL, 3, 3, "sparse real"); }
JFI_TEST(one_in_coefficients) { one(JFHE_PACK_COEFF, 0, 4, "coefficients"); }

/* ---- several ---- */
static void free_all(jfhe_ct **c, jfi_vec *v, size_t count) {
  for (size_t j = 0; j < count; j++) {
    jfhe_ct_free(c[j]);
    jfi_vec_free(&v[j]);
  }
}

JFI_TEST(interleaved_coefficients) {
  rungs r = open_rungs(NULL, 0);
  jfhe_ct *a[RATIO], *back[RATIO];
  jfi_vec v[RATIO], want = jfi_vec_new(BIG);
  for (size_t j = 0; j < RATIO; j++) {
    v[j] = jfi_vec_random(&r.small, SMALL, 0);
    a[j] = jfi_world_encrypt(&r.small, &v[j], JFHE_PACK_COEFF, 0, 4);
    back[j] = jfi_world_room(&r.small, 1);
    for (size_t i = 0; i < SMALL; i++) want.re[RATIO * i + j] = v[j].re[i];
  }
  jfhe_ct *up = lift(&r, a, RATIO, JFHE_OK);
  jfi_world_check(&r.big, up, &want, "interleaved");
  lower(&r, back, RATIO, up, JFHE_OK);
  for (size_t j = 0; j < RATIO; j++) jfi_world_check(&r.small, back[j], &v[j], "interleaved, lowered");
  free_all(a, v, RATIO);
  for (size_t j = 0; j < RATIO; j++) jfhe_ct_free(back[j]);
  jfhe_ct_free(up);
  jfi_vec_free(&want);
  close_rungs(&r);
}

/* slot t = sum over j of w^(j 5^t) a_j[t mod n/2] */
static jfi_vec mixed(const jfi_vec *v, size_t count) {
  jfi_vec r = jfi_vec_new(BIG / 2);
  size_t power = 1;
  for (size_t t = 0; t < BIG / 2; t++, power = power * 5 % (2 * BIG))
    for (size_t j = 0; j < count; j++) {
      double x = acos(-1) * (double)(j * power % (2 * BIG)) / (double)BIG, re = v[j].re[t % (SMALL / 2)],
             im = v[j].im[t % (SMALL / 2)];
      r.re[t] += re * cos(x) - im * sin(x);
      r.im[t] += re * sin(x) + im * cos(x);
    }
  return r;
}

static jfhe_linmap *ladder_map(rungs *r, int mix) {
  jfhe_linmap *map = NULL;
  CHECK_OK(jfhe_linmap_new_ladder(&map, r->big.ctx, LOG_SMALL, mix));
  return map;
}

static void apply_ladder(rungs *r, jfhe_ct *ct, int mix) {
  jfhe_linmap *map = ladder_map(r, mix);
  size_t len = jfhe_linmap_scratch(r->big.ctx, map, ct->level);
  void *scratch = jfi_alloc(len);
  CHECK_OK(jfhe_linmap_apply(r->big.ctx, ct, ct, map, r->big.keys, scratch, len));
  jfi_free(scratch);
  jfhe_linmap_free(map);
}

static const int32_t TURNS[] = {SMALL / 2, SMALL, 3 * SMALL / 2, -SMALL / 2};

/* RATIO random vectors of the smaller ring, and all of them side by side. */
static jfi_vec side_by_side(rungs *r, jfi_vec *v, jfhe_ct **a, int complex) {
  jfi_vec want = jfi_vec_new(BIG / 2);
  for (size_t j = 0; j < RATIO; j++) {
    v[j] = jfi_vec_random(&r->small, SMALL / 2, complex);
    a[j] = jfi_world_encrypt(&r->small, &v[j], complex ? JFHE_PACK_COMPLEX : JFHE_PACK_REAL, LOG_SMALL - 1, 4);
    memcpy(want.re + j * SMALL / 2, v[j].re, SMALL / 2 * sizeof(double));
    memcpy(want.im + j * SMALL / 2, v[j].im, SMALL / 2 * sizeof(double));
  }
  return want;
}

JFI_TEST(mixed_slots) {
  rungs r = open_rungs(TURNS, 4);
  jfhe_ct *a[RATIO];
  jfi_vec v[RATIO], want = side_by_side(&r, v, a, 1);
  for (size_t count = 2; count <= RATIO; count++) {
    jfi_vec m = mixed(v, count);
    jfhe_ct *up = lift(&r, a, count, JFHE_OK);
    jfi_world_check(&r.big, up, &m, "mixed");
    jfhe_ct_free(up);
    jfi_vec_free(&m);
  }
  jfhe_ct *up = lift(&r, a, RATIO, JFHE_OK);
  apply_ladder(&r, up, 0);
  jfi_world_check(&r.big, up, &want, "separated");
  free_all(a, v, RATIO);
  jfhe_ct_free(up);
  jfi_vec_free(&want);
  close_rungs(&r);
}

static void up_and_down(int complex) {
  rungs r = open_rungs(TURNS, 4);
  jfhe_ct *a[RATIO], *back[RATIO], *up = jfi_world_room(&r.big, 1);
  jfi_vec v[RATIO], want = side_by_side(&r, v, a, complex);
  jfhe_linmap *apart = ladder_map(&r, 0), *mix = ladder_map(&r, 1);
  for (size_t j = 0; j < RATIO; j++) a[j]->bound.worst = 0.1;
  size_t len = jfhe_lift_slots_scratch(r.big.ctx, r.small.ctx, 4, r.up, apart);
  void *scratch = jfi_alloc(len);
  CHECK_STATUS(jfhe_lift_slots(r.big.ctx, up, (const jfhe_ct *const *)a, RATIO, r.up, mix, r.big.keys, scratch, len),
               JFHE_ERR_ARG);
  CHECK_OK(jfhe_lift_slots(r.big.ctx, up, (const jfhe_ct *const *)a, RATIO, r.up, apart, r.big.keys, scratch, len));
  jfi_free(scratch);
  jfi_world_check(&r.big, up, &want, "lifted and separated");
  /* a pretended error of 0.1 comes through once, not RATIO times */
  CHECK(up->bound.mag >= 1 && up->bound.mag < 1.001 && up->bound.worst > 0.1 && up->bound.worst < 0.11);
  for (size_t j = 0; j < RATIO; j++) back[j] = jfi_world_room(&r.small, 1);
  len = jfhe_lower_slots_scratch(r.big.ctx, up->level, r.down, mix);
  scratch = jfi_alloc(len);
  CHECK_OK(jfhe_lower_slots(r.big.ctx, back, RATIO, up, r.down, mix, r.big.keys, scratch, len));
  jfi_free(scratch);
  for (size_t j = 0; j < RATIO; j++) {
    jfi_world_check(&r.small, back[j], &v[j], "mixed and lowered");
    CHECK(back[j]->bound.mag >= 1 && back[j]->bound.mag < 1.001 && back[j]->bound.worst > 0.1 &&
          back[j]->bound.worst < 0.12);
    jfhe_ct_free(back[j]);
  }
  free_all(a, v, RATIO);
  jfhe_ct_free(up);
  jfhe_linmap_free(apart);
  jfhe_linmap_free(mix);
  jfi_vec_free(&want);
  close_rungs(&r);
}

JFI_TEST(up_and_down_complex) { up_and_down(1); }
JFI_TEST(up_and_down_real) { up_and_down(0); }

JFI_TEST(ladder_refuses) {
  rungs r = open_rungs(NULL, 0);
  jfi_vec v = jfi_vec_random(&r.small, 8, 0);
  jfhe_ct *a[2] = {jfi_world_encrypt(&r.small, &v, JFHE_PACK_REAL, 3, 4),
                   jfi_world_encrypt(&r.small, &v, JFHE_PACK_REAL, 3, 3)};
  jfhe_ct *many[RATIO + 1], *out = NULL;
  for (size_t j = 0; j <= RATIO; j++) many[j] = a[0];
  jfhe_ct_free(lift(&r, a, 2, JFHE_ERR_LEVEL));
  jfhe_ct_free(lift(&r, many, RATIO + 1, JFHE_ERR_ARG));
  uint32_t log_slots = a[1]->log_slots;
  a[1]->log_slots = 2;
  a[1]->level = 4;
  a[1]->primes = a[0]->primes;
  a[1]->scale = a[0]->scale;
  jfhe_ct_free(lift(&r, a, 2, JFHE_ERR_FORM));
  a[1]->log_slots = log_slots;
  a[1]->scale *= 1.5;
  jfhe_ct_free(lift(&r, a, 2, JFHE_ERR_SCALE));
  jfhe_evk *up = r.up;
  r.up = r.down;
  jfhe_ct_free(lift(&r, a, 1, JFHE_ERR_KEY));
  r.up = up;
  out = lift(&r, a, 1, JFHE_OK);
  jfhe_ct *back[2] = {jfi_world_room(&r.small, 1), jfi_world_room(&r.small, 1)};
  lower(&r, back, 2, out, JFHE_ERR_ARG);
  jfhe_evk *down = r.down;
  r.down = up;
  lower(&r, back, 1, out, JFHE_ERR_KEY);
  r.down = down;
  /* a ring that does not carry the primes */
  jfhe_ctx *strange = big_ctx(0);
  CHECK_EQ(jfhe_lift_level(strange, r.small.ctx, 4), UINT32_MAX);
  CHECK_EQ(jfhe_lift_level(r.small.ctx, r.big.ctx, 4), UINT32_MAX);
  jfhe_ctx_free(strange);
  jfhe_ct_free(out);
  jfhe_ct_free(a[0]);
  jfhe_ct_free(a[1]);
  jfhe_ct_free(back[0]);
  jfhe_ct_free(back[1]);
  jfi_vec_free(&v);
  close_rungs(&r);
}

JFI_TEST(presets_meet) {
  jfhe_ctx *small = NULL, *big = NULL;
  REQUIRE_OK(jfhe_ctx_new_preset(&small, "stats"));
  REQUIRE_OK(jfhe_ctx_new_preset(&big, "ml"));
  uint32_t level = jfhe_lift_level(big, small, jfhe_ctx_levels(small));
  CHECK(level >= 5 && level <= jfhe_ctx_levels(big));
  printf("stats level %u arrives at ml level %u of %u\n", jfhe_ctx_levels(small), level, jfhe_ctx_levels(big));
  jfhe_ctx_free(small);
  jfhe_ctx_free(big);
}

static void carries(const char *above, const char *below) {
  jfhe_ctx *small = NULL, *big = NULL;
  REQUIRE_OK(jfhe_ctx_new_preset(&small, below));
  REQUIRE_OK(jfhe_ctx_new_preset(&big, above));
  for (uint32_t l = 4; l <= jfhe_ctx_levels(small); l++) {
    uint32_t level = jfhe_lift_level(big, small, l);
    CHECK(level != UINT32_MAX && level + 3 >= l);
  }
  jfhe_ctx_free(small);
  jfhe_ctx_free(big);
}

JFI_TEST_SLOW(deep_carries_ml) {
  carries("deep", "ml");
  carries("deep-lean", "ml");
}
JFI_TEST_SLOW(deep_small_carries_stats) { carries("deep-small", "stats"); }
