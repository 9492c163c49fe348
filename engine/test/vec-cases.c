/* vec-cases.c: see vec-cases.h. Words are little-endian in memory on every target of the engine, so
 * a row that packs bytes is those bytes. */
#include "vec-cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "vectors.h"

const vec_case *vec_next(const char *kind, const vec_case *after) {
  const vec_case *end = vec_cases_all + VEC_CASES;
  for (const vec_case *c = after ? after + 1 : vec_cases_all; c < end; c++)
    if (strcmp(c->kind, kind) == 0) return c;
  return NULL;
}

const vec_case *vec_first(const char *kind) {
  const vec_case *c = vec_next(kind, NULL);
  if (!c) printf("vectors.h holds no case of kind %s\n", kind);
  CHECK(c != NULL);
  return c;
}

const vec_field *vec_find(const vec_case *c, const char *name) {
  for (size_t i = 0; i < c->fields; i++)
    if (strcmp(c->field[i].name, name) == 0) return &c->field[i];
  return NULL;
}

const vec_field *vec_field_of(const vec_case *c, const char *name) {
  const vec_field *f = vec_find(c, name);
  if (f) return f;
  printf("case %s has no field %s\n", c->name, name);
  exit(1);
}

const uint64_t *vec_words(const vec_case *c, const char *name) { return vec_field_of(c, name)->word; }

uint64_t vec_one(const vec_case *c, const char *name) { return vec_words(c, name)[0]; }

jfi_set vec_set(const vec_case *c, const char *name) {
  const vec_field *f = vec_field_of(c, name);
  jfi_set s = jfi_set_empty();
  for (size_t i = 0; i < f->count; i++) s = jfi_set_with(s, (size_t)f->word[i]);
  return s;
}

uint64_t *vec_copy(const vec_case *c, const char *name) {
  const vec_field *f = vec_find(c, name);
  if (!f) return NULL;
  uint64_t *p = jfi_alloc(f->count * sizeof *p);
  if (p) memcpy(p, f->word, f->count * sizeof *p);
  return p;
}

int8_t *vec_small(const vec_case *c, const char *name) {
  const vec_field *f = vec_field_of(c, name);
  int8_t *p = jfi_alloc(f->count);
  for (size_t i = 0; p && i < f->count; i++) p[i] = (int8_t)(int64_t)f->word[i];
  return p;
}

double *vec_doubles(const vec_case *c, const char *name) { return (double *)vec_copy(c, name); }

const uint8_t *vec_bytes(const vec_case *c, const char *name) { return (const uint8_t *)vec_words(c, name); }

void vec_check(const vec_case *c, const char *name, const uint64_t *got, size_t count) {
  const vec_field *f = vec_field_of(c, name);
  int same = f->count == count;
  for (size_t i = 0; same && i < count; i++) {
    if (got[i] == f->word[i]) continue;
    printf("%s: word %zu of %s is %llx, the model says %llx\n", c->name, i, name, (unsigned long long)got[i],
           (unsigned long long)f->word[i]);
    same = 0;
  }
  if (f->count != count) printf("%s: %s has %zu words, not %zu\n", c->name, name, f->count, count);
  CHECK(same && "the engine agrees with the model");
}

void vec_check_hash(const vec_case *c, const char *name, const void *data, size_t bytes) {
  uint64_t hash[4];
  jfi_sha256 h;
  jfi_sha256_init(&h);
  jfi_sha256_update(&h, data, bytes);
  jfi_sha256_final(&h, (uint8_t *)hash);
  vec_check(c, name, hash, 4);
}

jfi_ring *vec_ring(const vec_case *c, const char *primes) {
  const vec_field *f = vec_field_of(c, primes);
  jfi_ring *r = jfi_ring_new((uint32_t)vec_one(c, "log_n"), f->word, f->count, jfi_kernel_select());
  CHECK(r != NULL);
  return r;
}
