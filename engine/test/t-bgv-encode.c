/* t-bgv-encode.c: slots and coefficients of integers modulo t, two ways; encryption there and back. */
/* every-isa */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bgv-cases.h"
#include "bgv/encode.h"
#include "jfhe/codec.h"
#include "ring/root.h"

static uint64_t pow_mod(uint64_t a, uint64_t e, uint64_t q) {
  uint64_t r = 1;
  for (; e; e >>= 1, a = a * a % q)
    if (e & 1) r = r * a % q;
  return r;
}

/* The coefficients, evaluated term by term at the roots that slots stand for. */
static void by_hand(bgv_world *w, const int64_t *v) {
  uint64_t *y = jfi_alloc(w->n * sizeof *y), t = (uint64_t)w->t;
  uint64_t psi = jfi_root_order_var(t, w->b->log_slots + 1), e = 1, bad = 0;
  jfi_bgv_to_coeffs(w->b, y, v, w->n, 1);
  for (size_t i = 0; i < w->n / 2; i++, e = e * 5 % (2 * w->n))
    for (size_t row = 0; row < 2; row++) {
      uint64_t x = pow_mod(psi, row ? 2 * w->n - e : e, t), sum = 0;
      for (size_t k = w->n; k-- > 0;) sum = (sum * x + y[k]) % t;
      bad += bgv_centre(w, (int64_t)sum) != v[row * (w->n / 2) + i];
    }
  CHECK_EQ(bad, 0);
  jfi_free(y);
}

static const struct {
  uint32_t log_n, t;
} SPACE[] = {{4, 17}, {5, 97}, {5, 257}, {6, 65537}, {8, 12289}, {7, 786433}, {9, 65537}, {10, 163841}};

JFI_TEST(slots_are_values_at_roots) {
  for (size_t i = 0; i < sizeof SPACE / sizeof *SPACE; i++) {
    bgv_world w;
    if (!bgv_world_open(&w, jfi_test_ctx(SPACE[i].log_n, 2, 44, 1), SPACE[i].t)) return;
    for (int fill = 0; fill < BGV_FILLS; fill++) {
      int64_t *v = bgv_vec(&w, (enum bgv_fill)fill), *back = calloc(w.n, sizeof *back);
      uint64_t *y = jfi_alloc(w.n * sizeof *y);
      by_hand(&w, v);
      jfi_bgv_to_coeffs(w.b, y, v, w.n, 1);
      jfi_bgv_from_coeffs(w.b, back, w.n, y);
      CHECK_MEM(back, v, w.n * sizeof *v);
      for (uint32_t level = 0; level <= 2; level++) {
        jfhe_ct *ct = bgv_encrypt(&w, v, level);
        bgv_check(&w, ct, v, "encryption");
        jfhe_ct_free(ct);
      }
      jfi_free(y);
      free(back);
      free(v);
    }
    bgv_world_close(&w);
  }
}

/* The norm by FFT against the plain sums in long double. */
JFI_TEST(norms_bound_every_root) {
  bgv_world w;
  if (!bgv_world_open(&w, jfi_test_ctx(6, 1, 44, 1), 65537)) return;
  for (int fill = 0; fill < BGV_FILLS; fill++) {
    int64_t *v = bgv_vec(&w, (enum bgv_fill)fill);
    uint64_t *y = jfi_alloc(w.n * sizeof *y);
    double *fft = jfi_alloc(w.n * sizeof *fft);
    jfi_bgv_to_coeffs(w.b, y, v, w.n, 1);
    double norm = jfi_bgv_norm(w.b, y, fft), most = 0;
    for (size_t j = 0; j < w.n; j++) {
      long double re = 0, im = 0;
      for (size_t k = 0; k < w.n; k++) {
        long double a = 3.14159265358979323846264338327950288L * (long double)((2 * j + 1) * k % (2 * w.n)) / w.n;
        re += (long double)jfi_bgv_centre(w.b, y[k]) * cosl(a);
        im += (long double)jfi_bgv_centre(w.b, y[k]) * sinl(a);
      }
      most = fmax(most, (double)hypotl(re, im));
    }
    CHECK(norm >= most && norm <= most * (1 + 1e-8) + 1e-300);
    jfi_free(y);
    jfi_free(fft);
    free(v);
  }
  bgv_world_close(&w);
}

