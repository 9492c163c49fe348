/* api/plan_program.c: building programs, with argument checks. */
#include "api/check.h"
#include "plan/program.h"

jfhe_status jfhe_program_new(jfhe_program **out, uint32_t log_slots) {
  JFI_NEED(out, "jfhe_program_new");
  *out = NULL;
  return jfi_program_new(out, log_slots);
}

uint32_t jfhe_program_log_slots(const jfhe_program *p) { return p ? p->log_slots : 0; }
uint32_t jfhe_program_nodes(const jfhe_program *p) { return p ? p->n_nodes : 0; }
uint32_t jfhe_program_inputs(const jfhe_program *p) { return p ? p->n_inputs : 0; }
uint32_t jfhe_program_outputs(const jfhe_program *p) { return p ? p->n_outputs : 0; }

const char *jfhe_program_input_name(const jfhe_program *p, uint32_t input) {
  return p && input < p->n_inputs ? p->input[input].name : NULL;
}

const char *jfhe_program_output_name(const jfhe_program *p, uint32_t output) {
  return p && output < p->n_outputs ? p->output[output].name : NULL;
}

/* ---- tables ---- */
jfhe_status jfhe_program_vector(jfhe_program *p, uint32_t *out, const double *re, const double *im, size_t count) {
  JFI_NEED(p && out && re, "jfhe_program_vector");
  if (count == 0 || count > (size_t)1 << p->log_slots)
    return jfi_fail(JFHE_ERR_ARG, "a vector of %zu numbers for %zu slots", count, (size_t)1 << p->log_slots);
  const jfi_table t = {
      .kind = JFI_TABLE_VECTOR, .count = count, .re = (double *)(uintptr_t)re, .im = (double *)(uintptr_t)im};
  return jfi_program_table(p, out, &t);
}

jfhe_status jfhe_program_poly(jfhe_program *p, uint32_t *out, const double *coeff, size_t count, uint32_t basis,
                              double a, double b) {
  JFI_NEED(p && out && coeff, "jfhe_program_poly");
  jfhe_poly *checked; /* its own checks are the ones that count */
  JFI_TRY(jfhe_poly_new(&checked, coeff, count, basis, a, b));
  jfhe_poly_free(checked);
  const jfi_table t = {
      .kind = JFI_TABLE_POLY, .basis = basis, .a = a, .b = b, .count = count, .re = (double *)(uintptr_t)coeff};
  return jfi_program_table(p, out, &t);
}

/* Two indices that are one modulo the slots would be one diagonal. */
static jfhe_status check_diagonals(const int32_t *index, size_t count, size_t slots) {
  uint8_t *seen = jfi_alloc_zero(slots);
  if (!seen) return jfi_fail(JFHE_ERR_MEMORY, "no memory for a map on %zu slots", slots);
  jfhe_status st = JFHE_OK;
  for (size_t i = 0; i < count && st == JFHE_OK; i++) {
    if (index[i] <= -(int64_t)slots || index[i] >= (int64_t)slots) {
      st = jfi_fail(JFHE_ERR_ARG, "diagonal %d of a map on %zu slots", index[i], slots);
    } else {
      uint8_t *at = &seen[(size_t)(index[i] + (int64_t)slots) % slots];
      if (*at) st = jfi_fail(JFHE_ERR_ARG, "diagonal %d of a map on %zu slots is there twice", index[i], slots);
      *at = 1;
    }
  }
  jfi_free(seen);
  return st;
}

jfhe_status jfhe_program_linmap(jfhe_program *p, uint32_t *out, const int32_t *index, size_t count, const double *re,
                                const double *im) {
  JFI_NEED(p && out && index && re, "jfhe_program_linmap");
  size_t slots = (size_t)1 << p->log_slots;
  if (count == 0 || count > slots) return jfi_fail(JFHE_ERR_ARG, "a map of %zu diagonals on %zu slots", count, slots);
  JFI_TRY(check_diagonals(index, count, slots));
  const jfi_table t = {.kind = JFI_TABLE_LINMAP,
                       .count = count * slots,
                       .n_index = count,
                       .re = (double *)(uintptr_t)re,
                       .im = (double *)(uintptr_t)im,
                       .index = (int32_t *)(uintptr_t)index};
  return jfi_program_table(p, out, &t);
}

/* ---- operations ---- */
static jfhe_status append(jfhe_program *p, uint32_t *out, const jfi_node *node) {
  JFI_NEED(p && out, "jfhe_program");
  return jfi_program_append(p, out, node);
}

jfhe_status jfhe_program_input(jfhe_program *p, uint32_t *out, const char *name, uint32_t packing, double bound) {
  JFI_NEED(p && out && name, "jfhe_program_input");
  return jfi_program_input(p, out, name, packing, bound);
}

