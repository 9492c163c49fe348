/* t-circuit-bridge.c: one number from exact integers to approximate numbers and back: what decrypts exactly and what decrypts approximately are the
 * same number within the bound, with random and extreme integers, several moduli, used-up noise, sets of primes that do not nest. */
/* every-isa */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "bgv-cases.h"
#include "jfhe/bridge.h"
#include "jfhe/codec.h"

enum { PARTS = 3 };

/* One context and secret, integers modulo several primes. */
typedef struct room {
  bgv_world w[PARTS];
  const jfhe_bgv *b[PARTS];
  jfhe_ct *part[PARTS];
  uint32_t t[PARTS];
  double product; /* of the primes; below 2^53 */
  size_t count;
  jfhe_ct *out, *back;
  double *got, closest; /* closest: error over bound */
} room;

static int open_room(room *r, jfhe_ctx *ctx, size_t count) {
  *r = (room){.count = count, .product = 1};
  if (!ctx || jfhe_bgv_basis(ctx->ring->log_n, 48, r->t, PARTS) < PARTS || !bgv_world_open(&r->w[0], ctx, r->t[0]))
    return 0;
  for (size_t p = 0; p < count; p++) {
    bgv_world *w = &r->w[p];
    if (p > 0) {
      *w = r->w[0];
      w->t = r->t[p];
      CHECK_OK(jfhe_bgv_new(&w->b, ctx, r->t[p]));
      w->n = jfhe_bgv_slots(w->b);
    }
    r->b[p] = w->b;
    r->product *= (double)w->t;
  }
  r->out = bgv_room(&r->w[0]);
  r->back = bgv_room(&r->w[0]);
  r->got = calloc(ctx->ring->n, sizeof *r->got);
  return r->got != NULL;
}

static void close_parts(room *r) {
  for (size_t p = 0; p < r->count; p++) jfhe_ct_free(r->part[p]);
}

static void close_room(room *r) {
  free(r->got);
  jfhe_ct_free(r->out);
  jfhe_ct_free(r->back);
  for (size_t p = 1; p < r->count; p++) jfhe_bgv_free(r->w[p].b);
  bgv_world_close(&r->w[0]);
}

/* c in every slot, modulo each prime. */
static void encrypt(room *r, int64_t c, uint32_t level) {
  for (size_t p = 0; p < r->count; p++) {
    int64_t *v = calloc(r->w[p].n, sizeof *v);
    for (size_t i = 0; i < r->w[p].n; i++) v[i] = bgv_centre(&r->w[p], c);
    r->part[p] = bgv_encrypt(&r->w[p], v, level);
    free(v);
  }
}

static const jfhe_ct *const *parts(const room *r) { return (const jfhe_ct *const *)r->part; }

static jfhe_status there(room *r, uint32_t log_slots, uint32_t level, double most) {
  bgv_world *w = &r->w[0];
  return jfhe_bridge_to_ckks(r->b, r->out, parts(r), r->count, log_slots, level, most, w->scratch, w->scratch_len);
}

/* The largest distance of a slot from `want`; checks that it lies within the ciphertext's own bound. */
static double distance(room *r, const jfhe_ct *ct, double want) {
  bgv_world *w = &r->w[0];
  jfhe_pt *pt = NULL;
  size_t slots = (size_t)1 << jfhe_ct_log_slots(ct);
  double most = 0;
  CHECK_OK(jfhe_pt_new(&pt, w->ctx, jfhe_ct_level(ct)));
  CHECK_OK(jfhe_decrypt(w->ctx, pt, ct, w->sk, w->scratch, w->scratch_len));
  CHECK_OK(jfhe_ckks_decode(w->ctx, r->got, r->got + slots, slots, pt, w->scratch, w->scratch_len));
  for (size_t i = 0; i < slots; i++) most = fmax(most, hypot(r->got[i] - want, r->got[slots + i]));
  double bound = jfhe_pt_error(pt);
  if (!(most <= bound)) printf("off by %.3g, bound %.3g, of %.17g\n", most, bound, want);
  CHECK(most <= bound);
  CHECK(most <= jfhe_ct_error_probable(ct) + (bound - jfhe_ct_error_worst(ct)));
  CHECK(fabs(want) <= jfhe_ct_magnitude(ct) * (1 + 0x1p-40));
  r->closest = fmax(r->closest, most / bound);
  jfhe_pt_free(pt);
  return most;
}

