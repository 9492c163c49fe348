/* plan/machine.h: what planning knows of the world: parameters, keys, inputs, and the public data made ready for them. */
#ifndef JFI_PLAN_MACHINE_H
#define JFI_PLAN_MACHINE_H
#include "base/mem.h"
#include "plan/graph.h"
#include "rlwe/ct.h"
#include "rlwe/ctx.h"

struct jfhe_bootstrap;
struct jfhe_keyring;
struct jfhe_linmap;
struct jfhe_poly;
struct jfhe_table;

/* What a value says of itself, planned or computed. */
typedef struct jfi_value {
  double scale;
  jfi_bound bound;
  uint8_t level, packing, ring; /* jfi_ring_of */
  uint8_t apart;                /* repetitions of a sparse vector may differ: it was settled */
} jfi_value;

/* What joins a smaller ring to that of a program. */
struct jfhe_rung {
  const struct jfhe_ctx *ctx, *small;
  const struct jfhe_evk *lift, *lower;
  struct jfhe_evk *made[2]; /* typical keys, else null */
};

typedef struct jfi_machine {
  const struct jfhe_ctx *ctx; /* of the program */
  const jfhe_rung *rung;      /* null where all is in one ring */
  uint32_t floor;             /* the lowest level of outputs */
  uint32_t log_slots; /* of values in its ring: more than the program's where two parts of it share them (pairs.c) */
  struct jfhe_linmap *apart, *mix; /* where they do: from a lift's slots to separate ones, and back */
  uint32_t *mate;                  /* by input: the one that is lifted together with it, or JFI_NONE */
  uint8_t *part;                   /* by output: which half of its value it is */
  const struct jfhe_keyring *keys;
  struct jfhe_keyring *made;         /* typical keys, else null */
  const struct jfhe_bootstrap *boot; /* null: levels do not come back */
  int typical;                       /* keys are typical ones, made up for planning: nothing can run */
  uint8_t key_id[2][JFHE_ID_BYTES];  /* by jfi_ring_of */
  const jfhe_program *program;
  jfi_value *given;             /* each input of the program, as it comes */
  jfi_value *input;             /* as the program begins with it: in its ring */
  struct jfhe_linmap **map;     /* by table; null for other kinds */
  struct jfhe_poly **poly;      /* by table; null for other kinds */
  struct jfhe_poly **made_poly; /* what passes made of them */
  uint32_t n_made_polys, cap_made_polys;
  struct jfhe_table **look; /* by table: of vectors that are looked up where levels come back */
} jfi_machine;

/* machine.c: checks the inputs against the program, makes maps and polynomials. keys null: typical ones. boot, rung: or null.
 * flags: of enum jfhe_plan_flag. */
jfhe_status jfi_machine_open(jfi_machine *m, const struct jfhe_ctx *ctx, const struct jfhe_keyring *keys,
                             const jfhe_program *p, const jfhe_info *inputs, const struct jfhe_bootstrap *boot,
                             const jfhe_rung *rung, uint32_t flags);
void jfi_machine_close(jfi_machine *m);
/* jfi_spread of the program's vectors in a ring. */
double jfi_machine_spread(const jfi_machine *m, uint32_t ring);
static inline const struct jfhe_ctx *jfi_machine_ctx(const jfi_machine *m, uint32_t ring) {
  return ring == JFI_BELOW ? m->rung->small : m->ctx;
}
static inline uint32_t jfi_machine_slots(const jfi_machine *m, uint32_t ring) {
  return ring == JFI_BELOW ? m->program->log_slots : m->log_slots;
}
/* The polynomial of an operation: a program's, or one that a pass put in its place. */
static inline const struct jfhe_poly *jfi_machine_poly(const jfi_machine *m, const jfi_node *n) {
  return n->k ? m->made_poly[n->k - 1] : m->poly[n->table];
}
/* Makes an operation p(x) one of the polynomial with these coefficients, as many. */
jfhe_status jfi_machine_poly_with(jfi_machine *m, jfi_node *n, const double *c);
/* Makes an operation p(x) one of 2^out p(2^in x). JFHE_ERR_VALUE: coefficients would be no doubles. */
jfhe_status jfi_machine_poly_in(jfi_machine *m, jfi_node *n, int32_t in, int32_t out);
/* Levels that an operation of a program goes down. */
uint32_t jfi_machine_depth(const jfi_machine *m, const jfi_node *n);
/* The level of its reads where its value is at `level`: a bootstrap's is the same wherever its value is wanted, and a table's. */
uint32_t jfi_machine_reads_at(const jfi_machine *m, const jfi_node *n, uint32_t level);
/* Where nothing tells the level of a value from those of its reads: the highest that it can have; else UINT32_MAX. */
uint32_t jfi_machine_source(const jfi_machine *m, const jfi_node *n);
/* The highest level that an operation may use: those above it belong to the bootstrap. */
uint32_t jfi_machine_ceiling(const jfi_machine *m);
/* *have: whether a key turns slots by k (modulo the program's slots) at a level. Typical keys are made as they are asked for. */
jfhe_status jfi_machine_turns(jfi_machine *m, int *have, int64_t k, uint32_t level);