jfhe_status jfhe_program_add(jfhe_program *p, uint32_t *out, uint32_t a, uint32_t b) {
  return append(p, out, &(jfi_node){.op = JFI_OP_ADD, .a = a, .b = b});
}

jfhe_status jfhe_program_sub(jfhe_program *p, uint32_t *out, uint32_t a, uint32_t b) {
  return append(p, out, &(jfi_node){.op = JFI_OP_SUB, .a = a, .b = b});
}

jfhe_status jfhe_program_neg(jfhe_program *p, uint32_t *out, uint32_t a) {
  return append(p, out, &(jfi_node){.op = JFI_OP_NEG, .a = a});
}

jfhe_status jfhe_program_mul(jfhe_program *p, uint32_t *out, uint32_t a, uint32_t b) {
  return append(p, out, &(jfi_node){.op = JFI_OP_MUL, .a = a, .b = b});
}

jfhe_status jfhe_program_add_const(jfhe_program *p, uint32_t *out, uint32_t a, double re, double im) {
  return append(p, out, &(jfi_node){.op = JFI_OP_ADD_CONST, .a = a, .re = re + 0.0, .im = im + 0.0});
}

jfhe_status jfhe_program_mul_const(jfhe_program *p, uint32_t *out, uint32_t a, double re, double im) {
  return append(p, out, &(jfi_node){.op = JFI_OP_MUL_CONST, .a = a, .re = re + 0.0, .im = im + 0.0});
}

jfhe_status jfhe_program_add_vector(jfhe_program *p, uint32_t *out, uint32_t a, uint32_t vector) {
  return append(p, out, &(jfi_node){.op = JFI_OP_ADD_VECTOR, .a = a, .table = vector});
}

jfhe_status jfhe_program_mul_vector(jfhe_program *p, uint32_t *out, uint32_t a, uint32_t vector) {
  return append(p, out, &(jfi_node){.op = JFI_OP_MUL_VECTOR, .a = a, .table = vector});
}

jfhe_status jfhe_program_rotate(jfhe_program *p, uint32_t *out, uint32_t a, int32_t k) {
  return append(p, out, &(jfi_node){.op = JFI_OP_ROTATE, .a = a, .k = k});
}

jfhe_status jfhe_program_conjugate(jfhe_program *p, uint32_t *out, uint32_t a) {
  return append(p, out, &(jfi_node){.op = JFI_OP_CONJUGATE, .a = a});
}

jfhe_status jfhe_program_settle(jfhe_program *p, uint32_t *out, uint32_t a, double limit) {
  return append(p, out, &(jfi_node){.op = JFI_OP_SETTLE, .a = a, .re = limit});
}

jfhe_status jfhe_program_inner_sum(jfhe_program *p, uint32_t *out, uint32_t a, uint32_t stride, uint32_t count) {
  return append(p, out, &(jfi_node){.op = JFI_OP_INNER_SUM, .a = a, .k = (int32_t)stride, .count = count});
}

jfhe_status jfhe_program_apply_linmap(jfhe_program *p, uint32_t *out, uint32_t a, uint32_t map) {
  return append(p, out, &(jfi_node){.op = JFI_OP_LINMAP, .a = a, .table = map});
}

jfhe_status jfhe_program_apply_poly(jfhe_program *p, uint32_t *out, uint32_t a, uint32_t poly, uint32_t flags) {
  if (flags > JFHE_POLY_PROMISED) return jfi_fail(JFHE_ERR_ARG, "flags %u of a polynomial are unknown", flags);
  return append(p, out, &(jfi_node){.op = JFI_OP_POLY, .a = a, .table = poly, .flags = (uint8_t)flags});
}

jfhe_status jfhe_program_level(jfhe_program *p, uint32_t *out, uint32_t a, uint32_t level) {
  if (level > INT32_MAX) return jfi_fail(JFHE_ERR_ARG, "level %u is none", level);
  return append(p, out, &(jfi_node){.op = JFI_OP_LEVEL, .a = a, .k = (int32_t)level});
}

jfhe_status jfhe_program_lookup(jfhe_program *p, uint32_t *out, uint32_t a, uint32_t vector) {
  return append(p, out, &(jfi_node){.op = JFI_OP_LOOKUP, .a = a, .table = vector});
}

jfhe_status jfhe_program_bootstrap(jfhe_program *p, uint32_t *out, uint32_t a) {
  return append(p, out, &(jfi_node){.op = JFI_OP_BOOTSTRAP, .a = a});
}

jfhe_status jfhe_program_promise(jfhe_program *p, uint32_t a, double bound) {
  JFI_NEED(p, "jfhe_program_promise");
  return jfi_program_promise(p, a, bound);
}

jfhe_status jfhe_program_output(jfhe_program *p, uint32_t *out, const char *name, uint32_t a) {
  JFI_NEED(p && out && name, "jfhe_program_output");
  return jfi_program_output(p, out, name, a);
}
