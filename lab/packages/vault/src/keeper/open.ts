// open.ts: ciphertexts to numbers with bounds, for the frame that shows them. As python/jupyterfhe/client/arrays.py and
// tables_opened.py.

import { hex, type Bytes } from '../base/bytes.ts';
import { EPS, up } from '../base/interval.ts';
import { Told } from '../base/rpc.ts';
import { together } from '../base/together.ts';
import { tooLarge } from '../finish/recipe.ts';
import { sizeOf } from '../finish/span.ts';
import { unsealText } from '../keys/seal.ts';
import { Decryptor, IntegerDecryptor, Packing, type Opened, type SecretKey } from '@jupyterfhe/wasm';
import { openExact, type FetchNumbered, type Most } from './exact.ts';
import type { ArrayManifest, ExactArrayManifest, Strip } from './manifest.ts';
import { parseManifest } from './parseManifest.ts';
import { partOf } from './places.ts';
import type { ResultManifest } from './resultManifest.ts';
import { finished, hiddenOf, type OpenedResult, type Sealed } from './results.ts';
import type { TableColumn, TableManifest } from './tableManifest.ts';

/** Numbers that are shown at once; more are cut, which is said. */
export const SHOWN_MAX = 20_000;
/** Numbers that a chart takes: they are drawn, not written. */
export const CHARTED_MAX = 1 << 20;
const TABLE_ROWS = 200;
/** Ciphertexts that are fetched for one look. */
const CIPHERTEXTS_MAX = 128;
/** And for a chart, of which a part would mislead. */
const CHARTED_CIPHERTEXTS_MAX = 1024;

/** Numbers of each array that a result is made of: one that is larger is refused, since a part of it cannot be finished. */
const RESULT_NUMBERS_MAX = 1 << 21;
const TABLES_MAX = 64;

/** Gives the checked bytes of a file of the tree. */
export type Fetch = (name: string) => Promise<Bytes>;

export interface OpenedArray {
  readonly kind: 'array';
  readonly shape: readonly number[];
  readonly dtype: ArrayManifest['dtype'] | ExactArrayManifest['dtype'];
  /** Whether they were computed as integers: the errors are those of one rounding to a double, or 0. */
  readonly exact: boolean;
  /** In the order of numpy; the first SHOWN_MAX of them. */
  readonly re: Float64Array;
  readonly im: Float64Array | null;
  /** Bound on the error of each. */
  readonly errors: Float64Array;
  /** Bound that holds with a chance of about 99.99 % for each ciphertext; of exact numbers `errors`. */
  readonly likely: Float64Array;
  /** Of exact int64 and bool, as long as `re`: the numbers, of which `re` has the nearest doubles. */
  readonly integers: BigInt64Array | null;
  /** What the notebook promised, and nothing checked: the bounds hold if these do. */
  readonly assumed: readonly string[];
}

/** Which part of a tree is looked at. */
export interface Look {
  /** Of a table: the first row. */
  readonly from: number;
  /** Of an array: how many numbers, SHOWN_MAX by default. */
  readonly most?: number | undefined;
}

export interface OpenedColumn {
  readonly name: string;
  readonly kind: TableColumn['kind'];
  readonly unit: string | null;
  readonly epoch: string | null;
  readonly labels: readonly string[] | null;
  readonly values: Float64Array;
  readonly missing: Uint8Array | null;
  /** 0 for integers that were encrypted exactly, or that rounding recovers. */
  readonly bound: number;
}

export interface OpenedTable {
  readonly kind: 'table';
  readonly rows: number;
  readonly from: number;
  readonly columns: readonly OpenedColumn[];
}

export class Opener {
  private readonly decryptor: Decryptor;
  private readonly integers: IntegerDecryptor;

  constructor(
    private readonly key: SecretKey,
    private readonly sealKey: Bytes
  ) {
    this.decryptor = new Decryptor(key);
    this.integers = new IntegerDecryptor(key);
  }

  free(): void {
    this.decryptor.free();
    this.integers.free();
  }

  /** Open a tree. `arrived` is called when all bytes are here; decryption begins when it lets. */
  async open(fetch: Fetch, names: ReadonlySet<string>, look: Look, arrived: () => Promise<void>): Promise<OpenedArray | OpenedTable | OpenedResult> {
    const manifest = parseManifest(await fetch('manifest.json'));
    const { context } = this.key;
    if (manifest.key !== hex(this.key.id)) throw new Told('This was encrypted with another key than the one on this device.', 'key');
    if (manifest.params !== hex(context.hash)) throw new Told('This was encrypted with other parameters.', 'key');
    if (manifest.format === 'jupyterfhe result') return this.result(manifest, fetch, names, arrived);
    if (manifest.format !== 'jupyterfhe-table-1') return this.array(manifest, i => fetch(`${i}.jfhe`), look.most ?? SHOWN_MAX, arrived);
    const sealed = names.has('sealed.bin') ? await this.sealed(await fetch('sealed.bin')) : null;
    return this.table(manifest, fetch, look.from, sealed, arrived);
  }

