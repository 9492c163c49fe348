/* ring/conv.c: constants of an RNS base conversion, and its three steps over the kernel. [BEHZ16] [HPS18] */
#include "ring/ring.h"

#include "base/mem.h"

/* Everything lies in one block behind the struct, the widest words first so that all stay aligned. */
typedef struct layout {
  size_t qhat_inv, w, neg_q, inv, out_mod, in, out, bytes;
} layout;

static layout lay_out(size_t n_in, size_t n_out) {
  layout l;
  size_t at = jfi_round64(sizeof(jfi_conv));
  l.qhat_inv = at;
  at += jfi_round64(n_in * sizeof(uint64_t));
  l.w = at;
  at += jfi_round64(n_in * n_out * sizeof(uint64_t));
  l.neg_q = at;
  at += jfi_round64(n_out * sizeof(uint64_t));
  l.inv = at;
  at += jfi_round64(n_in * sizeof(double));
  l.out_mod = at;
  at += jfi_round64(n_out * sizeof(jfi_mod *));
  l.in = at;
  at += jfi_round64(n_in * sizeof(uint32_t));
  l.out = at;
  l.bytes = at + jfi_round64(n_out * sizeof(uint32_t));
  return l;
}

/* Product of all source primes but the one at position `skip`, mod m. */
static uint64_t product(const jfi_ring *ring, const jfi_conv *c, size_t skip, const jfi_mod *m) {
  uint64_t p = 1;
  for (size_t j = 0; j < c->n_in; j++)
    if (j != skip) p = jfi_mod_mul(p, ring->mod[c->in[j]].q, m);
  return p;
}

static void fill(const jfi_ring *ring, jfi_conv *c) {
  for (size_t j = 0; j < c->n_in; j++) {
    const jfi_mod *m = &ring->mod[c->in[j]];
    c->qhat_inv[j] = jfi_mod_inv(product(ring, c, j, m), m);
    c->inv[j] = 1.0 / (double)m->q;
  }
  for (size_t k = 0; k < c->n_out; k++) {
    const jfi_mod *m = &ring->mod[c->out[k]];
    c->out_mod[k] = m;
    c->neg_q[k] = jfi_mod_neg(product(ring, c, c->n_in, m), m->q);
    for (size_t j = 0; j < c->n_in; j++) c->w[k * c->n_in + j] = product(ring, c, j, m);
  }
}

jfi_conv *jfi_conv_new(const jfi_ring *ring, jfi_set from, jfi_set to) {
  size_t n_in = jfi_set_count(from), n_out = jfi_set_count(to);
  if (n_in == 0 || n_in > JFI_CONV_MAX || !jfi_set_within(jfi_set_or(from, to), jfi_set_range(0, ring->n_mod)))
    return NULL;
  layout l = lay_out(n_in, n_out);
  uint8_t *p = jfi_alloc_zero(l.bytes);
  if (!p) return NULL;
  jfi_conv *c = (jfi_conv *)(void *)p;
  *c = (jfi_conv){.n_in = n_in,
                  .n_out = n_out,
                  .in = (uint32_t *)(void *)(p + l.in),
                  .out = (uint32_t *)(void *)(p + l.out),
                  .qhat_inv = (uint64_t *)(void *)(p + l.qhat_inv),
                  .w = (uint64_t *)(void *)(p + l.w),
                  .neg_q = (uint64_t *)(void *)(p + l.neg_q),
                  .inv = (double *)(void *)(p + l.inv),
                  .out_mod = (const jfi_mod **)(void *)(p + l.out_mod)};
  (void)jfi_set_list(from, c->in);
  (void)jfi_set_list(to, c->out);
  fill(ring, c);
  return c;
}

void jfi_conv_free(jfi_conv *c) { jfi_free(c); }

void jfi_conv_digits(const jfi_ring *ring, const jfi_conv *c, uint64_t *const *y, const uint64_t *const *x) {
  for (size_t j = 0; j < c->n_in; j++) ring->k->mul_const(y[j], x[j], c->qhat_inv[j], ring->n, &ring->mod[c->in[j]]);
}

void jfi_conv_apply(const jfi_ring *ring, const jfi_conv *c, size_t first, size_t count, uint64_t *const *r,
                    const uint64_t *const *y, const uint64_t *v) {
  if (count == 0) return;
  ring->k->conv(r, count, y, c->n_in, c->w + first * c->n_in, v, v ? c->neg_q + first : NULL, c->out_mod + first,
                ring->n);
}

void jfi_conv_round(const jfi_ring *ring, const jfi_conv *c, uint64_t *v, const uint64_t *const *y) {
  ring->k->conv_overflow(v, y, c->n_in, c->inv, 0.5, ring->n);
}
