/* plan/machine.c: see machine.h. */
#include "plan/machine.h"

#include <math.h>
#include <string.h>

#include "base/status.h"
#include "circuit/bootstrap.h"
#include "circuit/poly.h"
#include "circuit/table.h"
#include "ckks/bound.h"
#include "ckks/encode.h"
#include "ckks/eval.h"
#include "rlwe/keyring.h"
#include "rlwe/noise.h"

double jfi_machine_spread(const jfi_machine *m, uint32_t ring) {
  return jfi_spread(jfi_machine_ctx(m, ring)->ring->log_n, JFHE_PACK_COMPLEX, jfi_machine_slots(m, ring));
}

/* ---- inputs ---- */
/* As encoding with the declared bound and encrypting would leave it: in the ring below, where there is one. */
static jfi_value fresh(const jfi_machine *m, const jfi_input *input) {
  uint8_t ring = m->rung ? JFI_BELOW : JFI_OWN;
  const jfhe_ctx *ctx = jfi_machine_ctx(m, ring);
  uint32_t top = ring == JFI_BELOW ? ctx->chain.top : jfi_machine_ceiling(m), log_slots = m->program->log_slots;
  double worst, sd, scale = ctx->chain.scale[top], mag = jfi_up(input->bound) * (1 + 0x1p-44) + 0x1p-500;
  jfi_fresh_noise(ctx, 0, &worst, &sd);
  jfi_noise e = jfi_encode_noise(ctx->ring->log_n, input->packing, log_slots, scale, mag);
  jfi_bound b = {mag, jfi_up(e.worst + jfi_up(worst / scale)), jfi_up(jfi_hypot(e.sd, sd / scale))};
  return (jfi_value){scale, b, (uint8_t)top, (uint8_t)input->packing, ring, 0};
}

static int is_of(const jfhe_info *x, const jfhe_ctx *ctx) {
  return memcmp(x->params_hash, ctx->hash, JFHE_HASH_BYTES) == 0;
}

static int comes_from_below(const jfi_machine *m, const jfhe_info *x) { return m->rung && is_of(x, m->rung->small); }

static jfhe_status check_input(const jfi_machine *m, const jfi_input *input, const jfhe_info *x) {
  const jfhe_ctx *ctx = comes_from_below(m, x) ? m->rung->small : m->ctx;
  const char *name = input->name;
  if (x->object != JFHE_OBJECT_CT || x->degree != 1)
    return jfi_fail(JFHE_ERR_FORM, "input '%s' is not a ciphertext of degree 1", name);
  if (!is_of(x, ctx)) return jfi_fail(JFHE_ERR_CONTEXT, "input '%s' is of other parameters", name);
  if (x->level > ctx->chain.top) return jfi_fail(JFHE_ERR_LEVEL, "input '%s' says level %u", name, x->level);
  if (x->packing == JFHE_PACK_COEFF || x->packing > input->packing)
    return jfi_fail(JFHE_ERR_FORM, "input '%s' is packed otherwise than the program declares", name);
  if (x->log_slots != m->program->log_slots)
    return jfi_fail(JFHE_ERR_FORM, "input '%s' has 2^%u slots, the program 2^%u", name, x->log_slots,
                    m->program->log_slots);
  if (!(x->scale >= 1 && x->scale < 0x1p200 && x->error_worst >= 0 && isfinite(x->error_worst) && x->error_sd >= 0 &&
        isfinite(x->error_sd)))
    return jfi_fail(JFHE_ERR_VALUE, "input '%s' says a scale or an error that no ciphertext has", name);
  if (!(x->magnitude >= 0 && x->magnitude <= input->bound * (1 + 0x1p-40)))
    return jfi_fail(JFHE_ERR_RANGE, "input '%s' holds numbers up to %.4g, the program is made for %.4g", name,
                    x->magnitude, input->bound);
  return JFHE_OK;
}

