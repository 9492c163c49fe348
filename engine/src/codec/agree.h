/* codec/agree.h: a header against the parameters of a context. */
#ifndef JFI_CODEC_AGREE_H
#define JFI_CODEC_AGREE_H
#include "codec/header.h"
#include "rlwe/ctx.h"

/* requires  h passed jfi_header_check.
 * ensures   on JFHE_OK the object is h->object == object, and every field indexes within the context: primes and level exist, the scale
 *           lies under the modulus, the level's primes are there. */
jfhe_status jfi_header_agree(const jfi_header *h, const jfhe_ctx *ctx, uint32_t object);
/* The fields every object of a context shares, the rest zero. */
void jfi_header_begin(jfi_header *h, const jfhe_ctx *ctx, uint32_t object, uint32_t encoding);
/* Checks a header made from an object as a reader would, then lays it out. */
jfhe_status jfi_header_finish(jfi_header *h, const jfhe_ctx *ctx);
#endif
