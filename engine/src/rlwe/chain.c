/* rlwe/chain.c: from a literal to primes, level sets, scales and digits.
 *
 * Steps of at most 48 bits take one prime each. A run of larger steps ("region") shares 48-bit primes and a few smaller terminal
 * primes: level i of the region is the base times floor primes of 48 bits times a subset of terminals whose bits add up to i*step
 * exactly, so one step drops some primes and takes others back (rational rescaling [SS24]). All primes are the largest of
 * their size that are 1 mod 2^18, hence a product is within 2^-20 of the power of two it stands for. */
#include "base/status.h"
#include "ring/primes.h"
#include "rlwe/params.h"

#include <math.h>
#include <string.h>

enum { PRIME_BITS = 48, TERMINALS_MAX = 4, TERMINAL_BITS_MIN = 22 };

static int taken(const jfi_chain *c, uint64_t q) {
  for (size_t i = 0; i < c->n; i++)
    if (c->prime[i] == q) return 1;
  return 0;
}

/* The largest prime of our list below q that the chain lacks; 0 when it would have fewer than `bits` bits. */
static uint64_t next_free(const jfi_chain *c, uint64_t q, uint32_t bits) {
  const uint64_t step = (uint64_t)1 << JFI_PRIME_STEP_LOG;
  while (q > ((uint64_t)1 << (bits - 1)) + step) {
    q -= step;
    if (jfi_is_prime_var(q) && !taken(c, q)) return q;
  }
  return 0;
}

static size_t append(jfi_chain *c, uint64_t q) {
  if (q == 0 || c->n >= JFI_PRIMES_MAX) return JFI_PRIMES_MAX;
  c->prime[c->n] = q;
  return c->n++;
}

/* Appends the largest free prime of `bits` bits; its index, or JFI_PRIMES_MAX when the list or the context is full. */
static size_t take_prime(jfi_chain *c, uint32_t bits) {
  return append(c, next_free(c, ((uint64_t)1 << bits) + 1, bits));
}

static jfhe_status too_many(void) {
  return jfi_fail(JFHE_ERR_PARAMS, "parameters need more than %d primes, or more of one size than there are",
                  JFI_PRIMES_MAX);
}

/* A plan of a region: terminals' bits, how many 48-bit primes and which terminals level i uses. */
typedef struct region {
  uint32_t n_terminals, n_main;
  uint32_t bits[TERMINALS_MAX];
  uint32_t main[JFI_LEVELS_MAX + 1];
  uint32_t subset[JFI_LEVELS_MAX + 1];
} region;

/* Fills main and subset for the terminals in r->bits; 0 when some level cannot be met. */
static int region_levels(region *r, uint32_t step, uint32_t count) {
  r->n_main = 0;
  for (uint32_t i = 1; i <= count; i++) {
    uint32_t best = UINT32_MAX;
    for (uint32_t s = 0; s < 1u << r->n_terminals; s++) {
      uint32_t sum = 0;
      for (uint32_t t = 0; t < r->n_terminals; t++) sum += (s >> t & 1) ? r->bits[t] : 0;
      if (sum > i * step || (i * step - sum) % PRIME_BITS) continue;
      uint32_t m = (i * step - sum) / PRIME_BITS;
      if (m < best) {
        best = m;
        r->main[i] = m;
        r->subset[i] = s;
      }
    }
    if (best == UINT32_MAX) return 0;
    if (best > r->n_main) r->n_main = best;
  }
  return 1;
}

/* The terminals that leave the fewest bits unused at the region's top (they count in every key), fewest terminals first. Ascending bit
 * lists in lexicographic order, so the choice is one and the same everywhere. */
static int region_plan(region *best, uint32_t step, uint32_t count) {
  uint32_t best_extra = UINT32_MAX;
  for (uint32_t k = 1; k <= TERMINALS_MAX; k++) {
    region r = {.n_terminals = k};
    for (uint32_t t = 0; t < k; t++) r.bits[t] = TERMINAL_BITS_MIN;
    for (;;) {
      if (region_levels(&r, step, count)) {
        uint32_t bits = r.n_main * PRIME_BITS;
        for (uint32_t t = 0; t < k; t++) bits += r.bits[t];
        if (bits - step * count < best_extra) {
          best_extra = bits - step * count;
          *best = r;
        }
      }
      uint32_t t = k;
      while (t > 0 && r.bits[t - 1] == PRIME_BITS - 1) t--;
      if (t == 0) break;
      r.bits[t - 1]++;
      for (uint32_t u = t; u < k; u++) r.bits[u] = r.bits[t - 1];
    }
    if (best_extra == 0) break;
  }
  return best_extra != UINT32_MAX;
}

