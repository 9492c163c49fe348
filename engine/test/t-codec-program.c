/* t-codec-program.c: both forms of programs against the model's vectors, against each other over random programs, and starved. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "codec/program.h"
#include "vec-cases.h"

/* A copy that ends with its block, so that sanitizers see a read beyond it. */
static jfhe_status reads(jfhe_program **p, const uint8_t *bytes, size_t len) {
  uint8_t *copy = malloc(len ? len : 1);
  memcpy(copy, bytes, len);
  *p = (jfhe_program *)(uintptr_t)1;
  jfhe_status st = jfhe_program_read(p, copy, len);
  CHECK((st == JFHE_OK) == (*p != NULL));
  free(copy);
  return st;
}

static uint8_t *form(const jfhe_program *p, int text, size_t *len) {
  *len = jfhe_program_write_size(p, text);
  uint8_t *bytes = malloc(*len + 1);
  bytes[*len] = 0xa5;
  CHECK_OK(jfhe_program_write(bytes, *len, p, text));
  CHECK_EQ(bytes[*len], 0xa5);
  return bytes;
}

static void writes(const jfhe_program *p, int text, const uint8_t *want, size_t want_len) {
  size_t len;
  uint8_t *bytes = form(p, text, &len);
  CHECK_EQ(len, want_len);
  if (len == want_len) CHECK_MEM(bytes, want, len);
  free(bytes);
}

JFI_TEST(vectors_of_the_model) {
  VEC_EACH(c, "program") {
    const uint64_t *size = vec_words(c, "sizes");
    jfhe_program *p;
    uint8_t hash[JFHE_HASH_BYTES];
    jfhe_status st = reads(&p, vec_bytes(c, "data"), size[0]), want = (jfhe_status)vec_one(c, "status");
    if (!jfi_test_check_status(st, want, __FILE__, __LINE__, c->name)) continue;
    if (st != JFHE_OK) {
      const char *place = memcmp(vec_bytes(c, "data"), "jfp ", 4) == 0 ? "program, line " : "program, byte ";
      if (strncmp(jfhe_last_error(), place, strlen(place)) != 0) CHECK(!jfhe_last_error());
      CHECK(!strchr(jfhe_last_error(), '\n'));
      continue;
    }
    writes(p, 1, vec_bytes(c, "text"), size[1]);
    writes(p, 0, vec_bytes(c, "binary"), size[2]);
    CHECK_OK(jfhe_program_hash(p, hash));
    CHECK_MEM(hash, vec_bytes(c, "hash"), sizeof hash);
    jfhe_program_free(p);
  }
}

/* ---- random programs ---- */
static double some_real(jfi_test_rng *rng) {
  switch (jfi_test_rng_below(rng, 4)) {
  case 0: return (double)jfi_test_rng_below(rng, 20) - 10;
  case 1: return (double)jfi_test_rng_below(rng, 2000) / 100;
  case 2: return jfi_test_rng_unit(rng) - 0.5;
  default: return ldexp(jfi_test_rng_unit(rng) - 0.5, (int)jfi_test_rng_below(rng, 1800) - 1000);
  }
}

static void reals(jfi_test_rng *rng, double *x, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] = some_real(rng);
}