/* One secret in each ring; with a rung, that of its keys. first: of the inputs in this ring, or JFI_NONE. */
static jfhe_status take_secret(jfi_machine *m, uint32_t input, const uint8_t *key_id, uint8_t ring, uint32_t *first) {
  const jfhe_program *p = m->program;
  int known = *first != JFI_NONE || (m->rung && !m->typical);
  if (known && memcmp(key_id, m->key_id[ring], JFHE_ID_BYTES) != 0)
    return *first == JFI_NONE
               ? jfi_fail(JFHE_ERR_KEY, "input '%s' is under another secret than the keys", p->input[input].name)
               : jfi_fail(JFHE_ERR_KEY, "inputs '%s' and '%s' are under different secrets", p->input[*first].name,
                          p->input[input].name);
  memcpy(m->key_id[ring], key_id, JFHE_ID_BYTES);
  if (*first == JFI_NONE) *first = input;
  return JFHE_OK;
}

static jfhe_status take_inputs(jfi_machine *m, const jfhe_info *inputs) {
  const jfhe_program *p = m->program;
  uint32_t first[2] = {JFI_NONE, JFI_NONE};
  for (uint32_t i = 0; i < p->n_inputs; i++) {
    if (!inputs) {
      m->given[i] = fresh(m, &p->input[i]);
      continue;
    }
    const jfhe_info *x = &inputs[i];
    JFI_TRY(check_input(m, &p->input[i], x));
    uint8_t ring = comes_from_below(m, x) ? JFI_BELOW : JFI_OWN;
    JFI_TRY(take_secret(m, i, x->key_id, ring, &first[ring]));
    m->given[i] = (jfi_value){
        x->scale, {x->magnitude, x->error_worst, x->error_sd}, (uint8_t)x->level, (uint8_t)x->packing, ring, 0};
  }
  return JFHE_OK;
}

/* What the program begins with. */
static jfhe_status lift_inputs(jfi_machine *m) {
  for (uint32_t i = 0; i < m->program->n_inputs; i++) {
    if (m->given[i].ring == JFI_BELOW) {
      if (jfi_rung_lifted(m, m->given[i].level) == UINT32_MAX)
        return jfi_fail(JFHE_ERR_LEVEL, "input '%s' has %u levels of '%s': nothing is left of it when it is lifted",
                        m->program->input[i].name, m->given[i].level, m->rung->small->params.name);
      JFI_TRY(jfi_rung_lift(m, &m->input[i], &m->given[i]));
    } else {
      m->input[i] = m->given[i];
    }
  }
  return JFHE_OK;
}

/* ---- typical keys ---- */
/* A key as keygen makes it, without its residues: enough for every bound. */
static jfhe_status add_shaped(jfi_machine *m, uint32_t kind, uint32_t galois, uint32_t level, jfi_set specials,
                              int one_digit) {
  const jfi_chain *c = &m->ctx->chain;
  jfhe_evk *key = jfi_alloc_zero(sizeof *key);
  if (!key) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a key");
  const jfi_set q = c->level[level];
  jfhe_status st = jfi_evk_shape(key, m->ctx, q, specials, one_digit ? &q : c->digit, one_digit ? 1 : c->n_digits);
  key->kind = kind;
  key->galois = galois;
  key->level = level;
  jfi_fresh_noise(m->ctx, 0, &key->noise_worst, &key->noise_sd);
  if (st == JFHE_OK) st = jfhe_keyring_add(m->made, key);
  if (st != JFHE_OK) jfhe_evk_free(key);
  return st;
}

static jfhe_status add_typical(jfi_machine *m, uint32_t kind, uint32_t galois) {
  return add_shaped(m, kind, galois, m->ctx->chain.top, m->ctx->chain.special, 0);
}

