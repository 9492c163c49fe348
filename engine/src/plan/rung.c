/* plan/rung.c: the ring below, from which inputs are lifted and to which outputs are lowered. See machine.h. */
#include <string.h>

#include "base/status.h"
#include "circuit/acc.h"
#include "circuit/bootstrap.h"
#include "circuit/ladder.h"
#include "circuit/ladder_map.h"
#include "ckks/agree.h"
#include "plan/machine.h"
#include "rlwe/keyring.h"
#include "rlwe/noise.h"

/* ---- keys ---- */
/* A key as keygen makes it for levels up to one and specials p, without its residues. */
static jfhe_status make_typical(const jfhe_rung *r, jfhe_evk **out, uint32_t kind, uint32_t level, jfi_set p) {
  const jfhe_ctx *ctx = r->ctx, *small = r->small;
  jfi_set q = jfi_set_empty(), digit[JFI_DIGITS_MAX];
  uint32_t index[JFI_PRIMES_MAX];
  for (uint32_t l = 0; l <= level; l++) q = jfi_set_or(q, jfi_ladder_primes(ctx, small, small->chain.level[l], index));
  if (kind == JFHE_EVK_LOWER)
    JFI_TRY(jfi_gate(small->ring->log_n, ctx->params.security, ctx->chain.prime, ctx->chain.n, jfi_set_or(q, p),
                     "lowering key"));
  jfhe_evk *key = jfi_alloc_zero(sizeof *key);
  if (!key) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a key");
  uint32_t digits = jfi_digits_group(ctx->chain.prime, q, p, digit);
  jfhe_status st = jfi_evk_shape(key, ctx, q, p, digit, digits);
  key->kind = kind;
  key->level = level;
  key->log_n_other = small->ring->log_n;
  jfi_fresh_noise(ctx, 0, &key->noise_worst, &key->noise_sd);
  if (st == JFHE_OK)
    *out = key;
  else
    jfhe_evk_free(key);
  return st;
}

/* As jfhe_keygen_lift and jfhe_keygen_lower choose primes. */
static jfhe_status make_keys(jfhe_rung *r) {
  const jfi_chain *c = &r->ctx->chain, *below = &r->small->chain;
  size_t mine = jfi_set_count(c->special), theirs = jfi_set_count(below->special);
  jfi_set p = jfi_set_range(c->n - mine, theirs < mine ? theirs : mine);
  JFI_TRY(make_typical(r, &r->made[0], JFHE_EVK_LIFT, below->top, c->special));
  jfhe_status st = JFHE_ERR_SECURITY;
  for (uint32_t level = below->top + 1; level-- > 0 && st == JFHE_ERR_SECURITY;)
    st = make_typical(r, &r->made[1], JFHE_EVK_LOWER, level, p);
  r->lift = r->made[0];
  r->lower = r->made[1];
  return st;
}