JFI_TEST(every_residue_of_int64) {
  bgv_world w;
  if (!bgv_world_open(&w, jfi_test_ctx(5, 1, 44, 1), 97)) return;
  const int64_t x[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX, -1, 0, 1, 96, 97, 98, -97, (int64_t)1 << 62};
  for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
    int64_t want = (x[i] % 97 + 97) % 97;
    CHECK_EQ(jfi_bgv_mod(w.b, x[i]), want);
  }
  jfhe_pt *pt = NULL;
  REQUIRE_OK(jfhe_pt_new(&pt, w.ctx, 0));
  CHECK_OK(jfhe_bgv_encode(w.b, pt, x, 11, 0x1p63, JFHE_BGV_FRESH, 0, w.scratch, w.scratch_len));
  CHECK_STATUS(jfhe_bgv_encode(w.b, pt, x, 11, 0x1p62, JFHE_BGV_FRESH, 0, w.scratch, w.scratch_len), JFHE_ERR_VALUE);
  CHECK_STATUS(jfhe_bgv_encode(w.b, pt, x, 11, 0, JFHE_BGV_FRESH, 0, w.scratch, w.scratch_len), JFHE_ERR_VALUE);
  CHECK_STATUS(jfhe_bgv_encode(w.b, pt, x, 11, -1, JFHE_BGV_FRESH, 0, w.scratch, w.scratch_len), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bgv_encode(w.b, pt, x, w.n + 1, 0, JFHE_BGV_FRESH, 0, w.scratch, w.scratch_len), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bgv_encode(w.b, pt, x + 4, 1, 0, 3, 0, w.scratch, w.scratch_len), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bgv_encode(w.b, pt, x + 4, 1, 0, 0, 9, w.scratch, w.scratch_len), JFHE_ERR_LEVEL);
  CHECK_STATUS(jfhe_bgv_encode(w.b, pt, x + 4, 1, 0, 0, 0, w.scratch, 64), JFHE_ERR_SCRATCH);
  jfhe_pt_free(pt);
  bgv_world_close(&w);
}

JFI_TEST(other_moduli_are_refused) {
  jfhe_ctx *ctx = jfi_test_ctx(5, 1, 44, 1);
  jfhe_bgv *b;
  CHECK_STATUS(jfhe_bgv_new(&b, ctx, 0), JFHE_ERR_PARAMS);
  CHECK_STATUS(jfhe_bgv_new(&b, ctx, 65536), JFHE_ERR_PARAMS); /* no prime */
  CHECK_STATUS(jfhe_bgv_new(&b, ctx, 65539), JFHE_ERR_PARAMS); /* prime, no slots */
  CHECK_STATUS(jfhe_bgv_new(&b, NULL, 65537), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_bgv_new(NULL, ctx, 65537), JFHE_ERR_ARG);
  CHECK(b == NULL);
  jfhe_bgv_free(NULL);
  jfhe_ctx_free(ctx);
}

/* What belongs to the other scheme is refused by both. */
JFI_TEST(schemes_do_not_meet) {
  bgv_world w;
  if (!bgv_world_open(&w, jfi_test_ctx(5, 2, 44, 1), 97)) return;
  int64_t *v = bgv_vec(&w, BGV_UNIFORM), got[1];
  double x = 1, e;
  jfhe_ct *ct = bgv_encrypt(&w, v, 2), *real = bgv_room(&w), *out = bgv_room(&w);
  jfhe_pt *factor = bgv_plain(&w, v, JFHE_BGV_FACTOR, 2), *fresh = bgv_plain(&w, v, JFHE_BGV_FRESH, 2), *pt = NULL;
  REQUIRE_OK(jfhe_pt_new(&pt, w.ctx, 2));
  CHECK_OK(jfhe_ckks_encode(w.ctx, pt, &x, NULL, 1, JFHE_PACK_REAL, 3, 2, 0, 1, w.scratch, w.scratch_len));
  CHECK_OK(jfhe_encrypt(w.ctx, real, pt, w.sk, w.scratch, w.scratch_len));
  CHECK_STATUS(jfhe_ckks_add(w.ctx, out, ct, ct), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_ckks_add_pt(w.ctx, out, real, factor), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_ckks_decode(w.ctx, &x, NULL, 1, fresh, w.scratch, w.scratch_len), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_bgv_add(w.b, out, real, real), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_bgv_add(w.b, out, ct, real), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_bgv_add_pt(w.b, out, ct, pt), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_bgv_add_pt(w.b, out, ct, factor), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_bgv_add_pt(w.b, out, ct, fresh), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_bgv_mul_pt(w.b, out, ct, fresh), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_bgv_decode(w.b, got, 1, pt, w.scratch, w.scratch_len), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_bgv_decode(w.b, got, 1, factor, w.scratch, w.scratch_len), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_encrypt(w.ctx, out, factor, w.sk, w.scratch, w.scratch_len), JFHE_ERR_FORM);
  CHECK_STATUS(jfhe_release(w.ctx, &x, NULL, 1, &e, ct, w.sk, NULL, 40, 1, w.scratch, w.scratch_len), JFHE_ERR_FORM);
  jfhe_ct_free(ct);
  jfhe_ct_free(real);
  jfhe_ct_free(out);
  jfhe_pt_free(pt);
  jfhe_pt_free(factor);
  jfhe_pt_free(fresh);
  free(v);
  bgv_world_close(&w);
}

