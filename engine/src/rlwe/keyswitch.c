/* rlwe/keyswitch.c: hybrid key switching over any subset of primes, with the division that ends it. [HK20] [BMTPH21]
 *
 * ModUp, transform, inner product and division are fused by limb. First the limbs that leave: each is summed up, brought to
 * coefficients and kept as a digit of the remainder. Then the limbs that stay: summed up in the second-level cache, less the remainder,
 * divided, written. Neither an extended digit nor a sum that stays is ever stored whole, nor the terms of a product. */
#include "rlwe/keyswitch.h"

#include "base/mem.h"
#include "base/status.h"
#include "rlwe/digits.h"
#include "rlwe/divide.h"

enum {
  CHUNK = 6,     /* limbs that a task takes together: it reads the digits' coefficients once for all of them, and as */
  CHUNK_MIN = 2, /* many outputs of a conversion stay in registers; less where many digits would need more than ... */
  ROOMS = 24,    /* ... this many rooms, so that scratch hardly depends on the digits */
  ROOMS_MIN = 4, /* rooms of a limb once its digits are summed up: two sums, two remainders */
  PIECE = 1024   /* words of a product's terms that stay in the first-level cache */
};

typedef struct job {
  const jfi_switch *w;
  jfi_shape_of h;
  jfi_digits x;
  jfi_quotient q;
  uint64_t *const *out;
  uint64_t *gone;   /* 2 x n_gone limbs */
  uint64_t *round;  /* 2 x n */
  uint64_t *worker; /* per worker: chunk x rooms limbs, one more, room to expand keys */
  size_t chunk, rooms, worker_words, gone_tasks, stay_tasks;
} job;

static size_t rooms_of(size_t n_digits) { return n_digits > ROOMS_MIN ? n_digits : ROOMS_MIN; }

static size_t chunk_of(size_t n_digits) {
  size_t fit = ROOMS / rooms_of(n_digits);
  return fit > CHUNK ? CHUNK : fit < CHUNK_MIN ? CHUNK_MIN : fit;
}

/* A lower level has fewer digits and perhaps larger chunks: never more rooms than the count here, which grows with n_digits. */
static size_t worker_words(const jfhe_ctx *ctx, size_t n_digits) {
  size_t least = CHUNK_MIN * rooms_of(n_digits), rooms = least > ROOMS ? least : ROOMS;
  return (rooms + 1) * ctx->ring->n + jfi_digits_dot_words(ctx, n_digits);
}

/* Chunks of at most `chunk` limbs, as many for one worker as for another. */
static size_t tasks_of(const jfhe_ctx *ctx, size_t limbs, size_t chunk) {
  size_t workers = jfi_pool_workers(ctx->pool), tasks = (limbs + chunk - 1) / chunk;
  tasks = (tasks + workers - 1) / workers * workers;
  return tasks < limbs ? tasks : limbs;
}

static uint64_t *room_of(const job *j, size_t worker, size_t limb, size_t k) {
  return j->worker + worker * j->worker_words + (limb * j->rooms + k) * j->h.n;
}

static uint64_t *spare_of(const job *j, size_t worker) { return room_of(j, worker, j->chunk, 0); }

/* sum[i][0], sum[i][1] = the inner product at prime[i], over E. */
static void sum_up(const job *j, size_t worker, const uint32_t *prime, size_t count, uint64_t *(*sum)[2]) {
  const jfi_shape_of *h = &j->h;
  jfi_dots dot[CHUNK];
  for (size_t d = 0; d < h->n_digits; d++) {
    uint64_t *room[CHUNK] = {0};
    const uint64_t *out[CHUNK] = {0};
    for (size_t i = 0; i < count; i++) {
      room[i] = room_of(j, worker, i, d);
      if (j->w->digits) out[i] = j->w->digits + (d * h->n_e + jfi_set_rank(h->E, prime[i])) * h->n;
    }
    if (!j->w->digits) jfi_digits_extend(&j->x, d, prime, count, room, out);
    for (size_t i = 0; i < count; i++) dot[i].x[d] = out[i];
  }
  for (size_t i = 0; i < count; i++) {
    dot[i].acc0 = sum[i][0];
    dot[i].acc1 = sum[i][1];
    jfi_digits_dot(h, j->w->key, prime[i], &dot[i], 1, 0, spare_of(j, worker) + h->n);
  }
}

/* Words [at, at + count) of what is added to polynomial p at a prime of S: null, words of a limb, or of a term of the product, formed
 * in room, without its constant factor: that joins the constant by which the term is lifted. */
