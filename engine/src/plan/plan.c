/* plan/plan.c: the passes in a row. */
#include "plan/plan.h"

#include <string.h>

#include "base/sha256.h"
#include "base/status.h"
#include "circuit/bootstrap.h"
#include "circuit/poly.h"
#include "rlwe/keyring.h"

static const char *const PASSES[JFHE_PASS_COUNT] = {"input",  "simplify", "cse",       "products", "bootstraps",
                                                    "levels", "ring",     "rotations", "bounds",   "schedule"};

const char *jfhe_pass_name(uint32_t pass) { return pass < JFHE_PASS_COUNT ? PASSES[pass] : NULL; }

void jfhe_plan_options_init(jfhe_plan_options *options) {
  *options = (jfhe_plan_options){.opt_level = 2, .stop_after = JFHE_PASS_SCHEDULE};
}

/* The depth was met where levels were given; what is left is the ring's size, and keys for the levels used. */
static jfhe_status check_ring(const jfhe_plan *plan) {
  uint32_t high = 0;
  int products = 0;
  for (uint32_t i = 0; i < plan->g.n_nodes; i++) {
    const jfi_node *n = &plan->g.node[i];
    uint32_t level = jfi_reads_level(plan, n);
    products |= n->op == JFI_OP_POLY;
    for (uint32_t t = 0; n->op == JFI_OP_SUM && t < n->count; t++)
      products |= plan->g.term[(uint32_t)n->k + t].b != JFI_NONE;
    if (n->op != JFI_OP_INPUT && n->op != JFI_OP_LIFT && level > high) high = level;
  }
  const jfhe_evk *rlk = jfi_keyring_find(plan->m.keys, JFHE_EVK_RELIN, 0);
  if (!products) return JFHE_OK;
  if (!rlk) return jfi_fail(JFHE_ERR_KEY, "the program multiplies ciphertexts, and there is no relinearisation key");
  if (memcmp(rlk->from_id, plan->m.key_id[JFI_OWN], JFHE_ID_BYTES) != 0 && plan->m.program->n_inputs)
    return jfi_fail(JFHE_ERR_KEY, "the inputs are under another secret than the keys");
  if (rlk->level < high)
    return jfi_fail(JFHE_ERR_KEY, "the relinearisation key serves levels up to %u, the program needs %u", rlk->level,
                    high);
  return JFHE_OK;
}

/* Units before levels are given back, and of what bootstraps made behind that. */
static jfhe_status bring_levels_back(jfhe_plan *plan) {
  if (!plan->m.boot) return JFHE_OK;
  double limit = jfi_bootstrap_room(plan);
  const int units = (plan->rewrites & JFI_REWRITE_UNITS) != 0;
  if (units) JFI_TRY(jfi_pass_units(&plan->g, &plan->m, limit, 0, &plan->changed));
  JFI_TRY(jfi_pass_bootstraps(&plan->g, plan, &plan->changed));
  return units ? jfi_pass_units(&plan->g, &plan->m, limit, 1, &plan->changed) : JFHE_OK;
}

static jfhe_status do_pass(jfhe_plan *plan, uint32_t pass) {
  uint32_t opt = plan->options.opt_level;
  switch (pass) {
  case JFHE_PASS_INPUT: JFI_TRY(jfi_graph_of(&plan->g, plan->m.program)); return jfi_pass_pairs(&plan->g, &plan->m);
  case JFHE_PASS_SIMPLIFY: return opt >= 1 ? jfi_pass_simplify(&plan->g, plan->m.program) : JFHE_OK;
  case JFHE_PASS_CSE:
    if (opt >= 1) JFI_TRY(jfi_pass_cse(&plan->g));
    return plan->rewrites & JFI_REWRITE_SLOPES ? jfi_pass_slopes(&plan->g, &plan->m, &plan->changed) : JFHE_OK;
  case JFHE_PASS_PRODUCTS: return opt >= 2 ? jfi_pass_products(&plan->g, &plan->m) : JFHE_OK;
  case JFHE_PASS_BOOTSTRAPS: return bring_levels_back(plan);
  case JFHE_PASS_LEVELS: return jfi_pass_levels(&plan->g, &plan->m, plan->how, plan->keep, &plan->need);
  case JFHE_PASS_RING: JFI_TRY(jfi_pass_lifts(&plan->g, &plan->m)); return check_ring(plan);
  case JFHE_PASS_ROTATIONS: return jfi_pass_rotations(&plan->g, &plan->m);
  case JFHE_PASS_BOUNDS: return jfi_plan_bounds(plan);
  default: return jfi_plan_schedule(plan);
  }
}

static jfhe_status do_passes(jfhe_plan *plan) {
  for (uint32_t pass = 0; pass <= plan->options.stop_after; pass++) {
    JFI_TRY(do_pass(plan, pass));
    plan->pass = pass;
  }
  return JFHE_OK;
}

/* As before the first pass; what passes made is another's. */
static void begin(jfhe_plan *plan) {
  plan->g = (jfi_graph){0};
  plan->value = NULL;
  plan->order = plan->last_use = NULL;
  plan->step = NULL;
  plan->n_steps = 0;
  plan->scratch = plan->boot_bytes = 0;
  plan->forecast = (jfhe_forecast){0};
}