static jfhe_status check_key(const jfhe_rung *r, const jfhe_evk *key, uint32_t kind, const char *what) {
  if (!key) return jfi_fail(JFHE_ERR_KEY, "there is no key for %s", what);
  if (key->ctx != r->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the key for %s is of other parameters", what);
  if (key->kind != kind || key->log_n_other != r->small->ring->log_n)
    return jfi_fail(JFHE_ERR_KEY, "what is given for %s is no key for it, or of another ring than 2^%u", what,
                    r->small->ring->log_n);
  return JFHE_OK;
}

static jfhe_status check_keys(const jfhe_rung *r) {
  JFI_TRY(check_key(r, r->lift, JFHE_EVK_LIFT, "lifting"));
  JFI_TRY(check_key(r, r->lower, JFHE_EVK_LOWER, "lowering"));
  if (memcmp(r->lift->from_id, r->lower->to_id, JFHE_ID_BYTES) != 0 ||
      memcmp(r->lift->to_id, r->lower->from_id, JFHE_ID_BYTES) != 0)
    return jfi_fail(JFHE_ERR_KEY, "the keys for lifting and lowering are of different secrets");
  return JFHE_OK;
}

jfhe_status jfi_rung_new(jfhe_rung **out, const jfhe_ctx *ctx, const jfhe_ctx *small, const jfhe_evk *lift,
                         const jfhe_evk *lower) {
  uint32_t index[JFI_PRIMES_MAX];
  if (small->ring->log_n >= ctx->ring->log_n ||
      jfi_set_count(jfi_ladder_primes(ctx, small, small->chain.level[small->chain.top], index)) == 0)
    return jfi_fail(JFHE_ERR_CONTEXT, "parameters '%s' are not on the ladder below '%s'", small->params.name,
                    ctx->params.name);
  jfhe_rung *r = jfi_alloc_zero(sizeof *r);
  if (!r) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a rung");
  *r = (jfhe_rung){.ctx = ctx, .small = small, .lift = lift, .lower = lower};
  jfhe_status st = lift || lower ? check_keys(r) : make_keys(r);
  if (st == JFHE_OK)
    *out = r;
  else
    jfhe_rung_free(r);
  return st;
}

void jfhe_rung_free(jfhe_rung *rung) {
  if (!rung) return;
  for (int i = 0; i < 2; i++) jfhe_evk_free(rung->made[i]);
  jfi_free(rung);
}

/* ---- a machine's ---- */
static jfhe_status take_secrets(jfi_machine *m) {
  const jfhe_evk *lift = m->rung->lift;
  if (m->rung->made[0]) return jfi_fail(JFHE_ERR_KEY, "there is no key for lifting, nor one for lowering");
  for (size_t i = 0; i < m->keys->count; i++)
    if (memcmp(m->keys->key[i]->from_id, lift->to_id, JFHE_ID_BYTES) != 0 &&
        memcmp(m->keys->key[i]->to_id, lift->to_id, JFHE_ID_BYTES) != 0)
      return jfi_fail(JFHE_ERR_KEY, "the key for lifting leads to another secret than that of the other keys");
  memcpy(m->key_id[JFI_BELOW], lift->from_id, JFHE_ID_BYTES);
  memcpy(m->key_id[JFI_OWN], lift->to_id, JFHE_ID_BYTES);
  return JFHE_OK;
}

/* A bootstrap of all slots, of which the program has half: two parts of it are to share them. */
static jfhe_status take_pairs(jfi_machine *m) {
  const jfhe_program *p = m->program;
  uint32_t log_n = m->ctx->ring->log_n, below = m->rung->small->ring->log_n;
  int have = 0;
  if (m->boot->log_slots != log_n - 1 || p->log_slots != below - 1 || log_n != below + 1)
    return jfi_fail(JFHE_ERR_FORM, "the bootstrap is for 2^%u slots, the program has 2^%u", m->boot->log_slots,
                    p->log_slots);
  m->log_slots = m->boot->log_slots;
  m->mate = jfi_numbers_new(p->n_inputs);
  m->part = jfi_alloc_zero(p->n_outputs);
  if (!m->mate || !m->part) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a plan");
  JFI_TRY(jfi_linmap_new_ladder(&m->apart, m->ctx, below, 0));
  JFI_TRY(jfi_linmap_new_ladder(&m->mix, m->ctx, below, 1));
  return m->typical ? jfi_machine_turns(m, &have, 1 << p->log_slots, m->ctx->chain.top) : JFHE_OK;
}

void jfi_rung_leave(jfi_machine *m) {
  jfhe_linmap_free(m->apart);
  jfhe_linmap_free(m->mix);
  jfi_free(m->mate);
  jfi_free(m->part);
}

jfhe_status jfi_rung_take(jfi_machine *m, const jfhe_rung *rung, int shares) {
  if (!rung) return JFHE_OK;
  if (rung->ctx != m->ctx) return jfi_fail(JFHE_ERR_CONTEXT, "the rung leads to another context");
  if (m->program->log_slots >= rung->small->ring->log_n)
    return jfi_fail(JFHE_ERR_FORM, "vectors of 2^%u slots are not of a ring of degree 2^%u", m->program->log_slots,
                    rung->small->ring->log_n);
  m->rung = rung;
  if (!m->typical) JFI_TRY(take_secrets(m));
  if (shares) JFI_TRY(take_pairs(m));
  m->floor = jfi_rung_keep(m, 0);
  return JFHE_OK;
}

/* ---- values ---- */
static jfhe_status lift_two(const jfi_machine *m, jfhe_ct *to, const jfhe_ct *from) {
  const jfhe_ct *in[2] = {from, from};
  void *room = jfi_alloc(JFI_SHADOW_SCRATCH);
  jfi_scratch s;
  jfi_scratch_init(&s, room, JFI_SHADOW_SCRATCH);
  jfhe_status st = jfi_lift_slots(m->ctx, to, in, 2, m->rung->lift, m->apart, m->keys, &s);
  jfi_free(room);
  return st;
}

jfhe_status jfi_rung_lift(const jfi_machine *m, jfi_value *out, const jfi_value *in) {
  jfhe_ct from, to;
  const jfhe_ct *a = &from;
  jfi_scratch none = {0};
  jfi_ct_shadow(&from, m->rung->small, in->level);
  from.form = JFHE_FORM_EVAL;
  from.packing = in->packing;
  from.log_slots = m->program->log_slots;
  from.scale = in->scale;
  from.bound = in->bound;
  memcpy(from.key_id, m->key_id[JFI_BELOW], JFHE_ID_BYTES);
  jfi_ct_shadow(&to, m->ctx, m->ctx->chain.top);
  JFI_TRY(jfi_rung_packs(m) ? lift_two(m, &to, a) : jfi_lift(m->ctx, &to, &a, 1, m->rung->lift, &none));
  *out = (jfi_value){to.scale, to.bound, (uint8_t)to.level, (uint8_t)to.packing, JFI_OWN, 0};
  return JFHE_OK;
}

/* ---- levels ---- */
/* The maps of shared ciphertexts take a level each. */
uint32_t jfi_rung_lowered(const jfi_machine *m, uint32_t level) {
  uint32_t maps = (uint32_t)jfi_rung_packs(m);
  return level < maps ? UINT32_MAX : jfi_lower_level(m->ctx, m->rung->small, level - maps, m->rung->lower);
}

uint32_t jfi_rung_lifted(const jfi_machine *m, uint32_t level) {
  uint32_t above = jfi_lift_level(m->ctx, m->rung->small, level), maps = (uint32_t)jfi_rung_packs(m);
  return above == UINT32_MAX || above < maps ? UINT32_MAX : above - maps;
}

uint32_t jfi_rung_keep(const jfi_machine *m, uint32_t keep) {
  uint32_t top = jfi_machine_ceiling(m), level = m->rung ? 0 : keep;
  for (; m->rung && level < top; level++)
    if (jfi_rung_lowered(m, level) != UINT32_MAX && jfi_rung_lowered(m, level) >= keep) break;
  return level < top ? level : top;
}

uint32_t jfi_rung_again(const jfi_machine *m, uint32_t level) {
  uint32_t top = jfi_machine_ceiling(m);
  if (!m->rung) return level;
  for (uint32_t l = level; l < top; l++) {
    uint32_t below = jfi_rung_lowered(m, l), back = below == UINT32_MAX ? below : jfi_rung_lifted(m, below);
    if (back != UINT32_MAX && back >= level) return l;
  }
  return top;
}

uint32_t jfi_rung_below(const jfi_machine *m, uint32_t level) {
  for (uint32_t l = 0; l <= m->rung->small->chain.top; l++) {
    uint32_t above = jfi_rung_lifted(m, l);
    if (above != UINT32_MAX && above >= level) return l;
  }
  return UINT32_MAX;
}