static jfhe_status add_region(jfi_chain *c, uint32_t level, uint32_t step, uint32_t count) {
  region r = {0};
  if (!region_plan(&r, step, count))
    return jfi_fail(JFHE_ERR_PARAMS, "no set of primes gives %u steps of %u bits; use at most 48 bits, or 56 to 58",
                    count, step);
  /* Steps over 48 bits take more than one prime a level; take_prime ends at JFI_PRIMES_MAX. */
  uint32_t main[JFI_PRIMES_MAX] = {0}, terminal[TERMINALS_MAX] = {0};
  for (uint32_t i = 0; i < r.n_main; i++)
    if ((main[i] = (uint32_t)take_prime(c, PRIME_BITS)) == JFI_PRIMES_MAX) return too_many();
  for (uint32_t i = 0; i < r.n_terminals; i++)
    if ((terminal[i] = (uint32_t)take_prime(c, r.bits[i])) == JFI_PRIMES_MAX) return too_many();
  for (uint32_t i = 1; i <= count; i++) {
    jfi_set s = c->level[level];
    for (uint32_t m = 0; m < r.main[i]; m++) s = jfi_set_with(s, main[m]);
    for (uint32_t t = 0; t < r.n_terminals; t++)
      if (r.subset[i] >> t & 1) s = jfi_set_with(s, terminal[t]);
    c->level[level + i] = s;
  }
  return JFHE_OK;
}

static jfhe_status add_first(jfi_chain *c, uint32_t bits) {
  jfi_set s = jfi_set_empty();
  uint32_t parts = bits > PRIME_BITS ? 2 : 1;
  for (uint32_t i = 0; i < parts; i++) {
    size_t at = take_prime(c, parts == 1 ? bits : (bits + i) / 2);
    if (at == JFI_PRIMES_MAX) return too_many();
    s = jfi_set_with(s, at);
  }
  c->level[0] = s;
  return JFHE_OK;
}

/* Primes for `count` steps of one size, out[0] for the lowest. Scales follow s -> s^2/q down the run, which doubles any drift at each
 * level, so the primes are picked, from the top, to keep s near the middle of a window of candidates: the one that brings the next
 * scale nearest to it. The drift then stays within the window, for any depth. *scale: s at the top of the run. */
static jfhe_status pick_run(const jfi_chain *c, uint64_t *out, uint32_t count, uint32_t bits, double *scale) {
  uint64_t window[2 * JFI_LEVELS_MAX + 8], q = ((uint64_t)1 << bits) + 1;
  uint32_t size = 0, want = 2 * count + 7;
  while (size < want && (q = next_free(c, q, bits))) window[size++] = q;
  if (size < count) return too_many();
  uint32_t half = size / 2;
  double middle = (double)window[half], s = middle;
  *scale = middle;
  for (uint32_t i = count; i-- > 0;) {
    uint32_t best = size;
    double best_off = 0;
    for (uint32_t w = 0; w < size; w++) {
      if (window[w] == 0) continue;
      double off = s * s / (double)window[w] / middle - 1;
      if (off < 0) off = -off;
      if (best == size || off < best_off) {
        best = w;
        best_off = off;
      }
    }
    out[i] = window[best];
    s = s * s / (double)window[best];
    window[best] = 0;
  }
  return JFHE_OK;
}

static jfhe_status add_run(jfi_chain *c, uint32_t level, uint32_t count, uint32_t bits) {
  uint64_t q[JFI_LEVELS_MAX];
  JFI_TRY(pick_run(c, q, count, bits, &c->scale[level + count]));
  for (uint32_t i = 0; i < count; i++) {
    size_t at = append(c, q[i]);
    if (at == JFI_PRIMES_MAX) return too_many();
    c->level[level + i + 1] = jfi_set_with(c->level[level + i], at);
  }
  return JFHE_OK;
}

