/* jfhe/plan.h: encrypted programs: what to compute (a program), how with these parameters and keys (a plan), and the doing (a run).
 *
 * A program is a graph in static single assignment over vectors of 2^log_slots slots. It knows no level, no scale, no key. A plan
 * lowers it: it merges, places relinearisations and rescalings, aligns levels, groups rotations, and proves a bound for every value
 * before anything runs. A run computes a plan. The same plan on the same ciphertexts gives the same bytes with any number of
 * threads and on any backend. Forms of a program on disk: protocol/plan.md. */
#ifndef JFHE_PLAN_H
#define JFHE_PLAN_H
#include "jfhe/bootstrap.h"
#include "jfhe/codec.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ==== programs ==== */
/** A graph of operations. Grows only; safe to read from many threads once it is built. */
typedef struct jfhe_program jfhe_program;

enum {
  JFHE_PROGRAM_NODES_MAX = 1 << 24,  /**< operations */
  JFHE_PROGRAM_TABLES_MAX = 1 << 20, /**< vectors, polynomials and maps together */
  JFHE_NAME_MAX = 255                /**< bytes of a name of an input or output, UTF-8, no control characters */
};

/** An empty program on vectors of 2^log_slots slots, log_slots <= 16. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_new(jfhe_program **out, uint32_t log_slots);
JFHE_API void jfhe_program_free(jfhe_program *program);
JFHE_API uint32_t jfhe_program_log_slots(const jfhe_program *program);
JFHE_API uint32_t jfhe_program_nodes(const jfhe_program *program);
JFHE_API uint32_t jfhe_program_inputs(const jfhe_program *program);
JFHE_API uint32_t jfhe_program_outputs(const jfhe_program *program);
/** Names of inputs and outputs in the order of their making; null beyond the last. */
JFHE_API const char *jfhe_program_input_name(const jfhe_program *program, uint32_t input);
JFHE_API const char *jfhe_program_output_name(const jfhe_program *program, uint32_t output);
/** SHA-256 over the binary form: equal programs have equal hashes. JFHE_HASH_BYTES long. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_hash(const jfhe_program *program, uint8_t *hash);

/* ---- tables: public data that operations refer to; equal ones are kept once ----
 * Each writes the table's number to *out. JFHE_ERR_VALUE for NaN or infinity. */
/** A vector in the clear: count <= 2^log_slots numbers, the rest 0; im may be null. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_vector(jfhe_program *program, uint32_t *out, const double *re,
                                                    const double *im, size_t count);
/** A polynomial, as jfhe_poly_new. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_poly(jfhe_program *program, uint32_t *out, const double *coeff,
                                                  size_t count, uint32_t basis, double a, double b);
/** A linear map, as jfhe_linmap_new_array: diagonal index[t] is re[t*slots ..], im[t*slots ..]; im may be null.
 *  JFHE_ERR_ARG for two indices that are equal modulo the slots. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_linmap(jfhe_program *program, uint32_t *out, const int32_t *index,
                                                    size_t count, const double *re, const double *im);

/* ---- operations: each writes the number of a new value to *out and reads values made before it ----
 * JFHE_ERR_ARG for a value or table that does not exist, or a count out of its set; JFHE_ERR_MEMORY. */