/* Integers that a bound allows: its ends, what is next to 0, and anything between. */
static int64_t pick(room *r, int kind, int64_t most) {
  switch (kind) {
  case 0: return most;
  case 1: return -most;
  case 2: return 0;
  case 3: return 1;
  case 4: return -1;
  default: return (int64_t)jfi_test_rng_below(&r->w[0].rng, 2 * (uint64_t)most + 1) - most;
  }
}

static void all_levels(room *r, uint32_t top, double share) {
  int64_t most = (int64_t)((r->product - 1) / 2 * share);
  for (uint32_t from = 1; from <= top; from++)
    for (uint32_t level = from > 2 ? from - 2 : 0; level < from; level++)
      for (int kind = 0; kind < 7; kind++) {
        double unit = 0;
        int64_t c = pick(r, kind, most);
        encrypt(r, c, from);
        CHECK_OK(jfhe_bridge_unit(&unit, r->b, r->count, level, (double)most));
        CHECK(unit > 0);
        CHECK_OK(there(r, r->w[0].ctx->ring->log_n - 1 - (uint32_t)kind % 3, level, (double)most));
        CHECK_EQ(jfhe_ct_level(r->out), level);
        CHECK(jfhe_ct_scale(r->out) == r->w[0].ctx->chain.scale[level]);
        distance(r, r->out, unit * (double)c);
        close_parts(r);
      }
}

/* Two ways: every part decrypts to c modulo its prime exactly (t-bgv-encode), and the bridge to unit * c within its bound. */
JFI_TEST(there_from_every_level) {
  static const double share[] = {0.999, 0.001, 1e-9};
  for (size_t count = 1; count <= PARTS; count++)
    for (size_t i = 0; i < count; i++) {
      room r;
      if (!open_room(&r, jfi_test_ctx(6, 3, 46, 2), count)) return;
      all_levels(&r, 3, share[i]);
      printf("%zu moduli, share %g: error at most %.2g of its bound\n", count, share[i], r.closest);
      CHECK(r.closest > 1e-3); /* a bound that is no guess */
      close_room(&r);
    }
}