/* All that passes made. */
static void forget(jfhe_plan *plan) {
  jfi_graph_free(&plan->g);
  jfi_free(plan->value);
  jfi_free(plan->order);
  jfi_free(plan->step);
  jfi_free(plan->last_use);
  begin(plan);
}

/* Bounds said that a number, its error counted, is too large for a bootstrap: once more, with more room. */
static jfhe_status make_roomy(jfhe_plan *plan) {
  if (!jfi_graph_has(&plan->g, JFI_OP_BOOTSTRAP)) return JFHE_ERR_RANGE;
  forget(plan);
  plan->roomy = 1;
  return do_passes(plan);
}

/* ---- rewrites ---- */
static jfhe_status make_in(jfhe_plan *plan, uint32_t rewrites) {
  plan->rewrites = rewrites;
  plan->changed = 0;
  plan->roomy = 0;
  jfhe_status st = do_passes(plan);
  return st == JFHE_ERR_RANGE && plan->m.boot ? make_roomy(plan) : st;
}

static uint32_t count_bootstraps(const jfi_graph *g) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < g->n_nodes; i++) count += g->node[i].op == JFI_OP_BOOTSTRAP;
  return count;
}

/* What fewer bootstraps may add to a bound where cuts lie elsewhere. Most bounds are smaller then, for less is off by a bootstrap's error,
 * but what is made of one that was not there before is not. */
static const double CUTS_WORSE = 1.25;

/* Whether no output has a larger bound than in the other plan, but for those that other cuts may add to, nor does it take more bootstraps, and
 * something is better. */
static int is_better(const jfhe_plan *plan, const jfhe_plan *other) {
  uint32_t own = count_bootstraps(&plan->g), others = count_bootstraps(&other->g);
  int better = own < others;
  const double times = better && (plan->rewrites & ~other->rewrites & JFI_REWRITE_CUTS) ? CUTS_WORSE : 1;
  if (own > others) return 0;
  for (uint32_t i = 0; i < plan->g.n_outputs; i++) {
    const jfi_bound *a = &plan->value[plan->g.output[i]].bound, *b = &other->value[other->g.output[i]].bound;
    if (a->worst > times * b->worst || a->sd > times * b->sd) return 0;
    better |= a->worst < b->worst;
  }
  return better;
}

/* Another plan with what `rewrites` allow; the better one stays. The machine is one for both. */
static void make_other(jfhe_plan *plan, jfhe_status *st, uint32_t rewrites) {
  jfhe_plan best = *plan;
  begin(plan);
  jfhe_status now = make_in(plan, rewrites);
  if (now == JFHE_OK && (*st != JFHE_OK || is_better(plan, &best))) {
    best.m = plan->m;
    forget(&best);
    *st = JFHE_OK;
    return;
  }
  const jfi_machine m = plan->m;
  forget(plan);
  *plan = best;
  plan->m = m;
}

/* Up to the bounds: as the program stands, and with each choice of what the rewrites found to do. */
static jfhe_status make_in_better(jfhe_plan *plan) {
  jfhe_status st = make_in(plan, plan->m.rung ? JFI_REWRITE_CUTS : JFI_REWRITE_ALL);
  const uint32_t can = plan->changed;
  if (!can) return st;
  forget(plan);
  st = make_in(plan, 0);
  for (uint32_t rewrites = 1; rewrites <= can; rewrites++)
    if ((rewrites & ~can) == 0) make_other(plan, &st, rewrites);
  if (st == JFHE_OK) return st;
  forget(plan);
  return make_in(plan, 0); /* its reason is the one to tell */
}

/* Bounds decide, so a plan that stops before them is made up to them and once more. */
static jfhe_status make_in_best(jfhe_plan *plan) {
  uint32_t stop = plan->options.stop_after;
  if (stop < JFHE_PASS_BOUNDS) plan->options.stop_after = JFHE_PASS_BOUNDS;
  jfhe_status st = make_in_better(plan);
  if (plan->options.stop_after == stop) return st;
  plan->options.stop_after = stop;
  const uint32_t rewrites = st == JFHE_OK ? plan->rewrites : 0;
  forget(plan);
  return make_in(plan, rewrites);
}

jfhe_status jfi_plan_make(jfhe_plan *plan, const jfhe_ctx *ctx, const jfhe_keyring *keys, const jfhe_bootstrap *boot,
                          const jfhe_rung *rung, const jfhe_program *program, const jfhe_info *inputs) {
  JFI_TRY(jfi_machine_open(&plan->m, ctx, keys, program, inputs, boot, rung, plan->options.flags));
  plan->keep = jfi_rung_keep(&plan->m, plan->options.keep_levels);
  jfi_costs_default(&plan->options.costs, ctx);
  uint32_t opt = plan->options.opt_level;
  plan->how = opt >= 2 ? JFI_LEVELS_RAW : opt == 1 ? JFI_LEVELS_LATE : JFI_LEVELS_EARLY;
  /* raw values rise to the inputs' own level, which a bootstrap's keys need not serve, and lifted ones have none */
  if ((plan->m.boot || rung) && plan->how == JFI_LEVELS_RAW) plan->how = JFI_LEVELS_LATE;
  if (plan->m.boot && opt >= 1) return make_in_best(plan);
  jfhe_status st = make_in(plan, 0);
  if (st == JFHE_OK || plan->how != JFI_LEVELS_RAW || plan->m.boot || st == JFHE_ERR_MEMORY) return st;
  /* what raw values leave no room for may be possible without them, and else its reason is the one to tell */
  forget(plan);
  plan->how = JFI_LEVELS_LATE;
  return do_passes(plan);
}