/* The pair of the sparse secret and the rotations. */
static jfhe_status add_typical_bootstrap(jfi_machine *m) {
  enum { ROTATIONS_MAX = 256 };
  int32_t k[ROTATIONS_MAX];
  const jfi_chain *c = &m->ctx->chain;
  JFI_TRY(add_shaped(m, JFHE_EVK_SPARSE, 0, 0, jfi_set_range(c->n - 1, 1), 1));
  JFI_TRY(add_shaped(m, JFHE_EVK_DENSE, 0, c->top, c->special, 1));
  size_t count = jfhe_bootstrap_rotations(m->boot, k, NULL, ROTATIONS_MAX);
  for (size_t i = 0; i < count; i++)
    JFI_TRY(add_typical(m, JFHE_EVK_GALOIS, jfi_galois_rotation(m->ctx->ring->log_n, k[i])));
  return JFHE_OK;
}

static jfhe_status take_keys(jfi_machine *m, const jfhe_keyring *keys, int have_inputs) {
  m->keys = keys;
  if (keys) {
    if (keys->ctx != m->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "keys of other parameters");
    /* fresh inputs are taken to be under the keys' secret */
    if (!have_inputs && keys->count) memcpy(m->key_id[JFI_OWN], keys->key[0]->from_id, JFHE_ID_BYTES);
    return JFHE_OK;
  }
  JFI_TRY(jfhe_keyring_new(&m->made, m->ctx));
  m->keys = m->made;
  JFI_TRY(add_typical(m, JFHE_EVK_RELIN, 0));
  JFI_TRY(add_typical(m, JFHE_EVK_GALOIS, jfhe_galois_conjugate(m->ctx)));
  return m->boot ? add_typical_bootstrap(m) : JFHE_OK;
}

jfhe_status jfi_machine_turns(jfi_machine *m, int *have, int64_t k, uint32_t level) {
  int64_t n = (int64_t)1 << m->log_slots, low = ((k % n) + n) % n;
  const int64_t tries[3] = {k, low, low - n};
  *have = low == 0;
  for (int t = 0; t < 3 && !*have; t++) {
    const jfhe_evk *key =
        jfi_keyring_find(m->keys, JFHE_EVK_GALOIS, jfi_galois_rotation(m->ctx->ring->log_n, tries[t]));
    if (!key) continue;
    /* the evaluation takes the first that exists: if that one does not serve, none does */
    *have = jfi_set_within(m->ctx->chain.level[level], key->q);
    return JFHE_OK;
  }
  if (*have || !m->made) return JFHE_OK;
  *have = 1;
  return add_typical(m, JFHE_EVK_GALOIS, jfi_galois_rotation(m->ctx->ring->log_n, low));
}

/* ---- tables ---- */
static void read_diagonal(void *self, uint32_t index, double *re, double *im) {
  const jfi_table *t = self;
  size_t slots = t->count / t->n_index;
  for (size_t i = 0; i < t->n_index; i++) {
    if ((uint32_t)((t->index[i] + (int64_t)slots) % (int64_t)slots) != index) continue;
    memcpy(re, t->re + i * slots, slots * sizeof *re);
    if (t->im) memcpy(im, t->im + i * slots, slots * sizeof *im);
    return;
  }
}

static jfhe_status take_table(jfi_machine *m, uint32_t i) {
  jfi_table *t = &m->program->table[i];
  if (t->kind == JFI_TABLE_POLY && !m->poly[i]) return jfi_poly_new(&m->poly[i], t->re, t->count, t->basis, t->a, t->b);
  if (t->kind == JFI_TABLE_LINMAP && !m->map[i])
    return jfi_linmap_new(&m->map[i], m->ctx, m->program->log_slots, t->index, t->n_index, read_diagonal, t, NULL, NULL,
                          0, NULL);
  return JFHE_OK;
}

/* ---- polynomials of a plan's own ---- */
static int is_poly(const jfhe_poly *p, const double *c, uint32_t degree, uint32_t basis, double a, double b) {
  return p->degree == degree && p->basis == basis && p->a == a && p->b == b &&
         memcmp(p->c, c, (degree + 1) * sizeof *c) == 0;
}