/* Small integers stay within [-1, 1] where the moduli leave room, and a unit is a whole multiple of the smallest. */
JFI_TEST(units) {
  room r;
  double unit = 0, least = 0;
  if (!open_room(&r, jfi_test_ctx(6, 3, 46, 2), PARTS)) return;
  for (double most = 1; most < r.product / 8; most *= 7) {
    CHECK_OK(jfhe_bridge_unit(&unit, r.b, PARTS, 0, most));
    CHECK(unit * most <= 1 + 0x1p-40 && unit * most > 0.4);
  }
  CHECK_OK(jfhe_bridge_unit(&least, r.b, PARTS, 0, (r.product - 1) / 2.01));
  CHECK(least * r.product / 2 <= 2.1); /* level 0 has two bits over its scale */
  CHECK_OK(jfhe_bridge_unit(&unit, r.b, PARTS, 2, 1000));
  CHECK_CLOSE(unit / least, jfi_ctx_product(r.w[0].ctx, r.w[0].ctx->chain.level[2]) / 0x1p48, 0.01 * 0x1p92);
  CHECK_STATUS(jfhe_bridge_unit(&unit, r.b, PARTS, 0, r.product / 2), JFHE_ERR_RANGE);
  CHECK_STATUS(jfhe_bridge_unit(&unit, r.b, PARTS, 0, 0), JFHE_ERR_RANGE);
  CHECK_STATUS(jfhe_bridge_unit(&unit, r.b, PARTS, 0, NAN), JFHE_ERR_RANGE);
  CHECK_STATUS(jfhe_bridge_unit(&unit, r.b, PARTS, 4, 1), JFHE_ERR_LEVEL);
  CHECK_STATUS(jfhe_bridge_unit(&unit, r.b, 0, 0, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bridge_unit(&unit, NULL, 1, 0, 1), JFHE_ERR_ARG);
  const jfhe_bgv *twice[] = {r.b[0], r.b[0]}, *none[] = {r.b[0], NULL};
  CHECK_STATUS(jfhe_bridge_unit(&unit, twice, 2, 0, 1), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bridge_unit(&unit, none, 2, 0, 1), JFHE_ERR_ARG);
  close_room(&r);
}

/* Totals of encrypted vectors, products and other plaintext factors: what programs hand over. */
JFI_TEST(computed_integers) {
  room r;
  if (!open_room(&r, jfi_test_ctx(6, 4, 46, 2), 2)) return;
  int64_t total = 0, *v = calloc(r.w[0].n, sizeof *v);
  size_t need = jfhe_bgv_sum_scratch(r.w[0].ctx, 4);
  void *scratch = jfi_alloc(need);
  for (size_t i = 0; i < r.w[0].n; i++) {
    v[i] = (int64_t)jfi_test_rng_below(&r.w[0].rng, 401) - 200;
    total += v[i] * v[i];
  }
  for (uint32_t kept = 3; kept <= 4; kept++) { /* a product that kept its level has a factor of its own */
    for (size_t p = 0; p < 2; p++) {
      bgv_world *w = &r.w[p];
      r.part[p] = bgv_encrypt(w, v, 4);
      CHECK_OK(jfhe_bgv_mul(w->b, r.part[p], r.part[p], r.part[p], kept, w->keys, w->scratch, w->scratch_len));
      CHECK_OK(jfhe_bgv_inner_sum(w->b, r.part[p], r.part[p], 1, (uint32_t)w->n / 2, 1, w->keys, scratch, need));
    }
    for (uint32_t level = 0; level < kept; level++) {
      double unit = 0;
      CHECK_OK(jfhe_bridge_unit(&unit, r.b, 2, level, 4e6));
      CHECK_OK(there(&r, 5, level, 4e6));
      distance(&r, r.out, unit * (double)total);
      if (kept == 3 && level == 0) CHECK(jfhe_ct_error_worst(r.out) < 0x1p-20);
    }
    close_parts(&r);
  }
  jfi_free(scratch);
  free(v);
  close_room(&r);
}

/* With the canonical scale and levels left it is a number like others: sums and products with encrypted numbers. */
JFI_TEST(beside_numbers) {
  room r;
  if (!open_room(&r, jfi_test_ctx(7, 3, 46, 2), PARTS)) return;
  bgv_world *w = &r.w[0];
  const jfhe_ctx *ctx = w->ctx;
  double re[64], unit = 0;
  jfhe_pt *pt = NULL;
  jfhe_ct *x = bgv_room(w), *y = bgv_room(w);
  for (size_t i = 0; i < 64; i++) re[i] = 0.625;
  encrypt(&r, -1, 3);
  CHECK_OK(jfhe_bridge_unit(&unit, r.b, PARTS, 1, 1)); /* 49 bits of moduli: one level, and 1 in [-1, 1] */
  CHECK(unit > 0.4 && unit <= 1);
  CHECK_OK(there(&r, 6, 1, 1));
  CHECK_OK(jfhe_pt_new(&pt, ctx, 1));
  CHECK_OK(jfhe_ckks_encode_fresh(ctx, pt, re, NULL, 64, JFHE_PACK_REAL, 6, 1, 0, 1, w->scratch, w->scratch_len));
  CHECK_OK(jfhe_encrypt(ctx, x, pt, w->sk, w->scratch, w->scratch_len));
  CHECK_OK(jfhe_ckks_add(ctx, y, r.out, x));
  distance(&r, y, 0.625 - unit);
  CHECK_OK(jfhe_ckks_mul(ctx, y, r.out, x, w->keys, w->scratch, w->scratch_len));
  distance(&r, y, unit * -0.625);
  CHECK_EQ(jfhe_ct_level(y), 0);
  jfhe_ct_free(x);
  jfhe_ct_free(y);
  jfhe_pt_free(pt);
  close_parts(&r);
  close_room(&r);
}

/* A number c in all slots, as unit * c, at a level. */
static jfhe_ct *number(room *r, double value, double bound, uint32_t packing, uint32_t log_slots, uint32_t level) {
  bgv_world *w = &r->w[0];
  size_t slots = (size_t)1 << log_slots;
  jfhe_pt *pt = NULL;
  jfhe_ct *ct = bgv_room(w);
  for (size_t i = 0; i < slots; i++) r->got[i] = value;
  CHECK_OK(jfhe_pt_new(&pt, w->ctx, level));
  CHECK_OK(jfhe_ckks_encode_fresh(w->ctx, pt, r->got, NULL, slots, packing, log_slots, level, 0, bound, w->scratch,
                                  w->scratch_len));
  CHECK_OK(jfhe_encrypt(w->ctx, ct, pt, w->sk, w->scratch, w->scratch_len));
  jfhe_pt_free(pt);
  return ct;
}

static jfhe_status back(room *r, size_t p, const jfhe_ct *a, double unit, double most, double off, uint32_t level) {
  bgv_world *w = &r->w[p];
  return jfhe_bridge_to_bgv(w->b, r->back, a, unit, most, off, level, w->scratch, w->scratch_len);
}

/* Every residue is right, and its noise within its bound (bgv_check). */
static void check_back(room *r, size_t p, int64_t c, const char *what) {
  int64_t *want = calloc(r->w[p].n, sizeof *want);
  for (size_t i = 0; i < r->w[p].n; i++) want[i] = bgv_centre(&r->w[p], c);
  bgv_check(&r->w[p], r->back, want, what);
  free(want);
}

JFI_TEST(back_to_every_level) {
  static const int64_t most[] = {1, 1000, 10000000};
  room r;
  if (!open_room(&r, jfi_test_ctx(6, 3, 46, 2), 2)) return;
  uint32_t refused = 0, made = 0;
  for (uint32_t from = 0; from <= 3; from++)
    for (uint32_t level = 0; level <= from; level++)
      for (size_t m = 0; m < 3; m++)
        for (int kind = 0; kind < 7; kind++) {
          int64_t c = pick(&r, kind, most[m]);
          double unit = (kind % 2 ? -0.75 : 1.0) / (double)most[m];
          jfhe_ct *a = number(&r, unit * (double)c, 1, kind % 3 ? JFHE_PACK_REAL : JFHE_PACK_COMPLEX,
                              5 - (uint32_t)kind % 2, from);
          for (size_t p = 0; p < 2; p++) {
            jfhe_status st = back(&r, p, a, unit, (double)most[m], 0, level);
            if (from == 0 &&
                st == JFHE_ERR_RANGE) { /* scale Q/t is below the number's own: nothing can be rounded away */
              refused++;
              continue;
            }
            CHECK_OK(st);
            check_back(&r, p, c, "back");
            CHECK_EQ(jfhe_ct_level(r.back), level);
            CHECK(jfhe_ct_magnitude(r.back) == (double)most[m]);
            made++;
          }
          jfhe_ct_free(a);
        }
  printf("%u made, %u refused\n", made, refused);
  CHECK(made > 100);
  close_room(&r);
}

/* There and back, and what is left of it: sums and small factors, not products. */
JFI_TEST(there_and_back) {
  room r;
  if (!open_room(&r, jfi_test_ctx(6, 4, 46, 2), 2)) return;
  bgv_world *w = &r.w[0];
  double unit = 0;
  encrypt(&r, -123456, 4);
  CHECK_OK(jfhe_bridge_unit(&unit, r.b, 2, 2, 2e5));
  CHECK_OK(there(&r, 4, 2, 2e5));
  for (uint32_t level = 3; level-- > 0;)
    for (size_t p = 0; p < 2; p++) {
      CHECK_OK(back(&r, p, r.out, unit, 2e5, 0, level));
      check_back(&r, p, -123456, "there and back");
      CHECK(jfhe_bgv_budget(r.back) > 3);
      CHECK_STATUS(jfhe_bgv_mul(r.w[p].b, r.back, r.back, r.back, level, w->keys, w->scratch, w->scratch_len),
                   JFHE_ERR_RANGE);
      CHECK_OK(jfhe_bgv_mul_const(r.w[p].b, r.back, r.back, 3));
      check_back(&r, p, -3 * 123456, "times 3");
      if (level == 0) continue; /* of others' noise a factor takes all the room there */
      CHECK_OK(jfhe_bgv_to_level(r.w[p].b, r.part[p], r.part[p], level, w->scratch, w->scratch_len));
      for (int turn = 0; turn < 2; turn++) { /* a bit of room is not spent on plaintext factors */
        CHECK_OK(back(&r, p, r.out, unit, 2e5, 0.22, level));
        jfhe_ct *a = turn ? r.part[p] : r.back, *c = turn ? r.back : r.part[p];
        CHECK_OK(jfhe_bgv_add(r.w[p].b, r.back, a, c));
        check_back(&r, p, -2 * 123456, "beside another");
      }
      CHECK_OK(jfhe_bgv_add_const(r.w[p].b, r.back, r.back, 7));
      check_back(&r, p, (level ? 7 - 2 * 123456 : 7 - 3 * 123456), "plus 7");
    }
  close_parts(&r);
  close_room(&r);
}

/* Sets that do not nest: primes come as well as go. */
JFI_TEST(rational_levels) {
  room r;
  if (!open_room(&r, jfi_test_ctx_rational(6, 2, 2), PARTS)) return;
  uint32_t top = r.w[0].ctx->chain.top;
  all_levels(&r, top, 0.01);
  for (uint32_t from = 1; from <= top; from++)
    for (uint32_t level = 0; level <= from; level++) {
      jfhe_ct *a = number(&r, 0.75, 1, JFHE_PACK_REAL, 5, from);
      jfhe_status st = back(&r, 0, a, 0.75 / 40, 100, 0, level);
      int large = jfi_ctx_log2(r.w[0].ctx, r.w[0].ctx->chain.level[level]) > 540; /* noise is squared in doubles */
      CHECK_STATUS(st, large ? JFHE_ERR_RANGE : JFHE_OK);
      if (st == JFHE_OK) check_back(&r, 0, 40, "back over sets that do not nest");
      jfhe_ct_free(a);
    }
  close_room(&r);
}

/* Integers times 2 and times 1/2 modulo t are what they were, with t times their noise; 0 when that is more than fits. */
static int make_noise(room *r) {
  for (size_t p = 0; p < r->count; p++) {
    const jfhe_bgv *b = r->w[p].b;
    if (jfhe_bgv_mul_const(b, r->part[p], r->part[p], 2) != JFHE_OK) return 0;
    if (jfhe_bgv_mul_const(b, r->part[p], r->part[p], (int32_t)(r->w[p].t - 1) / 2) != JFHE_OK) return 0; /* -1/2 */
    CHECK_OK(jfhe_bgv_neg(b, r->part[p], r->part[p]));
  }
  return 1;
}

/* Noise that is nearly as large as the modulus: still right within the bound, or refused. A wrong number never. */
JFI_TEST(little_noise_budget) {
  room r;
  if (!open_room(&r, jfi_test_ctx(6, 2, 46, 2), 2)) return;
  uint32_t made = 0, refused = 0;
  double unit = 0, closest = 0;
  CHECK_OK(jfhe_bridge_unit(&unit, r.b, 2, 0, 1e9));
  for (int64_t c = 5; c < 5000; c = 3 * c + 1)
    for (int rounds = 0; rounds < 4; rounds++) {
      encrypt(&r, c, 1);
      for (int i = 0; i < rounds; i++) (void)make_noise(&r);
      jfhe_status st = there(&r, 5, 0, 1e9);
      CHECK(st == JFHE_OK || st == JFHE_ERR_RANGE);
      if (st == JFHE_OK && rounds > 1) { /* noise of the integers, not of the division */
        closest = fmax(closest, distance(&r, r.out, unit * (double)c) / jfhe_ct_error_worst(r.out));
        made++;
      }
      close_parts(&r);
    }
  printf("noise of integers at most %.2g of its bound\n", closest);
  CHECK(closest > 0.002);
  /* Back: the closer the error is to 1/2, the less is left, and at 1/2 nothing. */
  for (double off = 0.01; off < 1; off += 0.07) {
    jfhe_ct *a = number(&r, 0.5 * (9 + 0.9 * (off < 0.49 ? off : 0)), 8, JFHE_PACK_REAL, 5, 1);
    jfhe_status st = back(&r, 0, a, 0.5, 10, off, 0);
    CHECK(st == JFHE_OK ? off < 0.5 : st == JFHE_ERR_RANGE && off > 0.49);
    if (st == JFHE_OK) check_back(&r, 0, 9, "an integer that is far off");
    refused += st != JFHE_OK;
    jfhe_ct_free(a);
  }
  printf("%u made, %u refused\n", made, refused);
  CHECK(made > 5 && refused > 3);
  close_room(&r);
}

JFI_TEST(refusals) {
  room r;
  if (!open_room(&r, jfi_test_ctx(6, 2, 46, 2), 2)) return;
  bgv_world *w = &r.w[0];
  const jfhe_ctx *ctx = w->ctx;
  encrypt(&r, 5, 2);
  CHECK_STATUS(there(&r, 5, 3, 10), JFHE_ERR_LEVEL);
  CHECK_STATUS(there(&r, 6, 1, 10), JFHE_ERR_ARG);
  CHECK_STATUS(there(&r, 5, 1, r.product), JFHE_ERR_RANGE);
  CHECK_STATUS(jfhe_bridge_to_ckks(r.b, r.part[0], parts(&r), 2, 5, 1, 10, w->scratch, w->scratch_len), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bridge_to_ckks(r.b, r.out, parts(&r), 2, 5, 1, 10, w->scratch, 100), JFHE_ERR_SCRATCH);
  CHECK_STATUS(jfhe_bridge_to_ckks(r.b, NULL, parts(&r), 2, 5, 1, 10, w->scratch, w->scratch_len), JFHE_ERR_ARG);
  const jfhe_bgv *turned[] = {r.b[1], r.b[0]};
  CHECK_STATUS(jfhe_bridge_to_ckks(turned, r.out, parts(&r), 2, 5, 1, 10, w->scratch, w->scratch_len), JFHE_ERR_FORM);
  CHECK_OK(jfhe_bgv_to_level(r.b[1], r.part[1], r.part[1], 1, w->scratch, w->scratch_len));
  CHECK_STATUS(there(&r, 5, 1, 10), JFHE_ERR_LEVEL);
  CHECK_OK(jfhe_bgv_to_level(r.b[0], r.part[0], r.part[0], 1, w->scratch, w->scratch_len));
  r.part[1]->key_id[0] ^= 1;
  CHECK_STATUS(there(&r, 5, 0, 10), JFHE_ERR_KEY);
  CHECK_STATUS(back(&r, 0, r.part[0], 1, 10, 0, 0), JFHE_ERR_FORM);
  jfhe_ct *a = number(&r, 0.5, 1, JFHE_PACK_REAL, 5, 1), *three = NULL;
  CHECK_OK(jfhe_ct_new(&three, ctx, 2, 1));
  CHECK_OK(jfhe_ckks_mul_lazy(ctx, three, a, a));
  CHECK_STATUS(back(&r, 0, three, 1, 10, 0, 0), JFHE_ERR_FORM);
  CHECK_STATUS(back(&r, 0, a, 0.5, 10, 0, 2), JFHE_ERR_LEVEL);
  CHECK_STATUS(back(&r, 0, a, 0, 10, 0, 0), JFHE_ERR_ARG);
  CHECK_STATUS(back(&r, 0, a, NAN, 10, 0, 0), JFHE_ERR_ARG);
  CHECK_STATUS(back(&r, 0, a, 0.5, 0, 0, 0), JFHE_ERR_ARG);
  CHECK_STATUS(back(&r, 0, a, 0.5, 10, -1, 0), JFHE_ERR_ARG);
  CHECK_STATUS(back(&r, 0, a, 0.5, 10, 0.5, 0), JFHE_ERR_RANGE);
  CHECK_STATUS(back(&r, 0, a, 1e-14, 10, 0, 0), JFHE_ERR_RANGE); /* neighbours closer than the error */
  CHECK_STATUS(jfhe_bridge_to_bgv(r.b[0], a, a, 0.5, 10, 0, 0, w->scratch, w->scratch_len), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bridge_to_bgv(r.b[0], r.back, a, 0.5, 10, 0, 0, w->scratch, 0), JFHE_ERR_SCRATCH);
  CHECK_EQ(jfhe_bridge_scratch(ctx, 3), 0);
  CHECK_EQ(jfhe_bridge_scratch(NULL, 0), 0);
  jfhe_ct_free(a);
  jfhe_ct_free(three);
  close_parts(&r);
  close_room(&r);
}
