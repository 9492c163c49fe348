// interval.ts: sums of doubles rounded outward, as python/jupyterfhe/array/interval.py.

import { frexp } from '../parse/bounds.ts';

/** Twice the relative error of one rounded operation. */
export const EPS = 2 ** -52;

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The next double above. */
export function up(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x;
  if (x === 0) return Number.MIN_VALUE;
  double[0] = x;
  bits[0] = (bits[0] as bigint) + (x > 0 ? 1n : -1n);
  return double[0];
}

/** The next double below. */
export function down(x: number): number {
  return -up(-x);
}

/** The smallest power of two that is not below x > 0. */
export function powerOfTwo(x: number): number {
  const [fraction, exponent] = frexp(x);
  return exponent < 1024 ? 2 ** (exponent - Number(fraction === 0.5)) : 2 ** 1023;
}
