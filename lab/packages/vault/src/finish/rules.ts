// rules.ts: operations of a recipe on numbers with ends (protocol/finish.md, "Nodes"); docs/SOUNDNESS.md, "Finished at decryption", proves them.
// The twin of RULES in python/jupyterfhe/client/finishing.py; protocol/vectors/finish holds both.

import { down, up } from '../base/interval.ts';
import { inverse } from './inverse.ts';
import { broadcaster, empty, put, sizeOf, type Span } from './span.ts';
import { chi2Upper, DEGREES_MAX, fUpper, normalTwoSided, tTwoSided } from './tails.ts';

/** Relative: what tails are off by at most, here and in Python. */
const TAIL_SLIP = 2 ** -30;
/** Where doubles end, a tail has no relative error any more. */
const TAIL_FLOOR = 2 ** -1000;
/** Integers up to here are added and multiplied without rounding as long as what comes out is one too. */
const EXACT_MAX = 2 ** 52;

type Entry = readonly [mid: number, low: number, high: number];
type Rule = (...operands: Entry[]) => Entry;

const isPoint = ([, low, high]: Entry): boolean => low === high;
const small = (x: number): boolean => Number.isInteger(x) && Math.abs(x) <= EXACT_MAX;

/** Operations on small integers round nothing: they stay points. Others are rounded outward. */
function exactly(a: Entry, b: Entry, [mid, low, high]: Entry): Entry {
  const fine = isPoint(a) && isPoint(b) && small(a[0]) && small(b[0]) && small(mid);
  return fine ? [mid, mid, mid] : [mid, down(low), up(high)];
}

const add: Rule = (a, b) => exactly(a as Entry, b as Entry, [a![0] + b![0], a![1] + b![1], a![2] + b![2]]);
const sub: Rule = (a, b) => exactly(a as Entry, b as Entry, [a![0] - b![0], a![1] - b![2], a![2] - b![1]]);

/** A product of ends, where 0 times infinity is 0: an end stands for finite numbers. */
const product = (x: number, y: number): number => (x === 0 || y === 0 ? 0 : x * y);

function corners(a: Entry, b: Entry, op: (x: number, y: number) => number): [number, number] {
  const found = [op(a[1], b[1]), op(a[1], b[2]), op(a[2], b[1]), op(a[2], b[2])];
  return [Math.min(...found), Math.max(...found)];
}

function mul(a: Entry, b: Entry): Entry {
  const [low, high] = corners(a, b, product);
  return exactly(a, b, [a[0] * b[0], low, high]);
}

/** A number by itself: never below 0. */
function square(a: Entry): Entry {
  const [low, high] = [a[1] * a[1], a[2] * a[2]];
  const inside = a[1] <= 0 && a[2] >= 0;
  const [mid, least, most] = exactly(a, a, [a[0] * a[0], inside ? 0 : Math.min(low, high), Math.max(low, high)]);
  return [mid, Math.max(least, 0), most];
}

/** 0/0 is undefined, and so is what may be 0 over an exact 0: an empty group's sum is 0, whatever its noise says. */
function div(a: Entry, b: Entry): Entry {
  const zero = b[1] === 0 && b[2] === 0;
  const open = b[1] <= 0 && b[2] >= 0 && !zero;
  if (zero && a[1] <= 0 && a[2] >= 0) return [NaN, NaN, NaN];
  const mid = a[0] / b[0];
  if (open) return [Number.isFinite(mid) || a[0] !== a[0] ? mid : 0, -Infinity, Infinity];
  if (zero || (a[1] === 0 && a[2] === 0)) return [mid, mid, mid];
  const [low, high] = corners(a, b, (x, y) => x / y);
  return [mid, down(low), up(high)];
}

/** The true number has a root, so ends below 0 are cut off. */
function sqrt([mid, low, high]: Entry): Entry {
  if (high < 0) return [NaN, NaN, NaN];
  return [Math.sqrt(Math.max(mid, 0)), Math.max(down(Math.sqrt(Math.max(low, 0))), 0), high === 0 ? 0 : up(Math.sqrt(Math.max(high, 0)))];
}

/** To the nearest integer, halves to even. */
function nearest(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}

/** The only integer between the ends; where there are several, nothing is gained. */
function whole(a: Entry): Entry {
  const near = nearest(a[0]) + 0;
  return Math.ceil(a[1]) === near && Math.floor(a[2]) === near ? [near, near, near] : a;
}

const larger: Rule = (a, b) => [Math.max(a![0], b![0]), Math.max(a![1], b![1]), Math.max(a![2], b![2])];

/** Undefined where the count may be too small. */
const atLeast: Rule = (count, least, x) => [count![1] >= least![2] ? x![0] : NaN, x![1], x![2]];

// ---- tails ----
/** The ends of a modulus. */
function modulus([, low, high]: Entry): [number, number] {
  const [a, b] = [Math.abs(low), Math.abs(high)];
  return [low <= 0 && high >= 0 ? 0 : Math.min(a, b), Math.max(a, b)];
}

/** A probability of which nothing is known. */
const SOME: Entry = [0.5, 0, 1];

