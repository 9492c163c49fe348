/* t-bgv-program.c: random programs on integers modulo t against the same in the clear: none may differ, and no noise may leave its bound.
 * Then the bound itself: where it refuses, and that going on regardless would have failed. */
/* every-isa */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bgv-cases.h"

enum { REGS = 5, STEPS = 14 };

typedef struct machine {
  bgv_world *w;
  jfhe_ct *ct[REGS];
  int64_t *v[REGS];
  unsigned long steps, refused, right, op[16];
  double slack_least; /* log2 of bound / noise */
} machine;

static void load(machine *m, int r) {
  uint32_t top = m->w->ctx->chain.top;
  jfhe_ct_free(m->ct[r]);
  free(m->v[r]);
  m->v[r] = bgv_vec(m->w, (enum bgv_fill)jfi_test_rng_below(&m->w->rng, BGV_FILLS));
  m->ct[r] = bgv_encrypt(m->w, m->v[r], top - (uint32_t)jfi_test_rng_below(&m->w->rng, top / 2 + 1));
}

/* x and y at one level: the higher one comes down, into a register of its own. */
static jfhe_status meet(machine *m, int *x, int y) {
  jfhe_ct *a = m->ct[*x], *c = m->ct[y];
  if (jfhe_ct_level(a) == jfhe_ct_level(c)) return JFHE_OK;
  int high = jfhe_ct_level(a) > jfhe_ct_level(c);
  jfhe_ct *h = high ? a : c, *l = high ? c : a;
  return jfhe_bgv_to_level(m->w->b, h, h, jfhe_ct_level(l), m->w->scratch, m->w->scratch_len);
}

static void vec_op(machine *m, int64_t *to, const int64_t *x, const int64_t *y, int op, int64_t k) {
  bgv_world *w = m->w;
  for (size_t i = 0; i < w->n; i++) {
    int64_t a = x[i], c = y ? y[i] : k;
    to[i] = op == '+' ? bgv_centre(w, a + c) : op == '-' ? bgv_centre(w, a - c) : bgv_mul(w, a, c);
  }
}

static int64_t any_constant(bgv_world *w) {
  int64_t half = (w->t - 1) / 2;
  const int64_t some[] = {0, 1, -1, half, -half, half + 1, 3, -2};
  uint64_t pick = jfi_test_rng_below(&w->rng, 12);
  return pick < 8 ? some[pick] : (int64_t)jfi_test_rng_below(&w->rng, (uint64_t)(2 * w->t)) - w->t;
}

/* One operation into register r; its status. */
static jfhe_status step(machine *m, int r, int x, int y, unsigned op) {
  bgv_world *w = m->w;
  jfhe_ct *out = m->ct[r], *a = m->ct[x], *c = m->ct[y];
  jfhe_status st = JFHE_OK;
  int64_t k = any_constant(w), *p = NULL, *to = malloc(w->n * sizeof *to);
  jfhe_pt *pt = NULL;
  uint32_t level = jfhe_ct_level(a);
  memcpy(to, m->v[r], w->n * sizeof *to);
  switch (op) {
  case 0:
  case 1:
    if ((st = meet(m, &x, y)) == JFHE_OK) st = (op ? jfhe_bgv_sub : jfhe_bgv_add)(w->b, out, a, c);
    if (st == JFHE_OK) vec_op(m, to, m->v[x], m->v[y], op ? '-' : '+', 0);
    break;
  case 2:
  case 3:
  case 4:
  case 5:
    if ((st = meet(m, &x, y)) != JFHE_OK) break;
    level = jfhe_ct_level(a);
    st = jfhe_bgv_mul(w->b, out, a, c, level && op != 5 ? level - 1 : level, w->keys, w->scratch, w->scratch_len);
    if (st == JFHE_OK) vec_op(m, to, m->v[x], m->v[y], '*', 0);
    break;
  case 6:
    st = jfhe_bgv_neg(w->b, out, a);
    if (st == JFHE_OK) vec_op(m, to, m->v[x], NULL, '*', -1);
    break;
  case 7:
    st = jfhe_bgv_mul_const(w->b, out, a, (int32_t)k);
    if (st == JFHE_OK) vec_op(m, to, m->v[x], NULL, '*', k);
    break;
  case 8:
    st = jfhe_bgv_add_const(w->b, out, a, (int32_t)k);
    if (st == JFHE_OK) vec_op(m, to, m->v[x], NULL, '+', k);
    break;
  case 9:
    p = bgv_vec(w, (enum bgv_fill)jfi_test_rng_below(&w->rng, BGV_FILLS));
    pt = bgv_plain(w, p, JFHE_BGV_FACTOR, level);
    st = jfhe_bgv_mul_pt(w->b, out, a, pt);
    if (st == JFHE_OK) vec_op(m, to, m->v[x], p, '*', 0);
    break;
  case 10:
  case 11:
    p = bgv_vec(w, (enum bgv_fill)jfi_test_rng_below(&w->rng, BGV_FILLS));
    pt = bgv_plain(w, p, JFHE_BGV_TERM, level);
    st = (op == 10 ? jfhe_bgv_add_pt : jfhe_bgv_sub_pt)(w->b, out, a, pt);
    if (st == JFHE_OK) vec_op(m, to, m->v[x], p, op == 10 ? '+' : '-', 0);
    if (st == JFHE_ERR_SCALE) { /* a factor of its own: mended by a descent to the same level */
      st = jfhe_bgv_to_level(w->b, out, a, level, w->scratch, w->scratch_len);
      if (st == JFHE_OK) vec_op(m, to, m->v[x], NULL, '*', 1);
    }
    break;
  default:
    st = jfhe_bgv_to_level(w->b, out, a, level ? level - 1 : 0, w->scratch, w->scratch_len);
    if (st == JFHE_OK) vec_op(m, to, m->v[x], NULL, '*', 1);
  }
  memcpy(m->v[r], to, w->n * sizeof *to);
  free(to);
  free(p);
  jfhe_pt_free(pt);
  return st;
}