/* Appends tables until there is one of each kind at least; some equal ones, which are kept once. */
static void add_tables(jfi_test_rng *rng, jfhe_program *p, uint32_t *of_kind) {
  const uint32_t slots = 1u << jfhe_program_log_slots(p), n = (uint32_t)jfi_test_rng_below(rng, 4) + 3;
  double *re = malloc(3 * slots * sizeof *re + 64 * sizeof *re), *im = malloc(3 * slots * sizeof *im);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t kind = i < 3 ? i + 1 : (uint32_t)jfi_test_rng_below(rng, 3) + 1, count = 0;
    int32_t index[3];
    double *parts = jfi_test_rng_below(rng, 2) ? im : NULL;
    reals(rng, re, 3 * slots + 64);
    reals(rng, im, 3 * slots);
    if (kind == JFI_TABLE_VECTOR) {
      count = (uint32_t)jfi_test_rng_below(rng, slots) + 1;
      CHECK_OK(jfhe_program_vector(p, &of_kind[kind], re, parts, count));
    } else if (kind == JFI_TABLE_POLY) {
      int cheb = (int)jfi_test_rng_below(rng, 2);
      for (count = 0; count < 40; count++) re[count] = jfi_test_rng_unit(rng) + 0.5;
      CHECK_OK(jfhe_program_poly(p, &of_kind[kind], re, 2 + jfi_test_rng_below(rng, 30),
                                 cheb ? JFHE_BASIS_CHEB : JFHE_BASIS_POWER, cheb ? -1.5 : 0, cheb ? 2 : 0));
    } else {
      uint32_t diagonals = (uint32_t)jfi_test_rng_below(rng, slots < 3 ? slots : 3) + 1;
      for (count = 0; count < diagonals; count++) index[count] = (int32_t)(count ? count - slots : 0);
      CHECK_OK(jfhe_program_linmap(p, &of_kind[kind], index, diagonals, re, parts));
    }
  }
  free(re);
  free(im);
}

static void add_operation(jfi_test_rng *rng, jfhe_program *p, const uint32_t *of_kind) {
  uint32_t n = jfhe_program_nodes(p), out = 0, op = 2 + (uint32_t)jfi_test_rng_below(rng, JFI_OP_SOURCES - 2);
  uint32_t log_slots = jfhe_program_log_slots(p), log_count = (uint32_t)jfi_test_rng_below(rng, log_slots + 1);
  jfi_node node = {
      .op = (uint8_t)op, .a = (uint32_t)jfi_test_rng_below(rng, n), .b = (uint32_t)jfi_test_rng_below(rng, n)};
  if (jfi_op_table(op)) node.table = of_kind[jfi_op_table(op)];
  if (op == JFI_OP_ADD_CONST || op == JFI_OP_MUL_CONST) {
    node.re = some_real(rng) + 0.0;
    node.im = jfi_test_rng_below(rng, 2) ? some_real(rng) + 0.0 : 0;
  }
  if (op == JFI_OP_SETTLE) node.re = fabs(some_real(rng)) + 0x1p-1000;
  if (op == JFI_OP_POLY) node.flags = (uint8_t)jfi_test_rng_below(rng, 2);
  if (op == JFI_OP_ROTATE) node.k = (int32_t)jfi_test_rng_u64(rng);
  if (op == JFI_OP_LEVEL) node.k = (int32_t)jfi_test_rng_below(rng, 64);
  if (op == JFI_OP_INNER_SUM) {
    node.count = 1u << log_count;
    node.k = 1 + (int32_t)jfi_test_rng_below(rng, 1u << (log_slots - log_count));
  }
  CHECK_OK(jfi_program_append(p, &out, &node));
  if (jfi_test_rng_below(rng, 4) == 0) CHECK_OK(jfhe_program_promise(p, out, fabs(some_real(rng))));
}

static void add_name(jfi_test_rng *rng, char *name, uint32_t number) {
  static const char *const piece[] = {"a", " ", "\"", "\\", "#", "%1", "\xc3\xa9", "\xe6\xbc\xa2", "\xf0\x9d\x84\x9e",
                                      "="};
  int n = snprintf(name, 32, "%u", number);
  for (uint64_t i = jfi_test_rng_below(rng, 8); i > 0; i--, n = (int)strlen(name))
    snprintf(name + n, 64, "%s", piece[jfi_test_rng_below(rng, sizeof piece / sizeof *piece)]);
}

