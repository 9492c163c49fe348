/* codec/fields.c: what the fields of a header may hold, whatever the context. */
#include <math.h>
#include <string.h>

#include "base/status.h"
#include "codec/header.h"
#include "ring/primes.h"

#ifdef JFHE_TEST_PARAMS
enum { LOG_N_LEAST = 3 }; /* the tests' tiny rings */
#else
enum { LOG_N_LEAST = 10 };
#endif
enum { SET_SIZE_MAX = 64 }; /* primes of one digit, or of P: kernel.h's JFI_CONV_MAX */
_Static_assert(JFHE_HEADER_BYTES_MAX == JFI_AT_DIGIT_TABLE + 16 * JFI_DIGITS_MAX, "the longest header");

/* Fields that only some objects have. */
enum {
  HAS_FORM = 1 << 0, /* scheme, form, packing, log_slots, degree, scale, mag */
  HAS_LEVEL = 1 << 1,
  HAS_KEY_SHAPE = 1 << 2, /* kind, digits, galois, log_n_other, from_id */
  HAS_Q = 1 << 3,
  HAS_P = 1 << 4,
  HAS_ERROR = 1 << 5,
  HAS_KEY_ID = 1 << 6,
  HAS_HASH = 1 << 7
};

static const uint8_t ZEROS[32] = {0};

static int is_set(const void *p, size_t len) { return memcmp(p, ZEROS, len) != 0; }

/* Which fields each object has, and which encodings (bit e: encoding e). */
static const struct {
  uint32_t has, encodings;
} OBJECT[] = {
    [JFHE_OBJECT_PARAMS] = {HAS_LEVEL | HAS_Q | HAS_P | HAS_HASH, 1u << JFHE_ENCODING_LITERAL},
    [JFHE_OBJECT_CT] = {HAS_FORM | HAS_LEVEL | HAS_Q | HAS_ERROR | HAS_KEY_ID | HAS_HASH,
                        1u << JFHE_ENCODING_RAW | 1u << JFHE_ENCODING_PACKED | 1u << JFHE_ENCODING_SEEDED},
    [JFHE_OBJECT_PK] = {HAS_LEVEL | HAS_Q | HAS_KEY_ID | HAS_HASH,
                        1u << JFHE_ENCODING_SEEDED | 1u << JFHE_ENCODING_RAW_SEEDED},
    [JFHE_OBJECT_EVK] = {HAS_LEVEL | HAS_KEY_SHAPE | HAS_Q | HAS_P | HAS_ERROR | HAS_KEY_ID | HAS_HASH,
                         1u << JFHE_ENCODING_RAW | 1u << JFHE_ENCODING_PACKED | 1u << JFHE_ENCODING_SEEDED |
                             1u << JFHE_ENCODING_RAW_SEEDED},
    [JFHE_OBJECT_SK] = {HAS_KEY_ID | HAS_HASH, 1u << JFHE_ENCODING_TERNARY},
};

static jfhe_status check_object(const jfi_header *h) {
  if (h->object < JFHE_OBJECT_PARAMS || h->object > JFHE_OBJECT_SK)
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_OBJECT, "object %u is unknown", h->object);
  if (h->encoding > JFHE_ENCODING_LITERAL || !(OBJECT[h->object].encodings >> h->encoding & 1))
    return JFI_BAD(JFHE_ERR_FORM, JFI_AT_ENCODING, "a %s has no encoding %u", jfhe_object_text(h->object), h->encoding);
  if (h->log_n < LOG_N_LEAST || h->log_n > JFI_PARAMS_LOG_N_MAX)
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_LOG_N, "log N %u is outside %d..%d", h->log_n, LOG_N_LEAST,
                   JFI_PARAMS_LOG_N_MAX);
  return JFHE_OK;
}

/* A field that the object lacks must be 0: two different headers never mean the same. */
static jfhe_status check_absent(const jfi_header *h) {
  const struct {
    uint32_t need, at;
    int present;
  } row[] = {
      {HAS_FORM, JFI_AT_SCHEME, h->scheme != 0},
      {HAS_FORM, JFI_AT_FORM, h->form || h->packing || h->log_slots || h->degree},
      {HAS_FORM, JFI_AT_SCALE, is_set(&h->scale, 8)},
      {HAS_FORM, JFI_AT_MAG, is_set(&h->bound.mag, 8)},
      {HAS_LEVEL, JFI_AT_LEVEL, h->level != 0},
      {HAS_KEY_SHAPE, JFI_AT_KIND, h->kind || h->digits || h->log_n_other || h->galois},
      {HAS_KEY_SHAPE, JFI_AT_FROM_ID, is_set(h->from_id, sizeof h->from_id)},
      {HAS_Q, JFI_AT_Q, jfi_set_count(h->q) != 0},
      {HAS_P, JFI_AT_P, jfi_set_count(h->p) != 0},
      {HAS_ERROR, JFI_AT_WORST, is_set(&h->bound.worst, 8) || is_set(&h->bound.sd, 8)},
      {HAS_KEY_ID, JFI_AT_KEY_ID, is_set(h->key_id, sizeof h->key_id)},
  };
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
    if (row[i].present && !(OBJECT[h->object].has & row[i].need))
      return JFI_BAD(JFHE_ERR_FORMAT, row[i].at, "a %s has no such field", jfhe_object_text(h->object));
  if (is_set(h->seed, sizeof h->seed) && !jfi_encoding_seeded(h->encoding))
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_SEED, "a seed in encoding %s", jfhe_encoding_text(h->encoding));
  return JFHE_OK;
}

