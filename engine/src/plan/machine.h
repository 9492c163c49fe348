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

/* What a value says of itself, planned or computed. */
typedef struct jfi_value {
  double scale;
  jfi_bound bound;
  uint8_t level, packing;
} jfi_value;

typedef struct jfi_machine {
  const struct jfhe_ctx *ctx;
  const struct jfhe_keyring *keys;
  struct jfhe_keyring *made;         /* typical keys, else null */
  const struct jfhe_bootstrap *boot; /* null: levels do not come back */
  int typical;                       /* keys are typical ones, made up for planning: nothing can run */
  uint8_t key_id[JFHE_ID_BYTES];
  const jfhe_program *program;
  jfi_value *input;         /* of each input of the program */
  struct jfhe_linmap **map; /* by table; null for other kinds */
  struct jfhe_poly **poly;  /* by table; null for other kinds */
} jfi_machine;

/* machine.c: checks the inputs against the program, makes maps and polynomials. keys null: typical ones. boot: or null. */
jfhe_status jfi_machine_open(jfi_machine *m, const struct jfhe_ctx *ctx, const struct jfhe_keyring *keys,
                             const jfhe_program *p, const jfhe_info *inputs, const struct jfhe_bootstrap *boot);
void jfi_machine_close(jfi_machine *m);
/* jfi_spread of the program's vectors. */
double jfi_machine_spread(const jfi_machine *m);
/* Levels that an operation of a program goes down. */
uint32_t jfi_machine_depth(const jfi_machine *m, const jfi_node *n);
/* The level of its reads where its value is at `level`: a bootstrap's is the same wherever its value is wanted. */
uint32_t jfi_machine_reads_at(const jfi_machine *m, const jfi_node *n, uint32_t level);
/* The highest level that an operation may use: those above it belong to the bootstrap. */
uint32_t jfi_machine_ceiling(const jfi_machine *m);
/* *have: whether a key turns slots by k (modulo the program's slots) at a level. Typical keys are made as they are asked for. */
jfhe_status jfi_machine_turns(jfi_machine *m, int *have, int64_t k, uint32_t level);

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
