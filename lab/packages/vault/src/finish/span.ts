// span.ts: decrypted numbers with ends between which the true ones lie, and how shapes meet. As python/jupyterfhe/client/finishing.py.

import { down, up } from '../base/interval.ts';

/** Numbers of one shape. NaN in all three where a number is undefined. */
export interface Span {
  readonly shape: readonly number[];
  /** What doubles give. */
  readonly mid: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** A number from proved bounds of the parts, and the same recipe's ends from their probable ones. */
export interface Known extends Span {
  readonly likely: Span;
}

/** The largest integer to which doubles count without gaps. */
const WHOLE_MAX = 2 ** 53;

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

export function empty(shape: readonly number[]): Span {
  const size = sizeOf(shape);
  return { shape, mid: new Float64Array(size), low: new Float64Array(size), high: new Float64Array(size) };
}

/** Write a number; ends that doubles lost become infinite, and an undefined number has none. */
export function put(out: Span, i: number, mid: number, low: number, high: number): void {
  const gone = mid !== mid;
  out.mid[i] = mid;
  out.low[i] = gone ? NaN : low !== low ? -Infinity : low;
  out.high[i] = gone ? NaN : high !== high ? Infinity : high;
}

/** Decrypted numbers and a bound on the error of each; exact ones stay exact as far as doubles count. */
export function around(shape: readonly number[], values: ArrayLike<number>, bounds: ArrayLike<number>): Span {
  const out = empty(shape);
  for (let i = 0; i < out.mid.length; i += 1) {
    const [x, bound] = [values[i] as number, bounds[i] as number];
    const exact = bound === 0 && Math.abs(x) <= WHOLE_MAX;
    put(out, i, x, exact ? x : down(x - bound), exact ? x : up(x + bound));
  }
  return out;
}

/** Public numbers. */
export function points(shape: readonly number[], values: readonly number[]): Span {
  const mid = Float64Array.from(values);
  return { shape, mid, low: mid, high: mid };
}

/** How far a number is from the true one at the most; 0 where it is undefined or exact. */
export function boundOf(span: Span, i: number): number {
  const [mid, low, high] = [span.mid[i] as number, span.low[i] as number, span.high[i] as number];
  return mid !== mid || low === high ? 0 : Math.max(up(high - mid), up(mid - low));
}

/** How far a number is likely to be from the true one: never more than `boundOf`. */
export function probableOf(known: Known, i: number): number {
  const [mid, low, high] = [known.mid[i] as number, known.likely.low[i] as number, known.likely.high[i] as number];
  const bound = boundOf(known, i);
  if (low === mid && high === mid) return 0;
  const reach = Math.max(up(high - mid), up(mid - low));
  return reach < bound ? reach : bound; // NaN where it is undefined by chance alone: then nothing is said
}

/** The shape in which shapes meet, as numpy's broadcasting has it; null where they do not. */
export function broadcast(shapes: readonly (readonly number[])[]): number[] | null {
  const axes = Math.max(...shapes.map(shape => shape.length));
  const out = new Array<number>(axes).fill(1);
  for (const shape of shapes) {
    for (let k = 0; k < shape.length; k += 1) {
      const at = axes - shape.length + k;
      const n = shape[k] as number;
      if (n === 1) continue;
      if (out[at] !== 1 && out[at] !== n) return null;
      out[at] = n;
    }
  }
  return out;
}

/** Of entry i of a broadcast shape, the entry of an operand. */
export function broadcaster(shape: readonly number[], onto: readonly number[]): (i: number) => number {
  const size = sizeOf(shape);
  if (size === 1) return () => 0;
  if (size === sizeOf(onto)) return i => i;
  const lead = onto.length - shape.length;
  const strides = onto.map((_, k) => (k < lead || shape[k - lead] === 1 ? 0 : sizeOf(shape.slice(k - lead + 1))));
  const steps = onto.map((_, k) => sizeOf(onto.slice(k + 1)));
  return i => strides.reduce((sum, stride, k) => sum + stride * (Math.floor(i / (steps[k] as number)) % (onto[k] as number)), 0);
}
