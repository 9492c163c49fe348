/* codec-cases.h: small objects and containers for tests of the codec room, the same on every machine. */
#ifndef JFI_TEST_CODEC_CASES_H
#define JFI_TEST_CODEC_CASES_H
#include "harness.h"
#include "jfhe/codec.h"
#include "rlwe/ct.h"
#include "rlwe/ctx.h"
#include "rlwe/evk.h"
#include "rlwe/secret/sk.h"

/* Degree 2^log_n, levels of 1, 2, 3 primes, then five of 58 bits whose sets do not nest; 2 specials. Insecure. */
jfhe_ctx *jfi_codec_ctx(uint32_t log_n);
/* Objects whose residues are the outputs of a fixed generator; no encryption of anything. */
jfhe_ct *jfi_codec_ct(const jfhe_ctx *ctx, uint32_t degree, uint32_t level, int seeded);
jfhe_pk *jfi_codec_pk(const jfhe_ctx *ctx);
/* seeded: a is a seed and absent, else it is there. level as keygen gives it: the primes of all levels up to it. */
jfhe_evk *jfi_codec_evk(const jfhe_ctx *ctx, uint32_t kind, uint32_t galois, uint32_t level, int seeded);
jfhe_sk *jfi_codec_sk(const jfhe_ctx *ctx);

/* The containers of the tests above: jfi_codec_count() of them. Returns malloc'ed bytes. The name is also a file's. */
size_t jfi_codec_count(void);
uint8_t *jfi_codec_container(const jfhe_ctx *ctx, size_t i, size_t *len, const char **name);
/* Reads a container as the object that it is; its status. Frees what it read. */
jfhe_status jfi_codec_read_any(const jfhe_ctx *ctx, uint32_t object, const uint8_t *bytes, size_t len);
/* Makes the payload and header checksums right again after bytes were changed. */
void jfi_codec_fix(uint8_t *bytes, size_t len);
#endif