/** A probability between two computed ones, each off by TAIL_SLIP of itself; 0 to 1 where one is not known. */
function between(mid: number, least: number, most: number): Entry {
  const [low, high] = [least * (1 - TAIL_SLIP) - TAIL_FLOOR, most * (1 + TAIL_SLIP) + TAIL_FLOOR];
  return [mid, low > 0 ? low : 0, high < 1 ? high : 1];
}

/** Degrees of freedom may be a quotient (Welch): the tail falls in the modulus and in the degrees alike. */
function tTail(t: Entry, df: Entry): Entry {
  if (df[2] > DEGREES_MAX) return SOME;
  const [low, high] = modulus(t);
  return between(tTwoSided(t[0], df[0]), tTwoSided(high, df[2]), tTwoSided(low, Math.max(df[1], 0)));
}

/** A tail that falls in its first operand; the others must be exact, else nothing is known. */
function falling(tail: (x: number, ...fixed: number[]) => number, ends: (x: Entry) => [number, number]): Rule {
  return (x, ...fixed) => {
    const at = fixed.map(one => one[0]);
    if (at.some(df => df > DEGREES_MAX)) return SOME;
    const mid = tail(x![0], ...at);
    if (!fixed.every(isPoint)) return [mid, 0, 1];
    const [low, high] = ends(x as Entry);
    return between(mid, tail(high, ...at), tail(low, ...at));
  };
}

const ends = ([, low, high]: Entry): [number, number] => [low, high];

/** Operations entry by entry, shapes broadcast; with how many operands. */
export const ENTRYWISE: Readonly<Record<string, readonly [count: number, rule: Rule]>> = {
  add: [2, add], sub: [2, sub], mul: [2, mul as Rule], div: [2, div as Rule], sqrt: [1, sqrt as Rule], whole: [1, whole as Rule],
  larger: [2, larger], at_least: [3, atLeast], t_two_sided: [2, tTail as Rule], f_upper: [3, falling(fUpper, ends)],
  chi2_upper: [2, falling(chi2Upper, ends)], normal_two_sided: [1, falling(normalTwoSided, modulus)]
};

const entry = (a: Span, i: number): Entry => [a.mid[i] as number, a.low[i] as number, a.high[i] as number];

/** An operation of ENTRYWISE on operands that broadcast to `shape`. */
export function entrywise(op: string, shape: readonly number[], operands: readonly Span[]): Span {
  const rule = op === 'mul' && operands[0] === operands[1] ? (square as Rule) : (ENTRYWISE[op]![1] as Rule);
  const places = operands.map(one => broadcaster(one.shape, shape));
  const out = empty(shape);
  for (let i = 0; i < out.mid.length; i += 1) put(out, i, ...rule(...operands.map((one, k) => entry(one, places[k]!(i)))));
  return out;
}

// ---- along the last axis ----
/** The sum; n additions of doubles are off by less than n * 2^-52 of the sum of moduli. */
function sum(a: Span): Span {
  const n = a.shape.at(-1) as number;
  const out = empty(a.shape.slice(0, -1));
  for (let i = 0; i < out.mid.length; i += 1) {
    let [mid, low, high, moduli, size, exact] = [0, 0, 0, 0, 0, true];
    for (let k = i * n; k < (i + 1) * n; k += 1) {
      const [m, l, h] = entry(a, k);
      [mid, low, high] = [mid + m, low + l, high + h];
      moduli += Math.max(Math.abs(l), Math.abs(h));
      size += Math.abs(m);
      exact &&= l === h && Number.isInteger(m);
    }
    const slip = n * 2 ** -52 * moduli;
    if (exact && size <= EXACT_MAX) put(out, i, mid, mid, mid);
    else put(out, i, mid, down(low - slip), up(high + slip));
  }
  return out;
}

function running(a: Span, step: Rule): Span {
  const n = a.shape.at(-1) as number;
  const out = empty(a.shape);
  for (let i = 0; i < out.mid.length; i += 1) put(out, i, ...(i % n === 0 ? entry(a, i) : step(entry(out, i - 1), entry(a, i))));
  return out;
}

/** Operations along the last axis, which all but `inverse` shorten or keep. */
export const ALONG: Readonly<Record<string, (a: Span) => Span>> = {
  sum, cumsum: a => running(a, add), cumprod: a => running(a, mul as Rule), inverse
};

// ---- shapes ----
const like = (shape: readonly number[], change: (x: Float64Array) => Float64Array, a: Span): Span => ({ shape, mid: change(a.mid), low: change(a.low), high: change(a.high) });

export const reshape = (a: Span, shape: readonly number[]): Span => like(shape, x => x, a);

/** An entry of the first axis. */
export function index(a: Span, i: number): Span {
  const shape = a.shape.slice(1);
  const size = sizeOf(shape);
  return like(shape, x => x.subarray(i * size, (i + 1) * size), a);
}

/** Several of one shape along a new first axis. */
export function stack(parts: readonly Span[]): Span {
  const shape = [parts.length, ...(parts[0] as Span).shape];
  const out = empty(shape);
  const size = sizeOf(shape.slice(1));
  parts.forEach((part, i) => {
    out.mid.set(part.mid, i * size);
    out.low.set(part.low, i * size);
    out.high.set(part.high, i * size);
  });
  return out;
}
