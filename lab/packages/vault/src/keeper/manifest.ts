// manifest.ts: what folders of ciphertexts say of themselves, read as if a stranger had written it.

import { Told } from '../base/rpc.ts';
import type { Kind } from '../parse/survey.ts';
import { KINDS } from '../parse/survey.ts';

type Loose = Record<string, unknown>;
const PLAIN = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,126}$/;
const STRIPS_MAX = 1 << 20;
const COLUMNS_MAX = 4096;
const ASSUMED_MAX = 1000;

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

export interface TableColumn {
  readonly name: string;
  readonly kind: Kind;
  readonly unit: string | null;
  readonly epoch: string | null;
  readonly categories: readonly string[] | null;
  readonly lo: number;
  readonly hi: number;
  readonly centre: number;
  readonly half: number;
  readonly files: readonly { name: string; sha256: string }[];
  readonly mask: readonly { name: string; sha256: string }[] | null;
}

export interface TableManifest {
  readonly format: 'jupyterfhe-table-1';
  readonly params: string;
  readonly key: string;
  readonly rows: number;
  readonly logSlots: number;
  readonly level: number;
  readonly columns: readonly TableColumn[];
}

function need(fine: boolean, what: string): asserts fine {
  if (!fine) throw new Told(`This was not made by JupyterFHE, or it was changed: ${what}.`, 'format');
}

function object(x: unknown, what: string): Loose {
  need(typeof x === 'object' && x !== null && !Array.isArray(x), `${what} is no object`);
  return x as Loose;
}

function list(x: unknown, most: number, what: string): unknown[] {
  need(Array.isArray(x) && x.length <= most, `${what} is no list, or too long`);
  return x;
}

function count(x: unknown, most: number, what: string): number {
  need(typeof x === 'number' && Number.isInteger(x) && x >= 0 && x <= most, `${what} is out of range`);
  return x;
}

function number(x: unknown, what: string, most = 1e300): number {
  need(typeof x === 'number' && Math.abs(x) <= most, `${what} is no number`);
  return x;
}

function text(x: unknown, what: string, most = 1000): string {
  need(typeof x === 'string' && x.length <= most, `${what} is no text`);
  return x;
}

function pair(x: unknown, what: string): [number, number] {
  const both = list(x, 2, what);
  need(both.length === 2, `${what} is no pair`);
  return [number(both[0], what), number(both[1], what)];
}

/** Either kind of manifest. */
export function parseManifest(bytes: Uint8Array): ArrayManifest | TableManifest {
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    need(false, 'its description cannot be read');
  }
  const root = object(found, 'its description');
  need(root['format'] === 'jupyterfhe array' || root['format'] === 'jupyterfhe-table-1', 'its kind is unknown');
  return root['format'] === 'jupyterfhe array' ? arrayOf(root) : tableOf(root);
}

function arrayOf(root: Loose): ArrayManifest {
  need(root['version'] === 1 || root['version'] === 2, 'its version is unknown'); // 2 adds hashes and what was assumed
  const dtype = root['dtype'];
  need(dtype === 'float64' || dtype === 'complex128' || dtype === 'bool', 'its dtype is unknown');
  const shape = list(root['shape'], 32, 'its shape').map(n => count(n, 2 ** 40, 'its shape'));
  const slotAxis = root['slot_axis'] === null ? null : count(root['slot_axis'], Math.max(0, shape.length - 1), 'its slot axis');
  need(slotAxis === null || (shape[slotAxis] ?? 0) > 1, 'its slot axis is out of range');
  const logSlots = count(root['log_slots'], 16, 'log_slots');
  const ciphertexts = count(root['ciphertexts'], STRIPS_MAX * 64, 'ciphertexts');
  const rest = shape.reduce((product, n, i) => (i === slotAxis ? product : product * n), 1);
  const length = slotAxis === null ? null : (shape[slotAxis] as number);
  const strips = list(root['strips'], STRIPS_MAX, 'strips').map(one => stripOf(object(one, 'a strip'), length, logSlots, ciphertexts));
  need(strips.length === rest, 'its strips do not fill its shape');
  return {
    format: 'jupyterfhe array', params: text(root['params'], 'params'), key: text(root['key'], 'key'),
    logSlots, shape, dtype, slotAxis, ciphertexts, strips,
    assumed: list(root['assumed'] ?? [], ASSUMED_MAX, 'its promises').map(words => text(words, 'a promise'))
  };
}

function stripOf(one: Loose, length: number | null, logSlots: number, ciphertexts: number): Strip {
  const own = one['length'] === null ? null : count(one['length'], 2 ** 40, 'a length');
  need(length === null ? own === null || own === 1 : own === null || own === length, 'a length is not the shape\'s');
  const chunks = own === null ? 1 : Math.ceil(own / 2 ** logSlots);
  const values = list(one['values'], 2 ** 26, 'a strip').map(i => count(i, ciphertexts - 1, 'a strip'));
  need(own === null ? values.length >= 1 : values.length === chunks, 'a strip\'s ciphertexts are not there');
  const range = pair(one['range'], 'a range');
  const drift = number(one['drift'], 'a drift');
  const gain = pair(one['gain'], 'a gain');
  need(range[0] <= range[1] && drift >= 0 && (gain[0] !== 0 || gain[1] !== 0), 'a range, drift or gain cannot be');
  return { length: own, gain, shift: pair(one['shift'], 'a shift'), range, drift, values };
}

function tableOf(root: Loose): TableManifest {
  need(root['packing'] === 'real', 'its packing is unknown');
  const rows = count(root['rows'], 2 ** 40, 'rows');
  const logSlots = count(root['log_slots'], 16, 'log_slots');
  const chunks = Math.ceil(rows / 2 ** logSlots);
  const columns = list(root['columns'], COLUMNS_MAX, 'columns').map(one => columnOf(object(one, 'a column'), chunks));
  need(rows > 0 && columns.length > 0, 'it is empty');
  return {
    format: 'jupyterfhe-table-1', params: text(root['params'], 'params'), key: text(root['key_id'], 'key_id'),
    rows, logSlots, level: count(root['level'], 64, 'level'), columns
  };
}

function filesOf(x: unknown, chunks: number): { name: string; sha256: string }[] {
  const files = list(x, 1 << 18, 'files').map(one => {
    const file = object(one, 'a file');
    const [name, sha256] = [text(file['name'], 'a file'), text(file['sha256'], 'a file')];
    need(PLAIN.test(name) && /^[0-9a-f]{64}$/.test(sha256), 'a file has no plain name');
    return { name, sha256 };
  });
  need(files.length === chunks, 'a column lacks files');
  return files;
}

function columnOf(one: Loose, chunks: number): TableColumn {
  const kind = one['kind'] as Kind;
  need(KINDS.includes(kind), 'a column is of no known kind');
  const optional = (x: unknown, what: string): string | null => (x === null || x === undefined ? null : text(x, what));
  const categories = one['categories'];
  return {
    name: text(one['name'], 'a name'), kind, unit: optional(one['unit'], 'a unit'), epoch: optional(one['epoch'], 'an epoch'),
    categories: categories === null || categories === undefined ? null : list(categories, 1 << 16, 'labels').map(v => text(v, 'a label')),
    lo: number(one['lo'], 'a bound'), hi: number(one['hi'], 'a bound'),
    centre: number(one['centre'], 'a centre'), half: number(one['half'], 'a half range'),
    files: filesOf(one['files'], chunks), mask: one['mask'] === null || one['mask'] === undefined ? null : filesOf(one['mask'], chunks)
  };
}
