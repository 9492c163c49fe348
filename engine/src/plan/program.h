/* plan/program.h: an encrypted program as a type: operations, tables, names. Grows only. */
#ifndef JFI_PLAN_PROGRAM_H
#define JFI_PLAN_PROGRAM_H
#include "jfhe/plan.h"
#include "plan/index.h"

#define JFI_NONE UINT32_MAX

/* Operations of a program, then those that planning brings. The numbers of the first group are the binary form's. */
typedef enum jfi_op {
  JFI_OP_INPUT = 1, /* table: number of the input */
  JFI_OP_ADD = 2,
  JFI_OP_SUB = 3,
  JFI_OP_NEG = 4,
  JFI_OP_MUL = 5,
  JFI_OP_ADD_CONST = 6,  /* re, im */
  JFI_OP_MUL_CONST = 7,  /* re, im */
  JFI_OP_ADD_VECTOR = 8, /* table */
  JFI_OP_MUL_VECTOR = 9, /* table */
  JFI_OP_ROTATE = 10,    /* k */
  JFI_OP_CONJUGATE = 11,
  JFI_OP_INNER_SUM = 12, /* stride, count */
  JFI_OP_LINMAP = 13,    /* table */
  JFI_OP_POLY = 14,      /* table, flags */
  JFI_OP_LEVEL = 15,     /* level */
  JFI_OP_LOOKUP = 16,    /* table: a vector */
  JFI_OP_BOOTSTRAP = 17,
  JFI_OP_SETTLE = 18,  /* re: the limit */
  JFI_OP_SOURCES = 19, /* above: what a program may hold */
  JFI_OP_SUM = 19,     /* of products: terms first .. first + count, constant re; one level */
  JFI_OP_MUL_INT = 20, /* k */
  JFI_OP_MUL_I = 21,
  JFI_OP_TO_LEVEL = 22,   /* level */
  JFI_OP_ROTATE_SUM = 23, /* turns first .. first + count */
  JFI_OP_LIFT = 24,       /* an input of the ring below */
  JFI_OP_LOWER = 25,      /* an output into it */
  JFI_OP_COUNT = 26
} jfi_op;

/* Where a value lives: in the ring of the program, or in the smaller one that its inputs come from and its outputs go to. */
typedef enum jfi_ring_of { JFI_OWN = 0, JFI_BELOW = 1 } jfi_ring_of;

/* One operation. 48 bytes: a hundred thousand of them are 5 MB. */
typedef struct jfi_node {
  uint8_t op;     /* jfi_op */
  uint8_t flags;  /* POLY: enum jfhe_poly_flag */
  uint8_t level;  /* of the value, from the pass on that finds it */
  uint8_t ring;   /* jfi_ring_of the value */
  uint32_t a, b;  /* values read, or JFI_NONE */
  uint32_t table; /* number of the vector, polynomial, map or input, or JFI_NONE */
  int32_t k;      /* rotation, small factor, level, stride, first; POLY: 1 + number of the machine's made_poly, or 0 */
  uint32_t count; /* of an inner sum, of terms; POLY in a plan: roundings of its coefficients (slopes.c) */
  double re, im;  /* constant; limit; POLY in a plan: exponents of the units of what it reads and of its value */
  double promise; /* the modulus never exceeds it; infinity: nothing promised */
} jfi_node;

typedef enum jfi_table_kind { JFI_TABLE_VECTOR = 1, JFI_TABLE_POLY = 2, JFI_TABLE_LINMAP = 3 } jfi_table_kind;

/* Public data: `count` numbers re (and im, or null); what the kinds add stands beside them.
 * VECTOR: count <= slots. POLY: count coefficients, basis, a, b. LINMAP: count = n_index * slots. */
typedef struct jfi_table {
  uint32_t kind; /* jfi_table_kind */
  uint32_t basis;
  double a, b;
  size_t count, n_index;
  double *re, *im;
  int32_t *index;
  double max;         /* VECTOR: largest modulus, rounded up */
  uint8_t digest[32]; /* SHA-256 of the content */
} jfi_table;

typedef struct jfi_input {
  char *name;
  uint32_t node, packing;
  double bound;
} jfi_input;

typedef struct jfi_output {
  char *name;
  uint32_t node;
} jfi_output;

struct jfhe_program {
  uint32_t log_slots;
  jfi_node *node;
  jfi_table *table;
  jfi_input *input;
  jfi_output *output;
  uint32_t n_nodes, n_tables, n_inputs, n_outputs;
  uint32_t cap_nodes, cap_tables, cap_inputs, cap_outputs;
  jfi_index tables, input_names, output_names;
};

/* program.c: the checks of jfhe/plan.h. node->a, b and table must exist; `promise` is set to infinity. */
jfhe_status jfi_program_new(jfhe_program **out, uint32_t log_slots);
jfhe_status jfi_program_append(jfhe_program *p, uint32_t *out, const jfi_node *node);
jfhe_status jfi_program_input(jfhe_program *p, uint32_t *out, const char *name, uint32_t packing, double bound);
jfhe_status jfi_program_output(jfhe_program *p, uint32_t *out, const char *name, uint32_t node);
jfhe_status jfi_program_promise(jfhe_program *p, uint32_t node, double bound);
/* Copies the content, or finds an equal table. */
jfhe_status jfi_program_table(jfhe_program *p, uint32_t *out, const jfi_table *content);

/* "add", "rotate" and so on: the words of the text form and of what people read. */
const char *jfi_op_name(uint32_t op);
/* How many values an operation reads: 0, 1 or 2. */
uint32_t jfi_op_arity(uint32_t op);
/* Which kind of table it reads, or 0. */
uint32_t jfi_op_table(uint32_t op);

/* UTF-8, 1 to JFHE_NAME_MAX bytes, no control characters. */
jfhe_status jfi_name_check(const char *name);
#endif
