// manifest.ts: what folders of arrays say of themselves, read as if a stranger had written it.

import { count, list, need, number, object, pair, text, type Loose } from './checks.ts';

const STRIPS_MAX = 1 << 20;
const ASSUMED_MAX = 1000;
const MODULI_MAX = 5; // JFHE_BGV_PARTS_MAX
const DIGITS_MAX = 400; // of a public integer

export interface Strip {
  readonly length: number | null;
  readonly gain: readonly [number, number];
  readonly shift: readonly [number, number];
  readonly range: readonly [number, number];
  readonly drift: number;
  readonly values: readonly number[];
}

export interface ArrayManifest {
  readonly format: 'jupyterfhe array';
  readonly params: string;
  readonly key: string;
  readonly logSlots: number;
  readonly shape: readonly number[];
  readonly dtype: 'float64' | 'complex128' | 'bool';
  readonly slotAxis: number | null;
  readonly ciphertexts: number;
  readonly strips: readonly Strip[];
  /** What the notebook promised, in words. */
  readonly assumed: readonly string[];
}

/** A public rational: numerator, and denominator above 0. */
export type Rational = readonly [bigint, bigint];

/** A row of `shift + gain * u`, u integers in `range`. */
export interface ExactStrip {
  readonly length: number | null;
  readonly gain: Rational;
  readonly shift: Rational;
  readonly range: readonly [bigint, bigint];
  readonly values: readonly number[];
}

/** Version 3: exact integers, or public rationals times exact integers; vectors have a ciphertext a modulus. */
export interface ExactArrayManifest {
  readonly format: 'jupyterfhe exact array';
  readonly params: string;
  readonly key: string;
  readonly moduli: readonly number[];
  /** log2 of the integers that a vector holds: of N. */
  readonly logSlots: number;
  readonly shape: readonly number[];
  readonly dtype: 'int64' | 'float64' | 'bool';
  readonly slotAxis: number | null;
  /** Files: vectors times moduli. */
  readonly ciphertexts: number;
  readonly strips: readonly ExactStrip[];
}

interface Frame {
  readonly params: string;
  readonly key: string;
  readonly logSlots: number;
  readonly shape: readonly number[];
  readonly slotAxis: number | null;
  readonly ciphertexts: number;
}

/** The manifest of an array, of either scheme. */
export function arrayOf(root: Loose): ArrayManifest | ExactArrayManifest {
  const version = root['version'];
  need(version === 1 || version === 2 || version === 3, 'its version is unknown'); // 2 adds hashes and what was assumed, 3 is exact
  const shape = list(root['shape'], 32, 'its shape').map(n => count(n, 2 ** 40, 'its shape'));
  const slotAxis = root['slot_axis'] === null ? null : count(root['slot_axis'], Math.max(0, shape.length - 1), 'its slot axis');
  need(slotAxis === null || (shape[slotAxis] ?? 0) > 1, 'its slot axis is out of range');
  const frame: Frame = {
    params: text(root['params'], 'params'), key: text(root['key'], 'key'),
    logSlots: count(root['log_slots'], 17, 'log_slots'), shape, slotAxis,
    ciphertexts: count(root['ciphertexts'], STRIPS_MAX * 64, 'ciphertexts')
  };
  return version === 3 ? exactArrayOf(root, frame) : approximateArrayOf(root, frame);
}

/** Its rows, each read by `read`, that the length along the slots is given. */
function stripsOf<S>(root: Loose, { shape, slotAxis }: Frame, read: (one: Loose, length: number | null) => S): S[] {
  const rest = shape.reduce((product, n, i) => (i === slotAxis ? product : product * n), 1);
  const length = slotAxis === null ? null : (shape[slotAxis] as number);
  const strips = list(root['strips'], STRIPS_MAX, 'strips').map(one => read(object(one, 'a strip'), length));
  need(strips.length === rest, 'its strips do not fill its shape');
  return strips;
}