static jfhe_status check_primes(const jfi_header *h) {
  uint32_t has = OBJECT[h->object].has;
  if ((has & HAS_Q) && !jfi_set_count(h->q))
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_Q, "%s", "the set of primes is empty");
  if ((has & HAS_P) && !jfi_set_count(h->p))
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_P, "%s", "the set of specials is empty");
  /* Limbs lie in ascending order with the specials last: so the specials are the last primes. */
  if (jfi_set_rank(h->q, jfi_set_next(h->p, 0)) != jfi_set_count(h->q))
    return JFI_BAD(JFHE_ERR_FORMAT, JFI_AT_P, "%s", "a special is not above all other primes");
  if (h->level >= JFI_LEVELS_MAX)
    return JFI_BAD(JFHE_ERR_LEVEL, JFI_AT_LEVEL, "level %u is over %d", h->level, JFI_LEVELS_MAX - 1);
  return JFHE_OK;
}

/* Finite, not below least, and no -0: written one way only. */
static int sane(double x, double least) { return isfinite(x) && !signbit(x) && x >= least; }

static jfhe_status check_numbers(const jfi_header *h) {
  if (h->object == JFHE_OBJECT_CT && !sane(h->scale, 1))
    return JFI_BAD(JFHE_ERR_SCALE, JFI_AT_SCALE, "scale %g is not finite and at least 1", h->scale);
  if (!sane(h->bound.mag, 0)) return JFI_BAD(JFHE_ERR_VALUE, JFI_AT_MAG, "magnitude %g", h->bound.mag);
  if (!sane(h->bound.worst, 0)) return JFI_BAD(JFHE_ERR_VALUE, JFI_AT_WORST, "worst error %g", h->bound.worst);
  if (!sane(h->bound.sd, 0)) return JFI_BAD(JFHE_ERR_VALUE, JFI_AT_SD, "deviation %g", h->bound.sd);
  return JFHE_OK;
}

/* A prime t with slots, all that it has in this ring; a unit as factor. The scale is t's business alone: 1 here. */
static jfhe_status check_integers(const jfi_header *h) {
  if (h->modulus < 17 || h->modulus > UINT32_MAX || !jfi_is_prime_var(h->modulus))
    return JFI_BAD(JFHE_ERR_FORM, JFI_AT_MODULUS, "integers modulo %llu", (unsigned long long)h->modulus);
  if (h->factor == 0 || h->factor >= h->modulus)
    return JFI_BAD(JFHE_ERR_FORM, JFI_AT_FACTOR, "plaintext factor %llu", (unsigned long long)h->factor);
  if (h->form != JFHE_FORM_EVAL) return JFI_BAD(JFHE_ERR_FORM, JFI_AT_FORM, "form %u", h->form);
  if (h->packing != JFHE_PACK_INT) return JFI_BAD(JFHE_ERR_FORM, JFI_AT_PACKING, "packing %u is unknown", h->packing);
  uint32_t slots = (uint32_t)__builtin_ctzll(h->modulus - 1) - 1;
  if (slots > h->log_n) slots = h->log_n;
  if (slots < 3 || h->log_slots != slots)
    return JFI_BAD(JFHE_ERR_FORM, JFI_AT_LOG_SLOTS, "2^%u slots in degree 2^%u", h->log_slots, h->log_n);
  if (h->degree != 1) return JFI_BAD(JFHE_ERR_FORM, JFI_AT_DEGREE, "degree %u", h->degree);
  if (h->scale != 1) return JFI_BAD(JFHE_ERR_FORM, JFI_AT_SCALE, "scale %g of integers", h->scale);
  return JFHE_OK;
}