static jfhe_status room_for_poly(jfi_machine *m) {
  if (m->n_made_polys < m->cap_made_polys) return JFHE_OK;
  uint32_t cap = 2 * m->cap_made_polys + 8;
  jfhe_poly **more = jfi_alloc(cap * sizeof *more);
  if (!more) return jfi_fail(JFHE_ERR_MEMORY, "no memory for polynomials of a plan's own");
  if (m->n_made_polys) memcpy(more, m->made_poly, m->n_made_polys * sizeof *more);
  jfi_free(m->made_poly);
  m->made_poly = more;
  m->cap_made_polys = cap;
  return JFHE_OK;
}

/* Of equal ones the first is taken: a loop's turns share one. */
static jfhe_status set_poly(jfi_machine *m, jfi_node *n, const double *c, double a, double b) {
  const jfhe_poly *now = jfi_machine_poly(m, n);
  uint32_t at = 0, degree = now->degree, basis = now->basis;
  for (; at < m->n_made_polys; at++)
    if (is_poly(m->made_poly[at], c, degree, basis, a, b)) break;
  if (at == m->n_made_polys) {
    JFI_TRY(room_for_poly(m));
    JFI_TRY(jfi_poly_new(&m->made_poly[at], c, degree + 1, basis, a, b));
    m->n_made_polys++;
  }
  n->k = (int32_t)at + 1;
  return JFHE_OK;
}

jfhe_status jfi_machine_poly_with(jfi_machine *m, jfi_node *n, const double *c) {
  const jfhe_poly *now = jfi_machine_poly(m, n);
  return set_poly(m, n, c, now->a, now->b);
}

/* Coefficients c_i 2^(out + in i), which is exact, of a power of the argument; of a series on an interval the interval changes instead. */
jfhe_status jfi_machine_poly_in(jfi_machine *m, jfi_node *n, int32_t in, int32_t out) {
  const jfhe_poly *now = jfi_machine_poly(m, n);
  const int power = now->basis == JFHE_BASIS_POWER;
  double c[JFHE_POLY_DEGREE_MAX + 1];
  for (uint32_t i = 0; i <= now->degree; i++) {
    c[i] = ldexp(now->c[i], out + (power ? in * (int)i : 0));
    if (!isfinite(c[i]) || (now->c[i] != 0 && fabs(c[i]) < 0x1p-900))
      return jfi_fail(JFHE_ERR_VALUE, "a polynomial's coefficients are too far apart for other units");
  }
  n->re += in;
  n->im += out;
  return set_poly(m, n, c, ldexp(now->a, -in), ldexp(now->b, -in));
}

/* Numbers 0, 1, .. and the vector's. Without bootstraps nothing looks them up: levels.c says so. */
static jfhe_status take_look(jfi_machine *m, uint32_t i) {
  const jfi_table *t = &m->program->table[i];
  if (!m->boot || m->look[i]) return JFHE_OK;
  for (size_t j = 0; t->im && j < t->count; j++)
    if (t->im[j] != 0) return jfi_fail(JFHE_ERR_ARG, "a table of complex numbers");
  return jfi_table_new(&m->look[i], m->boot, t->re, t->count, 0);
}

