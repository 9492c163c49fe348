/* program.h: random programs over encrypted vectors, and the same in the clear.
 *
 * A machine has a few registers. Each holds a ciphertext and the exact vector that it stands for, on
 * all N/2 slots (a sparse vector repeats) in long double. One step picks an operation that the rules
 * of jfhe/ckks.h allow, runs it on both, decrypts and compares. A step that must be refused is tried
 * now and then, too. */
#ifndef JFI_TEST_PROGRAM_H
#define JFI_TEST_PROGRAM_H
#include "harness.h"
#include "jfhe/secret.h"

enum { PROG_REGS = 6, PROG_LOG = 8192 };

typedef struct prog_reg {
  jfhe_ct *ct;
  long double *re, *im; /* N/2 slots */
  int full;             /* holds something */
  int pending;          /* not at its level's canonical scale: 1 a product, 2 a dropped level */
} prog_reg;

/* What was seen over all steps. Ratios are bound / true error, as log2. */
typedef struct prog_stats {
  unsigned long programs, steps, refused, provoked, checks;
  unsigned long outside;  /* error above worst / weaken, or message above magnitude */
  unsigned long measured; /* checks with an error above the decoder's rounding */
  unsigned long above_probable;
  double worst_least, worst_sum, probable_least, probable_sum;
  unsigned long op[32];
} prog_stats;

typedef struct prog_machine {
  const jfhe_ctx *ctx;
  jfhe_sk *sk;
  jfhe_pk *pk;
  jfhe_keyring *keys;
  prog_reg reg[PROG_REGS];
  jfhe_ct *spare; /* degree 2, for lazy products */
  jfhe_pt *pt;
  void *scratch;
  size_t scratch_len, slots;
  double *re, *im; /* slots */
  uint8_t *image;  /* limbs of an output, to show that a refusal changes nothing */
  size_t image_len;
  jfi_test_rng rng;
  double weaken; /* worst is divided by this before it is compared: 1, or a proof that the test can fail */
  int quiet;     /* do not report what lies outside */
  int last;      /* register that the last step wrote */
  size_t log_len;
  char log[PROG_LOG];
  prog_stats stats;
} prog_machine;

/* A machine over a context, with its keys: relinearisation, conjugation, rotations by powers of two,
 * by -1 and by 5. The context stays the caller's. Returns 0 when something could not be made. */
int prog_open(prog_machine *m, const jfhe_ctx *ctx);
void prog_close(prog_machine *m);
/* One program: fresh inputs, then up to `steps` operations. It depends on `index` and
 * JFHE_TEST_SEED. Prints itself when something is wrong. */
void prog_run(prog_machine *m, uint64_t index, size_t steps);

/* Pieces, for tests of single circuits. */
/* Register r = a fresh encryption of random numbers of modulus <= mag (exactly mag if `unit`). */
void prog_input(prog_machine *m, int r, uint32_t packing, uint32_t log_slots, uint32_t level, double mag, int unit);
/* out = a * b with model; returns the engine's status. */
jfhe_status prog_mul(prog_machine *m, int out, int a, int b);
/* Decrypts register r and compares; returns the largest true error. */
double prog_check(prog_machine *m, int r);
#endif
