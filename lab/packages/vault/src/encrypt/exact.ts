// exact.ts: which moduli exact columns take, and what columns weigh; as python/jupyterfhe/core/integers.py and client/tables.py, `result_bits`,
// have it, so that tables of both meet (protocol/integers.md).

import type { Context } from '../base/engine.ts';
import type { Plan } from '../parse/spec.ts';
import { TableError } from '../parse/rows.ts';

const NOISE_BITS = 20.2; // log2 of what a division leaves over t, N = 2^14: docs/SOUNDNESS.md says 19.6, and 1.1 a doubling of N
const PARTS_MAX = 5; // JFHE_BGV_PARTS_MAX
const WIDEST = 63; // bits of a result that is chosen here: an int64's

/** What of the parameters decides about exact columns, and how much a ciphertext weighs: plain data, for messages. */
export interface Sizes {
  readonly logN: number;
  /** Bits of a modulus: as many as let a product's division by a level's step take the product's noise away. */
  readonly modulusBits: number;
  /** Bytes of a fresh ciphertext. */
  readonly ciphertext: number;
}

export function sizesOf(context: Context): Sizes {
  const { engine: { calls }, ptr, levels, logN } = context;
  let step = Infinity;
  for (let level = 1; level <= levels; level += 1) step = Math.min(step, Math.log2(calls.ctxStep(ptr, level)));
  const bits = Math.floor(step - NOISE_BITS - 1.1 * (logN - 14));
  return { logN, modulusBits: Math.max(logN + 2, Math.min(bits, 30)), ciphertext: 256 + context.ciphertextBytes() };
}

/** Bits of |n|, as Python's. */
function bitLength(n: bigint): number {
  return n === 0n ? 0 : n.toString(2).length;
}

/** Bits for the results of exact columns, sign included: sums of each, and of squares and products where these take two moduli at the most. */
export function resultBits(plans: readonly Plan[], rows: number, { modulusBits }: Sizes): number {
  const most = plans.filter(plan => plan.exact !== 'no').reduce((so, { lo, hi }) => Math.max(so, Math.abs(Math.ceil(lo)), Math.abs(Math.floor(hi))), 1);
  const bits = (n: bigint): number => bitLength(2n * BigInt(rows) * n + 1n);
  const [sums, squares] = [bits(BigInt(most)), bits(BigInt(most) ** 2n)];
  return squares > sums ? Math.min(squares, Math.max(2 * modulusBits - 1, sums), WIDEST) : Math.min(sums, WIDEST);
}

/** Trial division: m is odd and below 2^31. */
function isPrime(m: number): boolean {
  for (let d = 3; d * d <= m; d += 2) if (m % d === 0) return false;
  return true;
}

/** The largest primes below 2^modulusBits that are 1 modulo 2N, as few as have a product of 2^bits or more; then the smallest above. */
export function moduliFor(bits: number, { logN, modulusBits }: Sizes): number[] {
  const stride = 2 ** (logN + 1);
  const middle = Math.floor(2 ** modulusBits / stride) * stride + 1;
  const found: number[] = [];
  let product = 1n;
  const take = (t: number): void => {
    if (product >= 2n ** BigInt(bits) || !isPrime(t)) return;
    found.push(t);
    product *= BigInt(t);
  };
  for (let t = middle - stride; t > stride; t -= stride) take(t);
  for (let t = middle; t < middle + 256 * stride; t += stride) take(t);
  if (product < 2n ** BigInt(bits) || found.length > PARTS_MAX) throw new TableError(`Whole numbers of ${bits} bits are wider than this key’s settings hold.`, 'Narrow the bounds of the columns.');
  return found;
}

/** Moduli of a table's exact columns, one choice for all, so that they can meet; none where no column is exact. */
export function tableModuli(plans: readonly Plan[], rows: number, results: number | null, sizes: Sizes): number[] {
  return plans.some(plan => plan.exact !== 'no') ? moduliFor(results ?? resultBits(plans, rows, sizes), sizes) : [];
}

/** Bytes that a value of a column takes, in a table of many rows; its mask counts as well. */
export function bytesOf(plan: Plan, moduli: number, { logN, ciphertext }: Sizes): number {
  const approximate = plan.exact === 'yes' ? 0 : ciphertext / 2 ** (logN - 1);
  const exact = plan.exact === 'no' ? 0 : (moduli * ciphertext) / 2 ** logN;
  return (approximate + exact) * (plan.masked ? 2 : 1);
}