/** An encrypted input. packing: JFHE_PACK_REAL or _COMPLEX. bound: the largest modulus of a number that the program is made for, > 0.
 *  name: unique among inputs, at most JFHE_NAME_MAX bytes. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_input(jfhe_program *program, uint32_t *out, const char *name,
                                                   uint32_t packing, double bound);
JFHE_API JFHE_CHECK jfhe_status jfhe_program_add(jfhe_program *program, uint32_t *out, uint32_t a, uint32_t b);
JFHE_API JFHE_CHECK jfhe_status jfhe_program_sub(jfhe_program *program, uint32_t *out, uint32_t a, uint32_t b);
JFHE_API JFHE_CHECK jfhe_status jfhe_program_neg(jfhe_program *program, uint32_t *out, uint32_t a);
/** Slot by slot; a = b squares. One level. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_mul(jfhe_program *program, uint32_t *out, uint32_t a, uint32_t b);
JFHE_API JFHE_CHECK jfhe_status jfhe_program_add_const(jfhe_program *program, uint32_t *out, uint32_t a, double re,
                                                       double im);
/** One level, unless re is a small integer and im 0. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_mul_const(jfhe_program *program, uint32_t *out, uint32_t a, double re,
                                                       double im);
JFHE_API JFHE_CHECK jfhe_status jfhe_program_add_vector(jfhe_program *program, uint32_t *out, uint32_t a,
                                                        uint32_t vector);
/** Slot by slot; one level. A vector of zeros and ones is a mask. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_mul_vector(jfhe_program *program, uint32_t *out, uint32_t a,
                                                        uint32_t vector);
/** To the left by k slots: out[i] = a[(i + k) mod slots]. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_rotate(jfhe_program *program, uint32_t *out, uint32_t a, int32_t k);
JFHE_API JFHE_CHECK jfhe_status jfhe_program_conjugate(jfhe_program *program, uint32_t *out, uint32_t a);
/** jfhe_ckks_settle: twice the real part of what the slots hold, no more than `limit` above 0. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_settle(jfhe_program *program, uint32_t *out, uint32_t a, double limit);
/** out[i] = sum over j < count of a[i + j*stride]; count a power of two, stride*count <= slots. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_inner_sum(jfhe_program *program, uint32_t *out, uint32_t a,
                                                       uint32_t stride, uint32_t count);
/** One level. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_apply_linmap(jfhe_program *program, uint32_t *out, uint32_t a,
                                                          uint32_t map);
/** jfhe_poly_depth levels. flags: enum jfhe_poly_flag. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_apply_poly(jfhe_program *program, uint32_t *out, uint32_t a, uint32_t poly,
                                                        uint32_t flags);
/** The same value, no higher than `level`. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_level(jfhe_program *program, uint32_t *out, uint32_t a, uint32_t level);
/** A table look-up. Programs may hold it; jfhe_plan_new refuses it while no parameters evaluate it. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_lookup(jfhe_program *program, uint32_t *out, uint32_t a, uint32_t vector);
/** The same numbers with their levels back. Nobody needs to call it: plans place bootstraps where depth demands them, and place none
 *  besides a program's own. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_bootstrap(jfhe_program *program, uint32_t *out, uint32_t a);
/** The caller vouches that no number of value a has a modulus above `bound`, whatever the inputs within their bounds. It tightens what
 *  the plan proves; a wrong promise makes bounds wrong. Keeps the smaller of two. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_promise(jfhe_program *program, uint32_t a, double bound);
/** Name a value as a result; name: unique among outputs. *out is the output's number. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_output(jfhe_program *program, uint32_t *out, const char *name, uint32_t a);

/* ---- forms: protocol/plan.md ---- */
/** Bytes of the text or binary form; 0 when a program has no output. */
JFHE_API size_t jfhe_program_write_size(const jfhe_program *program, int text);
/** bytes: room for _write_size bytes, which it fills (no terminating zero). */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_write(uint8_t *bytes, size_t len, const jfhe_program *program, int text);
/** Either form, told apart by its first bytes. Hostile-safe: JFHE_ERR_FORMAT names the line or byte and what is wrong there.
 *  Memory  at most 64 bytes an operation, 16 a number of a table, and 700 more an input, an output or a table, counted against the
 *          length. */
JFHE_API JFHE_CHECK jfhe_status jfhe_program_read(jfhe_program **out, const uint8_t *bytes, size_t len);

/* ==== plans ==== */
typedef struct jfhe_plan jfhe_plan;

/** Passes in their order. `stop_after` ends planning behind one; jfhe_plan_text then prints what it left. */
enum jfhe_pass {
  JFHE_PASS_INPUT = 0,    /**< the program as given */
  JFHE_PASS_SIMPLIFY = 1, /**< constants folded, neutral operations and unused values dropped            from -O1 */
  JFHE_PASS_CSE = 2,      /**< equal operations made once                                                from -O1 */
  JFHE_PASS_PRODUCTS = 3, /**< sums of products share one relinearisation and one rescaling ("lazy")    from -O2 */
  JFHE_PASS_BOOTSTRAPS =
      4, /**< where levels end: the row of cuts through the program that costs the fewest bootstraps        always */
  JFHE_PASS_LEVELS =
      5, /**< each value as low as its uses allow, rescalings and level changes placed; below -O1: as high */
  JFHE_PASS_RING =
      6, /**< inputs of a smaller ring lifted, outputs lowered; the ring holds the depth, else refused with the numbers */
  JFHE_PASS_ROTATIONS =
      7, /**< absent Galois elements made of present ones; rotations of one value hoisted; sums merged from -O2 */
  JFHE_PASS_BOUNDS = 8,   /**< level, scale, worst and probable error of every value */
  JFHE_PASS_SCHEDULE = 9, /**< order, groups, last uses, memory and time */
  JFHE_PASS_COUNT = 10
};
/** "simplify" and so on; null beyond the last. */
JFHE_API const char *jfhe_pass_name(uint32_t pass);

