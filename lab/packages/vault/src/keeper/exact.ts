// exact.ts: arrays of exact integers, and of public rationals times such: ciphertexts to numbers that are off by one rounding at the most.
// As python/jupyterfhe/array/exactly.py, `numbers_of`.

import type { Bytes } from '../base/bytes.ts';
import { up } from '../base/interval.ts';
import { Told } from '../base/rpc.ts';
import type { IntegerDecryptor } from '@jupyterfhe/wasm';
import type { ExactArrayManifest, ExactStrip } from './manifest.ts';
import type { OpenedArray } from './open.ts';
import { partOf } from './places.ts';
import { nearestQuotient } from './rational.ts';

/** Gives the checked bytes of the i-th ciphertext of an array. */
export type FetchNumbered = (i: number) => Promise<Bytes>;

/** How much of an array is opened. */
export interface Most {
  readonly numbers: number;
  readonly ciphertexts: number;
}

const modulus = (x: bigint): bigint => (x < 0n ? -x : x);

/** An integer's modulus as a double that is not below it. */
function above(x: bigint): number {
  const near = Number(modulus(x));
  return BigInt(near) < modulus(x) ? up(near) : near;
}

/** The public line of a strip over one denominator: (k * u + c) / d. */
interface Line {
  readonly k: bigint;
  readonly c: bigint;
  readonly d: bigint;
}

function lineOf({ gain, shift }: ExactStrip): Line {
  return { k: gain[0] * shift[1], c: shift[0] * gain[1], d: gain[1] * shift[1] };
}

/**
 * Open an array of version 3: the first numbers, in numpy's order.
 *
 * Every integer is the one that was computed, or this throws: when they may have wrapped, when one lies outside of its range, when the
 * containers do not belong together. `integers` has them for int64 and bool; `re` is each number as a double and `errors` what that
 * rounding was off at the most, 0 where it was not rounded. `arrived` is called when all bytes are here; decryption begins when it lets.
 *
 * Time: two transforms a ciphertext, and some long multiplications a number.
 */
export async function openExact(manifest: ExactArrayManifest, decryptor: IntegerDecryptor, fetch: FetchNumbered, most: Most, arrived: () => Promise<void>): Promise<OpenedArray> {
  const { shape, dtype, moduli } = manifest;
  const { shown, place, wanted } = partOf(manifest, most.numbers, Math.max(1, Math.floor(most.ciphertexts / moduli.length)));
  const bytes = new Map<number, Bytes[]>();
  for (const vector of wanted.keys()) bytes.set(vector, await Promise.all(moduli.map((_, p) => fetch(vector * moduli.length + p))));
  await arrived();
  const bounds = boundsOf(manifest.strips);
  const opened = new Map<number, BigInt64Array>();
  for (const [vector, parts] of bytes) opened.set(vector, decryptor.decrypt(parts, moduli, above(bounds.get(vector) ?? 1n), wanted.get(vector) as number));
  const lines = new Map(manifest.strips.map(strip => [strip, lineOf(strip)]));
  const out = { re: new Float64Array(shown), im: null, errors: new Float64Array(shown), integers: dtype === 'float64' ? null : new BigInt64Array(shown) };
  for (let i = 0; i < shown; i += 1) {
    const { strip, vector, slot } = place(i);
    const u = (opened.get(vector) as BigInt64Array)[slot] as bigint;
    if (u < strip.range[0] || u > strip.range[1]) throw new Told('This decrypts to numbers that cannot be. Do not use it.', 'format');
    const { k, c, d } = lines.get(strip) as Line;
    const { value, error } = nearestQuotient(k * u + c, d);
    [out.re[i], out.errors[i]] = [value, error];
    if (out.integers) out.integers[i] = integer((k * u + c) / d); // d divides: the manifest was checked
  }
  for (const numbers of opened.values()) numbers.fill(0n);
  if (dtype === 'bool' && !out.re.every(x => x === 0 || x === 1)) throw new Told('These truth values are neither true nor false.', 'format');
  return { kind: 'array', shape, dtype, exact: true, assumed: [], ...out, likely: out.errors };
}

/** Of each vector, what no integer in it exceeds: at least 1. */
function boundsOf(strips: readonly ExactStrip[]): Map<number, bigint> {
  const out = new Map<number, bigint>();
  for (const { range, values } of strips) {
    const most = [1n, ...range].map(modulus).reduce((a, b) => (a > b ? a : b));
    for (const vector of values) out.set(vector, most > (out.get(vector) ?? 0n) ? most : (out.get(vector) as bigint));
  }
  return out;
}

function integer(x: bigint): bigint {
  if (BigInt.asIntN(64, x) !== x) throw new Told('A result is no integer of 64 bits: take it as floats, x.astype(float).', 'range');
  return x;
}
