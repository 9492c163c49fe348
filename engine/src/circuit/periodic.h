/* circuit/periodic.h: cosine and exponential of 2 pi t for |t| <= overflow, whose whole turns do not count. [CHKKS18b] [HK20]
 *
 * A series gives the function of t / 2^JFI_SINE_DOUBLINGS, x = t/overflow on [-1, 1], in few products; squarings double the angle back.
 * bootstrap_sine.c takes the cosine, exponential.c the exponential. */
#ifndef JFI_CIRCUIT_PERIODIC_H
#define JFI_CIRCUIT_PERIODIC_H
#include "circuit/acc.h"
#include "circuit/poly.h"

enum { JFI_SINE_DOUBLINGS = 2 };

/* periodic_series.c: the cosine of 2 pi overflow x / 2^doublings on [-1, 1], even, of degree at most `most`; its error, proved. */
jfhe_status jfi_cosine_new(struct jfhe_poly **out, double *error, double overflow, uint32_t doublings, uint32_t most);
/* The exponential of i times that, for JFI_POLY_ODD_IMAGINARY. */
jfhe_status jfi_exponential_new(struct jfhe_poly **out, double *error, double overflow, uint32_t doublings,
                                uint32_t most);

/* periodic_double.c: doublings lead from level_out + JFI_SINE_DOUBLINGS to level_out. */
typedef enum jfi_periodic { JFI_EXPONENTIAL, JFI_COSINE } jfi_periodic;
/* x becomes the function of twice the angle, that often; s: jfi_doublings_scratch. */
size_t jfi_doublings_scratch(const jfhe_ctx *ctx, uint32_t level_out);
jfhe_status jfi_doublings(const jfhe_ctx *ctx, struct jfhe_ct *x, jfi_periodic of, const struct jfhe_keyring *keys,
                          jfi_scratch s);
/* The scale from which they lead to `finer` times the canonical one of level_out. */
double jfi_doublings_scale(const jfhe_ctx *ctx, uint32_t level_out, double finer);
#endif