static jfhe_program *some_program(jfi_test_rng *rng) {
  jfhe_program *p = NULL;
  uint32_t of_kind[4] = {0}, out;
  char name[256];
  CHECK_OK(jfhe_program_new(&p, (uint32_t)jfi_test_rng_below(rng, 6)));
  uint32_t inputs = 1 + (uint32_t)jfi_test_rng_below(rng, 3), operations = (uint32_t)jfi_test_rng_below(rng, 40);
  for (uint32_t i = 0; i < inputs; i++) {
    add_name(rng, name, i);
    CHECK_OK(jfhe_program_input(p, &out, name, (uint32_t)jfi_test_rng_below(rng, 2), 0.5 + fabs(some_real(rng))));
  }
  add_tables(rng, p, of_kind);
  for (uint32_t i = 0; i < operations; i++) add_operation(rng, p, of_kind);
  for (uint32_t i = 0; i <= inputs; i++) {
    add_name(rng, name, i);
    CHECK_OK(jfhe_program_output(p, &out, name, (uint32_t)jfi_test_rng_below(rng, jfhe_program_nodes(p))));
  }
  return p;
}

static void same_table(const jfi_table *x, const jfi_table *y) {
  CHECK_EQ(x->kind, y->kind);
  CHECK_EQ(x->basis, y->basis);
  CHECK(x->a == y->a && x->b == y->b && x->max == y->max);
  CHECK_EQ(x->count, y->count);
  CHECK_EQ(x->n_index, y->n_index);
  CHECK_MEM(x->re, y->re, x->count * sizeof *x->re);
  CHECK_EQ(!x->im, !y->im);
  if (x->im && y->im) CHECK_MEM(x->im, y->im, x->count * sizeof *x->im);
  if (x->index && y->index) CHECK_MEM(x->index, y->index, x->n_index * sizeof *x->index);
}

static void same_program(const jfhe_program *x, const jfhe_program *y) {
  CHECK_EQ(x->log_slots, y->log_slots);
  REQUIRE(x->n_nodes == y->n_nodes && x->n_tables == y->n_tables && x->n_inputs == y->n_inputs &&
          x->n_outputs == y->n_outputs);
  CHECK_MEM(x->node, y->node, x->n_nodes * sizeof *x->node);
  for (uint32_t i = 0; i < x->n_tables; i++) same_table(&x->table[i], &y->table[i]);
  for (uint32_t i = 0; i < x->n_inputs; i++) {
    CHECK(strcmp(x->input[i].name, y->input[i].name) == 0 && x->input[i].bound == y->input[i].bound);
    CHECK(x->input[i].node == y->input[i].node && x->input[i].packing == y->input[i].packing);
  }
  for (uint32_t i = 0; i < x->n_outputs; i++)
    CHECK(strcmp(x->output[i].name, y->output[i].name) == 0 && x->output[i].node == y->output[i].node);
}

JFI_TEST(random_programs_come_back) {
  jfi_test_rng rng;
  jfi_test_rng_init(&rng, 5);
  for (int i = 0; i < 400; i++) {
    jfhe_program *p = some_program(&rng), *back[2];
    uint8_t *bytes[2], hash[JFHE_HASH_BYTES], whole[JFHE_HASH_BYTES];
    size_t len[2];
    for (int text = 0; text < 2; text++) {
      bytes[text] = form(p, text, &len[text]);
      CHECK_OK(reads(&back[text], bytes[text], len[text]));
      if (back[text]) same_program(back[text], p);
    }
    for (int text = 0; text < 2; text++) /* from the other form too */
      for (int from = 0; from < 2 && back[from]; from++) writes(back[from], text, bytes[text], len[text]);
    jfi_sha256 sum;
    jfi_sha256_init(&sum);
    jfi_sha256_update(&sum, bytes[0], len[0]);
    jfi_sha256_final(&sum, whole);
    CHECK_OK(jfhe_program_hash(p, hash));
    CHECK_MEM(hash, whole, sizeof hash);
    for (int text = 0; text < 2; text++) {
      jfhe_program_free(back[text]);
      free(bytes[text]);
    }
    jfhe_program_free(p);
  }
}

