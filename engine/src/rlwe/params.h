/* rlwe/params.h: the literal from which a context is built, and what may be published. */
#ifndef JFI_RLWE_PARAMS_H
#define JFI_RLWE_PARAMS_H
#include "jfhe/params.h"
#include "ring/set.h"

enum { JFI_LEVELS_MAX = 64, JFI_DIGITS_MAX = 64, JFI_NAME_MAX = 24, JFI_PARAMS_LOG_N_MAX = 17 };

/* Unchecked literal. Everything else (primes, level sets, digits) follows from it by a fixed procedure, so two builds agree. */
typedef struct jfi_params {
  char name[JFI_NAME_MAX];
  uint32_t log_n;
  uint32_t security;                 /* 128, 192, 256; 0 = test parameters, only in JFHE_TEST_PARAMS builds */
  uint32_t first_bits;               /* bits of level 0's modulus: <= 48 one prime, else two */
  uint32_t n_steps;                  /* top level L */
  uint8_t step_bits[JFI_LEVELS_MAX]; /* step_bits[l]: log2 of Q_{l+1}/Q_l, 28..60 */
  uint32_t n_special;
  uint32_t special_bits;
  uint32_t guest_first_bits; /* ladder: the primes of the lower rung's chain that this ring also carries; 0 = none */
  uint32_t guest_steps;
  uint8_t guest_bits;
} jfi_params;

/* Returns JFHE_ERR_ARG for an unknown name. */
jfhe_status jfi_params_preset(jfi_params *p, const char *name);
/* The public builder's arguments; chooses log_n and specials where 0. */
jfhe_status jfi_params_custom(jfi_params *p, uint32_t log_n, uint32_t depth, uint32_t scale_bits, uint32_t first_bits,
                              uint32_t specials, uint32_t security);

/* Primes and levels of a literal. */
typedef struct jfi_chain {
  size_t n;                          /* all primes */
  uint64_t prime[JFI_PRIMES_MAX];    /* q0.., main, terminals, guests, then specials */
  jfi_set chain;                     /* every prime a ciphertext may use */
  jfi_set special;                   /* P */
  uint32_t top;                      /* L */
  jfi_set level[JFI_LEVELS_MAX + 1]; /* subset of primes of each level */
  double step[JFI_LEVELS_MAX + 1];   /* step[l] = Q_l / Q_{l-1}, l >= 1, as a double */
  double scale[JFI_LEVELS_MAX + 1];  /* canonical scale of level l */
  uint32_t n_digits;
  jfi_set digit[JFI_DIGITS_MAX]; /* partition of `chain` for hybrid key switching, each product <= P */
} jfi_chain;
jfhe_status jfi_chain_build(jfi_chain *c, const jfi_params *p);
/* Groups consecutive members of q while their product stays at or under that of p: then a switch adds noise near rounding's.
 * Returns how many of digit[JFI_DIGITS_MAX] it filled; 0: they do not suffice. */
uint32_t jfi_digits_group(const uint64_t *primes, jfi_set q, jfi_set p, jfi_set *digit);

/* The gate: may a key over these primes be published for this degree at this security? JFHE_ERR_SECURITY names the limit. */
jfhe_status jfi_gate(uint32_t log_n, uint32_t security, const uint64_t *primes, size_t n_all, jfi_set used,
                     const char *what);
/* The same for a key under a sparse secret of JFI_SPARSE_WEIGHT nonzero coefficients: bootstrapping's, over one chain prime (or those of
 * level 0) and one special alone. */
enum { JFI_SPARSE_WEIGHT = 32 };
jfhe_status jfi_gate_sparse(uint32_t log_n, uint32_t security, const uint64_t *primes, jfi_set used, const char *what);
/* log2 of the product, rounded up by less than 1e-6; own arithmetic, same bits everywhere. */
double jfi_log2_product(const uint64_t *primes, jfi_set used);
#endif