static const uint64_t *addend(const job *j, size_t p, size_t prime, size_t at, size_t count, uint64_t *room) {
  const jfi_switch *w = j->w;
  const jfi_ring *ring = j->h.ctx->ring;
  at += jfi_set_rank(j->h.S, prime) * j->h.n;
  if (!w->a[0]) return w->add[p] ? w->add[p] + at : NULL;
  if (p == 0) {
    ring->k->mul(room, w->a[0] + at, w->b[0] + at, count, &ring->mod[prime]);
  } else {
    const uint64_t *x[2] = {w->a[0] + at, w->a[1] + at}, *y[2] = {w->b[1] + at, w->b[0] + at};
    ring->k->dot(room, x, y, 2, 0, count, &ring->mod[prime]);
  }
  return room;
}

static uint64_t with_times(const job *j, uint64_t w, size_t prime) {
  return j->w->times ? jfi_mod_mul(w, j->w->times, &j->h.ctx->ring->mod[prime]) : w;
}

/* Leaving limbs: sums, lifted addends, digits. */
static void leave_chunk(void *arg, size_t task, size_t worker) {
  const job *j = arg;
  const jfi_quotient *q = &j->q;
  const jfi_ring *ring = j->h.ctx->ring;
  size_t first = q->n_gone * task / j->gone_tasks, count = q->n_gone * (task + 1) / j->gone_tasks - first;
  uint64_t *sum[CHUNK][2] = {{0}};
  for (size_t i = 0; i < count; i++)
    for (size_t p = 0; p < 2; p++) sum[i][p] = j->gone + (p * q->n_gone + first + i) * j->h.n;
  sum_up(j, worker, q->gone_list + first, count, sum);
  for (size_t i = 0; i < count; i++)
    for (size_t p = 0; p < 2; p++) {
      size_t prime = q->gone_list[first + i];
      const uint64_t *add = jfi_set_has(j->h.S, prime) ? addend(j, p, prime, 0, j->h.n, spare_of(j, worker)) : NULL;
      if (add)
        ring->k->mul_const_acc(sum[i][p], add, with_times(j, jfi_ctx_product_mod(j->h.ctx, j->w->key->p, prime), prime),
                               j->h.n, &ring->mod[prime]);
      jfi_quotient_digit(q, first + i, sum[i][p], sum[i][p]);
    }
}

static void round_poly(void *arg, size_t p, size_t worker) {
  (void)worker;
  const job *j = arg;
  jfi_quotient_round(&j->q, j->round + p * j->h.n, j->gone + p * j->q.n_gone * j->h.n);
}

/* Target t of both polynomials from their sums (null at a coming prime) and remainders r, piece by piece, so that the terms of a product
 * stay in the first-level cache. The second polynomial first: where the outputs are the factors of a product, its words take the
 * place of some that only the second term needs. */
static void finish(const job *j, size_t worker, size_t t, uint64_t *const *sum, uint64_t *const *r) {
  const jfi_ring *ring = j->h.ctx->ring;
  const size_t n = j->h.n, prime = j->q.target_list[t], piece = n < PIECE ? n : PIECE;
  const int adds = jfi_set_has(j->h.S, prime);
  jfi_last_step last = jfi_quotient_last(&j->q, t, j->w->key->p);
  last.w_add = with_times(j, last.w_add, prime);
  for (size_t p = 0; p < 2; p++) ring->k->ntt_fwd(r[p], jfi_ring_ntt(ring, prime));
  for (size_t at = 0; at < n; at += piece)
    for (size_t p = 2; p-- > 0;) {
      const uint64_t *add = adds ? addend(j, p, prime, at, piece, spare_of(j, worker)) : NULL;
      uint64_t *out = j->w->perm ? r[p] : j->out[p] + t * n;
      jfi_last_step_run(&last, out + at, sum[p] ? sum[p] + at : NULL, r[p] + at, add, piece);
    }
  for (size_t p = 0; j->w->perm && p < 2; p++) ring->k->permute(j->out[p] + t * n, r[p], j->w->perm, n);
}