/* ---- changed bytes ---- */
static void seal(uint8_t *b, size_t len) {
  jfi_sha256 sum;
  jfi_store64_le(b + JFI_PROGRAM_AT_TOTAL, len);
  jfi_sha256_init(&sum);
  jfi_sha256_update(&sum, b, len - JFI_PROGRAM_SUM);
  jfi_sha256_final(&sum, b + len - JFI_PROGRAM_SUM);
}

static const vec_case *find(const char *name) {
  VEC_EACH(c, "program") {
    if (strcmp(c->name, name) == 0) return c;
  }
  return NULL;
}

static uint8_t *copy_of(const vec_case *c, const char *field, size_t which, size_t *len) {
  *len = (size_t)vec_words(c, "sizes")[which];
  uint8_t *b = malloc(*len + 8);
  memcpy(b, vec_bytes(c, field), *len);
  return b;
}

JFI_TEST(every_truncation_is_refused) {
  size_t len;
  jfhe_program *p;
  const vec_case *c = find("ok-every-operation");
  REQUIRE(c);
  uint8_t *b = copy_of(c, "binary", 2, &len);
  for (size_t cut = 0; cut < len; cut++) CHECK_STATUS(reads(&p, b, cut), JFHE_ERR_TRUNCATED);
  for (size_t cut = JFI_PROGRAM_HEADER + JFI_PROGRAM_SUM; cut < len;
       cut++) { /* and sealed again: the records end too early */
    uint8_t *sealed = malloc(cut);
    memcpy(sealed, b, cut);
    seal(sealed, cut);
    CHECK_STATUS(reads(&p, sealed, cut), JFHE_ERR_FORMAT);
    free(sealed);
  }
  free(b);
  b = copy_of(c, "text", 1, &len);
  for (size_t cut = 0; cut < len - 1; cut++) CHECK(reads(&p, b, cut) != JFHE_OK);
  CHECK_OK(reads(&p, b, len - 1)); /* the last line's end is free */
  jfhe_program_free(p);
  free(b);
}

/* A flipped bit is refused by the checksum. Sealed again, it is refused or another program, written again to the same bytes. */
JFI_TEST(every_flipped_bit) {
  size_t len, accepted = 0;
  jfhe_program *p;
  const vec_case *c = find("ok-every-operation");
  REQUIRE(c);
  uint8_t *b = copy_of(c, "binary", 2, &len);
  for (size_t bit = 0; bit < 8 * len; bit++) {
    b[bit / 8] ^= (uint8_t)(1 << bit % 8);
    jfhe_status st = reads(&p, b, len);
    CHECK(st == JFHE_ERR_CHECKSUM || (bit < 64 + 32 && st == (bit < 64 ? JFHE_ERR_FORMAT : JFHE_ERR_VERSION)) ||
          (bit >= 128 && bit < 192 && (st == JFHE_ERR_TRUNCATED || st == JFHE_ERR_FORMAT)));
    if (bit < 8 * (len - JFI_PROGRAM_SUM) && (bit < 128 || bit >= 192)) {
      seal(b, len);
      if (reads(&p, b, len) == JFHE_OK) {
        writes(p, 0, b, len);
        jfhe_program_free(p);
        accepted++;
      }
    }
    b[bit / 8] ^= (uint8_t)(1 << bit % 8);
    seal(b, len);
  }
  CHECK(accepted > 1000); /* mantissas, names, rotations */
  free(b);
}

JFI_TEST(every_changed_character) {
  static const char with[] = "0 %@\"\\#-.e_\n\r\t=:\x80";
  size_t len;
  jfhe_program *p;
  const vec_case *c = find("ok-every-operation");
  REQUIRE(c);
  uint8_t *b = copy_of(c, "text", 1, &len);
  for (size_t i = 4; i < len; i++)
    for (size_t j = 0; j < sizeof with; j++) { /* the zero byte too */
      uint8_t was = b[i];
      b[i] = (uint8_t)with[j];
      if (reads(&p, b, len) == JFHE_OK) {
        size_t again;
        jfhe_program *q;
        uint8_t *text = form(p, 1, &again);
        CHECK_OK(reads(&q, text, again));
        if (q) same_program(p, q);
        jfhe_program_free(q);
        jfhe_program_free(p);
        free(text);
      }
      b[i] = was;
    }
  free(b);
}

