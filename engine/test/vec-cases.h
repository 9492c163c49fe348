/* vec-cases.h: reading the known answers of protocol/vectors, which vectors.h carries into programs
 * that have no files. A case is a kind, a name and named rows of 64-bit words. */
#ifndef JFI_TEST_VEC_CASES_H
#define JFI_TEST_VEC_CASES_H
#include "harness.h"
#include "ring/ring.h"

typedef struct vec_field {
  const char *name;
  size_t count;
  const uint64_t *word;
} vec_field;

typedef struct vec_case {
  const char *kind, *name;
  size_t fields;
  const vec_field *field;
} vec_case;

/* The next case of a kind after `after` (null: the first), or null. */
const vec_case *vec_next(const char *kind, const vec_case *after);
/* Loop over all cases of a kind; a kind without a case is a failed check. */
#define VEC_EACH(c, kind) for (const vec_case *c = vec_first(kind); c != NULL; c = vec_next(kind, c))
const vec_case *vec_first(const char *kind);

/* A field, or null when the case lacks it. */
const vec_field *vec_find(const vec_case *c, const char *name);
/* A field that must be there (a case without it ends the program: the header is broken). */
const vec_field *vec_field_of(const vec_case *c, const char *name);
const uint64_t *vec_words(const vec_case *c, const char *name);
uint64_t vec_one(const vec_case *c, const char *name);
/* The indices that a field lists. */
jfi_set vec_set(const vec_case *c, const char *name);
/* Fresh, aligned copies; jfi_free. vec_copy of a missing field is null. */
uint64_t *vec_copy(const vec_case *c, const char *name);
int8_t *vec_small(const vec_case *c, const char *name);
double *vec_doubles(const vec_case *c, const char *name);
/* Bytes of a field that JSON shows as "0x...". */
const uint8_t *vec_bytes(const vec_case *c, const char *name);

/* Checks words against a field and prints the case, the field and the first difference. */
void vec_check(const vec_case *c, const char *name, const uint64_t *got, size_t count);
/* Checks SHA-256 of words against a field of 32 bytes. */
void vec_check_hash(const vec_case *c, const char *name, const void *data, size_t bytes);
/* The ring of a case: fields log_n and `primes` (or q), the kernel that JFHE_ISA chose. */
jfi_ring *vec_ring(const vec_case *c, const char *primes);
#endif