  private async sealed(bytes: Bytes): Promise<Sealed> {
    const text = await unsealText(bytes, this.sealKey, this.key.id);
    if (text === null) throw new Told('The hidden names of this table were changed by somebody.', 'format');
    return JSON.parse(text) as Sealed;
  }

  // ---- results ----
  private async result(manifest: ResultManifest<ArrayManifest | ExactArrayManifest>, fetch: Fetch, names: ReadonlySet<string>, arrived: () => Promise<void>): Promise<OpenedResult> {
    const tables: Sealed[] = [];
    for (let i = 0; i < TABLES_MAX && names.has(`sealed-${i}.bin`); i += 1) tables.push(await this.sealed(await fetch(`sealed-${i}.bin`)));
    let files = 0;
    const opens = manifest.arrays.map(array => {
      const first = files;
      files += array.ciphertexts;
      return (all: () => Promise<void>) => this.array(array, i => fetch(`${first + i}.jfhe`), RESULT_NUMBERS_MAX, all);
    });
    const parts = await together(opens, arrived);
    if (parts.some(part => part.re.length < sizeOf(part.shape))) throw tooLarge('numbers');
    const opened = finished(manifest, parts, [...new Set(parts.flatMap(part => part.assumed))], hiddenOf(tables));
    for (const part of parts) part.re.fill(0);
    return opened;
  }

  // ---- arrays ----
  /** An array of either scheme, its key and parameters checked by the caller. */
  async array(manifest: ArrayManifest | ExactArrayManifest, fetch: FetchNumbered, numbers: number, arrived: () => Promise<void>): Promise<OpenedArray> {
    const most = { numbers, ciphertexts: numbers > SHOWN_MAX ? CHARTED_CIPHERTEXTS_MAX : CIPHERTEXTS_MAX };
    if (manifest.format === 'jupyterfhe array') return this.approximate(manifest, fetch, most, arrived);
    if (2 ** manifest.logSlots !== 2 * this.key.context.slots) throw new Told('This was not made by JupyterFHE, or it was changed: a ciphertext is packed in another way.', 'format');
    return openExact(manifest, this.integers, fetch, most, arrived);
  }

  private async approximate(manifest: ArrayManifest, fetch: FetchNumbered, most: Most, arrived: () => Promise<void>): Promise<OpenedArray> {
    const { shape } = manifest;
    const { shown, place, wanted } = partOf(manifest, most.numbers, most.ciphertexts);
    const bytes = new Map<number, Bytes>();
    for (const i of wanted.keys()) bytes.set(i, await fetch(i));
    await arrived();
    const opened = new Map<number, Opened>();
    for (const [i, container] of bytes) opened.set(i, this.decrypt(container, manifest.logSlots));
    const complex = manifest.dtype === 'complex128';
    const out = { re: new Float64Array(shown), im: complex ? new Float64Array(shown) : null, errors: new Float64Array(shown), likely: new Float64Array(shown) };
    for (let i = 0; i < shown; i += 1) {
      const { strip, vector, slot } = place(i);
      const chunk = opened.get(vector) as Opened;
      const [u, v] = [chunk.re[slot] as number, chunk.im[slot] ?? 0];
      const { gain, shift } = strip;
      out.re[i] = shift[0] + (gain[0] * u - (gain[1] === 0 ? 0 : gain[1] * v));
      if (out.im) out.im[i] = shift[1] + gain[0] * v + gain[1] * u;
      [out.errors[i], out.likely[i]] = [stripError(strip, chunk.error), stripError(strip, chunk.likely)];
    }
    for (const one of opened.values()) (one.re.fill(0), one.im.fill(0));
    if (manifest.dtype === 'bool') asTruth(out.re, out.errors, out.likely);
    return { kind: 'array', shape, dtype: manifest.dtype, exact: false, integers: null, assumed: manifest.assumed, ...out };
  }

  private decrypt(container: Bytes, logSlots: number): Opened {
    const opened = this.decryptor.decrypt(container);
    if (opened.logSlots !== logSlots || opened.packing === Packing.COEFF) {
      throw new Told('This was not made by JupyterFHE, or it was changed: a ciphertext is packed in another way.', 'format');
    }
    return opened;
  }

  // ---- tables ----
  private async table(manifest: TableManifest, fetch: Fetch, from: number, sealed: Sealed | null, arrived: () => Promise<void>): Promise<OpenedTable> {
    const slots = 2 ** manifest.logSlots;
    const first = Math.min(Math.max(0, Math.floor(from)), manifest.rows - 1);
    const chunk = Math.floor(first / slots);
    const count = Math.min(TABLE_ROWS, manifest.rows - first, (chunk + 1) * slots - first);
    const at = first - chunk * slots;
    const parts: (() => OpenedColumn)[] = [];
    for (const column of manifest.columns) {
      if (column.exact !== null && manifest.moduli !== null) parts.push(await this.exactColumn(column, column.exact, manifest.moduli, first, count, fetch));
      else parts.push(await this.approximateColumn(column, manifest, chunk, at, count, fetch));
    }
    await arrived();
    const columns = parts.map(open => named(open(), sealed));
    return { kind: 'table', rows: manifest.rows, from: first, columns };
  }

