/* kernel/avx512ifma/ntt_plan.h: how a transform is cut into passes, and where each pass finds its
 * twiddles. Shared by the table builder and the two transforms.
 *
 * A pass of log-radix r does r stages on 2^r vectors held in registers. The last three stages (the
 * "tail") lie inside vectors. The other log_n - 3 stages are cut so that the last passes work on
 * blocks of 2^11 words (16 KiB, resident in L1) as 4 + 4 + tail; what remains is done before, over
 * larger blocks, block by block (depth first) so that each block stays in L2.
 *
 * Node k = m + b is block b of the stage with m blocks. Twiddle words of one node of a pass:
 *   radix 2:  w ws                                         w  = psi^brv(k)
 *   radix 4:  five pairs (w ws) c^2, c, c^3, ic, -ic^3     c^2 = psi^brv(k), c = psi^brv(2k), ic = psi^brv(2k+1)
 *   radix 8:  the radix 2 of k, the radix 4 of 2k and 2k+1
 *   radix 16: the radix 4 of k and of 4k .. 4k+3
 *
 * The tail works in groups of up to 32 blocks of eight words. Block s of a group with G = psi^(1 + brv(128 group)) has the
 * root c = G z_s, where z_s = psi^brv(4s) is the same in every group. After word i of each block is multiplied by G^i the
 * three stages need only the z: a table of 6 KiB, spread out for the lanes, that stays in L1, and 16 words a group. (Twiddles of its own for every
 * block would be 14 bytes a word of the transform, three times all others together, and they would come from memory: a
 * ciphertext has dozens of moduli.) The scaling takes the place of the shrinking that the tail would begin with.
 *
 * The inverse has the same shape; its radix 4 is c^-2, c^-1, c^-3, (ic)^-1, -(ic)^-1 c^-2. */
#ifndef JFI_KERNEL_AVX512IFMA_NTT_PLAN_H
#define JFI_KERNEL_AVX512IFMA_NTT_PLAN_H

#include <stddef.h>
#include <stdint.h>

enum { IFMA_PASSES = 5, IFMA_TAIL = 3, IFMA_L1_LOG = 11, IFMA_GROUP = 16 };

/* Words of twiddles of one node, by log-radix. */
static const uint8_t ifma_node_words[5] = {0, 2, 10, 22, 50};

typedef struct ifma_pass {
  uint32_t radix; /* log2 */
  uint32_t nodes; /* log2 of the number of blocks */
  size_t at;      /* word offset of the twiddles */
} ifma_pass;

typedef struct ifma_plan {
  ifma_pass pass[IFMA_PASSES];
  uint32_t passes;            /* without the tail; 0 when log_n == 3 */
  uint32_t outer;             /* passes before the part that works in L1 */
  uint32_t leaves;            /* log2 of the number of L1 blocks */
  uint32_t group;             /* pairs of 8-word blocks in a tail group */
  size_t tail4, tail2, tail1; /* word offsets: 16 words a pair of a group, w and ws for eight lanes */
  size_t scale;               /* word offset: 16 words a group, G^0 .. G^7 and their companions */
  size_t words;               /* all of one direction */
} ifma_plan;

static inline size_t ifma_round8(size_t words) { return (words + 7) & ~(size_t)7; }

static inline void ifma_plan_init(ifma_plan *p, uint32_t log_n) {
  /* A radix 16 at the top would read 16 lines that are 2^(log_n - 4) words apart: from 2^13 words on they all
     * map to one set of a 12-way L1. So the top is radix 8, and 2^15 has a leaf of 2^12 words instead. */
  static const uint8_t outer[7][2] = {{0, 0}, {1, 0}, {2, 0}, {3, 0}, {3, 0}, {3, 2}, {3, 3}};
  uint32_t left = log_n - IFMA_TAIL, done = 0, np = 0;
  uint8_t radix[IFMA_PASSES];
  p->leaves = 0;
  if (log_n > IFMA_L1_LOG) {
    const uint8_t *o = outer[log_n - IFMA_L1_LOG];
    for (int i = 0; i < 2; i++)
      if (o[i]) radix[np++] = o[i], left -= o[i], p->leaves += o[i];
  }
  p->outer = np;
  for (uint32_t high = left % 4; left; left -= high, high = 4)
    if (high) radix[np++] = (uint8_t)high;
  p->passes = np;
  size_t at = 0;
  for (uint32_t i = 0; i < np; i++) {
    p->pass[i] = (ifma_pass){radix[i], done, at};
    at = ifma_round8(at + ((size_t)ifma_node_words[radix[i]] << done));
    done += radix[i];
  }
  const size_t pairs = log_n > 4 ? (size_t)1 << (log_n - 4) : 1;
  p->group = pairs < IFMA_GROUP ? (uint32_t)pairs : IFMA_GROUP;
  p->tail4 = at;
  p->tail2 = p->tail4 + (size_t)16 * p->group;
  p->tail1 = p->tail2 + (size_t)16 * p->group;
  p->scale = p->tail1 + (size_t)16 * p->group;
  p->words = p->scale + pairs / p->group * 16;
}

#endif
