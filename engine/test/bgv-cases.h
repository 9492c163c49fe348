/* bgv-cases.h: worlds for the tests of the bgv room: a context, integers modulo t, keys, and plain integers beside them. */
#ifndef JFI_TEST_BGV_CASES_H
#define JFI_TEST_BGV_CASES_H
#include "bgv/space.h"
#include "jfhe/bgv.h"
#include "jfhe/secret.h"
#include "rlwe-cases.h"

typedef struct bgv_world {
  jfhe_ctx *ctx;
  jfhe_bgv *b;
  jfhe_sk *sk;
  jfhe_keyring *keys;
  jfi_test_rng rng;
  int64_t t;
  size_t n; /* slots */
  void *scratch;
  size_t scratch_len;
} bgv_world;

/* Takes the context. Keys: relinearisation, rotations by +-2^i, the exchange of rows. */
int bgv_world_open(bgv_world *w, jfhe_ctx *ctx, uint32_t t);
void bgv_world_close(bgv_world *w);

/* The kinds of vectors that tests start from; all centred modulo t. */
enum bgv_fill { BGV_UNIFORM, BGV_TOP, BGV_BOTTOM, BGV_EXTREMES, BGV_ONE_HOT, BGV_ZERO, BGV_SMALL, BGV_FILLS };
int64_t *bgv_vec(bgv_world *w, enum bgv_fill fill);
int64_t bgv_centre(const bgv_world *w, int64_t x); /* any |x| < 2^62 */
int64_t bgv_mul(const bgv_world *w, int64_t x, int64_t y);

jfhe_ct *bgv_encrypt(bgv_world *w, const int64_t *v, uint32_t level);
jfhe_ct *bgv_room(bgv_world *w);
jfhe_pt *bgv_plain(bgv_world *w, const int64_t *v, uint32_t use, uint32_t level);
/* Decrypts, compares every slot; checks that the noise lies within its bound. 1 when all is well. */
int bgv_check(bgv_world *w, const jfhe_ct *ct, const int64_t *want, const char *what);
/* Largest slot of v in the complex embedding, measured with the secret key; and its bound. */
double bgv_noise(bgv_world *w, const jfhe_ct *ct);
#endif
