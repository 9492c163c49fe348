/* circuit/ladder_map.c: slot t of a lift is sum over j of w^(j 5^t) a_j[t mod n/2], w = exp(pi i/N). For a fixed t mod n/2 that is a
 * matrix of r = N/n rows and columns: 5^t runs through 5^t0 (1 + 2n z), z < r, so the columns are orthogonal and its inverse is its conjugate
 * transpose over r. */
#include "circuit/ladder_map.h"

#include "base/status.h"
#include "circuit/cheb.h"

typedef struct twiddles {
  const double *cosine; /* cos(pi j / N), j <= N/2 */
  size_t big, small, r; /* N, n, N/n */
  uint32_t *power;      /* 5^t mod 2N, t < N/2 */
} twiddles;

/* exp(pi i e / N) */
static void root(const twiddles *t, uint64_t e, double *re, double *im) {
  size_t m = t->big / 2, j = (size_t)(e & (2 * t->big - 1));
  *re = jfi_cheb_cosine(t->cosine, m, j);
  *im = jfi_cheb_cosine(t->cosine, m, j + 3 * m); /* cos(x - pi/2) */
}

/* Diagonal k*n/2: row t meets column t + k*n/2. mix: row t of the lift, column = input u; else row = output u, column of the lift. */
static void diagonal(const twiddles *t, size_t k, int mix, double *re, double *im) {
  size_t slots = t->big / 2, block = t->small / 2;
  for (size_t i = 0; i < slots; i++) {
    size_t j = (i + k * block) % slots, lifted = mix ? i : j, u = (mix ? j : i) / block;
    root(t, (uint64_t)u * t->power[lifted], &re[i], &im[i]);
    if (mix) continue;
    re[i] /= (double)t->r;
    im[i] /= -(double)t->r;
  }
}

static jfhe_status make(jfhe_linmap **out, const jfhe_ctx *ctx, twiddles *t, int mix, double *own, uint32_t *own_index,
                        int32_t *index) {
  size_t slots = t->big / 2;
  t->power[0] = 1;
  for (size_t i = 1; i < slots; i++) t->power[i] = (uint32_t)((5 * (uint64_t)t->power[i - 1]) & (2 * t->big - 1));
  for (size_t k = 0; k < t->r; k++) {
    index[k] = (int32_t)(k * t->small / 2);
    own_index[k] = (uint32_t)index[k];
    diagonal(t, k, mix, own + 2 * k * slots, own + (2 * k + 1) * slots);
  }
  return jfi_linmap_new(out, ctx, ctx->ring->log_n - 1, index, t->r, NULL, NULL, own, own_index, t->r, NULL);
}

jfhe_status jfi_linmap_new_ladder(jfhe_linmap **out, const jfhe_ctx *ctx, uint32_t log_n_small, int mix) {
  twiddles t = {.big = ctx->ring->n, .small = (size_t)1 << log_n_small};
  t.r = t.big / t.small;
  size_t slots = t.big / 2;
  double *own = jfi_alloc(2 * t.r * slots * sizeof(double)), *table = jfi_alloc((3 * slots + 1) * sizeof(double));
  uint32_t *own_index = jfi_alloc(t.r * sizeof *own_index);
  int32_t *index = jfi_alloc(t.r * sizeof *index);
  t.power = jfi_alloc(slots * sizeof *t.power);
  int ok = own && table && own_index && index && t.power;
  jfhe_status st = ok ? JFHE_OK : jfi_fail(JFHE_ERR_MEMORY, "no memory for the ladder's map");
  if (ok) {
    jfi_cheb_cosines(table, slots, table + slots + 1);
    t.cosine = table;
    st = make(out, ctx, &t, mix, own, own_index, index);
  }
  jfi_free(table);
  jfi_free(index);
  jfi_free(t.power);
  if (st != JFHE_OK) {
    jfi_free(own);
    jfi_free(own_index);
    return st;
  }
  (*out)->ladder = log_n_small;
  (*out)->ladder_mix = mix != 0;
  return JFHE_OK;
}

int jfi_linmap_is_ladder(const jfhe_linmap *map, uint32_t log_n_small, int mix) {
  return map->ladder == log_n_small && map->ladder_mix == (mix != 0);
}
