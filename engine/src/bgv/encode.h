/* bgv/encode.h: integers to plaintexts and back. */
#ifndef JFI_BGV_ENCODE_H
#define JFI_BGV_ENCODE_H
#include "base/mem.h"
#include "bgv/space.h"
#include "rlwe/ct.h"

size_t jfi_bgv_encode_bytes(const jfhe_bgv *b);
/* out over `level`'s primes; use: enum jfhe_bgv_use. mag: declared bound of |values|. */
jfhe_status jfi_bgv_encode(const jfhe_bgv *b, jfhe_pt *out, const int64_t *values, size_t count, double mag,
                           uint32_t use, uint32_t level, jfi_scratch *s);
size_t jfi_bgv_decode_bytes(const jfhe_bgv *b);
jfhe_status jfi_bgv_decode(const jfhe_bgv *b, int64_t *values, size_t count, const jfhe_pt *pt, jfi_scratch *s);
#endif