void jfhe_plan_free(jfhe_plan *plan) {
  if (!plan) return;
  forget(plan);
  jfi_machine_close(&plan->m);
  jfi_free(plan);
}

/* ---- identity ---- */
static void hash_table(jfi_sha256 *s, const jfhe_program *p, uint32_t table) {
  if (table != JFI_NONE && table < p->n_tables)
    jfi_sha256_update(s, p->table[table].digest, sizeof p->table[table].digest);
}

static void hash_node(jfi_sha256 *s, const jfhe_plan *plan, const jfi_node *n) {
  const uint32_t words[8] = {n->op, n->flags, n->level, n->a, n->b, (uint32_t)n->k, n->count, 0};
  const double numbers[3] = {n->re, n->im, n->promise};
  jfi_sha256_update(s, words, sizeof words);
  jfi_sha256_update(s, numbers, sizeof numbers);
  if (n->op == JFI_OP_POLY && n->k) {
    const jfhe_poly *p = jfi_machine_poly(&plan->m, n);
    jfi_sha256_update(s, p->c, (p->degree + 1) * sizeof *p->c);
  }
  if (n->op == JFI_OP_INPUT) {
    const char *name = plan->m.program->input[n->table].name;
    jfi_sha256_update(s, name, strlen(name) + 1);
  } else {
    hash_table(s, plan->m.program, n->table);
  }
  for (uint32_t i = 0; n->op == JFI_OP_SUM && i < n->count; i++) {
    const jfi_term *t = &plan->g.term[(uint32_t)n->k + i];
    const uint32_t reads[3] = {t->a, t->b, (uint32_t)t->sign};
    jfi_sha256_update(s, reads, sizeof reads);
    jfi_sha256_update(s, &t->c, sizeof t->c);
    hash_table(s, plan->m.program, t->table);
  }
  if (n->op == JFI_OP_ROTATE_SUM) jfi_sha256_update(s, plan->g.turn + n->k, n->count * sizeof(int32_t));
}

/* A key is told from another by its public half's beginning: fresh randomness for each. */
static void hash_key(jfi_sha256 *s, const jfhe_evk *k) {
  enum { TELLS_APART = 8 };
  const uint32_t words[4] = {k->kind, k->galois, k->level, k->n_digits};
  jfi_sha256_update(s, words, sizeof words);
  jfi_sha256_update(s, k->to_id, sizeof k->to_id);
  if (k->b) jfi_sha256_update(s, k->b, TELLS_APART * sizeof *k->b);
}

static void hash_keys(jfi_sha256 *s, const jfhe_keyring *keys) {
  for (size_t i = 0; i < keys->count; i++) hash_key(s, keys->key[i]);
}

static void hash_rung(jfi_sha256 *s, const jfhe_rung *rung) {
  jfi_sha256_update(s, rung->small->hash, JFHE_HASH_BYTES);
  hash_key(s, rung->lift);
  hash_key(s, rung->lower);
}

void jfi_plan_identity(const jfhe_plan *plan, uint8_t *hash) {
  jfi_sha256 s;
  jfi_sha256_init(&s);
  jfi_sha256_update(&s, plan->m.ctx->hash, JFHE_HASH_BYTES);
  if (plan->m.rung) {
    hash_rung(&s, plan->m.rung);
    jfi_sha256_update(&s, &plan->m.log_slots, sizeof plan->m.log_slots);
  }
  if (plan->forecast.bootstraps) {
    jfi_sha256_update(&s, &plan->m.boot->mag, sizeof plan->m.boot->mag);
    jfi_sha256_update(&s, &plan->m.boot->keys, sizeof plan->m.boot->keys);
    if (plan->m.boot->log_slots != plan->m.log_slots)
      jfi_sha256_update(&s, &plan->m.boot->log_slots, sizeof plan->m.boot->log_slots);
  }
  for (uint32_t i = 0; i < plan->g.n_nodes; i++) hash_node(&s, plan, &plan->g.node[i]);
  for (uint32_t i = 0; i < plan->g.n_outputs; i++) {
    const char *name = plan->m.program->output[i].name;
    jfi_sha256_update(&s, name, strlen(name) + 1);
    jfi_sha256_update(&s, &plan->g.output[i], sizeof plan->g.output[i]);
  }
  hash_keys(&s, plan->m.keys);
  jfi_sha256_final(&s, hash);
}