function approximateArrayOf(root: Loose, frame: Frame): ArrayManifest {
  const dtype = root['dtype'];
  need(dtype === 'float64' || dtype === 'complex128' || dtype === 'bool', 'its dtype is unknown');
  const strips = stripsOf(root, frame, (one, length) => stripOf(one, length, frame));
  const assumed = list(root['assumed'] ?? [], ASSUMED_MAX, 'its promises').map(words => text(words, 'a promise'));
  return { format: 'jupyterfhe array', ...frame, dtype, strips, assumed };
}

function exactArrayOf(root: Loose, frame: Frame): ExactArrayManifest {
  const dtype = root['dtype'];
  need(dtype === 'int64' || dtype === 'float64' || dtype === 'bool', 'its dtype is unknown');
  const moduli = moduliOf(root['moduli']);
  need(frame.ciphertexts % moduli.length === 0, 'its vectors do not have a ciphertext a modulus');
  const strips = stripsOf(root, frame, (one, length) => exactStripOf(one, length, { ...frame, ciphertexts: frame.ciphertexts / moduli.length }));
  const whole = strips.every(({ gain, shift }) => gain[0] % gain[1] === 0n && shift[0] % shift[1] === 0n);
  need(dtype === 'float64' || whole, 'its integers are none');
  return { format: 'jupyterfhe exact array', ...frame, dtype, moduli, strips };
}

/** Different primes, as far as a reader without the engine can tell. */
export function moduliOf(x: unknown): number[] {
  const moduli = list(x, MODULI_MAX, 'its moduli').map(t => count(t, 2 ** 32 - 1, 'a modulus'));
  need(moduli.length > 0 && new Set(moduli).size === moduli.length && moduli.every(t => t >= 17), 'its moduli are no few different numbers');
  return moduli;
}

/** What both kinds of rows have: how many numbers, and the vectors that hold them. */
function vectorsOf(one: Loose, length: number | null, { logSlots, ciphertexts }: Frame): { length: number | null; values: number[] } {
  const own = one['length'] === null ? null : count(one['length'], 2 ** 40, 'a length');
  need(length === null ? own === null || own === 1 : own === null || own === length, 'a length is not the shape\'s');
  const chunks = own === null ? 1 : Math.ceil(own / 2 ** logSlots);
  const values = list(one['values'], 2 ** 26, 'a strip').map(i => count(i, ciphertexts - 1, 'a strip'));
  need(own === null ? values.length >= 1 : values.length === chunks, 'a strip\'s ciphertexts are not there');
  return { length: own, values };
}

function stripOf(one: Loose, length: number | null, frame: Frame): Strip {
  const vectors = vectorsOf(one, length, frame);
  const range = pair(one['range'], 'a range');
  const drift = number(one['drift'], 'a drift');
  const gain = pair(one['gain'], 'a gain');
  need(range[0] <= range[1] && drift >= 0 && (gain[0] !== 0 || gain[1] !== 0), 'a range, drift or gain cannot be');
  return { ...vectors, gain, shift: pair(one['shift'], 'a shift'), range, drift };
}

function exactStripOf(one: Loose, length: number | null, frame: Frame): ExactStrip {
  const vectors = vectorsOf(one, length, frame);
  const [range, gain, shift] = [integers(one['range'], 'a range'), integers(one['gain'], 'a gain'), integers(one['shift'], 'a shift')];
  need(range[0] <= range[1] && gain[0] !== 0n && gain[1] > 0n && shift[1] > 0n, 'a range, gain or shift cannot be');
  return { ...vectors, gain, shift, range };
}

/** Two integers of any size, as texts: JSON's numbers are doubles. */
function integers(x: unknown, what: string): [bigint, bigint] {
  const both = list(x, 2, what);
  const fine = both.length === 2 && both.every(digits => typeof digits === 'string' && digits.length <= DIGITS_MAX && /^-?[0-9]+$/.test(digits));
  need(fine, `${what} is no pair of integers`);
  return [BigInt(both[0] as string), BigInt(both[1] as string)];
}
