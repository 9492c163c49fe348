/* ring/set.h: a subset of a context's primes. A level *is* such a subset; limbs of a polynomial lie in ascending
 * order of the prime's index. */
#ifndef JFI_RING_SET_H
#define JFI_RING_SET_H
#include <stddef.h>
#include <stdint.h>

enum { JFI_PRIMES_MAX = 128 };

typedef struct jfi_set {
  uint64_t w[2];
} jfi_set;

static inline jfi_set jfi_set_empty(void) { return (jfi_set){{0, 0}}; }
static inline int jfi_set_has(jfi_set s, size_t i) { return (int)(s.w[i >> 6] >> (i & 63) & 1); }
static inline jfi_set jfi_set_with(jfi_set s, size_t i) {
  s.w[i >> 6] |= (uint64_t)1 << (i & 63);
  return s;
}
static inline jfi_set jfi_set_without(jfi_set s, size_t i) {
  s.w[i >> 6] &= ~((uint64_t)1 << (i & 63));
  return s;
}
/* {first, ..., first+count-1} */
static inline jfi_set jfi_set_range(size_t first, size_t count) {
  jfi_set s = {{0, 0}};
  for (size_t i = first; i < first + count; i++) s = jfi_set_with(s, i);
  return s;
}
static inline jfi_set jfi_set_or(jfi_set a, jfi_set b) { return (jfi_set){{a.w[0] | b.w[0], a.w[1] | b.w[1]}}; }
static inline jfi_set jfi_set_and(jfi_set a, jfi_set b) { return (jfi_set){{a.w[0] & b.w[0], a.w[1] & b.w[1]}}; }
static inline jfi_set jfi_set_minus(jfi_set a, jfi_set b) { return (jfi_set){{a.w[0] & ~b.w[0], a.w[1] & ~b.w[1]}}; }
static inline int jfi_set_equal(jfi_set a, jfi_set b) { return a.w[0] == b.w[0] && a.w[1] == b.w[1]; }
static inline int jfi_set_within(jfi_set a, jfi_set b) { return jfi_set_equal(jfi_set_and(a, b), a); }
static inline size_t jfi_set_count(jfi_set s) {
  return (size_t)__builtin_popcountll(s.w[0]) + (size_t)__builtin_popcountll(s.w[1]);
}
/* Smallest member >= from, or JFI_PRIMES_MAX. Loop: for (i = next(s, 0); i < JFI_PRIMES_MAX; i = next(s, i + 1)). */
static inline size_t jfi_set_next(jfi_set s, size_t from) {
  for (size_t i = from >> 6; i < 2; i++) {
    uint64_t w = s.w[i];
    if (i == from >> 6) w &= ~(uint64_t)0 << (from & 63);
    if (w) return i * 64 + (size_t)__builtin_ctzll(w);
  }
  return JFI_PRIMES_MAX;
}
/* Position of member i among the limbs: count of members below it. */
static inline size_t jfi_set_rank(jfi_set s, size_t i) {
  jfi_set below = {{0, 0}};
  if (i >= 64) {
    below.w[0] = ~(uint64_t)0;
    below.w[1] = (i & 63) ? ~(uint64_t)0 >> (64 - (i & 63)) : 0;
  } else
    below.w[0] = i ? ~(uint64_t)0 >> (64 - i) : 0;
  return jfi_set_count(jfi_set_and(s, below));
}
/* Members in ascending order; out holds at least count(s). Returns the count. */
static inline size_t jfi_set_list(jfi_set s, uint32_t *out) {
  size_t c = 0;
  for (size_t i = jfi_set_next(s, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(s, i + 1)) out[c++] = (uint32_t)i;
  return c;
}
#endif