/** What a machine takes: seconds. Zero fields stand for the library's own figures. */
typedef struct jfhe_costs {
  double transform; /**< one NTT of one residue, over N log2 N */
  double product;   /**< one modular product and its traffic, a word */
  double traffic;   /**< a sum or copy, a word */
  double encode;    /**< encoding a vector, over N log2 N, without its NTTs */
} jfhe_costs;
/** Time the four on this machine in about 0.2 s. */
JFHE_API JFHE_CHECK jfhe_status jfhe_costs_measure(const jfhe_ctx *ctx, jfhe_costs *out);

enum jfhe_plan_flag {
  JFHE_PLAN_APART =
      1 /**< on a rung, a bootstrap of all slots brings the repetitions of vectors of fewer back, each by itself; not for sharing */
};
typedef struct jfhe_plan_options {
  uint32_t opt_level;    /**< 0 to 3 */
  uint32_t stop_after;   /**< enum jfhe_pass; JFHE_PASS_SCHEDULE to run */
  uint32_t keep_levels;  /**< levels that outputs should still have, as far as the inputs' levels allow */
  uint32_t flags;        /**< of enum jfhe_plan_flag */
  uint64_t memory_limit; /**< bytes; 0: none. A plan that needs more is refused with both numbers. */
  jfhe_costs costs;
} jfhe_plan_options;
/** -O2, all passes, no limit. */
JFHE_API void jfhe_plan_options_init(jfhe_plan_options *options);

/** Plan a program for parameters and keys.
 *
 *  inputs   what each input will be, in the program's order (as jfhe_inspect fills them; level, scale, magnitude, errors,
 *           packing, log_slots, key_id are read); null: fresh encryptions at the top level.
 *  keys     relinearisation and Galois keys; must outlive the plan. Null: bounds and costs of typical keys, every rotation present; such a
 *           plan explains, and does not run.
 *  Error    every value's bounds are those that the run's ciphertexts will carry, to the last bit.
 *  Memory   at most 200 bytes an operation while planning, besides tables.
 *  Time     under 10 us an operation.
 *
 *  Returns JFHE_OK, else *out is null:
 *          JFHE_ERR_LEVEL    more multiplications in a row than the inputs have levels; names both numbers;
 *          JFHE_ERR_RANGE    a value's bound does not fit its modulus, or an input's magnitude exceeds what the program declares; names the
 *                            value and the operation;
 *          JFHE_ERR_KEY      keys of other secrets, no relinearisation key, or a rotation that the keys cannot make; names it;
 *          JFHE_ERR_FORM     inputs of other slots or packing than declared;
 *          JFHE_ERR_MEMORY   above memory_limit, or out of memory;
 *          JFHE_ERR_CONTEXT  keys of other parameters;
 *          JFHE_ERR_ARG      a look-up, a bootstrap of the program's own where none is given, or options out of their set. */
JFHE_API JFHE_CHECK jfhe_status jfhe_plan_new(jfhe_plan **out, const jfhe_ctx *ctx, const jfhe_keyring *keys,
                                              const jfhe_program *program, const jfhe_info *inputs,
                                              const jfhe_plan_options *options);
/** The same with bootstraps where levels end: what is bootstrapped takes time and an error, and has its levels back.
 *
 *  bootstrap  for the program's slots, or for all of ctx; outlives the plan; null: as jfhe_plan_new. One of all slots brings back the repetitions of
 *             sparse vectors each by itself, and so what was settled too, which one of the program's slots would take the mean of. What is larger than its bound is scaled into it. No value
 *             then uses a level above what a bootstrap gives, and outputs keep enough levels to be bootstrapped in their turn, unless
 *             keep_levels is less. A program with bootstraps of its own gets no others.
 *  keys       the bootstrap's too: conjugation, rotations, the pair of the sparse secret.
 *  Memory     while planning 50 bytes an operation more, and 450 a product in a row.
 *  Time       under 10 us an operation.
 *
 *  Returns    as jfhe_plan_new; JFHE_ERR_LEVEL also for an operation deeper than what a bootstrap gives, and for an input below what it
 *             takes; JFHE_ERR_RANGE also for numbers above 2^60 times its bound; JFHE_ERR_CONTEXT and _FORM for one of other
 *             parameters or slots. */
