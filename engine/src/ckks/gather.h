/* ckks/gather.h: the means of many ciphertexts' slots in one ciphertext. */
#ifndef JFI_CKKS_GATHER_H
#define JFI_CKKS_GATHER_H
#include "base/mem.h"
#include "ckks/agree.h"

size_t jfi_ckks_gather_bytes(const jfhe_ctx *ctx, uint32_t level, size_t count);
jfhe_status jfi_ckks_gather(const jfhe_ctx *ctx, jfhe_ct *out, const jfhe_ct *const *in, size_t count,
                            const jfhe_keyring *keys, jfi_scratch *s);
#endif