static jfhe_status add_steps(jfi_chain *c, const jfi_params *p) {
  for (uint32_t l = 0; l < p->n_steps;) {
    uint32_t bits = p->step_bits[l], run = 1;
    while (l + run < p->n_steps && p->step_bits[l + run] == bits) run++;
    if (bits <= PRIME_BITS)
      JFI_TRY(add_run(c, l, run, bits));
    else
      JFI_TRY(add_region(c, l, bits, run));
    l += run;
  }
  return JFHE_OK;
}

/* Primes of the rung below, found by building its chain; those we have are not taken twice. */
static jfhe_status add_guests(jfi_chain *c, const jfi_params *p) {
  if (!p->guest_steps) return JFHE_OK;
  jfi_chain small;
  memset(&small, 0, sizeof small);
  JFI_TRY(add_first(&small, p->guest_first_bits));
  JFI_TRY(add_run(&small, 0, p->guest_steps, p->guest_bits));
  for (size_t i = 0; i < small.n; i++)
    if (!taken(c, small.prime[i]) && append(c, small.prime[i]) == JFI_PRIMES_MAX) return too_many();
  return JFHE_OK;
}

static double set_product(const jfi_chain *c, jfi_set s) {
  double x = 1;
  for (size_t i = jfi_set_next(s, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(s, i + 1)) x *= (double)c->prime[i];
  return x;
}

/* Canonical scales: what squaring and rescaling makes of the scale above, s -> s^2/step. A run of one prime a step begins with the scale
 * at its top that its primes were picked for. A rational run is solved from its bottom, s -> sqrt(s*step): there an error of a step is
 * halved at each level instead of doubled. Where two runs meet, the lower one's scale holds. */
static void set_scales(jfi_chain *c, const jfi_params *p) {
  for (uint32_t l = 1; l <= c->top; l++)
    c->step[l] = set_product(c, jfi_set_minus(c->level[l], c->level[l - 1])) /
                 set_product(c, jfi_set_minus(c->level[l - 1], c->level[l]));
  if (c->top == 0) c->scale[0] = (double)((uint64_t)1 << (p->first_bits - 2));
  for (uint32_t l = c->top; l > 0; l--)
    if (p->step_bits[l - 1] <= PRIME_BITS && c->scale[l - 1] == 0)
      c->scale[l - 1] = c->scale[l] * c->scale[l] / c->step[l];
  for (uint32_t l = 1; l <= c->top; l++) {
    uint32_t bits = p->step_bits[l - 1];
    if (bits <= PRIME_BITS) continue;
    double wide = (double)((uint64_t)1 << bits);
    if (l == 1) c->scale[0] = wide;
    c->scale[l] = l == 1 || p->step_bits[l - 2] == bits ? sqrt(c->scale[l - 1] * c->step[l]) : wide;
  }
}

uint32_t jfi_digits_group(const uint64_t *primes, jfi_set q, jfi_set p, jfi_set *digit) {
  double limit = jfi_log2_product(primes, p) + 0x1p-10, bits = 0;
  uint32_t count = 0;
  for (size_t i = jfi_set_next(q, 0); i < JFI_PRIMES_MAX; i = jfi_set_next(q, i + 1)) {
    double add = jfi_log2_product(primes, jfi_set_with(jfi_set_empty(), i));
    if (count == 0 || bits + add > limit) {
      if (count == JFI_DIGITS_MAX) return 0;
      digit[count++] = jfi_set_empty();
      bits = 0;
    }
    digit[count - 1] = jfi_set_with(digit[count - 1], i);
    bits += add;
  }
  return count;
}

jfhe_status jfi_chain_build(jfi_chain *c, const jfi_params *p) {
  memset(c, 0, sizeof *c);
  c->top = p->n_steps;
  JFI_TRY(add_first(c, p->first_bits));
  JFI_TRY(add_steps(c, p));
  JFI_TRY(add_guests(c, p));
  c->chain = jfi_set_range(0, c->n);
  for (uint32_t i = 0; i < p->n_special; i++) {
    size_t at = take_prime(c, p->special_bits);
    if (at == JFI_PRIMES_MAX) return too_many();
    c->special = jfi_set_with(c->special, at);
  }
  set_scales(c, p);
  c->n_digits = jfi_digits_group(c->prime, c->chain, c->special, c->digit);
  return c->n_digits ? JFHE_OK : too_many();
}