/* Limbs that stay or come. */
static void stay_chunk(void *arg, size_t task, size_t worker) {
  const job *j = arg;
  const jfi_quotient *q = &j->q;
  size_t first = q->n_target * task / j->stay_tasks, count = q->n_target * (task + 1) / j->stay_tasks - first;
  uint64_t *sum[CHUNK][2] = {{0}}, *r[2][CHUNK] = {{0}};
  size_t sums = 0;
  uint32_t prime[CHUNK] = {0};
  for (size_t i = 0; i < count; i++) {
    for (size_t p = 0; p < 2; p++) r[p][i] = room_of(j, worker, i, 2 + p);
    if (!jfi_set_has(j->h.E, q->target_list[first + i])) continue;
    for (size_t p = 0; p < 2; p++) sum[sums][p] = room_of(j, worker, sums, p);
    prime[sums++] = q->target_list[first + i];
  }
  sum_up(j, worker, prime, sums, sum);
  for (size_t p = 0; p < 2; p++)
    jfi_quotient_remainders(q, first, count, r[p], j->gone + p * q->n_gone * j->h.n, j->round + p * j->h.n);
  for (size_t i = 0, k = 0; i < count; i++) {
    static uint64_t *const none[2] = {NULL, NULL};
    uint64_t *both[2] = {r[0][i], r[1][i]};
    const int has = k < sums && prime[k] == q->target_list[first + i];
    finish(j, worker, first + i, has ? sum[k++] : none, both);
  }
}

size_t jfi_keyswitch_scratch(const jfhe_ctx *ctx, jfi_set S, jfi_set T, jfi_set P, uint32_t n_digits) {
  size_t n = ctx->ring->n, gone = jfi_set_count(jfi_set_minus(jfi_set_or(S, P), T));
  size_t words = jfi_digits_words(jfi_set_count(S), n_digits, n) + (2 * gone + 2) * n +
                 jfi_pool_workers(ctx->pool) * worker_words(ctx, n_digits);
  return words * sizeof(uint64_t) + 8 * JFI_SCRATCH_SLACK;
}

static jfhe_status take_rooms(job *j, jfi_scratch *s) {
  size_t n = j->h.n;
  j->rooms = rooms_of(j->h.n_digits);
  j->chunk = chunk_of(j->h.n_digits);
  j->worker_words = worker_words(j->h.ctx, j->h.n_digits);
  if (!j->w->digits) {
    j->x.y = jfi_scratch_take(s, j->h.n_s * n * sizeof(uint64_t));
    j->x.round = jfi_scratch_take(s, j->h.n_digits * n * sizeof(uint64_t));
  }
  j->gone = jfi_scratch_take(s, 2 * j->q.n_gone * n * sizeof(uint64_t));
  j->round = jfi_scratch_take(s, 2 * n * sizeof(uint64_t));
  j->worker = jfi_scratch_take(s, jfi_pool_workers(j->h.ctx->pool) * j->worker_words * sizeof(uint64_t));
  return s->failed ? jfi_fail(JFHE_ERR_SCRATCH, "scratch is too small for a key switch") : JFHE_OK;
}

jfhe_status jfi_switch_run(const jfhe_ctx *ctx, uint64_t *r0, uint64_t *r1, const jfi_switch *w, jfi_scratch *s) {
  uint64_t *out[2] = {r0, r1};
  job j = {.w = w, .out = out};
  jfi_scratch at = *s;
  JFI_TRY(jfi_shape_make(&j.h, ctx, w->S, w->key));
  JFI_TRY(jfi_quotient_init(&j.q, ctx, j.h.E, w->T));
  if (j.q.n_gone == 0) return jfi_fail(JFHE_ERR_ARG, "a key switch ends in a division by its specials");
  j.x = (jfi_digits){.h = &j.h, .x = w->a[0] ? w->a[1] : w->c, .times = w->a[0] ? w->b[1] : NULL, .factor = w->times};
  JFI_TRY(take_rooms(&j, &at));
  j.gone_tasks = tasks_of(ctx, j.q.n_gone, j.chunk);
  j.stay_tasks = tasks_of(ctx, j.q.n_target, j.chunk);
  if (!w->digits) jfi_digits_start(&j.x);
  jfi_parallel(ctx->pool, j.gone_tasks, leave_chunk, &j);
  if (j.q.n_gone > 1) jfi_parallel(ctx->pool, 2, round_poly, &j);
  jfi_parallel(ctx->pool, j.stay_tasks, stay_chunk, &j);
  return JFHE_OK;
}

jfhe_status jfi_keyswitch(const jfhe_ctx *ctx, uint64_t *r0, uint64_t *r1, jfi_set T, const uint64_t *c,
                          const uint64_t *add0, const uint64_t *add1, jfi_set S, const jfhe_evk *key, jfi_scratch *s) {
  const jfi_switch w = {.S = S, .T = T, .key = key, .c = c, .add = {add0, add1}};
  return jfi_switch_run(ctx, r0, r1, &w, s);
}
