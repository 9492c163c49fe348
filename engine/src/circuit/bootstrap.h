/* circuit/bootstrap.h: CKKS bootstrapping, slots to coefficients first. [CHKKS18b] [BMTPH21] [BTPH22]
 *
 * z in the slots, |z| <= mag, at level `stages`:
 *   1. slots to coefficients: `stages` linear maps; at level 0 the phase is eps q0 z/mag, in bit-reversed order;
 *   2. switch to a sparse secret (bootstrap_raise.c), take the residues modulo q0 for integers modulo Q, switch back: the phase is q0 t,
 *      t = eps z/mag + I with integers I, |t| <= overflow but for a chance below 2^-128;
 *   3. a sum over the rotations that fix a sparse packing, where it is one;
 *   4. coefficients to slots: `stages` linear maps, y = t/(2 overflow); its real and imaginary parts by a conjugation;
 *   5. sin(2 pi t) = cos(2 pi (t - 1/4)): a Chebyshev series of cos(2 pi (t - 1/4)/4), doubled twice (bootstrap_sine.c);
 *      sin(2 pi t)/(2 pi eps) * mag ~ z.
 * Levels, from the top: stages, SINE_LEVELS, what is left, stages. docs/SOUNDNESS.md, "Bootstrapping". */
#ifndef JFI_CIRCUIT_BOOTSTRAP_H
#define JFI_CIRCUIT_BOOTSTRAP_H
#include "circuit/linmap.h"
#include "circuit/periodic.h"
#include "circuit/poly.h"
#include "jfhe/bootstrap.h"

enum {
  JFI_BOOT_STAGES_MAX = 3,
  JFI_SINE_LEVELS = 8,
  JFI_BOOT_STEP =
      8, /* diagonals a giant step: as many babies as giants for stages of 63; twice as many for wider ones */
  JFI_BOOT_WALK_MAX = 6, /* butterflies of a stage whose babies, 2 to this power, are all walked to */
  JFI_BOOT_COUNT_MAX = 8 /* of any stage: two for 2^16 slots */
};

/* What its own roundings do to a sine. Deviation over all integer parts, and over those of the one for which it is largest; the worst case, over all
 * arguments, of what is random, and of the rest. */
typedef struct jfi_sine_noise {
  double sd, most;
  double worst, drift;
} jfi_sine_noise;
/* Part of a rounding that is left for the key switch before it. */
#define JFI_SINE_ROOM 0x1p-10

struct jfhe_bootstrap {
  const jfhe_ctx *ctx;
  uint32_t log_slots, stages, keys, walk_most;
  int bare, late, untailed;                 /* no plaintexts; not yet */
  uint32_t level_in, level_sine, level_out; /* of the input, the sine's argument, the result */
  double mag, eps, overflow;
  struct jfhe_linmap *down[JFI_BOOT_STAGES_MAX], *up[JFI_BOOT_STAGES_MAX]; /* in order of application */
  struct jfhe_poly *cosine;
  double cosine_error; /* |polynomial - cosine| on [-1, 1] */
  jfi_sine_noise sine;
};

typedef struct jfi_boot_options {
  uint32_t keys;      /* enum jfhe_bootstrap_keys, the first two */
  int late;           /* plaintexts when they are needed */
  int bare;           /* no plaintexts: good for questions alone */
  double overflow;    /* how a test weakens it: 0 keeps what is safe */
  uint32_t walk_most; /* how a test makes stages wide: 0 is JFI_BOOT_WALK_MAX */
  int untailed;       /* how a test sees the predicted deviation: no more is entered for the probable bound's sake */
} jfi_boot_options;
jfhe_status jfi_bootstrap_new(struct jfhe_bootstrap **out, const jfhe_ctx *ctx, uint32_t log_slots, double mag,
                              const jfi_boot_options *options);
/* Its levels: stages, level_in, level_sine, level_out of a bootstrap whose ctx is set. */
jfhe_status jfi_bootstrap_levels(struct jfhe_bootstrap *b);
/* Makes the plaintexts that are not there. */
jfhe_status jfi_bootstrap_prepare(struct jfhe_bootstrap *b);

/* bootstrap_maps.c: butterflies of half length 2^low .. 2^(low + count - 1) of the encoder's transform, times `factor`. */
typedef struct jfi_stage {
  uint32_t low, count;
  int inverse, wide; /* wide: giants have keys of their own */
  double factor;
  int32_t walk; /* 0: hoisted babies; 1, -1: walked to, in this direction */
} jfi_stage;
jfhe_status jfi_stage_map(struct jfhe_linmap **out, const jfhe_ctx *ctx, uint32_t log_slots, const jfi_stage *stage);
void jfi_stage_map_free(struct jfhe_linmap *map);
/* Largest root of squares of the weights on babies' key switches, of weights on a stage's slots with squares of sum 1: those that undoing it makes, or, up,
 * one slot's. Counted, or HUGE_VAL where that takes long; and what it is at most. */
double jfi_stage_babies(const struct jfhe_linmap *map, const jfi_stage *stage);
double jfi_stage_babies_most(const struct jfhe_linmap *map, const jfi_stage *stage);
/* What encoding does to a map's diagonals at a scale: sum over them of the largest error; largest root of a row's sum of squares; its
 * root mean square. */