  /** Fetch a column's chunk; what is given back decrypts it. */
  private async approximateColumn(column: TableColumn, manifest: TableManifest, chunk: number, at: number, count: number, fetch: Fetch): Promise<() => OpenedColumn> {
    const part = async (files: TableColumn['files']): Promise<Bytes | null> => (files === null ? null : fetch((files[chunk] as { name: string }).name));
    const [values, mask] = [(await part(column.files)) as Bytes, await part(column.mask)];
    return () => this.column({ column, values, mask }, manifest, at, count);
  }

  /** The same of an exact column, whose chunks are longer. */
  private async exactColumn(
    column: TableColumn, { files, mask }: NonNullable<TableColumn['exact']>, { logSlots, primes }: NonNullable<TableManifest['moduli']>, first: number, count: number, fetch: Fetch
  ): Promise<() => OpenedColumn> {
    const chunk = Math.floor(first / 2 ** logSlots);
    const at = first - chunk * 2 ** logSlots;
    const part = (all: typeof files): Promise<Bytes[]> => Promise.all(primes.map((_, p) => fetch((all[chunk * primes.length + p] as { name: string }).name)));
    const [values, there] = [await part(files), mask === null ? null : await part(mask)];
    const [low, high] = [Math.ceil(column.lo), Math.floor(column.hi)];
    const open = (containers: readonly Bytes[], bound: number): Float64Array =>
      Float64Array.from(this.integers.decrypt(containers, primes, bound, at + count).subarray(at), Number);
    return () => {
      const valid = there === null ? null : open(there, 1);
      const numbers = open(values, Math.max(1, Math.abs(low), Math.abs(high)));
      const missing = valid === null ? null : Uint8Array.from(valid, x => Number(x === 0));
      if (!(numbers.every((x, i) => missing?.[i] || (x >= low && x <= high)) && (valid ?? []).every(x => x === 0 || x === 1))) throw changed();
      missing?.forEach((gone, i) => gone && (numbers[i] = 0));
      return columnOf(column, numbers, missing, 0);
    };
  }

  private column({ column, values, mask }: { column: TableColumn; values: Bytes; mask: Bytes | null }, manifest: TableManifest, at: number, count: number): OpenedColumn {
    const opened = this.decrypt(values, manifest.logSlots);
    const u = opened.re.slice(at, at + count);
    opened.re.fill(0);
    if (!u.every(x => Math.abs(x) <= 1 + opened.error)) throw changed();
    const out = u.map(x => column.centre + column.half * x);
    let bound = unitsBound(column, opened.error, out);
    if (['int', 'bool', 'date', 'category'].includes(column.kind) && bound < 0.5) {
      out.forEach((x, i) => (out[i] = nearest(x)));
      bound = 0;
    }
    const missing = mask === null ? null : this.missing(mask, manifest, at, count);
    missing?.forEach((gone, i) => gone && (out[i] = 0));
    return columnOf(column, out, missing, bound);
  }

  private missing(mask: Bytes, manifest: TableManifest, at: number, count: number): Uint8Array {
    const { re, error } = this.decrypt(mask, manifest.logSlots);
    const there = re.slice(at, at + count);
    const fine = error < 0.5 && there.every(x => Math.abs(x - nearest(x)) <= error && (nearest(x) === 0 || nearest(x) === 1));
    if (!fine) throw changed();
    return Uint8Array.from(there, x => Number(nearest(x) === 0));
  }
}

function columnOf({ name, kind, unit, epoch, categories }: TableColumn, values: Float64Array, missing: Uint8Array | null, bound: number): OpenedColumn {
  return { name, kind, unit, epoch, labels: categories, values, missing, bound };
}

/** With what the manifest does not say. */
function named(column: OpenedColumn, sealed: Sealed | null): OpenedColumn {
  return { ...column, name: sealed?.names?.[column.name] ?? column.name, labels: column.labels ?? sealed?.labels?.[column.name] ?? null };
}

function changed(): Told {
  return new Told('This decrypts to numbers that cannot be: it was not made from this table. Do not use it.', 'format');
}

/** To the nearest integer, halves to even, no -0. */
function nearest(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  return (rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1) + 0;
}

function unitsBound(column: TableColumn, error: number, values: Float64Array): number {
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const size = Math.abs(column.centre) + column.half + largest;
  return (column.half * error + 2 ** -50 * size) * (1 + 2 ** -40);
}

/** Bound on the error of every number of a strip; array/strip.py, `error`. */
function stripError({ gain, shift, range, drift }: Strip, worst: number): number {
  const size = Math.max(Math.abs(range[0]), Math.abs(range[1]));
  const modulus = Math.hypot(...gain);
  const largest = up(Math.hypot(...shift) + up(modulus * size));
  return up(up(modulus * worst) + drift + 4 * EPS * largest);
}

function asTruth(values: Float64Array, errors: Float64Array, likely: Float64Array): void {
  if (!errors.every(bound => bound < 0.5)) throw new Told('These truth values are no longer certain: their error bound reaches 1/2.', 'range');
  values.forEach((x, i) => (values[i] = Number(x > 0.5)));
  for (const bounds of [errors, likely]) bounds.fill(0);
}