/* Under the public key, at every level. */
JFI_TEST(public_key) {
  bgv_world w;
  if (!bgv_world_open(&w, jfi_test_ctx(8, 2, 44, 1), 65537)) return;
  jfhe_pk *pk = NULL;
  REQUIRE_OK(jfhe_keygen_public(&pk, w.ctx, w.sk));
  for (uint32_t use = JFHE_BGV_FRESH; use <= JFHE_BGV_TERM; use++)
    for (uint32_t level = 0; level <= 2; level++) {
      int64_t *v = bgv_vec(&w, BGV_EXTREMES);
      jfhe_pt *pt = bgv_plain(&w, v, use, level);
      jfhe_ct *ct = bgv_room(&w);
      CHECK_OK(jfhe_encrypt_public(w.ctx, ct, pt, pk, w.scratch, w.scratch_len));
      bgv_check(&w, ct, v, "public encryption");
      jfhe_ct_free(ct);
      jfhe_pt_free(pt);
      free(v);
    }
  jfhe_pk_free(pk);
  bgv_world_close(&w);
}

/* Fresh ones seeded, others packed; what comes back computes on, and opens, as what left. */
JFI_TEST(containers) {
  bgv_world w;
  if (!bgv_world_open(&w, jfi_test_ctx(8, 3, 44, 1), 12289)) return;
  int64_t *v = bgv_vec(&w, BGV_EXTREMES), *u = bgv_vec(&w, BGV_UNIFORM);
  jfhe_ct *a = bgv_encrypt(&w, v, 3), *c = bgv_encrypt(&w, u, 3);
  CHECK_OK(jfhe_bgv_mul(w.b, c, c, c, 3, w.keys, w.scratch, w.scratch_len)); /* a factor that is not its level's */
  for (size_t i = 0; i < w.n; i++) u[i] = bgv_mul(&w, u[i], u[i]);
  jfhe_ct **each[2] = {&a, &c};
  for (int i = 0; i < 2; i++) {
    uint32_t encoding = i ? JFHE_ENCODING_PACKED : JFHE_ENCODING_SEEDED;
    size_t len = jfhe_ct_write_size(*each[i], encoding);
    uint8_t *bytes = malloc(len);
    jfhe_ct *back = NULL;
    jfhe_info info;
    CHECK_OK(jfhe_ct_write(bytes, len, *each[i], encoding));
    CHECK_OK(jfhe_inspect(bytes, len, &info));
    CHECK(info.scheme == JFHE_SCHEME_BGV && info.modulus == 12289 && info.packing == JFHE_PACK_INT);
    CHECK(info.error_worst == 0 && info.magnitude == jfhe_ct_magnitude(*each[i]));
    REQUIRE_OK(jfhe_ct_read(w.ctx, &back, bytes, len));
    CHECK(back->bound.worst == (*each[i])->bound.worst && back->scale == (*each[i])->scale);
    CHECK_EQ(back->factor, (*each[i])->factor);
    jfhe_ct_free(*each[i]);
    *each[i] = back;
    free(bytes);
  }
  CHECK_STATUS(jfhe_ct_write_size(c, JFHE_ENCODING_SEEDED), 0);
  jfhe_ct *sum = bgv_room(&w);
  CHECK_OK(jfhe_bgv_add(w.b, sum, a, c));
  for (size_t i = 0; i < w.n; i++) u[i] = bgv_centre(&w, u[i] + v[i]);
  bgv_check(&w, sum, u, "what came back");
  jfhe_ct_free(a);
  jfhe_ct_free(c);
  jfhe_ct_free(sum);
  free(v);
  free(u);
  bgv_world_close(&w);
}