/* ---- calls ---- */
JFI_TEST(what_cannot_be_written) {
  jfhe_program *p;
  uint32_t x, o;
  uint8_t b[256], hash[JFHE_HASH_BYTES];
  REQUIRE_OK(jfhe_program_new(&p, 3));
  CHECK_EQ(jfhe_program_write_size(NULL, 0), 0);
  CHECK_OK(jfhe_program_input(p, &x, "x", JFHE_PACK_REAL, 1));
  for (int text = 0; text < 2; text++) {
    CHECK_EQ(jfhe_program_write_size(p, text), 0);
    CHECK_STATUS(jfhe_program_write(b, sizeof b, p, text), JFHE_ERR_ARG);
  }
  CHECK_STATUS(jfhe_program_hash(p, hash), JFHE_ERR_ARG);
  CHECK_OK(jfhe_program_output(p, &o, "y", x));
  size_t len = jfhe_program_write_size(p, 0);
  CHECK_STATUS(jfhe_program_write(b, len - 1, p, 0), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_write(NULL, len, p, 0), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_write(b, len, NULL, 0), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_hash(p, NULL), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_hash(NULL, hash), JFHE_ERR_ARG);
  CHECK_STATUS(jfhe_program_read(NULL, b, len), JFHE_ERR_ARG);
  jfhe_program *q = p;
  CHECK_STATUS(jfhe_program_read(&q, NULL, len), JFHE_ERR_ARG);
  CHECK(q == NULL);
  jfhe_program_free(p);
}

/* Names and minus zeros that only a caller can bring. */
JFI_TEST(minus_zero_is_zero) {
  jfhe_program *p[2];
  uint8_t hash[2][JFHE_HASH_BYTES];
  for (int i = 0; i < 2; i++) {
    const double zero = i ? -0.0 : 0.0, v[2] = {1, zero}, c[2] = {zero, 1};
    uint32_t x, t;
    REQUIRE_OK(jfhe_program_new(&p[i], 1));
    CHECK_OK(jfhe_program_vector(p[i], &t, v, v, 2));
    for (int j = 0; j < 2; j++) { /* kept once: two equal tables could not be read again */
      CHECK_OK(jfhe_program_poly(p[i], &t, c, 2, JFHE_BASIS_POWER, j ? -0.0 : 0.0, zero));
      CHECK_EQ(t, 1);
    }
    CHECK_OK(jfhe_program_input(p[i], &x, "x", JFHE_PACK_REAL, 1));
    CHECK_OK(jfhe_program_add_const(p[i], &x, x, zero, zero));
    CHECK_OK(jfhe_program_promise(p[i], x, zero));
    CHECK_OK(jfhe_program_output(p[i], &x, "y", x));
    CHECK_OK(jfhe_program_hash(p[i], hash[i]));
    jfhe_program_free(p[i]);
  }
  CHECK_MEM(hash[0], hash[1], sizeof hash[0]);
}

JFI_TEST(every_allocation_may_fail) {
  const vec_case *c = find("ok-every-operation");
  REQUIRE(c);
  for (int text = 0; text < 2; text++) {
    size_t len;
    jfhe_program *p;
    uint8_t *b = copy_of(c, text ? "text" : "binary", text ? 1 : 2, &len);
    for (long k = 0;; k++) {
      jfi_alloc_fail_after(k);
      jfhe_status st = jfhe_program_read(&p, b, len);
      jfi_alloc_fail_after(-1);
      if (st == JFHE_OK) break;
      CHECK_STATUS(st, JFHE_ERR_MEMORY);
      CHECK(p == NULL && k < 200);
    }
    jfhe_program_free(p);
    free(b);
  }
}
