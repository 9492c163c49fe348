/* boot-cases.h: worlds for tests of bootstrapping. */
#ifndef JFI_TEST_BOOT_CASES_H
#define JFI_TEST_BOOT_CASES_H
#include "circuit/bootstrap.h"
#include "ckks-cases.h"

/* Insecure parameters in the form of `deep`: stages steps of 42 bits, 2 more, 8 of 58, stages of 48. */
jfhe_ctx *jfi_test_ctx_boot(uint32_t log_n, uint32_t stages);

/* The same with as many levels between two bootstraps as are asked for. */
jfhe_ctx *jfi_test_ctx_boot_far(uint32_t log_n, uint32_t stages, uint32_t between);

/* The same in the form of `deep-small`: its levels, in a ring that is not secure. */
jfhe_ctx *jfi_test_ctx_boot_small(uint32_t log_n);

typedef struct jfi_boot_world {
  jfi_world w;
  jfhe_bootstrap *b;
  void *scratch;
  size_t scratch_len;
} jfi_boot_world;
/* A bootstrap, and a world with the keys that it asks for and no others. */
jfi_boot_world jfi_boot_open(jfhe_ctx *ctx, uint32_t log_slots, double mag, const jfi_boot_options *options);
void jfi_boot_close(jfi_boot_world *w);
jfhe_ct *jfi_boot_encrypt(jfi_boot_world *w, const jfi_vec *v, int complex, uint32_t level);
#endif