static void run(machine *m) {
  for (int r = 0; r < REGS; r++) load(m, r);
  for (int s = 0; s < STEPS; s++) {
    bgv_world *w = m->w;
    int r = (int)jfi_test_rng_below(&w->rng, REGS), x = (int)jfi_test_rng_below(&w->rng, REGS),
        y = (int)jfi_test_rng_below(&w->rng, REGS);
    unsigned op = (unsigned)jfi_test_rng_below(&w->rng, 13);
    jfhe_status st = step(m, r, x, y, op);
    m->steps++;
    if (st == JFHE_ERR_RANGE) {
      m->refused++;
      load(m, r);
    } else if (!jfi_test_check_status((int)st, 0, __FILE__, __LINE__, "a step")) {
      printf("operation %u: %s\n", op, jfhe_last_error());
    } else {
      char what[32];
      snprintf(what, sizeof what, "operation %u", op);
      m->op[op]++;
      m->right += (unsigned long)bgv_check(w, m->ct[r], m->v[r], what);
      double slack = log2(m->ct[r]->bound.worst / bgv_noise(w, m->ct[r]));
      if (slack < m->slack_least) m->slack_least = slack;
    }
  }
}

static void programs(const char *name, jfhe_ctx *ctx, uint32_t t, unsigned long count) {
  bgv_world w;
  if (!bgv_world_open(&w, ctx, t)) return;
  machine m = {.w = &w, .slack_least = 1e9};
  for (unsigned long i = 0; i < count; i++) run(&m);
  printf("%s, t = %u: %lu programs, %lu steps, %lu right, %lu refused for range; bound over noise 2^%.1f at least\n",
         name, t, count, m.steps, m.right, m.refused, m.slack_least);
  CHECK_EQ(m.right + m.refused, m.steps);
  CHECK(m.refused * 2 < m.steps);
  for (unsigned op = 0; op < 13; op++) CHECK(count < 20 || m.op[op] > 0);
  for (int r = 0; r < REGS; r++) {
    jfhe_ct_free(m.ct[r]);
    free(m.v[r]);
  }
  bgv_world_close(&w);
}

static unsigned long share(void) {
  const char *text = getenv("JFHE_PROGRAMS"), *isa = jfi_test_isa();
  unsigned long n = text ? strtoul(text, NULL, 10) : 0;
  if (n) return n;
  return strcmp(isa, "ref") == 0 || strcmp(isa, "wasm128") == 0 ? 20 : 60;
}

