/* ckks/secret/release.c: decryptions that leave the key holders. [LM21] shows why an approximate result must not be handed out as it
 * is: its error is linear in the secret. [LMSS22] shows how much noise hides it. docs/SOUNDNESS.md, "Releases". */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "ckks/encode.h"
#include "ring/secret/sample.h"
#include "rlwe/secret/decrypt.h"

enum {
  GRID_BITS =
      16, /* the grid is sigma / 2^16: the sampler's sigma is 2^16..2^17, rounding adds 2^-34 of the noise's variance */
  TAIL = 10 /* 10 sigma: a Gaussian exceeds it with chance below 2^-70 */
};

static size_t numbers_bytes(const jfhe_ctx *ctx) { return jfi_round64(ctx->ring->n * sizeof(double)); }

size_t jfhe_release_scratch(const jfhe_ctx *ctx) {
  size_t plain = jfi_round64(sizeof(jfhe_pt)) + ctx->chain.n * jfi_round64(ctx->ring->n * sizeof(uint64_t));
  size_t work = jfhe_decrypt_scratch(ctx), decode = jfi_decode_bytes(ctx, ctx->chain.n);
  return 3 * numbers_bytes(ctx) + plain + (work > decode ? work : decode) + 8 * JFI_SCRATCH_SLACK;
}

static size_t count_kept(const uint8_t *keep, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) kept += !keep || keep[i];
  return kept;
}

static jfhe_status check(const jfhe_ctx *ctx, const double *re, size_t count, const double *error, const jfhe_ct *ct,
                         const jfhe_sk *sk, uint32_t strength, uint32_t releases) {
  if (!ctx || !re || !error || !ct || !sk)
    return jfi_fail(JFHE_ERR_ARG, "a release needs a context, outputs, a ciphertext and a key");
  size_t most = (size_t)1 << ct->log_slots;
  if (count == 0 || count > most)
    return jfi_fail(JFHE_ERR_ARG, "%zu numbers asked of a ciphertext of %zu", count, most);
  if (strength != 40 && strength != 64) return jfi_fail(JFHE_ERR_ARG, "strength is 40 or 64 bits, not %u", strength);
  if (releases == 0) return jfi_fail(JFHE_ERR_ARG, "the number of releases a key may make is at least 1");
  if (sk->release_cap != 0 && sk->release_cap != releases)
    return jfi_fail(JFHE_ERR_BUDGET, "this key's releases were planned for %u, not %u", sk->release_cap, releases);
  if (sk->releases >= releases)
    return jfi_fail(JFHE_ERR_BUDGET, "all %u releases of this key are used up; rotate it", releases);
  return JFHE_OK;
}

/* x -> nearest multiple of grid, plus sigma-wide noise on the grid. noise holds count words. */
static void flood(jfi_rng *rng, double *x, size_t count, const uint8_t *keep, double grid, double sigma,
                  int64_t *noise) {
  (void)jfi_sample_gauss(rng, noise, count, sigma / grid); /* in range: 2^16 <= sigma/grid < 2^17 */
  for (size_t i = 0; i < count; i++) {
    double on_grid = nearbyint(x[i] / grid) + (double)noise[i];
    x[i] = !keep || keep[i] ? on_grid * grid : 0.0;
  }
  jfi_zeroize(noise, count * sizeof *noise);
}

/* A power of two between sigma/2^17 and sigma/2^16, so that dividing by it is exact. */
static double grid_of(double sigma) {
  int e;
  (void)frexp(sigma, &e);
  return ldexp(1.0, e - 1 - GRID_BITS);
}

/* The plaintext between decryption and decoding, in the caller's scratch. */
static jfhe_status open_numbers(const jfhe_ctx *ctx, double *re, double *im, size_t count, const jfhe_ct *ct,
                                const jfhe_sk *sk, jfi_scratch *s) {
  jfhe_pt pt = {.ctx = ctx, .cap_limbs = ct->n_limbs};
  size_t bytes = ct->n_limbs * ctx->ring->n * sizeof(uint64_t);
  pt.data = jfi_scratch_take(s, bytes);
  if (s->failed) return jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a release");
  jfhe_status st = jfi_decrypt(ctx, &pt, ct, sk, ct->scale * (ct->bound.mag + ct->bound.worst), s->at, s->left);
  if (st == JFHE_OK) jfi_decode(ctx, re, im, count, &pt, s);
  jfi_zeroize(pt.data, bytes);
  return st;
}

jfhe_status jfhe_release(const jfhe_ctx *ctx, double *re, double *im, size_t count, double *error, const jfhe_ct *ct,
                         jfhe_sk *sk, const uint8_t *keep, uint32_t strength_bits, uint32_t releases, void *scratch,
                         size_t scratch_len) {
  JFI_TRY(check(ctx, re, count, error, ct, sk, strength_bits, releases));
  if (ct->packing == JFHE_PACK_INT) return jfi_fail(JFHE_ERR_FORM, "exact integers carry no error to flood");
  jfhe_pt shape = {.ctx = ctx};
  JFI_TRY(jfi_decrypt_check(ctx, &shape, ct, sk));
  size_t numbers = count_kept(keep, count) * (im ? 2 : 1);
  if (numbers == 0) return jfi_fail(JFHE_ERR_ARG, "a release keeps no number");
  double sigma = sqrt(12.0 * releases) * ldexp(1.0, (int)strength_bits / 2) * ct->bound.worst * sqrt((double)numbers);
  double grid = grid_of(sigma), bound = ct->bound.worst + TAIL * sigma * 1.01 + grid;
  if (!(bound <= ct->bound.mag))
    return jfi_fail(JFHE_ERR_RANGE, "flooding would drown the numbers: %.1f more bits of precision are needed",
                    log2(bound / ct->bound.mag) + 1);
  jfi_scratch s;
  jfi_scratch_init(&s, scratch, scratch_len);
  double *r = jfi_scratch_take(&s, numbers_bytes(ctx)), *i = jfi_scratch_take(&s, numbers_bytes(ctx));
  int64_t *noise = jfi_scratch_take(&s, numbers_bytes(ctx));
  if (s.failed)
    return jfi_fail(JFHE_ERR_SCRATCH, "a release needs %zu bytes of scratch, not %zu", jfhe_release_scratch(ctx),
                    scratch_len);
  jfhe_status st = open_numbers(ctx, r, im ? i : NULL, count, ct, sk, &s);
  if (st == JFHE_OK) {
    flood(&sk->rng, r, count, keep, grid, sigma, noise);
    if (im) flood(&sk->rng, i, count, keep, grid, sigma, noise);
    memcpy(re, r, count * sizeof *re);
    if (im) memcpy(im, i, count * sizeof *im);
    *error = bound;
    sk->release_cap = releases;
    sk->releases++;
  }
  jfi_zeroize(r, numbers_bytes(ctx));
  jfi_zeroize(i, numbers_bytes(ctx));
  return st;
}
