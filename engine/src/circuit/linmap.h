/* circuit/linmap.h: a matrix as its diagonals, its baby and giant steps, its encoded diagonals.
 *
 * Diagonal d = giant + baby (signed rotations): out = sum over giants of rot( sum over babies of rot(diag_d, -giant) * rot(a, baby), giant ). */
#ifndef JFI_CIRCUIT_LINMAP_H
#define JFI_CIRCUIT_LINMAP_H
#include "circuit/hoist.h"
#include "jfhe/circuit.h"

typedef struct jfi_diag {
  uint32_t index; /* in [0, slots) */
  int32_t giant, baby;
  uint32_t giant_at, baby_at; /* positions in the lists of the map */
  int constant;               /* all entries equal the real `value`: no plaintext */
  double value, mag;          /* largest modulus */
} jfi_diag;

/* Encoded diagonals for one level and scale, over the level's primes and all specials. */
typedef struct jfi_linmap_cache {
  struct jfi_linmap_cache *next;
  uint32_t level;
  double scale;
  uint64_t **data; /* a diagonal; null: constant, or over the cap */
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
  uint32_t ladder, ladder_mix; /* log2 degree of the rung below and direction, or 0: not the ladder's map */
  jfhe_diagonal_fn fn;
  void *self;
  double *own;         /* copied arrays of jfhe_linmap_new_array */
  uint32_t *own_index; /* index of each copied diagonal */
  size_t n_own;
  size_t cap, cached;
  jfi_linmap_cache *cache;
};

/* linmap_plan.c: fills giant, baby of every diagonal, sorts them, lists the rotations. room: 2*slots bytes, cleared. */
void jfi_linmap_plan(struct jfhe_linmap *map, uint8_t *room);

/* linmap_encode.c */
size_t jfi_linmap_encode_bytes(const struct jfhe_linmap *map);
/* Diagonal t, turned back by its giant step, into residues over `primes`. */
jfhe_status jfi_linmap_encode(const struct jfhe_linmap *map, uint64_t *data, size_t t, jfi_set primes, double scale,
                              jfi_scratch s);
/* The cache of a level and scale, made now as far as the cap allows. */
jfhe_status jfi_linmap_cache_get(struct jfhe_linmap *map, jfi_linmap_cache **out, uint32_t level, double scale);
void jfi_linmap_cache_free(struct jfhe_linmap *map);
/* Scale of the plaintexts that brings a ciphertext of a level to the canonical scale below. */
double jfi_linmap_scale(const struct jfhe_ctx *ctx, uint32_t level, double ct_scale);

/* linmap.c */
jfhe_status jfi_linmap_new(struct jfhe_linmap **out, const struct jfhe_ctx *ctx, uint32_t log_slots,
                           const int32_t *index, size_t count, jfhe_diagonal_fn fn, void *self, double *own,
                           uint32_t *own_index, size_t n_own);
/* Reads one diagonal. */
void jfi_linmap_read(const struct jfhe_linmap *map, uint32_t index, double *re, double *im);

/* linmap_apply.c */
size_t jfi_linmap_scratch(const struct jfhe_ctx *ctx, const struct jfhe_linmap *map, uint32_t level);
jfhe_status jfi_linmap_apply(const struct jfhe_ctx *ctx, struct jfhe_ct *out, const struct jfhe_ct *a,
                             struct jfhe_linmap *map, const struct jfhe_keyring *keys, jfi_scratch *s);
#endif