static jfhe_status check_ct(const jfi_header *h) {
  if (h->scheme == JFHE_SCHEME_BGV) return check_integers(h);
  if (h->scheme != JFHE_SCHEME_CKKS) return JFI_BAD(JFHE_ERR_FORM, JFI_AT_SCHEME, "scheme %u is unknown", h->scheme);
  if (h->form > JFHE_FORM_EVAL || (h->form != JFHE_FORM_EVAL && jfi_encoding_seeded(h->encoding)))
    return JFI_BAD(JFHE_ERR_FORM, JFI_AT_FORM, "form %u", h->form);
  if (h->packing > JFHE_PACK_COEFF) return JFI_BAD(JFHE_ERR_FORM, JFI_AT_PACKING, "packing %u is unknown", h->packing);
  if (h->log_slots >= h->log_n + (h->packing == JFHE_PACK_COEFF))
    return JFI_BAD(JFHE_ERR_FORM, JFI_AT_LOG_SLOTS, "2^%u slots in degree 2^%u", h->log_slots, h->log_n);
  if (h->degree < 1 || h->degree > (jfi_encoding_seeded(h->encoding) ? 1 : 2))
    return JFI_BAD(JFHE_ERR_FORM, JFI_AT_DEGREE, "degree %u", h->degree);
  return JFHE_OK;
}

/* The digits partition q; each, and P, is small enough for one base conversion. */
static jfhe_status check_digits(const jfi_header *h) {
  jfi_set all = jfi_set_empty();
  if (h->digits < 1 || h->digits > JFI_DIGITS_MAX)
    return JFI_BAD(JFHE_ERR_KEY, JFI_AT_DIGITS, "%u digits, not 1..%d", h->digits, JFI_DIGITS_MAX);
  if (jfi_set_count(h->p) > SET_SIZE_MAX) return JFI_BAD(JFHE_ERR_KEY, JFI_AT_P, "more than %d specials", SET_SIZE_MAX);
  for (uint32_t d = 0; d < h->digits; d++) {
    jfi_set s = h->digit[d];
    size_t count = jfi_set_count(s);
    if (count < 1 || count > SET_SIZE_MAX || jfi_set_count(jfi_set_and(all, s)))
      return JFI_BAD(JFHE_ERR_KEY, JFI_AT_DIGIT_TABLE + 16u * d, "digit %u is empty, too large, or overlaps another",
                     d);
    all = jfi_set_or(all, s);
  }
  if (!jfi_set_equal(all, h->q))
    return JFI_BAD(JFHE_ERR_KEY, JFI_AT_DIGIT_TABLE, "%s", "the digits do not make up the primes");
  return JFHE_OK;
}

static jfhe_status check_evk(const jfi_header *h) {
  int ladder = h->kind == JFHE_EVK_LIFT || h->kind == JFHE_EVK_LOWER;
  int same = memcmp(h->from_id, h->key_id, sizeof h->key_id) == 0;
  if (h->kind < JFHE_EVK_RELIN || h->kind > JFHE_EVK_DENSE)
    return JFI_BAD(JFHE_ERR_KEY, JFI_AT_KIND, "key kind %u is unknown", h->kind);
  if (h->kind == JFHE_EVK_GALOIS ? !(h->galois & 1) || h->galois >> h->log_n > 1 : h->galois != 0)
    return JFI_BAD(JFHE_ERR_KEY, JFI_AT_GALOIS, "Galois element %u", h->galois);
  if (ladder ? h->log_n_other < LOG_N_LEAST || h->log_n_other >= h->log_n : h->log_n_other != 0)
    return JFI_BAD(JFHE_ERR_KEY, JFI_AT_LOG_N_OTHER, "other ring 2^%u", h->log_n_other);
  if (!is_set(h->from_id, sizeof h->from_id)) return JFI_BAD(JFHE_ERR_KEY, JFI_AT_FROM_ID, "%s", "no key id");
  if ((h->kind == JFHE_EVK_RELIN || h->kind == JFHE_EVK_GALOIS) && !same)
    return JFI_BAD(JFHE_ERR_KEY, JFI_AT_FROM_ID, "%s", "such a key is from and to one secret");
  return check_digits(h);
}

jfhe_status jfi_header_check(const jfi_header *h) {
  JFI_TRY(check_object(h));
  JFI_TRY(check_absent(h));
  JFI_TRY(check_primes(h));
  JFI_TRY(check_numbers(h));
  if (h->object == JFHE_OBJECT_CT) JFI_TRY(check_ct(h));
  if ((OBJECT[h->object].has & HAS_KEY_ID) && !is_set(h->key_id, sizeof h->key_id))
    return JFI_BAD(JFHE_ERR_KEY, JFI_AT_KEY_ID, "%s", "no key id");
  return h->object == JFHE_OBJECT_EVK ? check_evk(h) : JFHE_OK;
}