JFI_TEST(random_programs) {
  unsigned long n = share();
  programs("degree 2^6, steps of 46 bits", jfi_test_ctx(6, 5, 46, 1), 65537, n);
  programs("degree 2^10, steps of 40 bits", jfi_test_ctx(10, 6, 40, 2), 65537, n / 2);
  programs("degree 2^10, steps of 46 bits", jfi_test_ctx(10, 5, 46, 2), 786433, n / 2);
  programs("degree 2^8, sets that do not nest", jfi_test_ctx_rational(8, 2, 3), 12289, n / 2);
  programs("degree 2^6, few slots", jfi_test_ctx(6, 4, 44, 1), 97, n);
  programs("degree 2^4", jfi_test_ctx(4, 4, 30, 1), 17, n);
}

/* Squares of extremes, down to level 0: depth as the bound says, each result exact. */
JFI_TEST(squares_of_extremes) {
  for (int fill = BGV_TOP; fill <= BGV_ZERO; fill++) {
    bgv_world w;
    if (!bgv_world_open(&w, jfi_test_ctx(10, 6, 40, 2), 65537)) return;
    int64_t *v = bgv_vec(&w, (enum bgv_fill)fill);
    jfhe_ct *ct = bgv_encrypt(&w, v, 6);
    for (uint32_t level = 6; level-- > 0;) {
      REQUIRE_OK(jfhe_bgv_mul(w.b, ct, ct, ct, level, w.keys, w.scratch, w.scratch_len));
      for (size_t i = 0; i < w.n; i++) v[i] = bgv_mul(&w, v[i], v[i]);
      CHECK(bgv_check(&w, ct, v, "square"));
      CHECK_EQ(ct->factor, w.b->factor[level]);
    }
    jfhe_ct_free(ct);
    free(v);
    bgv_world_close(&w);
  }
}

/* Steps too small for t: the bound refuses. With the bound held down by hand the same squares go on, and come out wrong. */
JFI_TEST(refusal_comes_before_failure) {
  bgv_world w;
  if (!bgv_world_open(&w, jfi_test_ctx(10, 6, 24, 2), 65537)) return;
  int64_t *v = bgv_vec(&w, BGV_UNIFORM);
  jfhe_ct *ct = bgv_encrypt(&w, v, 6), *out = bgv_room(&w);
  uint32_t level = 6;
  jfhe_status st = JFHE_OK;
  while (level > 0 && (st = jfhe_bgv_mul(w.b, out, ct, ct, level - 1, w.keys, w.scratch, w.scratch_len)) == JFHE_OK) {
    for (size_t i = 0; i < w.n; i++) v[i] = bgv_mul(&w, v[i], v[i]);
    CHECK(bgv_check(&w, out, v, "square"));
    CHECK_OK(jfhe_ct_copy(ct, out));
    level--;
  }
  CHECK_STATUS(st, JFHE_ERR_RANGE);
  CHECK(level > 0 && level < 6);
  CHECK_EQ(jfhe_ct_level(ct), level); /* unchanged by the refusal */
  CHECK(bgv_check(&w, ct, v, "what was refused"));
  printf("refused at level %u with %.1f bits left: %s\n", level, jfhe_bgv_budget(ct), jfhe_last_error());
  size_t wrong = 0;
  while (level-- > 0 && !wrong) {
    ct->bound.worst = 1;
    REQUIRE_OK(jfhe_bgv_mul(w.b, ct, ct, ct, level, w.keys, w.scratch, w.scratch_len));
    ct->bound.worst = 1;
    jfhe_pt *pt = NULL;
    int64_t *got = calloc(w.n, sizeof *got);
    REQUIRE_OK(jfhe_pt_new(&pt, w.ctx, level));
    ct->bound.worst = jfi_ctx_product(w.ctx, ct->primes) / 2.5;
    REQUIRE_OK(jfhe_decrypt(w.ctx, pt, ct, w.sk, w.scratch, w.scratch_len));
    REQUIRE_OK(jfhe_bgv_decode(w.b, got, w.n, pt, w.scratch, w.scratch_len));
    for (size_t i = 0; i < w.n; i++) v[i] = bgv_mul(&w, v[i], v[i]);
    for (size_t i = 0; i < w.n; i++) wrong += got[i] != v[i];
    free(got);
    jfhe_pt_free(pt);
  }
  CHECK(wrong > 0);
  jfhe_ct_free(ct);
  jfhe_ct_free(out);
  free(v);
  bgv_world_close(&w);
}
