/* circuit/linmap.h: a matrix as its diagonals, its baby and giant steps, its encoded diagonals.
 *
 * Diagonal d = giant + baby (signed rotations): out = sum over giants of rot( sum over babies of rot(diag_d, -giant) * rot(a, baby), giant ).
 *
 * A *stepped* map has giants at multiples of one width and reaches them by turning the sum so far, from the farthest inwards (Horner's
 * rule): as many key switches, but one key in each direction instead of one a giant. One that *walks* reaches its babies in the same way,
 * each by a turn of the one before: one key instead of one a baby, and no decomposition is shared.
 *
 * A diagonal that repeats with a period is a polynomial in a power of X: its evaluations repeat too, and only a period of them is kept. */
#ifndef JFI_CIRCUIT_LINMAP_H
#define JFI_CIRCUIT_LINMAP_H
#include "circuit/hoist.h"
#include "jfhe/circuit.h"

typedef struct jfi_diag {
  uint32_t index; /* in [0, slots) */
  int32_t giant, baby;
  uint32_t giant_at, baby_at; /* positions in the lists of the map */
  int constant;               /* all entries equal the real `value`: no plaintext */
  uint32_t log_period;        /* entries repeat with this period, at least 2 */
  double value, mag;          /* largest modulus */
} jfi_diag;

/* What the maker of a map knows better than the general rules: docs/SOUNDNESS.md, "Bootstrapping". Bounds are those of the vector that
 * a bijection makes of the slots, and the bijection is the maker's affair. Used when norm > 0. */
typedef struct jfi_linmap_claim {
  double norm, sd_norm;           /* the input's bounds are multiplied by these */
  double factor;                  /* of what the map adds, against a slot's: largest 2-norm of the bijection's rows */
  double babies;                  /* of what babies' switches add, against a slot's and before `factor` */
  double encode_worst, encode_sd; /* error by the diagonals' encoding, absolute */
} jfi_linmap_claim;

/* How a stepped map goes about: giants at multiples of `width`, a power of two; walk: 0, or the turn from a baby to the next, a divisor of
 * width, babies then lying between 0 and walk * (width/|walk| - 1). */
typedef struct jfi_stride {
  int32_t width, walk;
} jfi_stride;

/* Encoded diagonals for one level and scale, over the level's primes and all specials. */
typedef struct jfi_linmap_cache {
  struct jfi_linmap_cache *next;
  uint32_t level;
  double scale;
  uint64_t **data; /* a diagonal, N >> jfi_linmap_shift words a limb; null: constant, or over the cap */
} jfi_linmap_cache;

struct jfhe_linmap {
  const struct jfhe_ctx *ctx;
  uint32_t log_slots;
  size_t slots, count;
  jfi_diag *diag;        /* by giant, then baby */
  int32_t *giant, *baby; /* distinct rotations; a giant's diagonals are consecutive */
  size_t n_giants, n_babies;
  double norm, norm2; /* largest row sum of moduli; largest root of a row's sum of squares */
  int real;
  jfi_stride stride; /* width 0: not stepped */
  jfi_linmap_claim claim;
  uint32_t ladder, ladder_mix; /* log2 degree of the rung below and direction, or 0: not the ladder's map */
  jfhe_diagonal_fn fn;
  void *self;
  double *own;         /* copied arrays of jfhe_linmap_new_array */
  uint32_t *own_index; /* index of each copied diagonal */
  size_t n_own;
  size_t cap, cached;
  jfi_linmap_cache *cache;
};

/* linmap_plan.c: most babies that `count` diagonals can have. */
size_t jfi_linmap_babies_max(const struct jfhe_linmap *map, size_t count);
/* Fills giant, baby of every diagonal, sorts them, lists the rotations. room: 2*slots bytes, cleared. */
void jfi_linmap_plan(struct jfhe_linmap *map, uint8_t *room);

/* linmap_encode.c */
size_t jfi_linmap_encode_bytes(const struct jfhe_linmap *map);
/* log2 of how many evaluations of diagonal d in a row are equal. */
static inline uint32_t jfi_linmap_shift(const struct jfhe_linmap *map, const jfi_diag *d) {
  return map->ctx->ring->log_n - 1 - d->log_period;
}
/* Diagonal t, turned back by its giant step, into residues over `primes`. */
jfhe_status jfi_linmap_encode(const struct jfhe_linmap *map, uint64_t *data, size_t t, jfi_set primes, double scale,
                              jfi_scratch s);
/* The cache of a level and scale, made now as far as the cap allows. */
jfhe_status jfi_linmap_cache_get(struct jfhe_linmap *map, jfi_linmap_cache **out, uint32_t level, double scale);
void jfi_linmap_cache_free(struct jfhe_linmap *map);
/* Scale of the plaintexts that brings a ciphertext of a level to the canonical scale below. */
double jfi_linmap_scale(const struct jfhe_ctx *ctx, uint32_t level, double ct_scale);

/* linmap.c */
/* stride: null, or that of a stepped map. */
jfhe_status jfi_linmap_new(struct jfhe_linmap **out, const struct jfhe_ctx *ctx, uint32_t log_slots,
                           const int32_t *index, size_t count, jfhe_diagonal_fn fn, void *self, double *own,
                           uint32_t *own_index, size_t n_own, const jfi_stride *stride);
/* Turns of a stepped map in the direction of a sign. */
int32_t jfi_linmap_steps(const struct jfhe_linmap *map, int sign);
/* Babies whose keys an application needs, from the first: of a map that walks those are 0 and one step. */
size_t jfi_linmap_baby_turns(const struct jfhe_linmap *map);
/* Reads one diagonal. */
void jfi_linmap_read(const struct jfhe_linmap *map, uint32_t index, double *re, double *im);

/* linmap_apply.c */
size_t jfi_linmap_scratch(const struct jfhe_ctx *ctx, const struct jfhe_linmap *map, uint32_t level);
jfhe_status jfi_linmap_apply(const struct jfhe_ctx *ctx, struct jfhe_ct *out, const struct jfhe_ct *a,
                             struct jfhe_linmap *map, const struct jfhe_keyring *keys, jfi_scratch *s);
/* Up to JFI_MANY_MAX ciphertexts of one level, scale and key, the same bits as one by one. A stepped map reads each key and plaintext once for
 * all; other maps take them in turn. out[i] may be a[i]. */
size_t jfi_linmap_scratch_many(const struct jfhe_ctx *ctx, const struct jfhe_linmap *map, uint32_t level, size_t count);
jfhe_status jfi_linmap_apply_many(const struct jfhe_ctx *ctx, struct jfhe_ct *const *out,
                                  const struct jfhe_ct *const *a, size_t count, struct jfhe_linmap *map,
                                  const struct jfhe_keyring *keys, jfi_scratch *s);
#endif