JFHE_API JFHE_CHECK jfhe_status jfhe_plan_new_with(jfhe_plan **out, const jfhe_ctx *ctx, const jfhe_keyring *keys,
                                                   const jfhe_bootstrap *bootstrap, const jfhe_program *program,
                                                   const jfhe_info *inputs, const jfhe_plan_options *options);
/** What joins a smaller ring to that of a plan: a rung of the ladder. */
typedef struct jfhe_rung jfhe_rung;
/** A rung between `small`, whose primes ctx carries, and ctx. Both contexts and both keys outlive it.
 *
 *  lift, lower  from the smaller ring's secret to that of ctx's keys, and back (jfhe_keygen_lift, jfhe_keygen_lower). Both null: typical ones,
 *               for plans that explain.
 *  Returns JFHE_OK, else *out is null: JFHE_ERR_CONTEXT for a ring that is not below, on this ladder, and for keys of others; JFHE_ERR_KEY for
 *          one of the keys alone, of another kind or ring, or keys of different secrets; JFHE_ERR_MEMORY. */
JFHE_API JFHE_CHECK jfhe_status jfhe_rung_new(jfhe_rung **out, const jfhe_ctx *ctx, const jfhe_ctx *small,
                                              const jfhe_evk *lift, const jfhe_evk *lower);
JFHE_API void jfhe_rung_free(jfhe_rung *rung);
/** The same for inputs of a smaller ring, which are lifted, and outputs that go back there: the program is computed in the ring of `ctx`, with its
 *  levels and its bootstraps, and nobody outside sees that ring. Inputs may also be of `ctx`; fresh ones (inputs null) are of the smaller ring.
 *
 *  bootstrap  for the program's slots; or for all of ctx, where the program has all of a ring half as large: then parts of the program that do
 *             the same to different inputs, number by number, share ciphertexts two and two (a level each at the lift and the lowering, and the
 *             key of the rotation by the program's slots), unless options say JFHE_PLAN_APART.
 *  rung       outlives the plan; null: as jfhe_plan_new_with. keep_levels, level_in and outputs' levels are then the smaller ring's.
 *  Error      a key switch and a rounding for each input, and for each output (docs/SOUNDNESS.md, "Lifting and lowering").
 *
 *  Returns    as jfhe_plan_new_with; JFHE_ERR_CONTEXT also for a rung to other parameters; JFHE_ERR_KEY for one whose keys are of another secret,
 *             or typical where `keys` are not; JFHE_ERR_LEVEL for an input of which nothing is left when it is lifted;
 *             JFHE_ERR_FORM also where no two parts of the program can share a ciphertext, and the bootstrap is made for that. */
JFHE_API JFHE_CHECK jfhe_status jfhe_plan_new_on(jfhe_plan **out, const jfhe_ctx *ctx, const jfhe_keyring *keys,
                                                 const jfhe_bootstrap *bootstrap, const jfhe_rung *rung,
                                                 const jfhe_program *program, const jfhe_info *inputs,
                                                 const jfhe_plan_options *options);
JFHE_API void jfhe_plan_free(jfhe_plan *plan);

/** What a plan foresees. */
typedef struct jfhe_forecast {
  double seconds; /**< on one thread */
  uint64_t
      memory_bytes;    /**< peak: ciphertexts, scratch, encoded vectors; inputs from when they are given; keys apart */
  uint64_t key_bytes;  /**< resident bytes of the switching keys that it uses */
  uint64_t plan_bytes; /**< of the plan itself */
  uint32_t operations; /**< after planning */
  uint32_t products;   /**< relinearisations */
  uint32_t rotations;  /**< key switches of rotations */
  uint32_t depth;      /**< levels from the highest input to the lowest output; with bootstraps: products in a row */
  uint32_t level_in;   /**< levels that the inputs must have */
  uint32_t bootstraps; /**< placed, or the program's own */
  uint32_t lifts;      /**< inputs brought up from the smaller ring */
  uint32_t lowers;     /**< outputs brought down to it */
} jfhe_forecast;
JFHE_API void jfhe_plan_forecast(const jfhe_plan *plan, jfhe_forecast *out);

