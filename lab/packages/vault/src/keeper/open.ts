// open.ts: ciphertexts to numbers with bounds, for the frame that shows them. As python/jupyterfhe/client/arrays.py and
// tables_opened.py.

import { hex, type Bytes } from '../base/bytes.ts';
import { EPS, up } from '../base/interval.ts';
import { Told } from '../base/rpc.ts';
import { unsealText } from '../keys/seal.ts';
import { parseManifest, type ArrayManifest, type Strip, type TableColumn, type TableManifest } from './manifest.ts';
import { Decryptor, Packing, type Opened, type SecretKey } from '@jupyterfhe/wasm';

/** Numbers that are shown at once; more are cut, which is said. */
export const SHOWN_MAX = 20_000;
/** Numbers that a chart takes: they are drawn, not written. */
export const CHARTED_MAX = 1 << 20;
const TABLE_ROWS = 200;
/** Ciphertexts that are fetched for one look. */
const CIPHERTEXTS_MAX = 128;
/** And for a chart, of which a part would mislead. */
const CHARTED_CIPHERTEXTS_MAX = 1024;

/** Gives the checked bytes of a file of the tree. */
export type Fetch = (name: string) => Promise<Bytes>;

export interface OpenedArray {
  readonly kind: 'array';
  readonly shape: readonly number[];
  readonly dtype: ArrayManifest['dtype'];
  /** In the order of numpy; the first SHOWN_MAX of them. */
  readonly re: Float64Array;
  readonly im: Float64Array | null;
  /** Bound on the error of each. */
  readonly errors: Float64Array;
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
  /** 0 for integers that rounding recovers. */
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

  constructor(
    private readonly key: SecretKey,
    private readonly sealKey: Bytes
  ) {
    this.decryptor = new Decryptor(key);
  }

  free(): void {
    this.decryptor.free();
  }

  /** Open a tree. `arrived` is called when all bytes are here; decryption begins when it lets. */
  async open(fetch: Fetch, names: ReadonlySet<string>, look: Look, arrived: () => Promise<void>): Promise<OpenedArray | OpenedTable> {
    const manifest = parseManifest(await fetch('manifest.json'));
    const { context } = this.key;
    if (manifest.key !== hex(this.key.id)) throw new Told('This was encrypted with another key than the one on this device.', 'key');
    if (manifest.params !== hex(context.hash)) throw new Told('This was encrypted with other parameters.', 'key');
    if (manifest.format === 'jupyterfhe array') return this.array(manifest, fetch, look.most ?? SHOWN_MAX, arrived);
    const sealed = names.has('sealed.bin') ? await this.sealed(await fetch('sealed.bin')) : null;
    return this.table(manifest, fetch, look.from, sealed, arrived);
  }

  private async sealed(bytes: Bytes): Promise<Sealed> {
    const text = await unsealText(bytes, this.sealKey, this.key.id);
    if (text === null) throw new Told('The hidden names of this table were changed by somebody.', 'format');
    return JSON.parse(text) as Sealed;
  }