/* rung.c: a rung, its ring and keys checked; both keys null: typical ones. */
jfhe_status jfi_rung_new(jfhe_rung **out, const struct jfhe_ctx *ctx, const struct jfhe_ctx *small,
                         const struct jfhe_evk *lift, const struct jfhe_evk *lower);
/* Takes it for a program: null for none. shares: two parts of the program are to share ciphertexts. */
jfhe_status jfi_rung_take(jfi_machine *m, const jfhe_rung *rung, int shares);
/* Whether two parts of a program share ciphertexts. */
static inline int jfi_rung_packs(const jfi_machine *m) { return m->apart != NULL; }
void jfi_rung_leave(jfi_machine *m);
/* What a value of the ring below is when it was lifted, beside another like it where parts share ciphertexts. */
jfhe_status jfi_rung_lift(const jfi_machine *m, jfi_value *out, const jfi_value *in);
/* The level that a value of the ring below has when it was lifted, or an output's when it was lowered; UINT32_MAX: none. */
uint32_t jfi_rung_lifted(const jfi_machine *m, uint32_t level);
uint32_t jfi_rung_lowered(const jfi_machine *m, uint32_t level);
/* The lowest level at which an output leaves `keep` levels to those who get it, lowered where there is a rung; at most the ceiling. */
uint32_t jfi_rung_keep(const jfi_machine *m, uint32_t keep);
/* The lowest level of an output that is at `level` or above when it comes back as an input. */
uint32_t jfi_rung_again(const jfi_machine *m, uint32_t level);
/* The lowest level of what an input is given as, from which it is at `level` or above in the program's ring; UINT32_MAX: none is. */
uint32_t jfi_rung_below(const jfi_machine *m, uint32_t level);

/* apply.c: one operation. `in` are its reads in order (jfi_read), null for unused places. Shadows in, shadow out: the same
 * checks and bounds, nothing computed. s: jfi_apply_scratch bytes; for shadows jfi_apply_shadow_scratch. */
jfhe_status jfi_apply(const jfi_machine *m, const jfi_graph *g, const jfi_node *n, struct jfhe_ct *out,
                      const struct jfhe_ct *const *in, jfi_scratch *s);
/* level: of the operation's reads. */
size_t jfi_apply_scratch(const jfi_machine *m, const jfi_graph *g, const jfi_node *n, uint32_t level);
/* Whether a sum has products of two ciphertexts alone, none negative. */
int jfi_sum_is_plain(const jfi_graph *g, const jfi_node *n);
/* Several such sums of as many terms, at one level; in: the reads of each. level: of the reads. */
enum { JFI_SUMS_MAX = 64 };
size_t jfi_apply_sums_scratch(const jfi_machine *m, const jfi_node *n, uint32_t sums, uint32_t level);
jfhe_status jfi_apply_sums(const jfi_machine *m, const jfi_node *const *n, uint32_t sums, struct jfhe_ct *const *out,
                           const struct jfhe_ct *const *const *in, jfi_scratch *s);
enum { JFI_SHADOW_SCRATCH = 1 << 21 };
#endif