jfhe_status jfi_machine_open(jfi_machine *m, const jfhe_ctx *ctx, const jfhe_keyring *keys, const jfhe_program *p,
                             const jfhe_info *inputs, const jfhe_bootstrap *boot, const jfhe_rung *rung,
                             uint32_t flags) {
  *m = (jfi_machine){.ctx = ctx, .program = p, .boot = boot, .typical = keys == NULL, .log_slots = p->log_slots};
  if (p->log_slots >= ctx->ring->log_n)
    return jfi_fail(JFHE_ERR_FORM, "vectors of 2^%u slots in a ring of degree 2^%u", p->log_slots, ctx->ring->log_n);
  if (boot && (boot->ctx != ctx || boot->bare))
    return jfi_fail(JFHE_ERR_CONTEXT, "the bootstrap is of another context");
  const int wide = boot && boot->log_slots != p->log_slots, shares = wide && rung && !(flags & JFHE_PLAN_APART);
  if (wide && !shares && boot->log_slots + 1 != ctx->ring->log_n)
    return jfi_fail(JFHE_ERR_FORM, "the bootstrap is for 2^%u slots, the program has 2^%u", boot->log_slots,
                    p->log_slots);
  m->input = jfi_alloc_zero((p->n_inputs + 1) * sizeof *m->input);
  m->given = jfi_alloc_zero((p->n_inputs + 1) * sizeof *m->given);
  m->map = jfi_alloc_zero((p->n_tables + 1) * sizeof *m->map);
  m->poly = jfi_alloc_zero((p->n_tables + 1) * sizeof *m->poly);
  m->look = jfi_alloc_zero((p->n_tables + 1) * sizeof *m->look);
  if (!m->input || !m->given || !m->map || !m->poly || !m->look)
    return jfi_fail(JFHE_ERR_MEMORY, "no memory for a plan");
  JFI_TRY(take_keys(m, keys, inputs != NULL && p->n_inputs > 0));
  JFI_TRY(jfi_rung_take(m, rung, shares));
  JFI_TRY(take_inputs(m, inputs));
  if (m->typical) memset(m->key_id, 0, sizeof m->key_id); /* as in the keys that are made up */
  JFI_TRY(lift_inputs(m));
  for (uint32_t i = 0; i < p->n_nodes; i++)
    if (p->node[i].op == JFI_OP_POLY || p->node[i].op == JFI_OP_LINMAP) JFI_TRY(take_table(m, p->node[i].table));
  for (uint32_t i = 0; i < p->n_nodes; i++)
    if (p->node[i].op == JFI_OP_LOOKUP) JFI_TRY(take_look(m, p->node[i].table));
  return JFHE_OK;
}

void jfi_machine_close(jfi_machine *m) {
  for (uint32_t i = 0; m->map && i < m->program->n_tables; i++) jfhe_linmap_free(m->map[i]);
  for (uint32_t i = 0; m->poly && i < m->program->n_tables; i++) jfhe_poly_free(m->poly[i]);
  for (uint32_t i = 0; m->look && i < m->program->n_tables; i++) jfhe_table_free(m->look[i]);
  for (uint32_t i = 0; i < m->n_made_polys; i++) jfhe_poly_free(m->made_poly[i]);
  jfi_free(m->map);
  jfi_free(m->poly);
  jfi_free(m->made_poly);
  jfi_free(m->look);
  jfi_free(m->input);
  jfi_free(m->given);
  jfi_rung_leave(m);
  jfhe_keyring_free(m->made);
  *m = (jfi_machine){0};
}

uint32_t jfi_machine_depth(const jfi_machine *m, const jfi_node *n) {
  switch (n->op) {
  case JFI_OP_MUL:
  case JFI_OP_MUL_CONST:
  case JFI_OP_MUL_VECTOR:
  case JFI_OP_SUM:
  case JFI_OP_LINMAP: return 1;
  case JFI_OP_POLY: return jfhe_poly_depth(jfi_machine_poly(m, n));
  default: return 0;
  }
}

uint32_t jfi_machine_reads_at(const jfi_machine *m, const jfi_node *n, uint32_t level) {
  if (n->op == JFI_OP_BOOTSTRAP && m->boot) return m->boot->level_in;
  if (n->op == JFI_OP_LOOKUP && m->boot) return jfhe_table_level_in(m->look[n->table]);
  return level + jfi_machine_depth(m, n);
}

uint32_t jfi_machine_source(const jfi_machine *m, const jfi_node *n) {
  uint32_t most = jfi_machine_ceiling(m), level = UINT32_MAX;
  if (n->op == JFI_OP_INPUT) level = m->input[n->table].level;
  if (n->op == JFI_OP_BOOTSTRAP) level = most;
  if (n->op == JFI_OP_LOOKUP && m->boot) level = jfhe_table_level_out(m->look[n->table]);
  return level == UINT32_MAX || level < most ? level : most;
}

uint32_t jfi_machine_ceiling(const jfi_machine *m) { return m->boot ? m->boot->level_out : m->ctx->chain.top; }