  // ---- arrays ----
  private async array(manifest: ArrayManifest, fetch: Fetch, most: number, arrived: () => Promise<void>): Promise<OpenedArray> {
    const { shape, slotAxis, strips } = manifest;
    const size = shape.reduce((product, n) => product * n, 1);
    let shown = Math.min(size, most);
    const ciphertexts = most > SHOWN_MAX ? CHARTED_CIPHERTEXTS_MAX : CIPHERTEXTS_MAX;
    const slots = 2 ** manifest.logSlots;
    const place = places(shape, slotAxis);
    const wanted = new Set<number>(); // ciphertexts that hold what is shown
    for (let i = 0; i < shown; i += 1) {
      const { strip, along } = place(i);
      const one = strips[strip] as Strip;
      wanted.add(one.values[one.length === null ? 0 : Math.floor(along / slots)] as number);
      if (wanted.size === ciphertexts) shown = Math.min(shown, i + 1);
    }
    const bytes = new Map<number, Bytes>();
    for (const i of wanted) bytes.set(i, await fetch(`${i}.jfhe`));
    await arrived();
    const opened = new Map<number, Opened>();
    for (const [i, container] of bytes) opened.set(i, this.decrypt(container, manifest.logSlots));
    const complex = manifest.dtype === 'complex128';
    const out = { re: new Float64Array(shown), im: complex ? new Float64Array(shown) : null, errors: new Float64Array(shown) };
    for (let i = 0; i < shown; i += 1) {
      const { strip, along } = place(i);
      const one = strips[strip] as Strip;
      const chunk = opened.get(one.values[one.length === null ? 0 : Math.floor(along / slots)] as number) as Opened;
      const at = along % slots;
      const [u, v] = [chunk.re[at] as number, chunk.im[at] ?? 0];
      const [gain, shift] = [one.gain, one.shift];
      out.re[i] = shift[0] + (gain[0] * u - (gain[1] === 0 ? 0 : gain[1] * v));
      if (out.im) out.im[i] = shift[1] + gain[0] * v + gain[1] * u;
      out.errors[i] = stripError(one, chunk.error);
    }
    for (const one of opened.values()) (one.re.fill(0), one.im.fill(0));
    if (manifest.dtype === 'bool') asTruth(out.re, out.errors);
    return { kind: 'array', shape, dtype: manifest.dtype, assumed: manifest.assumed, ...out };
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
    const parts: { column: TableColumn; values: Bytes; mask: Bytes | null }[] = [];
    for (const column of manifest.columns) {
      const mask = column.mask === null ? null : await fetch((column.mask[chunk] as { name: string }).name);
      parts.push({ column, values: await fetch((column.files[chunk] as { name: string }).name), mask });
    }
    await arrived();
    const columns = parts.map(part => this.column(part, manifest, first - chunk * slots, count, sealed));
    return { kind: 'table', rows: manifest.rows, from: first, columns };
  }

  private column(
    { column, values, mask }: { column: TableColumn; values: Bytes; mask: Bytes | null },
    manifest: TableManifest,
    at: number,
    count: number,
    sealed: Sealed | null
  ): OpenedColumn {
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
    return {
      name: sealed?.names?.[column.name] ?? column.name,
      kind: column.kind,
      unit: column.unit,
      epoch: column.epoch,
      labels: column.categories ?? sealed?.labels?.[column.name] ?? null,
      values: out,
      missing,
      bound
    };
  }

  private missing(mask: Bytes, manifest: TableManifest, at: number, count: number): Uint8Array {
    const { re, error } = this.decrypt(mask, manifest.logSlots);
    const there = re.slice(at, at + count);
    const fine = error < 0.5 && there.every(x => Math.abs(x - nearest(x)) <= error && (nearest(x) === 0 || nearest(x) === 1));
    if (!fine) throw changed();
    return Uint8Array.from(there, x => Number(nearest(x) === 0));
  }
}

interface Sealed {
  readonly names?: Record<string, string>;
  readonly labels?: Record<string, string[]>;
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

function asTruth(values: Float64Array, errors: Float64Array): void {
  if (!errors.every(bound => bound < 0.5)) throw new Told('These truth values are no longer certain: their error bound reaches 1/2.', 'range');
  values.forEach((x, i) => (values[i] = Number(x > 0.5)));
  errors.fill(0);
}

/** Of the i-th number in numpy's order: its strip, and its place along the slots. */
function places(shape: readonly number[], slotAxis: number | null): (i: number) => { strip: number; along: number } {
  if (slotAxis === null) return i => ({ strip: i, along: 0 });
  const inner = shape.slice(slotAxis + 1).reduce((product, n) => product * n, 1);
  const length = shape[slotAxis] as number;
  return i => {
    const outer = Math.floor(i / (inner * length));
    return { strip: outer * inner + (i % inner), along: Math.floor(i / inner) % length };
  };
}