/** What output number `output` will say of itself. Any pointer may be null. JFHE_ERR_ARG beyond the last. */
JFHE_API JFHE_CHECK jfhe_status jfhe_plan_output(const jfhe_plan *plan, uint32_t output, uint32_t *level,
                                                 double *magnitude, double *error_worst, double *error_probable);
/** Rotations whose Galois keys the plan uses: writes at most `cap`, returns how many. */
JFHE_API size_t jfhe_plan_rotations(const jfhe_plan *plan, int32_t *k, size_t cap);
/** The plan as text, a line an operation, with levels, bounds and costs as far as planned. Writes at most `cap` bytes with a terminating zero
 *  and returns the bytes of the whole, the zero included. */
JFHE_API size_t jfhe_plan_text(const jfhe_plan *plan, char *text, size_t cap);
/** SHA-256 over parameters, program and every choice that fixes the result's bytes. With the inputs' hashes it names a result, so a store can
 *  reuse it. JFHE_HASH_BYTES long. */
JFHE_API JFHE_CHECK jfhe_status jfhe_plan_hash(const jfhe_plan *plan, uint8_t *hash);

/* ==== runs ==== */
/** One computation of a plan. Used by one thread at a time; only jfhe_run_cancel may come from another. */
typedef struct jfhe_run jfhe_run;

enum jfhe_run_event {
  JFHE_RUN_WANTS = 1,  /**< input `number` is needed: jfhe_run_give it and go on */
  JFHE_RUN_OUTPUT = 2, /**< output `number` is ready: jfhe_run_take it, now or later */
  JFHE_RUN_PAUSE = 3,  /**< the time slice is over */
  JFHE_RUN_DONE = 4
};

/** What has happened, and how far it is. */
typedef struct jfhe_run_state {
  uint32_t event;       /**< enum jfhe_run_event */
  uint32_t number;      /**< of the input or output */
  double done;          /**< share of the forecast time, 0 to 1 */
  double seconds_left;  /**< by the pace so far, the forecast at first */
  uint64_t memory_now;  /**< bytes held */
  uint64_t memory_peak; /**< so far */
} jfhe_run_state;

/** Start. Allocates scratch for the context's threads; the plan must outlive the run. `skip`: one byte an output, nonzero for those that
 *  are not wanted (they were computed before), or null: what only they need is left out. */
JFHE_API JFHE_CHECK jfhe_status jfhe_run_new(jfhe_run **out, const jfhe_plan *plan, const uint8_t *skip);
JFHE_API void jfhe_run_free(jfhe_run *run);
/** Work until something happens or about `slice` seconds have passed (0: no limit). Intermediates are freed at their last use.
 *  Returns JFHE_ERR_CANCELLED after jfhe_run_cancel, or the failure of an operation; then the run can only be freed. */
JFHE_API JFHE_CHECK jfhe_status jfhe_run_advance(jfhe_run *run, double slice, jfhe_run_state *state);
/** Hand over an input. The run takes ownership on success and frees it at its last use.
 *  JFHE_ERR_FORM, _LEVEL, _SCALE, _RANGE, _KEY when it is not what was planned for. */
JFHE_API JFHE_CHECK jfhe_status jfhe_run_give(jfhe_run *run, uint32_t input, jfhe_ct *ct);
/** As jfhe_run_give, of a ciphertext that stays the caller's: it must not change, and must live until the run is freed. Copies no residue. */
JFHE_API JFHE_CHECK jfhe_status jfhe_run_lend(jfhe_run *run, uint32_t input, const jfhe_ct *ct);
/** Take a ready output; the caller frees it. JFHE_ERR_ARG when it is not ready or was taken. */
JFHE_API JFHE_CHECK jfhe_status jfhe_run_take(jfhe_run *run, uint32_t output, jfhe_ct **ct);
/** Ask a run to stop at its next operation; any thread. */
JFHE_API void jfhe_run_cancel(jfhe_run *run);

#ifdef __cplusplus
}
#endif
#endif