typedef struct jfi_encoded {
  double l1, l2, rms;
} jfi_encoded;
jfhe_status jfi_linmap_measure(const struct jfhe_linmap *map, double scale, jfi_encoded *e);

/* bootstrap_sine.c. Least multiple of 1/4 that t exceeds with a chance of at most 2^-128, all N coefficients together. */
double jfi_overflow(uint32_t log_n, uint32_t weight);
size_t jfi_sine_scratch(const jfhe_ctx *ctx, const struct jfhe_bootstrap *b);
/* out = mag/(2 pi eps) sin(2 pi t) at level_out from u = t/overflow at level_sine. Takes u's error as 0 and spoils u. */
jfhe_status jfi_sine(const jfhe_ctx *ctx, const struct jfhe_bootstrap *b, struct jfhe_ct *out, struct jfhe_ct *u,
                     const struct jfhe_keyring *keys, jfi_scratch *s);

/* Scale of the cosine from which the doublings lead to sin(2 pi t) at the scale that makes mag/(2 pi eps) sin(2 pi t) canonical. */
double jfi_sine_scale(const jfhe_ctx *ctx, const struct jfhe_bootstrap *b);

/* bootstrap_noise.c: the argument is taken as exact. scale: jfi_sine_scale. */
jfhe_status jfi_sine_noise_of(jfi_sine_noise *noise, const jfhe_ctx *ctx, const struct jfhe_bootstrap *b, double scale);
/* The worst case for the keys at hand; HUGE_VAL where their noise leaves no JFI_SINE_ROOM. */
double jfi_sine_worst(const jfhe_ctx *ctx, const struct jfhe_bootstrap *b, double scale,
                      const struct jfhe_keyring *keys);
/* What the sine's bend, cubic times (3/4) x - x^3, does to numbers x: of modulus at most m at worst; where they are uniform on the interval, or, a
 * coordinate, on the disc. */
jfi_noise jfi_sine_bend(double cubic, double m, int complex);

/* bootstrap_raise.c: from level 0 to the top through the sparse secret. Bounds of coefficients, in units of q0. */
size_t jfi_raise_scratch(const jfhe_ctx *ctx);
jfhe_status jfi_raise(const jfhe_ctx *ctx, struct jfhe_ct *out, const struct jfhe_ct *a, const struct jfhe_evk *down,
                      const struct jfhe_evk *up, jfi_scratch *s);
/* Error of the two switches, in units of a coefficient. */
jfi_noise jfi_raise_noise(const jfhe_ctx *ctx, const struct jfhe_evk *down, const struct jfhe_evk *up);

/* bootstrap_run.c */
/* Whether it is for ciphertexts of so many slots: its own, or, where it is of all, any: each repetition of a sparse vector is one number of them. */
int jfi_boot_meets(const struct jfhe_bootstrap *b, uint32_t log_slots);
/* Level sets do not nest: of the levels up to this the one of most primes. */
uint32_t jfi_boot_roomiest(const jfhe_ctx *ctx, uint32_t level);
/* jfhe_ckks_bootstrap_many, which the first two are for one. */
size_t jfi_bootstrap_scratch(const jfhe_ctx *ctx, const struct jfhe_bootstrap *b);
jfhe_status jfi_bootstrap(const jfhe_ctx *ctx, struct jfhe_ct *out, const struct jfhe_ct *a,
                          const struct jfhe_bootstrap *b, const struct jfhe_keyring *keys, jfi_scratch *s);
/* Its steps for who makes something else of them. Slots to coefficients: x, at level_in and canonical scale, becomes eps q0 z/mag in
 * coefficients, at level 0. */
jfhe_status jfi_boot_down(const jfhe_ctx *ctx, const struct jfhe_bootstrap *b, struct jfhe_ct *x,
                          const struct jfhe_keyring *keys, jfi_scratch *s);
/* From the coefficients of x, at level 0, in units of q0: u = Re t/overflow at level_sine, t = x + I. u's bounds are those of t/overflow; what is
 * not real of it is the noise of the conjugation alone. Scratch: jfi_bootstrap_scratch. */
jfhe_status jfi_boot_argument(const jfhe_ctx *ctx, const struct jfhe_bootstrap *b, struct jfhe_ct *u,
                              const struct jfhe_ct *x, const struct jfhe_keyring *keys, jfi_scratch *s);
size_t jfi_bootstrap_many_scratch(const jfhe_ctx *ctx, const struct jfhe_bootstrap *b, size_t count);
jfhe_status jfi_bootstrap_many(const jfhe_ctx *ctx, struct jfhe_ct *const *out, const struct jfhe_ct *const *a,
                               size_t count, const struct jfhe_bootstrap *b, const struct jfhe_keyring *keys,
                               jfi_scratch *s);

/* bootstrap_precise.c: jfhe_ckks_bootstrap_precise. */
size_t jfi_bootstrap_precise_scratch(const jfhe_ctx *ctx, const struct jfhe_bootstrap *b);
jfhe_status jfi_bootstrap_precise(const jfhe_ctx *ctx, struct jfhe_ct *out, const struct jfhe_ct *a,
                                  const struct jfhe_bootstrap *b, const struct jfhe_keyring *keys, jfi_scratch *s);
#endif
